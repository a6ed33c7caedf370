/*
 * timer.h - one timer on a libev loop that goes off at an instant of a wall clock.
 *
 * It goes off at or after its instant, once, and again when the clock was set: it says
 * "look", never "it is due".  The kernel watches the machine's clock (cancel-on-set);
 * with a host's own clock, and where there is no timerfd, it goes off each second.
 */
#ifndef SLA_EV_TIMER_H
#define SLA_EV_TIMER_H

#include <stdbool.h>

#include <ev.h>

#include <sla/service.h>

typedef struct sla__ev_timer {
    struct ev_loop *loop;
    sla_clock_hook host; /* its clock; where `now` is NULL, the machine's */
    void (*look)(void *context);
    void *context;
    int fd; /* the timerfd, or -1 */
    ev_io io;
    ev_periodic periodic; /* where there is none */
    ev_timer each_second; /* where the kernel cannot watch the clock */
    sla_time at;          /* what it is set to, SLA_NEVER for nothing */
    bool set;             /* ... and has not gone off since */
} sla__ev_timer;

void sla__ev_timer_init(sla__ev_timer *timer, struct ev_loop *loop, const sla_clock_hook *host,
                        bool no_timerfd, void (*look)(void *context), void *context);
void sla__ev_timer_fini(sla__ev_timer *timer);

/* libev has a type of callback for each kind of watcher; all of ours do `what` to its data. */
#define SLA__EV_CALLBACK(name, watcher_type, what)                                                 \
    static void name(struct ev_loop *loop, watcher_type *watcher, int events)                      \
    {                                                                                              \
        (void)loop, (void)events;                                                                  \
        what(watcher->data);                                                                       \
    }

/* A clock of the machine in microseconds. */
sla_time sla__ev_clock(int id);

/* The timer's clock; `timer` is one, as a service's hooks want it. */
sla_time sla__ev_timer_now(void *timer);
sla_time sla__ev_timer_steady(void *timer);

/* Go off at `at` and not at what was before; SLA_NEVER: not at all.  True when the
 * clock was set meanwhile: look again. */
bool sla__ev_timer_set(sla__ev_timer *timer, sla_time at);

#endif
