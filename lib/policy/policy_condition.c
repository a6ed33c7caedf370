/* policy_condition.c - conditions become trees of nodes; see reader.h and policy.h. */
#include "policy/reader.h"

#include <string.h>

static int read_node(sla__reader *reader, const json_t *value, sla__about about, sla__node *out);

/* Children of one node lie next to one another, so they are appended together. */
static int append_nodes(sla__reader *reader, const sla__node *nodes, size_t count,
                        uint32_t *first_out)
{
    sla_policies *set = reader->set;

    *first_out = (uint32_t)set->node_count;
    for (size_t i = 0; i < count; i++) {
        sla__node *added = SLA__APPEND(reader, set->nodes, set->node);

        if (added == NULL)
            return SLA_ERR_NOMEM;
        *added = nodes[i];
    }
    return SLA_OK;
}

/* `op` over some nodes; a single one needs no `op`, unless it is a negation. */
static int join(sla__reader *reader, sla__op op, const sla__node *nodes, size_t count,
                sla__node *out)
{
    if (count == 1 && op != SLA__NOT) {
        *out = nodes[0];
        return SLA_OK;
    }
    *out = (sla__node){.op = (uint8_t)op, .count = (uint8_t)count};
    return append_nodes(reader, nodes, count, &out->first);
}

/* ------------------------------------------------------------ facts */

static int read_fact_name(sla__reader *reader, const json_t *value, sla__node *out)
{
    const char *name;
    int result = sla__json_as_name(&reader->json, value, &name);

    *out = (sla__node){.op = SLA__FACT};
    return result == SLA_OK ? sla__read_fact(reader, name, &out->subject) : result;
}

/* A list of names under "fact". */
static int read_fact_names(sla__reader *reader, const json_t *list, sla__node *out)
{
    sla__node nodes[SLA__MEMBERS_MAX];
    const size_t count = json_array_size(list);
    int result = SLA_OK;

    if (count == 0 || count > SLA__MEMBERS_MAX)
        return sla__json_complain(&reader->json, "%zu names; 1 to %d are wanted", count,
                                  SLA__MEMBERS_MAX);
    for (size_t i = 0; i < count && result == SLA_OK; i++) {
        sla__json_push_index(&reader->json, i);
        result = read_fact_name(reader, json_array_get(list, i), &nodes[i]);
        sla__json_pop(&reader->json);
    }
    return result == SLA_OK ? join(reader, SLA__ANY, nodes, count, out) : result;
}

static int read_fact_form(sla__reader *reader, const json_t *object, sla__node *out)
{
    static const char *const known[] = {"fact", "where"};
    const json_t *fact = json_object_get(object, "fact");
    const json_t *where = json_object_get(object, "where");
    sla__node both[2];
    int result = sla__json_check_members(&reader->json, object, known, 2);

    if (result != SLA_OK)
        return result;
    sla__json_push_key(&reader->json, "fact");
    result = json_is_array(fact) ? read_fact_names(reader, fact, &both[0])
                                 : read_fact_name(reader, fact, &both[0]);
    sla__json_pop(&reader->json);
    if (result != SLA_OK || where == NULL) {
        *out = both[0];
        return result;
    }
    sla__json_push_key(&reader->json, "where");
    result = read_node(reader, where, SLA__ABOUT_TICKET, &both[1]);
    sla__json_pop(&reader->json);
    return result == SLA_OK ? join(reader, SLA__ALL, both, 2, out) : result;
}

static int read_seen(sla__reader *reader, const json_t *object, sla__node *out)
{
    static const char *const known[] = {"seen"};
    const char *name;
    int result = sla__json_check_members(&reader->json, object, known, 1);

    if (result == SLA_OK)
        result = sla__json_get_name(&reader->json, object, "seen", SLA__REQUIRED, &name);
    *out = (sla__node){.op = SLA__SEEN};
    return result == SLA_OK ? sla__read_fact_slot(reader, name, &out->subject) : result;
}

/* ------------------------------------------------------------ attributes */

static const struct comparison {
    const char *word;
    sla__op op;
    bool ordered; /* only of what has an order */
} comparisons[] = {
    {"eq", SLA__EQ, false}, {"ne", SLA__NE, false}, {"lt", SLA__LT, true},
    {"le", SLA__LE, true},  {"gt", SLA__GT, true},  {"ge", SLA__GE, true},
};

enum { COMPARISONS = sizeof comparisons / sizeof comparisons[0] };

static int read_comparison(sla__reader *reader, const json_t *value,
                           const struct comparison *comparison, sla__node *node)
{
    const uint8_t type = reader->set->attributes[node->subject].type;

    node->op = (uint8_t)comparison->op;
    if (comparison->ordered && type != SLA__INT && type != SLA__INSTANT)
        return sla__json_complain(&reader->json,
                                  "\"%s\" compares only attributes of type \"int\" or \"instant\"; "
                                  "use \"eq\" or \"in\"",
                                  comparison->word);
    /* "above 2" is no slip of the pen where the values are 1 and 3. */
    if (comparison->ordered)
        return sla__read_value(reader, node->subject, value, &node->value);
    return sla__read_listed_value(reader, node->subject, value, &node->value);
}

static int read_in(sla__reader *reader, const json_t *list, uint16_t slot, sla__node *out)
{
    sla__node nodes[SLA__IN_MAX];
    const size_t count = json_array_size(list);
    int result = sla__json_as_type(&reader->json, list, JSON_ARRAY);

    if (result == SLA_OK && (count == 0 || count > SLA__IN_MAX))
        return sla__json_complain(&reader->json, "%zu values; 1 to %d are wanted", count,
                                  SLA__IN_MAX);
    for (size_t i = 0; i < count && result == SLA_OK; i++) {
        nodes[i] = (sla__node){.op = SLA__EQ, .subject = slot};
        sla__json_push_index(&reader->json, i);
        result = sla__read_listed_value(reader, slot, json_array_get(list, i), &nodes[i].value);
        sla__json_pop(&reader->json);
    }
    return result == SLA_OK ? join(reader, SLA__ANY, nodes, count, out) : result;
}

/* `set`: has a value; `false` turns it around. */
static int read_set(sla__reader *reader, const json_t *value, sla__node *node)
{
    const sla__node set = {.op = SLA__SET, .subject = node->subject};
    bool yes;
    int result = sla__json_as_bool(&reader->json, value, &yes);

    if (result != SLA_OK)
        return result;
    *node = set;
    return yes ? SLA_OK : join(reader, SLA__NOT, &set, 1, node);
}

static int read_relation(sla__reader *reader, const char *word, const json_t *value,
                         sla__node *node)
{
    if (strcmp(word, "in") == 0)
        return read_in(reader, value, node->subject, node);
    if (strcmp(word, "set") == 0)
        return read_set(reader, value, node);
    for (size_t i = 0; i < COMPARISONS; i++)
        if (strcmp(word, comparisons[i].word) == 0)
            return read_comparison(reader, value, &comparisons[i], node);
    return SLA_OK;
}

/* The one member besides "attr" that says what is asked. */
static const char *relation_of(const json_t *object, size_t *count_out)
{
    static const char *const words[] = {"eq", "ne", "lt", "le", "gt", "ge", "in", "set"};
    const char *found = NULL;

    *count_out = 0;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (json_object_get(object, words[i]) != NULL) {
            found = words[i];
            (*count_out)++;
        }
    return found;
}

static int read_attr(sla__reader *reader, const json_t *object, sla__node *out)
{
    static const char *const known[] = {"attr", "eq", "ne", "lt", "le", "gt", "ge", "in", "set"};
    const char *name, *word;
    size_t count;
    int result = sla__json_check_members(&reader->json, object, known, 9);

    if (result == SLA_OK)
        result = sla__json_get_name(&reader->json, object, "attr", SLA__REQUIRED, &name);
    if (result != SLA_OK)
        return result;
    word = relation_of(object, &count);
    if (count != 1)
        return sla__json_complain(&reader->json,
                                  "%zu comparisons; write exactly one of eq, ne, lt, le, gt, ge, "
                                  "in, set, and join several with \"all\"",
                                  count);
    *out = (sla__node){.op = SLA__TRUE};
    sla__json_push_key(&reader->json, "attr");
    result = sla__read_attribute(reader, name, &out->subject);
    sla__json_pop(&reader->json);
    if (result != SLA_OK)
        return result;
    sla__json_push_key(&reader->json, word);
    result = read_relation(reader, word, json_object_get(object, word), out);
    sla__json_pop(&reader->json);
    return result;
}

/* ------------------------------------------------------------ trees */

static int read_members(sla__reader *reader, const json_t *list, sla__op op, sla__about about,
                        sla__node *out)
{
    sla__node nodes[SLA__MEMBERS_MAX];
    const size_t count = json_array_size(list);
    int result = sla__json_as_type(&reader->json, list, JSON_ARRAY);

    if (result == SLA_OK && (count == 0 || count > SLA__MEMBERS_MAX))
        return sla__json_complain(&reader->json, "%zu conditions; 1 to %d are wanted", count,
                                  SLA__MEMBERS_MAX);
    for (size_t i = 0; i < count && result == SLA_OK; i++) {
        sla__json_push_index(&reader->json, i);
        result = read_node(reader, json_array_get(list, i), about, &nodes[i]);
        sla__json_pop(&reader->json);
    }
    return result == SLA_OK ? join(reader, op, nodes, count, out) : result;
}

static int read_not(sla__reader *reader, const json_t *value, sla__about about, sla__node *out)
{
    sla__node inner;
    const int result = read_node(reader, value, about, &inner);

    return result == SLA_OK ? join(reader, SLA__NOT, &inner, 1, out) : result;
}

/* `all`, `any` and `not` stand alone in their object. */
static int read_junction(sla__reader *reader, const json_t *object, const char *word,
                         sla__about about, sla__node *out)
{
    const json_t *value = json_object_get(object, word);
    int result;

    for (void *member = json_object_iter((json_t *)object); member != NULL;
         member = json_object_iter_next((json_t *)object, member)) {
        const char *key = json_object_iter_key(member);

        if (strcmp(key, word) != 0 && !sla__json_is_free_member(key))
            return sla__json_complain_at(&reader->json, key,
                                         "\"%s\" stands alone in its object; join conditions by "
                                         "putting them into one \"all\" or \"any\"",
                                         word);
    }
    sla__json_push_key(&reader->json, word);
    if (strcmp(word, "not") == 0)
        result = read_not(reader, value, about, out);
    else
        result =
            read_members(reader, value, strcmp(word, "all") == 0 ? SLA__ALL : SLA__ANY, about, out);
    sla__json_pop(&reader->json);
    return result;
}

static int read_about_facts(sla__reader *reader, const json_t *value, sla__node *out)
{
    if (json_is_string(value))
        return read_fact_name(reader, value, out);
    if (json_object_get(value, "fact") != NULL)
        return read_fact_form(reader, value, out);
    if (json_object_get(value, "any") != NULL)
        return read_junction(reader, value, "any", SLA__ABOUT_FACTS, out);
    return sla__json_complain(&reader->json,
                              "a fact is meant here; write its name, {\"fact\": ...}, or "
                              "{\"any\": [...]} of these; conditions on attributes go into its "
                              "\"where\"");
}

static int read_about_ticket(sla__reader *reader, const json_t *value, sla__about about,
                             sla__node *out)
{
    static const char *const junctions[] = {"all", "any", "not"};

    if (json_is_string(value) || json_object_get(value, "fact") != NULL)
        return sla__json_complain(&reader->json,
                                  "attributes are meant here, not the name of a fact; write "
                                  "{\"attr\": ...}%s",
                                  about == SLA__ABOUT_TICKET ? " or {\"seen\": ...}" : "");
    if (json_object_get(value, "attr") != NULL)
        return read_attr(reader, value, out);
    if (json_object_get(value, "seen") != NULL) {
        if (about == SLA__ABOUT_TICKET)
            return read_seen(reader, value, out);
        return sla__json_complain_at(&reader->json, "seen",
                                     "\"seen\" is allowed in when, where and becomes only; here "
                                     "write {\"attr\": ...}");
    }
    for (size_t i = 0; i < 3; i++)
        if (json_object_get(value, junctions[i]) != NULL)
            return read_junction(reader, value, junctions[i], about, out);
    return sla__json_complain(&reader->json,
                              "a condition is wanted; write {\"attr\": ..., \"eq\": ...}, "
                              "{\"all\": [...]}, {\"any\": [...]} or {\"not\": ...}");
}

static int read_node(sla__reader *reader, const json_t *value, sla__about about, sla__node *out)
{
    if (about == SLA__ABOUT_FACTS)
        return read_about_facts(reader, value, out);
    return read_about_ticket(reader, value, about, out);
}

int sla__read_condition(sla__reader *reader, const json_t *object, const char *key,
                        sla__json_need need, sla__about about, sla__condition *out)
{
    json_t *value;
    sla__node root;
    uint32_t number;
    int result = sla__json_find(&reader->json, object, key, need, &value);

    if (result != SLA_OK || value == NULL)
        return result;
    sla__json_push_key(&reader->json, key);
    result = read_node(reader, value, about, &root);
    if (result == SLA_OK)
        result = append_nodes(reader, &root, 1, &number);
    sla__json_pop(&reader->json);
    if (result == SLA_OK)
        *out = number;
    return result;
}

int sla__read_fact_condition(sla__reader *reader, const char *name, sla__condition *out)
{
    sla__node node = {.op = SLA__FACT};
    const int result = sla__read_fact(reader, name, &node.subject);

    return result == SLA_OK ? append_nodes(reader, &node, 1, out) : result;
}

int sla__read_either(sla__reader *reader, sla__condition a, sla__condition b, sla__condition *out)
{
    sla__node nodes[2], both;

    if (a == SLA__IMPOSSIBLE || b == SLA__IMPOSSIBLE) {
        *out = a == SLA__IMPOSSIBLE ? b : a;
        return SLA_OK;
    }
    /* Nodes name their children by number: a copy of a root is the same tree. */
    nodes[0] = reader->set->nodes[a];
    nodes[1] = reader->set->nodes[b];
    if (join(reader, SLA__ANY, nodes, 2, &both) != SLA_OK)
        return SLA_ERR_NOMEM;
    return append_nodes(reader, &both, 1, out);
}

uint64_t sla__condition_slots(const sla_policies *set, sla__condition condition)
{
    const sla__node *node;
    uint64_t slots = 0;

    if (condition == SLA__IMPOSSIBLE)
        return 0;
    node = &set->nodes[condition];
    switch ((sla__op)node->op) {
    case SLA__EQ:
    case SLA__NE:
    case SLA__LT:
    case SLA__LE:
    case SLA__GT:
    case SLA__GE:
    case SLA__SET:
        return UINT64_C(1) << node->subject;
    case SLA__ALL:
    case SLA__ANY:
    case SLA__NOT:
        for (uint32_t i = 0; i < node->count; i++)
            slots |= sla__condition_slots(set, node->first + i);
        return slots;
    case SLA__TRUE:
    case SLA__FACT:
    case SLA__SEEN:
        break;
    }
    return 0;
}
