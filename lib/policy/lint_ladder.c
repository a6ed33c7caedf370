/*
 * lint_ladder.c - lint of the order in which levels are climbed.
 *
 * Two steps are laid side by side where one can tell which comes first: measured alike,
 * on different sides of due, or under a goal whose length is known.  Steps whose
 * "when" cannot hold together are of different ladders: a grade may have its own.
 */
#include <sla/time.h>

#include "policy/lint.h"

/* Repeats that go on longer than this were hardly meant. */
#define LONG_LADDER (366 * SLA_DAY)

static bool comes_after_due(const sla__step *step)
{
    return step->at == SLA__AT_AFTER ? step->offset > 0
                                     : step->at == SLA__AT_PERCENT && step->percent > 100;
}

static bool comes_before_due(const sla__step *step)
{
    return step->at == SLA__AT_BEFORE || (step->at == SLA__AT_PERCENT && step->percent < 100);
}

/* Whatever the goal: `a` comes before `b`. */
static bool always_earlier(const sla__step *a, const sla__step *b)
{
    if (a->at == b->at && a->at == SLA__AT_PERCENT)
        return a->percent < b->percent;
    if (a->at == b->at)
        return a->at == SLA__AT_BEFORE ? a->offset > b->offset : a->offset < b->offset;
    if (comes_before_due(a))
        return !comes_before_due(b);
    return comes_after_due(b) && !comes_after_due(a);
}

/* How far from the start, under a goal that takes `length` of the same time.  What is
 * meant for after due is never before it. */
static sla_duration distance(const sla__step *step, sla_duration length)
{
    if (step->at == SLA__AT_PERCENT)
        return length / 100 * step->percent + length % 100 * step->percent / 100;
    return step->at == SLA__AT_BEFORE ? length - step->offset : length + step->offset;
}

/* Whether the step's distance is spent in the time that the goal's length is: not after
 * due by the wall clock where the goal is open time.  Percents of workdays are parts of
 * dates that are not all alike. */
static bool measured_alike(const sla__target *target, const sla__goal *goal, const sla__step *step)
{
    if (goal->kind != SLA__GOAL_ELAPSED && goal->kind != SLA__GOAL_BUSINESS &&
        goal->kind != SLA__GOAL_DAYS)
        return false;
    return step->at != SLA__AT_AFTER || goal->measure == SLA__ELAPSED || !target->ladder_wall;
}

/* The first goal under which `a` comes before `b`, neither of them before the start, and
 * both may be told; SLA__NONE when there is none. */
static uint32_t earlier_under(sla__lint *lint, const sla__target *target, const sla__step *a,
                              const sla__step *b)
{
    for (uint32_t i = 0; i < target->goal_count; i++) {
        const sla__goal *goal = &lint->set->goals[target->goal_first + i];
        const sla_duration length = sla__goal_usual(lint, target, goal);

        if (length != SLA_NEVER && measured_alike(target, goal, a) &&
            measured_alike(target, goal, b) && distance(a, length) > 0 &&
            distance(a, length) < distance(b, length) &&
            sla__meet_under(lint, target, i, a->when, b->when, false))
            return i;
    }
    return SLA__NONE;
}

/* Whether there is a goal under which `a` may be told while `b` may, or with `negated`
 * may not. */
static bool can_meet(sla__lint *lint, const sla__target *target, const sla__step *a,
                     const sla__step *b, bool negated)
{
    for (uint32_t i = 0; i < target->goal_count; i++)
        if (sla__meet_under(lint, target, i, a->when, b->when, negated))
            return true;
    return false;
}

static void remark_order(sla__lint *lint, size_t number, uint32_t index, const sla__step *step,
                         const sla__step *higher)
{
    const sla_policies *set = lint->set;
    const sla__target *target = &set->targets[number];
    const sla__spot where = sla__spot_step(lint, number, index);
    const char *name = sla__policies_symbol(set, step->name);
    const char *other = sla__policies_symbol(set, higher->name);
    uint32_t goal;

    if (always_earlier(higher, step) && can_meet(lint, target, higher, step, false)) {
        sla__lint_remark(lint, "levels_out_of_order", &where,
                         "\"%s\" of level %u comes after \"%s\" of level %u; order the levels as "
                         "they are climbed",
                         name, step->level, other, higher->level);
        return;
    }
    goal = earlier_under(lint, target, higher, step);
    if (goal != SLA__NONE)
        sla__lint_remark(lint, "levels_out_of_order", &where,
                         "under goal %u of \"%s\" \"%s\" of level %u comes after \"%s\" of level "
                         "%u; order the levels as they are climbed",
                         (unsigned)goal + 1, sla__policies_symbol(set, target->name), name,
                         step->level, other, higher->level);
}

/* Certain only where the higher one is told whenever the lower one is. */
static void remark_repeat(sla__lint *lint, size_t number, uint32_t index, const sla__step *step,
                          const sla__step *higher)
{
    sla__spot where;

    if (step->at != SLA__AT_AFTER || higher->at != SLA__AT_AFTER ||
        !step->repeat_until_next_level || higher->offset - step->offset > step->repeat_every ||
        can_meet(lint, &lint->set->targets[number], step, higher, true))
        return;
    where = sla__spot_step(lint, number, index);
    sla__lint_remark(lint, "unreachable_step", &where,
                     "\"%s\" is never repeated: \"%s\" comes before its first repeat; repeat "
                     "sooner, or not at all",
                     sla__policies_symbol(lint->set, step->name),
                     sla__policies_symbol(lint->set, higher->name));
}

/* Against each step of a higher level; one remark a step. */
static void lint_order(sla__lint *lint, size_t number, uint32_t index, const sla__step *step)
{
    const sla__target *target = &lint->set->targets[number];
    const size_t before = lint->count;

    for (uint32_t i = 0; i < target->step_count && step->level > 0 && lint->count == before; i++) {
        const sla__step *other = &lint->set->steps[target->step_first + i];

        if (other->level <= step->level)
            continue;
        remark_order(lint, number, index, step, other);
        if (lint->count == before)
            remark_repeat(lint, number, index, step, other);
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

void sla__lint_ladder(sla__lint *lint, size_t number, uint32_t index)
{
    const sla__step *step = &lint->set->steps[lint->set->targets[number].step_first + index];

    lint_order(lint, number, index, step);
    lint_repeat(lint, number, index, step);
}
