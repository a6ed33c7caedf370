/*
 * reasons.h - every clock can be explained, and what explains it adds up.
 */
#ifndef SLA_TESTS_REPLAYS_REASONS_H
#define SLA_TESTS_REPLAYS_REASONS_H

#include <sla/explain.h>

/* `name` is what a failure calls the clock's ticket. */
void reasons_check(const sla_engine *engine, const sla_fact *opened, const sla_clock_view *clock,
                   sla_time now, const char *name);

#endif
