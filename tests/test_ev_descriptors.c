/* Goal: the driver on libev waits for the descriptors that a service names, however
 * they come and go.  Method: a service that reads pipes (fake_service.h). */
#include "check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

#include "ev_scene.h"

typedef struct pipes {
    ev_scene self;
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
    ev_scene_open(&all->self, &ev_scene_paths[0]);
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
    const sla_time until = ev_scene_clock(CLOCK_MONOTONIC) + SLA_SECOND;
    const size_t wanted = all->drained + 1;

    CHECK_EQ("a byte", 1, write(all->ends[i][1], "x", 1));
    while (all->drained < wanted && ev_scene_clock(CLOCK_MONOTONIC) < until)
        ev_run(all->self.loop, EVRUN_NOWAIT);
    CHECK_EQ("the service was asked to read", wanted, all->drained);
}

static void pipes_close(pipes *all)
{
    ev_scene_close(&all->self);
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
    ev_scene_open_on(&all.self, ev_loop_new(EVFLAG_AUTO));
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
