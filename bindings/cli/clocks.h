/* clocks.h - the clocks of a ticket, in room that serves one ticket after the other. */
#ifndef SLA_CLI_CLOCKS_H
#define SLA_CLI_CLOCKS_H

#include <stdbool.h>

#include <sla/engine.h>

typedef struct ticket_clocks {
    sla_clock_view *views;
    size_t count, capacity;
} ticket_clocks;

void clocks_init(ticket_clocks *c);
void clocks_fini(ticket_clocks *c);

/* As they stand now; false, and none, when the engine has no such ticket. */
bool clocks_look(ticket_clocks *c, const sla_engine *engine, sla_string tenant, sla_string ticket);

#endif
