/*
 * text.c - time as text: the strict readers and the printers of sla/time.h.
 *
 * Own code rather than a library's: strptime and friends read the locale, accept
 * half of what is wrong, and know no microseconds.
 */
#include <sla/time.h>

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "time/civil.h"

/* What is left to read. */
typedef struct reader {
    const char *at;
    const char *end;
} reader;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool take(reader *r, char wanted)
{
    if (r->at == r->end || *r->at != wanted)
        return false;
    r->at++;
    return true;
}

static bool take_letter(reader *r, char upper)
{
    return take(r, upper) || take(r, (char)(upper + ('a' - 'A')));
}

/* Exactly `count` digits. */
static bool take_digits(reader *r, int count, int *value_out)
{
    int value = 0;

    if (r->end - r->at < count)
        return false;
    for (int i = 0; i < count; i++) {
        if (!is_digit(r->at[i]))
            return false;
        value = value * 10 + (r->at[i] - '0');
    }
    r->at += count;
    *value_out = value;
    return true;
}

static bool take_date(reader *r, int32_t *days_out)
{
    sla__date date;

    if (!take_digits(r, 4, &date.year) || !take(r, '-') || !take_digits(r, 2, &date.month) ||
        !take(r, '-') || !take_digits(r, 2, &date.day) || !sla__date_exists(date))
        return false;
    *days_out = sla__date_to_days(date);
    return true;
}

/* One to six digits, as microseconds. */
static bool take_fraction(reader *r, int *microseconds_out)
{
    int value = 0;
    int digits = 0;

    while (r->at < r->end && is_digit(*r->at)) {
        if (digits == 6)
            return false;
        value = value * 10 + (*r->at++ - '0');
        digits++;
    }
    if (digits == 0)
        return false;
    while (digits++ < 6)
        value *= 10;
    *microseconds_out = value;
    return true;
}

static bool take_offset(reader *r, int *seconds_out)
{
    bool west;
    int hours, minutes;

    if (take_letter(r, 'Z')) {
        *seconds_out = 0;
        return true;
    }
    west = take(r, '-');
    if (!west && !take(r, '+'))
        return false;
    if (!take_digits(r, 2, &hours) || !take(r, ':') || !take_digits(r, 2, &minutes) || hours > 23 ||
        minutes > 59)
        return false;
    *seconds_out = (west ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
}

int sla_time_parse(const char *text, size_t length, sla_time *time_out)
{
    reader r = {text, text + length};
    int32_t days;
    int hour, minute, second, fraction = 0, offset;
    sla_time time;

    assert(time_out != NULL);
    if (!take_date(&r, &days) || !take_letter(&r, 'T') || !take_digits(&r, 2, &hour) ||
        !take(&r, ':') || !take_digits(&r, 2, &minute) || !take(&r, ':') ||
        !take_digits(&r, 2, &second))
        return SLA_ERR_SYNTAX;
    if (hour > 23 || minute > 59 || second > 59)
        return SLA_ERR_SYNTAX;
    if (take(&r, '.') && !take_fraction(&r, &fraction))
        return SLA_ERR_SYNTAX;
    if (!take_offset(&r, &offset) || r.at != r.end)
        return SLA_ERR_SYNTAX;
    time = days * SLA_DAY + (hour * 3600 + minute * 60 + second - offset) * SLA_SECOND + fraction;
    if (time < SLA_TIME_MIN || time > SLA_TIME_MAX)
        return SLA_ERR_RANGE;
    *time_out = time;
    return SLA_OK;
}

int sla_date_parse(const char *text, size_t length, int32_t *days_out)
{
    reader r = {text, text + length};
    int32_t days;

    assert(days_out != NULL);
    if (!take_date(&r, &days) || r.at != r.end)
        return SLA_ERR_SYNTAX;
    if (days < SLA__DAY_MIN || days > SLA__DAY_MAX)
        return SLA_ERR_RANGE;
    *days_out = days;
    return SLA_OK;
}

int sla_time_of_day_parse(const char *text, size_t length, int32_t *seconds_out)
{
    reader r = {text, text + length};
    int hour, minute, second = 0;
    int32_t seconds;

    assert(seconds_out != NULL);
    if (!take_digits(&r, 2, &hour) || !take(&r, ':') || !take_digits(&r, 2, &minute))
        return SLA_ERR_SYNTAX;
    if (take(&r, ':') && !take_digits(&r, 2, &second))
        return SLA_ERR_SYNTAX;
    seconds = hour * 3600 + minute * 60 + second;
    if (r.at != r.end || minute > 59 || second > 59 || seconds > SLA__SECONDS_PER_DAY)
        return SLA_ERR_SYNTAX;
    *seconds_out = seconds;
    return SLA_OK;
}

/* A span longer than all the time there is says that something is wrong. */
static const sla_duration longest = 300 * 366 * SLA_DAY;

/*
 * Take the units of `names` that are there, each at most once and in that order,
 * and add them up.  `*count_out` says how many there were.
 */
static int take_units(reader *r, const char *names, const sla_duration *lengths, sla_duration *sum,
                      int *count_out)
{
    *count_out = 0;
    while (r->at < r->end && is_digit(*r->at)) {
        sla_duration value = 0;

        while (r->at < r->end && is_digit(*r->at)) {
            value = value * 10 + (*r->at++ - '0');
            if (value > longest / SLA_SECOND)
                return SLA_ERR_RANGE;
        }
        while (*names != '\0' && (r->at == r->end || *r->at != *names)) {
            names++;
            lengths++;
        }
        if (*names == '\0')
            return SLA_ERR_SYNTAX;
        if (value > (longest - *sum) / *lengths)
            return SLA_ERR_RANGE;
        *sum += value * *lengths;
        r->at++;
        names++;
        lengths++;
        (*count_out)++;
    }
    return SLA_OK;
}

int sla_duration_parse(const char *text, size_t length, sla_duration *duration_out)
{
    static const sla_duration week[] = {7 * SLA_DAY};
    static const sla_duration day[] = {SLA_DAY};
    static const sla_duration clock[] = {SLA_HOUR, SLA_MINUTE, SLA_SECOND};
    reader r = {text, text + length};
    sla_duration sum = 0;
    int before, after = 0, result;

    assert(duration_out != NULL);
    if (!take(&r, 'P'))
        return SLA_ERR_SYNTAX;
    if (length > 0 && text[length - 1] == 'W')
        result = take_units(&r, "W", week, &sum, &before);
    else
        result = take_units(&r, "D", day, &sum, &before);
    if (result == SLA_OK && take(&r, 'T')) {
        result = take_units(&r, "HMS", clock, &sum, &after);
        if (result == SLA_OK && after == 0)
            result = SLA_ERR_SYNTAX;
    }
    if (result != SLA_OK)
        return result;
    if (r.at != r.end || before + after == 0)
        return SLA_ERR_SYNTAX;
    *duration_out = sum;
    return SLA_OK;
}

/* Printing fills a buffer that is certainly large enough; `finish` copies it out. */
static char *put_digits(char *at, int64_t value, int width)
{
    char digits[20];
    int count = 0;

    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0 || count < width);
    while (count > 0)
        *at++ = digits[--count];
    return at;
}

/* `.25` for 250000 microseconds, nothing for 0. */
static char *put_fraction(char *at, int64_t microseconds)
{
    if (microseconds == 0)
        return at;
    *at++ = '.';
    at = put_digits(at, microseconds, 6);
    while (at[-1] == '0')
        at--;
    return at;
}

static char *put_two(char *at, int number)
{
    at[0] = (char)('0' + number / 10);
    at[1] = (char)('0' + number % 10);
    return at + 2;
}

static char *put_date(char *at, int32_t days)
{
    const sla__date date = sla__date_from_days(days);

    at = put_two(put_two(at, date.year / 100), date.year % 100);
    *at++ = '-';
    at = put_two(at, date.month);
    *at++ = '-';
    return put_two(at, date.day);
}

static char *put_clock(char *at, int64_t seconds, bool always_seconds)
{
    at = put_digits(at, seconds / 3600, 2);
    *at++ = ':';
    at = put_digits(at, seconds / 60 % 60, 2);
    if (always_seconds || seconds % 60 != 0) {
        *at++ = ':';
        at = put_digits(at, seconds % 60, 2);
    }
    return at;
}

static size_t refuse(char *buffer, size_t size)
{
    if (size > 0)
        buffer[0] = '\0';
    return 0;
}

static size_t finish(const char *text, const char *end, char *buffer, size_t size)
{
    const size_t length = (size_t)(end - text);

    if (length >= size)
        return refuse(buffer, size);
    memcpy(buffer, text, length);
    buffer[length] = '\0';
    return length;
}

size_t sla_time_format_offset(sla_time time, int32_t offset_s, char *buffer, size_t size)
{
    char text[SLA_TIME_TEXT_MAX];
    char *at = text;
    int32_t days;
    int64_t rest;

    if (time < SLA_TIME_MIN || time > SLA_TIME_MAX)
        return refuse(buffer, size);
    if (offset_s % 60 != 0 || offset_s <= -SLA__SECONDS_PER_DAY || offset_s >= SLA__SECONDS_PER_DAY)
        offset_s = 0;
    time += offset_s * SLA_SECOND;
    days = (int32_t)sla__floor_div(time, SLA_DAY);
    rest = time - days * SLA_DAY;
    at = put_date(at, days);
    *at++ = 'T';
    at = put_clock(at, rest / SLA_SECOND, true);
    at = put_fraction(at, rest % SLA_SECOND);
    if (offset_s == 0) {
        *at++ = 'Z';
    } else {
        *at++ = offset_s < 0 ? '-' : '+';
        at = put_clock(at, offset_s < 0 ? -offset_s : offset_s, false);
    }
    return finish(text, at, buffer, size);
}

size_t sla_time_format(sla_time time, char *buffer, size_t size)
{
    return sla_time_format_offset(time, 0, buffer, size);
}

size_t sla_date_format(int32_t days, char *buffer, size_t size)
{
    char text[SLA_TIME_TEXT_MAX];

    if (days < SLA__DAY_MIN || days > SLA__DAY_MAX)
        return refuse(buffer, size);
    return finish(text, put_date(text, days), buffer, size);
}

size_t sla_time_of_day_format(int32_t seconds, char *buffer, size_t size)
{
    char text[SLA_TIME_TEXT_MAX];

    if (seconds < 0 || seconds > SLA__SECONDS_PER_DAY)
        return refuse(buffer, size);
    return finish(text, put_clock(text, seconds, false), buffer, size);
}

size_t sla_duration_format(sla_duration duration, char *buffer, size_t size)
{
    char text[SLA_TIME_TEXT_MAX];
    char *at = text;
    uint64_t rest = duration < 0 ? -(uint64_t)duration : (uint64_t)duration;
    const int64_t hours = (int64_t)(rest / (uint64_t)SLA_HOUR);
    const int64_t minutes = (int64_t)(rest % (uint64_t)SLA_HOUR / (uint64_t)SLA_MINUTE);
    const int64_t small = (int64_t)(rest % (uint64_t)SLA_MINUTE);

    if (duration < 0)
        *at++ = '-';
    *at++ = 'P';
    *at++ = 'T';
    if (hours > 0) {
        at = put_digits(at, hours, 1);
        *at++ = 'H';
    }
    if (minutes > 0) {
        at = put_digits(at, minutes, 1);
        *at++ = 'M';
    }
    if (small > 0 || rest == 0) {
        at = put_digits(at, small / SLA_SECOND, 1);
        at = put_fraction(at, small % SLA_SECOND);
        *at++ = 'S';
    }
    return finish(text, at, buffer, size);
}
