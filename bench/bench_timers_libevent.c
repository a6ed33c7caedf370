/* bench_timers_libevent.c - one event for each deadline, through libevent's interface. */
#include "bench_timers.h"

#include <stdlib.h>

#ifdef SLA_BENCH_LIBEVENT

#include <event2/event.h>
#include <event2/event_struct.h>

#define BEGUN INT64_C(1000000000000)

typedef struct loop {
    struct event_base *base;
    timers_table table;
    timers_fired *fired;
    int64_t now;
} loop;

typedef struct watcher {
    struct event event;
    loop *all;
    uint32_t id;
} watcher;

static void *open_loop(size_t live)
{
    loop *const all = timers_grow(NULL, 1, sizeof *all);

    (void)live;
    *all = (loop){.table.size = sizeof(watcher)};
    timers_clock = BEGUN;
    all->base = event_base_new();
    return all;
}

static void on_timer(evutil_socket_t none, short events, void *context)
{
    const watcher *const what = context;

    (void)none;
    (void)events;
    timers_note(what->all->fired, what->id);
}

static void start(loop *all, watcher *what, int64_t at)
{
    const int64_t after = at - all->now;
    const struct timeval wait = {after / 1000000, after % 1000000};

    event_add(&what->event, &wait);
}

static void arm(void *timers, uint32_t id, int64_t at)
{
    loop *const all = timers;
    watcher *what;

    timers_table_reach(&all->table, id);
    what = timers_table_at(&all->table, id);
    if (what->all == NULL) {
        what->all = all;
        what->id = id;
        evtimer_assign(&what->event, all->base, on_timer, what);
    }
    start(all, what, at);
}

static void cancel(void *timers, uint32_t id)
{
    event_del(&((watcher *)timers_table_at(&((loop *)timers)->table, id))->event);
}

static void move(void *timers, uint32_t id, int64_t at)
{
    loop *const all = timers;

    start(all, timers_table_at(&all->table, id), at);
}

static void fire(void *timers, int64_t now, timers_fired *fired)
{
    loop *const all = timers;

    all->fired = fired;
    timers_clock = BEGUN + now;
    all->now = now;
    event_base_loop(all->base, EVLOOP_NONBLOCK);
}

static void close_loop(void *timers)
{
    loop *const all = timers;

    event_base_free(all->base);
    timers_table_free(&all->table);
    free(all);
    timers_clock = 0;
}

const timers_contender timers_libevent = {.name = "libevent event",
                                          .open = open_loop,
                                          .arm = arm,
                                          .cancel = cancel,
                                          .move = move,
                                          .fire = fire,
                                          .close = close_loop,
                                          .cost = 15};

#else

const timers_contender timers_libevent = {.name = "libevent event",
                                          .skipped = "no libevent_core.a (libevent-dev)"};

#endif
