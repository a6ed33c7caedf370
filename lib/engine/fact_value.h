/*
 * fact_value.h - the values of a fact's members, each with what to write instead
 * where it is wrong.  All answer as the scan does (json_scan.h).
 */
#ifndef SLA_ENGINE_FACT_VALUE_H
#define SLA_ENGINE_FACT_VALUE_H

#include <string.h>

#include "engine/json_scan.h"

/* A complaint about the byte `at` (NULL: where the scan stands); false. */
bool sla__fact_wrong(sla__scan *scan, const char *at, const char *what);

static inline bool sla__fact_same(sla_string a, const char *text, size_t length)
{
    return a.length == length && memcmp(a.data, text, length) == 0;
}

/* A member that everybody ignores: `comment`, `$schema`, `x-...`. */
bool sla__fact_is_free(sla_string key);

/* Text without control characters, of up to `limit` bytes.  `if_empty` complains of none; NULL:
 * it may be empty. */
bool sla__fact_text(sla__scan *scan, const char *if_empty, size_t limit, sla_string *out);
bool sla__fact_name(sla__scan *scan, sla_string *out);
bool sla__fact_instant(sla__scan *scan, sla_time *out);
bool sla__fact_span(sla__scan *scan, sla_duration *out); /* more than 0 */
bool sla__fact_cycle(sla__scan *scan, uint32_t *out);

/* An object of at most SLA_FACT_ATTRIBUTES_MAX; `*count_out` is 0 before. */
bool sla__fact_attributes(sla__scan *scan, sla_attribute *attributes, size_t *count_out);

#endif
