/* event.h - what is told, put into words: an sla_event out of a tell. */
#ifndef SLA_ENGINE_EVENT_H
#define SLA_ENGINE_EVENT_H

#include "engine/state.h"
#include "engine/json_write.h"

/* Fills the event.  Strings are borrowed from the engine's policies and the ticket. */
void sla__event_fill(sla_engine *engine, const sla__ticket *ticket, const sla__tell *tell,
                     sla_time now, bool late, sla_event *event);

/* The rank of a policy's clocks on the ticket, by its number. */
int32_t sla__rank_of(const sla_policies *policies, const sla__fold *fold, uint16_t number);

/* One clock as it stands (view.c). */
void sla__clock_view_fill(const sla_engine *engine, const sla__ticket *ticket,
                          const sla__clock *clock, sla_clock_view *view);

/* Whether a live clock has the nearest due of its metric on the ticket. */
bool sla__clock_governs(const sla_engine *engine, const sla__fold *fold, const sla__clock *clock);

/* What waivers say of a clock: left out of the figures, and the span credited. */
bool sla__clock_excluded(const sla__fold *fold, const sla__clock *clock);

/* Met, or met were what waivers credit added to the due. */
bool sla__clock_adjusted_met(const sla_engine *engine, const sla__ticket *ticket,
                             const sla__clock *clock);

/* The members of an event that say what it is about: in both forms of JSON the same. */
void sla__out_event(sla__json_out *out, const sla_event *event);

#endif
