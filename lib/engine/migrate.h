/*
 * migrate.h - a fold in the numbers of other policies, by names.
 */
#ifndef SLA_ENGINE_MIGRATE_H
#define SLA_ENGINE_MIGRATE_H

#include "engine/state.h"

/*
 * Makes `made` (not initialised) say under the policies numbered `rules` what
 * `fold` says under its own: policies, targets, steps, reasons and at_once
 * rules are found by name, what has no counterpart is left out.  Attributes
 * are not carried: they are read from the facts again.  False: out of memory.
 */
bool sla__fold_translate(sla_engine *engine, const sla__fold *fold, uint32_t rules,
                         sla__fold *made);

#endif
