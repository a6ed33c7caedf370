/* parameters.c - see parameters.h. */
#include "pg/parameters.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

#include "base/alloc.h"

enum { ARRAY_HEAD = 20, NO_ARRAY = -1 };

void sla__pg_parameters_init(sla__pg_parameters *parameters, const sla_allocator *allocator)
{
    memset(parameters, 0, sizeof *parameters);
    parameters->allocator = allocator;
    parameters->elements = NO_ARRAY;
}

void sla__pg_parameters_fini(sla__pg_parameters *parameters)
{
    sla__free(parameters->allocator, parameters->bytes);
    sla__free(parameters->allocator, parameters->list);
    sla__pg_parameters_init(parameters, parameters->allocator);
}

void sla__pg_parameters_clear(sla__pg_parameters *parameters)
{
    parameters->length = parameters->count = 0;
    parameters->elements = NO_ARRAY;
    parameters->failed = false;
}

/* --------------------------------------------------------------------- bytes */

static unsigned char *take(sla__pg_parameters *parameters, size_t length)
{
    unsigned char *bytes;

    if (parameters->failed || length > INT_MAX - parameters->length ||
        !sla__grow(parameters->allocator, (void **)&parameters->bytes, &parameters->capacity,
                   parameters->length + length + 1, 1)) { /* never nothing: NULL has no bytes */
        parameters->failed = true;
        return NULL;
    }
    bytes = parameters->bytes + parameters->length;
    parameters->length += length;
    return bytes;
}

static void write_number(unsigned char *bytes, uint64_t value, size_t size)
{
    for (size_t i = size; i > 0; value >>= 8)
        bytes[--i] = (unsigned char)value;
}

/* Room for a value of `length` bytes; an element says its length first. */
static unsigned char *take_value(sla__pg_parameters *parameters, size_t length)
{
    const size_t head = parameters->elements == NO_ARRAY ? 0 : 4;
    unsigned char *const bytes = take(parameters, head + length);

    if (bytes == NULL)
        return NULL;
    if (head > 0) {
        write_number(bytes, length, head);
        parameters->elements++;
    }
    return bytes + head;
}

static void put_number(sla__pg_parameters *parameters, uint64_t value, size_t size)
{
    unsigned char *const bytes = take_value(parameters, size);

    if (bytes != NULL)
        write_number(bytes, value, size);
}

/* ---------------------------------------------------------------- parameters */

void sla__pg_begin(sla__pg_parameters *parameters)
{
    assert(parameters->elements == NO_ARRAY);
    if (!sla__grow(parameters->allocator, (void **)&parameters->list, &parameters->list_capacity,
                   parameters->count + 1, sizeof *parameters->list)) {
        parameters->failed = true;
        return;
    }
    parameters->list[parameters->count].at = parameters->length;
    parameters->list[parameters->count].length = 0;
    parameters->count++;
}

/* One dimension, possibly with NULL in it, counted from 1. */
void sla__pg_begin_array(sla__pg_parameters *parameters, sla__pg_type type)
{
    unsigned char *head;

    sla__pg_begin(parameters);
    parameters->dimension_at = parameters->length + 12;
    head = take(parameters, ARRAY_HEAD);
    parameters->elements = 0;
    if (head == NULL)
        return;
    write_number(head, 1, 4);
    write_number(head + 4, 1, 4);
    write_number(head + 8, type, 4);
    write_number(head + 16, 1, 4);
}

void sla__pg_end(sla__pg_parameters *parameters)
{
    sla__pg_parameter *last;

    if (!parameters->failed) {
        last = &parameters->list[parameters->count - 1];
        if (parameters->elements != NO_ARRAY)
            write_number(parameters->bytes + parameters->dimension_at,
                         (uint64_t)parameters->elements, 4);
        if (last->length == 0)
            last->length = (int)(parameters->length - last->at);
    }
    parameters->elements = NO_ARRAY;
}

void sla__pg_put_null(sla__pg_parameters *parameters)
{
    if (parameters->elements != NO_ARRAY) {
        unsigned char *const bytes = take(parameters, 4);

        if (bytes != NULL)
            write_number(bytes, UINT32_MAX, 4);
        parameters->elements++;
    } else if (!parameters->failed) {
        parameters->list[parameters->count - 1].length = -1;
    }
}

void sla__pg_put_bytes(sla__pg_parameters *parameters, const void *data, size_t length)
{
    unsigned char *const bytes = take_value(parameters, length);

    if (bytes != NULL && length > 0)
        memcpy(bytes, data, length);
}

void sla__pg_put_string(sla__pg_parameters *parameters, sla_string string)
{
    sla__pg_put_bytes(parameters, string.data, string.length);
}

void sla__pg_put_formed(sla__pg_parameters *parameters, unsigned char form, sla_string string)
{
    unsigned char *const bytes = take_value(parameters, 1 + string.length);

    if (bytes == NULL)
        return;
    bytes[0] = form;
    if (string.length > 0)
        memcpy(bytes + 1, string.data, string.length);
}

void sla__pg_put_int8(sla__pg_parameters *parameters, int64_t value)
{
    put_number(parameters, (uint64_t)value, 8);
}

void sla__pg_put_int4(sla__pg_parameters *parameters, int32_t value)
{
    put_number(parameters, (uint32_t)value, 4);
}

void sla__pg_put_int2(sla__pg_parameters *parameters, int16_t value)
{
    put_number(parameters, (uint16_t)value, 2);
}

void sla__pg_put_bool(sla__pg_parameters *parameters, bool value)
{
    put_number(parameters, value, 1);
}

/* What lies before everything is PostgreSQL's -infinity. */
void sla__pg_put_time(sla__pg_parameters *parameters, sla_time at)
{
    if (at == SLA_NEVER)
        sla__pg_put_null(parameters);
    else
        sla__pg_put_int8(parameters,
                         at < INT64_MIN + SLA__PG_EPOCH ? INT64_MIN : at - SLA__PG_EPOCH);
}

#define ADD(name, type)                                                                            \
    void sla__pg_add_##name(sla__pg_parameters *parameters, type value)                            \
    {                                                                                              \
        sla__pg_begin(parameters);                                                                 \
        sla__pg_put_##name(parameters, value);                                                     \
        sla__pg_end(parameters);                                                                   \
    }

ADD(string, sla_string)
ADD(int8, int64_t)
ADD(int4, int32_t)
ADD(bool, bool)
ADD(time, sla_time)

void sla__pg_add_bytes(sla__pg_parameters *parameters, const void *data, size_t length)
{
    sla__pg_begin(parameters);
    sla__pg_put_bytes(parameters, data, length);
    sla__pg_end(parameters);
}

void sla__pg_add_null(sla__pg_parameters *parameters)
{
    sla__pg_begin(parameters);
    sla__pg_put_null(parameters);
    sla__pg_end(parameters);
}

void sla__pg_set_int8(sla__pg_parameters *parameters, size_t parameter, size_t element,
                      int64_t value)
{
    write_number(parameters->bytes + parameters->list[parameter].at + ARRAY_HEAD +
                     element * (4 + sizeof value) + 4,
                 (uint64_t)value, sizeof value);
}

/* ------------------------------------------------------------------- results */

int64_t sla__pg_get(const char *value, int length)
{
    const unsigned char *const bytes = (const unsigned char *)value;
    uint64_t number = length > 0 && (bytes[0] & 0x80) != 0 ? UINT64_MAX : 0;

    for (int i = 0; i < length; i++)
        number = number << 8 | bytes[i];
    return (int64_t)number;
}

sla_time sla__pg_get_time(const char *value)
{
    return sla__pg_get(value, 8) + SLA__PG_EPOCH;
}
