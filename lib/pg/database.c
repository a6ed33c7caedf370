/* database.c - the schema is made, brought up to date, or looked at (`sla db`). */
#include <sla/pg.h>

#include <stdio.h>

#include "base/alloc.h"
#include "pg/errors.h"
#include "pg/session.h"
#include "pg/statements.h"
#include "store/schema.h"

extern const char sla__pg_schema[], sla__pg_functions[], sla__pg_check[];

/* Who hears what a check finds. */
typedef struct listener {
    void (*complaint)(void *context, const char *text);
    void *context;
} listener;

/* The numbers of this release go on the record of the schema. */
static int note_version(sla__pg_session *at)
{
    char version[16], fold[16];
    const char *const values[] = {version, fold};
    char *const text = sla__pg_fill_in(&at->allocator,
                                       "INSERT INTO :\"schema\".schema_version "
                                       "VALUES ($1::integer, $2::integer, clock_timestamp())",
                                       NULL, at->options.schema);
    int result;

    if (text == NULL)
        return SLA_ERR_NOMEM;
    snprintf(version, sizeof version, "%d", SLA__SCHEMA_VERSION);
    snprintf(fold, sizeof fold, "%d", SLA__FOLD_VERSION);
    result = sla__pg_hear(
        at, PQsendQueryParams(at->connection, text, 2, NULL, values, NULL, NULL, 0) == 1, NULL);
    sla__free(&at->allocator, text);
    return result;
}

static int make(sla__pg_session *at)
{
    int result;

    if (at->version > 0)
        return SLA_OK;
    result = sla__pg_say_filled(at, sla__pg_schema, NULL, NULL);
    if (result == SLA_OK)
        result = sla__pg_say_filled(at, sla__pg_functions, NULL, NULL);
    return result == SLA_OK ? note_version(at) : result;
}

/* Version 1 is the first: what is there is of this release, but for its functions. */
static int bring_up(sla__pg_session *at)
{
    if (at->version == 0)
        return sla__pg_error(at->error, SLA_ERR_NOT_FOUND,
                             "there is no schema: make it with 'sla db init'");
    return sla__pg_say_filled(at, sla__pg_functions, NULL, NULL);
}

/* -------------------------------------------------------------------- looking */

/* A sentence of ours for each row, the first is the error. */
static int complain(sla__pg_session *at, const PGresult *rows)
{
    const listener *const to = at->work;
    const int count = PQntuples(rows);

    for (int i = 0; i < count && to->complaint != NULL; i++)
        to->complaint(to->context, PQgetvalue(rows, i, 0));
    return count == 0 ? SLA_OK
                      : sla__pg_error(at->error, SLA_ERR_REFUSED, "%s", PQgetvalue(rows, 0, 0));
}

static int ask(sla__pg_session *at, const char *question)
{
    PGresult *rows = NULL;
    int result = sla__pg_say_filled(at, question, NULL, &rows);

    if (result == SLA_OK)
        result = complain(at, rows);
    PQclear(rows);
    return result;
}

/* Of tables that are all there, and may be read. */
static int inspect_tables(sla__pg_session *at)
{
    const int result = sla__pg_say_filled(
        at,
        "SELECT tenant, ticket, number, facts, live, next_at, due_at, state, open "
        "FROM :\"schema\".ticket LIMIT 0; "
        "SELECT number, imported FROM :\"schema\".event LIMIT 0; "
        "SELECT seq, content FROM :\"schema\".fact LIMIT 0; "
        "SELECT name, through FROM :\"schema\".consumer LIMIT 0; "
        "SELECT consumer, number FROM :\"schema\".mark LIMIT 0; "
        "SELECT number, adopted_at FROM :\"schema\".world LIMIT 0; "
        "SELECT world, position, text FROM :\"schema\".document LIMIT 0; "
        "SELECT incarnation, number, events FROM :\"schema\".writer LIMIT 0",
        NULL, NULL);

    return result != SLA_OK ? result
                            : ask(at, "SELECT format('of the 64 parts %s are there', count(*)) "
                                      "FROM :\"schema\".shard HAVING count(*) <> 64");
}

static int inspect(sla__pg_session *at)
{
    int result = sla__pg_schema_is_ours(at);

    if (result == SLA_OK)
        result = ask(at, sla__pg_check);
    return result == SLA_OK ? inspect_tables(at) : result;
}

int sla_store_pg_init(const sla_pg_options *options, sla_error *error)
{
    return sla__pg_with_session(options, make, NULL, error);
}

int sla_store_pg_migrate(const sla_pg_options *options, sla_error *error)
{
    return sla__pg_with_session(options, bring_up, NULL, error);
}

int sla_store_pg_check(const sla_pg_options *options,
                       void (*complaint)(void *context, const char *text), void *context,
                       sla_error *error)
{
    listener to = {complaint, context};

    return sla__pg_with_session(options, inspect, &to, error);
}
