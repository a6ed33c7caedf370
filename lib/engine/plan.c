/* plan.c - see plan.h. */
#include "engine/plan.h"

#include <assert.h>

#include "engine/fold.h"

/* ------------------------------------------------------------ calendars */

const sla_calendar *sla__calendar_at(const sla_engine *engine, uint32_t rules, uint16_t number,
                                     uint32_t world)
{
    uint32_t name;

    if (number == SLA__NONE)
        return NULL;
    name = engine->rules[rules].calendars[number];
    for (size_t i = engine->adopted_count; i-- > 0;) {
        if (engine->adopted[i].name == name && engine->adopted[i].world <= world)
            return engine->adopted[i].calendar;
    }
    /* Adopted only after this ticket's world: the first version there is. */
    for (size_t i = 0; i < engine->adopted_count; i++) {
        if (engine->adopted[i].name == name)
            return engine->adopted[i].calendar;
    }
    return NULL;
}

sla__view sla__view_of(const sla_engine *engine, const sla__fold *fold, const sla__clock *clock)
{
    sla__view view;

    view.engine = engine;
    view.policies = sla__rules_of(engine, fold);
    view.fold = fold;
    view.clock = clock;
    view.target = &view.policies->targets[clock->target];
    view.goal = clock->goal == SLA__NONE
                    ? NULL
                    : &view.policies->goals[view.target->goal_first + clock->goal];
    view.calendar = sla__calendar_at(engine, fold->rules, clock->calendar, fold->world);
    return view;
}

/* ------------------------------------------------------ the target's time */

static bool in_range(sla_time at)
{
    return at >= SLA_TIME_MIN && at <= SLA_TIME_MAX;
}

static sla_time elapsed_add(sla_time from, sla_duration need)
{
    if (from == SLA_NEVER)
        return SLA_NEVER;
    return need > SLA_TIME_MAX - from ? SLA_NEVER : from + need;
}

static sla_time business_add(const sla_calendar *calendar, sla_time from, sla_duration need,
                             sla_exact_fit fit)
{
    sla_time at;

    if (from == SLA_NEVER || sla_calendar_add(calendar, from, need, fit, &at) != SLA_OK)
        return SLA_NEVER;
    return at;
}

static bool is_business(const sla__view *view)
{
    return view->goal->measure == SLA__BUSINESS && view->calendar != NULL;
}

sla_time sla__plan_add(const sla__view *view, sla_time from, sla_duration need)
{
    return is_business(view) ? business_add(view->calendar, from, need, SLA_FIT_CLOSE)
                             : elapsed_add(from, need);
}

sla_time sla__plan_due_add(const sla__view *view, sla_time from, sla_duration need)
{
    const sla_exact_fit fit =
        view->goal->kind == SLA__GOAL_BUSINESS ? (sla_exact_fit)view->goal->fit : SLA_FIT_CLOSE;

    return is_business(view) ? business_add(view->calendar, from, need, fit)
                             : elapsed_add(from, need);
}

static sla_time plan_sub(const sla__view *view, sla_time to, sla_duration need)
{
    sla_time at;

    if (to == SLA_NEVER)
        return SLA_NEVER;
    if (!is_business(view))
        return to - need < SLA_TIME_MIN ? SLA_NEVER : to - need;
    return sla_calendar_sub(view->calendar, to, need, &at) == SLA_OK ? at : SLA_NEVER;
}

sla_duration sla__plan_between(const sla__view *view, sla_time from, sla_time to)
{
    sla_duration open;

    if (to <= from || to == SLA_NEVER)
        return 0;
    if (!is_business(view))
        return to - from;
    return sla_calendar_between(view->calendar, from, to, &open) == SLA_OK ? open : 0;
}

sla_time sla__plan_add_in(const sla__view *view, uint16_t calendar, sla_time from,
                          sla_duration need)
{
    const sla_calendar *named =
        sla__calendar_at(view->engine, view->fold->rules, calendar, view->fold->world);

    return named != NULL ? business_add(named, from, need, SLA_FIT_CLOSE) : elapsed_add(from, need);
}

bool sla__plan_provisional(const sla__view *view, sla_time due)
{
    if (view->calendar == NULL || due == SLA_NEVER)
        return false;
    switch ((sla__goal_kind)view->goal->kind) {
    case SLA__GOAL_ELAPSED:
    case SLA__GOAL_DAYS:
        return false;
    case SLA__GOAL_CUTOFF:
        if (!view->goal->cutoff.workdays)
            return false;
        break;
    case SLA__GOAL_ANCHOR:
        if (view->goal->measure != SLA__BUSINESS)
            return false;
        break;
    default:
        break;
    }
    return sla_calendar_provisional(view->calendar, due);
}

/* ---------------------------------------------------------------- choosing */

static void set_defaults(sla__scene *scene, const sla__target *target)
{
    scene->default_count = target->default_count;
    if (target->default_count > 0)
        scene->defaults = scene->policies->defaults + target->default_first;
}

static bool goal_applies(sla__scene *scene, const sla__goal *goal, sla_time start)
{
    int64_t anchor;

    /* Where there are defaults, asking for one is noted, whatever comes of it. */
    if (scene->default_count == 0 && (goal->needs & ~scene->fold->present))
        return false;
    if (start < goal->during_from || start >= goal->during_to)
        return false;
    if (sla__goal_is_anchor(goal) && !sla__scene_value(scene, goal->anchor, &anchor))
        return false;
    return sla__holds(scene, goal->when);
}

static uint16_t choose_calendar(sla__scene *scene, const sla__calendar_choice *choice)
{
    int64_t value;

    if (choice->by == SLA__NONE || !sla__scene_value(scene, choice->by, &value))
        return choice->fixed;
    for (uint32_t i = 0; i < choice->count; i++) {
        const sla__calendar_row *row = &scene->policies->calendar_rows[choice->first + i];

        if (row->value == value)
            return row->calendar;
    }
    return choice->fixed;
}

sla__choice sla__choose(const sla_policies *policies, const sla__fold *fold,
                        const sla__target *target, sla_time start)
{
    const sla__goal *const goals = policies->goals + target->goal_first;
    sla__choice choice = {SLA__NONE, SLA__NONE, false};
    sla__scene scene = sla__scene_of(policies, fold, SLA__NONE);

    set_defaults(&scene, target);
    for (uint32_t i = 0; i < target->goal_count && choice.goal == SLA__NONE; i++) {
        if (goal_applies(&scene, &goals[i], start))
            choice.goal = (uint16_t)i;
    }
    choice.calendar = choose_calendar(&scene, &target->calendar);
    choice.by_defaults = scene.used_default;
    return choice;
}

/* -------------------------------------------------------------------- plan */

sla_time sla__plan_attribute(const sla__view *view)
{
    sla__scene scene = sla__scene_of(view->policies, view->fold, SLA__NONE);
    int64_t anchor;

    set_defaults(&scene, view->target);
    return sla__scene_value(&scene, view->goal->anchor, &anchor) ? anchor : SLA_NEVER;
}

sla_time sla__plan_anchor(const sla__view *view)
{
    const sla__note *note = sla__note_next(view->fold, view->clock, SLA__NOTE_ANCHOR, NULL);

    return note != NULL ? note->a : sla__plan_attribute(view);
}

static sla_time anchor_due(const sla__view *view, sla_time start)
{
    const sla__goal *goal = view->goal;
    const sla_time anchor = sla__plan_anchor(view);
    sla_workdays back = goal->workdays;
    sla_time due = SLA_NEVER;

    if (!in_range(anchor))
        return SLA_NEVER;
    if (goal->kind == SLA__GOAL_ANCHOR_WORKDAYS) {
        back.days = -back.days;
        if (sla_calendar_add_workdays(view->calendar, anchor, &back, &due) != SLA_OK)
            return SLA_NEVER;
    } else {
        due = plan_sub(view, anchor, goal->need);
    }
    if (goal->cap > 0 && due > elapsed_add(start, goal->cap))
        due = elapsed_add(start, goal->cap);
    return due;
}

static sla_time goal_due(const sla__view *view, sla_time start)
{
    const sla__goal *goal = view->goal;
    sla_time due = SLA_NEVER;
    int result = SLA_OK;

    switch ((sla__goal_kind)goal->kind) {
    case SLA__GOAL_ELAPSED:
        return elapsed_add(start, goal->need);
    case SLA__GOAL_BUSINESS:
        result =
            sla_calendar_add(view->calendar, start, goal->need, (sla_exact_fit)goal->fit, &due);
        break;
    case SLA__GOAL_WORKDAYS:
        result = sla_calendar_add_workdays(view->calendar, start, &goal->workdays, &due);
        break;
    case SLA__GOAL_DAYS:
        result =
            sla_calendar_add_days(view->calendar, start, goal->days, (sla_day_end)goal->end, &due);
        break;
    case SLA__GOAL_CUTOFF:
        result = sla_calendar_cutoff(view->calendar, start, &goal->cutoff, &due);
        break;
    case SLA__GOAL_ANCHOR:
    case SLA__GOAL_ANCHOR_WORKDAYS:
        return anchor_due(view, start);
    }
    if (result != SLA_OK)
        return SLA_NEVER;
    /* A promise is not broken before it is made: the close of a day may lie behind. */
    return due < start ? start : due;
}

/* A goal that ends with the day is moved up to the end of that day. */
static sla_time to_end_of_day(const sla__view *view, sla_time due)
{
    const sla__goal *goal = view->goal;
    sla_time end = due;

    if (due == SLA_NEVER)
        return due;
    if (goal->kind == SLA__GOAL_WORKDAYS &&
        (goal->workdays.end == SLA_END_DAY || goal->workdays.end == SLA_END_CLOSE)) {
        if (sla_calendar_end_of_day(view->calendar, due, goal->workdays.end == SLA_END_CLOSE,
                                    &end) != SLA_OK)
            return SLA_NEVER;
    } else if (goal->kind == SLA__GOAL_DAYS && goal->end == SLA_END_DAY) {
        if (sla_calendar_end_of_day(view->calendar, due, false, &end) != SLA_OK)
            return SLA_NEVER;
    } else if (goal->kind == SLA__GOAL_CUTOFF && goal->cutoff.snap) {
        if (sla_calendar_snap(view->calendar, due, &goal->cutoff, &end) != SLA_OK)
            return SLA_NEVER;
    }
    return end;
}

static bool belongs(const sla__note *note, const sla__clock *clock)
{
    return note->target == clock->target && note->cycle == clock->cycle;
}

/* What an ended pause credits to this clock. */
static sla_duration credit_of(const sla__view *view, const sla__note *pause)
{
    const sla_time from = pause->a > view->clock->start_at ? pause->a : view->clock->start_at;

    return pause->b == SLA_NEVER ? 0 : sla__plan_between(view, from, pause->b);
}

sla__plan sla__plan_after(const sla__view *view, size_t count)
{
    sla__plan plan;

    assert(view->goal != NULL);
    plan.due = plan.base = goal_due(view, view->clock->start_at);
    plan.since = 0;
    if (!(view->clock->flags & SLA__NOTED))
        return plan;
    for (size_t i = 0; i < count; i++) {
        const sla__note *note = &view->fold->notes[i];

        if (!belongs(note, view->clock))
            continue;
        if (note->kind == SLA__NOTE_PAUSE) {
            const sla_duration credit = credit_of(view, note);

            if (credit > 0 && plan.due >= note->a)
                plan.due = to_end_of_day(view, sla__plan_due_add(view, plan.due, credit));
        } else if (note->kind == SLA__NOTE_EXTEND) {
            if (note->flags & SLA__NOTE_TO_INSTANT) {
                plan.due = plan.base = note->b;
                plan.since = i;
            } else {
                plan.due = sla__plan_due_add(view, plan.due, note->b);
                plan.base = sla__plan_due_add(view, plan.base, note->b);
            }
        }
    }
    return plan;
}

sla__plan sla__plan_of(const sla__view *view)
{
    return sla__plan_after(view, view->fold->note_count);
}

/* `at`, moved by each credit of a pause that began when it had not passed. */
static sla_time with_credits(const sla__view *view, size_t since, sla_time at)
{
    if (!(view->clock->flags & SLA__NOTED))
        return at;
    for (size_t i = since; i < view->fold->note_count && at != SLA_NEVER; i++) {
        const sla__note *note = &view->fold->notes[i];

        if (note->kind == SLA__NOTE_PAUSE && belongs(note, view->clock) && note->a <= at) {
            const sla_duration credit = credit_of(view, note);

            if (credit > 0)
                at = sla__plan_add(view, at, credit);
        }
    }
    return at;
}

/* Levels and repeats count in the target's time, or on the wall by choice. */
static sla_time ladder_add(const sla__view *view, sla_time from, sla_duration need)
{
    return view->target->ladder_wall ? elapsed_add(from, need) : sla__plan_add(view, from, need);
}

static sla_time percent_of(const sla__view *view, const sla__plan *plan, uint16_t percent)
{
    const sla_time start = view->clock->start_at;
    const sla_duration span = sla__plan_between(view, start, plan->base);

    if (plan->base == SLA_NEVER)
        return SLA_NEVER;
    if (span == 0 || view->goal->kind == SLA__GOAL_DAYS || view->goal->kind == SLA__GOAL_CUTOFF)
        return plan->base <= start
                   ? plan->base
                   : elapsed_add(start, (plan->base - start) / 100 * percent +
                                            (plan->base - start) % 100 * percent / 100);
    return sla__plan_add(view, start, span / 100 * percent + span % 100 * percent / 100);
}

sla_time sla__plan_step(const sla__view *view, const sla__plan *plan, size_t number)
{
    const sla__step *step = &view->policies->steps[view->target->step_first + number];
    sla_time at = SLA_NEVER;

    if (step->kind == SLA__BREACH)
        return plan->due;
    switch ((sla__step_at)step->at) {
    case SLA__AT_PERCENT:
        at = percent_of(view, plan, step->percent);
        break;
    case SLA__AT_BEFORE:
        at = plan_sub(view, plan->base, step->offset);
        break;
    case SLA__AT_DUE:
        at = plan->base;
        break;
    case SLA__AT_AFTER:
        at = ladder_add(view, plan->base, step->offset);
        break;
    }
    if (at <= view->clock->start_at)
        return SLA__UNARMED;
    at = with_credits(view, plan->since, at);
    if ((step->at >= SLA__AT_DUE || (step->at == SLA__AT_PERCENT && step->percent >= 100)) &&
        at < plan->due)
        at = plan->due;
    return at;
}

sla_time sla__plan_repeat(const sla__view *view, const sla__note *note, uint32_t number)
{
    const sla__step *step = &view->policies->steps[view->target->step_first + note->step];
    sla_time at = ladder_add(view, note->a, (sla_duration)number * step->repeat_every);

    if (!(view->clock->flags & SLA__NOTED))
        return at;
    for (size_t i = 0; i < view->fold->note_count && at != SLA_NEVER; i++) {
        const sla__note *pause = &view->fold->notes[i];

        if (pause->kind == SLA__NOTE_PAUSE && belongs(pause, view->clock) && pause->a >= note->a &&
            pause->a <= at) {
            const sla_duration credit = credit_of(view, pause);

            if (credit > 0)
                at = sla__plan_add(view, at, credit);
        }
    }
    return at;
}
