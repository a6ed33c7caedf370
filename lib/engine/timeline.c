/* timeline.c - see timeline.h. */
#include "engine/timeline.h"

#include <assert.h>
#include <string.h>

#include "engine/apply.h"
#include "engine/fold.h"

sla__run sla__run_over(sla_engine *engine, sla__ticket *ticket, sla__fold *fold, sla__tells *sink)
{
    sla__run run;

    memset(&run, 0, sizeof run);
    run.engine = engine;
    run.ticket = ticket;
    run.fold = fold;
    run.policies = sla__rules_of(engine, fold);
    run.sink = sink;
    return run;
}

/* -------------------------------------------------------------------- items */

sla__clock *sla__timeline_next(const sla__fold *fold)
{
    sla__clock *first = NULL;

    /* Clocks stand in order of (target, cycle), targets in order of policy: the
     * first of equals is the right one. */
    for (size_t i = 0; i < fold->clock_count; i++) {
        if (fold->clocks[i].next_at != SLA_NEVER &&
            (first == NULL || fold->clocks[i].next_at < first->next_at))
            first = &fold->clocks[i];
    }
    return first;
}

sla_time sla__timeline_next_at(const sla__ticket *ticket)
{
    const sla__clock *clock = sla__timeline_next(&ticket->fold);
    const sla_time at = clock != NULL ? clock->next_at : SLA_NEVER;

    return at < ticket->future_at ? at : ticket->future_at;
}

static void moved_to(sla__fold *fold, sla_time at, sla__phase phase)
{
    if (at > fold->at) {
        fold->at = at;
        fold->phase = (uint8_t)phase;
    } else if (at == fold->at && phase > (sla__phase)fold->phase) {
        fold->phase = (uint8_t)phase;
    }
}

static sla__note *open_reason(const sla__run *run, const sla__clock *clock, size_t pause)
{
    sla__note *note = NULL;

    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_REASON, note)) != NULL) {
        if (note->step == pause && note->b == SLA_NEVER)
            return note;
    }
    return NULL;
}

static void tell_reason(sla__run *run, const sla__clock *clock, const sla__note *note,
                        sla_event_kind kind, sla__sort sort, sla_time at)
{
    sla__tell tell = {0};

    tell.at = at;
    tell.old_due = SLA_NEVER;
    tell.due = clock->due_at;
    tell.target = clock->target;
    tell.policy = run->policies->targets[clock->target].policy;
    tell.cycle = clock->cycle;
    tell.kind = (uint8_t)kind;
    tell.sort = (uint8_t)sort;
    tell.step = note->step;
    tell.repeat = note->n;
    tell.rule = SLA__NONE;
    sla__run_tell(run, &tell);
}

static void reach_cap(sla__run *run, sla__clock *clock, sla_time at)
{
    const size_t pause = clock->next_step;
    sla__note *note = open_reason(run, clock, pause);

    note->flags |= SLA__NOTE_CAPPED;
    tell_reason(run, clock, note, SLA_EVENT_RESUMED, SLA__SORT_CAP, at);
    sla__clock_set_reasons(run, clock, (uint16_t)(clock->reasons & ~(1u << pause)), at);
}

static void follow_up(sla__run *run, sla__clock *clock, sla_time at)
{
    sla__note *note = open_reason(run, clock, clock->next_step);

    note->flags |= SLA__NOTE_FOLLOWED;
    tell_reason(run, clock, note, SLA_EVENT_FOLLOW_UP, SLA__SORT_FOLLOW_UP, at);
    sla__clock_arm(run, clock);
}

/* The levels that passed while it was held count as one, the highest. */
static void acknowledgement_ends(sla__run *run, sla__clock *clock, sla_time at)
{
    const sla__target *target = &run->policies->targets[clock->target];
    sla__note *ack = sla__clock_ack(run->fold, clock);
    const sla__step *highest = NULL;
    uint32_t place = 0;

    ack->flags &= (uint16_t)~SLA__NOTE_ACTIVE;
    for (uint32_t i = 0; i < target->step_count; i++) {
        const sla__step *step = &run->policies->steps[target->step_first + i];

        if ((ack->n >> i & 1) && (highest == NULL || step->level >= highest->level)) {
            highest = step;
            place = i;
        }
    }
    if (highest != NULL && clock->state == SLA_RUNNING)
        sla__clock_pass_held(run, clock, place, at);
    sla__clock_arm(run, clock);
}

/* The missed cycle goes on; the next one starts at its due as well. */
static void begin_after_miss(sla__run *run, uint16_t number, uint16_t cycle)
{
    const sla__target *target = &run->policies->targets[number];
    sla__clock *clock = sla__fold_clock(run->fold, number, cycle);
    const sla_time due = clock->due_at;

    if (!target->recur_after_miss || !sla__fold_is_latest(run->fold, clock) ||
        (target->recur_limit > 0 && cycle >= target->recur_limit) ||
        sla__note_next(run->fold, &(sla__clock){.target = number}, SLA__NOTE_UNTIL, NULL) != NULL)
        return;
    clock = sla__clock_next_cycle(run, clock);
    if (clock == NULL)
        return;
    sla__clock_set_reasons(run, clock, sla__clock_held_reasons(run, clock), due);
    sla__clock_start(run, clock, due, run->fold->at);
}

static void derive(sla__run *run, uint16_t name, uint16_t cycle, sla_time at)
{
    sla__act made;

    if (run->depth >= SLA_DERIVED_DEPTH_MAX)
        return;
    run->depth++;
    run->effects = true;
    sla__act_derive(run->policies, name, at, cycle, &made);
    sla__apply(run, &made);
    run->depth--;
}

static void pass_step(sla__run *run, sla__clock *clock, sla_time at)
{
    const uint16_t target = clock->target;
    const uint16_t cycle = clock->cycle;
    const size_t number = clock->next_step;
    const sla__step *step =
        &run->policies->steps[run->policies->targets[target].step_first + number];
    const uint32_t bit = UINT32_C(1) << number;

    if (clock->done & bit) {
        sla__clock_pass_repeat(run, clock, number, at);
        return;
    }
    sla__clock_pass(run, clock, number, at);
    if (!(sla__fold_clock(run->fold, target, cycle)->held & bit))
        return;
    if (step->kind == SLA__BREACH)
        begin_after_miss(run, target, cycle);
    if (step->derives != SLA__NONE)
        derive(run, step->derives, cycle, at);
}

void sla__timeline_pass(sla__run *run, sla__clock *clock)
{
    const sla_time at = clock->next_at;

    switch ((sla__item)clock->next_item) {
    case SLA__ITEM_CAP:
        reach_cap(run, clock, at);
        break;
    case SLA__ITEM_START:
        clock->flags &= (uint8_t)~SLA__SCHEDULED;
        sla__clock_start(run, clock, at, at);
        break;
    case SLA__ITEM_FOLLOW_UP:
        follow_up(run, clock, at);
        break;
    case SLA__ITEM_ACK_END:
        acknowledgement_ends(run, clock, at);
        break;
    case SLA__ITEM_STEP:
        pass_step(run, clock, at);
        break;
    case SLA__ITEM_NONE:
        assert(!"an armed clock has an item");
    }
}

void sla__timeline_step(sla__run *run)
{
    sla__clock *clock = sla__timeline_next(run->fold);

    moved_to(run->fold, clock->next_at, SLA__PHASE_STEPS);
    sla__timeline_pass(run, clock);
}

void sla__timeline_follow(sla__run *run, sla_time until, bool with)
{
    const sla__clock *clock;

    while (run->result == SLA_OK && (clock = sla__timeline_next(run->fold)) != NULL) {
        if (clock->next_at > until || (clock->next_at == until && !with))
            return;
        sla__timeline_step(run);
    }
}

/* -------------------------------------------------------------------- facts */

bool sla__timeline_in_order(const sla__fold *fold, sla_time at, uint32_t seq)
{
    if (at != fold->at)
        return at > fold->at;
    return fold->phase == SLA__PHASE_FACTS && seq > fold->applied_seq;
}

void sla__timeline_apply(sla__run *run, sla__act *act)
{
    sla__timeline_follow(run, act->at, false);
    if (run->result != SLA_OK)
        return;
    moved_to(run->fold, act->at, SLA__PHASE_FACTS);
    run->fold->applied_at = act->at;
    run->fold->applied_seq = act->seq;
    if (run->fold->opened_at == SLA_NEVER && act->name != SLA__FACT_OPENED)
        sla__apply_before_opened(run, act);
    else
        sla__apply(run, act);
    if (run->result == SLA_OK)
        sla__timeline_follow(run, act->at, false);
}

void sla__timeline_world(sla__run *run, uint32_t world)
{
    const sla__world *fact = &run->engine->worlds[world - 1];

    sla__timeline_follow(run, fact->at, false);
    moved_to(run->fold, fact->at, SLA__PHASE_WORLD);
    for (size_t i = 0; i < run->fold->clock_count && run->result == SLA_OK; i++) {
        sla__clock *clock = &run->fold->clocks[i];
        const sla_calendar *before, *after;

        if (!sla__clock_live(clock))
            continue;
        before = sla__calendar_at(run->engine, run->fold->rules, clock->calendar, world - 1);
        after = sla__calendar_at(run->engine, run->fold->rules, clock->calendar, world);
        run->fold->world = world;
        if (before != after)
            sla__clock_replan(run, clock, fact->at);
    }
    run->fold->world = world;
    if (run->result == SLA_OK)
        sla__timeline_follow(run, fact->at, false);
}

/* Facts of the world up to an instant: after the facts of the same instant. */
static void apply_worlds(sla__run *run, sla_time until, bool with)
{
    while (run->result == SLA_OK && run->fold->world < run->engine->world_count) {
        const sla_time at = run->engine->worlds[run->fold->world].at;

        if (at > until || (at == until && !with))
            return;
        if (run->fold->opened_at == SLA_NEVER)
            run->fold->world++;
        else
            sla__timeline_world(run, run->fold->world + 1);
    }
}

/* One entry of the history, as an act for the policies in force. */
static void apply_entry(sla__run *run, const sla__entry *entry, sla__act *given)
{
    sla__read read;
    sla__act own;
    sla__act *act = given != NULL && given->seq == entry->seq ? given : &own;

    sla__history_read(&run->ticket->history, entry->offset, &read);
    own.rules = 0;
    sla__act_compile(run->policies, &read.fact, entry->seq, act, NULL);
    act->rules = read.rules;
    act->at = entry->at;
    sla__timeline_apply(run, act);
    /* What is read points into this frame. */
    act->fact = NULL;
}

void sla__timeline_refold(sla__run *run, sla_time now, sla__act *act)
{
    sla__order *order = &run->engine->order;

    sla__history_order(&run->ticket->history, order);
    for (size_t i = 0; i < order->count && run->result == SLA_OK; i++) {
        const sla__entry entry = order->entries[i];

        if (entry.at > now)
            break;
        apply_worlds(run, entry.at, false);
        apply_entry(run, &entry, act);
    }
    apply_worlds(run, now, true);
    if (run->result == SLA_OK)
        sla__timeline_follow(run, now, true);
}

static bool waits(const sla__fold *fold, const sla__entry *entry)
{
    return entry->at > fold->applied_at ||
           (entry->at == fold->applied_at && entry->seq > fold->applied_seq);
}

void sla__timeline_apply_waiting(sla__run *run, sla_time now)
{
    sla__order *order = &run->engine->order;

    sla__history_order(&run->ticket->history, order);
    for (size_t i = 0; i < order->count && run->result == SLA_OK; i++) {
        const sla__entry entry = order->entries[i];

        if (entry.at <= now && waits(run->fold, &entry))
            apply_entry(run, &entry, NULL);
    }
}

sla_time sla__timeline_future(sla_engine *engine, const sla__ticket *ticket)
{
    sla__history_order(&ticket->history, &engine->order);
    for (size_t i = 0; i < engine->order.count; i++) {
        if (waits(&ticket->fold, &engine->order.entries[i]))
            return engine->order.entries[i].at;
    }
    return SLA_NEVER;
}
