/*
 * timers.h - one entry per ticket: when does it next want to be looked at?
 *
 * This interface is all that the engine knows of timers.  Entries are named by
 * a small number (the ticket's slot) and ordered by (at, order): the order is the owner's,
 * who is asked for it where instants are equal.  After sla__timers_reserve nothing here
 * can fail.
 *
 * Few entries lie in an indexed heap.  Of many the heap holds what is near, and the others
 * wait in a calendar: what an entry is, is a word in a table by id; where it waits is only
 * its id, among others of the same minute, in no order.  So to take one out is a store and
 * to add one is to append, and ids whose word says something else by then are stale and
 * passed over.  When a minute comes its ids are sorted, once.  See timers_parts.h.
 */
#ifndef SLA_ENGINE_TIMERS_H
#define SLA_ENGINE_TIMERS_H

#include <stdbool.h>
#include <stddef.h>

#include <sla/base.h>

#include "base/alloc.h"

typedef struct sla__timer {
    sla_time at;
    uint32_t id;
} sla__timer;

/* The order of an entry.  While there is one it only changes before the entry is set again. */
typedef uint64_t sla__timers_order(const void *owner, uint32_t id);

struct sla__heaped;
struct sla__minutes;

/* Zeroed but for order_of and owner it is empty. */
typedef struct sla__timers {
    sla__timers_order *order_of;
    const void *owner;
    size_t count;
    sla__timer first; /* where count > 0 */
    uint64_t **pages; /* words by id */
    size_t page_count, page_capacity;
    size_t ids;
    struct sla__heaped *heap, *heap_block; /* the former lies in the latter */
    size_t heaped, heap_capacity;
    uint64_t rank_base;
    bool blurred;                 /* ranks in the heap do not tell all orders */
    struct sla__minutes *minutes; /* NULL: all are in the heap */
} sla__timers;

void sla__timers_init(sla__timers *timers, sla__timers_order *order_of, const void *owner);
void sla__timers_fini(sla__timers *timers, const sla_allocator *allocator);

/* Room for entries with ids below `ids`.  False: out of memory, nothing changed. */
bool sla__timers_reserve(sla__timers *timers, const sla_allocator *allocator, size_t ids);

/* Adds or moves the entry `id`; SLA_NEVER takes it out. */
void sla__timers_set(sla__timers *timers, uint32_t id, sla_time at);

/* No entries; room stays. */
void sla__timers_clear(sla__timers *timers);

/* When the entry `id` is, SLA_NEVER where there is none. */
sla_time sla__timers_at(const sla__timers *timers, uint32_t id);

/* Of the tables behind it. */
size_t sla__timers_bytes(const sla__timers *timers);

/* The earliest entry, or NULL. */
static inline const sla__timer *sla__timers_first(const sla__timers *timers)
{
    return timers->count > 0 ? &timers->first : NULL;
}

/* Every entry lies where it is found, and none is earlier than the first. */
bool sla__timers_verify(const sla__timers *timers);

#endif
