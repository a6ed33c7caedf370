/*
 * clock_parts.h - what the files of a clock's moves share.
 */
#ifndef SLA_ENGINE_CLOCK_PARTS_H
#define SLA_ENGINE_CLOCK_PARTS_H

#include "engine/clock.h"
#include "engine/fold.h"

static inline const sla__target *sla__clock_target(const sla__run *run, const sla__clock *clock)
{
    return &run->policies->targets[clock->target];
}

static inline const sla__step *sla__clock_step(const sla__run *run, const sla__clock *clock,
                                               size_t step)
{
    return &run->policies->steps[sla__clock_target(run, clock)->step_first + step];
}

static inline const sla__pause *sla__clock_pause(const sla__run *run, const sla__clock *clock,
                                                 size_t pause)
{
    return &run->policies->pauses[sla__clock_target(run, clock)->pause_first + pause];
}

/* A tell about the clock, at an instant (run.c). */
sla__tell sla__clock_tell(const sla__run *run, const sla__clock *clock, sla_event_kind kind,
                          sla__sort sort, sla_time at);

/* Finds the next item of a live clock, of which view and plan are at hand (clock_arm.c). */
void sla__clock_arm_by(sla__run *run, sla__clock *clock, const sla__view *view,
                       const sla__plan *plan);

/* The goal and calendar are in force from now on (clock_plan.c). */
void sla__clock_choose(sla__run *run, sla__clock *clock, sla__choice choice);

#endif
