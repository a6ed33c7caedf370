/* Goal: the driver on libev follows the clock that counts, also when it jumps or is
 * set.  Method: clocks of a host that are put ahead and back, the linker's --wrap in
 * front of the timerfd, and a real step of 1 ms where the machine's clock may be set. */
#include "check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>

#include "ev_scene.h"

typedef struct host_clock {
    sla_duration ahead; /* of the machine's */
} host_clock;

static sla_time host_now(void *context)
{
    return ev_scene_clock(CLOCK_REALTIME) + ((host_clock *)context)->ahead;
}

static sla_time host_steady(void *context)
{
    (void)context;
    return ev_scene_clock(CLOCK_BOOTTIME);
}

static void note_host_clock(void *context, sla_time due)
{
    ev_scene *self = context;

    self->early += host_now(self->wanted.clock.context) < due;
}

static void scene_open_with_clock(ev_scene *self, const ev_scene_path *path, host_clock *clock)
{
    memset(self, 0, sizeof *self);
    self->options.no_timerfd = path->no_timerfd;
    self->wanted.clock.now = host_now;
    self->wanted.clock.steady = host_steady;
    self->wanted.clock.context = clock;
    ev_scene_open_on(self, ev_loop_new(EVFLAG_AUTO));
    self->service->on_fire = note_host_clock;
}

TEST(a_clock_of_the_host_is_the_one_that_counts)
{
    for (size_t i = 0; i < EV_SCENE_PATHS; i++) {
        host_clock clock = {-10 * 365 * SLA_DAY};
        const sla_time due = host_now(&clock) + 20 * MS;
        ev_scene self;

        scene_open_with_clock(&self, &ev_scene_paths[i], &clock);
        fake_service_plan(self.service, &due, 1);
        ev_scene_run_until_fired(&self, 1, 2 * SLA_SECOND);
        CHECK_EQ(ev_scene_paths[i].why, 1, self.service->fired);
        CHECK_EQ(ev_scene_paths[i].why, 0, self.early);
        ev_scene_close(&self);
    }
}

/* Jumps of any size.  Nobody says that the clock was set: the look each second finds it. */
TEST(a_clock_that_jumps_is_noticed_in_a_second)
{
    static const sla_duration jumps[] = {10 * 365 * SLA_DAY, SLA_HOUR, SLA_SECOND / 2};

    for (size_t i = 0; i < EV_SCENE_PATHS; i++)
        for (size_t k = 0; k < COUNT_OF(jumps); k++) {
            host_clock clock = {0};
            const sla_time due = host_now(&clock) + 5 * SLA_SECOND + jumps[k];
            const sla_time began = ev_scene_clock(CLOCK_MONOTONIC);
            ev_scene self;

            scene_open_with_clock(&self, &ev_scene_paths[i], &clock);
            fake_service_plan(self.service, &due, 1);
            sla_ev_wake(self.ev);
            ev_run(self.loop, EVRUN_ONCE);
            clock.ahead = jumps[k] + 5 * SLA_SECOND;
            ev_scene_run_until_fired(&self, 0, 0);
            while (self.service->fired == 0 &&
                   ev_scene_clock(CLOCK_MONOTONIC) < began + 3 * SLA_SECOND)
                ev_run(self.loop, EVRUN_ONCE);
            CHECK_EQ(ev_scene_paths[i].why, 1, self.service->fired);
            CHECK_EQ(ev_scene_paths[i].why, 0, self.early);
            ev_scene_close(&self);
        }
}

TEST(a_clock_that_is_put_back_makes_nothing_early)
{
    for (size_t i = 0; i < EV_SCENE_PATHS; i++) {
        host_clock clock = {0};
        sla_time *due = ev_scene_instants(100, MS);
        ev_scene self;

        scene_open_with_clock(&self, &ev_scene_paths[i], &clock);
        fake_service_plan(self.service, due, 100);
        ev_scene_run_until_fired(&self, 20, SLA_SECOND);
        clock.ahead = -100 * MS;
        ev_scene_run_until_fired(&self, 100, 3 * SLA_SECOND);
        CHECK_EQ(ev_scene_paths[i].why, 100, self.service->fired);
        CHECK_EQ(ev_scene_paths[i].why, 0, self.early);
        ev_scene_close(&self);
        free(due);
    }
}

/* The kernel's word that the clock was set.  Needs the right to set the clock, and
 * somebody who does not mind. */
TEST(a_real_step_of_the_clock_wakes_the_driver)
{
    const char *may = getenv("SLA_MAY_SET_CLOCK");
    const sla_time due = ev_scene_clock(CLOCK_REALTIME) + SLA_HOUR;
    struct timespec now;
    size_t before;
    ev_scene self;

    if (may == NULL || strcmp(may, "1") != 0)
        CHECK_SKIP("the machine's clock is left alone (SLA_MAY_SET_CLOCK=1 steps it by 1 ms)");
    ev_scene_open(&self, &ev_scene_paths[0]);
    fake_service_plan(self.service, &due, 1);
    ev_scene_run_until_fired(&self, 0, 0);
    ev_run(self.loop, EVRUN_NOWAIT);
    ev_run(self.loop, EVRUN_NOWAIT);
    before = self.service->rounds;
    clock_gettime(CLOCK_REALTIME, &now);
    now.tv_nsec += 1000000;
    now.tv_sec += now.tv_nsec / 1000000000;
    now.tv_nsec %= 1000000000;
    if (clock_settime(CLOCK_REALTIME, &now) != 0) {
        ev_scene_close(&self);
        CHECK_SKIP("this process may not set the clock: %s", strerror(errno));
    }
    ev_run(self.loop, EVRUN_ONCE);
    clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec -= now.tv_nsec < 1000000;
    now.tv_nsec = (now.tv_nsec + 999000000) % 1000000000;
    clock_settime(CLOCK_REALTIME, &now);
    CHECK_TRUE("it looked, though nothing is due for an hour", self.service->rounds > before);
    ev_scene_close(&self);
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
    const sla_time due = ev_scene_clock(CLOCK_REALTIME) + 30 * MS;
    ev_scene self;

    ev_scene_open(&self, &ev_scene_paths[0]);
    fake_service_plan(self.service, &due, 1);
    clock_was_set = 1;
    ev_scene_run_until_fired(&self, 0, 0);
    ev_run(self.loop, EVRUN_ONCE);
    CHECK_EQ("heard", 0, clock_was_set);
    CHECK_EQ("one round", 1, self.service->rounds);
    ev_run(self.loop, EVRUN_NOWAIT);
    CHECK_EQ("and another one", 2, self.service->rounds);
    ev_scene_run_until_fired(&self, 1, SLA_SECOND);
    CHECK_EQ("it is set", 1, self.service->fired);
    CHECK_EQ("not early", 0, self.early);
    ev_scene_close(&self);
}

TEST(a_timer_that_stands_right_is_left_alone)
{
    const sla_time due = ev_scene_clock(CLOCK_REALTIME) + SLA_HOUR;
    size_t before;
    ev_scene self;

    ev_scene_open(&self, &ev_scene_paths[0]);
    fake_service_plan(self.service, &due, 1);
    ev_run(self.loop, EVRUN_ONCE);
    before = settings;
    for (int i = 0; i < 10; i++) {
        sla_ev_wake(self.ev);
        ev_run(self.loop, EVRUN_ONCE);
    }
    CHECK_EQ("ten rounds and no call of the kernel", before, settings);
    ev_scene_close(&self);
}

TEST(a_system_without_timerfd)
{
    sla_time *due = ev_scene_instants(100, MS);
    ev_scene self;

    no_timerfd_here = true;
    ev_scene_open(&self, &ev_scene_paths[0]);
    no_timerfd_here = false;
    settings = 0;
    fake_service_plan(self.service, due, 100);
    ev_scene_run_until_fired(&self, 100, 2 * SLA_SECOND);
    CHECK_EQ("all of them", 100, self.service->fired);
    CHECK_EQ("none early", 0, self.early);
    CHECK_EQ("without it", 0, settings);
    ev_scene_close(&self);
    free(due);
}
