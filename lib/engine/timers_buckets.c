/* timers_buckets.c - ids that wait for their minute; see timers_parts.h. */
#include <assert.h>
#include <string.h>

#include "engine/timers_parts.h"

/* --------------------------------------------------------------------------- memory */

/* Chunks that any number of changes gets by with: twice as many ids as entries, two
 * chunks that are not full in each bucket in use and one in each run. */
static size_t chunks_wanted(size_t ids)
{
    return 2 * ids / CHUNK_IDS + 2 * (ids < BUCKETS ? ids : BUCKETS) + ids / RUN + 8;
}

static bool reserve_chunks(sla__minutes *minutes, const sla_allocator *allocator, size_t ids)
{
    while (minutes->page_count * CHUNKS_A_PAGE < chunks_wanted(ids)) {
        const uint32_t first = (uint32_t)(minutes->page_count * CHUNKS_A_PAGE) + 1;

        if (!sla__grow(allocator, (void **)&minutes->pages, &minutes->page_capacity,
                       minutes->page_count + 1, sizeof *minutes->pages))
            return false;
        minutes->pages[minutes->page_count] =
            sla__new(allocator, CHUNKS_A_PAGE, sizeof(sla__chunk));
        if (minutes->pages[minutes->page_count] == NULL)
            return false;
        minutes->page_count++;
        for (uint32_t i = CHUNKS_A_PAGE; i > 0; i--)
            sla__chunk_give(minutes, first + i - 1);
    }
    return true;
}

void sla__minutes_begin(sla__minutes *minutes, uint64_t word)
{
    const uint64_t hour = sla__tick(word, BITS_1);

    minutes->has_pivot = false;
    minutes->open = sla__tick(word, BITS_0);
    minutes->low = hour > BEHIND ? hour - BEHIND : 0;
}

/* Until now all were in the heap, which holds what is not later than `open`. */
static sla__minutes *make(const sla__timers *timers, const sla_allocator *allocator)
{
    sla__minutes *const minutes = sla__new(allocator, 1, sizeof *minutes);
    uint64_t latest = 0;

    if (minutes == NULL)
        return NULL;
    for (size_t i = 0; i < timers->heaped; i++) {
        const uint64_t word = sla__word_of(timers->heap[i].at, 0);

        if (word > latest)
            latest = word;
    }
    for (size_t i = 0; i < BUCKETS; i++)
        minutes->buckets[i].colour = IN_BUCKET;
    sla__minutes_begin(minutes, latest);
    return minutes;
}

bool sla__minutes_reserve(sla__timers *timers, const sla_allocator *allocator, size_t ids)
{
    if (timers->minutes == NULL && (timers->minutes = make(timers, allocator)) == NULL)
        return false;
    return reserve_chunks(timers->minutes, allocator, ids) &&
           sla__grow(allocator, (void **)&timers->minutes->runs, &timers->minutes->run_capacity,
                     ids / RUN + 4, sizeof *timers->minutes->runs);
}

void sla__minutes_fini(sla__timers *timers, const sla_allocator *allocator)
{
    sla__minutes *const minutes = timers->minutes;

    if (minutes == NULL)
        return;
    for (size_t i = 0; i < minutes->page_count; i++)
        sla__free(allocator, minutes->pages[i]);
    sla__free(allocator, minutes->pages);
    sla__free(allocator, minutes->runs);
    sla__free(allocator, minutes);
}

uint32_t sla__chunk_take(sla__minutes *minutes)
{
    const uint32_t number = minutes->free_chunk;

    assert(number != 0);
    minutes->free_chunk = sla__chunk_at(minutes, number)->next;
    minutes->free_chunks--;
    return number;
}

void sla__chunk_give(sla__minutes *minutes, uint32_t number)
{
    sla__chunk_at(minutes, number)->next = minutes->free_chunk;
    minutes->free_chunk = number;
    minutes->free_chunks++;
}

/* ------------------------------------------------------------------------ one bucket */

/* Pure in the word and `low`: so what waits is found again. */
size_t sla__bucket_of(const sla__minutes *minutes, uint64_t word)
{
    const uint64_t hour = sla__tick(word, BITS_1);

    if (hour < minutes->low + TICKS_0 / (1 << (BITS_1 - BITS_0)))
        return sla__tick(word, BITS_0) % TICKS_0;
    if (sla__tick(word, BITS_2) < (minutes->low >> (BITS_2 - BITS_1)) + 2)
        return TICKS_0 + hour % TICKS_1;
    return TICKS_0 + TICKS_1 + sla__tick(word, BITS_2) % TICKS_2;
}

void sla__bucket_put(sla__minutes *minutes, size_t bucket, uint32_t id)
{
    sla__bucket *const to = &minutes->buckets[bucket];
    const uint32_t place = to->entries++ % CHUNK_IDS;

    if (place == 0) {
        const uint32_t number = sla__chunk_take(minutes);

        sla__chunk_at(minutes, number)->next = to->head;
        to->head = number;
    }
    sla__chunk_at(minutes, to->head)->ids[place] = id;
}

void sla__bucket_add(sla__timers *timers, uint32_t id, uint64_t word)
{
    sla__minutes *const minutes = timers->minutes;
    const size_t bucket = sla__bucket_of(minutes, word);

    *sla__word(timers, id) = (word & ~UINT64_C(3)) | minutes->buckets[bucket].colour;
    sla__bucket_put(minutes, bucket, id);
    if (minutes->buckets[bucket].live++ == 0)
        minutes->used[bucket / 64] |= UINT64_C(1) << (bucket % 64);
}

uint32_t sla__bucket_detach(sla__minutes *minutes, size_t bucket, uint32_t *entries_out)
{
    sla__bucket *const from = &minutes->buckets[bucket];
    uint32_t oldest = 0;

    for (uint32_t number = from->head; number != 0;) {
        sla__chunk *const chunk = sla__chunk_at(minutes, number);
        const uint32_t next = chunk->next;

        chunk->next = oldest;
        oldest = number;
        number = next;
    }
    *entries_out = from->entries;
    from->head = from->entries = 0;
    return oldest;
}

static unsigned bits_of(size_t bucket)
{
    return bucket < TICKS_0 ? BITS_0 : bucket < TICKS_0 + TICKS_1 ? BITS_1 : BITS_2;
}

static uint32_t other(uint32_t colour)
{
    return 3 - colour;
}

/* Only what counts remains, once. */
static void sweep(sla__timers *timers, size_t bucket, uint64_t tick)
{
    sla__minutes *const minutes = timers->minutes;
    sla__bucket *const all = &minutes->buckets[bucket];
    const unsigned bits = bits_of(bucket);
    const uint32_t colour = all->colour;
    uint32_t left, number = sla__bucket_detach(minutes, bucket, &left);

    all->colour = other(colour);
    while (left > 0) {
        const sla__chunk chunk = *sla__chunk_at(minutes, number);
        const uint32_t count = left < CHUNK_IDS ? left : CHUNK_IDS;

        sla__chunk_give(minutes, number);
        for (uint32_t i = 0; i < count; i++) {
            uint64_t *const word = sla__word(timers, chunk.ids[i]);

            if ((*word & 3) == colour && sla__tick(*word, bits) == tick) {
                *word = (*word & ~UINT64_C(3)) | other(colour);
                sla__bucket_put(minutes, bucket, chunk.ids[i]);
            }
        }
        number = chunk.next;
        left -= count;
    }
}

static void drop_chain(sla__minutes *minutes, size_t bucket)
{
    uint32_t entries;
    uint32_t number = sla__bucket_detach(minutes, bucket, &entries);

    while (number != 0) {
        const uint32_t next = sla__chunk_at(minutes, number)->next;

        sla__chunk_give(minutes, number);
        number = next;
    }
}

void sla__bucket_less(sla__timers *timers, uint64_t word)
{
    sla__minutes *const minutes = timers->minutes;
    const size_t bucket = sla__bucket_of(minutes, word);
    sla__bucket *const from = &minutes->buckets[bucket];
    const bool is_open = bucket < TICKS_0 && sla__tick(word, BITS_0) == minutes->open;
    const size_t entries = from->entries + (is_open ? minutes->run_ids : 0);

    if (--from->live == 0) {
        minutes->used[bucket / 64] &= ~(UINT64_C(1) << (bucket % 64));
        drop_chain(minutes, bucket);
        if (is_open)
            sla__runs_drop(minutes);
    } else if (entries > 2 * (size_t)from->live + SLACK) {
        if (is_open)
            sla__minutes_open(timers, minutes->open);
        else
            sweep(timers, bucket, sla__tick(word, bits_of(bucket)));
    }
}

/* ------------------------------------------------------------------ between levels */

/* What counts of a chain goes where its instant is kept by now. */
static void spread(sla__timers *timers, uint32_t number, uint32_t left)
{
    sla__minutes *const minutes = timers->minutes;

    while (left > 0) {
        const sla__chunk chunk = *sla__chunk_at(minutes, number);
        const uint32_t count = left < CHUNK_IDS ? left : CHUNK_IDS;

        sla__chunk_give(minutes, number);
        for (uint32_t i = 0; i < count; i++)
            sla__bucket_add(timers, chunk.ids[i], *sla__word(timers, chunk.ids[i]));
        number = chunk.next;
        left -= count;
    }
}

/* The chain of a bucket, each entry of it once; the bucket is empty then. */
static uint32_t empty(sla__timers *timers, size_t bucket, uint64_t tick, uint32_t *entries_out)
{
    sla__minutes *const minutes = timers->minutes;

    sweep(timers, bucket, tick);
    minutes->buckets[bucket].live = 0;
    minutes->used[bucket / 64] &= ~(UINT64_C(1) << (bucket % 64));
    return sla__bucket_detach(minutes, bucket, entries_out);
}

static void cascade(sla__timers *timers, size_t bucket, uint64_t tick)
{
    if (timers->minutes->buckets[bucket].live > 0) {
        uint32_t entries, number;

        number = empty(timers, bucket, tick, &entries);
        spread(timers, number, entries);
    }
}

void sla__minutes_follow(sla__timers *timers, uint64_t low)
{
    sla__minutes *const minutes = timers->minutes;
    const uint64_t ahead = TICKS_0 / (1 << (BITS_1 - BITS_0));
    const unsigned bits = BITS_2 - BITS_1;
    const uint64_t had = minutes->low;
    const uint64_t end = ((had >> bits) + 2) << bits; /* of what tick 1 held */

    assert(low >= had);
    minutes->low = low;
    for (uint64_t hour = had + ahead; hour < low + ahead && hour < end; hour++)
        cascade(timers, TICKS_0 + hour % TICKS_1, hour);
    for (uint64_t far = (had >> bits) + 2; far < (low >> bits) + 2 && far < TICKS_2; far++)
        cascade(timers, TICKS_0 + TICKS_1 + far, far);
}

/* The tick that a bucket in use holds. */
static uint64_t tick_of(const sla__minutes *minutes, size_t bucket)
{
    const uint64_t first = minutes->low << (BITS_1 - BITS_0);

    if (bucket < TICKS_0)
        return first + (bucket - first) % TICKS_0;
    if (bucket < TICKS_0 + TICKS_1)
        return minutes->low + (bucket - TICKS_0 - minutes->low) % TICKS_1;
    return bucket - TICKS_0 - TICKS_1;
}

/* All buckets anew, from an earlier `low`; once in many hours that somebody went back. */
static void begin_earlier(sla__timers *timers, uint64_t low)
{
    sla__minutes *const minutes = timers->minutes;
    uint32_t all = 0;

    for (size_t bucket = 0; bucket < BUCKETS; bucket++) {
        uint32_t entries, number;

        if (minutes->buckets[bucket].live == 0)
            continue;
        number = empty(timers, bucket, tick_of(minutes, bucket), &entries);
        while (number != 0) {
            sla__chunk *const chunk = sla__chunk_at(minutes, number);
            const uint32_t next = chunk->next;

            if (entries < CHUNK_IDS)
                chunk->ids[entries] = UINT32_MAX;
            entries -= entries < CHUNK_IDS ? entries : CHUNK_IDS;
            chunk->next = all;
            all = number;
            number = next;
        }
    }
    minutes->low = low;
    while (all != 0) {
        const sla__chunk chunk = *sla__chunk_at(minutes, all);
        uint32_t count = 0;

        while (count < CHUNK_IDS && chunk.ids[count] != UINT32_MAX)
            count++;
        spread(timers, all, count);
        all = chunk.next;
    }
}

void sla__minutes_lower(sla__timers *timers, uint64_t tick)
{
    sla__minutes *const minutes = timers->minutes;
    const uint64_t hour = tick >> (BITS_1 - BITS_0);

    sla__runs_close(timers);
    if (hour < minutes->low)
        begin_earlier(timers, hour > BEHIND ? hour - BEHIND : 0);
    minutes->open = tick;
}
