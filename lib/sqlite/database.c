/* database.c - see database.h. */
#include "sqlite/database.h"

#include <stdio.h>
#include <string.h>

#include "sqlite/fail.h"
#include "sqlite/place.h"

/* What is waited for: another connection, for so long; in steps. */
enum { BUSY_MS = 5000, STEP_MS = 20 };

static const char *const texts[] = {
#define SLA__STATEMENT_(name, text) text,
    SLA__STATEMENT_MAP(SLA__STATEMENT_)
#undef SLA__STATEMENT_
};

/* ---------------------------------------------------------------- connecting */

/* What helps, or what it may be. */
static const char *advice_on(int code)
{
    if ((code & 0xff) == SQLITE_CORRUPT)
        return "; `sla db check` says what is damaged";
    if (code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_TRUNCATE)
        return "; the file may not grow (a limit of size, ulimit -f), or the disk fails";
    return "";
}

int sla__database_failed(const sla__database *database, sla_error *error)
{
    const int code = sqlite3_extended_errcode(database->handle);
    const int result = sla__fail_of_sqlite(code);

    return sla__fail(error, result != SLA_OK ? result : SLA_ERR_STORE, database->lock.path,
                     "%.200s: %s (SQLite's code %d)%s", database->lock.path,
                     sqlite3_errmsg(database->handle), code, advice_on(code));
}

int sla__database_unreadable(const sla__database *database, sla_error *error)
{
    if ((sqlite3_errcode(database->handle) & 0xff) == SQLITE_NOTADB)
        return sla__fail(error, SLA_ERR_STATE, database->lock.path, "%.200s is no database",
                         database->lock.path);
    return sla__database_failed(database, error);
}

/*
 * A schema that is not trusted may use harmless functions only, and SQLite before 3.41 does
 * not know that those of JSON are.  Nothing runs here: the column is refused, or not,
 * when it is prepared.
 */
static bool json_is_harmless(sqlite3 *handle)
{
    sqlite3_stmt *statement = NULL;
    const int code = sqlite3_prepare_v2(
        handle, "CREATE TABLE probe (a, b GENERATED ALWAYS AS (json_type(a)) VIRTUAL)", -1,
        &statement, NULL);

    sqlite3_finalize(statement);
    return code == SQLITE_OK;
}

/* Nothing that the file says can make this connection do more than it was made for: it has
 * no functions but SQLite's own, and loads none. */
static int defend(sqlite3 *handle)
{
    static const struct setting {
        int option, value;
    } settings[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},          {SQLITE_DBCONFIG_DQS_DDL, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},   {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
        {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0},
    };
    int code = SQLITE_OK;

    for (size_t i = 0; i < sizeof settings / sizeof settings[0] && code == SQLITE_OK; i++)
        code = sqlite3_db_config(handle, settings[i].option, settings[i].value, (int *)NULL);
    if (code == SQLITE_OK && !json_is_harmless(handle))
        code = sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1, (int *)NULL);
    return code;
}

/* Pages that tickets share are written again and again: the log goes into the file at 16 MiB,
 * a quarter as often as usual. */
static int configure(sqlite3 *handle)
{
    int code = sqlite3_extended_result_codes(handle, 1);

    if (code == SQLITE_OK)
        code = sqlite3_busy_timeout(handle, BUSY_MS);
    if (code == SQLITE_OK)
        code = defend(handle);
    return code != SQLITE_OK ? code
                             : sqlite3_exec(handle,
                                            "PRAGMA synchronous = FULL;"
                                            "PRAGMA cell_size_check = ON;"
                                            "PRAGMA mmap_size = 0;"
                                            "PRAGMA temp_store = MEMORY;"
                                            "PRAGMA cache_size = -16384;"
                                            "PRAGMA wal_autocheckpoint = 4000;"
                                            "PRAGMA journal_size_limit = 67108864",
                                            NULL, NULL, NULL);
}

/* One word of the file about itself; "" and false when SQLite fails, be it after the word. */
static bool ask_word(sqlite3 *handle, const char *text, char *word, size_t size)
{
    sqlite3_stmt *statement = NULL;

    word[0] = '\0';
    if (sqlite3_prepare_v2(handle, text, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        snprintf(word, size, "%s", (const char *)sqlite3_column_text(statement, 0));
    if (sqlite3_finalize(statement) == SQLITE_OK)
        return true;
    word[0] = '\0';
    return false;
}

/* Said, and read once: only who reads keeps others from switching it back. */
static bool is_wal(sqlite3 *handle)
{
    char mode[16], ignored[16];

    ask_word(handle, "PRAGMA journal_mode = WAL", mode, sizeof mode);
    if (strcmp(mode, "wal") != 0 ||
        !ask_word(handle, "SELECT count(*) FROM sqlite_schema", ignored, sizeof ignored))
        return false;
    ask_word(handle, "PRAGMA journal_mode", mode, sizeof mode);
    return strcmp(mode, "wal") == 0;
}

/* A reader of a file that is no WAL yet hinders the switch for as long as it reads. */
static int use_wal(sla__database *database, sla_error *error)
{
    int code = SQLITE_OK;

    for (int waited = 0; waited <= BUSY_MS; waited += STEP_MS) {
        if (is_wal(database->handle))
            return SLA_OK;
        code = sqlite3_errcode(database->handle) & 0xff;
        if (code != SQLITE_BUSY && code != SQLITE_LOCKED && code != SQLITE_OK)
            return sla__database_failed(database, error);
        if (code == SQLITE_OK && waited >= BUSY_MS / 10)
            break;
        sqlite3_sleep(STEP_MS);
    }
    if (code != SQLITE_OK)
        return sla__fail(error, SLA_ERR_BUSY, database->lock.path,
                         "%.200s is being read by somebody else, and cannot be opened until that"
                         " ends",
                         database->lock.path);
    return sla__fail(error, SLA_ERR_STORE, database->lock.path,
                     "%.200s: the file system has no shared memory for a WAL", database->lock.path);
}

static int prepare(sla__database *database, sla_error *error)
{
    for (size_t i = 0; i < SLA__STATEMENT_COUNT; i++)
        if (sqlite3_prepare_v3(database->handle, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &database->statements[i], NULL) != SQLITE_OK)
            return sla__database_failed(database, error);
    return SLA_OK;
}

static int open_it(sla__database *database, int flags)
{
    const int code =
        sqlite3_open_v2(database->lock.path, &database->handle, flags | SQLITE_OPEN_NOMUTEX, NULL);

    return code == SQLITE_OK ? configure(database->handle) : code;
}

static int connect(sla__database *database, sla__connect_how how, sla_error *error)
{
    const bool makes = how == SLA__CONNECT_MAKE || how == SLA__CONNECT_INIT;
    const bool serves = how == SLA__CONNECT_MAKE || how == SLA__CONNECT_KEEP;
    int result;

    if (open_it(database, SQLITE_OPEN_READWRITE | (makes ? SQLITE_OPEN_CREATE : 0)) != SQLITE_OK)
        return sla__database_unreadable(database, error);
    result = makes ? sla__schema_make(database, error) : sla__schema_look(database, error);
    if (result == SLA_OK && how == SLA__CONNECT_INIT)
        result = sla__schema_mend(database, error);
    if (result == SLA_OK && serves)
        result = use_wal(database, error);
    if (result == SLA_OK && serves)
        result = sla__place_note(database, error);
    return result == SLA_OK && serves ? prepare(database, error) : result;
}

/* What is damaged is looked at all the same.  A check that may write makes a WAL of it, so that it
 * keeps no service from starting. */
int sla__database_look(sla__database *database, sla_error *error)
{
    const bool writes = sla__lock_may_write(&database->lock, NULL) == SLA_OK;
    int code = sla__lock_may_read(&database->lock, error);

    if (code != SLA_OK)
        return code;
    code = open_it(database, writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
    if (!writes && (code & 0xff) == SQLITE_CANTOPEN)
        return sla__fail(error, SLA_ERR_STORE, database->lock.path,
                         "%.200s has a WAL still, which only who may write the file and its folder"
                         " can take in: check it as such an account",
                         database->lock.path);
    if (code != SQLITE_OK && (code & 0xff) != SQLITE_CORRUPT)
        return sla__database_unreadable(database, error);
    if (writes && sla__schema_is_ours(database))
        (void)is_wal(database->handle);
    return SLA_OK;
}

int sla__database_connect(sla__database *database, sla__connect_how how, sla_error *error)
{
    int result;

    if (database->handle != NULL)
        return SLA_OK;
    if (!sqlite3_threadsafe())
        return sla__fail(error, SLA_ERR_STORE, database->lock.path,
                         "this SQLite was built without threads");
    result = connect(database, how, error);
    if (result != SLA_OK)
        sla__database_disconnect(database);
    return result;
}

void sla__database_disconnect(sla__database *database)
{
    for (size_t i = 0; i < SLA__STATEMENT_COUNT; i++)
        sqlite3_finalize(database->statements[i]);
    memset(database->statements, 0, sizeof database->statements);
    sqlite3_close(database->handle);
    database->handle = NULL;
    memset(&database->last, 0, sizeof database->last);
}

void sla__database_leave(sla__database *database)
{
    char mode[16];

    for (size_t i = 0; i < SLA__STATEMENT_COUNT; i++) {
        sqlite3_finalize(database->statements[i]);
        database->statements[i] = NULL;
    }
    if (database->handle != NULL && sqlite3_get_autocommit(database->handle) &&
        sqlite3_db_readonly(database->handle, "main") == 0 && sla__place_is_ours(database) &&
        sla__schema_is_ours(database)) {
        sqlite3_busy_timeout(database->handle, 0);
        ask_word(database->handle, "PRAGMA journal_mode = DELETE", mode, sizeof mode);
    }
    sla__database_disconnect(database);
}

int sla__database_init(sla__database *database, const sla_allocator *allocator, const char *path,
                       bool existing, sla_error *error)
{
    memset(database, 0, sizeof *database);
    database->allocator = *allocator;
    sla__text_init(&database->text, allocator);
    return sla__lock_find(&database->lock, path, existing, error);
}

int sla__database_take(sla__database *database, sla_error *error)
{
    const int result = sla__lock_may_write(&database->lock, error);

    return result == SLA_OK ? sla__lock_take(&database->lock, error) : result;
}

/* The connection goes first: the lock says that there is none. */
void sla__database_fini(sla__database *database)
{
    sla__database_disconnect(database);
    sla__lock_fini(&database->lock);
    sla__text_fini(&database->text);
}

/* ------------------------------------------------------------------- running */

int sla__database_text(sla__database *database, const char *text)
{
    return sqlite3_exec(database->handle, text, NULL, NULL, NULL);
}

int sla__database_do(sla__database *database, sla__statement statement)
{
    sqlite3_stmt *const prepared = database->statements[statement];
    const int code = sqlite3_step(prepared);

    sqlite3_reset(prepared);
    return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : code;
}

void sla__database_roll_back(sla__database *database)
{
    memset(&database->last, 0, sizeof database->last);
    if (sqlite3_get_autocommit(database->handle)) /* SQLite has done it by itself */
        return;
    if (sla__database_do(database, SLA__SQL_ROLLBACK) != SQLITE_OK &&
        !sqlite3_get_autocommit(database->handle))
        sla__database_disconnect(database);
}
