/* Goal: the earliest entry is always the first one, equal instants in their order.
 * Method: a plain array is scanned beside the heap, under a seed, with few enough
 * instants that many are equal; and memory fails. */
#include "check.h"

#include <string.h>

#include "engine/timers.h"

enum { IDS = 120, INSTANTS = 40, ORDERS = 6 };

typedef struct model {
    sla_time at[IDS]; /* SLA_NEVER: no entry */
    uint64_t order[IDS];
} model;

static bool comes_before(const model *plain, size_t one, size_t other)
{
    if (plain->at[one] != plain->at[other])
        return plain->at[one] < plain->at[other];
    return plain->order[one] < plain->order[other];
}

/* The first by a scan; IDS for none. */
static size_t scan(const model *plain)
{
    size_t first = IDS;

    for (size_t i = 0; i < IDS; i++)
        if (plain->at[i] != SLA_NEVER && (first == IDS || comes_before(plain, i, first)))
            first = i;
    return first;
}

static void check_first(const sla__timers *timers, const model *plain)
{
    const sla__timer *got = sla__timers_first(timers);
    const size_t want = scan(plain);

    CHECK_TRUE("heap and back-indexes", sla__timers_verify(timers));
    if (want == IDS) {
        CHECK_TRUE("empty", got == NULL && timers->count == 0);
        return;
    }
    CHECK_TRUE("there is one", got != NULL);
    CHECK_EQ("its instant", plain->at[want], got->at);
    CHECK_EQ("its order", plain->order[want], got->order);
    CHECK_EQ("the entry is the one it says", plain->at[got->id], got->at);
}

static void set(sla__timers *timers, model *plain, uint32_t id, sla_time at, uint64_t order)
{
    sla__timers_set(timers, id, at, order);
    plain->at[id] = at;
    plain->order[id] = order;
}

static void clear(model *plain)
{
    for (size_t i = 0; i < IDS; i++)
        plain->at[i] = SLA_NEVER;
}

/* Set, move, clear, and take the first, as the engine does. */
TEST(the_heap_agrees_with_a_plain_scan)
{
    prng random = check_prng();
    sla__timers timers = {0};
    model plain;
    fakealloc fake;

    fakealloc_init(&fake);
    clear(&plain);
    CHECK_TRUE("room", sla__timers_reserve(&timers, &fake.allocator, IDS));
    for (size_t step = 0; step < check_count(30000, 1000000); step++) {
        const uint32_t id = (uint32_t)prng_below(&random, IDS);
        const unsigned what = (unsigned)prng_below(&random, 10);
        const sla__timer *first = sla__timers_first(&timers);

        if (what < 6)
            set(&timers, &plain, id, prng_between(&random, -INSTANTS, INSTANTS),
                prng_below(&random, ORDERS));
        else if (what < 8 || first == NULL)
            set(&timers, &plain, id, SLA_NEVER, 0);
        else
            set(&timers, &plain, first->id, SLA_NEVER, 0);
        check_first(&timers, &plain);
    }
    sla__timers_fini(&timers, &fake.allocator);
    CHECK_NO_LEAK(&fake);
}

TEST(taken_one_by_one_they_come_in_order)
{
    prng random = check_prng();
    sla__timers timers = {0};
    model plain;
    fakealloc fake;

    fakealloc_init(&fake);
    clear(&plain);
    CHECK_TRUE("room", sla__timers_reserve(&timers, &fake.allocator, IDS));
    for (uint32_t id = 0; id < IDS; id++)
        set(&timers, &plain, id, prng_between(&random, 0, 5), IDS - id);
    for (size_t left = IDS; left > 0; left--) {
        const sla__timer first = *sla__timers_first(&timers);

        CHECK_EQ("as many as there are", left, timers.count);
        CHECK_EQ("equal instants in their order", scan(&plain), first.id);
        set(&timers, &plain, first.id, SLA_NEVER, 0);
    }
    CHECK_TRUE("none is left", sla__timers_first(&timers) == NULL);
    sla__timers_fini(&timers, &fake.allocator);
    CHECK_NO_LEAK(&fake);
}

TEST(moving_an_entry)
{
    static const struct {
        const char *why;
        sla_time at[3];
        uint64_t order[3];
        uint32_t first;
    } rows[] = {
        {"the earliest", {3, 1, 2}, {0, 0, 0}, 1},
        {"of equal instants the lower order", {1, 1, 1}, {3, 2, 1}, 2},
        {"the instant goes before the order", {2, 1, 2}, {0, 9, 1}, 1},
        {"before 1970", {0, -1, 1}, {0, 0, 0}, 1},
        {"one that was taken out", {SLA_NEVER, 5, 4}, {0, 0, 0}, 2},
        {"as late as can be", {SLA_TIME_MAX, SLA_NEVER, SLA_TIME_MAX}, {1, 0, 2}, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sla__timers timers = {0};
        fakealloc fake;

        fakealloc_init(&fake);
        CHECK_TRUE("room", sla__timers_reserve(&timers, &fake.allocator, 3));
        for (uint32_t id = 0; id < 3; id++)
            sla__timers_set(&timers, id, 7, id);
        for (uint32_t id = 0; id < 3; id++)
            sla__timers_set(&timers, id, rows[i].at[id], rows[i].order[id]);
        CHECK_EQ(rows[i].why, rows[i].first, sla__timers_first(&timers)->id);
        CHECK_TRUE(rows[i].why, sla__timers_verify(&timers));
        sla__timers_fini(&timers, &fake.allocator);
        CHECK_NO_LEAK(&fake);
    }
}

/* Reserving grows two arrays: whichever fails, the entries stand as they stood,
 * and asking again with memory succeeds. */
TEST(no_memory_for_more_changes_nothing)
{
    size_t n = 0;
    bool failed = true;

    for (; failed; n++) {
        sla__timers timers = {0};
        model plain;
        fakealloc fake;

        fakealloc_init(&fake);
        clear(&plain);
        CHECK_TRUE("room", sla__timers_reserve(&timers, &fake.allocator, 4));
        for (uint32_t id = 0; id < 4; id++)
            set(&timers, &plain, id, 10 - (sla_time)id, id);
        fakealloc_fail_at(&fake, n, true);
        CHECK_EQ("it says so", n >= 2, sla__timers_reserve(&timers, &fake.allocator, IDS));
        failed = fakealloc_disarm(&fake);
        check_first(&timers, &plain);
        CHECK_TRUE("with memory", sla__timers_reserve(&timers, &fake.allocator, IDS));
        set(&timers, &plain, IDS - 1, 1, 0);
        check_first(&timers, &plain);
        sla__timers_fini(&timers, &fake.allocator);
        CHECK_NO_LEAK(&fake);
    }
    CHECK_EQ("two allocations were there to fail", 3, n);
}
