/* live_parts.h - what the files of sla run's loop share. */
#ifndef SLA_CLI_LIVE_PARTS_H
#define SLA_CLI_LIVE_PARTS_H

#include <poll.h>

#include "feed.h"
#include "host_clock.h"
#include "jobs.h"
#include "left.h"
#include "line_out.h"
#include "live.h"
#include "notify.h"
#include "patience.h"
#include "store_patience.h"

typedef struct live {
    const live_options *options;
    sla_service *service;
    host_clock clock;
    notify notify;
    feed feed;
    line_out out; /* one of the two is the consumer */
    jobs jobs;
    int signals;
    bool ready;     /* said so */
    bool ending;    /* reads nothing more */
    bool stopping;  /* the service knows */
    bool signalled; /* to end */
    bool reloading, reload_again;
    bool counted; /* how many events are to be told before the end: */
    uint64_t to_tell;
    sla_time next_report, next_watchdog; /* monotonic */
    sla_time next_lost;                  /* to say again that the store is away; 0: it is not */
    int lost;                            /* the store, for good: how to end */
    left_aside aside;                    /* tickets that an idle one waits for */
    patience patience;                   /* with others, at the end */
    store_patience store_patience;       /* with the store, before it */
    bool given_up;                       /* it is at its end */
    int status;
    sla_wait *waits;
    struct pollfd *polled;
    size_t wait_capacity, polled_capacity;
} live;

/* Nothing more is read; what is recorded is delivered (live_end.c). */
void live_begin_end(live *l);

/* After each round, `again`: another one follows at once.  Begins the end where it is
 * time, and stops the service when there is nothing more to deliver. */
void live_come_to_an_end(live *l, bool again);

bool live_is_over(const live *l);

#endif
