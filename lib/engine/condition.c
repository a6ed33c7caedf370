/* condition.c - see condition.h. */
#include "engine/condition.h"

sla__scene sla__scene_of(const sla_policies *policies, const sla__fold *fold, uint16_t fact)
{
    const sla__scene scene = {policies, fold, NULL, 0, SLA__NONE, fact, NULL, 0, false};

    return scene;
}

static uint64_t present(const sla__scene *scene)
{
    return scene->old_values != NULL ? scene->old_present : scene->fold->present;
}

bool sla__scene_value(sla__scene *scene, uint16_t slot, int64_t *value_out)
{
    if (present(scene) >> slot & 1) {
        *value_out =
            scene->old_values != NULL ? scene->old_values[slot] : scene->fold->values[slot];
        return true;
    }
    /* The target's own defaults stand behind the policy's: the last one wins. */
    for (size_t i = scene->default_count; i-- > 0;) {
        if (scene->defaults[i].slot == slot) {
            scene->used_default = true;
            *value_out = scene->defaults[i].value;
            return true;
        }
    }
    return false;
}

static bool compares(sla__scene *scene, const sla__node *node)
{
    int64_t value;

    if (!sla__scene_value(scene, node->subject, &value))
        return false;
    switch (node->op) {
    case SLA__EQ:
        return value == node->value;
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

bool sla__holds(sla__scene *scene, sla__condition condition)
{
    const sla__node *node;

    if (condition == SLA__IMPOSSIBLE)
        return false;
    node = &scene->policies->nodes[condition];
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
        if (is_of_others(scene, node))
            return false;
        for (uint32_t i = 0; i < node->count; i++) {
            if (!sla__holds(scene, node->first + i))
                return false;
        }
        return true;
    case SLA__ANY:
        if (is_of_others(scene, node))
            return false;
        for (uint32_t i = 0; i < node->count; i++) {
            if (sla__holds(scene, node->first + i))
                return true;
        }
        return false;
    case SLA__NOT:
        return !sla__holds(scene, node->first);
    default:
        return compares(scene, node);
    }
}
