/* rows.h - a row of lib/store as parameters of a statement, and as its result. */
#ifndef SLA_SQLITE_ROWS_H
#define SLA_SQLITE_ROWS_H

#include <sqlite3.h>
#include <stdbool.h>

#include "store/column.h"

/* Parameters 1 to table->count.  A result code of SQLite; SQLITE_TOOBIG for a number that
 * its column has no room for. */
int sla__row_bind(sqlite3_stmt *statement, const sla__table *table, const void *row);

/* Columns 0 to table->count - 1; texts are borrowed until the next step.  False when a
 * value cannot be its column's. */
bool sla__row_read(sqlite3_stmt *statement, const sla__table *table, void *row);

#endif
