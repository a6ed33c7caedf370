/* apply.c - see apply.h. */
#include "engine/apply.h"

#include <assert.h>
#include <string.h>

#include "engine/apply_parts.h"
#include "engine/fold.h"

static bool has_bit(const uint8_t *bits, size_t number)
{
    return (bits[number / 8] >> number % 8 & 1) != 0;
}

bool sla__has_policy(const sla__fold *fold, size_t policy)
{
    return has_bit(fold->matched, policy);
}

/* ------------------------------------------------------------- 1. refused */

static bool refuses(sla__run *run, const sla__stage *stage, const sla__policy *policy)
{
    sla__scene scene = sla__scene_of(run->policies, run->fold, stage->act->name);

    for (uint32_t i = 0; i < policy->refuse_count; i++) {
        const sla__refuse *refuse = &run->policies->refuses[policy->refuse_first + i];

        if (sla__holds(&scene, refuse->on) && sla__holds(&scene, refuse->when)) {
            if (stage->act->rule[0] == '\0')
                stage->act->rule = sla__policies_symbol(run->policies, refuse->rule);
            return true;
        }
    }
    return false;
}

/* Returns whether every policy that the ticket has refuses the fact. */
static bool ask_for_refusal(sla__run *run, sla__stage *stage)
{
    size_t had = 0, refused = 0;

    if (run->policies->refuse_count == 0)
        return false;
    memset(stage->refused, 0, sizeof stage->refused);
    if (!(run->policies->refusable & sla__fact_bit(stage->act->name)))
        return false;
    for (size_t i = 0; i < run->policies->policy_count; i++) {
        if (!sla__has_policy(run->fold, i))
            continue;
        had++;
        if (refuses(run, stage, &run->policies->policies[i])) {
            stage->refused[i / 8] |= (uint8_t)(1u << i % 8);
            refused++;
        }
    }
    run->fold->stale |= refused > 0 && refused < had;
    return had > 0 && refused == had;
}

bool sla__stage_refused(const sla__run *run, const sla__stage *stage, size_t policy)
{
    return run->policies->refuse_count > 0 && has_bit(stage->refused, policy);
}

/* ----------------------------------------------------------- 2. attributes */

/* Returns the slot that it fills for the first time, or SLA__NONE. */
static uint16_t remember(sla__run *run, const sla__act *act)
{
    const uint16_t slot =
        act->name == SLA__NONE ? SLA__NONE : sla__policies_fact_slot(run->policies, act->name);
    const bool first = slot != SLA__NONE && run->fold->seen[slot] == SLA_NEVER;

    if (slot != SLA__NONE)
        run->fold->seen[slot] = act->at;
    return first ? slot : SLA__NONE;
}

static void set_attributes(sla__run *run, sla__stage *stage)
{
    const sla__act *act = stage->act;
    sla__fold *fold = run->fold;
    uint64_t slots = act->set;

    if ((act->set | act->clear) == 0)
        return;
    for (size_t slot = 0; slots != 0; slot++, slots >>= 1) {
        if (slots & 1)
            fold->values[slot] = act->values[slot];
    }
    fold->present = (fold->present | act->set) & ~act->clear;
    stage->attributes_changed = true;
}

/* ------------------------------------------------------------ 4. the clocks */

/* A clock is named by its place: new cycles come in behind it, so that the
 * place stays when the array moves. */
static sla__clock *get(const sla__run *run, size_t place)
{
    return &run->fold->clocks[place];
}

/* Is there anything new that a goal may ask for? */
static bool is_changed(const sla__run *run, const sla__stage *stage)
{
    return stage->attributes_changed || stage->first_seen != SLA__NONE || run->fold->stale;
}

/* The next cycle begins at the fact, if this was the latest one. */
static void begin_anew(sla__run *run, sla__stage *stage, size_t place)
{
    if (sla__fold_is_latest(run->fold, get(run, place)))
        sla__clock_begin_next(run, get(run, place), stage->act->at, stage->act->at);
}

static void stop(sla__run *run, sla__stage *stage, const sla__target *target, size_t place)
{
    const sla_time at = stage->act->at;
    sla__clock *clock = get(run, place);

    /* An open pause is credited up to the fact that stops. */
    if (clock->reasons != 0)
        sla__clock_set_reasons(run, clock, 0, at, SLA__CAUSE_RESUMED);
    clock = get(run, place);
    sla__clock_end(run, clock, at <= clock->due_at ? SLA_MET : SLA_MISSED, at, stage->act->seq,
                   SLA__CAUSE_NONE);
    if (!sla__holds(&stage->scene, target->recur_until))
        sla__clock_recur(run, get(run, place), at, at);
}

/* An anchor moved: the goal is the same and its instant another one. */
static bool anchor_moved(const sla__run *run, const sla__clock *clock)
{
    const sla__view view = sla__view_of(run->engine, run->fold, clock);

    return sla__goal_is_anchor(view.goal) && sla__plan_anchor(&view) != sla__plan_attribute(&view);
}

/* Goal or calendar chosen anew.  Returns false when the clock is done with. */
static bool follow_attributes(sla__run *run, sla__stage *stage, const sla__target *target,
                              size_t place)
{
    sla__clock *clock = get(run, place);
    const sla__choice choice = sla__choose(run->policies, run->fold, target, clock->start_at);
    const sla_time at = stage->act->at;

    if (choice.goal == SLA__NONE)
        return true;
    if (choice.goal == clock->goal && choice.calendar == clock->calendar &&
        (clock->fresh || target->on_goal_change == SLA__KEEP_GOAL || !anchor_moved(run, clock))) {
        clock->flags &= (uint8_t)~SLA__BY_DEFAULTS;
        clock->flags |= choice.by_defaults ? SLA__BY_DEFAULTS : 0;
        return true;
    }
    if (target->on_goal_change == SLA__KEEP_GOAL ||
        (target->judge_standing && sla__holds(&stage->scene, target->stop)))
        return true;
    if (target->on_goal_change == SLA__KEEP_START) {
        sla__clock_rechoose(run, clock, choice, at, SLA__CAUSE_GOAL_CHANGED);
        return true;
    }
    sla__clock_end(run, clock, SLA_CANCELLED, at, stage->act->seq, SLA__CAUSE_GOAL_CHANGED);
    begin_anew(run, stage, place);
    return false;
}

/* Returns whether the clock lives on in its cycle. */
static bool reopen(sla__run *run, sla__stage *stage, const sla__target *target, size_t place)
{
    if (target->on_reopen == SLA__REOPEN_NEW_CYCLE) {
        begin_anew(run, stage, place);
        return false;
    }
    if (get(run, place)->goal == SLA__NONE && !sla__migration_goes_on(run, get(run, place)))
        return false;
    if (!sla__fold_reserve(run->fold, &run->engine->allocator, run->policies,
                           run->fold->clock_count, run->fold->note_count + 1)) {
        run->result = SLA_ERR_NOMEM;
        return false;
    }
    sla__clock_continue(run, get(run, place), stage->act->at);
    return true;
}

static bool reopens(sla__run *run, sla__stage *stage, const sla__target *target,
                    const sla__clock *clock)
{
    return sla__clock_ended(clock) && target->on_reopen != SLA__REOPEN_NEVER &&
           !(clock->flags & SLA__LEFT) && sla__fold_is_latest(run->fold, clock) &&
           sla__holds(&stage->scene, target->reopen);
}

static void follow_pauses(sla__run *run, sla__stage *stage, const sla__target *target, size_t place)
{
    sla__clock *clock = get(run, place);
    uint16_t reasons = clock->reasons;

    for (uint32_t i = 0; i < target->pause_count; i++) {
        if (sla__holds(&stage->scene, run->policies->pauses[target->pause_first + i].on))
            reasons |= (uint16_t)(1u << i);
    }
    for (uint32_t i = 0; i < target->resume_count; i++) {
        const sla__resume *resume = &run->policies->resumes[target->resume_first + i];

        if (sla__holds(&stage->scene, resume->on))
            reasons &= (uint16_t) ~(resume->pause == SLA__NONE ? sla__clock_fact_reasons(run, clock)
                                                               : 1u << resume->pause);
    }
    reasons = (uint16_t)((reasons & sla__clock_fact_reasons(run, clock)) |
                         sla__clock_held_reasons(run, clock));
    if (reasons != clock->reasons)
        sla__clock_set_reasons(run, clock, reasons, stage->act->at, SLA__CAUSE_RESUMED);
}

static bool starts(sla__stage *stage, const sla__target *target, const sla__clock *clock)
{
    if (clock->flags & (SLA__START_SEEN | SLA__SCHEDULED))
        return false;
    return sla__holds(&stage->scene,
                      clock->flags & SLA__ASKED_WAIT ? target->recur_asked : target->start);
}

static void begin(sla__run *run, sla__stage *stage, const sla__target *target, sla__clock *clock)
{
    if (starts(stage, target, clock))
        sla__clock_start(run, clock, stage->act->at, stage->act->at);
    else if (clock->flags & SLA__START_SEEN &&
             (is_changed(run, stage) || target->start_from == SLA__FROM_SEEN))
        sla__clock_start(run, clock, clock->start_at, stage->act->at);
}

/* Ends of a live clock.  Returns whether it is done with. */
static bool ends(sla__run *run, sla__stage *stage, const sla__target *target, size_t place)
{
    sla__clock *clock = get(run, place);

    if (sla__holds(&stage->scene, target->cancel)) {
        sla__clock_end(run, clock, SLA_CANCELLED, stage->act->at, stage->act->seq, SLA__CAUSE_NONE);
        return true;
    }
    if (sla__holds(&stage->scene, target->stop)) {
        stop(run, stage, target, place);
        return true;
    }
    if (!sla__holds(&stage->scene, target->reset))
        return false;
    sla__clock_end(run, clock, SLA_CANCELLED, stage->act->at, stage->act->seq, SLA__CAUSE_RESET);
    begin_anew(run, stage, place);
    return true;
}

/* Returns whether the clock is still there. */
static bool go_through_clock(sla__run *run, sla__stage *stage, const sla__target *target,
                             size_t place)
{
    sla__clock *clock = get(run, place);

    if (sla__clock_live(clock)) {
        if (is_changed(run, stage) && !follow_attributes(run, stage, target, place))
            return true;
        if (ends(run, stage, target, place))
            return true;
    } else if (clock->state == SLA_WAITING) {
        if (sla__holds(&stage->scene, target->cancel)) {
            sla__fold_remove(run->fold, clock);
            run->moved = true;
            return false;
        }
        begin(run, stage, target, clock);
    } else if (!reopens(run, stage, target, clock) || !reopen(run, stage, target, place)) {
        return true;
    }
    if (target->pause_count > 0)
        follow_pauses(run, stage, target, place);
    return true;
}

/* What is said about clocks by name, about all cycles of a target. */
static void apply_orders(sla__run *run, sla__stage *stage, size_t place)
{
    const uint16_t target = get(run, place)->target;

    for (; place < run->fold->clock_count && get(run, place)->target == target; place++)
        sla__apply_order(run, stage->act, get(run, place));
}

/* The clocks of one target; cycles that the fact adds are left alone, but for what is said
 * about a clock by name.  Returns the place behind them. */
static size_t go_through_target(sla__run *run, sla__stage *stage, const sla__target *target,
                                size_t first)
{
    const sla__fold *const fold = run->fold;
    const uint16_t number = fold->clocks[first].target;
    const size_t had = fold->clock_count;
    size_t end = first + 1;
    size_t place = first;

    while (end < had && fold->clocks[end].target == number)
        end++;
    for (size_t count = end - first; count > 0 && run->result == SLA_OK; count--)
        place += go_through_clock(run, stage, target, place);
    if (sla__act_is_order(stage->act))
        apply_orders(run, stage, first);
    return end + fold->clock_count - had;
}

/* The facts, as bits, that move the clocks which listen to one of them: this one, or all
 * of them where more has changed than a fact has come. */
static uint64_t moving_facts(const sla__run *run, const sla__stage *stage)
{
    return is_changed(run, stage) || stage->act->name == SLA__NONE
               ? UINT64_MAX
               : sla__fact_bit(stage->act->name);
}

static void go_through_clocks(sla__run *run, sla__stage *stage)
{
    const sla__target *const targets = run->policies->targets;
    const sla__fold *const fold = run->fold;
    uint64_t facts = moving_facts(run, stage);
    size_t place = 0;

    while (place < fold->clock_count) {
        const sla__target *target = &targets[fold->clocks[place].target];

        if (!(target->listens & facts) || sla__stage_refused(run, stage, target->policy)) {
            place++;
            continue;
        }
        place = go_through_target(run, stage, target, place);
        if (run->result != SLA_OK)
            return;
        facts = fold->stale ? UINT64_MAX : facts; /* made so by a clock that goes on */
    }
}

/* A cycle that waits for its due to come, or to be asked for, never begins. */
static void drop_next_cycle(sla__run *run, uint16_t target)
{
    for (size_t i = run->fold->clock_count; i-- > 0;) {
        sla__clock *clock = get(run, i);

        if (clock->target == target && clock->state == SLA_WAITING &&
            (clock->flags & (SLA__SCHEDULED | SLA__ASKED_WAIT))) {
            sla__fold_remove(run->fold, clock);
            run->moved = true;
        }
    }
}

/* Recurring targets that the fact ends, whether they have a clock now or not. */
static void remember_until(sla__run *run, sla__stage *stage)
{
    for (size_t i = 0; i < run->policies->target_count && run->result == SLA_OK; i++) {
        const sla__target *target = &run->policies->targets[i];
        sla__clock key;

        if (target->recur == SLA__RECUR_NONE)
            continue;
        key = (sla__clock){.target = (uint16_t)i};
        if (sla__stage_refused(run, stage, target->policy) ||
            !sla__holds(&stage->scene, target->recur_until) ||
            sla__note_next(run->fold, &key, SLA__NOTE_UNTIL, NULL) != NULL)
            continue;
        if (!sla__fold_reserve(run->fold, &run->engine->allocator, run->policies,
                               run->fold->clock_count, run->fold->note_count + 1)) {
            run->result = SLA_ERR_NOMEM;
            return;
        }
        sla__fold_note(run->fold, &key, SLA__NOTE_UNTIL)->a = stage->act->at;
        drop_next_cycle(run, (uint16_t)i);
    }
}

/* ------------------------------------------------------------------- whole */

/* Clocks that began with this fact have begun. */
static void grow_old(sla__fold *fold)
{
    for (size_t i = 0; i < fold->clock_count; i++)
        fold->clocks[i].fresh = 0;
}

/* Could a rule have something to say at once?  To the fact itself, or to what it changed. */
static bool may_answer(const sla__run *run, const sla__stage *stage)
{
    return run->policies->at_once_count > 0 &&
           (stage->attributes_changed || stage->first_seen != SLA__NONE || !stage->was_open ||
            (run->policies->answered & sla__fact_bit(stage->act->name)));
}

void sla__apply(sla__run *run, sla__act *act)
{
    const sla_policies *before = run->policies;
    const bool migrates = act->name == SLA__FACT_MIGRATED && act->fact != NULL;
    sla__stage stage;
    bool ignored;

    stage.act = act;
    act->applied = true;
    stage.attributes_changed = migrates;
    stage.first_seen = SLA__NONE;
    stage.was_open = run->fold->opened_at != SLA_NEVER;
    run->moved |= migrates;
    if (migrates)
        sla__apply_migration(run, act);
    if (act->name == SLA__FACT_OPENED && !stage.was_open)
        run->fold->opened_at = act->at;
    ignored = ask_for_refusal(run, &stage);
    stage.old_present = run->fold->present;
    if ((act->set | act->clear) != 0)
        memcpy(stage.old_values, run->fold->values,
               run->policies->attribute_count * sizeof(int64_t));
    if (!ignored) {
        set_attributes(run, &stage);
        stage.first_seen = remember(run, act);
    }
    stage.scene = sla__scene_of(run->policies, run->fold, act->name);
    sla__apply_matching(run, act, run->policies->refuse_count > 0 ? stage.refused : NULL);
    if (migrates && run->result == SLA_OK)
        sla__apply_new_targets(run, act, before);
    if (run->result == SLA_OK && (run->policies->until & sla__fact_bit(act->name)))
        remember_until(run, &stage);
    if (run->result == SLA_OK &&
        (act->name != SLA__NONE || stage.attributes_changed || run->fold->stale))
        go_through_clocks(run, &stage);
    if (stage.attributes_changed)
        grow_old(run->fold);
    if (run->result == SLA_OK && may_answer(run, &stage))
        sla__apply_at_once(run, &stage);
}

void sla__apply_before_opened(sla__run *run, sla__act *act)
{
    act->before_opened = true;
    (void)remember(run, act);
}
