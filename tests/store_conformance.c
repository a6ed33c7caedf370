/*
 * store_conformance.c - see store_conformance.h: what is written, in which order, by
 * whom.  What is read is asked in store_reading.c, the random ones are in
 * store_random.c.
 */
#include "store_bench.h"

/* ---------------------------------------------------------------- beginning */

void store_conformance_an_empty_store_has_nothing(const store_maker *maker)
{
    bench on;

    bench_init(&on, maker);
    CHECK_EQ("nothing to load", 0, on.drive.items);
    CHECK_EQ("an empty outbox", 0, on.drive.done.events);
    CHECK_EQ("no decision", SLA_NEVER, on.drive.done.decided_at);
    CHECK_RESULT(SLA_ERR_NOT_FOUND, store_drive_ticket(&on.drive, bench_tenant, bench_ticket));
    CHECK_OK(store_drive_history(&on.drive, bench_tenant, bench_ticket));
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
    store_sample_init(&sample, check_seed(), BENCH_SERVICE, 1);
    CHECK_RESULT(SLA_ERR_STATE, store_drive_commit(&drive, &sample.unit));
    CHECK_RESULT(SLA_ERR_STATE, store_drive_ticket(&drive, bench_tenant, bench_ticket));
    CHECK_RESULT(SLA_ERR_STATE, store_drive_history(&drive, bench_tenant, bench_ticket));
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
    bench_write_base(&on);
    for (uint32_t round = 0; round < 20; round++) {
        store_sample sample;

        bench_next_unit(&on, &sample);
        store_sample_world(&sample, 2 + round);
        for (uint32_t i = 0; i < 4; i++)
            store_sample_fact(&sample, "tenant", "T-1", 3 + 4 * round + i);
        store_sample_ticket(&sample, "tenant", "T-1", 6 + 4 * round);
        store_sample_event(&sample, "tenant", "T-1", 3 + 2 * round);
        store_sample_event(&sample, "", "T-2", 4 + 2 * round);
        store_sample_fact(&sample, "", "T-2", round + 1);
        CHECK_OK(bench_commit(&on, &sample, "every member of every part, and what it replaces"));
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

    store_sample_init(sample, check_seed() + 99, BENCH_SERVICE, or64(change->unit, 2));
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
        bench_write_base(&on);
        fill_changed(&sample, &changes[i]);
        CHECK_EQ(changes[i].why, changes[i].result, bench_commit(&on, &sample, changes[i].why));
        fill_changed(&sample, &unchanged);
        CHECK_OK(bench_commit(&on, &sample, "what was refused left nothing behind"));
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
    bench_write_base(&on);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const bool is_new = rows[i].unit == store_model_last_unit(&on.model, rows[i].service) + 1;
        store_sample sample;

        store_sample_init(&sample, check_seed() + 10 + i, rows[i].service, rows[i].unit);
        store_sample_event(&sample, "tenant", "T-1", is_new ? ++events : 1);
        CHECK_EQ(rows[i].why, rows[i].result, bench_commit(&on, &sample, rows[i].why));
    }
    CHECK_EQ("three of them were written", 5, events);
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
        store_sample_init(&samples[i], check_seed() + i, BENCH_SERVICE, i + 1);
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

/* Where one keeps others out, it gives the store back first. */
static void make_way(store_drive *drive, const store_maker *maker)
{
    if (maker->exclusive)
        CHECK_OK(store_drive_release(drive));
}

void store_conformance_who_opens_last_fences_the_others(const store_maker *maker)
{
    store_drive other;
    store_sample sample;
    bench on;

    bench_init(&on, maker);
    bench_write_base(&on);
    make_way(&on.drive, maker);
    store_drive_init(&other, maker->again(maker->context));
    CHECK_OK(store_drive_open(&other));
    store_compare(&other, &on.model, "it finds what the first wrote");

    bench_next_unit(&on, &sample);
    store_sample_fact(&sample, "tenant", "T-1", 3);
    CHECK_RESULT(SLA_ERR_FENCED, store_drive_commit(&on.drive, &sample.unit));
    sample.unit.number = 1;
    CHECK_RESULT(SLA_ERR_FENCED, store_drive_commit(&on.drive, &sample.unit));
    sample.unit.number = 2;
    CHECK_OK(store_model_commit(&on.model, &sample.unit));
    CHECK_OK(store_drive_commit(&other, &sample.unit));
    store_compare(&other, &on.model, "nothing of the first came between");
    store_sample_fini(&sample);

    make_way(&other, maker);
    store_compare(&on.drive, &on.model, "the first opens again and finds it all");
    bench_next_unit(&on, &sample);
    store_sample_fact(&sample, "tenant", "T-1", 4);
    CHECK_RESULT(SLA_ERR_FENCED, store_drive_commit(&other, &sample.unit));
    store_drive_fini(&other);
    CHECK_OK(bench_commit(&on, &sample, "and it writes, also when the other has gone"));
    bench_fini(&on);
}

void store_conformance_what_was_given_back_is_fenced(const store_maker *maker)
{
    store_drive other;
    store_sample sample;
    bench on;

    bench_init(&on, maker);
    bench_write_base(&on);
    CHECK_OK(store_drive_release(&on.drive));
    bench_next_unit(&on, &sample);
    store_sample_fact(&sample, "tenant", "T-1", 3);
    CHECK_RESULT(SLA_ERR_FENCED, store_drive_commit(&on.drive, &sample.unit));
    CHECK_STR("nobody else is blamed", "what open took has been given back", on.drive.error.text);

    store_drive_init(&other, maker->again(maker->context));
    store_compare(&other, &on.model, "another has it at once, as it was");
    CHECK_OK(store_drive_release(&other));
    store_drive_fini(&other);
    store_compare(&on.drive, &on.model, "and back");
    CHECK_OK(bench_commit(&on, &sample, "who opens again may write"));
    bench_fini(&on);
}

void store_conformance_what_was_closed_is_found_again(const store_maker *maker)
{
    store_sample sample;
    bench on;

    bench_init(&on, maker);
    for (uint32_t round = 0; round < 5; round++) {
        sla_store *next = maker->exclusive ? NULL : maker->again(maker->context);

        store_drive_fini(&on.drive);
        if (next == NULL)
            next = maker->again(maker->context);
        store_drive_init(&on.drive, next);
        CHECK_OK(store_drive_open(&on.drive));
        store_compare(&on.drive, &on.model, "what was there is there");
        bench_next_unit(&on, &sample);
        store_sample_fact(&sample, "tenant", "T-1", round + 1);
        store_sample_ticket(&sample, "tenant", "T-1", round + 1);
        store_sample_event(&sample, "tenant", "T-1", round + 1);
        store_sample_mark(&sample, "console", round, 0);
        CHECK_OK(bench_commit(&on, &sample, "and more is written"));
    }
    bench_fini(&on);
}
