/* timers_verify.c - is every entry where it is looked for? */
#include "engine/timers_parts.h"

/* What is found at one place, to be compared with what is said elsewhere. */
typedef struct tally {
    size_t count;
    uint64_t sum;
} tally;

static void note(tally *all, size_t place, uint32_t id)
{
    all->count++;
    all->sum += (place + UINT64_C(1)) * UINT64_C(0x9e3779b97f4a7c15) ^ id * UINT64_C(0x100000001b3);
}

static bool same(const tally *one, const tally *other)
{
    return one->count == other->count && one->sum == other->sum;
}

static bool verify_heap(const sla__timers *timers, size_t count)
{
    for (size_t i = 0; i < timers->heaped; i++) {
        const sla__heaped *const timer = &timers->heap[i];

        if ((i > 0 && sla__heaped_earlier(timers, timer, &timers->heap[(i - 1) / HEAP_WAYS])) ||
            *sla__word(timers, sla__heaped_id(timer)) != ((uint64_t)i << WHERE_BITS | IN_HEAP))
            return false;
    }
    return timers->heaped == count;
}

/* The next id of a chain: from the slot on, over the ends of chunks. */
static uint32_t walk(const sla__minutes *minutes, uint32_t *slot)
{
    if (*slot % CHUNK == 0)
        *slot = (*sla__next(minutes, (*slot - 1) >> CHUNK_BITS) << CHUNK_BITS) + 1;
    return *sla__slot(minutes, (*slot)++);
}

/* Does the id lie among the first of a bucket as well?  An id that left a bucket and came
 * back lies there twice. */
static bool is_there(const sla__minutes *minutes, const sla__bucket *bucket, size_t among,
                     uint32_t id)
{
    uint32_t slot = (bucket->head << CHUNK_BITS) + 1;

    for (size_t i = 0; i < among; i++)
        if (walk(minutes, &slot) == id)
            return true;
    return false;
}

static void note_bucket(const sla__timers *timers, size_t number, bool may_be_twice, tally *all)
{
    const sla__minutes *const minutes = timers->minutes;
    const sla__bucket *const bucket = &minutes->buckets[number];
    uint32_t slot = (bucket->head << CHUNK_BITS) + 1;

    for (size_t i = 0; i < bucket->entries; i++) {
        const uint32_t id = walk(minutes, &slot);
        const uint64_t word = *sla__word(timers, id);

        if (sla__in_bucket(word) && sla__bucket_of(word) == number &&
            !(may_be_twice && is_there(minutes, bucket, i, id)))
            note(all, number, id);
    }
}

/* What counts in all buckets. */
static tally note_buckets(const sla__timers *timers, bool may_be_twice)
{
    tally all = {0};

    for (size_t i = 0; i < BUCKETS; i++)
        note_bucket(timers, i, may_be_twice, &all);
    return all;
}

static size_t chunks_of(size_t ids)
{
    return (ids + CHUNK_IDS - 1) / CHUNK_IDS;
}

/* In order, and all that count. */
static bool verify_runs(const sla__timers *timers, size_t count, size_t *chunks)
{
    const sla__minutes *const minutes = timers->minutes;

    for (size_t i = 0; i < minutes->run_count; i++) {
        const sla__run *const run = &minutes->runs[i];
        sla__timer before = {.at = BEGIN};
        uint32_t slot = run->slot;

        *chunks += chunks_of(run->left + run->slot % CHUNK - 1);
        for (size_t j = 0; j < run->left; j++) {
            const uint32_t id = walk(minutes, &slot);
            const uint64_t word = *sla__word(timers, id);
            const sla__timer timer = {.at = sla__word_at(word), .id = id};

            if ((word & WHERE) != IN_RUN)
                continue;
            if (before.at != BEGIN && !sla__earlier(timers, &before, &timer))
                return false;
            before = timer;
            count--;
        }
    }
    return count == 0;
}

/* Above it nobody looks for ids that lie there twice: that takes the square of it. */
enum { MUCH = 4096 };

static size_t largest(const sla__minutes *minutes)
{
    size_t most = 0;

    for (size_t i = 0; i < BUCKETS; i++)
        if (minutes->buckets[i].entries > most)
            most = minutes->buckets[i].entries;
    return most;
}

static bool verify_minutes(const sla__timers *timers, const tally *waiting, size_t in_run)
{
    const sla__minutes *const minutes = timers->minutes;
    size_t chunks = minutes->free_chunks, far = 0;
    tally found = note_buckets(timers, false);

    if (found.count > waiting->count && largest(minutes) > MUCH)
        found = *waiting;
    else if (found.count > waiting->count)
        found = note_buckets(timers, true);
    for (size_t i = 0; i < BUCKETS; i++) {
        chunks += chunks_of(minutes->buckets[i].entries);
        far += i >= TICKS_0 && minutes->buckets[i].entries > 0;
        if ((minutes->used[i / 64] >> (i % 64) & 1) != (minutes->buckets[i].entries > 0))
            return false;
    }
    return same(&found, waiting) && minutes->waiting == found.count + in_run &&
           far == minutes->far_buckets && verify_runs(timers, in_run, &chunks) &&
           chunks == minutes->page_count * CHUNKS_A_PAGE;
}

static bool verify_state(const sla__timers *timers, uint32_t id, uint64_t word)
{
    return timers->minutes == NULL ||
           sla__state(timers->minutes, id) == (word == 0                   ? NOWHERE
                                               : (word & WHERE) == IN_HEAP ? HEAPED
                                                                           : WAITING);
}

bool sla__timers_verify(const sla__timers *timers)
{
    size_t in_heap = 0, in_run = 0;
    tally waiting = {0};

    for (uint32_t id = 0; id < timers->ids; id++) {
        const uint64_t word = *sla__word(timers, id);
        const sla__timer timer = {.at = sla__timers_at(timers, id), .id = id};

        if (!verify_state(timers, id, word))
            return false;
        if (word == 0)
            continue;
        if (timers->count == 0 || sla__earlier(timers, &timer, &timers->first))
            return false;
        if (sla__in_bucket(word))
            note(&waiting, sla__bucket_of(word), id);
        else if ((word & WHERE) == IN_HEAP)
            in_heap++;
        else
            in_run++;
    }
    return in_heap + in_run + waiting.count == timers->count &&
           (timers->count == 0 || sla__timers_at(timers, timers->first.id) == timers->first.at) &&
           verify_heap(timers, in_heap) &&
           (timers->minutes == NULL ? timers->count == in_heap
                                    : verify_minutes(timers, &waiting, in_run));
}
