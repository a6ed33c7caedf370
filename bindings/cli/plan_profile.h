/*
 * plan_profile.h - what a plan is made for: how many tickets come at which hour, of which
 * kinds, what happens to each, and who works at which desk when (docs/plan.md).
 */
#ifndef SLA_CLI_PLAN_PROFILE_H
#define SLA_CLI_PLAN_PROFILE_H

#include <sla/calendar.h>
#include <sla/engine.h>

#include "plan_spread.h"
#include "world.h"

enum {
    PLAN_HOURS = 7 * 24,
    PLAN_NOBODY = -1, /* the desk of a stage that nobody works at */
    PLAN_HANDLERS_MAX = 100000
};

/* In a ticket's life: a handler of a desk takes it and is busy with it, or time passes. */
typedef struct plan_stage {
    int desk;           /* or PLAN_NOBODY */
    int64_t rank;       /* there: lower ones are taken first at a desk that goes by rank */
    plan_spread takes;  /* the handler's time, or the time that passes */
    const char *begins; /* the fact when it is taken, or NULL */
    const char *ends;   /* the fact at the end, or NULL */
} plan_stage;

typedef struct plan_kind {
    const char *name;
    int64_t weight;
    int64_t rank; /* of its stages that say none */
    sla_attribute *attributes;
    size_t attribute_count;
    plan_stage *stages;
    size_t stage_count;
} plan_kind;

typedef enum plan_order { PLAN_FIFO, PLAN_BY_DUE, PLAN_BY_RANK } plan_order;

/* Handlers at some hours of some days; with a calendar only while that one is open. */
typedef struct plan_shift {
    int first, last;        /* days, 0 Monday */
    int from, to;           /* minutes of the day; what ends before it begins ends the day after */
    sla_calendar *calendar; /* or NULL */
    int32_t handlers;
} plan_shift;

/* So many are there from then on. */
typedef struct plan_change {
    sla_time at;
    int32_t handlers;
} plan_change;

typedef struct plan_desk {
    const char *name;
    plan_order order;
    plan_shift *shifts;
    size_t shift_count;
    plan_change *roster; /* of the weeks that are planned (plan_roster.h), in order of time */
    size_t roster_count;
    int32_t most; /* of these; what a sweep puts another number for */
} plan_desk;

typedef struct plan_profile {
    json_t *root;       /* the strings are its */
    const world *world; /* or NULL */
    const char *name;
    sla_calendar *zone;      /* for its wall clock */
    double rate[PLAN_HOURS]; /* tickets an hour */
    double per_week;
    plan_kind *kinds;
    size_t kind_count;
    plan_desk *desks;
    size_t desk_count;
} plan_profile;

/* From a text that `source` names; its shifts may name calendars of `w` (NULL: none).  SLA_OK,
 * or the code of the complaint in `error`. */
int plan_profile_parse(plan_profile *profile, const world *w, const char *text, size_t length,
                       const char *source, sla_error *error);

/* From a file; an exit code, and a complaint. */
int plan_profile_read(plan_profile *profile, const world *w, const char *path);
void plan_profile_fini(plan_profile *profile);

/* A calendar that is always open and knows the wall clock of a zone; or a complaint. */
int plan_zone_open(const char *zone, sla_calendar **calendar_out, sla_error *error);

/* The desk of that name, or PLAN_NOBODY. */
int plan_profile_desk(const plan_profile *profile, const char *name);

/* The minute of the week that the wall clock shows. */
int plan_profile_minute(const plan_profile *profile, sla_time at);

/* Where a desk has `own` handlers, if at most `most` were there instead of its own most: in
 * proportion, rounded up. */
int32_t plan_desk_handlers(const plan_desk *desk, int32_t own, int32_t most);

/* How many handlers of a desk the work of a week would keep busy if it came evenly. */
double plan_profile_load(const plan_profile *profile, int desk);

#endif
