/* timers_heap.c - the indexed heap, four ways, of few entries or of those that are near;
 * see timers_parts.h. */
#include <assert.h>

#include "engine/timers_parts.h"

enum { WAYS = 4 };

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

static size_t best_of_equals(const sla__timers *timers, size_t first, size_t end)
{
    size_t best = first;

    for (size_t child = first + 1; child < end; child++)
        if (sla__heaped_earlier(timers, &timers->heap[child], &timers->heap[best]))
            best = child;
    return best;
}

/* Nobody can guess which it is: so there is nothing to guess but whether two are equal. */
static size_t best_of(const sla__timers *timers, size_t first, size_t end)
{
    const sla__heaped *const heap = timers->heap;
    sla_time at = heap[first].at;
    size_t best = first;
    bool equal = false;

    for (size_t child = first + 1; child < end; child++) {
        const sla_time other = heap[child].at;

        equal |= other == at;
        best = other < at ? child : best;
        at = other < at ? other : at;
    }
    return equal ? best_of_equals(timers, first, end) : best;
}

static void sift_down(sla__timers *timers, size_t place, sla__heaped timer)
{
    for (;;) {
        const size_t first = place * WAYS + 1;
        const size_t end = first + WAYS < timers->heaped ? first + WAYS : timers->heaped;
        size_t best;

        if (first >= end)
            break;
        best = best_of(timers, first, end);
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
    if (place < timers->heaped)
        settle(timers, place, last);
}
