/*
 * sla/pg.h - a store in PostgreSQL, 14 or newer (libsla-pg).
 *
 *     sla_pg_options options = SLA_PG_OPTIONS_INIT;
 *     sla_store *store;
 *
 *     options.conninfo = "service=sla";
 *     sla_store_pg_new(&options, &store, &error);
 *
 * and the store goes into sla_service_options.  It connects when the service opens
 * it, and again by itself whenever the connection is lost.  No call waits for the
 * server: the store says which socket it waits for and until when, as every store.
 * A unit is one implicit transaction, sent in one go; several are on their way at
 * once.  A server that does not answer in time is a lost connection.
 *
 * The schema (docs/store.md) is made beforehand, by sla_store_pg_init or
 * `sla db init`.  The role is an ordinary one that may read and write its tables: the one
 * that made the schema, or a member of sla_engine, which lib/pg/roles.sql makes.  A superuser is
 * refused.
 *
 * When a name is looked up.  libpq looks up the host's name inside the call that
 * connects, and that may take as long as the resolver takes.  Give `hostaddr` with
 * `host` (which stays for sslmode=verify-full) where the loop cannot wait for it.
 *
 * One service at a time.  Opening takes a lease of all shards, by the server's clock;
 * run renews it.  Another service that opens is answered SLA_ERR_BUSY until the
 * lease was given back or has run out; whoever has lost it is answered SLA_ERR_FENCED,
 * in the transaction of the unit itself, and hears of it unasked when it is to be
 * renewed (not with a lease of 0, which nobody renews).  A lease that is shorter than a load may be
 * lost while loading: then open answers SLA_ERR_BUSY as well.
 *
 * What is refused when it opens (SLA_ERR_REFUSED, with the reason): a superuser, for
 * whom no right is checked; synchronous_commit=off, which would forget what was
 * answered as written; a server older than 14; a database whose encoding is not
 * UTF8; a database without the schema; and, as long as it has not been let in once, a
 * login that the server refuses (28000, 28P01, 3D000).
 *
 * Of what the server says only SQLSTATE, primary message and the name of a
 * constraint are passed on, also when it turns the connection away (28P01, 28000,
 * 3D000, 53300 ...); of the connection string only what the server names in those words,
 * a database, a role or a setting that it does not have, and no secret ever: a service
 * that is not defined, an option that libpq does not take, a host whose name is not known,
 * a server that refuses or does not answer are said in words of the store's own.
 */
#ifndef SLA_PG_H
#define SLA_PG_H

#include <stdbool.h>

#include <sla/alloc.h>
#include <sla/base.h>
#include <sla/error.h>
#include <sla/store.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sla_pg_options {
    size_t size;                    /* sizeof(sla_pg_options); grows only at the end */
    const sla_allocator *allocator; /* NULL: the C library's; libpq has its own */
    const char *conninfo;           /* as libpq reads it: key=value pairs or a URI */
    const char *schema;             /* [a-z_][a-z0-9_]{0,62}; NULL: sla */
    sla_duration lease;             /* 0: take over at once, whoever holds it */
    sla_duration connect_limit;     /* for each host; 0: 5 s */
    sla_duration answer_limit;      /* without a word of the server; 0: 10 s */
    /* Behind a pooler that hands out another connection for each transaction: no
     * prepared statements and no settings of the session; set those of the role. */
    bool pooled;
} sla_pg_options;

#define SLA_PG_OPTIONS_INIT                                                                        \
    {                                                                                              \
        sizeof(sla_pg_options), NULL, NULL, NULL, 15 * SLA_SECOND, 0, 0, false                     \
    }

/*
 * A store, not connected yet.  SLA_OK; SLA_ERR_ARGUMENT for a connection string that
 * libpq cannot read, a name that is no schema's, options that are none (see
 * sla/base.h); SLA_ERR_STORE where the kernel gives no random bits, by which a store is told from
 * others; SLA_ERR_NOMEM.
 */
SLA_API int sla_store_pg_new(const sla_pg_options *options, sla_store **store_out,
                             sla_error *error);

/*
 * The schema, for `sla db`.  Each has a connection of its own and waits for the
 * server.  Two at once take turns; what is done already is not done again.
 *
 * init makes it where it is not, and again what is derived (views, an index, functions)
 * where that is missing; a lost table is SLA_ERR_STORE.  migrate brings an older one up to
 * this release, and makes what is derived anew;
 * look asks what is there and whether a service could run as this role, and no row: it is quick
 * however many there are.  check asks that, and what must hold of facts, tickets, events, marks
 * and documents between each other, as they are at one moment; beside a service, it locks
 * nothing.  `complaint` (may be NULL) is called with a sentence for each thing that is not so, at
 * most a hundred.
 *
 * SLA_OK; SLA_ERR_NOT_FOUND when there is none (look, check, migrate); SLA_ERR_STATE when
 * migrate has to come first (look, check); SLA_ERR_NEWER when a newer release made it;
 * SLA_ERR_REFUSED with the first complaint in `error`, and for what the server refuses;
 * SLA_ERR_STORE when it cannot be reached; SLA_ERR_ARGUMENT; SLA_ERR_NOMEM.  On error
 * nothing has changed.
 */
SLA_API int sla_store_pg_init(const sla_pg_options *options, sla_error *error);
SLA_API int sla_store_pg_migrate(const sla_pg_options *options, sla_error *error);
SLA_API int sla_store_pg_look(const sla_pg_options *options,
                              void (*complaint)(void *context, const char *text), void *context,
                              sla_error *error);
SLA_API int sla_store_pg_check(const sla_pg_options *options,
                               void (*complaint)(void *context, const char *text), void *context,
                               sla_error *error);

/*
 * Whether each ticket, the ended ones too, can be taken in under what was adopted, and whether its
 * columns are what its packed state says; its attributes, which come from its facts, are not looked
 * at.  `complaint` and `progress` (NULL: nobody listens) are called for each ticket that is not
 * right, and after each ticket.  Memory does not grow with their number.  It reads in one
 * transaction that changes nothing, takes no lease, and may run beside a service.
 *
 * SLA_OK: all are; SLA_ERR_REFUSED with the first complaint in `error`, also where what was
 * adopted does not come into force and no ticket was looked at; SLA_ERR_NOMEM; results as above.
 */
SLA_API int sla_store_pg_inspect(const sla_pg_options *options,
                                 void (*complaint)(void *context,
                                                   const sla_ticket_complaint *complaint),
                                 void (*progress)(void *context, uint64_t done, uint64_t of),
                                 void *context, sla_error *error);

#ifdef __cplusplus
}
#endif

#endif
