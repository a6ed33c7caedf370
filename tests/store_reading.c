/*
 * store_reading.c - see store_conformance.h: what is found again, and how.
 */
#include "store_bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* -------------------------------------------------------- marks, loads, pages */

void store_conformance_marks_are_kept_with_their_gaps(const store_maker *maker)
{
    static const struct row {
        const char *why, *consumer;
        uint64_t number, through;
        const char *kept; /* the consumer's watermark, and the numbers above it */
    } rows[] = {
        {"the first of a consumer", "console", 1, 1, "1:"},
        {"a gap stays open", "console", 3, 1, "1: 3"},
        {"a second gap", "console", 7, 1, "1: 3 7"},
        {"between them", "console", 5, 1, "1: 3 5 7"},
        {"twice is once", "console", 5, 1, "1: 3 5 7"},
        {"the watermark takes what it passes", "console", 2, 5, "5: 7"},
        {"an older watermark does not go back", "console", 8, 2, "5: 7 8"},
        {"below the watermark says nothing", "console", 4, 0, "5: 7 8"},
        {"a watermark alone", "console", 0, 6, "6: 7 8"},
        {"all is acknowledged", "console", 8, 8, "8:"},
        {"another consumer has its own", "pager", 3, 0, "0: 3"},
        {"a new one that has nothing yet", "late_comer", 0, 0, "0:"},
        {"one that begins where it came", "from_now_on", 1000, 1000, "1000:"},
        {"a large number", "from_now_on", INT64_MAX, 1000, "1000: 9223372036854775807"},
    };
    bench on;

    bench_init(&on, maker);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        store_sample sample;
        char kept[128];

        bench_next_unit(&on, &sample);
        store_sample_mark(&sample, rows[i].consumer, rows[i].number, rows[i].through);
        CHECK_OK(bench_commit(&on, &sample, rows[i].why));
        store_model_marks(&on.model, rows[i].consumer, kept, sizeof kept);
        CHECK_STR(rows[i].why, rows[i].kept, kept);
    }
    bench_fini(&on);
}

void store_conformance_what_waits_is_loaded_and_counted(const store_maker *maker)
{
    static const struct row {
        const char *why, *ticket;
        uint32_t live;
        sla_time next_at;
        bool loaded;
        uint64_t before_1000; /* how many tickets wait for an instant before */
    } rows[] = {
        {"a clock runs", "T-1", 1, 500, true, 1},
        {"a clock stands still", "T-2", 1, SLA_NEVER, true, 1},
        {"something waits to be told", "T-3", 0, 999, true, 2},
        {"nothing is live", "T-4", 0, SLA_NEVER, false, 2},
        {"an instant is before the next", "T-5", 2, 1000, true, 2},
        {"before 1970", "T-6", 0, -5, true, 3},
        {"the last clock ends", "T-1", 0, SLA_NEVER, false, 2},
        {"and another begins", "T-1", 1, 10, true, 3},
    };
    bench on;

    bench_init(&on, maker);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const sla_string name = {rows[i].ticket, 3};
        store_sample sample;
        sla_stored_ticket *row;

        bench_next_unit(&on, &sample);
        row = store_sample_ticket(&sample, "tenant", rows[i].ticket, 0);
        row->live = rows[i].live;
        row->next_at = rows[i].next_at;
        CHECK_OK(bench_commit(&on, &sample, rows[i].why));
        CHECK_OK(store_drive_open(&on.drive));
        CHECK_EQ(rows[i].why, rows[i].loaded, strstr(on.drive.told.text, rows[i].ticket) != NULL);
        CHECK_OK(store_drive_ticket(&on.drive, bench_tenant, name));
        CHECK_EQ("the row is there in any case", 1, on.drive.items);
        CHECK_OK(store_drive_audit(&on.drive, 1000));
        CHECK_EQ(rows[i].why, rows[i].before_1000, on.drive.done.count);
    }
    bench_fini(&on);
}

void store_conformance_the_outbox_comes_in_pages(const store_maker *maker)
{
    /* Twelve events; 1, 2, 6 and 12 are imported. */
    static const struct row {
        const char *why;
        uint64_t after;
        size_t limit;
        size_t given;
        uint64_t first; /* of those given; 0: none */
        uint64_t left;
    } rows[] = {
        {"all at once", 0, 100, 8, 3, 0},
        {"exactly all", 0, 8, 8, 3, 0},
        {"one less", 0, 7, 7, 3, 1},
        {"a page", 0, 3, 3, 3, 5},
        {"the next one, over an imported event", 5, 3, 3, 7, 2},
        {"the last page is short", 9, 3, 2, 10, 0},
        {"after an imported one", 6, 1, 1, 7, 4},
        {"nothing after the last", 11, 3, 0, 0, 0},
        {"nor after what was never told", 1000, 3, 0, 0, 0},
        {"only the count", 0, 0, 0, 0, 8},
    };
    store_sample sample;
    bench on;

    bench_init(&on, maker);
    bench_next_unit(&on, &sample);
    for (uint64_t number = 1; number <= 12; number++)
        store_sample_event(&sample, "tenant", number % 2 ? "T-1" : "T-2", number)->imported =
            number <= 2 || number == 6 || number == 12;
    CHECK_OK(bench_commit(&on, &sample, "twelve events"));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char first[40];

        CHECK_OK(store_drive_outbox(&on.drive, rows[i].after, rows[i].limit));
        CHECK_EQ(rows[i].why, rows[i].given, on.drive.items);
        CHECK_EQ(rows[i].why, rows[i].left, on.drive.done.count);
        snprintf(first, sizeof first, "event number=%020" PRIu64 " ", rows[i].first);
        CHECK_TRUE(rows[i].why,
                   rows[i].first == 0 || strncmp(on.drive.told.text, first, strlen(first)) == 0);
    }
    bench_fini(&on);
}

/* How many are left above a number is asked between units, so that a store which
 * keeps the count has to keep it right. */
void store_conformance_the_outbox_counts_what_comes_and_goes(const store_maker *maker)
{
    static const struct row {
        const char *why;
        const char *told; /* each letter an event of the ticket of this name */
        const char *gone; /* a ticket that is forgotten, or NULL */
        uint64_t after, left;
    } rows[] = {
        {"from the beginning", "AABBA", NULL, 0, 5},
        {"a ticket goes with its three", "", "A", 0, 2},
        {"beyond all that was told", "", NULL, 1000, 0},
        {"which more do not reach", "ACC", NULL, 1000, 0},
        {"but they are there", "", NULL, 0, 5},
        {"in the middle", "", NULL, 7, 1},
        {"one before it goes", "", "B", 7, 1},
        {"some on both sides go", "", "C", 7, 0},
        {"back to the beginning", "", NULL, 0, 1},
        {"the last one goes", "", "A", 0, 0},
        {"and one comes", "A", NULL, 8, 1},
    };
    bench on;

    bench_init(&on, maker);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        store_sample sample;

        bench_next_unit(&on, &sample);
        for (const char *letter = rows[i].told; *letter != '\0'; letter++) {
            const char name[2] = {*letter, '\0'};

            store_sample_event(&sample, "tenant", name,
                               on.model.events + sample.unit.event_count + 1)
                ->imported = false;
        }
        if (rows[i].gone != NULL)
            store_sample_ticket(&sample, "tenant", rows[i].gone, 0)->gone = true;
        CHECK_OK(store_model_commit(&on.model, &sample.unit));
        CHECK_OK(store_drive_commit(&on.drive, &sample.unit));
        store_sample_fini(&sample);
        CHECK_OK(store_drive_outbox(&on.drive, rows[i].after, 0));
        CHECK_EQ(rows[i].why, rows[i].left, on.drive.done.count);
    }
    store_compare(&on.drive, &on.model, "as the model");
    bench_fini(&on);
}

void store_conformance_the_latest_decision_is_kept(const store_maker *maker)
{
    static const struct row {
        const char *why;
        sla_time decided_at, latest;
    } rows[] = {
        {"a unit without decisions", SLA_NEVER, SLA_NEVER},
        {"the first", 1000, 1000},
        {"a later one", 5000, 5000},
        {"the clock went back", 3000, 5000},
        {"marks alone decide nothing", SLA_NEVER, 5000},
        {"the same instant", 5000, 5000},
        {"a microsecond more", 5001, 5001},
    };
    bench on;

    bench_init(&on, maker);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        store_sample sample;

        bench_next_unit(&on, &sample);
        sample.unit.decided_at = rows[i].decided_at;
        CHECK_OK(bench_commit(&on, &sample, rows[i].why));
        CHECK_OK(store_drive_open(&on.drive));
        CHECK_EQ(rows[i].why, rows[i].latest, on.drive.done.decided_at);
    }
    bench_fini(&on);
}

void store_conformance_a_ticket_forgotten_may_be_opened_anew(const store_maker *maker)
{
    store_sample sample;
    bench on;

    bench_init(&on, maker);
    bench_write_base(&on);
    bench_next_unit(&on, &sample);
    store_sample_ticket(&sample, "tenant", "T-1", 2)->gone = true;
    store_sample_ticket(&sample, "tenant", "never seen", 0)->gone = true;
    store_sample_event(&sample, "tenant", "T-2", 3);
    CHECK_OK(bench_commit(&on, &sample, "a ticket goes, another stays"));
    CHECK_RESULT(SLA_ERR_NOT_FOUND, store_drive_ticket(&on.drive, bench_tenant, bench_ticket));
    CHECK_OK(store_drive_history(&on.drive, bench_tenant, bench_ticket));
    CHECK_EQ("its facts are gone", 0, on.drive.items);
    CHECK_OK(store_drive_open(&on.drive));
    CHECK_EQ("numbers of the outbox go on", 3, on.drive.done.events);
    for (uint64_t round = 0; round < 2; round++) { /* the events of both rounds are the same */
        store_sample_init(&sample, check_seed() + 50, BENCH_SERVICE, 3 + 2 * round);
        store_sample_fact(&sample, "tenant", "T-1", 1);
        store_sample_ticket(&sample, "tenant", "T-1", 1);
        store_sample_event(&sample, "tenant", "T-1", 4 + round);
        CHECK_OK(bench_commit(&on, &sample, "opened anew, it tells the same"));
        bench_next_unit(&on, &sample);
        store_sample_ticket(&sample, "tenant", "T-1", 1)->gone = true;
        CHECK_OK(bench_commit(&on, &sample, "and goes again"));
    }
    bench_fini(&on);
}
