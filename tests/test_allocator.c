/* Goal: an allocator of which a call is missing is refused by name wherever one is handed in,
 * before anything is made with it.  Method: every call that takes one, with each member NULL. */
#include "check.h"

#include <stdbool.h>
#include <string.h>

#include <ev.h>

#include <sla/calendar.h>
#include <sla/engine.h>
#include <sla/ev.h>
#include <sla/pg.h>
#include <sla/policy.h>
#include <sla/sqlite.h>
#include <sla/testing.h>

enum { START = 1780000000 };

/* Nothing may ask it for memory. */
static void *never_alloc(size_t size, void *user)
{
    (void)size, (void)user;
    CHECK_FAIL("memory was asked for");
    return NULL;
}

static void *never_realloc(void *block, size_t size, void *user)
{
    (void)block;
    return never_alloc(size, user);
}

static void never_free(void *block, void *user)
{
    (void)block, (void)user;
    CHECK_FAIL("memory was given back");
}

/* -------------------------------------------------------------- calls that take one */

static int calendar_parse(const sla_allocator *allocator, sla_error *error)
{
    sla_calendar *calendar;

    return sla_calendar_parse("{}", 2, NULL, allocator, &calendar, error);
}

static int policies_new(const sla_allocator *allocator, sla_error *error)
{
    sla_policies *policies;

    (void)error;
    return sla_policies_new(allocator, &policies);
}

static int engine_new(const sla_allocator *allocator, sla_error *error)
{
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    sla_engine *engine;

    (void)error;
    options.allocator = allocator;
    return sla_engine_new(&options, &engine);
}

static int store_memory_new(const sla_allocator *allocator, sla_error *error)
{
    sla_store *store;

    (void)error;
    return sla_store_memory_new(allocator, &store);
}

static int worlds_new(const sla_allocator *allocator, sla_error *error)
{
    sla_worlds *worlds;

    (void)error;
    return sla_worlds_new(allocator, &worlds);
}

static sla_time at_start(void *context)
{
    (void)context;
    return START * SLA_SECOND;
}

static sla_service_options service_options(const sla_allocator *allocator)
{
    sla_service_options options = SLA_SERVICE_OPTIONS_INIT;

    options.allocator = allocator;
    options.clock.now = at_start;
    options.incarnation[0] = 1;
    CHECK_OK(sla_store_memory_new(NULL, &options.store));
    return options;
}

static int service_new(const sla_allocator *allocator, sla_error *error)
{
    const sla_service_options options = service_options(allocator);
    sla_service *service;

    return sla_service_new(&options, &service, error);
}

static int test_new(const sla_allocator *allocator, sla_error *error)
{
    const sla_service_options options = service_options(allocator);
    sla_test *test;

    return sla_test_new(&options, START * SLA_SECOND, &test, error);
}

static int ev_new(const sla_allocator *allocator, sla_error *error)
{
    const sla_service_options options = service_options(allocator);
    struct ev_loop *const loop = ev_loop_new(EVFLAG_AUTO);
    sla_ev *ev;
    int result;

    CHECK_TRUE("a loop", loop != NULL);
    result = sla_ev_new(loop, NULL, &options, &ev, error);
    ev_loop_destroy(loop);
    return result;
}

static sla_sqlite_options sqlite_options(const sla_allocator *allocator)
{
    sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;

    options.allocator = allocator;
    options.path = "/nobody/makes/this.db";
    return options;
}

static int sqlite_new(const sla_allocator *allocator, sla_error *error)
{
    const sla_sqlite_options options = sqlite_options(allocator);
    sla_store *store;

    return sla_store_sqlite_new(&options, &store, error);
}

static int sqlite_init(const sla_allocator *allocator, sla_error *error)
{
    const sla_sqlite_options options = sqlite_options(allocator);

    return sla_store_sqlite_init(&options, error);
}

static int sqlite_migrate(const sla_allocator *allocator, sla_error *error)
{
    const sla_sqlite_options options = sqlite_options(allocator);

    return sla_store_sqlite_migrate(&options, error);
}

static int sqlite_check(const sla_allocator *allocator, sla_error *error)
{
    const sla_sqlite_options options = sqlite_options(allocator);

    return sla_store_sqlite_check(&options, NULL, NULL, error);
}

static int sqlite_inspect(const sla_allocator *allocator, sla_error *error)
{
    const sla_sqlite_options options = sqlite_options(allocator);

    return sla_store_sqlite_inspect(&options, NULL, NULL, NULL, error);
}

static sla_pg_options pg_options(const sla_allocator *allocator)
{
    sla_pg_options options = SLA_PG_OPTIONS_INIT;

    options.allocator = allocator;
    options.conninfo = "host=/nobody/listens/here";
    return options;
}

static int pg_new(const sla_allocator *allocator, sla_error *error)
{
    const sla_pg_options options = pg_options(allocator);
    sla_store *store;

    return sla_store_pg_new(&options, &store, error);
}

static int pg_init(const sla_allocator *allocator, sla_error *error)
{
    const sla_pg_options options = pg_options(allocator);

    return sla_store_pg_init(&options, error);
}

static int pg_migrate(const sla_allocator *allocator, sla_error *error)
{
    const sla_pg_options options = pg_options(allocator);

    return sla_store_pg_migrate(&options, error);
}

static int pg_check(const sla_allocator *allocator, sla_error *error)
{
    const sla_pg_options options = pg_options(allocator);

    return sla_store_pg_check(&options, NULL, NULL, error);
}

static int pg_look(const sla_allocator *allocator, sla_error *error)
{
    const sla_pg_options options = pg_options(allocator);

    return sla_store_pg_look(&options, NULL, NULL, error);
}

static int pg_inspect(const sla_allocator *allocator, sla_error *error)
{
    const sla_pg_options options = pg_options(allocator);

    return sla_store_pg_inspect(&options, NULL, NULL, NULL, error);
}

static const struct {
    const char *why;
    int (*call)(const sla_allocator *allocator, sla_error *error);
    bool silent; /* without an sla_error */
} entries[] = {
    {"sla_calendar_parse", calendar_parse, false},
    {"sla_policies_new", policies_new, true},
    {"sla_engine_new", engine_new, true},
    {"sla_store_memory_new", store_memory_new, true},
    {"sla_worlds_new", worlds_new, true},
    {"sla_service_new", service_new, false},
    {"sla_test_new", test_new, false},
    {"sla_ev_new", ev_new, false},
    {"sla_store_sqlite_new", sqlite_new, false},
    {"sla_store_sqlite_init", sqlite_init, false},
    {"sla_store_sqlite_migrate", sqlite_migrate, false},
    {"sla_store_sqlite_check", sqlite_check, false},
    {"sla_store_sqlite_inspect", sqlite_inspect, false},
    {"sla_store_pg_new", pg_new, false},
    {"sla_store_pg_init", pg_init, false},
    {"sla_store_pg_migrate", pg_migrate, false},
    {"sla_store_pg_check", pg_check, false},
    {"sla_store_pg_look", pg_look, false},
    {"sla_store_pg_inspect", pg_inspect, false},
};

/* ------------------------------------------------------------------------ the member */

static const struct {
    const char *named;
    sla_allocator allocator;
} halves[] = {
    {"allocator.alloc is NULL", {NULL, never_realloc, never_free, NULL}},
    {"allocator.realloc is NULL", {never_alloc, NULL, never_free, NULL}},
    {"allocator.free is NULL", {never_alloc, never_realloc, NULL, NULL}},
    {"allocator.alloc is NULL", {NULL, NULL, NULL, NULL}}, /* zeroed: the first is named */
};

TEST(a_call_that_is_missing_is_refused_by_name)
{
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        for (size_t j = 0; j < sizeof halves / sizeof halves[0]; j++) {
            sla_error error = {0};

            CHECK_EQ(entries[i].why, SLA_ERR_ARGUMENT,
                     entries[i].call(&halves[j].allocator, &error));
            if (entries[i].silent)
                continue;
            CHECK_EQ(entries[i].why, SLA_ERR_ARGUMENT, error.code);
            CHECK_TRUE(error.text, strstr(error.text, halves[j].named) == error.text);
            CHECK_TRUE("what to give instead", strstr(error.text, "set all three") != NULL);
            CHECK_STR("of no place", "", error.pointer);
        }
    }
}

TEST(nobody_has_to_read_why)
{
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++)
        CHECK_EQ(entries[i].why, SLA_ERR_ARGUMENT, entries[i].call(&halves[0].allocator, NULL));
}
