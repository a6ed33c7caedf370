/* bench_timers_lazy.c - a plain twin: a binary heap that nothing is taken out of.  An
 * entry of a timer that was cancelled or moved is dropped when it comes to the top. */
#include "bench_timers.h"

#include <stdlib.h>

typedef struct entry {
    int64_t at;
    uint32_t id, generation;
} entry;

typedef struct lazy {
    entry *entries;
    uint32_t *generations; /* by id: an entry of another is stale */
    size_t count, capacity, ids;
} lazy;

static void *open_lazy(size_t live)
{
    lazy *const all = timers_grow(NULL, 1, sizeof *all);

    *all = (lazy){.capacity = live};
    all->entries = timers_grow(NULL, live, sizeof *all->entries);
    return all;
}

static void push(lazy *all, entry what)
{
    size_t place;

    if (all->count == all->capacity) {
        all->capacity += all->capacity / 2 + 1;
        all->entries = timers_grow(all->entries, all->capacity, sizeof *all->entries);
    }
    for (place = all->count++; place > 0 && what.at < all->entries[(place - 1) / 2].at;
         place = (place - 1) / 2)
        all->entries[place] = all->entries[(place - 1) / 2];
    all->entries[place] = what;
}

static void pop(lazy *all)
{
    const entry last = all->entries[--all->count];
    size_t place = 0;

    for (size_t child; (child = 2 * place + 1) < all->count; place = child) {
        child += child + 1 < all->count && all->entries[child + 1].at < all->entries[child].at;
        if (all->entries[child].at >= last.at)
            break;
        all->entries[place] = all->entries[child];
    }
    all->entries[place] = last;
}

static void reach(lazy *all, uint32_t id)
{
    const size_t had = all->ids;

    if (id < had)
        return;
    all->ids = had == 0 ? all->capacity : had + had / 2;
    if (all->ids <= id)
        all->ids = id + (size_t)1;
    all->generations = timers_grow(all->generations, all->ids, sizeof *all->generations);
    for (size_t i = had; i < all->ids; i++)
        all->generations[i] = 0;
}

static void arm(void *timers, uint32_t id, int64_t at)
{
    lazy *const all = timers;

    reach(all, id);
    push(all, (entry){at, id, all->generations[id]});
}

static void cancel(void *timers, uint32_t id)
{
    ((lazy *)timers)->generations[id]++;
}

static void move(void *timers, uint32_t id, int64_t at)
{
    lazy *const all = timers;

    push(all, (entry){at, id, ++all->generations[id]});
}

static void fire(void *timers, int64_t now, timers_fired *fired)
{
    lazy *const all = timers;

    while (all->count > 0) {
        const entry top = all->entries[0];

        if (top.generation == all->generations[top.id]) {
            if (top.at > now)
                return;
            timers_note(fired, top.id);
            all->generations[top.id]++;
        }
        pop(all);
    }
}

static void close_lazy(void *timers)
{
    lazy *const all = timers;

    free(all->entries);
    free(all->generations);
    free(all);
}

const timers_contender timers_lazy = {.name = "lazy priority queue",
                                      .open = open_lazy,
                                      .arm = arm,
                                      .cancel = cancel,
                                      .move = move,
                                      .fire = fire,
                                      .close = close_lazy,
                                      .cost = 6};
