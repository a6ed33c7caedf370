/* line.h - the calls in their order: those on their way to the server, then those
 * that wait. */
#ifndef SLA_PG_LINE_H
#define SLA_PG_LINE_H

#include "pg/pg.h"

/* A call without steps; NULL when out of memory.  It is in no line yet. */
sla__pg_ask *sla__pg_ask_new(sla__pg *own, sla__pg_kind kind, uint64_t number);
void sla__pg_ask_free(sla__pg *own, sla__pg_ask *ask);

/* A statement whose parameters are those added from now on, up to the next one. */
void sla__pg_step_add(sla__pg_ask *ask, sla__pg_statement statement);
void sla__pg_step_end(sla__pg_ask *ask);

/* When the last one is sent.  And another with its parameters, more may follow, that is sent
 * instead of it when `when` holds. */
void sla__pg_step_when(sla__pg_ask *ask, sla__pg_when when);
void sla__pg_step_instead(sla__pg_ask *ask, sla__pg_statement statement, sla__pg_when when);

/* The first from `i` on that is sent, or the count of all. */
size_t sla__pg_step_from(const sla__pg_ask *ask, size_t i);

void sla__pg_steps_clear(sla__pg_ask *ask);

/* Behind all others; behind those that are on their way. */
void sla__pg_line_put(sla__pg *own, sla__pg_ask *ask);
void sla__pg_line_put_next(sla__pg *own, sla__pg_ask *ask);

/* The first that is not on its way, or NULL. */
sla__pg_ask *sla__pg_line_next(const sla__pg *own);

/* Whether a connection is wanted. */
bool sla__pg_line_wants(const sla__pg *own);

/* The first is answered with its result and goes. */
void sla__pg_line_answer(sla__pg *own);

/* Those on their way, or `all` that were there when this run began, are answered with
 * `result`.  Only who opens is told what is wrong with the database: of a unit,
 * SLA_ERR_REFUSED would say that it is bad. */
void sla__pg_line_fail(sla__pg *own, bool all, int result, const sla_error *error);

#endif
