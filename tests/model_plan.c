/* model_plan.c - see model_truth.h: the instants of a clock, as a pure function
 * of its start, its goal and calendar, and its notes in order. */
#include "model_truth.h"

#include <stdio.h>
#include <stdlib.h>

static void give_up(int result)
{
    if (result == SLA_OK)
        return;
    fprintf(stderr, "model: a calendar answered %s\n", sla_result_name(result));
    abort();
}

sla_time model_add(const sla_calendar *calendar, sla_time from, sla_duration need,
                   sla_exact_fit fit)
{
    sla_time at = from + need;

    if (calendar != NULL)
        give_up(sla_calendar_add(calendar, from, need, fit, &at));
    return at;
}

static sla_time subtract(const sla_calendar *calendar, sla_time to, sla_duration need)
{
    sla_time at = to - need;

    if (calendar != NULL)
        give_up(sla_calendar_sub(calendar, to, need, &at));
    return at;
}

static sla_duration between(const sla_calendar *calendar, sla_time from, sla_time to)
{
    sla_duration span = to > from ? to - from : 0;

    if (calendar != NULL && to > from)
        give_up(sla_calendar_between(calendar, from, to, &span));
    return span;
}

static const sla__goal *goal_of(const model_truth *truth, const model_clock *clock)
{
    return &truth->set->goals[clock->goal];
}

static const sla_calendar *chosen(const model_truth *truth, const model_clock *clock)
{
    return clock->calendar == SLA__NONE ? NULL : truth->calendars[clock->calendar];
}

static bool business(const sla__goal *goal)
{
    switch ((sla__goal_kind)goal->kind) {
    case SLA__GOAL_BUSINESS:
    case SLA__GOAL_WORKDAYS:
    case SLA__GOAL_ANCHOR_WORKDAYS:
        return true;
    case SLA__GOAL_CUTOFF:
    case SLA__GOAL_ANCHOR:
        return goal->measure == SLA__BUSINESS;
    default:
        return false;
    }
}

const sla_calendar *model_time_of(const model_truth *truth, const model_clock *clock)
{
    return business(goal_of(truth, clock)) ? chosen(truth, clock) : NULL;
}

static sla_time anchored(const model_truth *truth, const model_clock *clock, const sla__goal *goal)
{
    sla_time at = clock->anchor;

    if (goal->kind == SLA__GOAL_ANCHOR_WORKDAYS) {
        sla_workdays back = goal->workdays;

        back.days = -abs(back.days);
        give_up(sla_calendar_add_workdays(chosen(truth, clock), clock->anchor, &back, &at));
    } else if (goal->need > 0) {
        at = subtract(model_time_of(truth, clock), at, goal->need);
    }
    if (goal->cap > 0 && at > clock->started_at + goal->cap)
        at = clock->started_at + goal->cap;
    return at;
}

static sla_time goal_due(const model_truth *truth, const model_clock *clock)
{
    const sla__goal *goal = goal_of(truth, clock);
    const sla_calendar *calendar = chosen(truth, clock);
    sla_time at = clock->started_at;

    switch ((sla__goal_kind)goal->kind) {
    case SLA__GOAL_ELAPSED:
        at += goal->need;
        break;
    case SLA__GOAL_BUSINESS:
        at = model_add(calendar, at, goal->need, (sla_exact_fit)goal->fit);
        break;
    case SLA__GOAL_WORKDAYS:
        give_up(sla_calendar_add_workdays(calendar, at, &goal->workdays, &at));
        break;
    case SLA__GOAL_DAYS:
        give_up(sla_calendar_add_days(calendar, at, goal->days, (sla_day_end)goal->end, &at));
        break;
    case SLA__GOAL_CUTOFF:
        give_up(sla_calendar_cutoff(calendar, at, &goal->cutoff, &at));
        break;
    case SLA__GOAL_ANCHOR:
    case SLA__GOAL_ANCHOR_WORKDAYS:
        return anchored(truth, clock, goal);
    }
    return at < clock->started_at ? clock->started_at : at;
}

/* The need of a goal in hours fills a window as its goal says; all else ends at closing. */
static sla_exact_fit fit_of(const sla__goal *goal)
{
    return goal->kind == SLA__GOAL_BUSINESS ? (sla_exact_fit)goal->fit : SLA_FIT_CLOSE;
}

/* "Up to the end of its day", "up to the next cut-off end". */
static sla_time rounded(const model_truth *truth, const model_clock *clock, sla_time due)
{
    const sla__goal *goal = goal_of(truth, clock);
    const sla_calendar *calendar = chosen(truth, clock);
    sla_day_end end = SLA_END_SAME_TIME;

    if (goal->kind == SLA__GOAL_WORKDAYS)
        end = goal->workdays.end;
    else if (goal->kind == SLA__GOAL_DAYS)
        end = (sla_day_end)goal->end;
    if (end == SLA_END_DAY || end == SLA_END_CLOSE)
        give_up(sla_calendar_end_of_day(calendar, due, end == SLA_END_CLOSE, &due));
    else if (goal->kind == SLA__GOAL_CUTOFF && goal->cutoff.snap)
        give_up(sla_calendar_snap(calendar, due, &goal->cutoff, &due));
    return due;
}

/* What a pause is worth to this clock. */
static sla_duration credit_of(const model_truth *truth, const model_clock *clock,
                              const model_note *note)
{
    const sla_time from = note->from > clock->started_at ? note->from : clock->started_at;

    return between(model_time_of(truth, clock), from, note->to);
}

static void plan_due(const model_truth *truth, const model_clock *clock, model_plan *plan)
{
    const sla_calendar *time = model_time_of(truth, clock);
    const sla_exact_fit fit = fit_of(goal_of(truth, clock));

    plan->base = plan->due = goal_due(truth, clock);
    for (size_t i = 0; i < clock->pauses.note_count; i++) {
        const model_note *note = &clock->pauses.notes[i];
        sla_duration credit;

        switch (note->kind) {
        case MODEL_PAUSE:
            credit = credit_of(truth, clock, note);
            if (credit > 0 && plan->due >= note->from)
                plan->due = rounded(truth, clock, model_add(time, plan->due, credit, fit));
            break;
        case MODEL_EXTENSION:
            plan->due = model_add(time, plan->due, note->span, fit);
            plan->base = model_add(time, plan->base, note->span, fit);
            break;
        case MODEL_NEW_DUE:
            plan->due = plan->base = note->until;
            break;
        }
    }
}

static sla_time percent_of(const model_truth *truth, const model_clock *clock, sla_time base,
                           unsigned percent)
{
    const sla__goal *goal = goal_of(truth, clock);
    const sla_calendar *time = model_time_of(truth, clock);

    if (goal->kind == SLA__GOAL_CUTOFF || goal->kind == SLA__GOAL_DAYS ||
        between(time, clock->started_at, base) == 0)
        time = NULL;
    if (base <= clock->started_at)
        return clock->started_at;
    return model_add(time, clock->started_at,
                     percent * between(time, clock->started_at, base) / 100, SLA_FIT_CLOSE);
}

static const sla_calendar *ladder_time(const model_truth *truth, const model_clock *clock)
{
    return truth->set->targets[clock->target].ladder_wall ? NULL : model_time_of(truth, clock);
}

static sla_time before_credits(const model_truth *truth, const model_clock *clock, sla_time base,
                               const sla__step *step)
{
    switch ((sla__step_at)step->at) {
    case SLA__AT_PERCENT:
        return percent_of(truth, clock, base, step->percent);
    case SLA__AT_BEFORE:
        return subtract(model_time_of(truth, clock), base, step->offset);
    default:
        return model_add(ladder_time(truth, clock), base, step->offset, SLA_FIT_CLOSE);
    }
}

/* Credits of the pauses from note `first` on that began at or before the instant. */
static sla_time with_credits(const model_truth *truth, const model_clock *clock, size_t first,
                             sla_time at)
{
    for (size_t i = first; i < clock->pauses.note_count; i++) {
        const model_note *note = &clock->pauses.notes[i];

        if (note->kind == MODEL_PAUSE && note->from <= at) {
            const sla_duration credit = credit_of(truth, clock, note);

            if (credit > 0)
                at = model_add(model_time_of(truth, clock), at, credit, SLA_FIT_CLOSE);
        }
    }
    return at;
}

static bool after_due(const sla__step *step)
{
    return step->at == SLA__AT_DUE || step->at == SLA__AT_AFTER ||
           (step->at == SLA__AT_PERCENT && step->percent >= 100);
}

model_plan model_make_plan(const model_truth *truth, const model_clock *clock)
{
    const sla__target *target = &truth->set->targets[clock->target];
    model_plan plan = {0};
    size_t first = 0;

    plan_due(truth, clock, &plan);
    for (size_t i = 0; i < clock->pauses.note_count; i++)
        if (clock->pauses.notes[i].kind == MODEL_NEW_DUE)
            first = i + 1;
    for (uint32_t i = 0; i < target->step_count; i++) {
        const sla__step *step = &truth->set->steps[target->step_first + i];

        if (i == target->breach_step) {
            plan.armed[i] = true;
            plan.at[i] = plan.due;
            continue;
        }
        plan.at[i] = before_credits(truth, clock, plan.base, step);
        plan.armed[i] = plan.at[i] > clock->started_at;
        plan.at[i] = with_credits(truth, clock, first, plan.at[i]);
        if (after_due(step) && plan.at[i] < plan.due)
            plan.at[i] = plan.due;
    }
    return plan;
}

sla_time model_repeat_at(const model_truth *truth, const model_clock *clock, size_t step,
                         unsigned repeat)
{
    const sla__target *target = &truth->set->targets[clock->target];
    const sla__step *it = &truth->set->steps[target->step_first + step];
    const sla_time x = clock->steps[step].first.at;
    sla_time at = model_add(ladder_time(truth, clock), x, repeat * it->repeat_every, SLA_FIT_CLOSE);

    for (size_t i = 0; i < clock->pauses.note_count; i++) {
        const model_note *note = &clock->pauses.notes[i];

        if (note->kind == MODEL_PAUSE && note->from >= x && note->from <= at) {
            const sla_duration credit = credit_of(truth, clock, note);

            if (credit > 0)
                at = model_add(model_time_of(truth, clock), at, credit, SLA_FIT_CLOSE);
        }
    }
    return at;
}

sla_time model_waived_due(const model_truth *truth, const model_clock *clock)
{
    const sla__goal *goal = goal_of(truth, clock);

    if (clock->waived == 0)
        return clock->plan.due;
    return model_add(business(goal) ? clock->end_calendar : NULL, clock->plan.due, clock->waived,
                     fit_of(goal));
}

bool model_provisional(const model_truth *truth, const model_clock *clock)
{
    const sla__goal *goal = goal_of(truth, clock);
    const sla_calendar *calendar = chosen(truth, clock);
    const bool holidays = goal->kind == SLA__GOAL_CUTOFF ? goal->cutoff.workdays : business(goal);

    return calendar != NULL && holidays && sla_calendar_provisional(calendar, clock->plan.due);
}
