/*
 * scan.h - a cursor over JSON text that we wrote ourselves, or that was read before.
 *
 * It judges nothing but what it needs: whoever wants a complaint reads with
 * sla/json.h.  After the first surprise it is `bad` and stays where it is.
 */
#ifndef SLA_STORE_SCAN_H
#define SLA_STORE_SCAN_H

#include <stdbool.h>

#include <sla/engine.h>

typedef struct sla__scan {
    const char *at, *end;
    /* Where strings with escapes are decoded: as many bytes as the text has.  NULL: they are
     * handed out as they are written. */
    char *room;
    bool bad;
} sla__scan;

/* Takes the byte when it is next (blanks are read past). */
bool sla__scan_take(sla__scan *scan, char byte);

/* The byte that is next, 0 at the end. */
char sla__scan_next(sla__scan *scan);

/* The members of an object, the elements of an array: after the opening bracket and between
 * two of them, true while there is another. */
bool sla__scan_more(sla__scan *scan, char closing, bool *first);

/* A name and its colon. */
sla_string sla__scan_name(sla__scan *scan);
sla_string sla__scan_string(sla__scan *scan);
int64_t sla__scan_number(sla__scan *scan);
bool sla__scan_flag(sla__scan *scan);

/* Any value, of any depth. */
void sla__scan_skip(sla__scan *scan);

bool sla__string_is(sla_string string, const char *word);

#endif
