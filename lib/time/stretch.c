/* stretch.c - see stretch.h. */
#include "time/stretch.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"

static bool make_room(sla__stretches *stretches, const sla_allocator *allocator)
{
    void *list = stretches->list;

    if (!sla__grow(allocator, &list, &stretches->capacity, stretches->count + 1,
                   sizeof *stretches->list))
        return false;
    stretches->list = list;
    return true;
}

bool sla__stretches_put(sla__stretches *stretches, const sla_allocator *allocator,
                        sla__stretch stretch)
{
    assert(stretch.start < stretch.end);
    assert(stretches->count == 0 || stretches->list[stretches->count - 1].end <= stretch.start);
    if (!make_room(stretches, allocator))
        return false;
    stretches->list[stretches->count++] = stretch;
    return true;
}

static void insert(sla__stretches *stretches, size_t at, sla__stretch stretch)
{
    memmove(stretches->list + at + 1, stretches->list + at,
            (stretches->count - at) * sizeof *stretches->list);
    stretches->list[at] = stretch;
    stretches->count++;
}

static void remove_at(sla__stretches *stretches, size_t at)
{
    stretches->count--;
    memmove(stretches->list + at, stretches->list + at + 1,
            (stretches->count - at) * sizeof *stretches->list);
}

bool sla__stretches_cut(sla__stretches *stretches, const sla_allocator *allocator, sla__civil start,
                        sla__civil end, bool *cut_out)
{
    size_t i = stretches->count;

    assert(start < end);
    /* One cut makes at most one stretch more. */
    if (!make_room(stretches, allocator))
        return false;
    /* From the back: cuts come in order, near the end of what is there. */
    while (i > 0 && stretches->list[i - 1].end > start) {
        sla__stretch *stretch = &stretches->list[--i];
        const sla__stretch rest = {end, stretch->end, stretch->owner};

        if (stretch->start >= end)
            continue;
        *cut_out = true;
        stretch->end = start;
        if (rest.start < rest.end)
            insert(stretches, i + 1, rest);
        if (stretch->start >= stretch->end)
            remove_at(stretches, i);
    }
    return true;
}

void sla__stretches_fini(sla__stretches *stretches, const sla_allocator *allocator)
{
    sla__free(allocator, stretches->list);
    memset(stretches, 0, sizeof *stretches);
}
