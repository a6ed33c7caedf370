/* counterpart.c - see counterpart.h. */
#include "engine/counterpart.h"

#include <string.h>

static bool same(const sla__pair *pair, uint32_t one, uint32_t other)
{
    return strcmp(sla__policies_symbol(pair->from, one), sla__policies_symbol(pair->to, other)) ==
           0;
}

uint16_t sla__pair_policy(const sla__pair *pair, size_t policy)
{
    for (size_t i = 0; i < pair->to->policy_count; i++) {
        if (same(pair, pair->from->policies[policy].name, pair->to->policies[i].name))
            return (uint16_t)i;
    }
    return SLA__NONE;
}

uint16_t sla__pair_target(const sla__pair *pair, size_t target)
{
    const sla__target *old = &pair->from->targets[target];
    const uint16_t policy = sla__pair_policy(pair, old->policy);

    if (policy == SLA__NONE)
        return SLA__NONE;
    for (uint32_t i = 0; i < pair->to->policies[policy].target_count; i++) {
        const uint32_t place = pair->to->policies[policy].target_first + i;

        if (same(pair, old->name, pair->to->targets[place].name))
            return (uint16_t)place;
    }
    return SLA__NONE;
}

uint16_t sla__pair_at_once(const sla__pair *pair, size_t rule)
{
    for (size_t p = 0; p < pair->from->policy_count; p++) {
        const sla__policy *policy = &pair->from->policies[p];
        const uint16_t other = sla__pair_policy(pair, p);

        if (rule < policy->at_once_first || rule >= policy->at_once_first + policy->at_once_count ||
            other == SLA__NONE)
            continue;
        for (uint32_t i = 0; i < pair->to->policies[other].at_once_count; i++) {
            const uint32_t place = pair->to->policies[other].at_once_first + i;

            if (same(pair, pair->from->at_once[rule].name, pair->to->at_once[place].name))
                return (uint16_t)place;
        }
    }
    return SLA__NONE;
}

uint16_t sla__pair_fact(const sla__pair *pair, size_t fact)
{
    const char *name = sla__policies_symbol(pair->from, pair->from->fact_names[fact]);

    return sla__policies_fact(pair->to, name, strlen(name));
}

uint16_t sla__pair_step(const sla__pair *pair, uint16_t from, uint16_t to, size_t step)
{
    const sla__target *old = &pair->from->targets[from];
    const sla__target *made = &pair->to->targets[to];

    if (step >= old->step_count)
        return SLA__NONE;
    if (step == old->breach_step)
        return made->breach_step;
    for (uint32_t i = 0; i < made->step_count; i++) {
        if (same(pair, pair->from->steps[old->step_first + step].name,
                 pair->to->steps[made->step_first + i].name))
            return (uint16_t)i;
    }
    return SLA__NONE;
}

uint16_t sla__pair_pause(const sla__pair *pair, uint16_t from, uint16_t to, size_t pause)
{
    const sla__target *old = &pair->from->targets[from];
    const sla__target *made = &pair->to->targets[to];

    if (pause >= old->pause_count)
        return SLA__NONE;
    for (uint32_t i = 0; i < made->pause_count; i++) {
        if (same(pair, pair->from->pauses[old->pause_first + pause].reason,
                 pair->to->pauses[made->pause_first + i].reason))
            return (uint16_t)i;
    }
    return SLA__NONE;
}

uint32_t sla__pair_steps(const sla__pair *pair, uint16_t from, uint16_t to, uint32_t steps)
{
    uint32_t made = 0;

    for (size_t i = 0; i < SLA_STEPS_MAX; i++) {
        const uint16_t step =
            steps >> i & 1 ? sla__pair_step(pair, from, to, i) : (uint16_t)SLA__NONE;

        if (step != SLA__NONE)
            made |= UINT32_C(1) << step;
    }
    return made;
}

uint32_t sla__pair_pauses(const sla__pair *pair, uint16_t from, uint16_t to, uint32_t pauses)
{
    uint32_t made = 0;

    for (size_t i = 0; i < pair->from->targets[from].pause_count; i++) {
        const uint16_t pause =
            pauses >> i & 1 ? sla__pair_pause(pair, from, to, i) : (uint16_t)SLA__NONE;

        if (pause != SLA__NONE)
            made |= UINT32_C(1) << pause;
    }
    return made;
}
