/*
 * arrays.h - rows of a table become one array for each of its columns.
 *
 * Rows come one by one, a column's values lie together: each column gathers its own
 * bytes, and at the end they become the parameters of a statement.
 */
#ifndef SLA_PG_ARRAYS_H
#define SLA_PG_ARRAYS_H

#include "pg/parameters.h"
#include "store/column.h"

enum { SLA__PG_COLUMNS_MAX = 48 };

/* Used again and again; what is gathered is thrown away when the next begins. */
typedef struct sla__pg_arrays {
    const sla_allocator *allocator;
    const sla__table *table;
    sla__pg_parameters columns[SLA__PG_COLUMNS_MAX]; /* each with one array, open */
} sla__pg_arrays;

void sla__pg_arrays_init(sla__pg_arrays *arrays, const sla_allocator *allocator);
void sla__pg_arrays_fini(sla__pg_arrays *arrays);

void sla__pg_arrays_begin(sla__pg_arrays *arrays, const sla__table *table);
void sla__pg_arrays_row(sla__pg_arrays *arrays, const void *row);

/* The next parameters of a statement. */
void sla__pg_arrays_add(sla__pg_arrays *arrays, sla__pg_parameters *parameters);

#endif
