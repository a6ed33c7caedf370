/* fact_row.c - the journal of facts as columns. */
#include "store/rows.h"

#include <string.h>

#define FACT(name, type, required, member, field)                                                  \
    {                                                                                              \
        name, SLA__COLUMN_##type, required, SLA__MEMBER_##member,                                  \
            offsetof(sla__fact_row, fact) + offsetof(sla_fact, field)                              \
    }
#define ROW(name, type, required, member, field)                                                   \
    {                                                                                              \
        name, SLA__COLUMN_##type, required, SLA__MEMBER_##member, offsetof(sla__fact_row, field)   \
    }

static const sla__column columns[] = {
    FACT("tenant", TEXT, true, STRING, tenant),
    FACT("ticket", TEXT, true, STRING, ticket),
    ROW("seq", NUMBER, true, U32, seq),
    ROW("rules", NUMBER, true, U32, rules),
    FACT("occurred_at", INSTANT, true, I64, occurred_at),
    ROW("recorded_at", INSTANT, true, I64, recorded_at),
    FACT("id", TEXT, false, STRING, id),
    FACT("name", TEXT, true, STRING, name),
    ROW("content", JSON, false, STRING, content),
};

const sla__table sla__fact_table = {"fact", columns, sizeof columns / sizeof columns[0]};

int sla__fact_row_of(const sla_stored_fact *given, sla__text *text, sla__fact_row *row)
{
    sla__text_clear(text);
    sla__content_put(&text->out, given->fact);
    row->seq = given->seq;
    row->rules = given->rules;
    row->recorded_at = given->recorded_at;
    row->fact = *given->fact;
    row->content = sla__text_since(text, 0);
    return text->failed ? SLA_ERR_NOMEM : SLA_OK;
}

int sla__fact_row_stored(sla__fact_row *row, sla__content_room *room, sla_stored_fact *stored_out)
{
    const sla_fact columns_only = {.tenant = row->fact.tenant,
                                   .ticket = row->fact.ticket,
                                   .id = row->fact.id,
                                   .name = row->fact.name,
                                   .occurred_at = row->fact.occurred_at};

    row->fact = columns_only;
    *stored_out = (sla_stored_fact){&row->fact, row->seq, row->recorded_at, row->rules};
    return sla__content_read(row->content, room, &row->fact);
}
