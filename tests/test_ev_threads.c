/* Goal: the driver on libev stands other threads, loops inside loops, neighbours,
 * children of a fork, and its own end.  Method: a service that only counts
 * (fake_service.h) on a real loop. */
#include "check.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ev_scene.h"

static void *wake_often(void *context)
{
    for (size_t i = 0; i < 10000; i++)
        sla_ev_wake(context);
    return NULL;
}

static void *stop_it(void *context)
{
    const struct timespec soon = {0, 5 * 1000 * 1000};

    nanosleep(&soon, NULL);
    sla_service_stop(context);
    return NULL;
}

TEST(other_threads_wake_and_stop)
{
    for (size_t i = 0; i < EV_SCENE_PATHS; i++) {
        pthread_t waker, stopper;
        ev_scene self;

        ev_scene_open(&self, &ev_scene_paths[i]);
        CHECK_EQ("a thread", 0, pthread_create(&waker, NULL, wake_often, self.ev));
        CHECK_EQ("another", 0, pthread_create(&stopper, NULL, stop_it, self.service));
        ev_run(self.loop, 0);
        pthread_join(waker, NULL);
        pthread_join(stopper, NULL);
        CHECK_EQ("the loop has nothing left", 1, self.stopped);
        CHECK_TRUE("it went round", self.service->rounds > 0);
        ev_scene_close(&self);
        CHECK_EQ("said once", 1, self.stopped);
    }
}

static void stop_in_callback(void *context, sla_time due)
{
    ev_scene *self = context;

    ev_scene_note(context, due);
    sla_service_stop(self->service);
}

static void free_when_stopped(void *context)
{
    ev_scene *self = context;

    self->stopped++;
    sla_ev_free(self->ev);
    self->ev = NULL;
}

TEST(stopping_in_a_callback)
{
    for (size_t i = 0; i < EV_SCENE_PATHS; i++) {
        ev_scene self = {0};
        const sla_time due = ev_scene_clock(CLOCK_REALTIME) + 5 * MS;

        ev_scene_open(&self, &ev_scene_paths[i]);
        sla_ev_free(self.ev);
        self.options.stopped = free_when_stopped;
        self.wanted.store = fake_store(&self.closed);
        CHECK_OK(sla_ev_new(self.loop, &self.options, &self.wanted, &self.ev, NULL));
        self.service = sla_ev_service(self.ev);
        self.service->on_fire = stop_in_callback;
        self.service->context = &self;
        fake_service_plan(self.service, &due, 1);
        ev_run(self.loop, 0);
        CHECK_EQ(ev_scene_paths[i].why, 0, self.early);
        CHECK_EQ("freed in its own last word", 1, self.stopped);
        ev_scene_close(&self);
        CHECK_EQ("each service closes its store", 2, self.closed);
    }
}

static void run_the_loop_inside(void *context, sla_time due)
{
    ev_scene *self = context;

    ev_scene_note(context, due);
    for (int i = 0; i < 5; i++)
        ev_run(self->loop, EVRUN_NOWAIT);
}

/* A handler that runs the loop itself: the service is not entered twice (the fake
 * asserts it), and goes on afterwards. */
TEST(a_loop_inside_a_handler)
{
    for (size_t i = 0; i < EV_SCENE_PATHS; i++) {
        sla_time *due;
        ev_scene self;

        ev_scene_open(&self, &ev_scene_paths[i]);
        self.service->on_fire = run_the_loop_inside;
        due = ev_scene_instants(50, MS);
        fake_service_plan(self.service, due, 50);
        ev_scene_run_until_fired(&self, 50, 5 * SLA_SECOND);
        CHECK_EQ(ev_scene_paths[i].why, 50, self.service->fired);
        CHECK_EQ(ev_scene_paths[i].why, 0, self.early);
        ev_scene_close(&self);
        free(due);
    }
}

static void wake_inside(void *context, sla_time due)
{
    ev_scene *self = context;

    ev_scene_note(context, due);
    sla_ev_wake(self->ev);
    ev_run(self->loop, EVRUN_NOWAIT);
}

/* The loop that a handler runs hears the wake, and cannot serve it. */
TEST(a_wake_inside_a_handler_is_not_lost)
{
    static const sla_time past = 0;
    ev_scene self;

    ev_scene_open(&self, &ev_scene_paths[0]);
    ev_run(self.loop, EVRUN_NOWAIT);
    ev_run(self.loop, EVRUN_NOWAIT);
    self.service->on_fire = wake_inside;
    self.service->rounds = 0;
    fake_service_plan(self.service, &past, 1);
    sla_ev_wake(self.ev);
    ev_run(self.loop, EVRUN_ONCE);
    CHECK_EQ("the round that fired, and one for the wake", 2, self.service->rounds);
    ev_scene_close(&self);
}

TEST(two_services_on_one_loop)
{
    struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
    ev_scene one = {0}, other = {0};
    sla_time *due;

    other.options.no_timerfd = true;
    ev_scene_open_on(&one, loop);
    ev_scene_open_on(&other, loop);
    due = ev_scene_instants(200, MS);
    fake_service_plan(one.service, due, 200);
    fake_service_plan(other.service, due, 200);
    sla_ev_wake(other.ev);
    ev_scene_run_until_fired(&one, 100, 2 * SLA_SECOND);
    CHECK_TRUE("both go on", one.service->fired >= 100 && other.service->fired >= 90);
    sla_ev_free(one.ev);
    ev_scene_run_until_fired(&other, 200, 2 * SLA_SECOND);
    CHECK_EQ("the other one does not miss it", 200, other.service->fired);
    CHECK_EQ("never early", 0, one.early + other.early);
    ev_scene_close(&other);
    free(due);
}

/* The child of a fork shares the timer with its parent and must keep off it. */
TEST(a_child_is_quiet)
{
    for (size_t i = 0; i < EV_SCENE_PATHS; i++) {
        int status = -1;
        sla_time *due;
        pid_t child;
        ev_scene self;

        ev_scene_open(&self, &ev_scene_paths[i]);
        due = ev_scene_instants(20, 5 * MS);
        fake_service_plan(self.service, due, 20);
        ev_scene_run_until_fired(&self, 1, SLA_SECOND);
        child = fork();
        CHECK_TRUE("a child", child >= 0);
        if (child == 0) {
            const size_t before = self.service->fired;

            ev_run(self.loop, 0); /* returns: nothing is left on it, and no fact is taken */
            _exit(self.service->fired == before && self.service->stopping ? 0 : 1);
        }
        ev_scene_run_until_fired(&self, 20, 3 * SLA_SECOND);
        CHECK_EQ("the parent goes on", 20, self.service->fired);
        CHECK_EQ("it ends", child, waitpid(child, &status, 0));
        CHECK_EQ(ev_scene_paths[i].why, 0, status);
        ev_scene_close(&self);
        free(due);
    }
}
