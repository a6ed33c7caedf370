/* rows.c - see rows.h. */
#include "sqlite/rows.h"

#include "sqlite/bind.h"

static bool is_number(sla__column_type type)
{
    return type != SLA__COLUMN_TEXT && type != SLA__COLUMN_JSON && type != SLA__COLUMN_JSON_VALUE &&
           type != SLA__COLUMN_BYTES;
}

static int bind_value(sqlite3_stmt *statement, int at, const sla__column *column,
                      const sla__value *value)
{
    if (value->null)
        return sqlite3_bind_null(statement, at);
    if (is_number(column->type))
        return sqlite3_bind_int64(statement, at, value->number);
    if (column->type == SLA__COLUMN_BYTES)
        return sqlite3_bind_blob64(statement, at, value->text.data, value->text.length,
                                   SQLITE_STATIC);
    return sla__bind_string(statement, at, value->text);
}

int sla__row_bind(sqlite3_stmt *statement, const sla__table *table, const void *row)
{
    int code = SQLITE_OK;

    for (size_t i = 0; i < table->count && code == SQLITE_OK; i++) {
        const sla__value value = sla__column_get(&table->columns[i], row);

        code = sla__column_fits(&table->columns[i], &value)
                   ? bind_value(statement, (int)i + 1, &table->columns[i], &value)
                   : SQLITE_TOOBIG;
    }
    return code;
}

static sla__value read_value(sqlite3_stmt *statement, int at, const sla__column *column)
{
    sla__value value = {sqlite3_column_type(statement, at) == SQLITE_NULL, 0, {"", 0}};

    if (value.null)
        return value;
    if (is_number(column->type))
        value.number = sqlite3_column_int64(statement, at);
    else if (column->type == SLA__COLUMN_BYTES)
        value.text = sla__column_bytes(statement, at);
    else
        value.text = sla__column_string(statement, at);
    return value;
}

bool sla__row_read(sqlite3_stmt *statement, const sla__table *table, void *row)
{
    for (size_t i = 0; i < table->count; i++) {
        const sla__value value = read_value(statement, (int)i, &table->columns[i]);

        if (value.text.data == NULL || !sla__column_set(&table->columns[i], row, &value))
            return false;
    }
    return true;
}
