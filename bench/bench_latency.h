/*
 * bench_latency.h - who fires: a service on libsla-ev, or a bare loop with one timer.
 *
 * The work is a set of phases: at each full second after `begin`, for each phase,
 * something falls due that much later.  A contender fires everything of `seconds`
 * seconds and writes down how late each firing was.
 */
#ifndef SLA_BENCH_LATENCY_H
#define SLA_BENCH_LATENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sla/base.h>
#include <sla/store.h>

typedef struct bench_firing {
    const sla_duration *phases; /* ordered, each below a second */
    size_t count;               /* of phases: firings a second */
    size_t seconds;
    sla_duration coalesce;
    sla_store *store; /* of the service, which takes it; NULL: a memory store */
    /* What a contender fills in. */
    int64_t *late_ns; /* room for count * seconds */
    size_t fired, early;
    double cpu_percent;
} bench_firing;

/* One ev_timer, re-armed to the next instant, in a loop that has nothing else. */
bool bench_fire_timer(bench_firing *firing);

/* The same with a timerfd: no driver is sooner than the kernel of this machine. */
bool bench_fire_timerfd(bench_firing *firing);

/* A ticket for each phase, which is escalated each second, in a service with a
 * memory store. */
bool bench_fire_service(bench_firing *firing);

/* What both keep: the time now, how late it is, the processor's share. */
int64_t bench_now_ns(void);
void bench_fired(bench_firing *firing, sla_time due);
double bench_cpu_seconds(void);

#endif
