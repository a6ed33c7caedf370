/*
 * pg_server.h - a PostgreSQL for a test program, and databases in it.
 *
 * The server is that of the ctest fixture (SLA_PG_SERVER names the file with its
 * folder), or one of the program's own, which ends with it.  Where there is none the
 * test is skipped.
 */
#ifndef SLA_TESTS_PG_SERVER_H
#define SLA_TESTS_PG_SERVER_H

#include <libpq-fe.h>
#include <stddef.h>

#include <sla/pg.h>

/* The folder of its socket. */
const char *pg_server_folder(void);

/* The same, of a server that this program alone has: it may be killed. */
const char *pg_server_own_folder(void);

/* Stopped as by a power cut; started again. */
void pg_server_kill(const char *folder);
void pg_server_up(const char *folder);

/* A new database of the role sla_test, empty; its name.  Static memory. */
const char *pg_server_database(const char *folder);

/* "host=... dbname=... user=..." in static memory, good until the next call. */
const char *pg_server_conninfo(const char *folder, const char *database, const char *user);

/* A new database: how the role sla_test reaches it, and how the server's own does; `size` bytes
 * each. */
void pg_server_begin(char *conninfo, char *admin, size_t size);

/* Empties the schema of the database, and makes it anew. */
void pg_server_make_schema(const char *conninfo);

/* One statement on a connection of its own; the first value of its first row, or "".
 * Static memory.  Fails the test where the server complains. */
const char *pg_server_say(const char *conninfo, const char *sql);

#endif
