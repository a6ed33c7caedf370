/*
 * sla/testing.h - a service whose clock is a variable, for a host's own tests
 * (libsla-test).
 *
 *     sla_test *test;
 *
 *     sla_test_new(&service_options, start, &test, &error);
 *     sla_service_subscribe(sla_test_service(test), &consumer);
 *     sla_service_record(sla_test_service(test), &opened, NULL, NULL);
 *     sla_test_advance(test, 4 * SLA_HOUR);
 *     // the consumer has been told what falls due in four hours
 *
 * Nothing waits for time to pass: the clock steps from one instant that the
 * service wants to the next, and handlers see exactly the instants that a driver
 * which is never late would show them.  A store with descriptors is waited for.
 */
#ifndef SLA_TESTING_H
#define SLA_TESTING_H

#include <sla/base.h>
#include <sla/error.h>
#include <sla/service.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sla_test sla_test;

/*
 * A service made of `service` whose clock stands at `start`.  Its clock hook is
 * the test's; its store may be NULL, which means a memory store of its own.  Where
 * service->incarnation is 0, it is filled with random bits.
 *
 * SLA_OK; errors of sla_service_new; SLA_ERR_RANGE for a `start` outside the years
 * 1900 to 2199; SLA_ERR_NOMEM.  The store is the service's
 * from now on, also when this fails.
 */
SLA_API int sla_test_new(const sla_service_options *service, sla_time start, sla_test **test_out,
                         sla_error *error);

/* Its service, until sla_test_free. */
SLA_API sla_service *sla_test_service(const sla_test *test);

/* What the clock says. */
SLA_API sla_time sla_test_now(const sla_test *test);

/*
 * Everything that can happen without the clock going on: facts recorded are
 * written, answered, and what they cause at once is delivered.  A store with
 * descriptors that has something to do is given a second of real time.
 *
 * SLA_OK; SLA_ERR_STATE when there is no end to it (a handler that records
 * something new whenever it is called), and from inside a handler, where nothing
 * happens; so do the calls below.
 */
SLA_API int sla_test_settle(sla_test *test);

/* Settle, then let `span` pass, stopping and settling at every instant the service
 * wants; at the end the clock stands `span` later.  As sla_test_settle;
 * SLA_ERR_ARGUMENT for a span below 0, and SLA_ERR_RANGE for one that ends after the
 * year 2199: then nothing happens. */
SLA_API int sla_test_advance(sla_test *test, sla_duration span);

/* The machine slept: `span` passes and nobody wakes in it; then settle.  As
 * sla_test_advance. */
SLA_API int sla_test_sleep(sla_test *test, sla_duration span);

/* Somebody set the clock, forward or back; then settle.  As sla_test_settle;
 * SLA_ERR_RANGE for an instant outside the years 1900 to 2199: then nothing is set. */
SLA_API int sla_test_set_clock(sla_test *test, sla_time now);

/* The test and its service go.  Not from inside a handler.  NULL is fine. */
SLA_API void sla_test_free(sla_test *test);

#ifdef __cplusplus
}
#endif

#endif
