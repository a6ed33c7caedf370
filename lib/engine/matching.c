/*
 * matching.c - which policies a ticket has, and the clocks that come and go
 * with them.
 */
#include <string.h>

#include "engine/apply.h"
#include "engine/fold.h"
#include "engine/migrate.h"

/* Of the policies of one group that match, the first in order applies. */
static bool beaten_in_group(sla__scene *scene, const sla_policies *policies, size_t number)
{
    const sla__policy *policy = &policies->policies[number];

    for (size_t i = 0; policy->group != 0 && i < policies->policy_count; i++) {
        const sla__policy *other = &policies->policies[i];

        if (i != number && other->group == policy->group &&
            (other->order < policy->order || (other->order == policy->order && i < number)) &&
            sla__holds(scene, other->match))
            return true;
    }
    return false;
}

static void leave(sla__run *run, sla__act *act, size_t policy)
{
    for (size_t i = run->fold->clock_count; i-- > 0;) {
        sla__clock *clock = &run->fold->clocks[i];

        if (run->policies->targets[clock->target].policy != policy)
            continue;
        if (clock->state == SLA_WAITING) {
            sla__fold_remove(run->fold, clock);
            run->moved = true;
        } else if (sla__clock_live(clock)) {
            sla__clock_end(run, clock, SLA_CANCELLED, act->at, act->seq, SLA__CAUSE_POLICY_LEFT);
            run->fold->clocks[i].flags |= SLA__LEFT;
        }
    }
}

/* A cycle that no clock of the target has had, not even under other policies. */
static uint16_t next_cycle(const sla__run *run, uint16_t target)
{
    const sla__clock *last = sla__fold_latest(run->fold, target);
    const uint16_t left = sla__left_cycle(run->engine, run->fold, target);

    return (uint16_t)((last != NULL && last->cycle > left ? last->cycle : left) + 1);
}

/* A clock waiting, with the pauses that facts have set before. */
static void add_clock(sla__run *run, uint16_t target)
{
    const uint16_t cycle = next_cycle(run, target);

    if (!sla__fold_reserve(run->fold, &run->engine->allocator, run->policies,
                           run->fold->clock_count + 1, run->fold->note_count)) {
        run->result = SLA_ERR_NOMEM;
        return;
    }
    sla__fold_insert(run->fold, target, cycle);
    run->effects = run->grew = true;
    if (run->policies->targets[target].pause_count > 0)
        sla__replay_pauses(run, target, cycle);
}

static void begin(sla__run *run, uint16_t target, sla_time at)
{
    sla__clock_start(run, sla__fold_latest(run->fold, target), at, at);
    sla__fold_latest(run->fold, target)->fresh = 1;
}

/* A clock of the target comes, with the fact. */
static void come(sla__run *run, const sla__act *act, uint16_t target)
{
    sla__scene scene;

    add_clock(run, target);
    /* At `opened` itself the start comes with the fact, as for any other. */
    if (run->result != SLA_OK || act->name == SLA__FACT_OPENED)
        return;
    scene = sla__scene_of(run->policies, run->fold, SLA__FACT_OPENED);
    if (sla__holds(&scene, run->policies->targets[target].start))
        begin(run, target, act->at);
}

static void join(sla__run *run, sla__act *act, size_t number)
{
    const sla__policy *policy = &run->policies->policies[number];

    if (!sla__fold_reserve(run->fold, &run->engine->allocator, run->policies,
                           run->fold->clock_count + policy->target_count, run->fold->note_count)) {
        run->result = SLA_ERR_NOMEM;
        return;
    }
    for (uint32_t i = 0; i < policy->target_count && run->result == SLA_OK; i++)
        come(run, act, (uint16_t)(policy->target_first + i));
}

void sla__apply_new_targets(sla__run *run, sla__act *act, const sla_policies *before)
{
    const sla__pair pair = {run->policies, before};

    for (size_t i = 0; i < run->policies->target_count && run->result == SLA_OK; i++) {
        const uint16_t target = (uint16_t)i;

        if (sla__has_policy(run->fold, run->policies->targets[i].policy) &&
            sla__pair_target(&pair, target) == SLA__NONE &&
            sla__fold_latest(run->fold, target) == NULL)
            come(run, act, target);
    }
}

static bool matches(sla__run *run, size_t number)
{
    sla__scene scene = sla__scene_of(run->policies, run->fold, SLA__NONE);

    return sla__holds(&scene, run->policies->policies[number].match) &&
           !beaten_in_group(&scene, run->policies, number);
}

/* Which policies come and go, as bits, and room for the clocks of all that come:
 * growing for each would copy the fold as often. */
static bool find_changes(sla__run *run, const uint8_t *refused, uint8_t *changes)
{
    size_t clocks = run->fold->clock_count;

    for (size_t i = 0; i < run->policies->policy_count; i++) {
        const bool had = sla__has_policy(run->fold, i);

        if (matches(run, i) == had || (refused != NULL && (refused[i / 8] >> i % 8 & 1)))
            continue;
        changes[i / 8] |= (uint8_t)(1u << i % 8);
        clocks += had ? 0 : run->policies->policies[i].target_count;
    }
    return sla__fold_reserve(run->fold, &run->engine->allocator, run->policies, clocks,
                             run->fold->note_count);
}

void sla__apply_matching(sla__run *run, sla__act *act, const uint8_t *refused)
{
    const sla_policies *policies = run->policies;
    uint8_t changes[(SLA_POLICIES_MAX + 7) / 8] = {0};

    if (act->name != SLA__FACT_OPENED && act->name != SLA__FACT_MIGRATED &&
        (policies->match_slots & (act->set | act->clear)) == 0)
        return;
    if (!find_changes(run, refused, changes)) {
        run->result = SLA_ERR_NOMEM;
        return;
    }
    for (size_t i = 0; i < policies->policy_count && run->result == SLA_OK; i++) {
        if (!(changes[i / 8] >> i % 8 & 1))
            continue;
        run->fold->matched[i / 8] ^= (uint8_t)(1u << i % 8);
        if (run->fold->matched[i / 8] >> i % 8 & 1)
            join(run, act, i);
        else
            leave(run, act, i);
    }
}
