/* test_store_faulty.c - Goal: the store that goes wrong goes wrong as it was asked
 * to, and keeps its word all the same.  Method: the suite that every store has to
 * pass, through a memory store that is late, fails before and after; the states on
 * the way have the same hash as without faults. */
#include "support/check.h"

#include <string.h>

#include "store_drive.h"
#include "store_makers.h"
#include "store_sample.h"

static const faulty_options none;
static faulty_counts counted;
static faulty_maker failing = {&memory_maker, {.late = 300, .fail = 150, .lose = 150}};
static const store_maker maker = {
    "faulty", &failing, faulty_maker_fresh, faulty_maker_again, faulty_maker_forget, false};

STORE_CONFORMANCE(maker)

TEST(faults_leave_no_trace)
{
    prng random = check_prng();

    for (size_t i = 0; i < check_count(3, 30); i++) {
        const uint64_t seed = prng_next(&random);

        CHECK_TRUE("the same states as without faults",
                   store_random_run(&memory_maker, seed, 40) == store_random_run(&maker, seed, 40));
    }
}

/* --------------------------------------------------------------- what it does */

enum { CALLS = 2000 };

static bool refuse_seventh(void *context, const sla_unit *unit)
{
    (void)context;
    return unit->number % 7 == 0;
}

/* CALLS units, one at a time.  One that is refused is not sent again, so that nothing
 * behind it is written: the store says that the unit before is missing. */
static void send_units(const faulty_options *options, uint64_t *results)
{
    store_drive drive;
    store_sample sample;
    sla_store *store = NULL;
    uint64_t number = 1;

    CHECK_OK(sla_store_memory_new(NULL, &store));
    store = faulty_store_new(store, &none);
    store_drive_init(&drive, store);
    CHECK_OK(store_drive_open(&drive));
    faulty_store_set(store, options);
    for (int i = 0; i < CALLS; i++) {
        int result;

        store_sample_init(&sample, 1, 7, number);
        result = store->ops->commit(store, &sample.unit, ++drive.asked);
        if (result == SLA_OK)
            store_drive_wait(&drive, drive.asked);
        else
            drive.asked--;
        if (result == SLA_OK)
            result = drive.done.result;
        results[-result]++;
        number += result == SLA_OK || result == SLA_ERR_REFUSED;
        if (result == SLA_ERR_REFUSED)
            faulty_store_set(store, &none);
        store_sample_fini(&sample);
    }
    counted = faulty_store_counts(store);
    store_drive_fini(&drive);
}

TEST(rates_are_what_was_asked_for)
{
    static const struct row {
        const char *why;
        faulty_options options;
        int result;
        uint64_t least, most; /* of CALLS */
    } rows[] = {
        {"nothing", {0}, SLA_OK, CALLS, CALLS},
        {"late only", {.late = 1000}, SLA_OK, CALLS, CALLS},
        {"a tenth fails before", {.fail = 100}, SLA_ERR_STORE, 140, 260},
        {"a tenth fails after", {.lose = 100}, SLA_ERR_STORE, 140, 260},
        {"both", {.fail = 100, .lose = 100}, SLA_ERR_STORE, 320, 480},
        {"all fail", {.fail = 500, .lose = 500}, SLA_ERR_STORE, CALLS, CALLS},
        {"a tenth is starved", {.starve = 100}, SLA_ERR_NOMEM, 140, 260},
        {"a unit is refused", {.refuse = refuse_seventh}, SLA_ERR_REFUSED, 1, 1},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint64_t results[32] = {0};
        faulty_options options = rows[i].options;

        options.seed = check_seed();
        send_units(&options, results);
        CHECK_TRUE(rows[i].why, results[-rows[i].result] >= rows[i].least &&
                                    results[-rows[i].result] <= rows[i].most);
        CHECK_EQ("failed, lost, or behind the refused seventh: it says the same",
                 results[-SLA_ERR_STORE],
                 counted.failed + counted.lost + (counted.refused > 0 ? CALLS - 7 : 0));
        CHECK_EQ("late ones are counted", options.late == 1000 ? CALLS : 0, counted.late);
    }
}

TEST(late_answers_take_time_and_keep_their_order)
{
    const faulty_options late = {.seed = check_seed(), .late = 500, .late_most = SLA_HOUR};
    store_drive drive;
    sla_store *store = NULL;

    CHECK_OK(sla_store_memory_new(NULL, &store));
    store_drive_init(&drive, faulty_store_new(store, &late));
    for (uint64_t ask = 1; ask <= 100; ask++) {
        drive.asked++;
        if (ask == 1)
            CHECK_OK(drive.store->ops->open(drive.store, &drive.sink, ask));
        else
            CHECK_OK(drive.store->ops->audit(drive.store, 0, ask));
    }
    store_drive_wait(&drive, 100); /* the drive looks at their order */
    CHECK_TRUE("it took some of an hour", drive.now > 0 && drive.now <= SLA_HOUR);
    store_drive_fini(&drive);
}
