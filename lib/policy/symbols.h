/*
 * symbols.h - the strings of a set of policies, each once, as numbers.
 *
 * Number 0 is "".  A symbol knows what else goes by its string: which fact
 * name, attribute and calendar it is, so that looking one up is one hash.
 */
#ifndef SLA_POLICY_SYMBOLS_H
#define SLA_POLICY_SYMBOLS_H

#include <stdbool.h>

#include "base/map.h"
#include "policy/policy.h"

typedef struct sla__symbol {
    const char *text; /* NUL-terminated */
    uint32_t length;
    uint16_t fact;      /* number of the fact name, or SLA__NONE */
    uint16_t fact_slot; /* slot that remembers when it happened, or SLA__NONE */
    uint16_t attribute; /* slot of the attribute, or SLA__NONE */
    uint16_t calendar;  /* number of the calendar, or SLA__NONE */
} sla__symbol;

typedef struct sla__symbols {
    sla__map map;
    sla__symbol *list;
    size_t count, capacity;
    struct sla__text_chunk *chunks; /* where the strings lie; they never move */
} sla__symbols;

/* With symbol 0 in it; NULL when out of memory. */
sla__symbols *sla__symbols_new(const sla_allocator *allocator);
void sla__symbols_free(sla__symbols *symbols, const sla_allocator *allocator);

/* The number of a string, made where there is none.  False when out of memory. */
bool sla__symbols_intern(sla__symbols *symbols, const sla_allocator *allocator, const char *text,
                         size_t length, uint32_t *symbol_out);

/* 0 where there is none. */
uint32_t sla__symbols_find(const sla__symbols *symbols, const char *text, size_t length);

#endif
