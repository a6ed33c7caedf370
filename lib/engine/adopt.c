/*
 * adopt.c - facts of the world: policies and calendars that are in force from
 * now on.
 */
#include <string.h>

#include "base/error.h"
#include "engine/agenda.h"
#include "engine/act.h"
#include "engine/adopt.h"
#include "engine/change.h"
#include "engine/fold.h"
#include "engine/rest.h"
#include "engine/ticket.h"
#include "engine/timeline.h"

/* A ticket as it was, should the adoption fail half way: one at rest in its old berth. */
typedef struct saved {
    uint32_t slot;
    sla__fold fold;
    sla__tells tells;
    sla__berth *berth;
    uint64_t number;
    sla_time next_at; /* of the one that lies in the new berth */
} saved;

typedef struct adoption {
    sla_engine *engine;
    size_t calendar_names, adopted, rules, worlds; /* as they were */
    saved *tickets;
    size_t count, capacity;
} adoption;

/* --------------------------------------------------------------- calendars */

static uint32_t name_of(const sla_engine *engine, const char *name)
{
    for (size_t i = 0; i < engine->calendar_name_count; i++) {
        if (strcmp(engine->calendar_names[i], name) == 0)
            return (uint32_t)i;
    }
    return UINT32_MAX;
}

static int add_calendar(sla_engine *engine, sla_calendar *calendar)
{
    const char *name = sla_calendar_name(calendar);
    uint32_t number = name_of(engine, name);

    if (!sla__grow(&engine->allocator, (void **)&engine->calendar_names,
                   &engine->calendar_name_capacity, engine->calendar_name_count + 1,
                   sizeof engine->calendar_names[0]) ||
        !sla__grow(&engine->allocator, (void **)&engine->adopted, &engine->adopted_capacity,
                   engine->adopted_count + 1, sizeof engine->adopted[0]))
        return SLA_ERR_NOMEM;
    if (number == UINT32_MAX) {
        number = (uint32_t)engine->calendar_name_count++;
        memset(engine->calendar_names[number], 0, sizeof engine->calendar_names[number]);
        memcpy(engine->calendar_names[number], name,
               strlen(name) < SLA_NAME_MAX ? strlen(name) : SLA_NAME_MAX);
    }
    engine->adopted[engine->adopted_count++] =
        (sla__adopted){sla_calendar_ref(calendar), number, (uint32_t)engine->world_count + 1};
    return SLA_OK;
}

/* ---------------------------------------------------------------- policies */

static int add_policies(sla_engine *engine, sla_policies *policies, sla_error *error)
{
    sla__rules *rules;

    if (!policies->finished)
        return sla__error_set(error, SLA_ERR_STATE, "", "finish the policies before adopting them");
    if (!sla__grow(&engine->allocator, (void **)&engine->rules, &engine->rules_capacity,
                   engine->rules_count + 1, sizeof *rules))
        return SLA_ERR_NOMEM;
    rules = &engine->rules[engine->rules_count];
    rules->calendars = sla__new(&engine->allocator, policies->calendar_count, sizeof(uint32_t));
    if (rules->calendars == NULL)
        return SLA_ERR_NOMEM;
    rules->policies = sla_policies_ref(policies);
    engine->rules_count++;
    for (size_t i = 0; i < policies->calendar_count; i++) {
        const char *name = sla__policies_symbol(policies, policies->calendars[i]);

        rules->calendars[i] = name_of(engine, name);
        if (rules->calendars[i] == UINT32_MAX)
            return sla_policies_calendar_missing(policies, i, error);
    }
    return SLA_OK;
}

/* -------------------------------------------------------------------- marks */

/* FNV-1a: the mark is part of packed tickets, so it is the same for good. */
static uint32_t mark_bytes(uint32_t mark, const void *bytes, size_t length)
{
    const unsigned char *them = bytes;

    for (size_t i = 0; i < length; i++)
        mark = (mark ^ them[i]) * UINT32_C(16777619);
    return mark;
}

static uint32_t mark_number(uint32_t mark, uint64_t number)
{
    unsigned char bytes[8];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(number >> 8 * i);
    return mark_bytes(mark, bytes, sizeof bytes);
}

/* With its NUL, so that two names are not one. */
static uint32_t mark_name(uint32_t mark, const sla_policies *policies, uint32_t symbol)
{
    const char *name = sla__policies_symbol(policies, symbol);

    return mark_bytes(mark, name, strlen(name) + 1);
}

static uint32_t mark_target(uint32_t mark, const sla_policies *policies, const sla__target *target)
{
    mark = mark_name(mark, policies, target->name);
    mark = mark_number(mark, target->goal_count);
    for (uint32_t i = 0; i < target->step_count; i++)
        mark = mark_name(mark, policies, policies->steps[target->step_first + i].name);
    mark = mark_number(mark, target->pause_count);
    for (uint32_t i = 0; i < target->pause_count; i++)
        mark = mark_name(mark, policies, policies->pauses[target->pause_first + i].reason);
    return mark;
}

/* What packed tickets name by its place: the same places, the same things. */
static uint32_t mark_policies(uint32_t mark, const sla_policies *policies)
{
    for (size_t i = 0; i < policies->policy_count; i++) {
        mark = mark_name(mark, policies, policies->policies[i].name);
        mark = mark_number(mark, policies->policies[i].target_count);
    }
    for (size_t i = 0; i < policies->target_count; i++)
        mark = mark_target(mark, policies, &policies->targets[i]);
    for (size_t i = 0; i < policies->at_once_count; i++)
        mark = mark_name(mark, policies, policies->at_once[i].name);
    return mark;
}

/* Of all facts of the world up to this one. */
static uint32_t mark_of(const sla_engine *engine, const sla__world *world,
                        const sla_policies *policies)
{
    uint32_t mark = engine->world_count > 0 ? engine->worlds[engine->world_count - 1].mark
                                            : UINT32_C(2166136261);

    mark = mark_number(mark, (uint64_t)world->at);
    mark = mark_number(mark, world->rules);
    return policies != NULL ? mark_policies(mark, policies) : mark;
}

/* ----------------------------------------------------------------- tickets */

static bool any_calendar_changed(const sla_engine *engine, uint32_t rules, uint32_t world)
{
    for (uint32_t i = 0; i < engine->rules[rules].policies->calendar_count; i++) {
        if (sla__calendar_at(engine, rules, (uint16_t)i, world - 1) !=
            sla__calendar_at(engine, rules, (uint16_t)i, world))
            return true;
    }
    return false;
}

/* Does this ticket have anything that the fact of the world could touch? */
static bool is_touched(const sla_engine *engine, const sla__ticket *ticket, sla_time at)
{
    const sla__fold *fold = &ticket->fold;
    const uint32_t world = (uint32_t)engine->world_count;

    if (sla__timeline_next_at(ticket) <= at)
        return true;
    for (size_t i = 0; i < fold->clock_count; i++) {
        if (sla__clock_live(&fold->clocks[i]))
            return any_calendar_changed(engine, fold->rules, world);
    }
    return false;
}

static void saved_fini(sla_engine *engine, saved *ticket)
{
    sla__fold_fini(&ticket->fold, &engine->allocator);
    sla__free(&engine->allocator, ticket->tells.items);
    sla__free(&engine->allocator, ticket->berth);
}

/* One more, empty. */
static saved *save_slot(adoption *work, uint32_t slot)
{
    saved *kept;

    if (!sla__grow(&work->engine->allocator, (void **)&work->tickets, &work->capacity,
                   work->count + 1, sizeof *kept))
        return NULL;
    kept = &work->tickets[work->count];
    memset(kept, 0, sizeof *kept);
    kept->slot = slot;
    return kept;
}

static bool save(adoption *work, uint32_t slot)
{
    sla_engine *engine = work->engine;
    const sla__ticket *ticket = engine->berths[slot]->ticket;
    saved *const kept = save_slot(work, slot);

    if (kept == NULL)
        return false;
    if (!sla__fold_copy(&kept->fold, &engine->allocator, sla__rules_of(engine, &ticket->fold),
                        &ticket->fold) ||
        !sla__grow(&engine->allocator, (void **)&kept->tells.items, &kept->tells.capacity,
                   ticket->tells.count, sizeof(sla__tell))) {
        saved_fini(engine, kept);
        return false;
    }
    kept->tells.count = ticket->tells.count;
    if (ticket->tells.count > 0)
        memcpy(kept->tells.items, ticket->tells.items, ticket->tells.count * sizeof(sla__tell));
    work->count++;
    return true;
}

static void restore_berth(sla_engine *engine, saved *kept)
{
    sla__free(&engine->allocator, engine->berths[kept->slot]);
    engine->berths[kept->slot] = kept->berth;
    kept->berth = NULL;
}

static void restore_ticket(sla_engine *engine, saved *kept)
{
    sla__ticket *ticket = engine->berths[kept->slot]->ticket;

    sla__fold_fini(&ticket->fold, &engine->allocator);
    sla__free(&engine->allocator, ticket->tells.items);
    ticket->fold = kept->fold;
    ticket->tells = kept->tells;
    memset(&kept->fold, 0, sizeof kept->fold);
    memset(&kept->tells, 0, sizeof kept->tells);
}

static void restore(adoption *work)
{
    for (size_t i = 0; i < work->count; i++) {
        saved *kept = &work->tickets[i];

        if (kept->berth != NULL)
            restore_berth(work->engine, kept);
        else
            restore_ticket(work->engine, kept);
    }
}

/* Unless the ticket was followed beyond the instant already, it is folded on. */
static int change_ticket(sla_engine *engine, sla__ticket *ticket, sla_time at)
{
    const sla__source source = {at, 0, (uint32_t)engine->world_count, SLA__CAUSE_CALENDAR_CHANGED,
                                0};

    if (ticket->fold.at > at && sla__history_is_whole(&ticket->history))
        return sla__change_refold(engine, ticket, at, NULL, &source);
    return sla__change_world(engine, ticket, &source);
}

static void world_passed(sla__fold *fold, uint32_t world, sla_time at)
{
    fold->world = world;
    if (fold->opened_at != SLA_NEVER &&
        (at > fold->at || (at == fold->at && fold->phase < SLA__PHASE_WORLD))) {
        fold->at = at;
        fold->phase = SLA__PHASE_WORLD;
    }
}

/* The last fact of the world comes to a ticket. */
static int world_comes(sla_engine *engine, sla__ticket *ticket, sla_time at)
{
    if ((ticket->fold.opened_at != SLA_NEVER || ticket->future_at <= at) &&
        is_touched(engine, ticket, at))
        return change_ticket(engine, ticket, at);
    world_passed(&ticket->fold, (uint32_t)engine->world_count, at);
    return SLA_OK;
}

int sla__adopted_since(sla_engine *engine, sla__ticket *ticket, uint32_t known)
{
    const size_t count = engine->world_count;
    int result = SLA_OK;

    for (size_t i = known; i < count && result == SLA_OK; i++) {
        /* When it came, no later one was there. */
        engine->world_count = i + 1;
        result = world_comes(engine, ticket, engine->worlds[i].at);
        if (result == SLA_OK && ticket->future_at != SLA_NEVER)
            ticket->future_at = sla__timeline_future(engine, ticket);
    }
    engine->world_count = count;
    return result;
}

/* May the last fact of the world touch the ticket at rest?  One that it passes by
 * learns of it when it wakes. */
static bool may_touch(const sla_engine *engine, uint32_t slot, sla_time at)
{
    const sla__berth *const berth = engine->berths[slot];

    return berth->put_off || sla__agenda_at(engine, slot) <= at ||
           (berth->live > 0 && engine->worlds[engine->world_count - 1].calendar_count > 0);
}

/* It lies in a new berth then, and the old one is kept.  Reading it brings the world to it. */
static int change_berth(adoption *work, uint32_t slot, sla__ticket *room)
{
    sla_engine *const engine = work->engine;
    saved *const kept = save_slot(work, slot);
    int result = kept != NULL ? sla__berth_read(engine, slot, room) : SLA_ERR_NOMEM;
    sla__berth *const berth = result == SLA_OK ? sla__berth_make(engine, slot, room) : NULL;

    if (result == SLA_OK && berth == NULL)
        result = SLA_ERR_NOMEM;
    if (result != SLA_OK)
        return result;
    kept->berth = engine->berths[slot];
    kept->number = room->number;
    kept->next_at = sla__ticket_next_at(room);
    engine->berths[slot] = berth;
    work->count++;
    return SLA_OK;
}

static int change_at_rest(adoption *work, uint32_t slot)
{
    sla__ticket *const room = sla__room_take(work->engine);
    const int result = room != NULL ? change_berth(work, slot, room) : SLA_ERR_NOMEM;

    if (room != NULL)
        sla__room_leave(work->engine, room);
    return result;
}

static int change_tickets(adoption *work, sla_time at)
{
    sla_engine *engine = work->engine;
    int result = SLA_OK;

    for (uint32_t i = 0; i < engine->berth_count && result == SLA_OK; i++) {
        if (engine->berths[i] == NULL)
            continue;
        if (engine->berths[i]->ticket == NULL)
            result = may_touch(engine, i, at) ? change_at_rest(work, i) : SLA_OK;
        else if (save(work, i))
            result = world_comes(engine, engine->berths[i]->ticket, at);
        else
            result = SLA_ERR_NOMEM;
    }
    return result;
}

/* --------------------------------------------------------------- all or nothing */

static void take_back(adoption *work)
{
    sla_engine *engine = work->engine;

    while (engine->adopted_count > work->adopted)
        sla_calendar_unref(engine->adopted[--engine->adopted_count].calendar);
    while (engine->rules_count > work->rules) {
        const sla__rules *rules = &engine->rules[--engine->rules_count];

        sla_policies_unref(rules->policies);
        sla__free(&engine->allocator, rules->calendars);
    }
    engine->calendar_name_count = work->calendar_names;
    engine->world_count = work->worlds;
    restore(work);
}

static int adopt(adoption *work, sla_policies *policies, sla_calendar *const *calendars,
                 size_t calendar_count, sla_time now, sla_error *error)
{
    sla_engine *engine = work->engine;
    sla__world world = {now, 0, (uint32_t)work->adopted, (uint32_t)calendar_count, 0};
    int result = SLA_OK;

    for (size_t i = 0; i < calendar_count && result == SLA_OK; i++)
        result = add_calendar(engine, calendars[i]);
    if (result == SLA_OK && policies != NULL)
        result = add_policies(engine, policies, error);
    if (result != SLA_OK)
        return result;
    if (!sla__grow(&engine->allocator, (void **)&engine->worlds, &engine->world_capacity,
                   engine->world_count + 1, sizeof world))
        return SLA_ERR_NOMEM;
    /* The time of the world does not go back. */
    if (engine->world_count > 0 && world.at < engine->worlds[engine->world_count - 1].at)
        world.at = engine->worlds[engine->world_count - 1].at;
    world.rules = (uint32_t)engine->rules_count;
    world.mark = mark_of(engine, &world, policies);
    engine->worlds[engine->world_count++] = world;
    return change_tickets(work, world.at);
}

static void schedule(sla_engine *engine, const saved *kept, bool adopted)
{
    sla__berth *const berth = engine->berths[kept->slot];
    sla__ticket *const ticket = berth->ticket;

    if (ticket != NULL) {
        if (adopted && ticket->future_at != SLA_NEVER)
            ticket->future_at = sla__timeline_future(engine, ticket);
        sla__ticket_schedule(engine, kept->slot);
    } else if (adopted) {
        berth->put_off = 0;
        sla__agenda_set(engine, kept->slot, kept->next_at, kept->number);
    }
}

int sla_engine_adopt(sla_engine *engine, sla_policies *policies, sla_calendar *const *calendars,
                     size_t calendar_count, sla_time now, sla_error *error)
{
    adoption work = {engine,
                     engine->calendar_name_count,
                     engine->adopted_count,
                     engine->rules_count,
                     engine->world_count,
                     NULL,
                     0,
                     0};
    int result;

    sla__error_clear(error);
    sla__engine_settle(engine);
    result = sla__now_check(now, error);
    if (result == SLA_OK)
        result = adopt(&work, policies, calendars, calendar_count, now, error);
    if (result != SLA_OK)
        take_back(&work);
    for (size_t i = 0; i < work.count; i++) {
        schedule(engine, &work.tickets[i], result == SLA_OK);
        saved_fini(engine, &work.tickets[i]);
    }
    sla__free(&engine->allocator, work.tickets);
    engine->stats.worlds += result == SLA_OK;
    return result;
}
