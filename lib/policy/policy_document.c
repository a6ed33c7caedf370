/* policy_document.c - one document is read into the set, or the set stays as it was. */
#include "policy/reader.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "time/json_time.h"

/* ------------------------------------------------------------ attributes */

static int read_listed_values(sla__reader *reader, const json_t *object, uint16_t slot)
{
    const uint8_t type = reader->set->attributes[slot].type;
    json_t *list;
    int64_t value;
    int result = sla__read_list(reader, object, "values", SLA__OPTIONAL, 1, SLA__TABLE_MAX, &list);

    if (result != SLA_OK || list == NULL)
        return result;
    if (type != SLA__STRING && type != SLA__INT)
        return sla__json_complain_at(&reader->json, "values",
                                     "only attributes of type \"string\" or \"int\" list their "
                                     "values; remove it");
    sla__json_push_key(&reader->json, "values");
    for (size_t i = 0; i < json_array_size(list) && result == SLA_OK; i++) {
        sla__json_push_index(&reader->json, i);
        result = sla__read_value(reader, slot, json_array_get(list, i), &value);
        sla__json_pop(&reader->json);
    }
    sla__json_pop(&reader->json);
    reader->values[slot] = list;
    return result;
}

static const char *const types[] = {"string", "int", "bool", "instant"};

/* The slot of a declared attribute: that of the same name in other policies, or a new one. */
static int declare(sla__reader *reader, const char *name, uint8_t type, uint16_t *slot_out)
{
    sla_policies *set = reader->set;
    sla__attribute *added;
    uint32_t symbol;
    int result = sla__read_symbol(reader, name, &symbol);

    if (result != SLA_OK)
        return result;
    *slot_out = set->symbols->list[symbol].attribute;
    if (*slot_out != SLA__NONE) {
        if (set->attributes[*slot_out].type != type)
            return sla__json_complain(&reader->json,
                                      "another policy of this set declares it as \"%s\"; use one "
                                      "type, or another name",
                                      types[set->attributes[*slot_out].type]);
        return SLA_OK;
    }
    if (set->attribute_count == SLA_ATTRIBUTES_MAX)
        return sla__json_complain(&reader->json,
                                  "more than %d attributes in all policies together; remove those "
                                  "that no condition reads",
                                  SLA_ATTRIBUTES_MAX);
    added = SLA__APPEND(reader, set->attributes, set->attribute);
    if (added == NULL)
        return SLA_ERR_NOMEM;
    *added = (sla__attribute){symbol, type};
    *slot_out = set->symbols->list[symbol].attribute = (uint16_t)(set->attribute_count - 1);
    return SLA_OK;
}

/* NAME: TYPE, or NAME: {"type": TYPE, "values": [...]} */
static int read_attribute(sla__reader *reader, const char *name, const json_t *value)
{
    static const char *const known[] = {"type", "values"};
    uint16_t slot;
    int type = 0;
    int result = SLA_OK;

    if (!sla__is_name(name, strlen(name)))
        return sla__json_complain(&reader->json,
                                  "the key is the name of an attribute: a letter a-z, then a-z, "
                                  "0-9 and _, 63 characters at most");
    if (json_is_object(value)) {
        result = sla__json_check_members(&reader->json, value, known, 2);
        if (result == SLA_OK)
            result =
                sla__json_get_choice(&reader->json, value, "type", SLA__REQUIRED, types, 4, &type);
    } else {
        result = sla__json_as_choice(&reader->json, value, types, 4, &type);
    }
    if (result == SLA_OK)
        result = declare(reader, name, (uint8_t)type, &slot);
    if (result == SLA_OK && json_is_object(value))
        result = read_listed_values(reader, value, slot);
    if (result == SLA_OK)
        reader->declared |= UINT64_C(1) << slot;
    return result;
}

int sla__read_attributes(sla__reader *reader, const json_t *document)
{
    json_t *map;
    void *member;
    int result =
        sla__json_get(&reader->json, document, "attributes", SLA__OPTIONAL, JSON_OBJECT, &map);

    if (result != SLA_OK || map == NULL)
        return result;
    sla__json_push_key(&reader->json, "attributes");
    for (member = json_object_iter(map); member != NULL && result == SLA_OK;
         member = json_object_iter_next(map, member)) {
        const char *name = json_object_iter_key(member);

        if (sla__json_is_free_member(name))
            continue;
        sla__json_push_key(&reader->json, name);
        result = read_attribute(reader, name, json_object_iter_value(member));
        sla__json_pop(&reader->json);
    }
    sla__json_pop(&reader->json);
    return result;
}

/* ------------------------------------------------------------ name and version */

static bool is_taken(const sla_policies *set, uint32_t name)
{
    const sla__drafts *drafts = set->drafts;

    for (size_t i = 0; i < set->policy_count; i++)
        if (set->policies[i].name == name)
            return true;
    for (size_t i = 0; i < drafts->overlay_count; i++)
        if (drafts->overlays[i].name == name)
            return true;
    return false;
}

int sla__read_identity(sla__reader *reader, const json_t *document, uint32_t *name_out,
                       uint32_t *version_out)
{
    int result = sla__read_name_symbol(reader, document, "policy", SLA__REQUIRED, name_out);

    if (result == SLA_OK && is_taken(reader->set, *name_out))
        return sla__json_complain_at(&reader->json, "policy",
                                     "there is a policy \"%s\" already; choose another name",
                                     sla__policies_symbol(reader->set, *name_out));
    if (result == SLA_OK)
        result = sla__read_text_symbol(reader, document, "version", SLA__REQUIRED, 64, version_out);
    return result;
}

/* ------------------------------------------------------------ a policy */

static int read_group(sla__reader *reader, const json_t *document, sla__policy *policy)
{
    int64_t order = 0;
    int result = sla__read_name_symbol(reader, document, "group", SLA__OPTIONAL, &policy->group);

    if (result == SLA_OK)
        result = sla__json_get_int(&reader->json, document, "order", SLA__OPTIONAL, INT32_MIN,
                                   INT32_MAX, &order);
    policy->order = (int32_t)order;
    if (result == SLA_OK && policy->group == 0 && json_object_get(document, "order") != NULL)
        return sla__json_complain_at(&reader->json, "order",
                                     "there is no \"group\" in which it counts; add one, or remove "
                                     "it");
    return result;
}

static int read_description(sla__reader *reader, const json_t *document, sla__policy *policy)
{
    static const char *const agreements[] = {"sla", "ola", "uc"};
    int agreement = SLA_AGREEMENT_SLA;
    int result = sla__read_identity(reader, document, &policy->name, &policy->version);

    if (result == SLA_OK)
        result = sla__read_display(reader, document, &policy->display);
    if (result == SLA_OK)
        result = sla__json_get_choice(&reader->json, document, "agreement", SLA__OPTIONAL,
                                      agreements, 3, &agreement);
    policy->agreement = (uint8_t)agreement;
    if (result == SLA_OK)
        result = read_group(reader, document, policy);
    if (result == SLA_OK)
        result = sla__read_attributes(reader, document);
    if (result == SLA_OK)
        result = sla__read_condition(reader, document, "match", SLA__OPTIONAL,
                                     SLA__ABOUT_ATTRIBUTES, &policy->match);
    policy->match_slots = result == SLA_OK ? sla__condition_slots(reader->set, policy->match) : 0;
    return result;
}

static int read_limits(sla__reader *reader, const json_t *document, sla__policy *policy)
{
    int result;

    policy->future_tolerance = 5 * SLA_MINUTE;
    reader->late_after = SLA_MINUTE;
    result = sla__json_get_duration(&reader->json, document, "late_fact_limit", SLA__OPTIONAL,
                                    SLA_SECOND, SLA__SPAN_MAX, &policy->late_fact_limit);
    if (result == SLA_OK)
        result = sla__json_get_duration(&reader->json, document, "future_tolerance", SLA__OPTIONAL,
                                        0, SLA__SPAN_MAX, &policy->future_tolerance);
    if (result == SLA_OK)
        result = sla__json_get_duration(&reader->json, document, "late_after", SLA__OPTIONAL, 0,
                                        SLA__SPAN_MAX, &reader->late_after);
    return result;
}

/* What targets take from the policy when they say nothing. */
static int read_inherited(sla__reader *reader, const json_t *document)
{
    int result;

    reader->cancel = reader->reopen = SLA__IMPOSSIBLE;
    reader->catching.how = SLA__CATCH_HIGHEST;
    reader->calendar = (sla__calendar_choice){.by = SLA__NONE, .fixed = SLA__NONE};
    result = sla__read_condition(reader, document, "cancel", SLA__OPTIONAL, SLA__ABOUT_FACTS,
                                 &reader->cancel);
    if (result == SLA_OK)
        result = sla__read_condition(reader, document, "reopen", SLA__OPTIONAL, SLA__ABOUT_FACTS,
                                     &reader->reopen);
    if (result == SLA_OK && reader->reopen == SLA__IMPOSSIBLE)
        result = sla__read_fact_condition(reader, "reopened", &reader->reopen);
    if (result == SLA_OK)
        result = sla__read_catch_up(reader, document, &reader->catching);
    if (result == SLA_OK)
        result = sla__read_defaults(reader, document, &reader->defaults);
    if (result == SLA_OK)
        result = sla__read_calendar_choice(reader, document, &reader->calendar);
    return result;
}

static int append_policy(sla__reader *reader, const sla__policy *policy, bool has_match)
{
    sla__drafts *drafts = reader->set->drafts;
    sla__policy *added = SLA__APPEND(reader, reader->set->policies, reader->set->policy);
    sla__policy_draft *draft = SLA__APPEND(reader, drafts->policies, drafts->policy);

    if (added == NULL || draft == NULL)
        return SLA_ERR_NOMEM;
    *added = *policy;
    draft->has_match = has_match;
    return sla__read_place(reader, &draft->place);
}

static int read_policy(sla__reader *reader, const json_t *document)
{
    static const char *const known[] = {
        "policy",  "version", "display",  "agreement",       "match",
        "group",   "order",   "calendar", "attributes",      "attribute_defaults",
        "pauses",  "resumes", "steps",    "late_after",      "catch_up",
        "reopen",  "cancel",  "rank",     "late_fact_limit", "future_tolerance",
        "at_once", "refuse",  "targets",  "reason_codes"};
    sla__policy policy = {0};
    int result;

    if (json_object_get(document, "during") != NULL)
        return sla__json_complain_at(&reader->json, "during",
                                     "only overlays have a span of their own; name the policy "
                                     "under \"overlay_of\", or write \"during\" into goals");
    result =
        sla__json_check_members(&reader->json, document, known, sizeof known / sizeof known[0]);

    if (result == SLA_OK && reader->set->policy_count == SLA_POLICIES_MAX)
        return sla__json_complain(&reader->json, "more than %d policies in one set",
                                  SLA_POLICIES_MAX);
    if (result == SLA_OK)
        result = read_description(reader, document, &policy);
    if (result == SLA_OK)
        result = read_limits(reader, document, &policy);
    if (result == SLA_OK)
        result = read_inherited(reader, document);
    if (result == SLA_OK)
        result = sla__read_targets(reader, document, &policy);
    if (result == SLA_OK)
        result = sla__read_rules(reader, document, &policy);
    if (result != SLA_OK)
        return result;
    return append_policy(reader, &policy, json_object_get(document, "match") != NULL);
}

/* Only calendars say what kind of document they are. */
static int complain_about_kind(sla__reader *reader, const json_t *kind)
{
    const char *text = json_string_value(kind);

    if (text != NULL && strcmp(text, "calendar") == 0)
        return sla__json_complain_at(&reader->json, "kind",
                                     "this is a calendar, and a policy is wanted here");
    return sla__json_complain_at(&reader->json, "kind",
                                 "neither a policy nor a calendar: a calendar has the \"kind\" "
                                 "\"calendar\", a policy has no \"kind\"; write the one, or "
                                 "remove it");
}

static int read_document(sla__reader *reader)
{
    const json_t *document = reader->json.root;
    int result = sla__json_as_type(&reader->json, document, JSON_OBJECT);

    if (result != SLA_OK)
        return result;
    reader->target_base = reader->set->target_count;
    if (json_object_get(document, "kind") != NULL)
        return complain_about_kind(reader, json_object_get(document, "kind"));
    if (json_object_get(document, "overlay_of") != NULL)
        return sla__read_overlay(reader, document);
    return read_policy(reader, document);
}

/* The document is kept for those who complain about it later. */
static int keep_text(sla__reader *reader, const char *source)
{
    sla__drafts *drafts = reader->set->drafts;
    sla__document *added = SLA__APPEND(reader, drafts->documents, drafts->document);

    if (added == NULL)
        return SLA_ERR_NOMEM;
    reader->document = (uint32_t)(drafts->document_count - 1);
    added->length = reader->json.length;
    added->text = sla__new(&reader->set->allocator, added->length, 1);
    if (added->text == NULL)
        return sla__read_nomem(reader);
    memcpy(added->text, reader->json.text, added->length);
    return sla__read_symbol(reader, source, &added->source);
}

int sla_policies_add(sla_policies *policies, const char *text, size_t length, const char *source,
                     sla_error *error)
{
    const sla_policies before = *policies;
    const sla__drafts drafts_before = *sla__drafts_of(policies);
    sla__reader reader = {.set = policies};
    int result;

    assert(text != NULL || length == 0);
    sla__error_clear(error);
    if (source == NULL)
        source = "policy";
    if (policies->finished)
        return sla__error_set(error, SLA_ERR_STATE, "",
                              "the set is finished; add to a new one instead");
    result = sla__json_init(&reader.json, text, length, NULL, source, SLA_ERR_POLICY, error);
    if (result != SLA_OK)
        return result;
    result = keep_text(&reader, source);
    if (result == SLA_OK)
        result = read_document(&reader);
    sla__json_fini(&reader.json);
    if (result != SLA_OK)
        sla__policies_cut(policies, &before, &drafts_before);
    return result;
}
