/*
 * store_conformance.c - see store_conformance.h: the questions with written answers.
 * The random ones are in store_random.c.
 */
#include "store_conformance.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store_compare.h"
#include "store_sample.h"

static const uint64_t SERVICE = 7;

static const sla_string tenant = {"tenant", 6}, first_ticket = {"T-1", 3};

/* One service on one store, and what should be in it. */
typedef struct bench {
    const store_maker *maker;
    store_drive drive;
    store_model model;
} bench;

static void bench_init(bench *on, const store_maker *maker)
{
    on->maker = maker;
    store_drive_init(&on->drive, maker->fresh(maker->context));
    store_model_init(&on->model);
    CHECK_OK(store_drive_open(&on->drive));
}

static void bench_fini(bench *on)
{
    store_drive_fini(&on->drive);
    store_model_fini(&on->model);
    on->maker->forget(on->maker->context);
}

/* Commits on both sides, overwrites what was borrowed, and compares everything. */
static int commit(bench *on, store_sample *sample, const char *why)
{
    const int wanted = store_model_commit(&on->model, &sample->unit);
    const int result = store_drive_commit(&on->drive, &sample->unit);

    store_sample_scribble(sample);
    CHECK_EQ(why, wanted, result);
    store_compare(&on->drive, &on->model, why);
    store_sample_fini(sample);
    return result;
}

/* A unit that follows the last one. */
static void next_unit(bench *on, store_sample *sample)
{
    const uint64_t number = store_model_last_unit(&on->model, SERVICE) + 1;

    store_sample_init(sample, check_seed() + number, SERVICE, number);
}

/* World 1, T-1 with facts 1 and 2, events 1 and 2, one mark. */
static void write_base(bench *on)
{
    store_sample sample;

    next_unit(on, &sample);
    store_sample_world(&sample, 1);
    store_sample_fact(&sample, "tenant", "T-1", 1);
    store_sample_fact(&sample, "tenant", "T-1", 2);
    store_sample_ticket(&sample, "tenant", "T-1", 2);
    store_sample_event(&sample, "tenant", "T-1", 1);
    store_sample_event(&sample, "tenant", "T-1", 2);
    store_sample_mark(&sample, "console", 1, 0);
    CHECK_OK(commit(on, &sample, "what the others build upon"));
}

/* ---------------------------------------------------------------- beginning */

void store_conformance_an_empty_store_has_nothing(const store_maker *maker)
{
    bench on;

    bench_init(&on, maker);
    CHECK_EQ("nothing to load", 0, on.drive.items);
    CHECK_EQ("an empty outbox", 0, on.drive.done.events);
    CHECK_EQ("no decision", SLA_NEVER, on.drive.done.decided_at);
    CHECK_RESULT(SLA_ERR_NOT_FOUND, store_drive_ticket(&on.drive, tenant, first_ticket));
    CHECK_OK(store_drive_history(&on.drive, tenant, first_ticket));
    CHECK_EQ("no facts", 0, on.drive.items);
    CHECK_OK(store_drive_outbox(&on.drive, 0, 100));
    CHECK_EQ("no events", 0, on.drive.items);
    CHECK_OK(store_drive_audit(&on.drive, SLA_TIME_MAX));
    CHECK_EQ("no tickets", 0, on.drive.done.count);
    store_compare(&on.drive, &on.model, "as the model");
    bench_fini(&on);
}

void store_conformance_nothing_goes_before_open(const store_maker *maker)
{
    store_drive drive;
    store_sample sample;

    store_drive_init(&drive, maker->fresh(maker->context));
    store_sample_init(&sample, check_seed(), SERVICE, 1);
    CHECK_RESULT(SLA_ERR_STATE, store_drive_commit(&drive, &sample.unit));
    CHECK_RESULT(SLA_ERR_STATE, store_drive_ticket(&drive, tenant, first_ticket));
    CHECK_RESULT(SLA_ERR_STATE, store_drive_history(&drive, tenant, first_ticket));
    CHECK_RESULT(SLA_ERR_STATE, store_drive_outbox(&drive, 0, 1));
    CHECK_RESULT(SLA_ERR_STATE, store_drive_audit(&drive, 0));
    CHECK_EQ("and none of them is answered", 0, drive.answered);
    store_sample_fini(&sample);
    store_drive_fini(&drive);
    maker->forget(maker->context);
}

void store_conformance_everything_comes_back(const store_maker *maker)
{
    bench on;

    bench_init(&on, maker);
    write_base(&on);
    for (uint32_t round = 0; round < 20; round++) {
        store_sample sample;

        next_unit(&on, &sample);
        store_sample_world(&sample, 2 + round);
        for (uint32_t i = 0; i < 4; i++)
            store_sample_fact(&sample, "tenant", "T-1", 3 + 4 * round + i);
        store_sample_ticket(&sample, "tenant", "T-1", 6 + 4 * round);
        store_sample_event(&sample, "tenant", "T-1", 3 + 2 * round);
        store_sample_event(&sample, "", "T-2", 4 + 2 * round);
        store_sample_fact(&sample, "", "T-2", round + 1);
        CHECK_OK(commit(&on, &sample, "every member of every part, and what it replaces"));
    }
    bench_fini(&on);
}

/* --------------------------------------------------------------- whole or not */

/* A good unit with one thing changed.  What is 0 is left as it is. */
static const struct change {
    const char *why;
    uint32_t seq, second_seq; /* of two facts of T-1: 3 and 4 */
    uint32_t opens;           /* seq of the fact of a new ticket: 1 */
    uint64_t event;           /* the first event's number: 3 */
    uint64_t second_event;    /* the second's: 4 */
    uint32_t world;           /* its number: 2 */
    uint64_t unit;            /* its number: 2 */
    bool same_event;          /* both events are one */
    bool row_twice;
    bool forgets_facts, forgets_events;
    int result;
} changes[] = {
    {.why = "nothing is changed", .result = SLA_OK},
    {.why = "a fact is left out", .seq = 4, .second_seq = 5, .result = SLA_ERR_REFUSED},
    {.why = "a gap between two facts", .second_seq = 5, .result = SLA_ERR_REFUSED},
    {.why = "a fact twice", .second_seq = 3, .result = SLA_ERR_REFUSED},
    {.why = "facts not in their order", .seq = 4, .second_seq = 3, .result = SLA_ERR_REFUSED},
    {.why = "a fact that is on the record", .seq = 2, .second_seq = 3, .result = SLA_ERR_REFUSED},
    {.why = "a ticket opened that is there", .seq = 1, .second_seq = 2, .result = SLA_ERR_EXISTS},
    {.why = "a new ticket begins with 2", .opens = 2, .result = SLA_ERR_REFUSED},
    {.why = "an event is left out", .event = 4, .second_event = 5, .result = SLA_ERR_REFUSED},
    {.why = "a gap between two events", .second_event = 5, .result = SLA_ERR_REFUSED},
    {.why = "an event's number is taken", .event = 2, .second_event = 3, .result = SLA_ERR_REFUSED},
    {.why = "two events of one number", .second_event = 3, .result = SLA_ERR_REFUSED},
    {.why = "one event under two numbers", .same_event = true, .result = SLA_ERR_REFUSED},
    {.why = "a world is left out", .world = 3, .result = SLA_ERR_REFUSED},
    {.why = "a world that is on the record", .world = 1, .result = SLA_ERR_REFUSED},
    {.why = "a ticket has two rows", .row_twice = true, .result = SLA_ERR_REFUSED},
    {.why = "a fact of what it forgets", .forgets_facts = true, .result = SLA_ERR_REFUSED},
    {.why = "an event of what it forgets", .forgets_events = true, .result = SLA_ERR_REFUSED},
    {.why = "the unit before is missing", .unit = 3, .result = SLA_ERR_STORE},
    {.why = "the unit was written before", .unit = 1, .result = SLA_OK},
};

static uint32_t or32(uint32_t changed, uint32_t usual)
{
    return changed != 0 ? changed : usual;
}

static uint64_t or64(uint64_t changed, uint64_t usual)
{
    return changed != 0 ? changed : usual;
}

static void fill_changed(store_sample *sample, const struct change *change)
{
    sla_stored_event *first, *second;

    store_sample_init(sample, check_seed() + 99, SERVICE, or64(change->unit, 2));
    store_sample_world(sample, or32(change->world, 2));
    if (!change->forgets_events) {
        store_sample_fact(sample, "tenant", "T-1", or32(change->seq, 3));
        store_sample_fact(sample, "tenant", "T-1", or32(change->second_seq, 4));
    }
    store_sample_fact(sample, "tenant", "T-2", or32(change->opens, 1));
    store_sample_ticket(sample, "tenant", "T-1", 4)->gone =
        change->forgets_facts || change->forgets_events;
    store_sample_ticket(sample, "tenant", change->row_twice ? "T-1" : "T-2", 1);
    first = store_sample_event(sample, "tenant", change->forgets_facts ? "T-2" : "T-1",
                               or64(change->event, 3));
    second = store_sample_event(sample, "tenant", "T-2", or64(change->second_event, 4));
    if (change->same_event)
        second->event = first->event;
    store_sample_mark(sample, "console", 3, 2);
    store_sample_mark(sample, "another", 3, 0);
}

void store_conformance_a_unit_is_written_whole_or_not_at_all(const store_maker *maker)
{
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        const struct change unchanged = {.why = "the same unit as it should be"};
        store_sample sample;
        bench on;

        bench_init(&on, maker);
        write_base(&on);
        fill_changed(&sample, &changes[i]);
        CHECK_EQ(changes[i].why, changes[i].result, commit(&on, &sample, changes[i].why));
        fill_changed(&sample, &unchanged);
        CHECK_OK(commit(&on, &sample, "what was refused left nothing behind"));
        bench_fini(&on);
    }
}

void store_conformance_a_key_is_written_once(const store_maker *maker)
{
    static const struct row {
        const char *why;
        uint64_t service, unit;
        int result;
    } rows[] = {
        {"the same unit again", 7, 1, SLA_OK},
        {"and once more", 7, 1, SLA_OK},
        {"another incarnation begins with 1", 8, 1, SLA_OK},
        {"it cannot begin with 2", 9, 2, SLA_ERR_STORE},
        {"nor with 0", 9, 0, SLA_ERR_REFUSED},
        {"the first goes on", 7, 2, SLA_OK},
        {"an older one again", 7, 1, SLA_OK},
        {"the other goes on", 8, 2, SLA_OK},
        {"and is remembered", 8, 1, SLA_OK},
    };
    uint64_t events = 2;
    bench on;

    bench_init(&on, maker);
    write_base(&on);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const bool is_new = rows[i].unit == store_model_last_unit(&on.model, rows[i].service) + 1;
        store_sample sample;

        store_sample_init(&sample, check_seed() + 10 + i, rows[i].service, rows[i].unit);
        store_sample_event(&sample, "tenant", "T-1", is_new ? ++events : 1);
        CHECK_EQ(rows[i].why, rows[i].result, commit(&on, &sample, rows[i].why));
    }
    CHECK_EQ("three of them were written", 5, events);
    bench_fini(&on);
}

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

        next_unit(&on, &sample);
        store_sample_mark(&sample, rows[i].consumer, rows[i].number, rows[i].through);
        CHECK_OK(commit(&on, &sample, rows[i].why));
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

        next_unit(&on, &sample);
        row = store_sample_ticket(&sample, "tenant", rows[i].ticket, 0);
        row->live = rows[i].live;
        row->next_at = rows[i].next_at;
        CHECK_OK(commit(&on, &sample, rows[i].why));
        CHECK_OK(store_drive_open(&on.drive));
        CHECK_EQ(rows[i].why, rows[i].loaded, strstr(on.drive.told.text, rows[i].ticket) != NULL);
        CHECK_OK(store_drive_ticket(&on.drive, tenant, name));
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
    next_unit(&on, &sample);
    for (uint64_t number = 1; number <= 12; number++)
        store_sample_event(&sample, "tenant", number % 2 ? "T-1" : "T-2", number)->imported =
            number <= 2 || number == 6 || number == 12;
    CHECK_OK(commit(&on, &sample, "twelve events"));
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

        next_unit(&on, &sample);
        sample.unit.decided_at = rows[i].decided_at;
        CHECK_OK(commit(&on, &sample, rows[i].why));
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
    write_base(&on);
    next_unit(&on, &sample);
    store_sample_ticket(&sample, "tenant", "T-1", 2)->gone = true;
    store_sample_ticket(&sample, "tenant", "never seen", 0)->gone = true;
    store_sample_event(&sample, "tenant", "T-2", 3);
    CHECK_OK(commit(&on, &sample, "a ticket goes, another stays"));
    CHECK_RESULT(SLA_ERR_NOT_FOUND, store_drive_ticket(&on.drive, tenant, first_ticket));
    CHECK_OK(store_drive_history(&on.drive, tenant, first_ticket));
    CHECK_EQ("its facts are gone", 0, on.drive.items);
    CHECK_OK(store_drive_open(&on.drive));
    CHECK_EQ("numbers of the outbox go on", 3, on.drive.done.events);
    for (uint64_t round = 0; round < 2; round++) { /* the events of both rounds are the same */
        store_sample_init(&sample, check_seed() + 50, SERVICE, 3 + 2 * round);
        store_sample_fact(&sample, "tenant", "T-1", 1);
        store_sample_ticket(&sample, "tenant", "T-1", 1);
        store_sample_event(&sample, "tenant", "T-1", 4 + round);
        CHECK_OK(commit(&on, &sample, "opened anew, it tells the same"));
        next_unit(&on, &sample);
        store_sample_ticket(&sample, "tenant", "T-1", 1)->gone = true;
        CHECK_OK(commit(&on, &sample, "and goes again"));
    }
    bench_fini(&on);
}

/* ------------------------------------------------------- order, fence, reopening */

enum { IN_FLIGHT = 8 };

/* Units 1 to 8 of a ticket's facts, all on their way at once.  One that failed goes
 * again; those that were written meanwhile are not written twice. */
void store_conformance_calls_are_answered_in_their_order(const store_maker *maker)
{
    store_sample samples[IN_FLIGHT];
    bool written[IN_FLIGHT] = {false};
    size_t left = IN_FLIGHT;
    bench on;

    bench_init(&on, maker);
    for (uint32_t i = 0; i < IN_FLIGHT; i++) {
        store_sample_init(&samples[i], check_seed() + i, SERVICE, i + 1);
        store_sample_fact(&samples[i], "tenant", "T-1", i + 1);
        store_sample_ticket(&samples[i], "tenant", "T-1", i + 1);
        store_sample_event(&samples[i], "tenant", "T-1", i + 1);
        CHECK_OK(store_model_commit(&on.model, &samples[i].unit));
    }
    for (int tries = 0; left > 0; tries++) {
        uint64_t asks[IN_FLIGHT];

        CHECK_TRUE("all are written at last", tries < 1000);
        for (size_t i = 0; i < IN_FLIGHT; i++)
            if (!written[i]) {
                asks[i] = ++on.drive.asked;
                CHECK_OK(on.drive.store->ops->commit(on.drive.store, &samples[i].unit, asks[i]));
            }
        store_drive_wait(&on.drive, on.drive.asked);
        for (size_t i = 0; i < IN_FLIGHT; i++) {
            const int result = written[i] ? SLA_OK : on.drive.results[asks[i] % STORE_DRIVE_CALLS];

            CHECK_TRUE("written, or not known", result == SLA_OK || result == SLA_ERR_STORE);
            left -= !written[i] && result == SLA_OK;
            written[i] = result == SLA_OK;
        }
    }
    store_compare(&on.drive, &on.model, "all are there, once");
    for (size_t i = 0; i < IN_FLIGHT; i++)
        store_sample_fini(&samples[i]);
    bench_fini(&on);
}

/* Asks for one more audit each time something is answered. */
static void ask_again(store_drive *drive)
{
    static uint64_t asked_in; /* the run in which the last one was asked */

    CHECK_TRUE("what the sink asks is answered by a later run",
               drive->answered == 1 || drive->runs > asked_in);
    asked_in = drive->runs;
    if (drive->asked < 20)
        CHECK_OK(drive->store->ops->audit(drive->store, 0, ++drive->asked));
}

void store_conformance_the_sink_may_ask(const store_maker *maker)
{
    store_drive drive;

    store_drive_init(&drive, maker->fresh(maker->context));
    drive.on_done = ask_again;
    drive.asked = 1;
    CHECK_OK(drive.store->ops->open(drive.store, &drive.sink, 1));
    store_drive_wait(&drive, 20);
    store_drive_fini(&drive);
    maker->forget(maker->context);
}

void store_conformance_who_opens_last_fences_the_others(const store_maker *maker)
{
    store_drive other;
    store_sample sample;
    bench on;

    bench_init(&on, maker);
    write_base(&on);
    store_drive_init(&other, maker->again(maker->context));
    CHECK_OK(store_drive_open(&other));
    store_compare(&other, &on.model, "it finds what the first wrote");

    next_unit(&on, &sample);
    store_sample_fact(&sample, "tenant", "T-1", 3);
    CHECK_RESULT(SLA_ERR_FENCED, store_drive_commit(&on.drive, &sample.unit));
    sample.unit.number = 1;
    CHECK_RESULT(SLA_ERR_FENCED, store_drive_commit(&on.drive, &sample.unit));
    sample.unit.number = 2;
    CHECK_OK(store_model_commit(&on.model, &sample.unit));
    CHECK_OK(store_drive_commit(&other, &sample.unit));
    store_compare(&other, &on.model, "nothing of the first came between");
    store_sample_fini(&sample);

    store_compare(&on.drive, &on.model, "the first opens again and finds it all");
    next_unit(&on, &sample);
    store_sample_fact(&sample, "tenant", "T-1", 4);
    CHECK_RESULT(SLA_ERR_FENCED, store_drive_commit(&other, &sample.unit));
    store_drive_fini(&other);
    CHECK_OK(commit(&on, &sample, "and it writes, also when the other has gone"));
    bench_fini(&on);
}

void store_conformance_what_was_closed_is_found_again(const store_maker *maker)
{
    store_sample sample;
    bench on;

    bench_init(&on, maker);
    for (uint32_t round = 0; round < 5; round++) {
        sla_store *const next = maker->again(maker->context);

        store_drive_fini(&on.drive);
        store_drive_init(&on.drive, next);
        CHECK_OK(store_drive_open(&on.drive));
        store_compare(&on.drive, &on.model, "what was there is there");
        next_unit(&on, &sample);
        store_sample_fact(&sample, "tenant", "T-1", round + 1);
        store_sample_ticket(&sample, "tenant", "T-1", round + 1);
        store_sample_event(&sample, "tenant", "T-1", round + 1);
        store_sample_mark(&sample, "console", round, 0);
        CHECK_OK(commit(&on, &sample, "and more is written"));
    }
    bench_fini(&on);
}
