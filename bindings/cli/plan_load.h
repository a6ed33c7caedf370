/*
 * plan_load.h - what a database is to do for a plan, from counts: commits, and rows written.
 *
 * A service that has its own pace writes each fact with what it makes it tell, and whatever else
 * is told at one instant, as a unit, which is a transaction: the facts, the events, the row of each
 * ticket that they are about, and a row of its own.  What was told is acknowledged, by one
 * consumer: a row that goes along with the next unit, or in one of its own where none comes soon.
 * The faster things come the more of them share a unit, and the fewer commits there are.
 */
#ifndef SLA_CLI_PLAN_LOAD_H
#define SLA_CLI_PLAN_LOAD_H

#include <sla/engine.h>

#include "plan_figures.h"
#include "plan_tape.h"

/* Of something that is counted. */
typedef struct plan_flow {
    uint64_t all, hours[PLAN_HOURS]; /* sums over all the weeks, by the hour of the week */
    plan_peak hour, second;
} plan_flow;

typedef struct plan_load {
    plan_flow commits, rows;
    uint64_t ticket_rows; /* of these; the others but for facts and events are the service's */
    sla_time at;          /* the instant at hand */
    int hour;             /* ... of the week */
    bool open, told;      /* whether there is one; whether something is told at it */
    char ticket[PLAN_TICKET_TEXT];
} plan_load;

/* A fact or (`told`) an event of this ticket, in order of time. */
void plan_load_add(plan_load *load, sla_time at, int hour, sla_string ticket, bool told);

/* Nothing comes any more. */
void plan_load_end(plan_load *load);

#endif
