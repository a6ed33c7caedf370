/*
 * text.h - a text that grows, and JSON written into it (json_write.h).
 *
 * Writing never fails; whoever wrote asks at the end whether there was room.
 */
#ifndef SLA_STORE_TEXT_H
#define SLA_STORE_TEXT_H

#include <stdbool.h>

#include <sla/alloc.h>

#include "engine/json_write.h"

typedef struct sla__text {
    sla__json_out out; /* written to as any other */
    sla_allocator allocator;
    bool failed; /* out of memory: what is there is not whole */
} sla__text;

/* It must not be moved.  NULL is the C library's. */
void sla__text_init(sla__text *text, const sla_allocator *allocator);
void sla__text_fini(sla__text *text);

/* Empty again; its room stays. */
void sla__text_clear(sla__text *text);

/* What has been written since `start`; moves when more is written. */
sla_string sla__text_since(const sla__text *text, size_t start);

#endif
