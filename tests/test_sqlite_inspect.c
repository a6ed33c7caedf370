/* test_sqlite_inspect.c - Goal: a ticket of the record is taken in under the worlds of the record,
 * however many came after it, and what is wrong with one is found; without memory nothing is.
 * Method: worlds and tickets written as a service would write them, then looked at. */
#include "support/check.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include <sla/pack.h>

#include "sqlite_hand.h"

#define POLICY(version)                                                                            \
    "{\"policy\": \"p\", \"version\": \"" version                                                  \
    "\", \"targets\": [{\"target\": \"t\", \"stop\": \"resolved\", \"goals\": "                    \
    "[{\"elapsed\": \"PT1H\"}]}]}"

enum { CLOCKS_MAX = 4, STATE_MAX = 4096 };

static const sla_string tenant = {"gd", 2};
static const char *const policies[] = {POLICY("1"), POLICY("2"), POLICY("3")};

static sla_document document_of(const char *text)
{
    return (sla_document){{"p.json", 6}, {text, strlen(text)}};
}

static sla_stored_world world_of(const sla_document *document, uint32_t number)
{
    return (sla_stored_world){number, number * SLA_DAY, document, 1};
}

/* The record of a service that adopted each policy and opened a ticket under it. */
static void write_record(store_drive *drive)
{
    static const char *const names[] = {"T-1", "T-2", "T-3"};
    sla_worlds *worlds;

    CHECK_OK(sla_worlds_new(NULL, &worlds));
    for (uint32_t i = 0; i < COUNT_OF(policies); i++) {
        const sla_document document = document_of(policies[i]);
        const sla_stored_world world = world_of(&document, i + 1);
        const sla_fact fact = {.tenant = tenant,
                               .ticket = {names[i], 3},
                               .name = {"opened", 6},
                               .occurred_at = world.adopted_at};
        sla_clock_view clocks[CLOCKS_MAX];
        char state[STATE_MAX];
        sla_packed packed;
        sla_engine *engine;
        sla_ticket_view view = {.whole = true, .clocks = clocks};
        const sla_stored_fact kept = {&fact, 1, fact.occurred_at, i};
        sla_stored_ticket ticket = {
            .tenant = tenant, .ticket = fact.ticket, .state = state, .view = &view};
        const sla_unit unit = {.service = {1, 2},
                               .number = i + 1,
                               .decided_at = fact.occurred_at,
                               .facts = &kept,
                               .fact_count = 1,
                               .tickets = &ticket,
                               .ticket_count = 1,
                               .world = &world};

        CHECK_OK(sla_worlds_adopt(worlds, &world, NULL));
        CHECK_OK(sla_worlds_engine(worlds, i + 1, &engine));
        CHECK_OK(sla_engine_record(engine, &fact, fact.occurred_at, NULL, NULL));
        CHECK_OK(sla_engine_pack(engine, tenant, fact.ticket, state, sizeof state, &packed));
        CHECK_OK(
            sla_engine_clocks(engine, tenant, fact.ticket, clocks, CLOCKS_MAX, &view.clock_count));
        view.opened_at = packed.opened_at;
        ticket.number = packed.number;
        ticket.facts = packed.facts;
        ticket.live = packed.live;
        ticket.next_at = packed.next_at;
        ticket.due_at = packed.due_at;
        ticket.state_length = packed.length;
        CHECK_OK(store_drive_commit(drive, &unit));
    }
    sla_worlds_free(worlds);
}

static void make(sqlite_file *file)
{
    store_drive drive;

    sqlite_file_init(file);
    sqlite_hand_drive(&drive, file);
    write_record(&drive);
    store_drive_fini(&drive);
}

/* ------------------------------------------------------------------ what is found */

typedef struct heard {
    size_t count;
    uint64_t done, of;
    char ticket[16], what[256];
} heard;

static void on_ticket(void *context, const sla_ticket_complaint *complaint)
{
    heard *const h = context;

    h->count++;
    snprintf(h->ticket, sizeof h->ticket, "%.*s/%.*s", (int)complaint->tenant.length,
             complaint->tenant.data, (int)complaint->ticket.length, complaint->ticket.data);
    snprintf(h->what, sizeof h->what, "%s", complaint->what);
}

static void on_progress(void *context, uint64_t done, uint64_t of)
{
    heard *const h = context;

    CHECK_EQ("one after the other", h->done + 1, done);
    h->done = done;
    h->of = of;
}

static int look(const sqlite_file *file, const sla_allocator *allocator, heard *h, sla_error *error)
{
    sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;

    memset(h, 0, sizeof *h);
    options.path = file->path;
    options.allocator = allocator;
    return sla_store_sqlite_inspect(&options, on_ticket, on_progress, h, error);
}

TEST(each_ticket_is_looked_at_under_its_own_worlds)
{
    static const struct row {
        const char *why, *change, *ticket, *what;
    } rows[] = {
        {"the oldest", "UPDATE ticket SET live = 3 WHERE ticket = 'T-1'", "gd/T-1",
         "live is 3, its state says 1"},
        {"an instant", "UPDATE ticket SET due_at = 0 WHERE ticket = 'T-2'", "gd/T-2",
         "due_at is 1970-01-01T00:00:00Z, its state says 1970-01-03T01:00:00Z"},
        {"forgotten by its columns, and a clock runs",
         "UPDATE ticket SET live = 0, next_at = NULL WHERE ticket = 'T-2'", "gd/T-2",
         "next_at is NULL, its state says 1970-01-03T01:00:00Z; live is 0, its state says 1"},
        {"the state of another",
         "UPDATE ticket SET state = (SELECT state FROM ticket"
         " WHERE ticket = 'T-1') WHERE ticket = 'T-3'",
         "gd/T-3", "number is 3, its state says 1; next_at"},
        {"a world is not from when it was packed under it",
         "UPDATE world SET adopted_at = adopted_at + 1 WHERE number = 3", "gd/T-3",
         "its state cannot be taken in: the ticket was packed under policies that are not"},
        {"another part", "UPDATE ticket SET shard = shard + 1 WHERE ticket = 'T-2'", "gd/T-2",
         "shard is "},
        {"what no column has", "UPDATE ticket SET level = -1 WHERE ticket = 'T-2'", "gd/T-2",
         "a column has what no release has written"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sla_error error;
        sqlite_file file;
        heard h;

        make(&file);
        CHECK_OK_OR_SAY(look(&file, NULL, &h, &error), &error);
        CHECK_EQ("each of them", 3, h.done);
        CHECK_EQ("of all", 3, h.of);
        sqlite_hand_change(&file, rows[i].change);
        CHECK_RESULT(SLA_ERR_REFUSED, look(&file, NULL, &h, &error));
        CHECK_EQ(rows[i].why, 1, h.count);
        CHECK_STR(rows[i].why, rows[i].ticket, h.ticket);
        CHECK_TRUE(h.what, strncmp(h.what, rows[i].what, strlen(rows[i].what)) == 0);
        CHECK_TRUE("the first is the error", strstr(error.text, "of tenant 'gd': ") != NULL);
        sqlite_file_remove(&file);
    }
}

TEST(without_memory_nothing_is_found)
{
    sqlite_file file;
    bool failed = true;

    make(&file);
    for (size_t n = 0; failed; n++) {
        sla_error error = {0};
        fakealloc fake;
        heard h;
        int result;

        fakealloc_init(&fake);
        fakealloc_fail_at(&fake, n, n % 2 != 0);
        result = look(&file, &fake.allocator, &h, &error);
        failed = fakealloc_disarm(&fake);
        CHECK_EQ(error.text, 0, h.count);
        CHECK_TRUE(error.text, result == SLA_OK ? !failed
                                                : failed && (result == SLA_ERR_NOMEM ||
                                                             result == SLA_ERR_STORE));
        CHECK_NO_LEAK(&fake);
    }
    sqlite_file_remove(&file);
}

/* ------------------------------------------------------------------------- worlds */

TEST(worlds_come_in_their_order)
{
    const sla_document first = document_of(policies[0]), second = document_of(policies[1]),
                       bad = document_of("{\"policy\": \"p\"}");
    const struct row {
        const char *why;
        sla_stored_world world;
        int result;
        uint32_t count;
    } rows[] = {
        {"the second comes after the first", world_of(&second, 2), SLA_ERR_STATE, 0},
        {"one that is not valid", world_of(&bad, 1), SLA_ERR_POLICY, 0},
        {"the first", world_of(&first, 1), SLA_OK, 1},
        {"once", world_of(&second, 1), SLA_ERR_STATE, 1},
        {"nothing in it is new", world_of(&first, 2), SLA_ERR_STATE, 1},
        {"the second", world_of(&second, 2), SLA_OK, 2},
    };
    sla_engine *engine;
    sla_worlds *worlds;

    CHECK_OK(sla_worlds_new(NULL, &worlds));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sla_error error;

        CHECK_EQ(rows[i].why, rows[i].result, sla_worlds_adopt(worlds, &rows[i].world, &error));
        CHECK_EQ(rows[i].why, rows[i].count, sla_worlds_count(worlds));
    }
    for (uint32_t count = 0; count <= 2; count++) {
        sla_engine_stats stats;

        CHECK_OK(sla_worlds_engine(worlds, count, &engine));
        sla_engine_get_stats(engine, &stats);
        CHECK_EQ("so many and no more", count, stats.worlds);
    }
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_worlds_engine(worlds, 3, &engine));
    sla_worlds_free(worlds);
    sla_worlds_free(NULL);
}
