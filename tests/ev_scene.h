/*
 * ev_scene.h - a libev loop with the driver on it and a service that only counts
 * (fake_service.h); what fires before the machine's clock says so counts as early.
 */
#ifndef SLA_TESTS_EV_SCENE_H
#define SLA_TESTS_EV_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include <ev.h>

#include <sla/ev.h>

#include "fake_service.h"

#define MS INT64_C(1000)

/* The two ways in which the driver waits. */
typedef struct ev_scene_path {
    const char *why;
    bool no_timerfd;
} ev_scene_path;

enum { EV_SCENE_PATHS = 2 };
extern const ev_scene_path ev_scene_paths[EV_SCENE_PATHS];

typedef struct ev_scene {
    struct ev_loop *loop;
    sla_ev *ev;
    sla_service *service;
    sla_ev_options options;
    sla_service_options wanted;
    size_t early, stopped;
    sla_duration latest;
    int closed;
} ev_scene;

/* A loop of its own; or `loop`, and then `self` is zeroed but for what is wanted. */
void ev_scene_open(ev_scene *self, const ev_scene_path *path);
void ev_scene_open_on(ev_scene *self, struct ev_loop *loop);

/* Frees the driver, and the loop, on which nothing of it may be left. */
void ev_scene_close(ev_scene *self);

/* What a firing counts, for a test that has an on_fire of its own. */
void ev_scene_note(void *context, sla_time due);

/* The machine's clock of this number, in microseconds. */
sla_time ev_scene_clock(clockid_t id);

/* `count` instants `apart`, the first one `apart` from now; the caller frees them. */
sla_time *ev_scene_instants(size_t count, sla_duration apart);

/* Turns of the loop until `count` have fired; gives up after `limit` of real time. */
void ev_scene_run_until_fired(const ev_scene *self, size_t count, sla_duration limit);

#endif
