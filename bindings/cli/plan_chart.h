/* plan_chart.h - curves as SVG inside a page, told apart without colour. */
#ifndef SLA_CLI_PLAN_CHART_H
#define SLA_CLI_PLAN_CHART_H

#include <stddef.h>
#include <stdio.h>

enum { PLAN_CURVES_MAX = 8 };

typedef struct plan_curve {
    const char *name;
    const double *y; /* one for each x */
} plan_curve;

typedef struct plan_chart {
    const char *title, *x_name, *y_name;
    const double *x; /* ascending */
    size_t count;
    plan_curve curves[PLAN_CURVES_MAX];
    size_t curve_count;
    double y_least;             /* where the axis begins */
    double y_most;              /* where it ends, it begins where that makes even steps; 0: above
                                   the curves */
    double line;                /* a level across it all; 0: none */
    double mark;                /* an x with a line upwards; 0: none */
    const char *const *x_words; /* instead of numbers, at each x_every-th x; or NULL */
    size_t x_every;
} plan_chart;

void plan_chart_put(const plan_chart *chart, FILE *out);

#endif
