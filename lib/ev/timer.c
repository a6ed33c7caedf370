/* timer.c - see timer.h: a timerfd under an ev_io, or an ev_periodic. */
#include "ev/timer.h"

#include <errno.h>
#include <time.h>
#include <sys/timerfd.h>
#include <unistd.h>

sla_time sla__ev_clock(int id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (sla_time)now.tv_sec * SLA_SECOND + now.tv_nsec / 1000;
}

sla_time sla__ev_timer_now(void *context)
{
    const sla_clock_hook *host = &((const sla__ev_timer *)context)->host;

    return host->now != NULL ? host->now(host->context) : sla__ev_clock(CLOCK_REALTIME);
}

sla_time sla__ev_timer_steady(void *context)
{
    const sla_clock_hook *host = &((const sla__ev_timer *)context)->host;

    if (host->now == NULL)
        return sla__ev_clock(CLOCK_BOOTTIME);
    return host->steady != NULL ? host->steady(host->context) : 0;
}

/* A timerfd is not read: setting it again, which follows, makes it unreadable as well. */
static void go_off(void *context)
{
    sla__ev_timer *timer = context;

    timer->set = false;
    timer->look(timer->context);
}

SLA__EV_CALLBACK(on_timerfd, ev_io, go_off)
SLA__EV_CALLBACK(on_periodic, ev_periodic, go_off)
SLA__EV_CALLBACK(on_second, ev_timer, go_off)

void sla__ev_timer_init(sla__ev_timer *timer, struct ev_loop *loop, const sla_clock_hook *host,
                        bool no_timerfd, void (*look)(void *context), void *context)
{
    *timer = (sla__ev_timer){.loop = loop, .host = *host, .look = look, .context = context};
    timer->fd = no_timerfd ? -1 : timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    ev_io_init(&timer->io, on_timerfd, timer->fd, EV_READ);
    ev_periodic_init(&timer->periodic, on_periodic, 0, 0, NULL);
    ev_timer_init(&timer->each_second, on_second, 1, 1);
    timer->io.data = timer->periodic.data = timer->each_second.data = timer;
    if (timer->fd >= 0)
        ev_io_start(loop, &timer->io);
    if (timer->fd < 0 || host->now != NULL)
        ev_timer_start(loop, &timer->each_second);
}

void sla__ev_timer_fini(sla__ev_timer *timer)
{
    ev_io_stop(timer->loop, &timer->io);
    ev_periodic_stop(timer->loop, &timer->periodic);
    ev_timer_stop(timer->loop, &timer->each_second);
    if (timer->fd >= 0)
        close(timer->fd);
    timer->fd = -1;
}

static bool set_timerfd(sla__ev_timer *timer, sla_time at)
{
    struct itimerspec when = {{0, 0}, {0, 0}};

    if (at != SLA_NEVER) {
        if (timer->host.now != NULL)
            at += sla__ev_clock(CLOCK_REALTIME) - sla__ev_timer_now(timer);
        /* Zero would mean never, and what is past goes off at once. */
        when.it_value.tv_sec = at > 0 ? at / SLA_SECOND : 0;
        when.it_value.tv_nsec = at > 0 ? at % SLA_SECOND * 1000 : 1;
    }
    /* ECANCELED: the clock was set since the last time; the timer is set all the same. */
    return timerfd_settime(timer->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL) <
               0 &&
           errno == ECANCELED;
}

/* libev's idea of the time may be half a second old after the clock was set, so
 * the instant is put into it as a distance from now; a microsecond more, for a
 * double does not hold an instant exactly. */
static void set_periodic(sla__ev_timer *timer, sla_time at)
{
    ev_periodic_stop(timer->loop, &timer->periodic);
    if (at == SLA_NEVER)
        return;
    ev_now_update(timer->loop);
    at += 1 - sla__ev_timer_now(timer);
    ev_periodic_set(&timer->periodic, ev_now(timer->loop) + (ev_tstamp)at / SLA_SECOND, 0, NULL);
    ev_periodic_start(timer->loop, &timer->periodic);
}

bool sla__ev_timer_set(sla__ev_timer *timer, sla_time at)
{
    if (timer->set && timer->at == at)
        return false;
    timer->set = true;
    timer->at = at;
    if (timer->fd < 0)
        set_periodic(timer, at);
    return timer->fd >= 0 && set_timerfd(timer, at);
}
