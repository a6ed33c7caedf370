/* timer.c - see timer.h: a timerfd under an ev_io, or an ev_periodic. */
#include "ev/timer.h"

#include <errno.h>
#include <time.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* Less than this between two looks a second apart is the clock being slewed. */
enum { SET_BY = 1000 };

sla_time sla__ev_clock(int id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (sla_time)now.tv_sec * SLA_SECOND + now.tv_nsec / 1000;
}

static sla_time machine_now(void *context)
{
    (void)context;
    return sla__ev_clock(CLOCK_REALTIME);
}

static sla_time machine_steady(void *context)
{
    (void)context;
    return sla__ev_clock(CLOCK_BOOTTIME);
}

sla_time sla__ev_timer_now(void *context)
{
    const sla__ev_timer *timer = context;

    return timer->clock.now(timer->clock.context);
}

sla_time sla__ev_timer_steady(void *context)
{
    const sla__ev_timer *timer = context;

    return timer->clock.steady != NULL ? timer->clock.steady(timer->clock.context) : 0;
}

static sla_duration offset(sla__ev_timer *timer)
{
    return sla__ev_timer_now(timer) - sla__ev_timer_steady(timer);
}

static void go_off(sla__ev_timer *timer)
{
    timer->set = false;
    timer->look(timer->context);
}

static void on_timerfd(struct ev_loop *loop, ev_io *io, int events)
{
    (void)loop, (void)events;
    /* Not read: setting it again, which follows, makes it unreadable as well. */
    go_off(io->data);
}

static void on_periodic(struct ev_loop *loop, ev_periodic *periodic, int events)
{
    (void)loop, (void)events;
    go_off(periodic->data);
}

static void on_second(struct ev_loop *loop, ev_timer *each_second, int events)
{
    sla__ev_timer *timer = each_second->data;
    const sla_duration before = timer->offset;
    sla_duration moved;

    (void)loop, (void)events;
    timer->offset = offset(timer);
    moved = timer->offset - before;
    if (moved >= SET_BY || moved <= -SET_BY)
        go_off(timer);
}

void sla__ev_timer_init(sla__ev_timer *timer, struct ev_loop *loop, const sla_clock_hook *host,
                        bool no_timerfd, void (*look)(void *context), void *context)
{
    const sla_clock_hook machine = {NULL, machine_now, machine_steady, NULL, NULL};

    timer->loop = loop;
    timer->own_clock = host->now != NULL;
    timer->clock = timer->own_clock ? *host : machine;
    timer->look = look;
    timer->context = context;
    timer->at = SLA_NEVER;
    timer->set = false;
    timer->fd = no_timerfd ? -1 : timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    ev_io_init(&timer->io, on_timerfd, timer->fd, EV_READ);
    ev_periodic_init(&timer->periodic, on_periodic, 0, 0, NULL);
    ev_timer_init(&timer->each_second, on_second, 1, 1);
    timer->io.data = timer->periodic.data = timer->each_second.data = timer;
    if (timer->fd >= 0)
        ev_io_start(loop, &timer->io);
    if (timer->fd < 0 || timer->own_clock) {
        timer->offset = offset(timer);
        ev_timer_start(loop, &timer->each_second);
    }
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

/* `at` of the host's clock as an instant of the machine's. */
static sla_time machine_time(sla__ev_timer *timer, sla_time at)
{
    return timer->own_clock ? sla__ev_clock(CLOCK_REALTIME) + (at - sla__ev_timer_now(timer)) : at;
}

static bool set_timerfd(sla__ev_timer *timer, sla_time at)
{
    struct itimerspec when = {{0, 0}, {0, 0}};

    if (at != SLA_NEVER) {
        at = machine_time(timer, at);
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
    sla_duration away;

    ev_periodic_stop(timer->loop, &timer->periodic);
    if (at == SLA_NEVER)
        return;
    ev_now_update(timer->loop);
    away = at - sla__ev_timer_now(timer) + 1;
    ev_periodic_set(&timer->periodic, ev_now(timer->loop) + (ev_tstamp)away / SLA_SECOND, 0, NULL);
    ev_periodic_start(timer->loop, &timer->periodic);
}

bool sla__ev_timer_set(sla__ev_timer *timer, sla_time at)
{
    if (timer->set && timer->at == at)
        return false;
    timer->set = true;
    timer->at = at;
    if (timer->fd >= 0)
        return set_timerfd(timer, at);
    set_periodic(timer, at);
    return false;
}
