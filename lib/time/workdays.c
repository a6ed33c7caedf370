/*
 * workdays.c - counting dates: N workdays, N calendar days, cut-offs, ends of
 * days (rules 15 and 16 of the semantics).
 *
 * A place on the wall clock is a date and a number of seconds after its 00:00.
 * In hours that began the evening before, the date is yesterday's and the
 * seconds go beyond 86400, so that "the same time of day" stays in its shift.
 */
#include "time/calendar.h"

#include "time/civil.h"

typedef struct place {
    int32_t date;
    sla_time since; /* microseconds after 00:00 of the date, on the wall clock */
} place;

/* ------------------------------------------------------------ places */

static int32_t civil_date(const sla_calendar *calendar, sla_time at)
{
    return (int32_t)sla__floor_div(sla__zone_civil(&calendar->zone, at), SLA__SECONDS_PER_DAY);
}

/* Microseconds on the wall clock since 1970-01-01 00:00. */
static sla_time wall(const sla_calendar *calendar, sla_time at)
{
    return at + sla__zone_offset(&calendar->zone, at) * SLA_SECOND;
}

const sla__day *sla__calendar_day(const sla_calendar *calendar, int32_t date)
{
    static const sla__day outside = {0, 0, 0, SLA_SEGMENT_OPEN, SLA_SEGMENT_CLOSED};
    const int64_t number = (int64_t)date - calendar->first_date;

    return number >= 0 && number < (int64_t)calendar->day_count ? &calendar->days[number]
                                                                : &outside;
}

/* Where the clock stands at `at`; in hours that began the evening before, on that date. */
static place place_of(const sla_calendar *calendar, sla_time at)
{
    const sla_time clock = wall(calendar, at);
    const int32_t date = (int32_t)sla__floor_div(clock, SLA_DAY);
    const sla_time since = clock - date * SLA_DAY;

    if (since < sla__calendar_day(calendar, date)->tail_s * SLA_SECOND &&
        sla_calendar_is_open(calendar, at))
        return (place){date - 1, since + SLA_DAY};
    return (place){date, since};
}

int32_t sla__calendar_date(const sla_calendar *calendar, sla_time at)
{
    return place_of(calendar, at).date;
}

/* The instant of a place: the end of the gap when it is skipped, the first when
 * it is repeated.  SLA_ERR_HORIZON outside the calendar. */
static int instant_of(const sla_calendar *calendar, place p, sla_time *out)
{
    const sla_time clock = p.date * SLA_DAY + p.since;
    const sla__civil second = sla__floor_div(clock, SLA_SECOND);
    sla_time at = sla__zone_instant(&calendar->zone, second);

    /* A fraction goes on behind the second, but not behind the end of a gap. */
    if (sla__zone_civil(&calendar->zone, at) == second)
        at += clock - second * SLA_SECOND;
    if (at < calendar->from || at > calendar->to)
        return SLA_ERR_HORIZON;
    *out = at;
    return SLA_OK;
}

/* The same; but where the clock is set back and shows the place twice, the second
 * time when the first one lies before `from`. */
static int instant_of_from(const sla_calendar *calendar, place p, sla_time from, sla_time *out)
{
    const sla__zone *zone = &calendar->zone;
    const int result = instant_of(calendar, p, out);
    size_t shift;

    if (result != SLA_OK || *out >= from)
        return result;
    shift = sla__zone_shift_at(zone, *out);
    if (shift + 1 < zone->count) {
        const int32_t back = zone->shifts[shift].offset_s - zone->shifts[shift + 1].offset_s;
        const sla_time again = *out + back * SLA_SECOND;

        if (again >= zone->shifts[shift + 1].at && again >= from && again <= calendar->to)
            *out = again;
    }
    return SLA_OK;
}

/* ------------------------------------------------------------ working dates */

/* How many working dates of the horizon lie before `date`. */
static int64_t working_before(const sla_calendar *calendar, int64_t date)
{
    const int64_t number = date - calendar->first_date;

    if (number < 0)
        return 0;
    if (number >= (int64_t)calendar->day_count)
        return (int64_t)calendar->working_count;
    return calendar->days[number].working_before;
}

static bool is_working(const sla_calendar *calendar, int32_t date)
{
    return working_before(calendar, date) < working_before(calendar, (int64_t)date + 1);
}

/* The working date number `number`; NULL outside the horizon. */
static const sla__working_date *working_date(const sla_calendar *calendar, int64_t number)
{
    return number >= 0 && number < (int64_t)calendar->working_count ? &calendar->working[number]
                                                                    : NULL;
}

/* ------------------------------------------------------------ N workdays */

/* Where a count of workdays begins: an instant, its place, its working date.  Once it
 * moved to another date the instant is looked for only where somebody wants it. */
typedef struct beginning {
    sla_time at; /* SLA_NEVER: that of the place */
    place p;
    int64_t number;
} beginning;

/* Stand on working date `number`, at the same time of day. */
static int move_to_date(const sla_calendar *calendar, int64_t number, beginning *b)
{
    const sla__working_date *date = working_date(calendar, number);

    if (date == NULL)
        return SLA_ERR_HORIZON;
    b->number = number;
    b->p.date = date->date;
    b->at = SLA_NEVER;
    return SLA_OK;
}

static void move_to_instant(const sla_calendar *calendar, sla_time at, beginning *b)
{
    b->at = at;
    b->p = place_of(calendar, at);
    b->number = working_before(calendar, b->p.date);
}

/* Put an instant onto a working date, as the roll wants it. */
static int roll(const sla_calendar *calendar, sla_time from, sla_roll how, beginning *b)
{
    const sla__working_date *next;
    sla_time open;
    int result;

    move_to_instant(calendar, from, b);
    if (how == SLA_ROLL_FORWARD) {
        result = sla_calendar_next_open(calendar, from, &open);
        if (result == SLA_OK)
            move_to_instant(calendar, open, b);
        return result;
    }
    if (is_working(calendar, b->p.date))
        return SLA_OK;
    switch (how) {
    case SLA_ROLL_FORWARD_DAY:
        next = working_date(calendar, b->number);
        if (next == NULL)
            return SLA_ERR_HORIZON;
        move_to_instant(calendar, next->open_at, b);
        return SLA_OK;
    case SLA_ROLL_BACKWARD:
        return move_to_date(calendar, b->number - 1, b);
    case SLA_ROLL_NONE_KEEP_TIME:
        return move_to_date(calendar, b->number, b);
    default:
        return SLA_ERR_ARGUMENT;
    }
}

/* Whether `at` is the end of an open window. */
static bool is_closing(const sla_calendar *calendar, sla_time at)
{
    return at > calendar->from &&
           calendar->windows[sla__calendar_window_at(calendar, at - 1)].end == at;
}

/* A result at the same time of day, moved as `end` and `fit` want it. */
static int fit_into_hours(const sla_calendar *calendar, const sla_workdays *workdays, sla_time at,
                          sla_time *out)
{
    const bool closing = is_closing(calendar, at);
    const bool moves =
        closing ? workdays->fit == SLA_FIT_NEXT_OPEN : workdays->end == SLA_END_SAME_TIME_IN_HOURS;

    if (moves)
        return sla_calendar_next_open(calendar, at, out);
    *out = at;
    return SLA_OK;
}

/* The end of a civil date: the first 00:00 of the next. */
static int end_of_date(const sla_calendar *calendar, int32_t date, sla_time *out)
{
    return instant_of(calendar, (place){date + 1, 0}, out);
}

static int same_time(const sla_calendar *calendar, const beginning *b, sla_time *out)
{
    *out = b->at;
    return b->at != SLA_NEVER ? SLA_OK : instant_of(calendar, b->p, out);
}

static int finish(const sla_calendar *calendar, const sla_workdays *workdays, const beginning *b,
                  sla_time *out)
{
    const sla_time close = calendar->working[b->number].close_at;
    sla_time at;
    int result;

    switch (workdays->end) {
    case SLA_END_SAME_TIME:
    case SLA_END_SAME_TIME_IN_HOURS:
        result = same_time(calendar, b, &at);
        return result == SLA_OK ? fit_into_hours(calendar, workdays, at, out) : result;
    case SLA_END_LAST_HOUR:
        result = same_time(calendar, b, &at);
        if (result == SLA_OK)
            *out = at < close ? at : close;
        return result;
    case SLA_END_DAY:
        return end_of_date(calendar, b->p.date, out);
    case SLA_END_CLOSE:
        *out = close;
        return SLA_OK;
    default:
        return SLA_ERR_ARGUMENT;
    }
}

int sla_calendar_add_workdays(const sla_calendar *calendar, sla_time from,
                              const sla_workdays *workdays, sla_time *out)
{
    beginning b;
    int result;

    if (!sla__calendar_reaches(calendar, from))
        return SLA_ERR_HORIZON;
    result = roll(calendar, from, workdays->roll, &b);
    /* With 0 days the instant stays what it is, also in the second pass of an
     * hour that the clock repeats. */
    if (result == SLA_OK && workdays->days != 0)
        result = move_to_date(calendar, b.number + workdays->days, &b);
    if (result == SLA_OK && working_date(calendar, b.number) == NULL)
        result = SLA_ERR_HORIZON;
    return result == SLA_OK ? finish(calendar, workdays, &b, out) : result;
}

/* ------------------------------------------------------------ N calendar days */

/* The end of a civil date that begins before `from`, not before it. */
static int end_of_date_from(const sla_calendar *calendar, int32_t date, sla_time from,
                            sla_time *out)
{
    return instant_of_from(calendar, (place){date + 1, 0}, from, out);
}

int sla_calendar_add_days(const sla_calendar *calendar, sla_time from, int days, sla_day_end end,
                          sla_time *out)
{
    int64_t date;
    place p;

    if (end != SLA_END_SAME_TIME && end != SLA_END_DAY)
        return SLA_ERR_ARGUMENT;
    if (!sla__calendar_reaches(calendar, from))
        return SLA_ERR_HORIZON;
    if (days == 0 && end == SLA_END_SAME_TIME) {
        *out = from;
        return SLA_OK;
    }
    p.date = civil_date(calendar, from);
    p.since = wall(calendar, from) - p.date * SLA_DAY;
    date = (int64_t)p.date + days;
    if (date < calendar->first_date - 1 || date > SLA__DAY_MAX)
        return SLA_ERR_HORIZON;
    p.date = (int32_t)date;
    return end == SLA_END_DAY ? end_of_date_from(calendar, p.date, from, out)
                              : instant_of(calendar, p, out);
}

int sla_calendar_end_of_day(const sla_calendar *calendar, sla_time at, bool close, sla_time *out)
{
    const sla__working_date *working;
    int64_t number;
    int32_t date;
    sla_time end;

    if (!sla__calendar_reaches(calendar, at))
        return SLA_ERR_HORIZON;
    if (!close) {
        /* 00:00 itself is the end of the day before it. */
        date = civil_date(calendar, at);
        if (end_of_date_from(calendar, date - 1, at, &end) != SLA_OK || end < at)
            return end_of_date_from(calendar, date, at, out);
        *out = end;
        return SLA_OK;
    }
    number = working_before(calendar, sla__calendar_date(calendar, at));
    working = working_date(calendar, number);
    if (working != NULL && working->close_at < at)
        working = working_date(calendar, number + 1);
    if (working == NULL)
        return SLA_ERR_HORIZON;
    *out = working->close_at;
    return SLA_OK;
}

/* ------------------------------------------------------------ cut-offs */

/* A time of day on a date, not before `from` where the clock shows it twice. */
static int time_of_date_from(const sla_calendar *calendar, int32_t date, int32_t seconds,
                             sla_time from, sla_time *out)
{
    return instant_of_from(calendar, (place){date, seconds * SLA_SECOND}, from, out);
}

/* The date `days` (at least 1) working dates after `date`; from a closed date the
 * next working date is the first. */
static const sla__working_date *later_working(const sla_calendar *calendar, int32_t date, int days)
{
    const int64_t number = working_before(calendar, date);

    if (!is_working(calendar, date))
        days--;
    return working_date(calendar, number + days);
}

int sla_calendar_cutoff(const sla_calendar *calendar, sla_time from, const sla_cutoff *cutoff,
                        sla_time *out)
{
    const sla__working_date *working;
    int32_t date;
    sla_time since;

    /* Else who comes before the cut-off, or after it, would be late already. */
    if (cutoff->days < 1 || cutoff->today_s < cutoff->before_s)
        return SLA_ERR_ARGUMENT;
    if (!sla__calendar_reaches(calendar, from))
        return SLA_ERR_HORIZON;
    date = civil_date(calendar, from);
    since = wall(calendar, from) - date * SLA_DAY;
    if (since < cutoff->before_s * SLA_SECOND && (!cutoff->workdays || is_working(calendar, date)))
        return time_of_date_from(calendar, date, cutoff->today_s, from, out);
    if (!cutoff->workdays)
        return cutoff->days > SLA__DAY_MAX - date
                   ? SLA_ERR_HORIZON
                   : time_of_date_from(calendar, date + cutoff->days, cutoff->later_s, from, out);
    working = later_working(calendar, date, cutoff->days);
    if (working == NULL)
        return SLA_ERR_HORIZON;
    return time_of_date_from(calendar, working->date, cutoff->later_s, from, out);
}

/* The first of the two ends on `date` that is not before `at`; SLA_NEVER when none. */
static sla_time end_on(const sla_calendar *calendar, int32_t date, sla_time at,
                       const sla_cutoff *cutoff)
{
    const int32_t seconds[2] = {cutoff->today_s, cutoff->later_s};
    sla_time best = SLA_NEVER;

    for (int i = 0; i < 2; i++) {
        sla_time end;

        if (time_of_date_from(calendar, date, seconds[i], at, &end) == SLA_OK && end >= at &&
            end < best)
            best = end;
    }
    return best;
}

int sla_calendar_snap(const sla_calendar *calendar, sla_time at, const sla_cutoff *cutoff,
                      sla_time *out)
{
    const int32_t behind = calendar->first_date + (int32_t)calendar->day_count;

    if (!sla__calendar_reaches(calendar, at))
        return SLA_ERR_HORIZON;
    /* Yesterday's 24:00 may be now, or that of the day before it where a date was left
     * out.  Closed dates are jumped over, so this ends after four dates, or where the
     * horizon does. */
    for (int32_t date = civil_date(calendar, at) - 2; date < behind; date++) {
        sla_time end;

        if (cutoff->workdays && !is_working(calendar, date)) {
            const sla__working_date *next = working_date(calendar, working_before(calendar, date));

            if (next == NULL)
                return SLA_ERR_HORIZON;
            date = next->date;
        }
        end = end_on(calendar, date, at, cutoff);
        if (end != SLA_NEVER) {
            *out = end;
            return SLA_OK;
        }
    }
    return SLA_ERR_HORIZON;
}
