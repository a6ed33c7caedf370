/*
 * database.h - the file: a connection with its settings, its statements, its lock.
 *
 * All of it belongs to one thread at a time.
 */
#ifndef SLA_SQLITE_DATABASE_H
#define SLA_SQLITE_DATABASE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include <sla/alloc.h>
#include <sla/error.h>
#include <sla/store.h>

#include "sqlite/lock.h"
#include "sqlite/statements.h"
#include "store/text.h"

/* What the next unit has to follow: as it is on the record, or in the transaction. */
typedef struct sla__last {
    bool known;
    uint64_t events; /* the highest number in the outbox */
    uint32_t worlds;
    /* So many events above this number are to be delivered: kept with every change, so that
     * reading page after page does not count the rest again and again. */
    bool outbox_known;
    uint64_t outbox_after, outbox_left;
} sla__last;

/* A file on a disk, whatever its name is by now; place.h. */
typedef struct sla__place {
    bool known;
    uint64_t device, inode;
} sla__place;

typedef struct sla__database {
    sla_allocator allocator;
    sla__lock lock;
    sqlite3 *handle; /* NULL: to be connected again */
    sqlite3_stmt *statements[SLA__STATEMENT_COUNT];
    sla__place file, log; /* that a service has open: one file for good, the WAL of a connection */
    int64_t epoch;        /* of the last open; 0: given back */
    sla__last last;
    sla__text text; /* room for JSON */
} sla__database;

/* What a file may be when it is connected to, and what for. */
typedef enum sla__connect_how {
    SLA__CONNECT_MAKE,  /* nothing yet: it gets its tables.  For a service: WAL, statements */
    SLA__CONNECT_KEEP,  /* as it is: nothing is an error.  For a service */
    SLA__CONNECT_INIT,  /* as MAKE, and what is missing is made again; the tables are all */
    SLA__CONNECT_TABLES /* as KEEP; the tables are all */
} sla__connect_how;

/* Finds the file, and nothing else.  Only fini may follow a failure. */
int sla__database_init(sla__database *database, const sla_allocator *allocator, const char *path,
                       bool existing, sla_error *error);

/* May it be written, and has nobody else the lock?  Then it is ours. */
int sla__database_take(sla__database *database, sla_error *error);

void sla__database_fini(sla__database *database);

/* Connects, and makes or looks at the tables.  SLA_ERR_NEWER, SLA_ERR_STATE ... as
 * sla_store_sqlite_new.  Does nothing while there is a connection. */
int sla__database_connect(sla__database *database, sla__connect_how how, sla_error *error);
void sla__database_disconnect(sla__database *database);

/* Connects to look only, whatever state the tables are in; it need not be writable.  SLA_OK;
 * SLA_ERR_STATE; SLA_ERR_STORE. */
int sla__database_look(sla__database *database, sla_error *error);

/* Disconnects in order: the file stays without a WAL, so that anybody who may read it can, the
 * files beside it gone.  Where others have it open it keeps its WAL, and the last one's. */
void sla__database_leave(sla__database *database);

/* Why the last call of SQLite failed, as a result and a sentence. */
int sla__database_failed(const sla__database *database, sla_error *error);

/* The same while it is connected: a file that is no database is SLA_ERR_STATE. */
int sla__database_unreadable(const sla__database *database, sla_error *error);

/* Runs a text without rows, or a prepared statement whose parameters are bound, up to its
 * end.  An (extended) result code of SQLite, SQLITE_OK for a good end. */
int sla__database_text(sla__database *database, const char *text);
int sla__database_do(sla__database *database, sla__statement statement);

/* Ends a transaction that failed, whatever is left of it.  Where even that fails the
 * connection goes, and with it the transaction. */
void sla__database_roll_back(sla__database *database);

/* The tables: made where there is nothing yet, else looked at.  A table that is missing is
 * SLA_ERR_STORE, nothing at all SLA_ERR_NOT_FOUND to who only looks.  mend makes views and indexes
 * that are missing. */
int sla__schema_make(sla__database *database, sla_error *error);
int sla__schema_mend(sla__database *database, sla_error *error);
int sla__schema_look(sla__database *database, sla_error *error);

/* Whether such a store made the file, whatever is left of it. */
bool sla__schema_is_ours(const sla__database *database);

/* Whether a table is missing, and which. */
bool sla__schema_lost(const sla__database *database, sla_error *error);

/* Says what is missing of the schema; how many tables. */
size_t sla__schema_missing(const sla__database *database,
                           void (*missing)(void *context, const char *text), void *context);

#endif
