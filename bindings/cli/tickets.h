/* tickets.h - the tickets of a run and one attribute of each, for the summary. */
#ifndef SLA_CLI_TICKETS_H
#define SLA_CLI_TICKETS_H

#include <sla/engine.h>

typedef struct ticket {
    char *tenant, *ticket;
    size_t tenant_length, ticket_length;
    char *value;       /* of the attribute; NULL: none */
    sla_time value_at; /* occurred_at of the fact that set it */
} ticket;

typedef struct tickets {
    const char *attribute;
    bool attribute_seen;
    ticket *list;
    size_t count, capacity;
    uint32_t *slots; /* open addressing: number of the ticket + 1 */
    size_t slot_count;
} tickets;

void tickets_init(tickets *t, const char *attribute);
void tickets_fini(tickets *t);

/* What a recorded fact says of its ticket.  Of several values the one that
 * happened last counts, and of one instant the one recorded last. */
void tickets_note(tickets *t, const sla_fact *fact);

#endif
