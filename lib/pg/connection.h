/* connection.h - the connection: begun, followed, dropped, begun anew. */
#ifndef SLA_PG_CONNECTION_H
#define SLA_PG_CONNECTION_H

#include "pg/pg.h"

/* The machine's own clock, which the host cannot set. */
sla_time sla__pg_steady(void);

/* Goes on with connecting, when it is time.  Never waits, but for what libpq does. */
void sla__pg_connect(sla__pg *own);

/* It is of no use any more: calls that are on its way (`all`: all that were there
 * when this run began) are answered with `result`; a new one is begun after a while. */
void sla__pg_drop(sla__pg *own, bool all, int result, const sla_error *error);

/* Whether its socket is ready for these events of poll(2). */
bool sla__pg_is_ready(const sla__pg *own, short events);

/* Closes it, if there is one; nobody is answered. */
void sla__pg_disconnect(sla__pg *own);

/* A connection object for this conninfo, being connected; NULL when out of memory. */
PGconn *sla__pg_connect_start(const char *conninfo);

/* What the server says unasked is not printed. */
void sla__pg_hush(PGconn *connection);

/* The connection can be used: setup is done. */
void sla__pg_connected(sla__pg *own);

#endif
