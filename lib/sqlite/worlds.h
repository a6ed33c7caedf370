/* worlds.h - what was adopted, out of rows: one world after the other, with its documents. */
#ifndef SLA_SQLITE_WORLDS_H
#define SLA_SQLITE_WORLDS_H

#include "sqlite/database.h"

/* By SLA__SQL_WORLDS and SLA__SQL_DOCUMENTS, prepared.  Ends with the first result of `give` that
 * is not SLA_OK.  SLA_OK; SLA_ERR_STORE. */
int sla__worlds_read(sla__database *database, sqlite3_stmt *worlds, sqlite3_stmt *documents,
                     int (*give)(void *context, const sla_stored_world *world, sla_error *error),
                     void *context, sla_error *error);

#endif
