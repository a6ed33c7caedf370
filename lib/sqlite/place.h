/*
 * place.h - whether the file that is open still lies where it was opened.
 *
 * A file that was removed or replaced goes on for whoever has it open, and is gone with them:
 * what is written into it then is on no disk that anybody will look at.  Its WAL likewise; one
 * that was removed while the file was not holds what the file lacks.
 */
#ifndef SLA_SQLITE_PLACE_H
#define SLA_SQLITE_PLACE_H

#include "sqlite/database.h"

/* What lies there now is what was opened, the file and its WAL: after each connecting.  SLA_OK;
 * SLA_ERR_STORE when the file is another than that of the connection before. */
int sla__place_note(sla__database *database, sla_error *error);

/* SLA_OK while both lie there; SLA_ERR_STORE. */
int sla__place_look(sla__database *database, sla_error *error);

/* Whether SQLite has the file open that lies there: what is beside it belongs to that one. */
bool sla__place_is_ours(const sla__database *database);

#endif
