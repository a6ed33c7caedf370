/* database.c - the schema is made, brought up to date, or looked at (`sla db`). */
#include <sla/pg.h>

#include <stdio.h>

#include "base/alloc.h"
#include "pg/errors.h"
#include "pg/session.h"
#include "pg/statements.h"
#include "store/questions.h"
#include "store/schema.h"

extern const char sla__pg_schema[], sla__pg_views[], sla__pg_functions[], sla__pg_check[];

/* What check.sql complains of: its first column. */
enum { LOST_TABLE = 4, MISSING_VIEW = 5, MISSING_FUNCTION = 7, NO_RIGHT = 8, WRONG_COLUMN = 10 };

/* Over all rows: as long as the server works at it. */
enum { QUESTION_MS = 3600000 };

/* Who hears what a check finds. */
typedef struct listener {
    void (*complaint)(void *context, const char *text);
    void *context;
    int count;
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
    listener *const to = at->work;
    const int count = PQntuples(rows), said = PQnfields(rows) - 1;

    for (int i = 0; i < count && to->count < SLA__COMPLAINTS_MAX; i++, to->count++)
        if (to->complaint != NULL)
            to->complaint(to->context, PQgetvalue(rows, i, said));
    return count == 0 ? SLA_OK
                      : sla__pg_error(at->error, SLA_ERR_REFUSED, "%s", PQgetvalue(rows, 0, said));
}

/* Whether a service could run here.  `readable_out`: the tables are all there to be read. */
static int inspect_schema(sla__pg_session *at, bool *readable_out)
{
    PGresult *rows = NULL;
    int result = sla__pg_say_filled(at, sla__pg_check, NULL, &rows);

    *readable_out = result == SLA_OK && find_complaint(rows, LOST_TABLE, LOST_TABLE) == NULL &&
                    find_complaint(rows, NO_RIGHT, NO_RIGHT) == NULL &&
                    find_complaint(rows, WRONG_COLUMN, WRONG_COLUMN) == NULL;
    if (result == SLA_OK)
        result = complain(at, rows);
    PQclear(rows);
    return result;
}

/* What does not hold between the rows, all of them as they are at one moment. */
static int inspect_rows(sla__pg_session *at)
{
    static const char *const questions[] = {
#define SLA__QUESTION_(text) "SELECT * FROM (" text ") AS question LIMIT 100",
        SLA__QUESTIONS(SLA__QUESTION_, ":\"schema\".")
#undef SLA__QUESTION_
    };
    const listener *const to = at->work;
    int worst = SLA_OK;

    at->answer_ms = QUESTION_MS;
    for (size_t i = 0; i < sizeof questions / sizeof *questions && to->count < SLA__COMPLAINTS_MAX;
         i++) {
        PGresult *rows = NULL;
        int result = sla__pg_say_filled(at, questions[i], NULL, &rows);

        if (result != SLA_OK)
            return result;
        result = complain(at, rows);
        worst = result != SLA_OK ? result : worst;
        PQclear(rows);
    }
    return worst;
}

static int look(sla__pg_session *at)
{
    bool is_readable;
    const int result = sla__pg_schema_is_ours(at);

    return result == SLA_OK ? inspect_schema(at, &is_readable) : result;
}

static int check(sla__pg_session *at)
{
    bool is_readable;
    int result = sla__pg_schema_is_ours(at), rows;

    if (result != SLA_OK)
        return result;
    result = inspect_schema(at, &is_readable);
    if (!is_readable)
        return result;
    rows = sla__pg_begin_reading(at);
    if (rows == SLA_OK)
        rows = inspect_rows(at);
    return rows != SLA_OK ? rows : result;
}

int sla_store_pg_init(const sla_pg_options *options, sla_error *error)
{
    return sla__pg_with_session(options, make, NULL, error);
}

int sla_store_pg_migrate(const sla_pg_options *options, sla_error *error)
{
    return sla__pg_with_session(options, bring_up, NULL, error);
}

int sla_store_pg_look(const sla_pg_options *options,
                      void (*complaint)(void *context, const char *text), void *context,
                      sla_error *error)
{
    listener to = {complaint, context, 0};

    return sla__pg_with_session(options, look, &to, error);
}

int sla_store_pg_check(const sla_pg_options *options,
                       void (*complaint)(void *context, const char *text), void *context,
                       sla_error *error)
{
    listener to = {complaint, context, 0};

    return sla__pg_with_session(options, check, &to, error);
}
