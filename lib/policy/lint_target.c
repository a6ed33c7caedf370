/* lint_target.c - lint of one target: goals that are never chosen, clocks that never end, steps
 * that are never told. */
#include <sla/time.h>

#include "policy/lint.h"

/* ------------------------------------------------------------ goals */

static bool covers(const sla__goal *earlier, const sla__goal *goal)
{
    return earlier->during_from <= goal->during_from && earlier->during_to >= goal->during_to;
}

size_t sla__claim_chosen(sla__lint *lint, size_t count, const sla__target *target, uint32_t index)
{
    const sla_policies *set = lint->set;
    const sla__goal *goals = &set->goals[target->goal_first];

    lint->claims[count++] = sla__claim_that(set->policies[target->policy].match);
    lint->claims[count++] = sla__claim_goal(target, &goals[index], false);
    for (uint32_t i = 0; i < index; i++)
        if (covers(&goals[i], &goals[index]))
            lint->claims[count++] = sla__claim_goal(target, &goals[i], true);
    return count;
}

bool sla__meet_under(sla__lint *lint, const sla__target *target, uint32_t index,
                     sla__condition condition, sla__condition other, bool negated)
{
    size_t count = sla__claim_chosen(lint, 0, target, index);

    lint->claims[count++] = sla__claim_that(condition);
    lint->claims[count++] = negated ? sla__claim_not(other) : sla__claim_that(other);
    return sla__can_hold(lint->set, lint->claims, count);
}

/* Of the first claims, that the policy matches and that the goal applies. */
static const char *why_never(const sla__lint *lint)
{
    if (!sla__can_hold(lint->set, lint->claims + 1, 1))
        return "its conditions can never hold";
    if (!sla__can_hold(lint->set, lint->claims, 2))
        return "its condition and the policy's \"match\" cannot hold together";
    return "one before it always applies; put it further up";
}

/* A goal for which one before it is always chosen, or whose condition no ticket
 * of the policy fulfils. */
static void lint_goals(sla__lint *lint, size_t number)
{
    const sla_policies *set = lint->set;
    const sla__target *target = &set->targets[number];

    for (uint32_t i = 0; i < target->goal_count; i++) {
        const size_t count = sla__claim_chosen(lint, 0, target, i);
        sla__spot where;

        if (sla__can_hold(set, lint->claims, count))
            continue;
        where = sla__spot_goal(lint, number, i);
        sla__lint_remark(lint, "shadowed_goal", &where, "this goal is never chosen: %s",
                         why_never(lint));
    }
}

/* ------------------------------------------------------------ ends */

static bool has_ladder(const sla_policies *set, const sla__target *target)
{
    for (uint32_t i = 0; i < target->step_count; i++) {
        const sla__step *step = &set->steps[target->step_first + i];

        if (step->level > 0 || step->repeat_max > 0)
            return true;
    }
    return false;
}

/* In days begun, each as long as a day can be. */
static sla_duration days_begun(int32_t days)
{
    return (days + (sla_duration)1) * 25 * SLA_HOUR;
}

/* Roughly, by the wall clock. */
static sla_duration usual_length(const sla__goal *goal)
{
    switch ((sla__goal_kind)goal->kind) {
    case SLA__GOAL_ELAPSED:
    case SLA__GOAL_BUSINESS:
        return goal->need;
    case SLA__GOAL_WORKDAYS:
        return days_begun(goal->workdays.days);
    case SLA__GOAL_DAYS:
        return days_begun(goal->days);
    case SLA__GOAL_CUTOFF:
        return days_begun(goal->cutoff.days);
    case SLA__GOAL_ANCHOR:
    case SLA__GOAL_ANCHOR_WORKDAYS:
        break;
    }
    return SLA_NEVER;
}

/* A yearly duty may go on for ever; one that piles up several clocks a week may not. */
static bool piles_up(const sla_policies *set, const sla__target *target)
{
    for (uint32_t i = 0; i < target->goal_count; i++)
        if (usual_length(&set->goals[target->goal_first + i]) < 7 * SLA_DAY)
            return target->recur_after_miss && target->recur_limit == 0;
    return false;
}

static void lint_recurrence(sla__lint *lint, size_t number)
{
    const sla__target *target = &lint->set->targets[number];
    const sla__spot where = sla__spot_target(lint, number, "");

    if (piles_up(lint->set, target))
        sla__lint_remark(lint, "endless_recurrence", &where,
                         "each missed cycle of \"%s\" begins another one within days; add "
                         "\"limit\" to \"recur\"",
                         sla__policies_symbol(lint->set, target->name));
}

bool sla__can_come(const sla__lint *lint, size_t number, sla__condition condition)
{
    const sla_policies *set = lint->set;
    const sla__claim claims[] = {sla__claim_that(set->policies[set->targets[number].policy].match),
                                 sla__claim_that(condition)};

    return sla__can_hold(set, claims, 2);
}

/* Nothing stops or cancels it, or what is to do so cannot come. */
static void lint_end(sla__lint *lint, size_t number)
{
    const sla__target *target = &lint->set->targets[number];
    const char *name = sla__policies_symbol(lint->set, target->name);
    const sla__spot where = sla__spot_target(lint, number, "");
    const bool said = target->stop != SLA__IMPOSSIBLE || target->cancel != SLA__IMPOSSIBLE;
    const char *what =
        said ? "make its \"stop\" or \"cancel\" one that can hold" : "add \"stop\" or \"cancel\"";

    if (sla__can_come(lint, number, target->stop) || sla__can_come(lint, number, target->cancel))
        return;
    if (has_ladder(lint->set, target))
        sla__lint_remark(lint, "endless_ladder", &where,
                         "nothing ends \"%s\", so its ladder is always climbed to the top; %s",
                         name, what);
    else
        sla__lint_remark(lint, "endless_clock", &where,
                         "nothing ends \"%s\", so it is always breached; %s", name, what);
}

/* What the target says itself, and no ticket of the policy fulfils. */
static void lint_facts(sla__lint *lint, size_t number)
{
    const sla__target *target = &lint->set->targets[number];
    const struct {
        const char *member;
        sla__condition condition;
    } said[] = {{"/start", target->start}, {"/stop", target->stop}, {"/reset", target->reset}};

    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        const sla__claim alone = sla__claim_that(said[i].condition);
        sla__spot where;

        if (said[i].condition == SLA__IMPOSSIBLE || sla__can_come(lint, number, said[i].condition))
            continue;
        where = sla__spot_target(lint, number, said[i].member);
        sla__lint_remark(lint, "unreachable_rule", &where,
                         sla__can_hold(lint->set, &alone, 1)
                             ? "its conditions and the policy's \"match\" cannot hold together"
                             : "its conditions can never hold");
    }
}

static bool is_resumed(const sla_policies *set, const sla__target *target, uint32_t pause)
{
    for (uint32_t i = 0; i < target->resume_count; i++) {
        const sla__resume *resume = &set->resumes[target->resume_first + i];
        const sla__claim comes = sla__claim_that(resume->on);

        if ((resume->pause == pause || resume->pause == SLA__NONE) && sla__can_hold(set, &comes, 1))
            return true;
    }
    return false;
}

static void lint_pauses(sla__lint *lint, size_t number)
{
    const sla_policies *set = lint->set;
    const sla__target *target = &set->targets[number];

    for (uint32_t i = 0; i < target->pause_count; i++) {
        const sla__pause *pause = &set->pauses[target->pause_first + i];
        sla__spot where;

        if (pause->on == SLA__IMPOSSIBLE || pause->cap > 0 || is_resumed(set, target, i))
            continue;
        where = sla__spot_pause(lint, number, i);
        sla__lint_remark(lint, "endless_pause", &where,
                         "nothing ends the pause \"%s\" of \"%s\"; add a resume or a \"cap\"",
                         sla__policies_symbol(set, pause->reason),
                         sla__policies_symbol(set, target->name));
    }
}

void sla__lint_target(sla__lint *lint, size_t target)
{
    lint_goals(lint, target);
    lint_recurrence(lint, target);
    lint_facts(lint, target);
    lint_end(lint, target);
    lint_pauses(lint, target);
    sla__lint_steps(lint, target);
    sla__lint_sums(lint, target);
}
