/* ticket_row.c - a ticket as it stands, as columns. */
#include "store/rows.h"

#include <string.h>

#include "store/attributes.h"
#include "store/clocks.h"
#include "store/shard.h"

#define ROW(name, type, required, member, field)                                                   \
    {                                                                                              \
        name, SLA__COLUMN_##type, required, SLA__MEMBER_##member, offsetof(sla__ticket_row, field) \
    }

static const sla__column columns[] = {
    ROW("tenant", TEXT, true, STRING, tenant),
    ROW("ticket", TEXT, true, STRING, ticket),
    ROW("number", LARGE, true, U64, number),
    ROW("next_at", INSTANT, false, I64, next_at),
    ROW("due_at", INSTANT, false, I64, due_at),
    ROW("opened_at", INSTANT, false, I64, opened_at),
    ROW("facts", NUMBER, true, U32, facts),
    ROW("live", NUMBER, true, U32, live),
    ROW("rank", NUMBER, false, I64, rank),
    ROW("shard", SMALL, true, U16, shard),
    ROW("level", SMALL, true, U8, level),
    ROW("breached", FLAG, true, BOOL, breached),
    ROW("attributes", JSON_VALUE, false, STRING, attributes),
    ROW("clocks", JSON, false, STRING, clocks),
    ROW("state", BYTES, true, STRING, state),
};

const sla__table sla__ticket_table = {"ticket", columns, sizeof columns / sizeof columns[0]};

/* The highest of what its clocks say. */
static void sum_up(sla__ticket_row *row, const sla_ticket_view *view)
{
    for (size_t i = 0; i < view->clock_count; i++) {
        const sla_clock_view *const clock = &view->clocks[i];

        if (row->rank == INT64_MAX || clock->rank > row->rank)
            row->rank = clock->rank;
        if (clock->level > row->level)
            row->level = clock->level;
        row->breached = row->breached || clock->breached;
    }
}

static void look(sla__ticket_row *row, const sla_ticket_view *view, sla__text *text)
{
    size_t start;

    row->opened_at = view->opened_at;
    row->attributes_whole = view->whole;
    sum_up(row, view);
    if (view->attribute_count > 0) {
        sla__out_open(&text->out, NULL, '{');
        sla__attributes_put(&text->out, view->attributes, view->attribute_count, !view->whole);
        sla__out_close(&text->out, '}');
    }
    start = text->out.used;
    text->out.fresh = true;
    sla__clocks_put(&text->out, view->clocks, view->clock_count, view->opened_at);
    row->clocks = sla__text_since(text, start);
    row->attributes = sla__text_since(text, 0);
    row->attributes.length -= row->clocks.length;
}

int sla__ticket_row_of(const sla_stored_ticket *given, sla__text *text, sla__ticket_row *row)
{
    *row = (sla__ticket_row){
        .tenant = given->tenant,
        .ticket = given->ticket,
        .number = given->number,
        .next_at = given->next_at,
        .due_at = given->due_at,
        .opened_at = SLA_NEVER,
        .facts = given->facts,
        .live = given->live,
        .rank = INT64_MAX,
        .shard = sla__shard_of(given->tenant, given->ticket),
        .state = {given->state, given->state_length},
        .attributes_whole = true,
    };
    sla__text_clear(text);
    if (given->view != NULL)
        look(row, given->view, text);
    return text->failed ? SLA_ERR_NOMEM : SLA_OK;
}
