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

/* As fprintf, plain; only newlines that begin or end the format stay what they
 * are. */
__attribute__((format(printf, 2, 3))) void tell(FILE *out, const char *format, ...);
void tell_arguments(FILE *out, const char *format, va_list arguments);

#endif
