/* lint_steps.c - lint of the steps of one target. */
#include <sla/time.h>

#include "policy/lint.h"

/* Repeats that go on longer than this were hardly meant. */
#define LONG_LADDER (366 * SLA_DAY)

/* A civil day has at most 25 hours; where in the day a count begins and ends
 * may add one more. */
static sla_duration days_longest(int32_t days)
{
    return ((sla_duration)days + 1) * 25 * SLA_HOUR;
}

sla_duration sla__goal_longest(const sla__goal *goal)
{
    switch ((sla__goal_kind)goal->kind) {
    case SLA__GOAL_ELAPSED:
    case SLA__GOAL_BUSINESS:
        return goal->need;
    case SLA__GOAL_WORKDAYS:
        return goal->workdays.days == 0 ? SLA_NEVER : days_longest(goal->workdays.days);
    case SLA__GOAL_DAYS:
        return days_longest(goal->days);
    case SLA__GOAL_CUTOFF:
        return goal->cutoff.workdays ? SLA_NEVER : days_longest(goal->cutoff.days);
    case SLA__GOAL_ANCHOR:
    case SLA__GOAL_ANCHOR_WORKDAYS:
        break;
    }
    return SLA_NEVER;
}

static bool never_begins(const sla__step *step, const sla__goal *goal)
{
    const sla_duration longest = sla__goal_longest(goal);

    if (step->at == SLA__AT_BEFORE)
        return longest != SLA_NEVER && step->offset >= longest;
    return step->at == SLA__AT_PERCENT && step->percent < 100 && longest == 0;
}

/* Under some goal the step would lie at or before the start: it is not told then. */
static void lint_start(sla__lint *lint, size_t number, uint32_t index, const sla__step *step)
{
    const sla_policies *set = lint->set;
    const sla__target *target = &set->targets[number];

    for (uint32_t i = 0; i < target->goal_count; i++) {
        const sla__goal *goal = &set->goals[target->goal_first + i];
        char longest[SLA_TIME_TEXT_MAX];
        sla__spot where;

        if (!never_begins(step, goal))
            continue;
        sla_duration_format(sla__goal_longest(goal), longest, sizeof longest);
        where = sla__spot_step(lint, number, index);
        sla__lint_remark(lint, "step_before_start", where.source, where.pointer,
                         "goal %u of \"%s\" takes at most %s, so \"%s\" lies at or before the "
                         "start and is not told; use \"percent\", or come nearer to due",
                         (unsigned)i + 1, sla__policies_symbol(set, target->name), longest,
                         sla__policies_symbol(set, step->name));
        return;
    }
}

static void lint_when(sla__lint *lint, size_t number, uint32_t index, const sla__step *step)
{
    const sla_policies *set = lint->set;
    const sla__claim claims[] = {{set->policies[set->targets[number].policy].match, false, NULL},
                                 {step->when, false, NULL}};
    sla__spot where;

    if (sla__can_hold(set, claims, 2))
        return;
    where = sla__spot_step(lint, number, index);
    sla__lint_remark(lint, "unreachable_step", where.source, where.pointer,
                     "the \"when\" of \"%s\" and the policy's \"match\" cannot hold together",
                     sla__policies_symbol(set, step->name));
}

/* Both after due and measured alike, so that one can be told from the other. */
static bool comparable(const sla__step *a, const sla__step *b)
{
    return a->at == b->at && (a->at == SLA__AT_AFTER || a->at == SLA__AT_PERCENT);
}

static bool is_earlier(const sla__step *a, const sla__step *b)
{
    return a->at == SLA__AT_AFTER ? a->offset < b->offset : a->percent < b->percent;
}

static void lint_pair(sla__lint *lint, size_t number, uint32_t index, const sla__step *step,
                      const sla__step *higher)
{
    const sla_policies *set = lint->set;
    const sla__spot where = sla__spot_step(lint, number, index);
    const char *name = sla__policies_symbol(set, step->name);
    const char *other = sla__policies_symbol(set, higher->name);

    if (is_earlier(higher, step))
        sla__lint_remark(lint, "levels_out_of_order", where.source, where.pointer,
                         "\"%s\" of level %u comes after \"%s\" of level %u; order the levels as "
                         "they are climbed",
                         name, step->level, other, higher->level);
    else if (step->at == SLA__AT_AFTER && step->repeat_until_next_level &&
             higher->offset - step->offset <= step->repeat_every)
        sla__lint_remark(lint, "unreachable_step", where.source, where.pointer,
                         "\"%s\" is never repeated: \"%s\" comes before its first repeat; repeat "
                         "sooner, or not at all",
                         name, other);
}

/* Against each step of a higher level; one remark a step. */
static void lint_ladder(sla__lint *lint, size_t number, uint32_t index, const sla__step *step)
{
    const sla__target *target = &lint->set->targets[number];
    const size_t before = lint->count;

    for (uint32_t i = 0; i < target->step_count && step->level > 0 && lint->count == before; i++) {
        const sla__step *other = &lint->set->steps[target->step_first + i];

        if (other->level > step->level && comparable(step, other))
            lint_pair(lint, number, index, step, other);
    }
}

static void lint_repeat(sla__lint *lint, size_t number, uint32_t index, const sla__step *step)
{
    sla__spot where;

    if (step->repeat_max == 0 || step->repeat_max * step->repeat_every <= LONG_LADDER)
        return;
    where = sla__spot_step(lint, number, index);
    sla__lint_remark(lint, "endless_ladder", where.source, where.pointer,
                     "\"%s\" is repeated for more than a year; lower \"max\" or \"every\"",
                     sla__policies_symbol(lint->set, step->name));
}

void sla__lint_steps(sla__lint *lint, size_t number)
{
    const sla__target *target = &lint->set->targets[number];

    for (uint32_t i = 0; i < target->step_count; i++) {
        const sla__step *step = &lint->set->steps[target->step_first + i];

        if (step->kind == SLA__BREACH)
            continue;
        lint_start(lint, number, i, step);
        lint_when(lint, number, i, step);
        lint_ladder(lint, number, i, step);
        lint_repeat(lint, number, i, step);
    }
}
