/*
 * session.h - a connection of its own for what is done to a schema: the only part of the store
 * that waits for the server.
 *
 * One transaction, under a lock of the schema that ends with it: who comes second finds the work
 * done.
 */
#ifndef SLA_PG_SESSION_H
#define SLA_PG_SESSION_H

#include <sla/pg.h>

#include <libpq-fe.h>

#include "store/column.h"

typedef struct sla__pg_session {
    sla_pg_options options;
    sla_allocator allocator;
    PGconn *connection;
    sla_error *error;
    int64_t version, fold; /* of the schema; 0: there is none */
    int answer_ms;         /* how long the server may say nothing */
    void *work;            /* of whoever acts */
} sla__pg_session;

/* Connects, looks which schema is there, acts, commits. */
int sla__pg_with_session(const sla_pg_options *options, int (*act)(sla__pg_session *at), void *work,
                         sla_error *error);

/* One text, of one statement or many, without parameters.  `last_out` (or NULL) is what the last
 * one answers, for PQclear, where the result is SLA_OK. */
int sla__pg_say(sla__pg_session *at, const char *text, PGresult **last_out);

/* With our schema in it, and the columns of `table` (or NULL). */
int sla__pg_say_filled(sla__pg_session *at, const char *text, const sla__table *table,
                       PGresult **last_out);

/* From now on the tables as they are at this moment, whatever others write meanwhile; the lock of
 * the schema goes. */
int sla__pg_begin_reading(sla__pg_session *at);

/* The results of what was sent, if it was. */
int sla__pg_hear(sla__pg_session *at, bool sent, PGresult **last_out);

/* A number that is not negative, as text. */
int64_t sla__pg_number_in(const char *digits);

/* SLA_OK where the schema is this release's; SLA_ERR_NOT_FOUND; SLA_ERR_STATE. */
int sla__pg_schema_is_ours(const sla__pg_session *at);

#endif
