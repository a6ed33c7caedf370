/* plan_replay.h - tickets of a profile go through an engine, weeks in seconds. */
#ifndef SLA_CLI_PLAN_REPLAY_H
#define SLA_CLI_PLAN_REPLAY_H

#include "plan_figures.h"
#include "plan_tape.h"
#include "progress.h"
#include "world.h"

/* How long the engine keeps a ticket whose clocks have all ended. */
#define PLAN_KEEP SLA_DAY

typedef struct plan_horizon {
    const plan_profile *profile;
    const world *world;
    uint64_t seed;
    sla_time from, figures_from, until; /* full hours */
} plan_horizon;

/* How far the runs are, in hours of their clocks. */
typedef struct plan_pace {
    progress progress;
    size_t done, total;
} plan_pace;

/* Weeks with so many handlers at each desk at its best; `tape` takes the facts, or is NULL.
 * An exit code, and a complaint. */
int plan_replay(const plan_horizon *horizon, const int32_t *most, plan_pace *pace,
                plan_figures *figures, plan_tape *tape);

#endif
