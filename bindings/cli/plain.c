/* plain.c - see plain.h. */
#define _GNU_SOURCE /* vasprintf */
#include "plain.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

size_t utf8_length(const char *text, size_t left)
{
    const unsigned char *at = (const unsigned char *)text;
    const size_t length = at[0] < 0x80   ? 1
                          : at[0] < 0xc2 ? 0
                          : at[0] < 0xe0 ? 2
                          : at[0] < 0xf0 ? 3
                          : at[0] < 0xf5 ? 4
                                         : 0;

    if (length < 2)
        return length;
    if (length > left)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
        (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
        return 0;
    return length;
}

static uint32_t point_of(const unsigned char *at, size_t length)
{
    uint32_t point = length == 1 ? at[0] : at[0] & (0x7fu >> length);

    for (size_t i = 1; i < length; i++)
        point = point << 6 | (at[i] & 0x3f);
    return point;
}

/* C0, DEL, C1, and what ends a line or turns its direction. */
static bool is_control(const unsigned char *at, size_t length)
{
    const uint32_t point = point_of(at, length);

    return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x61c || point == 0x200e ||
           point == 0x200f || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2066 && point <= 0x2069);
}

void put_plain(FILE *out, const char *text, size_t length)
{
    size_t plain = 0; /* from here on nothing is written yet */

    for (size_t i = 0; i < length;) {
        const unsigned char *at = (const unsigned char *)text + i;
        const size_t step = utf8_length(text + i, length - i);

        if (step > 0 && !is_control(at, step)) {
            i += step;
            continue;
        }
        fwrite(text + plain, 1, i - plain, out);
        if (step > 0)
            fprintf(out, "\\u%04x", (unsigned)point_of(at, step));
        else
            fprintf(out, "\\x%02x", at[0]);
        i += step > 0 ? step : 1;
        plain = i;
    }
    fwrite(text + plain, 1, length - plain, out);
}

size_t plain_fit(const char *text, size_t width, size_t *taken_out)
{
    const size_t length = strlen(text);
    size_t i = 0, taken = 0;

    while (i < length) {
        const size_t step = utf8_length(text + i, length - i);
        const size_t columns = step == 0                                           ? 4
                               : is_control((const unsigned char *)text + i, step) ? 6
                                                                                   : 1;

        if (taken + columns > width)
            break;
        taken += columns;
        i += step > 0 ? step : 1;
    }
    *taken_out = taken;
    return i;
}

void tell_arguments(FILE *out, const char *format, va_list arguments)
{
    const size_t before = strspn(format, "\n"), format_length = strlen(format);
    const bool ends = format_length > before && format[format_length - 1] == '\n';
    char *text;
    const int length = vasprintf(&text, format, arguments);

    if (length < 0) {
        fputs("sla: out of memory\n", stderr);
        exit(EXIT_MACHINE);
    }
    fwrite(text, 1, before, out);
    put_plain(out, text + before, (size_t)length - before - ends);
    if (ends)
        fputc('\n', out);
    free(text);
}

void tell(FILE *out, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    tell_arguments(out, format, arguments);
    va_end(arguments);
}
