/* calendar_help.h - what the tests of calendars share: texts to instants, JSON to calendars. */
#ifndef SLA_TESTS_CALENDAR_HELP_H
#define SLA_TESTS_CALENDAR_HELP_H

#include "check.h"

#include <stdio.h>
#include <string.h>

#include <sla/bundled.h>
#include <sla/calendar.h>
#include <sla/time.h>

static inline sla_time at(const char *text)
{
    sla_time time = SLA_NEVER;

    if (sla_time_parse(text, strlen(text), &time) != SLA_OK)
        CHECK_FAIL("%s is no instant", text);
    return time;
}

static inline sla_duration span(const char *text)
{
    sla_duration duration = 0;

    if (sla_duration_parse(text, strlen(text), &duration) != SLA_OK)
        CHECK_FAIL("%s is no span", text);
    return duration;
}

/* A calendar from the members that differ: everything behind `version`. */
static inline sla_calendar *calendar_of(const char *members)
{
    static char text[1 << 16];
    sla_calendar *calendar = NULL;
    sla_error error;

    snprintf(text, sizeof text,
             "{\"kind\": \"calendar\", \"name\": \"test\", \"version\": \"1\", %s}", members);
    CHECK_OK_OR_SAY(sla_calendar_parse(text, strlen(text), NULL, NULL, &calendar, &error), &error);
    return calendar;
}

static inline sla_calendar *bundled(const char *name)
{
    sla_calendar *calendar = NULL;
    sla_error error;
    size_t length = 0;
    const char *text = sla_bundled_calendar(name, &length);

    if (text == NULL)
        CHECK_FAIL("no bundled calendar %s", name);
    CHECK_OK_OR_SAY(sla_calendar_parse(text, length, name, NULL, &calendar, &error), &error);
    return calendar;
}

/* Compare instants as text, on the calendar's own wall clock. */
static inline void check_instant(const char *why, const sla_calendar *calendar, const char *want,
                                 sla_time got)
{
    char text[SLA_TIME_TEXT_MAX];

    if (at(want) == got)
        return;
    sla_time_format_offset(got, sla_calendar_offset(calendar, got), text, sizeof text);
    CHECK_STR(why, want, text);
}

#endif
