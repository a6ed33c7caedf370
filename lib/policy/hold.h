/*
 * hold.h - whether conditions on a ticket can hold together.
 *
 * Used by the lint only: "no" is certain, "yes" may be wrong where conditions
 * are very large.  The ticket has been opened, and all is asked at one instant.
 */
#ifndef SLA_POLICY_HOLD_H
#define SLA_POLICY_HOLD_H

#include "policy/policy.h"

typedef struct sla__claim {
    sla__condition condition;
    bool negated;
    bool needs_value;          /* and `attribute` has a value, by no default */
    uint16_t attribute;        /* slot */
    const sla__target *target; /* whose attribute defaults count; NULL is none */
} sla__claim;

/* That a condition holds. */
static inline sla__claim sla__claim_that(sla__condition condition)
{
    return (sla__claim){.condition = condition};
}

/* That it does not. */
static inline sla__claim sla__claim_not(sla__condition condition)
{
    return (sla__claim){.condition = condition, .negated = true};
}

/* That a goal of `target` applies to clocks that start in its span, or does not. */
static inline sla__claim sla__claim_goal(const sla__target *target, const sla__goal *goal,
                                         bool negated)
{
    return (sla__claim){goal->when, negated, sla__goal_is_anchor(goal), goal->anchor, target};
}

bool sla__can_hold(const sla_policies *set, const sla__claim *claims, size_t count);

#endif
