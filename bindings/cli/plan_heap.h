/* plan_heap.h - tickets in the order in which they are next: a binary heap. */
#ifndef SLA_CLI_PLAN_HEAP_H
#define SLA_CLI_PLAN_HEAP_H

#include <stddef.h>
#include <stdint.h>

/* Compared by first, then second, then number. */
typedef struct plan_entry {
    int64_t first, second;
    uint64_t number;
    uint32_t ticket;
} plan_entry;

typedef struct plan_heap {
    plan_entry *entries;
    size_t count, capacity;
} plan_heap;

void plan_heap_add(plan_heap *heap, plan_entry entry);

/* The first one goes; there is one. */
plan_entry plan_heap_take(plan_heap *heap);
void plan_heap_fini(plan_heap *heap);

#endif
