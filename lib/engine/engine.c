/* engine.c - the engine as a whole: made, asked, emptied. */
#include <string.h>

#include "base/options.h"
#include "engine/agenda.h"
#include "engine/clock.h"
#include "engine/event.h"
#include "engine/fold.h"
#include "engine/rest.h"
#include "engine/ticket.h"

int sla_engine_new(const sla_engine_options *options, sla_engine **engine_out)
{
    sla_engine_options given = SLA_ENGINE_OPTIONS_INIT;
    sla_allocator allocator;
    sla_engine *engine;

    if (options != NULL &&
        sla__options_read(&given, sizeof given, offsetof(sla_engine_options, history_in_store),
                          options) != NULL)
        return SLA_ERR_ARGUMENT;
    if (sla__allocator_why_not(given.allocator) != NULL)
        return SLA_ERR_ARGUMENT;
    allocator = sla__allocator_or_default(given.allocator);
    engine = sla__new(&allocator, 1, sizeof *engine);
    if (engine == NULL)
        return SLA_ERR_NOMEM;
    engine->allocator = allocator;
    engine->history_in_store = given.history_in_store;
    engine->keep = given.keep;
    engine->hurry.at = SLA_NEVER;
    engine->awake_most = given.awake > 0 ? given.awake : SLA__AWAKE_MOST;
    sla__timers_init(&engine->timers, sla__ticket_number, engine);
    *engine_out = engine;
    return SLA_OK;
}

static void free_world(sla_engine *engine)
{
    for (size_t i = 0; i < engine->rules_count; i++) {
        sla_policies_unref(engine->rules[i].policies);
        sla__free(&engine->allocator, engine->rules[i].calendars);
    }
    for (size_t i = 0; i < engine->adopted_count; i++)
        sla_calendar_unref(engine->adopted[i].calendar);
    sla__free(&engine->allocator, engine->rules);
    sla__free(&engine->allocator, engine->worlds);
    sla__free(&engine->allocator, engine->adopted);
    sla__free(&engine->allocator, engine->calendar_names);
}

static void free_rooms(sla_engine *engine)
{
    while (engine->spare_count > 0)
        sla__room_free(engine, engine->spares[--engine->spare_count]);
    sla__fold_fini(&engine->guest.fold, &engine->allocator);
    sla__free(&engine->allocator, engine->guest.tells.items);
    sla__free(&engine->allocator, engine->spare_tells.items);
    sla__free(&engine->allocator, engine->awake);
    sla__free(&engine->allocator, engine->resting.bytes);
    sla__free(&engine->allocator, engine->spare_facts.bytes);
}

void sla_engine_free(sla_engine *engine)
{
    sla_allocator allocator;

    if (engine == NULL)
        return;
    allocator = engine->allocator;
    sla__timers_clear(&engine->timers);
    for (size_t i = 0; i < engine->berth_count; i++) {
        if (engine->berths[i] != NULL)
            sla__ticket_drop(engine, (uint32_t)i);
    }
    free_world(engine);
    free_rooms(engine);
    sla__map_fini(&engine->map, &allocator);
    sla__timers_fini(&engine->timers, &allocator);
    sla__fold_fini(&engine->before, &allocator);
    sla__fold_fini(&engine->ahead, &allocator);
    sla__free(&allocator, engine->berths);
    sla__free(&allocator, engine->free_slots);
    sla__free(&allocator, engine->passings.items);
    sla__free(&allocator, engine->merged.items);
    sla__free(&allocator, engine->burst.items);
    sla__free(&allocator, engine->order.entries);
    sla__free(&allocator, engine->unread);
    sla__free(&allocator, engine);
}

/* -------------------------------------------------------------- forgetting */

int sla_engine_forget(sla_engine *engine, sla_string tenant, sla_string ticket)
{
    const uint32_t slot = sla__ticket_find(engine, tenant, ticket);

    if (slot == SLA__MAP_NONE)
        return SLA_ERR_NOT_FOUND;
    sla__ticket_drop(engine, slot);
    return SLA_OK;
}

static size_t live_clocks(const sla__fold *fold)
{
    size_t live = 0;

    for (size_t i = 0; i < fold->clock_count; i++)
        live += sla__clock_live(&fold->clocks[i]);
    return live;
}

/* When a ticket that wants nothing more was touched last; SLA_NEVER for others. */
static sla_time done_since(const sla_engine *engine, uint32_t slot)
{
    const sla__berth *const berth = engine->berths[slot];
    const sla__ticket *const ticket = berth->ticket;

    if (sla__agenda_at(engine, slot) != SLA_NEVER ||
        (ticket != NULL ? live_clocks(&ticket->fold) : berth->live) > 0)
        return SLA_NEVER;
    return ticket != NULL ? ticket->touched_at : sla__berth_touched_at(berth);
}

size_t sla_engine_expire(sla_engine *engine, sla_time now)
{
    size_t gone = 0;

    for (uint32_t i = 0; i < engine->berth_count && engine->keep > 0; i++) {
        const sla_time since = engine->berths[i] != NULL ? done_since(engine, i) : SLA_NEVER;

        if (since == SLA_NEVER || now - since < engine->keep)
            continue;
        sla__ticket_drop(engine, i);
        gone++;
    }
    return gone;
}

/* ------------------------------------------------------------------ looking */

int sla_engine_clocks(const sla_engine *engine, sla_string tenant, sla_string ticket,
                      sla_clock_view *clocks, size_t capacity, size_t *count_out)
{
    const uint32_t slot = sla__ticket_find(engine, tenant, ticket);
    const sla__ticket *found;

    if (slot == SLA__MAP_NONE)
        return SLA_ERR_NOT_FOUND;
    found = sla__ticket_read(engine, slot);
    for (size_t i = 0; i < found->fold.clock_count && i < capacity; i++)
        sla__clock_view_fill(engine, found, &found->fold.clocks[i], &clocks[i]);
    *count_out = found->fold.clock_count;
    return SLA_OK;
}

/* ----------------------------------------------------------------- counting */

static uint64_t bytes_of(const sla__berth *berth)
{
    const sla__ticket *const ticket = berth->ticket;

    if (ticket == NULL)
        return sla__berth_size(berth);
    return sla__berth_size(berth) + sizeof *ticket + ticket->fold.block_bytes +
           ticket->fold.note_capacity * sizeof(sla__note) + ticket->history.capacity +
           ticket->tells.capacity * sizeof(sla__tell);
}

void sla_engine_get_stats(const sla_engine *engine, sla_engine_stats *stats_out)
{
    *stats_out = engine->stats;
    stats_out->live_tickets = stats_out->live_clocks = 0;
    stats_out->resting = engine->stats.tickets - engine->awake_count;
    stats_out->bytes = engine->berth_capacity * (sizeof(sla__berth *) + sizeof(uint32_t)) +
                       engine->awake_capacity * sizeof(sla__ticket *) +
                       engine->map.capacity * sizeof(sla__map_entry) +
                       sla__timers_bytes(&engine->timers);
    for (size_t i = 0; i < engine->berth_count; i++) {
        const sla__berth *berth = engine->berths[i];
        size_t live;

        if (berth == NULL)
            continue;
        live = berth->ticket != NULL ? live_clocks(&berth->ticket->fold) : berth->live;
        stats_out->live_clocks += live;
        stats_out->live_tickets += live > 0;
        stats_out->bytes += bytes_of(berth);
    }
}

int sla_engine_unread(const sla_engine *engine, size_t index, const char **name_out,
                      uint64_t *count_out)
{
    if (index >= engine->unread_count)
        return 0;
    *name_out = engine->unread[index].name;
    *count_out = engine->unread[index].count;
    return 1;
}
