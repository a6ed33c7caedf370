/* database.c - the schema is made, brought up to date, or looked at (`sla db`). */
#include <sla/pg.h>

#include <stdio.h>

#include "base/alloc.h"
#include "pg/errors.h"
#include "pg/session.h"
#include "pg/statements.h"
#include "store/schema.h"

extern const char sla__pg_schema[], sla__pg_views[], sla__pg_functions[], sla__pg_check[];

/* What check.sql complains of: its first column. */
enum { LOST_TABLE = 4, MISSING_VIEW = 5, MISSING_FUNCTION = 7 };

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

/* What is derived from the tables: an index, views, functions. */
static int derive(sla__pg_session *at)
{
    const int result = sla__pg_say_filled(at, sla__pg_views, NULL, NULL);

    return result == SLA_OK ? sla__pg_say_filled(at, sla__pg_functions, NULL, NULL) : result;
}

/* The first complaint of the kinds `from` to `to`; NULL where there is none. */
static const char *find_complaint(const PGresult *rows, int64_t from, int64_t to)
{
    for (int i = 0; i < PQntuples(rows); i++) {
        const int64_t kind = sla__pg_number_in(PQgetvalue(rows, i, 0));

        if (kind >= from && kind <= to)
            return PQgetvalue(rows, i, 1);
    }
    return NULL;
}

/* What is derived is made again where some of it is missing, or `always`; a lost table is not. */
static int repair(sla__pg_session *at, bool always)
{
    PGresult *rows = NULL;
    int result = sla__pg_say_filled(at, sla__pg_check, NULL, &rows);
    const char *lost;
    bool wanted;

    if (result != SLA_OK)
        return result;
    lost = find_complaint(rows, LOST_TABLE, LOST_TABLE);
    if (lost != NULL)
        result = sla__pg_error(at->error, SLA_ERR_STORE, "%s", lost);
    wanted = always || find_complaint(rows, MISSING_VIEW, MISSING_FUNCTION) != NULL;
    PQclear(rows);
    return result == SLA_OK && wanted ? derive(at) : result;
}

static int make(sla__pg_session *at)
{
    int result;

    if (at->version > 0)
        return repair(at, false);
    result = sla__pg_say_filled(at, sla__pg_schema, NULL, NULL);
    if (result == SLA_OK)
        result = derive(at);
    return result == SLA_OK ? note_version(at) : result;
}

/* Version 1 is the first: what is there is of this release, but for what is derived. */
static int bring_up(sla__pg_session *at)
{
    if (at->version == 0)
        return sla__pg_error(at->error, SLA_ERR_NOT_FOUND,
                             "there is no schema: make it with 'sla db init'");
    return repair(at, true);
}

/* -------------------------------------------------------------------- looking */

/* A sentence for each row, in its last column; the first is the error. */
static int complain(sla__pg_session *at, const PGresult *rows)
{
    const listener *const to = at->work;
    const int count = PQntuples(rows), said = PQnfields(rows) - 1;

    for (int i = 0; i < count && to->complaint != NULL; i++)
        to->complaint(to->context, PQgetvalue(rows, i, said));
    return count == 0 ? SLA_OK
                      : sla__pg_error(at->error, SLA_ERR_REFUSED, "%s", PQgetvalue(rows, 0, said));
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

static int inspect(sla__pg_session *at)
{
    int result = sla__pg_schema_is_ours(at);

    if (result == SLA_OK)
        result = ask(at, sla__pg_check);
    return result != SLA_OK ? result
                            : ask(at, "SELECT format('of the 64 parts %s are there', count(*)) "
                                      "FROM :\"schema\".shard HAVING count(*) <> 64");
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
