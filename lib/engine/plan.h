/*
 * plan.h - when is a clock due, and when do its steps fall?
 *
 * A clock's plan is a pure function of its start, its goal and calendar, and
 * its notes (ended pauses, extensions) in order.  Nothing of it is stored but
 * the due and the next item.
 */
#ifndef SLA_ENGINE_PLAN_H
#define SLA_ENGINE_PLAN_H

#include "engine/condition.h"
#include "engine/state.h"

typedef struct sla__plan {
    sla_time due;  /* SLA_NEVER beyond the horizon of the calendar */
    sla_time base; /* due without the credits of pauses */
    size_t since;  /* steps count credits of notes from this place on */
} sla__plan;

/* What is needed to compute with one clock. */
typedef struct sla__view {
    const sla_engine *engine;
    const sla_policies *policies;
    const sla__fold *fold;
    const sla__clock *clock;
    const sla__target *target;
    const sla__goal *goal;        /* NULL while it has none */
    const sla_calendar *calendar; /* of the target, NULL for none */
} sla__view;

/* The version of a calendar in force after `world` facts of the world; `number`
 * counts in the calendars of the policies numbered `rules`. */
const sla_calendar *sla__calendar_at(const sla_engine *engine, uint32_t rules, uint16_t number,
                                     uint32_t world);

sla__view sla__view_of(const sla_engine *engine, const sla__fold *fold, const sla__clock *clock);

/* Goal, calendar and whether a default was needed, for a clock of the target
 * that started at `start`; goal SLA__NONE when none applies. */
typedef struct sla__choice {
    uint16_t goal, calendar;
    bool by_defaults;
} sla__choice;

sla__choice sla__choose(const sla_policies *policies, const sla__fold *fold,
                        const sla__target *target, sla_time start);

/* The attribute that an anchor goal reads, as it stands now; SLA_NEVER without. */
sla_time sla__plan_attribute(const sla__view *view);

/* The instant from which the anchor goal in force counts back. */
sla_time sla__plan_anchor(const sla__view *view);

sla__plan sla__plan_of(const sla__view *view);

/* The plan as the first `count` notes of the fold made it. */
sla__plan sla__plan_after(const sla__view *view, size_t count);

/* What sla__plan_step answers for a step that lies at or before the start. */
#define SLA__UNARMED INT64_MIN

/* The instant of a step by the plan; SLA_NEVER beyond the horizon. */
sla_time sla__plan_step(const sla__view *view, const sla__plan *plan, size_t step);

/* The instant of repeat `number` of a step that passed at note->a. */
sla_time sla__plan_repeat(const sla__view *view, const sla__note *note, uint32_t number);

/* A due moved by a credit or an extension, as its goal fills a window. */
sla_time sla__plan_due_add(const sla__view *view, sla_time from, sla_duration need);

/* Add, and open or elapsed time between, in the target's time.  SLA_NEVER
 * beyond the horizon. */
sla_time sla__plan_add(const sla__view *view, sla_time from, sla_duration need);
sla_duration sla__plan_between(const sla__view *view, sla_time from, sla_time to);

/* In a calendar named by number, or elapsed for SLA__NONE. */
sla_time sla__plan_add_in(const sla__view *view, uint16_t calendar, sla_time from,
                          sla_duration need);

/* Whether the due rests on holidays that are not known yet. */
bool sla__plan_provisional(const sla__view *view, sla_time due);

#endif
