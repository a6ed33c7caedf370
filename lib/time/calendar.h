/*
 * calendar.h - a calendar as it is asked: sorted UTC windows with prefix sums,
 * two indexes over them, and what is known of each civil date.
 */
#ifndef SLA_TIME_CALENDAR_H
#define SLA_TIME_CALENDAR_H

#include <stdatomic.h>

#include <sla/calendar.h>

#include "time/index.h"
#include "time/zone.h"

typedef struct sla__window {
    sla_time start;
    sla_time end;
    sla_duration before; /* open time from the horizon's beginning to `start` */
} sla__window;

/* A civil date of the horizon. */
typedef struct sla__day {
    uint32_t working_before; /* working dates before this one */
    uint32_t label;          /* into labels; 0 is "" */
    int32_t tail_s;          /* until then an open instant belongs to the date before */
    uint8_t open_kind;       /* sla_segment_kind of its open time ... */
    uint8_t closed_kind;     /* ... and of the rest */
} sla__day;

/* A date on which hours begin. */
typedef struct sla__working_date {
    int32_t date;
    sla_time open_at;  /* first instant of its hours */
    sla_time close_at; /* end of its last hours, maybe past midnight */
} sla__working_date;

/* Where a member of the document stands, for those who remark upon it later. */
typedef struct sla__member_place {
    const char *pointer; /* "" where the member is not there: the document is meant */
    int line, column;
} sla__member_place;

struct sla_calendar {
    sla_allocator allocator;
    atomic_size_t references;
    char *texts; /* what the names and labels point into */
    const char *name;
    const char *version;
    const char *display;
    const char *zone_name;
    const char *source;
    sla__member_place week_place, known_place, horizon_place;
    const char **labels;
    sla__zone zone;
    sla_time from; /* the horizon, [from, to) */
    sla_time to;
    sla_time known_until;
    size_t window_count;
    sla__window *windows; /* and one behind the last that begins and ends at SLA_NEVER */
    sla__index by_time;   /* window ends, over [from, to] */
    sla__index by_open;   /* sums of open time, over [0, total) */
    int32_t first_date;
    size_t day_count;
    sla__day *days;
    size_t working_count;
    sla__working_date *working;
};

/* Whether every instant of the calendar's answers may be asked about `at`. */
static inline bool sla__calendar_reaches(const sla_calendar *calendar, sla_time at)
{
    return at >= calendar->from && at < calendar->to;
}

/* The first window that ends after `at`, which lies in [from, to]. */
static inline size_t sla__calendar_window_at(const sla_calendar *calendar, sla_time at)
{
    const uint32_t *cell = calendar->by_time.cells + sla__index_cell(&calendar->by_time, at);
    size_t low = cell[0], high = cell[1];

    while (high - low > 1) {
        const size_t middle = (low + high) / 2;

        if (calendar->windows[middle].end > at)
            high = middle;
        else
            low = middle + 1;
    }
    return low + (calendar->windows[low].end <= at);
}

/* The window in which the open time after `open` (in [0, total)) begins. */
static inline size_t sla__calendar_window_of(const sla_calendar *calendar, sla_duration open)
{
    const uint32_t *cell = calendar->by_open.cells + sla__index_cell(&calendar->by_open, open);
    size_t low = cell[0], high = cell[1];

    while (high - low > 1) {
        const size_t middle = (low + high) / 2;

        if (calendar->windows[middle + 1].before > open)
            high = middle;
        else
            low = middle + 1;
    }
    return low + (calendar->windows[low + 1].before <= open);
}

/* All open time of the calendar. */
static inline sla_duration sla__calendar_total(const sla_calendar *calendar)
{
    return calendar->windows[calendar->window_count].before;
}

/* What is known of a date; outside the horizon: ordinary, nothing listed. */
const sla__day *sla__calendar_day(const sla_calendar *calendar, int32_t date);

/* The civil date that `at` counts for: its own, or the one before when it lies in
 * hours that began there. */
int32_t sla__calendar_date(const sla_calendar *calendar, sla_time at);

#endif
