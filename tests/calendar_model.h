/*
 * calendar_model.h - the dumb twin of calendars: one cell for every minute (or
 * second) of a range of time, filled by asking each cell's civil time whether it
 * lies in the hours of its date, and everything answered by counting cells.
 *
 * Too slow to ship and too plain to be wrong.  The only thing shared with the
 * library is the zone's list of shifts, which test_zone compares with zdump.
 */
#ifndef SLA_TESTS_CALENDAR_MODEL_H
#define SLA_TESTS_CALENDAR_MODEL_H

#include "calendar_help.h"

#include "time/zone.h"

enum { MODEL_DAYS = 370, MODEL_WINDOWS = 4 };

/* Seconds after 00:00; an end above 86400 lies past midnight. */
typedef struct model_hours {
    int start[MODEL_WINDOWS];
    int end[MODEL_WINDOWS];
    int count;
} model_hours;

typedef enum model_rule { BY_WEEK, HOLIDAY, MAKEUP_AS, MAKEUP_OWN, SPECIAL } model_rule;

typedef struct model_day {
    model_rule rule;
    int as;
    model_hours own;
    model_hours cuts;
} model_day;

typedef struct model {
    const char *zone_name;
    sla__zone zone;
    int year;
    int32_t first_date; /* 1 January */
    int day_count;
    bool cut;
    model_hours week[7];
    model_day days[MODEL_DAYS];

    /* The cells: cell i is [from + i * unit, ... + unit). */
    int64_t unit;
    sla_time from;
    int64_t cell_count;
    int32_t *owner; /* the date whose hours it is in, + 1; 0: closed */
    int64_t *civil; /* seconds on the wall at its beginning */
} model;

/* A random calendar of `year` in `zone`, its times being multiples of `step_s`. */
void model_make(model *m, prng *random, const char *zone, int year, int step_s);

/* The same calendar as JSON.  The caller frees it. */
char *model_json(const model *m);

/* Fill the cells of [from, to). */
void model_fill(model *m, sla_time from, sla_time to, int64_t unit);

void model_free(model *m);

/* What the library's calls of the same names answer, or SLA_NEVER where the cells
 * end before the answer. */
bool model_is_open(const model *m, sla_time at);
sla_time model_next_open(const model *m, sla_time at);
sla_time model_next_close(const model *m, sla_time at);
sla_time model_add(const model *m, sla_time from, sla_duration need, sla_exact_fit fit);
sla_time model_sub(const model *m, sla_time to, sla_duration need);
sla_duration model_between(const model *m, sla_time from, sla_time to);
sla_time model_add_workdays(const model *m, sla_time from, const sla_workdays *workdays);
sla_time model_add_days(const model *m, sla_time from, int days, sla_day_end end);
sla_time model_cutoff(const model *m, sla_time from, const sla_cutoff *cutoff);
sla_segment_kind model_kind(const model *m, sla_time at);

#endif
