/*
 * view_columns.h - what facts set on a ticket, reckoned by a way that has nothing to
 * do with the library's: all of them sorted by when they happened, each amended by
 * what corrects or withdraws it, and the last one to name an attribute counts.
 */
#ifndef SLA_TESTS_VIEW_COLUMNS_H
#define SLA_TESTS_VIEW_COLUMNS_H

#include <stdbool.h>

#include "service/memory_copy.h"

enum { NAMES_MAX = 8 };

/* An attribute as a text: of which type, and its value. */
typedef struct column {
    char name[SLA_NAME_MAX + 1];
    char value[SLA_STRING_MAX + 4];
} column;

typedef struct columns {
    column items[NAMES_MAX];
    size_t count;
} columns;

void columns_set(columns *all, const char *name, const char *value);
void columns_set_attribute(columns *all, const sla_attribute *attribute);
/* Those that have no value are not there. */
bool columns_same(const columns *one, const columns *other);

/* Facts of one ticket, by seq. */
columns columns_of_facts(sla__kept_fact *const *facts, size_t fact_count);

#endif
