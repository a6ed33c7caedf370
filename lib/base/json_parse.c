/*
 * json_parse.c - see json_parse.h.
 *
 * The tree is jansson's, the parser is ours.  jansson's own forgets a byte of a
 * string when its token buffer cannot grow, and runs past the buffer's end when
 * it is the closing quote; here an allocation that fails is SLA_ERR_NOMEM, every
 * time, and everything else is a complaint with its place.
 */
#include "base/json_parse.h"

#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"

typedef struct parser {
    const char *at;
    const char *end;
    int depth_left;
    char *scratch; /* decoded strings, the keys of open objects below */
    size_t used;
    int result;
    const char *what;
} parser;

static json_t *parse_value(parser *p);

static void *wrong(parser *p, const char *what)
{
    if (p->result == SLA_OK) {
        p->result = SLA_ERR_SYNTAX;
        p->what = what;
    }
    return NULL;
}

static json_t *made(parser *p, json_t *value)
{
    if (value == NULL && p->result == SLA_OK)
        p->result = SLA_ERR_NOMEM;
    return value;
}

static char peek(parser *p)
{
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\n' || *p->at == '\t' || *p->at == '\r'))
        p->at++;
    return p->at < p->end ? *p->at : '\0';
}

static bool take(parser *p, char wanted)
{
    if (peek(p) != wanted || p->at == p->end)
        return false;
    p->at++;
    return true;
}

/* ------------------------------------------------------------ strings */

static bool take_hex4(parser *p, unsigned *code_out)
{
    unsigned code = 0;

    if (p->end - p->at < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        const char c = *p->at++;

        if (c >= '0' && c <= '9')
            code = code * 16 + (unsigned)(c - '0');
        else if ((c | 32) >= 'a' && (c | 32) <= 'f')
            code = code * 16 + (unsigned)((c | 32) - 'a' + 10);
        else
            return false;
    }
    *code_out = code;
    return true;
}

/* \uXXXX, behind the u; a second half follows a first half of a surrogate pair. */
static bool take_code_point(parser *p, unsigned *code_out)
{
    unsigned high, low;

    if (!take_hex4(p, &high))
        return false;
    *code_out = high;
    if (high < 0xd800 || high >= 0xe000)
        return high != 0;
    if (high >= 0xdc00 || p->end - p->at < 2 || p->at[0] != '\\' || p->at[1] != 'u')
        return false;
    p->at += 2;
    if (!take_hex4(p, &low) || low < 0xdc00 || low >= 0xe000)
        return false;
    *code_out = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    return true;
}

/* Behind the backslash. */
static bool take_escape(parser *p)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char c = p->at < p->end ? *p->at++ : '\0';
    const char *plain = c != '\0' ? strchr(from, c) : NULL;
    unsigned code;

    if (plain != NULL) {
        p->scratch[p->used++] = to[plain - from];
        return true;
    }
    if (c != 'u' || !take_code_point(p, &code))
        return false;
    p->used += sla__utf8_put(code, p->scratch + p->used);
    return true;
}

/* Behind the opening quote: decoded onto the scratch, ended by a NUL.  It never
 * needs more room than it took in the text, quotes included. */
static bool take_string(parser *p)
{
    while (p->at < p->end) {
        const unsigned char c = (unsigned char)*p->at;
        size_t length;

        if (c == '"') {
            p->at++;
            p->scratch[p->used++] = '\0';
            return true;
        }
        if (c == '\\') {
            p->at++;
            if (!take_escape(p))
                return wrong(p, "an escape in a string is wrong (a NUL and half a surrogate pair "
                                "are not allowed)") != NULL;
            continue;
        }
        length = sla__utf8_length(p->at, p->end);
        if (length == 0)
            return wrong(p, "the text is not valid UTF-8") != NULL;
        if (c < 0x20)
            return wrong(p, "a control character stands in a string; write it as an escape") !=
                   NULL;
        memcpy(p->scratch + p->used, p->at, length);
        p->used += length;
        p->at += length;
    }
    return wrong(p, "a string is not closed") != NULL;
}

static json_t *parse_string(parser *p)
{
    const size_t start = p->used;
    json_t *string = NULL;

    if (take_string(p))
        string = made(p, json_stringn_nocheck(p->scratch + start, p->used - start - 1));
    p->used = start;
    return string;
}

/* ------------------------------------------------------------ numbers and words */

static size_t take_digits(parser *p)
{
    const char *start = p->at;

    while (p->at < p->end && *p->at >= '0' && *p->at <= '9')
        p->at++;
    return (size_t)(p->at - start);
}

/* The digits in [start, end) as a number below 0 or not. */
static json_t *made_integer(parser *p, const char *start, const char *end, bool minus)
{
    /* Gathered below zero, where there is one number more. */
    json_int_t value = 0;

    for (const char *c = start; c < end; c++) {
        const int digit = *c - '0';

        if (value < (INT64_MIN + digit) / 10 ||
            (!minus && c + 1 == end && value * 10 - digit == INT64_MIN))
            return wrong(p, "a whole number is too large");
        value = value * 10 - digit;
    }
    return made(p, json_integer(minus ? value : -value));
}

static json_t *parse_number(parser *p)
{
    const bool minus = take(p, '-');
    const char *start = p->at;
    const size_t digits = take_digits(p);
    const char *end = p->at;
    bool fraction = false;

    if (digits == 0 || (digits > 1 && *start == '0'))
        return wrong(p, "a number is wrong");
    if (p->at < p->end && *p->at == '.') {
        p->at++;
        fraction = true;
        if (take_digits(p) == 0)
            return wrong(p, "a number is wrong");
    }
    if (p->at < p->end && (*p->at | 32) == 'e') {
        p->at++;
        fraction = true;
        if (p->at < p->end && (*p->at == '+' || *p->at == '-'))
            p->at++;
        if (take_digits(p) == 0)
            return wrong(p, "a number is wrong");
    }
    return fraction ? made(p, json_real(0)) : made_integer(p, start, end, minus);
}

static json_t *parse_word(parser *p)
{
    static const char *const words[] = {"true", "false", "null"};

    for (size_t i = 0; i < 3; i++) {
        const size_t length = strlen(words[i]);

        if ((size_t)(p->end - p->at) >= length && memcmp(p->at, words[i], length) == 0) {
            p->at += length;
            return i == 0 ? json_true() : i == 1 ? json_false() : json_null();
        }
    }
    return wrong(p, p->at == p->end ? "the text ends too early" : "a value is expected here");
}

/* ------------------------------------------------------------ arrays and objects */

static bool parse_element(parser *p, json_t *array)
{
    json_t *element = parse_value(p);

    if (element == NULL)
        return false;
    if (json_array_append_new(array, element) == 0)
        return true;
    p->result = SLA_ERR_NOMEM;
    return false;
}

static bool parse_member(parser *p, json_t *object)
{
    const size_t start = p->used;
    const char *key = p->scratch + start;
    const char *key_at;
    json_t *value;

    peek(p);
    key_at = p->at;
    if (!take(p, '"'))
        return wrong(p, p->at == p->end
                            ? "an object is not closed"
                            : "the name of a member is expected here, in quotes") != NULL;
    if (!take_string(p))
        return false;
    if (json_object_get(object, key) != NULL) {
        p->at = key_at;
        return wrong(p, "this member is there twice; keep one") != NULL;
    }
    if (!take(p, ':'))
        return wrong(p, "a colon is expected here") != NULL;
    value = parse_value(p);
    if (value != NULL && json_object_set_new_nocheck(object, key, value) != 0)
        p->result = SLA_ERR_NOMEM;
    p->used = start;
    return p->result == SLA_OK;
}

/* The rest of an array or object whose bracket has been taken, up to `close`. */
static json_t *parse_container(parser *p, json_t *container, char close,
                               bool (*parse_item)(parser *p, json_t *container))
{
    bool fine = container != NULL;

    if (fine && !take(p, close)) {
        do {
            fine = parse_item(p, container);
        } while (fine && take(p, ','));
        if (fine && !take(p, close))
            fine = wrong(p, close == ']' ? "a comma or ] is expected here"
                                         : "a comma or } is expected here") != NULL;
    }
    if (fine)
        return container;
    json_decref(container);
    return NULL;
}

static json_t *parse_value(parser *p)
{
    const char c = peek(p);
    json_t *value;

    if (c == '"') {
        p->at++;
        return parse_string(p);
    }
    if (c == '-' || (c >= '0' && c <= '9'))
        return parse_number(p);
    if (c != '{' && c != '[')
        return parse_word(p);
    if (p->depth_left == 0)
        return wrong(p, "values are nested too deeply here");
    p->at++;
    p->depth_left--;
    value = c == '{' ? parse_container(p, made(p, json_object()), '}', parse_member)
                     : parse_container(p, made(p, json_array()), ']', parse_element);
    p->depth_left++;
    return value;
}

int sla__json_parse(const char *text, size_t length, int depth_max, json_t **root_out,
                    sla__json_trouble *trouble_out)
{
    const sla_allocator allocator = sla__allocator_or_default(NULL);
    parser p = {text, text + length, depth_max, NULL, 0, SLA_OK, NULL};
    json_t *root;

    p.scratch = sla__new(&allocator, length, 1);
    if (p.scratch == NULL)
        return SLA_ERR_NOMEM;
    root = parse_value(&p);
    if (root != NULL && (peek(&p) != '\0' || p.at != p.end))
        wrong(&p, "the document has ended before this");
    sla__free(&allocator, p.scratch);
    if (p.result == SLA_OK) {
        *root_out = root;
        return SLA_OK;
    }
    json_decref(root);
    trouble_out->offset = (size_t)(p.at - text);
    trouble_out->what = p.what;
    return p.result;
}
