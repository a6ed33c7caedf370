/* lint_steps.c - lint of the steps of one target. */
#include <sla/time.h>

#include "policy/lint.h"

/* Whether a step lies before the start, under some goal. */
typedef enum beginning {
    BEGINS_AFTER,   /* or one cannot tell */
    BEGINS_RARELY,  /* before it but for odd starts and days */
    BEGINS_OUTSIDE, /* at it, where the clock starts in open time */
    BEGINS_NEVER    /* at or before it, whenever it starts */
} beginning;

static beginning begins(const sla__lint *lint, const sla__target *target, const sla__goal *goal,
                        const sla__step *step)
{
    const sla_duration longest = sla__goal_longest(lint, target, goal);

    if (step->at == SLA__AT_PERCENT && step->percent < 100)
        return longest == 0 && goal->kind != SLA__GOAL_WORKDAYS ? BEGINS_NEVER : BEGINS_AFTER;
    if (step->at != SLA__AT_BEFORE)
        return BEGINS_AFTER;
    if (step->offset < longest)
        return step->offset < sla__goal_usual(lint, target, goal) ? BEGINS_AFTER : BEGINS_RARELY;
    /* A clock that starts in closed time has until the opening to tell it. */
    return step->offset == longest && goal->measure == SLA__BUSINESS ? BEGINS_OUTSIDE
                                                                     : BEGINS_NEVER;
}

/* Under some goal the step would lie at or before the start: it is not told then.  A goal
 * under which its "when" cannot hold does not matter. */
static void lint_start(sla__lint *lint, size_t number, uint32_t index, const sla__step *step)
{
    const sla_policies *set = lint->set;
    static const char *const where_it_lies[] = {
        [BEGINS_RARELY] = "as a rule lies at or before the start and is not told then",
        [BEGINS_OUTSIDE] = "lies at any start in open time and is not told then",
        [BEGINS_NEVER] = "lies at or before the start and is not told"};
    const sla__target *target = &set->targets[number];

    for (uint32_t i = 0; i < target->goal_count; i++) {
        const sla__goal *goal = &set->goals[target->goal_first + i];
        const beginning how = begins(lint, target, goal, step);
        char text[SLA_TIME_TEXT_MAX];
        sla__spot where;

        if (how == BEGINS_AFTER || !sla__meet_under(lint, target, i, step->when, step->when, false))
            continue;
        sla_duration_format(sla__goal_longest(lint, target, goal), text, sizeof text);
        where = sla__spot_step(lint, number, index);
        sla__lint_remark(lint, "step_before_start", &where,
                         "goal %u of \"%s\" takes at most %s%s, so \"%s\" %s; use \"percent\", or "
                         "come nearer to due",
                         (unsigned)i + 1, sla__policies_symbol(set, target->name), text,
                         goal->measure == SLA__BUSINESS ? " of open time" : "",
                         sla__policies_symbol(set, step->name), where_it_lies[how]);
        return;
    }
}

static void lint_when(sla__lint *lint, size_t number, uint32_t index, const sla__step *step)
{
    const sla_policies *set = lint->set;
    const sla__claim when = sla__claim_that(step->when);
    sla__spot where;

    if (sla__can_come(lint, number, step->when))
        return;
    where = sla__spot_step(lint, number, index);
    sla__lint_remark(lint, "unreachable_step", &where,
                     sla__can_hold(set, &when, 1)
                         ? "the \"when\" of \"%s\" and the policy's \"match\" cannot hold together"
                         : "the \"when\" of \"%s\" can never hold",
                     sla__policies_symbol(set, step->name));
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
        sla__lint_ladder(lint, number, i);
    }
}
