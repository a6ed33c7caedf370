/*
 * bench_timers_heap.c - plain twins: an indexed heap of two ways, and of eight.
 *
 * Entries of 16 bytes, siblings of eight in two cache lines, and where each id lies in
 * an array beside them.  Equal instants come in any order.
 */
#include "bench_timers.h"

#include <stdlib.h>

typedef struct entry {
    int64_t at;
    uint32_t id;
} entry;

typedef struct heap {
    entry *entries; /* from the root, which lies so that its children begin a line */
    void *block;
    uint32_t *places;
    size_t count, capacity, ids;
} heap;

static void grow_entries(heap *all, size_t capacity, size_t ways)
{
    char *const block = timers_grow(NULL, capacity + 2 * ways, sizeof(entry));
    entry *const lines = (entry *)(block + (64 - (uintptr_t)block % 64) % 64);
    entry *const entries = lines + ways - 1;

    for (size_t i = 0; i < all->count; i++)
        entries[i] = all->entries[i];
    free(all->block);
    all->block = block;
    all->entries = entries;
    all->capacity = capacity;
}

static inline void put(heap *all, size_t place, entry what)
{
    all->entries[place] = what;
    all->places[what.id] = (uint32_t)place;
}

static inline void sift_up(heap *all, size_t place, entry what, size_t ways)
{
    while (place > 0 && what.at < all->entries[(place - 1) / ways].at) {
        put(all, place, all->entries[(place - 1) / ways]);
        place = (place - 1) / ways;
    }
    put(all, place, what);
}

static inline void sift_down(heap *all, size_t place, entry what, size_t ways)
{
    for (;;) {
        const size_t first = place * ways + 1;
        const size_t end = first + ways < all->count ? first + ways : all->count;
        size_t best = first;

        if (first >= all->count)
            break;
        for (size_t child = first + 1; child < end; child++)
            best = all->entries[child].at < all->entries[best].at ? child : best;
        if (all->entries[best].at >= what.at)
            break;
        put(all, place, all->entries[best]);
        place = best;
    }
    put(all, place, what);
}

static inline void settle(heap *all, size_t place, entry what, size_t ways)
{
    if (place > 0 && what.at < all->entries[(place - 1) / ways].at)
        sift_up(all, place, what, ways);
    else
        sift_down(all, place, what, ways);
}

static inline void take_out(heap *all, size_t place, size_t ways)
{
    const entry last = all->entries[--all->count];

    if (place < all->count)
        settle(all, place, last, ways);
}

static inline heap *open_heap(size_t live, size_t ways)
{
    heap *const all = timers_grow(NULL, 1, sizeof *all);

    *all = (heap){.ids = live};
    all->places = timers_grow(NULL, live, sizeof *all->places);
    grow_entries(all, live, ways);
    return all;
}

static inline void arm(heap *all, uint32_t id, int64_t at, size_t ways)
{
    if (id >= all->ids) {
        all->ids += all->ids / 2 + 1;
        all->places = timers_grow(all->places, all->ids, sizeof *all->places);
    }
    if (all->count == all->capacity)
        grow_entries(all, all->capacity + all->capacity / 2, ways);
    all->count++;
    sift_up(all, all->count - 1, (entry){at, id}, ways);
}

static inline void fire(heap *all, int64_t now, timers_fired *fired, size_t ways)
{
    while (all->count > 0 && all->entries[0].at <= now) {
        timers_note(fired, all->entries[0].id);
        take_out(all, 0, ways);
    }
}

static void close_heap(void *timers)
{
    heap *const all = timers;

    free(all->block);
    free(all->places);
    free(all);
}

/* Each width compiled by itself, so that a division is a shift. */
#define HEAP(WAYS)                                                                                 \
    static void *open_##WAYS(size_t live)                                                          \
    {                                                                                              \
        return open_heap(live, WAYS);                                                              \
    }                                                                                              \
    static void arm_##WAYS(void *timers, uint32_t id, int64_t at)                                  \
    {                                                                                              \
        arm(timers, id, at, WAYS);                                                                 \
    }                                                                                              \
    static void cancel_##WAYS(void *timers, uint32_t id)                                           \
    {                                                                                              \
        take_out(timers, ((heap *)timers)->places[id], WAYS);                                      \
    }                                                                                              \
    static void move_##WAYS(void *timers, uint32_t id, int64_t at)                                 \
    {                                                                                              \
        settle(timers, ((heap *)timers)->places[id], (entry){at, id}, WAYS);                       \
    }                                                                                              \
    static void fire_##WAYS(void *timers, int64_t now, timers_fired *fired)                        \
    {                                                                                              \
        fire(timers, now, fired, WAYS);                                                            \
    }                                                                                              \
    const timers_contender timers_heap_##WAYS = {                                                  \
        .name = "indexed " #WAYS "-heap",                                                          \
        .open = open_##WAYS,                                                                       \
        .arm = arm_##WAYS,                                                                         \
        .cancel = cancel_##WAYS,                                                                   \
        .move = move_##WAYS,                                                                       \
        .fire = fire_##WAYS,                                                                       \
        .close = close_heap,                                                                       \
        .cost = 12 / WAYS + 1,                                                                     \
    };

HEAP(2)
HEAP(8)
