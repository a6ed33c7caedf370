/*
 * judged.h - by what a clock was judged: one that ended keeps the policies and the
 * calendar that it ended under, whatever comes into force after it.
 */
#ifndef SLA_ENGINE_JUDGED_H
#define SLA_ENGINE_JUDGED_H

#include "engine/plan.h"

/* The version of its policy and the name of its calendar, "" for none. */
typedef struct sla__judge {
    const char *version, *calendar;
} sla__judge;

sla__judge sla__judged_by(const sla_engine *engine, const sla__fold *fold, const sla__clock *clock);

/* What it takes to compute with the clock as it was judged. */
sla__view sla__judged_view(const sla_engine *engine, const sla__ticket *ticket,
                           const sla__clock *clock);

/* The note of a clock that has gone over to other policies and has not been given
 * a goal by them; NULL for none. */
sla__note *sla__judged_note(const sla__fold *fold, const sla__clock *clock);

/* The policies of the ticket judge the clock from now on. */
void sla__judged_anew(const sla_engine *engine, sla__fold *fold, const sla__clock *clock);

#endif
