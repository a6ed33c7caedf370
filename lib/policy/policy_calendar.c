/* policy_calendar.c - which calendar a target counts by; see reader.h. */
#include "policy/reader.h"

#include <string.h>

#include "time/json_time.h"

/* The keys of a table are values of an attribute, written as text. */
static int read_key(sla__reader *reader, uint16_t slot, const char *key, int64_t *out)
{
    static const char *const words[] = {"false", "true"};
    const uint8_t type = reader->set->attributes[slot].type;
    const bool negative = key[0] == '-';
    uint32_t symbol;
    uint64_t number = 0;
    int result;

    if (type == SLA__STRING) {
        result = sla__read_symbol(reader, key, &symbol);
        *out = symbol;
        return result;
    }
    if (type == SLA__BOOL)
        for (int i = 0; i < 2; i++)
            if (strcmp(key, words[i]) == 0) {
                *out = i;
                return SLA_OK;
            }
    if (type == SLA__BOOL)
        return sla__json_complain(&reader->json, "the attribute is true or false; write \"true\" "
                                                 "or \"false\" as the key");
    for (size_t i = negative; i == negative || key[i] != '\0'; i++) {
        if (key[i] < '0' || key[i] > '9' || i > 17)
            return sla__json_complain(&reader->json, "the attribute is an int; write a whole "
                                                     "number of at most 17 digits as the key");
        number = number * 10 + (uint64_t)(key[i] - '0');
    }
    *out = negative ? -(int64_t)number : (int64_t)number;
    return SLA_OK;
}

/* The values that the document lists for an attribute hold for keys as well. */
static int check_key(sla__reader *reader, uint16_t slot, const char *key, int64_t value)
{
    const json_t *values = reader->values[slot];

    for (size_t i = 0; i < json_array_size(values); i++) {
        const json_t *listed = json_array_get(values, i);

        if (json_is_string(listed) ? strcmp(json_string_value(listed), key) == 0
                                   : json_is_integer(listed) && json_integer_value(listed) == value)
            return SLA_OK;
    }
    if (values == NULL)
        return SLA_OK;
    return sla__json_complain(&reader->json, "not among the values that \"attributes\" lists for "
                                             "this attribute; correct it, or add it there");
}

static int read_row(sla__reader *reader, const json_t *table, const char *key, uint16_t slot)
{
    sla_policies *set = reader->set;
    sla__calendar_row row = {0, SLA__NONE};
    sla__calendar_row *added;
    const char *name;
    int result;

    sla__json_push_key(&reader->json, key);
    if (key[0] == '\0')
        result = sla__json_complain(&reader->json, "the key is empty; write a value");
    else
        result = read_key(reader, slot, key, &row.value);
    if (result == SLA_OK)
        result = check_key(reader, slot, key, row.value);
    if (result == SLA_OK)
        result = sla__json_as_calendar_name(&reader->json, json_object_get(table, key), &name);
    if (result == SLA_OK)
        result = sla__read_calendar(reader, name, &row.calendar);
    sla__json_pop(&reader->json);
    if (result != SLA_OK)
        return result;
    added = SLA__APPEND(reader, set->calendar_rows, set->calendar_row);
    if (added == NULL)
        return SLA_ERR_NOMEM;
    *added = row;
    return SLA_OK;
}

static int read_table(sla__reader *reader, const json_t *object, sla__calendar_choice *choice)
{
    json_t *table;
    void *member;
    int result = sla__json_get(&reader->json, object, "table", SLA__REQUIRED, JSON_OBJECT, &table);

    if (result != SLA_OK)
        return result;
    if (json_object_size(table) == 0 || json_object_size(table) > SLA__TABLE_MAX)
        return sla__json_complain_at(&reader->json, "table", "%zu rows; 1 to %d are wanted",
                                     json_object_size(table), SLA__TABLE_MAX);
    choice->first = (uint32_t)reader->set->calendar_row_count;
    choice->count = (uint32_t)json_object_size(table);
    sla__json_push_key(&reader->json, "table");
    for (member = json_object_iter(table); member != NULL && result == SLA_OK;
         member = json_object_iter_next(table, member))
        result = read_row(reader, table, json_object_iter_key(member), choice->by);
    sla__json_pop(&reader->json);
    return result;
}

static int read_by(sla__reader *reader, const json_t *object, uint16_t *slot_out)
{
    const char *name;
    int result = sla__json_get_name(&reader->json, object, "by", SLA__REQUIRED, &name);

    if (result != SLA_OK)
        return result;
    sla__json_push_key(&reader->json, "by");
    result = sla__read_attribute(reader, name, slot_out);
    if (result == SLA_OK && reader->set->attributes[*slot_out].type == SLA__INSTANT)
        result = sla__json_complain(&reader->json, "an instant chooses no calendar; name an "
                                                   "attribute of type string, int or bool");
    sla__json_pop(&reader->json);
    return result;
}

static int read_choice_object(sla__reader *reader, const json_t *object,
                              sla__calendar_choice *choice)
{
    static const char *const known[] = {"by", "table", "default"};
    const char *name;
    int result = sla__json_check_members(&reader->json, object, known, 3);

    if (result == SLA_OK)
        result = read_by(reader, object, &choice->by);
    if (result == SLA_OK)
        result = read_table(reader, object, choice);
    if (result == SLA_OK)
        result =
            sla__json_get_calendar_name(&reader->json, object, "default", SLA__REQUIRED, &name);
    sla__json_push_key(&reader->json, "default");
    if (result == SLA_OK)
        result = sla__read_calendar(reader, name, &choice->fixed);
    sla__json_pop(&reader->json);
    return result;
}

static int read_choice(sla__reader *reader, const json_t *value, sla__calendar_choice *choice)
{
    const char *name;
    int result;

    *choice = (sla__calendar_choice){.by = SLA__NONE, .fixed = SLA__NONE};
    if (json_is_null(value))
        return SLA_OK;
    if (json_is_object(value))
        return read_choice_object(reader, value, choice);
    result = sla__json_as_calendar_name(&reader->json, value, &name);
    return result == SLA_OK ? sla__read_calendar(reader, name, &choice->fixed) : result;
}

int sla__read_calendar_choice(sla__reader *reader, const json_t *object,
                              sla__calendar_choice *choice)
{
    const json_t *value = json_object_get(object, "calendar");
    int result;

    if (value == NULL)
        return SLA_OK;
    sla__json_push_key(&reader->json, "calendar");
    result = read_choice(reader, value, choice);
    sla__json_pop(&reader->json);
    return result;
}
