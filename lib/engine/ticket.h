/* ticket.h - the table of tickets: found by name, woken by time. */
#ifndef SLA_ENGINE_TICKET_H
#define SLA_ENGINE_TICKET_H

#include "engine/state.h"

/* The slot of a ticket, or SLA__MAP_NONE. */
uint32_t sla__ticket_find(const sla_engine *engine, sla_string tenant, sla_string ticket);

/* The same, which looks at `slot` first: there it was found last. */
uint32_t sla__ticket_find_near(const sla_engine *engine, uint32_t slot, sla_string tenant,
                               sla_string ticket);

/* The tag of the ticket whose event was told last, or NULL. */
uint32_t *sla__ticket_told(const sla_engine *engine);

/* Under which the map has its slot. */
uint32_t sla__berth_hash(const sla__berth *berth);

/* Called as its berth says. */
void sla__ticket_name(sla__ticket *ticket, const sla__berth *berth);

/* A new ticket without facts, awake; SLA__MAP_NONE when out of memory. */
uint32_t sla__ticket_new(sla_engine *engine, sla_string tenant, sla_string ticket);

/* Drops it, with its timer and its place in the map. */
void sla__ticket_drop(sla_engine *engine, uint32_t slot);

/* Somebody keeps tickets with numbers up to this one: new ones get higher ones. */
void sla__ticket_number_on(sla_engine *engine, uint64_t number);

/* The opening number of the ticket in the slot of `engine`, by which timers of one instant are
 * ordered. */
uint64_t sla__ticket_number(const void *engine, uint32_t slot);

/* Its next item, or what waits to be told before that. */
sla_time sla__ticket_next_at(const sla__ticket *ticket);

/* Puts the timer of a ticket that is awake where it belongs. */
void sla__ticket_schedule(sla_engine *engine, uint32_t slot);

/* The same, of a ticket whose next item is known to come at an instant. */
void sla__ticket_schedule_at(sla_engine *engine, uint32_t slot, sla_time item_at);

/* With history in the store: forgets the facts, unless one waits for its time or
 * something is still to be told of them. */
void sla__ticket_let_history_go(sla_engine *engine, sla__ticket *ticket);

/* The same after a record: all facts, where they were needed, stay at hand until the
 * next one, for sla_engine_attributes. */
void sla__ticket_put_history_by(sla_engine *engine, uint32_t slot);

/* All of it is told; its facts stay for the caller to read until the next call. */
void sla__ticket_drained(sla_engine *engine, uint32_t slot);

/* The next call has come: for all tickets that drained. */
void sla__engine_let_go(sla_engine *engine);

#endif
