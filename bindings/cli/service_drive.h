/* service_drive.h - a service of a command that ends by itself, run on poll(2). */
#ifndef SLA_CLI_SERVICE_DRIVE_H
#define SLA_CLI_SERVICE_DRIVE_H

#include <poll.h>
#include <stdbool.h>

#include "host_clock.h"
#include "store_patience.h"
#include "world.h"

typedef struct service_drive {
    sla_service *service;
    host_clock clock;
    bool again; /* it wanted another round at once */
    store_patience patience;
    sla_wait *waits;
    struct pollfd *polled;
    size_t wait_capacity, polled_capacity;
} service_drive;

/* A service over `store`, which is its from now on, on the machine's clock; live when
 * this returns.  A store that is away and a clock that is not right are waited for, now and
 * later, as long as `patience`.  An exit code, and a complaint where it is not EXIT_FINE. */
int service_drive_init(service_drive *d, const world *w, sla_store *store, size_t queue_max,
                       sla_duration patience);

/* Stops it in order, as long as its store answers. */
void service_drive_fini(service_drive *d);

/* One round, after a wait where the one before left nothing to do at once.  An exit
 * code: not fine when it tells nothing any more. */
int service_drive_round(service_drive *d);

/* What is wrong with it, said; an exit code. */
int service_drive_health(const sla_service *service);

#endif
