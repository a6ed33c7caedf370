/*
 * hold.h - whether conditions on a ticket can hold together.
 *
 * Used by the lint only: "no" is certain, "yes" may be wrong where conditions
 * are very large or ask what has been seen.
 */
#ifndef SLA_POLICY_HOLD_H
#define SLA_POLICY_HOLD_H

#include "policy/policy.h"

typedef struct sla__claim {
    sla__condition condition;
    bool negated;
    const sla__target *target; /* whose attribute defaults count; NULL is none */
} sla__claim;

bool sla__can_hold(const sla_policies *set, const sla__claim *claims, size_t count);

#endif
