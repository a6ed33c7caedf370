/*
 * test_pg_crash.c - Goal: whatever dies, nothing is lost and nothing is told twice.
 * Method: crash.h, at the points that every store has and after each message of a unit
 * and of a lease; then the service lives and its connections are terminated, or its
 * server is stopped as by a power cut.
 */
#include "support/check.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "crash.h"
#include "crash_point.h"
#include "pg_server.h"
#include "proxy.h"

enum { LEASE_SHORT = 60000 /* microseconds */ };

/* ----------------------------------------------------------------------- databases */

typedef struct database {
    const char *folder; /* of the server */
    const proxy *door;  /* on the service's way there; or NULL */
    sla_duration lease; /* of the service */
    char name[64];
    char conninfo[256]; /* without the door */
    char admin[256];
    pid_t home; /* who looks from outside */
} database;

static void fresh(void *context)
{
    database *const own = context;

    own->home = getpid();
    snprintf(own->name, sizeof own->name, "%s", pg_server_database(own->folder));
    snprintf(own->conninfo, sizeof own->conninfo, "%s",
             pg_server_conninfo(own->folder, own->name, "sla_test"));
    snprintf(own->admin, sizeof own->admin, "%s",
             pg_server_conninfo(own->folder, own->name, "sla_admin"));
    pg_server_make_schema(own->conninfo);
}

/* Who looks from outside does not use the door, and does not wait for a lease. */
static sla_store *open_database(void *context)
{
    const database *const own = context;
    const bool outside = getpid() == own->home;
    sla_pg_options options = SLA_PG_OPTIONS_INIT;
    char through[256];
    sla_store *store = NULL;
    sla_error error;

    options.conninfo = own->conninfo;
    options.lease = outside ? 0 : own->lease;
    if (!outside && own->door != NULL) {
        snprintf(through, sizeof through, "%s",
                 pg_server_conninfo(proxy_folder(own->door), own->name, "sla_test"));
        options.conninfo = through;
    }
    CHECK_OK_OR_SAY(sla_store_pg_new(&options, &store, &error), &error);
    return store;
}

/* Everything in it fits together, and no fact is there that the store would hide. */
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

static crash_place place_of(database *own)
{
    const crash_place place = {"postgresql", own, open_database, fresh, forget};

    return place;
}

/* -------------------------------------------------------- where the service is killed */

static const struct point {
    const char *name;
    bool at_birth;
} points[] = {
#define ROW_(name, at_birth) {name, at_birth},
    CRASH_POINT_MAP(ROW_)
#undef ROW_
};

static void kill_at(bool at_birth)
{
    for (size_t i = 0; i < COUNT_OF(points); i++) {
        database own = {.folder = pg_server_folder()};
        const crash_place place = place_of(&own);

        if (points[i].at_birth == at_birth)
            crash_again_and_again(&place, points[i].name, at_birth, crash_kills());
    }
}

TEST(a_service_killed_in_its_own_code)
{
    kill_at(false);
}

TEST(a_service_killed_while_it_loads)
{
    kill_at(true);
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
    {"the fence is sent", AT_FENCE, 0, 40},
    {"half of a unit is sent", AT_HALF, 0, 40},
    {"a unit is sent, nothing is read", AT_SYNC, 0, 40},
    {"a renewal of the lease is sent", AT_RENEWAL, LEASE_SHORT, 2},
};

TEST(a_service_killed_by_what_it_sends)
{
    for (size_t i = 0; i < COUNT_OF(message_points); i++) {
        const struct message_point *const point = &message_points[i];
        proxy *const door = proxy_new(pg_server_folder());
        database own = {.folder = pg_server_folder(), .door = door, .lease = point->lease};
        const crash_place place = place_of(&own);
        size_t kills = 0;
        crash_trial trial;

        crash_trial_init(&trial, &place);
        while (kills < crash_kills()) {
            watch of = {.at = point->at, .left = (unsigned)prng_below(&trial.random, point->most)};
            crash_run run;

            proxy_watch(door, NULL, NULL);
            crash_trial_start(&trial, &run);
            of.pid = run.pid;
            proxy_watch(door, on_message, &of);
            kills += crash_trial_end(&trial, &run);
        }
        proxy_watch(door, NULL, NULL);
        crash_trial_fini(&trial, point->what, kills);
        proxy_free(door);
    }
}

/* ------------------------------------------------------------------ the other side dies */

static void sleep_for(sla_duration span)
{
    const struct timespec time = {span / SLA_SECOND, span % SLA_SECOND * 1000};

    nanosleep(&time, NULL);
}

/* The service's connections are ended by an administrator; how many there were. */
static size_t terminate(const database *own)
{
    return (size_t)atoi(
        pg_server_say(own->admin, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                                  "WHERE datname = current_database() AND usename = 'sla_test'"));
}

TEST(its_connections_are_terminated)
{
    const size_t times = check_count(100, 1000);
    database own = {.folder = pg_server_folder()};
    const crash_place place = place_of(&own);
    size_t terminated = 0;
    crash_trial trial;

    crash_trial_init(&trial, &place);
    while (terminated < times) {
        crash_run run;

        crash_trial_start(&trial, &run);
        while (crash_run_hear(&run, 0) && terminated < times) {
            sleep_for(prng_between(&trial.random, 1, 60000));
            terminated += terminate(&own);
        }
        CHECK_TRUE("the service itself lives on", !crash_trial_end(&trial, &run));
    }
    crash_trial_fini(&trial, "connections terminated", terminated);
}

TEST(its_server_is_stopped_at_once)
{
    const size_t times = check_count(10, 100);
    database own = {.folder = pg_server_own_folder()};
    const crash_place place = place_of(&own);
    size_t stopped = 0;
    crash_trial trial;

    crash_trial_init(&trial, &place);
    while (stopped < times) {
        crash_run run;

        crash_trial_start(&trial, &run);
        while (stopped < times && crash_run_goes_on(&run)) {
            sleep_for(prng_between(&trial.random, 0, 50000));
            pg_server_kill(own.folder);
            pg_server_up(own.folder);
            stopped++;
        }
        CHECK_TRUE("the service itself lives on", !crash_trial_end(&trial, &run));
    }
    crash_trial_fini(&trial, "server stopped at once", stopped);
}
