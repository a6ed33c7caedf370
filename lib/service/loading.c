/*
 * loading.c - what the store holds comes into memory: worlds in order, marks,
 * tickets.  What fails on the way is thrown away whole and asked for again.
 */
#include <stdio.h>
#include <string.h>

#include "service/log.h"
#include "service/parts.h"

static bool begin_anew(sla_service *service)
{
    const sla_engine_options options = {
        .size = sizeof options, .allocator = &service->allocator, .history_in_store = true};

    sla__lines_fini(service);
    sla__restings_fini(service);
    sla__known_fini(service);
    sla_engine_free(service->engine);
    service->engine = NULL;
    pthread_mutex_lock(&service->lock);
    sla__documents_fini(&service->allocator, &service->documents);
    pthread_mutex_unlock(&service->lock);
    service->worlds = service->rules = 0;
    service->leaving_first = service->leaving_last = NULL;
    service->open_result = SLA_OK;
    return sla_engine_new(&options, &service->engine) == SLA_OK || sla__starve(service);
}

void sla__loading_round(sla_service *service)
{
    const sla_store_sink sink = sla__sink(service);
    const uint64_t number = sla__ask_next(service);

    if (service->open.asked || service->pace < service->open_at || !sla__may_ask(service) ||
        !begin_anew(service))
        return;
    sla__ask_made(service, &service->open, SLA__ASK_OPEN, service,
                  service->store->ops->open(service->store, &sink, number));
}

/* ------------------------------------------------------------------- what comes */

static void failed(sla_service *service, int result)
{
    if (result != SLA_OK && service->open_result == SLA_OK)
        service->open_result = result;
}

void sla__loading_world_came(sla_service *service, const sla_stored_world *world)
{
    sla__adoption *adoption = NULL;
    int result;

    if (service->open_result != SLA_OK)
        return;
    pthread_mutex_lock(&service->lock);
    result = sla__world_prepare(service, world->documents, world->count, &adoption, NULL);
    pthread_mutex_unlock(&service->lock);
    if (result == SLA_OK && adoption == NULL)
        result = SLA_ERR_STATE; /* a world that changes nothing was never written */
    if (result == SLA_OK)
        result = sla__world_enter(service, adoption, world->adopted_at, NULL);
    sla__adoption_free(&service->allocator, adoption);
    failed(service, result);
}

void sla__loading_mark_came(sla_service *service, const sla_stored_mark *mark)
{
    if (service->open_result == SLA_OK && !sla__mark_came(service, mark))
        failed(service, SLA_ERR_NOMEM);
}

void sla__loading_ticket_came(sla_service *service, const sla_stored_ticket *ticket)
{
    if (service->open_result == SLA_OK && !sla__resting_put(service, ticket))
        failed(service, SLA_ERR_NOMEM);
}

/* -------------------------------------------------------------------- the end */

/* The documents given to sla_service_new, where they are not in force. */
static int wish(sla_service *service, sla_error *error)
{
    int result = SLA_OK;

    pthread_mutex_lock(&service->lock);
    if (service->wished != NULL)
        result = sla__world_prepare(service, service->wished->stored.documents,
                                    service->wished->stored.count, &service->wanted, error);
    service->wishing = service->wanted != NULL || result != SLA_OK;
    service->opened = result != SLA_ERR_NOMEM;
    pthread_mutex_unlock(&service->lock);
    return result;
}

static void loaded(sla_service *service, const sla_store_done *done)
{
    sla_error error;
    const int result = sla__restings_ready(service) ? wish(service, &error) : SLA_ERR_NOMEM;

    if (result == SLA_ERR_NOMEM) {
        sla__starve(service);
        return;
    }
    if (result != SLA_OK)
        sla__world_failed(service, result, &error);
    service->settled = service->event_number = done->events;
    service->decided_at = done->decided_at;
    service->state = SLA_SERVICE_LIVE;
    sla__host_look(service); /* with what was decided before */
    for (size_t i = 0; i < service->subscriber_count; i++)
        sla__subscriber_begin(service, service->subscribers[i]);
    sla__log(service, SLA__LOG_LOADED, "store=%s tickets=%zu worlds=%u events=%llu",
             service->store->ops->name, service->restings.left, (unsigned)service->worlds,
             (unsigned long long)done->events);
}

/* It is asked again until whoever it is lets go or is gone. */
static void held_by_another(sla_service *service, const char *text)
{
    service->open_at = sla__later(service->pace, SLA_SECOND);
    sla__log_words(service->holder, sizeof service->holder, text);
    if (!service->store_held)
        sla__log(service, SLA__LOG_STORE_HELD, "store=%s by=\"%s\"", service->store->ops->name,
                 service->holder);
    service->store_held = true;
}

/* The words are those of the store, or say what of its content we could not take in. */
static void not_loaded(sla_service *service, int result, const char *text)
{
    if (result == SLA_ERR_NOMEM)
        sla__starve(service);
    else if (result == SLA_ERR_BUSY)
        held_by_another(service, text);
    else if (result != SLA_ERR_STORE)
        sla__give_up_for(service, result, text);
}

/* What it is told next would be taken for acknowledged, and nobody would ever hear of it. */
static bool is_ahead(sla_service *service, const sla_store_done *done)
{
    const char *const name = sla__known_ahead(service, done->events);
    char text[SLA__WORDS_MAX];

    if (name == NULL)
        return false;
    snprintf(text, sizeof text,
             "the consumer %s has acknowledged events above the highest on the record, which is "
             "%llu: set its through and its marks right",
             name, (unsigned long long)done->events);
    sla__give_up_for(service, SLA_ERR_REFUSED, text);
    return true;
}

void sla__loading_done(sla_service *service, const sla_store_done *done)
{
    if (done->result != SLA_ERR_STORE)
        service->store_held = service->store_held && done->result == SLA_ERR_BUSY;
    if (done->result != SLA_OK)
        not_loaded(service, done->result, done->error->text);
    else if (service->open_result != SLA_OK)
        not_loaded(service, service->open_result, "a world on the record does not come into force");
    else if (!is_ahead(service, done))
        loaded(service, done);
}
