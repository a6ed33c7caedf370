/* bind.h - parameters and columns in the types of sla/store.h. */
#ifndef SLA_SQLITE_BIND_H
#define SLA_SQLITE_BIND_H

#include <sqlite3.h>

#include <sla/engine.h>

/* Each returns a result code of SQLite.  What is bound is borrowed: it stays where it
 * is until the statement is reset or bound anew. */
int sla__bind_string(sqlite3_stmt *statement, int at, sla_string string); /* '' where absent */
int sla__bind_string_or_null(sqlite3_stmt *statement, int at, sla_string string);
int sla__bind_word(sqlite3_stmt *statement, int at, const char *word); /* NULL: "" */
int sla__bind_time(sqlite3_stmt *statement, int at, sla_time instant); /* NULL: SLA_NEVER */
int sla__bind_number(sqlite3_stmt *statement, int at, uint64_t number);

/* Borrowed until the next step.  The data is NULL for NULL and when out of memory, and only
 * then. */
sla_string sla__column_string(sqlite3_stmt *statement, int at);
sla_string sla__column_bytes(sqlite3_stmt *statement, int at);

/* NULL is SLA_NEVER. */
sla_time sla__column_time(sqlite3_stmt *statement, int at);

#endif
