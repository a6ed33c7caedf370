/*
 * timers.h - one entry per ticket: when does it next want to be looked at?
 *
 * This interface is all that the engine knows of timers.  Entries are named by
 * a small number (the ticket's slot) and ordered by (at, order); what lies
 * behind is an indexed heap, and may become something cleverer without the
 * engine noticing.  After sla__timers_reserve nothing here can fail.
 */
#ifndef SLA_ENGINE_TIMERS_H
#define SLA_ENGINE_TIMERS_H

#include <stdbool.h>

#include <sla/base.h>

#include "base/alloc.h"

typedef struct sla__timer {
    sla_time at;
    uint64_t order; /* ties */
    uint32_t id;
} sla__timer;

/* A zeroed structure is empty. */
typedef struct sla__timers {
    sla__timer *heap;
    size_t count, capacity;
    uint32_t *places; /* by id: place in the heap + 1, 0 for none */
    size_t place_capacity;
} sla__timers;

void sla__timers_fini(sla__timers *timers, const sla_allocator *allocator);

/* Room for entries with ids below `ids`.  False: out of memory, nothing changed. */
bool sla__timers_reserve(sla__timers *timers, const sla_allocator *allocator, size_t ids);

/* Adds or moves the entry `id`; SLA_NEVER takes it out. */
void sla__timers_set(sla__timers *timers, uint32_t id, sla_time at, uint64_t order);

/* Many at once: each added behind the others, in no order, then built in one go
 * before anything else is asked.  `at` is not SLA_NEVER, `id` has no entry yet. */
void sla__timers_append(sla__timers *timers, uint32_t id, sla_time at, uint64_t order);
void sla__timers_build(sla__timers *timers);

/* No entries; room stays. */
void sla__timers_clear(sla__timers *timers);

/* When the entry `id` is, SLA_NEVER where there is none. */
sla_time sla__timers_at(const sla__timers *timers, uint32_t id);

/* The earliest entry, or NULL. */
const sla__timer *sla__timers_first(const sla__timers *timers);

/* Heap order and back-indexes hold. */
bool sla__timers_verify(const sla__timers *timers);

#endif
