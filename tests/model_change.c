/* model_change.c - see model_truth.h: what one fact does to the clocks of one target. */
#include "model_truth.h"

#include <assert.h>
#include <string.h>

static bool is_set(const model_reason *reason)
{
    return reason->by_fact || reason->by_while;
}

/* A reason that is set and taken away by one fact never was. */
static void date_reason(model_reason *reason, bool was_set, const model_applied *fact)
{
    if (was_set || !is_set(reason))
        return;
    reason->since = fact->at;
    reason->seq = fact->seq;
    reason->times++;
    reason->followed = false;
}

void model_change_reasons(const model_truth *truth, uint16_t target, model_pauses *pauses,
                          const model_applied *fact)
{
    const sla__target *it = &truth->set->targets[target];
    bool was_set[MODEL_PAUSES];

    for (uint32_t i = 0; i < it->pause_count; i++) {
        model_reason *reason = &pauses->reasons[i];

        was_set[i] = is_set(reason);
        if (model_now(truth, fact->number, truth->set->pauses[it->pause_first + i].on))
            reason->by_fact = !reason->capped;
    }
    for (uint32_t i = 0; i < it->resume_count; i++) {
        const sla__resume *resume = &truth->set->resumes[it->resume_first + i];

        if (!model_now(truth, fact->number, resume->on))
            continue;
        for (uint32_t p = 0; p < it->pause_count; p++)
            if (resume->pause == SLA__NONE || resume->pause == p)
                pauses->reasons[p].by_fact = false;
    }
    for (uint32_t i = 0; i < it->pause_count; i++) {
        model_reason *reason = &pauses->reasons[i];

        if (truth->opened)
            reason->by_while =
                !reason->capped &&
                model_now(truth, SLA__NONE, truth->set->pauses[it->pause_first + i].hold);
        date_reason(reason, was_set[i], fact);
    }
}

/* Whether the clock ended by it and the next cycle began. */
static bool change_goal(model_truth *truth, model_clock *clock, const model_applied *fact,
                        bool stops)
{
    const sla__target *target = model_target(truth, clock);
    const model_choice choice = model_choose(truth, clock->target, clock->started_at);

    if (!choice.any)
        return false;
    if (choice.goal == clock->goal && choice.calendar == clock->calendar &&
        (choice.anchor == clock->anchor || target->on_goal_change == SLA__KEEP_GOAL)) {
        clock->on_defaults = choice.on_defaults;
        return false;
    }
    if ((target->judge_standing && stops) || target->on_goal_change == SLA__KEEP_GOAL)
        return false;
    if (target->on_goal_change == SLA__RESTART) {
        const bool latest = model_latest(truth, clock->target) == clock;

        model_end(truth, clock, SLA_CANCELLED, fact->at, "goal_changed", fact->seq, fact->fact);
        if (latest)
            model_next_cycle(truth, clock->target, fact->at, fact->at, fact->seq);
        return true;
    }
    clock->goal = choice.goal;
    clock->calendar = choice.calendar;
    clock->anchor = choice.anchor;
    clock->on_defaults = choice.on_defaults;
    model_replan(truth, clock, fact->at, "goal_changed");
    return false;
}

static void close_pause(model_truth *truth, model_clock *clock, sla_time at)
{
    for (size_t i = 0; i < MODEL_PAUSES; i++)
        clock->pauses.reasons[i].by_fact = clock->pauses.reasons[i].by_while = false;
    model_pause_or_resume(truth, clock, at, at, "resumed");
}

static void stop(model_truth *truth, model_clock *clock, const model_applied *fact)
{
    close_pause(truth, clock, fact->at);
    model_end(truth, clock, fact->at <= clock->plan.due ? SLA_MET : SLA_MISSED, fact->at, "",
              fact->seq, fact->fact);
    model_recur(truth, clock, fact->at, fact->seq);
}

static void go_on(model_truth *truth, model_clock *clock, const model_applied *fact)
{
    const sla_time closed = clock->ended_at;

    clock->state = SLA_RUNNING;
    clock->ended_at = SLA_NEVER;
    clock->end_because = "";
    clock->end_seq = 0;
    clock->end_fact = NULL;
    clock->due_before = clock->plan.due;
    model_note_undone(truth, fact->at);
    if (!model_target(truth, clock)->closed_time_counts && closed < fact->at) {
        assert(clock->pauses.note_count < MODEL_NOTES);
        clock->pauses.notes[clock->pauses.note_count++] =
            (model_note){.kind = MODEL_PAUSE, .from = closed, .to = fact->at};
    }
    if (clock->moved_because == NULL)
        clock->moved_because = "reopened";
    model_replan(truth, clock, fact->at, "reopened");
}

static bool reopens(model_truth *truth, const model_clock *clock, const model_applied *fact)
{
    const sla__target *target = model_target(truth, clock);

    return clock->state >= SLA_MET && target->on_reopen != SLA__REOPEN_NEVER &&
           strcmp(clock->end_because, "policy_left") != 0 &&
           model_latest(truth, clock->target) == clock &&
           model_now(truth, fact->number, target->reopen);
}

static void see_start(model_truth *truth, model_clock *clock, const model_applied *fact)
{
    const sla__target *target = model_target(truth, clock);

    if (clock->wants_asked && model_now(truth, fact->number, target->recur_asked)) {
        clock->wants_asked = false;
        clock->start_seen = clock->start_given = true;
        clock->seen_at = fact->at;
    } else if (!clock->start_seen && !clock->wants_asked && !clock->start_given &&
               model_now(truth, fact->number, target->start)) {
        clock->start_seen = true;
        clock->seen_at = fact->at;
    }
    model_try_start(truth, clock, fact->at);
}

/* What a fact does to a clock, up to its pauses; false when the clock is through with it. */
static bool begin_and_end(model_truth *truth, model_clock *clock, const model_applied *fact)
{
    const sla__target *target = model_target(truth, clock);
    const bool live = model_live(clock);
    const bool stops = live && model_now(truth, fact->number, target->stop);

    if (live && change_goal(truth, clock, fact, stops))
        return false;
    if (clock->state == SLA_WAITING && model_now(truth, fact->number, target->cancel)) {
        model_clock_remove(truth, clock);
        return false;
    }
    if (live && model_now(truth, fact->number, target->cancel)) {
        model_end(truth, clock, SLA_CANCELLED, fact->at, "", fact->seq, fact->fact);
        return false;
    }
    if (stops) {
        stop(truth, clock, fact);
        return false;
    }
    if (live && model_now(truth, fact->number, target->reset)) {
        const bool latest = model_latest(truth, clock->target) == clock;

        model_end(truth, clock, SLA_CANCELLED, fact->at, "reset", fact->seq, fact->fact);
        if (latest)
            model_next_cycle(truth, clock->target, fact->at, fact->at, fact->seq);
        return false;
    }
    if (reopens(truth, clock, fact)) {
        if (target->on_reopen == SLA__REOPEN_NEW_CYCLE) {
            model_next_cycle(truth, clock->target, fact->at, fact->at, fact->seq);
            return false;
        }
        go_on(truth, clock, fact);
    }
    see_start(truth, clock, fact);
    return clock->state < SLA_MET;
}

/* --- acknowledged, extended, waived --- */

static bool names(model_truth *truth, const model_clock *clock, const sla_fact *given)
{
    const char *policy = sla__policies_symbol(truth->set, truth->set->policies[clock->policy].name);
    const char *target = sla__policies_symbol(truth->set, model_target(truth, clock)->name);

    if (given->policy.length == 0)
        return true;
    if (strlen(policy) != given->policy.length || strlen(target) != given->target.length ||
        memcmp(policy, given->policy.data, given->policy.length) != 0 ||
        memcmp(target, given->target.data, given->target.length) != 0)
        return false;
    return given->cycle == 0 ? model_latest(truth, clock->target) == clock
                             : given->cycle == clock->cycle;
}

static void acknowledge(model_truth *truth, model_clock *clock, sla_time at)
{
    const sla__target *target = model_target(truth, clock);

    if (!model_live(clock) || clock->acknowledgements >= target->max_acks)
        return;
    clock->acknowledgements++;
    clock->held = true;
    clock->held_until =
        target->ack_timeout == 0
            ? SLA_NEVER
            : model_add(target->ack_calendar == SLA__NONE ? NULL
                                                          : truth->calendars[target->ack_calendar],
                        at, target->ack_timeout, SLA_FIT_CLOSE);
}

static void took(model_truth *truth, const model_applied *fact)
{
    if (fact->fact == truth->watch)
        truth->verdict.done = true;
}

static void extend(model_truth *truth, model_clock *clock, const model_applied *fact)
{
    const sla__target *target = model_target(truth, clock);
    const sla_fact *given = &fact->fact->given;
    model_pauses *pauses = &clock->pauses;
    model_note note = {.kind = MODEL_EXTENSION, .span = given->span};

    if (given->until != 0)
        note = (model_note){.kind = MODEL_NEW_DUE, .until = given->until};
    if (!model_live(clock) || fact->at > clock->plan.due || !target->extension_allowed ||
        (target->extension_max > 0 && clock->extensions >= target->extension_max) ||
        (target->extension_needs_approver && given->approver.length == 0) ||
        !model_now(truth, fact->number, target->extension_when))
        return;
    assert(pauses->note_count < MODEL_NOTES);
    pauses->notes[pauses->note_count++] = note;
    if (target->extension_up_to > 0 && model_make_plan(truth, clock).due >
                                           model_add(model_time_of(truth, clock), clock->started_at,
                                                     target->extension_up_to, SLA_FIT_CLOSE)) {
        pauses->note_count--;
        return;
    }
    clock->extensions++;
    took(truth, fact);
    model_replan(truth, clock, fact->at, "extended");
}

static void waive(model_truth *truth, model_clock *clock, const model_applied *fact)
{
    const sla_fact *given = &fact->fact->given;

    if (!model_target(truth, clock)->waiver_allowed)
        return;
    clock->excluded = clock->excluded || given->excluded;
    clock->silence = clock->silence || given->silence;
    clock->waived += given->span;
    took(truth, fact);
}

static void about_clock(model_truth *truth, model_clock *clock, const model_applied *fact)
{
    const bool wanted = fact->number == SLA__FACT_ACKNOWLEDGED ||
                        fact->number == SLA__FACT_EXTENDED || fact->number == SLA__FACT_WAIVED;

    if (!wanted || fact->fact == NULL || !names(truth, clock, &fact->fact->given))
        return;
    if (fact->fact == truth->watch)
        truth->verdict.named = true;
    if (fact->number == SLA__FACT_ACKNOWLEDGED)
        acknowledge(truth, clock, fact->at);
    else if (fact->number == SLA__FACT_EXTENDED)
        extend(truth, clock, fact);
    else
        waive(truth, clock, fact);
}

/* --- a target --- */

void model_to_target(model_truth *truth, uint16_t number, const model_applied *fact)
{
    const sla__target *target = &truth->set->targets[number];
    model_clock *clocks[MODEL_CLOCKS];
    size_t count = 0;

    if (target->recur != SLA__RECUR_NONE && model_now(truth, fact->number, target->recur_until) &&
        !truth->memory[number].until) {
        truth->memory[number].until = true;
        for (size_t i = truth->clock_count; i-- > 0;)
            if (truth->clocks[i]->target == number && truth->clocks[i]->state == SLA_WAITING &&
                (truth->clocks[i]->scheduled || truth->clocks[i]->wants_asked))
                model_clock_remove(truth, truth->clocks[i]);
    }
    for (size_t i = 0; i < truth->clock_count; i++)
        if (truth->clocks[i]->target == number)
            clocks[count++] = truth->clocks[i];
    for (size_t i = 0; i < count; i++) {
        if (!begin_and_end(truth, clocks[i], fact))
            continue;
        model_change_reasons(truth, number, &clocks[i]->pauses, fact);
        model_pause_or_resume(truth, clocks[i], fact->at, fact->at, "resumed");
    }
    for (size_t i = 0; i < truth->clock_count; i++)
        if (truth->clocks[i]->target == number)
            about_clock(truth, truth->clocks[i], fact);
    if (fact->fact != NULL) /* only what was recorded is remembered for clocks to come */
        model_change_reasons(truth, number, &truth->memory[number].pauses, fact);
    model_pauses_settle(&truth->memory[number].pauses, fact->at);
}
