/*
 * statements.c - see statements.h.
 *
 * A unit is BEGIN (the fence and the unit's turn; functions.sql has the rare courses)
 * and what it brings, each list as one statement over arrays.  What is wrong with it is
 * told by a constraint or by `refuse`, and then it is examined: the same unit once more
 * with EXAMINE behind BEGIN_EXAMINED, which says what exactly.  So a good unit, which is nearly
 * every one, pays for no more than the constraints.
 */
#include "pg/statements.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "store/rows.h"

#define S ":\"schema\"."

#define UPSERT                                                                                     \
    "INSERT INTO " S "ticket AS t (:columns) SELECT :rows "                                        \
    "ON CONFLICT (tenant, ticket) DO UPDATE SET number = EXCLUDED.number, "                        \
    "next_at = EXCLUDED.next_at, due_at = EXCLUDED.due_at, opened_at = EXCLUDED.opened_at, "       \
    "facts = EXCLUDED.facts, live = EXCLUDED.live, rank = EXCLUDED.rank, "                         \
    "level = EXCLUDED.level, breached = EXCLUDED.breached, clocks = EXCLUDED.clocks, "             \
    "state = EXCLUDED.state, attributes = "

const sla__pg_text sla__pg_texts[SLA__PG_STATEMENTS] = {
    [SLA__PG_SETTINGS] =
        {.sql =
             "SELECT set_config('lock_timeout', '2s', false), set_config('statement_timeout', '0', "
             "false), set_config('idle_in_transaction_session_timeout', '10s', false), "
             "set_config('tcp_keepalives_idle', '5', false), set_config('tcp_keepalives_interval', "
             "'2', false), set_config('tcp_keepalives_count', '3', false), "
             "set_config('tcp_user_timeout', '10000', false), "
             /* Ten rows are expected of an array: no plan may stand on that. */
             "set_config('enable_hashjoin', 'off', false), "
             "set_config('enable_mergejoin', 'off', false)"},
    [SLA__PG_LOOK] = {.sql = "SELECT current_setting('is_superuser') = 'on', "
                             "current_setting('synchronous_commit') = 'off', "
                             "current_setting('server_encoding') = 'UTF8', "
                             "to_regclass('" S "schema_version') IS NOT NULL, "
                             "pg_is_in_recovery(), "
                             "current_setting('transaction_read_only') = 'on'"},
    [SLA__PG_VERSION] = {.sql = "SELECT max(version), max(fold) FROM " S "schema_version"},

    [SLA__PG_TAKE] = {.name = "sla_take",
                      .sql =
                          "WITH free AS (SELECT id FROM " S "shard WHERE $3::boolean OR owner = "
                          "$1::bytea OR owner IS NULL OR expires_at IS NULL OR expires_at <= "
                          "clock_timestamp() ORDER BY id FOR UPDATE), "
                          "taken AS (UPDATE " S "shard s SET epoch = s.epoch + 1, owner = $1, "
                          "expires_at = clock_timestamp() + $2::bigint * interval '1 microsecond' "
                          "FROM free WHERE s.id = free.id AND (SELECT count(*) FROM free) = "
                          "(SELECT count(*) FROM " S "shard) RETURNING s.id, s.epoch) "
                          "SELECT id, epoch FROM taken UNION ALL "
                          "SELECT NULL, (extract(epoch FROM max(expires_at)) * 1000000)::bigint "
                          "FROM " S "shard HAVING NOT EXISTS (SELECT FROM taken)"},
    [SLA__PG_LOAD_WORLDS] = {.name = "sla_load_worlds",
                             .sql = "SELECT w.number, w.adopted_at, d.source, d.text FROM " S
                                    "world w "
                                    "LEFT JOIN " S "document d ON d.world = w.number "
                                    "ORDER BY w.number, d.position"},
    [SLA__PG_LOAD_MARKS] = {.name = "sla_load_marks",
                            .sql = "SELECT c.name, c.through, m.number FROM " S
                                   "consumer c LEFT JOIN " S
                                   "mark m ON m.consumer = c.name ORDER BY c.name, m.number"},
    [SLA__PG_LOAD_TICKETS] = {.name = "sla_load_tickets",
                              .sql = "SELECT tenant, ticket, number, live, next_at, state "
                                     "FROM " S "ticket WHERE open",
                              .rows = true},
    [SLA__PG_LOAD_END] = {.name = "sla_load_end",
                          .sql = "SELECT (SELECT max(events) FROM " S "writer), "
                                 "(SELECT max(decided_at) FROM " S "writer), clock_timestamp()"},

    [SLA__PG_ASK_TICKET] = {.name = "sla_ticket",
                            .sql =
                                "SELECT tenant, ticket, number, live, next_at, state "
                                "FROM " S "ticket WHERE tenant = $1::text AND ticket = $2::text"},
    [SLA__PG_ASK_HISTORY] = {.name = "sla_history",
                             .sql =
                                 "SELECT :columns FROM " S
                                 "fact WHERE tenant = $1::text AND ticket = $2::text ORDER BY seq",
                             .table = &sla__fact_table},
    [SLA__PG_ASK_OUTBOX] = {.name = "sla_outbox",
                            .sql = "SELECT :columns FROM " S "event WHERE number > $1::bigint "
                                   "AND NOT imported ORDER BY number LIMIT $2::bigint",
                            .table = &sla__event_table},
    [SLA__PG_ASK_LEFT] = {.name = "sla_left",
                          .sql = "SELECT count(*) FROM " S "event "
                                 "WHERE number > $1::bigint AND NOT imported"},
    [SLA__PG_ASK_AUDIT] = {.name = "sla_audit",
                           .sql = "SELECT count(*), clock_timestamp() FROM " S "ticket "
                                  "WHERE open AND next_at < coalesce($1::timestamptz, 'infinity')"},

    [SLA__PG_ASK_RENEW] = {.name = "sla_renew",
                           .sql = "WITH renewed AS (UPDATE " S "shard s SET expires_at = "
                                  "clock_timestamp() + $2::bigint * interval '1 microsecond' "
                                  "FROM unnest($3::smallint[], $4::bigint[]) AS u (id, epoch) "
                                  "WHERE s.id = u.id AND s.epoch = u.epoch AND s.owner = $1::bytea "
                                  "RETURNING 1) SELECT count(*) FROM renewed"},
    [SLA__PG_ASK_RELEASE] = {.name = "sla_release",
                             .sql =
                                 "WITH u AS (SELECT id, epoch FROM unnest($2::smallint[], "
                                 "$3::bigint[]) AS u (id, epoch)), given AS (UPDATE " S
                                 "shard s SET owner = NULL, expires_at = NULL, "
                                 "epoch = s.epoch + 1 FROM u "
                                 "WHERE s.id = u.id AND s.epoch = u.epoch AND s.owner = $1::bytea "
                                 "RETURNING 1), before AS (SELECT 1 FROM " S
                                 "shard s JOIN u ON s.id = u.id "
                                 "WHERE s.epoch = u.epoch + 1 AND s.owner IS NULL) "
                                 "SELECT (SELECT count(*) FROM given) "
                                 "+ (SELECT count(*) FROM before)"},

    /* The fence, then the unit's turn.  The row locks hold until the unit is written: who takes
     * over waits for it, and a second try of the same unit waits for the first. */
    [SLA__PG_BEGIN] = {.name = "sla_begin",
                       .sql = "WITH fence AS (SELECT 1 FROM unnest($1::smallint[], $2::bigint[]) "
                              "AS u (id, epoch) JOIN " S
                              "shard s ON s.id = u.id AND s.epoch = u.epoch "
                              "FOR SHARE OF s), "
                              "turn AS (UPDATE " S "writer AS w SET number = $4::bigint, "
                              "events = coalesce($7::bigint, w.events), "
                              "decided_at = greatest(w.decided_at, $5::timestamptz) "
                              "WHERE w.incarnation = $3::bytea AND w.number = $4::bigint - 1 "
                              "AND w.events = coalesce($6::bigint - 1, w.events) "
                              "AND (SELECT count(*) FROM fence) = cardinality($1) RETURNING 1) "
                              "SELECT CASE WHEN EXISTS (SELECT FROM turn) THEN true "
                              "ELSE " S "unit_begin($1, $2, $3, $4, $5, $6, $7) END"},
    [SLA__PG_BEGIN_EXAMINED] =
        {.name = "sla_begin_examined",
         .sql = "SELECT " S "unit_begin($1::smallint[], $2::bigint[], $3::bytea, $4::bigint, "
                "$5::timestamptz, NULL, NULL)"},
    [SLA__PG_EXAMINE] =
        {.name = "sla_examine",
         .sql =
             "SELECT " S "refuse(found.code, found.why) FROM ("
             "SELECT 1 AS part, 0::bigint AS place, 'SLA04' AS code, "
             "'a fact of the world whose number does not follow the one before' AS why "
             "WHERE $1::integer <> 1 + coalesce((SELECT max(number) FROM " S "world), 0) "
             "UNION ALL SELECT 2, 0, 'SLA04', 'a ticket is in the unit twice' WHERE $2::boolean "
             "UNION ALL SELECT 3, f.place, "
             "CASE WHEN f.seq = 1 AND l.last > 0 AND NOT f.gone THEN 'SLA03' ELSE 'SLA04' END, "
             "CASE WHEN f.gone THEN 'a fact of a ticket that the same unit forgets' "
             "WHEN f.seq = 1 AND l.last > 0 "
             "THEN 'the first fact of a ticket that is on the record already' "
             "ELSE 'a fact whose number does not follow the one before' END "
             "FROM unnest($3::text[], $4::text[], $5::integer[], $6::integer[], $7::boolean[]) "
             "WITH ORDINALITY AS f (tenant, ticket, seq, seen, gone, place) "
             "CROSS JOIN LATERAL (SELECT coalesce(max(k.seq), 0) AS last FROM " S "fact k "
             "WHERE k.tenant = f.tenant AND k.ticket = f.ticket) AS l "
             "WHERE f.gone OR f.seq <> l.last + f.seen + 1 "
             "UNION ALL SELECT 4, e.place, 'SLA04', "
             "CASE WHEN e.gone THEN 'an event of a ticket that the same unit forgets' "
             "ELSE 'an event whose number does not follow the one before' END "
             "FROM unnest($8::bigint[], $9::boolean[]) WITH ORDINALITY AS e (number, gone, place) "
             "WHERE e.gone OR e.number <> e.place + "
             "coalesce((SELECT max(events) FROM " S "writer), 0) "
             "ORDER BY part, place LIMIT 1) AS found"},
    [SLA__PG_FOLLOW] = {.name = "sla_follow",
                        .sql =
                            "SELECT " S "refuse('SLA05', 'a fact does not follow the one before') "
                            "FROM unnest($1::text[], $2::text[], $3::integer[]) "
                            "AS u (tenant, ticket, seq) "
                            "WHERE u.seq <> 1 + coalesce((SELECT max(f.seq) FROM " S "fact f "
                            "WHERE f.tenant = u.tenant AND f.ticket = u.ticket), 0)"},
    [SLA__PG_FACTS] = {.name = "sla_facts",
                       .sql = "INSERT INTO " S "fact (:columns) SELECT :rows",
                       .table = &sla__fact_table},
    /* Attributes are all that the ticket has ... */
    [SLA__PG_TICKETS] = {.name = "sla_tickets",
                         .sql = UPSERT "EXCLUDED.attributes",
                         .table = &sla__ticket_table},
    /* ... or what the unit changes of them. */
    [SLA__PG_TICKETS_CHANGED] = {.name = "sla_tickets_changed",
                                 .sql = UPSERT
                                 "CASE WHEN EXCLUDED.attributes IS NULL THEN t.attributes "
                                 "ELSE jsonb_strip_nulls(coalesce(t.attributes, '{}') || "
                                 "EXCLUDED.attributes) END",
                                 .table = &sla__ticket_table},
    /* Of tickets that have a row and whose attributes stay: half the work.  What is computed
     * from attributes is not computed anew. */
    [SLA__PG_TICKETS_KNOWN] =
        {.name = "sla_tickets_known",
         .sql = "WITH written AS (UPDATE " S "ticket AS t SET number = u.number, "
                "next_at = u.next_at, due_at = u.due_at, opened_at = u.opened_at, "
                "facts = u.facts, live = u.live, rank = u.rank, level = u.level, "
                "breached = u.breached, clocks = u.clocks, state = u.state "
                "FROM (SELECT :rows) AS u (:columns) "
                "WHERE t.tenant = u.tenant AND t.ticket = u.ticket RETURNING 1) "
                "SELECT " S "refuse('SLA05', 'a ticket without a row') "
                "WHERE (SELECT count(*) FROM written) <> cardinality($1)",
         .table = &sla__ticket_table},
    [SLA__PG_FORGET] =
        {.name = "sla_forget",
         .sql = "WITH gone AS MATERIALIZED (SELECT * FROM unnest($1::text[], $2::text[]) "
                "AS u (tenant, ticket)), "
                "facts AS (DELETE FROM " S "fact f USING gone g "
                "WHERE f.tenant = g.tenant AND f.ticket = g.ticket), "
                "events AS (DELETE FROM " S "event e USING gone g "
                "WHERE e.tenant = g.tenant AND e.ticket = g.ticket) "
                "DELETE FROM " S "ticket t USING gone g "
                "WHERE t.tenant = g.tenant AND t.ticket = g.ticket"},
    [SLA__PG_EVENTS_NEXT] = {.name = "sla_events_next",
                             .sql = "SELECT " S "unit_events($1::bytea, $2::bigint, $3::bigint)"},
    [SLA__PG_EVENTS] = {.name = "sla_events",
                        .sql = "INSERT INTO " S "event (:columns) SELECT :rows",
                        .table = &sla__event_table},
    [SLA__PG_MARKS] = {.name = "sla_marks",
                       .sql =
                           "WITH given AS (SELECT * FROM unnest($1::text[], $2::bigint[], "
                           "$3::bigint[]) AS u (consumer, number, through)), "
                           "known AS (INSERT INTO " S "consumer AS c (name, through) "
                           "SELECT consumer, max(through) FROM given GROUP BY consumer "
                           "ON CONFLICT (name) DO UPDATE SET through = "
                           "greatest(c.through, EXCLUDED.through) RETURNING name, through), "
                           "passed AS (DELETE FROM " S "mark m USING known k "
                           "WHERE m.consumer = k.name AND m.number <= k.through) "
                           "INSERT INTO " S "mark (consumer, number) SELECT g.consumer, g.number "
                           "FROM given g JOIN known k ON k.name = g.consumer "
                           "WHERE g.number > k.through ON CONFLICT DO NOTHING"},
    [SLA__PG_WORLD] =
        {.name = "sla_world",
         .sql = "WITH world AS (INSERT INTO " S "world (number, adopted_at) "
                "VALUES ($1::integer, $2::timestamptz)) "
                "INSERT INTO " S "document (world, position, source, kind, name, version, "
                "text) SELECT $1, u.* FROM unnest($3::integer[], $4::text[], $5::text[], "
                "$6::text[], $7::text[], $8::text[]) AS u"},
};

/* ------------------------------------------------------------------ filling in */

typedef struct output {
    char *text; /* NULL: only count */
    size_t length;
} output;

static void write(output *to, const char *text, size_t length)
{
    if (to->text != NULL)
        memcpy(to->text + to->length, text, length);
    to->length += length;
}

static void write_columns(output *to, const sla__table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        const char *const name = table->columns[i].name;

        write(to, ", ", i > 0 ? 2 : 0);
        write(to, name, strlen(name));
    }
}

/* "unnest($1::text[]), unnest($2::bigint[]) ..." */
static void write_rows(output *to, const sla__table *table)
{
    static const char *const types[] = {
        [SLA__COLUMN_TEXT] = "text",      [SLA__COLUMN_SMALL] = "smallint",
        [SLA__COLUMN_NUMBER] = "integer", [SLA__COLUMN_LARGE] = "bigint",
        [SLA__COLUMN_FLAG] = "boolean",   [SLA__COLUMN_INSTANT] = "timestamptz",
        [SLA__COLUMN_JSON] = "json",      [SLA__COLUMN_JSON_VALUE] = "jsonb",
        [SLA__COLUMN_BYTES] = "bytea"};

    for (size_t i = 0; i < table->count; i++) {
        char array[64];
        const int length = snprintf(array, sizeof array, "%sunnest($%zu::%s[])", i > 0 ? ", " : "",
                                    i + 1, types[table->columns[i].type]);

        write(to, array, (size_t)length);
    }
}

static void fill(output *to, const char *text, const sla__table *table, const char *schema)
{
    static const char name[] = ":\"schema\"", columns[] = ":columns", rows[] = ":rows";

    while (*text != '\0')
        if (strncmp(text, name, sizeof name - 1) == 0) {
            write(to, "\"", 1);
            write(to, schema, strlen(schema));
            write(to, "\"", 1);
            text += sizeof name - 1;
        } else if (table != NULL && strncmp(text, columns, sizeof columns - 1) == 0) {
            write_columns(to, table);
            text += sizeof columns - 1;
        } else if (table != NULL && strncmp(text, rows, sizeof rows - 1) == 0) {
            write_rows(to, table);
            text += sizeof rows - 1;
        } else {
            write(to, text++, 1);
        }
    write(to, "", 1);
}

char *sla__pg_fill_in(const sla_allocator *allocator, const char *text, const sla__table *table,
                      const char *schema)
{
    output to = {NULL, 0};

    fill(&to, text, table, schema);
    to.text = sla__new(allocator, to.length, 1);
    to.length = 0;
    if (to.text != NULL)
        fill(&to, text, table, schema);
    return to.text;
}

bool sla__pg_is_schema(const char *name)
{
    const size_t length = strlen(name);

    if (length == 0 || length > SLA_NAME_MAX || (name[0] >= '0' && name[0] <= '9'))
        return false;
    return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
}
