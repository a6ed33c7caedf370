/* policy_names.c - names in a document become numbers of the set; see reader.h. */
#include "policy/reader.h"

#include <string.h>

#include "base/alloc.h"
#include "base/json_place.h"
#include "time/json_time.h"

int sla__read_nomem(sla__reader *reader)
{
    return sla__json_complain_as(&reader->json, SLA_ERR_NOMEM, "%s",
                                 sla_result_text(SLA_ERR_NOMEM));
}

void *sla__read_append(sla__reader *reader, void **array, size_t *count, size_t *capacity,
                       size_t size)
{
    char *element;

    if (!sla__grow(&reader->set->allocator, array, capacity, *count + 1, size)) {
        sla__read_nomem(reader);
        return NULL;
    }
    element = (char *)*array + size * (*count)++;
    memset(element, 0, size);
    return element;
}

int sla__read_symbol(sla__reader *reader, const char *text, uint32_t *symbol_out)
{
    if (!sla__symbols_intern(reader->set->symbols, &reader->set->allocator, text, strlen(text),
                             symbol_out))
        return sla__read_nomem(reader);
    return SLA_OK;
}

int sla__read_place(sla__reader *reader, sla__place *place_out)
{
    const sla__json *json = &reader->json;
    char pointer[sizeof(((sla_error *)NULL)->pointer)];

    sla__json_pointer_of(json->steps, json->depth, pointer, sizeof pointer);
    place_out->document = reader->document;
    return sla__read_symbol(reader, pointer, &place_out->pointer);
}

/* ------------------------------------------------------------ numbers */

int sla__read_fact(sla__reader *reader, const char *name, uint16_t *fact_out)
{
    sla_policies *set = reader->set;
    uint32_t symbol;
    int result = sla__read_symbol(reader, name, &symbol);
    uint32_t *added;

    if (result != SLA_OK)
        return result;
    if (set->symbols->list[symbol].fact == SLA__NONE) {
        if (set->fact_name_count == SLA__NONE)
            return sla__json_complain(&reader->json, "more than %d fact names", SLA__NONE);
        added = SLA__APPEND(reader, set->fact_names, set->fact_name);
        if (added == NULL)
            return SLA_ERR_NOMEM;
        *added = symbol;
        set->symbols->list[symbol].fact = (uint16_t)(set->fact_name_count - 1);
    }
    *fact_out = set->symbols->list[symbol].fact;
    return SLA_OK;
}

int sla__read_fact_slot(sla__reader *reader, const char *name, uint16_t *slot_out)
{
    sla_policies *set = reader->set;
    uint16_t fact;
    int result = sla__read_fact(reader, name, &fact);
    sla__symbol *symbol;
    uint16_t *added;

    if (result != SLA_OK)
        return result;
    symbol = &set->symbols->list[set->fact_names[fact]];
    if (symbol->fact_slot == SLA__NONE) {
        added = SLA__APPEND(reader, set->fact_slots, set->fact_slot);
        if (added == NULL)
            return SLA_ERR_NOMEM;
        *added = fact;
        symbol->fact_slot = (uint16_t)(set->fact_slot_count - 1);
    }
    *slot_out = symbol->fact_slot;
    return SLA_OK;
}

static int add_calendar(sla__reader *reader, uint32_t symbol)
{
    sla_policies *set = reader->set;
    sla__drafts *drafts = set->drafts;
    sla__place *place;
    uint32_t *added;

    if (set->calendar_count == SLA__NONE)
        return sla__json_complain(&reader->json, "more than %d calendars", SLA__NONE);
    place = SLA__APPEND(reader, drafts->calendars, drafts->calendar);
    added = SLA__APPEND(reader, set->calendars, set->calendar);
    if (place == NULL || added == NULL)
        return SLA_ERR_NOMEM;
    *added = symbol;
    set->symbols->list[symbol].calendar = (uint16_t)(set->calendar_count - 1);
    return sla__read_place(reader, place);
}

int sla__read_calendar(sla__reader *reader, const char *name, uint16_t *calendar_out)
{
    const sla_policies *set = reader->set;
    uint32_t symbol;
    int result = sla__read_symbol(reader, name, &symbol);

    if (result == SLA_OK && set->symbols->list[symbol].calendar == SLA__NONE)
        result = add_calendar(reader, symbol);
    if (result == SLA_OK)
        *calendar_out = set->symbols->list[symbol].calendar;
    return result;
}

int sla__read_attribute(sla__reader *reader, const char *name, uint16_t *slot_out)
{
    const uint16_t slot = sla__policies_attribute(reader->set, name, strlen(name));

    if (slot == SLA__NONE || (reader->declared >> slot & 1) == 0)
        return sla__json_complain(
            &reader->json, "attribute \"%.63s\" is not declared; add it to \"attributes\"", name);
    *slot_out = slot;
    return SLA_OK;
}

int sla__read_instant_attribute(sla__reader *reader, const char *name, uint16_t *slot_out)
{
    const int result = sla__read_attribute(reader, name, slot_out);

    if (result == SLA_OK && reader->set->attributes[*slot_out].type != SLA__INSTANT)
        return sla__json_complain(
            &reader->json, "attribute \"%.63s\" holds no instant; name one of type \"instant\"",
            name);
    return result;
}

/* ------------------------------------------------------------ values */

static bool is_listed(const json_t *values, const json_t *value)
{
    for (size_t i = 0; i < json_array_size(values); i++)
        if (json_equal(json_array_get(values, i), value))
            return true;
    return false;
}

int sla__read_value(sla__reader *reader, uint16_t slot, const json_t *value, int64_t *out)
{
    const char *text;
    uint32_t symbol;
    bool yes;
    int result;

    switch ((sla__type)reader->set->attributes[slot].type) {
    case SLA__STRING:
        result = sla__json_as_text(&reader->json, value, SLA_STRING_MAX, &text);
        if (result == SLA_OK)
            result = sla__read_symbol(reader, text, &symbol);
        if (result == SLA_OK)
            *out = symbol;
        return result;
    case SLA__BOOL:
        result = sla__json_as_bool(&reader->json, value, &yes);
        if (result == SLA_OK)
            *out = yes;
        return result;
    case SLA__INSTANT:
        return sla__json_as_instant(&reader->json, value, out);
    case SLA__INT:
        break;
    }
    return sla__json_as_int(&reader->json, value, INT64_MIN, INT64_MAX, out);
}

int sla__read_listed_value(sla__reader *reader, uint16_t slot, const json_t *value, int64_t *out)
{
    const int result = sla__read_value(reader, slot, value, out);

    if (result == SLA_OK && reader->values[slot] != NULL && !is_listed(reader->values[slot], value))
        return sla__json_complain(
            &reader->json,
            "not among the values that \"attributes\" lists for \"%s\"; correct it, or add it "
            "there",
            sla__policies_symbol(reader->set, reader->set->attributes[slot].name));
    return result;
}

/* ------------------------------------------------------------ members */

int sla__read_name_symbol(sla__reader *reader, const json_t *object, const char *key,
                          sla__json_need need, uint32_t *symbol_out)
{
    const char *name = NULL;
    const int result = sla__json_get_name(&reader->json, object, key, need, &name);

    return result != SLA_OK || name == NULL ? result : sla__read_symbol(reader, name, symbol_out);
}

int sla__read_text_symbol(sla__reader *reader, const json_t *object, const char *key,
                          sla__json_need need, size_t max_bytes, uint32_t *symbol_out)
{
    const char *text = NULL;
    const int result = sla__json_get_text(&reader->json, object, key, need, max_bytes, &text);

    return result != SLA_OK || text == NULL ? result : sla__read_symbol(reader, text, symbol_out);
}

int sla__read_calendar_member(sla__reader *reader, const json_t *object, const char *key,
                              uint16_t *calendar_out)
{
    const char *name = NULL;
    int result = sla__json_get_calendar_name(&reader->json, object, key, SLA__OPTIONAL, &name);

    if (result != SLA_OK || name == NULL)
        return result;
    sla__json_push_key(&reader->json, key);
    result = sla__read_calendar(reader, name, calendar_out);
    sla__json_pop(&reader->json);
    return result;
}

/* `{"en": "Gold", "zh": "金牌"}`: all are checked, the first one is shown. */
static int read_languages(sla__reader *reader, const json_t *object, uint32_t *symbol_out)
{
    void *member;
    bool first = true;
    int result = SLA_OK;

    for (member = json_object_iter((json_t *)object); member != NULL && result == SLA_OK;
         member = json_object_iter_next((json_t *)object, member)) {
        const char *key = json_object_iter_key(member);
        const char *text;

        if (sla__json_is_free_member(key))
            continue;
        result = sla__json_get_text(&reader->json, object, key, SLA__REQUIRED, SLA__TO_MAX, &text);
        if (result == SLA_OK && first)
            result = sla__read_symbol(reader, text, symbol_out);
        first = false;
    }
    if (result == SLA_OK && first)
        return sla__json_complain(&reader->json,
                                  "no language here; write {\"en\": \"...\"} or one string");
    return result;
}

int sla__read_display(sla__reader *reader, const json_t *object, uint32_t *symbol_out)
{
    json_t *value = json_object_get(object, "display");
    int result;

    if (!json_is_object(value))
        return sla__read_text_symbol(reader, object, "display", SLA__OPTIONAL, SLA__TO_MAX,
                                     symbol_out);
    sla__json_push_key(&reader->json, "display");
    result = read_languages(reader, value, symbol_out);
    sla__json_pop(&reader->json);
    return result;
}

/* One place a fact is enough to point at. */
static bool is_noted(const sla__drafts *drafts, uint16_t fact)
{
    for (size_t i = 0; i < drafts->derived_count; i++)
        if (drafts->derived[i].fact == fact)
            return true;
    return false;
}

/* A fact that the fold itself makes must not be one that means something else. */
static int note_derived(sla__reader *reader, const char *name, uint16_t *fact_out)
{
    sla__drafts *drafts = reader->set->drafts;
    sla__derived_draft *draft;
    int result = sla__read_fact(reader, name, fact_out);

    if (result != SLA_OK)
        return result;
    if (*fact_out < SLA__FACT_BUILTIN_COUNT)
        return sla__json_complain(
            &reader->json, "\"%s\" has a meaning of its own; derive a name of your own", name);
    if (is_noted(drafts, *fact_out))
        return SLA_OK;
    draft = SLA__APPEND(reader, drafts->derived, drafts->derived);
    if (draft == NULL)
        return SLA_ERR_NOMEM;
    draft->fact = *fact_out;
    return sla__read_place(reader, &draft->place);
}

int sla__read_derives(sla__reader *reader, const json_t *object, uint16_t *fact_out)
{
    const char *name = NULL;
    int result = sla__json_get_name(&reader->json, object, "derives", SLA__OPTIONAL, &name);

    *fact_out = SLA__NONE;
    if (result != SLA_OK || name == NULL)
        return result;
    sla__json_push_key(&reader->json, "derives");
    result = note_derived(reader, name, fact_out);
    sla__json_pop(&reader->json);
    return result;
}

int sla__read_list(sla__reader *reader, const json_t *object, const char *key, sla__json_need need,
                   size_t min, size_t max, json_t **list_out)
{
    const int result = sla__json_get(&reader->json, object, key, need, JSON_ARRAY, list_out);
    const size_t size = json_array_size(*list_out);

    if (result != SLA_OK || *list_out == NULL)
        return result;
    if (size < min)
        return sla__json_complain_at(&reader->json, key, "the list is empty; at least %zu wanted",
                                     min);
    if (size > max)
        return sla__json_complain_at(&reader->json, key, "%zu elements, more than the limit of %zu",
                                     size, max);
    return SLA_OK;
}
