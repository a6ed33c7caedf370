/* plan_roster.c - see plan_roster.h. */
#include "plan_roster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla/time.h>

#include "cli.h"

typedef struct span {
    sla_time from, until;
} span;

/* Changes as they come from the shifts: so many more, or fewer. */
typedef struct changes {
    plan_change *list;
    size_t count, capacity;
} changes;

static void add(changes *c, sla_time at, int32_t more)
{
    c->list = need_room(c->list, &c->capacity, c->count + 1, sizeof *c->list);
    c->list[c->count++] = (plan_change){at, more};
}

/* The first open window in the span; false where there is none.  What has no end in what the
 * calendar was made for is open to the end of the span. */
static bool next_window(const sla_calendar *calendar, span in, span *out)
{
    if (sla_calendar_next_open(calendar, in.from, &out->from) != SLA_OK || out->from >= in.until)
        return false;
    if (sla_calendar_next_close(calendar, out->from, &out->until) != SLA_OK ||
        out->until > in.until)
        out->until = in.until;
    return true;
}

static void add_within(changes *c, const plan_shift *shift, span there)
{
    span open;

    if (shift->calendar == NULL) {
        add(c, there.from, shift->handlers);
        add(c, there.until, -shift->handlers);
        return;
    }
    for (; next_window(shift->calendar, there, &open); there.from = open.until) {
        add(c, open.from, shift->handlers);
        add(c, open.until, -shift->handlers);
        if (open.until >= there.until)
            return;
    }
}

/* Years are looked at in UTC, days in the zone. */
#define AROUND (2 * SLA_DAY)

/* 0 outside of what instants are. */
static int year_of(sla_time at)
{
    char text[SLA_TIME_TEXT_MAX] = "";

    sla_time_format(at, text, sizeof text);
    return atoi(text);
}

/* Days and hours of a shift as a calendar: its rules decide what a clock that is set means. */
static int open_hours(const plan_profile *profile, const plan_shift *shift, span all,
                      sla_calendar **calendar_out)
{
    static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    char text[512];
    sla_error error = {0};
    int result;

    snprintf(text, sizeof text,
             "{\"kind\":\"calendar\",\"name\":\"shift\",\"version\":\"1\",\"zone\":\"%s\","
             "\"horizon\":{\"from_year\":%d,\"to_year\":%d},"
             "\"week\":{\"%s%s%s\":[\"%02d:%02d-%02d:%02d\"]}}",
             sla_calendar_zone(profile->zone), year_of(all.from - AROUND),
             year_of(all.until + AROUND), days[shift->first], shift->last > shift->first ? "-" : "",
             shift->last > shift->first ? days[shift->last] : "", shift->from / 60,
             shift->from % 60, shift->to / 60, shift->to % 60);
    result = sla_calendar_parse(text, strlen(text), "shift", NULL, calendar_out, &error);
    if (result == SLA_ERR_NOMEM)
        give_up("out of memory");
    if (result != SLA_OK)
        say_error(&error);
    return result == SLA_OK ? EXIT_FINE : EXIT_INVALID;
}

/* Whether the calendar of a shift says something about all of the span; else it is said. */
static bool reaches(const sla_calendar *calendar, span all)
{
    char known[SLA_TIME_TEXT_MAX] = "";
    sla_time from, to;

    sla_calendar_horizon(calendar, &from, &to);
    if (from > all.from || to < all.until) {
        say("calendar %s is not made for those years: see its \"horizon\"",
            sla_calendar_name(calendar));
        return false;
    }
    if (sla_calendar_provisional(calendar, all.until)) {
        sla_time_format(sla_calendar_known_until(calendar), known, sizeof known);
        say("calendar %s knows no holidays from %s on: planned without any",
            sla_calendar_name(calendar), known);
    }
    return true;
}

static int add_shift(changes *c, const plan_profile *profile, const plan_shift *shift, span all)
{
    sla_calendar *hours;
    span there, left = all;
    int status;

    if (shift->calendar != NULL && !reaches(shift->calendar, all))
        return EXIT_USAGE;
    status = open_hours(profile, shift, all, &hours);
    if (status != EXIT_FINE)
        return status;
    for (; left.from < all.until && next_window(hours, left, &there); left.from = there.until)
        add_within(c, shift, there);
    sla_calendar_unref(hours);
    return EXIT_FINE;
}

static int by_time(const void *left, const void *right)
{
    const plan_change *one = left, *other = right;

    return (one->at > other->at) - (one->at < other->at);
}

/* One change for each instant, with how many are there then. */
static void sum_up(const changes *c, span all, plan_desk *desk)
{
    int32_t there = 0;

    if (c->count > 0)
        qsort(c->list, c->count, sizeof *c->list, by_time);
    desk->roster = need_memory(c->count + 1, sizeof *desk->roster);
    desk->roster[0] = (plan_change){all.from, 0};
    desk->roster_count = 1;
    desk->most = 0;
    for (size_t i = 0; i < c->count; i++) {
        there += c->list[i].handlers;
        if (c->list[i].at != desk->roster[desk->roster_count - 1].at)
            desk->roster[desk->roster_count++].at = c->list[i].at;
        desk->roster[desk->roster_count - 1].handlers = there;
    }
    for (size_t i = 0; i < desk->roster_count; i++)
        if (desk->roster[i].handlers > desk->most)
            desk->most = desk->roster[i].handlers;
}

int plan_roster_fill(plan_profile *profile, sla_time from, sla_time until)
{
    const span all = {from, until};
    int status = EXIT_FINE;

    if (year_of(from - AROUND) == 0 || year_of(until + AROUND) == 0) {
        say("the weeks of a plan, those that only fill the desks (--warm-up) too, lie in the years "
            "1900 to 2199");
        return EXIT_USAGE;
    }

    for (size_t i = 0; i < profile->desk_count && status == EXIT_FINE; i++) {
        plan_desk *desk = &profile->desks[i];
        changes c = {0};

        for (size_t k = 0; k < desk->shift_count && status == EXIT_FINE; k++)
            status = add_shift(&c, profile, &desk->shifts[k], all);
        free(desk->roster);
        desk->roster = NULL;
        if (status == EXIT_FINE)
            sum_up(&c, all, desk);
        free(c.list);
        if (status == EXIT_FINE && desk->most == 0) {
            say("nobody is at desk %s in those weeks", desk->name);
            status = EXIT_USAGE;
        }
    }
    return status;
}

/* How many are there at `at`. */
static int32_t there_at(const plan_desk *desk, sla_time at)
{
    int32_t there = 0;

    for (size_t i = 0; i < desk->roster_count && desk->roster[i].at <= at; i++)
        there = desk->roster[i].handlers;
    return there;
}

void plan_roster_repeat(plan_profile *profile, sla_time from, sla_time until, sla_time latest)
{
    for (size_t i = 0; i < profile->desk_count; i++) {
        plan_desk *desk = &profile->desks[i];
        const int32_t first = there_at(desk, from);
        const size_t own = desk->roster_count;
        size_t capacity = own;

        for (sla_time at = until; at < latest; at += until - from) {
            desk->roster = need_room(desk->roster, &capacity, desk->roster_count + own + 1,
                                     sizeof *desk->roster);
            desk->roster[desk->roster_count++] = (plan_change){at, first};
            for (size_t k = 0; k < own; k++)
                if (desk->roster[k].at > from)
                    desk->roster[desk->roster_count++] =
                        (plan_change){desk->roster[k].at - from + at, desk->roster[k].handlers};
        }
    }
}
