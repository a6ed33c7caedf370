/* session.c - see session.h. */
#include "pg/session.h"

#include <poll.h>
#include <string.h>

#include "pg/connection.h"
#include "pg/errors.h"
#include "pg/options.h"
#include "pg/statements.h"
#include "store/schema.h"

enum { CONNECT_MS = 5000, ANSWER_MS = 60000, OLDEST_SERVER = 140000 };

static int wait_for(const sla__pg_session *at, bool reading, int milliseconds)
{
    struct pollfd polled = {PQsocket(at->connection), reading ? POLLIN : POLLOUT, 0};

    return polled.fd < 0 ? -1 : poll(&polled, 1, milliseconds);
}

/* -------------------------------------------------------------------- a session */

static int connect_it(sla__pg_session *at)
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

        if (failed || wait_for(at, polling == PGRES_POLLING_READING, limit) <= 0)
            return sla__pg_connection_error(at->connection, !failed, at->error);
        polling = PQconnectPoll(at->connection);
    }
    if (PQserverVersion(at->connection) < OLDEST_SERVER)
        return sla__pg_error(at->error, SLA_ERR_REFUSED, "the server is older than PostgreSQL 14");
    return SLA_OK;
}

/* Waits for the next result.  NULL: there are no more, or the server says nothing. */
static PGresult *next_result(sla__pg_session *at)
{
    while (PQisBusy(at->connection))
        if (wait_for(at, true, at->answer_ms) <= 0 || PQconsumeInput(at->connection) != 1)
            return NULL;
    return PQgetResult(at->connection);
}

/* What an error of the server is to a caller. */
static int result_of(sla__pg_session *at, const PGresult *failure)
{
    const int meant = sla__pg_failure(failure, at->error);

    return meant == SLA__PG_LOOK_CLOSER ? SLA_ERR_REFUSED : meant > 0 ? SLA_ERR_STORE : meant;
}

int sla__pg_hear(sla__pg_session *at, bool sent, PGresult **last_out)
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

int sla__pg_say(sla__pg_session *at, const char *text, PGresult **last_out)
{
    return sla__pg_hear(at, PQsendQuery(at->connection, text) == 1, last_out);
}

int sla__pg_say_filled(sla__pg_session *at, const char *text, const sla__table *table,
                       PGresult **last_out)
{
    char *const filled = sla__pg_fill_in(&at->allocator, text, table, at->options.schema);
    const int result = filled != NULL ? sla__pg_say(at, filled, last_out) : SLA_ERR_NOMEM;

    sla__free(&at->allocator, filled);
    return result;
}

int sla__pg_begin_reading(sla__pg_session *at)
{
    const int result = sla__pg_say(at, "COMMIT", NULL);

    return result == SLA_OK
               ? sla__pg_say(at, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", NULL)
               : result;
}

/* --------------------------------------------------------------------- the schema */

int64_t sla__pg_number_in(const char *digits)
{
    int64_t number = 0;

    for (; *digits >= '0' && *digits <= '9'; digits++)
        number = number * 10 + *digits - '0';
    return number;
}

static int damaged(const sla__pg_session *at)
{
    return sla__pg_error(at->error, SLA_ERR_STORE,
                         "there are tables in the schema, and no version of libsla's in "
                         "schema_version: take it from a backup, or choose another schema");
}

/* Which schema is there.  The transaction is begun and holds the lock of this schema. */
static int look(sla__pg_session *at)
{
    PGresult *found = NULL;
    int result = sla__pg_say_filled(
        at,
        "BEGIN; "
        "SELECT pg_advisory_xact_lock(hashtextextended('libsla ' || ':\"schema\"', 0)); "
        "SELECT to_regclass(':\"schema\".schema_version') IS NOT NULL, "
        "current_setting('server_encoding') = 'UTF8', "
        "to_regclass(':\"schema\".ticket') IS NOT NULL",
        NULL, &found);
    bool is_there, has_tickets;

    if (result != SLA_OK)
        return result;
    is_there = PQgetvalue(found, 0, 0)[0] == 't';
    has_tickets = PQgetvalue(found, 0, 2)[0] == 't';
    if (PQgetvalue(found, 0, 1)[0] != 't')
        result = sla__pg_error(at->error, SLA_ERR_REFUSED,
                               "the encoding of the database is not UTF8: make one with "
                               "CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0");
    else if (!is_there && has_tickets)
        result = damaged(at);
    PQclear(found);
    if (result != SLA_OK || !is_there)
        return result;
    result = sla__pg_say_filled(
        at,
        "SELECT coalesce(max(version), 0), coalesce(max(fold), 0) FROM :\"schema\".schema_version",
        NULL, &found);
    if (result != SLA_OK)
        return result;
    at->version = sla__pg_number_in(PQgetvalue(found, 0, 0));
    at->fold = sla__pg_number_in(PQgetvalue(found, 0, 1));
    PQclear(found);
    if (at->version == 0)
        return damaged(at);
    if (at->version > SLA__SCHEMA_VERSION || at->fold > SLA__FOLD_VERSION)
        return sla__pg_error(at->error, SLA_ERR_NEWER,
                             "the schema was made by a newer release of libsla");
    return SLA_OK;
}

int sla__pg_schema_is_ours(const sla__pg_session *at)
{
    if (at->version == 0)
        return sla__pg_error(at->error, SLA_ERR_NOT_FOUND,
                             "there is no schema: make it with 'sla db init'");
    if (at->version < SLA__SCHEMA_VERSION)
        return sla__pg_error(at->error, SLA_ERR_STATE,
                             "the schema is older than this release: run 'sla db migrate'");
    return SLA_OK;
}

int sla__pg_with_session(const sla_pg_options *options, int (*act)(sla__pg_session *at), void *work,
                         sla_error *error)
{
    sla_error own_error;
    sla__pg_session at = {
        .error = error != NULL ? error : &own_error, .answer_ms = ANSWER_MS, .work = work};
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
        result = sla__pg_say(&at, "COMMIT", NULL);
    PQfinish(at.connection); /* what is not committed is rolled back */
    return result;
}
