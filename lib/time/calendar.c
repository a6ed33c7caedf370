/*
 * calendar.c - open time: add, sub, between, is_open and what is next.
 *
 * All of it is one function and its inverse.  Let P(x) be the open time from the
 * horizon's beginning to x: it grows in open windows and rests between them.
 * between(a, b) is P(b) - P(a); add looks for the first instant with
 * P = P(from) + need, sub for the last with P = P(to) - need.  Both directions
 * are one look into an index and at most two windows.
 */
#include "time/calendar.h"

/* P(at), for `at` in [from, to]. */
static sla_duration open_before(const sla_calendar *calendar, sla_time at)
{
    const sla__window *window = &calendar->windows[sla__calendar_window_at(calendar, at)];

    return window->before + (at > window->start ? at - window->start : 0);
}

/* The last instant at which P is `open`; `open` lies in [0, total). */
static sla_time last_with(const sla_calendar *calendar, sla_duration open)
{
    const sla__window *window = &calendar->windows[sla__calendar_window_of(calendar, open)];

    return window->start + (open - window->before);
}

const char *sla_calendar_name(const sla_calendar *calendar)
{
    return calendar->name;
}

const char *sla_calendar_version(const sla_calendar *calendar)
{
    return calendar->version;
}

const char *sla_calendar_display(const sla_calendar *calendar)
{
    return calendar->display;
}

const char *sla_calendar_zone(const sla_calendar *calendar)
{
    return calendar->zone_name;
}

void sla_calendar_horizon(const sla_calendar *calendar, sla_time *from_out, sla_time *to_out)
{
    *from_out = calendar->from;
    *to_out = calendar->to;
}

sla_time sla_calendar_known_until(const sla_calendar *calendar)
{
    return calendar->known_until;
}

bool sla_calendar_provisional(const sla_calendar *calendar, sla_time at)
{
    /* A due at the very end of the last known date rests on known dates only. */
    return at > calendar->known_until;
}

bool sla_calendar_is_open(const sla_calendar *calendar, sla_time at)
{
    return sla__calendar_reaches(calendar, at) &&
           calendar->windows[sla__calendar_window_at(calendar, at)].start <= at;
}

int sla_calendar_next_open(const sla_calendar *calendar, sla_time at, sla_time *out)
{
    const sla__window *window;

    if (!sla__calendar_reaches(calendar, at))
        return SLA_ERR_HORIZON;
    window = &calendar->windows[sla__calendar_window_at(calendar, at)];
    if (window->start == SLA_NEVER)
        return SLA_ERR_HORIZON;
    *out = at > window->start ? at : window->start;
    return SLA_OK;
}

int sla_calendar_next_close(const sla_calendar *calendar, sla_time at, sla_time *out)
{
    sla_time end;

    if (!sla__calendar_reaches(calendar, at))
        return SLA_ERR_HORIZON;
    end = calendar->windows[sla__calendar_window_at(calendar, at)].end;
    /* A window that ends with the horizon was cut there; nobody knows its closing. */
    if (end >= calendar->to)
        return SLA_ERR_HORIZON;
    *out = end;
    return SLA_OK;
}

int sla_calendar_add(const sla_calendar *calendar, sla_time from, sla_duration need,
                     sla_exact_fit fit, sla_time *out)
{
    sla_duration open;

    if (need < 0)
        return SLA_ERR_ARGUMENT;
    if (!sla__calendar_reaches(calendar, from))
        return SLA_ERR_HORIZON;
    if (need == 0 && fit == SLA_FIT_CLOSE) {
        *out = from;
        return SLA_OK;
    }
    open = open_before(calendar, from);
    if (need > sla__calendar_total(calendar) - open)
        return SLA_ERR_HORIZON;
    open += need;
    if (fit == SLA_FIT_CLOSE) {
        /* The window of the need's last microsecond: its end is still inside. */
        *out = last_with(calendar, open - 1) + 1;
        return SLA_OK;
    }
    if (open == sla__calendar_total(calendar))
        return SLA_ERR_HORIZON;
    *out = last_with(calendar, open);
    return SLA_OK;
}

int sla_calendar_sub(const sla_calendar *calendar, sla_time to, sla_duration need, sla_time *out)
{
    sla_duration open;

    if (need < 0)
        return SLA_ERR_ARGUMENT;
    if (!sla__calendar_reaches(calendar, to))
        return SLA_ERR_HORIZON;
    if (need == 0) {
        *out = to;
        return SLA_OK;
    }
    open = open_before(calendar, to);
    if (need > open)
        return SLA_ERR_HORIZON;
    *out = last_with(calendar, open - need);
    return SLA_OK;
}

int sla_calendar_between(const sla_calendar *calendar, sla_time from, sla_time to,
                         sla_duration *out)
{
    if (to <= from) {
        *out = 0;
        return SLA_OK;
    }
    if (from < calendar->from || to > calendar->to)
        return SLA_ERR_HORIZON;
    *out = open_before(calendar, to) - open_before(calendar, from);
    return SLA_OK;
}

int32_t sla_calendar_offset(const sla_calendar *calendar, sla_time at)
{
    return sla__zone_offset(&calendar->zone, at);
}
