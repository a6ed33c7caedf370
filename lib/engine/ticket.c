/* ticket.c - see ticket.h. */
#include "engine/ticket.h"

#include <string.h>

#include "engine/fold.h"
#include "engine/timeline.h"
#include "engine/told.h"

static uint32_t hash_of(sla_string tenant, sla_string ticket)
{
    return sla__hash(ticket.data, ticket.length, sla__hash(tenant.data, tenant.length, 0));
}

static bool is_named(const sla__ticket *ticket, sla_string tenant, sla_string name)
{
    return ticket->tenant_length == tenant.length && ticket->ticket_length == name.length &&
           (tenant.length == 0 || memcmp(ticket->key, tenant.data, tenant.length) == 0) &&
           (name.length == 0 || memcmp(ticket->key + tenant.length, name.data, name.length) == 0);
}

uint32_t sla__ticket_find(const sla_engine *engine, sla_string tenant, sla_string ticket)
{
    const uint32_t hash = hash_of(tenant, ticket);
    size_t cursor = sla__map_start(&engine->map, hash);
    uint32_t slot;

    while ((slot = sla__map_next(&engine->map, hash, &cursor)) != SLA__MAP_NONE) {
        if (is_named(engine->tickets[slot], tenant, ticket))
            return slot;
    }
    return SLA__MAP_NONE;
}

uint32_t sla__ticket_find_near(const sla_engine *engine, uint32_t slot, sla_string tenant,
                               sla_string ticket)
{
    if (slot < engine->ticket_count && engine->tickets[slot] != NULL &&
        is_named(engine->tickets[slot], tenant, ticket))
        return slot;
    return sla__ticket_find(engine, tenant, ticket);
}

uint32_t *sla__ticket_told(const sla_engine *engine)
{
    sla__ticket *const ticket = engine->tickets[engine->burst_ticket];

    return ticket != NULL ? &ticket->tag : NULL;
}

static void ticket_free(sla_engine *engine, sla__ticket *ticket)
{
    if (ticket == NULL)
        return;
    sla__fold_fini(&ticket->fold, &engine->allocator);
    sla__history_fini(&ticket->history, &engine->allocator);
    sla__free(&engine->allocator, ticket->tells.items);
    sla__free(&engine->allocator, ticket->key);
    sla__free(&engine->allocator, ticket);
}

static sla__ticket *ticket_make(sla_engine *engine, sla_string tenant, sla_string name)
{
    sla__ticket *ticket = sla__new(&engine->allocator, 1, sizeof *ticket);

    if (ticket == NULL)
        return NULL;
    ticket->key = sla__new(&engine->allocator, tenant.length + name.length, 1);
    if (ticket->key == NULL) {
        sla__free(&engine->allocator, ticket);
        return NULL;
    }
    if (tenant.length > 0)
        memcpy(ticket->key, tenant.data, tenant.length);
    memcpy(ticket->key + tenant.length, name.data, name.length);
    ticket->tenant_length = (uint8_t)tenant.length;
    ticket->ticket_length = (uint8_t)name.length;
    ticket->hash = hash_of(tenant, name);
    ticket->next_seq = 1;
    ticket->future_at = SLA_NEVER;
    return ticket;
}

/* Room in every table for one ticket more. */
static bool reserve(sla_engine *engine)
{
    const sla_allocator *allocator = &engine->allocator;
    const size_t slots = engine->ticket_count + (engine->free_count == 0);

    return sla__grow(allocator, (void **)&engine->tickets, &engine->ticket_capacity, slots,
                     sizeof(sla__ticket *)) &&
           sla__grow(allocator, (void **)&engine->free_slots, &engine->free_capacity, slots,
                     sizeof(uint32_t)) &&
           sla__map_reserve(&engine->map, allocator, slots) &&
           sla__timers_reserve(&engine->timers, allocator, slots);
}

uint32_t sla__ticket_new(sla_engine *engine, sla_string tenant, sla_string name)
{
    sla__ticket *ticket;
    uint32_t slot;

    if (!reserve(engine))
        return SLA__MAP_NONE;
    ticket = ticket_make(engine, tenant, name);
    if (ticket == NULL)
        return SLA__MAP_NONE;
    if (!sla__fold_init(&ticket->fold, &engine->allocator,
                        engine->rules[engine->rules_count - 1].policies,
                        (uint32_t)(engine->rules_count - 1), 0)) {
        ticket_free(engine, ticket);
        return SLA__MAP_NONE;
    }
    ticket->rules = (uint32_t)(engine->rules_count - 1);
    slot = engine->free_count > 0 ? engine->free_slots[--engine->free_count]
                                  : (uint32_t)engine->ticket_count++;
    engine->tickets[slot] = ticket;
    sla__map_put(&engine->map, ticket->hash, slot);
    engine->stats.tickets++;
    return slot;
}

void sla__ticket_number_on(sla_engine *engine, uint64_t number)
{
    if (number > engine->next_number)
        engine->next_number = number;
}

void sla__ticket_drop(sla_engine *engine, uint32_t slot)
{
    sla__ticket *ticket = engine->tickets[slot];

    if (ticket->drained != 0)
        sla__engine_let_go(engine);
    if (engine->recorded_slot == slot + 1)
        sla__history_fini(&engine->recorded, &engine->allocator);
    if (engine->burst_ticket == slot)
        engine->burst.count = engine->burst_next = 0;
    sla__map_remove(&engine->map, ticket->hash, slot);
    sla__timers_set(&engine->timers, slot, SLA_NEVER, 0);
    engine->tickets[slot] = NULL;
    engine->free_slots[engine->free_count++] = slot;
    engine->stats.tickets--;
    ticket_free(engine, ticket);
}

void sla__ticket_schedule(sla_engine *engine, uint32_t slot)
{
    sla__ticket *ticket = engine->tickets[slot];
    sla_time at = sla__timeline_next_at(ticket);

    if (ticket->tells.count > 0 && ticket->tells.items[0].at < at)
        at = ticket->tells.items[0].at;
    ticket->put_off = false;
    sla__timers_set(&engine->timers, slot, at, ticket->number);
}

/* Some of what one poll gathered of it has not been taken yet. */
static bool is_half_told(const sla_engine *engine, const sla__ticket *ticket)
{
    return engine->burst_next < engine->burst.count &&
           engine->tickets[engine->burst_ticket] == ticket;
}

static bool may_let_go(const sla_engine *engine, const sla__ticket *ticket)
{
    return engine->history_in_store && ticket->future_at == SLA_NEVER && ticket->tells.count == 0 &&
           !is_half_told(engine, ticket);
}

void sla__ticket_let_history_go(sla_engine *engine, sla__ticket *ticket)
{
    if (may_let_go(engine, ticket))
        sla__history_fini(&ticket->history, &engine->allocator);
}

void sla__ticket_put_history_by(sla_engine *engine, uint32_t slot)
{
    sla__ticket *const ticket = engine->tickets[slot];

    sla__history_fini(&engine->recorded, &engine->allocator);
    if (!may_let_go(engine, ticket))
        return;
    if (!sla__history_is_whole(&ticket->history)) {
        sla__history_fini(&ticket->history, &engine->allocator);
        return;
    }
    engine->recorded = ticket->history;
    engine->recorded_slot = slot + 1;
    memset(&ticket->history, 0, sizeof ticket->history);
}

void sla__ticket_drained(sla_engine *engine, uint32_t slot)
{
    sla__ticket *ticket = engine->tickets[slot];

    if (!engine->history_in_store || ticket->history.used == 0 || ticket->drained != 0)
        return;
    /* The last one ends in itself, for 0 says that a ticket is not among them. */
    ticket->drained = engine->drained != 0 ? engine->drained : slot + 1;
    engine->drained = slot + 1;
}

void sla__engine_let_go(sla_engine *engine)
{
    while (engine->drained != 0) {
        sla__ticket *ticket = engine->tickets[engine->drained - 1];
        const uint32_t next = ticket->drained;

        ticket->drained = 0;
        engine->drained = next != engine->drained ? next : 0;
        sla__ticket_let_history_go(engine, ticket);
    }
}
