/*
 * copy.h - deep copies of what crosses between two threads.
 *
 * A copy is made twice over the same path: the first time it is only measured, the
 * second time written into room of that size.  So there is one description of what
 * a part is made of, and one block for all of it.
 */
#ifndef SLA_SQLITE_COPY_H
#define SLA_SQLITE_COPY_H

#include <sla/store.h>

typedef struct sla__copier {
    unsigned char *block; /* aligned for anything; NULL: measure only */
    size_t size;          /* so far */
} sla__copier;

/* Each leaves the given part pointing into the copy.  What a measuring copier leaves
 * is not to be looked at. */
void sla__copy_string(sla__copier *to, sla_string *string);
void sla__copy_fact(sla__copier *to, sla_stored_fact *fact);
void sla__copy_ticket(sla__copier *to, sla_stored_ticket *ticket);
void sla__copy_event(sla__copier *to, sla_stored_event *event);
void sla__copy_mark(sla__copier *to, sla_stored_mark *mark);
void sla__copy_world(sla__copier *to, sla_stored_world *world);
void sla__copy_unit(sla__copier *to, sla_unit *unit);

#endif
