/* verify.h - what can be wrong with a clock. */
#ifndef SLA_ENGINE_VERIFY_H
#define SLA_ENGINE_VERIFY_H

#include "engine/state.h"

/* In words; NULL where nothing is.  What it is armed for is not looked at. */
const char *sla__clock_wrong(const sla_policies *policies, const sla__fold *fold,
                             const sla__clock *clock);

#endif
