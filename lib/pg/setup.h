/* setup.h - a new connection is looked at, set and taught the statements. */
#ifndef SLA_PG_SETUP_H
#define SLA_PG_SETUP_H

#include "pg/pg.h"

/* The call that does it goes in front of the line. */
void sla__pg_setup_begin(sla__pg *own);

/* Sends its phase, in place of steps.  False: libpq did not take it. */
bool sla__pg_setup_send(sla__pg *own, sla__pg_ask *ask);

/* The rows of a statement of its phase. */
void sla__pg_setup_rows(sla__pg *own, sla__pg_ask *ask, const PGresult *rows);

/* The phase is done: the next one, or it is answered, or the connection dropped. */
void sla__pg_setup_done(sla__pg *own, sla__pg_ask *ask);

#endif
