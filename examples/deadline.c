/*
 * deadline.c - calendars alone: when are eight working hours over?
 *
 * Nothing here reads a clock.  A desk that works Monday to Friday, 09:00 to
 * 18:00 with an hour for lunch, got a ticket on a Thursday afternoon before a
 * day off.
 */
#include <stdio.h>
#include <string.h>

#include <sla/calendar.h>
#include <sla/time.h>

static const char desk[] = "{\"kind\": \"calendar\", \"name\": \"desk\", \"version\": \"1\","
                           " \"zone\": \"Europe/Madrid\","
                           " \"week\": {\"mon-fri\": [\"09:00-12:00\", \"13:00-18:00\"]},"
                           " \"holidays\": [{\"date\": \"2026-05-01\", \"name\": \"Labour Day\"}],"
                           " \"known_until\": \"2026-12-31\"}";

int main(void)
{
    const char opened_at[] = "2026-04-30T16:30:00+02:00";
    char text[SLA_TIME_TEXT_MAX];
    sla_calendar *calendar;
    sla_error error = {0};
    sla_time opened, due;

    if (sla_calendar_parse(desk, strlen(desk), "desk", NULL, &calendar, &error) != SLA_OK) {
        fprintf(stderr, "%s, line %d, at %s: %s\n", error.source, error.line, error.pointer,
                error.text);
        return 1;
    }
    sla_time_parse(opened_at, strlen(opened_at), &opened);
    if (sla_calendar_add(calendar, opened, 8 * SLA_HOUR, SLA_FIT_CLOSE, &due) == SLA_OK) {
        sla_time_format_offset(due, sla_calendar_offset(calendar, due), text, sizeof text);
        printf("opened %s, due %s\n", opened_at, text);
    }
    sla_calendar_unref(calendar);
    return 0;
}
