/*
 * text.h - a text that grows, and JSON written into it.
 *
 * Writing never fails; whoever wrote asks at the end whether there was room.
 * A member is written with its name, an element of an array without (NULL).
 */
#ifndef SLA_STORE_TEXT_H
#define SLA_STORE_TEXT_H

#include <stdbool.h>

#include <sla/alloc.h>
#include <sla/engine.h>

typedef struct sla__text {
    sla_allocator allocator;
    char *data;
    size_t length, capacity;
    bool comma;  /* the next member wants one before it */
    bool failed; /* out of memory: what is there is not whole */
} sla__text;

/* NULL is the C library's. */
void sla__text_init(sla__text *text, const sla_allocator *allocator);
void sla__text_fini(sla__text *text);

/* Empty again; its room stays. */
void sla__text_clear(sla__text *text);

/* What has been written since `start`; moves when more is written. */
sla_string sla__text_since(const sla__text *text, size_t start);

/* '{', '[' and their ends. */
void sla__text_open(sla__text *text, const char *name, char bracket);
void sla__text_close(sla__text *text, char bracket);

void sla__text_name(sla__text *text, sla_string name);
void sla__text_string(sla__text *text, const char *name, sla_string string);
void sla__text_word(sla__text *text, const char *name, const char *word);
void sla__text_number(sla__text *text, const char *name, int64_t number);
void sla__text_literal(sla__text *text, const char *name, const char *literal);

/* RFC 3339 in UTC, or its microseconds where that cannot be written. */
void sla__text_instant(sla__text *text, const char *name, sla_time instant);

#endif
