/*
 * timers_parts.h - how timers.h is laid out; for timers*.c alone.
 *
 * The word of an id says where its entry is.  In the heap: at which place of it.
 * Elsewhere: its instant, counted from BEGIN in 54 bits, and whether it lies in the run or
 * in a bucket, of which level and in which of two colours.
 *
 *   level 0   ticks of 2^26 us, 67 s    4096 of them, from the one called `low`
 *   level 1   2^35 us, 9.5 h            1024, from the same instant
 *   level 2   2^44 us, 204 d            1024, until the end of time
 *
 * An id in a bucket counts while its word has the bucket and its colour.  Nothing else is
 * known of those that do not: they are stale until somebody comes by.  So the word of an
 * entry that waits is only written, and never read, to take it out or to move it: a load
 * that misses the cache holds up all that follows, a store does not.  Two bits an id, which
 * are in the cache, say what there is to be read.
 *
 * `open` is the tick whose bucket was sorted, into runs that are merged as they are
 * read.  What is added to it later, or lies before it, goes to the heap: what is earlier
 * than the tick `edge` is near.  What is in no bucket may lie in the heap at any rate; only
 * a bucket has to be opened before anything of its tick or later can be the first.
 *
 * Bound of memory: when chunks run short, each that is taken makes the sweeper look
 * through eight others, bucket after bucket, oldest first; what counts is appended again
 * in the other colour, so that an id that lies there twice remains once.  See chunks_wanted
 * for why that is enough.
 */
#ifndef SLA_ENGINE_TIMERS_PARTS_H
#define SLA_ENGINE_TIMERS_PARTS_H

#include "engine/timers.h"

enum {
    TIMERS_PAGE = 4096, /* ids a page */
    TIMERS_FEW = 1024,  /* up to here there is only the heap */
    HEAP_MOST = 16384,
    HEAP_PART = 4, /* of more the heap has room for one in so many */
    HEAP_WAYS = 8,
    HEAP_SPARE = 10, /* places: 3 before the root at most, and 7 for siblings of the last */
    CHUNK_BITS = 4,
    CHUNK = 1 << CHUNK_BITS, /* slots: a number of a chunk, and ids */
    CHUNK_IDS = CHUNK - 1,
    CHUNKS_A_PAGE = 512,
    RUN = CHUNK_IDS * 256, /* ids sorted at once */
    TICKS_0 = 4096,
    TICKS_1 = 1024,
    TICKS_2 = 1024,
    BUCKETS = TICKS_0 + TICKS_1 + TICKS_2,
    BITS_0 = 26,
    BITS_1 = 35,
    BITS_2 = 44,
    TO_1 = BITS_1 - BITS_0, /* from ticks 0 to ticks 1 */
    TO_2 = BITS_2 - BITS_0,
    WHERE_BITS = 4,
    WHERE = 15,
    IN_HEAP = 1,
    IN_RUN = 2,
    IN_BUCKET = 4 /* + 2 * level + colour */
};

#define BEGIN (-(INT64_C(1) << 53))
#define NO_TICK UINT64_MAX

/* A chain of chunks, all full but the last. */
typedef struct sla__bucket {
    uint32_t head; /* the oldest, where there are entries */
    uint32_t end;  /* the slot for the next id; a multiple of CHUNK: it needs a chunk */
    uint32_t entries;
    uint32_t colour; /* 0, 1 */
} sla__bucket;

/* An entry of the heap: `rank` is of its order, and above its id, so that a number of 128
 * bits says who comes first. */
typedef struct sla__heaped {
    sla_time at;
    uint64_t rank;
} sla__heaped;

/* The first may be stale, and its owner gone, where it is not the first of all. */
typedef struct sla__run {
    sla__timer first;
    uint64_t order;      /* of the first, where there are several runs */
    uint32_t slot, left; /* of the first */
    uint32_t last;       /* chunk */
} sla__run;

typedef struct sla__minutes {
    sla__bucket buckets[BUCKETS];
    uint64_t used[BUCKETS / 64]; /* bits: there are entries */
    size_t far_buckets;          /* those in use above level 0 */
    size_t waiting;              /* what counts in buckets and runs */
    uint64_t **states;           /* two bits an id, in pages as the words */
    size_t state_count, state_capacity;
    uint64_t low;        /* tick 0, with which a tick 1 begins */
    uint64_t open, edge; /* ticks 0 */
    uint64_t soonest;    /* no bucket in use has an earlier tick 0 */
    uint32_t **pages;    /* of chunks */
    size_t page_count, page_capacity;
    uint32_t fresh_chunk, free_chunk; /* from there on never used; given back, NO_CHUNK */
    size_t free_chunks, few_chunks;   /* the latter: when to sweep */
    bool hungry;
    size_t swept;        /* bucket */
    uint32_t sweep_left; /* of its ids */
    sla__timer sorted;   /* the first of the runs; SLA_NEVER: there are none */
    sla__run *runs;
    size_t run_count, run_capacity;
    sla_time others;          /* no run but the first has anything earlier */
    uint64_t sorting[2][RUN]; /* key and id */
    uint64_t orders[RUN];
} sla__minutes;

#define NO_CHUNK UINT32_MAX

/* What is known of an id without its word. */
typedef enum sla__where { NOWHERE, HEAPED, WAITING } sla__where;

static inline void sla__fetch(const void *place)
{
#if defined __GNUC__
    __builtin_prefetch(place);
#else
    (void)place;
#endif
}

static inline sla__where sla__state(const sla__minutes *minutes, uint32_t id)
{
    return (sla__where)(minutes->states[id / TIMERS_PAGE][id % TIMERS_PAGE / 32] >> id % 32 * 2 &
                        3);
}

static inline void sla__state_set(sla__minutes *minutes, uint32_t id, sla__where where)
{
    uint64_t *const states = &minutes->states[id / TIMERS_PAGE][id % TIMERS_PAGE / 32];

    *states = (*states & ~(UINT64_C(3) << id % 32 * 2)) | (uint64_t)where << id % 32 * 2;
}

static inline void sla__state_fetch(const sla__minutes *minutes, uint32_t id)
{
    sla__fetch(&minutes->states[id / TIMERS_PAGE][id % TIMERS_PAGE / 32]);
}

static inline uint64_t *sla__word(const sla__timers *timers, uint32_t id)
{
    return &timers->pages[id / TIMERS_PAGE][id % TIMERS_PAGE];
}

static inline uint64_t sla__word_of(sla_time at, unsigned where)
{
    return (uint64_t)(at - BEGIN) << WHERE_BITS | where;
}

static inline sla_time sla__word_at(uint64_t word)
{
    return (sla_time)(word >> WHERE_BITS) + BEGIN;
}

static inline uint64_t sla__word_tick(uint64_t word, unsigned bits)
{
    return word >> (bits + WHERE_BITS);
}

/* Tick 0. */
static inline uint64_t sla__tick(sla_time at)
{
    return ((uint64_t)at - (uint64_t)BEGIN) >> BITS_0;
}

static inline unsigned sla__level(uint64_t word)
{
    return ((unsigned)word & WHERE) / 2 - IN_BUCKET / 2;
}

static inline unsigned sla__level_bits(unsigned level)
{
    return BITS_0 + TO_1 * level;
}

/* The bucket in which the entry of a word lies.  No branches: the word is hard to come by,
 * and a wrong guess has to wait for it. */
static inline size_t sla__bucket_of(uint64_t word)
{
    const size_t level = sla__level(word);
    const size_t ticks = TICKS_0 >> (level > 0) * 2;

    return (level > 0) * (size_t)TICKS_0 + (level > 1) * (size_t)TICKS_1 +
           (sla__word_tick(word, sla__level_bits((unsigned)level)) & (ticks - 1));
}

static inline bool sla__in_run(uint64_t word)
{
    return (word & WHERE) == IN_RUN;
}

static inline bool sla__in_bucket(uint64_t word)
{
    return (word & WHERE) >= IN_BUCKET;
}

static inline uint32_t *sla__slot(const sla__minutes *minutes, uint32_t slot)
{
    return &minutes->pages[slot / (CHUNK * CHUNKS_A_PAGE)][slot % (CHUNK * CHUNKS_A_PAGE)];
}

/* The number of the next chunk. */
static inline uint32_t *sla__next(const sla__minutes *minutes, uint32_t chunk)
{
    return sla__slot(minutes, chunk << CHUNK_BITS);
}

static inline uint32_t sla__heaped_id(const sla__heaped *heaped)
{
    return (uint32_t)heaped->rank;
}

/* ---- timers_heap.c */

/* Room for as many entries. */
bool sla__heap_reserve(sla__timers *timers, const sla_allocator *allocator, size_t entries);
void sla__heap_clear(sla__timers *timers);

/* By instant and order, and where the owner has given the same order twice by id. */
bool sla__earlier(const sla__timers *timers, const sla__timer *one, const sla__timer *other);
bool sla__heaped_earlier(const sla__timers *timers, const sla__heaped *one,
                         const sla__heaped *other);
bool sla__earlier_order(const sla__timers *timers, uint32_t one, uint32_t other);

/* There is room. */
void sla__heap_add(sla__timers *timers, sla_time at, uint32_t id);
void sla__heap_move(sla__timers *timers, size_t place, sla_time at);
void sla__heap_remove(sla__timers *timers, size_t place);

/* ---- timers_buckets.c */

bool sla__minutes_reserve(sla__timers *timers, const sla_allocator *allocator, size_t ids);
void sla__minutes_fini(sla__timers *timers, const sla_allocator *allocator);
void sla__minutes_clear(sla__minutes *minutes);

uint32_t sla__chunk_take(sla__minutes *minutes);
void sla__chunk_give(sla__minutes *minutes, uint32_t chunk);

/* The entry, which is nowhere, goes to the bucket of its instant. */
void sla__bucket_add(sla__timers *timers, uint32_t id, sla_time at);

/* The same for what comes from outside: sweeps where there is need. */
void sla__minutes_add(sla__timers *timers, uint32_t id, sla_time at);

/* The same for what waits elsewhere, and does not know yet that it does not any more. */
void sla__minutes_move(sla__timers *timers, uint32_t id, sla_time at);

void sla__bucket_put(sla__minutes *minutes, sla__bucket *bucket, uint32_t id);

/* Empties a bucket; its ids, of which some may be stale, are the caller's chain. */
sla__bucket sla__bucket_detach(sla__minutes *minutes, size_t bucket);

/* What counts in a bucket goes where its instant is kept by now, which is another. */
void sla__bucket_relocate(sla__timers *timers, size_t bucket);

/* `low` follows: nothing in use is earlier than `tick`. */
void sla__minutes_rise(sla__minutes *minutes, uint64_t tick);

/* ---- timers_sweep.c */

void sla__minutes_sweep(sla__timers *timers);

/* ---- timers_open.c */

/* What runs hold goes back to the bucket. */
void sla__runs_close(sla__timers *timers);

/* The first of the runs does not count any more. */
void sla__runs_pop(sla__timers *timers);

/* Opens the next bucket in use unless it is later than the tick; false: there is none, and
 * `soonest` is exact. */
bool sla__minutes_next(sla__timers *timers, uint64_t tick);

/* ---- timers_sort.c */

/* minutes->sorting[0][0..count), keys above ids, to an order by key and order; says where
 * they are then. */
const uint64_t *sla__minutes_sort(sla__timers *timers, size_t count);

#endif
