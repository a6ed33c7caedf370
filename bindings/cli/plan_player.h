/*
 * plan_player.h - a service that facts of a plan are given to, on a clock that is ours: it
 * stands still until it is moved on, or goes by itself as fast as this machine's.
 */
#ifndef SLA_CLI_PLAN_PLAYER_H
#define SLA_CLI_PLAN_PLAYER_H

#include <sla/service.h>

#include "plan_replay.h"
#include "store_uri.h"

/* Spans in seconds. */
typedef struct plan_spans {
    double *list;
    size_t count, capacity;
} plan_spans;

typedef struct plan_player {
    sla_service *service;
    sla_time now;               /* what the clock shows */
    sla_duration stood;         /* by this machine's, while it stood and the store was lost */
    bool paced;                 /* it goes by itself: */
    sla_duration ahead;         /* ... so far ahead of this machine's */
    sla_time herd;              /* an instant whose events are looked at by themselves */
    plan_spans late, late_herd; /* of events, from their instant until they were handed over;
                                   only where the clock goes by itself */
    uint64_t given, answered, refused;
    sla_time heard;   /* when something was answered last */
    sla_time lost_at; /* when the store was first seen lost; SLA_NEVER: it is not */
    int status;       /* an exit code: what has gone wrong was said; or PLAN_STOPPED */
} plan_player;

/* A service on the store, live when this returns; the clock shows `from`. */
void plan_player_init(plan_player *p, const world *w, const store_uri *uri, sla_time from);

/* Stops it in order, where nothing has gone wrong. */
void plan_player_stop(plan_player *p);
void plan_player_fini(plan_player *p);

/* The clock is moved on to `at`, and stops where the service wants to do something. */
void plan_player_pass(plan_player *p, sla_time at);

/* It goes by itself from `from` on, if that is not past. */
void plan_player_start(plan_player *p, sla_time from);

/* ... up to `at`, or to later, but shows `at` then.  Spans in which nothing is to be done are left
 * out, all but the last moment. */
void plan_player_pass_paced(plan_player *p, sla_time at);

/* It stands still again, after everything was answered. */
void plan_player_rest(plan_player *p);

void plan_player_give(plan_player *p, const plan_taken *next);

/* Wait until everything is answered, on the record and handed over. */
void plan_player_settle(plan_player *p);

#endif
