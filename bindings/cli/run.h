/*
 * run.h - facts through an engine, as if it had stood beside them.
 *
 * The clock of a run is `recorded_at` of its lines and never goes back: before a
 * fact is recorded, every step that fell due before that instant is told at its
 * own instant; afterwards what is due at it.  Facts of an instant come before
 * steps of that instant.
 */
#ifndef SLA_CLI_RUN_H
#define SLA_CLI_RUN_H

#include <sla/engine.h>

#include "facts.h"
#include "progress.h"
#include "recording.h"
#include "world.h"

typedef struct run run;

/* What a run hands over.  Any may be NULL. */
typedef struct run_sink {
    void (*event)(void *user, const sla_event *event);
    void (*fact)(void *user, const sla_fact *fact, const sla_answer *answer); /* recorded */
    void (*rejected)(void *user, const line *l, const sla_error *error);
    void (*waiting)(void *user); /* the next line is not there yet */
    void *user;
} run_sink;

typedef struct run_options {
    bool by_occurred;
    const char *path; /* of the facts; NULL: standard input */
    sla_time until;   /* SLA_NEVER: the last recording */
    sla_time as_of;   /* facts recorded later are left out, and time stops here; SLA_NEVER: all */
    progress_when progress;
    recording *recording; /* what it does goes there, too; or NULL */
} run_options;

struct run {
    sla_engine *engine;
    sla_time now;
    size_t recorded, duplicates, rejected;
};

/* Run all facts; complaints about lines are said and handed to the sink.  The
 * answer is an exit code, EXIT_PARTIAL when a line was refused.  The engine stays
 * until run_fini. */
int run_all(run *r, world *w, const run_options *options, const run_sink *sink);
void run_fini(run *r);

#endif
