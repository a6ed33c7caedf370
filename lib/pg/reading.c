/* reading.c - see reading.h. */
#include "pg/reading.h"

#include <string.h>

#include "pg/errors.h"
#include "pg/lease.h"

/* ---------------------------------------------------------------------- values */

static bool is_null(const PGresult *rows, int row, int column)
{
    return PQgetisnull(rows, row, column) != 0;
}

static int64_t number(const PGresult *rows, int row, int column)
{
    return sla__pg_get(PQgetvalue(rows, row, column), PQgetlength(rows, row, column));
}

static sla_time instant(const PGresult *rows, int row, int column)
{
    return is_null(rows, row, column) ? SLA_NEVER : number(rows, row, column) + SLA__PG_EPOCH;
}

static sla_string string(const PGresult *rows, int row, int column)
{
    const sla_string value = {PQgetvalue(rows, row, column),
                              (size_t)PQgetlength(rows, row, column)};

    return value;
}

static sla__value value_of(const PGresult *rows, int row, int column, sla__column_type type)
{
    sla__value value = {is_null(rows, row, column), 0, {"", 0}};

    if (value.null)
        return value;
    if (type == SLA__COLUMN_TEXT || type == SLA__COLUMN_BYTES || type == SLA__COLUMN_JSON ||
        type == SLA__COLUMN_JSON_VALUE)
        value.text = string(rows, row, column);
    else if (type == SLA__COLUMN_INSTANT)
        value.number = instant(rows, row, column);
    else
        value.number = number(rows, row, column);
    return value;
}

bool sla__pg_read_row(const PGresult *rows, int row, const sla__table *table, void *into)
{
    for (size_t i = 0; i < table->count; i++) {
        const sla__value value = value_of(rows, row, (int)i, table->columns[i].type);

        if (!sla__column_set(&table->columns[i], into, &value))
            return false;
    }
    return true;
}

static void unreadable(sla__pg_ask *ask, int result)
{
    if (ask->result == SLA_OK)
        ask->result =
            result == SLA_ERR_NOMEM
                ? sla__pg_error(&ask->error, SLA_ERR_STORE, "out of memory")
                : sla__pg_error(&ask->error, SLA_ERR_REFUSED, "a row that libsla did not write");
}

/* ------------------------------------------------------------------------ rows */

/* The documents of a world are the rows that have its number. */
static int read_world(const sla_allocator *allocator, const PGresult *rows, int first,
                      void (*give)(void *context, const sla_stored_world *world), void *context)
{
    const int64_t number_of_it = number(rows, first, 0);
    int end = first;
    sla_document *documents;
    sla_stored_world world;

    while (end < PQntuples(rows) && number(rows, end, 0) == number_of_it)
        end++;
    documents = sla__new(allocator, (size_t)(end - first), sizeof *documents);
    if (documents == NULL)
        return -1;
    world = (sla_stored_world){(uint32_t)number_of_it, instant(rows, first, 1), documents, 0};
    for (int i = first; i < end; i++)
        if (!is_null(rows, i, 3)) {
            documents[world.count].source = string(rows, i, 2);
            documents[world.count++].text = string(rows, i, 3);
        }
    give(context, &world);
    sla__free(allocator, documents);
    return end;
}

bool sla__pg_read_worlds(const sla_allocator *allocator, const PGresult *rows,
                         void (*give)(void *context, const sla_stored_world *world), void *context)
{
    int next = 0;

    while (next >= 0 && next < PQntuples(rows))
        next = read_world(allocator, rows, next, give, context);
    return next >= 0;
}

static void read_worlds(sla__pg *own, sla__pg_ask *ask, const PGresult *rows)
{
    if (!sla__pg_read_worlds(&own->allocator, rows, own->sink.world, own->sink.context))
        unreadable(ask, SLA_ERR_NOMEM);
}

static void read_marks(sla__pg *own, const PGresult *rows)
{
    for (int i = 0; i < PQntuples(rows); i++) {
        sla_stored_mark mark = {string(rows, i, 0), 0, (uint64_t)number(rows, i, 1)};

        mark.number = is_null(rows, i, 2) ? mark.through : (uint64_t)number(rows, i, 2);
        own->sink.mark(own->sink.context, &mark);
    }
}

static void read_tickets(sla__pg *own, const PGresult *rows)
{
    for (int i = 0; i < PQntuples(rows); i++) {
        const sla_string state = string(rows, i, 5);
        const sla_stored_ticket ticket = {
            .tenant = string(rows, i, 0),
            .ticket = string(rows, i, 1),
            .number = (uint64_t)number(rows, i, 2),
            .live = (uint32_t)number(rows, i, 3),
            .next_at = instant(rows, i, 4),
            .due_at = SLA_NEVER,
            .state = state.data,
            .state_length = state.length,
        };

        own->sink.ticket(own->sink.context, &ticket);
    }
}

static void read_ticket(sla__pg *own, sla__pg_ask *ask, const PGresult *rows)
{
    if (PQntuples(rows) == 0)
        ask->result = SLA_ERR_NOT_FOUND;
    read_tickets(own, rows);
}

static void read_facts(sla__pg *own, sla__pg_ask *ask, const PGresult *rows)
{
    for (int i = 0; i < PQntuples(rows); i++) {
        sla__fact_row row;
        sla_stored_fact fact;
        int result = SLA_ERR_SYNTAX;

        memset(&row, 0, sizeof row);
        if (sla__pg_read_row(rows, i, &sla__fact_table, &row))
            result = sla__fact_row_stored(&row, &own->room, &fact);
        if (result != SLA_OK) {
            unreadable(ask, result);
            return;
        }
        own->sink.fact(own->sink.context, &fact);
    }
}

static void read_events(sla__pg *own, sla__pg_ask *ask, const PGresult *rows)
{
    for (int i = 0; i < PQntuples(rows); i++) {
        sla__event_row row;
        sla_stored_event event;

        memset(&row, 0, sizeof row);
        if (!sla__pg_read_row(rows, i, &sla__event_table, &row)) {
            unreadable(ask, SLA_ERR_SYNTAX);
            return;
        }
        event = sla__event_row_stored(&row);
        own->sink.event(own->sink.context, &event);
        own->left--;
        own->left_after = event.number;
    }
    ask->done.count = own->left;
}

static void read_left(sla__pg *own, const sla__pg_ask *ask, const PGresult *rows)
{
    own->left_known = true;
    own->left_after = ask->after;
    own->left = (uint64_t)number(rows, 0, 0);
}

static void read_end(sla__pg_ask *ask, const PGresult *rows)
{
    ask->done.events = is_null(rows, 0, 0) ? 0 : (uint64_t)number(rows, 0, 0);
    ask->done.decided_at = instant(rows, 0, 1);
    ask->done.clock = instant(rows, 0, 2);
}

static void read_audit(sla__pg_ask *ask, const PGresult *rows)
{
    ask->done.count = (uint64_t)number(rows, 0, 0);
    ask->done.clock = instant(rows, 0, 1);
}

void sla__pg_read(sla__pg *own, sla__pg_ask *ask, sla__pg_statement statement, const PGresult *rows)
{
    switch (statement) {
    case SLA__PG_TAKE:
        sla__pg_lease_taken(own, ask, rows);
        break;
    case SLA__PG_ASK_RENEW:
        sla__pg_lease_renewed(own, ask, rows);
        break;
    case SLA__PG_ASK_RELEASE:
        sla__pg_lease_released(own, ask, rows);
        break;
    case SLA__PG_LOAD_WORLDS:
        read_worlds(own, ask, rows);
        break;
    case SLA__PG_LOAD_MARKS:
        read_marks(own, rows);
        break;
    case SLA__PG_LOAD_TICKETS:
        read_tickets(own, rows);
        break;
    case SLA__PG_LOAD_END:
        read_end(ask, rows);
        break;
    case SLA__PG_ASK_TICKET:
        read_ticket(own, ask, rows);
        break;
    case SLA__PG_ASK_HISTORY:
        read_facts(own, ask, rows);
        break;
    case SLA__PG_ASK_LEFT:
        read_left(own, ask, rows);
        break;
    case SLA__PG_ASK_OUTBOX:
        read_events(own, ask, rows);
        break;
    case SLA__PG_ASK_AUDIT:
        read_audit(ask, rows);
        break;
    default:
        break; /* what writes has nothing to say */
    }
}
