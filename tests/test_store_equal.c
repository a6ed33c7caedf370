/* test_store_equal.c - Goal: no store is special.  Method: the same random units, from
 * the same seeds, go into each store; after each unit the whole content is compared with
 * the model, and at the end the hashes of all states on the way are the same.
 * SLA_STORE_RUNS says how many runs. */
#include "support/check.h"

#include <stdlib.h>

#include "faulty_store.h"
#include "sqlite_file.h"
#include "store_conformance.h"

enum { STEPS = 12 };

/* -------------------------------------------------------------------- memory */

static sla_store *held;

static sla_store *memory_again(void *context)
{
    sla_store *store = NULL;

    (void)context;
    CHECK_OK(sla_store_memory_share(held, &store));
    return store;
}

static sla_store *memory_fresh(void *context)
{
    CHECK_OK(sla_store_memory_new(NULL, &held));
    return memory_again(context);
}

static void memory_forget(void *context)
{
    (void)context;
    held->ops->close(held);
}

/* -------------------------------------------------------------------- SQLite */

static sqlite_file file;

static sla_store *sqlite_again(void *context)
{
    return sqlite_file_open(context);
}

static sla_store *sqlite_fresh(void *context)
{
    sqlite_file_init(context);
    return sqlite_again(context);
}

static void sqlite_forget(void *context)
{
    sqlite_file_remove(context);
}

/* The same, but late, failing before it is done, or done and reported as failed. */
static faulty_options faults;

static sla_store *faulty_again(void *context)
{
    faults.seed++;
    return faulty_store_new(sqlite_again(context), &faults);
}

static sla_store *faulty_fresh(void *context)
{
    sqlite_file_init(context);
    faults = (faulty_options){
        .seed = check_seed(), .late = 50, .fail = 150, .lose = 150, .late_most = 1000};
    return faulty_again(context);
}

static const store_maker faulty = {"sqlite that fails", &file,         faulty_fresh,
                                   faulty_again,        sqlite_forget, true};

static const store_maker makers[] = {
    {"memory", NULL, memory_fresh, memory_again, memory_forget, false},
    {"sqlite", &file, sqlite_fresh, sqlite_again, sqlite_forget, true},
};

static size_t count_runs(void)
{
    const char *const wanted = getenv("SLA_STORE_RUNS");

    return wanted != NULL ? strtoul(wanted, NULL, 10) : check_count(500, 5000);
}

TEST(random_runs_leave_equal_states)
{
    const size_t runs = count_runs();
    prng random = check_prng();

    for (size_t i = 0; i < runs; i++) {
        const uint64_t seed = prng_next(&random);
        const uint64_t hash = store_random_run(&makers[0], seed, STEPS);

        for (size_t j = 1; j < COUNT_OF(makers); j++)
            if (store_random_run(&makers[j], seed, STEPS) != hash)
                CHECK_FAIL("%s is not as memory (seed of the run %llu)", makers[j].name,
                           (unsigned long long)seed);
    }
}

TEST(faults_leave_no_trace_in_a_file)
{
    prng random = check_prng();

    for (size_t i = 0; i < check_count(20, 200); i++) {
        const uint64_t seed = prng_next(&random);

        if (store_random_run(&faulty, seed, STEPS) != store_random_run(&makers[0], seed, STEPS))
            CHECK_FAIL("faults have left a trace (seed of the run %llu)", (unsigned long long)seed);
    }
}
