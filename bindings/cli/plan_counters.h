/* plan_counters.h - what a store costs, as counters: sums and differences of them. */
#ifndef SLA_CLI_PLAN_COUNTERS_H
#define SLA_CLI_PLAN_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

/* Counted so far; differences of two say what lay between.  What one of the two has not, or
 * what has not grown (it was counted anew), nobody knows. */
typedef struct plan_counters {
    bool any;           /* else it is a sum of none */
    double wall, cpu;   /* seconds; of this process */
    uint64_t written;   /* bytes that this process gave to the disk */
    double server_cpu;  /* seconds of the service's own processes at the server */
    double writers_cpu; /* ... of those that write for all: log, checkpoints, old versions */
    uint64_t wal;       /* bytes of log, of the whole server */
    bool has_written, has_server_cpu, has_writers_cpu, has_wal;
} plan_counters;

void plan_counters_add(plan_counters *sum, const plan_counters *more);
void plan_counters_take(plan_counters *sum, const plan_counters *before);

#endif
