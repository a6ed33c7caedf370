/*
 * apply.h - one fact applied to the truth of a ticket, in the order that
 * docs/policy.md gives ("Applying a fact").
 */
#ifndef SLA_ENGINE_APPLY_H
#define SLA_ENGINE_APPLY_H

#include "engine/act.h"
#include "engine/clock.h"

/* Applies it.  Steps before it have passed.  What only folding can find out
 * (refused, not allowed, without effect) is written into the act. */
void sla__apply(sla__run *run, sla__act *act);

/* A fact that lies before `opened`: it can only be remembered. */
void sla__apply_before_opened(sla__run *run, sla__act *act);

/* acknowledged, extended, waived (orders.c): for one clock. */
void sla__apply_order(sla__run *run, sla__act *act, sla__clock *clock);

/* Which policies the ticket has, after attributes changed; `refused` marks those
 * that ignore the fact, NULL for none (matching.c). */
void sla__apply_matching(sla__run *run, sla__act *act, const uint8_t *refused);

bool sla__has_policy(const sla__fold *fold, size_t policy);

/* The ticket goes over to the policies that were in force when the fact
 * `migrated` was recorded (migrate.c). */
void sla__apply_migration(sla__run *run, sla__act *act);

/* Clocks of targets that the policies before did not have, and that policies which
 * the ticket keeps have now (matching.c). */
void sla__apply_new_targets(sla__run *run, sla__act *act, const sla_policies *before);

/* An ended clock is to go on, and was judged by other policies: those of now give
 * it a goal.  False when none of theirs applies. */
bool sla__migration_goes_on(sla__run *run, sla__clock *clock);

/* Sets the pauses of a clock that is newer than the facts that pause it. */
void sla__replay_pauses(sla__run *run, uint16_t target, uint16_t cycle);

#endif
