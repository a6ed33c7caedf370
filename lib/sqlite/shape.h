/* shape.h - whether the tables of a file are as this release makes them. */
#ifndef SLA_SQLITE_SHAPE_H
#define SLA_SQLITE_SHAPE_H

#include <sqlite3.h>

/* Says of each column, key and identity what is not as in schema.sql; and of each column that
 * somebody added and that a service would have to give.  A result code of SQLite, SQLITE_OK
 * whatever is found. */
int sla__shape_look(sqlite3 *file, void (*said)(void *context, const char *text), void *context);

#endif
