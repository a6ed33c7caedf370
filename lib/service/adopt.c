/*
 * adopt.c - documents come into force (rule 29): wanted by any thread, written as a
 * fact of the world when everything decided before is on the record, followed by the
 * engine, and told to whoever wanted them.
 */
#include <string.h>

#include "base/error.h"
#include "service/log.h"
#include "service/parts.h"

/* With somebody to be told, or a service that waits for it, also what changes nothing
 * has its turn. */
static int prepare(sla_service *service, const sla_document *documents, size_t count,
                   sla_adopted done, void *context, sla_error *error)
{
    int result = sla__world_prepare(service, documents, count, &service->wanted, error);

    if (result == SLA_OK && service->wanted == NULL && (done != NULL || service->wishing)) {
        service->wanted = sla__new(&service->allocator, 1, sizeof *service->wanted);
        result = service->wanted != NULL ? SLA_OK : SLA_ERR_NOMEM;
    }
    if (result != SLA_OK || service->wanted == NULL)
        return result;
    service->wanted->done = done;
    service->wanted->context = context;
    return SLA_OK;
}

int sla_service_adopt(sla_service *service, const sla_document *documents, size_t count,
                      sla_adopted done, void *context, sla_error *error)
{
    const sla_clock_hook *clock;
    int result;

    sla__error_clear(error);
    if (service == NULL)
        return sla__error_set(error, SLA_ERR_ARGUMENT, "", "service is NULL");
    result = sla__documents_check(documents, count, error);
    if (result != SLA_OK)
        return result;
    if (sla__stopping(service))
        return sla__error_set(error, SLA_ERR_STATE, "", "the service is stopping");
    pthread_mutex_lock(&service->lock);
    if (sla__stopping(service))
        result = sla__error_set(error, SLA_ERR_STATE, "", "the service is stopping");
    else if (atomic_load(&service->fatal) != 0)
        result = sla__error_set(error, atomic_load(&service->fatal), "", "%s",
                                sla_result_text(atomic_load(&service->fatal)));
    else if (!service->opened || service->wanted != NULL || service->adopting != NULL)
        result = sla__error_set(error, SLA_ERR_BUSY, "",
                                "the service loads, or other documents are being adopted");
    else
        result = prepare(service, documents, count, done, context, error);
    pthread_mutex_unlock(&service->lock);
    clock = &service->options.clock;
    if (result == SLA_OK && clock->wake != NULL)
        clock->wake(clock->context);
    return result;
}

bool sla__world_lacks(const sla_service *service)
{
    return service->wishing && service->adopting == NULL;
}

void sla__world_failed(sla_service *service, int result, const sla_error *error)
{
    sla_error *const kept = &service->adoption;
    char why[sizeof kept->text];

    sla__error_clear(kept);
    if (error != NULL && error->code != SLA_OK)
        *kept = *error;
    sla__error_set(kept, result, "", "documents did not come into force: %s",
                   sla_result_text(result));
    memcpy(why, kept->text, sizeof why);
    for (char *quote = why; (quote = strchr(quote, '"')) != NULL;)
        *quote = '\''; /* in quotes in the log */
    sla__log(service, SLA__LOG_ADOPTION_FAILED, "result=%s pointer=%s why=\"%s\"",
             sla_result_name(result), kept->pointer, why);
}

/* Everything decided before is on its way and has arrived. */
static bool all_written(const sla_service *service)
{
    return service->units_first == NULL &&
           (service->gathering == NULL || sla__unit_is_empty(service->gathering));
}

static void write_world(sla_service *service)
{
    sla__adoption *const adoption = service->adopting;
    sla_stored_world *const world = &adoption->world->stored;

    if (service->decided_at == SLA_NEVER || service->decided_at < service->now)
        service->decided_at = service->now;
    world->number = service->worlds + 1;
    world->adopted_at = adoption->at = service->decided_at;
    if (sla__unit_append_world(service, adoption->world)) {
        adoption->world = NULL;
        adoption->sent = true;
    }
}

/* Whoever asked for it is told last: he may adopt others. */
static void finish(sla_service *service, int result)
{
    sla__adoption *const adoption = service->adopting;
    const sla_adopted done = adoption->done;
    void *const context = adoption->context;
    sla_error error;

    pthread_mutex_lock(&service->lock);
    service->adopting = NULL;
    service->wishing = service->wishing && result != SLA_OK;
    pthread_mutex_unlock(&service->lock);
    sla__adoption_free(&service->allocator, adoption);
    if (result == SLA_OK)
        service->adoption.code = SLA_OK;
    sla__error_clear(&error);
    if (result != SLA_OK)
        sla__error_set(&error, result, "", "%s", sla_result_text(result));
    if (done != NULL)
        done(context, result, &error);
}

/* The engine has checked nothing yet that could fail but memory; if it does all
 * the same, what is on the record and what is in memory have parted. */
static bool enter(sla_service *service)
{
    const int result = sla__world_enter(service, service->adopting, service->adopting->at, NULL);

    if (result == SLA_ERR_NOMEM)
        return sla__starve(service);
    if (result != SLA_OK) {
        sla__world_failed(service, result, NULL);
        sla__give_up_for(service, result, "documents on the record do not come into force");
    } else {
        sla__restings_stir(service);
        sla__log(service, SLA__LOG_ADOPTED, "world=%u documents=%zu", (unsigned)service->worlds,
                 service->documents.count);
    }
    finish(service, result);
    return true;
}

static bool take_wanted(sla_service *service)
{
    pthread_mutex_lock(&service->lock);
    if (service->adopting == NULL) {
        service->adopting = service->wanted;
        service->wanted = NULL;
    }
    pthread_mutex_unlock(&service->lock);
    return service->adopting != NULL;
}

static bool changes_nothing(const sla__adoption *adoption)
{
    return adoption->world == NULL && !adoption->sent;
}

bool sla__world_round(sla_service *service)
{
    if (!take_wanted(service))
        return sla__world_lacks(service);
    if (changes_nothing(service->adopting)) {
        finish(service, SLA_OK);
        return false;
    }
    if (service->adopting->written)
        return !enter(service);
    if (!service->adopting->sent && all_written(service))
        write_world(service);
    return true;
}

void sla__world_give_up(sla_service *service, int result)
{
    while (take_wanted(service))
        finish(service, result);
}

void sla__world_written(sla_service *service, int result)
{
    if (service->adopting == NULL)
        return; /* given up */
    if (result == SLA_OK) {
        service->adopting->written = true;
        return;
    }
    sla__world_failed(service, result, NULL);
    finish(service, result);
}
