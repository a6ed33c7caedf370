/*
 * until.c - when the service next wants a round.
 *
 * Only instants at which a round would do something as things stand: one that a round
 * lets pass would be asked for again at once, and the host's loop would never rest.  So
 * each part below has the conditions under which its round acts.
 */
#include "service/parts.h"

static sla_time sooner(sla_time one, sla_time other)
{
    return one < other ? one : other;
}

/* An instant on the axis `pace`, by the clock. */
static sla_time by_clock(const sla_service *service, sla_time at)
{
    if (at == SLA_NEVER)
        return SLA_NEVER;
    return at <= service->pace ? service->now : sla__later(service->now, at - service->pace);
}

/* Facts and events wait for memory, and for documents. */
static bool decides(const sla_service *service)
{
    return !service->starved && service->adopting == NULL && !sla__world_lacks(service);
}

static sla_time tickets_until(const sla_service *service)
{
    return service->state == SLA_SERVICE_LIVE && !service->held && decides(service)
               ? sla__tickets_next_at(service)
               : SLA_NEVER;
}

static sla_time audit_until(const sla_service *service)
{
    return sla__audit_wants(service) ? service->audit_at : SLA_NEVER;
}

static sla_time leaving_until(const sla_service *service)
{
    return decides(service) && service->leaving_first != NULL ? service->leaving_first->leaves_at
                                                              : SLA_NEVER;
}

/* One that stops hands over what it has not, and nothing again. */
static sla_time delivery_until(const sla_service *service)
{
    return service->state == SLA_SERVICE_STOPPING ? SLA_NEVER : sla__deliver_until(service);
}

static sla_time marks_until(const sla_service *service)
{
    return service->unit_count == 0 && !service->starved ? service->marks_at : SLA_NEVER;
}

/* Of a service that has loaded and may still write. */
static sla_time work_until(const sla_service *service)
{
    sla_time pace = sooner(audit_until(service), leaving_until(service));

    pace = sooner(pace, delivery_until(service));
    pace = sooner(pace, marks_until(service));
    if (service->releasing)
        pace = sooner(pace, service->release_by);
    return sooner(tickets_until(service), by_clock(service, pace));
}

/* Another service holds the store. */
static sla_time opening_until(const sla_service *service)
{
    return service->open_at > service->pace ? by_clock(service, service->open_at) : SLA_NEVER;
}

/* Where the time to ask again has come it was asked, and the store has to answer. */
static sla_time retry_until(const sla_service *service)
{
    return service->retry_at > service->pace ? by_clock(service, service->retry_at) : SLA_NEVER;
}

/* One that was fenced only hears what the store still has to say. */
static sla_time own_until(const sla_service *service)
{
    sla_time at;

    if (service->fatal != 0)
        return SLA_NEVER;
    at = service->state == SLA_SERVICE_LOADING ? opening_until(service) : work_until(service);
    if (service->starved)
        at = sooner(at, service->now + SLA_SECOND / 10);
    return sooner(at, retry_until(service));
}

static sla_time until(const sla_service *service)
{
    const sla_time latest = sla__later(service->now, service->options.sleep_max);

    if (service->state == SLA_SERVICE_STOPPED)
        return SLA_NEVER;
    if (service->again)
        return service->now;
    return sooner(sooner(latest, own_until(service)), service->store->ops->until(service->store));
}

void sla__host_arm(sla_service *service)
{
    const sla_clock_hook *clock = &service->options.clock;

    service->until = until(service);
    if (clock->arm != NULL)
        clock->arm(clock->context, service->until);
}
