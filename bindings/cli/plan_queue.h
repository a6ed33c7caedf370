/*
 * plan_queue.h - tickets of a profile wait at desks until a handler takes them: a simulation
 * on a virtual clock.
 *
 * A handler is busy with one ticket at a time and finishes it, also beyond the end of a shift.
 * What a stage takes depends on the seed and the ticket's number alone, so runs with other
 * numbers of handlers see the same tickets.  Equal instants: who comes first was there first.
 */
#ifndef SLA_CLI_PLAN_QUEUE_H
#define SLA_CLI_PLAN_QUEUE_H

#include "plan_profile.h"

typedef struct plan_sink {
    /* A fact of the `number`-th ticket; its first one is `opened`.  In order of time. */
    void (*fact)(void *user, uint64_t number, const plan_kind *kind, const char *name, sla_time at);
    /* Its earliest due, SLA_NEVER where it has none; for desks that go by it. */
    sla_time (*due)(void *user, uint64_t number);
    /* The clock has come to a full hour or a change of shift. */
    void (*passed)(void *user, sla_time at);
    /* Whether somebody wants no more of it; NULL: nobody does. */
    bool (*stopped)(const void *user);
    void *user;
} plan_sink;

/* Of a desk, from the instant at which figures begin: tickets by when they were taken. */
typedef struct plan_desk_figures {
    uint64_t taken, waited;   /* waited: not taken the moment they came */
    double wait, busy, there; /* microseconds: of tickets, of handlers, of handlers on shift */
    sla_duration longest_wait;
    size_t longest_queue;
} plan_desk_figures;

typedef struct plan_course {
    const plan_profile *profile;
    const int32_t *most; /* handlers of each desk at its best, instead of the profile's */
    uint64_t seed;
    sla_time from, figures_from, until;
} plan_course;

/* `figures` has room for each desk.  Ends at `until`, whatever still waits, or
 * where it is stopped: then the figures are of nothing. */
void plan_queue_run(const plan_course *course, const plan_sink *sink, plan_desk_figures *figures);

#endif
