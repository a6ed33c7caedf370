/* json_place.h - where in the text of a JSON document a value stands. */
#ifndef SLA_BASE_JSON_PLACE_H
#define SLA_BASE_JSON_PLACE_H

#include "base/json.h"

/* Line and column, from 1, of a byte. */
void sla__json_place_of(const char *text, size_t offset, int *line_out, int *column_out);

/* The byte at which the value at the end of `steps` begins (for a member: its
 * key).  The text is well formed JSON that contains these steps. */
size_t sla__json_offset_of(const char *text, size_t length, const sla__json_step *steps, int depth);

/* The same for an RFC 6901 pointer; where it leads nowhere, the last value on its way. */
size_t sla__json_offset_of_pointer(const char *text, size_t length, const char *pointer);

/* The steps as an RFC 6901 pointer, cut where `size` ends. */
void sla__json_pointer_of(const sla__json_step *steps, int depth, char *buffer, size_t size);

#endif
