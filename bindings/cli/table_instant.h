/*
 * table_instant.h - instants in the fields of a table: as facts have them, or a date with or
 * without a time of day, somewhere that --offset says.
 */
#ifndef SLA_CLI_TABLE_INSTANT_H
#define SLA_CLI_TABLE_INSTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <sla/time.h>

#include "csv.h"
#include "table.h"

/* What is wrong with it, in words of a table; false when nothing is. */
bool table_instant_is_wrong(const table_options *options, csv_field field, char *why, size_t size);

/* Of a field with which nothing is wrong; an empty one lies before all others. */
sla_time table_instant_of(const table_options *options, csv_field field);

/* The same as a JSON string. */
void table_instant_put(FILE *out, const table_options *options, csv_field field);

#endif
