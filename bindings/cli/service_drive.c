/* service_drive.c - see service_drive.h. */
#include "service_drive.h"

#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "live_service.h"
#include "waits.h"

/* Words of the store and of the clock that may yet change are waited for. */
static bool may_pass(int result)
{
    return result == SLA_OK || result == SLA_ERR_STORE || result == SLA_ERR_RANGE ||
           result == SLA_ERR_STATE || result == SLA_ERR_NOMEM;
}

int service_drive_health(const sla_service *service)
{
    sla_error error = {0};
    const int result = sla_service_health(service, &error);

    if (may_pass(result) && sla_service_given_up(service) == SLA_OK)
        return EXIT_FINE;
    say("the store: %s", error.text[0] != '\0' ? error.text : sla_result_text(result));
    return result == SLA_ERR_FENCED || result == SLA_ERR_BUSY ? EXIT_HELD : EXIT_MACHINE;
}

/* ------------------------------------------------------------ rounds */

static void wait_once(service_drive *d)
{
    size_t count = sla_service_waits(d->service, NULL, 0);

    d->waits = need_room(d->waits, &d->wait_capacity, count + 1, sizeof *d->waits);
    d->polled = need_room(d->polled, &d->polled_capacity, count + 2, sizeof *d->polled);
    count = sla_service_waits(d->service, d->waits, count);
    d->polled[0] = (struct pollfd){.fd = d->clock.timer, .events = POLLIN};
    d->polled[1] = (struct pollfd){.fd = d->clock.waker, .events = POLLIN};
    waits_fill(d->polled + 2, count, d->waits, count);
    if (poll(d->polled, count + 2, monotonic_left(store_patience_next(&d->patience))) > 0)
        host_clock_clear(&d->clock);
}

int service_drive_round(service_drive *d)
{
    int status = EXIT_FINE;

    if (!d->again)
        wait_once(d);
    d->again = sla_service_run(d->service) != 0;
    switch (sla_service_get_state(d->service)) {
    case SLA_SERVICE_HELD:
    case SLA_SERVICE_LOADING:
        status = service_drive_health(d->service);
        break;
    default:
        break;
    }
    if (status != EXIT_FINE)
        return status;
    return store_patience_is_over(&d->patience, d->service) ? EXIT_MACHINE : EXIT_FINE;
}

/* Who hands over tickets hears of each what became of it. */
static void on_log(void *context, sla_log_level level, const char *code, const char *text)
{
    if (strcmp(code, "unit_cut") == 0 || strcmp(code, "unit_refused") == 0)
        level = SLA_LOG_DEBUG;
    live_service_say(context, level, code, text);
}

int service_drive_init(service_drive *d, const world *w, sla_store *store, size_t queue_max,
                       sla_duration patience)
{
    int status;

    memset(d, 0, sizeof *d);
    d->patience.most = patience;
    d->clock = (host_clock){-1, -1};
    d->again = true;
    if (!host_clock_init(&d->clock)) {
        store->ops->close(store);
        return EXIT_MACHINE;
    }
    status = live_service_new(w, store, queue_max, &d->clock, on_log, &d->service);
    while (status == EXIT_FINE && sla_service_get_state(d->service) == SLA_SERVICE_LOADING)
        status = service_drive_round(d);
    return status;
}

void service_drive_fini(service_drive *d)
{
    if (d->service != NULL && !d->patience.over &&
        sla_service_get_state(d->service) == SLA_SERVICE_LIVE) {
        sla_service_stop(d->service);
        d->again = true;
        while (sla_service_get_state(d->service) == SLA_SERVICE_STOPPING &&
               service_drive_round(d) == EXIT_FINE)
            ;
    }
    sla_service_free(d->service);
    host_clock_fini(&d->clock);
    free(d->waits);
    free(d->polled);
}
