/*
 * group.c - units that came one behind the other, in one transaction.
 *
 * What fails for another reason than a unit's content (the disk, memory) ends the
 * transaction, and none of the group is on the record as far as anybody may know:
 * all are to be asked again, with their keys.
 */
#include "sqlite/handle.h"

#include "sqlite/fail.h"
#include "sqlite/place.h"
#include "sqlite/write.h"

static int fence(sla__database *database, sla_error *error)
{
    sqlite3_stmt *const epoch = database->statements[SLA__SQL_EPOCH];
    bool is_ours;

    if (sqlite3_step(epoch) != SQLITE_ROW) {
        sqlite3_reset(epoch);
        return sla__database_failed(database, error);
    }
    is_ours = sqlite3_column_int64(epoch, 0) == database->epoch;
    sqlite3_reset(epoch);
    if (is_ours)
        return SLA_OK;
    database->epoch = 0;
    return sla__fail(error, SLA_ERR_FENCED, database->lock.path,
                     "another service has opened %.200s", database->lock.path);
}

/* SLA_OK; SLA_ERR_FENCED; SLA_ERR_STORE. */
static int begin(sla__database *database, sla_error *error)
{
    int result = sla__database_connect(database, SLA__CONNECT_KEEP, error);

    if (result == SLA_OK)
        result = sla__place_look(database, error);
    if (result != SLA_OK)
        return result;
    if (database->epoch == 0)
        return sla__fail(error, SLA_ERR_FENCED, database->lock.path,
                         "what open took has been given back");
    if (sla__database_do(database, SLA__SQL_BEGIN) != SQLITE_OK)
        return sla__database_failed(database, error);
    result = fence(database, error);
    return result == SLA_OK ? sla__write_begin(database, error) : result;
}

/* True: each has its answer.  What was committed counts if the file is there still: looked at
 * before, so that nothing is written into a WAL that another file has by now, and after. */
static bool write_all(sla__database *database, sla__ask *const *asks, size_t count,
                      sla_error *error)
{
    for (size_t i = 0; i < count; i++)
        if (!sla__write_unit(database, &asks[i]->unit, &asks[i]->done.result, &asks[i]->error)) {
            *error = asks[i]->error;
            return false;
        }
    if (sla__database_do(database, SLA__SQL_COMMIT) == SQLITE_OK)
        return sla__place_look(database, error) == SLA_OK;
    sla__database_failed(database, error);
    return false;
}

void sla__answer_commits(sla__database *database, sla__ask *const *asks, size_t count)
{
    sla_error error = {0};
    int result = begin(database, &error);

    if (result == SLA_OK && write_all(database, asks, count, &error))
        return;
    if (database->handle != NULL)
        sla__database_roll_back(database);
    for (size_t i = 0; i < count; i++) {
        asks[i]->done.result = result != SLA_OK ? result : SLA_ERR_STORE;
        asks[i]->error = error;
        asks[i]->error.code = asks[i]->done.result;
    }
}
