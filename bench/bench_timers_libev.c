/* bench_timers_libev.c - one ev_timer for each deadline, through libev's interface. */
#include "bench_timers.h"

#include <stdlib.h>

#ifdef SLA_BENCH_LIBEV

#include <ev.h>

#define BEGUN                                                                                      \
    INT64_C(1000000000000) /* its clock: a double, exact to a small part of a microsecond */

typedef struct loop {
    struct ev_loop *loop;
    timers_table table;
    timers_fired *fired;
    int64_t now;
} loop;

static void *open_loop(size_t live)
{
    loop *const all = timers_grow(NULL, 1, sizeof *all);

    (void)live;
    *all = (loop){.table.size = sizeof(ev_timer)};
    timers_clock = BEGUN;
    all->loop = ev_loop_new(EVBACKEND_EPOLL | EVFLAG_NOENV);
    ev_set_userdata(all->loop, all);
    return all;
}

static void on_timer(struct ev_loop *inner, ev_timer *timer, int events)
{
    loop *const all = ev_userdata(inner);

    (void)events;
    timers_note(all->fired, (uint32_t)(uintptr_t)timer->data);
}

/* Half a microsecond sooner, so that rounding holds none back; the next is not due yet. */
static double after(const loop *all, int64_t at)
{
    return ((double)(at - all->now) - 0.5) * 1e-6;
}

static void arm(void *timers, uint32_t id, int64_t at)
{
    loop *const all = timers;
    ev_timer *timer;

    timers_table_reach(&all->table, id);
    timer = timers_table_at(&all->table, id);
    ev_timer_init(timer, on_timer, after(all, at), 0);
    timer->data = (void *)(uintptr_t)id;
    ev_timer_start(all->loop, timer);
}

static void cancel(void *timers, uint32_t id)
{
    loop *const all = timers;

    ev_timer_stop(all->loop, timers_table_at(&all->table, id));
}

static void move(void *timers, uint32_t id, int64_t at)
{
    loop *const all = timers;
    ev_timer *const timer = timers_table_at(&all->table, id);

    timer->repeat = after(all, at);
    ev_timer_again(all->loop, timer);
    timer->repeat = 0;
}

static void fire(void *timers, int64_t now, timers_fired *fired)
{
    loop *const all = timers;

    all->fired = fired;
    timers_clock = BEGUN + now;
    all->now = now;
    ev_run(all->loop, EVRUN_NOWAIT);
}

static void close_loop(void *timers)
{
    loop *const all = timers;

    ev_loop_destroy(all->loop);
    timers_table_free(&all->table);
    free(all);
    timers_clock = 0;
}

const timers_contender timers_libev = {.name = "libev ev_timer",
                                       .open = open_loop,
                                       .arm = arm,
                                       .cancel = cancel,
                                       .move = move,
                                       .fire = fire,
                                       .close = close_loop,
                                       .cost = 5};

#else

const timers_contender timers_libev = {.name = "libev ev_timer", .skipped = "no libev.a"};

#endif
