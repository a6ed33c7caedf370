/*
 * test_pg_damage.c - Goal: a schema that is not as it should be, and a connection that cannot
 * be, are said as what they are, and what can be made again is.
 * Method: each column dropped, each table, each view; connection strings with mistakes in them;
 * servers that only read; triggers that say no.
 */
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "pg_server.h"
#include "store_damage.h"
#include "store_drive.h"
#include "store_sample.h"

static char conninfo[320];

static void begin(void)
{
    const char *const folder = pg_server_folder();

    snprintf(conninfo, sizeof conninfo, "%s",
             pg_server_conninfo(folder, pg_server_database(folder), "sla_test"));
    pg_server_make_schema(conninfo);
}

/* ---------------------------------------------------------------------- complaints */

typedef struct heard {
    size_t count;
    char all[8192];
} heard;

static void hear(void *context, const char *text)
{
    heard *const to = context;
    const size_t length = strlen(to->all);

    to->count++;
    snprintf(to->all + length, sizeof to->all - length, "%s\n", text);
}

static int check_schema(heard *to, sla_error *error)
{
    sla_pg_options options = SLA_PG_OPTIONS_INIT;

    memset(to, 0, sizeof *to);
    options.conninfo = conninfo;
    return sla_store_pg_check(&options, hear, to, error);
}

static int init_schema(sla_error *error)
{
    sla_pg_options options = SLA_PG_OPTIONS_INIT;

    options.conninfo = conninfo;
    return sla_store_pg_init(&options, error);
}

static int migrate_schema(sla_error *error)
{
    sla_pg_options options = SLA_PG_OPTIONS_INIT;

    options.conninfo = conninfo;
    return sla_store_pg_migrate(&options, error);
}

TEST(each_lost_column_is_named)
{
    sla_error error;
    heard said;
    int columns;

    begin();
    CHECK_OK_OR_SAY(check_schema(&said, &error), &error);
    sscanf(pg_server_say(conninfo, "SELECT count(*) FROM information_schema.columns c JOIN "
                                   "information_schema.tables t USING (table_schema, table_name) "
                                   "WHERE table_schema = 'sla' AND table_type = 'BASE TABLE'"),
           "%d", &columns);
    CHECK_TRUE("there are columns", columns > 80);
    for (int i = 0; i < columns; i++) {
        char sql[512], table[80], column[80];

        snprintf(sql, sizeof sql,
                 "SELECT table_name || ' ' || column_name FROM information_schema.columns c JOIN "
                 "information_schema.tables t USING (table_schema, table_name) WHERE table_schema "
                 "= 'sla' AND table_type = 'BASE TABLE' ORDER BY table_name, ordinal_position "
                 "OFFSET %d LIMIT 1",
                 i);
        CHECK_EQ(sql, 2, sscanf(pg_server_say(conninfo, sql), "%79s %79s", table, column));
        snprintf(sql, sizeof sql, "ALTER TABLE sla.%s RENAME COLUMN \"%s\" TO gone", table, column);
        pg_server_say(conninfo, sql);
        if (strcmp(table, "schema_version") != 0 || strcmp(column, "applied_at") == 0) {
            CHECK_EQ(column, SLA_ERR_REFUSED, check_schema(&said, &error));
            snprintf(sql, sizeof sql, "the column %s of the table %s is missing", column, table);
            CHECK_TRUE(sql, strstr(said.all, sql) != NULL);
        }
        snprintf(sql, sizeof sql, "ALTER TABLE sla.%s RENAME COLUMN gone TO \"%s\"", table, column);
        pg_server_say(conninfo, sql);
    }
    pg_server_say(conninfo, "ALTER TABLE sla.consumer ALTER COLUMN through TYPE integer");
    CHECK_RESULT(SLA_ERR_REFUSED, check_schema(&said, &error));
    CHECK_TRUE(said.all, strstr(said.all, "of type integer instead of bigint") != NULL);
}

/* Nothing else is complained of. */
static void check_that_it_is_said(const char *change, const char *wanted, const char *back)
{
    sla_error error;
    heard said;

    pg_server_say(conninfo, change);
    CHECK_EQ(change, SLA_ERR_REFUSED, check_schema(&said, &error));
    if (said.count != 1 || strstr(said.all, wanted) == NULL)
        CHECK_STR(change, wanted, said.all);
    pg_server_say(conninfo, back);
}

/* All of a kind that the catalogue has are lost at once: there is a sentence for each. */
static void lose_all(const char *which, const char *wanted, size_t at_least)
{
    char sql[900];
    sla_error error;
    heard said;
    int count;

    begin();
    snprintf(sql, sizeof sql, "SELECT count(*) FROM (%s) AS all_of_them", which);
    sscanf(pg_server_say(conninfo, sql), "%d", &count);
    CHECK_TRUE(wanted, (size_t)count >= at_least);
    snprintf(sql, sizeof sql,
             "DO $$DECLARE act text; BEGIN FOR act IN %s LOOP EXECUTE act; END LOOP; END$$", which);
    pg_server_say(conninfo, sql);
    CHECK_RESULT(SLA_ERR_REFUSED, check_schema(&said, &error));
    CHECK_EQ(wanted, count, said.count);
    CHECK_TRUE(said.all, strstr(said.all, wanted) != NULL);
}

TEST(each_lost_constraint_is_named)
{
    lose_all("SELECT format('ALTER TABLE %s ALTER %I DROP NOT NULL', c.oid::regclass, attname)"
             " FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid WHERE relkind = 'r' AND"
             " relnamespace = 'sla'::regnamespace AND attnum > 0 AND attnotnull AND NOT EXISTS"
             " (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND indisprimary AND attnum = ANY"
             " (indkey))",
             "is not NOT NULL any more", 30);
    lose_all("SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)"
             " FROM pg_constraint WHERE connamespace = 'sla'::regnamespace"
             " AND contype IN ('p', 'u', 'c')",
             "has lost its ", 12);
}

TEST(what_loses_rows_without_a_word_is_named)
{
    static const struct {
        const char *change, *said, *back;
    } rows[] = {
        {"CREATE RULE lose AS ON INSERT TO sla.fact DO INSTEAD NOTHING",
         "the rule lose on the table fact", "DROP RULE lose ON sla.fact"},
        {"CREATE TRIGGER lose BEFORE INSERT ON sla.event FOR EACH ROW EXECUTE FUNCTION "
         "other.lose()",
         "the trigger lose on the table event", "DROP TRIGGER lose ON sla.event"},
        {"ALTER TABLE sla.fact SET UNLOGGED", "the table fact is UNLOGGED",
         "ALTER TABLE sla.fact SET LOGGED"},
        {"ALTER TABLE sla.mark ADD owner text NOT NULL",
         "the column owner of the table mark is not of this release",
         "ALTER TABLE sla.mark DROP owner"},
        {"ALTER TABLE sla.fact ALTER id SET NOT NULL",
         "the column id of the table fact is NOT NULL by somebody else",
         "ALTER TABLE sla.fact ALTER id DROP NOT NULL"},
        {"ALTER TABLE sla.ticket ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
         "rows of the table ticket are kept from the role sla_test",
         "ALTER TABLE sla.ticket NO FORCE ROW LEVEL SECURITY"},
        {"ALTER TABLE sla.event DROP CONSTRAINT event_identity; CREATE UNIQUE INDEX half ON "
         "sla.event (tenant, ticket, policy, target, cycle, step, repeat, revision) WHERE late",
         "the table event has lost its key",
         "ALTER TABLE sla.event ADD CONSTRAINT event_identity UNIQUE (tenant, ticket, policy, "
         "target, cycle, step, repeat, revision)"},
    };

    sla_error error;
    heard said;

    begin();
    pg_server_say(conninfo, "DROP SCHEMA IF EXISTS other CASCADE; CREATE SCHEMA other; CREATE "
                            "FUNCTION other.lose() RETURNS trigger LANGUAGE plpgsql AS "
                            "'BEGIN RETURN NULL; END'");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_that_it_is_said(rows[i].change, rows[i].said, rows[i].back);
    pg_server_say(conninfo, "DROP SCHEMA other CASCADE");
    pg_server_say(conninfo, "ALTER TABLE sla.ticket ALTER kind DROP EXPRESSION");
    CHECK_RESULT(SLA_ERR_REFUSED, check_schema(&said, &error));
    CHECK_TRUE(said.all, strstr(said.all, "kind of the table ticket is not computed") != NULL);
}

TEST(what_is_derived_is_made_again)
{
    static const char *const drops[] = {
        "DROP VIEW sla.at_risk",        "DROP VIEW sla.on_time",
        "DROP VIEW sla.breach_month",   "DROP VIEW sla.clock CASCADE",
        "DROP INDEX sla.ticket_open",   "DROP FUNCTION sla.refuse",
        "DROP FUNCTION sla.unit_begin", "DROP FUNCTION sla.unit_events"};
    sla_error error;
    heard said;

    begin();
    for (size_t i = 0; i < sizeof drops / sizeof drops[0]; i++) {
        pg_server_say(conninfo, drops[i]);
        CHECK_EQ(drops[i], SLA_ERR_REFUSED, check_schema(&said, &error));
        CHECK_TRUE(said.all, strstr(said.all, "`sla db init` makes it again") != NULL);
        CHECK_OK_OR_SAY(init_schema(&error), &error);
        CHECK_OK_OR_SAY(check_schema(&said, &error), &error);
    }
}

static void open_store(store_drive *drive)
{
    sla_pg_options options = SLA_PG_OPTIONS_INIT;
    sla_store *store;
    sla_error error;

    options.conninfo = conninfo;
    CHECK_OK_OR_SAY(sla_store_pg_new(&options, &store, &error), &error);
    store_drive_init(drive, store);
    CHECK_OK(store_drive_open(drive));
}

TEST(what_does_not_fit_together_is_found)
{
    sla_pg_options options = SLA_PG_OPTIONS_INIT;
    sla_error error;
    heard said;

    for (size_t i = 0; i < store_damage_count; i++) {
        store_drive drive;
        char change[200];

        begin();
        open_store(&drive);
        store_damage_write(&drive);
        CHECK_OK_OR_SAY(check_schema(&said, &error), &error);
        CHECK_OK(store_drive_release(&drive));
        store_drive_fini(&drive);
        snprintf(change, sizeof change, "SET search_path = sla; %s", store_damages[i].change);
        pg_server_say(conninfo, change);
        CHECK_EQ(change, SLA_ERR_REFUSED, check_schema(&said, &error));
        if (strstr(said.all, store_damages[i].said) == NULL ||
            strncmp(said.all, error.text, strlen(error.text)) != 0)
            CHECK_STR(change, store_damages[i].said, said.all);
        options.conninfo = conninfo;
        CHECK_OK_OR_SAY(sla_store_pg_look(&options, NULL, NULL, &error), &error);
    }
}

TEST(tables_that_were_changed_are_found)
{
    for (size_t i = 0; i < store_table_damage_count; i++) {
        char change[200];
        sla_error error;
        heard said;

        begin();
        snprintf(change, sizeof change, "SET search_path = sla; %s", store_table_damages[i].change);
        pg_server_say(conninfo, change);
        CHECK_EQ(change, SLA_ERR_REFUSED, check_schema(&said, &error));
        if (strstr(said.all, store_table_damages[i].said) == NULL)
            CHECK_STR(change, store_table_damages[i].said, said.all);
    }
}

/* However much it is: a hundred sentences, and the first is the error. */
TEST(a_hundred_complaints_are_enough)
{
    store_drive drive;
    sla_error error;
    heard said;

    begin();
    open_store(&drive);
    store_damage_write(&drive);
    CHECK_OK(store_drive_release(&drive));
    store_drive_fini(&drive);
    pg_server_say(conninfo, "INSERT INTO sla.mark (consumer, number) SELECT 'nobody', i FROM "
                            "generate_series(1, 1000) AS i");
    pg_server_say(conninfo, "DELETE FROM sla.shard WHERE id > 7");
    CHECK_RESULT(SLA_ERR_REFUSED, check_schema(&said, &error));
    CHECK_EQ("a hundred", 100, said.count);
}

TEST(a_lost_table_is_lost)
{
    static const char *const tables[] = {"mark",  "consumer", "writer", "document",
                                         "event", "fact",     "ticket", "shard"};
    sla_error error;
    heard said;

    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        char text[128];

        begin();
        snprintf(text, sizeof text, "DROP TABLE sla.%s CASCADE", tables[i]);
        pg_server_say(conninfo, text);
        snprintf(text, sizeof text, "the table %s is missing", tables[i]);
        CHECK_EQ(text, SLA_ERR_STORE, init_schema(&error));
        CHECK_TRUE(error.text, strstr(error.text, text) != NULL);
        CHECK_EQ(text, SLA_ERR_STORE, migrate_schema(&error));
        CHECK_EQ(text, SLA_ERR_REFUSED, check_schema(&said, &error));
        CHECK_TRUE(said.all, strstr(said.all, text) != NULL);
    }
}

TEST(a_schema_without_its_version_is_damaged)
{
    static const char *const acts[] = {"DELETE FROM sla.schema_version",
                                       "DROP TABLE sla.schema_version"};
    sla_error error;
    heard said;

    for (size_t i = 0; i < 2; i++) {
        begin();
        pg_server_say(conninfo, acts[i]);
        CHECK_EQ(acts[i], SLA_ERR_STORE, init_schema(&error));
        CHECK_TRUE(error.text, strstr(error.text, "from a backup") != NULL);
        CHECK_EQ(acts[i], SLA_ERR_STORE, migrate_schema(&error));
        CHECK_EQ(acts[i], SLA_ERR_STORE, check_schema(&said, &error));
    }
}

/* ------------------------------------------------------------------ the connection */

static int open_with(const char *more, sla_error *error_out)
{
    sla_pg_options options = SLA_PG_OPTIONS_INIT;
    char where[512];
    store_drive drive;
    sla_store *store;
    int result;

    snprintf(where, sizeof where, "%s %s", conninfo, more);
    options.conninfo = where;
    options.connect_limit = SLA_SECOND;
    CHECK_OK_OR_SAY(sla_store_pg_new(&options, &store, error_out), error_out);
    store_drive_init(&drive, store);
    result = store_drive_open(&drive);
    *error_out = drive.error;
    store_drive_fini(&drive);
    return result;
}

TEST(what_never_passes_is_refused)
{
    static const struct {
        const char *more;
        const char *said;
    } rows[] = {
        {"sslmode=typo", "sslmode"},
        {"gssencmode=typo", "gssencmode"},
        {"channel_binding=typo", "channel_binding"},
        {"target_session_attrs=typo", "target_session_attrs"},
        {"target_session_attrs=read-only", "has to write"},
        {"target_session_attrs=standby", "has to write"},
        {"port=abc", "is a number"},
        {"port=99999", "port"},
        {"port=1,2,3", "as many ports"},
        {"requirepeer=nobody_of_that_name", "requirepeer"},
        {"channel_binding=require", "channel_binding"},
    };

    begin();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        sla_error error;

        CHECK_EQ(rows[i].more, SLA_ERR_REFUSED, open_with(rows[i].more, &error));
        CHECK_TRUE(error.text, strstr(error.text, rows[i].said) != NULL);
        CHECK_TRUE(error.text, strstr(error.text, "typo") == NULL);
    }
}

TEST(who_may_only_read_is_no_service)
{
    sla_error error;
    heard said;

    begin();
    strcat(conninfo, " options='-c default_transaction_read_only=on'");
    CHECK_RESULT(SLA_ERR_REFUSED, check_schema(&said, &error));
    CHECK_TRUE(said.all, strstr(said.all, "may only read") != NULL);
}

TEST(a_trigger_that_says_no_refuses_its_unit)
{
    sla_pg_options options = SLA_PG_OPTIONS_INIT;
    store_drive drive;
    store_sample sample;
    sla_store *store;
    sla_error error;

    begin();
    pg_server_say(conninfo, "CREATE FUNCTION sla.no() RETURNS trigger LANGUAGE plpgsql AS "
                            "'BEGIN RAISE EXCEPTION ''not this one''; END'");
    pg_server_say(conninfo, "CREATE TRIGGER no BEFORE INSERT ON sla.fact FOR EACH ROW "
                            "WHEN (NEW.ticket = 'BAD') EXECUTE FUNCTION sla.no()");
    options.conninfo = conninfo;
    CHECK_OK_OR_SAY(sla_store_pg_new(&options, &store, &error), &error);
    store_drive_init(&drive, store);
    CHECK_OK(store_drive_open(&drive));
    store_sample_init(&sample, check_seed(), 7, 1);
    store_sample_fact(&sample, "tenant", "BAD", 1);
    CHECK_RESULT(SLA_ERR_REFUSED, store_drive_commit(&drive, &sample.unit));
    CHECK_TRUE(drive.error.text, strstr(drive.error.text, "P0001: not this one") != NULL);
    store_sample_fini(&sample);
    store_sample_init(&sample, check_seed(), 7, 1);
    store_sample_fact(&sample, "tenant", "GOOD", 1);
    CHECK_OK(store_drive_commit(&drive, &sample.unit));
    store_sample_fini(&sample);
    store_drive_fini(&drive);
}
