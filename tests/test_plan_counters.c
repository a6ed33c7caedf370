/* Goal: what a store costs is never below nothing, and what one of two looks lacks is no figure.
 * Method: differences and sums of looks, one of which lacks something. */
#include "check.h"

#include "plan_counters.h"

static const plan_counters first = {.any = true,
                                    .wall = 1,
                                    .cpu = 0.5,
                                    .server_cpu = 2,
                                    .writers_cpu = 3,
                                    .wal = 1000,
                                    .has_server_cpu = true,
                                    .has_writers_cpu = true,
                                    .has_wal = true};

TEST(what_both_have)
{
    plan_counters last = first;

    last.wall = 4;
    last.wal = 1500;
    last.server_cpu = 2.25;
    plan_counters_take(&last, &first);
    CHECK_TRUE("what lay between",
               last.wall == 3 && last.server_cpu == 0.25 && last.writers_cpu == 0);
    CHECK_EQ("of the log too", 500, last.wal);
    CHECK_TRUE("both know it", last.has_server_cpu && last.has_writers_cpu && last.has_wal);
    CHECK_TRUE("nobody counts it", !last.has_written);
}

/* Never below nothing, and no number where there is none. */
TEST(what_one_lacks)
{
    plan_counters last = first, before = first;

    last.has_wal = false;
    last.wal = 0;
    last.server_cpu = 1; /* counted anew */
    before.has_writers_cpu = false;
    plan_counters_take(&last, &before);
    CHECK_TRUE("one lacks it", !(last.has_wal || last.has_server_cpu || last.has_writers_cpu));
    CHECK_EQ("no number then", 0, last.wal);
    CHECK_TRUE("nor here", last.server_cpu == 0 && last.writers_cpu == 0);
}

TEST(sums)
{
    plan_counters none = {0}, sum = {0}, more = first;

    plan_counters_add(&sum, &none);
    CHECK_TRUE("nothing of nothing", !sum.any);
    plan_counters_add(&sum, &first);
    CHECK_TRUE("the first of a sum", sum.has_wal && sum.wal == 1000);
    more.has_wal = false;
    plan_counters_add(&sum, &more);
    CHECK_TRUE("one without it", !sum.has_wal);
    CHECK_TRUE("what all have", sum.has_server_cpu && sum.server_cpu == 4);
    more = first;
    plan_counters_take(&more, &none);
    CHECK_TRUE("nothing is taken", more.has_wal && more.wal == 1000);
}
