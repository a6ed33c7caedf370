/*
 * memory_copy.h - copies of what a unit brings, for the memory store.
 *
 * Each copy is one block: the struct first, what it points to behind it.  It
 * shares nothing with what it was made from and is freed by one sla__free.
 */
#ifndef SLA_SERVICE_MEMORY_COPY_H
#define SLA_SERVICE_MEMORY_COPY_H

#include <sla/store.h>

#include "base/alloc.h"

struct sla__kept_ticket; /* memory_content.h: of these, while a unit is written */

typedef struct sla__kept_fact {
    struct sla__kept_fact *next; /* of the same ticket */
    struct sla__kept_ticket *of;
    sla_stored_fact stored;
    sla_fact fact;
} sla__kept_fact;

typedef struct sla__kept_row {
    struct sla__kept_ticket *of;
    uint32_t ticket_hash;
    sla_stored_ticket stored;
} sla__kept_row;

typedef struct sla__kept_event {
    struct sla__kept_event *next; /* the one before of the same ticket */
    struct sla__kept_ticket *of;
    uint32_t hash, ticket_hash; /* of its identity, of its ticket */
    sla_stored_event stored;
    sla_event event;
} sla__kept_event;

typedef struct sla__kept_mark {
    sla_stored_mark stored;
} sla__kept_mark;

typedef struct sla__kept_world {
    sla_stored_world stored;
} sla__kept_world;

/* NULL when out of memory. */
sla__kept_fact *sla__keep_fact(const sla_allocator *allocator, const sla_stored_fact *given);
sla__kept_row *sla__keep_row(const sla_allocator *allocator, const sla_stored_ticket *given);
sla__kept_event *sla__keep_event(const sla_allocator *allocator, const sla_stored_event *given);
/* The same behind `head` bytes of the caller's own, zeroed; returns the block. */
void *sla__keep_fact_behind(const sla_allocator *allocator, size_t head,
                            const sla_stored_fact *given);
void *sla__keep_event_behind(const sla_allocator *allocator, size_t head,
                             const sla_stored_event *given);
sla__kept_mark *sla__keep_mark(const sla_allocator *allocator, const sla_stored_mark *given);
sla__kept_world *sla__keep_world(const sla_allocator *allocator, const sla_stored_world *given);

/* A unit whose parts are such copies.  Whoever takes a part sets its place to NULL. */
typedef struct sla__kept_unit {
    uint64_t service[2];
    uint64_t number;
    sla_time decided_at;
    sla__kept_fact **facts;
    sla__kept_row **rows;
    sla__kept_event **events;
    sla__kept_mark **marks;
    size_t fact_count, row_count, event_count, mark_count;
    sla__kept_world *world; /* or NULL */
} sla__kept_unit;

/* NULL when out of memory. */
sla__kept_unit *sla__keep_unit(const sla_allocator *allocator, const sla_unit *given);

/* The unit and the parts that nobody took.  NULL is fine. */
void sla__kept_unit_free(const sla_allocator *allocator, sla__kept_unit *unit);

#endif
