/*
 * timeline.h - following a ticket through time: facts, facts of the world and
 * steps in their order, by one fact after the other or from the beginning.
 */
#ifndef SLA_ENGINE_TIMELINE_H
#define SLA_ENGINE_TIMELINE_H

#include "engine/act.h"
#include "engine/clock.h"

/* A run over a ticket's fold (or a copy of it) that tells into `sink`. */
sla__run sla__run_over(sla_engine *engine, sla__ticket *ticket, sla__fold *fold, sla__tells *sink);

/* The clock whose item comes first, or NULL. */
sla__clock *sla__timeline_next(const sla__fold *fold);

/* When something next happens to the ticket by itself: a step, or a fact that
 * waits for its time. */
sla_time sla__timeline_next_at(const sla__ticket *ticket);

/* When the next item passes: a step, a cap, a derived fact ...; SLA_NEVER. */
sla_time sla__timeline_item_at(const sla__fold *fold);

/* Lets the first item pass. */
void sla__timeline_step(sla__run *run);

/* The same where it is known to be that of a clock. */
void sla__timeline_pass(sla__run *run, sla__clock *clock);

/* Lets everything up to `until` pass that needs no fact: strictly before it,
 * or with it. */
void sla__timeline_follow(sla__run *run, sla_time until, bool with);

/* Applies a fact in its order, once what lies before it has been followed. */
void sla__timeline_apply(sla__run *run, sla__act *act);

/* The same where nothing lies before it. */
void sla__timeline_take(sla__run *run, sla__act *act);

/* Replans live clocks whose calendar the fact of the world `world` replaced. */
void sla__timeline_world(sla__run *run, uint32_t world);

/* Whether the fold can take a fact of that instant without folding again. */
bool sla__timeline_in_order(const sla__fold *fold, sla_time at, uint32_t seq);

/*
 * Folds the ticket from its history into `fold` (initialised, empty), up to
 * `now` and with what is due then.  `act` stands for the fact numbered its seq,
 * NULL for none; what became of it is written into it.
 */
void sla__timeline_refold(sla__run *run, sla_time now, sla__act *act);

/* Applies the facts that waited for their time, up to `now`. */
void sla__timeline_apply_waiting(sla__run *run, sla_time now);

/* Only the first of them. */
void sla__timeline_apply_next_waiting(sla__run *run, sla_time now, sla__act *act);

/* Forgets why dues moved, before something new happens. */
void sla__timeline_forget_moves(sla__fold *fold);

/* The next fact that was recorded ahead of its time; false for none. */
bool sla__timeline_waiting(sla_engine *engine, const sla__ticket *ticket, sla__entry *entry_out);

/* When it is due, or SLA_NEVER. */
sla_time sla__timeline_future(sla_engine *engine, const sla__ticket *ticket);

#endif
