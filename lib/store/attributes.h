/*
 * attributes.h - attributes as members of a JSON object.
 *
 * For people: an instant is a text in RFC 3339.  An attribute without a value is null, or
 * left out where `nulls` is not wanted.
 */
#ifndef SLA_STORE_ATTRIBUTES_H
#define SLA_STORE_ATTRIBUTES_H

#include <sla/engine.h>

#include "engine/json_write.h"

void sla__attributes_put(sla__json_out *out, const sla_attribute *attributes, size_t count,
                         bool nulls);

/* RFC 3339 in UTC, or its microseconds where that cannot be written. */
void sla__instant_put(sla__json_out *out, const char *name, sla_time instant);

#endif
