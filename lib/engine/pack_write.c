/* pack_write.c - a ticket as bytes; see pack.h. */
#include <string.h>

#include "engine/pack.h"

sla__packed_b sla__packed_b_of(const sla__note *note)
{
    switch ((sla__note_kind)note->kind) {
    case SLA__NOTE_PAUSE:
    case SLA__NOTE_REASON:
    case SLA__NOTE_ACK:
        return SLA__PACKED_B_TIME;
    case SLA__NOTE_EXTEND:
        return note->flags & SLA__NOTE_TO_INSTANT ? SLA__PACKED_B_TIME : SLA__PACKED_B_NUMBER;
    case SLA__NOTE_REPEAT:
        return SLA__PACKED_B_REPEATS;
    default:
        return SLA__PACKED_B_NUMBER;
    }
}

bool sla__packed_a_is_number(const sla__note *note)
{
    return note->kind == SLA__NOTE_REVISION || note->kind == SLA__NOTE_AWAY;
}

/* -------------------------------------------------------------------- clocks */

static void pack_calendar(sla__packer *out, const sla_policies *policies, uint16_t calendar)
{
    sla__pack_name(out, sla__policies_symbol(policies, policies->calendars[calendar]));
}

static uint32_t members_of_clock(const sla__clock *clock)
{
    return (clock->start_at != SLA_NEVER ? SLA__PACKED_START : 0u) |
           (clock->due_at != SLA_NEVER ? SLA__PACKED_DUE : 0u) |
           (clock->goal != SLA__NONE ? SLA__PACKED_GOAL : 0u) |
           (clock->calendar != SLA__NONE ? SLA__PACKED_CALENDAR : 0u) |
           (clock->done != 0 ? SLA__PACKED_DONE : 0u) |
           (clock->mark_at != SLA_NEVER ? SLA__PACKED_MARK : 0u) |
           (clock->flags != 0 ? SLA__PACKED_CLOCK_FLAGS : 0u) |
           (clock->end_seq != 0 ? SLA__PACKED_END_SEQ : 0u) |
           ((clock->told_end | clock->told_end_seq | clock->told_end_cause) != 0
                ? SLA__PACKED_TOLD_END
                : 0u) |
           (clock->held != clock->done ? SLA__PACKED_HELD : 0u) |
           (clock->told != clock->held ? SLA__PACKED_TOLD : 0u) |
           (clock->quiet != 0 ? SLA__PACKED_QUIET : 0u) |
           (clock->reasons != 0 ? SLA__PACKED_REASONS : 0u) |
           ((clock->collapsed[0] | clock->collapsed[1]) != 0 ? SLA__PACKED_COLLAPSED : 0u) |
           (clock->cause != 0 ? SLA__PACKED_CAUSE : 0u) |
           (clock->moved != 0 ? SLA__PACKED_MOVED : 0u) |
           (clock->given != 0 ? SLA__PACKED_GIVEN : 0u) |
           (clock->fresh != 0 ? SLA__PACKED_FRESH : 0u);
}

static void pack_told_end(sla__packer *out, const sla__clock *clock)
{
    sla__pack_number(out, clock->told_end);
    sla__pack_number(out, clock->told_end_seq);
    sla__pack_number(out, clock->told_end_cause);
}

static void pack_numbers_of_clock(sla__packer *out, const sla__clock *clock, uint32_t members)
{
    const struct {
        uint32_t member, number;
    } fields[] = {
        {SLA__PACKED_DONE, clock->done},
        {SLA__PACKED_CLOCK_FLAGS, clock->flags},
        {SLA__PACKED_END_SEQ, clock->end_seq},
        {SLA__PACKED_HELD, clock->held},
        {SLA__PACKED_TOLD, clock->told},
        {SLA__PACKED_QUIET, clock->quiet},
        {SLA__PACKED_REASONS, clock->reasons},
        {SLA__PACKED_COLLAPSED, clock->collapsed[0]},
        {SLA__PACKED_COLLAPSED, clock->collapsed[1]},
        {SLA__PACKED_CAUSE, clock->cause},
        {SLA__PACKED_MOVED, clock->moved},
    };

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (members & fields[i].member)
            sla__pack_number(out, fields[i].number);
    }
    if (members & SLA__PACKED_TOLD_END)
        pack_told_end(out, clock);
}

/* `target` is that of the clock before. */
static void pack_clock(sla__packer *out, const sla_policies *policies, const sla__clock *clock,
                       uint16_t target)
{
    const uint32_t members = members_of_clock(clock);

    sla__pack_number(out, (uint64_t)(clock->target - target));
    sla__pack_number(out, clock->cycle);
    sla__pack_number(out, clock->state);
    sla__pack_number(out, members);
    if (members & SLA__PACKED_START)
        sla__pack_time(out, clock->start_at);
    if (members & SLA__PACKED_DUE)
        sla__pack_time(out, clock->due_at);
    if (members & SLA__PACKED_MARK)
        sla__pack_time(out, clock->mark_at);
    if (members & SLA__PACKED_GOAL)
        sla__pack_number(out, clock->goal);
    if (members & SLA__PACKED_CALENDAR)
        pack_calendar(out, policies, clock->calendar);
    if (members & ~(uint32_t)SLA__PACKED_FEW)
        pack_numbers_of_clock(out, clock, members);
}

static void pack_clocks(sla__packer *out, const sla_policies *policies, const sla__fold *fold)
{
    uint16_t target = 0;

    sla__pack_number(out, fold->clock_count);
    for (size_t i = 0; i < fold->clock_count; i++) {
        pack_clock(out, policies, &fold->clocks[i], target);
        target = fold->clocks[i].target;
    }
}

/* --------------------------------------------------------------------- notes */

static uint32_t members_of_note(const sla__note *note)
{
    return (note->target != SLA__NONE ? SLA__PACKED_TARGET : 0u) |
           (note->cycle != 0 ? SLA__PACKED_CYCLE : 0u) | (note->step != 0 ? SLA__PACKED_STEP : 0u) |
           (note->n != 0 ? SLA__PACKED_N : 0u) | (note->a != 0 ? SLA__PACKED_A : 0u) |
           (note->b != 0 ? SLA__PACKED_B : 0u) | (note->m != 0 ? SLA__PACKED_M : 0u) |
           (note->flags != 0 ? SLA__PACKED_NOTE_FLAGS : 0u);
}

static void pack_repeats(sla__packer *out, const sla__repeats *repeats)
{
    sla__pack_number(out, repeats->told);
    sla__pack_number(out, repeats->skipped);
    sla__pack_number(out, repeats->held_from);
    sla__pack_number(out, repeats->held_to);
}

static void pack_b(sla__packer *out, const sla__note *note)
{
    switch (sla__packed_b_of(note)) {
    case SLA__PACKED_B_TIME:
        sla__pack_time(out, note->b);
        break;
    case SLA__PACKED_B_REPEATS:
        pack_repeats(out, &note->repeats);
        break;
    case SLA__PACKED_B_NUMBER:
        sla__pack_signed(out, note->b);
        break;
    }
}

/* A derived fact by its name. */
static void pack_n(sla__packer *out, const sla_policies *policies, const sla__note *note)
{
    if (note->kind == SLA__NOTE_DERIVED)
        sla__pack_name(out, sla__policies_symbol(policies, policies->fact_names[note->n]));
    else
        sla__pack_number(out, note->n);
}

/* The goal, and the calendar by its name, "" for none. */
static void pack_judged(sla__packer *out, const sla_engine *engine, const sla__note *note)
{
    const uint16_t calendar = (uint16_t)note->m;

    sla__pack_number(out, note->m >> 16);
    if (calendar != SLA__NONE)
        pack_calendar(out, engine->rules[note->n].policies, calendar);
    else
        sla__pack_name(out, "");
}

static void pack_note(sla__packer *out, const sla_engine *engine, const sla_policies *policies,
                      const sla__note *note)
{
    const uint32_t members = members_of_note(note);

    sla__pack_number(out, note->kind);
    sla__pack_number(out, members);
    if (members & SLA__PACKED_TARGET)
        sla__pack_number(out, note->target);
    if (members & SLA__PACKED_CYCLE)
        sla__pack_number(out, note->cycle);
    if (members & SLA__PACKED_STEP)
        sla__pack_number(out, note->step);
    if (members & SLA__PACKED_NOTE_FLAGS)
        sla__pack_number(out, note->flags);
    if (members & SLA__PACKED_N)
        pack_n(out, policies, note);
    if (note->kind == SLA__NOTE_JUDGED)
        pack_judged(out, engine, note);
    else if (members & SLA__PACKED_M)
        sla__pack_number(out, note->m);
    if ((members & SLA__PACKED_A) && sla__packed_a_is_number(note))
        sla__pack_signed(out, note->a);
    else if (members & SLA__PACKED_A)
        sla__pack_time(out, note->a);
    if (members & SLA__PACKED_B)
        pack_b(out, note);
}

/* ---------------------------------------------------------------- attributes */

static void pack_symbol(sla__packer *out, const sla_policies *policies, uint32_t symbol)
{
    const char *text = sla__policies_symbol(policies, symbol);

    sla__pack_text(out, text, strlen(text));
}

/* A string that no policy names is as good as any other such string. */
static void pack_string(sla__packer *out, const sla_policies *policies, int64_t value)
{
    sla__pack_number(out, value >= 0);
    if (value >= 0)
        pack_symbol(out, policies, (uint32_t)value);
}

static void pack_attributes(sla__packer *out, const sla_policies *policies, const sla__fold *fold)
{
    size_t count = 0;

    for (size_t i = 0; i < policies->attribute_count; i++)
        count += fold->present >> i & 1;
    sla__pack_number(out, count);
    for (size_t i = 0; i < policies->attribute_count; i++) {
        const sla__attribute *attribute = &policies->attributes[i];

        if (!(fold->present >> i & 1))
            continue;
        pack_symbol(out, policies, attribute->name);
        if (attribute->type == SLA__STRING)
            pack_string(out, policies, fold->values[i]);
        else if (attribute->type == SLA__INSTANT)
            sla__pack_time(out, fold->values[i]);
        else
            sla__pack_signed(out, fold->values[i]);
    }
}

static void pack_seen(sla__packer *out, const sla_policies *policies, const sla__fold *fold)
{
    size_t count = 0;

    for (size_t i = 0; i < policies->fact_slot_count; i++)
        count += fold->seen[i] != SLA_NEVER;
    sla__pack_number(out, count);
    for (size_t i = 0; i < policies->fact_slot_count; i++) {
        if (fold->seen[i] == SLA_NEVER)
            continue;
        pack_symbol(out, policies, policies->fact_names[policies->fact_slots[i]]);
        sla__pack_time(out, fold->seen[i]);
    }
}

/* By their places. */
static void pack_matched(sla__packer *out, const sla_policies *policies, const sla__fold *fold)
{
    size_t count = 0;

    for (size_t i = 0; i < policies->policy_count; i++)
        count += fold->matched[i / 8] >> i % 8 & 1;
    sla__pack_number(out, count);
    for (size_t i = 0; i < policies->policy_count; i++) {
        if (fold->matched[i / 8] >> i % 8 & 1)
            sla__pack_number(out, i);
    }
}

static void pack_fold(sla__packer *out, const sla_engine *engine, const sla__fold *fold)
{
    const sla_policies *policies = sla__rules_of(engine, fold);

    sla__pack_number(out, fold->rules);
    sla__pack_number(out, fold->world);
    sla__pack_time(out, fold->opened_at);
    sla__pack_time(out, fold->at);
    sla__pack_number(out, fold->phase);
    sla__pack_time(out, fold->applied_at);
    sla__pack_number(out, fold->applied_seq);
    pack_attributes(out, policies, fold);
    pack_seen(out, policies, fold);
    pack_matched(out, policies, fold);
    pack_clocks(out, policies, fold);
    sla__pack_number(out, fold->note_count);
    for (size_t i = 0; i < fold->note_count; i++)
        pack_note(out, engine, policies, &fold->notes[i]);
}

/* --------------------------------------------------------------------- tells */

static uint32_t members_of_tell(const sla__tell *tell)
{
    return (tell->target != SLA__NONE ? SLA__PACKED_TARGET : 0u) |
           (tell->cycle != 0 ? SLA__PACKED_CYCLE : 0u) | (tell->step != 0 ? SLA__PACKED_STEP : 0u) |
           (tell->due != SLA_NEVER ? SLA__PACKED_TELL_DUE : 0u) |
           (tell->repeat != 0 ? SLA__PACKED_REPEAT : 0u) |
           (tell->fact_seq != 0 ? SLA__PACKED_FACT_SEQ : 0u) |
           (tell->cause != 0 ? SLA__PACKED_TELL_CAUSE : 0u) |
           (tell->old_due != SLA_NEVER ? SLA__PACKED_OLD_DUE : 0u) |
           (tell->world != 0 ? SLA__PACKED_WORLD : 0u) |
           (tell->revision != 0 ? SLA__PACKED_REVISION : 0u) |
           (tell->rule != SLA__NONE ? SLA__PACKED_RULE : 0u) |
           (tell->of != 0 ? SLA__PACKED_OF : 0u);
}

static void pack_tell(sla__packer *out, const sla__tell *tell)
{
    const uint32_t members = members_of_tell(tell);
    const struct {
        uint32_t member, number;
    } fields[] = {
        {SLA__PACKED_CYCLE, tell->cycle},
        {SLA__PACKED_STEP, tell->step},
        {SLA__PACKED_REPEAT, tell->repeat},
        {SLA__PACKED_FACT_SEQ, tell->fact_seq},
        {SLA__PACKED_TELL_CAUSE, tell->cause},
        {SLA__PACKED_WORLD, tell->world},
        {SLA__PACKED_REVISION, tell->revision},
        {SLA__PACKED_RULE, tell->rule},
        {SLA__PACKED_OF, tell->of},
    };

    sla__pack_number(out, members);
    sla__pack_number(out, members & SLA__PACKED_TARGET ? tell->target : tell->policy);
    sla__pack_number(out, tell->kind);
    sla__pack_number(out, tell->sort);
    sla__pack_time(out, tell->at);
    if (members & SLA__PACKED_TELL_DUE)
        sla__pack_time(out, tell->due);
    if (members & SLA__PACKED_OLD_DUE)
        sla__pack_time(out, tell->old_due);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (members & fields[i].member)
            sla__pack_number(out, fields[i].number);
    }
}

/* ------------------------------------------------------------------- tickets */

/* What one poll gathered of the ticket and has not handed out yet. */
static size_t half_told(const sla_engine *engine, const sla__ticket *ticket)
{
    return sla__half_told(engine) == ticket ? engine->burst.count - engine->burst_next : 0;
}

void sla__pack_ticket(sla__packer *out, const sla_engine *engine, const sla__ticket *ticket)
{
    const size_t half = half_told(engine, ticket);
    const bool facts = ticket->history.count > 0 &&
                       (ticket->future_at != SLA_NEVER || ticket->tells.count + half > 0);

    sla__pack_number(out, SLA__PACK_FORM);
    sla__pack_number(out, engine->world_count);
    sla__pack_number(out, engine->worlds[engine->world_count - 1].mark);
    sla__pack_number(out, ticket->number);
    sla__pack_number(out, ticket->next_seq - 1);
    sla__pack_number(out, (ticket->opened ? SLA__PACKED_OPENED : 0u) |
                              (ticket->fold.stale ? SLA__PACKED_STALE : 0u) |
                              (facts ? SLA__PACKED_FACTS : 0u));
    sla__pack_number(out, ticket->rules);
    sla__pack_number(out, ticket->world);
    sla__pack_time(out, ticket->touched_at);
    pack_fold(out, engine, &ticket->fold);
    sla__pack_number(out, ticket->tells.count + half);
    for (size_t i = 0; i < half; i++)
        pack_tell(out, &engine->burst.items[engine->burst_next + i]);
    for (size_t i = 0; i < ticket->tells.count; i++)
        pack_tell(out, &ticket->tells.items[i]);
    if (facts)
        sla__pack_facts(out, &ticket->history);
}
