/*
 * poll_driver.h - a service driven by poll(2), for tests: the machine's clock, a
 * descriptor that other threads wake it by, and what its store waits for.
 *
 *     poll_driver_open(&driver, &options);
 *     sla_service_subscribe(driver.service, &consumer);
 *     poll_driver_run(&driver, all_told, &told, 5 * SLA_SECOND);
 *     poll_driver_close(&driver);
 */
#ifndef SLA_TESTS_POLL_DRIVER_H
#define SLA_TESTS_POLL_DRIVER_H

#include <stdbool.h>

#include <sla/service.h>

typedef struct poll_driver {
    sla_service *service;
    int wake_fd; /* an eventfd */
    bool again;  /* the service wants its next round at once */
} poll_driver;

/* Makes driver->service of `options` less its clock hook; fails the test when it
 * cannot.  `driver` must not move. */
void poll_driver_open(poll_driver *driver, const sla_service_options *options);

/* Waits for what the service waits for, `at_most` microseconds long and not at all
 * while it wants to go on; then a round. */
void poll_driver_turn(poll_driver *driver, sla_duration at_most);

/* Turns until `done` says so or `at_most` is over; what `done` said last.  NULL:
 * until the service has stopped. */
bool poll_driver_run(poll_driver *driver, bool (*done)(void *context), void *context,
                     sla_duration at_most);

/* Frees the service, stopped or not. */
void poll_driver_close(poll_driver *driver);

#endif
