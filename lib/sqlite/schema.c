/*
 * schema.c - the tables of a file: made, looked at, checked for who made them.
 */
#include "sqlite/database.h"

#include <stdio.h>
#include <string.h>

#include "sqlite/fail.h"
#include "store/schema.h"

/* lib/sqlite/schema.sql */
extern const char sla__sqlite_schema[];

/* PRAGMA application_id of our files, "sla1" as bytes; said again where it is set. */
enum { APPLICATION = 0x736c6131 };

/* What no statement here answers. */
static const int64_t FAILED = INT64_MIN;

/* The first column of the first row of a text that has one row. */
static int64_t ask_number(const sla__database *database, const char *text)
{
    sqlite3_stmt *statement = NULL;
    int64_t number = FAILED;

    if (sqlite3_prepare_v2(database->handle, text, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        number = sqlite3_column_int64(statement, 0);
    return sqlite3_finalize(statement) == SQLITE_OK ? number : FAILED;
}

/* ------------------------------------------------------------------------- whose it is */

static int64_t ask_application(const sla__database *database)
{
    return ask_number(database, "PRAGMA application_id");
}

bool sla__schema_is_ours(const sla__database *database)
{
    return ask_application(database) == APPLICATION;
}

/* Nobody's, with nothing in it: a file that is to become ours. */
static bool is_new(const sla__database *database, int64_t application)
{
    return application == 0 && ask_number(database, "SELECT count(*) FROM sqlite_schema") == 0;
}

static int somebody_elses(const sla__database *database, int64_t application, sla_error *error)
{
    const char *const path = database->lock.path;

    if (application == 0)
        return sla__fail(error, SLA_ERR_STATE, path, "%.200s is a database of something else",
                         path);
    return sla__fail(error, SLA_ERR_STATE, path,
                     "%.200s is a database of something else: its application_id is 0x%08x", path,
                     (unsigned)application);
}

/* ------------------------------------------------------------------------ of which release */

static int compare_versions(const sla__database *database, int64_t version, int64_t fold,
                            sla_error *error)
{
    const char *const path = database->lock.path;

    if (version > SLA__SCHEMA_VERSION || fold > SLA__FOLD_VERSION)
        return sla__fail(error, SLA_ERR_NEWER, path,
                         "%.200s was made by a newer release (tables of version %d, rules of"
                         " version %d; this one knows %d and %d)",
                         path, (int)version, (int)fold, SLA__SCHEMA_VERSION, SLA__FOLD_VERSION);
    if (version < SLA__SCHEMA_VERSION)
        return sla__fail(error, SLA_ERR_STATE, path,
                         "%.200s was made by an older release (tables of version %d, this one"
                         " wants %d): `sla db migrate` brings it up",
                         path, (int)version, SLA__SCHEMA_VERSION);
    return SLA_OK;
}

static int look_at_version(sla__database *database, sla_error *error)
{
    const char *const path = database->lock.path;
    const int64_t steps = ask_number(database, "SELECT count(*) FROM schema_version");
    int64_t version, fold;

    if (steps == 0)
        return sla__fail(error, SLA_ERR_STORE, path,
                         "%.200s is damaged: schema_version has no row: take it from a copy of the"
                         " file",
                         path);
    version = ask_number(database, "SELECT max(version) FROM schema_version");
    fold = ask_number(database, "SELECT max(fold) FROM schema_version");
    if (steps != FAILED && version != FAILED && fold != FAILED)
        return compare_versions(database, version, fold, error);
    return sla__schema_lost(database, error) ? SLA_ERR_STORE
                                             : sla__database_unreadable(database, error);
}

int sla__schema_look(sla__database *database, sla_error *error)
{
    const int64_t application = ask_application(database);
    int result;

    if (application == FAILED)
        return sla__database_unreadable(database, error);
    if (is_new(database, application))
        return sla__fail(error, SLA_ERR_NOT_FOUND, database->lock.path,
                         "%.200s has no tables yet: `sla db init` makes them", database->lock.path);
    if (application != APPLICATION)
        return somebody_elses(database, application, error);
    result = look_at_version(database, error);
    return result == SLA_OK && sla__schema_lost(database, error) ? SLA_ERR_STORE : result;
}

/* ---------------------------------------------------------------------- making */

static int write_version(sla__database *database)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(
        database->handle,
        "INSERT INTO schema_version (version, fold, applied_at) VALUES"
        " (?1, ?2, CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER))",
        -1, &statement, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_bind_int(statement, 1, SLA__SCHEMA_VERSION);
    if (code == SQLITE_OK)
        code = sqlite3_bind_int(statement, 2, SLA__FOLD_VERSION);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement) == SQLITE_DONE ? SQLITE_OK : SQLITE_ERROR;
    sqlite3_finalize(statement);
    return code;
}

static int make_all(sla__database *database)
{
    int code = sla__database_text(database, "PRAGMA application_id = 1936482609");

    if (code == SQLITE_OK)
        code = sla__database_text(database, sla__sqlite_schema);
    return code == SQLITE_OK ? write_version(database) : code;
}

/* Ends the transaction: with COMMIT where all is well. */
static int end(sla__database *database, int code, sla_error *error)
{
    int result;

    if (code == SQLITE_OK)
        code = sla__database_text(database, "COMMIT");
    if (code == SQLITE_OK)
        return SLA_OK;
    result = sla__database_failed(database, error);
    if (!sqlite3_get_autocommit(database->handle))
        sla__database_text(database, "ROLLBACK");
    return result;
}

/* Two at once: the second finds the tables of the first. */
static int make(sla__database *database, sla_error *error)
{
    int code = sla__database_text(database, "BEGIN IMMEDIATE");

    if (code == SQLITE_OK && ask_number(database, "SELECT count(*) FROM sqlite_schema") == 0)
        code = make_all(database);
    return end(database, code, error);
}

int sla__schema_make(sla__database *database, sla_error *error)
{
    const int result = is_new(database, ask_application(database)) ? make(database, error) : SLA_OK;

    return result == SLA_OK ? sla__schema_look(database, error) : result;
}

/* -------------------------------------------------------------------- what is missing */

typedef struct thing {
    bool is_table;
    int length;
    const char *name, *statement, *end; /* in the schema's text */
} thing;

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* The next CREATE of the schema's text: each begins its line, and ends one. */
static bool next_thing(const char **at, thing *found)
{
    static const char *const kinds[] = {"CREATE TABLE ", "CREATE VIEW ", "CREATE INDEX "};

    for (const char *line = *at; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
            if (begins(line, kinds[i])) {
                const char *const name = line + strlen(kinds[i]);
                const char *const last = strstr(name, ";\n");

                *found = (thing){i == 0, (int)strcspn(name, " \n("), name, line,
                                 last != NULL ? last + 1 : name + strlen(name)};
                *at = found->end;
                return true;
            }
    }
    return false;
}

static bool is_there(const sla__database *database, const thing *sought)
{
    char question[200];

    snprintf(question, sizeof question, "SELECT count(*) FROM sqlite_schema WHERE name = '%.*s'",
             sought->length, sought->name);
    return ask_number(database, question) != 0;
}

static const char lost_table[] =
    "the table %.*s is missing: what was in it comes back from a copy of the file only";

size_t sla__schema_missing(const sla__database *database,
                           void (*missing)(void *context, const char *text), void *context)
{
    const char *at = sla__sqlite_schema;
    size_t count = 0;
    thing each;

    while (next_thing(&at, &each)) {
        char text[200];

        if (is_there(database, &each))
            continue;
        snprintf(text, sizeof text,
                 each.is_table ? lost_table : "%.*s is missing: `sla db init` makes it again",
                 each.length, each.name);
        missing(context, text);
        count += each.is_table;
    }
    return count;
}

bool sla__schema_lost(const sla__database *database, sla_error *error)
{
    const char *at = sla__sqlite_schema;
    char text[200];
    thing each;

    while (next_thing(&at, &each)) {
        if (!each.is_table || is_there(database, &each))
            continue;
        snprintf(text, sizeof text, lost_table, each.length, each.name);
        sla__fail(error, SLA_ERR_STORE, database->lock.path, "%.200s: %s", database->lock.path,
                  text);
        return true;
    }
    return false;
}

static int create(sla__database *database, const thing *lost)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(database->handle, lost->statement,
                                  (int)(lost->end - lost->statement), &statement, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_step(statement) == SQLITE_DONE ? SQLITE_OK : SQLITE_ERROR;
    sqlite3_finalize(statement);
    return code;
}

int sla__schema_mend(sla__database *database, sla_error *error)
{
    const char *at = sla__sqlite_schema;
    int code = sla__database_text(database, "BEGIN IMMEDIATE");
    thing each;

    while (code == SQLITE_OK && next_thing(&at, &each))
        if (!each.is_table && !is_there(database, &each))
            code = create(database, &each);
    return end(database, code, error);
}
