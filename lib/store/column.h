/*
 * column.h - a table as a list of columns, and what a row of it is in memory.
 *
 * A column knows its name, its type and which member of the row it is.  So a store
 * writes and reads any table in one loop, and there is one place that says what is
 * kept:
 *
 *     for (size_t i = 0; i < sla__event_table.count; i++)
 *         bind(i, sla__column_get(&sla__event_table.columns[i], &row));
 *
 * Computed columns are in no list: a database fills them itself.
 */
#ifndef SLA_STORE_COLUMN_H
#define SLA_STORE_COLUMN_H

#include <stdbool.h>

#include <sla/engine.h>

typedef enum sla__column_type {
    SLA__COLUMN_TEXT,
    SLA__COLUMN_SMALL,  /* 16 bits */
    SLA__COLUMN_NUMBER, /* 32 bits */
    SLA__COLUMN_LARGE,  /* 64 bits */
    SLA__COLUMN_FLAG,
    SLA__COLUMN_INSTANT,
    SLA__COLUMN_JSON,
    SLA__COLUMN_JSON_VALUE, /* JSON that people search */
    SLA__COLUMN_BYTES
} sla__column_type;

/* What the member of a row is.  The value that says nothing is NULL in the column. */
typedef enum sla__member {
    SLA__MEMBER_STRING, /* sla_string; empty */
    SLA__MEMBER_WORD,   /* const char *; "" */
    SLA__MEMBER_STEP,   /* char[] of sla_event.step */
    SLA__MEMBER_U64,
    SLA__MEMBER_U32,
    SLA__MEMBER_U16,
    SLA__MEMBER_U8,
    SLA__MEMBER_I32,
    SLA__MEMBER_I64, /* INT64_MAX, which is SLA_NEVER */
    SLA__MEMBER_BOOL,
    SLA__MEMBER_KIND,     /* sla_event_kind, as its word */
    SLA__MEMBER_STATE,    /* sla_state, as its word */
    SLA__MEMBER_AGREEMENT /* sla_agreement, as its word */
} sla__member;

typedef struct sla__column {
    const char *name;
    sla__column_type type;
    bool required; /* never NULL: empty is empty */
    sla__member member;
    size_t offset; /* in the row */
} sla__column;

typedef struct sla__table {
    const char *name;
    const sla__column *columns; /* in the order of the table */
    size_t count;
} sla__table;

/* `number` of numbers, flags (0, 1) and instants (microseconds); `text` of all others. */
typedef struct sla__value {
    bool null;
    int64_t number;
    sla_string text;
} sla__value;

/* What `row` has in this column; texts are borrowed from it. */
sla__value sla__column_get(const sla__column *column, const void *row);

/* Whether the column has room for the number.  (Nothing is ever cut.) */
bool sla__column_fits(const sla__column *column, const sla__value *value);

/* Sets the member.  Texts are borrowed and have a NUL behind them (as databases' clients hand
 * them out).  False when it cannot be this column's: nobody who keeps to this list wrote it. */
bool sla__column_set(const sla__column *column, void *row, const sla__value *value);

#endif
