/* errors.h - what the server's errors mean, and how little of them is passed on. */
#ifndef SLA_PG_ERRORS_H
#define SLA_PG_ERRORS_H

#include <libpq-fe.h>
#include <stdbool.h>

#include <sla/error.h>

enum {
    SLA__PG_WRITTEN = 100, /* SLA00: the unit is on the record */
    SLA__PG_LOOK_CLOSER,   /* refused; an examination says why */
    SLA__PG_LOST           /* the connection, or what it stood for */
};

/* One of sla_result or of the above, and its text. */
int sla__pg_failure(const PGresult *result, sla_error *error);

/* Why there is no connection, without what stood in the connection string.  `late`: the time
 * for it is over.  SLA_ERR_STORE; SLA_ERR_REFUSED for what does not pass by itself. */
int sla__pg_connection_error(const PGconn *connection, bool late, sla_error *error);

/* The server is there and lets nobody in by this name, password or database. */
bool sla__pg_login_is_refused(const PGconn *connection);

__attribute__((format(printf, 3, 4))) int sla__pg_error(sla_error *error, int code,
                                                        const char *format, ...);

#endif
