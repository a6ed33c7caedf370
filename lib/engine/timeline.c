/* timeline.c - see timeline.h. */
#include "engine/timeline.h"

#include <assert.h>
#include <string.h>

#include "engine/apply.h"
#include "engine/clock_parts.h"
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
    sla_time at = SLA_NEVER;
    sla__clock *first = NULL;

    /* Clocks stand in order of (target, cycle), targets in order of policy: the
     * first of equals is the right one. */
    for (size_t i = 0; i < fold->clock_count; i++) {
        if (fold->clocks[i].next_at < at) {
            at = fold->clocks[i].next_at;
            first = &fold->clocks[i];
        }
    }
    return first;
}

/* The derived fact that comes first, or NULL. */
static sla__note *next_derived(const sla__fold *fold)
{
    for (size_t i = 0; i < fold->note_count; i++) {
        if (fold->notes[i].kind == SLA__NOTE_DERIVED)
            return &fold->notes[i];
    }
    return NULL;
}

sla_time sla__timeline_item_at(const sla__fold *fold)
{
    const sla__note *const derived = next_derived(fold);
    sla_time at = derived != NULL ? derived->a : SLA_NEVER;

    for (size_t i = 0; i < fold->clock_count; i++)
        at = fold->clocks[i].next_at < at ? fold->clocks[i].next_at : at;
    return at;
}

sla_time sla__timeline_next_at(const sla__ticket *ticket)
{
    const sla_time at = sla__timeline_item_at(&ticket->fold);

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
    sla__tell tell = sla__clock_tell(run, clock, kind, sort, at);

    tell.step = note->step;
    tell.repeat = note->n;
    sla__run_tell(run, &tell);
}

static void reach_cap(sla__run *run, sla__clock *clock, sla_time at)
{
    const size_t pause = clock->next_step;
    sla__note *note = open_reason(run, clock, pause);

    note->flags |= SLA__NOTE_CAPPED;
    tell_reason(run, clock, note, SLA_EVENT_RESUMED, SLA__SORT_CAP, at);
    sla__clock_set_reasons(run, clock, (uint16_t)(clock->reasons & ~(1u << pause)), at,
                           SLA__CAUSE_PAUSE_CAP);
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
    if (highest != NULL && !(clock->flags & SLA__SILENCED))
        sla__clock_pass_held(run, clock, place, at);
    sla__clock_arm(run, clock);
}

/* A derived fact comes: after the facts of its instant, before other items. */
static void pass_derived(sla__run *run, sla__note *note)
{
    const sla__note derived = *note;
    sla__act made;

    sla__note_remove(run->fold, note);
    run->depth = (int)derived.m;
    run->effects = run->grew = true;
    sla__act_derive((uint16_t)derived.n, derived.a, derived.cycle, &made);
    sla__apply(run, &made);
    run->depth = 0;
}

static void pass_item(sla__run *run, sla__clock *clock)
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
        sla__clock_pass(run, clock, at, SLA__CAUSE_NONE);
        break;
    case SLA__ITEM_NONE:
        assert(!"an armed clock has an item");
    }
}

void sla__timeline_pass(sla__run *run, sla__clock *clock)
{
    moved_to(run->fold, clock->next_at, SLA__PHASE_STEPS);
    pass_item(run, clock);
}

void sla__timeline_step(sla__run *run)
{
    sla__clock *clock = sla__timeline_next(run->fold);
    sla__note *derived = next_derived(run->fold);

    if (derived != NULL && (clock == NULL || derived->a <= clock->next_at)) {
        moved_to(run->fold, derived->a, SLA__PHASE_STEPS);
        pass_derived(run, derived);
    } else {
        sla__timeline_pass(run, clock);
    }
}

void sla__timeline_follow(sla__run *run, sla_time until, bool with)
{
    sla_time at;

    while (run->result == SLA_OK && (at = sla__timeline_item_at(run->fold)) != SLA_NEVER &&
           (at < until || (with && at == until)))
        sla__timeline_step(run);
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
    if (run->result == SLA_OK)
        sla__timeline_take(run, act);
}

void sla__timeline_take(sla__run *run, sla__act *act)
{
    moved_to(run->fold, act->at, SLA__PHASE_FACTS);
    run->fold->applied_at = act->at;
    run->fold->applied_seq = act->seq;
    if (run->fold->opened_at == SLA_NEVER && act->name != SLA__FACT_OPENED)
        sla__apply_before_opened(run, act);
    else
        sla__apply(run, act);
}

void sla__timeline_world(sla__run *run, uint32_t world)
{
    const sla__world *fact = &run->engine->worlds[world - 1];

    sla__timeline_follow(run, fact->at, true);
    moved_to(run->fold, fact->at, SLA__PHASE_WORLD);
    run->fold->world = world;
    for (size_t i = 0; i < run->fold->clock_count && run->result == SLA_OK; i++) {
        sla__clock *clock = &run->fold->clocks[i];

        if (!sla__clock_live(clock))
            continue;
        if (sla__calendar_at(run->engine, run->fold->rules, clock->calendar, world - 1) !=
            sla__calendar_at(run->engine, run->fold->rules, clock->calendar, world))
            sla__clock_replan(run, clock, fact->at, SLA__CAUSE_CALENDAR_CHANGED);
        else /* its caps, ladder and follow-ups may count in another one */
            sla__clock_arm(run, clock);
    }
}

/* Facts of the world up to an instant: after all else of the same instant. */
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
    sla__act *act = given != NULL && given->offset == entry->offset ? given : &own;

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

void sla__timeline_apply_next_waiting(sla__run *run, sla_time now, sla__act *act)
{
    sla__order *order = &run->engine->order;

    sla__history_order(&run->ticket->history, order);
    for (size_t i = 0; i < order->count; i++) {
        const sla__entry entry = order->entries[i];

        if (entry.at <= now && waits(run->fold, &entry)) {
            apply_entry(run, &entry, act);
            return;
        }
    }
}

void sla__timeline_apply_waiting(sla__run *run, sla_time now)
{
    uint32_t seq;

    do {
        seq = run->fold->applied_seq;
        sla__timeline_apply_next_waiting(run, now, NULL);
    } while (run->result == SLA_OK && run->fold->applied_seq != seq);
}

void sla__timeline_forget_moves(sla__fold *fold)
{
    for (size_t i = 0; i < fold->clock_count; i++)
        fold->clocks[i].moved = SLA__CAUSE_NONE;
}

bool sla__timeline_waiting(sla_engine *engine, const sla__ticket *ticket, sla__entry *entry_out)
{
    sla__history_order(&ticket->history, &engine->order);
    for (size_t i = 0; i < engine->order.count; i++) {
        if (waits(&ticket->fold, &engine->order.entries[i])) {
            *entry_out = engine->order.entries[i];
            return true;
        }
    }
    return false;
}

sla_time sla__timeline_future(sla_engine *engine, const sla__ticket *ticket)
{
    sla__entry entry;

    return sla__timeline_waiting(engine, ticket, &entry) ? entry.at : SLA_NEVER;
}
