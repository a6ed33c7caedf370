/*
 * parameters.h - parameters of statements in PostgreSQL's binary form, one behind
 * the other in one block: plain values, and arrays that are filled element by
 * element.
 *
 * Running out of memory is remembered, not reported at each call: ask `failed` at
 * the end.
 */
#ifndef SLA_PG_PARAMETERS_H
#define SLA_PG_PARAMETERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sla/alloc.h>
#include <sla/engine.h>

/* Types by the numbers that are the same in every server. */
typedef enum sla__pg_type {
    SLA__PG_BOOL = 16,
    SLA__PG_BYTEA = 17,
    SLA__PG_INT8 = 20,
    SLA__PG_INT2 = 21,
    SLA__PG_INT4 = 23,
    SLA__PG_TEXT = 25,
    SLA__PG_JSON = 114,
    SLA__PG_TIMESTAMPTZ = 1184,
    SLA__PG_JSONB = 3802
} sla__pg_type;

typedef struct sla__pg_parameter {
    size_t at;
    int length; /* -1: NULL */
} sla__pg_parameter;

typedef struct sla__pg_parameters {
    const sla_allocator *allocator;
    unsigned char *bytes;
    size_t length, capacity;
    sla__pg_parameter *list;
    size_t count, list_capacity;
    size_t dimension_at; /* where the length of the open array stands */
    int32_t elements;
    bool failed;
} sla__pg_parameters;

void sla__pg_parameters_init(sla__pg_parameters *parameters, const sla_allocator *allocator);
void sla__pg_parameters_fini(sla__pg_parameters *parameters);

/* Empty again; its room stays. */
void sla__pg_parameters_clear(sla__pg_parameters *parameters);

/* A parameter of one value: begin, one put, end.  An array: begin with its elements'
 * type, as many puts as it has, end. */
void sla__pg_begin(sla__pg_parameters *parameters);
void sla__pg_begin_array(sla__pg_parameters *parameters, sla__pg_type type);
void sla__pg_end(sla__pg_parameters *parameters);

void sla__pg_put_null(sla__pg_parameters *parameters);
void sla__pg_put_bytes(sla__pg_parameters *parameters, const void *data, size_t length);
void sla__pg_put_string(sla__pg_parameters *parameters, sla_string string);
/* A byte that says of which form the rest is. */
void sla__pg_put_formed(sla__pg_parameters *parameters, unsigned char form, sla_string string);
void sla__pg_put_int8(sla__pg_parameters *parameters, int64_t value);
void sla__pg_put_int4(sla__pg_parameters *parameters, int32_t value);
void sla__pg_put_int2(sla__pg_parameters *parameters, int16_t value);
void sla__pg_put_bool(sla__pg_parameters *parameters, bool value);
void sla__pg_put_time(sla__pg_parameters *parameters, sla_time at); /* SLA_NEVER: NULL */

/* The same, a parameter of its own. */
void sla__pg_add_string(sla__pg_parameters *parameters, sla_string string);
void sla__pg_add_int8(sla__pg_parameters *parameters, int64_t value);
void sla__pg_add_int4(sla__pg_parameters *parameters, int32_t value);
void sla__pg_add_bool(sla__pg_parameters *parameters, bool value);
void sla__pg_add_time(sla__pg_parameters *parameters, sla_time at);
void sla__pg_add_bytes(sla__pg_parameters *parameters, const void *data, size_t length);
void sla__pg_add_null(sla__pg_parameters *parameters);

/* Element `element` of an array of int8 without NULL becomes another. */
void sla__pg_set_int8(sla__pg_parameters *parameters, size_t parameter, size_t element,
                      int64_t value);

/* Numbers as they stand in a result. */
int64_t sla__pg_get(const char *value, int length);
sla_time sla__pg_get_time(const char *value);

/* A `timestamptz` counts from 2000. */
#define SLA__PG_EPOCH INT64_C(946684800000000)

#endif
