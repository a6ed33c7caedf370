/* utf8.h - characters of UTF-8, one at a time. */
#ifndef SLA_BASE_UTF8_H
#define SLA_BASE_UTF8_H

#include <stddef.h>

/* Writes the code point (at most 4 bytes) and says how many. */
size_t sla__utf8_put(unsigned code, char *out);

/* The length of the well formed sequence that begins at `at`; 0 when there is none
 * before `end`. */
size_t sla__utf8_length(const char *at, const char *end);

#endif
