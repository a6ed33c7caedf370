/* plain.h - text as a terminal may have it. */
#ifndef SLA_CLI_PLAIN_H
#define SLA_CLI_PLAIN_H

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

/* The length of the UTF-8 sequence at `at`, of which `left` bytes are there; 0
 * when it is none. */
size_t utf8_length(const char *at, size_t left);

/* Control characters as \u001b and bytes that are no UTF-8 as \xff: no data moves
 * the cursor, or passes for a line of ours. */
void put_plain(FILE *out, const char *text, size_t length);

/* The bytes of `text` that fit into `width` columns when they are plain, a character in
 * one, none of them and no escape cut; how many columns that takes in `*taken_out`. */
size_t plain_fit(const char *text, size_t width, size_t *taken_out);

/* As fprintf, plain; only newlines that begin or end the format stay what they
 * are. */
__attribute__((format(printf, 2, 3))) void tell(FILE *out, const char *format, ...);
void tell_arguments(FILE *out, const char *format, va_list arguments);

#endif
