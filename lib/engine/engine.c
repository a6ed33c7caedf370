/* engine.c - the engine as a whole: made, asked, emptied. */
#include <string.h>

#include "base/options.h"
#include "engine/clock.h"
#include "engine/event.h"
#include "engine/fold.h"
#include "engine/ticket.h"
#include "engine/timeline.h"

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

void sla_engine_free(sla_engine *engine)
{
    sla_allocator allocator;

    if (engine == NULL)
        return;
    allocator = engine->allocator;
    for (size_t i = 0; i < engine->ticket_count; i++) {
        if (engine->tickets[i] != NULL)
            sla__ticket_drop(engine, (uint32_t)i);
    }
    free_world(engine);
    sla__map_fini(&engine->map, &allocator);
    sla__timers_fini(&engine->timers, &allocator);
    sla__fold_fini(&engine->before, &allocator);
    sla__fold_fini(&engine->ahead, &allocator);
    sla__free(&allocator, engine->tickets);
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

static bool is_at_rest(const sla__ticket *ticket)
{
    if (ticket->tells.count > 0 || sla__timeline_next_at(ticket) != SLA_NEVER)
        return false;
    for (size_t i = 0; i < ticket->fold.clock_count; i++) {
        if (sla__clock_live(&ticket->fold.clocks[i]))
            return false;
    }
    return true;
}

size_t sla_engine_expire(sla_engine *engine, sla_time now)
{
    size_t gone = 0;

    for (size_t i = 0; i < engine->ticket_count && engine->keep > 0; i++) {
        const sla__ticket *ticket = engine->tickets[i];

        if (ticket == NULL || !is_at_rest(ticket) || now - ticket->touched_at < engine->keep)
            continue;
        sla__ticket_drop(engine, (uint32_t)i);
        gone++;
    }
    return gone;
}

/* ------------------------------------------------------------------ looking */

int sla_engine_clocks(const sla_engine *engine, sla_string tenant, sla_string ticket,
                      sla_clock_view *clocks, size_t capacity, size_t *count_out)
{
    const uint32_t slot = sla__ticket_find(engine, tenant, ticket);
    const sla__fold *fold;

    if (slot == SLA__MAP_NONE)
        return SLA_ERR_NOT_FOUND;
    fold = &engine->tickets[slot]->fold;
    for (size_t i = 0; i < fold->clock_count && i < capacity; i++)
        sla__clock_view_fill(engine, engine->tickets[slot], &fold->clocks[i], &clocks[i]);
    *count_out = fold->clock_count;
    return SLA_OK;
}

/* ----------------------------------------------------------------- counting */

static uint64_t bytes_of(const sla_engine *engine, const sla__ticket *ticket)
{
    const sla__fold *fold = &ticket->fold;
    const sla_policies *policies = sla__rules_of(engine, fold);

    return sizeof *ticket + ticket->tenant_length + ticket->ticket_length +
           (policies->attribute_count + policies->fact_slot_count) * sizeof(int64_t) +
           fold->clock_capacity * sizeof(sla__clock) + (policies->policy_count + 7) / 8 + 1 +
           fold->note_capacity * sizeof(sla__note) + ticket->history.capacity +
           ticket->tells.capacity * sizeof(sla__tell);
}

void sla_engine_get_stats(const sla_engine *engine, sla_engine_stats *stats_out)
{
    *stats_out = engine->stats;
    stats_out->live_tickets = stats_out->live_clocks = 0;
    stats_out->bytes = engine->ticket_capacity * (sizeof(sla__ticket *) + sizeof(uint32_t)) +
                       engine->map.capacity * sizeof(sla__map_entry) +
                       engine->timers.capacity * (sizeof(sla__timer) + sizeof(uint32_t));
    for (size_t i = 0; i < engine->ticket_count; i++) {
        const sla__ticket *ticket = engine->tickets[i];
        size_t live = 0;

        if (ticket == NULL)
            continue;
        for (size_t k = 0; k < ticket->fold.clock_count; k++)
            live += sla__clock_live(&ticket->fold.clocks[k]);
        stats_out->live_clocks += live;
        stats_out->live_tickets += live > 0;
        stats_out->bytes += bytes_of(engine, ticket);
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
