/* text.c - see text.h. */
#include "store/text.h"

#include <stdio.h>
#include <string.h>

#include <sla/time.h>

#include "base/alloc.h"

void sla__text_init(sla__text *text, const sla_allocator *allocator)
{
    *text = (sla__text){.allocator = sla__allocator_or_default(allocator)};
}

void sla__text_fini(sla__text *text)
{
    sla__free(&text->allocator, text->data);
    text->data = NULL;
    text->length = text->capacity = 0;
}

void sla__text_clear(sla__text *text)
{
    text->length = 0;
    text->comma = text->failed = false;
}

sla_string sla__text_since(const sla__text *text, size_t start)
{
    if (text->length == start)
        return (sla_string){NULL, 0};
    return (sla_string){text->data + start, text->length - start};
}

/* Room for so many bytes more. */
static bool reserve(sla__text *text, size_t length)
{
    if (!text->failed && text->capacity - text->length >= length)
        return true;
    text->failed = text->failed || !sla__grow(&text->allocator, (void **)&text->data,
                                              &text->capacity, text->length + length, 1);
    return !text->failed;
}

static void put(sla__text *text, const char *bytes, size_t length)
{
    if (!reserve(text, length))
        return;
    memcpy(text->data + text->length, bytes, length);
    text->length += length;
}

static void put_byte(sla__text *text, char byte)
{
    if (reserve(text, 1))
        text->data[text->length++] = byte;
}

/* ------------------------------------------------------------------ strings */

static void put_escape(sla__text *text, unsigned char byte)
{
    char escape[8];

    if (byte == '"' || byte == '\\')
        snprintf(escape, sizeof escape, "\\%c", byte);
    else if (byte == '\n')
        strcpy(escape, "\\n");
    else if (byte == '\r')
        strcpy(escape, "\\r");
    else if (byte == '\t')
        strcpy(escape, "\\t");
    else
        snprintf(escape, sizeof escape, "\\u%04x", byte);
    put(text, escape, strlen(escape));
}

static void put_quoted(sla__text *text, sla_string string)
{
    size_t start = 0;

    put_byte(text, '"');
    for (size_t i = 0; i < string.length; i++) {
        const unsigned char byte = (unsigned char)string.data[i];

        if (byte >= ' ' && byte != '"' && byte != '\\')
            continue;
        if (i > start)
            put(text, string.data + start, i - start);
        put_escape(text, byte);
        start = i + 1;
    }
    if (string.length > start)
        put(text, string.data + start, string.length - start);
    put_byte(text, '"');
}

/* ------------------------------------------------------------------ members */

void sla__text_name(sla__text *text, sla_string name)
{
    if (text->comma)
        put_byte(text, ',');
    put_quoted(text, name);
    put_byte(text, ':');
    text->comma = false;
}

static void begin(sla__text *text, const char *name)
{
    if (name != NULL)
        sla__text_name(text, (sla_string){name, strlen(name)});
    else if (text->comma)
        put_byte(text, ',');
    text->comma = true;
}

void sla__text_open(sla__text *text, const char *name, char bracket)
{
    begin(text, name);
    put_byte(text, bracket);
    text->comma = false;
}

void sla__text_close(sla__text *text, char bracket)
{
    put_byte(text, bracket);
    text->comma = true;
}

void sla__text_string(sla__text *text, const char *name, sla_string string)
{
    begin(text, name);
    put_quoted(text, string);
}

void sla__text_word(sla__text *text, const char *name, const char *word)
{
    sla__text_string(text, name, (sla_string){word, strlen(word)});
}

void sla__text_literal(sla__text *text, const char *name, const char *literal)
{
    begin(text, name);
    put(text, literal, strlen(literal));
}

/* By hand: a ticket's row has twenty of them, and snprintf takes as long as all the rest. */
void sla__text_number(sla__text *text, const char *name, int64_t number)
{
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    char digits[24];
    char *at = digits + sizeof digits;

    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0)
        *--at = '-';
    begin(text, name);
    put(text, at, (size_t)(digits + sizeof digits - at));
}

void sla__text_instant(sla__text *text, const char *name, sla_time instant)
{
    char words[SLA_TIME_TEXT_MAX];

    if (sla_time_format(instant, words, sizeof words) > 0)
        sla__text_word(text, name, words);
    else
        sla__text_number(text, name, instant);
}
