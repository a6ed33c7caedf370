/* Goal: the tools the other tests stand on do what they say.  Method: each is
 * turned on something whose answer is known. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/alloc.h"

TEST(the_counting_allocator_counts)
{
    fakealloc fake;
    void *array = NULL;
    size_t capacity = 0;

    fakealloc_init(&fake);
    CHECK_TRUE("room for ten", sla__grow(&fake.allocator, &array, &capacity, 10, 8));
    CHECK_EQ("one block", 1, fake.live_blocks);
    CHECK_EQ("of ten elements", 80, fake.live_bytes);
    fakealloc_fail_at(&fake, 0, false);
    CHECK_TRUE("growth refused", !sla__grow(&fake.allocator, &array, &capacity, 11, 8));
    CHECK_TRUE("it says so", fakealloc_disarm(&fake));
    CHECK_EQ("and nothing has changed", 10, capacity);
    sla__free(&fake.allocator, array);
    CHECK_NO_LEAK(&fake);
}

TEST(sizes_that_overflow_are_refused)
{
    fakealloc fake;

    fakealloc_init(&fake);
    CHECK_TRUE("count times size", sla__new(&fake.allocator, SIZE_MAX / 2, 3) == NULL);
    CHECK_EQ("nobody was asked", 0, fake.calls);
}

static int parse_with_jansson(void)
{
    json_t *tree = json_loads("{\"a\": [1, 2, {\"b\": \"c\"}]}", 0, NULL);

    if (tree == NULL)
        return SLA_ERR_NOMEM;
    json_decref(tree);
    return SLA_OK;
}

TEST(memory_of_shared_libraries_can_run_out)
{
    size_t calls = 0;

    if (!failmalloc_works())
        CHECK_SKIP("this build does not let a test stand in front of malloc");
    failmalloc_arm(FAILMALLOC_NEVER, false);
    CHECK_OK(parse_with_jansson());
    failmalloc_disarm(&calls);
    CHECK_TRUE("jansson's allocations are seen", calls > 5);
    CHECK_EVERY_OOM(parse_with_jansson);
}

TEST(the_same_seed_gives_the_same_numbers)
{
    prng first = prng_seeded(1);
    prng second = prng_seeded(1);

    for (int i = 0; i < 1000; i++) {
        const int64_t value = prng_between(&first, -3, 3);

        CHECK_EQ("twin", value, prng_between(&second, -3, 3));
        CHECK_TRUE("in its range", value >= -3 && value <= 3);
    }
}

TEST(results_have_names_and_texts)
{
    CHECK_STR("a known one", "SLA_ERR_NOMEM", sla_result_name(SLA_ERR_NOMEM));
    CHECK_STR("an unknown one", "SLA_ERR_UNKNOWN", sla_result_name(-9999));
    CHECK_STR("text", "out of memory", sla_result_text(SLA_ERR_NOMEM));
}
