/*
 * json_write.h - JSON into a buffer, a member at a time.
 *
 * A tree that is built to be printed costs ten times what is printed; this is a
 * cursor.  It counts on where the buffer ends, so that whoever looks at `used`
 * afterwards knows how much room it takes; or the buffer grows (store/text.h).
 *
 *     sla__json_out out = sla__json_out_to(buffer, size);
 *
 *     sla__out_open(&out, NULL, '{');
 *     sla__out_text(&out, "policy", event->policy);
 *     sla__out_close(&out, '}');
 *     return sla__out_end(&out);
 */
#ifndef SLA_ENGINE_JSON_WRITE_H
#define SLA_ENGINE_JSON_WRITE_H

#include <stdbool.h>
#include <string.h>

#include <sla/engine.h>

typedef struct sla__json_out {
    char *buffer;
    size_t size;
    size_t used; /* may be beyond `size` */
    bool fresh;  /* no comma before the next member */
    /* The date printed last: the instants of one event are often of one day. */
    int32_t day;
    char date[12];
    /* Makes room for so many bytes more, or says that there is none; or NULL. */
    bool (*grow)(struct sla__json_out *out, size_t length);
} sla__json_out;

sla__json_out sla__json_out_to(char *buffer, size_t size);

/* Terminates what is there (cut where the buffer ends) and returns its length. */
size_t sla__out_end(sla__json_out *out);

/* Where they do not fit: into more room, or those that do. */
void sla__out_beyond(sla__json_out *out, const char *bytes, size_t length);

/* As they are.  Inline, because most are literals of a few bytes. */
static inline void sla__out_bytes(sla__json_out *out, const char *bytes, size_t length)
{
    if (out->used <= out->size && length <= out->size - out->used)
        memcpy(out->buffer + out->used, bytes, length);
    else
        sla__out_beyond(out, bytes, length);
    out->used += length;
}

static inline void sla__out_byte(sla__json_out *out, char byte)
{
    if (out->used < out->size)
        out->buffer[out->used] = byte;
    else
        sla__out_beyond(out, &byte, 1);
    out->used++;
}

void sla__out_number(sla__json_out *out, int64_t number);

/* A literal, as it is. */
#define sla__out_literal(out, literal) sla__out_bytes(out, literal, sizeof(literal) - 1)

/* The inside of a string, without quotes: escaped.  What is not UTF-8 becomes U+FFFD. */
void sla__out_escaped(sla__json_out *out, const char *bytes, size_t length);

/* What follows is written as a member, or as an element of an array where `key` is NULL.
 * A key is a plain literal and needs no escapes, but for sla__out_name's. */

/* Begins an object `{` or an array `[`; ends it. */
void sla__out_open(sla__json_out *out, const char *key, char bracket);
void sla__out_close(sla__json_out *out, char bracket);

/* What stands before a member or an element that is written in pieces. */
void sla__out_comma(sla__json_out *out);

/* All but the value; what follows sla__out_name is written as an element. */
void sla__out_key(sla__json_out *out, const char *key);
void sla__out_name(sla__json_out *out, sla_string name);

/* A string with its quotes; an instant (years 1900 to 2199) with its quotes. */
void sla__out_quoted(sla__json_out *out, const char *bytes, size_t length);
void sla__out_moment(sla__json_out *out, sla_time time);

/* Whole ones.  An instant that never comes is left out; a word is written as it is. */
void sla__out_string(sla__json_out *out, const char *key, sla_string value);
void sla__out_text(sla__json_out *out, const char *key, const char *value);
void sla__out_integer(sla__json_out *out, const char *key, int64_t value);
void sla__out_instant(sla__json_out *out, const char *key, sla_time value);
void sla__out_word(sla__json_out *out, const char *key, const char *word);

#endif
