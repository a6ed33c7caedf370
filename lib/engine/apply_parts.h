/*
 * apply_parts.h - what the parts of applying a fact share (apply.c, at_once.c).
 */
#ifndef SLA_ENGINE_APPLY_PARTS_H
#define SLA_ENGINE_APPLY_PARTS_H

#include "engine/act.h"
#include "engine/clock.h"
#include "engine/condition.h"

/* What a fact meets, besides the fold. */
typedef struct sla__stage {
    sla__act *act;
    sla__scene scene;                       /* with the fact's own attributes set */
    int64_t old_values[SLA_ATTRIBUTES_MAX]; /* where the fact changes any */
    uint64_t old_present;
    uint16_t first_seen; /* fact slot that the fact has filled, or SLA__NONE */
    bool attributes_changed;
    bool was_open;
    uint8_t refused[(SLA_POLICIES_MAX + 7) / 8];
} sla__stage;

/* Does the policy refuse the fact, while others take it? */
bool sla__stage_refused(const sla__run *run, const sla__stage *stage, size_t policy);

/* Tells what the rules of the ticket's policies have to say of the fact, and
 * applies what they derive. */
void sla__apply_at_once(sla__run *run, sla__stage *stage);

#endif
