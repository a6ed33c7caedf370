/* condition.c - see condition.h. */
#include "engine/condition.h"

#include "base/apart.h"

static uint64_t present(const sla__scene *scene)
{
    return scene->old_values != NULL ? scene->old_present : scene->fold->present;
}

/* The target's own defaults stand behind the policy's: the last one wins. */
static SLA__APART bool default_value(sla__scene *scene, uint16_t slot, int64_t *value_out)
{
    for (size_t i = scene->default_count; i-- > 0;) {
        if (scene->defaults[i].slot == slot) {
            scene->used_default = true;
            *value_out = scene->defaults[i].value;
            return true;
        }
    }
    return false;
}

/* The value of an attribute, or of its default. */
static inline bool value_of(sla__scene *scene, uint16_t slot, int64_t *value_out)
{
    if (!(present(scene) >> slot & 1))
        return scene->default_count > 0 && default_value(scene, slot, value_out);
    *value_out = scene->old_values != NULL ? scene->old_values[slot] : scene->fold->values[slot];
    return true;
}

bool sla__scene_value(sla__scene *scene, uint16_t slot, int64_t *value_out)
{
    return value_of(scene, slot, value_out);
}

static inline bool compares(sla__scene *scene, const sla__node *node)
{
    int64_t value;

    if (!value_of(scene, node->subject, &value))
        return false;
    if (node->op == SLA__EQ)
        return value == node->value;
    switch (node->op) {
    case SLA__LT:
        return value < node->value;
    case SLA__LE:
        return value <= node->value;
    case SLA__GT:
        return value > node->value;
    case SLA__GE:
        return value >= node->value;
    default:
        return value != node->value;
    }
}

/* A condition that names facts holds for none but them. */
static bool is_of_others(const sla__scene *scene, const sla__node *junction)
{
    const uint64_t names = (uint64_t)junction->value;

    return names != 0 && !(names & sla__fact_bit(scene->fact));
}

/* Whether the nodes below are all as `wanted`; the first that is not settles it. */
static bool are_all(sla__scene *scene, const sla__node *junction, bool wanted)
{
    const sla__node *node = &scene->policies->nodes[junction->first];

    for (const sla__node *end = node + junction->count; node < end; node++) {
        if (sla__node_holds(scene, node) != wanted)
            return false;
    }
    return true;
}

static SLA__APART bool junction_holds(sla__scene *scene, const sla__node *node)
{
    if (node->op == SLA__NOT)
        return !sla__node_holds(scene, &scene->policies->nodes[node->first]);
    if (is_of_others(scene, node))
        return false;
    return node->op == SLA__ALL ? are_all(scene, node, true) : !are_all(scene, node, false);
}

bool sla__node_holds(sla__scene *scene, const sla__node *node)
{
    switch (node->op) {
    case SLA__TRUE:
        return true;
    case SLA__FACT:
        return scene->fact == node->subject;
    case SLA__SEEN:
        return scene->fold->seen[node->subject] != SLA_NEVER &&
               (scene->old_values == NULL || scene->unseen != node->subject);
    case SLA__SET:
        return (present(scene) >> node->subject & 1) != 0;
    case SLA__ALL:
    case SLA__ANY:
    case SLA__NOT:
        return junction_holds(scene, node);
    default:
        return compares(scene, node);
    }
}
