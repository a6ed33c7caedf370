/* plan_result.h - all that a plan has found, and the forms in which it is said. */
#ifndef SLA_CLI_PLAN_RESULT_H
#define SLA_CLI_PLAN_RESULT_H

#include <stdio.h>

#include "plan_sweep.h"

typedef struct plan_result {
    const plan_horizon *horizon;
    const plan_figures *figures; /* with the handlers of the profile */
    const plan_sweep *sweep;
    double share; /* of promises that shall be kept; 0: not asked */
} plan_result;

/* Hours of the figures; seconds. */
double plan_hours(const plan_result *result);
double plan_seconds(sla_duration span);

/* "mon" for the first 24 hours of a week. */
const char *plan_day_name(int hour);

void plan_print(const plan_result *result, FILE *out);
void plan_print_json(const plan_result *result, FILE *out);

/* One page by itself, with the document of plan_print_json inside. */
void plan_print_report(const plan_result *result, FILE *out);

#endif
