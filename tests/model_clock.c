/* model_clock.c - see model_truth.h: what happens to one clock, and when. */
#include "model_truth.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const sla__target *model_target(const model_truth *truth, const model_clock *clock)
{
    return &truth->set->targets[clock->target];
}

bool model_live(const model_clock *clock)
{
    return clock->state == SLA_RUNNING || clock->state == SLA_PAUSED;
}

/* --- making, finding, removing --- */

model_clock *model_latest(model_truth *truth, uint16_t target)
{
    model_clock *latest = NULL;

    for (size_t i = 0; i < truth->clock_count; i++)
        if (truth->clocks[i]->target == target)
            latest = truth->clocks[i];
    return latest;
}

static model_clock *insert(model_truth *truth, uint16_t target)
{
    const size_t steps = truth->set->targets[target].step_count * sizeof(model_step);
    model_clock *clock = malloc(sizeof *clock + steps);
    size_t at = 0;

    assert(truth->clock_count < MODEL_CLOCKS);
    while (at < truth->clock_count && truth->clocks[at]->target <= target)
        at++;
    memmove(&truth->clocks[at + 1], &truth->clocks[at],
            (truth->clock_count - at) * sizeof truth->clocks[0]);
    truth->clocks[at] = clock;
    truth->clock_count++;
    memset(clock, 0, offsetof(model_clock, caps));
    memset(&clock->pauses, 0, offsetof(model_pauses, notes));
    memset(clock->steps, 0, steps);
    clock->target = target;
    clock->policy = truth->set->targets[target].policy;
    clock->cycle = ++truth->memory[target].cycles;
    clock->state = SLA_WAITING;
    clock->started_at = clock->ended_at = clock->breached_at = SLA_NEVER;
    clock->held_until = SLA_NEVER;
    clock->end_because = "";
    return clock;
}

model_clock *model_clock_make(model_truth *truth, uint16_t target)
{
    model_clock *clock = insert(truth, target);

    clock->pauses = truth->memory[target].pauses;
    for (size_t i = 0; i < MODEL_PAUSES; i++)
        clock->pauses.reasons[i].times =
            clock->pauses.reasons[i].by_fact || clock->pauses.reasons[i].by_while;
    return clock;
}

void model_clock_remove(model_truth *truth, model_clock *clock)
{
    size_t at = 0;

    while (truth->clocks[at] != clock)
        at++;
    if (truth->memory[clock->target].cycles == clock->cycle)
        truth->memory[clock->target].cycles--;
    truth->clock_count--;
    memmove(&truth->clocks[at], &truth->clocks[at + 1],
            (truth->clock_count - at) * sizeof truth->clocks[0]);
    free(clock);
}

/* --- pauses --- */

void model_pauses_settle(model_pauses *pauses, sla_time at)
{
    bool any = false;

    for (size_t i = 0; i < MODEL_PAUSES; i++)
        any = any || pauses->reasons[i].by_fact || pauses->reasons[i].by_while;
    if (any && !pauses->any)
        pauses->since = at;
    if (!any && pauses->any && pauses->since < at) {
        assert(pauses->note_count < MODEL_NOTES);
        pauses->notes[pauses->note_count++] =
            (model_note){.kind = MODEL_PAUSE, .from = pauses->since, .to = at};
    }
    pauses->any = any;
}

void model_pause_or_resume(model_truth *truth, model_clock *clock, sla_time since, sla_time at,
                           const char *because)
{
    model_pauses_settle(&clock->pauses, since);
    if (clock->state == SLA_RUNNING && clock->pauses.any) {
        clock->state = SLA_PAUSED;
    } else if (clock->state == SLA_PAUSED && !clock->pauses.any) {
        clock->state = SLA_RUNNING;
        model_replan(truth, clock, at, because);
    }
}

static void drop_reasons(model_pauses *pauses)
{
    for (size_t i = 0; i < MODEL_PAUSES; i++)
        pauses->reasons[i].by_fact = pauses->reasons[i].by_while = false;
}

/* --- starting and ending --- */

static bool start_instant(const model_truth *truth, const model_clock *clock, sla_time *out)
{
    const sla__target *target = model_target(truth, clock);
    const char *name;

    *out = clock->seen_at;
    if (clock->start_given)
        return true;
    switch ((sla__start_from)target->start_from) {
    case SLA__FROM_FACT:
        return true;
    case SLA__FROM_OPENED:
        *out = truth->opened_at;
        return true;
    case SLA__FROM_ATTRIBUTE:
        *out = truth->values[target->start_slot].value;
        return truth->values[target->start_slot].has;
    case SLA__FROM_SEEN:
        break;
    }
    name = sla__policies_symbol(truth->set,
                                truth->set->fact_names[truth->set->fact_slots[target->start_slot]]);
    for (size_t i = 0; i < truth->seen_count; i++)
        if (truth->seen[i].length == strlen(name) &&
            memcmp(truth->seen[i].name, name, truth->seen[i].length) == 0) {
            *out = truth->seen[i].last;
            return true;
        }
    return false;
}

void model_try_start(model_truth *truth, model_clock *clock, sla_time at)
{
    model_choice choice;
    sla_time start;

    if (clock->state != SLA_WAITING || clock->scheduled || !clock->start_seen ||
        !start_instant(truth, clock, &start))
        return;
    choice = model_choose(truth, clock->target, start);
    if (!choice.any)
        return;
    clock->started_at = start;
    clock->goal = choice.goal;
    clock->calendar = choice.calendar;
    clock->anchor = choice.anchor;
    clock->on_defaults = choice.on_defaults;
    clock->state = clock->pauses.any ? SLA_PAUSED : SLA_RUNNING;
    clock->due_before = SLA_NEVER;
    model_replan(truth, clock, at, "");
}

void model_next_cycle(model_truth *truth, uint16_t target, sla_time start, sla_time at,
                      uint32_t seq)
{
    const sla__target *it = &truth->set->targets[target];
    model_pauses *remembered = &truth->memory[target].pauses;
    model_clock *clock = insert(truth, target);

    for (size_t i = 0; i < MODEL_PAUSES; i++)
        remembered->reasons[i].by_fact = false;
    model_pauses_settle(remembered, at);
    for (uint32_t i = 0; i < it->pause_count; i++)
        if (model_now(truth, SLA__NONE, truth->set->pauses[it->pause_first + i].hold))
            clock->pauses.reasons[i] =
                (model_reason){.by_while = true, .since = at, .seq = seq, .times = 1};
    model_pauses_settle(&clock->pauses, at);
    clock->start_seen = clock->start_given = true;
    clock->seen_at = start;
    clock->scheduled = start > at;
    model_try_start(truth, clock, at);
}

void model_recur(model_truth *truth, model_clock *clock, sla_time at, uint32_t seq)
{
    const sla__target *target = model_target(truth, clock);
    const model_memory *memory = &truth->memory[clock->target];

    if (target->recur == SLA__RECUR_NONE || memory->until ||
        model_latest(truth, clock->target) != clock ||
        (target->recur_limit > 0 && memory->cycles >= target->recur_limit))
        return;
    if (target->recur == SLA__RECUR_FACT) {
        model_next_cycle(truth, clock->target, at, at, seq);
    } else if (target->recur == SLA__RECUR_DUE) {
        model_next_cycle(truth, clock->target, clock->plan.due, at, seq);
    } else {
        model_next_cycle(truth, clock->target, SLA_NEVER, at, seq);
        clock = model_latest(truth, clock->target);
        clock->scheduled = clock->start_seen = clock->start_given = false;
        clock->wants_asked = true;
    }
}

void model_end(model_truth *truth, model_clock *clock, sla_state state, sla_time at,
               const char *because, uint32_t seq, const model_fact *fact)
{
    clock->end_calendar = clock->calendar == SLA__NONE ? NULL : truth->calendars[clock->calendar];
    drop_reasons(&clock->pauses);
    clock->pauses.any = false;
    clock->state = state;
    clock->ended_at = at;
    clock->end_because = because;
    clock->end_seq = seq;
    clock->end_fact = fact;
}
