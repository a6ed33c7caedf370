/* timers_sweep.c - when chunks run short: stale ids go, a few chunks at a time; see
 * timers_parts.h. */
#include <string.h>

#include "engine/timers_parts.h"

enum { LOOKED_AT = 8 };

/* The next one of more than a chunk.  Before the first one the minute that is open is closed:
 * what counts of it lies in a bucket then. */
static bool choose(sla__timers *timers)
{
    sla__minutes *const minutes = timers->minutes;

    for (size_t i = 0; i < BUCKETS; i++) {
        sla__bucket *bucket;

        minutes->swept = (minutes->swept + 1) % BUCKETS;
        if (minutes->swept == 0)
            sla__runs_close(timers);
        bucket = &minutes->buckets[minutes->swept];
        if (bucket->entries > CHUNK_IDS) {
            minutes->sweep_left = bucket->entries;
            bucket->colour = !bucket->colour;
            return true;
        }
    }
    return false;
}

/* The oldest chunk; what counts goes behind the others.  Of ids from `left` on, which came
 * since the sweep began, all are kept whose words say this colour. */
static void look_at_one(sla__timers *timers)
{
    sla__minutes *const minutes = timers->minutes;
    sla__bucket *const bucket = &minutes->buckets[minutes->swept];
    const uint32_t count = bucket->entries < CHUNK_IDS ? bucket->entries : CHUNK_IDS;
    const uint32_t left = minutes->sweep_left;
    const uint32_t chunk = bucket->head;
    uint32_t ids[CHUNK];

    memcpy(ids, sla__next(minutes, chunk), sizeof ids);
    for (uint32_t i = 1; i <= count; i++)
        sla__fetch(sla__word(timers, ids[i]));
    bucket->entries -= count;
    if (bucket->entries == 0)
        bucket->end = 0;
    else
        bucket->head = ids[0];
    sla__chunk_give(minutes, chunk);
    for (uint32_t i = 1; i <= count; i++) {
        uint64_t *const word = sla__word(timers, ids[i]);
        const unsigned colour = i <= left ? !bucket->colour : bucket->colour;

        if (!sla__in_bucket(*word) || (*word & 1) != colour ||
            sla__bucket_of(*word) != minutes->swept)
            continue;
        *word = (*word & ~UINT64_C(1)) | bucket->colour;
        sla__bucket_put(minutes, bucket, ids[i]);
    }
    minutes->sweep_left = left > count ? left - count : 0;
    if (bucket->entries == 0)
        (void)sla__bucket_detach(minutes, minutes->swept);
}

void sla__minutes_sweep(sla__timers *timers)
{
    sla__minutes *const minutes = timers->minutes;

    for (size_t i = 0; i < LOOKED_AT; i++) {
        if (minutes->sweep_left == 0 && !choose(timers))
            break;
        look_at_one(timers);
    }
    minutes->hungry = false;
}
