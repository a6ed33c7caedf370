/*
 * sla/calendar.h - open time: when do people work, and when is a need of open
 * time spent?
 *
 * A calendar has one zone, weekly hours, and dates that differ from the week:
 * holidays, make-up workdays, special hours.  It is read from JSON, compiled
 * once to sorted UTC windows, and never changes afterwards; any number of
 * threads may ask it at the same time.
 *
 *     sla_calendar *office;
 *     sla_time due;
 *
 *     sla_calendar_parse(text, length, "office.json", NULL, &office, &error);
 *     sla_calendar_add(office, opened_at, 8 * SLA_HOUR, SLA_FIT_CLOSE, &due);
 *     sla_calendar_unref(office);
 *
 * What is open.  An instant is open if its civil time lies in the hours of its
 * date.  Hours are half open: exactly at opening is in, exactly at closing is
 * out.  Hours that begin in a DST gap open at the end of the gap; a civil time
 * that occurs twice is open, or closed, both times.
 *
 * When a need fills a window exactly.  It ends when that window closes
 * (SLA_FIT_CLOSE), or when the next one opens (SLA_FIT_NEXT_OPEN); no open time
 * lies between the two, and both answers are in use in the field.
 *
 * What is not known yet.  A calendar says until which date its list of
 * holidays is known.  Beyond it weekly hours hold without holidays and every
 * answer is provisional (sla_calendar_provisional).
 *
 * The horizon.  A calendar is compiled from one year to another
 * (sla_calendar_horizon); a question whose answer lies outside gets
 * SLA_ERR_HORIZON, and the place for the answer is not written.
 */
#ifndef SLA_CALENDAR_H
#define SLA_CALENDAR_H

#include <stdbool.h>

#include <sla/alloc.h>
#include <sla/base.h>
#include <sla/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sla_exact_fit {
    SLA_FIT_CLOSE = 0,    /* a need that fills a window ends at its closing */
    SLA_FIT_NEXT_OPEN = 1 /* ... at the next opening */
} sla_exact_fit;

/* How an instant that begins a count of workdays gets onto a working date. */
typedef enum sla_roll {
    SLA_ROLL_FORWARD = 0,       /* to the next opening, unless open */
    SLA_ROLL_FORWARD_DAY = 1,   /* a closed date to the opening of the next working date */
    SLA_ROLL_BACKWARD = 2,      /* a closed date back to the last working date, same time of day */
    SLA_ROLL_NONE_KEEP_TIME = 3 /* a closed date forward to a working date, same time of day */
} sla_roll;

/* Where on the last date a count of days ends. */
typedef enum sla_day_end {
    SLA_END_SAME_TIME = 0,
    SLA_END_SAME_TIME_IN_HOURS = 1, /* moved forward into hours */
    SLA_END_LAST_HOUR = 2,          /* the earlier of the same time and the last closing */
    SLA_END_DAY = 3,                /* the first 00:00 of the next date */
    SLA_END_CLOSE = 4               /* the last closing of that date */
} sla_day_end;

typedef struct sla_workdays {
    int days; /* negative counts back; 0 is the roll alone */
    sla_roll roll;
    sla_day_end end;
    sla_exact_fit fit; /* for SAME_TIME and SAME_TIME_IN_HOURS results that land on closing */
} sla_workdays;

/* `before` of the day: that day at `today`; else `days` (1 or more) days later at `later`.
 * Times of day are seconds after 00:00, up to 86400 (24:00). */
typedef struct sla_cutoff {
    int32_t before_s;
    int32_t today_s;
    int32_t days;
    int32_t later_s;
    bool workdays; /* the days later are working dates, and a closed date counts as after */
    bool snap;     /* a result moved by credits goes up to the next cut-off end */
} sla_cutoff;

/*
 * Read a calendar from JSON (docs/schema/calendar.schema.json).
 *
 * `source` names the text in complaints; NULL is "calendar".  The caller owns
 * one reference to `*calendar_out`.  Returns SLA_OK; SLA_ERR_SYNTAX when the
 * text is no JSON; SLA_ERR_CALENDAR when a value is wrong (the complaint says
 * where and what to write instead); SLA_ERR_ZONE when the zone is unknown on
 * this machine; SLA_ERR_ARGUMENT for an allocator that is none (sla/alloc.h);
 * SLA_ERR_NOMEM.  On error nothing is created.
 */
SLA_API int sla_calendar_parse(const char *text, size_t length, const char *source,
                               const sla_allocator *allocator, sla_calendar **calendar_out,
                               sla_error *error);

/* One more reference; returns `calendar`.  Safe from several threads. */
SLA_API sla_calendar *sla_calendar_ref(sla_calendar *calendar);

/* One reference less; the last one frees.  NULL is fine. */
SLA_API void sla_calendar_unref(sla_calendar *calendar);

/* Borrowed until the calendar goes. */
SLA_API const char *sla_calendar_name(const sla_calendar *calendar);
SLA_API const char *sla_calendar_version(const sla_calendar *calendar);
/* The name for people; the name where the file gives none. */
SLA_API const char *sla_calendar_display(const sla_calendar *calendar);
SLA_API const char *sla_calendar_zone(const sla_calendar *calendar);

/* The first instant compiled, and the first one behind it that is not. */
SLA_API void sla_calendar_horizon(const sla_calendar *calendar, sla_time *from_out,
                                  sla_time *to_out);

/* The end of the last civil date whose holidays are known; SLA_NEVER for a
 * calendar that has no list to run out (24x7). */
SLA_API sla_time sla_calendar_known_until(const sla_calendar *calendar);

/* Whether a due time at `at` rests on holidays that are not known yet. */
SLA_API bool sla_calendar_provisional(const sla_calendar *calendar, sla_time at);

SLA_API bool sla_calendar_is_open(const sla_calendar *calendar, sla_time at);

/* The first open instant at or after `at`. */
SLA_API int sla_calendar_next_open(const sla_calendar *calendar, sla_time at, sla_time *out);

/* The end of the open window that holds `at`, or of the next one. */
SLA_API int sla_calendar_next_close(const sla_calendar *calendar, sla_time at, sla_time *out);

/* The first instant by which `need` (>= 0) of open time has passed since `from`.
 * A need of 0 is `from` itself under SLA_FIT_CLOSE and the next opening (`from`,
 * when open) under SLA_FIT_NEXT_OPEN. */
SLA_API int sla_calendar_add(const sla_calendar *calendar, sla_time from, sla_duration need,
                             sla_exact_fit fit, sla_time *out);

/* The latest instant x with between(x, to) == need; `to` itself for a need of 0. */
SLA_API int sla_calendar_sub(const sla_calendar *calendar, sla_time to, sla_duration need,
                             sla_time *out);

/* Open time in [from, to); 0 when reversed. */
SLA_API int sla_calendar_between(const sla_calendar *calendar, sla_time from, sla_time to,
                                 sla_duration *out);

/* Roll, then `days` working dates on, then the end that was asked for. */
SLA_API int sla_calendar_add_workdays(const sla_calendar *calendar, sla_time from,
                                      const sla_workdays *workdays, sla_time *out);

/* `days` civil dates on (negative: back), on the wall clock of the calendar's
 * zone.  `end` is SLA_END_SAME_TIME or SLA_END_DAY, else SLA_ERR_ARGUMENT.  A
 * result in a DST gap is the end of the gap, a repeated one the first. */
SLA_API int sla_calendar_add_days(const sla_calendar *calendar, sla_time from, int days,
                                  sla_day_end end, sla_time *out);

/* The cut-off rule, decided by the civil time of `from`; exactly at the cut-off
 * is after it.  SLA_ERR_ARGUMENT where an answer could lie before `from`: `days` of
 * less than 1, or `today_s` before `before_s`. */
SLA_API int sla_calendar_cutoff(const sla_calendar *calendar, sla_time from,
                                const sla_cutoff *cutoff, sla_time *out);

/* The first end of the civil day (00:00 of the next date) at or after `at`; the
 * last closing of `at`'s date when `close` and it is not past, else of the next
 * working date. */
SLA_API int sla_calendar_end_of_day(const sla_calendar *calendar, sla_time at, bool close,
                                    sla_time *out);

/* The first instant at or after `at` that is an end of the cut-off rule (its
 * `today_s` or `later_s` on some date, working dates only where it says so). */
SLA_API int sla_calendar_snap(const sla_calendar *calendar, sla_time at, const sla_cutoff *cutoff,
                              sla_time *out);

/* Seconds east of UTC in the calendar's zone at `at`. */
SLA_API int32_t sla_calendar_offset(const sla_calendar *calendar, sla_time at);

/* Why time is or is not open: for those who must explain a due time. */
typedef enum sla_segment_kind {
    SLA_SEGMENT_OPEN,    /* ordinary hours */
    SLA_SEGMENT_MAKEUP,  /* hours of a make-up workday */
    SLA_SEGMENT_SPECIAL, /* special hours of that date */
    SLA_SEGMENT_CLOSED,  /* outside hours, weekend included */
    SLA_SEGMENT_HOLIDAY  /* a date closed by the list of holidays */
} sla_segment_kind;

typedef struct sla_segment {
    sla_time start;
    sla_time end; /* half open */
    sla_segment_kind kind;
    const char *label; /* name of the holiday or make-up day, or ""; borrowed from the calendar */
} sla_segment;

/* The longest stretch of one kind (and one label) that begins at `from`, cut at
 * `to`.  Call again from its end until `to` is reached. */
SLA_API int sla_calendar_segment(const sla_calendar *calendar, sla_time from, sla_time to,
                                 sla_segment *out);

#ifdef __cplusplus
}
#endif

#endif
