/*
 * bench_timers_work.c - the steps of `sla-bench timers`: what an operator's tickets do.
 *
 * A plain indexed heap knows while the steps are made which timers are live and which
 * fire when; its answers are what every contender has to give.
 */
#include "bench_timers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prng.h"

enum { CLASSES = 5, JITTER = 4, CLOCK_STEP = 60 * 1000000 };

#define HOUR INT64_C(3600000000)
#define MINUTE INT64_C(60000000)
#define SOONEST 5000 /* what is live is due after it, the herd before */
#define HERD_AT 1000

static const int64_t lengths[CLASSES] = {2 * HOUR, 4 * HOUR, 24 * HOUR, 48 * HOUR, 48 * HOUR};
static const unsigned shares[CLASSES] = {10, 20, 25, 25, 20};

/* ------------------------------------------------------- what is live, and its order */

typedef struct entry {
    int64_t at;
    uint64_t order;
    uint32_t id;
} entry;

typedef struct reference {
    prng random;
    entry *heap;
    uint32_t *places; /* by id */
    uint32_t *free_ids;
    size_t count, free_count, next_id;
    uint64_t next_order;
    int64_t now, arrived;
    timers_work *work;
    timers_fired fired;
    size_t steps;
} reference;

static bool earlier(const entry *one, const entry *other)
{
    return one->at != other->at ? one->at < other->at : one->order < other->order;
}

static void put(reference *all, size_t place, entry what)
{
    all->heap[place] = what;
    all->places[what.id] = (uint32_t)place;
}

static void settle(reference *all, size_t place, entry what)
{
    while (place > 0 && earlier(&what, &all->heap[(place - 1) / 2])) {
        put(all, place, all->heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    for (size_t child; (child = 2 * place + 1) < all->count; place = child) {
        child += child + 1 < all->count && earlier(&all->heap[child + 1], &all->heap[child]);
        if (!earlier(&all->heap[child], &what))
            break;
        put(all, place, all->heap[child]);
    }
    put(all, place, what);
}

static void step(reference *all, timers_kind kind, uint32_t id, int64_t at)
{
    timers_work *const work = all->work;

    if (all->steps == work->capacity) {
        work->capacity += work->capacity / 4 + 1024;
        work->steps = timers_grow(work->steps, work->capacity, sizeof *work->steps);
    }
    work->steps[all->steps++] = (timers_step){at, id, (uint32_t)kind};
}

static void arm(reference *all, int64_t at)
{
    const uint32_t id =
        all->free_count > 0 ? all->free_ids[--all->free_count] : (uint32_t)all->next_id++;

    step(all, TIMERS_ARM, id, at);
    all->count++;
    settle(all, all->count - 1, (entry){at, all->next_order++, id});
}

static void take_out(reference *all, size_t place)
{
    const entry last = all->heap[--all->count];

    all->free_ids[all->free_count++] = all->heap[place].id;
    if (place < all->count)
        settle(all, place, last);
}

static void fire(reference *all, int64_t now)
{
    step(all, TIMERS_FIRE, 0, now);
    all->now = now;
    while (all->count > 0 && all->heap[0].at <= now) {
        timers_note(&all->fired, all->heap[0].id);
        take_out(all, 0);
    }
}

/* ------------------------------------------------------------------------ the phases */

static size_t class_of(reference *all)
{
    uint64_t drawn = prng_below(&all->random, 100);
    size_t class = 0;

    while (drawn >= shares[class])
        drawn -= shares[class ++];
    return class;
}

typedef struct opening {
    int64_t opened, due;
} opening;

static int by_opened(const void *left, const void *right)
{
    const opening *one = left, *other = right;

    return (one->opened > other->opened) - (one->opened < other->opened);
}

/* Tickets that are open at a moment, as they were opened. */
static void fill(reference *all)
{
    const size_t count = all->work->live;
    opening *const list = timers_grow(NULL, count, sizeof *list);

    for (size_t i = 0; i < count; i++) {
        const size_t class = class_of(all);

        list[i].due = SOONEST + (int64_t)prng_below(&all->random, (uint64_t)lengths[class]);
        list[i].opened = class == JITTER ? -(int64_t)prng_below(&all->random, 24 * HOUR)
                                         : list[i].due - lengths[class];
    }
    qsort(list, count, sizeof *list, by_opened);
    for (size_t i = 0; i < count; i++)
        arm(all, list[i].due);
    free(list);
}

static void open_one(reference *all)
{
    const size_t class = class_of(all);

    all->arrived = all->arrived + 1 > all->now ? all->arrived + 1 : all->now;
    arm(all, class != JITTER ? all->arrived + lengths[class]
                             : all->arrived + MINUTE +
                                   (int64_t)prng_below(&all->random, (uint64_t)lengths[class]));
}

static void mix_one(reference *all)
{
    const uint64_t drawn = prng_below(&all->random, 100);
    size_t place;

    if (drawn < 40 || all->count == 0) {
        open_one(all);
        return;
    }
    place = prng_below(&all->random, all->count);
    if (drawn < 75) {
        step(all, TIMERS_CANCEL, all->heap[place].id, 0);
        take_out(all, place);
    } else if (drawn < 90) {
        entry moved = all->heap[place];

        moved.at += MINUTE + (int64_t)prng_below(&all->random, 24 * HOUR);
        step(all, TIMERS_MOVE, moved.id, moved.at);
        settle(all, place, moved);
    } else
        fire(all, all->heap[0].at);
}

static void drain(reference *all)
{
    const uint64_t before = all->fired.count;

    while (all->count > 0)
        fire(all, all->now + CLOCK_STEP);
    all->work->drained = all->fired.count - before;
}

static void end(reference *all, size_t phase)
{
    all->work->ends[phase] = all->steps;
    all->work->wanted[phase] = all->fired;
}

static void reference_init(reference *all, timers_work *work, uint64_t seed, size_t room)
{
    *all = (reference){.random = prng_seeded(seed), .work = work, .next_order = 1};
    all->heap = timers_grow(NULL, room, sizeof *all->heap);
    all->places = timers_grow(NULL, room, sizeof *all->places);
    all->free_ids = timers_grow(NULL, room, sizeof *all->free_ids);
}

void timers_work_make(timers_work *work, uint64_t seed, size_t live, size_t mixed, size_t herd)
{
    reference all;

    memset(work, 0, sizeof *work);
    work->live = live;
    /* Room for every opening of the mix but those of timers that end. */
    reference_init(&all, work, seed, live + herd + mixed / 2 + 1024);
    fill(&all);
    end(&all, TIMERS_FILL);
    for (size_t i = 0; i < herd; i++)
        arm(&all, HERD_AT);
    end(&all, TIMERS_HERD_ARM);
    if (herd > 0)
        fire(&all, HERD_AT);
    end(&all, TIMERS_HERD_FIRE);
    for (size_t i = 0; i < mixed; i++)
        mix_one(&all);
    end(&all, TIMERS_MIX);
    drain(&all);
    end(&all, TIMERS_DRAIN);
    free(all.heap);
    free(all.places);
    free(all.free_ids);
}

void timers_work_free(timers_work *work)
{
    free(work->steps);
    memset(work, 0, sizeof *work);
}

/* ---------------------------------------------------------------------- for contenders */

void *timers_grow(void *array, size_t count, size_t size)
{
    void *const grown = reallocarray(array, count, size);

    if (grown == NULL) {
        fprintf(stderr, "sla-bench: out of memory\n");
        exit(1);
    }
    return grown;
}

void timers_table_grow(timers_table *table, uint32_t id)
{
    while (id / TIMERS_PAGE >= table->count) {
        char *const page = timers_grow(NULL, TIMERS_PAGE, table->size);

        memset(page, 0, TIMERS_PAGE * table->size);
        table->pages = timers_grow(table->pages, table->count + 1, sizeof *table->pages);
        table->pages[table->count++] = page;
    }
}

void timers_table_free(timers_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        free(table->pages[i]);
    free(table->pages);
}
