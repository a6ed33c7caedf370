/*
 * stop.c - the orderly end: nothing new, what is there is written and handed over,
 * the store gets back what it took, and that is it.
 */
#include "base/error.h"
#include "service/log.h"
#include "service/parts.h"

/* A store that does not answer holds what it took until it notices by itself. */
#define RELEASE_WITHIN (5 * SLA_SECOND)

/* What waits for documents that have not come goes back to whoever brought it. */
static void give_back(sla_service *service)
{
    static const char why[] = "the documents that the options give are not in force";

    sla__answer_everything(service, SLA_ERR_STATE, why);
    sla__forget_give_up(service, SLA_ERR_STATE, why);
}

/* Nothing is left to write, and nothing can be handed over. */
static bool is_done(sla_service *service)
{
    return atomic_load(&service->unanswered) == 0 && service->units_first == NULL &&
           !sla__inbox_waits(service) && !sla__forget_waits(service) && service->adopting == NULL &&
           !sla__marks_wait(service) &&
           (service->gathering == NULL || sla__unit_is_empty(service->gathering)) &&
           !service->has_stuck && !sla__deliver_waits(service) && !sla__outbox_waits(service);
}

static void stopped(sla_service *service)
{
    service->releasing = false;
    service->state = SLA_SERVICE_STOPPED;
    sla__log(service, SLA__LOG_STOPPED, "units=%llu", (unsigned long long)service->unit_number);
}

/* From here on nothing is written: what a consumer acknowledges now comes again. */
static void release(sla_service *service)
{
    const uint64_t number = sla__ask_next(service);
    sla_store *const store = service->store;

    if (!service->releasing)
        service->release_by = sla__later(service->pace, RELEASE_WITHIN);
    service->releasing = true;
    if (!service->release.asked && sla__may_ask(service))
        sla__ask_made(service, &service->release, SLA__ASK_RELEASE, service,
                      store->ops->release(store, number));
    if (service->pace >= service->release_by)
        stopped(service);
}

void sla__stop_released(sla_service *service, const sla_store_done *done)
{
    if (done->result != SLA_ERR_STORE)
        service->released = true;
}

/* Somebody else has the store, and what waits here can go there. */
static void stop_unopened(sla_service *service)
{
    sla__answer_everything(service, SLA_ERR_BUSY, "another service holds the store");
    sla__forget_give_up(service, SLA_ERR_BUSY, "another service holds the store");
    stopped(service);
}

void sla__stop_round(sla_service *service)
{
    if (!sla__stopping(service) || service->state == SLA_SERVICE_STOPPED)
        return;
    if (service->state == SLA_SERVICE_LOADING && service->fatal == 0) {
        if (service->store_held)
            stop_unopened(service);
        return;
    }
    service->state = SLA_SERVICE_STOPPING;
    if (sla__world_lacks(service))
        give_back(service);
    if (service->fatal != 0 || service->released)
        stopped(service);
    else if (service->releasing || is_done(service))
        release(service);
    else if (sla__marks_wait(service) && service->unit_count == 0)
        service->again = true; /* nothing comes any more that could take them along */
}
