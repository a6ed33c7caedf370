/*
 * write.h - a unit goes into the tables, inside a transaction that others began.
 */
#ifndef SLA_SQLITE_WRITE_H
#define SLA_SQLITE_WRITE_H

#include "sqlite/database.h"

/* For the files that write: `why` as SLA_ERR_REFUSED; a statement run when all of its
 * parameters could be bound. */
int sla__write_refuse(const sla__database *database, sla_error *error, const char *why);
int sla__write_do(sla__database *database, sla__statement statement, bool bound, sla_error *error);

/* Reads what the next unit has to follow.  SLA_OK; SLA_ERR_STORE. */
int sla__write_begin(sla__database *database, sla_error *error);

/*
 * Writes a unit whole or not at all.  True: *result_out is its answer, if the
 * transaction comes to its end.  False: the transaction is lost, and `error` says
 * why.
 */
bool sla__write_unit(sla__database *database, const sla_unit *unit, int *result_out,
                     sla_error *error);

/* The facts, tickets, events ... of a unit, each after the check of its key.  SLA_OK;
 * SLA_ERR_REFUSED and SLA_ERR_EXISTS for its content; SLA_ERR_STORE when SQLite fails. */
int sla__write_facts(sla__database *database, const sla_unit *unit, sla_error *error);
int sla__write_tickets(sla__database *database, const sla_unit *unit, sla_error *error);
int sla__write_events(sla__database *database, const sla_unit *unit, sla_error *error);
int sla__write_marks(sla__database *database, const sla_unit *unit, sla_error *error);
int sla__write_world(sla__database *database, const sla_unit *unit, sla_error *error);

/* A ticket has one row in a unit, and one that is forgotten nothing else. */
int sla__write_check_tickets(const sla__database *database, const sla_unit *unit, sla_error *error);

#endif
