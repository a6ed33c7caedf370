/* view.c - one clock as it stands, for those who look. */
#include <string.h>

#include "engine/clock.h"
#include "engine/event.h"
#include "engine/judged.h"
#include "engine/told.h"

static const char *symbol(const sla_policies *policies, uint32_t number)
{
    return sla__policies_symbol(policies, number);
}

static uint8_t highest_level(const sla_policies *policies, const sla__fold *fold,
                             const sla__clock *clock)
{
    const sla__target *target = &policies->targets[clock->target];
    uint8_t level = 0;

    for (uint32_t i = 0; i < target->step_count; i++) {
        const sla__step *step = &policies->steps[target->step_first + i];

        if (step->level > level && sla__told_heard(fold, clock, i))
            level = step->level;
    }
    return level;
}

void sla__clock_view_fill(const sla_engine *engine, const sla__ticket *ticket,
                          const sla__clock *clock, sla_clock_view *view)
{
    const sla__fold *fold = &ticket->fold;
    const sla_policies *policies = sla__rules_of(engine, fold);
    const sla__target *target = &policies->targets[clock->target];
    const sla__policy *policy = &policies->policies[target->policy];
    const sla__judge judge = sla__judged_by(engine, fold, clock);

    memset(view, 0, sizeof *view);
    view->policy = symbol(policies, policy->name);
    view->policy_version = judge.version;
    view->target = symbol(policies, target->name);
    view->metric = symbol(policies, target->metric);
    view->display = symbol(policies, target->display);
    view->calendar = judge.calendar;
    view->cycle = clock->cycle;
    view->state = (sla_state)clock->state;
    view->breached = sla__clock_breached(policies, clock);
    view->provisional = (clock->flags & SLA__PROVISIONAL) != 0;
    view->provisional_attributes = (clock->flags & SLA__BY_DEFAULTS) != 0;
    view->governs = sla__clock_governs(engine, fold, clock);
    view->excluded = sla__clock_excluded(fold, clock);
    view->adjusted_met = sla__clock_adjusted_met(engine, ticket, clock);
    view->agreement = (sla_agreement)policy->agreement;
    view->started_at = clock->due_at == SLA_NEVER ? SLA_NEVER : clock->start_at;
    view->due_at = clock->due_at;
    view->paused_at = clock->state == SLA_PAUSED ? clock->mark_at : SLA_NEVER;
    view->ended_at = sla__clock_ended(clock) ? clock->mark_at : SLA_NEVER;
    view->breached_at = sla__clock_breached_at(fold, policies, clock);
    view->next_at = clock->next_at;
    view->next_step =
        clock->next_item == SLA__ITEM_STEP
            ? symbol(policies, policies->steps[target->step_first + clock->next_step].name)
            : "";
    view->level = highest_level(policies, fold, clock);
    view->rank = sla__rank_of(policies, fold, target->policy);
}
