/*
 * host_clock.h - the machine's clock and timer as a service wants them.
 *
 * The timer is a timerfd at an absolute instant of the real-time clock, cancelled
 * when that clock is set: what falls due is told neither early nor a poll's
 * millisecond late, and a clock that jumps wakes us at once.
 */
#ifndef SLA_CLI_HOST_CLOCK_H
#define SLA_CLI_HOST_CLOCK_H

#include <stdbool.h>

#include <sla/service.h>

typedef struct host_clock {
    int timer; /* readable: an instant that was armed has come, or the clock was set */
    int waker; /* readable: somebody wants a round */
} host_clock;

/* False, and a complaint. */
bool host_clock_init(host_clock *c);
void host_clock_fini(host_clock *c);

sla_clock_hook host_clock_hook(host_clock *c);

/* Take note of what made them readable. */
void host_clock_clear(host_clock *c);

/* Microseconds that never jump, for spans of our own. */
sla_time monotonic_now(void);

/* For poll: the milliseconds up to then, an hour at most; without end for SLA_NEVER. */
int monotonic_left(sla_time until);

#endif
