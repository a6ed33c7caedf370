/* Goal: the map finds what was put, and only that.  Method: a plain array of
 * pairs is searched beside it, under a seed, with few enough hashes that runs
 * collide. */
#include "check.h"

#include <string.h>

#include "base/map.h"

enum { PAIRS = 200 };

typedef struct model {
    uint32_t hash[PAIRS];
    bool held[PAIRS]; /* by value */
} model;

static bool finds(const sla__map *map, uint32_t hash, uint32_t value)
{
    size_t cursor = sla__map_start(map, hash);
    uint32_t got;

    while ((got = sla__map_next(map, hash, &cursor)) != SLA__MAP_NONE)
        if (got == value)
            return true;
    return false;
}

TEST(the_map_agrees_with_a_plain_array)
{
    prng random = check_prng();
    sla__map map = {0};
    model plain = {0};
    fakealloc fake;

    fakealloc_init(&fake);
    for (size_t step = 0; step < check_count(20000, 1000000); step++) {
        const uint32_t value = (uint32_t)prng_below(&random, PAIRS);

        if (!plain.held[value]) {
            plain.hash[value] = (uint32_t)prng_below(&random, 50) * 3;
            CHECK_TRUE("room", sla__map_reserve(&map, &fake.allocator, map.count + 1));
            sla__map_put(&map, plain.hash[value], value);
            plain.held[value] = true;
        } else {
            CHECK_TRUE("taken out", sla__map_remove(&map, plain.hash[value], value));
            plain.held[value] = false;
        }
        for (int probe = 0; probe < 8; probe++) {
            const uint32_t asked = (uint32_t)prng_below(&random, PAIRS);

            CHECK_EQ("found", plain.held[asked], finds(&map, plain.hash[asked], asked));
        }
    }
    sla__map_fini(&map, &fake.allocator);
    CHECK_NO_LEAK(&fake);
}

TEST(an_empty_map_holds_nothing)
{
    sla__map map = {0};
    size_t cursor = sla__map_start(&map, 7);

    CHECK_EQ("nothing", SLA__MAP_NONE, sla__map_next(&map, 7, &cursor));
    CHECK_TRUE("nothing to remove", !sla__map_remove(&map, 7, 7));
}

TEST(out_of_memory_leaves_the_map_as_it_was)
{
    sla__map map = {0};
    fakealloc fake;

    fakealloc_init(&fake);
    CHECK_TRUE("room for six", sla__map_reserve(&map, &fake.allocator, 6));
    for (uint32_t i = 0; i < 6; i++)
        sla__map_put(&map, i, i);
    fakealloc_fail_at(&fake, 0, true);
    CHECK_TRUE("no growth", !sla__map_reserve(&map, &fake.allocator, 7));
    fakealloc_disarm(&fake);
    for (uint32_t i = 0; i < 6; i++)
        CHECK_TRUE("still there", finds(&map, i, i));
    sla__map_fini(&map, &fake.allocator);
    CHECK_NO_LEAK(&fake);
}

TEST(hashes_differ_where_bytes_do)
{
    char text[64];
    sla__map seen = {0};
    fakealloc fake;

    fakealloc_init(&fake);
    memset(text, 'a', sizeof text);
    CHECK_TRUE("room", sla__map_reserve(&seen, &fake.allocator, sizeof text * 16));
    for (uint32_t i = 0; i < sizeof text; i++) {
        for (size_t length = i + 1; length <= sizeof text && length < i + 9; length++) {
            const uint32_t hash = sla__hash(text, length, i);

            CHECK_TRUE("seen before", !finds(&seen, hash, 1));
            sla__map_put(&seen, hash, 1);
        }
        text[i] = 'b';
    }
    sla__map_fini(&seen, &fake.allocator);
}
