/*
 * plan_pace.h - how far a plan is, in courses of its weeks.
 *
 * How many courses a search takes is known only when it ends, and one with too few handlers takes
 * longer than others, so what is still to come is an estimate that each look corrects.
 */
#ifndef SLA_CLI_PLAN_PACE_H
#define SLA_CLI_PLAN_PACE_H

#include <stddef.h>
#include <stdint.h>

#include "progress.h"

typedef struct plan_pace {
    progress progress;
    size_t done;        /* courses */
    size_t here, later; /* about so many more: of the search at hand, and after that one */
    unsigned looks;
} plan_pace;

/* Such a part of the course at hand is over, 0 to 1.  Cheap. */
void plan_pace_look(plan_pace *pace, double part);

/* All of it. */
void plan_pace_step(plan_pace *pace);

/* How often `span` can be halved until 1 is left, rounded up. */
size_t plan_pace_halvings(int64_t span);

#endif
