/* lint_policy.c - lint of what a policy says as a whole: whom it matches, its rules, agreements
 * inside one another. */
#include <stdio.h>

#include <sla/time.h>

#include "policy/lint.h"

/* ------------------------------------------------------------ matches */

/* Whether `a` is asked before `b` in their group. */
static bool comes_before(const sla_policies *set, size_t a, size_t b)
{
    const sla__policy *first = &set->policies[a], *second = &set->policies[b];

    if (first->group == 0 || first->group != second->group)
        return false;
    return first->order < second->order || (first->order == second->order && a < b);
}

/* A policy that takes only tickets which those before it in the group have taken.
 * False when it takes none at all: then nothing else in it matters. */
static bool lint_match(sla__lint *lint, size_t policy)
{
    const sla_policies *set = lint->set;
    const bool has_match = sla__drafts_of(set)->policies[policy].has_match;
    const sla__spot where = sla__spot_policy(lint, policy, has_match ? "/match" : "");
    const char *name = sla__policies_symbol(set, set->policies[policy].name);
    size_t count = 0;

    lint->claims[count++] = sla__claim_that(set->policies[policy].match);
    if (!sla__can_hold(set, lint->claims, count)) {
        sla__lint_remark(lint, "impossible_match", &where, "no ticket can match policy \"%s\"",
                         name);
        return false;
    }
    for (size_t i = 0; i < set->policy_count; i++)
        if (comes_before(set, i, policy))
            lint->claims[count++] = sla__claim_not(set->policies[i].match);
    if (count > 1 && !sla__can_hold(set, lint->claims, count))
        sla__lint_remark(lint, "shadowed_match", &where,
                         "every ticket that matches policy \"%s\" is taken by one before it in "
                         "group \"%s\"; give it a lower \"order\"",
                         name, sla__policies_symbol(set, set->policies[policy].group));
    return true;
}

/* ------------------------------------------------------------ rules */

static void lint_ranks(sla__lint *lint, size_t number)
{
    const sla_policies *set = lint->set;
    const sla__policy *policy = &set->policies[number];
    size_t count = 0;

    lint->claims[count++] = sla__claim_that(policy->match);
    for (uint32_t i = 0; i < policy->rank_count; i++) {
        const sla__condition when = set->ranks[policy->rank_first + i].when;
        sla__spot where;
        char member[40];

        lint->claims[count++] = sla__claim_that(when);
        if (!sla__can_hold(set, lint->claims, count)) {
            snprintf(member, sizeof member, "/rank/%u", (unsigned)i);
            where = sla__spot_policy(lint, number, member);
            sla__lint_remark(lint, "shadowed_rank", &where,
                             "an earlier rank holds whenever this one does; put it further up");
        }
        lint->claims[count - 1].negated = true;
    }
}

/* A rule whose conditions cannot hold for a ticket of the policy. */
static void lint_rule(sla__lint *lint, size_t number, const char *list, size_t index,
                      sla__condition on, sla__condition when)
{
    const sla__claim claims[] = {sla__claim_that(lint->set->policies[number].match),
                                 sla__claim_that(on), sla__claim_that(when)};
    sla__spot where;
    char member[40];

    if (sla__can_hold(lint->set, claims, 3))
        return;
    snprintf(member, sizeof member, "/%s/%zu", list, index);
    where = sla__spot_policy(lint, number, member);
    sla__lint_remark(lint, "unreachable_rule", &where,
                     "its conditions and the policy's \"match\" cannot hold together");
}

static void lint_rules(sla__lint *lint, size_t number)
{
    const sla_policies *set = lint->set;
    const sla__policy *policy = &set->policies[number];

    for (uint32_t i = 0; i < policy->at_once_count; i++) {
        const sla__at_once *rule = &set->at_once[policy->at_once_first + i];

        lint_rule(lint, number, "at_once", i,
                  rule->on == SLA__IMPOSSIBLE ? rule->becomes : rule->on, rule->when);
    }
    for (uint32_t i = 0; i < policy->refuse_count; i++) {
        const sla__refuse *rule = &set->refuses[policy->refuse_first + i];

        lint_rule(lint, number, "refuse", i, rule->on, rule->when);
    }
}

/* ------------------------------------------------------------ sums */

/* How much a goal allows, in a unit of its kind; SLA_NEVER where it has none. */
static int64_t amount_of(const sla__goal *goal)
{
    switch ((sla__goal_kind)goal->kind) {
    case SLA__GOAL_ELAPSED:
    case SLA__GOAL_BUSINESS:
        return goal->need;
    case SLA__GOAL_WORKDAYS:
        return goal->workdays.days;
    case SLA__GOAL_DAYS:
        return goal->days;
    case SLA__GOAL_CUTOFF:
    case SLA__GOAL_ANCHOR:
    case SLA__GOAL_ANCHOR_WORKDAYS:
        break;
    }
    return SLA_NEVER;
}

static void format_amount(const sla__goal *goal, int64_t amount, char *text, size_t size)
{
    if (goal->kind == SLA__GOAL_WORKDAYS || goal->kind == SLA__GOAL_DAYS)
        snprintf(text, size, "%lld %s", (long long)amount,
                 goal->kind == SLA__GOAL_DAYS ? "days" : "workdays");
    else
        sla_duration_format(amount, text, size);
}

static bool same_calendar(const sla__target *a, const sla__target *b)
{
    return a->calendar.by == b->calendar.by && a->calendar.fixed == b->calendar.fixed;
}

/* The longest goal of `inner` that may be chosen beside goal `index` of `outer`,
 * in the same unit. */
static int64_t longest_beside(sla__lint *lint, const sla__target *outer, uint32_t index,
                              const sla__target *inner)
{
    const sla__goal *goal = &lint->set->goals[outer->goal_first + index];
    const size_t count = sla__claim_chosen(lint, 0, outer, index);
    int64_t longest = 0;

    for (uint32_t i = 0; i < inner->goal_count; i++) {
        const sla__goal *other = &lint->set->goals[inner->goal_first + i];

        if (other->kind == goal->kind && amount_of(other) > longest &&
            (goal->kind == SLA__GOAL_ELAPSED || same_calendar(outer, inner)) &&
            sla__can_hold(lint->set, lint->claims, sla__claim_chosen(lint, count, inner, i)))
            longest = amount_of(other);
    }
    return longest;
}

/* One remark a target: on the first goal that the agreements inside exceed. */
void sla__lint_sums(sla__lint *lint, size_t number)
{
    const sla_policies *set = lint->set;
    const sla__target *outer = &set->targets[number];
    char inner_text[SLA_TIME_TEXT_MAX], outer_text[SLA_TIME_TEXT_MAX];
    sla__spot where;

    for (uint32_t i = 0; i < outer->goal_count; i++) {
        const sla__goal *goal = &set->goals[outer->goal_first + i];
        const int64_t allowed = amount_of(goal);
        int64_t sum = 0;

        for (size_t j = 0; j < set->target_count && allowed != SLA_NEVER; j++)
            if (set->targets[j].inside == number)
                sum += longest_beside(lint, outer, i, &set->targets[j]);
        if (sum <= allowed)
            continue;
        format_amount(goal, sum, inner_text, sizeof inner_text);
        format_amount(goal, allowed, outer_text, sizeof outer_text);
        where = sla__spot_goal(lint, number, i);
        sla__lint_remark(lint, "sum_above_agreement", &where,
                         "the agreements inside \"%s\" take up to %s together, and it allows %s",
                         sla__policies_symbol(set, outer->name), inner_text, outer_text);
        return;
    }
}

void sla__lint_policy(sla__lint *lint, size_t policy)
{
    const sla__policy *one = &lint->set->policies[policy];

    if (!lint_match(lint, policy))
        return;
    lint_ranks(lint, policy);
    lint_rules(lint, policy);
    for (uint32_t i = 0; i < one->target_count; i++)
        sla__lint_target(lint, one->target_first + i);
}
