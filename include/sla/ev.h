/*
 * sla/ev.h - a service on a host's libev loop (libsla-ev).
 *
 *     struct ev_loop *loop = ev_default_loop(EVFLAG_AUTO);
 *     sla_ev *live;
 *
 *     sla_ev_new(loop, NULL, &service_options, &live, &error);
 *     sla_service_subscribe(sla_ev_service(live), &consumer);
 *     ev_run(loop, 0);
 *     sla_ev_free(live);
 *
 * The driver makes the service and lives with it.  It wakes for the service's
 * instants, for its store's descriptors and for other threads' records; every
 * wake reads the clock anew, so that nothing is ever told early, however long a
 * callback of the host took.  Several services may share a loop.
 *
 * How it waits.  A timerfd on CLOCK_REALTIME, absolute and cancelled when the
 * clock is set, under an ev_io: microseconds late where libev's own timers are
 * half a millisecond late.  Where there is no timerfd, an ev_periodic, and a look at
 * the clock once a second.
 *
 * In a round the loop's thread is with the service for half a millisecond or one
 * round (at most 1,024 events), whichever is longer; then the loop serves the host
 * before the next one.
 *
 * Stopping.  After sla_service_stop the driver goes on until the service has
 * stopped, lets go of the loop and says so by `stopped`.  ev_run then returns when
 * the host has nothing else on the loop.
 *
 * Fork.  The timer, and what the store has open, are shared with a child.  A child
 * that goes on with the loop (ev_loop_fork, or a loop made with EVFLAG_FORKCHECK)
 * finds the driver gone from it: the parent tells, the child is quiet, and there
 * sla_service_record, _record_wait, _adopt and _forget answer SLA_ERR_STATE; the state
 * stays what it was, and nothing more happens.  A child
 * that neither calls ev_loop_fork nor has EVFLAG_FORKCHECK must not run the loop,
 * as libev says.  A daemon forks first and makes the driver then.
 *
 * sla_ev_free in a child closes the child's store.  With the memory store, and with
 * one that has nothing open yet, that is fine.  With a store that is connected it is
 * not: closing says goodbye on a connection that is the parent's as well, or gives up
 * locks on a file that the parent relies on.  Such a child leaves the driver alone,
 * and ends by exec or _exit.
 *
 * libev itself ends the process when memory runs out, unless the host has set
 * ev_set_allocator and ev_set_syserr_cb; this library does not.
 */
#ifndef SLA_EV_H
#define SLA_EV_H

#include <stdbool.h>

#include <sla/base.h>
#include <sla/error.h>
#include <sla/service.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ev_loop;

typedef struct sla_ev sla_ev;

typedef struct sla_ev_options {
    size_t size; /* sizeof(sla_ev_options); grows only at the end */
    /* The timer does not wake sooner than this after the wake before, so that many
     * instants share one wake; they are told later by as much at most.  0: at once. */
    sla_duration coalesce;
    bool no_timerfd; /* wait as where there is no timerfd */
    /* The service has stopped and the driver has let go of the loop; sla_ev_free is
     * fine here.  Not called when sla_ev_free comes first.  May be NULL. */
    void (*stopped)(void *context);
    void *context;
} sla_ev_options;

#define SLA_EV_OPTIONS_INIT                                                                        \
    {                                                                                              \
        sizeof(sla_ev_options), 0, false, NULL, NULL                                               \
    }

/*
 * A service made of `service`, on `loop`; `options` NULL means all defaults.
 *
 * Of service->clock only `now`, `steady` and their context are read: a host's own
 * clock.  NULL, as usual, is the machine's.  A host's clock that jumps is noticed
 * within a second, at once after sla_ev_wake.
 *
 * Where service->incarnation is 0, it is filled with random bits of the kernel; just after
 * the machine's start the call may wait for them.
 *
 * SLA_OK; SLA_ERR_ARGUMENT without a loop or service, for options that are none (see
 * sla/base.h), for coalesce below 0; errors of sla_service_new; SLA_ERR_NOMEM.
 * `error` (may be NULL) says more.  The store is the service's from now on, also when
 * this fails.
 */
SLA_API int sla_ev_new(struct ev_loop *loop, const sla_ev_options *options,
                       const sla_service_options *service, sla_ev **ev_out, sla_error *error);

/* Its service, until sla_ev_free. */
SLA_API sla_service *sla_ev_service(const sla_ev *ev);

/* Look at the clock and at everything else soon.  Any thread. */
SLA_API void sla_ev_wake(sla_ev *ev);

/* The driver and its service go (sla_service_free), stopped or not.  On the loop's
 * thread, before the loop is destroyed, not from inside a handler of the service.
 * NULL is fine. */
SLA_API void sla_ev_free(sla_ev *ev);

#ifdef __cplusplus
}
#endif

#endif
