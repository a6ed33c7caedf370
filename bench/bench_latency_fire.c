/* bench_latency_fire.c - see bench_latency.h: the two who fire. */
#include "bench_latency.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <ev.h>

#include <sla/ev.h>

#include "bench.h"

int64_t bench_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void bench_fired(bench_firing *firing, sla_time due)
{
    const int64_t late = bench_now_ns() - due * 1000;

    firing->early += late < 0;
    firing->late_ns[firing->fired++] = late;
}

double bench_cpu_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

/* Whole work of a contender. */
static size_t all_of(const bench_firing *firing)
{
    return firing->count * firing->seconds;
}

static sla_time instant(const bench_firing *firing, sla_time begin, size_t i)
{
    return begin + (sla_duration)(i / firing->count) * SLA_SECOND +
           firing->phases[i % firing->count];
}

/* -------------------------------------------------------------- bare loop */

typedef struct bare {
    bench_firing *firing;
    sla_time begin;
} bare;

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
    const bare *self = timer->data;
    bench_firing *firing = self->firing;

    (void)events;
    while (firing->fired < all_of(firing)) {
        const sla_time due = instant(firing, self->begin, firing->fired);

        if (due * 1000 > bench_now_ns()) {
            ev_timer_set(timer, (ev_tstamp)due / SLA_SECOND - ev_now(loop), 0);
            ev_timer_start(loop, timer);
            return;
        }
        bench_fired(firing, due);
    }
}

static void run_bare(struct ev_loop *loop, bench_firing *firing)
{
    const double cpu = bench_cpu_seconds();
    const double start = bench_seconds();

    ev_run(loop, 0);
    firing->cpu_percent = 100 * (bench_cpu_seconds() - cpu) / (bench_seconds() - start);
    ev_loop_destroy(loop);
}

bool bench_fire_timer(bench_firing *firing)
{
    struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
    bare self = {firing, bench_now_ns() / 1000 + SLA_SECOND / 10};
    ev_timer timer;

    if (loop == NULL)
        return false;
    ev_timer_init(&timer, on_timer, 0, 0);
    timer.data = &self;
    ev_timer_start(loop, &timer);
    run_bare(loop, firing);
    return true;
}

static void on_timerfd(struct ev_loop *loop, ev_io *io, int events)
{
    const bare *self = io->data;
    bench_firing *firing = self->firing;
    struct itimerspec when = {{0, 0}, {0, 0}};

    (void)events;
    while (firing->fired < all_of(firing)) {
        const sla_time due = instant(firing, self->begin, firing->fired);

        if (due * 1000 > bench_now_ns()) {
            when.it_value.tv_sec = due / SLA_SECOND;
            when.it_value.tv_nsec = due % SLA_SECOND * 1000;
            timerfd_settime(io->fd, TFD_TIMER_ABSTIME, &when, NULL);
            return;
        }
        bench_fired(firing, due);
    }
    ev_io_stop(loop, io);
}

bool bench_fire_timerfd(bench_firing *firing)
{
    struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
    bare self = {firing, bench_now_ns() / 1000 + SLA_SECOND / 10};
    const struct itimerspec at_once = {{0, 0}, {0, 1}};
    const int fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    ev_io io;

    if (loop == NULL || fd < 0)
        return false;
    ev_io_init(&io, on_timerfd, fd, EV_READ);
    io.data = &self;
    timerfd_settime(fd, TFD_TIMER_ABSTIME, &at_once, NULL);
    ev_io_start(loop, &io);
    run_bare(loop, firing);
    close(fd);
    return true;
}

/* --------------------------------------------------------------- a service */

static const char policy[] =
    "{\"policy\": \"pulse\", \"version\": \"1\", \"targets\": [{\"target\": \"beat\","
    " \"stop\": \"over\", \"goals\": [{\"elapsed\": \"PT1H\"}],"
    " \"steps\": [{\"step\": \"level_1\", \"after\": \"PT1S\", \"level\": 1,"
    " \"repeat\": {\"every\": \"PT1S\", \"max\": 1000, \"until\": \"end\"}}]}]}";

typedef struct live {
    bench_firing *firing;
    struct ev_loop *loop;
    sla_ev *ev;
    size_t recorded, failed;
    sla_time first; /* the second that the first ticket's first phase belongs to */
    sla_time begin; /* firings from here on count; SLA_NEVER while tickets are opened */
    double cpu, start;
} live;

static void on_recorded(void *context, int result, const sla_answer *answer, const sla_error *error)
{
    live *self = context;

    (void)answer, (void)error;
    self->failed += result != SLA_OK;
    if (++self->recorded < self->firing->count)
        return;
    /* All are open: from the next full second but one. */
    self->begin = self->first;
    while (self->begin < bench_now_ns() / 1000 + SLA_SECOND / 4)
        self->begin += SLA_SECOND;
}

/* An event, and the repeats that it stands for: each by its own instant. */
static void fired_with_skipped(bench_firing *firing, const sla_event *event)
{
    for (uint32_t i = 0; i <= event->skipped && firing->fired < all_of(firing); i++)
        bench_fired(firing, event->at - (sla_duration)i * SLA_SECOND);
}

static int on_event(void *context, const sla_event *event, uint64_t number, uint32_t attempt)
{
    live *self = context;
    bench_firing *firing = self->firing;

    (void)number, (void)attempt;
    if (event->at < self->begin || firing->fired == all_of(firing))
        return SLA_OK;
    if (firing->fired == 0) {
        self->cpu = bench_cpu_seconds();
        self->start = bench_seconds();
    }
    fired_with_skipped(firing, event);
    if (firing->fired == all_of(firing)) {
        firing->cpu_percent =
            100 * (bench_cpu_seconds() - self->cpu) / (bench_seconds() - self->start);
        ev_break(self->loop, EVBREAK_ALL);
    }
    return SLA_OK;
}

static bool open_tickets(live *self)
{
    sla_service *service = sla_ev_service(self->ev);

    for (size_t i = 0; i < self->firing->count; i++) {
        char ticket[32];
        const int length = snprintf(ticket, sizeof ticket, "T-%zu", i);
        const sla_fact opened = {
            .ticket = {ticket, (size_t)length},
            .name = {"opened", 6},
            .occurred_at = self->first + self->firing->phases[i] - SLA_HOUR - SLA_SECOND,
        };

        if (sla_service_record(service, &opened, on_recorded, self) != SLA_OK)
            return false;
    }
    return true;
}

static bool make_service(live *self)
{
    const sla_document document = {{"pulse", 5}, {policy, sizeof policy - 1}};
    sla_ev_options on_loop = SLA_EV_OPTIONS_INIT;
    sla_service_options options = SLA_SERVICE_OPTIONS_INIT;
    sla_consumer consumer = SLA_CONSUMER_INIT;

    options.documents = &document;
    options.document_count = 1;
    options.queue_max = self->firing->count + 1;
    on_loop.coalesce = self->firing->coalesce;
    consumer.name = "bench";
    consumer.handler = on_event;
    consumer.context = self;
    options.store = self->firing->store;
    return (options.store != NULL || sla_store_memory_new(NULL, &options.store) == SLA_OK) &&
           sla_ev_new(self->loop, &on_loop, &options, &self->ev, NULL) == SLA_OK &&
           sla_service_subscribe(sla_ev_service(self->ev), &consumer) == SLA_OK;
}

bool bench_fire_service(bench_firing *firing)
{
    live self = {.firing = firing, .begin = SLA_NEVER};
    bool done;

    self.loop = ev_loop_new(EVFLAG_AUTO);
    if (self.loop == NULL)
        return false;
    /* Time to open them all before the first one is due. */
    self.first = bench_now_ns() / 1000 + SLA_SECOND / 2 + (sla_duration)firing->count * 10;
    done = make_service(&self) && open_tickets(&self);
    if (done)
        ev_run(self.loop, 0);
    sla_ev_free(self.ev);
    ev_loop_destroy(self.loop);
    if (done && self.failed > 0)
        fprintf(stderr, "sla-bench: %zu tickets were not opened\n", self.failed);
    return done && self.failed == 0;
}
