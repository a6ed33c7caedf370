/* tickets.c - see tickets.h. */
#include "tickets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

void tickets_init(tickets *t, const char *attribute)
{
    memset(t, 0, sizeof *t);
    t->attribute = attribute;
}

void tickets_fini(tickets *t)
{
    for (size_t i = 0; i < t->count; i++) {
        free(t->list[i].tenant);
        free(t->list[i].ticket);
        free(t->list[i].value);
    }
    free(t->list);
    free(t->slots);
}

static uint64_t hash_more(uint64_t hash, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(1099511628211);
    return hash;
}

/* A control character cannot stand in a name, so it divides the two. */
static uint64_t hash_of(const char *tenant, size_t tenant_length, const char *name, size_t length)
{
    uint64_t hash = hash_more(UINT64_C(14695981039346656037), tenant, tenant_length);

    hash = hash_more(hash, "\n", 1);
    hash = hash_more(hash, name, length);
    return hash ^ hash >> 29;
}

static void put_slot(tickets *t, size_t number)
{
    const ticket *k = &t->list[number];
    size_t at = hash_of(k->tenant, k->tenant_length, k->ticket, k->ticket_length);

    while (t->slots[at &= t->slot_count - 1] != 0)
        at++;
    t->slots[at] = (uint32_t)number + 1;
}

static void grow_slots(tickets *t)
{
    free(t->slots);
    t->slot_count = t->slot_count > 0 ? 2 * t->slot_count : 1024;
    t->slots = need_memory(t->slot_count, sizeof *t->slots);
    for (size_t i = 0; i < t->count; i++)
        put_slot(t, i);
}

static bool is(const ticket *k, const sla_fact *fact)
{
    return k->ticket_length == fact->ticket.length && k->tenant_length == fact->tenant.length &&
           memcmp(k->ticket, fact->ticket.data, k->ticket_length) == 0 &&
           (k->tenant_length == 0 || memcmp(k->tenant, fact->tenant.data, k->tenant_length) == 0);
}

static ticket *find_or_add(tickets *t, const sla_fact *fact)
{
    size_t at;

    if (2 * t->count >= t->slot_count)
        grow_slots(t);
    at = hash_of(fact->tenant.data, fact->tenant.length, fact->ticket.data, fact->ticket.length);
    for (; t->slots[at &= t->slot_count - 1] != 0; at++)
        if (is(&t->list[t->slots[at] - 1], fact))
            return &t->list[t->slots[at] - 1];
    t->list = need_room(t->list, &t->capacity, t->count + 1, sizeof *t->list);
    t->list[t->count] = (ticket){need_copy(fact->tenant.data, fact->tenant.length),
                                 need_copy(fact->ticket.data, fact->ticket.length),
                                 fact->tenant.length,
                                 fact->ticket.length,
                                 NULL,
                                 SLA_TIME_MIN};
    t->slots[at] = (uint32_t)++t->count;
    return &t->list[t->count - 1];
}

static char *text_of(const sla_attribute *a)
{
    char number[24];

    switch (a->type) {
    case SLA_VALUE_STRING:
        return need_copy(a->string.data, a->string.length);
    case SLA_VALUE_INT:
        return need_copy(number,
                         (size_t)snprintf(number, sizeof number, "%lld", (long long)a->number));
    case SLA_VALUE_BOOL:
        return a->number != 0 ? need_copy("true", 4) : need_copy("false", 5);
    default:
        return NULL;
    }
}

void tickets_note(tickets *t, const sla_fact *fact)
{
    ticket *k = find_or_add(t, fact);

    for (size_t i = 0; i < fact->attribute_count; i++) {
        const sla_attribute *a = &fact->attributes[i];

        if (strlen(t->attribute) != a->name.length ||
            memcmp(t->attribute, a->name.data, a->name.length) != 0)
            continue;
        t->attribute_seen = true;
        if (fact->occurred_at < k->value_at)
            continue;
        free(k->value);
        k->value = text_of(a);
        k->value_at = fact->occurred_at;
    }
}
