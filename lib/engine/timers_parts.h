/*
 * timers_parts.h - how timers.h is laid out; for timers*.c alone.
 *
 * An instant counts from BEGIN, 54 bits.  The word of an id holds it, and where the
 * entry waits: in the heap, or in the bucket of its instant, in one of two colours.  An
 * id in a bucket counts while its word has this instant's tick and the bucket's colour;
 * to go through a bucket turns the colour of what counts, so that an id that lies there
 * twice counts once.
 *
 *   tick 0   2^26 us, 67 s    4096 of them, from the hour of `low`
 *   tick 1   2^33 us, 2.4 h   2048
 *   tick 2   2^43 us, 102 d   2048, until the end of time
 *
 * `open` is the tick whose bucket was sorted, into runs that are merged as they are
 * read.  What comes to it later or lies before it is in the heap; when that is full its
 * later part goes back to buckets, and `open` with it.  From `pivot` on entries of the
 * open tick wait in its bucket again, until all before them are gone.
 *
 * Bound of memory: a bucket holds at most twice as many ids as count, and some; to
 * take one out may go through it.
 */
#ifndef SLA_ENGINE_TIMERS_PARTS_H
#define SLA_ENGINE_TIMERS_PARTS_H

#include "engine/timers.h"

enum {
    TIMERS_PAGE = 4096, /* ids a page */
    TIMERS_FEW = 1024,  /* up to here there is only the heap */
    TIMERS_HEAP = 2048,
    CHUNK_IDS = 31,
    CHUNKS_A_PAGE = 512,
    SLACK = 29, /* stale ids that a bucket may have beyond as many as count */
    RUN = 4096, /* ids sorted at once */
    TICKS_0 = 4096,
    TICKS_1 = 2048,
    TICKS_2 = 2048,
    BUCKETS = TICKS_0 + TICKS_1 + TICKS_2,
    BITS_0 = 26,
    BITS_1 = 33,
    BITS_2 = 43,
    BEHIND = 8,    /* ticks 1 that `low` stays behind `open`, for what is added before it */
    IN_BUCKET = 1, /* or 2 */
    IN_HEAP = 3
};

#define BEGIN (-(INT64_C(1) << 53))

/* By id, and kept in one cache line. */
typedef struct sla__entry {
    uint64_t word, order;
} sla__entry;

typedef struct sla__chunk {
    uint32_t next; /* number, 0 for none */
    uint32_t ids[CHUNK_IDS];
} sla__chunk;

/* Full chunks behind the first one. */
typedef struct sla__bucket {
    uint32_t head, entries, live;
    uint32_t colour;
} sla__bucket;

typedef struct sla__run {
    sla__timer first;
    uint32_t chunk, place, left;
} sla__run;

typedef struct sla__sorting {
    uint32_t key, id;
} sla__sorting;

typedef struct sla__minutes {
    sla__bucket buckets[BUCKETS];
    uint64_t used[BUCKETS / 64]; /* bits: some of it counts */
    uint64_t open;               /* a tick 0 */
    uint64_t low;                /* a tick 1 */
    bool has_pivot;
    sla__timer pivot;
    sla__chunk **pages;
    size_t page_count, page_capacity;
    uint32_t free_chunk;
    size_t free_chunks;
    sla__run *runs;
    size_t run_count, run_capacity, run_ids;
    sla__sorting sorting[2][RUN];
    uint64_t orders[RUN];
} sla__minutes;

static inline uint64_t *sla__word(const sla__timers *timers, uint32_t id)
{
    return &timers->pages[id / TIMERS_PAGE][id % TIMERS_PAGE].word;
}

static inline uint64_t sla__order(const sla__timers *timers, uint32_t id)
{
    return timers->pages[id / TIMERS_PAGE][id % TIMERS_PAGE].order;
}

static inline uint64_t sla__word_of(sla_time at, unsigned where)
{
    return (uint64_t)(at - BEGIN) << 2 | where;
}

static inline sla_time sla__word_at(uint64_t word)
{
    return (sla_time)(word >> 2) + BEGIN;
}

static inline uint64_t sla__tick(uint64_t word, unsigned bits)
{
    return word >> (bits + 2);
}

static inline bool sla__earlier(const sla__timer *one, const sla__timer *other)
{
    if (one->at != other->at)
        return one->at < other->at;
    return one->order < other->order;
}

static inline sla__chunk *sla__chunk_at(const sla__minutes *minutes, uint32_t number)
{
    return &minutes->pages[(number - 1) / CHUNKS_A_PAGE][(number - 1) % CHUNKS_A_PAGE];
}

/* ---- timers_buckets.c */

bool sla__minutes_reserve(sla__timers *timers, const sla_allocator *allocator, size_t ids);
void sla__minutes_fini(sla__timers *timers, const sla_allocator *allocator);

/* Nothing waits; the first to come is at `word`'s instant. */
void sla__minutes_begin(sla__minutes *minutes, uint64_t word);

uint32_t sla__chunk_take(sla__minutes *minutes);
void sla__chunk_give(sla__minutes *minutes, uint32_t number);

/* Its bucket, by the instant of its word. */
size_t sla__bucket_of(const sla__minutes *minutes, uint64_t word);
void sla__bucket_put(sla__minutes *minutes, size_t bucket, uint32_t id);

/* The entry goes to the bucket of its word's instant. */
void sla__bucket_add(sla__timers *timers, uint32_t id, uint64_t word);

/* An entry of this word is taken out of its bucket. */
void sla__bucket_less(sla__timers *timers, uint64_t word);

/* The chain of a bucket, which is empty then; oldest first. */
uint32_t sla__bucket_detach(sla__minutes *minutes, size_t bucket, uint32_t *entries_out);

/* `open` becomes a tick that is earlier. */
void sla__minutes_lower(sla__timers *timers, uint64_t tick);

/* ---- timers_open.c */

/* Sorts the bucket of a tick 0, which is the first with entries. */
void sla__minutes_open(sla__timers *timers, uint64_t tick);

/* What runs hold goes back to the bucket. */
void sla__runs_close(sla__timers *timers);
void sla__runs_drop(sla__minutes *minutes);

/* The first that counts of the runs; NULL. */
const sla__timer *sla__runs_first(sla__timers *timers);

/* Opens the next bucket with entries; false: there is none. */
bool sla__minutes_next(sla__timers *timers);

/* `low` as `open` wants it. */
void sla__minutes_follow(sla__timers *timers, uint64_t low);

#endif
