/*
 * verify.c - the invariants of the engine, and one number for all it holds.
 * For tests and debug builds: it looks at everything.
 */
#include <string.h>

#include "engine/agenda.h"
#include "engine/clock.h"
#include "engine/fold.h"
#include "engine/judged.h"
#include "engine/rest.h"
#include "engine/ticket.h"
#include "engine/timeline.h"
#include "engine/tells.h"
#include "engine/told.h"
#include "engine/verify.h"

/* ---------------------------------------------------------------- invariants */

/* What is due so long before an instant to come, or was extended to an instant,
 * may be due before its start. */
static bool may_lie_before(const sla_policies *policies, const sla__fold *fold,
                           const sla__clock *clock)
{
    const sla__note *note = NULL;

    while ((note = sla__note_next(fold, clock, SLA__NOTE_EXTEND, (sla__note *)note)) != NULL) {
        if (note->flags & SLA__NOTE_TO_INSTANT)
            return true;
    }
    return sla__goal_is_anchor(
        &policies->goals[policies->targets[clock->target].goal_first + clock->goal]);
}

/* It ended as was told.  Bytes of a ticket may say that it ended otherwise, and then they say so
 * afterwards, too. */
static bool end_stood(const sla__clock *clock)
{
    return clock->told_end != 0 && sla__clock_ended(clock) && clock->end_seq == clock->told_end_seq;
}

static bool clock_stands(const sla__clock *old, const sla__clock *made)
{
    if (made == NULL || (old->told & ~made->held) != 0)
        return false;
    if (end_stood(old) && (!sla__clock_ended(made) || made->end_seq != old->told_end_seq))
        return false;
    return old->due_at == SLA_NEVER || old->due_at == made->due_at;
}

static bool note_stands(const sla__note *old, const sla__note *made)
{
    return made->kind == old->kind && made->target == old->target && made->cycle == old->cycle &&
           made->m == old->m && made->flags == old->flags;
}

bool sla__told_stands(const sla__fold *before, const sla__fold *after)
{
    if (before->rules != after->rules || before->note_count > after->note_count)
        return false;
    for (size_t i = 0; i < before->clock_count; i++) {
        const sla__clock *old = &before->clocks[i];

        if (!clock_stands(old, sla__fold_clock(after, old->target, old->cycle)))
            return false;
    }
    for (size_t i = 0; i < before->note_count; i++) {
        if (!note_stands(&before->notes[i], &after->notes[i]))
            return false;
    }
    return true;
}

const char *sla__clock_wrong(const sla_policies *policies, const sla__fold *fold,
                             const sla__clock *clock)
{
    if (sla__clock_live(clock) && clock->goal == SLA__NONE)
        return "a live clock without a goal";
    if (sla__clock_live(clock) && clock->due_at < clock->start_at &&
        !may_lie_before(policies, fold, clock))
        return "a due before the start";
    if (sla__clock_ended(clock) && clock->goal == SLA__NONE &&
        sla__judged_note(fold, clock) == NULL)
        return "an ended clock that nothing judged";
    if ((clock->state == SLA_PAUSED) != (sla__clock_live(clock) && clock->reasons != 0))
        return "paused without a reason, or running with one";
    if (sla__clock_ended(clock) && (clock->next_at != SLA_NEVER || clock->mark_at == SLA_NEVER))
        return "something armed on an ended clock";
    if (clock->held & ~clock->done)
        return "a step that holds and has not passed";
    if (clock->quiet & ~clock->told)
        return "a quiet step that was not decided";
    if (clock->state == SLA_MISSED && !sla__clock_breached(policies, clock) &&
        clock->mark_at > clock->due_at &&
        (clock->done >> policies->targets[clock->target].breach_step & 1) == 0)
        return "missed and never breached";
    if (clock->state == SLA_MET && clock->mark_at > clock->due_at)
        return "met after its due";
    return NULL;
}

static const char *check_clock(sla_engine *engine, sla__ticket *ticket, const sla__clock *clock)
{
    const char *wrong =
        sla__clock_wrong(sla__rules_of(engine, &ticket->fold), &ticket->fold, clock);
    sla__clock armed = *clock;
    sla__run run = sla__run_over(engine, ticket, &ticket->fold, NULL);

    if (wrong != NULL)
        return wrong;
    sla__clock_arm(&run, &armed);
    if (armed.next_at != clock->next_at || armed.next_item != clock->next_item ||
        armed.next_step != clock->next_step)
        return "armed for something else than its plan says";
    return NULL;
}

static const char *check_tells(const sla__ticket *ticket)
{
    for (size_t i = 1; i < ticket->tells.count; i++) {
        if (sla__tell_before(&ticket->tells.items[i], &ticket->tells.items[i - 1]))
            return "what waits to be told is out of order";
    }
    return NULL;
}

static const char *check_berth(const sla_engine *engine, uint32_t slot, const sla__fold *fold)
{
    const sla__berth *const berth = engine->berths[slot];
    size_t live = 0;

    if (berth->ticket != NULL)
        return berth->ticket->place < engine->awake_count &&
                       engine->awake[berth->ticket->place] == berth->ticket &&
                       berth->ticket->slot == slot
                   ? NULL
                   : "the ticket is awake and not among those";
    for (size_t i = 0; i < fold->clock_count; i++)
        live += sla__clock_live(&fold->clocks[i]);
    return berth->live == live ? NULL : "the ticket at rest has other clocks than it says";
}

static const char *check_ticket(sla_engine *engine, uint32_t slot)
{
    /* At rest it lies in the engine's own room, which is its to write to. */
    sla__ticket *ticket = (sla__ticket *)sla__ticket_read(engine, slot);
    const sla__fold *fold = &ticket->fold;
    const char *wrong = check_tells(ticket);

    for (size_t i = 0; i < fold->clock_count && wrong == NULL; i++) {
        const sla__clock *clock = &fold->clocks[i];

        if (i > 0 && (clock[-1].target > clock->target ||
                      (clock[-1].target == clock->target && clock[-1].cycle >= clock->cycle)))
            return "clocks out of order";
        wrong = check_clock(engine, ticket, clock);
    }
    if (wrong == NULL && !engine->berths[slot]->put_off &&
        sla__agenda_at(engine, slot) != sla__ticket_next_at(ticket))
        wrong = "the ticket's timer is not at its earliest item";
    if (wrong == NULL && sla__ticket_find(engine, (sla_string){ticket->key, ticket->tenant_length},
                                          (sla_string){ticket->key + ticket->tenant_length,
                                                       ticket->ticket_length}) != slot)
        wrong = "the ticket is not found under its name";
    return wrong == NULL ? check_berth(engine, slot, fold) : wrong;
}

int sla_engine_verify(const sla_engine *engine, char *text, size_t size)
{
    /* Nothing is changed: arming is tried on copies of clocks. */
    sla_engine *whole = (sla_engine *)engine;
    const char *wrong = sla__timers_verify(&engine->timers) ? NULL : "the timers are out of order";
    size_t awake = 0;

    for (size_t i = 0; i < engine->berth_count && wrong == NULL; i++) {
        awake += engine->berths[i] != NULL && engine->berths[i]->ticket != NULL;
        if (engine->berths[i] != NULL)
            wrong = check_ticket(whole, (uint32_t)i);
    }
    if (wrong == NULL && awake != engine->awake_count)
        wrong = "more or fewer tickets are awake than are counted";
    if (size > 0) {
        const size_t length = wrong != NULL ? strlen(wrong) : 0;
        const size_t fits = length < size ? length : size - 1;

        if (fits > 0)
            memcpy(text, wrong, fits);
        text[fits] = '\0';
    }
    return wrong == NULL;
}

/* ---------------------------------------------------------------------- hash */

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash ^= value;
    hash *= UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 29;
}

static uint64_t hash_clock(uint64_t hash, const sla__clock *clock)
{
    const uint64_t fields[] = {
        (uint64_t)clock->start_at,
        (uint64_t)clock->due_at,
        (uint64_t)clock->mark_at,
        (uint64_t)clock->next_at,
        clock->done,
        clock->held,
        clock->told,
        clock->quiet,
        clock->end_seq,
        clock->told_end_seq,
        clock->target,
        clock->cycle,
        clock->reasons,
        clock->goal,
        clock->calendar,
        clock->state,
        clock->flags,
        clock->told_end,
        clock->next_item,
        clock->next_step,
    };

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        hash = mix(hash, fields[i]);
    return hash;
}

/* Notes are a set for this purpose: told ones stand where they happened to be made. */
static uint64_t hash_notes(const sla__fold *fold)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < fold->note_count; i++) {
        const sla__note *note = &fold->notes[i];
        uint64_t hash = mix(note->kind, (uint64_t)note->a);

        hash = mix(hash, (uint64_t)note->b);
        hash = mix(hash, note->n);
        hash = mix(hash, note->m);
        hash = mix(hash, (uint64_t)note->target << 32 | (uint64_t)note->cycle << 16 | note->flags);
        sum += mix(hash, note->step);
    }
    return sum;
}

static uint64_t hash_ticket(const sla_engine *engine, uint32_t slot)
{
    const sla__ticket *const ticket = sla__ticket_read(engine, slot);
    const sla__fold *fold = &ticket->fold;
    const sla_policies *policies = sla__rules_of(engine, fold);
    uint64_t hash = mix(sla__berth_hash(engine->berths[slot]), ticket->number);

    hash = mix(hash, fold->present);
    for (size_t i = 0; i < policies->attribute_count; i++)
        hash = mix(hash, fold->present >> i & 1 ? (uint64_t)fold->values[i] : 0);
    for (size_t i = 0; i < policies->fact_slot_count; i++)
        hash = mix(hash, (uint64_t)fold->seen[i]);
    for (size_t i = 0; i < fold->clock_count; i++)
        hash = hash_clock(hash, &fold->clocks[i]);
    return mix(hash, hash_notes(fold));
}

uint64_t sla_engine_hash(const sla_engine *engine)
{
    uint64_t sum = engine->next_number;

    for (size_t i = 0; i < engine->berth_count; i++) {
        if (engine->berths[i] != NULL)
            sum += hash_ticket(engine, (uint32_t)i);
    }
    return sum;
}
