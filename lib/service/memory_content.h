/*
 * memory_content.h - what a memory store keeps, shared by its handles.
 *
 * Facts, rows, events, marks, worlds, and the keys of the units that brought
 * them.  A unit goes in whole or not at all (memory_write.c); everything else
 * only looks.
 */
#ifndef SLA_SERVICE_MEMORY_CONTENT_H
#define SLA_SERVICE_MEMORY_CONTENT_H

#include "base/map.h"
#include "service/memory_copy.h"

/* A ticket of which something is on the record. */
typedef struct sla__kept_ticket {
    uint32_t hash;
    uint32_t slot; /* in content->tickets */
    uint32_t fact_count;
    sla__kept_fact *first, *last; /* in order of seq */
    sla__kept_row *row;           /* or NULL: facts only */
    sla__kept_event *events;      /* the newest; the others behind it */
    sla_string tenant, ticket;
    /* What the unit at hand says of it; holds while `unit` is content->attempt. */
    uint64_t attempt;
    uint32_t facts_seen;
    sla__kept_row *row_seen;
} sla__kept_ticket;

/* What a consumer acknowledged: everything up to `through`, and `numbers` above
 * it in rising order. */
typedef struct sla__kept_consumer {
    sla__kept_mark *named; /* the first mark, for its name */
    uint64_t through;
    uint64_t *numbers;
    size_t count, capacity;
} sla__kept_consumer;

/* The last unit that an incarnation of the service wrote. */
typedef struct sla__kept_key {
    uint64_t service[2];
    uint64_t number;
} sla__kept_key;

typedef struct sla__content {
    sla_allocator allocator;
    size_t handles;
    uint64_t epoch;   /* how often it was opened */
    uint64_t attempt; /* how often a unit was tried */
    sla_time decided_at;

    sla__kept_ticket **tickets;
    size_t ticket_count, ticket_capacity;
    sla__map ticket_map; /* to slots */

    /* Number `event_base + i` lies in events[i]; NULL: gone with its ticket. */
    sla__kept_event **events;
    uint64_t event_base;
    size_t event_count, event_capacity;
    sla__map event_map; /* by identity, to sla__event_low of the number */
    /* So many events above this number are to be delivered.  Kept with every change, so
     * that reading page after page does not count the rest again and again. */
    uint64_t outbox_after, outbox_left;

    sla__kept_consumer *consumers;
    size_t consumer_count, consumer_capacity;
    sla__kept_world **worlds;
    size_t world_count, world_capacity;
    sla__kept_key *keys;
    size_t key_count, key_capacity;
} sla__content;

/* Empty, without a handle.  NULL when out of memory. */
sla__content *sla__content_new(const sla_allocator *allocator);
void sla__content_free(sla__content *content);

/* Reckons the hashes of what a copied unit brings, before it is written: by then what
 * they lead to has come out of memory. */
void sla__content_expect(const sla__content *content, sla__kept_unit *unit);

/* NULL when nothing is on the record. */
sla__kept_ticket *sla__content_find(const sla__content *content, sla_string tenant,
                                    sla_string ticket);

/* The first event to be delivered numbered above `after`, or NULL. */
const sla__kept_event *sla__content_next_event(const sla__content *content, uint64_t after);

/* How many there are. */
uint64_t sla__content_events_left(sla__content *content, uint64_t after);

/* The highest number in the outbox, 0 for none. */
uint64_t sla__content_last_event(const sla__content *content);

/* Takes what the unit brings out of it.  SLA_OK; SLA_ERR_EXISTS; SLA_ERR_REFUSED;
 * SLA_ERR_STORE when out of memory, or when the unit before is not on the record.
 * On error nothing has changed. */
int sla__content_write(sla__content *content, sla__kept_unit *unit, sla_error *error);

/* For memory_write.c: adds an empty ticket; there is room for it. */
sla__kept_ticket *sla__content_add(sla__content *content, sla_string tenant, sla_string ticket);

/* A ticket with everything that is known of it, events included. */
void sla__content_forget(sla__content *content, sla__kept_ticket *ticket);

/* The same with the hash of the names. */
sla__kept_ticket *sla__content_find_hashed(const sla__content *content, uint32_t hash,
                                           sla_string tenant, sla_string ticket);
uint32_t sla__content_hash(sla_string tenant, sla_string ticket);

/* The event of this identity, or NULL. */
sla__kept_event *sla__content_find_event(const sla__content *content, const sla_event *event,
                                         uint32_t hash);

/* What a map keeps of a number; never SLA__MAP_NONE. */
uint32_t sla__event_low(uint64_t number);

#endif
