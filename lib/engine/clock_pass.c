/* clock_pass.c - steps and repeats whose instant has come. */
#include "engine/clock_parts.h"

static sla_event_kind kind_of(const sla__step *step, uint32_t repeat)
{
    if (repeat > 0)
        return SLA_EVENT_REMINDED;
    switch ((sla__step_kind)step->kind) {
    case SLA__WARNING:
        return SLA_EVENT_WARNING;
    case SLA__BREACH:
        return SLA_EVENT_BREACHED;
    case SLA__REMINDED:
        return SLA_EVENT_REMINDED;
    case SLA__SUPERVISED:
        return SLA_EVENT_SUPERVISED;
    case SLA__LEVEL:
        break;
    }
    return SLA_EVENT_ESCALATED;
}

static void tell_step(sla__run *run, const sla__clock *clock, size_t step, uint32_t repeat,
                      sla_time at, sla__cause cause)
{
    sla__tell tell = sla__clock_tell(run, clock, kind_of(sla__clock_step(run, clock, step), repeat),
                                     SLA__SORT_STEP, at);

    tell.step = (uint8_t)step;
    tell.repeat = repeat;
    tell.cause = (uint8_t)cause;
    sla__run_tell(run, &tell);
}

static sla__note *repeat_note(const sla__run *run, const sla__clock *clock, size_t step)
{
    sla__note *note = NULL;

    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_REPEAT, note)) != NULL) {
        if (note->step == step)
            return note;
    }
    return NULL;
}

static bool step_holds(sla__run *run, const sla__step *step)
{
    sla__scene scene = sla__scene_of(run->policies, run->fold, SLA__NONE);

    return sla__holds(&scene, step->when);
}

/* From now on the step repeats; there is room, reserved when the clock began. */
static void begin_repeats(sla__run *run, const sla__clock *clock, size_t step, sla_time at)
{
    sla__note *note;

    if (sla__clock_step(run, clock, step)->repeat_max == 0)
        return;
    if (!sla__fold_reserve(run->fold, &run->engine->allocator, run->policies,
                           run->fold->clock_count, run->fold->note_count + 1)) {
        run->result = SLA_ERR_NOMEM;
        return;
    }
    note = sla__fold_note(run->fold, clock, SLA__NOTE_REPEAT);
    note->a = at;
    note->step = (uint8_t)step;
}

void sla__clock_derive(sla__run *run, uint16_t name, sla_time at, uint16_t cycle)
{
    sla__note *note;

    if (name == SLA__NONE || run->depth >= SLA_DERIVED_DEPTH_MAX)
        return;
    if (!sla__fold_reserve(run->fold, &run->engine->allocator, run->policies,
                           run->fold->clock_count, run->fold->note_count + 1)) {
        run->result = SLA_ERR_NOMEM;
        return;
    }
    note = sla__fold_note(run->fold, NULL, SLA__NOTE_DERIVED);
    note->a = at;
    note->n = name;
    note->m = (uint32_t)run->depth + 1;
    note->cycle = cycle;
    run->effects = run->grew = true;
}

/* Breached by a change of its plan: at the change, not at the due. */
static void breach_by_change(sla__run *run, const sla__clock *clock, sla_time now)
{
    sla__note *note;

    if (!sla__fold_reserve(run->fold, &run->engine->allocator, run->policies,
                           run->fold->clock_count, run->fold->note_count + 1)) {
        run->result = SLA_ERR_NOMEM;
        return;
    }
    note = sla__fold_note(run->fold, clock, SLA__NOTE_BREACH);
    note->a = now;
}

/* An acknowledgement holds back the repeat that just passed. */
static void hold_repeat(sla__note *note)
{
    if (note->repeats.held_from == 0 || note->repeats.held_to + 1u < note->n)
        note->repeats.held_from = (uint16_t)note->n;
    note->repeats.held_to = (uint16_t)note->n;
}

static void pass_repeat(sla__run *run, const sla__clock *clock, size_t step, sla_time at)
{
    sla__note *note = repeat_note(run, clock, step);

    note->n++;
    if (sla__clock_step(run, clock, step)->level > 0 && sla__clock_ack(run->fold, clock) != NULL)
        hold_repeat(note);
    else
        tell_step(run, clock, step, note->n, at, SLA__CAUSE_NONE);
}

/* The first telling of a step. */
static void pass_first(sla__run *run, sla__clock *clock, size_t number, sla_time at, sla_time now,
                       sla__cause cause)
{
    const sla__step *step = sla__clock_step(run, clock, number);
    sla__note *ack = step->level > 0 ? sla__clock_ack(run->fold, clock) : NULL;
    const bool breach = step->kind == SLA__BREACH;
    const bool overdue = breach && at < now;

    clock->done |= UINT32_C(1) << number;
    if (!step_holds(run, step))
        return;
    if (ack != NULL) {
        ack->n |= UINT32_C(1) << number;
        return;
    }
    clock->held |= UINT32_C(1) << number;
    begin_repeats(run, clock, number, at);
    if (overdue)
        breach_by_change(run, clock, now);
    tell_step(run, clock, number, 0, overdue ? now : at, overdue ? cause : SLA__CAUSE_NONE);
    sla__clock_derive(run, step->derives, now, clock->cycle);
    if (breach && sla__clock_target(run, clock)->recur_after_miss)
        sla__clock_recur(run, clock, overdue ? now : at, now);
}

void sla__clock_pass(sla__run *run, sla__clock *clock, sla_time now, sla__cause cause)
{
    const uint16_t target = clock->target;
    const uint16_t cycle = clock->cycle;
    const size_t step = clock->next_step;
    const sla_time at = clock->next_at;

    if (clock->done >> step & 1)
        pass_repeat(run, clock, step, at);
    else
        pass_first(run, clock, step, at, now, cause);
    sla__clock_arm(run, sla__fold_clock(run->fold, target, cycle));
}

void sla__clock_pass_held(sla__run *run, sla__clock *clock, size_t step, sla_time at)
{
    clock->held |= UINT32_C(1) << step;
    begin_repeats(run, clock, step, at);
    tell_step(run, clock, step, 0, at, SLA__CAUSE_NONE);
    sla__clock_derive(run, sla__clock_step(run, clock, step)->derives, at, clock->cycle);
    sla__clock_arm(run, clock);
}
