/* Goal: the driver on libev wakes for what a service wants, never early, whichever
 * way it waits.  Method: a service that only counts (fake_service.h) on a real loop,
 * by timerfd and by ev_periodic; "early" is asked of the machine's clock. */
#include "check.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <ev.h>

#include <sla/ev.h>

#include "fake_service.h"

#define MS INT64_C(1000)

static const struct path {
    const char *why;
    bool no_timerfd;
} paths[] = {{"timerfd", false}, {"ev_periodic", true}};

static sla_time machine_clock(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (sla_time)now.tv_sec * SLA_SECOND + now.tv_nsec / 1000;
}

/* A loop with a driver and its fake service. */
typedef struct scene {
    struct ev_loop *loop;
    sla_ev *ev;
    sla_service *service;
    sla_ev_options options;
    sla_service_options wanted;
    size_t early, stopped;
    sla_duration latest;
    int closed;
} scene;

static void note(void *context, sla_time due)
{
    scene *self = context;
    const sla_duration late = machine_clock(CLOCK_REALTIME) - due;

    self->early += late < 0;
    if (late > self->latest)
        self->latest = late;
}

static void note_stopped(void *context)
{
    ((scene *)context)->stopped++;
}

static void scene_open_on(scene *self, struct ev_loop *loop)
{
    self->loop = loop;
    self->options.size = sizeof self->options;
    self->options.stopped = note_stopped;
    self->options.context = self;
    self->wanted.size = sizeof self->wanted;
    self->wanted.store = fake_store(&self->closed);
    CHECK_OK(sla_ev_new(loop, &self->options, &self->wanted, &self->ev, NULL));
    self->service = sla_ev_service(self->ev);
    self->service->on_fire = note;
    self->service->context = self;
}

static void scene_open(scene *self, const struct path *path)
{
    memset(self, 0, sizeof *self);
    self->options.no_timerfd = path->no_timerfd;
    scene_open_on(self, ev_loop_new(EVFLAG_FORKCHECK));
}

static void scene_close(scene *self)
{
    sla_ev_free(self->ev);
    CHECK_EQ("nothing of it is left on the loop", 0, ev_run(self->loop, 0));
    ev_loop_destroy(self->loop);
}

/* `count` instants `apart`, the first one `apart` from now. */
static sla_time *instants(size_t count, sla_duration apart)
{
    const sla_time now = machine_clock(CLOCK_REALTIME);
    sla_time *due = malloc(count * sizeof *due);

    CHECK_TRUE("memory", due != NULL);
    for (size_t i = 0; i < count; i++)
        due[i] = now + (sla_duration)(i + 1) * apart;
    return due;
}

/* Turns of the loop until `count` have fired; gives up after `limit` of real time. */
static void run_until_fired(const scene *self, size_t count, sla_duration limit)
{
    const sla_time until = machine_clock(CLOCK_MONOTONIC) + limit;

    sla_ev_wake(self->ev);
    while (self->service->fired < count && machine_clock(CLOCK_MONOTONIC) < until)
        ev_run(self->loop, EVRUN_ONCE);
}

TEST(instants_are_met_and_never_early)
{
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        const size_t count = check_count(i == 0 ? 50000 : 5000, 500000);
        sla_time *due;
        scene self;

        scene_open(&self, &paths[i]);
        due = instants(count, 20);
        fake_service_plan(self.service, due, count);
        run_until_fired(&self, count, 60 * SLA_SECOND);
        CHECK_EQ(paths[i].why, count, self.service->fired);
        CHECK_EQ(paths[i].why, 0, self.early);
        scene_close(&self);
        free(due);
    }
}

TEST(an_instant_in_the_past_is_met_at_once)
{
    static const sla_time past[] = {-SLA_TIME_MAX, -1, 0, 1};

    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        scene self;

        scene_open(&self, &paths[i]);
        fake_service_plan(self.service, past, COUNT_OF(past));
        run_until_fired(&self, COUNT_OF(past), SLA_SECOND);
        CHECK_EQ(paths[i].why, COUNT_OF(past), self.service->fired);
        scene_close(&self);
    }
}

/* A service may arm outside of its rounds; only the last one counts. */
TEST(arming_again_replaces)
{
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        const sla_time began = machine_clock(CLOCK_REALTIME);
        const sla_time due = began + 20 * MS;
        scene self;

        scene_open(&self, &paths[i]);
        ev_run(self.loop, EVRUN_NOWAIT);
        fake_service_plan(self.service, &due, 1);
        self.service->clock.arm(self.service->clock.context, began + SLA_HOUR);
        self.service->clock.arm(self.service->clock.context, SLA_NEVER);
        self.service->clock.arm(self.service->clock.context, due);
        while (self.service->fired == 0 && machine_clock(CLOCK_REALTIME) < due + SLA_SECOND)
            ev_run(self.loop, EVRUN_ONCE);
        CHECK_EQ(paths[i].why, 1, self.service->fired);
        CHECK_EQ(paths[i].why, 0, self.early);
        scene_close(&self);
    }
}

static void block(struct ev_loop *loop, ev_timer *timer, int events)
{
    const struct timespec long_work = {0, 60 * 1000 * 1000};

    (void)loop, (void)timer, (void)events;
    nanosleep(&long_work, NULL);
}

/* After a long callback libev's cached time is old; ours is not asked of it. */
TEST(a_host_that_works_long_makes_nothing_early)
{
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        sla_time *due;
        ev_timer host;
        scene self;

        scene_open(&self, &paths[i]);
        ev_timer_init(&host, block, 0.01, 0.01);
        ev_timer_start(self.loop, &host);
        due = instants(300, MS);
        fake_service_plan(self.service, due, 300);
        run_until_fired(&self, 300, 5 * SLA_SECOND);
        CHECK_EQ(paths[i].why, 300, self.service->fired);
        CHECK_EQ(paths[i].why, 0, self.early);
        ev_timer_stop(self.loop, &host);
        scene_close(&self);
        free(due);
    }
}

static void count_turn(struct ev_loop *loop, ev_check *check, int events)
{
    (void)loop, (void)events;
    ++*(size_t *)check->data;
}

static void work_a_little(void *context, sla_time due)
{
    const sla_time until = machine_clock(CLOCK_MONOTONIC) + 2;

    while (machine_clock(CLOCK_MONOTONIC) < until)
        ;
    note(context, due);
}

/* A herd does not shut the host out. */
TEST(the_host_has_its_turn_in_a_herd)
{
    enum { HERD = 100 * FAKE_ROUND };
    sla_time *due = calloc(HERD, sizeof *due);
    size_t turns = 0;
    ev_check host;
    scene self;

    scene_open(&self, &paths[0]);
    self.service->on_fire = work_a_little;
    ev_check_init(&host, count_turn);
    host.data = &turns;
    ev_check_start(self.loop, &host);
    fake_service_plan(self.service, due, HERD);
    run_until_fired(&self, HERD, 30 * SLA_SECOND);
    CHECK_EQ("the herd", HERD, self.service->fired);
    CHECK_TRUE("a turn of the loop for each round that takes its time", turns >= 100);
    ev_check_stop(self.loop, &host);
    scene_close(&self);
    free(due);
}

TEST(coalescing_wakes_seldom_and_not_early)
{
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        sla_time *due;
        scene self = {0};

        self.options.no_timerfd = paths[i].no_timerfd;
        self.options.coalesce = 5 * MS;
        scene_open_on(&self, ev_loop_new(EVFLAG_AUTO));
        due = instants(10000, 10);
        fake_service_plan(self.service, due, 10000);
        run_until_fired(&self, 10000, 5 * SLA_SECOND);
        CHECK_EQ(paths[i].why, 10000, self.service->fired);
        CHECK_EQ(paths[i].why, 0, self.early);
        /* 100 ms of instants, a wake each 5 ms; and the ones of the test. */
        CHECK_TRUE(paths[i].why, self.service->rounds <= 2 + 100 / 5 + 10000 / FAKE_ROUND + 2);
        scene_close(&self);
        free(due);
    }
}

/* ------------------------------------------------------------------ clocks */

typedef struct host_clock {
    sla_duration ahead; /* of the machine's */
} host_clock;

static sla_time host_now(void *context)
{
    return machine_clock(CLOCK_REALTIME) + ((host_clock *)context)->ahead;
}

static sla_time host_steady(void *context)
{
    (void)context;
    return machine_clock(CLOCK_BOOTTIME);
}

static void note_host_clock(void *context, sla_time due)
{
    scene *self = context;

    self->early += host_now(self->wanted.clock.context) < due;
}

static void scene_open_with_clock(scene *self, const struct path *path, host_clock *clock)
{
    memset(self, 0, sizeof *self);
    self->options.no_timerfd = path->no_timerfd;
    self->wanted.clock.now = host_now;
    self->wanted.clock.steady = host_steady;
    self->wanted.clock.context = clock;
    scene_open_on(self, ev_loop_new(EVFLAG_AUTO));
    self->service->on_fire = note_host_clock;
}

TEST(a_clock_of_the_host_is_the_one_that_counts)
{
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        host_clock clock = {-10 * 365 * SLA_DAY};
        const sla_time due = host_now(&clock) + 20 * MS;
        scene self;

        scene_open_with_clock(&self, &paths[i], &clock);
        fake_service_plan(self.service, &due, 1);
        run_until_fired(&self, 1, 2 * SLA_SECOND);
        CHECK_EQ(paths[i].why, 1, self.service->fired);
        CHECK_EQ(paths[i].why, 0, self.early);
        scene_close(&self);
    }
}

/* Jumps of any size.  Nobody says that the clock was set: the look each second finds it. */
TEST(a_clock_that_jumps_is_noticed_in_a_second)
{
    static const sla_duration jumps[] = {10 * 365 * SLA_DAY, SLA_HOUR, SLA_SECOND / 2};

    for (size_t i = 0; i < COUNT_OF(paths); i++)
        for (size_t k = 0; k < COUNT_OF(jumps); k++) {
            host_clock clock = {0};
            const sla_time due = host_now(&clock) + 5 * SLA_SECOND + jumps[k];
            const sla_time began = machine_clock(CLOCK_MONOTONIC);
            scene self;

            scene_open_with_clock(&self, &paths[i], &clock);
            fake_service_plan(self.service, &due, 1);
            sla_ev_wake(self.ev);
            ev_run(self.loop, EVRUN_ONCE);
            clock.ahead = jumps[k] + 5 * SLA_SECOND;
            run_until_fired(&self, 0, 0);
            while (self.service->fired == 0 &&
                   machine_clock(CLOCK_MONOTONIC) < began + 3 * SLA_SECOND)
                ev_run(self.loop, EVRUN_ONCE);
            CHECK_EQ(paths[i].why, 1, self.service->fired);
            CHECK_EQ(paths[i].why, 0, self.early);
            scene_close(&self);
        }
}

TEST(a_clock_that_is_put_back_makes_nothing_early)
{
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        host_clock clock = {0};
        sla_time *due = instants(100, MS);
        scene self;

        scene_open_with_clock(&self, &paths[i], &clock);
        fake_service_plan(self.service, due, 100);
        run_until_fired(&self, 20, SLA_SECOND);
        clock.ahead = -100 * MS;
        run_until_fired(&self, 100, 3 * SLA_SECOND);
        CHECK_EQ(paths[i].why, 100, self.service->fired);
        CHECK_EQ(paths[i].why, 0, self.early);
        scene_close(&self);
        free(due);
    }
}

/* The kernel's word that the clock was set.  Needs the right to set the clock, and
 * somebody who does not mind. */
TEST(a_real_step_of_the_clock_wakes_the_driver)
{
    const char *may = getenv("SLA_MAY_SET_CLOCK");
    const sla_time due = machine_clock(CLOCK_REALTIME) + SLA_HOUR;
    struct timespec now;
    size_t before;
    scene self;

    if (may == NULL || strcmp(may, "1") != 0)
        CHECK_SKIP("the machine's clock is left alone (SLA_MAY_SET_CLOCK=1 steps it by 1 ms)");
    scene_open(&self, &paths[0]);
    fake_service_plan(self.service, &due, 1);
    run_until_fired(&self, 0, 0);
    ev_run(self.loop, EVRUN_NOWAIT);
    ev_run(self.loop, EVRUN_NOWAIT);
    before = self.service->rounds;
    clock_gettime(CLOCK_REALTIME, &now);
    now.tv_nsec += 1000000;
    now.tv_sec += now.tv_nsec / 1000000000;
    now.tv_nsec %= 1000000000;
    if (clock_settime(CLOCK_REALTIME, &now) != 0) {
        scene_close(&self);
        CHECK_SKIP("this process may not set the clock: %s", strerror(errno));
    }
    ev_run(self.loop, EVRUN_ONCE);
    clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec -= now.tv_nsec < 1000000;
    now.tv_nsec = (now.tv_nsec + 999000000) % 1000000000;
    clock_settime(CLOCK_REALTIME, &now);
    CHECK_TRUE("it looked, though nothing is due for an hour", self.service->rounds > before);
    scene_close(&self);
}

/* The linker puts these before the C library's (see CMakeLists.txt). */
int __real_timerfd_create(int clock, int flags);
int __wrap_timerfd_create(int clock, int flags);
int __real_timerfd_settime(int fd, int flags, const struct itimerspec *when,
                           struct itimerspec *before);
int __wrap_timerfd_settime(int fd, int flags, const struct itimerspec *when,
                           struct itimerspec *before);

static bool no_timerfd_here;
static size_t settings, clock_was_set; /* as the kernel says it when the timer is set */

int __wrap_timerfd_create(int clock, int flags)
{
    if (!no_timerfd_here)
        return __real_timerfd_create(clock, flags);
    errno = ENOSYS;
    return -1;
}

int __wrap_timerfd_settime(int fd, int flags, const struct itimerspec *when,
                           struct itimerspec *before)
{
    const int result = __real_timerfd_settime(fd, flags, when, before);

    settings++;
    if (clock_was_set == 0 || result != 0)
        return result;
    clock_was_set--;
    errno = ECANCELED;
    return -1;
}

/* The clock was set between a round and the setting of the timer: the timer is set
 * all the same, and the service has another look. */
TEST(a_clock_that_is_set_while_the_timer_is_set)
{
    const sla_time due = machine_clock(CLOCK_REALTIME) + 30 * MS;
    scene self;

    scene_open(&self, &paths[0]);
    fake_service_plan(self.service, &due, 1);
    clock_was_set = 1;
    run_until_fired(&self, 0, 0);
    ev_run(self.loop, EVRUN_ONCE);
    CHECK_EQ("heard", 0, clock_was_set);
    CHECK_EQ("one round", 1, self.service->rounds);
    ev_run(self.loop, EVRUN_NOWAIT);
    CHECK_EQ("and another one", 2, self.service->rounds);
    run_until_fired(&self, 1, SLA_SECOND);
    CHECK_EQ("it is set", 1, self.service->fired);
    CHECK_EQ("not early", 0, self.early);
    scene_close(&self);
}

TEST(a_timer_that_stands_right_is_left_alone)
{
    const sla_time due = machine_clock(CLOCK_REALTIME) + SLA_HOUR;
    size_t before;
    scene self;

    scene_open(&self, &paths[0]);
    fake_service_plan(self.service, &due, 1);
    ev_run(self.loop, EVRUN_ONCE);
    before = settings;
    for (int i = 0; i < 10; i++) {
        sla_ev_wake(self.ev);
        ev_run(self.loop, EVRUN_ONCE);
    }
    CHECK_EQ("ten rounds and no call of the kernel", before, settings);
    scene_close(&self);
}

TEST(a_system_without_timerfd)
{
    sla_time *due = instants(100, MS);
    scene self;

    no_timerfd_here = true;
    scene_open(&self, &paths[0]);
    no_timerfd_here = false;
    settings = 0;
    fake_service_plan(self.service, due, 100);
    run_until_fired(&self, 100, 2 * SLA_SECOND);
    CHECK_EQ("all of them", 100, self.service->fired);
    CHECK_EQ("none early", 0, self.early);
    CHECK_EQ("without it", 0, settings);
    scene_close(&self);
    free(due);
}

/* ------------------------------------------------------------- descriptors */

typedef struct pipes {
    scene self;
    int ends[FAKE_WAITS_MAX][2];
    size_t count, drained;
    bool reopen; /* close and open again whatever was drained, under the same number */
    int grow_by; /* in the next round */
} pipes;

static void open_pipe(pipes *all, size_t i)
{
    CHECK_EQ("a pipe", 0, pipe(all->ends[i]));
    all->self.service->waits[i] = (sla_wait){all->ends[i][0], true, false};
}

static void close_pipe(const pipes *all, size_t i)
{
    close(all->ends[i][0]);
    close(all->ends[i][1]);
}

/* A store opens and closes in its rounds, not behind the driver's back. */
static void grow(pipes *all)
{
    if (all->grow_by > 0)
        open_pipe(all, all->count++);
    else if (all->grow_by < 0)
        close_pipe(all, --all->count);
    all->grow_by = 0;
    all->self.service->wait_count = all->count;
}

static void drain(void *context)
{
    pipes *all = context;

    for (size_t i = 0; i < all->count; i++) {
        const int before = all->ends[i][0];
        fd_set set;
        char byte;

        FD_ZERO(&set);
        FD_SET(before, &set);
        if (select(before + 1, &set, NULL, NULL, &(struct timeval){0, 0}) != 1)
            continue;
        CHECK_EQ("a byte", 1, read(before, &byte, 1));
        all->drained++;
        if (all->reopen) {
            close_pipe(all, i);
            open_pipe(all, i);
            CHECK_EQ("the number is used again", before, all->ends[i][0]);
        }
    }
    grow(all);
}

static void pipes_open(pipes *all, size_t count)
{
    memset(all, 0, sizeof *all);
    scene_open(&all->self, &paths[0]);
    for (all->count = 0; all->count < count; all->count++)
        open_pipe(all, all->count);
    all->self.service->wait_count = count;
    all->self.service->on_round = drain;
    all->self.service->context = all;
    sla_ev_wake(all->self.ev);
    ev_run(all->self.loop, EVRUN_ONCE);
}

/* A byte into the pipe; the loop must bring the service round within a second. */
static void poke(pipes *all, size_t i)
{
    const sla_time until = machine_clock(CLOCK_MONOTONIC) + SLA_SECOND;
    const size_t wanted = all->drained + 1;

    CHECK_EQ("a byte", 1, write(all->ends[i][1], "x", 1));
    while (all->drained < wanted && machine_clock(CLOCK_MONOTONIC) < until)
        ev_run(all->self.loop, EVRUN_NOWAIT);
    CHECK_EQ("the service was asked to read", wanted, all->drained);
}

static void pipes_close(pipes *all)
{
    scene_close(&all->self);
    for (size_t i = 0; i < all->count; i++)
        close_pipe(all, i);
}

TEST(descriptors_wake_the_service)
{
    static pipes all;

    pipes_open(&all, FAKE_WAITS_MAX);
    for (size_t i = 0; i < FAKE_WAITS_MAX; i++)
        poke(&all, i);
    pipes_close(&all);
}

TEST(descriptors_that_come_and_go)
{
    static pipes all;
    prng random = check_prng();

    pipes_open(&all, 1);
    for (size_t round = 0; round < 200; round++) {
        if (all.count < FAKE_WAITS_MAX && prng_percent(&random, 60))
            all.grow_by = 1;
        else if (all.count > 1)
            all.grow_by = -1;
        sla_ev_wake(all.self.ev);
        ev_run(all.self.loop, EVRUN_ONCE);
        CHECK_EQ("the round came", 0, all.grow_by);
        poke(&all, prng_below(&random, all.count));
    }
    pipes_close(&all);
}

TEST(a_number_that_is_used_again_is_another_descriptor)
{
    static pipes all;

    pipes_open(&all, 1);
    all.reopen = true;
    for (size_t i = 0; i < 100; i++)
        poke(&all, 0);
    pipes_close(&all);
}

/* Without memory for watchers the service is asked again soon, and nothing is lost. */
TEST(no_memory_for_watchers)
{
    static pipes all;
    fakealloc fake;

    fakealloc_init(&fake);
    memset(&all, 0, sizeof all);
    all.self.wanted.allocator = &fake.allocator;
    scene_open_on(&all.self, ev_loop_new(EVFLAG_AUTO));
    all.self.service->on_round = drain;
    all.self.service->context = &all;
    open_pipe(&all, all.count++);
    all.self.service->wait_count = 1;
    fakealloc_fail_at(&fake, 0, true);
    sla_ev_wake(all.self.ev);
    ev_run(all.self.loop, EVRUN_ONCE);
    poke(&all, 0);
    CHECK_TRUE("there was none", fakealloc_disarm(&fake));
    poke(&all, 0);
    pipes_close(&all);
    CHECK_NO_LEAK(&fake);
}

/* ---------------------------------------------------------- threads, ending */

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
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        pthread_t waker, stopper;
        scene self;

        scene_open(&self, &paths[i]);
        CHECK_EQ("a thread", 0, pthread_create(&waker, NULL, wake_often, self.ev));
        CHECK_EQ("another", 0, pthread_create(&stopper, NULL, stop_it, self.service));
        ev_run(self.loop, 0);
        pthread_join(waker, NULL);
        pthread_join(stopper, NULL);
        CHECK_EQ("the loop has nothing left", 1, self.stopped);
        CHECK_TRUE("it went round", self.service->rounds > 0);
        scene_close(&self);
        CHECK_EQ("said once", 1, self.stopped);
    }
}

static void stop_in_callback(void *context, sla_time due)
{
    scene *self = context;

    note(context, due);
    sla_service_stop(self->service);
}

static void free_when_stopped(void *context)
{
    scene *self = context;

    self->stopped++;
    sla_ev_free(self->ev);
    self->ev = NULL;
}

TEST(stopping_in_a_callback)
{
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        scene self = {0};
        const sla_time due = machine_clock(CLOCK_REALTIME) + 5 * MS;

        scene_open(&self, &paths[i]);
        sla_ev_free(self.ev);
        self.options.stopped = free_when_stopped;
        self.wanted.store = fake_store(&self.closed);
        CHECK_OK(sla_ev_new(self.loop, &self.options, &self.wanted, &self.ev, NULL));
        self.service = sla_ev_service(self.ev);
        self.service->on_fire = stop_in_callback;
        self.service->context = &self;
        fake_service_plan(self.service, &due, 1);
        ev_run(self.loop, 0);
        CHECK_EQ(paths[i].why, 0, self.early);
        CHECK_EQ("freed in its own last word", 1, self.stopped);
        scene_close(&self);
        CHECK_EQ("each service closes its store", 2, self.closed);
    }
}

static void run_the_loop_inside(void *context, sla_time due)
{
    scene *self = context;

    note(context, due);
    for (int i = 0; i < 5; i++)
        ev_run(self->loop, EVRUN_NOWAIT);
}

/* A handler that runs the loop itself: the service is not entered twice (the fake
 * asserts it), and goes on afterwards. */
TEST(a_loop_inside_a_handler)
{
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        sla_time *due;
        scene self;

        scene_open(&self, &paths[i]);
        self.service->on_fire = run_the_loop_inside;
        due = instants(50, MS);
        fake_service_plan(self.service, due, 50);
        run_until_fired(&self, 50, 5 * SLA_SECOND);
        CHECK_EQ(paths[i].why, 50, self.service->fired);
        CHECK_EQ(paths[i].why, 0, self.early);
        scene_close(&self);
        free(due);
    }
}

static void wake_inside(void *context, sla_time due)
{
    scene *self = context;

    note(context, due);
    sla_ev_wake(self->ev);
    ev_run(self->loop, EVRUN_NOWAIT);
}

/* The loop that a handler runs hears the wake, and cannot serve it. */
TEST(a_wake_inside_a_handler_is_not_lost)
{
    static const sla_time past = 0;
    scene self;

    scene_open(&self, &paths[0]);
    ev_run(self.loop, EVRUN_NOWAIT);
    ev_run(self.loop, EVRUN_NOWAIT);
    self.service->on_fire = wake_inside;
    self.service->rounds = 0;
    fake_service_plan(self.service, &past, 1);
    sla_ev_wake(self.ev);
    ev_run(self.loop, EVRUN_ONCE);
    CHECK_EQ("the round that fired, and one for the wake", 2, self.service->rounds);
    scene_close(&self);
}

TEST(two_services_on_one_loop)
{
    struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
    scene one = {0}, other = {0};
    sla_time *due;

    other.options.no_timerfd = true;
    scene_open_on(&one, loop);
    scene_open_on(&other, loop);
    due = instants(200, MS);
    fake_service_plan(one.service, due, 200);
    fake_service_plan(other.service, due, 200);
    sla_ev_wake(other.ev);
    run_until_fired(&one, 100, 2 * SLA_SECOND);
    CHECK_TRUE("both go on", one.service->fired >= 100 && other.service->fired >= 90);
    sla_ev_free(one.ev);
    run_until_fired(&other, 200, 2 * SLA_SECOND);
    CHECK_EQ("the other one does not miss it", 200, other.service->fired);
    CHECK_EQ("never early", 0, one.early + other.early);
    scene_close(&other);
    free(due);
}

/* The child of a fork shares the timer with its parent and must keep off it. */
TEST(a_child_is_quiet)
{
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        int status = -1;
        sla_time *due;
        pid_t child;
        scene self;

        scene_open(&self, &paths[i]);
        due = instants(20, 5 * MS);
        fake_service_plan(self.service, due, 20);
        run_until_fired(&self, 1, SLA_SECOND);
        child = fork();
        CHECK_TRUE("a child", child >= 0);
        if (child == 0) {
            const size_t before = self.service->fired;

            ev_run(self.loop, 0); /* returns: nothing is left on it */
            _exit(self.service->fired == before ? 0 : 1);
        }
        run_until_fired(&self, 20, 3 * SLA_SECOND);
        CHECK_EQ("the parent goes on", 20, self.service->fired);
        CHECK_EQ("it ends", child, waitpid(child, &status, 0));
        CHECK_EQ(paths[i].why, 0, status);
        scene_close(&self);
        free(due);
    }
}

/* ------------------------------------------------------------------ errors */

TEST(a_service_that_cannot_be_made)
{
    struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
    int closed = 0;
    sla_service_options wanted = {.size = sizeof wanted, .store = fake_store(&closed)};
    sla_ev *ev;

    fake_service_result = SLA_ERR_POLICY;
    CHECK_RESULT(SLA_ERR_POLICY, sla_ev_new(loop, NULL, &wanted, &ev, NULL));
    fake_service_result = SLA_OK;
    CHECK_TRUE("none", ev == NULL);
    CHECK_EQ("the store is closed", 1, closed);
    CHECK_EQ("and the loop is free", 0, ev_run(loop, 0));
    ev_loop_destroy(loop);
    sla_ev_free(NULL);
}

TEST(no_memory_for_a_driver)
{
    struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
    int closed = 0;
    sla_service_options wanted = {.size = sizeof wanted, .store = fake_store(&closed)};
    fakealloc fake;
    sla_ev *ev;

    fakealloc_init(&fake);
    fakealloc_fail_at(&fake, 0, true);
    wanted.allocator = &fake.allocator;
    CHECK_RESULT(SLA_ERR_NOMEM, sla_ev_new(loop, NULL, &wanted, &ev, NULL));
    CHECK_EQ("the store is closed", 1, closed);
    CHECK_NO_LEAK(&fake);
    ev_loop_destroy(loop);
}
