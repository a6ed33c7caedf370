/* timers_heap.c - the indexed heap, eight ways, of few entries or of those that are near;
 * see timers_parts.h. */
#include <assert.h>
#include <string.h>

#include "base/apart.h"
#include "engine/timers_parts.h"

enum { WAYS = HEAP_WAYS, LINE = 64 };

/* Behind the last: so that there are always as many siblings to compare. */
static const sla__heaped nobody = {.at = SLA_NEVER, .rank = UINT64_MAX};

/* ---------------------------------------------------------------------------- memory */

/* Siblings lie in two lines of the cache where the allocator's blocks are aligned to an
 * entry, as malloc's are. */
bool sla__heap_reserve(sla__timers *timers, const sla_allocator *allocator, size_t entries)
{
    sla__heaped *block, *heap;

    if (entries <= timers->heap_capacity)
        return true;
    block = sla__new(allocator, entries + HEAP_SPARE, sizeof *block);
    if (block == NULL)
        return false;
    heap = block + (LINE - (uintptr_t)(block + 1) % LINE) % LINE / sizeof *block;
    if (timers->heaped > 0)
        memcpy(heap, timers->heap, timers->heaped * sizeof *heap);
    for (size_t i = timers->heaped; i < entries + WAYS - 1; i++)
        heap[i] = nobody;
    sla__free(allocator, timers->heap_block);
    timers->heap_block = block;
    timers->heap = heap;
    timers->heap_capacity = entries;
    return true;
}

void sla__heap_clear(sla__timers *timers)
{
    while (timers->heaped > 0)
        timers->heap[--timers->heaped] = nobody;
}

/* ----------------------------------------------------------------------------- order */

bool sla__earlier_order(const sla__timers *timers, uint32_t one, uint32_t other)
{
    const uint64_t order = timers->order_of(timers->owner, one);
    const uint64_t others = timers->order_of(timers->owner, other);

    return order != others ? order < others : one < other;
}

static inline bool earlier(const sla__heaped *one, const sla__heaped *other)
{
    return (one->at < other->at) | ((one->at == other->at) & (one->rank < other->rank));
}

bool sla__earlier(const sla__timers *timers, const sla__timer *one, const sla__timer *other)
{
    return one->at != other->at ? one->at < other->at
                                : sla__earlier_order(timers, one->id, other->id);
}

bool sla__heaped_earlier(const sla__timers *timers, const sla__heaped *one,
                         const sla__heaped *other)
{
    if (one->at != other->at || !timers->blurred)
        return earlier(one, other);
    return sla__earlier_order(timers, sla__heaped_id(one), sla__heaped_id(other));
}

/* Above the id.  Nobody opens two thousand million tickets while one waits; if somebody does,
 * ranks are the same, and the owner is asked from now on. */
static uint64_t rank_of(sla__timers *timers, uint32_t id)
{
    const uint64_t order = timers->order_of(timers->owner, id);
    uint64_t rank = order - timers->rank_base;

    if (timers->heaped == 0) {
        timers->blurred = false;
        timers->rank_base = order > UINT32_MAX / 2 ? order - UINT32_MAX / 2 : 0;
        rank = order - timers->rank_base;
    }
    if (order < timers->rank_base || rank > UINT32_MAX) {
        timers->blurred = true;
        rank = order < timers->rank_base ? 0 : UINT32_MAX;
    }
    return rank << 32 | id;
}

/* ------------------------------------------------------------------------------ heap */

static inline void put(sla__timers *timers, size_t place, sla__heaped timer)
{
    timers->heap[place] = timer;
    *sla__word(timers, sla__heaped_id(&timer)) = (uint64_t)place << WHERE_BITS | IN_HEAP;
}

static void sift_up(sla__timers *timers, size_t place, sla__heaped timer)
{
    while (place > 0) {
        const size_t parent = (place - 1) / WAYS;

        if (!sla__heaped_earlier(timers, &timer, &timers->heap[parent]))
            break;
        put(timers, place, timers->heap[parent]);
        place = parent;
    }
    put(timers, place, timer);
}

/* The lower of two of which ranks tell the order, and of four.  Together with best_of they
 * were compiled to jumps, hence apart. */
static inline size_t ranked(const sla__heaped *heap, size_t one, size_t other)
{
    return earlier(&heap[other], &heap[one]) ? other : one;
}

static inline size_t ranked_of_four(const sla__heaped *heap, size_t first)
{
    return ranked(heap, ranked(heap, first, first + 1), ranked(heap, first + 2, first + 3));
}

static SLA__APART size_t best_of_equals(const sla__timers *timers, size_t first)
{
    const sla__heaped *const heap = timers->heap;
    size_t best = first;

    if (!timers->blurred)
        return ranked(heap, ranked_of_four(heap, first), ranked_of_four(heap, first + 4));
    for (size_t child = first + 1; child < first + WAYS && child < timers->heaped; child++)
        if (sla__heaped_earlier(timers, &heap[child], &heap[best]))
            best = child;
    return best;
}

typedef struct sibling {
    sla_time at;
    size_t place;
} sibling;

static inline sibling sooner(sibling one, sibling other, bool *equal)
{
    *equal |= one.at == other.at;
    one.place = other.at < one.at ? other.place : one.place;
    one.at = other.at < one.at ? other.at : one.at;
    return one;
}

static inline sibling sooner_of(const sla__heaped *heap, size_t place, bool *equal)
{
    return sooner((sibling){heap[place].at, place}, (sibling){heap[place + 1].at, place + 1},
                  equal);
}

/* The first of siblings.  Nobody can guess which it is: so there is nothing to guess but
 * whether two are equal. */
static inline size_t best_of(const sla__timers *timers, size_t first)
{
    const sla__heaped *const heap = timers->heap;
    bool equal = false;
    const sibling one = sooner_of(heap, first, &equal);
    const sibling two = sooner_of(heap, first + 2, &equal);
    const sibling three = sooner_of(heap, first + 4, &equal);
    const sibling four = sooner_of(heap, first + 6, &equal);
    const sibling best = sooner(sooner(one, two, &equal), sooner(three, four, &equal), &equal);

    return equal ? best_of_equals(timers, first) : best.place;
}

static void sift_down(sla__timers *timers, size_t place, sla__heaped timer)
{
    for (;;) {
        const size_t first = place * WAYS + 1;
        size_t best;

        if (first >= timers->heaped)
            break;
        best = best_of(timers, first);
        if (!sla__heaped_earlier(timers, &timers->heap[best], &timer))
            break;
        put(timers, place, timers->heap[best]);
        place = best;
    }
    put(timers, place, timer);
}

static void settle(sla__timers *timers, size_t place, sla__heaped timer)
{
    if (place > 0 && sla__heaped_earlier(timers, &timer, &timers->heap[(place - 1) / WAYS]))
        sift_up(timers, place, timer);
    else
        sift_down(timers, place, timer);
}

void sla__heap_add(sla__timers *timers, sla_time at, uint32_t id)
{
    const sla__heaped timer = {at, rank_of(timers, id)};

    assert(timers->heaped < timers->heap_capacity);
    timers->heaped++;
    sift_up(timers, timers->heaped - 1, timer);
}

void sla__heap_move(sla__timers *timers, size_t place, sla_time at)
{
    const uint32_t id = sla__heaped_id(&timers->heap[place]);

    settle(timers, place, (sla__heaped){at, rank_of(timers, id)});
}

void sla__heap_remove(sla__timers *timers, size_t place)
{
    const sla__heaped last = timers->heap[--timers->heaped];

    *sla__word(timers, sla__heaped_id(&timers->heap[place])) = 0;
    timers->heap[timers->heaped] = nobody;
    if (place < timers->heaped)
        settle(timers, place, last);
}
