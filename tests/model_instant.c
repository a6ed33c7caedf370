/* model_instant.c - see model_truth.h: the steps and other instants of a clock: which is
 * next, and what happens then. */
#include "model_truth.h"

#include <assert.h>
#include <string.h>

static const sla__step *step_of(const model_truth *truth, const model_clock *clock, size_t step)
{
    return &truth->set->steps[model_target(truth, clock)->step_first + step];
}

/* --- steps --- */

static bool counts_while_paused(const model_truth *truth, const model_clock *clock, size_t step)
{
    return model_target(truth, clock)->ladder_while_paused && clock->breached_at != SLA_NEVER &&
           step_of(truth, clock, step)->level > 0;
}

static bool next_level_passed(const model_truth *truth, const model_clock *clock, size_t step)
{
    const sla__target *target = model_target(truth, clock);

    for (uint32_t i = 0; i < target->step_count; i++)
        if (step_of(truth, clock, i)->level > step_of(truth, clock, step)->level &&
            clock->steps[i].first.status == MODEL_PASSED)
            return true;
    return false;
}

static bool has_repeats(const model_truth *truth, const model_clock *clock, size_t step)
{
    const sla__step *it = step_of(truth, clock, step);

    return it->repeat_max > 0 && clock->steps[step].first.status == MODEL_PASSED &&
           !(it->repeat_until_next_level && next_level_passed(truth, clock, step));
}

static void keep_earliest(model_instant *best, bool *found, const model_instant *other)
{
    if (!*found || other->at < best->at) {
        *best = *other;
        *found = true;
    }
}

bool model_step_next(const model_truth *truth, const model_clock *clock, model_instant *out)
{
    const sla__target *target = model_target(truth, clock);
    bool found = false;

    if (!model_live(clock))
        return false;
    for (uint32_t i = 0; i < target->step_count; i++) {
        const sla__step *it = step_of(truth, clock, i);
        const model_step *step = &clock->steps[i];

        if (clock->state == SLA_PAUSED && !counts_while_paused(truth, clock, i))
            continue;
        if (it->level > 0 && clock->silence)
            continue;
        if (step->first.status == MODEL_ARMED && clock->plan.armed[i])
            keep_earliest(out, &found, &(model_instant){clock->plan.at[i], MODEL_STEP, i, 0});
        assert(it->repeat_max <= MODEL_REPEATS);
        for (unsigned r = 1; r <= it->repeat_max && has_repeats(truth, clock, i); r++)
            if (step->repeats[r].status == MODEL_ARMED) {
                keep_earliest(
                    out, &found,
                    &(model_instant){model_repeat_at(truth, clock, i, r), MODEL_STEP, i, r});
                break;
            }
    }
    return found;
}

static void pass_breach(model_truth *truth, model_clock *clock, size_t step, sla_time at)
{
    const sla_time due = clock->plan.due;
    const bool by_change = due < at && truth->because != NULL;

    clock->breached_at = by_change ? at : due;
    clock->breached_by_change = by_change;
    clock->steps[step].first.at = clock->breached_at;
    clock->steps[step].because = by_change ? truth->because : "";
    if (model_target(truth, clock)->recur_after_miss)
        model_recur(truth, clock, clock->breached_at, 0);
}

static void derive(model_truth *truth, const sla__step *step, sla_time at)
{
    if (step->derives == SLA__NONE)
        return;
    assert(truth->pending_count < MODEL_PENDING);
    truth->pending[truth->pending_count++] = (model_derived){step->derives, at, 0, 1};
}

static void pass_step(model_truth *truth, model_clock *clock, const model_instant *instant,
                      sla_time at)
{
    const sla__step *it = step_of(truth, clock, instant->which);
    model_step *step = &clock->steps[instant->which];
    model_mark *mark = instant->repeat == 0 ? &step->first : &step->repeats[instant->repeat];

    mark->at = instant->at;
    mark->passed = at;
    mark->when = truth->now;
    mark->by_fact = truth->in_fact;
    if (instant->repeat == 0 && !model_now(truth, SLA__NONE, it->when)) {
        mark->status = MODEL_GONE;
    } else if (it->level > 0 && clock->held) {
        mark->status = MODEL_HELD;
    } else {
        mark->status = MODEL_PASSED;
        if (instant->which == model_target(truth, clock)->breach_step)
            pass_breach(truth, clock, instant->which, at);
        if (instant->repeat == 0)
            derive(truth, it, at);
    }
}

void model_note_undone(model_truth *truth, sla_time at)
{
    truth->undone = at;
    if (!truth->in_fact)
        truth->undone_itself = at;
}

/* Arms again what passed and now lies at or after `at`; a breach that stays moves with its due,
 * which was `due`. */
static void hold_against(model_truth *truth, model_clock *clock, sla_time due, sla_time at)
{
    const sla__target *target = model_target(truth, clock);

    for (uint32_t i = 0; i < target->step_count; i++) {
        model_step *step = &clock->steps[i];

        if (step->first.status == MODEL_ARMED)
            continue;
        if (clock->plan.armed[i] && clock->plan.at[i] >= at) {
            model_note_undone(truth, at);
            memset(step, 0, sizeof *step);
            if (i == target->breach_step)
                clock->breached_at = SLA_NEVER;
            continue;
        }
        if (i == target->breach_step && !clock->breached_by_change && due != clock->plan.due) {
            clock->breached_at = step->first.at = clock->plan.due;
            model_note_undone(truth, at);
        }
        for (unsigned r = 1; r <= step_of(truth, clock, i)->repeat_max; r++)
            if (step->repeats[r].status != MODEL_ARMED &&
                model_repeat_at(truth, clock, i, r) >= at) {
                model_note_undone(truth, at);
                step->repeats[r].status = MODEL_ARMED;
            }
    }
}

void model_replan(model_truth *truth, model_clock *clock, sla_time at, const char *because)
{
    const sla_time due = clock->plan.due;
    const char *outer = truth->because;
    model_instant instant;

    clock->plan = model_make_plan(truth, clock);
    clock->provisional = model_provisional(truth, clock);
    if (clock->plan.due != due && clock->moved_because == NULL)
        clock->moved_because = because;
    truth->because = because;
    hold_against(truth, clock, due, at);
    while (model_step_next(truth, clock, &instant) && instant.at < at)
        model_clock_pass(truth, clock, &instant, at);
    truth->because = outer;
}

/* --- instants --- */

static sla_time pause_instant(const model_truth *truth, const model_clock *clock, size_t pause,
                              sla_duration span, uint16_t calendar)
{
    const sla_time since = clock->pauses.reasons[pause].since;
    const sla_time from = since > clock->started_at ? since : clock->started_at;

    return model_add(calendar == SLA__NONE ? NULL : truth->calendars[calendar], from, span,
                     SLA_FIT_CLOSE);
}

static void next_of_pauses(const model_truth *truth, const model_clock *clock, bool caps,
                           model_instant *best, bool *found)
{
    const sla__target *target = model_target(truth, clock);

    for (uint32_t i = 0; i < target->pause_count; i++) {
        const sla__pause *pause = &truth->set->pauses[target->pause_first + i];
        const model_reason *reason = &clock->pauses.reasons[i];

        if (!reason->by_fact && !reason->by_while)
            continue;
        if (caps && pause->cap > 0)
            keep_earliest(
                best, found,
                &(model_instant){pause_instant(truth, clock, i, pause->cap, pause->cap_calendar),
                                 MODEL_CAP, i, 0});
        if (!caps && pause->follow_up > 0 && !reason->followed)
            keep_earliest(best, found,
                          &(model_instant){pause_instant(truth, clock, i, pause->follow_up,
                                                         pause->follow_up_calendar),
                                           MODEL_FOLLOW_UP, i, 0});
    }
}

bool model_clock_next(const model_truth *truth, const model_clock *clock, model_instant *out)
{
    model_instant instant;
    bool found = false;

    if (model_live(clock))
        next_of_pauses(truth, clock, true, out, &found);
    if (clock->state == SLA_WAITING && clock->scheduled)
        keep_earliest(out, &found, &(model_instant){clock->seen_at, MODEL_START, 0, 0});
    if (model_live(clock))
        next_of_pauses(truth, clock, false, out, &found);
    if (model_live(clock) && clock->held && clock->held_until != SLA_NEVER)
        keep_earliest(out, &found, &(model_instant){clock->held_until, MODEL_ACK_END, 0, 0});
    if (model_step_next(truth, clock, &instant))
        keep_earliest(out, &found, &instant);
    return found;
}

static void pass_cap(model_truth *truth, model_clock *clock, size_t pause, sla_time due,
                     sla_time at)
{
    model_reason *reason = &clock->pauses.reasons[pause];

    assert(clock->cap_count < MODEL_PAUSES * 2);
    clock->caps[clock->cap_count] =
        (model_pause_end){(uint16_t)pause, reason->times, due, truth->now};
    clock->cap_count++;
    reason->by_fact = reason->by_while = false;
    reason->capped = true;
    model_pause_or_resume(truth, clock, due, at, "pause_cap");
}

static void pass_follow_up(const model_truth *truth, model_clock *clock, size_t pause, sla_time due)
{
    model_reason *reason = &clock->pauses.reasons[pause];

    assert(clock->follow_up_count < MODEL_PAUSES * 2);
    clock->follow_ups[clock->follow_up_count] =
        (model_pause_end){(uint16_t)pause, reason->times, due, truth->now};
    clock->follow_up_count++;
    reason->followed = true;
}

/* The levels that passed meanwhile count as one, the highest, which passes now. */
static void pass_ack_end(model_truth *truth, model_clock *clock, sla_time at)
{
    const sla__target *target = model_target(truth, clock);
    uint32_t highest = UINT32_MAX;

    clock->held = false;
    for (uint32_t i = 0; i < target->step_count; i++) {
        if (clock->steps[i].first.status == MODEL_HELD) {
            if (highest == UINT32_MAX ||
                step_of(truth, clock, i)->level >= step_of(truth, clock, highest)->level)
                highest = i;
            clock->steps[i].first.status = MODEL_GONE;
        }
        for (unsigned r = 1; r <= MODEL_REPEATS; r++)
            if (clock->steps[i].repeats[r].status == MODEL_HELD)
                clock->steps[i].repeats[r].status = MODEL_GONE;
    }
    if (highest == UINT32_MAX || clock->silence)
        return;
    clock->steps[highest].first = (model_mark){MODEL_PASSED, at, at, truth->now, false};
    derive(truth, step_of(truth, clock, highest), at);
}

void model_clock_pass(model_truth *truth, model_clock *clock, const model_instant *instant,
                      sla_time at)
{
    switch (instant->what) {
    case MODEL_CAP:
        pass_cap(truth, clock, instant->which, instant->at, at);
        break;
    case MODEL_START:
        clock->scheduled = false;
        model_try_start(truth, clock, at);
        break;
    case MODEL_FOLLOW_UP:
        pass_follow_up(truth, clock, instant->which, instant->at);
        break;
    case MODEL_ACK_END:
        pass_ack_end(truth, clock, at);
        break;
    case MODEL_STEP:
        pass_step(truth, clock, instant, at);
        break;
    }
}
