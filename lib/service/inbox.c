/*
 * inbox.c - facts from any thread: copied, counted, queued; and their recorders
 * answered on the loop's thread.
 */
#include <string.h>

#include "base/error.h"
#include "service/parts.h"

/* -------------------------------------------------------------------- queues */

void sla__arrivals_put(sla__arrivals *queue, sla__arrival *arrival)
{
    arrival->next = NULL;
    if (queue->last != NULL)
        queue->last->next = arrival;
    else
        queue->first = arrival;
    queue->last = arrival;
    queue->count++;
}

sla__arrival *sla__arrivals_take(sla__arrivals *queue)
{
    sla__arrival *const arrival = queue->first;

    if (arrival == NULL)
        return NULL;
    queue->first = arrival->next;
    if (queue->first == NULL)
        queue->last = NULL;
    queue->count--;
    return arrival;
}

void sla__arrivals_join_front(sla__arrivals *queue, sla__arrivals *front)
{
    if (front->first == NULL)
        return;
    front->last->next = queue->first;
    if (queue->last == NULL)
        queue->last = front->last;
    queue->first = front->first;
    queue->count += front->count;
    memset(front, 0, sizeof *front);
}

/* ------------------------------------------------------------------ answering */

void sla__arrival_free(sla_service *service, sla__arrival *arrival)
{
    sla__free(&service->allocator, arrival);
    atomic_fetch_sub(&service->unanswered, 1);
}

void sla__answer(sla_service *service, sla__arrival *arrival, int result, const sla_error *error)
{
    sla_error none;

    sla__error_clear(&none);
    if (error == NULL) {
        error = &none;
        if (result < 0)
            sla__error_set(&none, result, "", "%s", sla_result_text(result));
    }
    if (result < 0) { /* what the engine had answered is not on the record */
        memset(&arrival->answer, 0, sizeof arrival->answer);
        service->refused++;
    } else {
        service->facts += result == SLA_OK;
    }
    if (arrival->done != NULL)
        arrival->done(arrival->context, result, &arrival->answer, error);
    sla__arrival_free(service, arrival);
}

void sla__answer_all(sla_service *service, sla__arrivals *queue, int result, const char *text)
{
    sla__arrival *arrival;
    sla_error error;

    sla__error_clear(&error);
    sla__error_set(&error, result, "", "%s", text);
    while ((arrival = sla__arrivals_take(queue)) != NULL)
        sla__answer(service, arrival, result, &error);
}

/* ------------------------------------------------------------------ any thread */

sla__arrival *sla__arrival_new(sla_service *service, const sla_stored_fact *fact, sla_recorded done,
                               void *context)
{
    sla__arrival *const arrival = sla__keep_fact_behind(&service->allocator, sizeof *arrival, fact);

    if (arrival == NULL)
        return NULL;
    arrival->kept = (sla__kept_fact *)(void *)(arrival + 1);
    arrival->done = done;
    arrival->context = context;
    return arrival;
}

/* Counted before it is queued, so that the limit holds whoever comes together. */
static int admit(sla_service *service)
{
    if (atomic_fetch_add(&service->unanswered, 1) < service->options.queue_max)
        return SLA_OK;
    atomic_fetch_sub(&service->unanswered, 1);
    return SLA_ERR_BUSY;
}

static int put(sla_service *service, sla__arrival *arrival, bool *first_out)
{
    int result = SLA_OK;

    pthread_mutex_lock(&service->lock);
    *first_out = service->inbox.first == NULL;
    if (sla__stopping(service) || service->closing)
        result = SLA_ERR_STATE;
    else
        sla__arrivals_put(&service->inbox, arrival);
    arrival->number = ++service->queued;
    pthread_mutex_unlock(&service->lock);
    return result;
}

int sla_service_record(sla_service *service, const sla_fact *fact, sla_recorded done, void *context)
{
    const sla_stored_fact stored = {fact, 0, 0, 0};
    const sla_clock_hook *clock;
    sla__arrival *arrival;
    bool first;
    int result;

    if (service == NULL || fact == NULL)
        return SLA_ERR_ARGUMENT;
    if (sla__stopping(service))
        return SLA_ERR_STATE;
    clock = &service->options.clock;
    result = admit(service);
    if (result != SLA_OK)
        return result;
    arrival = sla__arrival_new(service, &stored, done, context);
    if (arrival == NULL) {
        atomic_fetch_sub(&service->unanswered, 1);
        return SLA_ERR_NOMEM;
    }
    result = put(service, arrival, &first);
    if (result != SLA_OK)
        sla__arrival_free(service, arrival);
    else if (first && clock->wake != NULL)
        clock->wake(clock->context);
    return result;
}

/* ---------------------------------------------------------------- and waiting */

/* A thread that waits; on its own stack. */
typedef struct waiter {
    sla_service *service;
    bool answered;
    int result;
    sla_answer *answer;
    sla_error *error;
} waiter;

static void wake_waiter(void *context, int result, const sla_answer *answer, const sla_error *error)
{
    waiter *const waiting = context;
    sla_service *const service = waiting->service;

    pthread_mutex_lock(&service->lock);
    waiting->result = result;
    if (waiting->answer != NULL)
        *waiting->answer = *answer;
    if (waiting->error != NULL)
        *waiting->error = *error;
    waiting->answered = true;
    pthread_cond_broadcast(&service->answered);
    pthread_mutex_unlock(&service->lock);
}

/* The service may be freed by another thread meanwhile: it waits for `blocked` to
 * go, and what was recorded will not come. */
static int wait_for(sla_service *service, waiter *waiting)
{
    int result;

    pthread_mutex_lock(&service->lock);
    while (!waiting->answered && !service->closing)
        pthread_cond_wait(&service->answered, &service->lock);
    result = waiting->answered
                 ? waiting->result
                 : sla__error_set(waiting->error, SLA_ERR_STATE, "",
                                  "the service went before the answer came; record the fact again "
                                  "under its id");
    service->blocked--;
    pthread_cond_broadcast(&service->answered);
    pthread_mutex_unlock(&service->lock);
    return result;
}

/* False: the service stops, or goes. */
static bool wait_for_room(sla_service *service)
{
    bool goes_on;

    pthread_mutex_lock(&service->lock);
    atomic_fetch_add(&service->crowded, 1); /* before the look: a round after it tells us */
    while (atomic_load(&service->unanswered) >= service->options.queue_max &&
           !sla__stopping(service) && !service->closing)
        pthread_cond_wait(&service->answered, &service->lock);
    atomic_fetch_sub(&service->crowded, 1);
    goes_on = !sla__stopping(service) && !service->closing;
    pthread_mutex_unlock(&service->lock);
    return goes_on;
}

void sla__room_round(sla_service *service)
{
    if (atomic_load(&service->crowded) == 0)
        return;
    pthread_mutex_lock(&service->lock);
    pthread_cond_broadcast(&service->answered);
    pthread_mutex_unlock(&service->lock);
}

int sla_service_record_wait(sla_service *service, const sla_fact *fact, sla_answer *answer,
                            sla_error *error)
{
    waiter waiting = {service, false, SLA_OK, answer, error};
    bool is_loop;
    int result;

    sla__error_clear(error);
    if (service == NULL || fact == NULL)
        return sla__error_set(error, SLA_ERR_ARGUMENT, "",
                              service == NULL ? "service is NULL" : "fact is NULL");
    if (sla__stopping(service))
        return sla__error_set(error, SLA_ERR_STATE, "", "the service is stopping");
    pthread_mutex_lock(&service->lock);
    is_loop = pthread_equal(service->loop, pthread_self()) != 0;
    service->blocked += !is_loop;
    pthread_mutex_unlock(&service->lock);
    if (is_loop)
        return sla__error_set(error, SLA_ERR_STATE, "",
                              "the loop's thread cannot wait for itself; use sla_service_record");
    do
        result = sla_service_record(service, fact, wake_waiter, &waiting);
    while (result == SLA_ERR_BUSY && wait_for_room(service));
    if (result == SLA_OK)
        return wait_for(service, &waiting);
    pthread_mutex_lock(&service->lock);
    service->blocked--;
    pthread_cond_broadcast(&service->answered);
    pthread_mutex_unlock(&service->lock);
    if (result == SLA_ERR_BUSY || result == SLA_ERR_STATE) /* no room, and there will be none */
        return sla__error_set(error, SLA_ERR_STATE, "",
                              "the service stops or goes, and has not taken the fact");
    return sla__error_set(error, result, "", "%s", sla_result_text(result));
}
