/* ticket.c - see ticket.h. */
#include "engine/ticket.h"

#include <string.h>

#include "engine/agenda.h"
#include "engine/fold.h"
#include "engine/rest.h"
#include "engine/timeline.h"

static uint32_t hash_of(sla_string tenant, sla_string ticket)
{
    const uint32_t seed = tenant.length > 0 ? sla__hash(tenant.data, tenant.length, 0) : 0;

    return sla__hash(ticket.data, ticket.length, seed);
}

static bool is_named(const sla__berth *berth, sla_string tenant, sla_string name)
{
    const char *const key = sla__berth_name(berth);

    return berth->tenant_length == tenant.length && berth->ticket_length == name.length &&
           (tenant.length == 0 || memcmp(key, tenant.data, tenant.length) == 0) &&
           (name.length == 0 || memcmp(key + tenant.length, name.data, name.length) == 0);
}

uint32_t sla__ticket_find(const sla_engine *engine, sla_string tenant, sla_string ticket)
{
    const uint32_t hash = hash_of(tenant, ticket);
    size_t cursor = sla__map_start(&engine->map, hash);
    uint32_t slot;

    while ((slot = sla__map_next(&engine->map, hash, &cursor)) != SLA__MAP_NONE) {
        if (is_named(engine->berths[slot], tenant, ticket))
            return slot;
    }
    return SLA__MAP_NONE;
}

uint32_t sla__ticket_find_near(const sla_engine *engine, uint32_t slot, sla_string tenant,
                               sla_string ticket)
{
    if (slot < engine->berth_count && engine->berths[slot] != NULL &&
        is_named(engine->berths[slot], tenant, ticket))
        return slot;
    return sla__ticket_find(engine, tenant, ticket);
}

uint32_t *sla__ticket_told(const sla_engine *engine)
{
    sla__berth *const berth = engine->berths[engine->burst_ticket];

    return berth != NULL ? &berth->tag : NULL;
}

uint32_t sla__berth_hash(const sla__berth *berth)
{
    const char *const key = sla__berth_name(berth);

    return hash_of((sla_string){key, berth->tenant_length},
                   (sla_string){key + berth->tenant_length, berth->ticket_length});
}

void sla__ticket_name(sla__ticket *ticket, const sla__berth *berth)
{
    ticket->key = sla__berth_name(berth);
    ticket->tenant_length = berth->tenant_length;
    ticket->ticket_length = berth->ticket_length;
}

static sla__berth *berth_new(const sla_engine *engine, sla_string tenant, sla_string name)
{
    sla__berth *const berth =
        sla__new(&engine->allocator, 1, sizeof *berth + tenant.length + name.length);
    char *key;

    if (berth == NULL)
        return NULL;
    key = (char *)(berth + 1);
    if (tenant.length > 0)
        memcpy(key, tenant.data, tenant.length);
    memcpy(key + tenant.length, name.data, name.length);
    berth->tenant_length = (uint8_t)tenant.length;
    berth->ticket_length = (uint8_t)name.length;
    return berth;
}

/* Room in every table for one ticket more. */
static bool reserve(sla_engine *engine)
{
    const sla_allocator *allocator = &engine->allocator;
    const size_t slots = engine->berth_count + (engine->free_count == 0);

    return sla__grow(allocator, (void **)&engine->berths, &engine->berth_capacity, slots,
                     sizeof(sla__berth *)) &&
           sla__grow(allocator, (void **)&engine->free_slots, &engine->free_capacity, slots,
                     sizeof(uint32_t)) &&
           sla__map_reserve(&engine->map, allocator, slots) &&
           sla__timers_reserve(&engine->timers, allocator, slots);
}

/* A blank ticket under the newest policies; NULL: out of memory. */
static sla__ticket *ticket_make(sla_engine *engine, const sla__berth *berth)
{
    const uint32_t rules = (uint32_t)(engine->rules_count - 1);
    sla__ticket *const ticket = sla__room_take(engine);

    if (ticket == NULL)
        return NULL;
    if (!sla__fold_clear(&ticket->fold, &engine->allocator, engine->rules[rules].policies, rules)) {
        sla__room_leave(engine, ticket);
        return NULL;
    }
    sla__ticket_name(ticket, berth);
    ticket->rules = rules;
    ticket->next_seq = 1;
    ticket->future_at = SLA_NEVER;
    return ticket;
}

uint32_t sla__ticket_new(sla_engine *engine, sla_string tenant, sla_string name)
{
    sla__ticket *ticket = NULL;
    sla__berth *berth;
    uint32_t slot;

    if (!reserve(engine))
        return SLA__MAP_NONE;
    berth = berth_new(engine, tenant, name);
    if (berth != NULL)
        ticket = ticket_make(engine, berth);
    if (ticket == NULL) {
        sla__free(&engine->allocator, berth);
        return SLA__MAP_NONE;
    }
    slot = engine->free_count > 0 ? engine->free_slots[--engine->free_count]
                                  : (uint32_t)engine->berth_count++;
    engine->berths[slot] = berth;
    sla__ticket_awakes(engine, slot, ticket);
    sla__map_put(&engine->map, hash_of(tenant, name), slot);
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
    const sla__ticket *const ticket = engine->berths[slot]->ticket;

    if (ticket != NULL && ticket->drained != 0)
        sla__engine_let_go(engine);
    if (engine->recorded_slot == slot + 1)
        sla__history_fini(&engine->recorded, &engine->allocator);
    if (engine->burst_ticket == slot)
        engine->burst.count = engine->burst_next = 0;
    sla__map_remove(&engine->map, sla__berth_hash(engine->berths[slot]), slot);
    sla__agenda_set(engine, slot, SLA_NEVER, 0);
    engine->free_slots[engine->free_count++] = slot;
    engine->stats.tickets--;
    sla__berth_drop(engine, slot);
}

uint64_t sla__ticket_number(const void *engine, uint32_t slot)
{
    const sla__berth *const berth = ((const sla_engine *)engine)->berths[slot];

    return berth->ticket != NULL ? berth->ticket->number : sla__berth_number(berth);
}

sla_time sla__ticket_next_at(const sla__ticket *ticket)
{
    const sla_time at = sla__timeline_next_at(ticket);

    return ticket->tells.count > 0 && ticket->tells.items[0].at < at ? ticket->tells.items[0].at
                                                                     : at;
}

void sla__ticket_schedule(sla_engine *engine, uint32_t slot)
{
    sla__ticket_schedule_at(engine, slot, sla__timeline_next_at(engine->berths[slot]->ticket));
}

void sla__ticket_schedule_at(sla_engine *engine, uint32_t slot, sla_time item_at)
{
    sla__berth *const berth = engine->berths[slot];
    sla__ticket *const ticket = berth->ticket;
    const sla_time told_at = ticket->tells.count > 0 ? ticket->tells.items[0].at : SLA_NEVER;

    berth->put_off = 0;
    if (told_at < item_at)
        sla__agenda_hurry(engine, slot, told_at, ticket->number, item_at);
    else
        sla__agenda_set(engine, slot, item_at, ticket->number);
    if (told_at == SLA_NEVER && item_at == SLA_NEVER)
        sla__ticket_makes_way(engine, ticket);
}

static bool may_let_go(const sla_engine *engine, const sla__ticket *ticket)
{
    return engine->history_in_store && ticket->future_at == SLA_NEVER && ticket->tells.count == 0 &&
           ticket != sla__half_told(engine);
}

void sla__ticket_let_history_go(sla_engine *engine, sla__ticket *ticket)
{
    if (may_let_go(engine, ticket))
        sla__history_fini(&ticket->history, &engine->allocator);
}

void sla__ticket_put_history_by(sla_engine *engine, uint32_t slot)
{
    sla__ticket *const ticket = engine->berths[slot]->ticket;

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
    sla__ticket *ticket = engine->berths[slot]->ticket;

    if (!engine->history_in_store || ticket->history.used == 0 || ticket->drained != 0)
        return;
    /* The last one ends in itself, for 0 says that a ticket is not among them. */
    ticket->drained = engine->drained != 0 ? engine->drained : slot + 1;
    engine->drained = slot + 1;
}

void sla__engine_let_go(sla_engine *engine)
{
    while (engine->drained != 0) {
        sla__ticket *ticket = engine->berths[engine->drained - 1]->ticket;
        const uint32_t next = ticket->drained;

        ticket->drained = 0;
        engine->drained = next != engine->drained ? next : 0;
        sla__ticket_let_history_go(engine, ticket);
    }
}
