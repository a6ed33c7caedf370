/*
 * migrate.h - a fold and what waits to be told of it, in the numbers of other
 * policies, by names; and the fact `migrated`.
 */
#ifndef SLA_ENGINE_MIGRATE_H
#define SLA_ENGINE_MIGRATE_H

#include "engine/counterpart.h"
#include "engine/state.h"

/*
 * Makes `made` (not initialised) say under the policies numbered `rules` what
 * `fold` says under its own: policies, targets, steps, reasons and at_once
 * rules are found by name, what has no counterpart is left out, but for what is
 * needed so that nothing is told twice under one identity.  Attributes are not
 * carried: they are read from the facts again.  False: out of memory.
 */
bool sla__fold_translate(sla_engine *engine, const sla__fold *fold, uint32_t rules,
                         sla__fold *made);

/* The same of what is to be told, from place `first` on.  Cannot fail. */
void sla__tells_translate(const sla__pair *pair, sla__tells *tells, size_t first);

/*
 * The number of the policies that read the fact at `offset` of the history, the
 * newest one: those that the ticket has where the fact lies among the others,
 * whatever it went over to later; for `migrated` those that it brings
 * (in_force.c).  SLA_OK; SLA_NEED_HISTORY; SLA_ERR_NOMEM.
 */
int sla__rules_in_force(sla_engine *engine, const sla__ticket *ticket, const sla_fact *fact,
                        size_t offset, uint32_t *rules_out);

/* The highest cycle that a clock of the target had when a migration left it out. */
uint16_t sla__left_cycle(const sla_engine *engine, const sla__fold *fold, uint16_t target);

#endif
