/*
 * clocks.h - the clocks of a ticket as a JSON array, for the view `clock`.
 *
 *     [{"policy":"complaint","version":"1","rank":40,"clocks":[
 *       {"target":"resolved","due_at":1772586000000000},
 *       {"target":"triaged","state":"met","due_at":1772416800000000,"ended_at":1772414100000000}]}]
 *
 * It is rewritten whenever something happens to the ticket, so it is short: what a member
 * nearly always is, is left out (docs/store.md has the list), and so are clocks that wait for
 * their beginning, of which many never come to one.
 */
#ifndef SLA_STORE_CLOCKS_H
#define SLA_STORE_CLOCKS_H

#include <sla/engine.h>

#include "engine/json_write.h"

/* `clocks` in order of policy, as sla_engine_clocks gives them.  Nothing where none has begun. */
void sla__clocks_put(sla__json_out *out, const sla_clock_view *clocks, size_t count,
                     sla_time opened_at);

#endif
