/*
 * csv.h - a table as text: fields apart by a separator, rows by line ends, quotes around
 * fields that hold either (RFC 4180).
 */
#ifndef SLA_CLI_CSV_H
#define SLA_CLI_CSV_H

#include <stdbool.h>
#include <stddef.h>

typedef struct csv_field {
    const char *text;
    size_t length;
} csv_field;

typedef struct csv {
    char *text; /* is written over: quotes are taken out where they stand */
    size_t length, at;
    size_t line; /* that comes next */
    char separator;
    csv_field *fields; /* of the row */
    size_t count, capacity;
    size_t row; /* the line in which it begins */
    const char *trouble;
} csv;

/* `text` stays the caller's. */
void csv_init(csv *c, char *text, size_t length, char separator);
void csv_fini(csv *c);

/* The next row that is not blank; false at the end, and when a quote is wrong: then
 * `trouble` says so of `row`. */
bool csv_next(csv *c);

#endif
