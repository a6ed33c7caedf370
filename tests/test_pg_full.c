/*
 * test_pg_full.c - Goal: a server whose disk is really full stops a service and loses nothing:
 * facts wait, nothing is told, and when there is room again everything goes on.  Method: a server
 * of its own whose tables and whose WAL lie on two small tmpfs, in a mount namespace of this
 * program (of a user namespace where it is not root; where neither is allowed the test is
 * skipped).  A file takes all the room while a service works on a series (crash.h), and goes
 * again.  Full of tables the server refuses what it has no room for (53100); full of WAL it
 * panics, and comes back by itself or not before somebody starts it.
 */
#define _GNU_SOURCE /* unshare */

#include "support/check.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "crash.h"
#include "pg_server.h"

enum { QUIET_MS = 500, SLICE_MS = 50, LEASE = 200000 /* microseconds */ };

static char base[64], wal[80];

/* ---------------------------------------------------------------- the two disks */

static bool write_to(const char *path, const char *text)
{
    const int fd = open(path, O_WRONLY);
    const bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

    if (fd >= 0)
        close(fd);
    return written;
}

/* The server refuses to be root, so in a user namespace everybody stays who he is. */
static bool begin_namespace(void)
{
    char users[64], groups[64];

    if (geteuid() == 0)
        return unshare(CLONE_NEWNS) == 0 &&
               mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
    snprintf(users, sizeof users, "%u %u 1", (unsigned)geteuid(), (unsigned)geteuid());
    snprintf(groups, sizeof groups, "%u %u 1", (unsigned)getegid(), (unsigned)getegid());
    return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && write_to("/proc/self/uid_map", users) &&
           write_to("/proc/self/setgroups", "deny") && write_to("/proc/self/gid_map", groups);
}

static void remove_base(void)
{
    umount2(wal, MNT_DETACH);
    umount2(base, MNT_DETACH);
    rmdir(base);
}

static void make_disks(void)
{
    char words[160];

    snprintf(base, sizeof base, "/tmp/sla-pg-full.%d", (int)getpid());
    snprintf(wal, sizeof wal, "%s/wal", base);
    if (!begin_namespace() || mkdir(base, 0755) != 0)
        CHECK_SKIP("no mount namespace is allowed here");
    atexit(remove_base); /* after the server, which is stopped before it */
    if (mount("tmpfs", base, "tmpfs", 0, "size=128m,mode=1777") != 0 || mkdir(wal, 0755) != 0 ||
        mount("tmpfs", wal, "tmpfs", 0, "size=64m,mode=1777") != 0)
        CHECK_SKIP("no tmpfs may be mounted here");
    snprintf(words, sizeof words, "--wal-segsize=1 --waldir=%s/pg", wal);
    setenv("SLA_PG_IN", base, 1);
    setenv("SLA_PG_INITDB", words, 1);
    setenv("SLA_PG_SETTINGS", "-c min_wal_size=2MB -c max_wal_size=8MB", 1);
}

static const char *server(void)
{
    static bool made;

    if (!made)
        make_disks();
    made = true;
    return pg_server_own_folder();
}

/* A file takes the last byte. */
static void fill(const char *disk)
{
    static const char bytes[1 << 16];
    char path[128];
    size_t size = sizeof bytes;
    int fd;

    snprintf(path, sizeof path, "%s/filler", disk);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK_TRUE("a file for all the room", fd >= 0);
    while (size > 0) {
        const ssize_t written = write(fd, bytes, size);

        if (written <= 0)
            size /= 2;
    }
    close(fd);
}

static void make_room(const char *disk)
{
    char path[128];

    snprintf(path, sizeof path, "%s/filler", disk);
    unlink(path);
}

/* ----------------------------------------------------------------------- the server */

static void sleep_for(long microseconds)
{
    const struct timespec span = {microseconds / 1000000, microseconds % 1000000 * 1000};

    nanosleep(&span, NULL);
}

static void say_nothing(void *context, const PGresult *result)
{
    (void)context;
    (void)result;
}

/* SQLSTATE of a statement, "" for a good end; "?" without a connection. */
static const char *state_of(const char *conninfo, const char *sql)
{
    static char state[8];
    PGconn *const connection = PQconnectdb(conninfo);
    PGresult *result = NULL;
    const char *said;

    PQsetNoticeReceiver(connection, say_nothing, NULL);
    if (PQstatus(connection) == CONNECTION_OK)
        result = PQexec(connection, sql);
    said = result != NULL ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : "?";

    if (said == NULL)
        said = PQstatus(connection) == CONNECTION_OK ? "" : "?";
    snprintf(state, sizeof state, "%s", said);
    PQclear(result);
    PQfinish(connection);
    return state;
}

typedef struct database {
    const char *folder, *name;
    char conninfo[256], admin[256];
} database;

static void fresh(void *context)
{
    database *const own = context;

    own->name = pg_server_database(own->folder);
    snprintf(own->conninfo, sizeof own->conninfo, "%s",
             pg_server_conninfo(own->folder, own->name, "sla_test"));
    snprintf(own->admin, sizeof own->admin, "%s",
             pg_server_conninfo(own->folder, "postgres", "sla_admin"));
    pg_server_make_schema(own->conninfo);
}

static sla_store *open_database(void *context)
{
    const database *const own = context;
    sla_pg_options options = SLA_PG_OPTIONS_INIT;
    sla_store *store = NULL;
    sla_error error;

    options.conninfo = own->conninfo;
    options.lease = LEASE;
    CHECK_OK_OR_SAY(sla_store_pg_new(&options, &store, &error), &error);
    return store;
}

static void forget(void *context)
{
    const database *const own = context;
    sla_pg_options options = SLA_PG_OPTIONS_INIT;
    sla_error error;
    char sql[96];

    options.conninfo = own->conninfo;
    CHECK_OK_OR_SAY(sla_store_pg_check(&options, NULL, NULL, &error), &error);
    CHECK_OK_OR_SAY(sla_store_pg_inspect(&options, NULL, NULL, NULL, &error), &error);
    snprintf(sql, sizeof sql, "SELECT count(*) = %d * count(DISTINCT tenant) FROM sla.fact",
             CRASH_FACTS);
    CHECK_STR("as many facts as there are series of", "t", pg_server_say(own->conninfo, sql));
}

/* ------------------------------------------------------------------------- courses */

typedef struct course {
    const char *what;
    const char *disk;
    /* The server is brought to where it has no room. */
    void (*press)(const database *own);
} course;

static void press_tables(const database *own)
{
    CHECK_STR("no room for a table", "53100",
              state_of(own->admin, "CREATE TABLE big AS SELECT repeat('x', 1000) "
                                   "FROM generate_series(1, 100000)"));
}

/* Until it panics. */
static void press_wal(const database *own)
{
    const char *state = "";

    for (int i = 0; i < 200 && strcmp(state, "") == 0; i++)
        state =
            state_of(own->admin, "SELECT pg_logical_emit_message(false, '', repeat('x', 500000))");
    CHECK_STR("the server is gone", "?", state);
}

/* What the service has said so far. */
static size_t said(const crash_run *run)
{
    size_t count = run->journal->deliveries;

    for (size_t i = 0; i < CRASH_FACTS; i++)
        count += run->journal->answered[i];
    return count;
}

/* Whether it came to wait; false: it ended in order before. */
static bool comes_to_wait(crash_run *run)
{
    size_t before = said(run);

    for (int quiet = 0; quiet < QUIET_MS; quiet += SLICE_MS) {
        if (!crash_run_hear(run, SLICE_MS))
            return false;
        if (said(run) != before)
            quiet = 0;
        before = said(run);
    }
    return true;
}

/* It answers, and can write. */
static bool is_well(const database *own)
{
    return strcmp(state_of(own->admin, "SELECT pg_logical_emit_message(true, '', 'x')"), "") == 0 &&
           strcmp(state_of(own->admin, "CHECKPOINT"), "") == 0;
}

/* There is room: it comes back by itself, or is started.  True: by itself. */
static bool comes_back(const database *own)
{
    for (int i = 0; i < 40; i++) {
        if (is_well(own))
            return true;
        sleep_for(50000);
    }
    pg_server_kill(own->folder);
    pg_server_up(own->folder);
    CHECK_TRUE("it is well", is_well(own));
    return false;
}

/* Every other time the disk is full before a service starts: that one has to wait. */
static size_t go_through(const course *on, crash_trial *trial, const database *own, size_t *waited,
                         size_t *started)
{
    const bool before = prng_below(&trial->random, 2) == 0;
    crash_run run;
    bool waits;

    if (before) {
        fill(on->disk);
        on->press(own);
    }
    crash_trial_start(trial, &run);
    if (!before) {
        crash_run_goes_on(&run);
        fill(on->disk);
        on->press(own);
    }
    waits = comes_to_wait(&run);
    make_room(on->disk);
    *waited += waits;
    *started += !comes_back(own);
    CHECK_TRUE("the service itself lives on", !crash_trial_end(trial, &run));
    return 1;
}

static void play(const course *on)
{
    const size_t times = check_count(4, 40);
    database own = {.folder = server()};
    const crash_place place = {"postgresql", &own, open_database, fresh, forget};
    size_t full = 0, waited = 0, started = 0;
    crash_trial trial;

    crash_trial_init(&trial, &place);
    while (full < times)
        full += go_through(on, &trial, &own, &waited, &started);
    crash_trial_fini(&trial, on->what, full);
    printf("%s: %zu, the service waited %zu times, the server was started by hand %zu times\n",
           on->what, full, waited, started);
    CHECK_TRUE("and was waited for", waited > 0);
}

TEST(a_disk_full_of_tables)
{
    (void)server();
    play(&(course){"disk full of tables", base, press_tables});
}

TEST(a_disk_full_of_wal)
{
    (void)server();
    play(&(course){"disk full of WAL", wal, press_wal});
}
