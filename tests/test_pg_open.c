/*
 * test_pg_open.c - Goal: who may open the database, when, and what is said to others.
 * Method: leases that run out, databases and roles that are not as they should be.
 */
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pg_server.h"
#include "store_drive.h"
#include "store_sample.h"
#include "store_writers.h"

static char conninfo[256], admin[256];

/* A database of its own for each test. */
static void begin(void)
{
    pg_server_begin(conninfo, admin, sizeof conninfo);
}

static void drive_init(store_drive *drive, const char *where, sla_duration lease)
{
    sla_pg_options options = SLA_PG_OPTIONS_INIT;
    sla_store *store;
    sla_error error;

    options.conninfo = where;
    options.lease = lease;
    CHECK_OK_OR_SAY(sla_store_pg_new(&options, &store, &error), &error);
    store_drive_init(drive, store);
}

/* What opening answers, and says. */
static void check_open(const char *why, int wanted, const char *text, const char *where)
{
    store_drive drive;

    drive_init(&drive, where, 0);
    CHECK_EQ(why, wanted, store_drive_open(&drive));
    CHECK_TRUE(drive.error.text, strstr(drive.error.text, text) != NULL);
    store_drive_fini(&drive);
}

static void sleep_for(sla_duration span)
{
    const struct timespec time = {span / SLA_SECOND, span % SLA_SECOND * 1000};

    nanosleep(&time, NULL);
}

/* ---------------------------------------------------------------------- the lease */

static int commit_one(store_drive *drive, uint64_t number)
{
    store_sample sample;
    int result;

    store_sample_init(&sample, check_seed(), 7, number);
    store_sample_fact(&sample, "tenant", "T-1", (uint32_t)number);
    result = store_drive_commit(drive, &sample.unit);
    store_sample_fini(&sample);
    return result;
}

/* The store is run now and then, as a host would. */
static void live_on(store_drive *drive, sla_duration span)
{
    for (; span > 0; span -= 20000) {
        sleep_for(20000);
        drive->store->ops->run(drive->store, drive->now += 20000);
    }
}

TEST(a_lease_is_kept_and_runs_out)
{
    const sla_duration lease = 400000;
    store_drive first, second;
    char until[32];

    begin();
    pg_server_make_schema(conninfo);
    drive_init(&first, conninfo, lease);
    drive_init(&second, conninfo, lease);
    CHECK_OK(store_drive_open(&first));
    CHECK_TRUE("the server's clock comes with it", first.done.clock > INT64_C(1700000000000000));
    CHECK_RESULT(SLA_ERR_BUSY, store_drive_open(&second));
    CHECK_TRUE(second.error.text, strstr(second.error.text, "another service") != NULL);
    snprintf(until, sizeof until, "until %.10s", pg_server_say(conninfo, "SELECT current_date"));
    CHECK_TRUE(second.error.text, strstr(second.error.text, until) != NULL);
    live_on(&first, 3 * lease);
    CHECK_RESULT(SLA_ERR_BUSY, store_drive_open(&second));
    CHECK_OK(commit_one(&first, 1));
    sleep_for(lease + lease / 2);
    CHECK_OK(store_drive_open(&second));
    CHECK_RESULT(SLA_ERR_FENCED, commit_one(&first, 2));
    CHECK_OK(commit_one(&second, 2));
    live_on(&first, lease);
    CHECK_EQ("it hears of it unasked, once", 1, first.fenced);
    CHECK_OK(commit_one(&second, 3));
    store_drive_fini(&first);
    CHECK_OK(commit_one(&second, 4));
    store_drive_fini(&second);
}

/* Also when the next one has come and gone. */
TEST(who_gives_back_what_another_took_hears_of_it)
{
    store_drive first, second;

    begin();
    pg_server_make_schema(conninfo);
    drive_init(&first, conninfo, SLA_HOUR);
    drive_init(&second, conninfo, 0);
    CHECK_OK(store_drive_open(&first));
    CHECK_OK(store_drive_open(&second));
    CHECK_RESULT(SLA_ERR_FENCED, store_drive_release(&first));
    CHECK_OK(store_drive_release(&second));
    CHECK_OK(store_drive_release(&second));
    CHECK_OK(store_drive_open(&first));
    CHECK_OK(store_drive_open(&second));
    CHECK_OK(store_drive_release(&second));
    CHECK_RESULT(SLA_ERR_FENCED, store_drive_release(&first));
    CHECK_OK(store_drive_open(&first));
    pg_server_say(conninfo, "UPDATE sla.shard SET owner = NULL, expires_at = NULL, "
                            "epoch = epoch + 1 RETURNING 1");
    CHECK_OK(store_drive_release(&first));
    store_drive_fini(&first);
    store_drive_fini(&second);
}

TEST(a_lease_that_ran_out_and_nobody_took_is_still_ours)
{
    store_drive drive;

    begin();
    pg_server_make_schema(conninfo);
    drive_init(&drive, conninfo, 100000);
    CHECK_OK(store_drive_open(&drive));
    sleep_for(300000);
    CHECK_OK(commit_one(&drive, 1));
    store_drive_fini(&drive);
}

TEST(who_closes_gives_back)
{
    store_drive first, second;

    begin();
    pg_server_make_schema(conninfo);
    drive_init(&first, conninfo, SLA_HOUR);
    CHECK_OK(store_drive_open(&first));
    store_drive_fini(&first);
    drive_init(&second, conninfo, SLA_HOUR);
    for (int tries = 0; tries < 100 && store_drive_open(&second) == SLA_ERR_BUSY; tries++)
        sleep_for(20000);
    CHECK_OK(second.done.result);
    CHECK_OK(store_drive_release(&second));
    store_drive_fini(&second);
}

/* -------------------------------------------------------------------- who wrote */

static int64_t count_writers(void *context)
{
    return atoi(pg_server_say(context, "SELECT count(*) FROM sla.writer"));
}

TEST(writers_come_and_go)
{
    store_drive drive;

    begin();
    pg_server_make_schema(conninfo);
    drive_init(&drive, conninfo, SLA_HOUR);
    CHECK_OK(store_drive_open(&drive));
    store_writers_come_and_go(&drive, count_writers, (void *)(uintptr_t)conninfo);
    store_drive_fini(&drive);
}

/* -------------------------------------------------------------------- what is refused */

TEST(what_is_not_as_it_should_be_is_refused_with_a_reason)
{
    begin();
    check_open("no schema", SLA_ERR_REFUSED, "sla db init", conninfo);
    pg_server_make_schema(conninfo);
    check_open("a superuser", SLA_ERR_REFUSED, "superuser", admin);
    pg_server_say(admin, "CREATE ROLE sla_stranger LOGIN");
    check_open("a role without rights", SLA_ERR_REFUSED, "42501",
               pg_server_conninfo(pg_server_folder(),
                                  pg_server_say(admin, "SELECT current_database()"),
                                  "sla_stranger"));
    pg_server_say(admin, "DROP ROLE sla_stranger");
    pg_server_say(conninfo, "INSERT INTO sla.schema_version VALUES (1000, 1, now())");
    check_open("a newer schema", SLA_ERR_NEWER, "newer", conninfo);
    pg_server_say(conninfo, "DELETE FROM sla.schema_version WHERE version > 0; "
                            "INSERT INTO sla.schema_version VALUES (0, 1, now())");
    check_open("an older schema", SLA_ERR_REFUSED, "sla db migrate", conninfo);
}

TEST(a_server_that_forgets_commits_is_refused)
{
    char where[320];

    begin();
    pg_server_make_schema(conninfo);
    snprintf(where, sizeof where, "%s options='-c synchronous_commit=off'", conninfo);
    check_open("synchronous_commit=off", SLA_ERR_REFUSED, "synchronous_commit", where);
    snprintf(where, sizeof where, "%s options='-c synchronous_commit=local'", conninfo);
    check_open("what is lost with the machine only is the host's choice", SLA_OK, "", where);
}

TEST(an_encoding_that_is_not_utf8_is_refused)
{
    const char *const folder = pg_server_folder();
    char sql[160], database[64];
    sla_pg_options options = SLA_PG_OPTIONS_INIT;
    sla_error error;

    begin();
    snprintf(database, sizeof database, "%.50s_ascii",
             pg_server_say(admin, "SELECT current_database()"));
    snprintf(sql, sizeof sql,
             "CREATE DATABASE %s OWNER sla_test TEMPLATE template0 ENCODING SQL_ASCII", database);
    pg_server_say(admin, sql);
    snprintf(conninfo, sizeof conninfo, "%s", pg_server_conninfo(folder, database, "sla_test"));
    check_open("SQL_ASCII", SLA_ERR_REFUSED, "UTF8", conninfo);
    options.conninfo = conninfo;
    CHECK_RESULT(SLA_ERR_REFUSED, sla_store_pg_init(&options, &error));
}

TEST(nothing_secret_is_said)
{
    static const char *const places[] = {
        "host=/nowhere dbname=sla user=sla password=hush",
        "postgresql://sla:hush@%2Fnowhere/sla",
    };
    static const char *const bad[] = {
        "host=/nowhere passwort=hush",
        "postgresql://sla:hush@/sla?nonsense=1",
        "password=hush password",
    };

    for (size_t i = 0; i < COUNT_OF(places); i++) {
        store_drive drive;

        drive_init(&drive, places[i], 0);
        CHECK_OK(drive.store->ops->open(drive.store, &drive.sink, 1));
        drive.asked = 1;
        store_drive_wait(&drive, 1);
        CHECK_EQ("no server", SLA_ERR_STORE, drive.done.result);
        CHECK_TRUE(drive.error.text, strstr(drive.error.text, "hush") == NULL);
        store_drive_fini(&drive);
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        sla_pg_options options = SLA_PG_OPTIONS_INIT;
        sla_store *store;
        sla_error error;

        options.conninfo = bad[i];
        CHECK_RESULT(SLA_ERR_ARGUMENT, sla_store_pg_new(&options, &store, &error));
        CHECK_TRUE(error.text, strstr(error.text, "hush") == NULL);
    }
}

/* The drive asks again after SLA_ERR_STORE: here is the first answer. */
static void check_first(const char *why, int result, const char *where, const char *text)
{
    store_drive drive;

    drive_init(&drive, where, 0);
    CHECK_OK(drive.store->ops->open(drive.store, &drive.sink, ++drive.asked));
    store_drive_wait(&drive, 1);
    CHECK_EQ(why, result, drive.done.result);
    if (strstr(drive.error.text, text) == NULL)
        CHECK_STR(why, text, drive.error.text);
    store_drive_fini(&drive);
}

/* Why there is no connection, as the store and `sla db` say it. */
static void check_reason(const char *why, int result, const char *where, const char *text)
{
    sla_pg_options options = SLA_PG_OPTIONS_INIT;
    sla_error error;

    options.conninfo = where;
    CHECK_EQ(why, SLA_ERR_STORE, sla_store_pg_check(&options, NULL, NULL, &error));
    if (strstr(error.text, text) == NULL)
        CHECK_STR(why, text, error.text);
    check_first(why, result, where, text);
}

TEST(a_server_that_cannot_be_reached_is_an_error_with_a_reason)
{
    static const struct row {
        const char *why, *where, *text;
    } rows[] = {
        {"a service that is not there", "service=nosuch", "service is not defined"},
        {"a name that is not known", "host=nosuch.invalid dbname=sla", "name is not known"},
        {"nobody listens", "host=127.0.0.1 port=1 dbname=sla", "refused"},
        {"no socket", "host=/nowhere dbname=sla", "no such socket"},
    };
    const char *const folder = pg_server_folder();
    char database[64];

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_reason(rows[i].why, SLA_ERR_STORE, rows[i].where, rows[i].text);
    begin();
    snprintf(database, sizeof database, "%.50s", pg_server_say(admin, "SELECT current_database()"));
    check_reason("a database that is not there", SLA_ERR_REFUSED,
                 pg_server_conninfo(folder, "nowhere_to_be", "sla_test"),
                 "SQLSTATE 3D000: database \"nowhere_to_be\" does not exist");
    check_reason("a role that is not there", SLA_ERR_REFUSED,
                 pg_server_conninfo(folder, database, "nobody_at_all"),
                 "SQLSTATE 28000: role \"nobody_at_all\" does not exist");
}

TEST(a_schema_has_a_name_or_is_refused)
{
    static const struct row {
        const char *schema;
        int result;
    } rows[] = {
        {"sla", SLA_OK},           {"_x9", SLA_OK},           {"", SLA_ERR_ARGUMENT},
        {"9a", SLA_ERR_ARGUMENT},  {"Sla", SLA_ERR_ARGUMENT}, {"a\"; DROP", SLA_ERR_ARGUMENT},
        {"a-b", SLA_ERR_ARGUMENT},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sla_pg_options options = SLA_PG_OPTIONS_INIT;
        sla_store *store = NULL;

        options.schema = rows[i].schema;
        CHECK_EQ(rows[i].schema, rows[i].result, sla_store_pg_new(&options, &store, NULL));
        if (store != NULL)
            store->ops->close(store);
    }
}

TEST(options_that_are_none_are_an_argument)
{
    struct {
        sla_pg_options options;
        uint64_t more;
    } given = {SLA_PG_OPTIONS_INIT, 1};
    sla_store *store;
    sla_error error;

    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_store_pg_new(NULL, &store, &error));
    CHECK_STR("which", "options is NULL", error.text);
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_store_pg_new(&given.options, NULL, &error));
    CHECK_STR("which", "store_out is NULL", error.text);
    given.options.size = sizeof given;
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_store_pg_new(&given.options, &store, &error));
    CHECK_TRUE("what is not known", strstr(error.text, "a member is set") != NULL);
    given.more = 0;
    CHECK_OK(sla_store_pg_new(&given.options, &store, &error));
    store->ops->close(store);
    given.options.size = 0;
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_store_pg_new(&given.options, &store, &error));
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_store_pg_check(&given.options, NULL, NULL, &error));
    CHECK_TRUE("the size", strncmp(error.text, "size", 4) == 0);
}

/* What a server says when its disk, its memory, its connections are used up: it may pass. */
TEST(a_server_at_its_end_is_asked_again)
{
    static const char *const states[] = {"53000", "53100", "53200", "53300"};
    store_drive drive;

    begin();
    pg_server_make_schema(conninfo);
    drive_init(&drive, conninfo, SLA_HOUR);
    CHECK_OK(store_drive_open(&drive));
    for (uint64_t i = 0; i < COUNT_OF(states); i++) {
        store_sample sample;
        char sql[320];

        snprintf(sql, sizeof sql,
                 "CREATE FUNCTION sla.no_more() RETURNS trigger LANGUAGE plpgsql AS "
                 "$$ BEGIN RAISE EXCEPTION 'no more' USING ERRCODE = '%s'; END $$; "
                 "CREATE TRIGGER no_more BEFORE INSERT ON sla.fact "
                 "FOR EACH ROW EXECUTE FUNCTION sla.no_more()",
                 states[i]);
        pg_server_say(conninfo, sql);
        store_sample_init(&sample, check_seed(), 7, i + 1);
        store_sample_fact(&sample, "tenant", "T-1", (uint32_t)(i + 1));
        CHECK_OK(drive.store->ops->commit(drive.store, &sample.unit, ++drive.asked));
        store_drive_wait(&drive, drive.asked);
        CHECK_EQ(states[i], SLA_ERR_STORE, drive.done.result);
        CHECK_TRUE(drive.error.text, strstr(drive.error.text, states[i]) != NULL);
        CHECK_TRUE(drive.error.text, strstr(drive.error.text, "no more") != NULL);
        pg_server_say(conninfo, "DROP TRIGGER no_more ON sla.fact; DROP FUNCTION sla.no_more()");
        CHECK_EQ(states[i], SLA_OK, store_drive_commit(&drive, &sample.unit));
        store_sample_fini(&sample);
    }
    store_drive_fini(&drive);
}
