/*
 * _glue_service.h - what would be callbacks of a service, kept until Python asks.
 *
 * A sla_py_service is a service and everything that C would call: its clock, its wake, its
 * log, its answers and its events.  None of it calls Python.  Answers, events and lines of
 * the log wait in lists; Python takes them after each turn.
 *
 * Everything here belongs to the loop's thread, but for what the store's own thread does
 * inside the store.
 */
#ifndef SLA_PYTHON_GLUE_SERVICE_H
#define SLA_PYTHON_GLUE_SERVICE_H

#include <stdbool.h>

#include <sla/service.h>

#include "_glue.h"

typedef struct sla_py_service sla_py_service;

/* The service that `options` ask for, its hooks being the glue's.  `start` SLA_NEVER: the
 * machine's clock, else a clock that stands there until sla_py_service_set_clock.  Errors of
 * sla_service_new.  The store is the service's from now on, also when this fails. */
int sla_py_service_new(const sla_service_options *options, sla_time start,
                       sla_py_service **service_out, sla_error *error);
void sla_py_service_free(sla_py_service *glue);

/* The service itself, for the calls that need no glue. */
sla_service *sla_py_service_machine(const sla_py_service *glue);

/* What to wait for besides the store's descriptors: somebody woke the service, the clock has
 * come to its instant or was set.  -1 where there is none. */
int sla_py_service_wake_fd(const sla_py_service *glue);
int sla_py_service_timer_fd(const sla_py_service *glue);

sla_time sla_py_service_now(const sla_py_service *glue);
void sla_py_service_set_clock(sla_py_service *glue, sla_time now, sla_duration passed);

/* ------------------------------------------------------------------- a turn */

typedef struct sla_py_turn {
    int state;                  /* sla_service_state */
    bool more;                  /* wants another turn at once */
    bool answers, events, logs; /* there are some to take */
    sla_time now, until;        /* by the service's clock */
    const sla_wait *waits;      /* what its store waits for, until the next turn */
    size_t wait_count;
} sla_py_turn;

/* Rounds until the service is content or has had its time, half a millisecond. */
void sla_py_service_turn(sla_py_service *glue, sla_py_turn *turn_out);

/* --------------------------------------------------------------- what comes in */

/* How a call ended that was made under `call`. */
typedef struct sla_py_answer {
    uint64_t call;
    int result;
    sla_answer answer;
    const sla_error *error; /* NULL where there is nothing to say, or was no memory for it */
} sla_py_answer;

/* One fact, a piece as _glue.h has it.  SLA_OK: the answer comes under `call`.  Errors of
 * sla_py_fact_read and of sla_service_record. */
int sla_py_service_record(sla_py_service *glue, const char *piece, size_t length, uint64_t call,
                          sla_error *error);
int sla_py_service_adopt(sla_py_service *glue, const sla_document *documents, size_t count,
                         uint64_t call, sla_error *error);
int sla_py_service_forget(sla_py_service *glue, sla_string tenant, sla_string ticket,
                          uint64_t call);

/* The facts of one ticket, pieces in a row.  With `dry_run` no answer comes. */
int sla_py_service_import(sla_py_service *glue, const char *pieces, size_t length,
                          sla_time told_until, bool dry_run, uint64_t call, sla_import *import,
                          sla_error *error);

/* --------------------------------------------------------------- what goes out */

typedef struct sla_py_delivery {
    const char *piece; /* of an event, as _glue.h has it */
    size_t length;
    uint64_t number;
    uint32_t attempt;
} sla_py_delivery;

typedef struct sla_py_log {
    int level; /* sla_log_level */
    const char *code, *text;
} sla_py_log;

/* The next one, valid until the next call of the same function, or NULL. */
const sla_py_answer *sla_py_service_take_answer(sla_py_service *glue);
const sla_py_log *sla_py_service_take_log(sla_py_service *glue);

/* How many lines of the log there was no room for since the last time. */
uint64_t sla_py_service_logs_lost(sla_py_service *glue);

/* A consumer gets its place in the order of subscribing, from 0. */
int sla_py_service_subscribe(sla_py_service *glue, const char *name, size_t max_in_flight,
                             sla_duration redeliver_after);
const sla_py_delivery *sla_py_service_take_event(sla_py_service *glue, size_t consumer);
size_t sla_py_service_waiting(const sla_py_service *glue, size_t consumer);
int sla_py_service_acknowledge(sla_py_service *glue, size_t consumer, uint64_t number);

/* ------------------------------------------------------------------- its store */

/* Opening a file may take as long as a recovery: it is done by a thread in C, and Python
 * waits for the descriptor. */
typedef struct sla_py_opening sla_py_opening;

int sla_py_opening_new(const char *path, bool existing, sla_py_opening **opening_out);
int sla_py_opening_fd(const sla_py_opening *opening);

/* Results of sla_store_sqlite_new; the opening is gone. */
int sla_py_opening_finish(sla_py_opening *opening, sla_store **store_out, sla_error *error);
/* Nobody waits any more: what opens is closed again. */
void sla_py_opening_abandon(sla_py_opening *opening);

void sla_py_store_close(sla_store *store);

/* sla_store_sqlite_check, sla_store_pg_check: the complaints, a line each, are to be given
 * to sla_py_text_free, whatever the result. */
int sla_py_sqlite_check(const char *path, char **complaints_out, sla_error *error);
int sla_py_pg_check(const char *conninfo, const char *schema, char **complaints_out,
                    sla_error *error);
void sla_py_text_free(char *text);

#endif
