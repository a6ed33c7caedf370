/*
 * plan_bursts.h - how much there is to do at one instant, and how late that makes what is told:
 * one after another, each fact and each event takes its time.
 */
#ifndef SLA_CLI_PLAN_BURSTS_H
#define SLA_CLI_PLAN_BURSTS_H

#include <stddef.h>

#include <sla/base.h>

typedef struct plan_burst {
    sla_time at;
    uint32_t facts, events;
} plan_burst;

typedef struct plan_bursts {
    plan_burst *list; /* in order of time */
    size_t count, capacity;
} plan_bursts;

void plan_bursts_add(plan_bursts *bursts, sla_time at, uint32_t facts, uint32_t events);
void plan_bursts_fini(plan_bursts *bursts);

/* Of spans in seconds: half within, 99 of 100 within, all within. */
typedef struct plan_lateness {
    uint64_t count;
    double half, most, all;
} plan_lateness;

/* Of so many; sorts them. */
plan_lateness plan_lateness_of(double *spans, size_t count);

/* Of the events, if every fact and every event takes `cost` seconds. */
plan_lateness plan_bursts_late(const plan_bursts *bursts, double cost);

#endif
