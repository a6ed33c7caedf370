/* answer.h - what a call's statements came to. */
#ifndef SLA_PG_ANSWER_H
#define SLA_PG_ANSWER_H

#include "pg/pg.h"

/* The lease is ours: what is on the record is asked for. */
void sla__pg_open_load(sla__pg *own, sla__pg_ask *ask);

/* Whether this page of the outbox, about to be sent, has to count what is behind it. */
bool sla__pg_must_count(const sla__pg *own, uint64_t after);

/* The call's result becomes one of sla_result, and the store knows what follows. */
void sla__pg_settle(sla__pg *own, sla__pg_ask *ask);

#endif
