/*
 * table.h - rows of a table as facts: a column is a member of a fact, an attribute, or
 * the instant at which something happened.
 */
#ifndef SLA_CLI_TABLE_H
#define SLA_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "living.h"

typedef struct table_options {
    char **maps; /* of --map, as they were given */
    size_t map_count, map_capacity;
    char separator;
    bool has_offset;
    int32_t offset_s; /* of instants that say none, where has_offset */
} table_options;

/* What --map is given: COLUMN=MEMBER with a member that there is. */
bool table_map_is_one(const char *text);

/* All rows of the text, which is written over, as lines of `l`.  An exit code: a header
 * that does not do ends the work with EXIT_USAGE after a complaint. */
int table_read(char *text, size_t length, const table_options *options, living *l);

#endif
