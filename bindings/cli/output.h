/* output.h - JSON and tables on a stream. */
#ifndef SLA_CLI_OUTPUT_H
#define SLA_CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <sla/error.h>
#include <sla/time.h>

#include "taken.h"

/* A string with quotes and escapes; bytes that are no UTF-8 become U+FFFD. */
void put_json_string(FILE *out, const char *text, size_t length);
void put_json_text(FILE *out, const char *text);

/* Bytes in base64, with quotes, and whether they need it. */
void put_json_base64(FILE *out, const char *bytes, size_t length);
bool is_utf8(const char *text, size_t length);

/* An instant with quotes; null where it never comes. */
void put_json_instant(FILE *out, sla_time time);

/* The place and sentence of a complaint as members, a comma before each. */
void put_json_error(FILE *out, const sla_error *error);

/* Whether words may be coloured there: a terminal, and NO_COLOR is not set. */
bool may_colour(FILE *out);

/* A file to write, in place. */
typedef struct output {
    const char *path;
    FILE *stream; /* NULL: none */
    bool made;    /* it was not there */
} output;

/*
 * Open `path` ("-": standard output); what it held is still there.  EXIT_FINE; after
 * a complaint EXIT_USAGE when it is a file that is taken, EXIT_MACHINE when it cannot
 * be opened.
 */
int output_open(output *o, const char *path, taken *t);

/* Empty it; nothing is lost before every file is known to be the right one. */
int output_begin(output *o);

/* Give up before the beginning. */
void output_drop(output *o);

/* What is there goes out now; the reason is kept when it cannot. */
void output_flush(FILE *stream);

/* What is still to be written to `o`, which may be none; false, and a complaint. */
bool output_end(output *o);

/* Everything is on standard output; false, and a complaint, when it cannot be
 * written.  For main, so that it is done however the command ends. */
bool output_finish(void);

#endif
