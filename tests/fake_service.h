/*
 * fake_service.h - stands in for the service of libsla under a driver.
 *
 * It has an ordered list of instants, fires each when its clock says so, at most
 * 1,024 a round, and waits for the descriptors that a test gives it.  What a driver
 * asks of a service is here (new, run, waits, until, get_state, get_stats, stop,
 * free) and nothing else, so that a driver can be watched without an engine.
 */
#ifndef SLA_TESTS_FAKE_SERVICE_H
#define SLA_TESTS_FAKE_SERVICE_H

#include <stdatomic.h>
#include <stdbool.h>

#include <sla/service.h>

enum { FAKE_WAITS_MAX = 64, FAKE_ROUND = 1024 };

struct sla_service {
    sla_clock_hook clock;
    uint64_t incarnation[2];
    const sla_time *due; /* ordered; NULL when count is 0 */
    size_t count, fired, early, rounds;
    sla_wait waits[FAKE_WAITS_MAX];
    size_t wait_count;
    bool inside; /* a round is on; it must not be entered twice */
    atomic_bool stopping;
    sla_service_state state;
    /* Called for each instant fired, and at the beginning of each round; or NULL. */
    void (*on_fire)(void *context, sla_time due);
    void (*on_round)(void *context);
    void *context;
};

/* What the next sla_service_new answers, and the service it made last. */
extern int fake_service_result;
extern sla_service *fake_service_made;

/* Fires at these instants from now on; to be followed by a wake. */
void fake_service_plan(sla_service *service, const sla_time *due, size_t count);

/* A store that does nothing; `*closed_out` counts how often it was closed. */
sla_store *fake_store(int *closed_out);

#endif
