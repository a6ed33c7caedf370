/*
 * summary.h - the figures of a run: how many were handled in time of how many
 * accepted, by policy, target and grade, as whole numbers.
 */
#ifndef SLA_CLI_SUMMARY_H
#define SLA_CLI_SUMMARY_H

#include <stdio.h>

#include "run.h"
#include "tickets.h"

typedef struct summary_row {
    char *policy, *target, *display;
    char *value; /* of the attribute, or NULL */
    /* Clocks that ended otherwise than by being cancelled, or live. */
    size_t accepted, in_time, late, open;
    size_t cancelled, excluded, breached;
    size_t adjusted_accepted, adjusted_in_time; /* once waivers are counted */
    size_t level[SLA_LEVEL_MAX + 1];            /* clocks by the highest level told */
} summary_row;

typedef struct summary {
    tickets tickets;
    size_t told[32];                     /* events by kind */
    size_t escalated[SLA_LEVEL_MAX + 1]; /* events `escalated`, by level */
    size_t refused;                      /* facts that a policy refused */
    summary_row *rows;
    size_t count, capacity;
} summary;

void summary_init(summary *s, const char *attribute);
void summary_fini(summary *s);

void summary_fact(summary *s, const sla_fact *fact, const sla_answer *answer);
void summary_event(summary *s, const sla_event *event);

/* Look at all clocks as they stand at the end. */
void summary_finish(summary *s, const sla_engine *engine);

void summary_print(const summary *s, const run *r, FILE *out);
void summary_print_json(const summary *s, const run *r, FILE *out);

#endif
