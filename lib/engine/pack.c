/* pack.c - see sla/pack.h: a ticket leaves as bytes and comes back. */
#include <sla/pack.h>

#include <string.h>

#include "base/error.h"
#include "engine/act.h"
#include "engine/adopt.h"
#include "engine/change.h"
#include "engine/pack.h"
#include "engine/rest.h"
#include "engine/tells.h"
#include "engine/ticket.h"
#include "engine/timeline.h"

/* ------------------------------------------------------------------ packing */

/* Something half told lies with the engine, not with the ticket. */
static sla_time next_at(const sla_engine *engine, const sla__ticket *ticket)
{
    sla_time at = sla__ticket_next_at(ticket);

    if (sla__half_told(engine) == ticket && engine->burst.items[engine->burst_next].at < at)
        at = engine->burst.items[engine->burst_next].at;
    return at;
}

static void describe(const sla_engine *engine, const sla__ticket *ticket, sla_packed *packed)
{
    packed->number = ticket->number;
    packed->opened_at = ticket->fold.opened_at;
    packed->facts = ticket->next_seq - 1;
    packed->live = 0;
    packed->next_at = next_at(engine, ticket);
    packed->due_at = SLA_NEVER;
    for (size_t i = 0; i < ticket->fold.clock_count; i++) {
        const sla__clock *clock = &ticket->fold.clocks[i];

        if (!sla__clock_live(clock))
            continue; /* one that waits, and nothing in next_at, comes back with a fact */
        packed->live++;
        if (clock->due_at < packed->due_at)
            packed->due_at = clock->due_at;
    }
}

int sla__pack_near(const sla_engine *engine, uint32_t *slot, sla_string tenant, sla_string ticket,
                   void *buffer, size_t capacity, sla_packed *packed_out)
{
    sla__packer out = {.bytes = buffer, .capacity = capacity};
    const sla__ticket *packed;

    *slot = sla__ticket_find_near(engine, *slot, tenant, ticket);
    if (*slot == SLA__MAP_NONE)
        return SLA_ERR_NOT_FOUND;
    packed = sla__ticket_read(engine, *slot);
    sla__pack_ticket(&out, engine, packed);
    describe(engine, packed, packed_out);
    packed_out->length = out.used;
    return out.used <= capacity ? SLA_OK : SLA_ERR_SPACE;
}

int sla_engine_pack(const sla_engine *engine, sla_string tenant, sla_string ticket, void *buffer,
                    size_t capacity, sla_packed *packed_out)
{
    uint32_t slot = SLA__MAP_NONE;

    return sla__pack_near(engine, &slot, tenant, ticket, buffer, capacity, packed_out);
}

/* ---------------------------------------------------------------- unpacking */

static int refuse(sla_error *error, int result)
{
    switch (result) {
    case SLA_ERR_NEWER:
        return sla__error_set(error, result, "", "the ticket was packed by a newer release");
    case SLA_ERR_SYNTAX:
        return sla__error_set(error, result, "", "the bytes are no packed ticket");
    case SLA_ERR_STATE:
        return sla__error_set(error, result, "",
                              "the ticket was packed under policies that are not the ones adopted "
                              "here, or not at the same instants");
    case SLA_ERR_EXISTS:
        return sla__error_set(error, result, "", "the ticket is here already");
    default:
        return sla__error_set(error, result, "", "%s", sla_result_text(result));
    }
}

/* A ticket may be called so. */
static int check_names(sla_string tenant, sla_string ticket, sla_error *error)
{
    const sla_fact fact = {.tenant = tenant, .ticket = ticket, .name = {"opened", 6}};

    return sla__fact_check(&fact, error);
}

static int find_world(const sla_engine *engine, sla__unpacker *in, sla__packed_world *world)
{
    const int result = sla__unpack_world(in, world);

    if (result == SLA_OK && (world->worlds > engine->world_count ||
                             engine->worlds[world->worlds - 1].mark != world->mark))
        return SLA_ERR_STATE;
    return result;
}

/* What one poll had gathered comes before what waited, and mostly lies so. */
static void sort_tells(sla__tells *tells)
{
    const size_t count = tells->count;

    tells->count = 0;
    for (size_t i = 0; i < count; i++) {
        const sla__tell tell = tells->items[i];

        sla__tells_insert(tells, &tell);
    }
}

/* What a clock waits for next is not among the bytes. */
static void arm(sla_engine *engine, sla__ticket *ticket)
{
    sla__run run = sla__run_over(engine, ticket, &ticket->fold, NULL);

    for (size_t i = 0; i < ticket->fold.clock_count; i++)
        sla__clock_arm(&run, &ticket->fold.clocks[i]);
}

/* Facts that wait for their time need all facts of the ticket. */
static int find_future(sla_engine *engine, sla__ticket *ticket)
{
    if (!sla__order_reserve(&engine->order, &engine->allocator, ticket->history.count))
        return SLA_ERR_NOMEM;
    ticket->future_at = sla__timeline_future(engine, ticket);
    return ticket->future_at != SLA_NEVER && !sla__history_is_whole(&ticket->history)
               ? SLA_ERR_SYNTAX
               : SLA_OK;
}

static int unpack(sla_engine *engine, uint32_t slot, sla__unpacker *in,
                  const sla__packed_world *world)
{
    sla__ticket *ticket = engine->berths[slot]->ticket;
    int result = sla__unpack_ticket(in, engine, ticket, world);

    if (result == SLA_OK && sla__unpacked_check(engine, ticket) != NULL)
        result = SLA_ERR_SYNTAX;
    if (result == SLA_OK)
        result = find_future(engine, ticket);
    if (result != SLA_OK)
        return result;
    sort_tells(&ticket->tells);
    arm(engine, ticket);
    result = sla__adopted_since(engine, ticket, world->worlds);
    if (result == SLA_OK && !sla__change_make_ready(engine, ticket))
        result = SLA_ERR_NOMEM;
    /* A ticket that an engine wrote asks for nothing here. */
    return result == SLA_OK || result == SLA_ERR_NOMEM ? result : SLA_ERR_SYNTAX;
}

int sla_engine_unpack(sla_engine *engine, sla_string tenant, sla_string ticket, const void *state,
                      size_t length, sla_error *error)
{
    sla__unpacker in = {.bytes = state, .length = length, .bad = length == 0};
    sla__packed_world world;
    uint32_t slot;
    int result;

    sla__error_clear(error);
    result = check_names(tenant, ticket, error);
    if (result != SLA_OK)
        return result;
    if (sla__ticket_find(engine, tenant, ticket) != SLA__MAP_NONE)
        return refuse(error, SLA_ERR_EXISTS);
    result = find_world(engine, &in, &world);
    if (result != SLA_OK)
        return refuse(error, result);
    sla__engine_settle(engine);
    slot = sla__ticket_new(engine, tenant, ticket);
    if (slot == SLA__MAP_NONE)
        return refuse(error, SLA_ERR_NOMEM);
    result = unpack(engine, slot, &in, &world);
    if (result != SLA_OK) {
        sla__ticket_drop(engine, slot);
        return refuse(error, result);
    }
    sla__ticket_number_on(engine, engine->berths[slot]->ticket->number);
    sla__ticket_schedule(engine, slot);
    return SLA_OK;
}

/* Only calendars reach a clock that runs. */
bool sla__packed_may_move(const sla_engine *engine, const void *state, size_t length)
{
    sla__unpacker in = {.bytes = state, .length = length, .bad = length == 0};
    sla__packed_world world;

    if (find_world(engine, &in, &world) != SLA_OK)
        return true;
    for (size_t i = world.worlds; i < engine->world_count; i++) {
        if (engine->worlds[i].calendar_count > 0)
            return true;
    }
    return false;
}
