/*
 * bench_store.h - what a service costs on a database, beside what the same database
 * does bare.
 *
 * The server is started for the run, as a normal user on a socket of its own, and
 * goes with it.  Bare work is that of a program that knows how: binary parameters,
 * arrays, prepared statements.
 */
#ifndef SLA_BENCH_STORE_H
#define SLA_BENCH_STORE_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sla/service.h>

#include "bench.h"

/* ------------------------------------------------------------------- the server */

typedef struct bench_server {
    char file[64], folder[128];
    char conninfo[256]; /* of an ordinary role's database */
    PGconn *bare;       /* a connection of that role */
} bench_server;

/* False where there is none, and why in `why`. */
bool bench_server_start(bench_server *server, const char **why);
void bench_server_stop(bench_server *server);

/* One statement, any number of results.  False: the server complained (on stderr). */
bool bench_say(bench_server *server, const char *sql);

/* The number that a statement answers; -1 when it does not. */
int64_t bench_ask(bench_server *server, const char *sql);

/* Empties libsla's tables and the bare ones, and lets the server write it out. */
bool bench_server_empty(bench_server *server);

/* ------------------------------------------------------------------ a service */

/* A service whose clock is a variable, driven by poll(2). */
typedef struct bench_host {
    sla_service *service;
    sla_time now;
    size_t given;            /* facts */
    size_t recorded, failed; /* facts that were answered */
    size_t told;             /* events that were delivered */
    void (*on_recorded)(struct bench_host *host);
    void *context;
} bench_host;

/* `world`: the documents.  The store is the host's.  False: said on stderr. */
bool bench_host_open(bench_host *host, sla_store *store, const sla_document *documents,
                     size_t count, sla_time now);
void bench_host_close(bench_host *host);

/* Rounds until it is live, until `facts` were answered, until `events` were told. */
bool bench_host_until_live(bench_host *host);
bool bench_host_until_recorded(bench_host *host, size_t facts);
bool bench_host_until_told(bench_host *host, size_t events);

/* Records a fact; waits while the queue is full. */
bool bench_host_record(bench_host *host, const sla_fact *fact);

/* The bundled complaint policy and its calendar; a policy of one step for a herd. */
size_t bench_complaint_documents(sla_document documents[2]);
sla_document bench_herd_document(void);

/* The `i`-th ticket opened, with kind and grade: the three limits from receipt run.
 * Opened by two facts, first without the grade, then dispatched with it, all five
 * clocks of the policy run.  Static memory, good until the next call. */
const sla_fact *bench_opening(size_t i, sla_time at);
const sla_fact *bench_opening_ungraded(size_t i, sla_time at);
const sla_fact *bench_dispatch_graded(size_t i, sla_time at);

/* A store on the server's database; NULL: said on stderr. */
sla_store *bench_pg_store(const bench_server *server);

/* -------------------------------------------------------------- the bare server */

/* Each does the whole work and returns operations a second; 0: failed. */
double bench_bare_insert(bench_server *server, size_t rows, size_t batch);
double bench_bare_update(bench_server *server, size_t rows, size_t batch);
double bench_bare_read(bench_server *server, size_t rows);

/* Due rows polled each 100 ms with SKIP LOCKED: how late each was, in nanoseconds. */
bool bench_bare_poller(bench_server *server, size_t per_second, size_t seconds, int64_t *late_ns);

#endif
