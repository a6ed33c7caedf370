/*
 * history.h - seeded random worlds (policies, calendars) and histories of
 * tickets under them, for laying the engine beside its twin.
 *
 * A history is a plain list of operations, so that it can be printed, replayed,
 * and shortened by leaving operations out.  It is chosen with the model at hand:
 * the next `now` is often the instant at which something falls due.
 */
#ifndef SLA_TESTS_HISTORY_H
#define SLA_TESTS_HISTORY_H

#include <stdbool.h>
#include <stdio.h>

#include <sla/engine.h>

#include "support/prng.h"

enum {
    HISTORY_OPS_MAX = 64,
    HISTORY_SETS = 3,      /* of policies in one world */
    HISTORY_CALENDARS = 4, /* by name */
    HISTORY_VERSIONS = 3,  /* of each calendar */
    HISTORY_ATTRIBUTES = 3
};

/* The calendars of a run: a few, parsed once. */
typedef struct history_calendars {
    sla_calendar *them[HISTORY_CALENDARS][HISTORY_VERSIONS];
} history_calendars;

void history_calendars_init(history_calendars *calendars);
void history_calendars_fini(history_calendars *calendars);

/* Random policies, shared by many histories. */
typedef struct history_world {
    sla_policies *sets[HISTORY_SETS];
    char *texts[HISTORY_SETS]; /* of each set, for people */
} history_world;

void history_world_init(history_world *world, prng *random);
void history_world_fini(history_world *world);

typedef enum history_what { HISTORY_ADOPT, HISTORY_RECORD, HISTORY_POLL } history_what;

typedef struct history_op {
    history_what what;
    sla_time now;
    bool left_out;                   /* by shortening */
    int set;                         /* adopt: which policies, -1 for none */
    int versions[HISTORY_CALENDARS]; /* adopt: of each calendar, -1 for none */
    sla_fact fact;
    sla_attribute attributes[HISTORY_ATTRIBUTES];
    char id[16];
} history_op;

typedef struct history {
    history_op ops[HISTORY_OPS_MAX];
    size_t count;
} history;

void history_make(history *made, const history_world *world, const history_calendars *calendars,
                  prng *random);

void history_print_op(FILE *file, const history_op *op);

/* Mended pointers into a copied operation. */
void history_op_settle(history_op *op);

/* The calendars that an adopting operation names. */
size_t history_op_calendars(const history_op *op, const history_calendars *calendars,
                            sla_calendar **out);

/* --- history_policy.c, for history.c --- */

char *history_policy_text(prng *random, int number, int revision);

#endif
