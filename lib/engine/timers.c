/* timers.c - words by id, and the heap of what is near; see timers_parts.h. */
#include "engine/timers.h"

#include <assert.h>
#include <string.h>

#include "engine/timers_parts.h"

/* --------------------------------------------------------------------------- memory */

void sla__timers_fini(sla__timers *timers, const sla_allocator *allocator)
{
    for (size_t i = 0; i < timers->page_count; i++)
        sla__free(allocator, timers->pages[i]);
    sla__free(allocator, timers->pages);
    sla__free(allocator, timers->heap);
    sla__minutes_fini(timers, allocator);
    memset(timers, 0, sizeof *timers);
}

/* The first page grows with few ids; the others are whole, so that nothing large is
 * ever copied. */
static size_t room_for(const sla__timers *timers, size_t ids)
{
    const size_t more = timers->ids + timers->ids / 2;

    if (ids > TIMERS_PAGE)
        return (ids + TIMERS_PAGE - 1) / TIMERS_PAGE * TIMERS_PAGE;
    if (ids < more)
        ids = more;
    return ids < 4 ? 4 : ids < TIMERS_PAGE ? ids : TIMERS_PAGE;
}

static bool grow_first(sla__timers *timers, const sla_allocator *allocator, size_t room)
{
    const size_t wanted = room < TIMERS_PAGE ? room : TIMERS_PAGE;
    size_t had = timers->ids;

    if (!sla__grow_exact(allocator, (void **)&timers->pages[0], &had, wanted, sizeof(sla__entry)))
        return false;
    memset(timers->pages[0] + timers->ids, 0, (wanted - timers->ids) * sizeof(sla__entry));
    timers->ids = wanted;
    return true;
}

static bool reserve_ids(sla__timers *timers, const sla_allocator *allocator, size_t room)
{
    if (!sla__grow(allocator, (void **)&timers->pages, &timers->page_capacity,
                   (room + TIMERS_PAGE - 1) / TIMERS_PAGE, sizeof *timers->pages))
        return false;
    if (timers->page_count == 0)
        timers->pages[timers->page_count++] = NULL;
    if (timers->ids < TIMERS_PAGE && !grow_first(timers, allocator, room))
        return false;
    while (timers->ids < room) {
        sla__entry *const page = sla__new(allocator, TIMERS_PAGE, sizeof *page);

        if (page == NULL)
            return false;
        timers->pages[timers->page_count++] = page;
        timers->ids += TIMERS_PAGE;
    }
    return true;
}

/* Ids come last: there is room for all that they may need. */
bool sla__timers_reserve(sla__timers *timers, const sla_allocator *allocator, size_t ids)
{
    size_t room;

    if (ids <= timers->ids)
        return true;
    room = room_for(timers, ids);
    return sla__grow(allocator, (void **)&timers->heap, &timers->heap_capacity,
                     room <= TIMERS_FEW ? 2 * room : TIMERS_HEAP, sizeof *timers->heap) &&
           (room <= TIMERS_FEW || sla__minutes_reserve(timers, allocator, room)) &&
           reserve_ids(timers, allocator, room);
}

/* ------------------------------------------------------------------------- the heap */

enum { WAYS = 4 };

static bool counts(const sla__timers *timers, const sla__timer *timer)
{
    return *sla__word(timers, timer->id) == sla__word_of(timer->at, IN_HEAP) &&
           sla__order(timers, timer->id) == timer->order;
}

static void sift_up(sla__timers *timers, size_t place, sla__timer timer)
{
    while (place > 0 && sla__earlier(&timer, &timers->heap[(place - 1) / WAYS])) {
        timers->heap[place] = timers->heap[(place - 1) / WAYS];
        place = (place - 1) / WAYS;
    }
    timers->heap[place] = timer;
}

static void sift_down(sla__timers *timers, size_t place, sla__timer timer)
{
    for (;;) {
        const size_t first = place * WAYS + 1;
        size_t best = first;

        if (first >= timers->heaped)
            break;
        for (size_t child = first + 1; child < first + WAYS && child < timers->heaped; child++) {
            if (sla__earlier(&timers->heap[child], &timers->heap[best]))
                best = child;
        }
        if (!sla__earlier(&timers->heap[best], &timer))
            break;
        timers->heap[place] = timers->heap[best];
        place = best;
    }
    timers->heap[place] = timer;
}

static void pop(sla__timers *timers)
{
    const sla__timer last = timers->heap[--timers->heaped];

    if (timers->heaped > 0)
        sift_down(timers, 0, last);
}

static const sla__timer *heap_first(sla__timers *timers)
{
    while (timers->heaped > 0 && !counts(timers, &timers->heap[0]))
        pop(timers);
    return timers->heaped > 0 ? &timers->heap[0] : NULL;
}

/* In order, each that counts once: that is a heap as well. */
static void heap_sort(sla__timers *timers)
{
    sla__timer *const heap = timers->heap;
    size_t count = 0;

    for (size_t i = 0; i < timers->heaped; i++)
        if (counts(timers, &heap[i]))
            heap[count++] = heap[i];
    timers->heaped = count;
    for (size_t i = (count + WAYS - 2) / WAYS; i > 0; i--)
        sift_down(timers, i - 1, heap[i - 1]);
    while (timers->heaped > 1) { /* the earliest goes behind what is left */
        const sla__timer first = heap[0];

        pop(timers);
        heap[timers->heaped] = first;
    }
    for (size_t i = 0; i < count / 2; i++) {
        const sla__timer one = heap[i];

        heap[i] = heap[count - 1 - i];
        heap[count - 1 - i] = one;
    }
    for (size_t i = 0; i < count; i++)
        if (i == 0 || heap[i].id != heap[timers->heaped - 1].id) {
            timers->heaped = i == 0 ? 0 : timers->heaped;
            heap[timers->heaped++] = heap[i];
        }
}

/* The heap is full: the later part of it goes to buckets, and these are not open any
 * more, or only up to the pivot. */
static void make_room(sla__timers *timers)
{
    sla__minutes *const minutes = timers->minutes;
    const size_t keep = timers->heap_capacity / 4;
    size_t count;
    uint64_t tick;

    heap_sort(timers);
    if (timers->heaped <= timers->heap_capacity / 2)
        return;
    count = timers->heaped;
    timers->heaped = keep;
    tick = sla__tick(sla__word_of(timers->heap[keep].at, 0), BITS_0);
    if (tick < minutes->open)
        sla__minutes_lower(timers, tick);
    minutes->has_pivot = true;
    minutes->pivot = timers->heap[keep];
    for (size_t i = keep; i < count; i++)
        sla__bucket_add(timers, timers->heap[i].id, sla__word_of(timers->heap[i].at, 0));
}

/* -------------------------------------------------------------------------- entries */

static bool is_near(const sla__timers *timers, const sla__timer *timer)
{
    const sla__minutes *const minutes = timers->minutes;
    uint64_t tick;

    if (minutes == NULL)
        return true;
    tick = sla__tick(sla__word_of(timer->at, 0), BITS_0);
    return tick < minutes->open ||
           (tick == minutes->open && (!minutes->has_pivot || sla__earlier(timer, &minutes->pivot)));
}

static void add(sla__timers *timers, const sla__timer *timer)
{
    if (timers->count++ == 0) {
        timers->heaped = 0;
        if (timers->minutes != NULL)
            sla__minutes_begin(timers->minutes, sla__word_of(timer->at, 0));
    }
    timers->pages[timer->id / TIMERS_PAGE][timer->id % TIMERS_PAGE].order = timer->order;
    if (is_near(timers, timer) && timers->heaped == timers->heap_capacity)
        make_room(timers);
    if (is_near(timers, timer)) {
        *sla__word(timers, timer->id) = sla__word_of(timer->at, IN_HEAP);
        sift_up(timers, timers->heaped++, *timer);
    } else
        sla__bucket_add(timers, timer->id, sla__word_of(timer->at, 0));
}

static void take_out(sla__timers *timers, uint32_t id)
{
    const uint64_t word = *sla__word(timers, id);

    *sla__word(timers, id) = 0;
    timers->count--;
    if ((word & 3) != IN_HEAP)
        sla__bucket_less(timers, word);
}

/* Looks for the first anew. */
static void settle(sla__timers *timers)
{
    sla__minutes *const minutes = timers->minutes;

    while (timers->count > 0) {
        const sla__timer *first = heap_first(timers);

        if (minutes != NULL) {
            const sla__timer *const sorted = sla__runs_first(timers);

            if (sorted != NULL && (first == NULL || sla__earlier(sorted, first)))
                first = sorted;
            if (minutes->has_pivot && (first == NULL || !sla__earlier(first, &minutes->pivot))) {
                sla__minutes_open(timers, minutes->open);
                continue;
            }
        }
        if (first != NULL) {
            timers->first = *first;
            return;
        }
        if (!sla__minutes_next(timers))
            assert(!"an entry lies nowhere");
    }
}

void sla__timers_set(sla__timers *timers, uint32_t id, sla_time at, uint64_t order)
{
    const sla__timer timer = {at, order, id};
    const bool was_first = timers->count > 0 && timers->first.id == id;
    uint64_t word;

    assert(id < timers->ids);
    word = *sla__word(timers, id);
    if (word != 0 && at != SLA_NEVER && sla__word_at(word) == at && sla__order(timers, id) == order)
        return;
    if (word != 0)
        take_out(timers, id);
    if (at != SLA_NEVER) {
        assert(at > BEGIN && at < -BEGIN);
        add(timers, &timer);
        if (timers->count == 1 || sla__earlier(&timer, &timers->first)) {
            timers->first = timer;
            return;
        }
    }
    if (word != 0 && was_first)
        settle(timers);
}

void sla__timers_clear(sla__timers *timers)
{
    for (size_t id = 0; id < timers->ids && timers->count > 0; id++)
        if (*sla__word(timers, (uint32_t)id) != 0)
            take_out(timers, (uint32_t)id);
    timers->heaped = 0;
}

sla_time sla__timers_at(const sla__timers *timers, uint32_t id)
{
    const uint64_t word = *sla__word(timers, id);

    return word != 0 ? sla__word_at(word) : SLA_NEVER;
}

const sla__timer *sla__timers_first(const sla__timers *timers)
{
    return timers->count > 0 ? &timers->first : NULL;
}

size_t sla__timers_bytes(const sla__timers *timers)
{
    const sla__minutes *const minutes = timers->minutes;
    const size_t bytes = timers->ids * sizeof(sla__entry) +
                         timers->page_capacity * sizeof *timers->pages +
                         timers->heap_capacity * sizeof *timers->heap;

    if (minutes == NULL)
        return bytes;
    return bytes + sizeof *minutes + minutes->run_capacity * sizeof *minutes->runs +
           minutes->page_capacity * sizeof *minutes->pages +
           minutes->page_count * CHUNKS_A_PAGE * sizeof(sla__chunk);
}
