/*
 * change.h - one change of one ticket, all or nothing: fold on or fold again,
 * compare, and only then let it stand.
 */
#ifndef SLA_ENGINE_CHANGE_H
#define SLA_ENGINE_CHANGE_H

#include "engine/act.h"
#include "engine/state.h"
#include "engine/told.h"

/* Folds the fact on, in order.  SLA_OK; SLA_ERR_NOMEM; SLA_ERR_HORIZON;
 * SLA_NEED_HISTORY; what the act says.  On error the ticket is as it was. */
int sla__change_apply(sla_engine *engine, sla__ticket *ticket, sla__act *act,
                      const sla__source *source);

/* Folds the ticket again from its history, under the policies it was opened
 * with.  `act` may be NULL. */
int sla__change_refold(sla_engine *engine, sla__ticket *ticket, sla_time now, sla__act *act,
                       const sla__source *source);

/* A correction or withdrawal of what has not been folded yet: the ticket is
 * followed up to now, each thing for its own reason. */
int sla__change_catch_up(sla_engine *engine, sla__ticket *ticket, sla_time now, sla__act *act,
                         const sla__source *source);

/* Room for all that the next item of this ticket can make, or with `waiting` the
 * next fact that waits, so that letting it pass need not ask for memory. */
bool sla__change_reserve(sla_engine *engine, sla__fold *fold, bool waiting);

/* The same for a ticket as it stands, with what it has waiting. */
bool sla__change_make_ready(sla_engine *engine, sla__ticket *ticket);

/* Takes the last fact of the world into account. */
int sla__change_world(sla_engine *engine, sla__ticket *ticket, const sla__source *source);

#endif
