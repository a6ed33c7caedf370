/* Goal: the driver on libev wakes for what a service wants, never early, whichever
 * way it waits.  Method: a service that only counts (fake_service.h) on a real loop,
 * by timerfd and by ev_periodic; "early" is asked of the machine's clock. */
#include "check.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ev_scene.h"

TEST(instants_are_met_and_never_early)
{
    for (size_t i = 0; i < EV_SCENE_PATHS; i++) {
        const size_t count = check_count(i == 0 ? 50000 : 5000, 500000);
        sla_time *due;
        ev_scene self;

        ev_scene_open(&self, &ev_scene_paths[i]);
        due = ev_scene_instants(count, 20);
        fake_service_plan(self.service, due, count);
        ev_scene_run_until_fired(&self, count, 60 * SLA_SECOND);
        CHECK_EQ(ev_scene_paths[i].why, count, self.service->fired);
        CHECK_EQ(ev_scene_paths[i].why, 0, self.early);
        ev_scene_close(&self);
        free(due);
    }
}

TEST(an_instant_in_the_past_is_met_at_once)
{
    static const sla_time past[] = {-SLA_TIME_MAX, -1, 0, 1};

    for (size_t i = 0; i < EV_SCENE_PATHS; i++) {
        ev_scene self;

        ev_scene_open(&self, &ev_scene_paths[i]);
        fake_service_plan(self.service, past, COUNT_OF(past));
        ev_scene_run_until_fired(&self, COUNT_OF(past), SLA_SECOND);
        CHECK_EQ(ev_scene_paths[i].why, COUNT_OF(past), self.service->fired);
        ev_scene_close(&self);
    }
}

/* A service may arm outside of its rounds; only the last one counts. */
TEST(arming_again_replaces)
{
    for (size_t i = 0; i < EV_SCENE_PATHS; i++) {
        const sla_time began = ev_scene_clock(CLOCK_REALTIME);
        const sla_time due = began + 20 * MS;
        ev_scene self;

        ev_scene_open(&self, &ev_scene_paths[i]);
        ev_run(self.loop, EVRUN_NOWAIT);
        fake_service_plan(self.service, &due, 1);
        self.service->clock.arm(self.service->clock.context, began + SLA_HOUR);
        self.service->clock.arm(self.service->clock.context, SLA_NEVER);
        self.service->clock.arm(self.service->clock.context, due);
        while (self.service->fired == 0 && ev_scene_clock(CLOCK_REALTIME) < due + SLA_SECOND)
            ev_run(self.loop, EVRUN_ONCE);
        CHECK_EQ(ev_scene_paths[i].why, 1, self.service->fired);
        CHECK_EQ(ev_scene_paths[i].why, 0, self.early);
        ev_scene_close(&self);
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
    for (size_t i = 0; i < EV_SCENE_PATHS; i++) {
        sla_time *due;
        ev_timer host;
        ev_scene self;

        ev_scene_open(&self, &ev_scene_paths[i]);
        ev_timer_init(&host, block, 0.01, 0.01);
        ev_timer_start(self.loop, &host);
        due = ev_scene_instants(300, MS);
        fake_service_plan(self.service, due, 300);
        ev_scene_run_until_fired(&self, 300, 5 * SLA_SECOND);
        CHECK_EQ(ev_scene_paths[i].why, 300, self.service->fired);
        CHECK_EQ(ev_scene_paths[i].why, 0, self.early);
        ev_timer_stop(self.loop, &host);
        ev_scene_close(&self);
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
    const sla_time until = ev_scene_clock(CLOCK_MONOTONIC) + 2;

    while (ev_scene_clock(CLOCK_MONOTONIC) < until)
        ;
    ev_scene_note(context, due);
}

/* A herd does not shut the host out. */
TEST(the_host_has_its_turn_in_a_herd)
{
    enum { HERD = 100 * FAKE_ROUND };
    sla_time *due = calloc(HERD, sizeof *due);
    size_t turns = 0;
    ev_check host;
    ev_scene self;

    ev_scene_open(&self, &ev_scene_paths[0]);
    self.service->on_fire = work_a_little;
    ev_check_init(&host, count_turn);
    host.data = &turns;
    ev_check_start(self.loop, &host);
    fake_service_plan(self.service, due, HERD);
    ev_scene_run_until_fired(&self, HERD, 30 * SLA_SECOND);
    CHECK_EQ("the herd", HERD, self.service->fired);
    CHECK_TRUE("a turn of the loop for each round that takes its time", turns >= 100);
    ev_check_stop(self.loop, &host);
    ev_scene_close(&self);
    free(due);
}

TEST(coalescing_wakes_seldom_and_not_early)
{
    for (size_t i = 0; i < EV_SCENE_PATHS; i++) {
        sla_time *due;
        ev_scene self = {0};

        self.options.no_timerfd = ev_scene_paths[i].no_timerfd;
        self.options.coalesce = 5 * MS;
        ev_scene_open_on(&self, ev_loop_new(EVFLAG_AUTO));
        due = ev_scene_instants(10000, 10);
        fake_service_plan(self.service, due, 10000);
        ev_scene_run_until_fired(&self, 10000, 5 * SLA_SECOND);
        CHECK_EQ(ev_scene_paths[i].why, 10000, self.service->fired);
        CHECK_EQ(ev_scene_paths[i].why, 0, self.early);
        /* 100 ms of instants, a wake each 5 ms; and the ones of the test. */
        CHECK_TRUE(ev_scene_paths[i].why,
                   self.service->rounds <= 2 + 100 / 5 + 10000 / FAKE_ROUND + 2);
        ev_scene_close(&self);
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

static void cannot_be(const char *why, struct ev_loop *loop, const sla_ev_options *options)
{
    int closed = 0;
    const sla_service_options wanted = {.size = sizeof wanted, .store = fake_store(&closed)};
    sla_error error = {0};
    sla_ev *ev;

    CHECK_EQ(why, SLA_ERR_ARGUMENT, sla_ev_new(loop, options, &wanted, &ev, &error));
    CHECK_EQ(why, SLA_ERR_ARGUMENT, error.code);
    CHECK_TRUE(why, error.text[0] != '\0' && ev == NULL);
    CHECK_EQ("the store is closed", 1, closed);
}

TEST(arguments_that_cannot_be)
{
    struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
    sla_ev_options options = SLA_EV_OPTIONS_INIT;
    struct {
        sla_ev_options options;
        uint64_t more;
    } later = {SLA_EV_OPTIONS_INIT, 1};
    const sla_service_options nothing = {0};
    sla_error error = {0};
    sla_ev *ev;

    cannot_be("without a loop", NULL, NULL);
    options.coalesce = -1;
    cannot_be("a coalesce below 0", loop, &options);
    options = (sla_ev_options){0};
    cannot_be("a size of 0", loop, &options);
    later.options.size = sizeof later;
    cannot_be("members that are not known", loop, &later.options);
    later.more = 0;
    later.options.coalesce = -1;
    cannot_be("and what is", loop, &later.options);
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_ev_new(loop, NULL, NULL, &ev, &error));
    CHECK_STR("which", "service is NULL", error.text);
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_ev_new(loop, NULL, &nothing, NULL, &error));
    CHECK_STR("which", "ev_out is NULL", error.text);
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_ev_new(loop, NULL, &nothing, &ev, &error));
    CHECK_TRUE("which", strncmp(error.text, "size", 4) == 0);
    CHECK_EQ("and the loop is free", 0, ev_run(loop, 0));
    ev_loop_destroy(loop);
}

TEST(an_incarnation_is_made_of_random_bits)
{
    struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
    uint64_t seen[3][2];

    for (size_t i = 0; i < COUNT_OF(seen); i++) {
        int closed = 0;
        sla_service_options wanted = {.size = sizeof wanted, .store = fake_store(&closed)};
        sla_ev *ev;

        wanted.incarnation[1] = i == 2 ? 7 : 0;
        CHECK_OK(sla_ev_new(loop, NULL, &wanted, &ev, NULL));
        memcpy(seen[i], fake_service_made->incarnation, sizeof seen[i]);
        sla_ev_free(ev);
    }
    CHECK_TRUE("not 0", (seen[0][0] | seen[0][1]) != 0);
    CHECK_TRUE("others each time", memcmp(seen[0], seen[1], sizeof seen[0]) != 0);
    CHECK_TRUE("the host's own, where it gave them", seen[2][0] == 0 && seen[2][1] == 7);
    ev_loop_destroy(loop);
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
