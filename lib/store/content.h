/*
 * content.h - what a fact says beside its columns, as one JSON object and back.
 *
 * The members are those of docs/facts.md.  Two things more, because what a store hands
 * back is what it was given: which attributes are instants (JSON writes them as texts)
 * is in `x-instants`, by their places from 0; and an instant or a span that has no text
 * is a number of microseconds.
 */
#ifndef SLA_STORE_CONTENT_H
#define SLA_STORE_CONTENT_H

#include <sla/engine.h>

#include "engine/json_write.h"

/* Appends the object, or nothing when there is nothing to say. */
void sla__content_put(sla__json_out *out, const sla_fact *fact);

/* Where a fact keeps what its content does not hold as it is; used again and again. */
typedef struct sla__content_room {
    sla_allocator allocator;
    sla_attribute *attributes;
    size_t attribute_capacity;
    char *bytes;
    size_t byte_capacity;
} sla__content_room;

/* NULL is the C library's. */
void sla__content_room_init(sla__content_room *room, const sla_allocator *allocator);
void sla__content_room_fini(sla__content_room *room);

/* Sets those members of `fact` that have no column; the others stay.  They borrow from
 * `content` and from `room`.  SLA_OK; SLA_ERR_NOMEM; SLA_ERR_SYNTAX. */
int sla__content_read(sla_string content, sla__content_room *room, sla_fact *fact);

#endif
