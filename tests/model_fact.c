/* model_fact.c - see model_ticket.h: a fact copied, compared, and checked before it is recorded. */
#include "model_ticket.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"

static sla_string copy_string(char **room, sla_string string)
{
    sla_string copy = {NULL, string.length};

    if (string.data == NULL)
        return copy;
    copy.data = memcpy(*room, string.data, string.length);
    (*room)[string.length] = '\0';
    *room += string.length + 1;
    return copy;
}

static size_t room_of(const sla_fact *fact)
{
    const sla_string strings[] = {fact->tenant,    fact->ticket,   fact->id,
                                  fact->name,      fact->by,       fact->reason,
                                  fact->policy,    fact->target,   fact->corrects,
                                  fact->withdraws, fact->approver, fact->authorised_by};
    size_t room = fact->attribute_count * sizeof(sla_attribute);

    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++)
        room += strings[i].length + 1;
    for (size_t i = 0; i < fact->attribute_count; i++)
        room += fact->attributes[i].name.length + fact->attributes[i].string.length + 2;
    return room;
}

model_fact *model_fact_copy(const sla_fact *given)
{
    model_fact *fact = calloc(1, sizeof *fact);
    sla_attribute *attributes = fact->memory = calloc(1, room_of(given) + 1);
    char *room = (char *)(attributes + given->attribute_count);
    sla_string *strings[] = {
        &fact->given.tenant,    &fact->given.ticket,   &fact->given.id,
        &fact->given.name,      &fact->given.by,       &fact->given.reason,
        &fact->given.policy,    &fact->given.target,   &fact->given.corrects,
        &fact->given.withdraws, &fact->given.approver, &fact->given.authorised_by};

    fact->given = *given;
    fact->given.attributes = attributes;
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++)
        *strings[i] = copy_string(&room, *strings[i]);
    for (size_t i = 0; i < given->attribute_count; i++) {
        attributes[i] = given->attributes[i];
        attributes[i].name = copy_string(&room, attributes[i].name);
        attributes[i].string = copy_string(&room, attributes[i].string);
    }
    return fact;
}

bool model_same_string(sla_string a, sla_string b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

bool model_is(sla_string string, const char *text)
{
    return model_same_string(string, (sla_string){text, strlen(text)});
}

bool model_same_content(const sla_fact *a, const sla_fact *b)
{
    if (!model_same_string(a->name, b->name) || a->occurred_at != b->occurred_at ||
        a->attribute_count != b->attribute_count || !model_same_string(a->by, b->by) ||
        !model_same_string(a->reason, b->reason) || !model_same_string(a->policy, b->policy) ||
        !model_same_string(a->target, b->target) || a->cycle != b->cycle ||
        !model_same_string(a->corrects, b->corrects) ||
        !model_same_string(a->withdraws, b->withdraws) ||
        !model_same_string(a->approver, b->approver) ||
        !model_same_string(a->authorised_by, b->authorised_by) || a->span != b->span ||
        a->until != b->until || a->excluded != b->excluded || a->silence != b->silence)
        return false;
    for (size_t i = 0; i < a->attribute_count; i++)
        if (!model_same_string(a->attributes[i].name, b->attributes[i].name) ||
            a->attributes[i].type != b->attributes[i].type ||
            !model_same_string(a->attributes[i].string, b->attributes[i].string) ||
            a->attributes[i].number != b->attributes[i].number)
            return false;
    return true;
}

void model_fact_free(model_fact *fact)
{
    free(fact->memory);
    free(fact);
}

const model_fact *model_fact_by_id(const model_ticket *ticket, sla_string id)
{
    for (size_t i = 0; ticket != NULL && id.length > 0 && i < ticket->fact_count; i++)
        if (model_same_string(ticket->facts[i]->given.id, id))
            return ticket->facts[i];
    return NULL;
}

/* --- is it a fact? --- */

static bool clean(sla_string string)
{
    for (size_t i = 0; i < string.length; i++)
        if ((unsigned char)string.data[i] < 0x20 || string.data[i] == 0x7f)
            return false;
    return true;
}

int model_check_names(const sla_fact *fact)
{
    if (fact->tenant.length > SLA_ID_MAX || fact->ticket.length > SLA_ID_MAX ||
        fact->id.length > SLA_ID_MAX)
        return SLA_ERR_TOO_LONG;
    if (fact->ticket.length == 0 || !clean(fact->tenant) || !clean(fact->ticket) ||
        !clean(fact->id) || !sla__is_name(fact->name.data, fact->name.length))
        return SLA_ERR_FACT;
    if (fact->occurred_at < SLA_TIME_MIN || fact->occurred_at > SLA_TIME_MAX)
        return SLA_ERR_RANGE;
    for (size_t i = 0; i < fact->attribute_count; i++)
        if (fact->attributes[i].string.length > SLA_STRING_MAX)
            return SLA_ERR_TOO_LONG;
    return SLA_OK;
}

static bool fits(const sla_policies *set, const sla_attribute *attribute)
{
    static const sla_value_type wanted[] = {SLA_VALUE_STRING, SLA_VALUE_INT, SLA_VALUE_BOOL,
                                            SLA_VALUE_INSTANT};
    const uint16_t slot =
        sla__policies_attribute(set, attribute->name.data, attribute->name.length);

    return slot == SLA__NONE || attribute->type == SLA_VALUE_NONE ||
           attribute->type == wanted[set->attributes[slot].type];
}

static bool reason_listed(const sla_policies *set, const sla_fact *fact)
{
    const uint16_t number = sla__policies_fact(set, fact->name.data, fact->name.length);
    const uint32_t reason = sla__policies_find(set, fact->reason.data, fact->reason.length);

    if (fact->reason.length == 0)
        return true;
    for (size_t i = 0; i < set->reasons_count; i++) {
        bool listed = false;

        if (set->reasons[i].fact != number)
            continue;
        for (uint32_t j = 0; j < set->reasons[i].count; j++)
            listed = listed || set->reason_symbols[set->reasons[i].first + j] == reason;
        if (!listed)
            return false;
    }
    return true;
}

int model_check_values(const sla_policies *set, const sla_fact *fact)
{
    if (model_is(fact->name, "withdrawn") != (fact->withdraws.length > 0))
        return SLA_ERR_FACT;
    if (model_is(fact->name, "extended") && (fact->span > 0) == (fact->until != 0))
        return SLA_ERR_FACT;
    for (size_t i = 0; i < fact->attribute_count; i++)
        if (!fits(set, &fact->attributes[i]))
            return SLA_ERR_FACT;
    return reason_listed(set, fact) ? SLA_OK : SLA_ERR_FACT;
}

int model_check_time(const sla_policies *set, const sla_fact *fact, sla_time now)
{
    for (size_t i = 0; i < set->policy_count; i++) {
        const sla__policy *policy = &set->policies[i];

        if (fact->occurred_at - now > policy->future_tolerance)
            return SLA_ERR_FUTURE;
        if (policy->late_fact_limit > 0 && now - fact->occurred_at > policy->late_fact_limit &&
            fact->authorised_by.length == 0)
            return SLA_ERR_TOO_LATE;
    }
    return SLA_OK;
}

int model_check_place(const model_ticket *ticket, const sla_fact *fact)
{
    const sla_string names = fact->withdraws.length > 0 ? fact->withdraws : fact->corrects;
    const model_fact *other = model_fact_by_id(ticket, names);
    bool opens;

    if (names.length > 0 && other == NULL)
        return SLA_ERR_NOT_FOUND;
    if (other == NULL)
        return model_is(fact->name, "opened") && ticket->opened ? SLA_ERR_STATE : SLA_OK;
    opens = model_is(ticket->facts[other->root]->given.name, "opened");
    return opens == model_is(fact->name, "opened") ? SLA_OK : SLA_ERR_STATE;
}
