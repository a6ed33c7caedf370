/* rest_write.c - a ticket comes to rest; see rest_form.h. */
#include <assert.h>
#include <string.h>

#include "engine/pack.h"
#include "engine/rest_bytes.h"
#include "engine/rest_form.h"

/* What the parts take at most: as many numbers as they have members. */
enum {
    HEAD_MOST = 20 * SLA__REST_NUMBER_MOST,
    ATTRIBUTE_MOST = SLA__REST_NUMBER_MOST,
    SEEN_MOST = 2 * SLA__REST_NUMBER_MOST,
    CLOCK_MOST = 24 * SLA__REST_NUMBER_MOST,
    NOTE_MOST = 12 * SLA__REST_NUMBER_MOST
};

typedef struct writing {
    const sla_policies *policies;
    const sla__fold *fold;
    sla__rest_instants instants;
} writing;

/* The head of what lies behind it is known once that is written. */
static void put_head(unsigned char *head, uint32_t members)
{
    head[0] = (unsigned char)members;
    head[1] = (unsigned char)(members >> 8);
}

/* -------------------------------------------------------------------- clocks */

static unsigned char *put_steps(unsigned char *to, const sla__clock *clock)
{
    const uint64_t which = (clock->held != clock->done ? SLA__RESTS_HELD : 0u) |
                           (clock->told != clock->held ? SLA__RESTS_TOLD : 0u) |
                           (clock->quiet != 0 ? SLA__RESTS_QUIET : 0u);

    to = sla__rest_put(to, (uint64_t)clock->done << SLA__RESTS_DONE | which);
    if (which & SLA__RESTS_HELD)
        to = sla__rest_put(to, clock->held);
    if (which & SLA__RESTS_TOLD)
        to = sla__rest_put(to, clock->told);
    return which & SLA__RESTS_QUIET ? sla__rest_put(to, clock->quiet) : to;
}

static unsigned char *put_end(unsigned char *to, const sla__clock *clock)
{
    to = sla__rest_put(to, clock->end_seq);
    to = sla__rest_put(to, clock->told_end_seq);
    *to++ = clock->cause;
    *to++ = clock->told_end;
    *to++ = clock->told_end_cause;
    return to;
}

static unsigned char *put_rare(unsigned char *to, const sla__clock *clock)
{
    const unsigned which =
        (clock->reasons != 0 ? SLA__RESTS_REASONS : 0u) |
        ((clock->collapsed[0] | clock->collapsed[1]) != 0 ? SLA__RESTS_COLLAPSED : 0u) |
        (clock->moved != 0 ? SLA__RESTS_MOVED : 0u) | (clock->given != 0 ? SLA__RESTS_GIVEN : 0u) |
        (clock->fresh != 0 ? SLA__RESTS_FRESH : 0u);

    *to++ = (unsigned char)which;
    if (which & SLA__RESTS_REASONS)
        to = sla__rest_put(to, clock->reasons);
    if (which & SLA__RESTS_COLLAPSED) {
        to = sla__rest_put(to, clock->collapsed[0]);
        to = sla__rest_put(to, clock->collapsed[1]);
    }
    if (which & SLA__RESTS_MOVED)
        *to++ = clock->moved;
    return to;
}

/* What a clock has of which steps have passed, or that has ended. */
static unsigned char *put_most(unsigned char *to, writing *work, const sla__clock *clock,
                               uint32_t *members)
{
    if (clock->flags != 0) {
        *members |= SLA__RESTS_FLAGS;
        *to++ = clock->flags;
    }
    if ((clock->done | clock->held | clock->told | clock->quiet) != 0) {
        *members |= SLA__RESTS_STEPS;
        to = put_steps(to, clock);
    }
    if (clock->mark_at != SLA_NEVER) {
        *members |= SLA__RESTS_MARK;
        to = sla__rest_put_time(to, &work->instants, clock->mark_at);
    }
    if ((clock->end_seq | clock->told_end_seq | clock->cause | clock->told_end |
         clock->told_end_cause) != 0) {
        *members |= SLA__RESTS_END;
        to = put_end(to, clock);
    }
    if ((clock->reasons | clock->collapsed[0] | clock->collapsed[1] | clock->moved | clock->given |
         clock->fresh) != 0) {
        *members |= SLA__RESTS_RARE;
        to = put_rare(to, clock);
    }
    return to;
}

static unsigned char *put_plan(unsigned char *to, writing *work, const sla__clock *clock,
                               uint32_t *members)
{
    if (clock->start_at != SLA_NEVER) {
        *members |= SLA__RESTS_START;
        to = sla__rest_put_time(to, &work->instants, clock->start_at);
    }
    if (clock->due_at != SLA_NEVER) {
        *members |= SLA__RESTS_DUE;
        to = sla__rest_put_time(to, &work->instants, clock->due_at);
    }
    if (clock->goal != SLA__NONE) {
        *members |= SLA__RESTS_GOAL;
        to = sla__rest_put(to, clock->goal);
    }
    if (clock->calendar != SLA__NONE) {
        *members |= SLA__RESTS_CALENDAR;
        to = sla__rest_put(to, clock->calendar);
    }
    if (clock->next_at != SLA_NEVER) {
        *members |= SLA__RESTS_NEXT;
        to = sla__rest_put_time(to, &work->instants, clock->next_at);
        to = sla__rest_put(to, (uint32_t)clock->next_step << SLA__RESTS_ITEM | clock->next_item);
    }
    return to;
}

/* `follows` is the target behind that of the clock before. */
static unsigned char *put_clock(unsigned char *to, writing *work, const sla__clock *clock,
                                uint16_t follows)
{
    unsigned char *const head = to;
    uint32_t members = clock->state;

    to += 2;
    if (clock->target == follows && clock->cycle == 1) {
        members |= SLA__RESTS_FOLLOWS;
    } else {
        to = sla__rest_put(to, clock->target);
        to = sla__rest_put(to, clock->cycle);
    }
    to = put_plan(to, work, clock, &members);
    to = put_most(to, work, clock, &members);
    put_head(head, members);
    return to;
}

static unsigned char *put_clocks(unsigned char *to, writing *work)
{
    uint16_t follows = 0;

    for (size_t i = 0; i < work->fold->clock_count; i++) {
        const sla__clock *const clock = &work->fold->clocks[i];

        to = put_clock(to, work, clock, follows);
        follows = (uint16_t)(clock->target + 1);
    }
    return to;
}

/* --------------------------------------------------------------------- notes */

static unsigned char *put_b(unsigned char *to, writing *work, const sla__note *note)
{
    switch (sla__packed_b_of(note)) {
    case SLA__PACKED_B_TIME:
        return sla__rest_put_time(to, &work->instants, note->b);
    case SLA__PACKED_B_REPEATS:
        to = sla__rest_put(to, note->repeats.told);
        to = sla__rest_put(to, note->repeats.skipped);
        to = sla__rest_put(to, note->repeats.held_from);
        return sla__rest_put(to, note->repeats.held_to);
    case SLA__PACKED_B_NUMBER:
        break;
    }
    return sla__rest_put_signed(to, note->b);
}

static unsigned char *put_numbers_of_note(unsigned char *to, const sla__note *note,
                                          uint32_t *members)
{
    if (note->step != 0) {
        *members |= SLA__RESTS_STEP;
        *to++ = note->step;
    }
    if (note->flags != 0) {
        *members |= SLA__RESTS_NOTE_FLAGS;
        to = sla__rest_put(to, note->flags);
    }
    if (note->n != 0) {
        *members |= SLA__RESTS_N;
        to = sla__rest_put(to, note->n);
    }
    if (note->m != 0) {
        *members |= SLA__RESTS_M;
        to = sla__rest_put(to, note->m);
    }
    return to;
}

static unsigned char *put_note(unsigned char *to, writing *work, const sla__note *note,
                               const sla__note *before)
{
    unsigned char *const head = to;
    uint32_t members = note->kind;

    to += 2;
    if (note->target == before->target && note->cycle == before->cycle) {
        members |= SLA__RESTS_SAME;
    } else {
        to = sla__rest_put(to, (uint16_t)(note->target + 1)); /* SLA__NONE is 0 */
        to = sla__rest_put(to, note->cycle);
    }
    to = put_numbers_of_note(to, note, &members);
    if (note->a != 0) {
        members |= SLA__RESTS_A;
        to = sla__packed_a_is_number(note) ? sla__rest_put_signed(to, note->a)
                                           : sla__rest_put_time(to, &work->instants, note->a);
    }
    if (note->b != 0) {
        members |= SLA__RESTS_B;
        to = put_b(to, work, note);
    }
    put_head(head, members);
    return to;
}

static unsigned char *put_notes(unsigned char *to, writing *work)
{
    static const sla__note none = {.target = SLA__NONE};

    for (size_t i = 0; i < work->fold->note_count; i++)
        to = put_note(to, work, &work->fold->notes[i], i > 0 ? &work->fold->notes[i - 1] : &none);
    return to;
}

/* ---------------------------------------------------------------------- fold */

static unsigned char *put_attributes(unsigned char *to, writing *work)
{
    const sla__fold *const fold = work->fold;

    to = sla__rest_put(to, fold->present);
    for (size_t i = 0; i < work->policies->attribute_count; i++) {
        if (!(fold->present >> i & 1))
            continue;
        if (work->policies->attributes[i].type == SLA__INSTANT)
            to = sla__rest_put_time(to, &work->instants, fold->values[i]);
        else
            to = sla__rest_put_signed(to, fold->values[i]);
    }
    return to;
}

/* Each with how many were passed over, and a last one that is none. */
static unsigned char *put_seen(unsigned char *to, writing *work)
{
    const sla_time *const seen = work->fold->seen;
    size_t from = 0;

    for (size_t i = 0; i < work->policies->fact_slot_count; i++) {
        if (seen[i] == SLA_NEVER)
            continue;
        to = sla__rest_put(to, i - from + 1);
        to = sla__rest_put_time(to, &work->instants, seen[i]);
        from = i + 1;
    }
    *to++ = 0;
    return to;
}

static unsigned char *put_fold(unsigned char *to, writing *work)
{
    const sla__fold *const fold = work->fold;
    const size_t matched = (work->policies->policy_count + 7) / 8;

    to = sla__rest_put(to, fold->clock_count);
    to = sla__rest_put(to, fold->note_count);
    to = sla__rest_put_time(to, &work->instants, fold->opened_at);
    to = sla__rest_put_time(to, &work->instants, fold->at);
    to = sla__rest_put_time(to, &work->instants, fold->applied_at);
    to = sla__rest_put(to, fold->applied_seq);
    to = put_attributes(to, work);
    to = put_seen(to, work);
    memcpy(to, fold->matched, matched);
    to = put_clocks(to + matched, work);
    return put_notes(to, work);
}

/* -------------------------------------------------------------------- ticket */

static bool is_elsewhere(const sla_engine *engine, const sla__ticket *ticket)
{
    const sla__fold *const fold = &ticket->fold;

    return ticket->rules != fold->rules || ticket->world != fold->world ||
           fold->world != engine->world_count;
}

static unsigned char *put_world(unsigned char *to, const sla_engine *engine,
                                const sla__ticket *ticket, bool elsewhere)
{
    to = sla__rest_put(to, engine->world_count);
    to = sla__rest_put(to, ticket->fold.rules);
    if (!elsewhere)
        return to;
    to = sla__rest_put(to, ticket->fold.world);
    to = sla__rest_put(to, ticket->rules);
    return sla__rest_put(to, ticket->world);
}

static unsigned char *put_ticket(unsigned char *to, writing *work, const sla_engine *engine,
                                 const sla__ticket *ticket)
{
    const bool elsewhere = is_elsewhere(engine, ticket);

    to = sla__rest_put_time(to, &work->instants, ticket->touched_at);
    *to++ = (unsigned char)((ticket->opened ? SLA__RESTS_OPENED : 0u) |
                            (ticket->fold.stale ? SLA__RESTS_STALE : 0u) |
                            (ticket->history.count > 0 ? SLA__RESTS_FACTS : 0u) |
                            (ticket->future_at != SLA_NEVER ? SLA__RESTS_FUTURE : 0u) |
                            (elsewhere ? SLA__RESTS_ELSEWHERE : 0u) |
                            (unsigned)ticket->fold.phase << SLA__RESTS_PHASE);
    to = sla__rest_put(to, ticket->number);
    to = sla__rest_put(to, ticket->next_seq);
    to = put_world(to, engine, ticket, elsewhere);
    if (ticket->history.count > 0) {
        to = sla__rest_put(to, ticket->history.count);
        to = sla__rest_put(to, ticket->history.amended);
    }
    if (ticket->future_at != SLA_NEVER)
        to = sla__rest_put_time(to, &work->instants, ticket->future_at);
    return put_fold(to, work);
}

/* There are mostly none: they lie as they are. */
static unsigned char *put_tells(unsigned char *to, const sla__tells *tells)
{
    const size_t bytes = tells->count * sizeof tells->items[0];

    to = sla__rest_put(to, tells->count);
    if (bytes > 0)
        memcpy(to, tells->items, bytes);
    return to + bytes;
}

size_t sla__rest_bound(const sla_engine *engine, const sla__ticket *ticket)
{
    const sla_policies *const policies = sla__rules_of(engine, &ticket->fold);

    return HEAD_MOST + policies->attribute_count * ATTRIBUTE_MOST +
           policies->fact_slot_count * SEEN_MOST + (policies->policy_count + 7) / 8 +
           ticket->fold.clock_count * CLOCK_MOST + ticket->fold.note_count * NOTE_MOST +
           ticket->tells.count * sizeof(sla__tell);
}

size_t sla__rest_write(const sla_engine *engine, const sla__ticket *ticket, unsigned char *bytes)
{
    writing work;
    size_t used;

    work.policies = sla__rules_of(engine, &ticket->fold);
    work.fold = &ticket->fold;
    sla__rest_instants_init(&work.instants, NULL);
    used = (size_t)(put_tells(put_ticket(bytes, &work, engine, ticket), &ticket->tells) - bytes);
    assert(used <= sla__rest_bound(engine, ticket));
    return used;
}
