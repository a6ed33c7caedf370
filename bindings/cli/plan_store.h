/*
 * plan_store.h - the facts of a plan go through a service and its store, as fast as it takes
 * them: what the real path can carry, how late it tells, and what is left on the disk.
 *
 * The service's clock shows the instants of the plan, one after another, and stops at each
 * that the service asks for; what is measured is this machine's time.
 */
#ifndef SLA_CLI_PLAN_STORE_H
#define SLA_CLI_PLAN_STORE_H

#include "plan_replay.h"
#include "store_uri.h"

typedef struct plan_store_figures {
    uint64_t facts, events, units, tickets;
    double took, cpu; /* seconds; of this process */
    /* From the moment the clock showed an event's instant until it was handed over, on the
     * record: half of the events, 99 of 100, all. */
    double late_half, late_most, late_all; /* seconds */
    uint64_t bytes;                        /* on the disk; 0: not known */
} plan_store_figures;

/* The store has to be one without a record.  An exit code, and a complaint. */
int plan_store_run(const plan_horizon *horizon, const plan_tape *tape, const store_uri *uri,
                   plan_pace *pace, plan_store_figures *figures);

#endif
