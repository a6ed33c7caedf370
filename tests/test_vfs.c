/* test_vfs.c - see test_vfs.h. */
#include "test_vfs.h"

#include <string.h>

#include "support/check.h"

static test_vfs_hook watching;
static sqlite3_vfs *original;
static sqlite3_vfs watched;

/* The original's own file lies behind it. */
typedef struct watched_file {
    sqlite3_file base;
    test_vfs_file kind;
    sqlite3_file *inner;
} watched_file;

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

/* ------------------------------------------------------------ what is watched */

static int file_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 at)
{
    int code = before(TEST_VFS_WRITE, mine(file)->kind);

    if (code == TEST_VFS_HALF) {
        inner(file)->pMethods->xWrite(inner(file), bytes, count / 2, at);
        code = SQLITE_IOERR_WRITE;
    } else if (code == SQLITE_OK) {
        code = inner(file)->pMethods->xWrite(inner(file), bytes, count, at);
    }
    return after(TEST_VFS_WRITE, mine(file)->kind, code);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    int code = before(TEST_VFS_TRUNCATE, mine(file)->kind);

    if (code == SQLITE_OK)
        code = inner(file)->pMethods->xTruncate(inner(file), size);
    return after(TEST_VFS_TRUNCATE, mine(file)->kind, code);
}

static int file_sync(sqlite3_file *file, int flags)
{
    int code = before(TEST_VFS_SYNC, mine(file)->kind);

    if (code == SQLITE_OK)
        code = inner(file)->pMethods->xSync(inner(file), flags);
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
    if (code == SQLITE_OK)
        own->base.pMethods = &methods;
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
