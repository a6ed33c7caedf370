/* cursor.c - see cursor.h. */
#include "store/cursor.h"

#include <string.h>

#include "base/utf8.h"

static void fail(sla__cursor *cursor)
{
    cursor->bad = true;
    cursor->at = cursor->end;
}

char sla__cursor_next(sla__cursor *cursor)
{
    while (cursor->at < cursor->end && (*cursor->at == ' ' || *cursor->at == '\n' ||
                                        *cursor->at == '\t' || *cursor->at == '\r'))
        cursor->at++;
    return cursor->at < cursor->end ? *cursor->at : '\0';
}

bool sla__cursor_take(sla__cursor *cursor, char byte)
{
    if (sla__cursor_next(cursor) != byte || cursor->at == cursor->end)
        return false;
    cursor->at++;
    return true;
}

static void want(sla__cursor *cursor, char byte)
{
    if (!sla__cursor_take(cursor, byte))
        fail(cursor);
}

bool sla__cursor_more(sla__cursor *cursor, char closing, bool *first)
{
    if (cursor->bad || sla__cursor_take(cursor, closing))
        return false;
    if (!*first)
        want(cursor, ',');
    *first = false;
    return !cursor->bad;
}

/* ------------------------------------------------------------------ strings */

static uint32_t four_digits(sla__cursor *cursor)
{
    uint32_t code = 0;

    for (int i = 0; i < 4; i++) {
        const char digit = cursor->at < cursor->end ? *cursor->at++ : '\0';

        if (digit >= '0' && digit <= '9')
            code = code * 16 + (uint32_t)(digit - '0');
        else if ((digit | 32) >= 'a' && (digit | 32) <= 'f')
            code = code * 16 + (uint32_t)((digit | 32) - 'a') + 10;
        else
            fail(cursor);
    }
    return code;
}

static uint32_t code_point(sla__cursor *cursor)
{
    const uint32_t high = four_digits(cursor);

    if (high < 0xd800 || high > 0xdbff)
        return high;
    if (cursor->end - cursor->at < 2 || cursor->at[0] != '\\' || cursor->at[1] != 'u') {
        fail(cursor);
        return high;
    }
    cursor->at += 2;
    return 0x10000 + ((high - 0xd800) << 10) + (four_digits(cursor) & 0x3ff);
}

/* An escape is never shorter than what it stands for. */
static void decode_escape(sla__cursor *cursor)
{
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    const char letter = cursor->at < cursor->end ? *cursor->at++ : '\0';
    const char *const known = letter != '\0' ? strchr(letters, letter) : NULL;

    if (known != NULL)
        *cursor->room++ = meant[known - letters];
    else if (letter == 'u')
        cursor->room += sla__utf8_put(code_point(cursor), cursor->room);
    else
        fail(cursor);
}

/* Up to the closing quote, which is known to be there. */
static sla_string decode(sla__cursor *cursor)
{
    char *const start = cursor->room;

    while (!cursor->bad && cursor->at < cursor->end && *cursor->at != '"')
        if (*cursor->at == '\\') {
            cursor->at++;
            decode_escape(cursor);
        } else {
            *cursor->room++ = *cursor->at++;
        }
    want(cursor, '"');
    return (sla_string){start, (size_t)(cursor->room - start)};
}

static const char *closing_quote(const sla__cursor *cursor, bool *escapes)
{
    *escapes = false;
    for (const char *at = cursor->at; at < cursor->end; at++)
        if (*at == '"') {
            return at;
        } else if (*at == '\\') {
            *escapes = true;
            at++;
        }
    return NULL;
}

sla_string sla__cursor_string(sla__cursor *cursor)
{
    sla_string string = {"", 0};
    const char *quote;
    bool escapes;

    want(cursor, '"');
    quote = cursor->bad ? NULL : closing_quote(cursor, &escapes);
    if (quote == NULL) {
        fail(cursor);
        return string;
    }
    if (escapes && cursor->room != NULL)
        return decode(cursor);
    string = (sla_string){cursor->at, (size_t)(quote - cursor->at)};
    cursor->at = quote + 1;
    return string;
}

sla_string sla__cursor_name(sla__cursor *cursor)
{
    const sla_string name = sla__cursor_string(cursor);

    want(cursor, ':');
    return name;
}

/* -------------------------------------------------------------- other values */

int64_t sla__cursor_number(sla__cursor *cursor)
{
    const bool negative = sla__cursor_take(cursor, '-');
    uint64_t number = 0;
    size_t digits = 0;

    while (cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9') {
        number = number * 10 + (uint64_t)(*cursor->at++ - '0');
        digits++;
    }
    if (digits == 0 || digits > 19 || number > (uint64_t)INT64_MAX + negative)
        fail(cursor);
    return cursor->bad ? 0 : negative ? (int64_t)(0 - number) : (int64_t)number;
}

static bool take_word(sla__cursor *cursor, const char *word)
{
    const size_t length = strlen(word);

    if ((size_t)(cursor->end - cursor->at) < length || memcmp(cursor->at, word, length) != 0)
        return false;
    cursor->at += length;
    return true;
}

bool sla__cursor_flag(sla__cursor *cursor)
{
    sla__cursor_next(cursor);
    if (take_word(cursor, "true"))
        return true;
    if (!take_word(cursor, "false"))
        fail(cursor);
    return false;
}

static void skip_string(sla__cursor *cursor)
{
    bool escapes;
    const char *const quote = closing_quote(cursor, &escapes);

    if (quote == NULL)
        fail(cursor);
    else
        cursor->at = quote + 1;
}

/* Brackets are counted, not told apart: the text was read before. */
void sla__cursor_skip(sla__cursor *cursor)
{
    size_t depth = 0;

    do {
        const char next = sla__cursor_next(cursor);

        if (next == '\0') {
            fail(cursor);
            return;
        }
        cursor->at++;
        if (next == '"')
            skip_string(cursor);
        else if (next == '{' || next == '[')
            depth++;
        else if ((next == '}' || next == ']') && depth > 0)
            depth--;
        else if (depth == 0)
            while (cursor->at < cursor->end && strchr(",}] \n\t\r", *cursor->at) == NULL)
                cursor->at++;
    } while (depth > 0);
}

bool sla__string_is(sla_string string, const char *word)
{
    return string.length == strlen(word) && memcmp(string.data, word, string.length) == 0;
}
