/* test_vfs.c - see test_vfs.h. */
#include "test_vfs.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "support/check.h"

static test_vfs_hook watching;
static sqlite3_vfs *original;
static sqlite3_vfs watched;

/* A write, or a truncation (no new bytes), that is not synced. */
typedef struct unsynced {
    struct unsynced *before;
    sqlite3_int64 at, size_before;
    int old_count, new_count;
    unsigned char bytes[]; /* old ones, new ones */
} unsynced;

/* The original's own file lies behind it. */
typedef struct watched_file {
    sqlite3_file base;
    test_vfs_file kind;
    sqlite3_file *inner;
    unsynced *last; /* while power may fail */
    struct watched_file *next_open;
} watched_file;

static bool power_may_fail;
static pthread_mutex_t power = PTHREAD_MUTEX_INITIALIZER;
static watched_file *open_files;

static watched_file *mine(sqlite3_file *file)
{
    return (watched_file *)(void *)file;
}

static sqlite3_file *inner(sqlite3_file *file)
{
    return mine(file)->inner;
}

static int before(test_vfs_op op, test_vfs_file file)
{
    return watching.before != NULL ? watching.before(watching.context, op, file) : SQLITE_OK;
}

static int after(test_vfs_op op, test_vfs_file file, int code)
{
    if (watching.after != NULL)
        watching.after(watching.context, op, file);
    return code;
}

/* ------------------------------------------------------------ what is not synced */

static void remember(watched_file *file, const void *bytes, int count, sqlite3_int64 at)
{
    sqlite3_int64 size = 0;
    unsynced *note;
    int old_count;

    if (!power_may_fail)
        return;
    inner(&file->base)->pMethods->xFileSize(file->inner, &size);
    old_count = (int)(bytes != NULL ? count : size - at);
    note = malloc(sizeof *note + (size_t)old_count + (size_t)count);
    CHECK_TRUE("memory to remember a write", note != NULL);
    *note = (unsynced){file->last, at, size, old_count, bytes != NULL ? count : 0};
    inner(&file->base)->pMethods->xRead(file->inner, note->bytes, old_count, at);
    if (bytes != NULL)
        memcpy(note->bytes + old_count, bytes, (size_t)count);
    file->last = note;
}

static void forget(watched_file *file)
{
    while (file->last != NULL) {
        unsynced *const gone = file->last;

        file->last = gone->before;
        free(gone);
    }
}

/* Back to what was synced, from the last write to the first; then some of them, forward. */
static void undo(watched_file *file, prng *random)
{
    const sqlite3_io_methods *const inside = file->inner->pMethods;
    unsynced *first = NULL;

    while (file->last != NULL) {
        unsynced *const note = file->last;

        file->last = note->before;
        inside->xWrite(file->inner, note->bytes, note->old_count, note->at);
        inside->xTruncate(file->inner, note->size_before);
        note->before = first;
        first = note;
    }
    for (; first != NULL; first = first->before)
        if (first->new_count > 0 && prng_percent(random, 50))
            inside->xWrite(file->inner, first->bytes + first->old_count, first->new_count,
                           first->at);
}

void test_vfs_power_may_fail(void)
{
    power_may_fail = true;
}

void test_vfs_lose_power(uint64_t seed)
{
    prng random = prng_seeded(seed);

    pthread_mutex_lock(&power); /* for good */
    for (watched_file *file = open_files; file != NULL; file = file->next_open)
        undo(file, &random);
}

/* ------------------------------------------------------------ what is watched */

static int file_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 at)
{
    int code = before(TEST_VFS_WRITE, mine(file)->kind);

    pthread_mutex_lock(&power);
    remember(mine(file), bytes, count, at);
    if (code == TEST_VFS_HALF) {
        inner(file)->pMethods->xWrite(inner(file), bytes, count / 2, at);
        code = SQLITE_IOERR_WRITE;
    } else if (code == SQLITE_OK) {
        code = inner(file)->pMethods->xWrite(inner(file), bytes, count, at);
    }
    pthread_mutex_unlock(&power);
    return after(TEST_VFS_WRITE, mine(file)->kind, code);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    int code = before(TEST_VFS_TRUNCATE, mine(file)->kind);

    pthread_mutex_lock(&power);
    if (code == SQLITE_OK) {
        remember(mine(file), NULL, 0, size);
        code = inner(file)->pMethods->xTruncate(inner(file), size);
    }
    pthread_mutex_unlock(&power);
    return after(TEST_VFS_TRUNCATE, mine(file)->kind, code);
}

static int file_sync(sqlite3_file *file, int flags)
{
    int code = before(TEST_VFS_SYNC, mine(file)->kind);

    pthread_mutex_lock(&power);
    if (code == SQLITE_OK)
        code = inner(file)->pMethods->xSync(inner(file), flags);
    if (code == SQLITE_OK)
        forget(mine(file));
    pthread_mutex_unlock(&power);
    return after(TEST_VFS_SYNC, mine(file)->kind, code);
}

static int file_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **map_out)
{
    int code = before(TEST_VFS_SHARE, mine(file)->kind);

    if (code == SQLITE_OK)
        code = inner(file)->pMethods->xShmMap(inner(file), page, size, extend, map_out);
    return after(TEST_VFS_SHARE, mine(file)->kind, code);
}

/* ---------------------------------------------------------- what only passes by */

static int file_close(sqlite3_file *file)
{
    watched_file **place = &open_files;

    pthread_mutex_lock(&power);
    while (*place != mine(file))
        place = &(*place)->next_open;
    *place = mine(file)->next_open;
    forget(mine(file));
    pthread_mutex_unlock(&power);
    return inner(file)->pMethods->xClose(inner(file));
}

static int file_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 at)
{
    return inner(file)->pMethods->xRead(inner(file), bytes, count, at);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size_out)
{
    return inner(file)->pMethods->xFileSize(inner(file), size_out);
}

static int file_lock(sqlite3_file *file, int level)
{
    return inner(file)->pMethods->xLock(inner(file), level);
}

static int file_unlock(sqlite3_file *file, int level)
{
    return inner(file)->pMethods->xUnlock(inner(file), level);
}

static int file_check_reserved(sqlite3_file *file, int *reserved_out)
{
    return inner(file)->pMethods->xCheckReservedLock(inner(file), reserved_out);
}

static int file_control(sqlite3_file *file, int op, void *argument)
{
    return inner(file)->pMethods->xFileControl(inner(file), op, argument);
}

static int file_sector_size(sqlite3_file *file)
{
    return inner(file)->pMethods->xSectorSize(inner(file));
}

static int file_characteristics(sqlite3_file *file)
{
    return inner(file)->pMethods->xDeviceCharacteristics(inner(file));
}

static int file_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return inner(file)->pMethods->xShmLock(inner(file), offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *file)
{
    inner(file)->pMethods->xShmBarrier(inner(file));
}

static int file_shm_unmap(sqlite3_file *file, int remove)
{
    return inner(file)->pMethods->xShmUnmap(inner(file), remove);
}

/* No memory is mapped: every byte is written where it can be seen. */
static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

/* ----------------------------------------------------------------------- files */

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                    int *flags_out)
{
    watched_file *const own = mine(file);
    int code;

    (void)vfs;
    memset(own, 0, sizeof *own);
    own->inner = (sqlite3_file *)(void *)(own + 1);
    own->kind = (flags & SQLITE_OPEN_MAIN_DB) != 0 ? TEST_VFS_DATABASE
                : (flags & SQLITE_OPEN_WAL) != 0   ? TEST_VFS_WAL
                                                   : TEST_VFS_OTHER;
    code = before(TEST_VFS_OPEN, own->kind);
    if (code == SQLITE_OK)
        code = original->xOpen(original, path, own->inner, flags, flags_out);
    if (code == SQLITE_OK) {
        own->base.pMethods = &methods;
        pthread_mutex_lock(&power);
        own->next_open = open_files;
        open_files = own;
        pthread_mutex_unlock(&power);
    }
    return after(TEST_VFS_OPEN, own->kind, code);
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
    int code = before(TEST_VFS_DELETE, TEST_VFS_OTHER);

    (void)vfs;
    if (code == SQLITE_OK)
        code = original->xDelete(original, path, sync);
    return after(TEST_VFS_DELETE, TEST_VFS_OTHER, code);
}

void test_vfs_watch(const test_vfs_hook *hook)
{
    static const test_vfs_hook nobody = {NULL, NULL, NULL};

    watching = hook != NULL ? *hook : nobody;
    if (original != NULL)
        return;
    original = sqlite3_vfs_find(NULL);
    watched = *original;
    watched.zName = "watched";
    watched.szOsFile = (int)sizeof(watched_file) + original->szOsFile;
    watched.xOpen = vfs_open;
    watched.xDelete = vfs_delete;
    CHECK_EQ("it is the default", SQLITE_OK, sqlite3_vfs_register(&watched, 1));
}
