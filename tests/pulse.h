/*
 * pulse.h - tickets that are escalated once a second, for tests of what drives a
 * service: what is told when can be said without looking anything up.
 *
 * A ticket begins at an instant: its step `beat` is told then and at every second
 * after it, PULSE_BEATS times and one, until a fact `over`.
 */
#ifndef SLA_TESTS_PULSE_H
#define SLA_TESTS_PULSE_H

#include <sla/service.h>

enum { PULSE_BEATS = 1000 };

/* Options with the policy and a memory store. */
sla_service_options pulse_options(void);

/* Opens ticket number `ticket`, whose first beat is at `begin`: a minute or more ago
 * is when it was opened.  As sla_service_record. */
int pulse_begin(sla_service *service, uint32_t ticket, sla_time begin, sla_recorded done,
                void *context);
/* The same, waiting for it.  Not on the loop's thread. */
int pulse_begin_wait(sla_service *service, uint32_t ticket, sla_time begin);

/* Ends it. */
int pulse_end(sla_service *service, uint32_t ticket, sla_time now);

/* The ticket's number. */
uint32_t pulse_ticket(const sla_event *event);

/*
 * A store that has work for a driver's descriptors: a memory store that answers only
 * after a byte has come through a pipe.  Each pipe is for one answer; they come and go
 * under the same numbers.  Fails the test when there is no pipe.
 */
sla_store *pulse_pipe_store(void);

#endif
