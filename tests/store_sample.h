/*
 * store_sample.h - units for a store, every member of every part filled in.
 *
 * What a member means is nothing to a store, so all are drawn from a generator;
 * only the keys are said by the caller.
 */
#ifndef SLA_TESTS_STORE_SAMPLE_H
#define SLA_TESTS_STORE_SAMPLE_H

#include <sla/store.h>

#include "support/prng.h"

enum { STORE_SAMPLE_PARTS = 24, STORE_SAMPLE_ATTRIBUTES = 5, STORE_SAMPLE_DOCUMENTS = 3 };

typedef struct store_sample {
    prng random;
    sla_unit unit;
    sla_stored_fact facts[STORE_SAMPLE_PARTS];
    sla_fact fact_bodies[STORE_SAMPLE_PARTS];
    sla_attribute attributes[STORE_SAMPLE_PARTS][STORE_SAMPLE_ATTRIBUTES];
    sla_stored_ticket tickets[STORE_SAMPLE_PARTS];
    sla_stored_event events[STORE_SAMPLE_PARTS];
    sla_event event_bodies[STORE_SAMPLE_PARTS];
    sla_stored_mark marks[STORE_SAMPLE_PARTS];
    sla_stored_world world;
    sla_document documents[STORE_SAMPLE_DOCUMENTS];
    char *bytes; /* of all strings and states */
    size_t used;
} store_sample;

/* An empty unit of this incarnation and number. */
void store_sample_init(store_sample *sample, uint64_t seed, uint64_t service, uint64_t number);
void store_sample_fini(store_sample *sample);

/* Each adds one part and returns it, for those who want to change it. */
sla_stored_fact *store_sample_fact(store_sample *sample, const char *tenant, const char *ticket,
                                   uint32_t seq);
sla_stored_ticket *store_sample_ticket(store_sample *sample, const char *tenant, const char *ticket,
                                       uint32_t facts);
sla_stored_event *store_sample_event(store_sample *sample, const char *tenant, const char *ticket,
                                     uint64_t number);
sla_stored_mark *store_sample_mark(store_sample *sample, const char *consumer, uint64_t number,
                                   uint64_t through);
sla_stored_world *store_sample_world(store_sample *sample, uint32_t number);

/* Overwrites everything that a call borrowed, so that a store which kept a pointer
 * to it is found out.  Only fini may follow. */
void store_sample_scribble(store_sample *sample);

/* A string of the sample's for this text. */
sla_string store_sample_string(store_sample *sample, const char *text);

#endif
