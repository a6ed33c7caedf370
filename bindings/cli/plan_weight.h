/*
 * plan_weight.h - what the tickets of a plan, their facts and their events are in bytes, as a
 * store keeps them: the values of its columns (docs/store.md), which the stores in databases
 * make with the same code.
 *
 * What a database adds to that (pages, indexes, heads of rows, old versions) is not in it.
 */
#ifndef SLA_CLI_PLAN_WEIGHT_H
#define SLA_CLI_PLAN_WEIGHT_H

#include <sla/engine.h>

#include "plan_tape.h"
#include "store/text.h"

typedef struct plan_weight {
    uint64_t tickets, facts, events;
    uint64_t ticket_bytes, fact_bytes, event_bytes;
} plan_weight;

/* Weighs while a course is played.  A ticket's row is written anew whenever something happens
 * to it and there once, so it counts as it was when it was looked at last. */
typedef struct plan_scales {
    sla__text text;
    plan_weight weight;
    uint32_t *rows; /* of each ticket, by number; 0: before the figures begin */
    bool *touched;  /* ... since it was looked at */
    plan_taken *waiting;
    size_t rows_capacity, touched_capacity, count; /* of tickets by number */
    size_t waiting_count, waiting_capacity;
    char *state;
    size_t state_capacity;
} plan_scales;

void plan_scales_init(plan_scales *scales);
void plan_scales_fini(plan_scales *scales);

void plan_scales_fact(plan_scales *scales, const plan_taken *taken);
void plan_scales_event(plan_scales *scales, const sla_event *event);

/* Look at the tickets that facts were about since the last time. */
void plan_scales_look(plan_scales *scales, const sla_engine *engine);

#endif
