/*
 * plan_arrivals.h - when tickets of a profile come, and of which kind: a Poisson process
 * whose rate changes with the hour of the week.  One seed, one sequence.
 */
#ifndef SLA_CLI_PLAN_ARRIVALS_H
#define SLA_CLI_PLAN_ARRIVALS_H

#include "plan_profile.h"

typedef struct plan_arrivals {
    const plan_profile *profile;
    plan_random times, kinds;
    sla_time at; /* so far */
    int64_t weights;
} plan_arrivals;

void plan_arrivals_init(plan_arrivals *arrivals, const plan_profile *profile, sla_time from,
                        uint64_t seed);

/* When the next one comes, and the index of its kind. */
sla_time plan_arrivals_next(plan_arrivals *arrivals, size_t *kind_out);

#endif
