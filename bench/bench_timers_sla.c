/* bench_timers_sla.c - libsla's own timers, as the engine uses them: room is asked for
 * with every ticket, and opening numbers decide between equal instants. */
#include "bench_timers.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/timers.h"

typedef struct ours {
    sla__timers timers;
    sla_allocator allocator;
    timers_table numbers; /* what a ticket knows of itself */
    uint64_t next;
} ours;

static uint64_t number_of(const void *timers, uint32_t id)
{
    return *(const uint64_t *)timers_table_at(&((const ours *)timers)->numbers, id);
}

static void *open_ours(size_t live)
{
    ours *const all = timers_grow(NULL, 1, sizeof *all);

    (void)live;
    *all = (ours){
        .allocator = sla__allocator_or_default(NULL), .numbers.size = sizeof(uint64_t), .next = 1};
    sla__timers_init(&all->timers, number_of, all);
    return all;
}

static void arm(void *timers, uint32_t id, int64_t at)
{
    ours *const all = timers;

    if (!sla__timers_reserve(&all->timers, &all->allocator, id + (size_t)1)) {
        fprintf(stderr, "sla-bench: out of memory\n");
        exit(1);
    }
    timers_table_reach(&all->numbers, id);
    *(uint64_t *)timers_table_at(&all->numbers, id) = all->next++;
    sla__timers_set(&all->timers, id, at);
}

static void cancel(void *timers, uint32_t id)
{
    ours *const all = timers;

    sla__timers_set(&all->timers, id, SLA_NEVER);
}

static void move(void *timers, uint32_t id, int64_t at)
{
    ours *const all = timers;

    sla__timers_set(&all->timers, id, at);
}

static void fire(void *timers, int64_t now, timers_fired *fired)
{
    ours *const all = timers;
    const sla__timer *first;

    while ((first = sla__timers_first(&all->timers)) != NULL && first->at <= now) {
        const uint32_t id = first->id;

        timers_note(fired, id);
        sla__timers_set(&all->timers, id, SLA_NEVER);
    }
}

static void close_ours(void *timers)
{
    ours *const all = timers;

    sla__timers_fini(&all->timers, &all->allocator);
    timers_table_free(&all->numbers);
    free(all);
}

/* The numbers are the tickets' own. */
static size_t beside(const void *timers)
{
    const timers_table *const numbers = &((const ours *)timers)->numbers;
    size_t bytes = numbers->count > 0 ? malloc_usable_size(numbers->pages) + sizeof(size_t) : 0;

    for (size_t i = 0; i < numbers->count; i++)
        bytes += malloc_usable_size(numbers->pages[i]) + sizeof(size_t);
    return bytes;
}

const timers_contender timers_sla = {.name = "libsla",
                                     .open = open_ours,
                                     .arm = arm,
                                     .cancel = cancel,
                                     .move = move,
                                     .fire = fire,
                                     .close = close_ours,
                                     .cost = 1,
                                     .beside = beside,
                                     .exact = true};
