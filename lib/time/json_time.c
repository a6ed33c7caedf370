/* json_time.c - see json_time.h. */
#include "time/json_time.h"

#include <string.h>

#include <sla/time.h>

/* The one a quoted value stands in; long ones are cut in the complaint. */
#define QUOTED "\"%.40s\""

int sla__json_as_calendar_name(sla__json *json, const json_t *value, const char **out)
{
    const int result = sla__json_as_type(json, value, JSON_STRING);
    const char *text;

    if (result != SLA_OK)
        return result;
    text = json_string_value(value);
    if (strlen(text) > SLA_NAME_MAX || text[0] == '\0' || text[0] == '_' ||
        strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(text))
        return sla__json_complain(json,
                                  "the name of a calendar has the letters a-z, 0-9 and _ (not "
                                  "first), 63 at most; other letters belong into \"display\"");
    *out = text;
    return SLA_OK;
}

int sla__json_as_instant(sla__json *json, const json_t *value, sla_time *out)
{
    int result = sla__json_as_type(json, value, JSON_STRING);

    if (result != SLA_OK)
        return result;
    result = sla_time_parse(json_string_value(value), json_string_length(value), out);
    if (result == SLA_ERR_RANGE)
        return sla__json_complain(json, QUOTED " lies outside the years 1900 to 2199",
                                  json_string_value(value));
    if (result != SLA_OK)
        return sla__json_complain(
            json, QUOTED " is not an instant with offset, such as 2026-03-02T09:00:00+08:00",
            json_string_value(value));
    return SLA_OK;
}

int sla__json_as_duration(sla__json *json, const json_t *value, sla_duration min, sla_duration max,
                          sla_duration *out)
{
    char least[SLA_TIME_TEXT_MAX], most[SLA_TIME_TEXT_MAX];
    sla_duration duration;
    int result = sla__json_as_type(json, value, JSON_STRING);

    if (result != SLA_OK)
        return result;
    result = sla_duration_parse(json_string_value(value), json_string_length(value), &duration);
    if (result == SLA_ERR_SYNTAX)
        return sla__json_complain(
            json, QUOTED " is not a span of weeks, days, hours, minutes or seconds, such as PT4H",
            json_string_value(value));
    if (result != SLA_OK || duration < min || duration > max) {
        sla_duration_format(min, least, sizeof least);
        sla_duration_format(max, most, sizeof most);
        return sla__json_complain(json, QUOTED " is outside %s to %s", json_string_value(value),
                                  least, most);
    }
    *out = duration;
    return SLA_OK;
}

int sla__json_as_date(sla__json *json, const json_t *value, int32_t *days_out)
{
    int result = sla__json_as_type(json, value, JSON_STRING);

    if (result != SLA_OK)
        return result;
    result = sla_date_parse(json_string_value(value), json_string_length(value), days_out);
    if (result == SLA_ERR_RANGE)
        return sla__json_complain(json, QUOTED " lies outside the years 1900 to 2199",
                                  json_string_value(value));
    if (result != SLA_OK)
        return sla__json_complain(json, QUOTED " is not a date that exists, written YYYY-MM-DD",
                                  json_string_value(value));
    return SLA_OK;
}

int sla__json_as_time_of_day(sla__json *json, const json_t *value, int32_t *seconds_out)
{
    int result = sla__json_as_type(json, value, JSON_STRING);

    if (result != SLA_OK)
        return result;
    result =
        sla_time_of_day_parse(json_string_value(value), json_string_length(value), seconds_out);
    if (result != SLA_OK)
        return sla__json_complain(json,
                                  QUOTED " is not a time of day from 00:00 to 24:00, written HH:MM "
                                         "or HH:MM:SS",
                                  json_string_value(value));
    return SLA_OK;
}

int sla__json_get_calendar_name(sla__json *json, const json_t *object, const char *key,
                                sla__json_need need, const char **out)
{
    SLA__JSON_READ_MEMBER(sla__json_as_calendar_name(json, value, out));
}

int sla__json_get_instant(sla__json *json, const json_t *object, const char *key,
                          sla__json_need need, sla_time *out)
{
    SLA__JSON_READ_MEMBER(sla__json_as_instant(json, value, out));
}

int sla__json_get_duration(sla__json *json, const json_t *object, const char *key,
                           sla__json_need need, sla_duration min, sla_duration max,
                           sla_duration *out)
{
    SLA__JSON_READ_MEMBER(sla__json_as_duration(json, value, min, max, out));
}

int sla__json_get_date(sla__json *json, const json_t *object, const char *key, sla__json_need need,
                       int32_t *days_out)
{
    SLA__JSON_READ_MEMBER(sla__json_as_date(json, value, days_out));
}

int sla__json_get_time_of_day(sla__json *json, const json_t *object, const char *key,
                              sla__json_need need, int32_t *seconds_out)
{
    SLA__JSON_READ_MEMBER(sla__json_as_time_of_day(json, value, seconds_out));
}
