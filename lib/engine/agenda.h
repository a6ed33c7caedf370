/*
 * agenda.h - which ticket wants to be looked at next: the timers of all, and one ticket
 * in a hurry before them.
 *
 * Most facts have something to tell at once, which the next poll takes away.  To move the
 * ticket's timer to the front for so long, and back again, would cost more than all else
 * about timers: it is remembered here, for one ticket at a time, while its timer stands
 * where its next item does.
 */
#ifndef SLA_ENGINE_AGENDA_H
#define SLA_ENGINE_AGENDA_H

#include "engine/state.h"

/* The ticket wants to be looked at then; never for SLA_NEVER. */
void sla__agenda_set(sla_engine *engine, uint32_t slot, sla_time at, uint64_t order);

/* The same, and later once more. */
void sla__agenda_hurry(sla_engine *engine, uint32_t slot, sla_time at, uint64_t order,
                       sla_time later);

/* When the ticket wants to be looked at, or SLA_NEVER. */
sla_time sla__agenda_at(const sla_engine *engine, uint32_t slot);

/* Who comes first, and when; false when nobody wants anything. */
bool sla__agenda_first(const sla_engine *engine, sla__timer *first_out);

#endif
