/*
 * condition.h - does a condition hold, for a ticket as it stands?
 */
#ifndef SLA_ENGINE_CONDITION_H
#define SLA_ENGINE_CONDITION_H

#include "engine/state.h"

/* What a condition may look at. */
typedef struct sla__scene {
    const sla_policies *policies;
    const sla__fold *fold;     /* asked anew each time: its arrays move when it grows */
    const int64_t *old_values; /* look at these attributes instead; NULL: at the fold's */
    uint64_t old_present;
    uint16_t unseen; /* a fact slot to be taken as never filled; read with old_values */
    uint16_t fact;   /* the fact being applied, or SLA__NONE */
    const sla__default *defaults; /* stand in for attributes without a value */
    size_t default_count;
    bool used_default; /* out: one of them was looked at */
} sla__scene;

/* The scene of a fold, without defaults. */
static inline sla__scene sla__scene_of(const sla_policies *policies, const sla__fold *fold,
                                       uint16_t fact)
{
    return (sla__scene){.policies = policies, .fold = fold, .unseen = SLA__NONE, .fact = fact};
}

bool sla__node_holds(sla__scene *scene, const sla__node *node);

/* Most conditions that a fact asks are not there, name one fact, or compare an attribute
 * as it stands: that is answered on the spot. */
static inline bool sla__holds(sla__scene *scene, sla__condition condition)
{
    const sla__node *node;

    if (condition == SLA__IMPOSSIBLE)
        return false;
    node = &scene->policies->nodes[condition];
    if (node->op == SLA__FACT)
        return scene->fact == node->subject;
    if (node->op == SLA__EQ && scene->old_values == NULL && scene->default_count == 0)
        return (scene->fold->present >> node->subject & 1) &&
               scene->fold->values[node->subject] == node->value;
    return sla__node_holds(scene, node);
}

/* The value of an attribute, or of its default; false when it has neither. */
bool sla__scene_value(sla__scene *scene, uint16_t slot, int64_t *value_out);

#endif
