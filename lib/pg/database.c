/*
 * database.c - the schema is made, brought up to date, or looked at (`sla db`).
 *
 * The only part of the store that waits for the server.  One transaction each, under
 * a lock that ends with it: who comes second finds the work done.
 */
#include <sla/pg.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "pg/connection.h"
#include "pg/errors.h"
#include "pg/options.h"
#include "pg/statements.h"
#include "store/schema.h"

extern const char sla__pg_schema[], sla__pg_functions[], sla__pg_check[];

enum { CONNECT_MS = 5000, ANSWER_MS = 60000, OLDEST_SERVER = 140000 };

typedef struct session {
    sla_pg_options options;
    sla_allocator allocator;
    PGconn *connection;
    sla_error *error;
    int64_t version, fold;                              /* of the schema; 0: there is none */
    void (*complaint)(void *context, const char *text); /* of check; may be NULL */
    void *context;
} session;

static int wait_for(const session *at, bool reading, int milliseconds)
{
    struct pollfd polled = {PQsocket(at->connection), reading ? POLLIN : POLLOUT, 0};

    return polled.fd < 0 ? -1 : poll(&polled, 1, milliseconds);
}

/* -------------------------------------------------------------------- a session */

static int connect_it(session *at)
{
    PostgresPollingStatusType polling = PGRES_POLLING_WRITING;
    const int limit =
        at->options.connect_limit > 0 ? (int)(at->options.connect_limit / 1000) : CONNECT_MS;

    at->connection = sla__pg_connect_start(at->options.conninfo);
    if (at->connection == NULL)
        return SLA_ERR_NOMEM;
    sla__pg_hush(at->connection);
    while (polling != PGRES_POLLING_OK) {
        const bool failed =
            polling == PGRES_POLLING_FAILED || PQstatus(at->connection) == CONNECTION_BAD;

        if (failed || wait_for(at, polling == PGRES_POLLING_READING, limit) <= 0) {
            sla__pg_connection_error(at->connection, !failed, at->error);
            return SLA_ERR_STORE;
        }
        polling = PQconnectPoll(at->connection);
    }
    if (PQserverVersion(at->connection) < OLDEST_SERVER)
        return sla__pg_error(at->error, SLA_ERR_REFUSED, "the server is older than PostgreSQL 14");
    return SLA_OK;
}

/* Waits for the next result.  NULL: there are no more, or the server says nothing. */
static PGresult *next_result(session *at)
{
    while (PQisBusy(at->connection))
        if (wait_for(at, true, ANSWER_MS) <= 0 || PQconsumeInput(at->connection) != 1)
            return NULL;
    return PQgetResult(at->connection);
}

/* What an error of the server is to a caller. */
static int result_of(session *at, const PGresult *failure)
{
    const int meant = sla__pg_failure(failure, at->error);

    return meant == SLA__PG_LOOK_CLOSER ? SLA_ERR_REFUSED : meant > 0 ? SLA_ERR_STORE : meant;
}

/* The results of what was sent, if it was.  `last_out` may be NULL. */
static int hear(session *at, bool sent, PGresult **last_out)
{
    PGresult *last = NULL, *next;
    int result = SLA_OK;

    if (!sent)
        return sla__pg_error(at->error, SLA_ERR_STORE, "the connection to the server was lost");
    while ((next = next_result(at)) != NULL) {
        if (PQresultStatus(next) == PGRES_FATAL_ERROR && result == SLA_OK)
            result = result_of(at, next);
        PQclear(last);
        last = next;
    }
    if (last == NULL || PQisBusy(at->connection) || PQstatus(at->connection) == CONNECTION_BAD)
        result = sla__pg_error(at->error, SLA_ERR_STORE, "the connection to the server was lost");
    if (result == SLA_OK && last_out != NULL)
        *last_out = last;
    else
        PQclear(last);
    return result;
}

/* One text, of one statement or many, without parameters. */
static int say(session *at, const char *text, PGresult **last_out)
{
    return hear(at, PQsendQuery(at->connection, text) == 1, last_out);
}

/* With our schema in it. */
static int say_filled(session *at, const char *text, PGresult **last_out)
{
    char *const filled = sla__pg_fill_in(&at->allocator, text, NULL, at->options.schema);
    const int result = filled != NULL ? say(at, filled, last_out) : SLA_ERR_NOMEM;

    sla__free(&at->allocator, filled);
    return result;
}

/* --------------------------------------------------------------------- the schema */

static int64_t number_in(const char *digits)
{
    int64_t number = 0;

    for (; *digits >= '0' && *digits <= '9'; digits++)
        number = number * 10 + *digits - '0';
    return number;
}

/* Which schema is there.  The transaction is begun and holds the lock of this schema. */
static int look(session *at)
{
    PGresult *found = NULL;
    int result =
        say_filled(at,
                   "BEGIN; "
                   "SELECT pg_advisory_xact_lock(hashtextextended('libsla ' || ':\"schema\"', 0)); "
                   "SELECT to_regclass(':\"schema\".schema_version') IS NOT NULL, "
                   "current_setting('server_encoding') = 'UTF8'",
                   &found);
    bool is_there;

    if (result != SLA_OK)
        return result;
    is_there = PQgetvalue(found, 0, 0)[0] == 't';
    if (PQgetvalue(found, 0, 1)[0] != 't')
        result =
            sla__pg_error(at->error, SLA_ERR_REFUSED, "the encoding of the database is not UTF8");
    PQclear(found);
    if (result != SLA_OK || !is_there)
        return result;
    result = say_filled(
        at,
        "SELECT coalesce(max(version), 0), coalesce(max(fold), 0) FROM :\"schema\".schema_version",
        &found);
    if (result != SLA_OK)
        return result;
    at->version = number_in(PQgetvalue(found, 0, 0));
    at->fold = number_in(PQgetvalue(found, 0, 1));
    PQclear(found);
    if (at->version > SLA__SCHEMA_VERSION || at->fold > SLA__FOLD_VERSION)
        return sla__pg_error(at->error, SLA_ERR_NEWER,
                             "the schema was made by a newer release of libsla");
    return SLA_OK;
}

/* The numbers of this release go on the record of the schema. */
static int note_version(session *at)
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
    result = hear(at, PQsendQueryParams(at->connection, text, 2, NULL, values, NULL, NULL, 0) == 1,
                  NULL);
    sla__free(&at->allocator, text);
    return result;
}

static int make(session *at)
{
    int result;

    if (at->version > 0)
        return SLA_OK;
    result = say_filled(at, sla__pg_schema, NULL);
    if (result == SLA_OK)
        result = say_filled(at, sla__pg_functions, NULL);
    return result == SLA_OK ? note_version(at) : result;
}

/* Version 1 is the first: what is there is of this release, but for its functions. */
static int bring_up(session *at)
{
    if (at->version == 0)
        return sla__pg_error(at->error, SLA_ERR_NOT_FOUND,
                             "there is no schema: make it with 'sla db init'");
    return say_filled(at, sla__pg_functions, NULL);
}

/* -------------------------------------------------------------------- looking */

/* A sentence of ours for each row, the first is the error. */
static int complain(session *at, const PGresult *rows)
{
    const int count = PQntuples(rows);

    for (int i = 0; i < count && at->complaint != NULL; i++)
        at->complaint(at->context, PQgetvalue(rows, i, 0));
    return count == 0 ? SLA_OK
                      : sla__pg_error(at->error, SLA_ERR_REFUSED, "%s", PQgetvalue(rows, 0, 0));
}

static int ask(session *at, const char *question)
{
    PGresult *rows = NULL;
    int result = say_filled(at, question, &rows);

    if (result == SLA_OK)
        result = complain(at, rows);
    PQclear(rows);
    return result;
}

/* Of tables that are all there, and may be read. */
static int inspect_tables(session *at)
{
    const int result =
        say_filled(at,
                   "SELECT tenant, ticket, number, facts, live, next_at, due_at, state, open "
                   "FROM :\"schema\".ticket LIMIT 0; "
                   "SELECT number, imported FROM :\"schema\".event LIMIT 0; "
                   "SELECT seq, content FROM :\"schema\".fact LIMIT 0; "
                   "SELECT name, through FROM :\"schema\".consumer LIMIT 0; "
                   "SELECT consumer, number FROM :\"schema\".mark LIMIT 0; "
                   "SELECT number, adopted_at FROM :\"schema\".world LIMIT 0; "
                   "SELECT world, position, text FROM :\"schema\".document LIMIT 0; "
                   "SELECT incarnation, number, events FROM :\"schema\".writer LIMIT 0",
                   NULL);

    return result != SLA_OK ? result
                            : ask(at, "SELECT format('of the 64 parts %s are there', count(*)) "
                                      "FROM :\"schema\".shard HAVING count(*) <> 64");
}

static int inspect(session *at)
{
    int result;

    if (at->version == 0)
        return sla__pg_error(at->error, SLA_ERR_NOT_FOUND,
                             "there is no schema: make it with 'sla db init'");
    if (at->version < SLA__SCHEMA_VERSION)
        return sla__pg_error(at->error, SLA_ERR_STATE,
                             "the schema is older than this release: run 'sla db migrate'");
    result = ask(at, sla__pg_check);
    return result == SLA_OK ? inspect_tables(at) : result;
}

static int with_session(const sla_pg_options *options, int (*act)(session *at),
                        void (*complaint)(void *context, const char *text), void *context,
                        sla_error *error)
{
    sla_error own_error;
    session at = {
        .error = error != NULL ? error : &own_error, .complaint = complaint, .context = context};
    int result;

    memset(at.error, 0, sizeof *at.error);
    result = sla__pg_options_read(options, &at.options, at.error);
    if (result != SLA_OK)
        return result;
    at.allocator = sla__allocator_or_default(at.options.allocator);
    result = connect_it(&at);
    if (result == SLA_OK)
        result = look(&at);
    if (result == SLA_OK)
        result = act(&at);
    if (result == SLA_OK)
        result = say(&at, "COMMIT", NULL);
    PQfinish(at.connection); /* what is not committed is rolled back */
    return result;
}

int sla_store_pg_init(const sla_pg_options *options, sla_error *error)
{
    return with_session(options, make, NULL, NULL, error);
}

int sla_store_pg_migrate(const sla_pg_options *options, sla_error *error)
{
    return with_session(options, bring_up, NULL, NULL, error);
}

int sla_store_pg_check(const sla_pg_options *options,
                       void (*complaint)(void *context, const char *text), void *context,
                       sla_error *error)
{
    return with_session(options, inspect, complaint, context, error);
}
