/*
 * line.c - the lines of tickets: found by name, served in turn, let go.
 *
 * Every ticket in the engine has a line, and a line that nothing holds and whose
 * ticket has nothing left to tell leaves memory together with it after a while
 * (rule 24).  It leaves between two steps of a round and never within one: a recorder
 * that is answered may look at the ticket, which lets go of the line, while whoever
 * answers goes on with it.
 */
#include <assert.h>
#include <string.h>

#include "engine/ticket.h"
#include "service/parts.h"

uint32_t sla__line_hash(sla_string tenant, sla_string ticket)
{
    return sla__hash(ticket.data, ticket.length, sla__hash(tenant.data, tenant.length, 0));
}

static bool same(sla_string one, sla_string other)
{
    return one.length == other.length &&
           (one.length == 0 || memcmp(one.data, other.data, one.length) == 0);
}

sla__line *sla__line_find(const sla_service *service, sla_string tenant, sla_string ticket)
{
    const uint32_t hash = sla__line_hash(tenant, ticket);
    size_t cursor = sla__map_start(&service->line_map, hash);
    uint32_t slot;

    while ((slot = sla__map_next(&service->line_map, hash, &cursor)) != SLA__MAP_NONE) {
        sla__line *const line = service->lines[slot];

        if (same(line->tenant, tenant) && same(line->ticket, ticket))
            return line;
    }
    return NULL;
}

/* The line at a tag that the engine keeps with a ticket, if it is the ticket's. */
static sla__line *tagged(const sla_service *service, uint32_t tag, const sla_event *event)
{
    sla__line *const line = tag > 0 && tag <= service->line_count ? service->lines[tag - 1] : NULL;

    return line != NULL && same(line->tenant, event->tenant) && same(line->ticket, event->ticket)
               ? line
               : NULL;
}

sla__line *sla__line_told(const sla_service *service, const sla_event *event)
{
    uint32_t *const tag = sla__ticket_told(service->engine);
    sla__line *line = tag != NULL ? tagged(service, *tag, event) : NULL;

    if (line != NULL)
        return line;
    line = sla__line_find(service, event->tenant, event->ticket);
    if (tag != NULL && line != NULL)
        *tag = line->slot + 1;
    return line;
}

static bool reserve(sla_service *service)
{
    const size_t slots = service->line_count + (service->free_count == 0);

    return sla__grow(&service->allocator, (void **)&service->lines, &service->line_capacity, slots,
                     sizeof(sla__line *)) &&
           sla__grow(&service->allocator, (void **)&service->free_lines, &service->free_capacity,
                     slots, sizeof(uint32_t)) &&
           sla__map_reserve(&service->line_map, &service->allocator, slots);
}

static sla__line *line_make(const sla_allocator *allocator, sla_string tenant, sla_string ticket)
{
    sla__line *const line = sla__new(allocator, 1, sizeof *line + tenant.length + ticket.length);
    char *names;

    if (line == NULL)
        return NULL;
    names = (char *)(line + 1);
    if (tenant.length > 0)
        memcpy(names, tenant.data, tenant.length);
    if (ticket.length > 0)
        memcpy(names + tenant.length, ticket.data, ticket.length);
    line->tenant = (sla_string){names, tenant.length};
    line->ticket = (sla_string){names + tenant.length, ticket.length};
    line->next_at = SLA_NEVER;
    return line;
}

sla__line *sla__line_new(sla_service *service, sla_string tenant, sla_string ticket)
{
    sla__line *line;

    if (!reserve(service))
        return NULL;
    line = line_make(&service->allocator, tenant, ticket);
    if (line == NULL)
        return NULL;
    line->hash = sla__line_hash(tenant, ticket);
    line->slot = service->free_count > 0 ? service->free_lines[--service->free_count]
                                         : (uint32_t)service->line_count++;
    service->lines[line->slot] = line;
    sla__map_put(&service->line_map, line->hash, line->slot);
    return line;
}

/* -------------------------------------------------------------------- leaving */

static void leave_later(sla_service *service, sla__line *line, sla_duration span)
{
    sla__line *after = service->leaving_last;

    line->leaves_at = sla__later(service->pace, span);
    line->leaving = true;
    while (after != NULL && after->leaves_at > line->leaves_at)
        after = after->older;
    line->older = after;
    line->newer = after != NULL ? after->newer : service->leaving_first;
    if (line->newer != NULL)
        line->newer->older = line;
    else
        service->leaving_last = line;
    if (after != NULL)
        after->newer = line;
    else
        service->leaving_first = line;
}

void sla__line_wake(sla_service *service, sla__line *line)
{
    if (!line->leaving)
        return;
    line->leaving = false;
    if (line->older != NULL)
        line->older->newer = line->newer;
    else
        service->leaving_first = line->newer;
    if (line->newer != NULL)
        line->newer->older = line->older;
    else
        service->leaving_last = line->older;
}

/* Before all that leave later.  Whoever let go may still have the line in hand; for
 * whoever comes before it leaves it is a new one. */
static void leave_now(sla_service *service, sla__line *line)
{
    line->state = SLA__LINE_NEW;
    line->ids_known = line->whole = false;
    line->id_count = 0;
    line->leaves_at = SLA_TIME_MIN;
    line->leaving = true;
    line->older = NULL;
    line->newer = service->leaving_first;
    if (line->newer != NULL)
        line->newer->older = line;
    else
        service->leaving_last = line;
    service->leaving_first = line;
}

static void drop(sla_service *service, sla__line *line)
{
    assert(line->units == 0 && line->waiting.first == NULL && !line->serving && !line->ask.asked);
    (void)sla_engine_forget(service->engine, line->tenant, line->ticket);
    sla__line_free(service, line);
}

void sla__line_let_go(sla_service *service, sla__line *line)
{
    if (line->units > 0 || line->waiting.first != NULL || line->serving || line->ask.asked)
        return;
    if (line->forgetting != NULL)
        service->look_again = true; /* that may have waited for this */
    if (line->leaving || line->state == SLA__LINE_SET_ASIDE || line->forgetting != NULL)
        return;
    if (!line->on_record && line->looked_for)
        leave_later(service, line, SLA_MINUTE); /* somebody is to hear that there is none */
    else if (!line->on_record)
        leave_now(service, line); /* nothing was recorded of it */
    else if (line->live == 0 && line->next_at == SLA_NEVER)
        leave_later(service, line, service->options.keep);
}

void sla__line_set_aside(sla_service *service, sla__line *line)
{
    (void)sla_engine_forget(service->engine, line->tenant, line->ticket);
    sla__view_forget(service, line);
    sla__line_wake(service, line);
    service->live_clocks -= line->live;
    service->live_tickets -= line->live > 0;
    line->live = 0;
    line->ids_known = line->whole = false;
    line->state = SLA__LINE_SET_ASIDE;
    leave_later(service, line, SLA_MINUTE);
}

void sla__line_blame(sla_service *service, sla__line *line, bool aside)
{
    service->aside += aside && !line->aside;
    service->aside -= !aside && line->aside;
    line->aside = aside;
}

void sla__lines_expire(sla_service *service)
{
    while (service->leaving_first != NULL && service->leaving_first->leaves_at <= service->pace) {
        sla__line *const line = service->leaving_first;

        if (service->has_stuck)
            return;
        sla__line_wake(service, line);
        if (line->state == SLA__LINE_SET_ASIDE)
            sla__line_serve(service, line);
        else
            drop(service, line);
    }
}

/* -------------------------------------------------------------------- serving */

void sla__line_serve(sla_service *service, sla__line *line)
{
    if (line->serving)
        return;
    sla__line_wake(service, line);
    line->serving = true;
    line->next_serve = NULL;
    if (service->serve_last != NULL)
        service->serve_last->next_serve = line;
    else
        service->serve_first = line;
    service->serve_last = line;
}

/* ------------------------------------------------------------------------ ids */

static uint32_t hash_of_id(sla_string id)
{
    return sla__hash(id.data, id.length, 0);
}

bool sla__line_knows(const sla__line *line, sla_string id)
{
    const uint32_t hash = hash_of_id(id);

    for (size_t i = 0; i < line->id_count; i++) {
        if (line->ids[i] == hash)
            return true;
    }
    return false;
}

bool sla__line_reserve_ids(sla_service *service, sla__line *line, size_t count)
{
    return sla__grow(&service->allocator, (void **)&line->ids, &line->id_capacity, count,
                     sizeof *line->ids) ||
           sla__starve(service);
}

void sla__line_add_id(sla__line *line, sla_string id)
{
    if (id.length > 0)
        line->ids[line->id_count++] = hash_of_id(id);
}

/* -------------------------------------------------------------------- the end */

void sla__line_free(sla_service *service, sla__line *line)
{
    sla__arrival *arrival;

    sla__line_wake(service, line);
    sla__line_blame(service, line, false);
    while ((arrival = sla__arrivals_take(&line->waiting)) != NULL)
        sla__arrival_free(service, arrival);
    sla__fetch_drop(service, line);
    sla__view_forget(service, line);
    sla__map_remove(&service->line_map, line->hash, line->slot);
    service->lines[line->slot] = NULL;
    service->free_lines[service->free_count++] = line->slot;
    service->live_clocks -= line->live;
    service->live_tickets -= line->live > 0;
    if (line->going)
        sla__free(&service->allocator, line->forgetting);
    sla__free(&service->allocator, line->ids);
    sla__free(&service->allocator, line);
}

void sla__lines_fini(sla_service *service)
{
    for (size_t i = 0; i < service->line_count; i++) {
        if (service->lines[i] != NULL)
            sla__line_free(service, service->lines[i]);
    }
    sla__map_fini(&service->line_map, &service->allocator);
    sla__free(&service->allocator, service->lines);
    sla__free(&service->allocator, service->free_lines);
    service->lines = NULL;
    service->free_lines = NULL;
    service->line_count = service->line_capacity = 0;
    service->free_count = service->free_capacity = 0;
    service->serve_first = service->serve_last = NULL;
}
