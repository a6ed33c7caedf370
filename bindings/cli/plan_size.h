/*
 * plan_size.h - what a plan takes, before it is made: tickets, and memory of this process.
 *
 * Tickets that the engine holds at once are those of a life and of the day that it keeps them,
 * and where a desk has too few handlers also all that pile up before it.
 */
#ifndef SLA_CLI_PLAN_SIZE_H
#define SLA_CLI_PLAN_SIZE_H

#include "plan_replay.h"

typedef struct plan_size {
    double tickets; /* of one course */
    double held;    /* at once, at most */
    double bytes;
} plan_size;

/* Of the course in which `desk` (PLAN_NOBODY: each) has `part` of its handlers, at most 1;
 * `recorded`: its facts are kept for a store.  An exit code, and a complaint. */
int plan_size_of(const plan_horizon *horizon, int desk, double part, bool recorded,
                 plan_size *size);

/* Whether so much memory is free here; where it is not, that and what to do is said. */
bool plan_size_fits(const plan_size *size);

/* What to expect, on standard error. */
void plan_size_say(const plan_size *size);

#endif
