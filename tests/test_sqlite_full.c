/* test_sqlite_full.c - Goal: a disk that is full stops the store and loses nothing: a
 * unit waits for room, with its key, and nothing is taken for refused.  Method: units
 * until the disk is full, in two ways: a limit on the size of files (RLIMIT_FSIZE), and a
 * file system of half a megabyte (a tmpfs in a user namespace, where that is allowed);
 * then there is room again, and everything goes on.  Each in a child of its own. */
#define _GNU_SOURCE /* unshare */

#include "support/check.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sqlite_file.h"
#include "store_compare.h"
#include "store_sample.h"

enum { UNITS_MAX = 500, AFTER = 5 };

/* How a disk becomes full in this child, and how it has room again. */
typedef struct disk {
    const char *why;
    bool (*begin)(const sqlite_file *file); /* false: not allowed here */
    void (*fill)(const sqlite_file *file);
    void (*make_room)(const sqlite_file *file);
} disk;

/* ---------------------------------------------------------------- two disks */

static bool limit_begin(const sqlite_file *file)
{
    (void)file;
    return true;
}

static void set_limit(rlim_t bytes)
{
    struct rlimit limit;

    CHECK_EQ("the limit is known", 0, getrlimit(RLIMIT_FSIZE, &limit));
    limit.rlim_cur = bytes;
    CHECK_EQ("and set", 0, setrlimit(RLIMIT_FSIZE, &limit));
}

static void limit_fill(const sqlite_file *file)
{
    (void)file;
    set_limit(400000);
}

static void limit_make_room(const sqlite_file *file)
{
    (void)file;
    set_limit(RLIM_INFINITY);
}

static bool write_to(const char *path, const char *text)
{
    const int fd = open(path, O_WRONLY);
    const bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

    if (fd >= 0)
        close(fd);
    return written;
}

/* Root of a namespace of its own, where a tmpfs may be mounted. */
static bool tmpfs_begin(const sqlite_file *file)
{
    char users[64], groups[64];

    snprintf(users, sizeof users, "0 %u 1", (unsigned)geteuid());
    snprintf(groups, sizeof groups, "0 %u 1", (unsigned)getegid());
    return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && write_to("/proc/self/uid_map", users) &&
           write_to("/proc/self/setgroups", "deny") && write_to("/proc/self/gid_map", groups) &&
           mount("tmpfs", file->folder, "tmpfs", 0, "size=512k") == 0;
}

static void tmpfs_fill(const sqlite_file *file)
{
    (void)file; /* the units do */
}

static void tmpfs_make_room(const sqlite_file *file)
{
    CHECK_EQ("it grows", 0, mount("tmpfs", file->folder, "tmpfs", MS_REMOUNT, "size=64m"));
}

/* ------------------------------------------------------------------ in a child */

static void fill(store_sample *sample, uint64_t number)
{
    char ticket[16];

    store_sample_init(sample, check_seed() + number, 7, number);
    snprintf(ticket, sizeof ticket, "T-%d", (int)number);
    store_sample_fact(sample, "tenant", ticket, 1);
    store_sample_ticket(sample, "tenant", ticket, 1);
    store_sample_event(sample, "tenant", ticket, number);
}

static int send_once(store_drive *drive, const sla_unit *unit)
{
    CHECK_OK(drive->store->ops->commit(drive->store, unit, ++drive->asked));
    store_drive_wait(drive, drive->asked);
    return drive->done.result;
}

/* Units until one finds no room; that one is left in `sample`. */
static uint64_t fill_disk(store_drive *drive, store_model *model, store_sample *sample)
{
    for (uint64_t number = 1; number < UNITS_MAX; number++) {
        fill(sample, number);
        if (send_once(drive, &sample->unit) != SLA_OK)
            return number;
        CHECK_OK(store_model_commit(model, &sample->unit));
        store_sample_fini(sample);
    }
    CHECK_FAIL("the disk is never full");
}

static void check_waiting(store_drive *drive, const store_sample *sample)
{
    for (int again = 0; again < 3; again++) {
        CHECK_EQ("it is not refused: it waits", SLA_ERR_STORE, drive->done.result);
        CHECK_TRUE("and says for what", strstr(drive->error.text, "full") != NULL ||
                                            strstr(drive->error.text, "I/O") != NULL);
        send_once(drive, &sample->unit);
    }
}

static void play(const disk *on, const sqlite_file *file)
{
    store_drive drive;
    store_model model;
    store_sample sample;
    uint64_t number;

    store_model_init(&model);
    store_drive_init(&drive, sqlite_file_open(file));
    CHECK_OK(store_drive_open(&drive));
    on->fill(file);
    number = fill_disk(&drive, &model, &sample);
    check_waiting(&drive, &sample);
    on->make_room(file);
    for (uint64_t end = number + AFTER;;) {
        CHECK_EQ("there is room again", SLA_OK, send_once(&drive, &sample.unit));
        CHECK_OK(store_model_commit(&model, &sample.unit));
        store_sample_fini(&sample);
        if (++number == end)
            break;
        fill(&sample, number);
    }
    store_compare(&drive, &model, "everything is there, once");
    store_drive_fini(&drive);
    store_model_fini(&model);
}

static _Noreturn void live(const disk *on, const sqlite_file *file)
{
    if (!on->begin(file))
        _exit(77);
    play(on, file);
    sqlite_file_check(file);
    _exit(0);
}

/* 0: as it should be; 77: not allowed here. */
static int run_child(const disk *on)
{
    sqlite_file file;
    pid_t child;
    int status;

    sqlite_file_init(&file);
    fflush(NULL);
    child = fork();
    CHECK_TRUE("a child", child >= 0);
    if (child == 0)
        live(on, &file);
    CHECK_EQ("it is waited for", child, waitpid(child, &status, 0));
    sqlite_file_remove(&file);
    CHECK_TRUE("it was not killed", WIFEXITED(status));
    return WEXITSTATUS(status);
}

TEST(a_limit_on_files_is_waited_for)
{
    static const disk limited = {"RLIMIT_FSIZE", limit_begin, limit_fill, limit_make_room};

    CHECK_EQ(limited.why, 0, run_child(&limited));
}

TEST(a_full_disk_is_waited_for)
{
    static const disk small = {"tmpfs", tmpfs_begin, tmpfs_fill, tmpfs_make_room};
    const int result = run_child(&small);

    if (result == 77)
        CHECK_SKIP("no tmpfs may be mounted in a user namespace here");
    CHECK_EQ(small.why, 0, result);
}
