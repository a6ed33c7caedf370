/* table_instant.c - see table_instant.h. */
#include "table_instant.h"

#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "output.h"

static bool is_digits(const char *text, size_t count)
{
    size_t at = 0;

    while (at < count && text[at] >= '0' && text[at] <= '9')
        at++;
    return at == count;
}

/* Whether it says its offset from UTC itself. */
static bool has_offset(csv_field field)
{
    for (size_t i = 11; i < field.length; i++)
        if (strchr("Zz+-", field.text[i]) != NULL)
            return true;
    return false;
}

/* As RFC 3339, where it is a date with or without a time of day; how long, 0 for what is
 * neither. */
static size_t format(const table_options *o, csv_field field, char *whole, size_t size)
{
    const int32_t minutes = o->offset_s / 60;
    char text[64] = "";
    size_t length;

    if (field.length < 10 || field.length >= sizeof text || !is_digits(field.text, 4))
        return 0;
    memcpy(text, field.text, field.length);
    length = (size_t)snprintf(whole, size, "%.10sT%s%s", text,
                              field.length > 11 ? text + 11 : "00:00:00",
                              field.length == 16 ? ":00" : "");
    if (!has_offset(field))
        length += (size_t)snprintf(whole + length, size - length, "%c%02d:%02d",
                                   minutes < 0 ? '-' : '+', abs(minutes) / 60, abs(minutes) % 60);
    return length;
}

void table_instant_put(FILE *out, const table_options *o, csv_field field)
{
    char whole[80];

    put_json_string(out, whole, format(o, field, whole, sizeof whole));
}

bool table_instant_is_wrong(const table_options *o, csv_field field, char *why, size_t size)
{
    const int shown = field.length < 60 ? (int)field.length : 60;
    char whole[80];
    const size_t length = format(o, field, whole, sizeof whole);
    sla_time at;
    const int result = length > 0 ? sla_time_parse(whole, length, &at) : SLA_ERR_SYNTAX;

    if (result == SLA_ERR_RANGE)
        snprintf(why, size, "\"%.*s\" %s", shown, field.text, instant_trouble(result));
    else if (result != SLA_OK)
        snprintf(why, size,
                 "\"%.*s\" is not an instant, such as 2026-03-02T09:00:00+08:00 or, with --offset, "
                 "2026-03-02 09:00 or 2026-03-02",
                 shown, field.text);
    else if (!has_offset(field) && !o->has_offset)
        snprintf(why, size,
                 "\"%.*s\" does not say how far from UTC it is: give --offset, such as --offset "
                 "+08:00",
                 shown, field.text);
    else
        return false;
    return true;
}

sla_time table_instant_of(const table_options *o, csv_field field)
{
    char whole[80];
    const size_t length = format(o, field, whole, sizeof whole);
    sla_time at;

    return length > 0 && sla_time_parse(whole, length, &at) == SLA_OK ? at : SLA_TIME_MIN;
}
