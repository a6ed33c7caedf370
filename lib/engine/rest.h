/*
 * rest.h - tickets awake and at rest.
 *
 * A ticket at work takes ten times the bytes that it takes packed, and most wait
 * for days.  So only those that were touched last stay laid out for work; the others
 * lie in their berths as bytes (rest_form.h), and nobody can tell: whatever
 * is asked of one is asked of what is read from them.
 *
 * Tickets come to rest only as a call begins that may change something, for what the
 * call before handed out may point into them.
 */
#ifndef SLA_ENGINE_REST_H
#define SLA_ENGINE_REST_H

#include "engine/state.h"

/* So many stay awake where nothing else is said. */
enum { SLA__AWAKE_MOST = 2048 };

/* The ticket, laid out for work.  NULL: out of memory, nothing has changed. */
sla__ticket *sla__ticket_wake(sla_engine *engine, uint32_t slot);

/* The ticket to look at, until the next call here.  Takes no memory: there is room
 * for every ticket that came to rest. */
const sla__ticket *sla__ticket_read(const sla_engine *engine, uint32_t slot);

/* A call begins: those touched longest ago come to rest until no more than wanted are
 * awake.  What there is no memory for stays awake. */
void sla__engine_settle(sla_engine *engine);

/* A ticket that is awake waits for nothing more: it is among the next to rest. */
void sla__ticket_makes_way(sla_engine *engine, sla__ticket *ticket);

/* Room for a ticket, blank but for the memory of its fold and of what it tells; there
 * is a place for it among those awake.  NULL: out of memory. */
sla__ticket *sla__room_take(sla_engine *engine);
void sla__room_leave(sla_engine *engine, sla__ticket *ticket);
void sla__room_free(sla_engine *engine, sla__ticket *ticket);

/* The ticket lies awake in the berth. */
void sla__ticket_awakes(sla_engine *engine, uint32_t slot, sla__ticket *ticket);

/* What rests in the ticket's berth, laid out in a blank room, whose facts are those in the berth.
 * SLA_ERR_NOMEM, or what a fact of the world that it meets answers. */
int sla__berth_read(sla_engine *engine, uint32_t slot, sla__ticket *room);

/* The same ticket at rest in a berth of its own, beside the one in the table; NULL: out
 * of memory. */
sla__berth *sla__berth_make(sla_engine *engine, uint32_t slot, const sla__ticket *ticket);

/* Of the ticket's slot, with all that lies in it. */
void sla__berth_drop(sla_engine *engine, uint32_t slot);

/* When the ticket at rest was touched last. */
sla_time sla__berth_touched_at(const sla__berth *berth);

/* The opening number of the ticket at rest. */
uint64_t sla__berth_number(const sla__berth *berth);

/* Bytes that the berth takes. */
size_t sla__berth_size(const sla__berth *berth);

static inline const char *sla__berth_name(const sla__berth *berth)
{
    return (const char *)(berth + 1);
}

#endif
