/* scan.c - see scan.h. */
#include "store/scan.h"

#include <string.h>

static void fail(sla__scan *scan)
{
    scan->bad = true;
    scan->at = scan->end;
}

char sla__scan_next(sla__scan *scan)
{
    while (scan->at < scan->end &&
           (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\t' || *scan->at == '\r'))
        scan->at++;
    return scan->at < scan->end ? *scan->at : '\0';
}

bool sla__scan_take(sla__scan *scan, char byte)
{
    if (sla__scan_next(scan) != byte || scan->at == scan->end)
        return false;
    scan->at++;
    return true;
}

static void want(sla__scan *scan, char byte)
{
    if (!sla__scan_take(scan, byte))
        fail(scan);
}

bool sla__scan_more(sla__scan *scan, char closing, bool *first)
{
    if (scan->bad || sla__scan_take(scan, closing))
        return false;
    if (!*first)
        want(scan, ',');
    *first = false;
    return !scan->bad;
}

/* ------------------------------------------------------------------ strings */

static uint32_t four_digits(sla__scan *scan)
{
    uint32_t code = 0;

    for (int i = 0; i < 4; i++) {
        const char digit = scan->at < scan->end ? *scan->at++ : '\0';

        if (digit >= '0' && digit <= '9')
            code = code * 16 + (uint32_t)(digit - '0');
        else if ((digit | 32) >= 'a' && (digit | 32) <= 'f')
            code = code * 16 + (uint32_t)((digit | 32) - 'a') + 10;
        else
            fail(scan);
    }
    return code;
}

static uint32_t code_point(sla__scan *scan)
{
    const uint32_t high = four_digits(scan);

    if (high < 0xd800 || high > 0xdbff)
        return high;
    if (scan->end - scan->at < 2 || scan->at[0] != '\\' || scan->at[1] != 'u') {
        fail(scan);
        return high;
    }
    scan->at += 2;
    return 0x10000 + ((high - 0xd800) << 10) + (four_digits(scan) & 0x3ff);
}

/* An escape is never shorter than what it stands for. */
static void decode_code_point(sla__scan *scan)
{
    const uint32_t code = code_point(scan);

    if (code < 0x80) {
        *scan->room++ = (char)code;
        return;
    }
    if (code < 0x800) {
        *scan->room++ = (char)(0xc0 | (code >> 6));
    } else {
        if (code < 0x10000) {
            *scan->room++ = (char)(0xe0 | (code >> 12));
        } else {
            *scan->room++ = (char)(0xf0 | (code >> 18));
            *scan->room++ = (char)(0x80 | ((code >> 12) & 0x3f));
        }
        *scan->room++ = (char)(0x80 | ((code >> 6) & 0x3f));
    }
    *scan->room++ = (char)(0x80 | (code & 0x3f));
}

static void decode_escape(sla__scan *scan)
{
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    const char letter = scan->at < scan->end ? *scan->at++ : '\0';
    const char *const known = letter != '\0' ? strchr(letters, letter) : NULL;

    if (known != NULL)
        *scan->room++ = meant[known - letters];
    else if (letter == 'u')
        decode_code_point(scan);
    else
        fail(scan);
}

/* Up to the closing quote, which is known to be there. */
static sla_string decode(sla__scan *scan)
{
    char *const start = scan->room;

    while (!scan->bad && scan->at < scan->end && *scan->at != '"')
        if (*scan->at == '\\') {
            scan->at++;
            decode_escape(scan);
        } else {
            *scan->room++ = *scan->at++;
        }
    want(scan, '"');
    return (sla_string){start, (size_t)(scan->room - start)};
}

static const char *closing_quote(const sla__scan *scan, bool *escapes)
{
    *escapes = false;
    for (const char *at = scan->at; at < scan->end; at++)
        if (*at == '"') {
            return at;
        } else if (*at == '\\') {
            *escapes = true;
            at++;
        }
    return NULL;
}

sla_string sla__scan_string(sla__scan *scan)
{
    sla_string string = {"", 0};
    const char *quote;
    bool escapes;

    want(scan, '"');
    quote = scan->bad ? NULL : closing_quote(scan, &escapes);
    if (quote == NULL) {
        fail(scan);
        return string;
    }
    if (escapes && scan->room != NULL)
        return decode(scan);
    string = (sla_string){scan->at, (size_t)(quote - scan->at)};
    scan->at = quote + 1;
    return string;
}

sla_string sla__scan_name(sla__scan *scan)
{
    const sla_string name = sla__scan_string(scan);

    want(scan, ':');
    return name;
}

/* -------------------------------------------------------------- other values */

int64_t sla__scan_number(sla__scan *scan)
{
    const bool negative = sla__scan_take(scan, '-');
    uint64_t number = 0;
    size_t digits = 0;

    while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9') {
        number = number * 10 + (uint64_t)(*scan->at++ - '0');
        digits++;
    }
    if (digits == 0 || digits > 19 || number > (uint64_t)INT64_MAX + negative)
        fail(scan);
    return scan->bad ? 0 : negative ? (int64_t)(0 - number) : (int64_t)number;
}

static bool take_word(sla__scan *scan, const char *word)
{
    const size_t length = strlen(word);

    if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, word, length) != 0)
        return false;
    scan->at += length;
    return true;
}

bool sla__scan_flag(sla__scan *scan)
{
    sla__scan_next(scan);
    if (take_word(scan, "true"))
        return true;
    if (!take_word(scan, "false"))
        fail(scan);
    return false;
}

static void skip_string(sla__scan *scan)
{
    bool escapes;
    const char *const quote = closing_quote(scan, &escapes);

    if (quote == NULL)
        fail(scan);
    else
        scan->at = quote + 1;
}

/* Brackets are counted, not told apart: the text was read before. */
void sla__scan_skip(sla__scan *scan)
{
    size_t depth = 0;

    do {
        const char next = sla__scan_next(scan);

        if (next == '\0') {
            fail(scan);
            return;
        }
        scan->at++;
        if (next == '"')
            skip_string(scan);
        else if (next == '{' || next == '[')
            depth++;
        else if ((next == '}' || next == ']') && depth > 0)
            depth--;
        else if (depth == 0)
            while (scan->at < scan->end && strchr(",}] \n\t\r", *scan->at) == NULL)
                scan->at++;
    } while (depth > 0);
}

bool sla__string_is(sla_string string, const char *word)
{
    return string.length == strlen(word) && memcmp(string.data, word, string.length) == 0;
}
