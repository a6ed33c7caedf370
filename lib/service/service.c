/*
 * service.c - the service as a whole: made, stopped, looked into, freed.
 */
#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "base/options.h"
#include "service/log.h"
#include "service/parts.h"

/* ------------------------------------------------------------------------ new */

static void set_defaults(sla_service_options *options)
{
    if (options->queue_max == 0)
        options->queue_max = 65536;
    if (options->units_max == 0)
        options->units_max = 4;
    if (options->keep == 0)
        options->keep = SLA_HOUR;
    if (options->sleep_max == 0)
        options->sleep_max = SLA_MINUTE;
    if (options->audit_every == 0)
        options->audit_every = SLA_MINUTE;
    if (options->step_allowed == 0)
        options->step_allowed = SLA_MINUTE;
    if (options->apart_allowed == 0)
        options->apart_allowed = SLA_MINUTE;
}

/* Whether each document is well formed by itself; what they ask for of others may
 * be on the record. */
static int check_document(const sla_document *document, sla_policies *policies, sla_error *error);

static int check_documents(sla_service *service, sla_error *error)
{
    const sla_service_options *options = &service->options;
    sla_policies *policies;
    int result = sla_policies_new(&service->allocator, &policies);

    if (result != SLA_OK)
        return result;
    for (size_t i = 0; i < options->document_count && result == SLA_OK; i++)
        result = check_document(&options->documents[i], policies, error);
    sla_policies_unref(policies);
    return result;
}

static int check_document(const sla_document *document, sla_policies *policies, sla_error *error)
{
    char source[128];
    const size_t length =
        document->source.length < sizeof source ? document->source.length : sizeof source - 1;
    sla_calendar *calendar;
    bool is_calendar;
    int result = sla__document_is_calendar(document, &is_calendar, error);

    if (length > 0)
        memcpy(source, document->source.data, length);
    source[length] = '\0';
    if (result != SLA_OK)
        return result;
    if (!is_calendar)
        return sla_policies_add(policies, document->text.data, document->text.length, source,
                                error);
    result = sla_calendar_parse(document->text.data, document->text.length, source, NULL, &calendar,
                                error);
    if (result == SLA_OK)
        sla_calendar_unref(calendar);
    return result;
}

static int keep_documents(sla_service *service, sla_error *error)
{
    const sla_service_options *options = &service->options;
    const sla_stored_world world = {0, 0, options->documents, options->document_count};
    const int result = check_documents(service, error);

    if (result != SLA_OK || options->document_count == 0)
        return result;
    service->wished = sla__keep_world(&service->allocator, &world);
    return service->wished != NULL ? SLA_OK : SLA_ERR_NOMEM;
}

static int init_locks(sla_service *service)
{
    if (pthread_mutex_init(&service->lock, NULL) != 0)
        return SLA_ERR_NOMEM;
    if (pthread_cond_init(&service->answered, NULL) != 0) {
        pthread_mutex_destroy(&service->lock);
        return SLA_ERR_NOMEM;
    }
    return SLA_OK;
}

static int make(sla_service *service, const sla_service_options *options, sla_error *error)
{
    int result;

    service->options = *options;
    service->allocator = sla__allocator_or_default(options->allocator);
    service->options.allocator = NULL;
    set_defaults(&service->options);
    sla__restings_init(&service->restings);
    service->store = options->store;
    service->loop = pthread_self();
    service->decided_at = service->marks_at = SLA_NEVER;
    service->until = options->clock.now(options->clock.context);
    service->published.oldest_unacknowledged = service->published.next_at = SLA_NEVER;
    atomic_init(&service->unanswered, 0);
    atomic_init(&service->stopping, false);
    atomic_init(&service->crowded, 0);
    memcpy(service->incarnation, options->incarnation, sizeof service->incarnation);
    result = keep_documents(service, error);
    if (result == SLA_OK)
        result = init_locks(service);
    if (result != SLA_OK)
        sla__free(&service->allocator, service->wished);
    return result;
}

static int check_options(const sla_service_options *options, sla_error *error)
{
    const struct {
        const char *name;
        sla_duration span;
    } spans[] = {{"keep", options->keep},
                 {"sleep_max", options->sleep_max},
                 {"audit_every", options->audit_every},
                 {"step_allowed", options->step_allowed},
                 {"apart_allowed", options->apart_allowed}};
    const char *const why = sla__allocator_why_not(options->allocator);

    if (why != NULL)
        return sla__error_set(error, SLA_ERR_ARGUMENT, "", "%s", why);
    if (options->store == NULL)
        return sla__error_set(error, SLA_ERR_ARGUMENT, "", "store is NULL");
    if (options->clock.now == NULL)
        return sla__error_set(error, SLA_ERR_ARGUMENT, "", "clock.now is NULL");
    if (options->incarnation[0] == 0 && options->incarnation[1] == 0)
        return sla__error_set(error, SLA_ERR_ARGUMENT, "",
                              "incarnation is 0: give 128 random bits, new for each service");
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        if (spans[i].span < 0)
            return sla__error_set(error, SLA_ERR_ARGUMENT, "", "%s is below 0", spans[i].name);
    }
    return sla__documents_check(options->documents, options->document_count, error);
}

static int make_checked(const sla_service_options *options, sla_service **service_out,
                        sla_error *error)
{
    const sla_allocator allocator = sla__allocator_or_default(options->allocator);
    sla_service *service;
    int result = check_options(options, error);

    if (result != SLA_OK)
        return result;
    service = sla__new(&allocator, 1, sizeof *service);
    result = service != NULL ? make(service, options, error) : SLA_ERR_NOMEM;
    if (result != SLA_OK)
        sla__free(&allocator, service);
    else
        *service_out = service;
    return result;
}

int sla_service_new(const sla_service_options *options, sla_service **service_out, sla_error *error)
{
    sla_service_options given = SLA_SERVICE_OPTIONS_INIT;
    const char *why;
    int result = SLA_ERR_ARGUMENT;

    sla__error_clear(error);
    if (options == NULL)
        return sla__error_set(error, result, "", "options is NULL");
    why = sla__options_read(&given, sizeof given, SLA__SERVICE_OPTIONS_LEAST, options);
    if (service_out == NULL)
        why = "service_out is NULL";
    result = why == NULL ? make_checked(&given, service_out, error)
                         : sla__error_set(error, result, "", "%s", why);
    if (result != SLA_OK && options->store != NULL)
        options->store->ops->close(options->store);
    return result == SLA_OK ? SLA_OK
                            : sla__error_set(error, result, "", "%s", sla_result_text(result));
}

/* ------------------------------------------------------------------ stop, free */

void sla_service_stop(sla_service *service)
{
    const sla_clock_hook *clock;

    if (service == NULL)
        return;
    clock = &service->options.clock;
    atomic_store(&service->stopping, true);
    if (clock->wake != NULL)
        clock->wake(clock->context);
}

bool sla__stopping(const sla_service *service)
{
    return atomic_load(&service->stopping);
}

/* Threads that wait for an answer go first: it will not come. */
static void let_threads_go(sla_service *service)
{
    pthread_mutex_lock(&service->lock);
    service->closing = true;
    pthread_cond_broadcast(&service->answered);
    while (service->blocked > 0)
        pthread_cond_wait(&service->answered, &service->lock);
    pthread_mutex_unlock(&service->lock);
}

static void free_units(sla_service *service)
{
    while (service->units_first != NULL) {
        sla__writing *const next = service->units_first->next;

        sla__unit_free(service, service->units_first);
        service->units_first = next;
    }
    if (service->gathering != NULL)
        sla__unit_free(service, service->gathering);
}

void sla_service_free(sla_service *service)
{
    const sla_allocator *allocator;
    sla_allocator own;
    sla__arrival *arrival;

    if (service == NULL)
        return;
    assert(!service->in_run);
    own = service->allocator;
    allocator = &own;
    let_threads_go(service);
    service->store->ops->close(service->store);
    free_units(service);
    while ((arrival = sla__arrivals_take(&service->inbox)) != NULL)
        sla__arrival_free(service, arrival);
    sla__forget_fini(service);
    sla__lines_fini(service);
    sla__restings_fini(service);
    for (size_t i = 0; i < service->subscriber_count; i++)
        sla__subscriber_free(service, service->subscribers[i]);
    sla__known_fini(service);
    sla__adoption_free(&service->allocator, service->wanted);
    sla__adoption_free(&service->allocator, service->adopting);
    sla__documents_fini(allocator, &service->documents);
    sla_engine_free(service->engine);
    pthread_cond_destroy(&service->answered);
    pthread_mutex_destroy(&service->lock);
    sla__free(allocator, service->subscribers);
    sla__free(allocator, service->receipts);
    sla__free(allocator, service->wished);
    sla__free(allocator, service->pack);
    sla__free(allocator, service);
}

/* ------------------------------------------------------------------ looking in */

size_t sla_service_waits(const sla_service *service, sla_wait *waits, size_t capacity)
{
    if (service->state == SLA_SERVICE_STOPPED)
        return 0;
    return service->store->ops->waits(service->store, waits, capacity);
}

sla_time sla_service_until(const sla_service *service)
{
    return service->until;
}

sla_service_state sla_service_get_state(const sla_service *service)
{
    if (service->state == SLA_SERVICE_LIVE && service->wishing)
        return SLA_SERVICE_LOADING;
    if (service->state == SLA_SERVICE_LIVE && service->held)
        return SLA_SERVICE_HELD;
    return service->state;
}

const sla_engine *sla_service_engine(const sla_service *service)
{
    return service->engine;
}
