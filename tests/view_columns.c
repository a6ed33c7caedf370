/* view_columns.c - see view_columns.h. */
#include "view_columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla/time.h>

#include "support/check.h"

/* -------------------------------------------------------------------- columns */

static void print_value(const sla_attribute *attribute, char *text, size_t size)
{
    char instant[SLA_TIME_TEXT_MAX];

    switch (attribute->type) {
    case SLA_VALUE_STRING:
        snprintf(text, size, "s %.*s", (int)attribute->string.length, attribute->string.data);
        return;
    case SLA_VALUE_INSTANT:
        sla_time_format(attribute->number, instant, sizeof instant);
        snprintf(text, size, "s %s", instant);
        return;
    case SLA_VALUE_INT:
        snprintf(text, size, "i %lld", (long long)attribute->number);
        return;
    case SLA_VALUE_BOOL:
        snprintf(text, size, "b %lld", (long long)attribute->number);
        return;
    case SLA_VALUE_NONE:
        text[0] = '\0';
        return;
    }
}

void columns_set(columns *all, const char *name, const char *value)
{
    size_t i = 0;

    while (i < all->count && strcmp(all->items[i].name, name) != 0)
        i++;
    all->count += i == all->count;
    CHECK_TRUE("room for a column", all->count <= NAMES_MAX);
    snprintf(all->items[i].name, sizeof all->items[i].name, "%s", name);
    snprintf(all->items[i].value, sizeof all->items[i].value, "%s", value);
}

void columns_set_attribute(columns *all, const sla_attribute *attribute)
{
    char name[SLA_NAME_MAX + 1], value[SLA_STRING_MAX + 4];

    snprintf(name, sizeof name, "%.*s", (int)attribute->name.length, attribute->name.data);
    print_value(attribute, value, sizeof value);
    columns_set(all, name, value);
}

/* Those that have no value are not there. */
static const char *value_of(const columns *all, const char *name)
{
    for (size_t i = 0; i < all->count; i++) {
        if (strcmp(all->items[i].name, name) == 0)
            return all->items[i].value;
    }
    return "";
}

bool columns_same(const columns *one, const columns *other)
{
    for (size_t i = 0; i < one->count; i++) {
        if (strcmp(one->items[i].value, value_of(other, one->items[i].name)) != 0)
            return false;
    }
    for (size_t i = 0; i < other->count; i++) {
        if (strcmp(other->items[i].value, value_of(one, other->items[i].name)) != 0)
            return false;
    }
    return true;
}

/* ------------------------------------------------------------- what facts set */

/* A fact as it counts. */
typedef struct counted {
    const sla_fact *content;
    sla_time at;
    uint32_t seq;
    bool gone;
} counted;

static bool same(sla_string one, sla_string other)
{
    return one.length == other.length && one.length > 0 &&
           memcmp(one.data, other.data, one.length) == 0;
}

/* The place of the fact that an id means; what amends has the place of what it amends. */
static size_t place_of(sla__kept_fact *const *facts, const size_t *places, size_t end,
                       sla_string id)
{
    for (size_t i = 0; i < end; i++) {
        if (same(facts[i]->fact.id, id))
            return places[i];
    }
    CHECK_FAIL("what is amended is on the record");
    return 0;
}

static void amend(counted *at, const sla_fact *fact)
{
    at->gone = fact->withdraws.length > 0;
    if (at->gone)
        return;
    at->content = fact;
    at->at = fact->occurred_at;
}

static int by_time(const void *one, const void *other)
{
    const counted *const a = one, *const b = other;

    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return (a->seq > b->seq) - (a->seq < b->seq);
}

columns columns_of_facts(sla__kept_fact *const *facts, size_t fact_count)
{
    counted *const all = calloc(fact_count + 1, sizeof *all);
    size_t *const places = calloc(fact_count + 1, sizeof *places);
    columns result = {.count = 0};
    size_t count = 0;

    CHECK_TRUE("memory", all != NULL && places != NULL);
    for (size_t i = 0; i < fact_count; i++) {
        const sla_fact *const fact = &facts[i]->fact;
        const sla_string id = fact->corrects.length > 0 ? fact->corrects : fact->withdraws;

        places[i] = id.length > 0 ? place_of(facts, places, i, id) : count;
        if (id.length > 0)
            amend(&all[places[i]], fact);
        else
            all[count++] = (counted){fact, fact->occurred_at, (uint32_t)i, false};
    }
    qsort(all, count, sizeof *all, by_time);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < all[i].content->attribute_count && !all[i].gone; k++)
            columns_set_attribute(&result, &all[i].content->attributes[k]);
    }
    free(all);
    free(places);
    return result;
}
