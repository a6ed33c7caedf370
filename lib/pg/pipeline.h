/* pipeline.h - calls go out and results come in, several transactions at once. */
#ifndef SLA_PG_PIPELINE_H
#define SLA_PG_PIPELINE_H

#include "pg/pg.h"

/* Sends what waits, as far as there is room on the way. */
void sla__pg_send(sla__pg *own);

/* Takes what has come, and answers.  May drop the connection. */
void sla__pg_receive(sla__pg *own);

/* Sends a last call, which nobody waits for, as far as that goes at once. */
void sla__pg_farewell(sla__pg *own, sla__pg_ask *ask);

/* Whether there is something that sla__pg_send would send. */
bool sla__pg_may_send(const sla__pg *own);

#endif
