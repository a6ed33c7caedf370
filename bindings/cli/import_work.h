/* import_work.h - what `sla import` is told, and what it does. */
#ifndef SLA_CLI_IMPORT_WORK_H
#define SLA_CLI_IMPORT_WORK_H

#include "progress.h"
#include "store_uri.h"
#include "table.h"
#include "world.h"

typedef struct import_options {
    store_uri store;
    const char *path; /* NULL: standard input */
    bool is_table;
    table_options table;
    sla_time told_until;        /* SLA_NEVER: now */
    const char *consumer;       /* who is told what fell due since; NULL: whoever sla run tells */
    sla_duration store_timeout; /* how long a store that is away is waited for */
    bool really;                /* else a dry run */
    bool json;
    progress_when progress;
} import_options;

/* An exit code. */
int import_work(const import_options *options, const world *w);

#endif
