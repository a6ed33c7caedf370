/*
 * pg.h - the store's parts, for its files only.
 *
 * Calls wait in a line (line.c).  A call is a list of statements with their
 * parameters, encoded when it was made, and goes to the server with a Sync behind
 * it: one transaction.  connection.c connects and drops, setup.c makes a connection
 * usable, pipeline.c sends and takes what comes, unit.c makes the statements of a
 * unit, reading.c hands rows to the sink, lease.c keeps the lease.
 */
#ifndef SLA_PG_PG_H
#define SLA_PG_PG_H

#include <libpq-fe.h>

#include <sla/pg.h>

#include "base/alloc.h"
#include "pg/arrays.h"
#include "pg/parameters.h"
#include "pg/statements.h"
#include "store/rows.h"

enum {
    SLA__PG_SHARDS = 64,
    SLA__PG_STEPS_MAX = 16,          /* statements of one call */
    SLA__PG_PARAMETERS_MAX = 48,     /* of one statement */
    SLA__PG_ASKS_SENT_MAX = 8,       /* calls on their way */
    SLA__PG_BYTES_SENT_MAX = 4 << 20 /* of their parameters; a single call may have more */
};

typedef enum sla__pg_kind {
    SLA__PG_SETUP, /* our own, before anything else on a connection */
    SLA__PG_RENEW, /* our own */
    SLA__PG_OPEN,
    SLA__PG_TICKET,
    SLA__PG_HISTORY,
    SLA__PG_OUTBOX,
    SLA__PG_AUDIT,
    SLA__PG_COMMIT,
    SLA__PG_RELEASE
} sla__pg_kind;

/* When a step is sent: a call is complete when everything that may be left out is wanted. */
typedef enum sla__pg_when {
    SLA__PG_ALWAYS,
    SLA__PG_IF_COMPLETE,
    SLA__PG_UNLESS_COMPLETE
} sla__pg_when;

typedef struct sla__pg_step {
    sla__pg_statement statement;
    sla__pg_when when;
    size_t first, count; /* its parameters */
} sla__pg_step;

typedef struct sla__pg_ask {
    struct sla__pg_ask *next;
    sla__pg_kind kind;
    sla_store_sink sink; /* open */
    int phase;           /* open, setup: which transaction it is at */

    sla__pg_parameters parameters;
    sla__pg_step steps[SLA__PG_STEPS_MAX];
    size_t step_count;
    bool complete; /* with a unit's examination, an outbox's count */

    size_t next_step; /* whose results come next */
    int result;       /* of its statements: sla_result, or one of errors.h */
    sla_error error;
    sla_store_done done; /* what it will be answered with */

    uint64_t shards;                  /* of the lease: one bit each ... */
    size_t epochs_at;                 /* ... the parameter that has their epochs */
    uint64_t last_event, deliverable; /* commit: of its events */
    bool forgets;                     /* commit: tickets that are gone */
    uint64_t after;                   /* outbox */
} sla__pg_ask;

typedef enum sla__pg_state { SLA__PG_DOWN, SLA__PG_CONNECTING, SLA__PG_READY } sla__pg_state;

typedef struct sla__pg {
    sla_store store;
    sla_allocator allocator;
    char *conninfo;
    sla_duration lease, connect_limit, answer_limit;
    bool at_once;    /* a lease of 0: whoever holds it */
    bool was_let_in; /* by the server, once */
    bool pooled;
    char *sql[SLA__PG_STATEMENTS]; /* with our schema in them */

    /* Time is the machine's boot time, which nobody sets; `host` is what the host's
     * clock was at `steady`, the beginning of the last run. */
    sla_time steady, host;

    /* The connection (connection.c). */
    sla__pg_state state;
    PGconn *connection;
    PostgresPollingStatusType polling;
    sla_time connect_until;
    sla_time heard_at; /* when the server was last heard, or waiting for it began */
    sla_time retry_at; /* not before */
    sla_duration back_off;
    uint64_t random;
    bool wants_flush;
    bool broken; /* found out while sending: the next run drops it */

    /* The line (line.c): the calls up to `last_sent` are on their way. */
    bool is_open, is_running;
    sla_store_sink sink;
    sla__pg_ask *first, *last, *last_sent;
    sla__pg_ask *boundary; /* the last when this run began */
    size_t sent_count, sent_bytes;
    sla__pg_ask *reading; /* whose results come next */
    bool armed;           /* that they come row by row has been said */
    bool rewinds;         /* those behind the first are void */

    /* The lease (lease.c). */
    bool held, renewing;
    bool given_back; /* by release, since the last open */
    uint64_t owner[2];
    int64_t epochs[SLA__PG_SHARDS];
    sla_time renew_at;

    /* Used again by each unit, each answer. */
    sla__pg_arrays arrays;
    sla__text text;
    sla__content_room room;

    /* So many events above this number are to be delivered, where it is known. */
    bool left_known;
    uint64_t left_after, left;
} sla__pg;

#endif
