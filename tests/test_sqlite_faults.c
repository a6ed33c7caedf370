/* test_sqlite_faults.c - Goal: whatever a disk refuses, a unit is there whole or not at
 * all, and what was answered with SLA_OK stays.  Method: a fixed history of units; the
 * n-th write, sync, truncation ... fails once, or from then on until somebody makes
 * room, for every n; what failed is asked again, and at the end the content is that of
 * the model. */
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "sqlite_file.h"
#include "store_compare.h"
#include "store_sample.h"
#include "test_vfs.h"

enum { UNITS = 6, IN_FLIGHT = 3 };

/* What fails, and how. */
typedef struct fault {
    const char *why;
    test_vfs_op op;
    int code;
    bool onwards;
} fault;

typedef struct faults {
    const fault *kind;
    size_t at, seen; /* which one of its kind; how many there were */
    bool armed, failed;
} faults;

static int before(void *context, test_vfs_op op, test_vfs_file file)
{
    faults *const all = context;

    (void)file;
    if (!all->armed || op != all->kind->op)
        return SQLITE_OK;
    all->seen++;
    if (all->seen != all->at && !(all->kind->onwards && all->seen > all->at))
        return SQLITE_OK;
    all->failed = true;
    return all->kind->code;
}

/* ---------------------------------------------------------------- the history */

static void fill(store_sample *sample, uint64_t number)
{
    char ticket[16];

    store_sample_init(sample, check_seed() + number, 7, number);
    if (number == 1)
        store_sample_world(sample, 1);
    snprintf(ticket, sizeof ticket, "T-%d", (int)number);
    store_sample_fact(sample, "tenant", ticket, 1);
    store_sample_fact(sample, "tenant", "T-0", (uint32_t)number);
    store_sample_ticket(sample, "tenant", ticket, 1);
    store_sample_ticket(sample, "tenant", "T-0", (uint32_t)number);
    store_sample_event(sample, "tenant", ticket, number);
    store_sample_mark(sample, "console", number, number - 1);
}

/* A store on the file; what fails at its opening is tried again once. */
static sla_store *open_file(const sqlite_file *file, faults *all)
{
    sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;
    sla_store *store = NULL;
    sla_error error;
    int result;

    options.path = file->path;
    result = sla_store_sqlite_new(&options, &store, &error);
    if (result != SLA_OK) {
        CHECK_TRUE("because something failed", all->failed);
        CHECK_EQ("and that is what it says", SLA_ERR_STORE, result);
        CHECK_TRUE("with a sentence", error.text[0] != '\0');
        all->armed = false;
        CHECK_OK_OR_SAY(sla_store_sqlite_new(&options, &store, &error), &error);
    }
    return store;
}

/* Asks for all units that are not written, at once, and counts what is left. */
static size_t send(store_drive *drive, store_sample *samples, bool *written, size_t count)
{
    uint64_t asks[IN_FLIGHT];
    size_t left = 0;

    for (size_t i = 0; i < count; i++)
        if (!written[i]) {
            asks[i] = ++drive->asked;
            CHECK_OK(drive->store->ops->commit(drive->store, &samples[i].unit, asks[i]));
        }
    store_drive_wait(drive, drive->asked);
    for (size_t i = 0; i < count; i++) {
        const int result = written[i] ? SLA_OK : drive->results[asks[i] % STORE_DRIVE_CALLS];

        CHECK_TRUE("written, or to be asked again", result == SLA_OK || result == SLA_ERR_STORE);
        written[i] = result == SLA_OK;
        left += !written[i];
    }
    return left;
}

/* Units in threes; room is made when one of them could not be written. */
static void write_history(store_drive *drive, store_model *model, faults *all)
{
    for (uint64_t number = 1; number <= UNITS; number += IN_FLIGHT) {
        store_sample samples[IN_FLIGHT];
        bool written[IN_FLIGHT] = {false};

        for (uint64_t i = 0; i < IN_FLIGHT; i++) {
            fill(&samples[i], number + i);
            CHECK_OK(store_model_commit(model, &samples[i].unit));
        }
        for (int tries = 0; send(drive, samples, written, IN_FLIGHT) > 0; tries++) {
            CHECK_TRUE("it is written at last", tries < 3);
            CHECK_TRUE("because something failed", all->failed);
            all->armed = tries == 0 && all->armed;
        }
        for (size_t i = 0; i < IN_FLIGHT; i++)
            store_sample_fini(&samples[i]);
    }
}

static void check_all(const sqlite_file *file, const store_model *model, const char *why)
{
    store_drive drive;

    store_drive_init(&drive, sqlite_file_open(file));
    store_compare(&drive, model, why);
    store_drive_fini(&drive);
}

/* The history with this fault; says whether it came. */
static bool play(const fault *kind, size_t at)
{
    faults all = {.kind = kind, .at = at, .armed = true};
    const test_vfs_hook hook = {before, NULL, &all};
    sqlite_file file;
    store_model model;
    store_drive drive;

    sqlite_file_init(&file);
    store_model_init(&model);
    test_vfs_watch(&hook);
    store_drive_init(&drive, open_file(&file, &all));
    if (kind->onwards && all.failed)
        all.armed = false;
    store_drive_open(&drive);
    if (drive.done.result != SLA_OK) { /* for good, so far */
        CHECK_TRUE("because something failed", all.failed && kind->onwards);
        all.armed = false;
        CHECK_OK_OR_SAY(store_drive_open(&drive), &drive.error);
    }
    write_history(&drive, &model, &all);
    store_drive_fini(&drive); /* the log goes into the file, or it does not */
    all.armed = false;
    check_all(&file, &model, kind->why);
    sqlite_file_remove(&file);
    store_model_fini(&model);
    test_vfs_watch(NULL);
    return all.failed;
}

TEST(every_write_and_sync_fails_once)
{
    static const fault kinds[] = {
        {"a write fails", TEST_VFS_WRITE, SQLITE_IOERR_WRITE, false},
        {"writes fail from then on", TEST_VFS_WRITE, SQLITE_IOERR_WRITE, true},
        {"half is written", TEST_VFS_WRITE, TEST_VFS_HALF, false},
        {"the disk is full", TEST_VFS_WRITE, SQLITE_FULL, false},
        {"the disk stays full", TEST_VFS_WRITE, SQLITE_FULL, true},
        {"a sync fails", TEST_VFS_SYNC, SQLITE_IOERR_FSYNC, false},
        {"syncs fail from then on", TEST_VFS_SYNC, SQLITE_IOERR_FSYNC, true},
        {"a truncation fails", TEST_VFS_TRUNCATE, SQLITE_IOERR_TRUNCATE, false},
        {"a file does not open", TEST_VFS_OPEN, SQLITE_CANTOPEN, false},
        {"no memory to share", TEST_VFS_SHARE, SQLITE_IOERR_SHMMAP, false},
        {"a file does not go", TEST_VFS_DELETE, SQLITE_IOERR_DELETE, false},
    };

    /* Each of them, or each fifth. */
    const size_t stride = CHECK_ASAN_PART / check_count(CHECK_ASAN_PART, CHECK_ASAN_PART);

    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        size_t n = 1;

        while (play(&kinds[i], n))
            n += stride;
        printf("%s: one of %zu\n", kinds[i].why, n - 1);
        CHECK_TRUE(kinds[i].why, n > 1);
    }
}
