/*
 * attributes.h - attributes as members of a JSON object.
 *
 * For people: an instant is a text in RFC 3339.  An attribute without a value is null, or
 * left out where `nulls` is not wanted.
 */
#ifndef SLA_STORE_ATTRIBUTES_H
#define SLA_STORE_ATTRIBUTES_H

#include "store/text.h"

void sla__attributes_put(sla__text *text, const sla_attribute *attributes, size_t count,
                         bool nulls);

#endif
