/*
 * crash.h - a service that is killed again and again, or whose store's other side dies,
 * and the proof that nothing is lost and nothing told twice.
 *
 * The service lives in a child (crash_run.h) and works on one series after the other
 * (crash_plan.h).  The child ends itself by SIGKILL at a point with a name
 * (crash_point.h), or is killed from outside; the next one goes on where the journal
 * ends: a fact without an answer is recorded again, under its id.
 *
 * At the end of each series: every fact is on the record, once; what was told is what a
 * service on a memory store tells that nobody killed; every event was handed over, and
 * under one number only.
 */
#ifndef SLA_TESTS_CRASH_H
#define SLA_TESTS_CRASH_H

#include "crash_run.h"
#include "support/prng.h"

/* A store, and the lives on it. */
typedef struct crash_trial {
    const crash_place *place;
    prng random;
    crash_journal journal; /* of the series at hand */
    unsigned series;       /* complete ones */
    size_t lives, events, deliveries;
} crash_trial;

void crash_trial_init(crash_trial *trial, const crash_place *place);

/* A service that lives until the series is complete, unless somebody kills it. */
void crash_trial_start(crash_trial *trial, crash_run *run);

/* Hears it to its end; true when it was killed.  A series that is complete is checked,
 * and the next one begins. */
bool crash_trial_end(crash_trial *trial, crash_run *run);

/* To the end of the series, and says what has died how often. */
void crash_trial_fini(crash_trial *trial, const char *what, size_t times);

/* Kills a service at `point`, `kills` times, at its birth or in the midst of its life;
 * fails the test where anything is lost or doubled. */
void crash_again_and_again(const crash_place *place, const char *point, bool at_birth,
                           size_t kills);

/* How many kills at each point: 20, SLA_LONG: 200; SLA_KILLS says otherwise. */
size_t crash_kills(void);

#endif
