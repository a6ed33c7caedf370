/* ev_scene.c - see ev_scene.h. */
#include "ev_scene.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "check.h"

const ev_scene_path ev_scene_paths[EV_SCENE_PATHS] = {{"timerfd", false}, {"ev_periodic", true}};

sla_time ev_scene_clock(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (sla_time)now.tv_sec * SLA_SECOND + now.tv_nsec / 1000;
}

void ev_scene_note(void *context, sla_time due)
{
    ev_scene *self = context;
    const sla_duration late = ev_scene_clock(CLOCK_REALTIME) - due;

    self->early += late < 0;
    if (late > self->latest)
        self->latest = late;
}

static void note_stopped(void *context)
{
    ((ev_scene *)context)->stopped++;
}

void ev_scene_open_on(ev_scene *self, struct ev_loop *loop)
{
    self->loop = loop;
    self->options.size = sizeof self->options;
    self->options.stopped = note_stopped;
    self->options.context = self;
    self->wanted.size = sizeof self->wanted;
    self->wanted.store = fake_store(&self->closed);
    CHECK_OK(sla_ev_new(loop, &self->options, &self->wanted, &self->ev, NULL));
    self->service = sla_ev_service(self->ev);
    self->service->on_fire = ev_scene_note;
    self->service->context = self;
}

void ev_scene_open(ev_scene *self, const ev_scene_path *path)
{
    memset(self, 0, sizeof *self);
    self->options.no_timerfd = path->no_timerfd;
    ev_scene_open_on(self, ev_loop_new(EVFLAG_FORKCHECK));
}

void ev_scene_close(ev_scene *self)
{
    sla_ev_free(self->ev);
    CHECK_EQ("nothing of it is left on the loop", 0, ev_run(self->loop, 0));
    ev_loop_destroy(self->loop);
}

sla_time *ev_scene_instants(size_t count, sla_duration apart)
{
    const sla_time now = ev_scene_clock(CLOCK_REALTIME);
    sla_time *due = malloc(count * sizeof *due);

    CHECK_TRUE("memory", due != NULL);
    for (size_t i = 0; i < count; i++)
        due[i] = now + (sla_duration)(i + 1) * apart;
    return due;
}

void ev_scene_run_until_fired(const ev_scene *self, size_t count, sla_duration limit)
{
    const sla_time until = ev_scene_clock(CLOCK_MONOTONIC) + limit;

    sla_ev_wake(self->ev);
    while (self->service->fired < count && ev_scene_clock(CLOCK_MONOTONIC) < until)
        ev_run(self->loop, EVRUN_ONCE);
}
