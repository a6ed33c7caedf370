/*
 * cursor.h - a cursor over JSON text that we wrote ourselves, or that was read before.
 *
 * It judges nothing but what it needs: whoever wants a complaint reads with
 * sla/json.h.  After the first surprise it is `bad` and stays where it is.
 */
#ifndef SLA_STORE_CURSOR_H
#define SLA_STORE_CURSOR_H

#include <stdbool.h>

#include <sla/engine.h>

typedef struct sla__cursor {
    const char *at, *end;
    /* Where strings with escapes are decoded: as many bytes as the text has.  NULL: they are
     * handed out as they are written. */
    char *room;
    bool bad;
} sla__cursor;

/* Takes the byte when it is next (blanks are read past). */
bool sla__cursor_take(sla__cursor *cursor, char byte);

/* The byte that is next, 0 at the end. */
char sla__cursor_next(sla__cursor *cursor);

/* The members of an object, the elements of an array: after the opening bracket and between
 * two of them, true while there is another. */
bool sla__cursor_more(sla__cursor *cursor, char closing, bool *first);

/* A name and its colon. */
sla_string sla__cursor_name(sla__cursor *cursor);
sla_string sla__cursor_string(sla__cursor *cursor);
int64_t sla__cursor_number(sla__cursor *cursor);
bool sla__cursor_flag(sla__cursor *cursor);

/* Any value, of any depth. */
void sla__cursor_skip(sla__cursor *cursor);

bool sla__string_is(sla_string string, const char *word);

#endif
