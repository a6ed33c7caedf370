/* rest_read.c - a ticket at rest wakes; see rest_form.h. */
#include <string.h>

#include "engine/fold.h"
#include "engine/pack.h"
#include "engine/rest_bytes.h"
#include "engine/rest_form.h"

/* Each part returns the place behind what it read. */
typedef struct reading {
    const sla_policies *policies;
    sla__ticket *ticket;
    sla__rest_instants instants;
} reading;

static uint32_t head_at(const unsigned char *from)
{
    return (uint32_t)from[0] | (uint32_t)from[1] << 8;
}

/* -------------------------------------------------------------------- clocks */

static const unsigned char *take_steps(const unsigned char *from, sla__clock *clock)
{
    const uint64_t which = sla__rest_take(&from);

    clock->done = (uint32_t)(which >> SLA__RESTS_DONE);
    clock->held = which & SLA__RESTS_HELD ? (uint32_t)sla__rest_take(&from) : clock->done;
    clock->told = which & SLA__RESTS_TOLD ? (uint32_t)sla__rest_take(&from) : clock->held;
    clock->quiet = which & SLA__RESTS_QUIET ? (uint32_t)sla__rest_take(&from) : 0;
    return from;
}

static const unsigned char *take_end(const unsigned char *from, sla__clock *clock)
{
    clock->end_seq = (uint32_t)sla__rest_take(&from);
    clock->told_end_seq = (uint32_t)sla__rest_take(&from);
    clock->cause = *from++;
    clock->told_end = *from++;
    clock->told_end_cause = *from++;
    return from;
}

static const unsigned char *take_rare(const unsigned char *from, sla__clock *clock)
{
    const unsigned which = *from++;

    if (which & SLA__RESTS_REASONS)
        clock->reasons = (uint16_t)sla__rest_take(&from);
    if (which & SLA__RESTS_COLLAPSED) {
        clock->collapsed[0] = (uint16_t)sla__rest_take(&from);
        clock->collapsed[1] = (uint16_t)sla__rest_take(&from);
    }
    if (which & SLA__RESTS_MOVED)
        clock->moved = *from++;
    clock->given = (which & SLA__RESTS_GIVEN) != 0;
    clock->fresh = (which & SLA__RESTS_FRESH) != 0;
    return from;
}

static const unsigned char *take_most(const unsigned char *from, reading *work, sla__clock *clock,
                                      uint32_t members)
{
    if (members & SLA__RESTS_FLAGS)
        clock->flags = *from++;
    if (members & SLA__RESTS_STEPS)
        from = take_steps(from, clock);
    if (members & SLA__RESTS_MARK)
        clock->mark_at = sla__rest_take_time(&from, &work->instants);
    if (members & SLA__RESTS_END)
        from = take_end(from, clock);
    return members & SLA__RESTS_RARE ? take_rare(from, clock) : from;
}

static const unsigned char *take_next(const unsigned char *from, reading *work, sla__clock *clock)
{
    uint32_t item;

    clock->next_at = sla__rest_take_time(&from, &work->instants);
    item = (uint32_t)sla__rest_take(&from);
    clock->next_item = (uint8_t)(item & ((1u << SLA__RESTS_ITEM) - 1));
    clock->next_step = (uint8_t)(item >> SLA__RESTS_ITEM);
    return from;
}

static const unsigned char *take_clock(const unsigned char *from, reading *work, sla__clock *clock,
                                       uint16_t follows)
{
    static const sla__clock none = {.start_at = SLA_NEVER,
                                    .due_at = SLA_NEVER,
                                    .mark_at = SLA_NEVER,
                                    .next_at = SLA_NEVER,
                                    .cycle = 1,
                                    .goal = SLA__NONE,
                                    .calendar = SLA__NONE,
                                    .next_item = SLA__ITEM_NONE};
    const uint32_t members = head_at(from);

    from += 2;
    *clock = none;
    clock->state = members & SLA__RESTS_STATE;
    clock->target = follows;
    if (!(members & SLA__RESTS_FOLLOWS)) {
        clock->target = (uint16_t)sla__rest_take(&from);
        clock->cycle = (uint16_t)sla__rest_take(&from);
    }
    if (members & SLA__RESTS_START)
        clock->start_at = sla__rest_take_time(&from, &work->instants);
    if (members & SLA__RESTS_DUE)
        clock->due_at = sla__rest_take_time(&from, &work->instants);
    if (members & SLA__RESTS_GOAL)
        clock->goal = (uint16_t)sla__rest_take(&from);
    if (members & SLA__RESTS_CALENDAR)
        clock->calendar = (uint16_t)sla__rest_take(&from);
    if (members & SLA__RESTS_NEXT)
        from = take_next(from, work, clock);
    return members & SLA__RESTS_MOST ? take_most(from, work, clock, members) : from;
}

static const unsigned char *take_clocks(const unsigned char *from, reading *work)
{
    const sla__fold *const fold = &work->ticket->fold;
    uint16_t follows = 0;

    for (size_t i = 0; i < fold->clock_count; i++) {
        from = take_clock(from, work, &fold->clocks[i], follows);
        follows = (uint16_t)(fold->clocks[i].target + 1);
    }
    return from;
}

/* --------------------------------------------------------------------- notes */

static const unsigned char *take_b(const unsigned char *from, reading *work, sla__note *note)
{
    switch (sla__packed_b_of(note)) {
    case SLA__PACKED_B_TIME:
        note->b = sla__rest_take_time(&from, &work->instants);
        break;
    case SLA__PACKED_B_REPEATS:
        note->repeats.told = (uint16_t)sla__rest_take(&from);
        note->repeats.skipped = (uint16_t)sla__rest_take(&from);
        note->repeats.held_from = (uint16_t)sla__rest_take(&from);
        note->repeats.held_to = (uint16_t)sla__rest_take(&from);
        break;
    case SLA__PACKED_B_NUMBER:
        note->b = sla__rest_take_signed(&from);
        break;
    }
    return from;
}

/* It is blank but for its clock, which is that of the note before. */
static const unsigned char *take_note(const unsigned char *from, reading *work, sla__note *note)
{
    const uint32_t members = head_at(from);

    from += 2;
    note->kind = members & SLA__RESTS_KIND;
    if (!(members & SLA__RESTS_SAME)) {
        note->target = (uint16_t)(sla__rest_take(&from) - 1);
        note->cycle = (uint16_t)sla__rest_take(&from);
    }
    if (members & SLA__RESTS_STEP)
        note->step = *from++;
    if (members & SLA__RESTS_NOTE_FLAGS)
        note->flags = (uint16_t)sla__rest_take(&from);
    if (members & SLA__RESTS_N)
        note->n = (uint32_t)sla__rest_take(&from);
    if (members & SLA__RESTS_M)
        note->m = (uint32_t)sla__rest_take(&from);
    if (members & SLA__RESTS_A)
        note->a = sla__packed_a_is_number(note) ? sla__rest_take_signed(&from)
                                                : sla__rest_take_time(&from, &work->instants);
    return members & SLA__RESTS_B ? take_b(from, work, note) : from;
}

static const unsigned char *take_notes(const unsigned char *from, reading *work)
{
    const sla__fold *const fold = &work->ticket->fold;
    uint16_t target = SLA__NONE;
    uint16_t cycle = 0;

    for (size_t i = 0; i < fold->note_count; i++) {
        sla__note *const note = &fold->notes[i];

        *note = (sla__note){.target = target, .cycle = cycle};
        from = take_note(from, work, note);
        target = note->target;
        cycle = note->cycle;
    }
    return from;
}

/* ---------------------------------------------------------------------- fold */

static const unsigned char *take_attributes(const unsigned char *from, reading *work)
{
    sla__fold *const fold = &work->ticket->fold;

    fold->present = sla__rest_take(&from);
    for (size_t i = 0; i < work->policies->attribute_count; i++) {
        if (!(fold->present >> i & 1))
            continue;
        if (work->policies->attributes[i].type == SLA__INSTANT)
            fold->values[i] = sla__rest_take_time(&from, &work->instants);
        else
            fold->values[i] = sla__rest_take_signed(&from);
    }
    return from;
}

static const unsigned char *take_seen(const unsigned char *from, reading *work)
{
    size_t slot = 0;
    size_t step;

    while ((step = (size_t)sla__rest_take(&from)) != 0) {
        slot += step;
        work->ticket->fold.seen[slot - 1] = sla__rest_take_time(&from, &work->instants);
    }
    return from;
}

/* NULL: out of memory. */
static const unsigned char *take_fold(const unsigned char *from, reading *work,
                                      const sla_allocator *allocator, uint32_t rules)
{
    sla__fold *const fold = &work->ticket->fold;
    const size_t matched = (work->policies->policy_count + 7) / 8;
    const size_t clocks = (size_t)sla__rest_take(&from);
    const size_t notes = (size_t)sla__rest_take(&from);

    if (!sla__fold_clear(fold, allocator, work->policies, rules) ||
        !sla__fold_reserve(fold, allocator, work->policies, clocks, notes))
        return NULL;
    fold->clock_count = clocks;
    fold->note_count = notes;
    fold->opened_at = sla__rest_take_time(&from, &work->instants);
    fold->at = sla__rest_take_time(&from, &work->instants);
    fold->applied_at = sla__rest_take_time(&from, &work->instants);
    fold->applied_seq = (uint32_t)sla__rest_take(&from);
    from = take_attributes(from, work);
    from = take_seen(from, work);
    memcpy(fold->matched, from, matched);
    from = take_clocks(from + matched, work);
    return take_notes(from, work);
}

/* -------------------------------------------------------------------- ticket */

/* NULL: out of memory. */
static const unsigned char *take_tells(const unsigned char *from, sla__tells *tells,
                                       const sla_allocator *allocator)
{
    const size_t count = (size_t)sla__rest_take(&from);
    const size_t bytes = count * sizeof tells->items[0];

    if (!sla__grow_exact(allocator, (void **)&tells->items, &tells->capacity, count,
                         sizeof tells->items[0]))
        return NULL;
    if (bytes > 0)
        memcpy(tells->items, from, bytes);
    tells->count = count;
    return from + bytes;
}

/* What lies behind the ticket. */
static void take_facts(const unsigned char *from, const unsigned char *end, sla__history *history)
{
    history->used = history->capacity = (size_t)(end - from);
    if (history->used > 0)
        history->bytes = (unsigned char *)(uintptr_t)from;
}

/* Of all numbers of policies and worlds, those of the fold. */
typedef struct world {
    uint32_t rules, world;
} world;

static const unsigned char *take_world(const unsigned char *from, sla__ticket *ticket,
                                       bool elsewhere, world *fold_out, uint32_t *worlds_out)
{
    *worlds_out = (uint32_t)sla__rest_take(&from);
    ticket->rules = fold_out->rules = (uint32_t)sla__rest_take(&from);
    ticket->world = fold_out->world = *worlds_out;
    if (elsewhere) {
        fold_out->world = (uint32_t)sla__rest_take(&from);
        ticket->rules = (uint32_t)sla__rest_take(&from);
        ticket->world = (uint32_t)sla__rest_take(&from);
    }
    return from;
}

/* The first instant is a new one. */
static sla_time take_touched_at(const unsigned char **from, const unsigned char *end,
                                sla__rest_instants *instants)
{
    const unsigned first = *(*from)++;

    sla__rest_instants_init(instants, end);
    return sla__rest_take_new(from, instants, first);
}

sla_time sla__rest_touched_at(const unsigned char *bytes, size_t length)
{
    sla__rest_instants instants;

    return take_touched_at(&bytes, bytes + length, &instants);
}

uint64_t sla__rest_number(const unsigned char *bytes, size_t length)
{
    sla__rest_instants instants;

    (void)take_touched_at(&bytes, bytes + length, &instants);
    bytes++; /* flags */
    return sla__rest_take(&bytes);
}

bool sla__rest_read(const sla_engine *engine, const unsigned char *bytes, size_t length,
                    sla__ticket *ticket, uint32_t *worlds_out)
{
    const unsigned char *from = bytes;
    reading work;
    world of_fold;
    unsigned flags;

    work.ticket = ticket;
    ticket->touched_at = take_touched_at(&from, bytes + length, &work.instants);
    flags = *from++;
    ticket->opened = (flags & SLA__RESTS_OPENED) != 0;
    ticket->number = sla__rest_take(&from);
    ticket->next_seq = (uint32_t)sla__rest_take(&from);
    from = take_world(from, ticket, (flags & SLA__RESTS_ELSEWHERE) != 0, &of_fold, worlds_out);
    if (flags & SLA__RESTS_FACTS) {
        ticket->history.count = (uint32_t)sla__rest_take(&from);
        ticket->history.amended = (uint32_t)sla__rest_take(&from);
    }
    if (flags & SLA__RESTS_FUTURE)
        ticket->future_at = sla__rest_take_time(&from, &work.instants);
    work.policies = engine->rules[of_fold.rules].policies;
    from = take_fold(from, &work, &engine->allocator, of_fold.rules);
    if (from != NULL)
        from = take_tells(from, &ticket->tells, &engine->allocator);
    if (from == NULL)
        return false;
    ticket->fold.world = of_fold.world;
    ticket->fold.stale = (flags & SLA__RESTS_STALE) != 0;
    ticket->fold.phase = (uint8_t)(flags >> SLA__RESTS_PHASE);
    take_facts(from, bytes + length, &ticket->history);
    return true;
}
