/* clock.c - how a clock begins and ends; see clock.h. */
#include "engine/clock.h"

#include <assert.h>

#include "engine/clock_parts.h"

/* ------------------------------------------------------------ small answers */

bool sla__clock_breached(const sla_policies *policies, const sla__clock *clock)
{
    return (clock->held >> policies->targets[clock->target].breach_step & 1) != 0;
}

sla_time sla__clock_breached_at(const sla__fold *fold, const sla_policies *policies,
                                const sla__clock *clock)
{
    const sla__note *note;

    if (!sla__clock_breached(policies, clock))
        return SLA_NEVER;
    note = sla__note_next(fold, clock, SLA__NOTE_BREACH, NULL);
    return note != NULL ? note->a : clock->due_at;
}

sla__note *sla__clock_ack(const sla__fold *fold, const sla__clock *clock)
{
    sla__note *note = NULL;

    if (!(clock->flags & SLA__NOTED))
        return NULL;
    while ((note = sla__note_next(fold, clock, SLA__NOTE_ACK, note)) != NULL) {
        if (note->flags & SLA__NOTE_ACTIVE)
            return note;
    }
    return NULL;
}

/* ----------------------------------------------------------------- starting */

/* The instant that start_from names; SLA_NEVER while it is not known. */
static sla_time origin(const sla__run *run, const sla__clock *clock, sla_time start)
{
    const sla__target *target = sla__clock_target(run, clock);

    if (clock->given)
        return start;
    switch ((sla__start_from)target->start_from) {
    case SLA__FROM_OPENED:
        return run->fold->opened_at;
    case SLA__FROM_SEEN:
        return run->fold->seen[target->start_slot];
    case SLA__FROM_ATTRIBUTE:
        return run->fold->present >> target->start_slot & 1 ? run->fold->values[target->start_slot]
                                                            : SLA_NEVER;
    case SLA__FROM_FACT:
        break;
    }
    return start;
}

void sla__clock_start(sla__run *run, sla__clock *clock, sla_time start, sla_time now)
{
    const sla__target *target = sla__clock_target(run, clock);
    const sla_time from = origin(run, clock, start);
    sla__choice choice = {SLA__NONE, SLA__NONE, false};
    sla__note *pause = NULL;

    assert(clock->state == SLA_WAITING);
    clock->flags = (uint8_t)((clock->flags | SLA__START_SEEN) & ~SLA__ASKED_WAIT);
    clock->start_at = start;
    if (from != SLA_NEVER)
        choice = sla__choose(run->policies, run->fold, target, from);
    if (choice.goal == SLA__NONE) {
        /* It waits for a goal, no longer for an instant. */
        sla__clock_arm(run, clock);
        return;
    }
    clock->flags &= (uint8_t)~SLA__START_SEEN;
    clock->start_at = from;
    sla__clock_choose(run, clock, choice);
    clock->state = SLA_RUNNING;
    if (clock->reasons != 0) {
        while ((pause = sla__note_next(run->fold, clock, SLA__NOTE_PAUSE, pause)) != NULL) {
            if (pause->b == SLA_NEVER)
                break;
        }
        clock->state = SLA_PAUSED;
        clock->mark_at = pause != NULL && pause->a > from ? pause->a : from;
    }
    sla__clock_replan(run, clock, now, SLA__CAUSE_NONE);
}

void sla__clock_begin_next(sla__run *run, sla__clock *clock, sla_time start, sla_time at)
{
    sla__clock *next = sla__clock_next_cycle(run, clock);

    if (next == NULL)
        return;
    sla__clock_set_reasons(run, next, sla__clock_held_reasons(run, next), at, SLA__CAUSE_NONE);
    if (start <= at) {
        sla__clock_start(run, next, start, at);
        return;
    }
    next->flags |= SLA__SCHEDULED;
    next->start_at = start;
    sla__clock_arm(run, next);
}

static bool may_recur(const sla__run *run, const sla__clock *clock)
{
    const sla__target *target = sla__clock_target(run, clock);
    const sla__clock key = {.target = clock->target};

    return target->recur != SLA__RECUR_NONE && sla__fold_is_latest(run->fold, clock) &&
           (target->recur_limit == 0 || clock->cycle < target->recur_limit) &&
           sla__note_next(run->fold, &key, SLA__NOTE_UNTIL, NULL) == NULL;
}

sla__clock *sla__clock_next_cycle(sla__run *run, sla__clock *clock)
{
    const uint16_t target = clock->target;
    const uint16_t cycle = (uint16_t)(clock->cycle + 1);
    sla__clock *next;

    assert(sla__fold_is_latest(run->fold, clock));
    if (!sla__fold_reserve(run->fold, &run->engine->allocator, run->policies,
                           run->fold->clock_count + 1, run->fold->note_count + 2)) {
        run->result = SLA_ERR_NOMEM;
        return NULL;
    }
    next = sla__fold_insert(run->fold, target, cycle);
    next->given = 1;
    run->effects = run->grew = true;
    return next;
}

void sla__clock_recur(sla__run *run, sla__clock *clock, sla_time at, sla_time now)
{
    const sla__target *target = sla__clock_target(run, clock);
    const sla_time due = clock->due_at;

    if (!may_recur(run, clock))
        return;
    if (target->recur != SLA__RECUR_FIRST_UNANSWERED) {
        sla__clock_begin_next(run, clock, target->recur == SLA__RECUR_DUE ? due : at, now);
        return;
    }
    clock = sla__clock_next_cycle(run, clock);
    if (clock == NULL)
        return;
    clock->flags |= SLA__ASKED_WAIT;
    sla__clock_set_reasons(run, clock, sla__clock_held_reasons(run, clock), now, SLA__CAUSE_NONE);
}

/* ------------------------------------------------------------------- ending */

/* What stood still when the clock ended is credited to nobody. */
static void drop_reasons(sla__run *run, sla__clock *clock, sla_time at)
{
    sla__note *note = NULL;

    clock->reasons = 0;
    run->moved = true;
    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_REASON, note)) != NULL) {
        if (note->b == SLA_NEVER)
            note->b = at;
    }
    note = NULL;
    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_PAUSE, note)) != NULL) {
        if (note->b == SLA_NEVER) {
            sla__note_remove(run->fold, note);
            return;
        }
    }
}

void sla__clock_end(sla__run *run, sla__clock *clock, sla_state state, sla_time at, uint32_t seq,
                    sla__cause cause)
{
    sla__tell tell;

    if (clock->reasons != 0)
        drop_reasons(run, clock, at);
    clock->state = (uint8_t)state;
    clock->mark_at = at;
    clock->end_seq = seq;
    clock->cause = (uint8_t)cause;
    clock->flags &= (uint8_t) ~(SLA__START_SEEN | SLA__SCHEDULED | SLA__ASKED_WAIT);
    sla__clock_arm(run, clock);
    run->effects = true;
    tell = sla__clock_tell(run, clock,
                           state == SLA_MET      ? SLA_EVENT_MET
                           : state == SLA_MISSED ? SLA_EVENT_MISSED
                                                 : SLA_EVENT_CANCELLED,
                           SLA__SORT_END, at);
    tell.repeat = tell.fact_seq = seq;
    tell.cause = (uint8_t)cause;
    sla__run_tell(run, &tell);
}

void sla__clock_continue(sla__run *run, sla__clock *clock, sla_time at)
{
    const sla__target *target = sla__clock_target(run, clock);
    const sla_time ended_at = clock->mark_at;

    if (!target->closed_time_counts && ended_at < at) {
        sla__note *note = sla__fold_note(run->fold, clock, SLA__NOTE_PAUSE);

        note->a = ended_at;
        note->b = at;
        note->flags = SLA__NOTE_CLOSED;
        clock->flags |= SLA__NOTED;
    }
    clock->state = SLA_RUNNING;
    clock->mark_at = SLA_NEVER;
    clock->end_seq = 0;
    clock->cause = SLA__CAUSE_NONE;
    /* What changed while it was ended has not been asked about. */
    run->fold->stale = true;
    run->moved = true;
    sla__clock_replan(run, clock, at, SLA__CAUSE_REOPENED);
}
