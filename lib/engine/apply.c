/* apply.c - see apply.h. */
#include "engine/apply.h"

#include <assert.h>
#include <string.h>

#include "engine/fold.h"

/* What a fact meets, besides the fold. */
typedef struct sla__stage {
    sla__act *act;
    sla__scene scene; /* with the fact's own attributes set */
    int64_t old_values[SLA_ATTRIBUTES_MAX];
    uint64_t old_present;
    bool attributes_changed;
    bool was_open;
    uint8_t refused[(SLA_POLICIES_MAX + 7) / 8];
} sla__stage;

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
            if (stage->act->rule == 0)
                stage->act->rule = refuse->rule;
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
    for (size_t i = 0; i < run->policies->policy_count; i++) {
        if (!sla__has_policy(run->fold, i))
            continue;
        had++;
        if (refuses(run, stage, &run->policies->policies[i])) {
            stage->refused[i / 8] |= (uint8_t)(1u << i % 8);
            refused++;
        }
    }
    return had > 0 && refused == had;
}

static bool is_refused(const sla__run *run, const sla__stage *stage, size_t policy)
{
    return run->policies->refuse_count > 0 && has_bit(stage->refused, policy);
}

/* ----------------------------------------------------------- 2. attributes */

static void remember(sla__run *run, const sla__act *act)
{
    const uint16_t slot =
        act->name == SLA__NONE ? SLA__NONE : sla__policies_fact_slot(run->policies, act->name);

    if (slot != SLA__NONE)
        run->fold->seen[slot] = act->at;
}

static void set_attributes(sla__run *run, sla__stage *stage)
{
    const sla__act *act = stage->act;
    sla__fold *fold = run->fold;
    uint64_t slots = act->set;

    stage->old_present = fold->present;
    if ((act->set | act->clear) == 0)
        return;
    memcpy(stage->old_values, fold->values, run->policies->attribute_count * sizeof(int64_t));
    for (size_t slot = 0; slots != 0; slot++, slots >>= 1) {
        if (slots & 1)
            fold->values[slot] = act->values[slot];
    }
    fold->present = (fold->present | act->set) & ~act->clear;
    stage->attributes_changed = true;
    stage->act->effect = true;
}

/* ------------------------------------------------------------ 4. the clocks */

/* A clock is named by its place: new cycles come in behind it, so that the
 * place stays when the array moves. */
static sla__clock *get(const sla__run *run, size_t place)
{
    return &run->fold->clocks[place];
}

static const sla__target *target_of(const sla__run *run, size_t place)
{
    return &run->policies->targets[get(run, place)->target];
}

/* Begins the next cycle, from `start`; with the reasons that attributes hold. */
static void next_cycle(sla__run *run, size_t place, sla_time start, sla_time at)
{
    sla__clock *next = sla__clock_next_cycle(run, get(run, place));

    if (next == NULL)
        return;
    sla__clock_set_reasons(run, next, sla__clock_held_reasons(run, next), start < at ? start : at);
    sla__clock_start(run, next, start, at);
}

static bool ended_for_good(const sla__run *run, size_t place)
{
    return sla__note_next(run->fold, &(sla__clock){.target = get(run, place)->target},
                          SLA__NOTE_UNTIL, NULL) != NULL;
}

/* The clock ended by a fact: does its target begin anew? */
static void recur(sla__run *run, sla__stage *stage, size_t place)
{
    const sla__target *target = target_of(run, place);
    sla__clock *clock = get(run, place);
    const sla_time due = clock->due_at;

    if (target->recur == SLA__RECUR_NONE || !sla__fold_is_latest(run->fold, clock))
        return;
    if (target->recur_limit > 0 && clock->cycle >= target->recur_limit)
        return;
    if (ended_for_good(run, place) || sla__holds(&stage->scene, target->recur_until))
        return;
    if (target->recur == SLA__RECUR_FIRST_UNANSWERED) {
        clock = sla__clock_next_cycle(run, clock);
        if (clock != NULL) {
            clock->flags |= SLA__ASKED_WAIT;
            sla__clock_set_reasons(run, clock, sla__clock_held_reasons(run, clock), stage->act->at);
        }
        return;
    }
    next_cycle(run, place, target->recur == SLA__RECUR_DUE ? due : stage->act->at, stage->act->at);
}

static void remember_until(sla__run *run, sla__stage *stage, size_t place)
{
    const sla__target *target = target_of(run, place);
    sla__note *note;

    if (!sla__holds(&stage->scene, target->recur_until) || ended_for_good(run, place))
        return;
    if (!sla__fold_reserve(run->fold, &run->engine->allocator, run->policies,
                           run->fold->clock_count, run->fold->note_count + 1)) {
        run->result = SLA_ERR_NOMEM;
        return;
    }
    note = sla__fold_note(run->fold, NULL, SLA__NOTE_UNTIL);
    note->target = get(run, place)->target;
    note->a = stage->act->at;
    stage->act->effect = true;
}

static void stop(sla__run *run, sla__stage *stage, size_t place)
{
    sla__clock *clock = get(run, place);

    /* An open pause is credited up to the fact that stops. */
    if (clock->reasons != 0) {
        sla__clock_set_reasons(run, clock, 0, stage->act->at);
        clock = get(run, place);
    }
    sla__clock_end(run, clock, stage->act->at <= clock->due_at ? SLA_MET : SLA_MISSED,
                   stage->act->at, stage->act->seq, SLA__CAUSE_NONE);
    stage->act->effect = true;
    recur(run, stage, place);
}

/* Goal or calendar chosen anew.  Returns false when the clock is done with. */
static bool change_goal(sla__run *run, sla__stage *stage, size_t place)
{
    const sla__target *target = target_of(run, place);
    sla__clock *clock = get(run, place);
    const sla__choice choice = sla__choose(run->policies, run->fold, target, clock->start_at);

    if (choice.goal == SLA__NONE)
        return true;
    if (choice.by_defaults != ((clock->flags & SLA__BY_DEFAULTS) != 0)) {
        clock->flags ^= SLA__BY_DEFAULTS;
        run->effects = true;
    }
    if (choice.goal == clock->goal && choice.calendar == clock->calendar)
        return true;
    stage->act->effect = true;
    if (target->on_goal_change == SLA__RESTART) {
        sla__clock_end(run, clock, SLA_CANCELLED, stage->act->at, stage->act->seq,
                       SLA__CAUSE_GOAL_CHANGED);
        next_cycle(run, place, stage->act->at, stage->act->at);
        return false;
    }
    if (target->on_goal_change == SLA__KEEP_START)
        sla__clock_rechoose(run, clock, choice, stage->act->at);
    return true;
}

/* An anchor moved: the goal is the same and its instant another one. */
static bool anchor_moved(const sla__run *run, const sla__stage *stage, const sla__clock *clock)
{
    const sla__goal *goal =
        &run->policies->goals[run->policies->targets[clock->target].goal_first + clock->goal];

    return (goal->kind == SLA__GOAL_ANCHOR || goal->kind == SLA__GOAL_ANCHOR_WORKDAYS) &&
           ((stage->act->set | stage->act->clear) >> goal->anchor & 1);
}

static bool follow_attributes(sla__run *run, sla__stage *stage, size_t place)
{
    const sla__target *target = target_of(run, place);
    sla__clock *clock = get(run, place);

    if (!sla__clock_live(clock))
        return true;
    if (target->judge_standing && sla__holds(&stage->scene, target->stop))
        return true;
    if (!change_goal(run, stage, place))
        return false;
    clock = get(run, place);
    if (anchor_moved(run, stage, clock) && target->on_goal_change == SLA__KEEP_START)
        sla__clock_replan(run, clock, stage->act->at);
    return true;
}

static void reopen(sla__run *run, sla__stage *stage, size_t place)
{
    const sla__target *target = target_of(run, place);
    sla__clock *clock = get(run, place);

    stage->act->effect = true;
    if (target->on_reopen == SLA__REOPEN_NEW_CYCLE)
        next_cycle(run, place, stage->act->at, stage->act->at);
    else if (target->on_reopen == SLA__REOPEN_CONTINUE) {
        if (clock->due_at == SLA_NEVER) {
            /* It was cancelled before it ran: it begins now. */
            next_cycle(run, place, stage->act->at, stage->act->at);
        } else if (sla__fold_reserve(run->fold, &run->engine->allocator, run->policies,
                                     run->fold->clock_count, run->fold->note_count + 2)) {
            sla__clock_continue(run, get(run, place), stage->act->at);
        } else {
            run->result = SLA_ERR_NOMEM;
        }
    }
}

static void follow_pauses(sla__run *run, sla__stage *stage, size_t place)
{
    const sla__target *target = target_of(run, place);
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
    if (stage->attributes_changed || !stage->was_open)
        reasons = (uint16_t)((reasons & sla__clock_fact_reasons(run, clock)) |
                             sla__clock_held_reasons(run, clock));
    if (reasons != clock->reasons) {
        stage->act->effect = true;
        sla__clock_set_reasons(run, clock, reasons, stage->act->at);
    }
}

static bool starts(sla__stage *stage, const sla__target *target, const sla__clock *clock)
{
    if (clock->state != SLA_WAITING || (clock->flags & (SLA__START_SEEN | SLA__SCHEDULED)))
        return false;
    return sla__holds(&stage->scene,
                      clock->flags & SLA__ASKED_WAIT ? target->recur_asked : target->start);
}

/* A live or waiting clock. */
static void go_through(sla__run *run, sla__stage *stage, size_t place)
{
    const sla__target *target = target_of(run, place);
    sla__clock *clock = get(run, place);

    if (stage->attributes_changed && !follow_attributes(run, stage, place))
        return;
    clock = get(run, place);
    if (sla__holds(&stage->scene, target->cancel)) {
        stage->act->effect = true;
        sla__clock_end(run, clock, SLA_CANCELLED, stage->act->at, stage->act->seq, SLA__CAUSE_NONE);
        return;
    }
    if (sla__clock_live(clock) && sla__holds(&stage->scene, target->stop)) {
        stop(run, stage, place);
        return;
    }
    if (sla__clock_live(clock) && sla__holds(&stage->scene, target->reset)) {
        stage->act->effect = true;
        sla__clock_end(run, clock, SLA_CANCELLED, stage->act->at, stage->act->seq,
                       SLA__CAUSE_RESET);
        next_cycle(run, place, stage->act->at, stage->act->at);
        return;
    }
    if (starts(stage, target, clock)) {
        stage->act->effect = true;
        sla__clock_start(run, clock, stage->act->at, stage->act->at);
    } else if (clock->state == SLA_WAITING && (clock->flags & SLA__START_SEEN)) {
        sla__clock_start(run, clock, clock->start_at, stage->act->at);
    }
    follow_pauses(run, stage, place);
    sla__apply_order(run, stage->act, get(run, place));
}

static void go_through_clock(sla__run *run, sla__stage *stage, size_t place)
{
    const sla__target *target = target_of(run, place);
    sla__clock *clock = get(run, place);
    const bool ended = sla__clock_ended(clock);
    const bool latest = sla__fold_is_latest(run->fold, clock);

    if (target->recur != SLA__RECUR_NONE && latest)
        remember_until(run, stage, place);
    if (!ended) {
        go_through(run, stage, place);
        return;
    }
    if (latest && !(clock->flags & SLA__LEFT) && sla__holds(&stage->scene, target->reopen))
        reopen(run, stage, place);
    else
        sla__apply_order(run, stage->act, clock);
}

/* Clocks in order of (target, cycle); cycles that this fact adds are left alone. */
static void go_through_clocks(sla__run *run, sla__stage *stage)
{
    size_t place = 0;

    while (place < run->fold->clock_count && run->result == SLA_OK) {
        const uint16_t target = get(run, place)->target;
        const size_t policy = run->policies->targets[target].policy;
        size_t end = place;

        while (end < run->fold->clock_count && get(run, end)->target == target)
            end++;
        if (!is_refused(run, stage, policy) && sla__has_policy(run->fold, policy)) {
            for (; place < end && run->result == SLA_OK; place++)
                go_through_clock(run, stage, place);
        }
        while (place < run->fold->clock_count && get(run, place)->target == target)
            place++;
    }
}

/* -------------------------------------------------------------- 5. at once */

static bool fires(sla__stage *stage, const sla__at_once *rule)
{
    sla__scene before = stage->scene;

    if (rule->on != SLA__IMPOSSIBLE)
        return sla__holds(&stage->scene, rule->on) && sla__holds(&stage->scene, rule->when);
    if (!stage->attributes_changed && stage->was_open)
        return false;
    if (!sla__holds(&stage->scene, rule->becomes) || !sla__holds(&stage->scene, rule->when))
        return false;
    if (!stage->was_open)
        return true;
    before.old_values = stage->old_values;
    before.old_present = stage->old_present;
    return !sla__holds(&before, rule->becomes);
}

static bool has_fired(const sla__run *run, uint32_t rule)
{
    for (size_t i = 0; i < run->fold->note_count; i++) {
        if (run->fold->notes[i].kind == SLA__NOTE_AT_ONCE && run->fold->notes[i].n == rule)
            return true;
    }
    return false;
}

static sla_event_kind at_once_kind(const sla__at_once *rule)
{
    switch ((sla__step_kind)rule->kind) {
    case SLA__LEVEL:
        return SLA_EVENT_ESCALATED;
    case SLA__REMINDED:
        return SLA_EVENT_REMINDED;
    case SLA__SUPERVISED:
        return SLA_EVENT_SUPERVISED;
    default:
        return SLA_EVENT_NOTICE;
    }
}

static void fire(sla__run *run, sla__stage *stage, uint16_t policy, uint32_t number)
{
    const sla__at_once *rule = &run->policies->at_once[number];
    sla__tell tell = {0};
    sla__note *note;

    if (rule->once && has_fired(run, number))
        return;
    if (!sla__fold_reserve(run->fold, &run->engine->allocator, run->policies,
                           run->fold->clock_count, run->fold->note_count + 1)) {
        run->result = SLA_ERR_NOMEM;
        return;
    }
    note = sla__fold_note(run->fold, NULL, SLA__NOTE_AT_ONCE);
    note->a = stage->act->at;
    note->n = number;
    note->m = stage->act->seq;
    note->cycle = stage->act->cycle;
    tell.at = stage->act->at;
    tell.old_due = tell.due = SLA_NEVER;
    tell.target = SLA__NONE;
    tell.policy = policy;
    tell.cycle = stage->act->cycle;
    tell.kind = (uint8_t)at_once_kind(rule);
    tell.sort = SLA__SORT_AT_ONCE;
    tell.rule = (uint16_t)number;
    tell.repeat = tell.fact_seq = stage->act->seq;
    tell.by = stage->act->by;
    stage->act->effect = true;
    run->effects = true;
    sla__run_tell(run, &tell);
}

static void derive(sla__run *run, sla__stage *stage, uint16_t name)
{
    sla__act made;

    if (run->depth >= SLA_DERIVED_DEPTH_MAX)
        return;
    run->depth++;
    sla__act_derive(run->policies, name, stage->act->at, stage->act->cycle, &made);
    sla__apply(run, &made);
    run->depth--;
}

static void ask_at_once(sla__run *run, sla__stage *stage)
{
    for (size_t i = 0; i < run->policies->policy_count; i++) {
        const sla__policy *policy = &run->policies->policies[i];

        if (policy->at_once_count == 0 || !sla__has_policy(run->fold, i) ||
            is_refused(run, stage, i))
            continue;
        for (uint32_t k = 0; k < policy->at_once_count && run->result == SLA_OK; k++) {
            const uint32_t number = policy->at_once_first + k;

            if (!fires(stage, &run->policies->at_once[number]))
                continue;
            fire(run, stage, (uint16_t)i, number);
            if (run->policies->at_once[number].derives != SLA__NONE)
                derive(run, stage, run->policies->at_once[number].derives);
        }
    }
}

/* ------------------------------------------------------------------- whole */

void sla__apply(sla__run *run, sla__act *act)
{
    sla__stage stage;
    bool ignored;

    stage.act = act;
    stage.attributes_changed = false;
    stage.was_open = run->fold->opened_at != SLA_NEVER;
    if (act->name == SLA__FACT_MIGRATED && act->seq != 0)
        sla__apply_migration(run, act);
    if (act->name == SLA__FACT_OPENED && !stage.was_open)
        run->fold->opened_at = act->at;
    ignored = ask_for_refusal(run, &stage);
    stage.old_present = run->fold->present;
    if (!ignored) {
        set_attributes(run, &stage);
        remember(run, act);
        sla__apply_matching(run, act);
    }
    stage.scene = sla__scene_of(run->policies, run->fold, act->name);
    if (act->name != SLA__NONE || stage.attributes_changed)
        go_through_clocks(run, &stage);
    if (run->result == SLA_OK && run->policies->at_once_count > 0)
        ask_at_once(run, &stage);
}

void sla__apply_before_opened(sla__run *run, const sla__act *act)
{
    remember(run, act);
}
