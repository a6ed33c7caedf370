/* Goal: a service on a libev loop tells everything once, in order and never early,
 * whichever way the driver waits.  Method: tickets that beat once a second (pulse.h)
 * under the machine's clock; early is asked of the clock read in the handler. */
#include "check.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <ev.h>

#include <sla/ev.h>

#include "pulse.h"

static sla_time machine_clock(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (sla_time)now.tv_sec * SLA_SECOND + now.tv_nsec / 1000;
}

/* A driver, its service, and what the consumer has seen. */
typedef struct scene {
    struct ev_loop *loop;
    sla_ev *ev;
    sla_service *service;
    sla_duration ahead; /* of the machine's clock: a host's own clock */
    uint32_t *beats;    /* of each ticket: told or stood for by a newer one */
    size_t tickets, recorded;
    size_t told, stood_for, early, disordered, twice, stopped;
    size_t enough; /* leaves the loop after so many told */
    void (*also)(struct scene *self, const sla_event *event);
} scene;

static sla_time scene_now(void *context)
{
    return machine_clock(CLOCK_REALTIME) + ((scene *)context)->ahead;
}

static sla_time scene_steady(void *context)
{
    (void)context;
    return machine_clock(CLOCK_BOOTTIME);
}

/* The first telling is number 1 of the ticket, its repeats follow. */
static void count_beat(scene *self, const sla_event *event)
{
    uint32_t *beats = &self->beats[pulse_ticket(event)];
    const uint32_t number = event->repeat + 1;

    if (number <= *beats)
        self->twice++;
    else if (number - *beats != 1 + event->skipped)
        self->disordered++;
    self->stood_for += event->skipped;
    *beats = number;
}

static int on_event(void *context, const sla_event *event, uint64_t number, uint32_t attempt)
{
    scene *self = context;

    (void)number, (void)attempt;
    self->early += scene_now(self) < event->at;
    if (strcmp(event->step, "beat") == 0)
        count_beat(self, event);
    self->told++;
    if (self->also != NULL)
        self->also(self, event);
    if (self->told >= self->enough)
        ev_break(self->loop, EVBREAK_ALL);
    return SLA_OK;
}

static void on_recorded(void *context, int result, const sla_answer *answer, const sla_error *error)
{
    (void)answer;
    CHECK_OK_OR_SAY(result, error);
    ((scene *)context)->recorded++;
}

static void on_stopped(void *context)
{
    ((scene *)context)->stopped++;
}

static void give_up(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)timer, (void)events;
    ev_break(loop, EVBREAK_ALL);
}

/* Until `enough` has been told, or `limit` seconds are over. */
static void scene_run(scene *self, size_t enough, double limit)
{
    ev_timer end;

    self->enough = enough;
    ev_now_update(self->loop);
    ev_timer_init(&end, give_up, limit, 0);
    ev_timer_start(self->loop, &end);
    ev_run(self->loop, 0);
    ev_timer_stop(self->loop, &end);
}

static void scene_open(scene *self, struct ev_loop *loop, size_t tickets, bool no_timerfd,
                       sla_service_options *options)
{
    sla_ev_options on_loop = SLA_EV_OPTIONS_INIT;
    sla_consumer consumer = SLA_CONSUMER_INIT;
    sla_error error = {0};

    memset(self, 0, sizeof *self);
    self->loop = loop;
    self->tickets = tickets;
    self->beats = calloc(tickets, sizeof *self->beats);
    CHECK_TRUE("memory", self->beats != NULL);
    on_loop.no_timerfd = no_timerfd;
    on_loop.stopped = on_stopped;
    on_loop.context = self;
    options->queue_max = tickets + 16;
    if (options->clock.now != NULL)
        options->clock.context = self;
    CHECK_OK_OR_SAY(sla_ev_new(loop, &on_loop, options, &self->ev, &error), &error);
    self->service = sla_ev_service(self->ev);
    consumer.name = "test";
    consumer.handler = on_event;
    consumer.context = self;
    CHECK_OK(sla_service_subscribe(self->service, &consumer));
}

/* Tickets whose beats are spread over a second that begins `in` from now. */
static void begin_all(scene *self, sla_duration in)
{
    const sla_time now = scene_now(self);

    for (uint32_t i = 0; i < self->tickets; i++)
        CHECK_OK(pulse_begin(self->service, i,
                             now + in + (sla_duration)i * SLA_SECOND / (sla_duration)self->tickets,
                             on_recorded, self));
}

static void scene_free(scene *self)
{
    sla_ev_free(self->ev);
    free(self->beats);
}

static void check_told(const char *why, const scene *self)
{
    CHECK_EQ(why, 0, self->early);
    CHECK_EQ(why, 0, self->twice);
    CHECK_EQ(why, 0, self->disordered);
}

/* `count` events through the real thing, 100,000 a second. */
TEST(a_million_firings_and_none_early)
{
    const size_t count = check_count(1000000, 10000000);
    const size_t tickets = CHECK_UNDER_ASAN ? 10000 : 100000;
    const sla_time began = machine_clock(CLOCK_MONOTONIC);
    struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
    sla_service_options options = pulse_options();
    scene self;

    scene_open(&self, loop, tickets, false, &options);
    begin_all(&self, SLA_SECOND);
    scene_run(&self, count, 60 + (double)count / 20000);
    printf("%zu told, %zu stood for by newer ones, in %lld ms\n", self.told, self.stood_for,
           (long long)(machine_clock(CLOCK_MONOTONIC) - began) / 1000);
    CHECK_EQ("all tickets on the record", tickets, self.recorded);
    CHECK_TRUE("so many", self.told >= count);
    check_told("a million", &self);
    scene_free(&self);
    ev_loop_destroy(loop);
}

/* Every way of waiting, and stores that answer at once or by a descriptor. */
TEST(told_once_in_order_never_early)
{
    static const struct row {
        const char *why;
        bool no_timerfd, by_pipe;
    } rows[] = {
        {"timerfd", false, false},
        {"ev_periodic", true, false},
        {"timerfd, a store that opens pipes", false, true},
        {"ev_periodic, a store that opens pipes", true, true},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
        sla_service_options options = pulse_options();
        scene self;

        if (rows[i].by_pipe) {
            options.store->ops->close(options.store);
            options.store = pulse_pipe_store();
        }
        scene_open(&self, loop, 200, rows[i].no_timerfd, &options);
        begin_all(&self, SLA_SECOND / 5);
        scene_run(&self, 400, 30);
        CHECK_TRUE(rows[i].why, self.told >= 400);
        check_told(rows[i].why, &self);
        scene_free(&self);
        ev_loop_destroy(loop);
    }
}

static void stop_now(scene *self, const sla_event *event)
{
    if (strcmp(event->step, "beat") == 0)
        sla_service_stop(self->service);
}

/* The loop ends by itself: the driver has let go of it. */
TEST(stopping_in_a_handler)
{
    for (int no_timerfd = 0; no_timerfd <= 1; no_timerfd++) {
        struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
        sla_service_options options = pulse_options();
        scene self;

        scene_open(&self, loop, 10, no_timerfd != 0, &options);
        self.also = stop_now;
        begin_all(&self, SLA_SECOND / 10);
        self.enough = SIZE_MAX;
        ev_run(loop, 0);
        CHECK_EQ("said so once", 1, self.stopped);
        CHECK_EQ("stopped", SLA_SERVICE_STOPPED, sla_service_get_state(self.service));
        CHECK_EQ("ten breaches and one beat", 11, self.told);
        check_told("stopped", &self);
        scene_free(&self);
        ev_loop_destroy(loop);
    }
}

TEST(two_services_on_one_loop)
{
    struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
    sla_service_options options = pulse_options(), others = pulse_options();
    scene one, other;

    scene_open(&one, loop, 100, false, &options);
    scene_open(&other, loop, 100, true, &others);
    begin_all(&one, SLA_SECOND / 10);
    begin_all(&other, SLA_SECOND / 10);
    other.enough = SIZE_MAX;
    scene_run(&one, 100, 10);
    sla_service_stop(one.service);
    scene_run(&other, 200, 10);
    CHECK_EQ("one has stopped", 1, one.stopped);
    CHECK_TRUE("the other goes on", other.told >= 200);
    check_told("one", &one);
    check_told("the other", &other);
    scene_free(&one);
    scene_free(&other);
    ev_loop_destroy(loop);
}

/* The host's clock jumps, and with it what is due; nothing before its instant by
 * that clock, nothing twice. */
TEST(jumps_of_the_hosts_clock)
{
    static const sla_duration jumps[] = {
        1000, -1000, SLA_SECOND, -SLA_SECOND, 10 * SLA_MINUTE, -10 * SLA_MINUTE, 60 * SLA_SECOND};

    for (int no_timerfd = 0; no_timerfd <= 1; no_timerfd++) {
        struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
        sla_service_options options = pulse_options();
        scene self;

        options.clock.now = scene_now;
        options.clock.steady = scene_steady;
        options.step_allowed = SLA_HOUR;
        scene_open(&self, loop, 50, no_timerfd != 0, &options);
        begin_all(&self, SLA_SECOND / 10);
        scene_run(&self, 50, 5);
        for (size_t i = 0; i < COUNT_OF(jumps); i++) {
            self.ahead += jumps[i];
            sla_ev_wake(self.ev);
            scene_run(&self, SIZE_MAX, 0.05);
            check_told("after a jump", &self);
        }
        CHECK_TRUE("eleven minutes went by", self.told + self.stood_for >= 50 * 600);
        scene_free(&self);
        ev_loop_destroy(loop);
    }
}

enum { RECORDERS = 4, EACH = 200 };

typedef struct recorder {
    pthread_t thread;
    scene *self;
    uint32_t first;
    size_t failed;
} recorder;

static void *record_many(void *context)
{
    recorder *me = context;
    const sla_time far = machine_clock(CLOCK_REALTIME) + SLA_MINUTE;

    for (uint32_t i = 0; i < EACH; i++)
        me->failed += pulse_begin_wait(me->self->service, me->first + i, far) != SLA_OK;
    return NULL;
}

/* Threads that wait for their facts, while the loop's handlers record as well. */
static void end_it(scene *self, const sla_event *event)
{
    if (event->repeat == 0 && strcmp(event->step, "beat") == 0)
        CHECK_OK(pulse_end(self->service, pulse_ticket(event), event->told));
}

TEST(other_threads_record_and_handlers_record_back)
{
    struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
    sla_service_options options = pulse_options();
    recorder recorders[RECORDERS];
    sla_service_stats stats = {.size = sizeof stats};
    scene self;

    scene_open(&self, loop, 100, false, &options);
    self.also = end_it;
    begin_all(&self, SLA_SECOND / 10);
    for (uint32_t i = 0; i < RECORDERS; i++) {
        recorders[i] = (recorder){.self = &self, .first = 100 + i * EACH};
        CHECK_EQ("a thread", 0,
                 pthread_create(&recorders[i].thread, NULL, record_many, &recorders[i]));
    }
    /* Breached, beaten and ended: three events of each of the hundred. */
    scene_run(&self, SIZE_MAX, 2);
    for (uint32_t i = 0; i < RECORDERS; i++) {
        pthread_join(recorders[i].thread, NULL);
        CHECK_EQ("all of them on the record", 0, recorders[i].failed);
    }
    sla_service_get_stats(self.service, &stats);
    CHECK_EQ("facts", 100 + 100 + RECORDERS * EACH, stats.facts);
    for (uint32_t i = 0; i < 100; i++)
        CHECK_EQ("a ticket that was ended after its first beat", 1, self.beats[i]);
    check_told("threads", &self);
    scene_free(&self);
    ev_loop_destroy(loop);
}
