/*
 * outbox.c - consumers come, and read from the outbox what is not in memory: what
 * was told before they were known here, and what they were too slow for.
 */
#include <string.h>

#include "base/json.h"
#include "base/options.h"
#include "service/parts.h"

/* ------------------------------------------------------------- what is on record */

static sla__known_consumer *find_known(const sla_service *service, const char *name, size_t length)
{
    for (size_t i = 0; i < service->known_count; i++) {
        sla__known_consumer *const known = &service->known[i];

        if (strlen(known->name) == length && memcmp(known->name, name, length) == 0)
            return known;
    }
    return NULL;
}

static sla__known_consumer *add_known(sla_service *service, sla_string name)
{
    sla__known_consumer *known;

    if (name.length > SLA_NAME_MAX ||
        !sla__grow(&service->allocator, (void **)&service->known, &service->known_capacity,
                   service->known_count + 1, sizeof *service->known))
        return NULL;
    known = &service->known[service->known_count++];
    memset(known, 0, sizeof *known);
    memcpy(known->name, name.data, name.length);
    return known;
}

bool sla__mark_came(sla_service *service, const sla_stored_mark *mark)
{
    sla__known_consumer *known = find_known(service, mark->consumer.data, mark->consumer.length);

    if (known == NULL)
        known = add_known(service, mark->consumer);
    if (known == NULL || !sla__grow(&service->allocator, (void **)&known->numbers, &known->capacity,
                                    known->count + 1, sizeof *known->numbers))
        return sla__starve(service);
    if (known->through < mark->through)
        known->through = mark->through;
    if (mark->number > mark->through)
        known->numbers[known->count++] = mark->number;
    return true;
}

const char *sla__known_ahead(const sla_service *service, uint64_t events)
{
    for (size_t i = 0; i < service->known_count; i++) {
        const sla__known_consumer *const known = &service->known[i];
        uint64_t highest = known->through;

        for (size_t k = 0; k < known->count; k++)
            highest = known->numbers[k] > highest ? known->numbers[k] : highest;
        if (highest > events)
            return known->name;
    }
    return NULL;
}

void sla__known_fini(sla_service *service)
{
    for (size_t i = 0; i < service->known_count; i++)
        sla__free(&service->allocator, service->known[i].numbers);
    sla__free(&service->allocator, service->known);
    service->known = NULL;
    service->known_count = service->known_capacity = 0;
}

/* -------------------------------------------------------------------- subscribing */

/* A name that is known goes on where it was; a new one begins with what is told
 * from now on. */
void sla__subscriber_begin(sla_service *service, sla__subscriber *subscriber)
{
    sla__known_consumer *const known =
        find_known(service, subscriber->name, strlen(subscriber->name));

    subscriber->begun = true;
    subscriber->taken = service->settled;
    if (known == NULL)
        return;
    subscriber->known = true;
    subscriber->taken = known->through;
    subscriber->behind = known->through < service->settled;
    subscriber->before = known->numbers;
    subscriber->before_count = known->count;
    *known = service->known[--service->known_count];
}

static int check_consumer(const sla_service *service, const sla_consumer *consumer)
{
    if (consumer->handler == NULL || consumer->name == NULL ||
        !sla__is_name(consumer->name, strlen(consumer->name)) || consumer->redeliver_after < 0)
        return SLA_ERR_ARGUMENT;
    for (size_t i = 0; i < service->subscriber_count; i++) {
        if (strcmp(service->subscribers[i]->name, consumer->name) == 0)
            return SLA_ERR_EXISTS;
    }
    return SLA_OK;
}

static void fill(sla__subscriber *subscriber, const sla_consumer *consumer)
{
    memcpy(subscriber->name, consumer->name, strlen(consumer->name));
    subscriber->handler = consumer->handler;
    subscriber->context = consumer->context;
    subscriber->max_in_flight = consumer->max_in_flight != 0 ? consumer->max_in_flight : 1000;
    subscriber->redeliver_after =
        consumer->redeliver_after != 0 ? consumer->redeliver_after : SLA_MINUTE;
    atomic_init(&subscriber->handed, 0);
}

static bool add(sla_service *service, sla__subscriber *subscriber)
{
    bool added;

    pthread_mutex_lock(&service->lock);
    added = sla__grow(&service->allocator, (void **)&service->subscribers,
                      &service->subscriber_capacity, service->subscriber_count + 1,
                      sizeof(sla__subscriber *));
    if (added)
        service->subscribers[service->subscriber_count++] = subscriber;
    pthread_mutex_unlock(&service->lock);
    return added;
}

int sla_service_subscribe(sla_service *service, const sla_consumer *consumer)
{
    sla_consumer given = SLA_CONSUMER_INIT;
    const sla_clock_hook *clock;
    sla__subscriber *subscriber;
    int result = SLA_ERR_ARGUMENT;

    if (service != NULL && consumer != NULL &&
        sla__options_read(&given, sizeof given, offsetof(sla_consumer, max_in_flight), consumer) ==
            NULL)
        result = check_consumer(service, &given);
    if (result == SLA_OK && service->state == SLA_SERVICE_STOPPED)
        result = SLA_ERR_STATE;
    if (result != SLA_OK)
        return result;
    subscriber = sla__new(&service->allocator, 1, sizeof *subscriber);
    if (subscriber == NULL)
        return SLA_ERR_NOMEM;
    fill(subscriber, &given);
    sla__timers_init(&subscriber->again, sla__delivery_number, subscriber);
    if (!add(service, subscriber)) {
        sla__free(&service->allocator, subscriber);
        return SLA_ERR_NOMEM;
    }
    if (service->opened)
        sla__subscriber_begin(service, subscriber);
    clock = &service->options.clock;
    if (clock->wake != NULL)
        clock->wake(clock->context);
    return SLA_OK;
}

void sla__subscriber_free(sla_service *service, sla__subscriber *subscriber)
{
    const sla_allocator *allocator = &service->allocator;

    for (size_t i = 0; i < subscriber->slot_count; i++) {
        if (subscriber->slots[i].event != NULL)
            sla__outgoing_release(service, subscriber->slots[i].event);
    }
    sla__map_fini(&subscriber->tails, allocator);
    sla__map_fini(&subscriber->numbers, allocator);
    sla__timers_fini(&subscriber->again, allocator);
    sla__free(allocator, subscriber->slots);
    sla__free(allocator, subscriber->acknowledged);
    sla__free(allocator, subscriber->before);
    sla__free(allocator, subscriber);
}

/* ------------------------------------------------------------------------- pages */

static void ask_for_page(sla_service *service, sla__subscriber *subscriber)
{
    const sla_store_ops *ops = service->store->ops;
    const uint64_t number = sla__ask_next(service);

    subscriber->page_failed = subscriber->page_ends = false;
    subscriber->page_count = 0;
    sla__ask_made(service, &subscriber->ask, SLA__ASK_OUTBOX, subscriber,
                  ops->outbox(service->store, subscriber->taken, SLA__OUTBOX_PAGE, number));
}

/* There is more for it, and room in memory. */
static bool wants_page(const sla__subscriber *subscriber)
{
    return subscriber->behind && subscriber->held <= subscriber->max_in_flight;
}

bool sla__outbox_waits(const sla_service *service)
{
    for (size_t i = 0; i < service->subscriber_count; i++) {
        if (wants_page(service->subscribers[i]))
            return true;
    }
    return false;
}

void sla__outbox_round(sla_service *service)
{
    for (size_t i = 0; i < service->subscriber_count; i++) {
        sla__subscriber *const subscriber = service->subscribers[i];

        if (wants_page(subscriber) && !subscriber->ask.asked && sla__may_ask(service))
            ask_for_page(service, subscriber);
    }
}

static bool was_acknowledged(const sla__subscriber *subscriber, uint64_t number)
{
    for (size_t i = 0; i < subscriber->before_count; i++) {
        if (subscriber->before[i] == number)
            return true;
    }
    return false;
}

static bool keep(sla_service *service, sla__subscriber *subscriber, const sla_stored_event *event)
{
    sla__outgoing *const kept = sla__outgoing_make(service, event);
    bool appended;

    if (kept == NULL)
        return false;
    appended = sla__deliver_append(service, subscriber, kept);
    sla__outgoing_release(service, kept);
    return appended;
}

/* What is not settled here yet comes when it is. */
void sla__outbox_event_came(sla_service *service, sla__subscriber *subscriber,
                            const sla_stored_event *event)
{
    subscriber->page_count++;
    subscriber->page_ends |= event->number >= service->settled;
    if (subscriber->page_failed || event->number > service->settled)
        return;
    if (was_acknowledged(subscriber, event->number))
        subscriber->taken = event->number;
    else if (!keep(service, subscriber, event))
        subscriber->page_failed = true;
}

void sla__outbox_done(sla_service *service, sla__subscriber *subscriber, const sla_store_done *done)
{
    if (subscriber->page_failed)
        sla__starve(service);
    if (done->result != SLA_OK && done->result != SLA_ERR_STORE)
        sla__store_lost(service, done->result, done->error->text); /* not at once again */
    if (done->result != SLA_OK || subscriber->page_failed)
        return;
    if (subscriber->page_count < SLA__OUTBOX_PAGE || subscriber->page_ends)
        subscriber->taken = service->settled;
    if (subscriber->taken < service->settled)
        return;
    subscriber->behind = false;
    sla__free(&service->allocator, subscriber->before);
    subscriber->before = NULL;
    subscriber->before_count = 0;
}
