/* plan_profile_kinds.c - see plan_profile_parts.h: the kinds of tickets in a profile. */
#include <string.h>

#include "cli.h"
#include "plan_profile_parts.h"

/* ------------------------------------------------------------ attributes */

static int read_attribute(sla__json *json, const char *name, const json_t *value,
                          sla_attribute *attribute)
{
    if (!is_attribute_name(name, strlen(name)))
        return sla__json_complain(json, "the name of an attribute has a-z, 0-9 and _, and begins "
                                        "with a letter");
    *attribute = (sla_attribute){.name = {name, strlen(name)}};
    if (json_is_string(value)) {
        attribute->type = SLA_VALUE_STRING;
        attribute->string = (sla_string){json_string_value(value), json_string_length(value)};
    } else if (json_is_integer(value)) {
        attribute->type = SLA_VALUE_INT;
        attribute->number = json_integer_value(value);
    } else if (json_is_boolean(value)) {
        attribute->type = SLA_VALUE_BOOL;
        attribute->number = json_is_true(value);
    } else {
        return sla__json_complain(json, "an attribute is a string, a whole number, true or false");
    }
    return SLA_OK;
}

static int read_attributes(sla__json *json, const json_t *value, plan_kind *kind)
{
    json_t *attributes = NULL, *one;
    const char *name;
    int result = sla__json_get(json, value, "attributes", SLA__OPTIONAL, JSON_OBJECT, &attributes);

    if (result != SLA_OK || attributes == NULL)
        return result;
    kind->attributes = need_memory(json_object_size(attributes) + 1, sizeof *kind->attributes);
    sla__json_push_key(json, "attributes");
    json_object_foreach(attributes, name, one)
    {
        sla__json_push_key(json, name);
        result = read_attribute(json, name, one, &kind->attributes[kind->attribute_count++]);
        sla__json_pop(json);
        if (result != SLA_OK)
            break;
    }
    sla__json_pop(json);
    return result;
}

/* ------------------------------------------------------------ stages */

static int read_fact(sla__json *json, const json_t *stage, const char *key, const char **out)
{
    const int result = sla__json_get_name(json, stage, key, SLA__OPTIONAL, out);

    if (result == SLA_OK && *out != NULL && strcmp(*out, "opened") == 0)
        return sla__json_complain_at(json, key,
                                     "every ticket begins with \"opened\": another fact");
    return result;
}

static int read_stage(sla__json *json, const json_t *value, const plan_profile *profile,
                      plan_stage *stage)
{
    static const char *const known[] = {"desk", "rank", "work", "wait", "begins", "ends"};
    const char *desk = NULL;
    int result = sla__json_check_members(json, value, known, 6);

    if (result == SLA_OK)
        result = sla__json_get_name(json, value, "desk", SLA__OPTIONAL, &desk);
    if (result == SLA_OK)
        result = sla__json_get_int(json, value, "rank", SLA__OPTIONAL, 0, 1000000, &stage->rank);
    if (result == SLA_OK)
        result = read_fact(json, value, "begins", &stage->begins);
    if (result == SLA_OK)
        result = read_fact(json, value, "ends", &stage->ends);
    if (result != SLA_OK)
        return result;
    if ((desk != NULL) == (json_object_get(value, "wait") != NULL))
        return sla__json_complain(json, "a stage has \"desk\" and \"work\", or \"wait\" alone");
    if (desk != NULL && (stage->desk = plan_profile_desk(profile, desk)) == PLAN_NOBODY)
        return sla__json_complain_at(json, "desk", "there is no desk \"%s\"", desk);
    if (desk == NULL && json_object_get(value, "rank") != NULL)
        return sla__json_complain_at(json, "rank", "a rank is for a desk: \"desk\", too");
    if (desk == NULL && json_object_get(value, "work") != NULL)
        return sla__json_complain_at(json, "work", "work is done at a desk: \"desk\", too");
    return plan_spread_get(json, value, desk != NULL ? "work" : "wait", &stage->takes);
}

static int read_life(sla__json *json, const json_t *value, const plan_profile *profile,
                     plan_kind *kind)
{
    json_t *life = NULL;
    int result = sla__json_get(json, value, "life", SLA__REQUIRED, JSON_ARRAY, &life);

    if (result != SLA_OK)
        return result;
    kind->stages = need_memory(json_array_size(life) + 1, sizeof *kind->stages);
    sla__json_push_key(json, "life");
    if (json_array_size(life) == 0)
        result = sla__json_complain(json, "one stage at least: what happens to these tickets");
    for (size_t i = 0; i < json_array_size(life) && result == SLA_OK; i++) {
        plan_stage *stage = &kind->stages[kind->stage_count++];

        *stage = (plan_stage){.desk = PLAN_NOBODY, .rank = kind->rank};
        sla__json_push_index(json, i);
        result = sla__json_as_type(json, json_array_get(life, i), JSON_OBJECT);
        if (result == SLA_OK)
            result = read_stage(json, json_array_get(life, i), profile, stage);
        sla__json_pop(json);
    }
    sla__json_pop(json);
    return result;
}

/* ------------------------------------------------------------ kinds */

static bool is_there(const plan_profile *profile, const plan_kind *kind)
{
    for (const plan_kind *other = profile->kinds; other < kind; other++)
        if (strcmp(other->name, kind->name) == 0)
            return true;
    return false;
}

static int read_kind(sla__json *json, const json_t *value, const plan_profile *profile,
                     plan_kind *kind)
{
    static const char *const known[] = {"kind", "weight", "rank", "attributes", "life"};
    int result = sla__json_check_members(json, value, known, 5);

    kind->weight = 1;
    if (result == SLA_OK)
        result = sla__json_get_name(json, value, "kind", SLA__REQUIRED, &kind->name);
    if (result == SLA_OK && is_there(profile, kind))
        return sla__json_complain_at(json, "kind", "there is a kind of this name already");
    if (result == SLA_OK)
        result = sla__json_get_int(json, value, "weight", SLA__OPTIONAL, 1, 1000000, &kind->weight);
    if (result == SLA_OK)
        result = sla__json_get_int(json, value, "rank", SLA__OPTIONAL, 0, 1000000, &kind->rank);
    if (result == SLA_OK)
        result = read_attributes(json, value, kind);
    return result == SLA_OK ? read_life(json, value, profile, kind) : result;
}

int plan_kinds_read(sla__json *json, const json_t *value, plan_profile *profile)
{
    const size_t count = json_array_size(value);
    int result = SLA_OK;

    if (count == 0)
        return sla__json_complain(json, "one kind of ticket at least");
    profile->kinds = need_memory(count, sizeof *profile->kinds);
    for (size_t i = 0; i < count && result == SLA_OK; i++) {
        plan_kind *kind = &profile->kinds[profile->kind_count++];

        memset(kind, 0, sizeof *kind);
        sla__json_push_index(json, i);
        result = sla__json_as_type(json, json_array_get(value, i), JSON_OBJECT);
        if (result == SLA_OK)
            result = read_kind(json, json_array_get(value, i), profile, kind);
        sla__json_pop(json);
    }
    return result;
}
