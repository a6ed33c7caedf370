/*
 * plan_store.h - the facts of a plan go through a service and its store: as fast as it takes
 * them, but for the busiest hour and the peak herd, which have the plan's own pace.
 *
 * The service's clock shows the instants of the plan.  Where the pace is the plan's own it goes
 * as fast as this machine's clock, and spans in which nothing is to be done are left out, all
 * but the last moment: what is told then waits for a timer as it would.
 */
#ifndef SLA_CLI_PLAN_STORE_H
#define SLA_CLI_PLAN_STORE_H

#include "plan_replay.h"
#include "plan_server.h"
#include "store_uri.h"

/* What went to the store, and what that cost. */
typedef struct plan_work {
    uint64_t facts, events, units;
    plan_counters cost;
} plan_work;

typedef struct plan_store_figures {
    plan_work all, fast;      /* fast: without the busiest hour and the herd */
    plan_work hour;           /* the busiest one */
    sla_duration hour_played; /* of it; less than an hour where it took too long here */
    plan_lateness late;       /* in it: of events, until they were on the record and handed over */
    plan_lateness herd;       /* of the events of that instant */
    uint64_t tickets;
    uint64_t rows; /* written to tables of the store */
    bool has_rows;
    plan_disk disk;
} plan_store_figures;

/* Whether it is one without a record, as it has to be.  An exit code, and a complaint. */
int plan_store_look(const store_uri *uri);

/* `figures` are those of the course on the tape.  An exit code, and a complaint. */
int plan_store_run(const plan_horizon *horizon, const plan_figures *figures, const plan_tape *tape,
                   const store_uri *uri, plan_pace *pace, plan_store_figures *stored);

#endif
