/* plan_replay.h - tickets of a profile go through an engine, weeks in seconds. */
#ifndef SLA_CLI_PLAN_REPLAY_H
#define SLA_CLI_PLAN_REPLAY_H

#include "plan_bursts.h"
#include "plan_figures.h"
#include "plan_load.h"
#include "plan_pace.h"
#include "plan_tape.h"
#include "plan_weight.h"
#include "world.h"

/* How long the engine keeps a ticket whose clocks have all ended. */
#define PLAN_KEEP SLA_DAY

/* How long the weeks may go on after their end, until their promises are decided. */
#define PLAN_AFTER (13 * 7 * SLA_DAY)

typedef struct plan_horizon {
    const plan_profile *profile;
    const world *world;
    uint64_t seed;
    sla_time from, figures_from, until; /* full hours */
} plan_horizon;

/* What one course of them all is looked at for, beside its figures. */
typedef struct plan_watch {
    plan_tape *tape; /* takes the facts, or NULL */
    plan_scales scales;
    plan_bursts bursts;
    plan_load load;
    double engine_s; /* seconds in the engine, for so many facts and events */
    uint64_t steps;
} plan_watch;

void plan_watch_init(plan_watch *watch, plan_tape *tape);
void plan_watch_fini(plan_watch *watch);

/* Weeks with so many handlers at each desk at its best; `watch` may be NULL.  An exit code, and
 * a complaint; PLAN_STOPPED where it was not played to the end. */
int plan_replay(const plan_horizon *horizon, const int32_t *most, plan_pace *pace,
                plan_figures *figures, plan_watch *watch);

#endif
