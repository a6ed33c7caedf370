/* test_store_equal.c - Goal: no store is special.  Method: the same random units, from
 * the same seeds, go into memory and into each other store; after each unit the whole
 * content is compared with the model, and at the end the hashes of all states on the way
 * are the same.  SLA_STORE_RUNS says how many runs. */
#include "support/check.h"

#include <stdlib.h>

#include "pg_maker.h"
#include "sqlite_maker.h"
#include "store_makers.h"

enum { STEPS = 12 };

static void compare(const store_maker *maker, size_t runs)
{
    prng random = check_prng();

    for (size_t i = 0; i < runs; i++) {
        const uint64_t seed = prng_next(&random);

        if (store_random_run(maker, seed, STEPS) != store_random_run(&memory_maker, seed, STEPS))
            CHECK_FAIL("%s is not as memory (seed of the run %llu)", maker->name,
                       (unsigned long long)seed);
    }
}

static size_t count_runs(void)
{
    const char *const wanted = getenv("SLA_STORE_RUNS");

    return wanted != NULL ? strtoul(wanted, NULL, 10) : check_count(500, 5000);
}

TEST(sqlite_is_as_memory)
{
    compare(&sqlite_maker, count_runs());
}

/* The same, but late, failing before it is done, or done and reported as failed. */
TEST(sqlite_that_fails_is_as_memory)
{
    static faulty_maker failing = {&sqlite_maker,
                                   {.late = 50, .fail = 150, .lose = 150, .late_most = 1000}};
    static const store_maker maker = {"sqlite that fails", &failing,
                                      faulty_maker_fresh,  faulty_maker_again,
                                      faulty_maker_forget, true};

    compare(&maker, check_count(20, 200));
}

TEST(postgresql_is_as_memory)
{
    static pg_maker plain;
    static const store_maker maker = {"postgresql",   &plain,          pg_maker_fresh,
                                      pg_maker_again, pg_maker_forget, false};

    compare(&maker, count_runs());
}
