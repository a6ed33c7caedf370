/*
 * bring.c - a ticket that a host wants to look at comes into the engine.
 *
 * What rests is taken in at once.  What is not in memory is read from the store, and
 * the host asks again in a later round; that there is none is remembered in the line
 * until it does.
 */
#include "engine/act.h"
#include "service/parts.h"

/* No fact could give a ticket such a name. */
static bool is_nameless(sla_string tenant, sla_string ticket)
{
    const sla_fact fact = {.tenant = tenant, .ticket = ticket, .name = {"opened", 6}};

    return sla__fact_check(&fact, NULL) != SLA_OK;
}

/* The line of a ticket in memory, or NULL. */
static int find_line(sla_service *service, sla_string tenant, sla_string ticket,
                     sla__line **line_out)
{
    *line_out = sla__line_find(service, tenant, ticket);
    if (*line_out != NULL || !sla__resting_has(service, tenant, ticket))
        return SLA_OK;
    if (!sla__unstick(service))
        return SLA_ERR_NOMEM;
    return sla__resting_take_in(service, tenant, ticket, line_out);
}

/* The store is asked in the next round. */
static int look_for(sla_service *service, sla__line *line)
{
    const sla_clock_hook *clock = &service->options.clock;

    line->looked_for = true;
    line->state = SLA__LINE_TICKET;
    sla__line_serve(service, line);
    if (clock->wake != NULL)
        clock->wake(clock->context);
    return SLA_PENDING;
}

/* What came of it is said now. */
static int say(sla_service *service, sla__line *line, int result)
{
    line->looked_for = false;
    if (result == SLA_ERR_NOT_FOUND) {
        sla__line_wake(service, line);
        sla__line_let_go(service, line);
    }
    return result;
}

static bool is_here(const sla__line *line)
{
    return line->on_record && (line->state == SLA__LINE_READY || line->state == SLA__LINE_HISTORY);
}

static int go_on(sla_service *service, sla__line *line)
{
    switch (line->state) {
    case SLA__LINE_READY:
    case SLA__LINE_HISTORY:
        return say(service, line, SLA_ERR_NOT_FOUND);
    case SLA__LINE_SET_ASIDE:
        return line->looked_for ? say(service, line, SLA_ERR_REFUSED) : look_for(service, line);
    case SLA__LINE_NEW:
        return line->waiting.first == NULL ? look_for(service, line) : SLA_PENDING;
    case SLA__LINE_TICKET:
        break;
    }
    line->looked_for = true;
    return SLA_PENDING;
}

int sla_service_bring(sla_service *service, sla_string tenant, sla_string ticket)
{
    sla__line *line = NULL;
    int result;

    if (service->state == SLA_SERVICE_LOADING)
        return service->fatal != 0 ? service->fatal : SLA_PENDING;
    result = find_line(service, tenant, ticket, &line);
    if (line != NULL && is_here(line))
        return say(service, line, SLA_OK);
    if (result == SLA_OK && service->fatal != 0)
        return service->fatal;
    if (result == SLA_OK && service->state == SLA_SERVICE_STOPPED)
        return SLA_ERR_STATE;
    if (result == SLA_OK && line == NULL && is_nameless(tenant, ticket))
        return SLA_ERR_NOT_FOUND;
    if (result == SLA_OK && line == NULL)
        line = sla__line_new(service, tenant, ticket);
    return line != NULL ? go_on(service, line) : SLA_ERR_NOMEM;
}
