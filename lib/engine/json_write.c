/* json_write.c - see json_write.h. */
#include "engine/json_write.h"

#include <assert.h>
#include <string.h>

#include <sla/time.h>

#include "base/utf8.h"
#include "engine/json_plain.h"

sla__json_out sla__json_out_to(char *buffer, size_t size)
{
    const sla__json_out out = {buffer, size, 0, true, INT32_MIN, "", NULL};

    assert(buffer != NULL || size == 0);
    return out;
}

size_t sla__out_end(sla__json_out *out)
{
    if (out->size > 0)
        out->buffer[out->used < out->size ? out->used : out->size - 1] = '\0';
    return out->used;
}

void sla__out_beyond(sla__json_out *out, const char *bytes, size_t length)
{
    if (out->grow != NULL && out->grow(out, length)) {
        memcpy(out->buffer + out->used, bytes, length);
    } else if (out->used < out->size) {
        const size_t room = out->size - out->used;

        memcpy(out->buffer + out->used, bytes, length < room ? length : room);
    }
}

void sla__out_number(sla__json_out *out, int64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0)
        digits[--at] = '-';
    sla__out_bytes(out, digits + at, sizeof digits - at);
}

/* ------------------------------------------------------------ strings */

static void put_escape(sla__json_out *out, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *found = c != '\0' ? strchr(from, c) : NULL;
    char escape[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};

    if (found != NULL)
        escape[1] = to[found - from];
    sla__out_bytes(out, escape, found != NULL ? 2 : sizeof escape);
}

/* Past what needs no escape: plain characters, and longer ones that are UTF-8. */
static const char *pass_harmless(const char *at, const char *end)
{
    for (;;) {
        size_t length;

        while (at < end && sla__json_is_plain(*at))
            at++;
        if (at == end || (unsigned char)*at < 0x80)
            return at;
        length = sla__utf8_length(at, end);
        if (length == 0)
            return at;
        at += length;
    }
}

void sla__out_escaped(sla__json_out *out, const char *bytes, size_t length)
{
    const char *end = length > 0 ? bytes + length : bytes; /* no text may be NULL */

    while (bytes < end) {
        const char *harmless = pass_harmless(bytes, end);

        sla__out_bytes(out, bytes, (size_t)(harmless - bytes));
        if (harmless == end)
            return;
        if ((unsigned char)*harmless < 0x80)
            put_escape(out, (unsigned char)*harmless);
        else
            sla__out_literal(out, "\\ufffd");
        bytes = harmless + 1;
    }
}

/* ------------------------------------------------------------ structure */

void sla__out_comma(sla__json_out *out)
{
    if (!out->fresh)
        sla__out_byte(out, ',');
    out->fresh = false;
}

void sla__out_key(sla__json_out *out, const char *key)
{
    sla__out_comma(out);
    if (key == NULL)
        return;
    sla__out_byte(out, '"');
    sla__out_bytes(out, key, strlen(key));
    sla__out_bytes(out, "\":", 2);
}

void sla__out_open(sla__json_out *out, const char *key, char bracket)
{
    sla__out_key(out, key);
    sla__out_byte(out, bracket);
    out->fresh = true;
}

void sla__out_close(sla__json_out *out, char bracket)
{
    sla__out_byte(out, bracket);
    out->fresh = false;
}

/* ------------------------------------------------------------ members */

void sla__out_quoted(sla__json_out *out, const char *bytes, size_t length)
{
    sla__out_byte(out, '"');
    sla__out_escaped(out, bytes, length);
    sla__out_byte(out, '"');
}

void sla__out_name(sla__json_out *out, sla_string name)
{
    sla__out_comma(out);
    sla__out_quoted(out, name.data, name.length);
    sla__out_byte(out, ':');
    out->fresh = true;
}

void sla__out_string(sla__json_out *out, const char *key, sla_string value)
{
    sla__out_key(out, key);
    sla__out_quoted(out, value.data, value.length);
}

void sla__out_text(sla__json_out *out, const char *key, const char *value)
{
    sla__out_key(out, key);
    sla__out_quoted(out, value, strlen(value));
}

void sla__out_integer(sla__json_out *out, const char *key, int64_t value)
{
    sla__out_key(out, key);
    sla__out_number(out, value);
}

void sla__out_word(sla__json_out *out, const char *key, const char *word)
{
    sla__out_key(out, key);
    sla__out_bytes(out, word, strlen(word));
}

static void put_two(char *at, int number)
{
    at[0] = (char)('0' + number / 10);
    at[1] = (char)('0' + number % 10);
}

/* A whole second of the day printed last, or of another one. */
static void put_second(sla__json_out *out, int32_t day, int second)
{
    char text[] = "\"0000-00-00T00:00:00Z\"";

    if (day != out->day) {
        sla_date_format(day, out->date, sizeof out->date);
        out->day = day;
    }
    memcpy(text + 1, out->date, 10);
    put_two(text + 12, second / 3600);
    put_two(text + 15, second / 60 % 60);
    put_two(text + 18, second % 60);
    sla__out_literal(out, text);
}

void sla__out_moment(sla__json_out *out, sla_time time)
{
    const int32_t day = (int32_t)(time / SLA_DAY) - (time % SLA_DAY < 0);
    const int64_t rest = time - day * SLA_DAY;
    char text[SLA_TIME_TEXT_MAX];

    assert(time >= SLA_TIME_MIN && time <= SLA_TIME_MAX);
    if (rest % SLA_SECOND == 0) {
        put_second(out, day, (int)(rest / SLA_SECOND));
        return;
    }
    sla__out_byte(out, '"');
    sla__out_bytes(out, text, sla_time_format(time, text, sizeof text));
    sla__out_byte(out, '"');
}

void sla__out_instant(sla__json_out *out, const char *key, sla_time value)
{
    if (value < SLA_TIME_MIN || value > SLA_TIME_MAX)
        return;
    sla__out_key(out, key);
    sla__out_moment(out, value);
}
