/*
 * inspect.h - whether the rows of tickets are what their packed states say.
 *
 *     sla__inspection_init(&inspection, &allocator, complaint, context);
 *     sla__inspection_world(&inspection, &world, &error)    each of the record, in order
 *     sla__inspection_ticket(&inspection, &row, &error)     each row, in any order
 *
 * A ticket is taken in, as a service would, and goes again: memory does not grow with their
 * number.  Its columns are then made anew and compared, but for its attributes, which come from
 * its facts.  What was adopted since it was packed does not count: a service writes the row anew
 * when it has followed.
 */
#ifndef SLA_STORE_INSPECT_H
#define SLA_STORE_INSPECT_H

#include <sla/store.h>

#include "store/rows.h"

typedef struct sla__inspection {
    sla_allocator allocator;
    void (*complaint)(void *context, const sla_ticket_complaint *complaint); /* or NULL */
    void *context;
    sla_worlds *worlds;
    uint64_t bad;    /* tickets */
    sla_error first; /* of the first complaint */
    /* Used again by each ticket. */
    char *state;
    size_t state_capacity;
    sla_clock_view *clocks;
    size_t clock_capacity;
    sla__text text;
} sla__inspection;

/* SLA_OK; SLA_ERR_NOMEM: then only fini may follow. */
int sla__inspection_init(sla__inspection *inspection, const sla_allocator *allocator,
                         void (*complaint)(void *context, const sla_ticket_complaint *complaint),
                         void *context);
void sla__inspection_fini(sla__inspection *inspection);

/* SLA_OK; SLA_ERR_REFUSED for one that does not come into force: no ticket can be looked at then;
 * SLA_ERR_NOMEM. */
int sla__inspection_world(sla__inspection *inspection, const sla_stored_world *world,
                          sla_error *error);

/* `row` NULL: it cannot be read.  SLA_OK, whatever is found; SLA_ERR_NOMEM. */
int sla__inspection_ticket(sla__inspection *inspection, sla_string tenant, sla_string ticket,
                           const sla__ticket_row *row);

/* What all came to: SLA_OK, or SLA_ERR_REFUSED with the first complaint. */
int sla__inspection_end(const sla__inspection *inspection, sla_error *error);

#endif
