/* ev.c - see sla/ev.h: what a service wants, as watchers on a host's loop. */
#include <sla/ev.h>

#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/alloc.h"
#include "base/options.h"
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
};

static void take_turn(void *context);
SLA__EV_CALLBACK(on_descriptor, ev_io, take_turn)
SLA__EV_CALLBACK(on_async, ev_async, take_turn)

static void unwatch(sla_ev *ev)
{
    while (ev->io_count > 0)
        ev_io_stop(ev->loop, &ev->ios[--ev->io_count]);
}

/* Watches what the store waits for until the next turn, in which it may close that: libev
 * ends a process that watches what is closed, and a descriptor opened again under its
 * number looks the same and is not.  False when there was no memory for all of them. */
static bool watch(sla_ev *ev)
{
    size_t count;

    while ((count = sla_service_waits(ev->service, ev->waits, ev->waits_capacity)) >
           ev->waits_capacity)
        if (!sla__grow(&ev->allocator, (void **)&ev->waits, &ev->waits_capacity, count,
                       sizeof *ev->waits))
            return false;
    if (!sla__grow(&ev->allocator, (void **)&ev->ios, &ev->ios_capacity, count, sizeof *ev->ios))
        return false;
    for (const sla_wait *wait = ev->waits; ev->io_count < count; wait++) {
        ev_io *const io = &ev->ios[ev->io_count++];

        ev_io_init(io, on_descriptor, wait->fd,
                   (wait->read ? EV_READ : 0) | (wait->write ? EV_WRITE : 0));
        io->data = ev;
        ev_io_start(ev->loop, io);
    }
    return true;
}

/* Off the loop; what remains is to be freed.  Twice is fine. */
static void let_go(void *context)
{
    sla_ev *ev = context;

    unwatch(ev);
    sla__ev_timer_fini(&ev->timer);
    ev_async_stop(ev->loop, &ev->async);
    ev_fork_stop(ev->loop, &ev->fork);
}

/* In a child: whoever records there is told that nothing comes of it. */
static void leave(void *context)
{
    let_go(context);
    sla_service_stop(((sla_ev *)context)->service);
}

SLA__EV_CALLBACK(on_fork, ev_fork, leave)

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

/* Somebody woke us: serve the service, then wait for what it waits for. */
static void take_turn(void *context)
{
    sla_ev *ev = context;
    const sla_time woken = sla__ev_timer_now(&ev->timer);
    sla_time at;
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
    at = more ? SLA_NEVER : ev->wanted;
    /* Counted from a clock read in this turn: whatever was due by then is told in it. */
    if (at < woken + ev->options.coalesce)
        at = woken + ev->options.coalesce;
    if (sla__ev_timer_set(&ev->timer, at) || more)
        sla_ev_wake(ev);
}

/* The service's hooks belong to the timer, whose clock they are. */
static void hook_arm(void *context, sla_time at)
{
    sla_ev *ev = ((const sla__ev_timer *)context)->context;

    ev->wanted = at; /* a turn sets the timer at its end */
    if (!ev->running)
        sla_ev_wake(ev);
}

static void hook_wake(void *context)
{
    sla_ev_wake(((const sla__ev_timer *)context)->context);
}

/* What is given, into `options_out` and `wanted_out`; NULL, or why not. */
static const char *read_given(const sla_ev_options *options, const sla_service_options *service,
                              sla_ev_options *options_out, sla_service_options *wanted_out)
{
    const char *why = NULL;

    if (service == NULL)
        return "service is NULL";
    if (options != NULL)
        why = sla__options_read(options_out, sizeof *options_out,
                                offsetof(sla_ev_options, no_timerfd), options);
    if (why == NULL && options_out->coalesce < 0)
        why = "coalesce is below 0";
    if (why == NULL)
        why =
            sla__options_read(wanted_out, sizeof *wanted_out, SLA__SERVICE_OPTIONS_LEAST, service);
    return why != NULL ? why : sla__allocator_why_not(wanted_out->allocator);
}

/* The store goes with the service that is not made. */
static int refuse(const sla_service_options *service, int result, const char *why, sla_error *error)
{
    if (error != NULL) {
        *error = (sla_error){.code = result};
        memcpy(error->text, why, strlen(why) + 1);
    }
    if (service != NULL && service->store != NULL)
        service->store->ops->close(service->store);
    return result;
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

/* As asked, with the timer's hooks, and random bits where the host has given none. */
static void complete(sla_ev *ev, sla_service_options *wanted)
{
    wanted->clock =
        (sla_clock_hook){&ev->timer, sla__ev_timer_now, sla__ev_timer_steady, hook_arm, hook_wake};
    if (wanted->incarnation[0] == 0 && wanted->incarnation[1] == 0)
        (void)!getrandom(wanted->incarnation, sizeof wanted->incarnation, 0);
}

int sla_ev_new(struct ev_loop *loop, const sla_ev_options *options,
               const sla_service_options *service, sla_ev **ev_out, sla_error *error)
{
    sla_service_options wanted = SLA_SERVICE_OPTIONS_INIT;
    sla_ev_options given = SLA_EV_OPTIONS_INIT;
    sla_allocator allocator;
    const char *why;
    sla_ev *ev;
    int result;

    why = read_given(options, service, &given, &wanted);
    if (loop == NULL || ev_out == NULL)
        why = loop == NULL ? "loop is NULL" : "ev_out is NULL";
    if (ev_out != NULL)
        *ev_out = NULL;
    if (why != NULL)
        return refuse(service, SLA_ERR_ARGUMENT, why, error);
    allocator = sla__allocator_or_default(wanted.allocator);
    ev = sla__new(&allocator, 1, sizeof *ev);
    if (ev == NULL)
        return refuse(service, SLA_ERR_NOMEM, sla_result_text(SLA_ERR_NOMEM), error);
    ev->allocator = allocator;
    ev->options = given;
    begin(ev, loop, &wanted.clock);
    complete(ev, &wanted);
    result = sla_service_new(&wanted, &ev->service, error);
    if (result == SLA_OK)
        sla_ev_wake(*ev_out = ev);
    else
        sla_ev_free(ev);
    return result;
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
