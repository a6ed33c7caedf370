/* plan_result.h - all that a plan has found, and the forms in which it is said. */
#ifndef SLA_CLI_PLAN_RESULT_H
#define SLA_CLI_PLAN_RESULT_H

#include <stdio.h>

#include "plan_store.h"
#include "plan_sweep.h"

typedef struct plan_result {
    const plan_horizon *horizon;
    const plan_figures *figures; /* with the handlers of the profile */
    const plan_watch *watch;     /* of the same course */
    plan_sweep *sweeps;          /* of each desk, or of the one that was asked for */
    size_t sweep_count;
    plan_together together;    /* without handlers: not asked for */
    double share;              /* of promises that shall be kept */
    plan_store_figures *store; /* or NULL */
    bool without_store;        /* it was asked for, and failed */
    bool stopped;              /* by a signal, before all of it was found */
} plan_result;

/* Hours of the figures; seconds. */
double plan_hours(const plan_result *result);
double plan_seconds(sla_duration span);

/* Seconds that the engine took for a fact or an event; bytes that it holds for a ticket. */
double plan_engine_cost(const plan_result *result);
double plan_ticket_memory(const plan_result *result);

/* Bytes of a ticket's rows with those of its facts and events; of the rows of 30 days. */
double plan_row_bytes(const plan_result *result);
double plan_rows_month(const plan_result *result);

/* Bytes of all the rows that are written, which is a ticket's again and again; of 30 days. */
double plan_written_bytes(const plan_result *result);
double plan_written_month(const plan_result *result);

/* Of the store: bytes on the disk and in the server's log for 30 days, the share of what it can
 * carry that the busiest hour takes, and so much of that hour a second. */
double plan_disk_month(const plan_result *result);
double plan_wal_month(const plan_result *result);
bool plan_store_has_speed(const plan_result *result); /* enough was played at full speed */
double plan_store_load(const plan_result *result);
double
plan_store_cost(const plan_result *result); /* seconds for a fact or an event, at its speed */
double plan_per_second(const plan_result *result, double count);

/* Of all promises with the handlers of the profile. */
double plan_result_on_time(const plan_result *result);
double plan_row_on_time(const plan_row *row);

/* A desk's work in handlers, and how many can be at it, on average: on shift, and after it. */
double plan_result_load(const plan_result *result, int desk);
double plan_result_there(const plan_result *result, int desk);

/* The row of the most promises kept where desks keep up, with the fewest handlers. */
const plan_row *plan_best_row(const plan_sweep *sweep);

/* "mon" for the first 24 hours of a week. */
const char *plan_day_name(int hour);

/* How many handlers keep the promises, a line for each desk. */
void plan_print_answers(const plan_result *result, FILE *out);
void plan_print(const plan_result *result, FILE *out);
void plan_print_json(const plan_result *result, FILE *out);

/* One page by itself, with the document of plan_print_json inside. */
void plan_print_report(const plan_result *result, FILE *out);

#endif
