/*
 * json_place.c - see json_place.h.
 *
 * jansson does not remember where a value stood, and a tree that did would cost
 * every good document something.  So the text is scanned again when there is a
 * complaint; it is known to be well formed by then, which keeps this short.
 */
#include "base/json_place.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

typedef struct scan {
    const char *text;
    size_t length;
    size_t at;
} scan;

void sla__json_place_of(const char *text, size_t offset, int *line_out, int *column_out)
{
    size_t line = 1;
    size_t start = 0;

    for (size_t i = 0; i < offset; i++)
        if (text[i] == '\n') {
            line++;
            start = i + 1;
        }
    *line_out = (int)line;
    *column_out = (int)(offset - start + 1);
}

static char peek(scan *s)
{
    while (s->at < s->length && strchr(" \t\r\n,:", s->text[s->at]) != NULL &&
           s->text[s->at] != '\0')
        s->at++;
    return s->at < s->length ? s->text[s->at] : '\0';
}

/* Past the string that begins here. */
static void skip_string(scan *s)
{
    for (s->at++; s->at < s->length && s->text[s->at] != '"'; s->at++)
        if (s->text[s->at] == '\\')
            s->at++;
    s->at++;
}

/* Past the value that begins here: brackets are counted, strings are jumped. */
static void skip_value(scan *s)
{
    int open = 0;

    do {
        const char c = peek(s);

        if (c == '"') {
            skip_string(s);
            continue;
        }
        if (c == '{' || c == '[')
            open++;
        else if (c == '}' || c == ']')
            open--;
        s->at++;
        if (open == 0 && c != '}' && c != ']')
            while (s->at < s->length && strchr(" \t\r\n,:]}", s->text[s->at]) == NULL)
                s->at++;
    } while (open > 0 && s->at < s->length);
}

static unsigned hex4(const char *digits)
{
    unsigned value = 0;

    for (int i = 0; i < 4; i++) {
        const char c = digits[i];

        value = value * 16 + (unsigned)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
    }
    return value;
}

/* One escape, `at` behind its backslash, as UTF-8; returns the bytes in `out`. */
static size_t unescape(const char *text, size_t *at, char *out)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    const char c = text[(*at)++];
    const char *plain = strchr(from, c);
    unsigned code;

    if (c != 'u') {
        out[0] = plain != NULL ? to[plain - from] : c;
        return 1;
    }
    code = hex4(text + *at);
    *at += 4;
    if (code >= 0xd800 && code < 0xdc00) {
        code = 0x10000 + ((code - 0xd800) << 10) + (hex4(text + *at + 2) - 0xdc00);
        *at += 6;
    }
    return sla__utf8_put(code, out);
}

/* Whether the string that begins here says `key`; past it either way. */
static bool take_key(scan *s, const char *key)
{
    const size_t key_length = strlen(key);
    size_t matched = 0;
    bool same = true;

    for (s->at++; s->text[s->at] != '"';) {
        char bytes[4];
        size_t count = 1;

        bytes[0] = s->text[s->at++];
        if (bytes[0] == '\\')
            count = unescape(s->text, &s->at, bytes);
        same = same && matched + count <= key_length && memcmp(key + matched, bytes, count) == 0;
        matched += count;
    }
    s->at++;
    return same && matched == key_length;
}

/* Into the member or element of the container that begins here; `*found_out` is
 * where its key, or the element, begins.  False when there is none. */
static bool descend(scan *s, const sla__json_step *step, size_t *found_out)
{
    size_t index = 0;

    for (s->at++; peek(s) != '}' && peek(s) != ']' && s->at < s->length; index++) {
        const size_t here = s->at;
        const bool wanted = step->key != NULL ? take_key(s, step->key) : index == step->index;

        if (wanted) {
            *found_out = here;
            return true;
        }
        skip_value(s);
    }
    return false;
}

size_t sla__json_offset_of(const char *text, size_t length, const sla__json_step *steps, int depth)
{
    scan s = {text, length, 0};
    size_t found;

    peek(&s);
    found = s.at;
    for (int i = 0; i < depth; i++) {
        const char open = peek(&s);

        if (open != (steps[i].key != NULL ? '{' : '[') || !descend(&s, &steps[i], &found))
            break;
    }
    return found;
}

/* The next step of a pointer, its name in `key`; what is behind it.  A name that
 * does not fit is that of no member. */
static const char *take_step(const char *pointer, char *key, size_t size, size_t *index_out)
{
    size_t length = 0;

    *index_out = 0;
    for (pointer++; *pointer != '/' && *pointer != '\0'; pointer++) {
        const bool escaped = *pointer == '~' && (pointer[1] == '0' || pointer[1] == '1');
        const char c = !escaped ? *pointer : *++pointer == '0' ? '~' : '/';

        *index_out = *index_out * 10 + (size_t)(c - '0');
        if (length + 1 < size)
            key[length++] = c;
    }
    key[length] = '\0';
    return pointer;
}

size_t sla__json_offset_of_pointer(const char *text, size_t length, const char *pointer)
{
    scan s = {text, length, 0};
    size_t found;

    peek(&s);
    found = s.at;
    while (*pointer == '/') {
        char key[256];
        sla__json_step step = {key, 0};
        const char open = peek(&s);

        pointer = take_step(pointer, key, sizeof key, &step.index);
        if (open == '[')
            step.key = NULL;
        if ((open != '[' && open != '{') || !descend(&s, &step, &found))
            break;
    }
    return found;
}

void sla__json_pointer_of(const sla__json_step *steps, int depth, char *buffer, size_t size)
{
    size_t used = 0;

    assert(size > 0);
    buffer[0] = '\0';
    for (int i = 0; i < depth && used < size - 1; i++) {
        if (steps[i].key == NULL) {
            used += (size_t)snprintf(buffer + used, size - used, "/%zu", steps[i].index);
            continue;
        }
        used += (size_t)snprintf(buffer + used, size - used, "/");
        for (const char *c = steps[i].key; *c != '\0' && used < size - 1; c++) {
            if (*c == '~' || *c == '/')
                used += (size_t)snprintf(buffer + used, size - used, "~%c", *c == '~' ? '0' : '1');
            else {
                buffer[used++] = *c;
                buffer[used] = '\0';
            }
        }
    }
}
