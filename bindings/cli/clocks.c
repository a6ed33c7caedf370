/* clocks.c - see clocks.h. */
#include "clocks.h"

#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum { CLOCKS_USUAL = 64 };

void clocks_init(ticket_clocks *c)
{
    memset(c, 0, sizeof *c);
    c->views = need_room(c->views, &c->capacity, CLOCKS_USUAL, sizeof *c->views);
}

void clocks_fini(ticket_clocks *c)
{
    free(c->views);
}

bool clocks_look(ticket_clocks *c, const sla_engine *engine, sla_string tenant, sla_string ticket)
{
    c->count = 0;
    if (sla_engine_clocks(engine, tenant, ticket, c->views, c->capacity, &c->count) != SLA_OK)
        return false;
    if (c->count > c->capacity) {
        c->views = need_room(c->views, &c->capacity, c->count, sizeof *c->views);
        sla_engine_clocks(engine, tenant, ticket, c->views, c->capacity, &c->count);
    }
    return true;
}
