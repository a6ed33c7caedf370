/* timers.c - an indexed four-way heap; see timers.h. */
#include "engine/timers.h"

#include <assert.h>
#include <string.h>

enum { WAYS = 4 };

static bool earlier(const sla__timer *one, const sla__timer *other)
{
    if (one->at != other->at)
        return one->at < other->at;
    return one->order < other->order;
}

static void put(sla__timers *timers, size_t place, const sla__timer *timer)
{
    timers->heap[place] = *timer;
    timers->places[timer->id] = (uint32_t)place + 1;
}

static void sift_up(sla__timers *timers, size_t place, sla__timer timer)
{
    while (place > 0) {
        const size_t parent = (place - 1) / WAYS;

        if (!earlier(&timer, &timers->heap[parent]))
            break;
        put(timers, place, &timers->heap[parent]);
        place = parent;
    }
    put(timers, place, &timer);
}

static void sift_down(sla__timers *timers, size_t place, sla__timer timer)
{
    for (;;) {
        const size_t first = place * WAYS + 1;
        size_t best = first;

        if (first >= timers->count)
            break;
        for (size_t child = first + 1; child < first + WAYS && child < timers->count; child++) {
            if (earlier(&timers->heap[child], &timers->heap[best]))
                best = child;
        }
        if (!earlier(&timers->heap[best], &timer))
            break;
        put(timers, place, &timers->heap[best]);
        place = best;
    }
    put(timers, place, &timer);
}

static void take_out(sla__timers *timers, uint32_t id)
{
    const size_t place = timers->places[id] - 1;
    const sla__timer last = timers->heap[--timers->count];

    timers->places[id] = 0;
    if (place == timers->count)
        return;
    if (place > 0 && earlier(&last, &timers->heap[(place - 1) / WAYS]))
        sift_up(timers, place, last);
    else
        sift_down(timers, place, last);
}

void sla__timers_fini(sla__timers *timers, const sla_allocator *allocator)
{
    sla__free(allocator, timers->heap);
    sla__free(allocator, timers->places);
    memset(timers, 0, sizeof *timers);
}

bool sla__timers_reserve(sla__timers *timers, const sla_allocator *allocator, size_t ids)
{
    const size_t had = timers->place_capacity;

    if (!sla__grow(allocator, (void **)&timers->heap, &timers->capacity, ids, sizeof(sla__timer)) ||
        !sla__grow(allocator, (void **)&timers->places, &timers->place_capacity, ids,
                   sizeof(uint32_t)))
        return false;
    if (timers->place_capacity > had)
        memset(timers->places + had, 0, (timers->place_capacity - had) * sizeof(uint32_t));
    return true;
}

void sla__timers_set(sla__timers *timers, uint32_t id, sla_time at, uint64_t order)
{
    const sla__timer timer = {at, order, id};
    size_t place;

    assert(id < timers->place_capacity);
    place = timers->places[id];
    if (at == SLA_NEVER) {
        if (place != 0)
            take_out(timers, id);
        return;
    }
    if (place == 0) {
        assert(timers->count < timers->capacity);
        sift_up(timers, timers->count++, timer);
        return;
    }
    place--;
    if (earlier(&timer, &timers->heap[place]))
        sift_up(timers, place, timer);
    else
        sift_down(timers, place, timer);
}

void sla__timers_append(sla__timers *timers, uint32_t id, sla_time at, uint64_t order)
{
    const sla__timer timer = {at, order, id};

    assert(timers->count < timers->capacity && id < timers->place_capacity && at != SLA_NEVER);
    put(timers, timers->count++, &timer);
}

void sla__timers_build(sla__timers *timers)
{
    for (size_t place = (timers->count + WAYS - 2) / WAYS; place > 0; place--)
        sift_down(timers, place - 1, timers->heap[place - 1]);
}

void sla__timers_clear(sla__timers *timers)
{
    for (size_t i = 0; i < timers->count; i++)
        timers->places[timers->heap[i].id] = 0;
    timers->count = 0;
}

sla_time sla__timers_at(const sla__timers *timers, uint32_t id)
{
    const uint32_t place = timers->places[id];

    return place != 0 ? timers->heap[place - 1].at : SLA_NEVER;
}

const sla__timer *sla__timers_first(const sla__timers *timers)
{
    return timers->count > 0 ? &timers->heap[0] : NULL;
}

bool sla__timers_verify(const sla__timers *timers)
{
    for (size_t i = 0; i < timers->count; i++) {
        if (i > 0 && earlier(&timers->heap[i], &timers->heap[(i - 1) / WAYS]))
            return false;
        if (timers->places[timers->heap[i].id] != i + 1)
            return false;
    }
    return true;
}
