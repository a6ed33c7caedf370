/* model_view.c - see model_ticket.h: a clock as it stands, and when something is next. */
#include "model_ticket.h"

#include <string.h>

static void earlier(sla_time *earliest, sla_time at)
{
    if (at < *earliest)
        *earliest = at;
}

static void earliest_step(const model_ticket *ticket, const model_clock *clock, sla_time *earliest)
{
    for (uint32_t i = 0; i < ticket->truth->set->targets[clock->target].step_count; i++)
        for (unsigned r = 0; r <= MODEL_REPEATS; r++) {
            const model_mark *mark = r == 0 ? &clock->steps[i].first : &clock->steps[i].repeats[r];
            const model_key key = {
                clock->policy, clock->target, clock->cycle, MODEL_SORT_STEP, i, r};

            if (mark->status == MODEL_PASSED && !model_decided(ticket, &key))
                earlier(earliest, mark->at);
        }
}

static void earliest_of_clock(const model_ticket *ticket, const model_clock *clock,
                              sla_time *earliest)
{
    const model_key end = {clock->policy,  clock->target, clock->cycle,
                           MODEL_SORT_END, clock->state,  clock->end_seq};
    model_key key = end;

    earliest_step(ticket, clock, earliest);
    if (clock->state >= SLA_MET && !model_decided(ticket, &end))
        earlier(earliest, clock->ended_at);
    for (size_t i = 0; i < clock->cap_count; i++) {
        key.sort = MODEL_SORT_CAP;
        key.place = clock->caps[i].pause;
        key.repeat = clock->caps[i].number;
        if (!model_decided(ticket, &key))
            earlier(earliest, clock->caps[i].at);
    }
    for (size_t i = 0; i < clock->follow_up_count; i++) {
        key.sort = MODEL_SORT_FOLLOW_UP;
        key.place = clock->follow_ups[i].pause;
        key.repeat = clock->follow_ups[i].number;
        if (!model_decided(ticket, &key))
            earlier(earliest, clock->follow_ups[i].at);
    }
}

sla_time model_earliest(const model_ticket *ticket)
{
    const model_truth *truth = ticket->truth;
    sla_time earliest = truth->next_instant;

    for (size_t i = 0; i < ticket->notice_count; i++)
        earlier(&earliest, ticket->notices[i].event.at);
    for (size_t i = 0; i < truth->clock_count; i++)
        earliest_of_clock(ticket, truth->clocks[i], &earliest);
    for (size_t i = 0; i < truth->fired_count; i++) {
        const model_key key = {truth->fired[i].policy, SLA__NONE,          0, MODEL_SORT_FIRED,
                               truth->fired[i].rule,   truth->fired[i].seq};

        if (!model_decided(ticket, &key))
            earlier(&earliest, truth->fired[i].at);
    }
    return earliest;
}

static uint8_t highest_told(const model_ticket *ticket, const model_clock *clock)
{
    uint8_t level = 0;

    for (size_t i = 0; i < ticket->told_count; i++) {
        const model_told *told = &ticket->told[i];

        if (told->told && told->key.sort == MODEL_SORT_STEP && told->key.target == clock->target &&
            told->key.cycle == clock->cycle && told->level > level)
            level = told->level;
    }
    return level;
}

void model_fill_view(const model_ticket *ticket, const model_clock *clock, sla_clock_view *view)
{
    const model_truth *truth = ticket->truth;
    const sla__target *target = &truth->set->targets[clock->target];
    const bool started = clock->started_at != SLA_NEVER;
    model_instant next;

    memset(view, 0, sizeof *view);
    view->policy = model_symbol(ticket, truth->set->policies[clock->policy].name);
    view->policy_version = model_symbol(ticket, truth->set->policies[clock->policy].version);
    view->target = model_symbol(ticket, target->name);
    view->metric = model_symbol(ticket, target->metric);
    view->display = model_symbol(ticket, target->display);
    view->calendar = started && clock->calendar != SLA__NONE
                         ? model_symbol(ticket, truth->set->calendars[clock->calendar])
                         : "";
    view->cycle = clock->cycle;
    view->state = clock->state;
    view->breached = clock->breached_at != SLA_NEVER;
    view->provisional = clock->provisional;
    view->provisional_attributes = clock->on_defaults;
    view->governs = model_governs(truth, clock);
    view->excluded = clock->excluded;
    view->adjusted_met =
        clock->state == SLA_MET ||
        (clock->state == SLA_MISSED && clock->ended_at <= model_waived_due(truth, clock));
    view->agreement = truth->set->policies[clock->policy].agreement;
    view->started_at = clock->started_at;
    view->due_at = started ? clock->plan.due : SLA_NEVER;
    view->paused_at = clock->state == SLA_PAUSED ? clock->pauses.since : SLA_NEVER;
    if (view->paused_at != SLA_NEVER && view->paused_at < clock->started_at)
        view->paused_at = clock->started_at;
    view->ended_at = clock->ended_at;
    view->breached_at = clock->breached_at;
    view->next_at = SLA_NEVER;
    view->next_step = "";
    if (model_clock_next(truth, clock, &next)) {
        view->next_at = next.at;
        if (next.what == MODEL_STEP)
            view->next_step =
                model_symbol(ticket, truth->set->steps[target->step_first + next.which].name);
    }
    view->level = highest_told(ticket, clock);
    view->rank = model_rank(truth, clock->policy);
}
