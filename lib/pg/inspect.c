/*
 * inspect.c - whether the tickets of a schema can be taken in and are what their columns say: as
 * they are at one moment, some at a time.
 */
#include <sla/pg.h>

#include <stdio.h>
#include <string.h>

#include "pg/errors.h"
#include "pg/reading.h"
#include "pg/session.h"
#include "pg/statements.h"
#include "store/inspect.h"

/* Rows that lie in memory at once. */
#define BATCH "500"

typedef struct inspecting {
    sla__inspection inspection;
    void (*complaint)(void *context, const sla_ticket_complaint *complaint);
    void (*progress)(void *context, uint64_t done, uint64_t of);
    void *context;
    uint64_t done, of;
    int result; /* of what was handed over */
    sla_error *error;
} inspecting;

/* What a cursor answers is in binary. */
static int open_cursor(sla__pg_session *at, const char *name, const char *query,
                       const sla__table *table)
{
    char text[512];

    snprintf(text, sizeof text, "DECLARE %s BINARY NO SCROLL CURSOR FOR %s", name, query);
    return sla__pg_say_filled(at, text, table, NULL);
}

/* ------------------------------------------------------------------------- worlds */

static void take_world(void *context, const sla_stored_world *world)
{
    inspecting *const own = context;

    if (own->result == SLA_OK)
        own->result = sla__inspection_world(&own->inspection, world, own->error);
}

static int take_worlds(sla__pg_session *at)
{
    inspecting *const own = at->work;
    PGresult *rows = NULL;
    int result = open_cursor(at, "sla_worlds", sla__pg_texts[SLA__PG_LOAD_WORLDS].sql, NULL);

    if (result == SLA_OK)
        result = sla__pg_say(at, "FETCH ALL FROM sla_worlds", &rows);
    if (result == SLA_OK && !sla__pg_read_worlds(&at->allocator, rows, take_world, own))
        result = SLA_ERR_NOMEM;
    PQclear(rows);
    return result == SLA_OK ? own->result : result;
}

/* ------------------------------------------------------------------------ tickets */

/* Tenant and ticket are the first of the columns. */
static int take_ticket(inspecting *own, const PGresult *rows, int at)
{
    const sla_string tenant = {PQgetvalue(rows, at, 0), (size_t)PQgetlength(rows, at, 0)};
    const sla_string ticket = {PQgetvalue(rows, at, 1), (size_t)PQgetlength(rows, at, 1)};
    sla__ticket_row row;
    bool is_read;

    memset(&row, 0, sizeof row);
    is_read = sla__pg_read_row(rows, at, &sla__ticket_table, &row);
    return sla__inspection_ticket(&own->inspection, tenant, ticket, is_read ? &row : NULL);
}

static int take_batch(inspecting *own, const PGresult *rows)
{
    int result = SLA_OK;

    for (int i = 0; i < PQntuples(rows) && result == SLA_OK; i++) {
        result = take_ticket(own, rows, i);
        own->done++;
        if (result == SLA_OK && own->progress != NULL)
            own->progress(own->context, own->done, own->of);
    }
    return result;
}

static int count_tickets(sla__pg_session *at)
{
    inspecting *const own = at->work;
    PGresult *rows = NULL;
    const int result =
        sla__pg_say_filled(at, "SELECT count(*) FROM :\"schema\".ticket", NULL, &rows);

    if (result == SLA_OK)
        own->of = (uint64_t)sla__pg_number_in(PQgetvalue(rows, 0, 0));
    PQclear(rows);
    return result;
}

static int take_tickets(sla__pg_session *at)
{
    int result = open_cursor(at, "sla_tickets", "SELECT :columns FROM :\"schema\".ticket",
                             &sla__ticket_table);
    bool more = true;

    while (result == SLA_OK && more) {
        PGresult *rows = NULL;

        result = sla__pg_say(at, "FETCH FORWARD " BATCH " FROM sla_tickets", &rows);
        if (result == SLA_OK)
            result = take_batch(at->work, rows);
        more = result == SLA_OK && PQntuples(rows) > 0;
        PQclear(rows);
    }
    return result;
}

static int read_all(sla__pg_session *at)
{
    int result = sla__pg_begin_reading(at);

    if (result == SLA_OK)
        result = take_worlds(at);
    if (result == SLA_OK)
        result = count_tickets(at);
    return result == SLA_OK ? take_tickets(at) : result;
}

static int inspect(sla__pg_session *at)
{
    inspecting *const own = at->work;
    int result = sla__pg_schema_is_ours(at);

    if (result != SLA_OK)
        return result;
    own->error = at->error;
    result = sla__inspection_init(&own->inspection, &at->allocator, own->complaint, own->context);
    if (result == SLA_OK)
        result = read_all(at);
    if (result == SLA_OK)
        result = sla__inspection_end(&own->inspection, at->error);
    sla__inspection_fini(&own->inspection);
    return result;
}

int sla_store_pg_inspect(const sla_pg_options *options,
                         void (*complaint)(void *context, const sla_ticket_complaint *complaint),
                         void (*progress)(void *context, uint64_t done, uint64_t of), void *context,
                         sla_error *error)
{
    inspecting own = {.complaint = complaint, .progress = progress, .context = context};

    return sla__pg_with_session(options, inspect, &own, error);
}
