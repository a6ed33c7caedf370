/* left.c - see left.h. */
#include "left.h"

#include <inttypes.h>

#include "cli.h"
#include "log.h"

/* They are tried again after a minute; a store has a moment to answer. */
static const sla_duration most = SLA_MINUTE + 5 * SLA_SECOND;

bool left_aside_waits(left_aside *a, const sla_service_stats *stats, sla_time now)
{
    const uint64_t progress = stats->facts + stats->events + stats->acknowledged;

    if (stats->aside == 0) {
        a->since = 0;
        return false;
    }
    if (a->since == 0)
        log_line(SLA_LOG_WARNING, "set_aside",
                 "tickets=%" PRIu64 ": the store refused them; waits until they are tried again, "
                 "%d s at most",
                 stats->aside, (int)(most / SLA_SECOND));
    if (a->since == 0 || a->progress != progress)
        a->since = now;
    a->progress = progress;
    return now - a->since < most;
}

sla_time left_aside_until(const left_aside *a)
{
    return a->since != 0 ? a->since + most : SLA_NEVER;
}

void left_say_unrecorded(uint64_t lines)
{
    log_line(SLA_LOG_ERROR, "unrecorded", "lines=%" PRIu64, lines);
}

static int say_undelivered(const sla_service *service, uint64_t given_up)
{
    sla_service_stats stats = {.size = sizeof stats};
    uint64_t left;

    sla_service_get_stats(service, &stats);
    left = stats.unacknowledged + stats.backlog + given_up;
    if (left == 0)
        return EXIT_FINE;
    log_line(SLA_LOG_ERROR, "undelivered", "events=%" PRIu64, left);
    return EXIT_UNDELIVERED;
}

/* What is not well at the end keeps from telling what falls due, or has fallen. */
static int say_untold(const sla_service *service)
{
    sla_error error = {0};
    const int result = sla_service_health(service, &error);

    if (result == SLA_OK || sla_service_given_up(service) != SLA_OK)
        return EXIT_FINE; /* what it gave up for has been said */
    /* No line names a ticket: the store shows which they are. */
    log_line(SLA_LOG_ERROR, "untold", "%s%s", error.text,
             result == SLA_ERR_REFUSED
                 ? "; they are those whose next_at lies back in the table ticket"
                 : "");
    return result == SLA_ERR_BUSY ? EXIT_HELD : EXIT_MACHINE;
}

int left_say(const sla_service *service, uint64_t given_up)
{
    const int undelivered = say_undelivered(service, given_up);

    return exit_with(undelivered, say_untold(service));
}
