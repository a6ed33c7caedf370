/*
 * bench_timers_libuv.c - one uv_timer_t for each deadline.
 *
 * libuv counts milliseconds; here its clock counts microseconds, which its structure
 * does not notice, so that it fires exactly what the others do.  uv__run_timers is what
 * uv_run calls when it has looked at the clock.
 */
#include "bench_timers.h"

#include <stdlib.h>

#ifdef SLA_BENCH_LIBUV

#include <uv.h>

void uv__run_timers(uv_loop_t *loop);

typedef struct loop {
    uv_loop_t loop;
    timers_table table;
    timers_fired *fired;
} loop;

static void *open_loop(size_t live)
{
    loop *const all = timers_grow(NULL, 1, sizeof *all);

    (void)live;
    *all = (loop){.table.size = sizeof(uv_timer_t)};
    if (uv_loop_init(&all->loop) != 0)
        abort();
    all->loop.time = 0;
    all->loop.data = all;
    return all;
}

static void on_timer(uv_timer_t *timer)
{
    timers_note(((loop *)timer->loop->data)->fired, (uint32_t)(uintptr_t)timer->data);
}

static void arm(void *timers, uint32_t id, int64_t at)
{
    loop *const all = timers;
    uv_timer_t *timer;

    timers_table_reach(&all->table, id);
    timer = timers_table_at(&all->table, id);
    if (timer->type != UV_TIMER) {
        uv_timer_init(&all->loop, timer);
        timer->data = (void *)(uintptr_t)id;
    }
    uv_timer_start(timer, on_timer, (uint64_t)at - all->loop.time, 0);
}

static void cancel(void *timers, uint32_t id)
{
    uv_timer_stop(timers_table_at(&((loop *)timers)->table, id));
}

static void move(void *timers, uint32_t id, int64_t at)
{
    loop *const all = timers;

    uv_timer_start(timers_table_at(&all->table, id), on_timer, (uint64_t)at - all->loop.time, 0);
}

static void fire(void *timers, int64_t now, timers_fired *fired)
{
    loop *const all = timers;

    all->fired = fired;
    all->loop.time = (uint64_t)now;
    uv__run_timers(&all->loop);
}

static void close_timer(uv_handle_t *handle, void *context)
{
    (void)context;
    uv_close(handle, NULL);
}

static void close_loop(void *timers)
{
    loop *const all = timers;

    uv_walk(&all->loop, close_timer, NULL);
    uv_run(&all->loop, UV_RUN_NOWAIT);
    uv_loop_close(&all->loop);
    timers_table_free(&all->table);
    free(all);
}

const timers_contender timers_libuv = {.name = "libuv uv_timer_t",
                                       .open = open_loop,
                                       .arm = arm,
                                       .cancel = cancel,
                                       .move = move,
                                       .fire = fire,
                                       .close = close_loop,
                                       .cost = 15};

#else

const timers_contender timers_libuv = {.name = "libuv uv_timer_t",
                                       .skipped = "no libuv_a.a (libuv1-dev)"};

#endif
