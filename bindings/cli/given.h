/* given.h - what replay, explain and story are given alike: policies, calendars, facts. */
#ifndef SLA_CLI_GIVEN_H
#define SLA_CLI_GIVEN_H

#include <argp.h>

#include "documents.h"
#include "run.h"
#include "store_uri.h"
#include "taken.h"

typedef struct given {
    documents documents;
    run_options run;
    const store_uri *store; /* or NULL */
    taken files;            /* that are read, the store's, and standard output */
} given;

/* Reads the words into `arguments`, of which `g` is a part, loads what `g` names,
 * does the work and tidies up.  Returns the exit code. */
int given_run(const struct argp *grammar, int count, char **words, given *g, void *arguments,
              documents_work *work);

/* An argp child that fills a `given` (the state's input). */
extern const struct argp given_argp;

#endif
