/* output.h - JSON and tables on a stream. */
#ifndef SLA_CLI_OUTPUT_H
#define SLA_CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <sla/error.h>
#include <sla/time.h>

/* A string with quotes and escapes; bytes that are no UTF-8 become U+FFFD. */
void put_json_string(FILE *out, const char *text, size_t length);
void put_json_text(FILE *out, const char *text);

/* An instant with quotes; null where it never comes. */
void put_json_instant(FILE *out, sla_time time);

/* The place and sentence of a complaint as members, a comma before each. */
void put_json_error(FILE *out, const sla_error *error);

/* Whether words may be coloured there: a terminal, and NO_COLOR is not set. */
bool may_colour(FILE *out);

/* A file to write, NULL and a complaint when that is impossible. */
FILE *output_open(const char *path);

/* Everything is written; false, and a complaint, when it could not be. */
bool output_finish(FILE *out, const char *name);

#endif
