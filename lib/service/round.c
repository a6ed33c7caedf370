/*
 * round.c - one round of the service: store, clock, deliveries, facts, events,
 * units.
 */

#include "service/log.h"
#include "service/parts.h"

enum { EVENTS_A_ROUND = 1024 };

#define BACK_OFF_FIRST (SLA_SECOND / 10)
#define BACK_OFF_LAST (5 * SLA_SECOND)

bool sla__starve(sla_service *service)
{
    if (!service->starved)
        sla__log(service, SLA__LOG_OUT_OF_MEMORY, "unanswered=%zu",
                 atomic_load(&service->unanswered));
    service->starved = true;
    return false;
}

/* ------------------------------------------------------- the store comes and goes */

/* Several calls that were on their way together fail together: once is enough. */
void sla__store_lost(sla_service *service, int result, const char *text)
{
    sla__log_words(service->store_says, sizeof service->store_says, text);
    if (service->retry_at > service->pace)
        return;
    service->back_off = service->back_off == 0 ? BACK_OFF_FIRST : 2 * service->back_off;
    if (service->back_off > BACK_OFF_LAST)
        service->back_off = BACK_OFF_LAST;
    if (service->retry_at == 0)
        sla__log(service, SLA__LOG_STORE_LOST, "result=%s retry_us=%lld why=\"%s\"",
                 sla_result_name(result), (long long)service->back_off, service->store_says);
    service->retry_at = service->pace + service->back_off;
    service->retries++;
}

/* A store that is read from and cannot be written to, as on a full disk, is not back
 * while there is something to write. */
void sla__store_back(sla_service *service)
{
    if (service->retry_at == 0 || service->retry_at > service->pace ||
        (service->commits_fail && service->units_first != NULL))
        return;
    service->commits_fail = false;
    sla__log(service, SLA__LOG_STORE_BACK, "store=%s", service->store->ops->name);
    service->retry_at = 0;
    service->back_off = 0;
}

bool sla__may_ask(const sla_service *service)
{
    return service->fatal == 0 && !service->starved && service->retry_at <= service->pace;
}

/* ------------------------------------------------------------------- the round */

bool sla__inbox_waits(sla_service *service)
{
    bool waits;

    pthread_mutex_lock(&service->lock);
    waits = service->receipt_count > 0 || (service->wanted != NULL && service->adopting == NULL);
    if (!sla__world_lacks(service))
        waits = waits || service->inbox.first != NULL || service->to_forget.first != NULL;
    pthread_mutex_unlock(&service->lock);
    return waits;
}

/* Facts and events; what an adoption waits for has to be written first. */
static size_t decide(sla_service *service)
{
    size_t events = 0;

    if (!sla__unstick(service) || !sla__view_catch_up(service) || sla__world_round(service))
        return 0;
    sla__forget_round(service);
    sla__record_round(service);
    if (service->state == SLA_SERVICE_LIVE && !service->held && !service->starved &&
        sla__resting_round(service))
        events = sla__poll_round(service, service->now, EVENTS_A_ROUND);
    sla__lines_expire(service);
    return events;
}

static void live_round(sla_service *service)
{
    size_t events;

    sla__settle_round(service);
    sla__failures_round(service);
    if (service->fatal != 0) {
        sla__give_up(service, service->fatal);
        return;
    }
    sla__receipts_round(service);
    sla__deliver_round(service);
    sla__outbox_round(service);
    events = decide(service);
    sla__audit_round(service);
    sla__send_round(service);
    service->again =
        events == EVENTS_A_ROUND || sla__deliver_waits(service) ||
        (!sla__world_lacks(service) &&
         (service->look_again || service->look_left > 0 || sla__resting_waits(service)));
}

/* Facts wait while the service loads; what waits does not want to be called for. */
static bool wants_more(sla_service *service)
{
    if (service->state == SLA_SERVICE_STOPPED || service->starved)
        return false;
    if (service->store->ops->until(service->store) <= service->now)
        return true;
    return service->state != SLA_SERVICE_LOADING && service->adopting == NULL &&
           service->fatal == 0 && (service->again || sla__inbox_waits(service));
}

int sla_service_run(sla_service *service)
{
    if (service->in_run)
        return 0; /* a handler asked: its round is at work */
    service->in_run = true;
    service->starved = service->again = false;
    pthread_mutex_lock(&service->lock);
    service->loop = pthread_self();
    pthread_mutex_unlock(&service->lock);

    sla__host_look(service);
    if (service->state != SLA_SERVICE_STOPPED) {
        service->store->ops->run(service->store, service->now);
        if (service->state == SLA_SERVICE_LOADING && service->fatal == 0)
            sla__loading_round(service);
        else
            live_round(service);
        sla__stop_round(service);
    }
    sla__room_round(service);
    service->again = wants_more(service);
    sla__statistics_publish(service);
    sla__host_arm(service);
    service->in_run = false;
    return service->again;
}
