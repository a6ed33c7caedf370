/* like.h - an empty engine that has adopted what another one has. */
#ifndef SLA_ENGINE_LIKE_H
#define SLA_ENGINE_LIKE_H

#include <sla/engine.h>

/* It keeps its facts, and numbers its tickets on from the other's, so that what is
 * packed in it can be unpacked there.  SLA_OK; SLA_ERR_NOMEM. */
int sla__engine_like(const sla_engine *engine, sla_engine **engine_out);

#endif
