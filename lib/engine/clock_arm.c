/* clock_arm.c - what a clock waits for next. */
#include "base/apart.h"
#include "engine/clock_parts.h"

static void disarm(sla__clock *clock)
{
    clock->next_at = SLA_NEVER;
    clock->next_item = SLA__ITEM_NONE;
    clock->next_step = 0;
}

static void consider(sla__clock *clock, sla__item item, size_t step, sla_time at)
{
    if (at < clock->next_at ||
        (at == clock->next_at && at != SLA_NEVER &&
         (item < (sla__item)clock->next_item ||
          (item == (sla__item)clock->next_item && step < clock->next_step)))) {
        clock->next_at = at;
        clock->next_item = (uint8_t)item;
        clock->next_step = (uint8_t)step;
    }
}

/* Caps and follow-ups of the reasons that hold now. */
static void consider_reasons(sla__run *run, sla__clock *clock, const sla__view *view)
{
    sla__note *note = NULL;

    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_REASON, note)) != NULL) {
        const sla__pause *pause = sla__clock_pause(run, clock, note->step);
        const sla_time since = note->a > clock->start_at ? note->a : clock->start_at;

        if (note->b != SLA_NEVER)
            continue;
        if (pause->cap > 0)
            consider(clock, SLA__ITEM_CAP, note->step,
                     sla__plan_add_in(view, pause->cap_calendar, since, pause->cap));
        if (pause->follow_up > 0 && !(note->flags & SLA__NOTE_FOLLOWED))
            consider(clock, SLA__ITEM_FOLLOW_UP, note->step,
                     sla__plan_add_in(view, pause->follow_up_calendar, since, pause->follow_up));
    }
}

/* A higher level has been told: repeats that end with it stop. */
static bool next_level_held(const sla__run *run, const sla__clock *clock, uint8_t level)
{
    const sla__target *target = sla__clock_target(run, clock);

    for (uint32_t i = 0; i < target->step_count; i++) {
        const sla__step *step = &run->policies->steps[target->step_first + i];

        if (step->kind == SLA__LEVEL && step->level > level && (clock->held >> i & 1))
            return true;
    }
    return false;
}

static void consider_repeats(sla__run *run, sla__clock *clock, const sla__view *view)
{
    sla__note *note = NULL;

    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_REPEAT, note)) != NULL) {
        const sla__step *step = sla__clock_step(run, clock, note->step);

        if (note->n >= step->repeat_max)
            continue;
        if (!(clock->held >> note->step & 1))
            continue;
        if (step->repeat_until_next_level && next_level_held(run, clock, step->level))
            continue;
        if (step->level > 0 ? clock->flags & SLA__SILENCED : clock->state == SLA_PAUSED)
            continue;
        consider(clock, SLA__ITEM_STEP, note->step, sla__plan_repeat(view, note, note->n + 1));
    }
}

/* A step at the due or behind it changes nothing once something as early has been found. */
static inline bool comes_too_late(const sla__clock *clock, const sla__step *step,
                                  const sla__plan *plan)
{
    return step->at >= SLA__AT_DUE && clock->next_at <= plan->due;
}

/* For a paused clock only its ladder, where that goes on. */
static void consider_steps(sla__run *run, sla__clock *clock, const sla__view *view,
                           const sla__plan *plan)
{
    const sla__target *target = view->target;
    const bool paused = clock->state == SLA_PAUSED;
    const bool goes_on = target->ladder_while_paused && sla__clock_breached(run->policies, clock);
    const sla__step *const steps = view->policies->steps + target->step_first;

    for (uint32_t i = 0; i < target->step_count; i++) {
        const sla__step *step = &steps[i];
        sla_time at;

        if (clock->done >> i & 1 || comes_too_late(clock, step, plan))
            continue;
        if (step->level > 0 && (clock->flags & SLA__SILENCED))
            continue;
        if (paused && !(goes_on && step->level > 0))
            continue;
        at = step->kind == SLA__BREACH ? plan->due : sla__plan_step(view, plan, i);
        if (at != SLA__UNARMED)
            consider(clock, SLA__ITEM_STEP, i, at);
    }
    if (target->repeat_count > 0 && (!paused || goes_on))
        consider_repeats(run, clock, view);
}

void sla__clock_arm_by(sla__run *run, sla__clock *clock, const sla__view *view,
                       const sla__plan *plan)
{
    const sla__note *ack;

    disarm(clock);
    if (clock->reasons != 0)
        consider_reasons(run, clock, view);
    ack = sla__clock_ack(run->fold, clock);
    if (ack != NULL)
        consider(clock, SLA__ITEM_ACK_END, 0, ack->b);
    consider_steps(run, clock, view, plan);
}

static SLA__APART void arm_live(sla__run *run, sla__clock *clock)
{
    const sla__view view = sla__view_of(run->engine, run->fold, clock);
    const sla__plan plan = clock->flags & SLA__NOTED ? sla__plan_of(&view)
                                                     : (sla__plan){clock->due_at, clock->due_at, 0};

    sla__clock_arm_by(run, clock, &view, &plan);
}

void sla__clock_arm(sla__run *run, sla__clock *clock)
{
    disarm(clock);
    if (sla__clock_live(clock))
        arm_live(run, clock);
    else if (clock->state == SLA_WAITING && clock->flags & SLA__SCHEDULED)
        consider(clock, SLA__ITEM_START, 0, clock->start_at);
}
