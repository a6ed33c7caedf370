/* verify.h - what can be wrong with a clock. */
#ifndef SLA_ENGINE_VERIFY_H
#define SLA_ENGINE_VERIFY_H

#include "engine/state.h"

/* In words; NULL where nothing is.  What it is armed for is not looked at. */
const char *sla__clock_wrong(const sla_policies *policies, const sla__fold *fold,
                             const sla__clock *clock);

/* Whether all that receivers may have heard of `before` is as it was in `after`: what was
 * passed, what ended and when it was due. */
bool sla__told_stands(const sla__fold *before, const sla__fold *after);

#endif
