/* fake_service.c - see fake_service.h. */
#include "fake_service.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int fake_service_result = SLA_OK;
sla_service *fake_service_made;

typedef struct store {
    sla_store base;
    int *closed;
} store;

static void close_store(sla_store *base)
{
    store *self = (store *)base;

    ++*self->closed;
    free(self);
}

sla_store *fake_store(int *closed_out)
{
    static const sla_store_ops ops = {.size = sizeof ops, .name = "fake", .close = close_store};
    store *self = calloc(1, sizeof *self);

    assert(self != NULL);
    self->base.ops = &ops;
    self->closed = closed_out;
    return &self->base;
}

int sla_service_new(const sla_service_options *options, sla_service **service_out, sla_error *error)
{
    sla_service *service;

    (void)error;
    if (options->store != NULL)
        options->store->ops->close(options->store);
    if (fake_service_result != SLA_OK)
        return fake_service_result;
    service = calloc(1, sizeof *service);
    if (service == NULL)
        return SLA_ERR_NOMEM;
    service->clock = options->clock;
    memcpy(service->incarnation, options->incarnation, sizeof service->incarnation);
    service->state = SLA_SERVICE_LIVE;
    fake_service_made = *service_out = service;
    return SLA_OK;
}

void fake_service_plan(sla_service *service, const sla_time *due, size_t count)
{
    service->due = due;
    service->count = count;
    service->fired = service->early = 0;
}

sla_time sla_service_until(const sla_service *service)
{
    return service->state == SLA_SERVICE_STOPPED || service->fired == service->count
               ? SLA_NEVER
               : service->due[service->fired];
}

int sla_service_run(sla_service *service)
{
    const sla_time now = service->clock.now(service->clock.context);
    size_t told = 0;

    assert(!service->inside);
    service->inside = true;
    service->rounds++;
    if (service->on_round != NULL)
        service->on_round(service->context);
    while (told < FAKE_ROUND && service->fired < service->count &&
           service->due[service->fired] <= now) {
        const sla_time due = service->due[service->fired++];

        told++;
        service->early += service->clock.now(service->clock.context) < due;
        if (service->on_fire != NULL)
            service->on_fire(service->context, due);
    }
    if (atomic_load(&service->stopping))
        service->state = SLA_SERVICE_STOPPED;
    service->inside = false;
    service->clock.arm(service->clock.context, sla_service_until(service));
    return service->state != SLA_SERVICE_STOPPED && sla_service_until(service) <= now;
}

size_t sla_service_waits(const sla_service *service, sla_wait *waits, size_t capacity)
{
    const size_t count = service->wait_count < capacity ? service->wait_count : capacity;

    if (count > 0)
        memcpy(waits, service->waits, count * sizeof *waits);
    return service->wait_count;
}

sla_service_state sla_service_get_state(const sla_service *service)
{
    return service->state;
}

void sla_service_get_stats(const sla_service *service, sla_service_stats *stats_out)
{
    (void)service;
    memset(stats_out, 0, sizeof *stats_out);
    stats_out->size = sizeof *stats_out;
}

void sla_service_stop(sla_service *service)
{
    atomic_store(&service->stopping, true);
    service->clock.wake(service->clock.context);
}

void sla_service_free(sla_service *service)
{
    assert(service == NULL || !service->inside);
    free(service);
}
