/* json_scan.c - see json_scan.h. */
#include "engine/json_scan.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json_place.h"

void sla__scan_init(sla__scan *scan, const char *text, size_t length, char *room, size_t room_size,
                    sla_error *error)
{
    scan->text = scan->at = text;
    scan->end = text + length;
    scan->room = room;
    scan->room_left = room_size;
    scan->fresh = false;
    scan->depth = 0;
    scan->result = SLA_OK;
    scan->error = error;
}

/* ------------------------------------------------------------ complaints */

/* The names one stands in, as a JSON pointer, cut where `size` ends. */
static void put_pointer(const sla__scan *scan, char *buffer, size_t size)
{
    size_t used = 0;

    for (int i = 0; i < scan->depth; i++) {
        const sla_string key = scan->path[i];

        if (used + 1 < size)
            buffer[used++] = '/';
        for (size_t j = 0; j < key.length && used + 2 < size; j++) {
            const char c = key.data[j];

            if (c == '~' || c == '/') {
                buffer[used++] = '~';
                buffer[used++] = c == '~' ? '0' : '1';
            } else {
                buffer[used++] = c;
            }
        }
    }
    buffer[used] = '\0';
}

bool sla__scan_complain(sla__scan *scan, int code, const char *at, const char *format, ...)
{
    sla_error *error = scan->error;
    char pointer[sizeof error->pointer];
    char text[sizeof error->text];
    va_list arguments;

    if (scan->result != SLA_OK)
        return false;
    scan->result = code;
    if (error == NULL || error->code != SLA_OK)
        return false;
    sla__json_place_of(scan->text, (size_t)((at != NULL ? at : scan->at) - scan->text),
                       &error->line, &error->column);
    put_pointer(scan, pointer, sizeof pointer);
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    sla__error_set(error, code, pointer, "%s", text);
    return false;
}

static bool wrong(sla__scan *scan, const char *what)
{
    return sla__scan_complain(scan, SLA_ERR_SYNTAX, NULL, "%s", what);
}

/* ------------------------------------------------------------ values */

static bool is_word(const sla__scan *scan, const char *word)
{
    const size_t length = strlen(word);

    return (size_t)(scan->end - scan->at) >= length && memcmp(scan->at, word, length) == 0;
}

/* Whether what comes next could be a value at all: "not json" is no null. */
static bool is_value(sla__scan *scan)
{
    const char c = sla__scan_peek(scan);

    return scan->at == scan->end || c == '"' || c == '{' || c == '[' || c == '-' ||
           (c >= '0' && c <= '9') || is_word(scan, "true") || is_word(scan, "false") ||
           is_word(scan, "null");
}

bool sla__scan_unexpected(sla__scan *scan, const char *what)
{
    if (is_value(scan))
        return sla__scan_complain(scan, SLA_ERR_FACT, NULL, "%s is expected here, not %s", what,
                                  sla__scan_kind(scan));
    if (scan->at == scan->text && is_word(scan, "\xef\xbb\xbf"))
        return wrong(scan, "the text begins with a byte order mark; save it without one");
    return sla__scan_complain(scan, SLA_ERR_SYNTAX, NULL,
                              "%s is expected here, and this is no JSON", what);
}

bool sla__scan_string(sla__scan *scan, sla_string *out)
{
    if (sla__scan_peek(scan) != '"')
        return sla__scan_unexpected(scan, "a string");
    scan->at++;
    return sla__scan_take_string(scan, out);
}

/* ------------------------------------------------------------ numbers and words */

static size_t pass_digits(sla__scan *scan)
{
    const char *start = scan->at;

    while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9')
        scan->at++;
    return (size_t)(scan->at - start);
}

/* Past a number; `*fraction_out`: it has a fraction or an exponent. */
static bool pass_number(sla__scan *scan, bool *fraction_out)
{
    const char *start;
    size_t digits;

    *fraction_out = false;
    if (*scan->at == '-')
        scan->at++;
    start = scan->at;
    digits = pass_digits(scan);
    if (digits == 0 || (digits > 1 && *start == '0'))
        return wrong(scan, "a number is wrong");
    if (scan->at < scan->end && *scan->at == '.') {
        scan->at++;
        *fraction_out = true;
        if (pass_digits(scan) == 0)
            return wrong(scan, "a number is wrong");
    }
    if (scan->at < scan->end && (*scan->at | 32) == 'e') {
        scan->at++;
        *fraction_out = true;
        if (scan->at < scan->end && (*scan->at == '+' || *scan->at == '-'))
            scan->at++;
        if (pass_digits(scan) == 0)
            return wrong(scan, "a number is wrong");
    }
    return true;
}

/* The digits of a whole number, gathered below zero, where there is one more. */
static bool value_of(const char *at, const char *end, bool minus, int64_t *out)
{
    int64_t value = 0;

    for (; at < end; at++) {
        const int digit = *at - '0';

        if (value < (INT64_MIN + digit) / 10)
            return false;
        value = value * 10 - digit;
    }
    if (!minus && value == INT64_MIN)
        return false;
    *out = minus ? value : -value;
    return true;
}

bool sla__scan_integer(sla__scan *scan, int64_t *out)
{
    const char first = sla__scan_peek(scan);
    const char *start = scan->at;
    bool fraction;

    if (first != '-' && !(first >= '0' && first <= '9'))
        return sla__scan_unexpected(scan, "a whole number");
    if (!pass_number(scan, &fraction))
        return false;
    if (fraction)
        return sla__scan_complain(scan, SLA_ERR_FACT, start,
                                  "a whole number is expected here, without fraction or exponent");
    if (!value_of(start + (first == '-'), scan->at, first == '-', out))
        return sla__scan_complain(scan, SLA_ERR_FACT, start, "a whole number is too large");
    return true;
}

static bool take_word(sla__scan *scan, const char *word)
{
    if (!is_word(scan, word))
        return wrong(scan, scan->at == scan->end ? "the text ends too early"
                                                 : "a value is expected here");
    scan->at += strlen(word);
    return true;
}

bool sla__scan_bool(sla__scan *scan, bool *out)
{
    const char first = sla__scan_peek(scan);

    if (first != 't' && first != 'f')
        return sla__scan_unexpected(scan, "true or false");
    *out = first == 't';
    return take_word(scan, first == 't' ? "true" : "false");
}

bool sla__scan_null(sla__scan *scan)
{
    sla__scan_peek(scan);
    return take_word(scan, "null");
}

const char *sla__scan_kind(sla__scan *scan)
{
    switch (sla__scan_peek(scan)) {
    case '"':
        return "a string";
    case '{':
        return "an object";
    case '[':
        return "an array";
    case 't':
    case 'f':
        return "true or false";
    case 'n':
        return "null";
    case '\0':
        return "the end of the text";
    default:
        return "a number";
    }
}

/* ------------------------------------------------------------ objects */

bool sla__scan_object(sla__scan *scan)
{
    if (sla__scan_peek(scan) != '{')
        return sla__scan_unexpected(scan, "an object");
    scan->at++;
    scan->fresh = true;
    return true;
}

/* Past the comma that stands before every member or element but the first, and
 * up to what follows it. */
static bool take_separator(sla__scan *scan, char close)
{
    const char c = sla__scan_peek(scan);

    if (scan->fresh) {
        scan->fresh = false;
        return true;
    }
    if (c != ',')
        return wrong(scan, close == ']'            ? "a comma or ] is expected here"
                           : scan->at == scan->end ? "an object is not closed"
                                                   : "a comma or } is expected here");
    scan->at++;
    return true;
}

/* Whether the object or array one is in ends here. */
static bool take_close(sla__scan *scan, char close)
{
    if (sla__scan_peek(scan) != close)
        return false;
    scan->at++;
    scan->fresh = false;
    return true;
}

bool sla__scan_member(sla__scan *scan, sla_string *key_out)
{
    if (scan->result != SLA_OK || take_close(scan, '}') || !take_separator(scan, '}'))
        return false;
    if (sla__scan_peek(scan) != '"')
        return wrong(scan, "the name of a member is expected here, in quotes");
    scan->at++;
    if (!sla__scan_take_string(scan, key_out))
        return false;
    if (sla__scan_peek(scan) != ':')
        return wrong(scan, "a colon is expected here");
    scan->at++;
    return true;
}

bool sla__scan_end(sla__scan *scan)
{
    sla__scan_peek(scan);
    return scan->at == scan->end || wrong(scan, "the fact has ended before this; a line holds one");
}

/* ------------------------------------------------------------ what nobody reads */

static bool skip_value(sla__scan *scan, int depth);

static bool skip_key(sla__scan *scan)
{
    if (sla__scan_peek(scan) != '"')
        return wrong(scan, "the name of a member is expected here, in quotes");
    if (!sla__scan_skip_string(scan))
        return false;
    if (sla__scan_peek(scan) != ':')
        return wrong(scan, "a colon is expected here");
    scan->at++;
    return true;
}

static bool skip_container(sla__scan *scan, char close, int depth)
{
    if (depth == SLA__SCAN_DEPTH_MAX)
        return wrong(scan, "values are nested too deeply here");
    scan->at++;
    scan->fresh = true;
    while (!take_close(scan, close)) {
        if (!take_separator(scan, close) || (close == '}' && !skip_key(scan)) ||
            !skip_value(scan, depth + 1))
            return false;
    }
    return true;
}

static bool skip_value(sla__scan *scan, int depth)
{
    const char c = sla__scan_peek(scan);
    bool ignored;

    switch (c) {
    case '"':
        return sla__scan_skip_string(scan);
    case '{':
        return skip_container(scan, '}', depth);
    case '[':
        return skip_container(scan, ']', depth);
    case 't':
    case 'f':
        return take_word(scan, c == 't' ? "true" : "false");
    default:
        if (c == '-' || (c >= '0' && c <= '9'))
            return pass_number(scan, &ignored);
        return take_word(scan, "null");
    }
}

bool sla__scan_skip(sla__scan *scan)
{
    return skip_value(scan, scan->depth);
}
