/* policy_rule.c - what a policy says beside its targets: at_once, refuse, rank, reason_codes; see
 * reader.h. */
#include "policy/reader.h"

#include <string.h>

/* A list of objects under `key`, each read by `read` standing on it. */
static int read_each(sla__reader *reader, const json_t *document, const char *key,
                     int (*read)(sla__reader *, const json_t *, const sla__policy *),
                     const sla__policy *policy)
{
    json_t *list;
    int result = sla__read_list(reader, document, key, SLA__OPTIONAL, 0, SLA__LIST_MAX, &list);

    if (result != SLA_OK || list == NULL)
        return result;
    sla__json_push_key(&reader->json, key);
    for (size_t i = 0; i < json_array_size(list) && result == SLA_OK; i++) {
        sla__json_push_index(&reader->json, i);
        result = read(reader, json_array_get(list, i), policy);
        sla__json_pop(&reader->json);
    }
    sla__json_pop(&reader->json);
    return result;
}

/* ------------------------------------------------------------ at once */

static int check_rule_name(sla__reader *reader, const sla__policy *policy, uint32_t name)
{
    const sla_policies *set = reader->set;

    for (size_t i = policy->at_once_first; i < set->at_once_count; i++)
        if (set->at_once[i].name == name)
            return sla__json_complain_at(&reader->json, "name",
                                         "there is a rule \"%s\" already; choose another name",
                                         sla__policies_symbol(set, name));
    return SLA_OK;
}

static int read_occasion(sla__reader *reader, const json_t *object, sla__at_once *rule)
{
    const bool on = json_object_get(object, "on") != NULL;
    const bool becomes = json_object_get(object, "becomes") != NULL;
    int result;

    if (on == becomes)
        return sla__json_complain(&reader->json,
                                  "%s; a rule has exactly one of \"on\" (facts) and \"becomes\" (a "
                                  "condition)",
                                  on ? "both" : "neither");
    result = sla__read_condition(reader, object, "on", SLA__OPTIONAL, SLA__ABOUT_FACTS, &rule->on);
    if (result == SLA_OK)
        result = sla__read_condition(reader, object, "becomes", SLA__OPTIONAL, SLA__ABOUT_TICKET,
                                     &rule->becomes);
    if (result == SLA_OK)
        result = sla__read_condition(reader, object, "when", SLA__OPTIONAL, SLA__ABOUT_TICKET,
                                     &rule->when);
    return result;
}

static int read_telling(sla__reader *reader, const json_t *object, sla__at_once *rule)
{
    bool once = false;
    int result = sla__read_kind(reader, object, "notice", true, &rule->kind, &rule->level);

    if (result == SLA_OK)
        result = sla__read_text_symbol(reader, object, "to", SLA__OPTIONAL, SLA__TO_MAX, &rule->to);
    if (result == SLA_OK)
        result = sla__read_text_symbol(reader, object, "reason", SLA__OPTIONAL, SLA__TO_MAX,
                                       &rule->reason);
    if (result == SLA_OK)
        result = sla__json_get_bool(&reader->json, object, "once", SLA__OPTIONAL, &once);
    rule->once = once;
    return result == SLA_OK ? sla__read_derives(reader, object, &rule->derives) : result;
}

static int read_at_once(sla__reader *reader, const json_t *object, const sla__policy *policy)
{
    static const char *const known[] = {"name",  "on", "becomes", "when", "kind",
                                        "level", "to", "reason",  "once", "derives"};
    sla__at_once rule = {.on = SLA__IMPOSSIBLE, .becomes = SLA__IMPOSSIBLE, .kind = SLA__WARNING};
    sla__at_once *added;
    int result = sla__json_check_members(&reader->json, object, known, 10);

    if (result == SLA_OK)
        result = sla__read_name_symbol(reader, object, "name", SLA__REQUIRED, &rule.name);
    if (result == SLA_OK)
        result = check_rule_name(reader, policy, rule.name);
    if (result == SLA_OK)
        result = read_occasion(reader, object, &rule);
    if (result == SLA_OK)
        result = read_telling(reader, object, &rule);
    if (result != SLA_OK)
        return result;
    added = SLA__APPEND(reader, reader->set->at_once, reader->set->at_once);
    if (added == NULL)
        return SLA_ERR_NOMEM;
    *added = rule;
    return SLA_OK;
}

/* ------------------------------------------------------------ refuse */

static int read_refuse(sla__reader *reader, const json_t *object, const sla__policy *policy)
{
    static const char *const known[] = {"rule", "on", "when"};
    sla_policies *set = reader->set;
    sla__refuse rule = {.on = SLA__IMPOSSIBLE};
    sla__refuse *added;
    int result = sla__json_check_members(&reader->json, object, known, 3);

    if (result == SLA_OK)
        result = sla__read_name_symbol(reader, object, "rule", SLA__REQUIRED, &rule.rule);
    for (size_t i = policy->refuse_first; i < set->refuse_count && result == SLA_OK; i++)
        if (set->refuses[i].rule == rule.rule)
            result = sla__json_complain_at(&reader->json, "rule",
                                           "there is a rule \"%s\" already; choose another name",
                                           sla__policies_symbol(set, rule.rule));
    if (result == SLA_OK)
        result =
            sla__read_condition(reader, object, "on", SLA__REQUIRED, SLA__ABOUT_FACTS, &rule.on);
    if (result == SLA_OK)
        result = sla__read_condition(reader, object, "when", SLA__OPTIONAL, SLA__ABOUT_TICKET,
                                     &rule.when);
    if (result != SLA_OK)
        return result;
    added = SLA__APPEND(reader, set->refuses, set->refuse);
    if (added == NULL)
        return SLA_ERR_NOMEM;
    *added = rule;
    return SLA_OK;
}

/* ------------------------------------------------------------ rank */

static int append_rank(sla__reader *reader, sla__condition when, int64_t rank)
{
    sla__rank *added = SLA__APPEND(reader, reader->set->ranks, reader->set->rank);

    if (added == NULL)
        return SLA_ERR_NOMEM;
    added->when = when;
    added->rank = (int32_t)rank;
    return SLA_OK;
}

static int read_rank(sla__reader *reader, const json_t *object, const sla__policy *policy)
{
    static const char *const known[] = {"when", "rank"};
    sla__condition when = 0;
    int64_t rank = 0;
    int result = sla__json_check_members(&reader->json, object, known, 2);

    (void)policy;
    if (result == SLA_OK)
        result =
            sla__read_condition(reader, object, "when", SLA__OPTIONAL, SLA__ABOUT_TICKET, &when);
    if (result == SLA_OK)
        result = sla__json_get_int(&reader->json, object, "rank", SLA__REQUIRED, INT32_MIN,
                                   INT32_MAX, &rank);
    return result == SLA_OK ? append_rank(reader, when, rank) : result;
}

/* One number for all, or a list of which the first that holds counts. */
static int read_ranks(sla__reader *reader, const json_t *document, const sla__policy *policy)
{
    const json_t *value = json_object_get(document, "rank");
    int64_t rank = 0;
    int result;

    if (value == NULL)
        return SLA_OK;
    if (json_is_array(value))
        return read_each(reader, document, "rank", read_rank, policy);
    result = sla__json_get_int(&reader->json, document, "rank", SLA__REQUIRED, INT32_MIN, INT32_MAX,
                               &rank);
    return result == SLA_OK ? append_rank(reader, 0, rank) : result;
}

/* ------------------------------------------------------------ reason codes */

static int read_codes(sla__reader *reader, const json_t *list, sla__reasons *reasons)
{
    sla_policies *set = reader->set;
    int result = SLA_OK;

    reasons->first = (uint32_t)set->reason_symbol_count;
    reasons->count = (uint32_t)json_array_size(list);
    for (size_t i = 0; i < reasons->count && result == SLA_OK; i++) {
        uint32_t *added = SLA__APPEND(reader, set->reason_symbols, set->reason_symbol);
        uint32_t symbol = 0;
        const char *code;

        if (added == NULL)
            return SLA_ERR_NOMEM;
        sla__json_push_index(&reader->json, i);
        result = sla__json_as_text(&reader->json, json_array_get(list, i), SLA_NAME_MAX + 1, &code);
        if (result == SLA_OK)
            result = sla__read_symbol(reader, code, &symbol);
        sla__json_pop(&reader->json);
        *added = symbol;
    }
    return result;
}

static int read_fact_key(sla__reader *reader, const char *key, uint16_t *fact_out)
{
    if (!sla__is_name(key, strlen(key)))
        return sla__json_complain(&reader->json,
                                  "the key is the name of a fact: a letter a-z, then a-z, 0-9 and "
                                  "_, 63 characters at most");
    return sla__read_fact(reader, key, fact_out);
}

static int read_reasons(sla__reader *reader, const json_t *map, const char *key)
{
    sla__reasons reasons = {0, 0, 0};
    sla__reasons *added;
    json_t *list;
    int result = sla__read_list(reader, map, key, SLA__REQUIRED, 1, SLA__TABLE_MAX, &list);

    if (result != SLA_OK)
        return result;
    sla__json_push_key(&reader->json, key);
    result = read_fact_key(reader, key, &reasons.fact);
    if (result == SLA_OK)
        result = read_codes(reader, list, &reasons);
    sla__json_pop(&reader->json);
    if (result != SLA_OK)
        return result;
    added = SLA__APPEND(reader, reader->set->reasons, reader->set->reasons);
    if (added == NULL)
        return SLA_ERR_NOMEM;
    *added = reasons;
    return SLA_OK;
}

static int read_reason_codes(sla__reader *reader, const json_t *document)
{
    json_t *map;
    void *member;
    int result =
        sla__json_get(&reader->json, document, "reason_codes", SLA__OPTIONAL, JSON_OBJECT, &map);

    if (result != SLA_OK || map == NULL)
        return result;
    sla__json_push_key(&reader->json, "reason_codes");
    for (member = json_object_iter(map); member != NULL && result == SLA_OK;
         member = json_object_iter_next(map, member)) {
        const char *key = json_object_iter_key(member);

        if (!sla__json_is_free_member(key))
            result = read_reasons(reader, map, key);
    }
    sla__json_pop(&reader->json);
    return result;
}

/* ------------------------------------------------------------ all of them */

int sla__read_rules(sla__reader *reader, const json_t *document, sla__policy *policy)
{
    sla_policies *set = reader->set;
    int result;

    policy->at_once_first = (uint32_t)set->at_once_count;
    policy->refuse_first = (uint32_t)set->refuse_count;
    policy->rank_first = (uint32_t)set->rank_count;
    policy->reasons_first = (uint32_t)set->reasons_count;
    result = read_each(reader, document, "at_once", read_at_once, policy);
    if (result == SLA_OK)
        result = read_each(reader, document, "refuse", read_refuse, policy);
    if (result == SLA_OK)
        result = read_ranks(reader, document, policy);
    if (result == SLA_OK)
        result = read_reason_codes(reader, document);
    policy->at_once_count = (uint32_t)set->at_once_count - policy->at_once_first;
    policy->refuse_count = (uint32_t)set->refuse_count - policy->refuse_first;
    policy->rank_count = (uint32_t)set->rank_count - policy->rank_first;
    policy->reasons_count = (uint32_t)set->reasons_count - policy->reasons_first;
    return result;
}
