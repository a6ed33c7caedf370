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
    /* Asked at the end of the figures and each look after it: whether it is to go on, without
     * any; `left` of the tickets that had come by the end have not been through all of their
     * stages.  NULL: no. */
    bool (*goes_on)(void *user, sla_time at, uint64_t left);
    void *user;
} plan_sink;

/* Of a desk, from the instant at which figures begin: tickets by when they were taken, and those
 * that wait at the end with what they have waited by then. */
typedef struct plan_desk_figures {
    uint64_t taken, waited; /* waited: not taken the moment they came */
    uint64_t waiting;       /* ... at the end */
    uint64_t waiting_first; /* ... when figures begin */
    double wait;            /* microseconds: of tickets */
    double busy, there;     /* ... of handlers, of handlers on shift */
    double longer;          /* ... of handlers at work after their shift */
    sla_duration longest_wait;
    size_t longest_queue;
} plan_desk_figures;

/* The mean wait in microseconds, and the share of tickets that had to. */
double plan_desk_wait(const plan_desk_figures *desk);
double plan_desk_waited(const plan_desk_figures *desk);

typedef struct plan_course {
    const plan_profile *profile;
    const int32_t *most; /* handlers of each desk at its best, instead of the profile's */
    uint64_t seed;
    sla_time from, figures_from, until;
} plan_course;

/* `figures` has room for each desk, and is of [`figures_from`, `until`).  Ends at `until`, whatever
 * still waits, or later, or where it is stopped: then the figures are of nothing. */
void plan_queue_run(const plan_course *course, const plan_sink *sink, plan_desk_figures *figures);

#endif
