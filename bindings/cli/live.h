/* live.h - what `sla run` is told, and its loop. */
#ifndef SLA_CLI_LIVE_H
#define SLA_CLI_LIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "documents.h"
#include "store_uri.h"
#include "world.h"

typedef struct live_options {
    documents documents;
    store_uri store;
    char **program; /* of --exec with its arguments, ended by NULL; or NULL */
    size_t jobs_max;
    sla_duration exec_timeout;
    sla_duration end_timeout; /* how long an end waits for others */
    const char *metrics;      /* or NULL */
    bool until_idle;
    sla_duration store_timeout; /* how long it waits for a store that is away; 0: without end */
} live_options;

/* From the first fact to the last event.  Returns the exit code. */
int live_loop(const live_options *options, const world *w);

#endif
