/* timers_buckets.c - ids that wait for their minute; see timers_parts.h. */
#include <assert.h>
#include <string.h>

#include "engine/timers_parts.h"

/* --------------------------------------------------------------------------- memory */

/*
 * Chunks that any number of changes gets by with.  A round of the sweeper looks into T
 * chunks at most and as many as were taken meanwhile, eight for each that is taken, so
 * less than T / 7 are taken.  Then there are the ids that counted when they were looked at,
 * what was added since, and a chunk in each bucket that is not full; and there has to be
 * room for the round that follows: ids / CHUNK_IDS + buckets + 2 T / 7 <= T.
 */
static size_t chunks_wanted(size_t ids)
{
    const size_t buckets = ids < BUCKETS ? ids : BUCKETS;

    return 2 * ids / CHUNK_IDS + 3 * buckets / 2 + ids / (RUN - CHUNK) + 16;
}

enum { TAKEN_A_ROUND = 7 }; /* a seventh of all chunks */

static bool reserve_chunks(sla__minutes *minutes, const sla_allocator *allocator, size_t ids)
{
    const size_t size = (size_t)CHUNKS_A_PAGE * CHUNK;

    while (minutes->page_count * CHUNKS_A_PAGE < chunks_wanted(ids)) {
        size_t slots = 0;

        if (!sla__grow(allocator, (void **)&minutes->pages, &minutes->page_capacity,
                       minutes->page_count + 1, sizeof *minutes->pages))
            return false;
        minutes->pages[minutes->page_count] = NULL;
        if (!sla__grow_exact(allocator, (void **)&minutes->pages[minutes->page_count], &slots, size,
                             sizeof(uint32_t)))
            return false;
        minutes->page_count++;
        minutes->free_chunks += CHUNKS_A_PAGE;
        minutes->few_chunks = minutes->page_count * CHUNKS_A_PAGE / TAKEN_A_ROUND;
    }
    return true;
}

void sla__minutes_clear(sla__minutes *minutes)
{
    memset(minutes->buckets, 0, sizeof minutes->buckets);
    memset(minutes->used, 0, sizeof minutes->used);
    minutes->far_buckets = 0;
    for (size_t i = 0; i < minutes->state_count; i++)
        memset(minutes->states[i], 0, TIMERS_PAGE / 32 * sizeof *minutes->states[i]);
    minutes->waiting = 0;
    minutes->edge = 0;
    minutes->soonest = NO_TICK;
    minutes->fresh_chunk = 0;
    minutes->free_chunk = NO_CHUNK;
    minutes->free_chunks = minutes->page_count * CHUNKS_A_PAGE;
    minutes->hungry = false;
    minutes->sweep_left = 0;
    minutes->run_count = 0;
    minutes->sorted = (sla__timer){.at = SLA_NEVER};
}

/* Most of it is room that is written to before it is read. */
static sla__minutes *make(const sla_allocator *allocator)
{
    sla__minutes *minutes = NULL;
    size_t had = 0;

    if (!sla__grow_exact(allocator, (void **)&minutes, &had, 1, sizeof *minutes))
        return NULL;
    minutes->pages = NULL;
    minutes->page_count = minutes->page_capacity = 0;
    minutes->states = NULL;
    minutes->state_count = minutes->state_capacity = 0;
    minutes->runs = NULL;
    minutes->run_capacity = 0;
    minutes->low = minutes->open = 0;
    minutes->few_chunks = 0;
    minutes->swept = 0;
    sla__minutes_clear(minutes);
    return minutes;
}

static void fini(sla__minutes *minutes, const sla_allocator *allocator)
{
    for (size_t i = 0; i < minutes->page_count; i++)
        sla__free(allocator, minutes->pages[i]);
    for (size_t i = 0; i < minutes->state_count; i++)
        sla__free(allocator, minutes->states[i]);
    sla__free(allocator, minutes->pages);
    sla__free(allocator, minutes->states);
    sla__free(allocator, minutes->runs);
    sla__free(allocator, minutes);
}

static bool reserve_states(sla__minutes *minutes, const sla_allocator *allocator, size_t ids)
{
    if (!sla__grow(allocator, (void **)&minutes->states, &minutes->state_capacity,
                   (ids + TIMERS_PAGE - 1) / TIMERS_PAGE, sizeof *minutes->states))
        return false;
    while (minutes->state_count * TIMERS_PAGE < ids) {
        uint64_t *const states = sla__new(allocator, TIMERS_PAGE / 32, sizeof *states);

        if (states == NULL)
            return false;
        minutes->states[minutes->state_count++] = states;
    }
    return true;
}

/* Until now there was only the heap. */
static bool begin(sla__timers *timers, const sla_allocator *allocator, size_t ids)
{
    sla__minutes *const minutes = make(allocator);

    if (minutes == NULL)
        return false;
    if (!reserve_states(minutes, allocator, ids)) {
        fini(minutes, allocator);
        return false;
    }
    for (size_t i = 0; i < timers->heaped; i++)
        sla__state_set(minutes, sla__heaped_id(&timers->heap[i]), HEAPED);
    timers->minutes = minutes;
    return true;
}

bool sla__minutes_reserve(sla__timers *timers, const sla_allocator *allocator, size_t ids)
{
    if (timers->minutes == NULL && !begin(timers, allocator, ids))
        return false;
    return reserve_states(timers->minutes, allocator, ids) &&
           reserve_chunks(timers->minutes, allocator, ids) &&
           sla__grow(allocator, (void **)&timers->minutes->runs, &timers->minutes->run_capacity,
                     ids / (RUN - CHUNK) + 1, sizeof *timers->minutes->runs);
}

void sla__minutes_fini(sla__timers *timers, const sla_allocator *allocator)
{
    if (timers->minutes != NULL)
        fini(timers->minutes, allocator);
}

/* -------------------------------------------------------------------------- chunks */

uint32_t sla__chunk_take(sla__minutes *minutes)
{
    uint32_t chunk = minutes->free_chunk;

    assert(minutes->free_chunks > 0);
    if (chunk != NO_CHUNK) {
        minutes->free_chunk = *sla__next(minutes, chunk);
        if (minutes->free_chunk != NO_CHUNK)
            sla__fetch(sla__next(minutes, minutes->free_chunk));
    } else
        chunk = minutes->fresh_chunk++;
    if (--minutes->free_chunks < minutes->few_chunks)
        minutes->hungry = true;
    return chunk;
}

void sla__chunk_give(sla__minutes *minutes, uint32_t chunk)
{
    *sla__next(minutes, chunk) = minutes->free_chunk;
    minutes->free_chunk = chunk;
    minutes->free_chunks++;
}

/* ------------------------------------------------------------------------ one bucket */

static void bucket_grow(sla__minutes *minutes, sla__bucket *bucket)
{
    const uint32_t chunk = sla__chunk_take(minutes);

    if (bucket->entries == 0) {
        const size_t number = (size_t)(bucket - minutes->buckets);

        minutes->far_buckets +=
            number >= TICKS_0 && !(minutes->used[number / 64] >> (number % 64) & 1);
        minutes->used[number / 64] |= UINT64_C(1) << (number % 64);
        bucket->head = chunk;
    } else
        *sla__next(minutes, (bucket->end - 1) >> CHUNK_BITS) = chunk;
    bucket->end = (chunk << CHUNK_BITS) + 1;
}

static inline void bucket_put(sla__minutes *minutes, sla__bucket *bucket, uint32_t id)
{
    if (bucket->end % CHUNK == 0)
        bucket_grow(minutes, bucket);
    *sla__slot(minutes, bucket->end++) = id;
    bucket->entries++;
}

void sla__bucket_put(sla__minutes *minutes, sla__bucket *bucket, uint32_t id)
{
    bucket_put(minutes, bucket, id);
}

sla__bucket sla__bucket_detach(sla__minutes *minutes, size_t number)
{
    sla__bucket *const bucket = &minutes->buckets[number];
    const sla__bucket had = *bucket;

    if (minutes->used[number / 64] >> (number % 64) & 1)
        minutes->far_buckets -= number >= TICKS_0;
    minutes->used[number / 64] &= ~(UINT64_C(1) << (number % 64));
    bucket->entries = bucket->end = 0;
    if (number == minutes->swept)
        minutes->sweep_left = 0;
    return had;
}

/* ------------------------------------------------------------------ between levels */

/* The finest level that reaches as far. */
static unsigned level_for(const sla__minutes *minutes, uint64_t tick)
{
    const uint64_t hours = (tick >> TO_1) - (minutes->low >> TO_1);

    return (hours >= TICKS_0 >> TO_1) + (hours >= TICKS_1);
}

static inline void place(sla__timers *timers, uint32_t id, sla_time at)
{
    sla__minutes *const minutes = timers->minutes;
    const uint64_t tick = sla__tick(at);
    const unsigned level = level_for(minutes, tick);
    const uint64_t word = sla__word_of(at, IN_BUCKET + 2 * level);
    sla__bucket *const bucket =
        &minutes->buckets[level == 0 ? tick % TICKS_0 : sla__bucket_of(word)];

    assert(tick >= minutes->low);
    *sla__word(timers, id) = word + bucket->colour;
    bucket_put(minutes, bucket, id);
    if (tick < minutes->soonest)
        minutes->soonest = tick;
}

void sla__bucket_relocate(sla__timers *timers, size_t number)
{
    sla__minutes *const minutes = timers->minutes;
    const sla__bucket all = sla__bucket_detach(minutes, number);
    uint32_t chunk = all.head;

    for (uint32_t left = all.entries; left > 0;) {
        const uint32_t count = left < CHUNK_IDS ? left : CHUNK_IDS;
        uint32_t ids[CHUNK];

        memcpy(ids, sla__next(minutes, chunk), sizeof ids);
        for (uint32_t i = 1; i <= count; i++)
            sla__fetch(sla__word(timers, ids[i]));
        sla__chunk_give(minutes, chunk);
        for (uint32_t i = 1; i <= count; i++) {
            const uint64_t word = *sla__word(timers, ids[i]);

            if (sla__in_bucket(word) && sla__bucket_of(word) == number)
                place(timers, ids[i], sla__word_at(word));
        }
        chunk = ids[0];
        left -= count;
    }
}

static uint64_t low_for(uint64_t tick)
{
    const uint64_t hour = tick >> TO_1;

    return (hour > 0 ? hour - 1 : 0) << TO_1;
}

void sla__minutes_rise(sla__minutes *minutes, uint64_t tick)
{
    if (low_for(tick) > minutes->low)
        minutes->low = low_for(tick);
}

/* The tick of its level that a bucket holds if anything of it counts. */
static uint64_t tick_of(uint64_t low, size_t number)
{
    const uint64_t hour = low >> TO_1;

    return number < TICKS_0 ? low + (number - low) % TICKS_0
                            : hour + (number - TICKS_0 - hour) % TICKS_1;
}

/* From an earlier `low`: what is too far ahead of it goes up a level.  Once for hours that
 * somebody goes back, and an id twice at most. */
static void go_back(sla__timers *timers, uint64_t low)
{
    sla__minutes *const minutes = timers->minutes;
    const uint64_t had = minutes->low, hour = low >> TO_1;

    minutes->low = low;
    for (size_t i = TICKS_0; i < TICKS_0 + TICKS_1; i++)
        if (minutes->buckets[i].entries > 0 && tick_of(had, i) >= hour + TICKS_1)
            sla__bucket_relocate(timers, i);
    for (size_t i = 0; i < TICKS_0; i++)
        if (minutes->buckets[i].entries > 0 && tick_of(had, i) >= low + TICKS_0)
            sla__bucket_relocate(timers, i);
}

static inline void bucket_add(sla__timers *timers, uint32_t id, sla_time at)
{
    sla__minutes *const minutes = timers->minutes;
    const uint64_t tick = sla__tick(at);

    if (minutes->waiting == 0)
        minutes->low = low_for(tick);
    else if (tick < minutes->low)
        go_back(timers, low_for(tick));
    place(timers, id, at);
}

void sla__bucket_add(sla__timers *timers, uint32_t id, sla_time at)
{
    bucket_add(timers, id, at);
}

void sla__minutes_move(sla__timers *timers, uint32_t id, sla_time at)
{
    bucket_add(timers, id, at);
    if (timers->minutes->hungry)
        sla__minutes_sweep(timers);
}

void sla__minutes_add(sla__timers *timers, uint32_t id, sla_time at)
{
    bucket_add(timers, id, at);
    timers->minutes->waiting++;
    if (timers->minutes->hungry)
        sla__minutes_sweep(timers);
}
