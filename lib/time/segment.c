/*
 * segment.c - why time is open or closed, stretch by stretch; for those who must
 * explain a due time.
 */
#include "time/calendar.h"

#include <string.h>

#include "time/civil.h"

static sla_time earlier(sla_time a, sla_time b)
{
    return a < b ? a : b;
}

/* Where the civil date changes, or the hours that began yesterday end, or the
 * offset changes, whichever comes first after `at`. */
static sla_time next_boundary(const sla_calendar *calendar, sla_time at)
{
    const sla__zone *zone = &calendar->zone;
    const size_t shift = sla__zone_shift_at(zone, at);
    const sla_time clock = at + zone->shifts[shift].offset_s * SLA_SECOND;
    const int32_t date = (int32_t)sla__floor_div(clock, SLA_DAY);
    const sla_time since = clock - date * SLA_DAY;
    const sla_time tail = sla__calendar_day(calendar, date)->tail_s * SLA_SECOND;
    const sla_time boundary = at + (since < tail ? tail : SLA_DAY) - since;

    return shift + 1 < zone->count ? earlier(boundary, zone->shifts[shift + 1].at) : boundary;
}

/* The stretch at `from`, up to the next boundary of any kind. */
static sla_segment piece_at(const sla_calendar *calendar, sla_time from)
{
    const sla__window *window = &calendar->windows[sla__calendar_window_at(calendar, from)];
    const bool open = window->start <= from;
    const sla__day *day = sla__calendar_day(calendar, sla__calendar_date(calendar, from));
    sla_segment piece;

    piece.start = from;
    piece.end = earlier(next_boundary(calendar, from), open ? window->end : window->start);
    piece.kind = open ? (sla_segment_kind)day->open_kind : (sla_segment_kind)day->closed_kind;
    /* A name says why a date differs; ordinary closing hours of it need none. */
    piece.label = open || piece.kind == SLA_SEGMENT_HOLIDAY ? calendar->labels[day->label] : "";
    return piece;
}

int sla_calendar_segment(const sla_calendar *calendar, sla_time from, sla_time to, sla_segment *out)
{
    sla_segment segment;

    if (to <= from)
        return SLA_ERR_ARGUMENT;
    if (!sla__calendar_reaches(calendar, from) || to > calendar->to)
        return SLA_ERR_HORIZON;
    segment = piece_at(calendar, from);
    while (segment.end < to) {
        const sla_segment next = piece_at(calendar, segment.end);

        if (next.kind != segment.kind || strcmp(next.label, segment.label) != 0)
            break;
        segment.end = next.end;
    }
    segment.end = earlier(segment.end, to);
    *out = segment;
    return SLA_OK;
}
