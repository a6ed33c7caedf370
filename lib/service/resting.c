/*
 * resting.c - tickets at rest: loaded, and packed until they are needed.
 *
 * Taking a ticket into the engine costs more than reading its row, and most tickets
 * are not needed soon after a start.  So each stays as the bytes that the store handed
 * over, in one block, until a fact for it comes, somebody asks for it, what it wants
 * falls due, or a calendar was adopted since it was packed: that may have moved what
 * it wants, and a policy may not.
 *
 * What is due at `now` is taken in before the engine is polled at `now`: so events
 * come by instant and opening number as if no ticket had ever rested.  Only where
 * there is no memory for a ticket does it wait by itself and hold back no other, as
 * in the engine.
 */
#include <string.h>

#include "engine/pack.h"
#include "engine/ticket.h"
#include "service/log.h"
#include "service/parts.h"

enum { TAKEN_A_ROUND = 4096 };

#define PUT_OFF (SLA_SECOND / 10)

/* ------------------------------------------------------------------ coming to rest */

static const char *names_of(const sla__resting *resting)
{
    return (const char *)(resting + 1);
}

static sla_stored_ticket stored(const sla__resting *resting)
{
    const char *const names = names_of(resting);

    return (sla_stored_ticket){
        .tenant = {names, resting->tenant_length},
        .ticket = {names + resting->tenant_length, resting->ticket_length},
        .number = resting->number,
        .live = resting->live,
        .next_at = resting->next_at,
        .state = names + resting->tenant_length + resting->ticket_length,
        .state_length = resting->state_length,
    };
}

/* Written once: there are many of them, and time is short while they come. */
static sla__resting *resting_make(const sla_allocator *allocator, const sla_stored_ticket *ticket)
{
    const size_t length = ticket->tenant.length + ticket->ticket.length + ticket->state_length;
    sla__resting *resting;
    char *behind;

    if (length > UINT32_MAX)
        return NULL;
    resting = allocator->alloc(sizeof *resting + length, allocator->user);
    if (resting == NULL)
        return NULL;
    *resting = (sla__resting){.next_at = ticket->next_at,
                              .number = ticket->number,
                              .live = ticket->live,
                              .tenant_length = (uint32_t)ticket->tenant.length,
                              .ticket_length = (uint32_t)ticket->ticket.length,
                              .state_length = (uint32_t)ticket->state_length};
    behind = (char *)(resting + 1);
    if (ticket->tenant.length > 0)
        memcpy(behind, ticket->tenant.data, ticket->tenant.length);
    behind += ticket->tenant.length;
    if (ticket->ticket.length > 0)
        memcpy(behind, ticket->ticket.data, ticket->ticket.length);
    behind += ticket->ticket.length;
    if (ticket->state_length > 0)
        memcpy(behind, ticket->state, ticket->state_length);
    return resting;
}

/* When it is to be taken in.  What was adopted after it was packed shows only then. */
static sla_time due_at(const sla_service *service, const sla_stored_ticket *ticket)
{
    return ticket->live > 0 &&
                   sla__packed_may_move(service->engine, ticket->state, ticket->state_length)
               ? SLA_TIME_MIN
               : ticket->next_at;
}

static void await(sla_service *service, uint32_t slot, const sla_stored_ticket *ticket)
{
    const sla_time at = due_at(service, ticket);

    if (at != SLA_NEVER)
        sla__timers_set(&service->restings.due, slot, at);
}

bool sla__resting_put(sla_service *service, const sla_stored_ticket *ticket)
{
    sla__restings *const all = &service->restings;
    const uint32_t slot = (uint32_t)all->count;
    sla__resting *resting;

    if (!sla__grow(&service->allocator, (void **)&all->slots, &all->capacity, all->count + 1,
                   sizeof *all->slots) ||
        !sla__timers_reserve(&all->due, &service->allocator, all->count + 1))
        return false;
    resting = resting_make(&service->allocator, ticket);
    if (resting == NULL)
        return false;
    all->slots[slot] = (sla__resting_slot){resting, sla__line_hash(ticket->tenant, ticket->ticket)};
    await(service, slot, ticket);
    all->count++;
    all->left++;
    service->live_clocks += ticket->live;
    service->live_tickets += ticket->live > 0;
    sla__ticket_number_on(service->engine, ticket->number);
    return true;
}

/* Nobody asks for a ticket before all have come: the map is made when its size is known. */
bool sla__restings_ready(sla_service *service)
{
    sla__restings *const all = &service->restings;

    if (!sla__map_reserve(&all->map, &service->allocator, all->count))
        return false;
    for (size_t i = 0; i < all->count; i++)
        sla__map_put(&all->map, all->slots[i].hash, (uint32_t)i);
    return true;
}

static uint64_t number_of(const void *restings, uint32_t slot)
{
    return ((const sla__restings *)restings)->slots[slot].ticket->number;
}

void sla__restings_init(sla__restings *restings)
{
    memset(restings, 0, sizeof *restings);
    sla__timers_init(&restings->due, number_of, restings);
}

void sla__restings_fini(sla_service *service)
{
    const sla_allocator *allocator = &service->allocator;
    sla__restings *const all = &service->restings;

    for (size_t i = 0; i < all->count && all->left > 0; i++) {
        sla__resting *const resting = all->slots[i].ticket;

        if (resting == NULL)
            continue;
        service->live_clocks -= resting->live;
        service->live_tickets -= resting->live > 0;
        sla__free(allocator, resting);
        all->left--;
    }
    sla__map_fini(&all->map, allocator);
    sla__timers_fini(&all->due, allocator);
    sla__free(allocator, all->slots);
    sla__restings_init(all);
}

/* ------------------------------------------------------------------------ finding */

static bool is_called(const sla__resting *resting, sla_string tenant, sla_string ticket)
{
    const char *const names = names_of(resting);

    return resting->tenant_length == tenant.length && resting->ticket_length == ticket.length &&
           (tenant.length == 0 || memcmp(names, tenant.data, tenant.length) == 0) &&
           (ticket.length == 0 || memcmp(names + tenant.length, ticket.data, ticket.length) == 0);
}

static uint32_t find(const sla_service *service, sla_string tenant, sla_string ticket)
{
    const sla__restings *const all = &service->restings;
    uint32_t hash, slot;
    size_t cursor;

    if (all->left == 0)
        return SLA__MAP_NONE;
    hash = sla__line_hash(tenant, ticket);
    cursor = sla__map_start(&all->map, hash);
    while ((slot = sla__map_next(&all->map, hash, &cursor)) != SLA__MAP_NONE) {
        if (is_called(all->slots[slot].ticket, tenant, ticket))
            break;
    }
    return slot;
}

bool sla__resting_has(const sla_service *service, sla_string tenant, sla_string ticket)
{
    return find(service, tenant, ticket) != SLA__MAP_NONE;
}

/* ---------------------------------------------------------------------- taking in */

static void leave(sla_service *service, uint32_t slot)
{
    sla__restings *const all = &service->restings;
    sla__resting *const resting = all->slots[slot].ticket;

    service->live_clocks -= resting->live;
    service->live_tickets -= resting->live > 0;
    sla__timers_set(&all->due, slot, SLA_NEVER);
    sla__map_remove(&all->map, all->slots[slot].hash, slot);
    all->slots[slot].ticket = NULL;
    sla__free(&service->allocator, resting);
    if (--all->left == 0)
        sla__restings_fini(service);
}

/* One that cannot be read is set aside; the others do not suffer for it. */
static int take_in(sla_service *service, uint32_t slot, sla__line **line_out)
{
    const sla_stored_ticket ticket = stored(service->restings.slots[slot].ticket);
    sla__line *const line = sla__line_new(service, ticket.tenant, ticket.ticket);
    const int result = line != NULL ? sla__ticket_take_in(service, line, &ticket) : SLA_ERR_NOMEM;

    *line_out = NULL;
    if (line == NULL)
        return result;
    if (result == SLA_ERR_NOMEM) {
        sla__line_free(service, line);
        return result;
    }
    line->state = SLA__LINE_READY;
    if (result != SLA_OK) {
        sla__log(service, SLA__LOG_TICKET_UNREADABLE, "result=%s", sla_result_name(result));
        sla__line_set_aside(service, line);
        sla__line_blame(service, line, true);
        service->quarantined++;
    }
    leave(service, slot);
    *line_out = line;
    return SLA_OK;
}

int sla__resting_take_in(sla_service *service, sla_string tenant, sla_string ticket,
                         sla__line **line_out)
{
    const uint32_t slot = find(service, tenant, ticket);

    *line_out = NULL;
    return slot != SLA__MAP_NONE ? take_in(service, slot, line_out) : SLA_ERR_NOT_FOUND;
}

sla__line *sla__line_get(sla_service *service, sla_string tenant, sla_string ticket)
{
    sla__line *line = sla__line_find(service, tenant, ticket);

    if (line == NULL && sla__resting_take_in(service, tenant, ticket, &line) == SLA_ERR_NOT_FOUND)
        line = sla__line_new(service, tenant, ticket);
    return line;
}

/* --------------------------------------------------------------------------- due */

bool sla__resting_waits(const sla_service *service)
{
    const sla__timer *const first = sla__timers_first(&service->restings.due);

    return service->state == SLA_SERVICE_LIVE && !service->held && first != NULL &&
           first->at <= service->now;
}

bool sla__resting_round(sla_service *service)
{
    sla__timers *const due = &service->restings.due;
    sla__line *line;

    for (size_t taken = 0; sla__resting_waits(service); taken++) {
        const sla__timer first = *sla__timers_first(due);

        if (taken == TAKEN_A_ROUND)
            return false;
        if (take_in(service, first.id, &line) == SLA_ERR_NOMEM) {
            sla__timers_set(due, first.id, service->now + PUT_OFF);
            sla__starve(service);
            return true;
        }
    }
    return true;
}

void sla__restings_stir(sla_service *service)
{
    sla__restings *const all = &service->restings;

    sla__timers_clear(&all->due);
    for (size_t i = 0; i < all->count; i++) {
        if (all->slots[i].ticket != NULL) {
            const sla_stored_ticket ticket = stored(all->slots[i].ticket);

            await(service, (uint32_t)i, &ticket);
        }
    }
}

sla_time sla__tickets_next_at(const sla_service *service)
{
    const sla__timer *const first = sla__timers_first(&service->restings.due);
    const sla_time at = service->engine != NULL ? sla_engine_wakeup(service->engine) : SLA_NEVER;

    return first != NULL && first->at < at ? first->at : at;
}
