/* ev.c - see sla/ev.h: what a service wants, as watchers on a host's loop. */
#include <sla/ev.h>

#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "ev/timer.h"

/* In microseconds: how long the service has the loop while it wants to go on at
 * once, and when to look again after there was no memory for watchers. */
enum { TURN = 500, STARVED = 10000 };

struct sla_ev {
    sla_allocator allocator;
    sla_ev_options options;
    struct ev_loop *loop;
    sla_service *service;
    sla__ev_timer timer;
    sla_time wanted; /* what the service's `arm` asked for */
    ev_async async;
    ev_fork fork;
    sla_wait *waits; /* what its store waits for */
    ev_io *ios;      /* the first io_count are started */
    size_t waits_capacity, ios_capacity, io_count;
    bool running; /* inside sla_service_run ... */
    bool missed;  /* ... and somebody woke us */
    bool gone;    /* from the loop */
};

static void take_turn(void *context);

static void on_descriptor(struct ev_loop *loop, ev_io *io, int events)
{
    (void)loop, (void)events;
    take_turn(io->data);
}

static void unwatch(sla_ev *ev)
{
    while (ev->io_count > 0)
        ev_io_stop(ev->loop, &ev->ios[--ev->io_count]);
}

static void watch_one(sla_ev *ev, const sla_wait *wait)
{
    ev_io *io = &ev->ios[ev->io_count];

    ev_io_init(io, on_descriptor, wait->fd,
               (wait->read ? EV_READ : 0) | (wait->write ? EV_WRITE : 0));
    io->data = ev;
    ev_io_start(ev->loop, io);
    ev->io_count++;
}

/*
 * Watches what the store waits for until the next turn, in which the store may close
 * them: libev ends a process that watches what is closed, and a descriptor opened
 * again under its number looks the same and is not.  So all are stopped before a turn
 * and made anew after it.  False when there was no memory for all of them.
 */
static bool watch(sla_ev *ev)
{
    size_t count = sla_service_waits(ev->service, ev->waits, ev->waits_capacity);

    if (count > ev->waits_capacity || count > ev->ios_capacity) {
        if (!sla__grow(&ev->allocator, (void **)&ev->ios, &ev->ios_capacity, count,
                       sizeof *ev->ios) ||
            !sla__grow(&ev->allocator, (void **)&ev->waits, &ev->waits_capacity, count,
                       sizeof *ev->waits))
            return false;
        count = sla_service_waits(ev->service, ev->waits, ev->waits_capacity);
    }
    for (size_t i = 0; i < count; i++)
        watch_one(ev, &ev->waits[i]);
    return true;
}

/* Off the loop; what remains is to be freed. */
static void let_go(sla_ev *ev)
{
    if (ev->gone)
        return;
    ev->gone = true;
    unwatch(ev);
    sla__ev_timer_fini(&ev->timer);
    ev_async_stop(ev->loop, &ev->async);
    ev_fork_stop(ev->loop, &ev->fork);
}

/* Rounds until the service is content or its time is over; whether it wants more. */
static bool run(sla_ev *ev)
{
    const sla_time began = sla__ev_clock(CLOCK_MONOTONIC);
    bool more;

    unwatch(ev);
    ev->running = true;
    do { /* what fell due in a round is told in the next one: setting a timer costs more */
        ev->missed = false;
        more = sla_service_run(ev->service) != 0 || ev->missed ||
               (ev->options.coalesce == 0 && ev->wanted <= sla__ev_timer_now(&ev->timer));
    } while (more && sla__ev_clock(CLOCK_MONOTONIC) - began < TURN);
    ev->running = false;
    return more;
}

static void set_timer(sla_ev *ev, sla_time at, sla_time woken)
{
    /* Counted from a clock read in this turn: whatever was due by then is told in it. */
    if (at < woken + ev->options.coalesce)
        at = woken + ev->options.coalesce;
    if (sla__ev_timer_set(&ev->timer, at))
        sla_ev_wake(ev);
}

/* Somebody woke us: serve the service, then wait for what it waits for. */
static void take_turn(void *context)
{
    sla_ev *ev = context;
    const sla_time woken = sla__ev_timer_now(&ev->timer);
    bool more;

    if (ev->running) { /* a handler runs the loop itself: be quiet until it returns */
        sla__ev_timer_set(&ev->timer, SLA_NEVER);
        ev->missed = true;
        return;
    }
    more = run(ev);
    if (sla_service_get_state(ev->service) == SLA_SERVICE_STOPPED) {
        let_go(ev);
        if (ev->options.stopped != NULL)
            ev->options.stopped(ev->options.context);
        return;
    }
    if (!watch(ev) && ev->wanted > woken + STARVED)
        ev->wanted = woken + STARVED;
    /* A timer that is due already would give it two turns in one of the loop's. */
    set_timer(ev, more ? SLA_NEVER : ev->wanted, woken);
    if (more)
        sla_ev_wake(ev);
}

static void on_async(struct ev_loop *loop, ev_async *async, int events)
{
    (void)loop, (void)events;
    take_turn(async->data);
}

static void on_fork(struct ev_loop *loop, ev_fork *fork, int events)
{
    (void)loop, (void)events;
    let_go(fork->data);
}

/* The service's hooks belong to the timer, whose clock they are. */
static void hook_arm(void *context, sla_time at)
{
    sla_ev *ev = ((const sla__ev_timer *)context)->context;

    ev->wanted = at;
    /* A turn sets the timer at its end. */
    if (!ev->running && !ev->gone)
        set_timer(ev, at, sla__ev_timer_now(&ev->timer));
}

static void hook_wake(void *context)
{
    sla_ev_wake(((const sla__ev_timer *)context)->context);
}

static void begin(sla_ev *ev, struct ev_loop *loop, const sla_clock_hook *clock)
{
    ev->loop = loop;
    ev->wanted = SLA_NEVER;
    sla__ev_timer_init(&ev->timer, loop, clock, ev->options.no_timerfd, take_turn, ev);
    ev_async_init(&ev->async, on_async);
    ev_fork_init(&ev->fork, on_fork);
    ev->async.data = ev->fork.data = ev;
    ev_async_start(loop, &ev->async);
    ev_fork_start(loop, &ev->fork);
}

int sla_ev_new(struct ev_loop *loop, const sla_ev_options *options,
               const sla_service_options *service, sla_ev **ev_out, sla_error *error)
{
    const sla_allocator allocator = sla__allocator_or_default(service->allocator);
    sla_service_options wanted = SLA_SERVICE_OPTIONS_INIT;
    sla_ev *ev = sla__new(&allocator, 1, sizeof *ev);
    int result;

    *ev_out = NULL;
    if (ev == NULL) {
        service->store->ops->close(service->store);
        return SLA_ERR_NOMEM;
    }
    ev->allocator = allocator;
    if (options != NULL)
        memcpy(&ev->options, options,
               options->size < sizeof *options ? options->size : sizeof *options);
    begin(ev, loop, &service->clock);
    memcpy(&wanted, service, service->size < sizeof wanted ? service->size : sizeof wanted);
    wanted.clock =
        (sla_clock_hook){&ev->timer, sla__ev_timer_now, sla__ev_timer_steady, hook_arm, hook_wake};
    result = sla_service_new(&wanted, &ev->service, error);
    if (result != SLA_OK) {
        sla_ev_free(ev);
        return result;
    }
    sla_ev_wake(ev);
    *ev_out = ev;
    return SLA_OK;
}

sla_service *sla_ev_service(const sla_ev *ev)
{
    return ev->service;
}

void sla_ev_wake(sla_ev *ev)
{
    ev_async_send(ev->loop, &ev->async);
}

void sla_ev_free(sla_ev *ev)
{
    if (ev == NULL)
        return;
    let_go(ev);
    sla_service_free(ev->service);
    sla__free(&ev->allocator, ev->waits);
    sla__free(&ev->allocator, ev->ios);
    sla__free(&ev->allocator, ev);
}
