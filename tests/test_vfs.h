/*
 * test_vfs.h - SQLite's files, watched: each write, sync ... goes past a hook that may
 * let it fail, do half of it, or end the process.
 *
 * It becomes the default of SQLite in this process, so that a store needs to know
 * nothing of it.
 */
#ifndef SLA_TESTS_TEST_VFS_H
#define SLA_TESTS_TEST_VFS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum test_vfs_op {
    TEST_VFS_OPEN,
    TEST_VFS_WRITE,
    TEST_VFS_SYNC,
    TEST_VFS_TRUNCATE,
    TEST_VFS_SHARE, /* memory that processes share */
    TEST_VFS_DELETE
} test_vfs_op;

typedef enum test_vfs_file { TEST_VFS_DATABASE, TEST_VFS_WAL, TEST_VFS_OTHER } test_vfs_file;

/* Instead of a result code: half of the bytes are written, then the write fails. */
enum { TEST_VFS_HALF = -1 };

typedef struct test_vfs_hook {
    /* SQLITE_OK: it is done; a result code: it is not, and that is what comes of it. */
    int (*before)(void *context, test_vfs_op op, test_vfs_file file);
    /* It was done, well or not. */
    void (*after)(void *context, test_vfs_op op, test_vfs_file file);
    void *context;
} test_vfs_hook;

/* NULL: nobody watches any more.  Only while nothing is open. */
void test_vfs_watch(const test_vfs_hook *hook);

/*
 * From now on what is written and not synced is remembered, and test_vfs_lose_power makes
 * of all files what a machine may find after its power failed: what was synced, and of what
 * was written since, any part, by a seed.  Nothing can be written afterwards: the process
 * is to end.
 */
void test_vfs_power_may_fail(void);
void test_vfs_lose_power(uint64_t seed);

#endif
