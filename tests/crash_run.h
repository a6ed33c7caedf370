/* crash_run.h - workers are started, die, and are started again; who runs them keeps
 * the journal. */
#ifndef SLA_TESTS_CRASH_RUN_H
#define SLA_TESTS_CRASH_RUN_H

#include <sys/types.h>

#include "crash_work.h"

/* A worker at work. */
typedef struct crash_run {
    crash_series *series;
    pid_t pid;
    int journal;
    char line[1024]; /* what has come of the next line */
    size_t length;
} crash_run;

/* `program` is crash_worker; kind, place and lease as it wants them. */
void crash_run_start(crash_run *run, const char *program, const char *kind, const char *place,
                     sla_duration lease, crash_series *series, crash_point point, unsigned count);

/* Hears the journal for so long; false: the worker has ended. */
bool crash_run_hear(crash_run *run, int milliseconds);

/* Hears what has come, and waits until more comes: the worker goes on.  False: it has
 * ended. */
bool crash_run_goes_on(crash_run *run);

/* Hears it to its end.  True: the worker was killed; false: the series is complete.
 * Anything else fails the test. */
bool crash_run_end(crash_run *run);

/* The journal of a complete series says what it should have said: everything was told,
 * nothing else was, and of each ticket in its order. */
void crash_run_check(const crash_series *series, const store_text *wanted);

#endif
