/*
 * header_examples.h - what the examples at the beginning of the headers stand among:
 * the variables that each of them leaves to its reader.
 */
#ifndef SLA_TESTS_HEADER_EXAMPLES_H
#define SLA_TESTS_HEADER_EXAMPLES_H

#include <ev.h>
#include <stdio.h>

#include <sla/sla.h>

void handle(const sla_event *event);
void wake_me_at(sla_time at);
void wait_for(const sla_wait *waits, size_t count, sla_time until);

extern sla_engine *engine;
extern sla_service *service;
extern sla_calendar *calendar;
extern sla_service_options options, service_options;
extern sla_consumer consumer;
extern sla_wait waits[8];
extern sla_error error;
extern sla_fact fact, opened;
extern sla_answer answer;
extern sla_event event;
extern sla_string tenant, ticket;
extern const char *text, *policy, *target;
extern size_t length, count;
extern sla_time now, start, opened_at;

#define EXAMPLE                                                                                    \
    void example(void);                                                                            \
    void example(void)

#endif
