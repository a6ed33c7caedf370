/*
 * crash_work.h - a service at work on a series (crash_plan.h), in a process that may die.
 *
 * Its clock is a variable that goes on only when all that was due is on the record and
 * handed over; so what is told does not depend on where a service died, and one on a
 * memory store that never dies says what it should have been.
 */
#ifndef SLA_TESTS_CRASH_WORK_H
#define SLA_TESTS_CRASH_WORK_H

#include "crash_journal.h"

/* How a service lives. */
typedef struct crash_life {
    const char *point; /* where it is killed; NULL: not by itself */
    unsigned count;    /* the how manieth time that it is there ... */
    size_t armed;      /* ... from this instant of its life on; 0: from before its birth */
    size_t instants;   /* it ends in order after so many; 0: with the series */
    uint64_t incarnation;
} crash_life;

/* Goes on with the series on this store, which is the service's from now on, and says to
 * the journal what happens.  Points are called; one that counts from the beginning was
 * armed before the store was made.  False: nothing went on for half a minute. */
bool crash_work(const crash_journal *from, sla_store *store, const crash_life *life, int pipe_end);

/* The identities that a series tells, each a line (store_text_identity), in order. */
void crash_work_oracle(unsigned series, store_text *identities);

#endif
