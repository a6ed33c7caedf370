/* Goal: the earliest entry is always the first one, equal instants in their order.
 * Method: a plain array is scanned beside the timers, under a seed, with few enough
 * instants that many are equal, over microseconds and over centuries, few entries and
 * many; storms of changes in the room that was reserved; and memory fails. */
#include "check.h"

#include <string.h>

#include "engine/timers.h"

enum { FEW = 120, IDS = 1600, INSTANTS = 40, ORDERS = 6 };

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

    if (want == IDS) {
        CHECK_TRUE("empty", got == NULL && timers->count == 0);
        return;
    }
    CHECK_TRUE("there is one", got != NULL);
    CHECK_EQ("its instant", plain->at[want], got->at);
    CHECK_EQ("its order", plain->order[want], got->order);
    CHECK_EQ("the entry is the one it says", plain->at[got->id], got->at);
    CHECK_EQ("and says so by id", got->at, sla__timers_at(timers, got->id));
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

typedef struct course {
    const char *why;
    uint32_t ids;
    sla_time from, to; /* of the first instants; later ones follow the first entry */
    sla_time unit;     /* they are multiples of it, so that some are equal */
    size_t steps;
} course;

/* Set, move, take out, and take the first, as the engine does; what is new is mostly
 * later than the first, as deadlines are, and sometimes anywhere. */
static void change(sla__timers *timers, model *plain, const course *along, prng *random)
{
    const uint32_t id = (uint32_t)prng_below(random, along->ids);
    const unsigned what = (unsigned)prng_below(random, 100);
    const sla__timer *const first = sla__timers_first(timers);
    sla_time at = prng_between(random, along->from, along->to);

    if (first != NULL && what % 10 != 0) {
        at = first->at + (at - along->from) / 2;
        at = at < SLA_TIME_MAX ? at : SLA_TIME_MAX;
    }
    at -= at % along->unit;
    if (what < 55)
        set(timers, plain, id, at, prng_below(random, ORDERS));
    else if (what < 80 || first == NULL)
        set(timers, plain, id, SLA_NEVER, 0);
    else
        set(timers, plain, first->id, SLA_NEVER, 0);
}

TEST(the_timers_agree_with_a_plain_scan)
{
    static const course courses[] = {
        {"few", FEW, -INSTANTS, INSTANTS, 1, 30000},
        {"few, over years", FEW, SLA_TIME_MIN, SLA_TIME_MAX, 1, 10000},
        {"many, of few instants", IDS, -INSTANTS, INSTANTS, 1, 20000},
        {"within minutes", IDS, -SLA_MINUTE, 10 * SLA_MINUTE, 1000, 20000},
        {"within hours", IDS, 0, 48 * SLA_HOUR, SLA_SECOND, 20000},
        {"within months", IDS, -SLA_DAY, 200 * SLA_DAY, SLA_MINUTE, 20000},
        {"within years", IDS, SLA_TIME_MIN, SLA_TIME_MAX, SLA_HOUR, 20000},
    };
    prng random = check_prng();

    for (size_t i = 0; i < COUNT_OF(courses); i++) {
        sla__timers timers = {0};
        model plain;
        fakealloc fake;

        fakealloc_init(&fake);
        clear(&plain);
        CHECK_TRUE("room", sla__timers_reserve(&timers, &fake.allocator, courses[i].ids));
        for (size_t step = 0; step < check_count(courses[i].steps, 200000); step++) {
            change(&timers, &plain, &courses[i], &random);
            check_first(&timers, &plain);
            if (step % 89 == 0)
                CHECK_TRUE(courses[i].why, sla__timers_verify(&timers));
        }
        sla__timers_clear(&timers);
        clear(&plain);
        check_first(&timers, &plain);
        CHECK_TRUE(courses[i].why, sla__timers_verify(&timers));
        sla__timers_fini(&timers, &fake.allocator);
        CHECK_NO_LEAK(&fake);
    }
}

/* Room is taken once; whatever the storm, it is enough, for nothing may fail then. */
TEST(storms_stay_in_the_room_that_was_reserved)
{
    static const struct {
        const char *why;
        sla_time step, turn; /* instants go on by, and come back after */
        bool back;           /* go down instead */
        bool cancel;         /* each is taken out at once */
    } rows[] = {
        {"set and taken out at one instant", 0, 1, false, true},
        {"through the minutes", SLA_MINUTE, 48 * SLA_HOUR, false, true},
        {"moved on and on", 7 * SLA_SECOND, 90 * SLA_DAY, false, false},
        {"each before all others", 11 * SLA_MINUTE, SLA_TIME_MAX, true, false},
        {"far apart", 29 * SLA_DAY, SLA_TIME_MAX / 2, false, false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sla__timers timers = {0};
        model plain;
        fakealloc fake;
        size_t bytes;

        fakealloc_init(&fake);
        clear(&plain);
        CHECK_TRUE("room", sla__timers_reserve(&timers, &fake.allocator, IDS));
        bytes = sla__timers_bytes(&timers);
        for (uint64_t n = 0; n < check_count(100000, 1000000); n++) {
            const sla_time span = rows[i].step * (sla_time)n % rows[i].turn;
            const uint32_t id = (uint32_t)(n * 7919 % IDS);

            set(&timers, &plain, id, rows[i].back ? SLA_TIME_MAX - span : span, n);
            if (rows[i].cancel && n % 3 != 0)
                set(&timers, &plain, id, SLA_NEVER, 0);
            if (n % 997 == 0) {
                check_first(&timers, &plain);
                CHECK_TRUE(rows[i].why, sla__timers_verify(&timers));
            }
        }
        CHECK_EQ("no more than was reserved", bytes, sla__timers_bytes(&timers));
        sla__timers_fini(&timers, &fake.allocator);
        CHECK_NO_LEAK(&fake);
    }
}

TEST(taken_one_by_one_they_come_in_order)
{
    static const struct {
        const char *why;
        sla_time last;
    } rows[] = {{"a herd", 0}, {"few instants", 5}, {"a day", SLA_DAY}};
    prng random = check_prng();

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sla__timers timers = {0};
        model plain;
        fakealloc fake;

        fakealloc_init(&fake);
        clear(&plain);
        CHECK_TRUE("room", sla__timers_reserve(&timers, &fake.allocator, IDS));
        for (uint32_t id = 0; id < IDS; id++)
            set(&timers, &plain, id, prng_between(&random, 0, rows[i].last), IDS - id);
        for (size_t left = IDS; left > 0; left--) {
            const sla__timer first = *sla__timers_first(&timers);

            CHECK_EQ("as many as there are", left, timers.count);
            CHECK_EQ(rows[i].why, scan(&plain), first.id);
            set(&timers, &plain, first.id, SLA_NEVER, 0);
        }
        CHECK_TRUE("none is left", sla__timers_first(&timers) == NULL);
        sla__timers_fini(&timers, &fake.allocator);
        CHECK_NO_LEAK(&fake);
    }
}

/* Sixty thousand at one instant, in the minute that is open: more than are sorted at once. */
TEST(a_herd_of_many)
{
    enum { MANY = 60000, BEHIND = 100000 };
    prng random = check_prng();
    sla__timers timers = {0};
    uint64_t before = 0;
    size_t taken = 0, again = 0;
    fakealloc fake;

    fakealloc_init(&fake);
    CHECK_TRUE("room", sla__timers_reserve(&timers, &fake.allocator, MANY));
    for (uint32_t id = 0; id < MANY; id++)
        sla__timers_set(&timers, id, SLA_MINUTE, (uint64_t)id * 40503 % 65537 + 1);
    CHECK_TRUE("a herd", sla__timers_verify(&timers));
    for (const sla__timer *first; (first = sla__timers_first(&timers)) != NULL; taken++) {
        const uint32_t id = first->id;

        CHECK_TRUE("in order", first->order > before);
        before = first->order;
        if (before <= BEHIND && prng_below(&random, 50) == 0) {
            sla__timers_set(&timers, id, SLA_MINUTE, BEHIND + before);
            again++;
        } else
            sla__timers_set(&timers, id, SLA_NEVER, 0);
    }
    CHECK_EQ("all came, some twice", MANY + again, taken);
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

/* Whichever allocation fails, the entries stand as they stood, and asking again with
 * memory succeeds. */
TEST(no_memory_for_more_changes_nothing)
{
    size_t n = 0;
    bool failed = true;

    for (; failed; n++) {
        sla__timers timers = {0};
        model plain;
        fakealloc fake;
        bool given;

        fakealloc_init(&fake);
        clear(&plain);
        CHECK_TRUE("room", sla__timers_reserve(&timers, &fake.allocator, 4));
        for (uint32_t id = 0; id < 4; id++)
            set(&timers, &plain, id, 10 - (sla_time)id, id);
        fakealloc_fail_at(&fake, n, true);
        given = sla__timers_reserve(&timers, &fake.allocator, IDS);
        failed = fakealloc_disarm(&fake);
        CHECK_EQ("it says so", !failed, given);
        check_first(&timers, &plain);
        CHECK_TRUE("with memory", sla__timers_reserve(&timers, &fake.allocator, IDS));
        for (uint32_t id = 0; id < IDS; id++)
            set(&timers, &plain, id, id % 2 * SLA_HOUR, 0);
        check_first(&timers, &plain);
        CHECK_TRUE("all in their places", sla__timers_verify(&timers));
        sla__timers_fini(&timers, &fake.allocator);
        CHECK_NO_LEAK(&fake);
    }
    CHECK_TRUE("the heap, a page, the minutes, their chunks, runs", n > 5);
}
