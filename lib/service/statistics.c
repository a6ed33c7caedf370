/*
 * statistics.c - numbers for any thread: the loop's thread publishes a copy at the
 * end of each round.
 */
#include <string.h>

#include "base/options.h"
#include "service/parts.h"

/* The event that has waited longest for an acknowledgement. */
static sla_time oldest(const sla_service *service)
{
    sla_time at = SLA_NEVER;

    for (size_t i = 0; i < service->subscriber_count; i++) {
        const sla__subscriber *const subscriber = service->subscribers[i];

        if (subscriber->first != 0) {
            const sla_time told = subscriber->slots[subscriber->first - 1].event->kept->event.told;

            at = told < at ? told : at;
        }
    }
    return at;
}

static uint64_t unacknowledged(const sla_service *service)
{
    uint64_t count = 0;

    for (size_t i = 0; i < service->subscriber_count; i++)
        count += service->subscribers[i]->held;
    return count;
}

/* At most: events that were imported, or acknowledged out of order, are counted too. */
static uint64_t backlog(const sla_service *service)
{
    uint64_t count = 0;

    for (size_t i = 0; i < service->subscriber_count; i++) {
        const sla__subscriber *const subscriber = service->subscribers[i];

        if (subscriber->behind && subscriber->taken < service->settled)
            count += service->settled - subscriber->taken;
    }
    return count;
}

void sla__statistics_publish(sla_service *service)
{
    sla_service_stats now = {
        .size = sizeof now,
        .facts = service->facts,
        .refused = service->refused,
        .events = service->events,
        .imported = service->imported,
        .units = service->unit_number - service->unit_count,
        .units_in_flight = service->unit_count,
        .retries = service->retries,
        .quarantined = service->quarantined,
        .delivered = service->delivered,
        .redelivered = service->redelivered,
        .acknowledged = service->acknowledged,
        .unacknowledged = unacknowledged(service),
        .tickets = service->line_count - service->free_count + service->restings.left,
        .live_tickets = service->live_tickets,
        .live_clocks = service->live_clocks,
        .overdue = service->overdue,
        .clock_steps = service->clock_steps,
        .oldest_unacknowledged = oldest(service),
        .lateness_sum = service->lateness_sum,
        .backlog = backlog(service),
        .resting = service->restings.left,
        .next_at = sla__tickets_next_at(service),
        .aside = service->aside,
    };

    memcpy(now.lateness, service->lateness, sizeof now.lateness);
    pthread_mutex_lock(&service->lock);
    service->published = now;
    pthread_mutex_unlock(&service->lock);
}

void sla_service_get_stats(const sla_service *service, sla_service_stats *stats_out)
{
    /* Locking is not a change that anybody could see. */
    pthread_mutex_t *const lock = (pthread_mutex_t *)(uintptr_t)&service->lock;
    const size_t size = stats_out->size;
    sla_service_stats now;

    pthread_mutex_lock(lock);
    now = service->published;
    pthread_mutex_unlock(lock);
    now.queued = atomic_load((atomic_size_t *)(uintptr_t)&service->unanswered);
    if (size < sizeof size || size > SLA__OPTIONS_MOST)
        return;
    memset(stats_out, 0, size);
    memcpy(stats_out, &now, size < sizeof now ? size : sizeof now);
    stats_out->size = size;
}
