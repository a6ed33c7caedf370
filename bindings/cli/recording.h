/*
 * recording.h - a run leaves what it did in a store: the documents adopted, its facts,
 * its events, and its tickets as they stand, as a service on that clock would have.
 *
 * A unit is one fact, or the events of one telling.  The store has to be one without a
 * record.
 */
#ifndef SLA_CLI_RECORDING_H
#define SLA_CLI_RECORDING_H

#include "store_uri.h"
#include "store_use.h"
#include "world.h"

typedef struct recording {
    const store_uri *uri;
    store_use use;
    uint64_t service[2], units, events;
    bool open;
    int result; /* the first that was no success; then nothing more is recorded */
    void *state;
    size_t state_capacity;
    sla_attribute *given, *attributes;
    size_t given_capacity, attribute_capacity;
    sla_clock_view *clocks;
    size_t clock_capacity;
} recording;

/* An exit code, and a complaint. */
int recording_begin(recording *r, const store_uri *uri);

void recording_world(recording *r, const world *w, sla_time now);
void recording_fact(recording *r, sla_engine *engine, const sla_fact *fact, uint32_t seq,
                    sla_time now);
void recording_events(recording *r, sla_engine *engine, const sla_event *events, size_t count,
                      sla_time now);

/* Everything is on the record; an exit code, and a complaint. */
int recording_end(recording *r);

#endif
