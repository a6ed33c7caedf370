/*
 * crash_work.h - work for a service whose process, server or connection dies, and the
 * journal by which nothing lost and nothing twice is proved.
 *
 * The work is a series of tickets under a tenant of its own: each is opened, warned,
 * breached, escalated, and some are closed.  The clock is a variable that goes on only
 * when all that was due is on the record and delivered; so what is told does not
 * depend on where the service died, and a service on a memory store that never dies
 * says what it should have been.
 *
 * A worker writes a line into the journal (a pipe that others keep) when a fact is
 * answered, an event is delivered, or before the clock goes on; the next worker goes
 * on from there.
 */
#ifndef SLA_TESTS_CRASH_WORK_H
#define SLA_TESTS_CRASH_WORK_H

#include <sla/service.h>

#include "store_text.h"

enum { CRASH_TICKETS = 6, CRASH_FACTS = 2 * CRASH_TICKETS };

/* Where a worker ends its life. */
typedef enum crash_point {
    CRASH_NEVER,
    CRASH_BEFORE_SEND,     /* P1: a unit is handed to the store */
    CRASH_AT_DONE,         /* P5: the commit was read, the service does not know yet */
    CRASH_AFTER_DONE,      /* P6: the service knows, nobody was told */
    CRASH_IN_CONSUMER,     /* P7 */
    CRASH_BEHIND_CONSUMER, /* an event was handled, its mark is not written */
    CRASH_IN_LOAD          /* P8: a ticket comes while the store loads */
} crash_point;

/* What is known of a series from the journal. */
typedef struct crash_series {
    unsigned number;
    sla_time now;               /* where the clock was */
    bool answered[CRASH_FACTS]; /* facts on the record, as a recorder heard */
    store_text events;          /* delivered: "number identity" */
    bool complete;              /* a worker came to the end */
    size_t deliveries;
} crash_series;

void crash_series_init(crash_series *series, unsigned number);
void crash_series_fini(crash_series *series);

/* A line of the journal.  Fails the test when one number was delivered with two
 * identities. */
void crash_series_hear(crash_series *series, const char *line);

/* Goes on with the series on this store, which is the worker's from now on, and ends
 * the process at the `count`-th time it comes to the point.  `journal` is written to.
 * Returns when the series is complete; false: nothing moved for `patience`. */
bool crash_work(const crash_series *series, sla_store *store, int journal, crash_point point,
                unsigned count, sla_duration patience);

/* The identities that a series tells, each a line, in order. */
void crash_oracle(unsigned number, store_text *identities);

#endif
