/*
 * pack_fact.c - facts of a ticket that a poll will ask for, as bytes: those that
 * wait for their time need all others, and what is to be told of one passes its
 * reason on.
 */
#include <stddef.h>
#include <string.h>

#include "engine/act.h"
#include "engine/pack.h"

/* Texts of a fact that need not be there, in the order of their bits. */
static const size_t texts[] = {
    offsetof(sla_fact, id),        offsetof(sla_fact, by),       offsetof(sla_fact, reason),
    offsetof(sla_fact, policy),    offsetof(sla_fact, target),   offsetof(sla_fact, corrects),
    offsetof(sla_fact, withdraws), offsetof(sla_fact, approver), offsetof(sla_fact, authorised_by),
};

/* What else may be there. */
enum {
    TEXTS = sizeof texts / sizeof texts[0],
    ATTRIBUTES = 1 << TEXTS,
    SPAN = ATTRIBUTES << 1,
    UNTIL = ATTRIBUTES << 2,
    CYCLE = ATTRIBUTES << 3,
    RULES = ATTRIBUTES << 4,
    EXCLUDED = ATTRIBUTES << 5,
    SILENCE = ATTRIBUTES << 6,
    END = ATTRIBUTES << 7
};

static sla_string *text_of(sla_fact *fact, size_t number)
{
    return (sla_string *)(void *)((char *)fact + texts[number]);
}

/* ------------------------------------------------------------------ writing */

static void pack_attribute(sla__packer *out, const sla_attribute *attribute)
{
    sla__pack_text(out, attribute->name.data, attribute->name.length);
    sla__pack_number(out, attribute->type);
    if (attribute->type == SLA_VALUE_STRING)
        sla__pack_text(out, attribute->string.data, attribute->string.length);
    else
        sla__pack_signed(out, attribute->number);
}

static uint32_t members_of(sla__read *read)
{
    const sla_fact *fact = &read->fact;
    uint32_t members = (fact->attribute_count > 0 ? ATTRIBUTES : 0u) |
                       (fact->span != 0 ? SPAN : 0u) | (fact->until != 0 ? UNTIL : 0u) |
                       (fact->cycle != 0 ? CYCLE : 0u) | (read->rules != 0 ? RULES : 0u) |
                       (fact->excluded ? EXCLUDED : 0u) | (fact->silence ? SILENCE : 0u);

    for (size_t i = 0; i < TEXTS; i++)
        members |= text_of(&read->fact, i)->length > 0 ? UINT32_C(1) << i : 0u;
    return members;
}

static void pack_fact(sla__packer *out, sla__read *read)
{
    const sla_fact *fact = &read->fact;
    const uint32_t members = members_of(read);

    sla__pack_number(out, members);
    sla__pack_text(out, fact->name.data, fact->name.length);
    sla__pack_time(out, fact->occurred_at);
    for (size_t i = 0; i < TEXTS; i++) {
        if (members >> i & 1)
            sla__pack_text(out, text_of(&read->fact, i)->data, text_of(&read->fact, i)->length);
    }
    if (members & SPAN)
        sla__pack_signed(out, fact->span);
    if (members & UNTIL)
        sla__pack_signed(out, fact->until);
    if (members & CYCLE)
        sla__pack_number(out, fact->cycle);
    if (members & RULES)
        sla__pack_number(out, read->rules);
    if (members & ATTRIBUTES)
        sla__pack_number(out, fact->attribute_count);
    for (size_t i = 0; i < fact->attribute_count; i++)
        pack_attribute(out, &fact->attributes[i]);
}

void sla__pack_facts(sla__packer *out, const sla__history *history)
{
    size_t offset = 0;

    sla__pack_number(out, history->count);
    while (offset < history->used) {
        sla__read read;

        offset = sla__history_read(history, offset, &read);
        pack_fact(out, &read);
    }
}

/* ------------------------------------------------------------------ reading */

static void unpack_attribute(sla__unpacker *in, sla_attribute *attribute)
{
    memset(attribute, 0, sizeof *attribute);
    attribute->name = sla__unpack_text(in);
    attribute->type = (sla_value_type)sla__unpack_below(in, SLA_VALUE_INSTANT + 1);
    if (attribute->type == SLA_VALUE_STRING)
        attribute->string = sla__unpack_text(in);
    else
        attribute->number = sla__unpack_signed(in);
}

/* The tenant and the ticket belong to the fact only as long as it is checked. */
static void unpack_fact(sla__unpacker *in, const sla_engine *engine, const sla__ticket *ticket,
                        sla__read *read)
{
    const uint64_t members = sla__unpack_below(in, END);
    sla_fact *fact = &read->fact;

    memset(fact, 0, sizeof *fact);
    fact->tenant = (sla_string){ticket->key, ticket->tenant_length};
    fact->ticket = (sla_string){ticket->key + ticket->tenant_length, ticket->ticket_length};
    fact->name = sla__unpack_text(in);
    fact->occurred_at = sla__unpack_instant(in);
    for (size_t i = 0; i < TEXTS; i++) {
        if (members >> i & 1)
            *text_of(fact, i) = sla__unpack_text(in);
    }
    fact->span = members & SPAN ? sla__unpack_signed(in) : 0;
    fact->until = members & UNTIL ? sla__unpack_signed(in) : 0;
    fact->cycle = members & CYCLE ? (uint32_t)sla__unpack_below(in, UINT32_MAX) : 0;
    read->rules = members & RULES ? (uint32_t)sla__unpack_below(in, engine->rules_count) : 0;
    fact->excluded = (members & EXCLUDED) != 0;
    fact->silence = (members & SILENCE) != 0;
    fact->attributes = read->attributes;
    if (members & ATTRIBUTES)
        fact->attribute_count = (size_t)sla__unpack_below(in, SLA_ATTRIBUTES_MAX + 1);
    for (size_t i = 0; i < fact->attribute_count; i++)
        unpack_attribute(in, &read->attributes[i]);
}

static bool is_named(const sla_fact *fact, const char *name)
{
    return fact->name.length == strlen(name) &&
           memcmp(fact->name.data, name, fact->name.length) == 0;
}

/* What recording asks of extensions and waivers. */
static bool is_fit(const sla_fact *fact)
{
    if (!is_named(fact, "extended") && !is_named(fact, "waived"))
        return true;
    return fact->span >= 0 &&
           (fact->until == 0 || (fact->until >= SLA_TIME_MIN && fact->until <= SLA_TIME_MAX));
}

int sla__unpack_facts(sla__unpacker *in, const sla_engine *engine, sla__ticket *ticket)
{
    const uint32_t count = (uint32_t)sla__unpack_below(in, ticket->next_seq);

    for (uint32_t i = 0; i < count && !in->bad; i++) {
        sla__read read;

        unpack_fact(in, engine, ticket, &read);
        if (in->bad || sla__fact_check(&read.fact, NULL) != SLA_OK || !is_fit(&read.fact))
            return SLA_ERR_SYNTAX;
        if (!sla__history_append(&ticket->history, &engine->allocator, &read.fact,
                                 ticket->next_seq - count + i, read.rules))
            return SLA_ERR_NOMEM;
    }
    return in->bad ? SLA_ERR_SYNTAX : SLA_OK;
}
