/*
 * patience.h - how long an end in order waits for others: for a store that does not
 * answer, for a reader who does not read.
 *
 * That it waits is said, and it waits no longer than it may without anything coming of it.
 */
#ifndef SLA_CLI_PATIENCE_H
#define SLA_CLI_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

#include <sla/time.h>

typedef enum patience_for { FOR_NOTHING, FOR_STORE, FOR_READER } patience_for;

typedef struct patience {
    sla_duration most;
    patience_for what;
    uint64_t progress;
    sla_time since; /* monotonic */
    bool said;
} patience;

/* What is waited for now; `progress` changes with all that comes of it, and `away` when it is
 * known that nothing comes.  Whether that has been so for too long. */
bool patience_is_over(patience *p, patience_for what, uint64_t progress, bool away, sla_time now);

/* When to look again, or SLA_NEVER. */
sla_time patience_next(const patience *p);

#endif
