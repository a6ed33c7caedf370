/* model_condition.c - see model_truth.h: conditions, and the goal and calendar they choose. */
#include "model_truth.h"

#include <string.h>

static model_value value_of(const model_asked *asked, uint16_t slot)
{
    model_value value = asked->values[slot];

    for (size_t i = asked->default_count; i-- > 0 && !value.has;)
        if (asked->defaults[i].slot == slot) {
            value = (model_value){true, asked->defaults[i].value};
            *asked->on_defaults = true;
        }
    return value;
}

static bool seen(const model_truth *truth, const model_asked *asked, uint16_t slot)
{
    const uint16_t fact = truth->set->fact_slots[slot];
    const char *name = sla__policies_symbol(truth->set, truth->set->fact_names[fact]);

    for (size_t i = 0; i < asked->seen_count; i++)
        if (strlen(name) == truth->seen[i].length &&
            memcmp(name, truth->seen[i].name, truth->seen[i].length) == 0)
            return true;
    return false;
}

static bool holds_many(const model_truth *truth, const model_asked *asked, const sla__node *node)
{
    for (uint32_t i = 0; i < node->count; i++)
        if (model_holds(truth, asked, node->first + i) != (node->op == SLA__ALL))
            return node->op != SLA__ALL;
    return node->op == SLA__ALL;
}

bool model_holds(const model_truth *truth, const model_asked *asked, sla__condition condition)
{
    const sla__node *node;
    model_value value;

    if (condition == SLA__IMPOSSIBLE)
        return false;
    node = &truth->set->nodes[condition];
    switch ((sla__op)node->op) {
    case SLA__TRUE:
        return true;
    case SLA__FACT:
        return asked->fact != SLA__NONE && node->subject == asked->fact;
    case SLA__SEEN:
        return seen(truth, asked, node->subject);
    case SLA__SET:
        return asked->values[node->subject].has;
    case SLA__ALL:
    case SLA__ANY:
        return holds_many(truth, asked, node);
    case SLA__NOT:
        return !model_holds(truth, asked, node->first);
    case SLA__EQ:
    case SLA__NE:
    case SLA__LT:
    case SLA__LE:
    case SLA__GT:
    case SLA__GE:
        break;
    }
    value = value_of(asked, node->subject);
    if (!value.has)
        return false;
    switch ((sla__op)node->op) {
    case SLA__EQ:
        return value.value == node->value;
    case SLA__NE:
        return value.value != node->value;
    case SLA__LT:
        return value.value < node->value;
    case SLA__LE:
        return value.value <= node->value;
    case SLA__GT:
        return value.value > node->value;
    default:
        return value.value >= node->value;
    }
}

bool model_now(const model_truth *truth, uint16_t fact, sla__condition condition)
{
    const model_asked asked = {truth->values, NULL, 0, fact, truth->seen_count, NULL};

    return model_holds(truth, &asked, condition);
}

static uint16_t choose_calendar(const model_truth *truth, const model_asked *asked,
                                const sla__calendar_choice *choice)
{
    model_value value;

    if (choice->by == SLA__NONE)
        return choice->fixed;
    value = value_of(asked, choice->by);
    for (uint32_t i = 0; value.has && i < choice->count; i++)
        if (truth->set->calendar_rows[choice->first + i].value == value.value)
            return truth->set->calendar_rows[choice->first + i].calendar;
    return choice->fixed;
}

static model_choice choose(const model_truth *truth, const sla__target *target,
                           const model_asked *asked, sla_time start)
{
    model_choice choice = {false, 0, 0, 0, false};

    choice.calendar = choose_calendar(truth, asked, &target->calendar);
    for (uint32_t i = 0; i < target->goal_count && !choice.any; i++) {
        const sla__goal *goal = &truth->set->goals[target->goal_first + i];
        const bool anchored =
            goal->kind == SLA__GOAL_ANCHOR || goal->kind == SLA__GOAL_ANCHOR_WORKDAYS;

        if (start < goal->during_from || start >= goal->during_to)
            continue;
        if (anchored && !truth->values[goal->anchor].has)
            continue;
        if (!model_holds(truth, asked, goal->when))
            continue;
        choice.any = true;
        choice.goal = target->goal_first + i;
        choice.anchor = anchored ? truth->values[goal->anchor].value : 0;
    }
    return choice;
}

/* On defaults: what was asked on the way had no value of its own. */
model_choice model_choose(const model_truth *truth, uint16_t target, sla_time start)
{
    const sla__target *it = &truth->set->targets[target];
    bool on_defaults = false;
    const model_asked asked = {
        truth->values,     it->default_count > 0 ? truth->set->defaults + it->default_first : NULL,
        it->default_count, SLA__NONE,
        truth->seen_count, &on_defaults};
    model_choice choice = choose(truth, it, &asked, start);

    choice.on_defaults = choice.any && on_defaults;
    return choice;
}
