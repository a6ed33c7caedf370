/*
 * compile_days.c - the first step of compiling: entry by entry, then date by
 * date, what the hours of each civil date are.  See compile.h.
 */
#include "time/compile.h"

#include <string.h>

#include <sla/time.h>

#include "base/alloc.h"
#include "time/civil.h"

/* Which entry rules a date, and which one cuts breaks out of it: entry + 1, 0 is none. */
typedef struct plan {
    uint32_t rule;
    uint32_t cuts;
} plan;

typedef struct days {
    sla_calendar *calendar;
    sla__raw *raw;
    sla__json *json;
    sla__stretches *stretches;
    plan *plans; /* for the dates from first - 1 to last + 1 */
    int32_t first;
    int32_t last;
} days;

static int out_of_memory(sla__json *json)
{
    return sla__json_complain_as(json, SLA_ERR_NOMEM, "out of memory");
}

static plan *plan_of(const days *d, int32_t date)
{
    return &d->plans[date - (d->first - 1)];
}

static const sla__entry *rule_of(const days *d, int32_t date)
{
    const uint32_t rule = plan_of(d, date)->rule;

    return rule > 0 ? &d->raw->entries[rule - 1] : NULL;
}

static int complain_twice(const days *d, const sla__entry *entry, const sla__entry *other,
                          int32_t date)
{
    char text[SLA_TIME_TEXT_MAX];

    sla_date_format(date, text, sizeof text);
    return sla__raw_complain(d->json, entry, NULL,
                             "%s is listed twice, the first time in /%s/%zu; keep one", text,
                             sla__entry_list(other->kind), other->index);
}

/* Each date is ruled by at most one entry, and cut by at most one. */
static int plan_entry(const days *d, size_t number)
{
    const sla__entry *entry = &d->raw->entries[number];

    for (int32_t date = entry->first; date <= entry->last; date++) {
        plan *p = plan_of(d, date);
        uint32_t *slot = entry->kind == SLA__ENTRY_BREAK ? &p->cuts : &p->rule;

        if (*slot != 0)
            return complain_twice(d, entry, &d->raw->entries[*slot - 1], date);
        *slot = (uint32_t)number + 1;
    }
    return SLA_OK;
}

static sla__hours_range hours_of(const days *d, int32_t date)
{
    const sla__entry *rule = rule_of(d, date);

    return rule != NULL ? rule->hours : d->raw->week[sla__weekday(date)];
}

/* The last date's hours go past midnight into hours of this one. */
static int complain_about_night(const days *d, int32_t date)
{
    const sla__entry *rule = rule_of(d, date);
    char text[SLA_TIME_TEXT_MAX];

    /* At least one of the two is an entry: the week alone has been checked. */
    if (rule == NULL)
        rule = rule_of(d, date - 1);
    sla_date_format(date - 1, text, sizeof text);
    return sla__raw_complain(d->json, rule, NULL,
                             "the hours of %s go past midnight and overlap those of the next date",
                             text);
}

static int put_hours(const days *d, int32_t date)
{
    const sla__hours_range range = hours_of(d, date);
    const sla__civil midnight = (sla__civil)date * SLA__SECONDS_PER_DAY;

    for (size_t i = range.first; i < range.first + range.count; i++) {
        const sla__stretch stretch = {midnight + d->raw->hours[i].start,
                                      midnight + d->raw->hours[i].end, date};
        const size_t count = d->stretches->count;

        if (count > 0 && d->stretches->list[count - 1].end > stretch.start)
            return complain_about_night(d, date);
        if (count >= SLA__WINDOWS_MAX)
            return sla__json_complain_at(d->json, "week",
                                         "there are more than %d windows; shorten \"horizon\"",
                                         SLA__WINDOWS_MAX);
        if (!sla__stretches_put(d->stretches, d->raw->allocator, stretch))
            return out_of_memory(d->json);
    }
    return SLA_OK;
}

/* Cut the breaks of `date` out of all that has been put so far. */
static int cut_breaks(const days *d, int32_t date)
{
    const uint32_t cuts = plan_of(d, date)->cuts;
    const sla__civil midnight = (sla__civil)date * SLA__SECONDS_PER_DAY;
    sla__entry *entry;

    if (cuts == 0)
        return SLA_OK;
    entry = &d->raw->entries[cuts - 1];
    for (size_t i = entry->hours.first; i < entry->hours.first + entry->hours.count; i++)
        if (!sla__stretches_cut(d->stretches, d->raw->allocator, midnight + d->raw->hours[i].start,
                                midnight + d->raw->hours[i].end, &entry->cuts))
            return out_of_memory(d->json);
    return SLA_OK;
}

/* Overlaps are judged on the hours as written, so a break is cut one date late:
 * when the hours of the next date, into which it may reach, are there as well. */
static int put_dates(const days *d)
{
    int result = SLA_OK;

    for (int32_t date = d->first - 1; date <= d->last + 1 && result == SLA_OK; date++) {
        result = put_hours(d, date);
        if (result == SLA_OK && date > d->first - 1)
            result = cut_breaks(d, date - 1);
    }
    return result == SLA_OK ? cut_breaks(d, d->last + 1) : result;
}

static int check_breaks(const days *d)
{
    for (size_t i = 0; i < d->raw->entry_count; i++) {
        const sla__entry *entry = &d->raw->entries[i];

        if (entry->kind == SLA__ENTRY_BREAK && !entry->cuts)
            return sla__raw_complain(d->json, entry, "cut",
                                     "there is no open time here that could be cut; leave the "
                                     "entry out");
    }
    return SLA_OK;
}

static sla_segment_kind open_kind(const sla__entry *rule)
{
    if (rule == NULL)
        return SLA_SEGMENT_OPEN;
    return rule->kind == SLA__ENTRY_MAKEUP ? SLA_SEGMENT_MAKEUP : SLA_SEGMENT_SPECIAL;
}

static void name_days(const days *d)
{
    for (int32_t date = d->first; date <= d->last; date++) {
        const sla__entry *rule = rule_of(d, date);
        sla__day *day = &d->calendar->days[date - d->first];
        const bool holiday = rule != NULL && rule->kind == SLA__ENTRY_HOLIDAY;

        day->label = plan_of(d, date)->rule;
        day->open_kind = (uint8_t)open_kind(rule);
        day->closed_kind = (uint8_t)(holiday ? SLA_SEGMENT_HOLIDAY : SLA_SEGMENT_CLOSED);
    }
    for (size_t i = 0; i < d->stretches->count; i++) {
        const sla__stretch *stretch = &d->stretches->list[i];
        const int32_t next = stretch->owner + 1;
        const int64_t tail = stretch->end - (int64_t)next * SLA__SECONDS_PER_DAY;

        if (tail > 0 && next >= d->first && next <= d->last)
            d->calendar->days[next - d->first].tail_s = (int32_t)tail;
    }
}

static int compile(days *d)
{
    int result = SLA_OK;

    for (size_t i = 0; i < d->raw->entry_count && result == SLA_OK; i++)
        result = plan_entry(d, i);
    if (result == SLA_OK)
        result = put_dates(d);
    if (result == SLA_OK)
        result = check_breaks(d);
    if (result == SLA_OK)
        name_days(d);
    return result;
}

int sla__compile_days(sla_calendar *calendar, sla__raw *raw, sla__json *json,
                      sla__stretches *stretches)
{
    days d = {calendar, raw, json, stretches, NULL, 0, 0};
    int result;

    d.first = sla__date_to_days((sla__date){raw->first_year, 1, 1});
    d.last = sla__date_to_days((sla__date){raw->last_year, 12, 31});
    calendar->first_date = d.first;
    calendar->day_count = (size_t)(d.last - d.first) + 1;
    calendar->days = sla__new(&calendar->allocator, calendar->day_count, sizeof *calendar->days);
    d.plans = sla__new(raw->allocator, calendar->day_count + 2, sizeof *d.plans);
    result = calendar->days != NULL && d.plans != NULL ? compile(&d) : out_of_memory(json);
    sla__free(raw->allocator, d.plans);
    return result;
}
