/* Goal: the earliest entry is always the first one, equal instants in their order.
 * Method: a plain array is scanned beside the timers, under a seed, with few enough
 * instants that many are equal, over microseconds and over centuries, few entries and
 * more than the heap holds; all are taken one by one; storms of changes in the room that
 * was reserved; and memory fails. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "engine/timers.h"

/* Above 1,024 ids there is a calendar, and from 768 entries on it is used. */
enum { FEW = 120, SOME = 2500, MANY = 24000, INSTANTS = 40, ORDERS = 6 };

typedef struct model {
    sla_time at[MANY]; /* SLA_NEVER: no entry */
    uint64_t order[MANY];
} model;

static uint64_t order_of(const void *plain, uint32_t id)
{
    return ((const model *)plain)->order[id];
}

static bool comes_before(const model *plain, size_t one, size_t other)
{
    if (plain->at[one] != plain->at[other])
        return plain->at[one] < plain->at[other];
    if (plain->order[one] != plain->order[other])
        return plain->order[one] < plain->order[other];
    return one < other;
}

/* The first by a scan; MANY for none. */
static size_t scan(const model *plain, size_t ids)
{
    size_t first = MANY;

    for (size_t i = 0; i < ids; i++)
        if (plain->at[i] != SLA_NEVER && (first == MANY || comes_before(plain, i, first)))
            first = i;
    return first;
}

static void check_first(const sla__timers *timers, const model *plain, size_t ids)
{
    const sla__timer *got = sla__timers_first(timers);
    const size_t want = scan(plain, ids);

    if (want == MANY) {
        CHECK_TRUE("empty", got == NULL && timers->count == 0);
        return;
    }
    CHECK_TRUE("there is one", got != NULL);
    CHECK_EQ("its instant", plain->at[want], got->at);
    CHECK_EQ("it is the one", want, got->id);
    CHECK_EQ("and says so by id", got->at, sla__timers_at(timers, got->id));
}

static void set(sla__timers *timers, model *plain, uint32_t id, sla_time at, uint64_t order)
{
    plain->at[id] = at;
    plain->order[id] = order;
    sla__timers_set(timers, id, at);
}

static void begin(sla__timers *timers, model *plain, fakealloc *fake, size_t ids)
{
    fakealloc_init(fake);
    memset(plain->order, 0, sizeof plain->order);
    for (size_t i = 0; i < MANY; i++)
        plain->at[i] = SLA_NEVER;
    sla__timers_init(timers, order_of, plain);
    CHECK_TRUE("room", sla__timers_reserve(timers, &fake->allocator, ids));
}

static void end(sla__timers *timers, fakealloc *fake)
{
    sla__timers_fini(timers, &fake->allocator);
    CHECK_NO_LEAK(fake);
}

/* ------------------------------------------------------------------ beside a plain scan */

typedef struct course {
    const char *why;
    uint32_t ids;
    sla_time from, to;     /* of the first instants; later ones follow the first entry */
    sla_time unit;         /* they are multiples of it, so that some are equal */
    size_t steps, between; /* checks */
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

static const course courses[] = {
    {"few", FEW, -INSTANTS, INSTANTS, 1, 30000, 1},
    {"few, over years", FEW, SLA_TIME_MIN, SLA_TIME_MAX, 1, 10000, 1},
    {"some, of few instants", SOME, -INSTANTS, INSTANTS, 1, 20000, 5},
    {"some, within minutes", SOME, -SLA_MINUTE, 10 * SLA_MINUTE, 1000, 20000, 5},
    {"some, within years", SOME, SLA_TIME_MIN, SLA_TIME_MAX, SLA_HOUR, 20000, 5},
    {"many, of few instants", MANY, -INSTANTS, INSTANTS, 1, 40000, 40},
    {"within seconds", MANY, -SLA_SECOND, 20 * SLA_SECOND, 1, 40000, 40},
    {"within minutes", MANY, -SLA_MINUTE, 10 * SLA_MINUTE, 1000, 40000, 40},
    {"within hours", MANY, 0, 48 * SLA_HOUR, SLA_SECOND, 40000, 40},
    {"within months", MANY, -SLA_DAY, 400 * SLA_DAY, SLA_MINUTE, 40000, 40},
    {"within years", MANY, SLA_TIME_MIN, SLA_TIME_MAX, SLA_HOUR, 40000, 40},
};

/* Both are emptied, first by first: the scan is a sort then. */
static const model *sorted_by;

static int by_turn(const void *left, const void *right)
{
    const uint32_t one = *(const uint32_t *)left, other = *(const uint32_t *)right;

    return one == other ? 0 : comes_before(sorted_by, one, other) ? -1 : 1;
}

static void take_all(const char *why, sla__timers *timers, model *plain)
{
    static uint32_t ids[MANY];
    size_t count = 0;

    for (uint32_t id = 0; id < MANY; id++)
        if (plain->at[id] != SLA_NEVER)
            ids[count++] = id;
    sorted_by = plain;
    qsort(ids, count, sizeof *ids, by_turn);
    CHECK_EQ("as many as there are", count, timers->count);
    for (size_t i = 0; i < count; i++) {
        CHECK_TRUE(why, sla__timers_first(timers) != NULL);
        CHECK_EQ(why, ids[i], sla__timers_first(timers)->id);
        set(timers, plain, ids[i], SLA_NEVER, 0);
        if (i % 4001 == 0)
            CHECK_TRUE(why, sla__timers_verify(timers));
    }
    CHECK_TRUE("none is left", sla__timers_first(timers) == NULL);
}

static void go_along(const course *along, prng *random)
{
    static model plain;
    sla__timers timers;
    fakealloc fake;

    begin(&timers, &plain, &fake, along->ids);
    for (uint32_t id = 0; id < along->ids; id++)
        set(&timers, &plain, id,
            prng_between(random, along->from, along->to) / along->unit * along->unit,
            prng_below(random, ORDERS));
    for (size_t step = 0; step < check_count(along->steps, 300000); step++) {
        change(&timers, &plain, along, random);
        if (step % along->between == 0)
            check_first(&timers, &plain, along->ids);
        if (step % (along->between * 211) == 0)
            CHECK_TRUE(along->why, sla__timers_verify(&timers));
    }
    take_all(along->why, &timers, &plain);
    set(&timers, &plain, 7, 7, 7);
    set(&timers, &plain, 8, SLA_TIME_MAX, 7);
    sla__timers_clear(&timers);
    CHECK_TRUE("cleared", sla__timers_first(&timers) == NULL && sla__timers_verify(&timers));
    end(&timers, &fake);
}

TEST(the_timers_agree_with_a_plain_scan)
{
    prng random = check_prng();

    for (size_t i = 0; i < COUNT_OF(courses); i++)
        go_along(&courses[i], &random);
}

TEST(taken_one_by_one_they_come_in_order)
{
    static const struct {
        const char *why;
        uint32_t ids;
        sla_time last;
    } rows[] = {{"a herd of few", FEW, 0},
                {"few instants", FEW, 5},
                {"a herd of some", SOME, 0},
                {"some within an hour", SOME, SLA_HOUR},
                {"a herd", MANY, 0},
                {"many at few instants", MANY, 5},
                {"a minute", MANY, SLA_MINUTE},
                {"a day", MANY, SLA_DAY}};
    prng random = check_prng();

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (uint32_t backwards = 0; backwards < 2; backwards++) {
            static model plain;
            sla__timers timers;
            fakealloc fake;

            begin(&timers, &plain, &fake, rows[i].ids);
            for (uint32_t id = 0; id < rows[i].ids; id++)
                set(&timers, &plain, id, prng_between(&random, 0, rows[i].last),
                    backwards ? MANY - id : id);
            take_all(rows[i].why, &timers, &plain);
            end(&timers, &fake);
        }
}

/* ------------------------------------------------------------------------------ storms */

/* Room is taken once; whatever the storm, it is enough, for nothing may fail then. */
TEST(storms_stay_in_the_room_that_was_reserved)
{
    static const struct {
        const char *why;
        sla_time from, step, turn; /* instants go on by, and come back after */
        uint32_t live;             /* others, which stay where they are */
        bool back;                 /* go down instead */
        bool cancel;               /* each is taken out at once */
    } rows[] = {
        {"set and taken out at one instant", 0, 0, 1, 15000, false, true},
        {"at one instant of another day", 3 * SLA_DAY, 0, 1, 15000, false, true},
        {"moved to one minute, and its end", 3 * SLA_DAY, SLA_SECOND, 50 * SLA_SECOND, 15000, false,
         false},
        {"moved within a few minutes", 0, SLA_SECOND, 5 * SLA_MINUTE, 15000, false, false},
        {"through the minutes", 0, SLA_MINUTE, 48 * SLA_HOUR, 15000, false, true},
        {"moved on and on", 0, 7 * SLA_SECOND, 90 * SLA_DAY, 0, false, false},
        {"moved on, few", 0, 7 * SLA_HOUR, 900 * SLA_DAY, 19000, false, false},
        {"each before all others", 0, 11 * SLA_MINUTE, SLA_TIME_MAX, 0, true, false},
        {"before all others, by minutes", 0, SLA_SECOND, SLA_TIME_MAX, 0, true, false},
        {"far apart", 0, 29 * SLA_DAY, SLA_TIME_MAX / 2, 0, false, false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        static model plain;
        sla__timers timers;
        fakealloc fake;
        size_t bytes;

        begin(&timers, &plain, &fake, MANY);
        bytes = sla__timers_bytes(&timers);
        for (uint32_t id = 0; id < rows[i].live; id++)
            set(&timers, &plain, id, SLA_DAY + id * SLA_SECOND, id);
        for (uint64_t n = 0; n < check_count(400000, 4000000); n++) {
            const sla_time span = rows[i].from + rows[i].step * (sla_time)n % rows[i].turn;
            const uint32_t id = (uint32_t)(rows[i].live + n * 7919 % (MANY - rows[i].live));

            set(&timers, &plain, id, rows[i].back ? SLA_TIME_MAX - span : span, n);
            if (rows[i].cancel && n % 3 != 0)
                set(&timers, &plain, id, SLA_NEVER, 0);
            if (n % 49999 == 0) {
                check_first(&timers, &plain, MANY);
                CHECK_TRUE(rows[i].why, sla__timers_verify(&timers));
            }
        }
        CHECK_EQ("no more than was reserved", bytes, sla__timers_bytes(&timers));
        take_all(rows[i].why, &timers, &plain);
        end(&timers, &fake);
    }
}

/* Into the minute that is open, and before it, while it is being read; and out of it: more
 * than the heap holds, which has others as well. */
TEST(a_minute_that_changes_while_it_is_read)
{
    static const struct {
        const char *why;
        uint32_t far;  /* they wait for another day, and were the first to come */
        sla_time span; /* new instants come so long behind the first */
        unsigned back; /* in a thousand: just before it */
    } rows[] = {
        {"it goes on", 0, 9 * SLA_SECOND, 100},
        {"it stays", 0, 1000, 10},
        {"others wait", 12000, 1000, 10},
        {"others wait, it goes on", 12000, 30 * SLA_SECOND, 1},
    };
    prng random = check_prng();

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        static model plain;
        sla__timers timers;
        fakealloc fake;

        begin(&timers, &plain, &fake, MANY);
        for (uint32_t id = 0; id < MANY; id++)
            set(&timers, &plain, id, id < rows[i].far ? SLA_DAY + id * SLA_MINUTE : id % 3000 * 10,
                id);
        for (size_t n = 0; n < check_count(80000, 800000); n++) {
            const uint32_t id = rows[i].far + (uint32_t)prng_below(&random, MANY - rows[i].far);
            const sla__timer first = *sla__timers_first(&timers);
            const unsigned what = (unsigned)prng_below(&random, 1000);

            if (what < rows[i].back)
                set(&timers, &plain, id, first.at - (sla_time)prng_below(&random, 2), id);
            else if (what < 200)
                set(&timers, &plain, first.id, first.at + rows[i].span / 2, first.id);
            else
                set(&timers, &plain, id, first.at + prng_between(&random, 0, rows[i].span), id);
            if (n % 80 == 0)
                check_first(&timers, &plain, MANY);
            if (n % 9999 == 0)
                CHECK_TRUE(rows[i].why, sla__timers_verify(&timers));
        }
        take_all(rows[i].why, &timers, &plain);
        end(&timers, &fake);
    }
}

/* --------------------------------------------------------------------------- few, memory */

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
        {"however far apart they are", {1, 1, 1}, {UINT64_MAX, UINT64_MAX - 1, 1}, 2},
        {"above four thousand millions", {1, 1, 2}, {UINT64_MAX, UINT64_MAX - 1, 1}, 1},
        {"the instant goes before the order", {2, 1, 2}, {0, 9, 1}, 1},
        {"before 1970", {0, -1, 1}, {0, 0, 0}, 1},
        {"one that was taken out", {SLA_NEVER, 5, 4}, {0, 0, 0}, 2},
        {"as late as can be", {SLA_TIME_MAX, SLA_NEVER, SLA_TIME_MAX}, {1, 0, 2}, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        static model plain;
        sla__timers timers;
        fakealloc fake;

        begin(&timers, &plain, &fake, 3);
        for (uint32_t id = 0; id < 3; id++)
            set(&timers, &plain, id, 7, id);
        for (uint32_t id = 0; id < 3; id++)
            set(&timers, &plain, id, rows[i].at[id], rows[i].order[id]);
        CHECK_EQ(rows[i].why, rows[i].first, sla__timers_first(&timers)->id);
        CHECK_TRUE(rows[i].why, sla__timers_verify(&timers));
        take_all(rows[i].why, &timers, &plain);
        end(&timers, &fake);
    }
}

/* Their distances do not fit into the rank that the heap keeps. */
TEST(orders_that_are_far_apart)
{
    static model plain;
    sla__timers timers;
    fakealloc fake;

    for (size_t turn = 0; turn < 2; turn++) {
        begin(&timers, &plain, &fake, FEW);
        for (uint32_t id = 0; id < FEW; id++)
            set(&timers, &plain, id, id / 30,
                turn == 0 ? UINT64_MAX - id * UINT64_C(0x0123456789abcdef)
                          : id * UINT64_C(0x0123456789abcdef));
        CHECK_TRUE("far apart", sla__timers_verify(&timers));
        take_all("far apart", &timers, &plain);
        end(&timers, &fake);
    }
}

TEST(few_take_little)
{
    static model plain;
    sla__timers timers;
    fakealloc fake;

    begin(&timers, &plain, &fake, 10);
    CHECK_TRUE("ten", sla__timers_bytes(&timers) <= 448);
    end(&timers, &fake);
}

/* Whichever allocation fails, the entries stand as they stood, and asking again with
 * memory succeeds. */
TEST(no_memory_for_more_changes_nothing)
{
    size_t n = 0;
    bool failed = true;

    for (; failed; n++) {
        static model plain;
        sla__timers timers;
        fakealloc fake;
        bool given;

        begin(&timers, &plain, &fake, 4);
        for (uint32_t id = 0; id < 4; id++)
            set(&timers, &plain, id, 10 - (sla_time)id, id);
        fakealloc_fail_at(&fake, n, true);
        given = sla__timers_reserve(&timers, &fake.allocator, MANY);
        failed = fakealloc_disarm(&fake);
        CHECK_EQ("it says so", !failed, given);
        check_first(&timers, &plain, MANY);
        CHECK_TRUE("with memory", sla__timers_reserve(&timers, &fake.allocator, MANY));
        for (uint32_t id = 0; id < MANY; id++)
            set(&timers, &plain, id, id % 2 * SLA_HOUR, 0);
        check_first(&timers, &plain, MANY);
        CHECK_TRUE("all in their places", sla__timers_verify(&timers));
        end(&timers, &fake);
    }
    CHECK_TRUE("the heap, pages, the minutes, their chunks, runs", n > 10);
}
