/* timers_sweep.c - when chunks run short: stale ids go, a few chunks at a time; see
 * timers_parts.h. */
#include <string.h>

#include "engine/timers_parts.h"

enum { LOOKED_AT = 8 };

uint64_t sla__bucket_tick(uint64_t low, size_t bucket)
{
    const uint64_t hour = low >> TO_1;

    if (bucket < TICKS_0)
        return low + (bucket - low) % TICKS_0;
    if (bucket < TICKS_0 + TICKS_1)
        return hour + (bucket - TICKS_0 - hour) % TICKS_1;
    return bucket - TICKS_0 - TICKS_1;
}

/* One that is worth it, the last one being the last to be looked at again. */
static bool choose(sla__minutes *minutes)
{
    for (size_t i = 1; i <= BUCKETS; i++) {
        const size_t number = (minutes->swept + i) % BUCKETS;
        sla__bucket *const bucket = &minutes->buckets[number];

        if (bucket->entries > CHUNK_IDS && (bucket->entries - bucket->live) * 4 > bucket->live) {
            minutes->swept = number;
            minutes->sweep_left = bucket->entries;
            bucket->colour = !bucket->colour;
            bucket->mixed = true;
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
    const uint64_t tick = sla__bucket_tick(minutes->low, minutes->swept);
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
            sla__bucket_of(*word) != minutes->swept ||
            sla__word_tick(*word, sla__level_bits(sla__level(*word))) != tick)
            continue;
        *word = (*word & ~UINT64_C(1)) | bucket->colour;
        sla__bucket_put(minutes, bucket, ids[i]);
    }
    minutes->sweep_left = left > count ? left - count : 0;
}

void sla__minutes_sweep(sla__timers *timers)
{
    sla__minutes *const minutes = timers->minutes;

    for (size_t i = 0; i < LOOKED_AT; i++) {
        if (minutes->sweep_left == 0 && !choose(minutes))
            break;
        look_at_one(timers);
    }
    minutes->hungry = false;
}
