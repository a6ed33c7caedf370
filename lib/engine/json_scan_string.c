/*
 * json_scan_string.c - the strings of a JSON text read in one pass; see json_scan.h.
 *
 * Nearly every string is plain and stays where it lies; the first escape moves it
 * into the caller's room.
 */
#include "engine/json_scan.h"

#include <string.h>

#include "base/utf8.h"
#include "engine/json_plain.h"

static bool wrong(sla__scan *scan, const char *what)
{
    return sla__scan_complain(scan, SLA_ERR_SYNTAX, NULL, "%s", what);
}

/* Past the plain characters of a string, up to a quote or backslash. */
static bool pass_plain(sla__scan *scan)
{
    const char *at = scan->at;
    const char *end = scan->end;

    for (;;) {
        size_t length;

        while (at < end && sla__json_is_plain(*at))
            at++;
        scan->at = at;
        if (at == end)
            return wrong(scan, "a string is not closed");
        if (*at == '"' || *at == '\\')
            return true;
        if ((unsigned char)*at < 0x20)
            return wrong(scan, "a control character stands in a string; write it as an escape");
        length = sla__utf8_length(at, end);
        if (length == 0)
            return wrong(scan, "the text is not valid UTF-8");
        at += length;
    }
}

static bool take_hex4(sla__scan *scan, unsigned *code_out)
{
    unsigned code = 0;

    if (scan->end - scan->at < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        const char c = *scan->at++;
        const char lower = (char)(c | 32);

        if (c >= '0' && c <= '9')
            code = code * 16 + (unsigned)(c - '0');
        else if (lower >= 'a' && lower <= 'f')
            code = code * 16 + (unsigned)(lower - 'a' + 10);
        else
            return false;
    }
    *code_out = code;
    return true;
}

/* Behind \u: one code point, the second half of a surrogate pair included. */
static bool take_code_point(sla__scan *scan, unsigned *code_out)
{
    unsigned low;

    if (!take_hex4(scan, code_out))
        return false;
    if (*code_out < 0xd800 || *code_out >= 0xe000)
        return *code_out != 0;
    if (*code_out >= 0xdc00 || scan->end - scan->at < 2 || scan->at[0] != '\\' ||
        scan->at[1] != 'u')
        return false;
    scan->at += 2;
    if (!take_hex4(scan, &low) || low < 0xdc00 || low >= 0xe000)
        return false;
    *code_out = 0x10000 + ((*code_out - 0xd800) << 10) + (low - 0xdc00);
    return true;
}

/* The escape that begins here, as UTF-8; false also when it is wrong. */
static bool take_escape(sla__scan *scan, char *out, size_t *length_out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *start = scan->at++;
    const char c = scan->at < scan->end ? *scan->at++ : '\0';
    const char *plain = c != '\0' ? strchr(from, c) : NULL;
    unsigned code;

    *length_out = 1;
    if (plain != NULL) {
        out[0] = to[plain - from];
        return true;
    }
    if (c == 'u' && take_code_point(scan, &code)) {
        *length_out = sla__utf8_put(code, out);
        return true;
    }
    scan->at = start;
    return wrong(scan, "an escape in a string is wrong (a NUL and half a surrogate pair are not "
                       "allowed)");
}

static bool put_room(sla__scan *scan, const char *bytes, size_t length)
{
    if (length > scan->room_left)
        return sla__scan_complain(scan, SLA_ERR_TOO_LONG, NULL,
                                  "the strings with escapes are too long together");
    memcpy(scan->room, bytes, length);
    scan->room += length;
    scan->room_left -= length;
    return true;
}

/* A string whose first escape is here and whose beginning was plain. */
static bool decode_string(sla__scan *scan, const char *start, sla_string *out)
{
    char *decoded = scan->room;

    if (!put_room(scan, start, (size_t)(scan->at - start)))
        return false;
    while (*scan->at != '"') {
        char bytes[4];
        size_t length;
        const char *plain;

        if (!take_escape(scan, bytes, &length) || !put_room(scan, bytes, length))
            return false;
        plain = scan->at;
        if (!pass_plain(scan) || !put_room(scan, plain, (size_t)(scan->at - plain)))
            return false;
    }
    out->data = decoded;
    out->length = (size_t)(scan->room - decoded);
    return true;
}

bool sla__scan_take_string(sla__scan *scan, sla_string *out)
{
    const char *start = scan->at;

    if (!pass_plain(scan))
        return false;
    out->data = start;
    out->length = (size_t)(scan->at - start);
    if (*scan->at == '\\' && !decode_string(scan, start, out))
        return false;
    scan->at++;
    return true;
}

bool sla__scan_skip_string(sla__scan *scan)
{
    char bytes[4];
    size_t length;

    scan->at++;
    while (pass_plain(scan)) {
        if (*scan->at == '"') {
            scan->at++;
            return true;
        }
        if (!take_escape(scan, bytes, &length))
            return false;
    }
    return false;
}
