/* arrays.c - see arrays.h. */
#include "pg/arrays.h"

#include <assert.h>

enum { JSONB_FORM = 1 };

static const sla__pg_type types[] = {
    [SLA__COLUMN_TEXT] = SLA__PG_TEXT,   [SLA__COLUMN_SMALL] = SLA__PG_INT2,
    [SLA__COLUMN_NUMBER] = SLA__PG_INT4, [SLA__COLUMN_LARGE] = SLA__PG_INT8,
    [SLA__COLUMN_FLAG] = SLA__PG_BOOL,   [SLA__COLUMN_INSTANT] = SLA__PG_TIMESTAMPTZ,
    [SLA__COLUMN_JSON] = SLA__PG_JSON,   [SLA__COLUMN_JSON_VALUE] = SLA__PG_JSONB,
    [SLA__COLUMN_BYTES] = SLA__PG_BYTEA,
};

void sla__pg_arrays_init(sla__pg_arrays *arrays, const sla_allocator *allocator)
{
    arrays->allocator = allocator;
    for (size_t i = 0; i < SLA__PG_COLUMNS_MAX; i++)
        sla__pg_parameters_init(&arrays->columns[i], allocator);
}

void sla__pg_arrays_fini(sla__pg_arrays *arrays)
{
    for (size_t i = 0; i < SLA__PG_COLUMNS_MAX; i++)
        sla__pg_parameters_fini(&arrays->columns[i]);
}

void sla__pg_arrays_begin(sla__pg_arrays *arrays, const sla__table *table)
{
    assert(table->count <= SLA__PG_COLUMNS_MAX);
    arrays->table = table;
    for (size_t i = 0; i < table->count; i++) {
        sla__pg_parameters_clear(&arrays->columns[i]);
        sla__pg_begin_array(&arrays->columns[i], types[table->columns[i].type]);
    }
}

/* A number that has no room becomes NULL, which no column of numbers takes: the unit
 * is refused, nothing is cut. */
static void put(sla__pg_parameters *to, const sla__column *column, const sla__value *value)
{
    if (value->null || !sla__column_fits(column, value))
        sla__pg_put_null(to);
    else if (column->type == SLA__COLUMN_SMALL)
        sla__pg_put_int2(to, (int16_t)value->number);
    else if (column->type == SLA__COLUMN_NUMBER)
        sla__pg_put_int4(to, (int32_t)value->number);
    else if (column->type == SLA__COLUMN_LARGE)
        sla__pg_put_int8(to, value->number);
    else if (column->type == SLA__COLUMN_FLAG)
        sla__pg_put_bool(to, value->number != 0);
    else if (column->type == SLA__COLUMN_INSTANT)
        sla__pg_put_time(to, value->number);
    else if (column->type == SLA__COLUMN_JSON_VALUE)
        sla__pg_put_formed(to, JSONB_FORM, value->text);
    else
        sla__pg_put_string(to, value->text);
}

void sla__pg_arrays_row(sla__pg_arrays *arrays, const void *row)
{
    for (size_t i = 0; i < arrays->table->count; i++) {
        const sla__column *const column = &arrays->table->columns[i];
        const sla__value value = sla__column_get(column, row);

        put(&arrays->columns[i], column, &value);
    }
}

void sla__pg_arrays_add(sla__pg_arrays *arrays, sla__pg_parameters *parameters)
{
    for (size_t i = 0; i < arrays->table->count; i++) {
        sla__pg_parameters *const column = &arrays->columns[i];

        sla__pg_end(column);
        parameters->failed |= column->failed;
        sla__pg_add_bytes(parameters, column->bytes, column->length);
    }
}
