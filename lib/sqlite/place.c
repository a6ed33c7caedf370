/* place.c - see place.h. */
#include "sqlite/place.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "sqlite/fail.h"

static sla__place find(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0
               ? (sla__place){true, (uint64_t)status.st_dev, (uint64_t)status.st_ino}
               : (sla__place){false, 0, 0};
}

static bool is_same(sla__place one, sla__place other)
{
    return one.known && other.known && one.device == other.device && one.inode == other.inode;
}

static sla__place find_log(const sla__database *database)
{
    char path[SLA__PATH_MAX + sizeof "-wal"];

    snprintf(path, sizeof path, "%s-wal", database->lock.path);
    return find(path);
}

bool sla__place_is_ours(const sla__database *database)
{
    int moved = 0;

    return sqlite3_file_control(database->handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved) !=
               SQLITE_OK ||
           !moved;
}

static int is_gone(const sla__database *database, sla_error *error)
{
    return sla__fail(error, SLA_ERR_STORE, database->lock.path,
                     "%.200s was removed or replaced while it was open: move it back, or stop the"
                     " service; nothing is written until then",
                     database->lock.path);
}

int sla__place_note(sla__database *database, sla_error *error)
{
    const sla__place now = find(database->lock.path);

    if (!sla__place_is_ours(database) || (database->file.known && !is_same(database->file, now)))
        return is_gone(database, error);
    database->file = now;
    database->log = find_log(database);
    return SLA_OK;
}

/* What the WAL holds goes into the file while it can still be read. */
static int lost_log(sla__database *database, sla_error *error)
{
    sqlite3_wal_checkpoint_v2(database->handle, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return sla__fail(error, SLA_ERR_STORE, database->lock.path,
                     "%.200s-wal was removed or replaced while it was open: stop the service,"
                     " which saves what was in it",
                     database->lock.path);
}

int sla__place_look(sla__database *database, sla_error *error)
{
    if (database->handle == NULL)
        return SLA_OK;
    if (!is_same(database->file, find(database->lock.path)))
        return is_gone(database, error);
    return is_same(database->log, find_log(database)) ? SLA_OK : lost_log(database, error);
}
