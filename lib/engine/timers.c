/* timers.c - words by id, and which entry is the first; see timers_parts.h. */
#include "engine/timers.h"

#include <assert.h>
#include <string.h>

#include "base/apart.h"
#include "engine/timers_parts.h"

/* --------------------------------------------------------------------------- memory */

void sla__timers_init(sla__timers *timers, sla__timers_order *order_of, const void *owner)
{
    memset(timers, 0, sizeof *timers);
    timers->order_of = order_of;
    timers->owner = owner;
}

void sla__timers_fini(sla__timers *timers, const sla_allocator *allocator)
{
    for (size_t i = 0; i < timers->page_count; i++)
        sla__free(allocator, timers->pages[i]);
    sla__free(allocator, timers->pages);
    sla__free(allocator, timers->heap_block);
    sla__minutes_fini(timers, allocator);
    sla__timers_init(timers, timers->order_of, timers->owner);
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

    if (!sla__grow_exact(allocator, (void **)&timers->pages[0], &had, wanted, sizeof(uint64_t)))
        return false;
    memset(timers->pages[0] + timers->ids, 0, (wanted - timers->ids) * sizeof(uint64_t));
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
        uint64_t *const page = sla__new(allocator, TIMERS_PAGE, sizeof *page);

        if (page == NULL)
            return false;
        timers->pages[timers->page_count++] = page;
        timers->ids += TIMERS_PAGE;
    }
    return true;
}

/* Of those that are near, and where these are more, what is in order already is sorted again
 * once for as many as this. */
static size_t heap_room_for(size_t room)
{
    const size_t part = room / HEAP_PART < HEAP_MOST ? room / HEAP_PART : HEAP_MOST;

    return room <= TIMERS_FEW ? room : part < TIMERS_FEW ? TIMERS_FEW : part;
}

/* Ids come last: there is room for all that they may need. */
bool sla__timers_reserve(sla__timers *timers, const sla_allocator *allocator, size_t ids)
{
    size_t room;

    if (ids <= timers->ids)
        return true;
    room = room_for(timers, ids);
    return sla__heap_reserve(timers, allocator, heap_room_for(room)) &&
           (room <= TIMERS_FEW || sla__minutes_reserve(timers, allocator, room)) &&
           reserve_ids(timers, allocator, room);
}

/* -------------------------------------------------------------------------- entries */

/* The heap is full: what it holds goes to buckets, and the minute that is open with it, so
 * that there is none.  Once for as many as the heap holds. */
static void spill(sla__timers *timers)
{
    sla__runs_close(timers);
    timers->minutes->edge = 0;
    for (size_t i = 0; i < timers->heaped; i++) {
        const uint32_t id = sla__heaped_id(&timers->heap[i]);

        sla__state_set(timers->minutes, id, WAITING);
        sla__minutes_add(timers, id, timers->heap[i].at);
    }
    sla__heap_clear(timers);
}

static bool is_near(const sla__timers *timers, sla_time at)
{
    return sla__tick(at) < timers->minutes->edge;
}

/* Few are all near. */
static bool are_few(const sla__timers *timers)
{
    return timers->count < TIMERS_FEW * 3 / 4;
}

static void add(sla__timers *timers, uint32_t id, sla_time at)
{
    const bool room = timers->heaped < timers->heap_capacity;
    const bool near = is_near(timers, at);

    if (!room && near)
        spill(timers);
    if (room && (near || are_few(timers))) {
        sla__state_set(timers->minutes, id, HEAPED);
        sla__heap_add(timers, at, id);
    } else {
        sla__state_set(timers->minutes, id, WAITING);
        sla__minutes_add(timers, id, at);
    }
}

static void take_from_heap(sla__timers *timers, uint32_t id)
{
    sla__state_set(timers->minutes, id, NOWHERE);
    sla__heap_remove(timers, (size_t)(*sla__word(timers, id) >> WHERE_BITS));
}

static bool is_sorted_first(const sla__minutes *minutes, uint32_t id)
{
    return minutes->sorted.id == id && minutes->sorted.at != SLA_NEVER;
}

/* ---------------------------------------------------------------------------- first */

/* The first of the heap and the runs; SLA_NEVER where they are empty.  Part by part: loaded
 * as a whole it would wait for the parts that were just stored. */
static sla__timer first_at_hand(const sla__timers *timers)
{
    const sla__minutes *const minutes = timers->minutes;
    sla__timer first;

    first.at = timers->heap->at;
    first.id = sla__heaped_id(timers->heap);
    if (minutes->sorted.at <= first.at && minutes->sorted.at != SLA_NEVER &&
        (minutes->sorted.at < first.at ||
         sla__earlier_order(timers, minutes->sorted.id, first.id))) {
        first.at = minutes->sorted.at;
        first.id = minutes->sorted.id;
    }
    return first;
}

/* Looks for the first anew. */
static void settle(sla__timers *timers)
{
    const sla__minutes *const minutes = timers->minutes;
    sla__timer first = first_at_hand(timers);

    while (timers->count > 0 && sla__tick(first.at) >= minutes->soonest &&
           sla__minutes_next(timers, sla__tick(first.at)))
        first = first_at_hand(timers);
    timers->first.at = first.at;
    timers->first.id = first.id;
}

static bool goes_before(const sla__timers *timers, uint32_t id, sla_time at)
{
    return at != timers->first.at ? at < timers->first.at
                                  : sla__earlier_order(timers, id, timers->first.id);
}

/* What waits stays so wherever it goes, and only its word says where; unless it is known to
 * be the first of the runs. */
static void move_waiting(sla__timers *timers, uint32_t id, sla_time at)
{
    sla__minutes *const minutes = timers->minutes;
    const bool sorted_first = is_sorted_first(minutes, id);

    if (!sorted_first && !is_near(timers, at) && !are_few(timers)) {
        sla__minutes_move(timers, id, at);
        return;
    }
    sla__state_set(minutes, id, NOWHERE);
    *sla__word(timers, id) = 0;
    minutes->waiting--;
    if (sorted_first)
        sla__runs_pop(timers);
    add(timers, id, at);
}

static void put(sla__timers *timers, uint32_t id, sla_time at, sla__where where)
{
    if (where == NOWHERE) {
        timers->count++;
        add(timers, id, at);
    } else if (where == WAITING) {
        move_waiting(timers, id, at);
    } else if (is_near(timers, at) || are_few(timers)) {
        sla__heap_move(timers, (size_t)(*sla__word(timers, id) >> WHERE_BITS), at);
    } else {
        take_from_heap(timers, id);
        add(timers, id, at);
    }
}

static void forget(sla__timers *timers, uint32_t id, sla__where where, bool was_first)
{
    sla__minutes *const minutes = timers->minutes;

    timers->count--;
    if (where == HEAPED) {
        take_from_heap(timers, id);
    } else {
        sla__state_set(minutes, id, NOWHERE);
        *sla__word(timers, id) = 0;
        minutes->waiting--;
        if (is_sorted_first(minutes, id))
            sla__runs_pop(timers);
    }
    if (was_first)
        settle(timers);
}

/* Whatever the case. */
static SLA__APART void set_any(sla__timers *timers, uint32_t id, sla_time at)
{
    const bool was_first = timers->count > 0 && timers->first.id == id;
    const sla__where where = sla__state(timers->minutes, id);

    if (at == SLA_NEVER) {
        if (where != NOWHERE)
            forget(timers, id, where, was_first);
        return;
    }
    put(timers, id, at, where);
    if (was_first)
        settle(timers);
    else if (timers->count == 1 || goes_before(timers, id, at)) {
        timers->first.at = at;
        timers->first.id = id;
    }
}

/* There is only the heap. */
static void set_few(sla__timers *timers, uint32_t id, sla_time at)
{
    const uint64_t word = *sla__word(timers, id);

    if (at == SLA_NEVER) {
        if (word == 0)
            return;
        sla__heap_remove(timers, (size_t)(word >> WHERE_BITS));
    } else if (word == 0)
        sla__heap_add(timers, at, id);
    else
        sla__heap_move(timers, (size_t)(word >> WHERE_BITS), at);
    timers->count = timers->heaped;
    timers->first.at = timers->heap->at;
    timers->first.id = sla__heaped_id(timers->heap);
}

/* What waits, or comes to wait, in a minute whose last chunk has a place left. */
static inline bool append(sla__timers *timers, uint32_t id, sla_time at)
{
    sla__minutes *const minutes = timers->minutes;
    const uint64_t tick = sla__tick(at);
    sla__bucket *const bucket = &minutes->buckets[tick % TICKS_0];
    const uint32_t end = bucket->end;

    if (end % CHUNK == 0 || tick - minutes->low >= TICKS_0 || tick < minutes->edge ||
        tick < minutes->soonest || at < timers->first.at || are_few(timers))
        return false;
    *sla__word(timers, id) = sla__word_of(at, IN_BUCKET) + bucket->colour;
    *sla__slot(minutes, end) = id;
    bucket->end = end + 1;
    bucket->entries++;
    return true;
}

/* What most calls want: that something waits, waits elsewhere or does not wait any more, which
 * is not the first of anything.  False: it is another case. */
static inline bool set_waiting(sla__timers *timers, uint32_t id, sla_time at)
{
    sla__minutes *const minutes = timers->minutes;
    const sla__where where = sla__state(minutes, id);

    sla__fetch(sla__word(timers, id));
    if (id == timers->first.id || id == minutes->sorted.id || where == HEAPED)
        return false;
    if (at != SLA_NEVER) {
        if (!append(timers, id, at))
            return false;
        if (where == NOWHERE) {
            sla__state_set(minutes, id, WAITING);
            minutes->waiting++;
            timers->count++;
        }
        if (at == timers->first.at && sla__earlier_order(timers, id, timers->first.id))
            timers->first.id = id;
    } else if (where == WAITING) {
        sla__state_set(minutes, id, NOWHERE);
        *sla__word(timers, id) = 0;
        minutes->waiting--;
        timers->count--;
    }
    return true;
}

enum { AHEAD = 4 };

/* The next of the first run is the first of all, unless something else begins before it: so it
 * is when many are due. */
static inline bool step(sla__timers *timers)
{
    sla__minutes *const minutes = timers->minutes;
    sla__run *const run = minutes->runs;
    const uint32_t slot = run->slot + 1, end = slot | (CHUNK - 1);
    sla_time at;
    uint64_t word;
    uint32_t id;

    if (slot % CHUNK == 0 || run->left == 1)
        return false;
    id = *sla__slot(minutes, slot);
    word = *sla__word(timers, id);
    at = sla__word_at(word);
    if (!sla__in_run(word) || at >= minutes->others || at >= timers->heap->at)
        return false;
    if (run->left > 1 + AHEAD)
        sla__state_fetch(minutes, *sla__slot(minutes, end < slot + AHEAD ? end : slot + AHEAD));
    run->slot = slot;
    run->left--;
    run->first.at = minutes->sorted.at = timers->first.at = at;
    run->first.id = minutes->sorted.id = timers->first.id = id;
    return true;
}

/* The first of all goes, and was the first of a run.  False: it is another case. */
static inline bool pop(sla__timers *timers, uint32_t id, sla_time at)
{
    sla__minutes *const minutes = timers->minutes;

    if (at != SLA_NEVER || id != timers->first.id || timers->count == 0 ||
        !is_sorted_first(minutes, id))
        return false;
    sla__state_set(minutes, id, NOWHERE);
    *sla__word(timers, id) = 0;
    minutes->waiting--;
    timers->count--;
    if (!step(timers)) {
        sla__runs_pop(timers);
        settle(timers);
    }
    return true;
}

void sla__timers_set(sla__timers *timers, uint32_t id, sla_time at)
{
    assert(id < timers->ids);
    assert(at == SLA_NEVER || (at > BEGIN && at < -BEGIN));
    if (timers->minutes == NULL)
        set_few(timers, id, at);
    else if (!set_waiting(timers, id, at) && !pop(timers, id, at))
        set_any(timers, id, at);
}

void sla__timers_clear(sla__timers *timers)
{
    for (size_t i = 0; i < timers->page_count && timers->ids > 0; i++)
        memset(timers->pages[i], 0,
               (timers->ids < TIMERS_PAGE ? timers->ids : TIMERS_PAGE) * sizeof(uint64_t));
    if (timers->minutes != NULL)
        sla__minutes_clear(timers->minutes);
    sla__heap_clear(timers);
    timers->count = 0;
}

sla_time sla__timers_at(const sla__timers *timers, uint32_t id)
{
    const uint64_t word = *sla__word(timers, id);

    if (word == 0)
        return SLA_NEVER;
    return (word & WHERE) == IN_HEAP ? timers->heap[word >> WHERE_BITS].at : sla__word_at(word);
}

size_t sla__timers_bytes(const sla__timers *timers)
{
    const sla__minutes *const minutes = timers->minutes;
    const size_t bytes = timers->ids * sizeof(uint64_t) +
                         timers->page_capacity * sizeof *timers->pages +
                         (timers->heap_capacity + HEAP_SPARE) * sizeof *timers->heap;

    if (minutes == NULL)
        return bytes;
    return bytes + sizeof *minutes + minutes->run_capacity * sizeof *minutes->runs +
           minutes->page_capacity * sizeof *minutes->pages +
           minutes->state_capacity * sizeof *minutes->states +
           minutes->state_count * TIMERS_PAGE / 32 * sizeof **minutes->states +
           minutes->page_count * CHUNKS_A_PAGE * CHUNK * sizeof(uint32_t);
}
