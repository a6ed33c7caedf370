/*
 * crash_plan.h - what a service has to do that dies and is started again: series of
 * tickets.
 *
 * Each series is under a tenant of its own and an hour after the one before; its tickets
 * are opened, warned, breached, escalated, and some are closed.  Facts lie between the
 * instants at which something falls due.
 */
#ifndef SLA_TESTS_CRASH_PLAN_H
#define SLA_TESTS_CRASH_PLAN_H

#include <sla/store.h>

enum { CRASH_TICKETS = 6, CRASH_FACTS = 2 * CRASH_TICKETS };

extern const sla_document crash_policy;

typedef struct crash_fact {
    char tenant[24], ticket[24], id[24];
    sla_fact fact; /* points to them */
} crash_fact;

sla_time crash_plan_begin(unsigned series);
sla_time crash_plan_fact_at(unsigned series, size_t i);
void crash_plan_fact(unsigned series, size_t i, crash_fact *fact);

#endif
