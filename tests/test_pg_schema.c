/*
 * test_pg_schema.c - Goal: the tables are made once, brought up, and what is wrong with them
 * or with a role is found.  Method: two who make them at once; damage of every kind.
 */
#include "support/check.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "pg_server.h"

static char conninfo[256], admin[256];

/* A database of its own for each test. */
static void begin(void)
{
    pg_server_begin(conninfo, admin, sizeof conninfo);
}

static void *init_one(void *context)
{
    sla_pg_options options = SLA_PG_OPTIONS_INIT;
    sla_error error;

    (void)context;
    options.conninfo = conninfo;
    return (void *)(intptr_t)sla_store_pg_init(&options, &error);
}

TEST(two_may_make_the_schema_at_once)
{
    for (size_t round = check_count(5, 50); round > 0; round--) {
        pthread_t threads[4];

        begin();
        for (size_t i = 0; i < COUNT_OF(threads); i++)
            CHECK_EQ("a thread", 0, pthread_create(&threads[i], NULL, init_one, NULL));
        for (size_t i = 0; i < COUNT_OF(threads); i++) {
            void *result;

            pthread_join(threads[i], &result);
            CHECK_OK((int)(intptr_t)result);
        }
        CHECK_STR("made once", "1",
                  pg_server_say(conninfo, "SELECT count(*) FROM sla.schema_version"));
    }
}

TEST(a_schema_is_looked_at_and_brought_up)
{
    sla_pg_options options = SLA_PG_OPTIONS_INIT;
    sla_error error;

    begin();
    options.conninfo = conninfo;
    CHECK_RESULT(SLA_ERR_NOT_FOUND, sla_store_pg_check(&options, NULL, NULL, &error));
    CHECK_RESULT(SLA_ERR_NOT_FOUND, sla_store_pg_migrate(&options, &error));
    CHECK_OK_OR_SAY(sla_store_pg_init(&options, &error), &error);
    CHECK_OK_OR_SAY(sla_store_pg_init(&options, &error), &error);
    CHECK_OK_OR_SAY(sla_store_pg_check(&options, NULL, NULL, &error), &error);
    CHECK_OK_OR_SAY(sla_store_pg_migrate(&options, &error), &error);
    CHECK_OK_OR_SAY(sla_store_pg_check(&options, NULL, NULL, &error), &error);
    options.schema = "another";
    CHECK_RESULT(SLA_ERR_NOT_FOUND, sla_store_pg_check(&options, NULL, NULL, &error));
    CHECK_OK_OR_SAY(sla_store_pg_init(&options, &error), &error);
    CHECK_OK_OR_SAY(sla_store_pg_check(&options, NULL, NULL, &error), &error);
    pg_server_say(conninfo, "DELETE FROM another.shard WHERE id = 5");
    CHECK_RESULT(SLA_ERR_REFUSED, sla_store_pg_check(&options, NULL, NULL, &error));
    pg_server_say(conninfo, "INSERT INTO another.schema_version VALUES (1000, 1, now())");
    CHECK_RESULT(SLA_ERR_NEWER, sla_store_pg_check(&options, NULL, NULL, &error));
    CHECK_RESULT(SLA_ERR_NEWER, sla_store_pg_init(&options, &error));
    options.conninfo = "host=/nowhere dbname=sla";
    CHECK_RESULT(SLA_ERR_STORE, sla_store_pg_check(&options, NULL, NULL, &error));
}

typedef struct complaints {
    size_t count;
    char said[4000];
} complaints;

static void on_complaint(void *context, const char *text)
{
    complaints *const all = context;
    const size_t length = strlen(all->said);

    all->count++;
    snprintf(all->said + length, sizeof all->said - length, "%s\n", text);
}

static void check_check(const char *why, const char *where, size_t count, const char *text)
{
    sla_pg_options options = SLA_PG_OPTIONS_INIT;
    complaints all = {0};
    sla_error error;

    options.conninfo = where;
    CHECK_EQ(why, count == 0 ? SLA_OK : SLA_ERR_REFUSED,
             sla_store_pg_check(&options, on_complaint, &all, &error));
    if (strstr(all.said, text) == NULL || all.count != count)
        CHECK_STR(why, text, all.said);
}

TEST(what_would_keep_a_service_from_running_is_found)
{
    char where[320];

    begin();
    pg_server_make_schema(conninfo);
    check_check("all is well", conninfo, 0, "");
    check_check("a superuser", admin, 1, "superuser");
    snprintf(where, sizeof where, "%s options='-c synchronous_commit=off'", conninfo);
    check_check("synchronous_commit=off", where, 1, "synchronous_commit");
    pg_server_say(admin, "CREATE ROLE sla_guest LOGIN");
    pg_server_say(admin, "GRANT USAGE ON SCHEMA sla TO sla_guest");
    pg_server_say(admin, "GRANT SELECT ON ALL TABLES IN SCHEMA sla TO sla_guest");
    snprintf(where, sizeof where, "%s",
             pg_server_conninfo(pg_server_folder(),
                                pg_server_say(admin, "SELECT current_database()"), "sla_guest"));
    check_check("a role that may only read", where, 17,
                "the role sla_guest has no right to INSERT ticket");
    pg_server_say(admin, "DROP OWNED BY sla_guest");
    pg_server_say(admin, "DROP ROLE sla_guest");
    pg_server_say(conninfo, "DROP TABLE sla.mark");
    check_check("a lost table", conninfo, 1, "the table mark is missing");
    pg_server_say(conninfo, "DROP VIEW sla.on_time");
    check_check("a lost view", conninfo, 2, "the view on_time is missing");
    pg_server_say(conninfo, "DROP INDEX sla.ticket_open");
    check_check("a lost index", conninfo, 3, "the index ticket_open is missing");
}
