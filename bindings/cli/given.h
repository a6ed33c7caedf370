/* given.h - the options that replay and explain share: policies, calendars, facts. */
#ifndef SLA_CLI_GIVEN_H
#define SLA_CLI_GIVEN_H

#include <argp.h>

#include "run.h"

typedef struct given {
    char **names; /* policies and calendars, in order */
    size_t name_count, name_capacity;
    run_options run;
} given;

void given_init(given *g);
void given_fini(given *g);

/* An argp child that fills a `given` (the state's input). */
extern const struct argp given_argp;

#endif
