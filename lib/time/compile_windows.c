/*
 * compile_windows.c - the second step of compiling: civil stretches become UTC
 * windows.  See compile.h.
 *
 * Between two shifts of the zone the wall clock runs evenly, so each stretch is
 * intersected with the civil time that passes there and moved by its offset.
 * That alone is rule 17: what lies in a gap passes nowhere, what is repeated
 * passes twice, and hours that begin in a gap begin where the gap ends.
 */
#include "time/compile.h"

#include <string.h>

#include "base/alloc.h"
#include "time/civil.h"

/* First and last open instant of each date; both 0 where it has none. */
typedef struct reach {
    sla_time open_at;
    sla_time close_at;
} reach;

typedef struct builder {
    sla_calendar *calendar;
    const sla__stretches *stretches;
    reach *reaches; /* one for each day of the calendar */
    size_t capacity;
} builder;

static bool put_window(builder *b, sla_time start, sla_time end)
{
    sla_calendar *calendar = b->calendar;
    void *windows = calendar->windows;

    if (calendar->window_count > 0 && calendar->windows[calendar->window_count - 1].end == start) {
        calendar->windows[calendar->window_count - 1].end = end;
        return true;
    }
    /* One more than needed: the sentinel's place. */
    if (!sla__grow(&calendar->allocator, &windows, &b->capacity, calendar->window_count + 2,
                   sizeof *calendar->windows))
        return false;
    calendar->windows = windows;
    calendar->windows[calendar->window_count++] = (sla__window){start, end, 0};
    return true;
}

static sla_time later(sla_time a, sla_time b)
{
    return a > b ? a : b;
}

static sla_time earlier(sla_time a, sla_time b)
{
    return a < b ? a : b;
}

static void extend_reach(builder *b, int32_t owner, sla_time start, sla_time end)
{
    const int64_t day = (int64_t)owner - b->calendar->first_date;
    reach *r;

    if (day < 0 || day >= (int64_t)b->calendar->day_count)
        return;
    r = &b->reaches[day];
    if (r->open_at == r->close_at) {
        *r = (reach){start, end};
        return;
    }
    r->open_at = earlier(r->open_at, start);
    r->close_at = later(r->close_at, end);
}

/* The first stretch that ends after `civil`. */
static size_t stretch_after(const sla__stretches *stretches, sla__civil civil)
{
    size_t low = 0, high = stretches->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (stretches->list[middle].end > civil)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* All windows in [from, to), where the offset does not change. */
static bool put_even(builder *b, sla_time from, sla_time to, int32_t offset_s)
{
    size_t i = stretch_after(b->stretches, sla__floor_div(from, SLA_SECOND) + offset_s);

    for (; i < b->stretches->count; i++) {
        const sla__stretch *stretch = &b->stretches->list[i];
        const sla_time start = later((stretch->start - offset_s) * SLA_SECOND, from);
        const sla_time end = earlier((stretch->end - offset_s) * SLA_SECOND, to);

        if (start >= to)
            break;
        if (!put_window(b, start, end))
            return false;
        extend_reach(b, stretch->owner, start, end);
    }
    return true;
}

static bool put_all(builder *b)
{
    const sla_calendar *calendar = b->calendar;
    const sla__zone *zone = &calendar->zone;

    for (size_t i = sla__zone_shift_at(zone, calendar->from);
         i < zone->count && zone->shifts[i].at < calendar->to; i++) {
        const sla_time from = later(zone->shifts[i].at, calendar->from);
        const sla_time to =
            i + 1 < zone->count ? earlier(zone->shifts[i + 1].at, calendar->to) : calendar->to;

        if (!put_even(b, from, to, zone->shifts[i].offset_s))
            return false;
    }
    return true;
}

static void sum_up(sla_calendar *calendar)
{
    sla_duration before = 0;

    for (size_t i = 0; i < calendar->window_count; i++) {
        calendar->windows[i].before = before;
        before += calendar->windows[i].end - calendar->windows[i].start;
    }
    calendar->windows[calendar->window_count] = (sla__window){SLA_NEVER, SLA_NEVER, before};
}

/* Windows by the end they have (`by_open` false) or by the open time up to it. */
static bool make_index(sla_calendar *calendar, sla__index *index, bool by_open)
{
    const size_t count = index->cell_count + 1;
    size_t cell = 0;

    index->cells = sla__new(&calendar->allocator, count, sizeof *index->cells);
    if (index->cells == NULL)
        return false;
    for (size_t i = 0; i < calendar->window_count; i++) {
        const int64_t bound = by_open ? calendar->windows[i + 1].before : calendar->windows[i].end;
        const size_t last = sla__index_cell(index, bound - 1);

        /* The cells that begin before it, but for those of windows before. */
        while (cell <= last && cell < count)
            index->cells[cell++] = (uint32_t)i;
    }
    while (cell < count)
        index->cells[cell++] = (uint32_t)calendar->window_count;
    return true;
}

static bool index_windows(sla_calendar *calendar)
{
    sla__index_plan(&calendar->by_time, calendar->from, calendar->to - calendar->from + 1,
                    calendar->window_count);
    sla__index_plan(&calendar->by_open, 0, sla__calendar_total(calendar), calendar->window_count);
    return make_index(calendar, &calendar->by_time, false) &&
           make_index(calendar, &calendar->by_open, true);
}

static bool list_working_dates(builder *b)
{
    sla_calendar *calendar = b->calendar;
    size_t count = 0;

    for (size_t i = 0; i < calendar->day_count; i++) {
        calendar->days[i].working_before = (uint32_t)count;
        count += b->reaches[i].open_at < b->reaches[i].close_at;
    }
    calendar->working_count = count;
    calendar->working = sla__new(&calendar->allocator, count, sizeof *calendar->working);
    if (calendar->working == NULL)
        return false;
    for (size_t i = 0; i < calendar->day_count; i++)
        if (b->reaches[i].open_at < b->reaches[i].close_at)
            calendar->working[calendar->days[i].working_before] = (sla__working_date){
                calendar->first_date + (int32_t)i, b->reaches[i].open_at, b->reaches[i].close_at};
    return true;
}

static int build(builder *b, sla__json *json)
{
    sla_calendar *calendar = b->calendar;
    const int32_t behind = calendar->first_date + (int32_t)calendar->day_count;

    calendar->from =
        sla__zone_instant(&calendar->zone, (sla__civil)calendar->first_date * SLA__SECONDS_PER_DAY);
    calendar->to = sla__zone_instant(&calendar->zone, (sla__civil)behind * SLA__SECONDS_PER_DAY);
    calendar->from = later(calendar->from, SLA_TIME_MIN);
    calendar->to = earlier(calendar->to, SLA_TIME_MAX);
    if (!put_all(b))
        return SLA_ERR_NOMEM;
    if (calendar->window_count == 0)
        return sla__json_complain_at(json, "week",
                                     "there is no open time in this calendar; give at "
                                     "least one day its hours");
    sum_up(calendar);
    return index_windows(calendar) && list_working_dates(b) ? SLA_OK : SLA_ERR_NOMEM;
}

int sla__compile_windows(sla_calendar *calendar, sla__json *json, const sla__stretches *stretches)
{
    builder b = {calendar, stretches, NULL, 0};
    int result = SLA_ERR_NOMEM;

    b.reaches = sla__new(&calendar->allocator, calendar->day_count, sizeof *b.reaches);
    if (b.reaches != NULL)
        result = build(&b, json);
    if (result == SLA_ERR_NOMEM)
        sla__json_complain_as(json, result, "out of memory");
    sla__free(&calendar->allocator, b.reaches);
    return result;
}
