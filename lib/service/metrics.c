/*
 * metrics.c - the statistics of a service in Prometheus' text format 0.0.4.
 *
 * Each figure is one line of the table below; counters end in _total, instants and
 * spans are seconds.  Lateness is whole microseconds, so "below 2^i" of the
 * statistics is "at most 2^i - 1" here, where bounds are inclusive.
 */
#include "service/metrics.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

typedef struct figure {
    const char *name;
    const char *type;
    size_t offset; /* of a uint64_t in sla_service_stats */
    const char *help;
} figure;

#define COUNTER(name, member, help)                                                                \
    {                                                                                              \
        "sla_" name "_total", "counter", offsetof(sla_service_stats, member), help                 \
    }
#define GAUGE(name, member, help)                                                                  \
    {                                                                                              \
        "sla_" name, "gauge", offsetof(sla_service_stats, member), help                            \
    }

static const figure figures[] = {
    GAUGE("facts_queued", queued, "Facts that wait to be taken up."),
    COUNTER("facts_recorded", facts, "Facts put on the record."),
    COUNTER("facts_refused", refused, "Facts answered with an error."),
    COUNTER("events_told", events, "Events told."),
    COUNTER("events_imported", imported, "Events put on the record as imported, not delivered."),
    COUNTER("units_written", units, "Units that the store has committed."),
    GAUGE("units_in_flight", units_in_flight, "Units on their way to the store."),
    COUNTER("units_retried", retries, "Units sent to the store again."),
    COUNTER("tickets_quarantined", quarantined, "Tickets whose unit the store refused."),
    COUNTER("deliveries", delivered, "Events handed to a consumer for the first time."),
    COUNTER("redeliveries", redelivered, "Events handed to a consumer again."),
    COUNTER("acknowledgements", acknowledged, "Events that a consumer has acknowledged."),
    GAUGE("events_unacknowledged", unacknowledged, "Events that wait for an acknowledgement."),
    GAUGE("events_backlog", backlog, "Events that consumers have yet to read from the record."),
    GAUGE("tickets_in_memory", tickets, "Tickets in memory."),
    GAUGE("tickets_resting", resting, "Tickets in memory that nobody has needed since the start."),
    GAUGE("tickets_live", live_tickets, "Tickets in memory with a live clock."),
    GAUGE("clocks_live", live_clocks, "Clocks that run or stand still."),
    GAUGE("tickets_overdue", overdue, "Tickets with steps due a minute ago and not told."),
    GAUGE("tickets_set_aside", aside, "Tickets set aside now: nothing is told of them."),
    COUNTER("clock_steps", clock_steps, "Times the machine's clock was seen to be set."),
};

/* Where the next bytes go, and how many there would be. */
typedef struct page {
    char *buffer;
    size_t size, length;
} page;

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void
put(page *out, const char *format, ...)
{
    const size_t room = out->length < out->size ? out->size - out->length : 0;
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(room > 0 ? out->buffer + out->length : NULL, room, format, arguments);
    va_end(arguments);
    out->length += length > 0 ? (size_t)length : 0;
}

static void put_head(page *out, const char *name, const char *type, const char *help)
{
    put(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Microseconds as seconds, without a binary fraction on the way. */
static void put_seconds(page *out, uint64_t microseconds)
{
    put(out, "%" PRIu64 ".%06u", microseconds / SLA_SECOND, (unsigned)(microseconds % SLA_SECOND));
}

static void put_figure(page *out, const figure *shown, const sla_service_stats *stats)
{
    const uint64_t *const value =
        (const uint64_t *)(const void *)((const char *)stats + shown->offset);

    put_head(out, shown->name, shown->type, shown->help);
    put(out, "%s %" PRIu64 "\n", shown->name, *value);
}

/* Without a sample while nothing waits: 0 would be an age of many years. */
static void put_oldest(page *out, sla_time oldest)
{
    static const char name[] = "sla_oldest_unacknowledged_timestamp_seconds";

    put_head(out, name, "gauge", "When the oldest unacknowledged event was told, in Unix time.");
    if (oldest == SLA_NEVER)
        return;
    put(out, oldest < 0 ? "%s -" : "%s ", name);
    put_seconds(out, oldest < 0 ? (uint64_t)-oldest : (uint64_t)oldest);
    put(out, "\n");
}

static void put_lateness(page *out, const sla_service_stats *stats)
{
    static const char name[] = "sla_delivery_lateness_seconds";
    uint64_t count = 0;

    put_head(out, name, "histogram", "How long after its instant an event was delivered first.");
    for (int i = 0; i < SLA_LATENESS_BUCKETS; i++) {
        count += stats->lateness[i];
        if (i == SLA_LATENESS_BUCKETS - 1)
            break;
        put(out, "%s_bucket{le=\"", name);
        put_seconds(out, (UINT64_C(1) << i) - 1);
        put(out, "\"} %" PRIu64 "\n", count);
    }
    put(out, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", name, count);
    put(out, "%s_sum ", name);
    put_seconds(out, stats->lateness_sum);
    put(out, "\n%s_count %" PRIu64 "\n", name, count);
}

size_t sla__metrics_write(const sla_service_stats *stats, char *buffer, size_t size)
{
    page out = {buffer, size, 0};

    put(&out, "%s", ""); /* ends the buffer also where nothing else fits */
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
        put_figure(&out, &figures[i], stats);
    put_oldest(&out, stats->oldest_unacknowledged);
    put_lateness(&out, stats);
    return out.length;
}

size_t sla_metrics_text(const sla_service *service, char *buffer, size_t size)
{
    sla_service_stats stats = {.size = sizeof stats};

    sla_service_get_stats(service, &stats);
    return sla__metrics_write(&stats, buffer, size);
}
