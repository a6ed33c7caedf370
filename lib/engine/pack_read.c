/*
 * pack_read.c - bytes as a ticket; see pack.h.  Whoever wrote them: every number is
 * held against what it counts or names.  Whether all of it fits together is asked
 * by pack_check.c.
 */
#include <string.h>

#include "engine/fold.h"
#include "engine/pack.h"

/* What things take at least, in bytes. */
enum { LEAST_OF_CLOCK = 4, LEAST_OF_NOTE = 2, LEAST_OF_TELL = 5, LEAST_OF_ATTRIBUTE = 2 };

typedef struct reading {
    sla__unpacker *in;
    sla_engine *engine;
    sla__ticket *ticket;
    const sla_policies *policies;
    uint32_t worlds; /* that the writer knew */
} reading;

static int verdict(const reading *work)
{
    return work->in->bad ? SLA_ERR_SYNTAX : SLA_OK;
}

static void refuse_unless(reading *work, bool holds)
{
    work->in->bad = work->in->bad || !holds;
}

/* -------------------------------------------------------------------- names */

static bool says(sla_string text, const char *symbol)
{
    return text.length == strlen(symbol) && memcmp(text.data, symbol, text.length) == 0;
}

static uint16_t find_calendar(const sla_policies *policies, sla_string name)
{
    for (size_t i = 0; i < policies->calendar_count; i++) {
        if (says(name, sla__policies_symbol(policies, policies->calendars[i])))
            return (uint16_t)i;
    }
    return SLA__NONE;
}

static uint16_t read_calendar(reading *work)
{
    const uint16_t calendar = find_calendar(work->policies, sla__unpack_name(work->in));

    refuse_unless(work, calendar != SLA__NONE);
    return calendar;
}

/* ------------------------------------------------------------------- clocks */

static void read_told_end(reading *work, sla__clock *clock)
{
    clock->told_end = (uint8_t)sla__unpack_below(work->in, SLA_EVENT_CANCELLED + 1);
    clock->told_end_seq = (uint32_t)sla__unpack_below(work->in, work->ticket->next_seq);
    clock->told_end_cause = (uint8_t)sla__unpack_below(work->in, SLA__CAUSE_MIGRATED + 1);
}

static void read_times_of_clock(reading *work, sla__clock *clock, uint64_t members)
{
    clock->start_at = members & SLA__PACKED_START ? sla__unpack_time(work->in) : SLA_NEVER;
    clock->due_at = members & SLA__PACKED_DUE ? sla__unpack_time(work->in) : SLA_NEVER;
    clock->mark_at = members & SLA__PACKED_MARK ? sla__unpack_time(work->in) : SLA_NEVER;
    clock->next_at = SLA_NEVER;
}

/* The member if it is there, below `limit`. */
static uint32_t member(reading *work, uint64_t members, uint32_t which, uint64_t limit)
{
    return members & which ? (uint32_t)sla__unpack_below(work->in, limit) : 0;
}

static void read_numbers_of_clock(reading *work, sla__clock *clock, uint64_t members)
{
    const sla__target *target = &work->policies->targets[clock->target];
    const uint64_t steps = UINT64_C(1) << target->step_count;
    const uint64_t pauses = UINT64_C(1) << target->pause_count;
    const uint64_t causes = SLA__CAUSE_MIGRATED + 1;

    clock->done = member(work, members, SLA__PACKED_DONE, steps);
    clock->flags = (uint8_t)member(work, members, SLA__PACKED_CLOCK_FLAGS, UINT8_MAX + 1u);
    clock->end_seq = member(work, members, SLA__PACKED_END_SEQ, work->ticket->next_seq);
    clock->held =
        members & SLA__PACKED_HELD ? member(work, members, SLA__PACKED_HELD, steps) : clock->done;
    clock->told =
        members & SLA__PACKED_TOLD ? member(work, members, SLA__PACKED_TOLD, steps) : clock->held;
    clock->quiet = member(work, members, SLA__PACKED_QUIET, steps);
    clock->reasons = (uint16_t)member(work, members, SLA__PACKED_REASONS, pauses);
    for (size_t i = 0; i < 2; i++)
        clock->collapsed[i] =
            (uint16_t)member(work, members, SLA__PACKED_COLLAPSED, UINT16_MAX + 1u);
    clock->cause = (uint8_t)member(work, members, SLA__PACKED_CAUSE, causes);
    clock->moved = (uint8_t)member(work, members, SLA__PACKED_MOVED, causes);
    clock->given = (members & SLA__PACKED_GIVEN) != 0;
    clock->fresh = (members & SLA__PACKED_FRESH) != 0;
    if (members & SLA__PACKED_TOLD_END)
        read_told_end(work, clock);
}

static void read_clock(reading *work, sla__clock *clock, uint16_t before)
{
    const sla__target *target;
    uint64_t members;

    memset(clock, 0, sizeof *clock);
    clock->target =
        (uint16_t)(before + sla__unpack_below(work->in, work->policies->target_count - before));
    clock->cycle = (uint16_t)sla__unpack_below(work->in, UINT16_MAX + 1u);
    clock->state = (uint8_t)sla__unpack_below(work->in, SLA_CANCELLED + 1);
    clock->goal = clock->calendar = SLA__NONE;
    clock->next_item = SLA__ITEM_NONE;
    members = sla__unpack_below(work->in, SLA__PACKED_CLOCK_END);
    if (work->in->bad)
        return;
    target = &work->policies->targets[clock->target];
    read_times_of_clock(work, clock, members);
    if (members & SLA__PACKED_GOAL)
        clock->goal = (uint16_t)sla__unpack_below(work->in, target->goal_count);
    if (members & SLA__PACKED_CALENDAR)
        clock->calendar = read_calendar(work);
    if (members & ~(uint64_t)SLA__PACKED_FEW)
        read_numbers_of_clock(work, clock, members);
}

static int read_clocks(reading *work)
{
    sla__fold *fold = &work->ticket->fold;
    const size_t count = sla__unpack_count(work->in, LEAST_OF_CLOCK);

    refuse_unless(work, count == 0 || work->policies->target_count > 0);
    if (work->in->bad)
        return SLA_ERR_SYNTAX;
    if (!sla__fold_reserve(fold, &work->engine->allocator, work->policies, count, 0))
        return SLA_ERR_NOMEM;
    for (size_t i = 0; i < count && !work->in->bad; i++) {
        read_clock(work, &fold->clocks[i], i > 0 ? fold->clocks[i - 1].target : 0);
        fold->clock_count++;
    }
    return verdict(work);
}

/* -------------------------------------------------------------------- notes */

static void read_repeats(reading *work, sla__repeats *repeats)
{
    repeats->told = (uint16_t)sla__unpack_below(work->in, UINT16_MAX + 1u);
    repeats->skipped = (uint16_t)sla__unpack_below(work->in, UINT16_MAX + 1u);
    repeats->held_from = (uint16_t)sla__unpack_below(work->in, UINT16_MAX + 1u);
    repeats->held_to = (uint16_t)sla__unpack_below(work->in, UINT16_MAX + 1u);
}

static void read_b(reading *work, sla__note *note)
{
    switch (sla__packed_b_of(note)) {
    case SLA__PACKED_B_TIME:
        note->b = sla__unpack_time(work->in);
        break;
    case SLA__PACKED_B_REPEATS:
        read_repeats(work, &note->repeats);
        break;
    case SLA__PACKED_B_NUMBER:
        note->b = sla__unpack_signed(work->in);
        break;
    }
}

static uint32_t read_derived(reading *work)
{
    const sla_string name = sla__unpack_name(work->in);
    const uint16_t fact = work->in->bad
                              ? (uint16_t)SLA__NONE
                              : sla__policies_fact(work->policies, name.data, name.length);

    refuse_unless(work, fact != SLA__NONE);
    return fact;
}

/* Goals and calendars are those of the policies that judged. */
static uint32_t read_judged(reading *work, const sla__note *note)
{
    const uint32_t goal = (uint32_t)sla__unpack_below(work->in, UINT16_MAX);
    const sla_string name = sla__unpack_name(work->in);
    uint16_t calendar = SLA__NONE;

    refuse_unless(work, note->n < work->engine->rules_count);
    if (work->in->bad)
        return 0;
    if (name.length > 0) {
        calendar = find_calendar(work->engine->rules[note->n].policies, name);
        refuse_unless(work, calendar != SLA__NONE);
    }
    return goal << 16 | calendar;
}

static void read_note(reading *work, sla__note *note)
{
    const uint64_t numbers = UINT64_C(1) << 32;
    uint64_t members;

    memset(note, 0, sizeof *note);
    note->kind = (uint8_t)sla__unpack_below(work->in, SLA__NOTE_AWAY + 1);
    members = sla__unpack_below(work->in, SLA__PACKED_NOTE_END);
    note->target = SLA__NONE;
    if (members & SLA__PACKED_TARGET)
        note->target = (uint16_t)sla__unpack_below(work->in, SLA__NONE);
    note->cycle = (uint16_t)member(work, members, SLA__PACKED_CYCLE, UINT16_MAX + 1u);
    note->step = (uint8_t)member(work, members, SLA__PACKED_STEP, UINT8_MAX + 1u);
    note->flags = (uint16_t)member(work, members, SLA__PACKED_NOTE_FLAGS, UINT16_MAX + 1u);
    if (note->kind == SLA__NOTE_DERIVED)
        note->n = members & SLA__PACKED_N ? read_derived(work) : 0;
    else
        note->n = member(work, members, SLA__PACKED_N, numbers);
    note->m = note->kind == SLA__NOTE_JUDGED ? read_judged(work, note)
                                             : member(work, members, SLA__PACKED_M, numbers);
    if (members & SLA__PACKED_A)
        note->a = sla__packed_a_is_number(note) ? sla__unpack_signed(work->in)
                                                : sla__unpack_time(work->in);
    if (members & SLA__PACKED_B)
        read_b(work, note);
}

static int read_notes(reading *work)
{
    sla__fold *fold = &work->ticket->fold;
    const size_t count = sla__unpack_count(work->in, LEAST_OF_NOTE);

    if (work->in->bad)
        return SLA_ERR_SYNTAX;
    if (!sla__fold_reserve(fold, &work->engine->allocator, work->policies, 0, count))
        return SLA_ERR_NOMEM;
    for (size_t i = 0; i < count && !work->in->bad; i++)
        read_note(work, &fold->notes[fold->note_count++]);
    return verdict(work);
}

/* --------------------------------------------------------------- attributes */

static int64_t read_string(reading *work)
{
    sla_string text;
    uint32_t symbol;

    if (sla__unpack_below(work->in, 2) == 0)
        return -1;
    text = sla__unpack_text(work->in);
    if (work->in->bad)
        return 0;
    symbol = sla__policies_find(work->policies, text.data, text.length);
    return symbol == 0 && text.length > 0 ? -1 : (int64_t)symbol;
}

static uint16_t read_attribute_slot(reading *work)
{
    const sla_string name = sla__unpack_text(work->in);

    return work->in->bad ? (uint16_t)SLA__NONE
                         : sla__policies_attribute(work->policies, name.data, name.length);
}

static uint16_t read_fact_slot(reading *work)
{
    const sla_string name = sla__unpack_text(work->in);
    const uint16_t fact = work->in->bad
                              ? (uint16_t)SLA__NONE
                              : sla__policies_fact(work->policies, name.data, name.length);

    return fact == SLA__NONE ? (uint16_t)SLA__NONE : sla__policies_fact_slot(work->policies, fact);
}

static void read_attribute(reading *work)
{
    sla__fold *fold = &work->ticket->fold;
    const uint16_t slot = read_attribute_slot(work);

    refuse_unless(work, slot != SLA__NONE);
    if (work->in->bad)
        return;
    refuse_unless(work, !(fold->present >> slot & 1));
    fold->present |= UINT64_C(1) << slot;
    if (work->policies->attributes[slot].type == SLA__STRING)
        fold->values[slot] = read_string(work);
    else if (work->policies->attributes[slot].type == SLA__INSTANT)
        fold->values[slot] = sla__unpack_instant(work->in);
    else
        fold->values[slot] = sla__unpack_signed(work->in);
}

static void read_seen(reading *work)
{
    const uint16_t slot = read_fact_slot(work);

    refuse_unless(work, slot != SLA__NONE && work->ticket->fold.seen[slot] == SLA_NEVER);
    if (!work->in->bad)
        work->ticket->fold.seen[slot] = sla__unpack_instant(work->in);
}

static void read_names(reading *work)
{
    size_t count = sla__unpack_count(work->in, LEAST_OF_ATTRIBUTE);

    for (; count > 0 && !work->in->bad; count--)
        read_attribute(work);
    count = sla__unpack_count(work->in, LEAST_OF_ATTRIBUTE);
    for (; count > 0 && !work->in->bad; count--)
        read_seen(work);
}

static void read_matched(reading *work)
{
    size_t count = sla__unpack_count(work->in, 1);

    for (; count > 0; count--) {
        const size_t policy = (size_t)sla__unpack_below(work->in, work->policies->policy_count);

        if (work->in->bad)
            return;
        work->ticket->fold.matched[policy / 8] |= (uint8_t)(1u << policy % 8);
    }
}

/* --------------------------------------------------------------------- fold */

static int read_fold_empty(reading *work)
{
    sla_engine *engine = work->engine;
    sla__fold *fold = &work->ticket->fold;
    const uint32_t rules = (uint32_t)sla__unpack_below(work->in, engine->rules_count);

    work->policies = engine->rules[rules].policies;
    if (!sla__fold_clear(fold, &engine->allocator, work->policies, rules))
        return SLA_ERR_NOMEM;
    return verdict(work);
}

static int read_fold(reading *work, bool stale)
{
    sla__fold *fold = &work->ticket->fold;
    int result = read_fold_empty(work);

    if (result != SLA_OK)
        return result;
    fold->stale = stale;
    fold->world = (uint32_t)sla__unpack_below(work->in, (uint64_t)work->worlds + 1);
    fold->opened_at = sla__unpack_time(work->in);
    fold->at = sla__unpack_instant(work->in);
    fold->phase = (uint8_t)sla__unpack_below(work->in, SLA__PHASE_WORLD + 1);
    fold->applied_at = sla__unpack_instant(work->in);
    fold->applied_seq = (uint32_t)sla__unpack_below(work->in, work->ticket->next_seq);
    read_names(work);
    read_matched(work);
    result = work->in->bad ? SLA_ERR_SYNTAX : read_clocks(work);
    return result == SLA_OK ? read_notes(work) : result;
}

/* -------------------------------------------------------------------- tells */

/* A clock's policy is that of its target. */
static void read_subject(reading *work, sla__tell *tell, uint64_t members)
{
    const sla_policies *policies = work->policies;

    tell->target = SLA__NONE;
    if (members & SLA__PACKED_TARGET) {
        tell->target = (uint16_t)sla__unpack_below(work->in, policies->target_count);
        tell->policy = work->in->bad ? 0 : policies->targets[tell->target].policy;
    } else {
        tell->policy = (uint16_t)sla__unpack_below(work->in, policies->policy_count);
    }
}

static void read_tell(reading *work, sla__tell *tell)
{
    const uint64_t numbers = UINT64_C(1) << 32;
    uint64_t members = sla__unpack_below(work->in, SLA__PACKED_TELL_END);

    memset(tell, 0, sizeof *tell);
    read_subject(work, tell, members);
    tell->kind = (uint8_t)sla__unpack_below(work->in, SLA_EVENT_RESUMED + 1);
    tell->sort = (uint8_t)sla__unpack_below(work->in, SLA__SORT_AT_ONCE + 1);
    tell->at = sla__unpack_instant(work->in);
    tell->due = members & SLA__PACKED_TELL_DUE ? sla__unpack_time(work->in) : SLA_NEVER;
    tell->old_due = members & SLA__PACKED_OLD_DUE ? sla__unpack_time(work->in) : SLA_NEVER;
    tell->cycle = (uint16_t)member(work, members, SLA__PACKED_CYCLE, UINT16_MAX + 1u);
    tell->step = (uint8_t)member(work, members, SLA__PACKED_STEP, UINT8_MAX + 1u);
    tell->repeat = member(work, members, SLA__PACKED_REPEAT, numbers);
    tell->fact_seq = member(work, members, SLA__PACKED_FACT_SEQ, work->ticket->next_seq);
    tell->cause = (uint8_t)member(work, members, SLA__PACKED_TELL_CAUSE, SLA__CAUSE_MIGRATED + 1);
    tell->world = member(work, members, SLA__PACKED_WORLD, (uint64_t)work->worlds + 1);
    tell->revision = member(work, members, SLA__PACKED_REVISION, numbers);
    tell->rule = SLA__NONE;
    if (members & SLA__PACKED_RULE)
        tell->rule = (uint16_t)sla__unpack_below(work->in, work->policies->at_once_count);
    tell->of = (uint8_t)member(work, members, SLA__PACKED_OF, SLA__SORT_AT_ONCE + 1);
}

static int read_tells(reading *work)
{
    sla__tells *tells = &work->ticket->tells;
    const size_t count = sla__unpack_count(work->in, LEAST_OF_TELL);

    if (work->in->bad)
        return SLA_ERR_SYNTAX;
    if (!sla__grow_exact(&work->engine->allocator, (void **)&tells->items, &tells->capacity, count,
                         sizeof(sla__tell)))
        return SLA_ERR_NOMEM;
    while (tells->count < count && !work->in->bad)
        read_tell(work, &tells->items[tells->count++]);
    return verdict(work);
}

/* ------------------------------------------------------------------- ticket */

int sla__unpack_world(sla__unpacker *in, sla__packed_world *world_out)
{
    const uint64_t form = sla__unpack_number(in);

    if (in->bad || form == 0)
        return SLA_ERR_SYNTAX;
    if (form > SLA__PACK_FORM)
        return SLA_ERR_NEWER;
    world_out->worlds = (uint32_t)sla__unpack_below(in, UINT32_MAX);
    world_out->mark = (uint32_t)sla__unpack_below(in, UINT64_C(1) << 32);
    return in->bad || world_out->worlds == 0 ? SLA_ERR_SYNTAX : SLA_OK;
}

int sla__unpack_ticket(sla__unpacker *in, sla_engine *engine, sla__ticket *ticket,
                       const sla__packed_world *world)
{
    reading work = {in, engine, ticket, NULL, world->worlds};
    uint64_t flags;
    int result;

    ticket->number = sla__unpack_below(in, INT64_MAX);
    ticket->next_seq = (uint32_t)sla__unpack_below(in, UINT32_MAX) + 1;
    flags = sla__unpack_below(in, SLA__PACKED_FLAGS_END);
    ticket->opened = (flags & SLA__PACKED_OPENED) != 0;
    ticket->rules = (uint32_t)sla__unpack_below(in, engine->rules_count);
    ticket->world = (uint32_t)sla__unpack_below(in, (uint64_t)world->worlds + 1);
    ticket->touched_at = sla__unpack_instant(in);
    result = in->bad ? SLA_ERR_SYNTAX : read_fold(&work, (flags & SLA__PACKED_STALE) != 0);
    if (result == SLA_OK)
        result = read_tells(&work);
    if (result == SLA_OK && (flags & SLA__PACKED_FACTS))
        result = sla__unpack_facts(in, engine, ticket);
    if (result == SLA_OK && in->at != in->length)
        result = SLA_ERR_SYNTAX;
    return result;
}
