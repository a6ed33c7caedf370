/* event_row.c - the journal of told events as columns. */
#include "store/rows.h"

#define EVENT(name, type, required, member, field)                                                 \
    {                                                                                              \
        name, SLA__COLUMN_##type, required, SLA__MEMBER_##member,                                  \
            offsetof(sla__event_row, event) + offsetof(sla_event, field)                           \
    }

static const sla__column columns[] = {
    {"number", SLA__COLUMN_LARGE, true, SLA__MEMBER_U64, offsetof(sla__event_row, number)},
    EVENT("tenant", TEXT, true, STRING, tenant),
    EVENT("ticket", TEXT, true, STRING, ticket),
    EVENT("policy", TEXT, true, WORD, policy),
    EVENT("target", TEXT, true, WORD, target),
    EVENT("cycle", NUMBER, true, U32, cycle),
    EVENT("step", TEXT, true, STEP, step),
    EVENT("repeat", NUMBER, true, U32, repeat),
    EVENT("revision", NUMBER, true, U32, revision),
    EVENT("at", INSTANT, true, I64, at),
    EVENT("told", INSTANT, true, I64, told),
    EVENT("started_at", INSTANT, false, I64, started_at),
    EVENT("due_at", INSTANT, false, I64, due_at),
    EVENT("old_due_at", INSTANT, false, I64, old_due_at),
    EVENT("breached_at", INSTANT, false, I64, breached_at),
    EVENT("ended_at", INSTANT, false, I64, ended_at),
    EVENT("skipped", NUMBER, true, U32, skipped),
    EVENT("collapsed", NUMBER, true, U32, collapsed),
    EVENT("rank", NUMBER, true, I32, rank),
    EVENT("fact_seq", NUMBER, true, U32, fact_seq),
    EVENT("level", SMALL, true, U8, level),
    EVENT("late", FLAG, true, BOOL, late),
    EVENT("breached", FLAG, true, BOOL, breached),
    EVENT("provisional", FLAG, true, BOOL, provisional),
    EVENT("provisional_attributes", FLAG, true, BOOL, provisional_attributes),
    EVENT("governs", FLAG, true, BOOL, governs),
    EVENT("excluded", FLAG, true, BOOL, excluded),
    EVENT("adjusted_met", FLAG, true, BOOL, adjusted_met),
    {"imported", SLA__COLUMN_FLAG, true, SLA__MEMBER_BOOL, offsetof(sla__event_row, imported)},
    EVENT("kind", TEXT, true, KIND, kind),
    EVENT("state", TEXT, true, STATE, state),
    EVENT("agreement", TEXT, true, AGREEMENT, agreement),
    EVENT("policy_version", TEXT, false, WORD, policy_version),
    EVENT("told_to", TEXT, false, WORD, to),
    EVENT("because", TEXT, false, WORD, because),
    EVENT("reason", TEXT, false, WORD, reason),
    EVENT("derived", TEXT, false, WORD, derived),
    EVENT("fact_id", TEXT, false, STRING, fact_id),
};

const sla__table sla__event_table = {"event", columns, sizeof columns / sizeof columns[0]};

void sla__event_row_of(const sla_stored_event *given, sla__event_row *row)
{
    row->number = given->number;
    row->imported = given->imported;
    row->event = *given->event;
}

sla_stored_event sla__event_row_stored(const sla__event_row *row)
{
    return (sla_stored_event){&row->event, row->number, row->imported};
}
