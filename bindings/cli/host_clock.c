/* host_clock.c - see host_clock.h. */
#include "host_clock.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

static sla_time read_clock(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (sla_time)now.tv_sec * SLA_SECOND + now.tv_nsec / 1000;
}

sla_time monotonic_now(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

bool host_clock_init(host_clock *c)
{
    c->timer = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    c->waker = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (c->timer >= 0 && c->waker >= 0)
        return true;
    say("a timer: %s", strerror(errno));
    host_clock_fini(c);
    return false;
}

void host_clock_fini(host_clock *c)
{
    if (c->timer >= 0)
        close(c->timer);
    if (c->waker >= 0)
        close(c->waker);
}

static sla_time now(void *context)
{
    (void)context;
    return read_clock(CLOCK_REALTIME);
}

static sla_time steady(void *context)
{
    (void)context;
    return read_clock(CLOCK_BOOTTIME);
}

static void wake(void *context)
{
    const uint64_t one = 1;

    /* It fails when it is full: then somebody has woken us already. */
    (void)!write(((host_clock *)context)->waker, &one, sizeof one);
}

static void arm(void *context, sla_time at)
{
    const host_clock *c = context;
    struct itimerspec when = {0};

    /* An instant that never comes disarms; one of zero would, too, and is moved. */
    if (at != SLA_NEVER) {
        when.it_value.tv_sec = at > 0 ? (time_t)(at / SLA_SECOND) : 0;
        when.it_value.tv_nsec = at > 0 ? (long)(at % SLA_SECOND * 1000) : 1;
    }
    if (timerfd_settime(c->timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL) == 0)
        return;
    /* Armed all the same; the clock was set, and that deserves a round. */
    if (errno != ECANCELED)
        give_up("the timer: %s", strerror(errno));
    wake(context);
}

sla_clock_hook host_clock_hook(host_clock *c)
{
    return (sla_clock_hook){.context = c, .now = now, .steady = steady, .arm = arm, .wake = wake};
}

void host_clock_clear(host_clock *c)
{
    uint64_t count;

    (void)!read(c->timer, &count, sizeof count);
    (void)!read(c->waker, &count, sizeof count);
}

int monotonic_left(sla_time until)
{
    sla_duration left;

    if (until == SLA_NEVER)
        return -1;
    left = until - monotonic_now();
    if (left <= 0)
        return 0;
    return left < SLA_HOUR ? (int)((left + 999) / 1000) : (int)(SLA_HOUR / 1000);
}
