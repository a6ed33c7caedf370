/* test_pg_equal.c - Goal: PostgreSQL is no special store.  Method: the random units of
 * test_store_equal.c, from the same seeds, in memory and here: the hashes of all states
 * on the way are the same, and so those of SQLite.  SLA_STORE_RUNS says how many runs. */
#include <stdlib.h>

#include "pg_maker.h"

enum { STEPS = 12 };

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

static const store_maker memory = {"memory",     NULL,          memory_fresh,
                                   memory_again, memory_forget, false};
static pg_maker plain;
static const store_maker postgresql = {"postgresql",   &plain,          pg_maker_fresh,
                                       pg_maker_again, pg_maker_forget, false};

TEST(random_runs_leave_equal_states)
{
    const char *const wanted = getenv("SLA_STORE_RUNS");
    const size_t runs = wanted != NULL ? strtoul(wanted, NULL, 10) : check_count(500, 5000);
    prng random = check_prng();

    for (size_t i = 0; i < runs; i++) {
        const uint64_t seed = prng_next(&random);

        if (store_random_run(&postgresql, seed, STEPS) != store_random_run(&memory, seed, STEPS))
            CHECK_FAIL("not as memory (seed of the run %llu)", (unsigned long long)seed);
    }
}
