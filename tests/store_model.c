/* store_model.c - see store_model.h.  Too slow to ship and too plain to be wrong. */
#include "store_model.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/check.h"

void store_model_init(store_model *model)
{
    memset(model, 0, sizeof *model);
    model->decided_at = SLA_NEVER;
}

static void free_thing(store_thing *thing)
{
    store_text_fini(&thing->line);
    store_text_fini(&thing->identity);
}

void store_model_fini(store_model *model)
{
    for (size_t i = 0; i < model->count; i++)
        free_thing(&model->things[i]);
    free(model->things);
    memset(model, 0, sizeof *model);
}

static bool same(sla_string one, sla_string other)
{
    return one.length == other.length && memcmp(one.data, other.data, one.length) == 0;
}

static bool is_of(const store_thing *thing, sla_string tenant, sla_string ticket)
{
    const sla_string own_tenant = {thing->tenant, strlen(thing->tenant)};
    const sla_string own_ticket = {thing->ticket, strlen(thing->ticket)};

    return thing->kind != THING_WORLD && same(own_tenant, tenant) && same(own_ticket, ticket);
}

static sla_string string_of(const char *text)
{
    return (sla_string){text, strlen(text)};
}

static uint32_t facts_of(const store_model *model, sla_string tenant, sla_string ticket)
{
    uint32_t count = 0;

    for (size_t i = 0; i < model->count; i++)
        count += model->things[i].kind == THING_FACT && is_of(&model->things[i], tenant, ticket);
    return count;
}

uint32_t store_model_facts(const store_model *model, const char *tenant, const char *ticket)
{
    return facts_of(model, string_of(tenant), string_of(ticket));
}

uint64_t store_model_last_unit(const store_model *model, uint64_t service)
{
    for (size_t i = 0; i < model->key_count; i++)
        if (model->keys[i].service == service)
            return model->keys[i].number;
    return 0;
}

/* ------------------------------------------------------------------ checking */

static bool unit_forgets(const sla_unit *unit, sla_string tenant, sla_string ticket)
{
    for (size_t i = 0; i < unit->ticket_count; i++)
        if (unit->tickets[i].gone && same(unit->tickets[i].tenant, tenant) &&
            same(unit->tickets[i].ticket, ticket))
            return true;
    return false;
}

static int check_fact(const store_model *model, const sla_unit *unit, size_t i)
{
    const sla_fact *const fact = unit->facts[i].fact;
    const uint32_t kept = facts_of(model, fact->tenant, fact->ticket);
    uint32_t before = kept;

    for (size_t j = 0; j < i; j++)
        before += same(unit->facts[j].fact->tenant, fact->tenant) &&
                  same(unit->facts[j].fact->ticket, fact->ticket);
    if (unit_forgets(unit, fact->tenant, fact->ticket))
        return SLA_ERR_REFUSED;
    if (unit->facts[i].seq == 1 && kept > 0)
        return SLA_ERR_EXISTS;
    return unit->facts[i].seq == before + 1 ? SLA_OK : SLA_ERR_REFUSED;
}

static bool was_told(const store_model *model, const sla_unit *unit, size_t i)
{
    store_text wanted, other;
    bool found = false;

    store_text_init(&wanted);
    store_text_identity(&wanted, unit->events[i].event);
    for (size_t j = 0; j < model->count; j++)
        found |= model->things[j].kind == THING_EVENT &&
                 strcmp(model->things[j].identity.text, wanted.text) == 0;
    for (size_t j = 0; j < i; j++) {
        store_text_init(&other);
        store_text_identity(&other, unit->events[j].event);
        found |= strcmp(other.text, wanted.text) == 0;
        store_text_fini(&other);
    }
    store_text_fini(&wanted);
    return found;
}

static int check_event(const store_model *model, const sla_unit *unit, size_t i)
{
    const sla_event *const event = unit->events[i].event;

    return unit_forgets(unit, event->tenant, event->ticket) ||
                   unit->events[i].number != model->events + i + 1 || was_told(model, unit, i)
               ? SLA_ERR_REFUSED
               : SLA_OK;
}

static int check(const store_model *model, const sla_unit *unit)
{
    if (unit->world != NULL && unit->world->number != model->worlds + 1)
        return SLA_ERR_REFUSED;
    for (size_t i = 0; i < unit->ticket_count; i++)
        for (size_t j = 0; j < i; j++)
            if (same(unit->tickets[i].tenant, unit->tickets[j].tenant) &&
                same(unit->tickets[i].ticket, unit->tickets[j].ticket))
                return SLA_ERR_REFUSED;
    for (size_t i = 0; i < unit->fact_count; i++) {
        const int result = check_fact(model, unit, i);

        if (result != SLA_OK)
            return result;
    }
    for (size_t i = 0; i < unit->event_count; i++)
        if (check_event(model, unit, i) != SLA_OK)
            return SLA_ERR_REFUSED;
    return SLA_OK;
}

/* ------------------------------------------------------------------- writing */

static store_thing *add(store_model *model, sla_string tenant, sla_string ticket)
{
    store_thing *thing;

    if (model->count == model->capacity) {
        model->capacity = 2 * model->capacity + 64;
        model->things = realloc(model->things, model->capacity * sizeof *model->things);
        CHECK_TRUE("memory for the model", model->things != NULL);
    }
    thing = &model->things[model->count++];
    memset(thing, 0, sizeof *thing);
    CHECK_TRUE("names are short", tenant.length <= SLA_ID_MAX && ticket.length <= SLA_ID_MAX);
    memcpy(thing->tenant, tenant.data, tenant.length);
    memcpy(thing->ticket, ticket.data, ticket.length);
    store_text_init(&thing->line);
    store_text_init(&thing->identity);
    return thing;
}

static void write_fact(store_model *model, const sla_stored_fact *fact)
{
    store_thing *const thing = add(model, fact->fact->tenant, fact->fact->ticket);

    thing->kind = THING_FACT;
    thing->number = fact->seq;
    store_text_fact(&thing->line, fact);
}

static void write_event(store_model *model, const sla_stored_event *event)
{
    store_thing *const thing = add(model, event->event->tenant, event->event->ticket);

    thing->kind = THING_EVENT;
    thing->number = model->events = event->number;
    thing->imported = event->imported;
    store_text_identity(&thing->identity, event->event);
    store_text_event(&thing->line, event);
}

static void write_world(store_model *model, const sla_stored_world *world)
{
    store_thing *const thing = add(model, string_of(""), string_of(""));

    thing->kind = THING_WORLD;
    thing->number = model->worlds = world->number;
    store_text_world(&thing->line, world);
}

/* Everything of the ticket, or its row alone. */
static void take_away(store_model *model, const sla_stored_ticket *row, bool all)
{
    size_t kept = 0;

    for (size_t i = 0; i < model->count; i++)
        if (is_of(&model->things[i], row->tenant, row->ticket) &&
            (all || model->things[i].kind == THING_ROW))
            free_thing(&model->things[i]);
        else
            model->things[kept++] = model->things[i];
    model->count = kept;
}

static void write_row(store_model *model, const sla_stored_ticket *row)
{
    store_thing *thing;

    take_away(model, row, row->gone);
    if (row->gone)
        return;
    thing = add(model, row->tenant, row->ticket);
    thing->kind = THING_ROW;
    thing->next_at = row->next_at;
    thing->loads = row->live > 0 || row->next_at != SLA_NEVER;
    store_text_ticket(&thing->line, row);
}

static struct store_model_consumer *consumer_of(store_model *model, sla_string name)
{
    struct store_model_consumer *consumer;

    for (size_t i = 0; i < model->consumer_count; i++)
        if (same(string_of(model->consumers[i].name), name))
            return &model->consumers[i];
    CHECK_TRUE("few consumers", model->consumer_count < STORE_MODEL_CONSUMERS);
    consumer = &model->consumers[model->consumer_count++];
    memcpy(consumer->name, name.data, name.length);
    return consumer;
}

static void write_mark(store_model *model, const sla_stored_mark *mark)
{
    struct store_model_consumer *const consumer = consumer_of(model, mark->consumer);
    size_t kept = 0;
    bool known = false;

    if (consumer->through < mark->through)
        consumer->through = mark->through;
    for (size_t i = 0; i < consumer->count; i++)
        known |= consumer->numbers[i] == mark->number;
    if (!known) {
        CHECK_TRUE("few numbers", consumer->count < STORE_MODEL_NUMBERS);
        consumer->numbers[consumer->count++] = mark->number;
    }
    for (size_t i = 0; i < consumer->count; i++)
        if (consumer->numbers[i] > consumer->through)
            consumer->numbers[kept++] = consumer->numbers[i];
    consumer->count = kept;
}

static void write_key(store_model *model, const sla_unit *unit)
{
    size_t i = 0;

    while (i < model->key_count && model->keys[i].service != unit->service[0])
        i++;
    if (i == model->key_count)
        CHECK_TRUE("few incarnations", model->key_count++ < STORE_MODEL_KEYS);
    model->keys[i].service = unit->service[0];
    model->keys[i].number = unit->number;
}

int store_model_commit(store_model *model, const sla_unit *unit)
{
    const uint64_t last = store_model_last_unit(model, unit->service[0]);
    int result;

    if (unit->number == 0)
        return SLA_ERR_REFUSED;
    if (unit->number <= last)
        return SLA_OK;
    if (unit->number > last + 1)
        return SLA_ERR_STORE;
    result = check(model, unit);
    if (result != SLA_OK)
        return result;
    for (size_t i = 0; i < unit->fact_count; i++)
        write_fact(model, &unit->facts[i]);
    for (size_t i = 0; i < unit->event_count; i++)
        write_event(model, &unit->events[i]);
    for (size_t i = 0; i < unit->ticket_count; i++)
        write_row(model, &unit->tickets[i]);
    for (size_t i = 0; i < unit->mark_count; i++)
        write_mark(model, &unit->marks[i]);
    if (unit->world != NULL)
        write_world(model, unit->world);
    if (unit->decided_at != SLA_NEVER &&
        (model->decided_at == SLA_NEVER || model->decided_at < unit->decided_at))
        model->decided_at = unit->decided_at;
    write_key(model, unit);
    return SLA_OK;
}

/* ------------------------------------------------------------------- looking */

static void say(const store_thing *thing, store_text *text)
{
    store_text_add(text, "%s", thing->line.text);
}

static void say_marks(const struct store_model_consumer *consumer, store_text *text)
{
    sla_stored_mark mark = {string_of(consumer->name), consumer->through, consumer->through};

    if (consumer->count == 0)
        store_text_mark(text, &mark);
    for (size_t i = 0; i < consumer->count; i++) {
        mark.number = consumer->numbers[i];
        store_text_mark(text, &mark);
    }
}

void store_model_load(const store_model *model, store_text *text)
{
    for (size_t i = 0; i < model->count; i++)
        if (model->things[i].kind == THING_WORLD ||
            (model->things[i].kind == THING_ROW && model->things[i].loads))
            say(&model->things[i], text);
    for (size_t i = 0; i < model->consumer_count; i++)
        say_marks(&model->consumers[i], text);
    store_text_sort(text);
}

int store_model_ticket(const store_model *model, const char *tenant, const char *ticket,
                       store_text *text)
{
    for (size_t i = 0; i < model->count; i++)
        if (model->things[i].kind == THING_ROW &&
            is_of(&model->things[i], string_of(tenant), string_of(ticket))) {
            say(&model->things[i], text);
            return SLA_OK;
        }
    return SLA_ERR_NOT_FOUND;
}

void store_model_history(const store_model *model, const char *tenant, const char *ticket,
                         store_text *text)
{
    for (size_t i = 0; i < model->count; i++)
        if (model->things[i].kind == THING_FACT &&
            is_of(&model->things[i], string_of(tenant), string_of(ticket)))
            say(&model->things[i], text);
}

uint64_t store_model_outbox(const store_model *model, uint64_t after, size_t limit,
                            store_text *text)
{
    uint64_t left = 0;

    for (size_t i = 0; i < model->count; i++) {
        const store_thing *const thing = &model->things[i];

        if (thing->kind != THING_EVENT || thing->imported || thing->number <= after)
            continue;
        if (limit == 0) {
            left++;
            continue;
        }
        limit--;
        say(thing, text);
    }
    return left;
}

uint64_t store_model_audit(const store_model *model, sla_time before)
{
    uint64_t count = 0;

    for (size_t i = 0; i < model->count; i++)
        count += model->things[i].kind == THING_ROW && model->things[i].next_at < before;
    return count;
}

static int compare_numbers(const void *one, const void *other)
{
    const uint64_t first = *(const uint64_t *)one, second = *(const uint64_t *)other;

    return (first > second) - (first < second);
}

void store_model_marks(const store_model *model, const char *consumer, char *buffer, size_t size)
{
    for (size_t i = 0; i < model->consumer_count; i++) {
        struct store_model_consumer found = model->consumers[i];
        size_t length;

        if (strcmp(found.name, consumer) != 0)
            continue;
        qsort(found.numbers, found.count, sizeof found.numbers[0], compare_numbers);
        length = (size_t)snprintf(buffer, size, "%" PRIu64 ":", found.through);
        for (size_t j = 0; j < found.count && length < size; j++)
            length +=
                (size_t)snprintf(buffer + length, size - length, " %" PRIu64, found.numbers[j]);
        return;
    }
    CHECK_FAIL("no consumer %s", consumer);
}
