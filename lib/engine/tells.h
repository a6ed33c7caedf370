/* tells.h - what waits to be told of one ticket, in order. */
#ifndef SLA_ENGINE_TELLS_H
#define SLA_ENGINE_TELLS_H

#include "engine/state.h"

/* Order of what is told of one ticket: instant, policy, target, cycle, kind, step, repeat. */
bool sla__tell_before(const sla__tell *one, const sla__tell *other);

/* Whether both are about the same thing, whatever their instants. */
bool sla__tell_same(const sla__tell *one, const sla__tell *other);

/* Puts a tell into its place.  SLA_OK; SLA_ERR_NOMEM. */
int sla__tells_put(sla_engine *engine, sla__tells *tells, const sla__tell *tell);

/* The same where there is room. */
void sla__tells_insert(sla__tells *tells, const sla__tell *tell);

/* Room for so many in a ticket that has something waiting, and all that it has given back
 * when nothing waits any more.  Mostly there is one such ticket at a time, between a record
 * and the poll after it: its room goes round. */
bool sla__tells_reserve(sla_engine *engine, sla__tells *tells, size_t count);
void sla__tells_leave(sla_engine *engine, sla__tells *tells);

void sla__tells_take_out(sla__tells *tells, size_t place);

#endif
