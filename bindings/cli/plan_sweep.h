/*
 * plan_sweep.h - the same weeks with other numbers of handlers at one desk: what promises
 * cost people, and how many of these keep enough of them.
 */
#ifndef SLA_CLI_PLAN_SWEEP_H
#define SLA_CLI_PLAN_SWEEP_H

#include "plan_replay.h"

/* One number of handlers, and what came of it at that desk and in all. */
typedef struct plan_row {
    int32_t handlers; /* at the desk's best */
    uint64_t met, breached, open, breaches, escalated[PLAN_LEVELS];
    int behind; /* the first desk whose queue grows, or PLAN_NOBODY */
    uint64_t live_most, breached_hour[PLAN_HOURS];
    plan_desk_figures desk;
} plan_row;

typedef struct plan_sweep {
    const plan_horizon *horizon;
    plan_pace *pace;
    int desk;       /* whose handlers change */
    plan_row *rows; /* by handlers */
    size_t count, capacity;
    bool searched;       /* false: stopped before it was known how many are enough */
    int32_t enough;      /* the fewest that keep the promises; 0: however many do not */
    int32_t first, last; /* the numbers that were to be tried */
} plan_sweep;

/* The row of a course that was run otherwise. */
void plan_sweep_add(plan_sweep *sweep, int32_t handlers, const plan_figures *figures);

/* Runs each number from `first` to `last`, `step` apart, that is not there yet. */
int plan_sweep_range(plan_sweep *sweep, int32_t first, int32_t last, int32_t step);

/* The first desk whose queue grows, so that it never has enough handlers, or PLAN_NOBODY. */
int plan_behind(const plan_horizon *horizon, const plan_figures *figures);

/* Looks for the fewest that keep `share` of the promises at desks that keep up, by doubling and
 * halving.  Ends without them where twice as many let nobody wait less at this desk. */
int plan_sweep_search(plan_sweep *sweep, double share);

void plan_sweep_fini(plan_sweep *sweep);

/* Handlers at every desk that together keep the promises, so few that none can go. */
typedef struct plan_together {
    int32_t *handlers; /* of each desk */
    bool searched;     /* false: stopped before that was known */
    bool kept;         /* false: however many do not; then `handlers` are the best there were */
    int behind;        /* ... with them, as in a row */
    double on_time;
} plan_together;

/* How many courses that takes, about. */
size_t plan_together_about(const plan_profile *profile);

/* `handlers` has room for each desk.  Looks for a multiple of those of the profile, then takes
 * from each desk what it can do without. */
int plan_together_search(const plan_horizon *horizon, plan_pace *pace, double share,
                         plan_together *together);

#endif
