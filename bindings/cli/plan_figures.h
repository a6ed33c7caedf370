/*
 * plan_figures.h - what one course of weeks was like: tickets, facts, events and promises, by
 * the hour of the week.
 *
 * An event counts in the hour in which it was told; figures begin when the weeks that only
 * fill the desks are over.  Promises are those to the tickets that were opened in these weeks,
 * whenever they are decided.
 */
#ifndef SLA_CLI_PLAN_FIGURES_H
#define SLA_CLI_PLAN_FIGURES_H

#include <sla/engine.h>

#include "plan_queue.h"

enum { PLAN_LEVELS = 6 };

/* Sums over all the weeks, of one hour of the week. */
typedef struct plan_hour {
    uint64_t opened, facts, events, breached;
    uint64_t escalated[PLAN_LEVELS]; /* level 1 first */
    uint64_t live, live_most;        /* tickets with a clock that runs, at its beginning */
    uint64_t looks;                  /* how often that was looked at */
} plan_hour;

typedef struct plan_promise {
    const char *policy, *target; /* the policies' */
    uint64_t met, breached;
    uint64_t open; /* not decided when it was over: their clocks run */
} plan_promise;

/* The most of something in a span, and when that was. */
typedef struct plan_peak {
    uint64_t most, now;
    sla_time at, now_at;
} plan_peak;

/* One more of it, in order of time. */
void plan_peak_count(plan_peak *peak, sla_time at, sla_duration span);

typedef struct plan_figures {
    plan_hour hours[PLAN_HOURS];
    uint64_t opened, facts, events, escalated[PLAN_LEVELS];
    uint64_t breaches;            /* told in these weeks */
    uint64_t met, breached, open; /* of all promises */
    sla_time decided;             /* when it was over: the end of the weeks, or later */
    uint64_t refused;             /* facts that the engine did not take; `refusal` is the first */
    sla_error refusal;
    plan_promise *promises;
    size_t promise_count, promise_capacity;
    plan_desk_figures *desks;
    plan_peak herd; /* events at one instant */
    plan_peak facts_second, events_second, facts_hour, events_hour;
    plan_peak work_hour; /* facts and events */
    uint64_t live_most;
    uint64_t bytes_most, bytes_live, bytes_tickets; /* most of it; how many were live, and there */
    sla_time live_most_at;
} plan_figures;

void plan_figures_init(plan_figures *figures, size_t desks);
void plan_figures_fini(plan_figures *figures);

void plan_figures_fact(plan_figures *figures, int hour, bool opens, sla_time at);
void plan_figures_event(plan_figures *figures, int hour, const sla_event *event, sla_time now);

/* How a promise to a ticket of these weeks was decided, or that it was not. */
typedef enum plan_decided { PLAN_MET, PLAN_BREACHED, PLAN_OPEN } plan_decided;
void plan_figures_promise(plan_figures *figures, const char *policy, const char *target,
                          plan_decided decided);

/* Whether a desk has less work than handlers.  False: whatever the figures, its queue grows. */
bool plan_keeps_up(double load, const plan_desk_figures *desk, double span);

/* The beginning of an hour. */
void plan_figures_look(plan_figures *figures, int hour, const sla_engine_stats *stats, sla_time at);

/* The share of promises that were kept: met, against all, those that were not decided too.  NAN for
 * none, which is no share at all. */
double plan_on_time(uint64_t met, uint64_t breached, uint64_t open);

#endif
