/* explain_print.h - why a clock is due when it is, for people and as JSON. */
#ifndef SLA_CLI_EXPLAIN_PRINT_H
#define SLA_CLI_EXPLAIN_PRINT_H

#include <stdio.h>

#include <sla/calendar.h>
#include <sla/explain.h>

/* A clock that is explained, or one that has no due to explain (not started:
 * no segments). */
typedef struct explained {
    sla_explanation explanation;
    bool has_due;
    const sla_explain_segment *segments;
    size_t count;
    const sla_calendar *place; /* whose clock a text shows; NULL: UTC */
} explained;

void explain_print(const explained *e, FILE *out);
void explain_print_json(const explained *e, FILE *out);

#endif
