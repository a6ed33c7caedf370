/*
 * schema.c - the tables of a file: made, looked at, checked for who made them.
 */
#include "sqlite/database.h"
#include "sqlite/fail.h"
#include "store/schema.h"

/* lib/sqlite/schema.sql */
extern const char sla__sqlite_schema[];

/* PRAGMA application_id of our files, "sla1" as bytes; said again where it is set. */
enum { APPLICATION = 0x736c6131 };

/* The first column of the first row of a text that has one row; -1 when SQLite fails. */
static int64_t ask_number(const sla__database *database, const char *text)
{
    sqlite3_stmt *statement = NULL;
    int64_t number = -1;

    if (sqlite3_prepare_v2(database->handle, text, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        number = sqlite3_column_int64(statement, 0);
    return sqlite3_finalize(statement) == SQLITE_OK ? number : -1;
}

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

int sla__schema_look(sla__database *database, sla_error *error)
{
    const int64_t application = ask_number(database, "PRAGMA application_id");
    int64_t version, fold;

    if (application < 0)
        return sla__database_unreadable(database, error);
    if (application != APPLICATION)
        return sla__fail(error, SLA_ERR_STATE, database->lock.path,
                         "%.200s is a database of something else", database->lock.path);
    version = ask_number(database, "SELECT max(version) FROM schema_version");
    fold = ask_number(database, "SELECT max(fold) FROM schema_version");
    return version < 0 || fold < 0 ? sla__database_unreadable(database, error)
                                   : compare_versions(database, version, fold, error);
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

static int make(sla__database *database, sla_error *error)
{
    int code = sla__database_text(database, "BEGIN IMMEDIATE; PRAGMA application_id = 1936482609");
    int result;

    if (code == SQLITE_OK)
        code = sla__database_text(database, sla__sqlite_schema);
    if (code == SQLITE_OK)
        code = write_version(database);
    if (code == SQLITE_OK)
        code = sla__database_text(database, "COMMIT");
    if (code == SQLITE_OK)
        return SLA_OK;
    result = sla__database_failed(database, error);
    if (!sqlite3_get_autocommit(database->handle))
        sla__database_text(database, "ROLLBACK");
    return result;
}

int sla__schema_make(sla__database *database, sla_error *error)
{
    const int64_t things = ask_number(database, "SELECT count(*) FROM sqlite_schema");

    if (things < 0)
        return sla__database_unreadable(database, error);
    return things == 0 ? make(database, error) : sla__schema_look(database, error);
}
