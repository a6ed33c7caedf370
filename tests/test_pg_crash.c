/*
 * test_pg_crash.c - Goal: whatever dies, nothing is lost and nothing is told twice.
 * Method: a worker (crash_work.h) is killed at named points, its connections are
 * terminated, its server is stopped as by a power cut; it starts again and goes on.  At
 * the end of each series the database and the journal kept outside say what a service
 * that never died says.
 */
#include "support/check.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crash_run.h"
#include "pg_server.h"
#include "proxy.h"

enum { LEASE_SHORT = 60000 /* microseconds */ };

/* Where the work goes on. */
typedef struct place {
    const char *folder;
    char direct[256]; /* conninfo of the server */
    char conninfo[256];
    char admin[256];
    char database[64];
    sla_duration lease;
    crash_series series;
    unsigned count; /* of series that are complete */
    size_t events, deliveries;
    prng random;
} place;

static void place_init(place *at, const char *folder)
{
    memset(at, 0, sizeof *at);
    at->folder = folder;
    at->random = check_prng();
    snprintf(at->database, sizeof at->database, "%s", pg_server_database(folder));
    snprintf(at->direct, sizeof at->direct, "%s",
             pg_server_conninfo(folder, at->database, "sla_test"));
    snprintf(at->conninfo, sizeof at->conninfo, "%s", at->direct);
    snprintf(at->admin, sizeof at->admin, "%s",
             pg_server_conninfo(folder, at->database, "sla_admin"));
    pg_server_make_schema(at->direct);
    crash_series_init(&at->series, 0);
}

static void start(place *at, crash_run *run, crash_point point, unsigned count)
{
    crash_run_start(run, SLA_CRASH_WORKER, "postgresql", at->conninfo, at->lease, &at->series,
                    point, count);
}

static size_t count_lines(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += *text == '\n';
    return count;
}

/* The record and the journal against the oracle. */
static void check_series(place *at)
{
    char sql[512];
    store_text wanted, kept;

    store_text_init(&wanted);
    store_text_init(&kept);
    crash_oracle(at->series.number, &wanted);
    snprintf(
        sql, sizeof sql,
        "SELECT string_agg(tenant || '/' || ticket || '/' || policy || '/' || target || '/' || "
        "cycle || '/' || step || '/' || repeat || '/' || revision || E'\\n', '') "
        "FROM sla.event WHERE tenant = 's%u'",
        at->series.number);
    store_text_add(&kept, "%s", pg_server_say(at->direct, sql));
    store_text_sort(&kept);
    CHECK_STR("on the record: nothing lost, nothing twice, nothing else", wanted.text, kept.text);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM sla.fact WHERE tenant = 's%u'",
             at->series.number);
    CHECK_EQ("every fact is on the record once", CRASH_FACTS, atoi(pg_server_say(at->direct, sql)));
    crash_run_check(&at->series, &wanted);
    at->events += count_lines(wanted.text);
    at->deliveries += at->series.deliveries;
    store_text_fini(&wanted);
    store_text_fini(&kept);
}

/* The worker has ended; true when it was killed.  A complete series is checked, and the
 * next one begins. */
static bool end(place *at, crash_run *run)
{
    const unsigned next = at->series.number + 1;

    if (crash_run_end(run))
        return true;
    check_series(at);
    at->count++;
    crash_series_fini(&at->series);
    crash_series_init(&at->series, next);
    return false;
}

static void run_once(place *at, crash_point point, unsigned count, size_t *kills)
{
    crash_run run;

    start(at, &run, point, count);
    *kills += end(at, &run);
}

/* To the end of the series, without dying. */
static void place_fini(place *at, const char *what, size_t times)
{
    size_t kills = 0;

    run_once(at, CRASH_NEVER, 0, &kills);
    CHECK_EQ("nobody killed it", 0, kills);
    printf("%s: %zu times, %u series, %zu events, %zu deliveries, lost 0, twice 0\n", what, times,
           at->count, at->events, at->deliveries);
    crash_series_fini(&at->series);
}

/* -------------------------------------------------------- where the worker is killed */

static const struct point {
    const char *what;
    crash_point point;
    unsigned most; /* how often it comes to the point before, at most */
} points[] = {
    {"P1 before a unit is sent", CRASH_BEFORE_SEND, 40},
    {"P5 the commit is read, the service does not know", CRASH_AT_DONE, 40},
    {"P6 the service knows, nobody was told", CRASH_AFTER_DONE, 40},
    {"P7 inside a consumer", CRASH_IN_CONSUMER, 40},
    {"P7b behind a consumer, its mark is not written", CRASH_BEHIND_CONSUMER, 40},
};

TEST(a_worker_killed_in_its_own_code)
{
    const size_t times = check_count(20, 200);

    for (size_t i = 0; i < COUNT_OF(points); i++) {
        size_t kills = 0;
        place at;

        place_init(&at, pg_server_folder());
        while (kills < times)
            run_once(&at, points[i].point, 1 + (unsigned)prng_below(&at.random, points[i].most),
                     &kills);
        place_fini(&at, points[i].what, kills);
    }
}

TEST(a_worker_killed_while_it_loads)
{
    const size_t times = check_count(20, 200);
    size_t kills = 0, others = 0;
    place at;

    place_init(&at, pg_server_folder());
    while (kills < times) {
        run_once(&at, CRASH_AFTER_DONE, 5 + (unsigned)prng_below(&at.random, 20), &others);
        run_once(&at, CRASH_IN_LOAD, 1 + (unsigned)prng_below(&at.random, 2), &kills);
    }
    place_fini(&at, "P8 while it loads", kills);
}

/* ------------------------------------------------------------- killed by its messages */

/* Kills after a message of a unit (or of a renewal) has been passed on. */
typedef struct watch {
    pid_t pid;
    enum { AT_FENCE, AT_HALF, AT_SYNC, AT_RENEWAL } at;
    unsigned left; /* units before */
    bool in_unit;
    unsigned executes;
} watch;

static bool is_bind_of(char type, const char *body, size_t length, const char *name)
{
    const size_t size = strlen(name) + 1;

    return type == 'B' && length > size && memcmp(body + 1, name, size) == 0;
}

static bool reached(watch *own, char type)
{
    own->executes += type == 'E';
    if (own->at == AT_FENCE)
        return type == 'E' && own->executes == 1;
    if (own->at == AT_HALF)
        return type == 'E' && own->executes == 3;
    return type == 'S';
}

static bool on_message(void *context, char type, const char *body, size_t length)
{
    watch *const own = context;

    if (is_bind_of(type, body, length, own->at == AT_RENEWAL ? "sla_renew" : "sla_begin")) {
        own->in_unit = true;
        own->executes = 0;
    }
    if (!own->in_unit || !reached(own, type))
        return false;
    own->in_unit = false;
    if (own->left-- > 0 || own->pid == 0)
        return false;
    kill(own->pid, SIGKILL);
    return true;
}

static const struct message_point {
    const char *what;
    int at;
    sla_duration lease;
    unsigned most;
} message_points[] = {
    {"P2 the fence is sent", AT_FENCE, 0, 40},
    {"P3 half of a unit is sent", AT_HALF, 0, 40},
    {"P4 a unit is sent, nothing is read", AT_SYNC, 0, 40},
    {"P9 a renewal of the lease is sent", AT_RENEWAL, LEASE_SHORT, 2},
};

static void through_door(place *at, const proxy *door)
{
    snprintf(at->conninfo, sizeof at->conninfo, "host=%.80s dbname=%.60s user=sla_test",
             proxy_folder(door), at->database);
}

TEST(a_worker_killed_by_what_it_sends)
{
    const size_t times = check_count(20, 200);

    for (size_t i = 0; i < COUNT_OF(message_points); i++) {
        const struct message_point *const point = &message_points[i];
        proxy *const door = proxy_new(pg_server_folder());
        size_t kills = 0;
        place at;

        place_init(&at, pg_server_folder());
        through_door(&at, door);
        at.lease = point->lease;
        while (kills < times) {
            watch own = {.at = point->at, .left = (unsigned)prng_below(&at.random, point->most)};
            crash_run run;

            proxy_watch(door, NULL, NULL);
            start(&at, &run, CRASH_NEVER, 0);
            own.pid = run.pid;
            proxy_watch(door, on_message, &own);
            kills += end(&at, &run);
        }
        proxy_watch(door, NULL, NULL);
        place_fini(&at, point->what, kills);
        proxy_free(door);
    }
}

/* ------------------------------------------------------------------ the other side dies */

static void sleep_for(sla_duration span)
{
    const struct timespec time = {span / SLA_SECOND, span % SLA_SECOND * 1000};

    nanosleep(&time, NULL);
}

/* The worker's connections are ended by an administrator; how many there were. */
static size_t terminate(place *at)
{
    return (size_t)atoi(
        pg_server_say(at->admin, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                                 "WHERE datname = current_database() AND usename = 'sla_test'"));
}

TEST(its_connections_are_terminated)
{
    const size_t times = check_count(100, 1000);
    size_t terminated = 0;
    place at;

    place_init(&at, pg_server_folder());
    while (terminated < times) {
        crash_run run;

        start(&at, &run, CRASH_NEVER, 0);
        while (crash_run_hear(&run, 0) && terminated < times) {
            sleep_for(prng_between(&at.random, 1, 60000));
            terminated += terminate(&at);
        }
        CHECK_TRUE("the worker itself lives on", !end(&at, &run));
    }
    place_fini(&at, "connections terminated", terminated);
}

TEST(its_server_is_stopped_at_once)
{
    const size_t times = check_count(10, 100);
    size_t stopped = 0;
    place at;

    place_init(&at, pg_server_own_folder());
    while (stopped < times) {
        crash_run run;

        start(&at, &run, CRASH_NEVER, 0);
        while (stopped < times && crash_run_goes_on(&run)) {
            sleep_for(prng_between(&at.random, 0, 50000));
            pg_server_kill(at.folder);
            pg_server_up(at.folder);
            stopped++;
        }
        CHECK_TRUE("the worker itself lives on", !end(&at, &run));
    }
    place_fini(&at, "server stopped at once", stopped);
}
