/* plan_result.h - all that a plan has found, and the forms in which it is said. */
#ifndef SLA_CLI_PLAN_RESULT_H
#define SLA_CLI_PLAN_RESULT_H

#include <stdio.h>

#include "plan_store.h"
#include "plan_sweep.h"

typedef struct plan_result {
    const plan_horizon *horizon;
    const plan_figures *figures; /* with the handlers of the profile */
    const plan_sweep *sweep;
    double share;                    /* of promises that shall be kept; 0: not asked */
    const plan_store_figures *store; /* or NULL */
} plan_result;

/* Hours of the figures; seconds. */
double plan_hours(const plan_result *result);
double plan_seconds(sla_duration span);

/* Bytes on the disk for the tickets of 30 days, and the share of what the store can carry
 * that the busiest hour takes. */
double plan_disk_month(const plan_result *result);
double plan_store_load(const plan_result *result);

/* "mon" for the first 24 hours of a week. */
const char *plan_day_name(int hour);

void plan_print(const plan_result *result, FILE *out);
void plan_print_json(const plan_result *result, FILE *out);

/* One page by itself, with the document of plan_print_json inside. */
void plan_print_report(const plan_result *result, FILE *out);

#endif
