/*
 * bench_timers_clock.c - a clock that is told what time it is.
 *
 * The linker leads calls of clock_gettime, gettimeofday and epoll_wait here.  While
 * timers_clock is set libraries see that time and no events, without a system call;
 * otherwise they see the machine's.  So their real interfaces are measured, hours of
 * deadlines pass in a moment, and the kernel is not part of the figure.
 */
#include <sys/epoll.h>
#include <sys/time.h>
#include <time.h>

#include "bench_timers.h"

int64_t timers_clock;

int __real_clock_gettime(clockid_t clock, struct timespec *out);
int __real_gettimeofday(struct timeval *restrict out, void *restrict zone);
int __real_epoll_wait(int poll, struct epoll_event *events, int count, int timeout);
int __wrap_clock_gettime(clockid_t clock, struct timespec *out);
int __wrap_gettimeofday(struct timeval *restrict out, void *restrict zone);
int __wrap_epoll_wait(int poll, struct epoll_event *events, int count, int timeout);

int __wrap_clock_gettime(clockid_t clock, struct timespec *out)
{
    if (timers_clock == 0)
        return __real_clock_gettime(clock, out);
    out->tv_sec = timers_clock / 1000000;
    out->tv_nsec = timers_clock % 1000000 * 1000;
    return 0;
}

int __wrap_gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    if (timers_clock == 0)
        return __real_gettimeofday(out, zone);
    out->tv_sec = timers_clock / 1000000;
    out->tv_usec = timers_clock % 1000000;
    return 0;
}

int __wrap_epoll_wait(int poll, struct epoll_event *events, int count, int timeout)
{
    return timers_clock == 0 ? __real_epoll_wait(poll, events, count, timeout) : 0;
}

double timers_seconds(void)
{
    struct timespec now;

    __real_clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}
