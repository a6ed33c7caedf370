/*
 * write.c - see write.h: a unit's key, its savepoint, marks and worlds.
 */
#include "sqlite/write.h"

#include <assert.h>
#include <string.h>

#include "sqlite/bind.h"
#include "sqlite/fail.h"
#include "store/document.h"

int sla__write_refuse(const sla__database *database, sla_error *error, const char *why)
{
    return sla__fail(error, SLA_ERR_REFUSED, database->lock.path, "%s", why);
}

/* A statement whose parameters are bound; `bound` says whether all of them could be. */
int sla__write_do(sla__database *database, sla__statement statement, bool bound, sla_error *error)
{
    return bound && sla__database_do(database, statement) == SQLITE_OK
               ? SLA_OK
               : sla__database_failed(database, error);
}

int sla__write_begin(sla__database *database, sla_error *error)
{
    sqlite3_stmt *const read = database->statements[SLA__SQL_LAST];

    if (database->last.known)
        return SLA_OK;
    if (sqlite3_step(read) != SQLITE_ROW) {
        sqlite3_reset(read);
        return sla__database_failed(database, error);
    }
    database->last.events = (uint64_t)sqlite3_column_int64(read, 0);
    database->last.worlds = (uint32_t)sqlite3_column_int64(read, 1);
    database->last.known = true;
    sqlite3_reset(read);
    return SLA_OK;
}

/* --------------------------------------------------------------------- marks */

static int write_mark(sla__database *database, const sla_stored_mark *mark, sla_error *error)
{
    static const sla__statement statements[] = {SLA__SQL_CONSUMER_PUT, SLA__SQL_MARKS_THROUGH,
                                                SLA__SQL_MARK_PUT};
    const uint64_t numbers[] = {mark->through, mark->through, mark->number};
    int result = SLA_OK;

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0] && result == SLA_OK; i++) {
        sqlite3_stmt *const put = database->statements[statements[i]];

        result = sla__write_do(database, statements[i],
                               sla__bind_string(put, 1, mark->consumer) == SQLITE_OK &&
                                   sla__bind_number(put, 2, numbers[i]) == SQLITE_OK,
                               error);
    }
    return result;
}

int sla__write_marks(sla__database *database, const sla_unit *unit, sla_error *error)
{
    int result = SLA_OK;

    for (size_t i = 0; i < unit->mark_count && result == SLA_OK; i++)
        result = write_mark(database, &unit->marks[i], error);
    return result;
}

/* --------------------------------------------------------------------- world */

static int write_document(sla__database *database, const sla_stored_world *world, size_t index,
                          sla_error *error)
{
    const sla_document *const document = &world->documents[index];
    sqlite3_stmt *const put = database->statements[SLA__SQL_DOCUMENT_PUT];
    sla__document_names names;

    sla__document_look(document->text, &names);
    return sla__write_do(database, SLA__SQL_DOCUMENT_PUT,
                         sla__bind_number(put, 1, world->number) == SQLITE_OK &&
                             sla__bind_number(put, 2, index + 1) == SQLITE_OK &&
                             sla__bind_string_or_null(put, 3, document->source) == SQLITE_OK &&
                             sla__bind_word(put, 4, names.kind) == SQLITE_OK &&
                             sla__bind_word(put, 5, names.name) == SQLITE_OK &&
                             sla__bind_word(put, 6, names.version) == SQLITE_OK &&
                             sla__bind_string(put, 7, document->text) == SQLITE_OK,
                         error);
}

int sla__write_world(sla__database *database, const sla_unit *unit, sla_error *error)
{
    const sla_stored_world *const world = unit->world;
    sqlite3_stmt *const put = database->statements[SLA__SQL_WORLD_PUT];
    int result;

    if (world == NULL)
        return SLA_OK;
    if (world->number != database->last.worlds + 1)
        return sla__write_refuse(database, error,
                                 "a fact of the world whose number does not follow the one before");
    result = sla__write_do(database, SLA__SQL_WORLD_PUT,
                           sla__bind_number(put, 1, world->number) == SQLITE_OK &&
                               sla__bind_time(put, 2, world->adopted_at) == SQLITE_OK,
                           error);
    for (size_t i = 0; i < world->count && result == SLA_OK; i++)
        result = write_document(database, world, i, error);
    database->last.worlds = world->number;
    return result;
}

/* ----------------------------------------------------------------------- key */

/* 128 bits, the first byte first. */
static void write_incarnation(const uint64_t service[2], unsigned char *bytes)
{
    for (int i = 0; i < 16; i++)
        bytes[i] = (unsigned char)(service[i / 8] >> (56 - i % 8 * 8));
}

static bool bind_incarnation(sqlite3_stmt *statement, const sla_unit *unit, unsigned char *bytes)
{
    write_incarnation(unit->service, bytes);
    return sqlite3_bind_blob(statement, 1, bytes, 16, SQLITE_STATIC) == SQLITE_OK;
}

/* The last unit of this incarnation, 0 for none.  False when SQLite fails. */
static bool read_key(sla__database *database, const sla_unit *unit, uint64_t *number_out,
                     sla_error *error)
{
    sqlite3_stmt *const read = database->statements[SLA__SQL_WRITER];
    unsigned char bytes[16];
    int code = SQLITE_NOMEM;

    if (bind_incarnation(read, unit, bytes))
        code = sqlite3_step(read);
    *number_out = code == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(read, 0) : 0;
    sqlite3_reset(read);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        sla__database_failed(database, error);
    return code == SQLITE_ROW || code == SQLITE_DONE;
}

static int write_key(sla__database *database, const sla_unit *unit, sla_error *error)
{
    sqlite3_stmt *const put = database->statements[SLA__SQL_WRITER_PUT];
    unsigned char bytes[16];

    return sla__write_do(database, SLA__SQL_WRITER_PUT,
                         bind_incarnation(put, unit, bytes) &&
                             sla__bind_number(put, 2, unit->number) == SQLITE_OK &&
                             sla__bind_time(put, 3, unit->decided_at) == SQLITE_OK &&
                             sla__bind_number(put, 4, database->last.events) == SQLITE_OK,
                         error);
}

/* With the first unit of an incarnation those go that ended long ago: no call of theirs is open.
 * The one that stays has the highest number of an event, the latest has decided. */
static int prune_writers(sla__database *database, const sla_unit *unit, sla_error *error)
{
    sqlite3_stmt *const prune = database->statements[SLA__SQL_WRITERS_PRUNE];
    unsigned char bytes[16];

    if (unit->number != 1)
        return SLA_OK;
    return sla__write_do(database, SLA__SQL_WRITERS_PRUNE, bind_incarnation(prune, unit, bytes),
                         error);
}

/* ---------------------------------------------------------------------- unit */

static int write_parts(sla__database *database, const sla_unit *unit, sla_error *error)
{
    int result = sla__write_world(database, unit, error);

    if (result == SLA_OK)
        result = sla__write_check_tickets(database, unit, error);
    if (result == SLA_OK)
        result = sla__write_facts(database, unit, error);
    if (result == SLA_OK)
        result = sla__write_events(database, unit, error);
    if (result == SLA_OK)
        result = sla__write_tickets(database, unit, error);
    if (result == SLA_OK)
        result = sla__write_marks(database, unit, error);
    if (result == SLA_OK)
        result = write_key(database, unit, error);
    return result == SLA_OK ? prune_writers(database, unit, error) : result;
}

static bool write_new(sla__database *database, const sla_unit *unit, int *result_out,
                      sla_error *error)
{
    const sla__last last = database->last;

    if (sla__database_do(database, SLA__SQL_UNIT_BEGIN) != SQLITE_OK) {
        *result_out = sla__database_failed(database, error);
        return false;
    }
    *result_out = write_parts(database, unit, error);
    if (*result_out == SLA_ERR_STORE)
        return false;
    if (*result_out != SLA_OK)
        database->last = last;
    if ((*result_out == SLA_OK || sla__database_do(database, SLA__SQL_UNIT_BACK) == SQLITE_OK) &&
        sla__database_do(database, SLA__SQL_UNIT_END) == SQLITE_OK)
        return true;
    sla__database_failed(database, error);
    return false;
}

bool sla__write_unit(sla__database *database, const sla_unit *unit, int *result_out,
                     sla_error *error)
{
    uint64_t written;

    if (!read_key(database, unit, &written, error))
        return false;
    *result_out = SLA_OK;
    if (unit->number == 0)
        *result_out = sla__write_refuse(database, error, "units are numbered from 1");
    else if (unit->number > written + 1)
        *result_out = sla__fail(error, SLA_ERR_STORE, database->lock.path,
                                "the unit before is not on the record");
    return *result_out != SLA_OK || unit->number <= written ||
           write_new(database, unit, result_out, error);
}
