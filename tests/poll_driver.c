/* poll_driver.c - see poll_driver.h. */
#define _GNU_SOURCE /* ppoll: poll with a time limit finer than a millisecond */
#include "poll_driver.h"

#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

enum { WAITS_MAX = 256 };

static sla_time read_clock(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (sla_time)now.tv_sec * SLA_SECOND + now.tv_nsec / 1000;
}

static sla_time hook_now(void *context)
{
    (void)context;
    return read_clock(CLOCK_REALTIME);
}

static sla_time hook_steady(void *context)
{
    (void)context;
    return read_clock(CLOCK_BOOTTIME);
}

/* A turn asks sla_service_until, which says the same. */
static void hook_arm(void *context, sla_time at)
{
    (void)context, (void)at;
}

static void hook_wake(void *context)
{
    const uint64_t one = 1;

    /* It can only fail when it is readable anyway. */
    if (write(((poll_driver *)context)->wake_fd, &one, sizeof one) < 0)
        return;
}

void poll_driver_open(poll_driver *driver, const sla_service_options *options)
{
    sla_service_options wanted = *options;
    sla_error error = {0};

    driver->service = NULL;
    driver->again = true;
    driver->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    CHECK_TRUE("an eventfd", driver->wake_fd >= 0);
    wanted.incarnation[0] = 1;
    wanted.clock = (sla_clock_hook){driver, hook_now, hook_steady, hook_arm, hook_wake};
    CHECK_OK_OR_SAY(sla_service_new(&wanted, &driver->service, &error), &error);
}

static nfds_t list(const poll_driver *driver, struct pollfd *polls)
{
    sla_wait waits[WAITS_MAX];
    const size_t count = sla_service_waits(driver->service, waits, WAITS_MAX);

    CHECK_TRUE("not more descriptors than fit", count <= WAITS_MAX);
    polls[0] = (struct pollfd){.fd = driver->wake_fd, .events = POLLIN};
    for (size_t i = 0; i < count; i++)
        polls[i + 1] = (struct pollfd){
            .fd = waits[i].fd,
            .events = (short)((waits[i].read ? POLLIN : 0) | (waits[i].write ? POLLOUT : 0)),
        };
    return (nfds_t)count + 1;
}

static void wait_for_news(const poll_driver *driver, sla_duration at_most)
{
    /* Never is far away, and the past is now. */
    const sla_duration wanted = sla_service_until(driver->service) - read_clock(CLOCK_REALTIME);
    const sla_duration wait = wanted < 0 ? 0 : wanted < at_most ? wanted : at_most;
    const struct timespec limit = {(time_t)(wait / SLA_SECOND), (long)(wait % SLA_SECOND * 1000)};
    struct pollfd polls[WAITS_MAX + 1];

    ppoll(polls, list(driver, polls), &limit, NULL);
}

void poll_driver_turn(poll_driver *driver, sla_duration at_most)
{
    uint64_t wakes;

    if (!driver->again)
        wait_for_news(driver, at_most);
    /* Before the round: who wakes us from now on has to be heard after it. */
    if (read(driver->wake_fd, &wakes, sizeof wakes) < 0)
        wakes = 0;
    driver->again = sla_service_run(driver->service) != 0;
}

bool poll_driver_run(poll_driver *driver, bool (*done)(void *context), void *context,
                     sla_duration at_most)
{
    const sla_time end = read_clock(CLOCK_MONOTONIC) + at_most;

    for (;;) {
        const bool is_done = done != NULL
                                 ? done(context)
                                 : sla_service_get_state(driver->service) == SLA_SERVICE_STOPPED;
        const sla_duration left = end - read_clock(CLOCK_MONOTONIC);

        if (is_done || left <= 0)
            return is_done;
        poll_driver_turn(driver, left);
    }
}

void poll_driver_close(poll_driver *driver)
{
    sla_service_free(driver->service);
    close(driver->wake_fd);
    driver->service = NULL;
}
