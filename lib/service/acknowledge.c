/*
 * acknowledge.c - what consumers have acknowledged: told by their handlers or by
 * any thread, written as delivery marks with the next unit.
 */
#include <string.h>

#include "service/parts.h"

uint32_t sla__number_hash(uint64_t number)
{
    return sla__hash(&number, sizeof number, 0);
}

/* ------------------------------------------------------------------ any thread */

static sla__subscriber *find_subscriber(sla_service *service, const char *name)
{
    for (size_t i = 0; i < service->subscriber_count; i++) {
        if (strcmp(service->subscribers[i]->name, name) == 0)
            return service->subscribers[i];
    }
    return NULL;
}

static int put_receipt(sla_service *service, const char *consumer, uint64_t number)
{
    sla__subscriber *const subscriber =
        consumer != NULL ? find_subscriber(service, consumer) : NULL;

    if (subscriber == NULL || number == 0 || number > atomic_load(&subscriber->handed))
        return SLA_ERR_NOT_FOUND;
    if (!sla__grow(&service->allocator, (void **)&service->receipts, &service->receipt_capacity,
                   service->receipt_count + 1, sizeof *service->receipts))
        return SLA_ERR_NOMEM;
    service->receipts[service->receipt_count++] = (sla__receipt){subscriber, number};
    return SLA_OK;
}

int sla_service_acknowledge(sla_service *service, const char *consumer, uint64_t number)
{
    const sla_clock_hook *clock = &service->options.clock;
    bool first;
    int result;

    pthread_mutex_lock(&service->lock);
    first = service->receipt_count == 0;
    result = put_receipt(service, consumer, number);
    pthread_mutex_unlock(&service->lock);
    if (result == SLA_OK && first && clock->wake != NULL)
        clock->wake(clock->context);
    return result;
}

/* ------------------------------------------------------------- the loop's thread */

static void unlink_by_number(sla__subscriber *subscriber, uint32_t slot, uint64_t number)
{
    const sla__delivery *const delivery = &subscriber->slots[slot];

    if (delivery->before != 0)
        subscriber->slots[delivery->before - 1].after = delivery->after;
    else
        subscriber->first = delivery->after;
    if (delivery->after != 0)
        subscriber->slots[delivery->after - 1].before = delivery->before;
    else
        subscriber->last = delivery->before;
    sla__map_remove(&subscriber->numbers, sla__number_hash(number), slot);
}

void sla__acknowledged(sla_service *service, sla__subscriber *subscriber, uint32_t slot)
{
    sla__delivery *const delivery = &subscriber->slots[slot];
    const uint64_t number = delivery->event->kept->stored.number;

    if (delivery->out) {
        subscriber->out--;
        sla__timers_set(&subscriber->again, slot, SLA_NEVER);
    }
    if (delivery->next_of_ticket != 0)
        sla__make_ready(subscriber, delivery->next_of_ticket - 1);
    else
        sla__map_remove(&subscriber->tails, delivery->ticket_hash, slot);
    unlink_by_number(subscriber, slot, number);
    sla__outgoing_release(service, delivery->event);
    memset(delivery, 0, sizeof *delivery);
    delivery->after = subscriber->free_slot;
    subscriber->free_slot = slot + 1;
    subscriber->held--;
    subscriber->acknowledged[subscriber->acknowledged_count++] = number;
    service->acknowledged++;
}

/* A second time, or before it was ever handed over in this life: nothing. */
static void take_receipt(sla_service *service, const sla__receipt *receipt)
{
    sla__subscriber *const subscriber = receipt->subscriber;
    const uint32_t hash = sla__number_hash(receipt->number);
    size_t cursor = sla__map_start(&subscriber->numbers, hash);
    uint32_t slot;

    while ((slot = sla__map_next(&subscriber->numbers, hash, &cursor)) != SLA__MAP_NONE) {
        if (subscriber->slots[slot].event->kept->stored.number == receipt->number)
            break;
    }
    if (slot == SLA__MAP_NONE || subscriber->slots[slot].attempt == 0)
        return;
    if (subscriber->slots[slot].out)
        sla__acknowledged(service, subscriber, slot);
    else
        subscriber->slots[slot].done = true;
}

/* The list is not changed by anybody else while the lock is held, and taking a
 * receipt calls nobody. */
void sla__receipts_round(sla_service *service)
{
    pthread_mutex_lock(&service->lock);
    for (size_t i = 0; i < service->receipt_count; i++)
        take_receipt(service, &service->receipts[i]);
    service->receipt_count = 0;
    pthread_mutex_unlock(&service->lock);
}

/* --------------------------------------------------------------------- marks */

/* Up to here everything is acknowledged; what was imported counts as that. */
static uint64_t through_of(const sla_service *service, const sla__subscriber *subscriber)
{
    if (subscriber->first != 0)
        return subscriber->slots[subscriber->first - 1].event->kept->stored.number - 1;
    return subscriber->behind || service->settled < subscriber->taken ? subscriber->taken
                                                                      : service->settled;
}

uint64_t sla__acknowledged_through(const sla_service *service)
{
    uint64_t through = service->settled;

    for (size_t i = 0; i < service->subscriber_count; i++) {
        const uint64_t own = through_of(service, service->subscribers[i]);

        through = own < through ? own : through;
    }
    for (size_t i = 0; i < service->known_count; i++) {
        if (service->known[i].through < through)
            through = service->known[i].through;
    }
    return through;
}

static bool has_marks(const sla__subscriber *subscriber)
{
    return subscriber->begun && (!subscriber->known || subscriber->acknowledged_count > 0);
}

bool sla__marks_wait(const sla_service *service)
{
    for (size_t i = 0; i < service->subscriber_count; i++) {
        if (has_marks(service->subscribers[i]))
            return true;
    }
    return false;
}

/* A mark for each number above `through`; one that only moves it where there is none. */
static size_t take_marks(const sla_service *service, sla__subscriber *subscriber,
                         sla_stored_mark *marks)
{
    const uint64_t through = through_of(service, subscriber);
    const sla_string name = {subscriber->name, strlen(subscriber->name)};
    size_t count = 0;

    for (size_t i = 0; i < subscriber->acknowledged_count; i++) {
        if (subscriber->acknowledged[i] > through)
            marks[count++] = (sla_stored_mark){name, subscriber->acknowledged[i], through};
    }
    if (count == 0)
        marks[count++] = (sla_stored_mark){name, through, through};
    subscriber->acknowledged_count = 0;
    subscriber->known = true;
    return count;
}

bool sla__marks_take(sla_service *service, sla__writing *unit)
{
    size_t most = 0;

    service->marks_at = SLA_NEVER;
    for (size_t i = 0; i < service->subscriber_count; i++) {
        if (has_marks(service->subscribers[i]))
            most += service->subscribers[i]->acknowledged_count + 1;
    }
    if (most == 0)
        return true;
    unit->marks = sla__new(&service->allocator, most, sizeof *unit->marks);
    if (unit->marks == NULL)
        return false;
    for (size_t i = 0; i < service->subscriber_count; i++) {
        if (has_marks(service->subscribers[i]))
            unit->mark_count +=
                take_marks(service, service->subscribers[i], unit->marks + unit->mark_count);
    }
    return true;
}
