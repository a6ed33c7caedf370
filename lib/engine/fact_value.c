/* fact_value.c - see fact_value.h. */
#include "engine/fact_value.h"

#include <string.h>

#include <sla/json.h>
#include <sla/time.h>

#include "base/json.h"

bool sla__fact_wrong(sla__scan *scan, const char *at, const char *what)
{
    return sla__scan_complain(scan, SLA_ERR_FACT, at, "%s", what);
}

bool sla__fact_is_free(sla_string key)
{
    return sla__fact_same(key, "comment", 7) || sla__fact_same(key, "$schema", 7) ||
           (key.length >= 2 && memcmp(key.data, "x-", 2) == 0);
}

/* A string, when `null` stands there says more than "not null". */
static bool read_string(sla__scan *scan, sla_string *out)
{
    if (sla__scan_peek(scan) == 'n')
        return sla__fact_wrong(scan, NULL,
                               "a string is expected here, not null; leave the member out where "
                               "there is nothing to say");
    return sla__scan_string(scan, out);
}

/* The control character that begins at byte `i`; 0 when there is none.  NUL has been
 * refused before, and the text is valid UTF-8. */
static int control_at(sla_string text, size_t i)
{
    const unsigned char c = (unsigned char)text.data[i];

    if (c < 0x20 || c == 0x7f)
        return c;
    if (c == 0xc2 && (unsigned char)text.data[i + 1] < 0xa0)
        return (unsigned char)text.data[i + 1];
    return 0;
}

bool sla__fact_text(sla__scan *scan, const char *if_empty, size_t limit, sla_string *out)
{
    const char *at;

    sla__scan_peek(scan);
    at = scan->at;
    if (!read_string(scan, out))
        return false;
    if (out->length == 0 && if_empty != NULL)
        return sla__fact_wrong(scan, at, if_empty);
    if (out->length > limit)
        return sla__scan_complain(scan, SLA_ERR_TOO_LONG, at,
                                  "the text has %zu bytes, more than the limit of %zu", out->length,
                                  limit);
    for (size_t i = 0; i < out->length; i++)
        if (control_at(*out, i) > 0)
            return sla__scan_complain(scan, SLA_ERR_FACT, at,
                                      "the text contains a control character (%d); leave it out",
                                      control_at(*out, i));
    return true;
}

bool sla__fact_name(sla__scan *scan, sla_string *out)
{
    const char *at;

    sla__scan_peek(scan);
    at = scan->at;
    if (!read_string(scan, out))
        return false;
    if (!sla__is_name(out->data, out->length))
        return sla__fact_wrong(scan, at,
                               "a name begins with a letter a-z and goes on with a-z, 0-9 and _, "
                               "63 characters at most");
    return true;
}

bool sla__fact_instant(sla__scan *scan, sla_time *out)
{
    sla_string text;
    const char *at;
    int result;

    sla__scan_peek(scan);
    at = scan->at;
    if (!read_string(scan, &text))
        return false;
    result = sla_time_parse(text.data, text.length, out);
    if (result == SLA_OK)
        return true;
    return sla__scan_complain(
        scan, SLA_ERR_FACT, at, "\"%.*s\" %s", text.length < 40 ? (int)text.length : 40, text.data,
        result == SLA_ERR_RANGE
            ? "lies outside the years 1900 to 2199"
            : "is not an instant with offset, such as 2026-03-02T09:00:00+08:00");
}

/* Microseconds after the point, as many as the six digits say; -1 for no such. */
static sla_duration parse_fraction(const char *digits, size_t count)
{
    sla_duration value = 0, unit = SLA_SECOND;

    if (count == 0 || count > 6)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return -1;
        unit /= 10;
        value += unit * (digits[i] - '0');
    }
    return value;
}

/* A span may be that of a program, to the microsecond: PT1M0.25S. */
static int parse_span(sla_string text, sla_duration *out)
{
    const char *point = text.length > 0 ? memchr(text.data, '.', text.length) : NULL;
    const size_t whole = point != NULL ? (size_t)(point - text.data) : 0;
    char seconds[SLA_TIME_TEXT_MAX];
    sla_duration fraction;
    int result;

    if (point == NULL)
        return sla_duration_parse(text.data, text.length, out);
    if (whole + 2 > sizeof seconds || whole + 2 > text.length || text.data[text.length - 1] != 'S')
        return SLA_ERR_SYNTAX;
    memcpy(seconds, text.data, whole);
    seconds[whole] = 'S';
    fraction = parse_fraction(point + 1, text.length - whole - 2);
    if (fraction < 0)
        return SLA_ERR_SYNTAX;
    result = sla_duration_parse(seconds, whole + 1, out);
    if (result == SLA_OK)
        *out += fraction;
    return result;
}

bool sla__fact_span(sla__scan *scan, sla_duration *out)
{
    sla_string text;
    const char *at;
    int result;

    sla__scan_peek(scan);
    at = scan->at;
    if (!read_string(scan, &text))
        return false;
    result = parse_span(text, out);
    if (result == SLA_OK && *out > 0)
        return true;
    return sla__scan_complain(
        scan, SLA_ERR_FACT, at, "\"%.*s\" %s", text.length < 40 ? (int)text.length : 40, text.data,
        result == SLA_ERR_RANGE ? "is longer than 300 years"
        : result == SLA_OK
            ? "is no time at all; write a span such as PT4H"
            : "is not a span of weeks, days, hours, minutes or seconds, such as PT4H");
}

bool sla__fact_cycle(sla__scan *scan, uint32_t *out)
{
    const char *at;
    int64_t number;

    sla__scan_peek(scan);
    at = scan->at;
    if (!sla__scan_integer(scan, &number))
        return false;
    if (number < 1 || number > UINT32_MAX)
        return sla__scan_complain(scan, SLA_ERR_FACT, at,
                                  "%lld is outside 1 to %lld; leave the member out for the latest "
                                  "cycle",
                                  (long long)number, (long long)UINT32_MAX);
    *out = (uint32_t)number;
    return true;
}

/* ------------------------------------------------------------ attributes */

/* Tab, line feed and carriage return belong to texts of people. */
static bool check_layout(sla__scan *scan, const char *at, sla_string text)
{
    for (size_t i = 0; i < text.length; i++) {
        const int c = control_at(text, i);

        if (c > 0 && c != '\t' && c != '\n' && c != '\r')
            return sla__scan_complain(scan, SLA_ERR_FACT, at,
                                      "the text contains a control character (%d); leave out all "
                                      "but tab, line feed and carriage return",
                                      c);
    }
    return true;
}

static bool read_attribute_string(sla__scan *scan, sla_attribute *attribute)
{
    const char *at = scan->at;

    attribute->type = SLA_VALUE_STRING;
    if (!sla__scan_string(scan, &attribute->string))
        return false;
    if (attribute->string.length > SLA_STRING_MAX)
        return sla__scan_complain(scan, SLA_ERR_TOO_LONG, at,
                                  "the text has %zu bytes, more than the limit of %d",
                                  attribute->string.length, SLA_STRING_MAX);
    return check_layout(scan, at, attribute->string);
}

static bool read_attribute_value(sla__scan *scan, sla_attribute *attribute)
{
    bool flag = false;
    bool fine;

    switch (sla__scan_peek(scan)) {
    case '"':
        return read_attribute_string(scan, attribute);
    case 't':
    case 'f':
        attribute->type = SLA_VALUE_BOOL;
        fine = sla__scan_bool(scan, &flag);
        attribute->number = flag;
        return fine;
    case 'n':
        attribute->type = SLA_VALUE_NONE;
        return sla__scan_null(scan);
    case '{':
    case '[':
        return sla__scan_complain(scan, SLA_ERR_FACT, NULL,
                                  "an attribute is a string, a whole number, true, false or null, "
                                  "not %s",
                                  sla__scan_kind(scan));
    default:
        attribute->type = SLA_VALUE_INT;
        return sla__scan_integer(scan, &attribute->number);
    }
}

static bool check_attribute_name(sla__scan *scan, sla_string key, const sla_attribute *attributes,
                                 size_t count)
{
    if (!sla__is_name(key.data, key.length))
        return sla__fact_wrong(scan, NULL,
                               "the name of an attribute begins with a letter a-z and goes on with "
                               "a-z, 0-9 and _, 63 characters at most");
    for (size_t i = 0; i < count; i++)
        if (sla__fact_same(key, attributes[i].name.data, attributes[i].name.length))
            return sla__fact_wrong(scan, NULL, "this attribute is there twice; keep one");
    if (count == SLA_FACT_ATTRIBUTES_MAX)
        return sla__scan_complain(scan, SLA_ERR_TOO_LONG, NULL,
                                  "a fact has at most %d attributes; divide it into several",
                                  SLA_FACT_ATTRIBUTES_MAX);
    return true;
}

static bool read_attribute(sla__scan *scan, sla_string key, sla_attribute *attributes,
                           size_t *count)
{
    if (sla__fact_is_free(key))
        return sla__scan_skip(scan);
    if (!check_attribute_name(scan, key, attributes, *count))
        return false;
    memset(&attributes[*count], 0, sizeof attributes[*count]);
    attributes[*count].name = key;
    if (!read_attribute_value(scan, &attributes[*count]))
        return false;
    (*count)++;
    return true;
}

bool sla__fact_attributes(sla__scan *scan, sla_attribute *attributes, size_t *count_out)
{
    sla_string key;

    if (!sla__scan_object(scan))
        return false;
    while (sla__scan_member(scan, &key)) {
        scan->path[scan->depth++] = key;
        if (!read_attribute(scan, key, attributes, count_out))
            return false;
        scan->depth--;
    }
    return scan->result == SLA_OK;
}
