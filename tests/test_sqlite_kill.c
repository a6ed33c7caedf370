/* test_sqlite_kill.c - Goal: kill -9 at any moment loses nothing and doubles nothing.
 * Method: crash.h, at the points that every store has and at those inside SQLite, which
 * a watched VFS shows: half a write, written and not synced, synced and not answered,
 * while the log goes into the file.  Then the same as if the machine's power had failed. */
#include "support/check.h"

#include <unistd.h>

#include "crash.h"
#include "crash_point.h"
#include "sqlite_file.h"
#include "test_vfs.h"

static const char half_log[] = "half of the log is written";
static const char unsynced_log[] = "the log is written, not synced";
static const char synced_log[] = "the log is synced, not answered";
static const char half_file[] = "half of the log is in the file";
static const char unsynced_file[] = "the log is in the file, which is not synced";
static const char synced_file[] = "the file is synced, the log is still there";
static const char made[] = "while the file is made";

/* Before there is a log, the file is being made. */
static bool has_log;

static int before(void *context, test_vfs_op op, test_vfs_file file)
{
    (void)context;
    has_log = has_log || file == TEST_VFS_WAL;
    if (op == TEST_VFS_SYNC && file == TEST_VFS_WAL)
        crash_at(unsynced_log);
    if (op == TEST_VFS_SYNC && file == TEST_VFS_DATABASE && has_log)
        crash_at(unsynced_file);
    return SQLITE_OK;
}

static void after(void *context, test_vfs_op op, test_vfs_file file)
{
    (void)context;
    if (!has_log)
        crash_at(made);
    else if (op == TEST_VFS_WRITE)
        crash_at(file == TEST_VFS_WAL ? half_log : half_file);
    else if (op == TEST_VFS_SYNC)
        crash_at(file == TEST_VFS_WAL ? synced_log : synced_file);
}

static sla_store *open_file(void *context)
{
    static const test_vfs_hook hook = {before, after, NULL};

    has_log = false;
    test_vfs_watch(&hook);
    return sqlite_file_open(context);
}

static void fresh(void *context)
{
    sqlite_file_init(context);
}

static void forget(void *context)
{
    const sqlite_file *const own = context;
    sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;
    sla_error error;

    options.path = own->path;
    CHECK_OK_OR_SAY(sla_store_sqlite_inspect(&options, NULL, NULL, NULL, &error), &error);
    sqlite_file_fini(context);
}

static sqlite_file file;
static const crash_place place = {"sqlite", &file, open_file, fresh, forget};

static const struct row {
    const char *point;
    bool at_birth;
} rows[] = {
#define ROW_(name, at_birth) {name, at_birth},
    CRASH_POINT_MAP(ROW_)
#undef ROW_
        {half_log, false},
    {unsynced_log, false},
    {synced_log, false},
    {half_file, false},
    {unsynced_file, false},
    {synced_file, false},
};

TEST(kills_lose_nothing_and_double_nothing)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        crash_again_and_again(&place, rows[i].point, rows[i].at_birth, crash_kills());
}

/* Only the first life makes the file: a new one each time. */
TEST(a_file_is_made_whole_or_again)
{
    for (size_t i = 0; i < crash_kills(); i++)
        crash_again_and_again(&place, made, true, 1);
}

static void lose_power(void)
{
    test_vfs_lose_power((uint64_t)getpid());
}

/* Only what was synced outlives the process, and any part of what was not. */
TEST(lost_power_loses_nothing_either)
{
    test_vfs_power_may_fail();
    crash_with(lose_power);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        crash_again_and_again(&place, rows[i].point, rows[i].at_birth, crash_kills());
    for (size_t i = 0; i < crash_kills(); i++)
        crash_again_and_again(&place, made, true, 1);
    crash_with(NULL);
}
