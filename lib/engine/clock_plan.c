/* clock_plan.c - a clock planned anew: every step is held against the change. */
#include "engine/clock_parts.h"

/* The instant that an anchor goal counts back from belongs to the goal: it stays
 * when the attribute moves and the policy keeps the goal. */
static void keep_anchor(sla__run *run, const sla__clock *clock)
{
    const sla__view view = sla__view_of(run->engine, run->fold, clock);
    sla__note *note = sla__note_next(run->fold, clock, SLA__NOTE_ANCHOR, NULL);

    if (note == NULL) {
        if (!sla__fold_reserve(run->fold, &run->engine->allocator, run->policies,
                               run->fold->clock_count, run->fold->note_count + 1)) {
            run->result = SLA_ERR_NOMEM;
            return;
        }
        note = sla__fold_note(run->fold, clock, SLA__NOTE_ANCHOR);
    }
    note->a = sla__plan_attribute(&view);
}

void sla__clock_choose(sla__run *run, sla__clock *clock, sla__choice choice)
{
    clock->goal = choice.goal;
    clock->calendar = choice.calendar;
    clock->flags &= (uint8_t)~SLA__BY_DEFAULTS;
    if (choice.by_defaults)
        clock->flags |= SLA__BY_DEFAULTS;
    if (sla__goal_is_anchor(
            &run->policies->goals[sla__clock_target(run, clock)->goal_first + choice.goal]))
        keep_anchor(run, clock);
}

static void set_provisional(sla__clock *clock, const sla__view *view)
{
    clock->flags &= (uint8_t)~SLA__PROVISIONAL;
    if (sla__plan_provisional(view, clock->due_at))
        clock->flags |= SLA__PROVISIONAL;
}

static void forget_breach(sla__run *run, const sla__clock *clock)
{
    sla__note *note = sla__note_next(run->fold, clock, SLA__NOTE_BREACH, NULL);

    if (note != NULL)
        sla__note_remove(run->fold, note);
}

/* A step that had passed lies ahead again. */
static void unpass(sla__run *run, sla__clock *clock, size_t step)
{
    const uint32_t bit = UINT32_C(1) << step;
    sla__note *note = NULL;

    clock->done &= ~bit;
    clock->held &= ~bit;
    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_ACK, note)) != NULL)
        note->n &= ~bit; /* nor does an acknowledgement hold it back */
    if (step == sla__clock_target(run, clock)->breach_step)
        forget_breach(run, clock);
    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_REPEAT, note)) != NULL) {
        if (note->step == step) {
            sla__note_remove(run->fold, note);
            return;
        }
    }
}

/* Repeats that had passed and lie at or after the change come again. */
static void replan_repeats(sla__run *run, const sla__view *view, size_t step, sla_time at)
{
    sla__note *note = NULL;

    while ((note = sla__note_next(run->fold, view->clock, SLA__NOTE_REPEAT, note)) != NULL) {
        while (note->step == step && note->n > 0 && sla__plan_repeat(view, note, note->n) >= at)
            note->n--;
        if (note->step != step || note->repeats.held_to <= note->n)
            continue;
        note->repeats.held_to = (uint16_t)note->n;
        if (note->repeats.held_from > note->n)
            note->repeats.held_from = note->repeats.held_to = 0;
    }
}

/* What passed and lies at or after the change comes again. */
static void hold_against(sla__run *run, sla__clock *clock, const sla__plan *plan, sla_time at)
{
    const sla__view view = sla__view_of(run->engine, run->fold, clock);

    for (uint32_t i = 0; i < view.target->step_count; i++) {
        sla_time step_at;

        if (!(clock->done >> i & 1))
            continue;
        step_at = sla__plan_step(&view, plan, i);
        if (step_at >= at)
            unpass(run, clock, i);
        else
            replan_repeats(run, &view, i, at);
    }
}

void sla__clock_replan(sla__run *run, sla__clock *clock, sla_time at, sla__cause cause)
{
    const uint16_t target = clock->target;
    const uint16_t cycle = clock->cycle;
    const sla__view view = sla__view_of(run->engine, run->fold, clock);
    const sla__plan plan = sla__plan_of(&view);

    if (plan.due == SLA_NEVER && run->result == SLA_OK)
        run->result = SLA_ERR_HORIZON;
    if (clock->due_at != SLA_NEVER || clock->flags & SLA__NOTED)
        run->moved = true; /* not the first plan that it has */
    if (clock->due_at != plan.due && clock->moved == SLA__CAUSE_NONE)
        clock->moved = (uint8_t)cause;
    clock->due_at = plan.due;
    set_provisional(clock, &view);
    run->effects = run->grew = true;
    if (clock->done != 0) {
        hold_against(run, clock, &plan, at); /* the notes may lie elsewhere then */
        sla__clock_arm(run, clock);
    } else {
        sla__clock_arm_by(run, clock, &view, &plan);
    }
    while (run->result == SLA_OK && clock->next_at < at && clock->next_item == SLA__ITEM_STEP) {
        sla__clock_pass(run, clock, at, cause);
        clock = sla__fold_clock(run->fold, target, cycle);
    }
}

void sla__clock_rechoose(sla__run *run, sla__clock *clock, sla__choice choice, sla_time at,
                         sla__cause cause)
{
    sla__clock_choose(run, clock, choice);
    sla__clock_replan(run, clock, at, cause);
}
