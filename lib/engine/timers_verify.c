/* timers_verify.c - is every entry where it is looked for? */
#include "engine/timers_parts.h"

static bool verify_heap(const sla__timers *timers, size_t in_heap)
{
    size_t counting = 0;

    for (size_t i = 0; i < timers->heaped; i++) {
        const sla__timer *const timer = &timers->heap[i];

        if (i > 0 && sla__earlier(timer, &timers->heap[(i - 1) / 4]))
            return false;
        counting += *sla__word(timers, timer->id) == sla__word_of(timer->at, IN_HEAP) &&
                    sla__order(timers, timer->id) == timer->order;
    }
    return counting >= in_heap;
}

/* A chain has the chunks that its entries need, and no other. */
static bool verify_chain(const sla__minutes *minutes, uint32_t number, size_t entries,
                         size_t *chunks)
{
    size_t count = 0;

    for (; number != 0 && count <= entries; number = sla__chunk_at(minutes, number)->next)
        count++;
    *chunks += count;
    return count == (entries + CHUNK_IDS - 1) / CHUNK_IDS;
}

/* What waits in each bucket, told from the words by a sum over all. */
static bool verify_buckets(const sla__minutes *minutes, uint64_t wanted)
{
    size_t chunks = minutes->free_chunks;
    uint64_t sum = 0;

    for (size_t i = 0; i < BUCKETS; i++) {
        const sla__bucket *const bucket = &minutes->buckets[i];
        const bool used = (minutes->used[i / 64] >> (i % 64) & 1) != 0;

        sum += bucket->live * (uint64_t)(i + 1) * (i + 1);
        if (used != (bucket->live > 0) || bucket->entries > 2 * (size_t)bucket->live + SLACK ||
            !verify_chain(minutes, bucket->head, bucket->entries, &chunks))
            return false;
    }
    for (size_t i = 0; i < minutes->run_count; i++) {
        const sla__run *const run = &minutes->runs[i];

        if (run->left > 0 &&
            !verify_chain(minutes, run->chunk, run->left + (size_t)run->place, &chunks))
            return false;
    }
    return sum == wanted && chunks == minutes->page_count * CHUNKS_A_PAGE;
}

bool sla__timers_verify(const sla__timers *timers)
{
    size_t count = 0, in_heap = 0;
    uint64_t sum = 0;

    for (size_t id = 0; id < timers->ids; id++) {
        const uint64_t word = *sla__word(timers, (uint32_t)id);
        const sla__timer timer = {sla__word_at(word), sla__order(timers, (uint32_t)id),
                                  (uint32_t)id};

        if (word == 0)
            continue;
        count++;
        if (sla__earlier(&timer, &timers->first))
            return false;
        if ((word & 3) == IN_HEAP)
            in_heap++;
        else {
            const size_t bucket = sla__bucket_of(timers->minutes, word);

            sum += (uint64_t)(bucket + 1) * (bucket + 1);
        }
    }
    return count == timers->count &&
           (count == 0 || sla__timers_at(timers, timers->first.id) == timers->first.at) &&
           verify_heap(timers, in_heap) &&
           (timers->minutes == NULL || verify_buckets(timers->minutes, sum));
}
