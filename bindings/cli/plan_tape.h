/* plan_tape.h - the facts of a course, kept to be played again. */
#ifndef SLA_CLI_PLAN_TAPE_H
#define SLA_CLI_PLAN_TAPE_H

#include "plan_profile.h"

typedef struct plan_taken {
    sla_time at;
    uint64_t number; /* of the ticket */
    const plan_kind *kind;
    const char *name;
} plan_taken;

typedef struct plan_tape {
    plan_taken *facts; /* in order of time */
    size_t count, capacity;
} plan_tape;

/* What the fact is, with its strings in `ticket` and in the profile. */
enum { PLAN_TICKET_TEXT = 24 };
sla_fact plan_fact_of(const plan_taken *taken, char ticket[PLAN_TICKET_TEXT]);

/* The number of the ticket that a fact of a plan, or an event made of it, is about. */
uint64_t plan_number_of(sla_string ticket);

void plan_tape_add(plan_tape *tape, const plan_taken *taken);
void plan_tape_fini(plan_tape *tape);

#endif
