/*
 * bench_calendar.h - the offices whose open time is asked for, a twin that walks
 * their dates one by one, the questions, and peers in processes of their own.
 */
#ifndef SLA_BENCH_CALENDAR_H
#define SLA_BENCH_CALENDAR_H

#include <stdio.h>

#include <sla/calendar.h>

#include "bench.h"

enum { OFFICE_DATES = 32 };

/* Open from `open` to `close` o'clock on the days of the mask, Monday in its lowest bit. */
typedef struct office_open {
    unsigned days;
    int open, close;
} office_open;

/* From `at` on the zone's clocks show so many seconds more than UTC. */
typedef struct office_shift {
    const char *at;
    int32_t offset_s;
} office_shift;

/* The calendar's text and the twin are both made from it.  Hours of a day rise. */
typedef struct hours_office {
    const char *name, *zone;
    const office_open *hours;
    size_t hours_count;
    size_t common_count; /* the first of them, which peers know, too */
    const char *const (*holidays)[2];
    size_t holiday_count;
    const char *const *makeups; /* Saturdays and Sundays with the hours of a Monday */
    size_t makeup_count;
    const office_shift *shifts; /* that the twin has to know; the first holds before it, too */
    size_t shift_count;
} hours_office;

extern const hours_office office_shanghai; /* workload W-B: a lunch break, make-up workdays */
extern const hours_office office_berlin;   /* open in the very nights in which clocks are changed */

/* The same without what not every peer knows: make-up workdays, a night of Sunday. */
hours_office office_plain(const hours_office *office);

/* NULL (said on standard error) on failure.  `horizon` is a member of the document,
 * or "". */
char *office_text(const hours_office *office, const char *horizon);
sla_calendar *office_calendar(const hours_office *office);

/* The twin: plain lines, which know that no hours begin or end while clocks change. */
typedef struct hours_walk {
    hours_office office;
    int64_t closed[OFFICE_DATES][2]; /* days since 1970, both included */
    int64_t opened[OFFICE_DATES];
    struct {
        sla_time at;
        sla_duration offset;
    } shifts[OFFICE_DATES];
} hours_walk;

hours_walk walk_of(const hours_office *office);
sla_time walk_add(const hours_walk *walk, sla_time from, sla_duration need);
sla_duration walk_between(const hours_walk *walk, sla_time from, sla_time to);
/* The date at `at`, as days since 1970. */
int64_t walk_date(const hours_walk *walk, sla_time at);

/* ---------------------------------------------------------------- questions */

enum { QUESTIONS = 20000 };

typedef struct hours_questions {
    const sla_calendar *calendar;
    hours_walk walk;
    size_t count;
    sla_time from[QUESTIONS];
    sla_time to[QUESTIONS]; /* where `need` ends, so that between has something to count */
    sla_duration need[QUESTIONS];
    int days[QUESTIONS]; /* the working days of eight hours that hold it */
} hours_questions;

/* Instants of 2026 and 1 to 48 hours, from the seed. */
void questions_draw(hours_questions *questions, const hours_office *office,
                    const sla_calendar *calendar, uint64_t seed, size_t count);

/* -------------------------------------------------------------------- peers */

typedef struct hours_peer hours_peer;

/*
 * Runs the program `script` of bench/peers with `contender` and hands it the first
 * `count` questions.  NULL, with the reason in `why`, when it cannot be had.
 */
hours_peer *hours_peer_new(const char *interpreter, const char *script, const char *contender,
                           const hours_office *office, const hours_questions *questions,
                           size_t count, char why[128]);

/* Asks all of them once; false when it died (said on standard error). */
bool hours_peer_round(hours_peer *peer, double *seconds_out, uint64_t *sum_out);
void hours_peer_free(hours_peer *peer);

/* -------------------------------------------------------------------- parts */

/* A holiday becomes known while tickets are open (bench_calendar_plan.c, _engine.c). */
int bench_calendar_plan(bench_run *run);
int bench_calendar_engine(bench_run *run);

#endif
