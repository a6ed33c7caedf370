/* crash_run.h - a service in a process of its own, and its journal outside. */
#ifndef SLA_TESTS_CRASH_RUN_H
#define SLA_TESTS_CRASH_RUN_H

#include <sys/types.h>

#include "crash_work.h"

/* Where a store is kept that outlives the process. */
typedef struct crash_place {
    const char *name;
    void *context;
    /* In the child, or in the parent at the end: a store on what is there. */
    sla_store *(*open)(void *context);
    /* Before the first child, after the last. */
    void (*fresh)(void *context);
    void (*forget)(void *context);
} crash_place;

/* A service at work. */
typedef struct crash_run {
    crash_journal *journal;
    pid_t pid;
    int pipe_end;
    char line[1024]; /* what has come of the next line */
    size_t length;
} crash_run;

typedef enum crash_end {
    CRASH_KILLED,
    CRASH_ENDED,   /* in order, as its life was to */
    CRASH_COMPLETE /* so is the series */
} crash_end;

void crash_run_start(crash_run *run, const crash_place *place, const crash_life *life,
                     crash_journal *journal);

/* Hears the journal for so long; false: the service has ended. */
bool crash_run_hear(crash_run *run, int milliseconds);

/* Hears what has come, and waits until more comes: the service goes on.  False: it has
 * ended. */
bool crash_run_goes_on(crash_run *run);

/* Hears it to its end; one that is neither killed nor in order fails the test. */
crash_end crash_run_end(crash_run *run);

#endif
