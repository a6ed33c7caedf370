/* adopt.h - facts of the world for a ticket that was away when they came. */
#ifndef SLA_ENGINE_ADOPT_H
#define SLA_ENGINE_ADOPT_H

#include "engine/state.h"

/* All but the first `known` of them come to the ticket, one after the other.
 * SLA_OK; SLA_ERR_NOMEM; on error the ticket is to be thrown away. */
int sla__adopted_since(sla_engine *engine, sla__ticket *ticket, uint32_t known);

#endif
