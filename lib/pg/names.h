/* names.h - the tickets that a unit names, each once. */
#ifndef SLA_PG_NAMES_H
#define SLA_PG_NAMES_H

#include <sla/store.h>

typedef struct sla__pg_name {
    sla_string tenant, ticket;
    uint32_t seen;      /* facts of it so far */
    uint32_t first_seq; /* of the first of them */
    bool has_row, is_gone;
} sla__pg_name;

typedef struct sla__pg_names {
    const sla_allocator *allocator;
    sla__pg_name *list;
    size_t count;
    uint32_t *slots; /* numbers in the list, plus 1 */
    size_t slot_mask;
    uint64_t shards; /* those that they belong to, one bit each */
} sla__pg_names;

/* Room for `most` tickets; false when out of memory. */
bool sla__pg_names_init(sla__pg_names *names, const sla_allocator *allocator, size_t most);
void sla__pg_names_fini(sla__pg_names *names);

/* The ticket, found or new.  It borrows the strings. */
sla__pg_name *sla__pg_names_find(sla__pg_names *names, sla_string tenant, sla_string ticket);

#endif
