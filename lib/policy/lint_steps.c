/* lint_steps.c - lint of the steps of one target. */
#include <sla/time.h>

#include "policy/lint.h"

/* Repeats that go on longer than this were hardly meant. */
#define LONG_LADDER (366 * SLA_DAY)

/* Whether a step lies before the start, under some goal. */
typedef enum beginning {
    BEGINS_AFTER,   /* or one cannot tell */
    BEGINS_RARELY,  /* before it but for odd starts and days */
    BEGINS_OUTSIDE, /* at it, where the clock starts in open time */
    BEGINS_NEVER    /* at or before it, whenever it starts */
} beginning;

/* What a goal in days takes where every day is like the next; SLA_NEVER for others. */
static sla_duration usual_length(const sla__lint *lint, const sla__target *target,
                                 const sla__goal *goal)
{
    if (goal->kind == SLA__GOAL_DAYS && goal->end == SLA_END_SAME_TIME)
        return goal->days * SLA_DAY;
    if (goal->kind == SLA__GOAL_WORKDAYS && goal->workdays.end == SLA_END_SAME_TIME)
        return goal->workdays.days * sla__target_reach(lint, target).date;
    return SLA_NEVER;
}

static beginning begins(const sla__lint *lint, const sla__target *target, const sla__goal *goal,
                        const sla__step *step)
{
    const sla_duration longest = sla__goal_longest(lint, target, goal);

    if (step->at == SLA__AT_PERCENT && step->percent < 100)
        return longest == 0 && goal->kind != SLA__GOAL_WORKDAYS ? BEGINS_NEVER : BEGINS_AFTER;
    if (step->at != SLA__AT_BEFORE)
        return BEGINS_AFTER;
    if (step->offset < longest)
        return step->offset < usual_length(lint, target, goal) ? BEGINS_AFTER : BEGINS_RARELY;
    /* A clock that starts in closed time has until the opening to tell it. */
    return step->offset == longest && goal->measure == SLA__BUSINESS ? BEGINS_OUTSIDE
                                                                     : BEGINS_NEVER;
}

/* Under some goal the step would lie at or before the start: it is not told then. */
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

        if (how == BEGINS_AFTER)
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
    const sla__claim claims[] = {{set->policies[set->targets[number].policy].match, false, NULL},
                                 {step->when, false, NULL}};
    sla__spot where;

    if (sla__can_hold(set, claims, 2))
        return;
    where = sla__spot_step(lint, number, index);
    sla__lint_remark(lint, "unreachable_step", &where,
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
        sla__lint_remark(lint, "levels_out_of_order", &where,
                         "\"%s\" of level %u comes after \"%s\" of level %u; order the levels as "
                         "they are climbed",
                         name, step->level, other, higher->level);
    else if (step->at == SLA__AT_AFTER && step->repeat_until_next_level &&
             higher->offset - step->offset <= step->repeat_every)
        sla__lint_remark(lint, "unreachable_step", &where,
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
    sla__lint_remark(lint, "endless_ladder", &where,
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
