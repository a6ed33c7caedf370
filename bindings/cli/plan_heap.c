/* plan_heap.c - see plan_heap.h. */
#include "plan_heap.h"

#include <stdbool.h>
#include <stdlib.h>

#include "cli.h"

static bool before(const plan_entry *one, const plan_entry *other)
{
    if (one->first != other->first)
        return one->first < other->first;
    if (one->second != other->second)
        return one->second < other->second;
    return one->number < other->number;
}

void plan_heap_add(plan_heap *heap, plan_entry entry)
{
    size_t at = heap->count++;

    heap->entries = need_room(heap->entries, &heap->capacity, heap->count, sizeof entry);
    for (; at > 0 && before(&entry, &heap->entries[(at - 1) / 2]); at = (at - 1) / 2)
        heap->entries[at] = heap->entries[(at - 1) / 2];
    heap->entries[at] = entry;
}

plan_entry plan_heap_take(plan_heap *heap)
{
    const plan_entry first = heap->entries[0], last = heap->entries[--heap->count];
    size_t at = 0, child;

    for (; (child = 2 * at + 1) < heap->count; at = child) {
        if (child + 1 < heap->count && before(&heap->entries[child + 1], &heap->entries[child]))
            child++;
        if (before(&last, &heap->entries[child]))
            break;
        heap->entries[at] = heap->entries[child];
    }
    heap->entries[at] = last;
    return first;
}

void plan_heap_fini(plan_heap *heap)
{
    free(heap->entries);
    *heap = (plan_heap){0};
}
