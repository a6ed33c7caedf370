/*
 * delivery.c - events to their consumers: in order for each ticket, so many at a
 * time, and again while they are not acknowledged.
 *
 * An event in memory has a slot.  It is linked by number (the lowest says what is
 * acknowledged throughout), waits behind the event of its ticket before it, and
 * is in the queue of those to be handed over when none is before it.
 */
#include <string.h>

#include "service/parts.h"

enum { DELIVERIES_A_ROUND = 4096, LATENESS_LAST = SLA_LATENESS_BUCKETS - 1 };

#define REDELIVER_LAST SLA_HOUR

static bool same(sla_string one, sla_string other)
{
    return one.length == other.length &&
           (one.length == 0 || memcmp(one.data, other.data, one.length) == 0);
}

static const sla_event *event_at(const sla__subscriber *subscriber, uint32_t slot)
{
    return &subscriber->slots[slot].event->kept->event;
}

uint64_t sla__delivery_number(const void *subscriber, uint32_t slot)
{
    return ((const sla__subscriber *)subscriber)->slots[slot].event->kept->stored.number;
}

/* ----------------------------------------------------------------- in memory */

/* Room for one more in every table, so that all that comes after it cannot fail. */
static bool reserve(sla_service *service, sla__subscriber *subscriber)
{
    const sla_allocator *allocator = &service->allocator;
    const size_t slots = subscriber->slot_count + (subscriber->free_slot == 0);

    return sla__grow(allocator, (void **)&subscriber->slots, &subscriber->slot_capacity, slots,
                     sizeof *subscriber->slots) &&
           sla__map_reserve(&subscriber->tails, allocator, slots) &&
           sla__map_reserve(&subscriber->numbers, allocator, slots) &&
           sla__timers_reserve(&subscriber->again, allocator, slots) &&
           sla__grow(allocator, (void **)&subscriber->acknowledged,
                     &subscriber->acknowledged_capacity,
                     subscriber->acknowledged_count + subscriber->held + 1,
                     sizeof *subscriber->acknowledged);
}

static uint32_t new_slot(sla__subscriber *subscriber)
{
    uint32_t slot = subscriber->free_slot;

    if (slot == 0)
        return (uint32_t)subscriber->slot_count++;
    subscriber->free_slot = subscriber->slots[slot - 1].after;
    return slot - 1;
}

static void link_by_number(sla__subscriber *subscriber, uint32_t slot, uint64_t number)
{
    subscriber->slots[slot].before = subscriber->last;
    if (subscriber->last != 0)
        subscriber->slots[subscriber->last - 1].after = slot + 1;
    else
        subscriber->first = slot + 1;
    subscriber->last = slot + 1;
    sla__map_put(&subscriber->numbers, sla__number_hash(number), slot);
}

static void put_ready(sla__subscriber *subscriber, uint32_t slot)
{
    subscriber->slots[slot].next_ready = 0;
    if (subscriber->ready_last != 0)
        subscriber->slots[subscriber->ready_last - 1].next_ready = slot + 1;
    else
        subscriber->ready_first = slot + 1;
    subscriber->ready_last = slot + 1;
}

void sla__make_ready(sla__subscriber *subscriber, uint32_t slot)
{
    put_ready(subscriber, slot);
}

/* Behind the event of the same ticket that came before, or ready. */
static void link_by_ticket(sla__subscriber *subscriber, uint32_t slot)
{
    const sla_event *event = event_at(subscriber, slot);
    const uint32_t hash = sla__line_hash(event->tenant, event->ticket);
    size_t cursor = sla__map_start(&subscriber->tails, hash);
    uint32_t tail;

    subscriber->slots[slot].ticket_hash = hash;
    while ((tail = sla__map_next(&subscriber->tails, hash, &cursor)) != SLA__MAP_NONE) {
        if (same(event_at(subscriber, tail)->tenant, event->tenant) &&
            same(event_at(subscriber, tail)->ticket, event->ticket))
            break;
    }
    if (tail == SLA__MAP_NONE) {
        put_ready(subscriber, slot);
    } else {
        subscriber->slots[tail].next_of_ticket = slot + 1;
        sla__map_remove(&subscriber->tails, hash, tail);
    }
    sla__map_put(&subscriber->tails, hash, slot);
}

bool sla__deliver_append(sla_service *service, sla__subscriber *subscriber, sla__outgoing *event)
{
    uint32_t slot;

    if (!reserve(service, subscriber))
        return false;
    slot = new_slot(subscriber);
    memset(&subscriber->slots[slot], 0, sizeof subscriber->slots[slot]);
    subscriber->slots[slot].event = event;
    event->references++;
    subscriber->held++;
    subscriber->taken = event->kept->stored.number;
    link_by_number(subscriber, slot, subscriber->taken);
    link_by_ticket(subscriber, slot);
    return true;
}

/* What there is no room for stays in the outbox, and is read from there. */
void sla__deliver(sla_service *service, sla__outgoing *event)
{
    for (size_t i = 0; i < service->subscriber_count; i++) {
        sla__subscriber *const subscriber = service->subscribers[i];

        if (subscriber->behind || event->kept->stored.number <= subscriber->taken)
            continue;
        if (subscriber->held >= subscriber->max_in_flight + SLA__OUTBOX_PAGE ||
            !sla__deliver_append(service, subscriber, event))
            subscriber->behind = true;
    }
}

/* --------------------------------------------------------------- handing over */

static sla_duration wait_of(const sla__subscriber *subscriber, uint32_t attempt)
{
    sla_duration wait = subscriber->redeliver_after;

    while (--attempt > 0 && wait < REDELIVER_LAST)
        wait *= 2;
    return wait > REDELIVER_LAST && subscriber->redeliver_after < REDELIVER_LAST ? REDELIVER_LAST
                                                                                 : wait;
}

static void count_lateness(sla_service *service, sla_duration late)
{
    size_t bucket = 0;

    while (bucket < LATENESS_LAST && late >= (sla_duration)1 << bucket)
        bucket++;
    service->lateness[bucket]++;
    service->lateness_sum += late > 0 ? (uint64_t)late : 0;
}

static uint32_t take_ready(sla__subscriber *subscriber)
{
    const uint32_t slot = subscriber->ready_first - 1;

    subscriber->ready_first = subscriber->slots[slot].next_ready;
    if (subscriber->ready_first == 0)
        subscriber->ready_last = 0;
    return slot;
}

static void hand_over(sla_service *service, sla__subscriber *subscriber, uint32_t slot)
{
    const sla_clock_hook *clock = &service->options.clock;
    sla__delivery *const delivery = &subscriber->slots[slot];
    const sla_event *const event = &delivery->event->kept->event;
    const uint64_t number = delivery->event->kept->stored.number;
    const uint32_t attempt = ++delivery->attempt;

    delivery->out = true;
    subscriber->out++;
    if (atomic_load(&subscriber->handed) < number)
        atomic_store(&subscriber->handed, number);
    sla__timers_set(&subscriber->again, slot,
                    sla__later(service->pace, wait_of(subscriber, attempt)));
    service->delivered += attempt == 1;
    service->redelivered += attempt > 1;
    if (attempt == 1)
        count_lateness(service, clock->now(clock->context) - event->at);
    if (subscriber->handler(subscriber->context, event, number, attempt) == SLA_OK)
        sla__acknowledged(service, subscriber, slot);
}

static void hand_over_all(sla_service *service, sla__subscriber *subscriber)
{
    size_t count = 0;

    while (subscriber->ready_first != 0 && subscriber->out < subscriber->max_in_flight &&
           count++ < DELIVERIES_A_ROUND) {
        const uint32_t slot = take_ready(subscriber);

        if (subscriber->slots[slot].done)
            sla__acknowledged(service, subscriber, slot);
        else
            hand_over(service, subscriber, slot);
    }
}

/* Once more, after what waits already. */
static void redeliver(sla_service *service, sla__subscriber *subscriber)
{
    const sla__timer *first;

    while ((first = sla__timers_first(&subscriber->again)) != NULL && first->at <= service->pace) {
        const uint32_t slot = first->id;

        sla__timers_set(&subscriber->again, slot, SLA_NEVER);
        subscriber->slots[slot].out = false;
        subscriber->out--;
        put_ready(subscriber, slot);
    }
}

void sla__deliver_round(sla_service *service)
{
    for (size_t i = 0; i < service->subscriber_count; i++) {
        if (service->state != SLA_SERVICE_STOPPING)
            redeliver(service, service->subscribers[i]);
        hand_over_all(service, service->subscribers[i]);
    }
}

bool sla__deliver_waits(const sla_service *service)
{
    for (size_t i = 0; i < service->subscriber_count; i++) {
        const sla__subscriber *const subscriber = service->subscribers[i];

        if (subscriber->ready_first != 0 && subscriber->out < subscriber->max_in_flight)
            return true;
    }
    return false;
}

sla_time sla__deliver_until(const sla_service *service)
{
    sla_time at = SLA_NEVER;

    for (size_t i = 0; i < service->subscriber_count; i++) {
        const sla__timer *const first = sla__timers_first(&service->subscribers[i]->again);

        if (first != NULL && first->at < at)
            at = first->at;
    }
    return at;
}
