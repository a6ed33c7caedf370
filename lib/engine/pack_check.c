/*
 * pack_check.c - does what was unpacked fit together?  What follows from a ticket
 * later (a pause ends, a repeat passes, a rule is taken back) relies on all that is
 * asked here.
 */
#include <string.h>

#include "engine/fold.h"
#include "engine/pack.h"
#include "engine/tells.h"
#include "engine/told_parts.h"
#include "engine/verify.h"

/* ------------------------------------------------------------------- clocks */

static bool needs_calendar(const sla__goal *goal)
{
    return goal->kind != SLA__GOAL_ELAPSED && goal->kind != SLA__GOAL_ANCHOR;
}

/* The target has such a goal, and may choose that calendar for it. */
static bool is_choice(const sla_policies *policies, const sla__target *target, uint32_t goal,
                      uint16_t calendar)
{
    const sla__calendar_choice *choice = &target->calendar;

    if (goal >= target->goal_count ||
        (calendar == SLA__NONE && needs_calendar(&policies->goals[target->goal_first + goal])))
        return false;
    if (calendar == choice->fixed)
        return true;
    for (uint32_t i = 0; i < choice->count; i++) {
        if (policies->calendar_rows[choice->first + i].calendar == calendar)
            return true;
    }
    return false;
}

static size_t count_open_pauses(const sla__fold *fold, const sla__clock *clock)
{
    const sla__note *note = NULL;
    size_t count = 0;

    while ((note = sla__note_next(fold, clock, SLA__NOTE_PAUSE, note)) != NULL)
        count += note->b == SLA_NEVER;
    return count;
}

static const char *check_clock(const sla_policies *policies, const sla__fold *fold,
                               const sla__clock *clock)
{
    const sla__target *target = &policies->targets[clock->target];
    const sla__clock *before = clock > fold->clocks ? clock - 1 : NULL;

    if (clock->cycle == 0 ||
        (before != NULL && (before->target > clock->target ||
                            (before->target == clock->target && before->cycle >= clock->cycle))))
        return "clocks out of order";
    if (clock->goal != SLA__NONE && !is_choice(policies, target, clock->goal, clock->calendar))
        return "a calendar that the clock cannot have";
    if (sla__clock_live(clock) && clock->start_at == SLA_NEVER)
        return "a live clock that never began";
    if (clock->state == SLA_PAUSED && clock->mark_at == SLA_NEVER)
        return "a paused clock, and nothing says since when";
    if (count_open_pauses(fold, clock) != (clock->reasons != 0))
        return "reasons to stand still without a pause, or a pause without one";
    if (clock->told_end != 0 && clock->told_end < SLA_EVENT_MET)
        return "an end that was told as something else";
    return sla__clock_wrong(policies, fold, clock);
}

/* -------------------------------------------------------------------- notes */

/* Policies, as a note names them by their number. */
static const sla_policies *rules_of(const sla_engine *engine, uint64_t rules)
{
    return rules < engine->rules_count ? engine->rules[rules].policies : NULL;
}

/* What a revision counts: see sla__told_key_of. */
static bool is_key(const sla_policies *policies, const sla__note *note)
{
    const sla__target *target =
        note->target < policies->target_count ? &policies->targets[note->target] : NULL;
    const uint32_t of = note->n >> 8;

    if (note->target != SLA__NONE && target == NULL)
        return false;
    if (note->step < SLA_STEPS_MAX)
        return target != NULL && note->step < target->step_count;
    if (note->step >= SLA__KEY_END)
        return target != NULL;
    if (note->step == SLA__KEY_AT_ONCE)
        return target == NULL && note->a >= 0 && (uint64_t)note->a < policies->at_once_count;
    if (note->step >= SLA__KEY_FOLLOW_UP)
        return target != NULL && note->step - SLA__KEY_FOLLOW_UP < (int)target->pause_count;
    if (note->step >= SLA__KEY_CAP)
        return target != NULL && note->step - SLA__KEY_CAP < (int)target->pause_count;
    if (note->step < SLA__KEY_ANNOUNCED || of > SLA__SORT_AT_ONCE)
        return false;
    if (of == SLA__SORT_AT_ONCE)
        return note->a >= 0 && (uint64_t)note->a < policies->at_once_count;
    return target != NULL;
}

static bool is_judged(const sla_engine *engine, const sla__note *note)
{
    const sla_policies *policies = rules_of(engine, note->n);

    return policies != NULL && note->flags < policies->target_count &&
           is_choice(policies, &policies->targets[note->flags], note->m >> 16, (uint16_t)note->m);
}

/* The only one of its kind and step among the clock's that is open. */
static bool is_only(const sla__fold *fold, const sla__clock *clock, const sla__note *note)
{
    const sla__note *other = NULL;

    while ((other = sla__note_next(fold, clock, (sla__note_kind)note->kind, other)) != NULL) {
        if (other != note && other->step == note->step &&
            (note->kind == SLA__NOTE_REPEAT || other->b == SLA_NEVER))
            return false;
    }
    return true;
}

static bool is_reason(const sla_policies *policies, const sla__fold *fold, const sla__clock *clock,
                      const sla__note *note)
{
    if (note->a == SLA_NEVER || note->step >= policies->targets[clock->target].pause_count)
        return false;
    return note->b != SLA_NEVER ||
           ((clock->reasons >> note->step & 1) && is_only(fold, clock, note));
}

static bool is_repeat(const sla_policies *policies, const sla__fold *fold, const sla__clock *clock,
                      const sla__note *note)
{
    const sla__target *target = &policies->targets[clock->target];
    const sla__repeats *repeats = &note->repeats;

    return note->a != SLA_NEVER && note->step < target->step_count &&
           (clock->held >> note->step & 1) &&
           note->n <= policies->steps[target->step_first + note->step].repeat_max &&
           repeats->held_from <= repeats->held_to && repeats->held_to <= note->n &&
           (repeats->held_from == 0) == (repeats->held_to == 0) && is_only(fold, clock, note);
}

/* Notes of a clock. */
static bool is_of_clock(const sla_engine *engine, const sla_policies *policies,
                        const sla__fold *fold, const sla__note *note)
{
    const sla__clock *clock = note->target < policies->target_count && note->cycle > 0
                                  ? sla__fold_clock(fold, note->target, note->cycle)
                                  : NULL;

    if (clock == NULL)
        return false;
    switch ((sla__note_kind)note->kind) {
    case SLA__NOTE_PAUSE:
        return note->a <= note->b && note->a != SLA_NEVER;
    case SLA__NOTE_EXTEND:
        return note->a != SLA_NEVER && note->b >= 0 &&
               (!(note->flags & SLA__NOTE_TO_INSTANT) || note->b != SLA_NEVER);
    case SLA__NOTE_WAIVE:
        return note->a != SLA_NEVER && note->b >= 0;
    case SLA__NOTE_ACK:
        return note->a != SLA_NEVER &&
               (!(note->flags & SLA__NOTE_ACTIVE) || !(note->n & (clock->held | ~clock->done)));
    case SLA__NOTE_REASON:
        return is_reason(policies, fold, clock, note);
    case SLA__NOTE_REPEAT:
        return is_repeat(policies, fold, clock, note);
    case SLA__NOTE_JUDGED:
        return is_judged(engine, note);
    default:
        return true; /* a breach, an anchor */
    }
}

static bool is_note(const sla_engine *engine, const sla_policies *policies, const sla__fold *fold,
                    const sla__note *note)
{
    const sla_policies *other;

    switch ((sla__note_kind)note->kind) {
    case SLA__NOTE_UNTIL:
        return note->target < policies->target_count;
    case SLA__NOTE_DERIVED:
        return note->a != SLA_NEVER && note->m > 0 && note->m <= SLA_DERIVED_DEPTH_MAX;
    case SLA__NOTE_AT_ONCE:
        return note->target == SLA__NONE && note->n < policies->at_once_count;
    case SLA__NOTE_REVISION:
        return is_key(policies, note);
    case SLA__NOTE_AWAY:
        other = rules_of(engine, (uint64_t)note->b);
        return other != NULL && is_key(other, note);
    case SLA__NOTE_LEFT:
        other = rules_of(engine, note->n);
        return other != NULL && note->target == SLA__NONE && note->m < other->target_count;
    default:
        return is_of_clock(engine, policies, fold, note);
    }
}

/* -------------------------------------------------------------------- tells */

/* What the tell is about, be it told or taken back, is there. */
static bool is_thing(const sla_policies *policies, const sla__tell *tell, sla__sort sort)
{
    const sla__target *target = tell->target != SLA__NONE ? &policies->targets[tell->target] : NULL;
    const sla__policy *policy = &policies->policies[tell->policy];

    if (sort == SLA__SORT_AT_ONCE)
        return target == NULL && tell->rule >= policy->at_once_first &&
               tell->rule < policy->at_once_first + policy->at_once_count;
    if (target == NULL)
        return false;
    if (sort == SLA__SORT_STEP)
        return tell->step < target->step_count;
    if (sort == SLA__SORT_CAP || sort == SLA__SORT_FOLLOW_UP)
        return tell->step < target->pause_count;
    return true;
}

static bool is_end(unsigned kind)
{
    return kind >= SLA_EVENT_MET && kind <= SLA_EVENT_CANCELLED;
}

static bool is_tell(const sla_policies *policies, const sla__tell *tell)
{
    if (tell->kind == 0)
        return false;
    switch ((sla__sort)tell->sort) {
    case SLA__SORT_DUE_CHANGED:
    case SLA__SORT_CONFIRMED:
        return tell->target != SLA__NONE && tell->of == 0;
    case SLA__SORT_RETRACTED:
        return (tell->of == SLA__SORT_STEP || tell->of == SLA__SORT_AT_ONCE ||
                (tell->of == SLA__SORT_END && is_end(tell->step))) &&
               is_thing(policies, tell, (sla__sort)tell->of);
    case SLA__SORT_BACKDATED:
        return tell->of == SLA__SORT_STEP && is_thing(policies, tell, SLA__SORT_STEP);
    case SLA__SORT_END:
        return tell->of == 0 && tell->target != SLA__NONE && is_end(tell->kind);
    default:
        return tell->of == 0 && is_thing(policies, tell, (sla__sort)tell->sort);
    }
}

/* ------------------------------------------------------------------- ticket */

const char *sla__unpacked_check(const sla_engine *engine, const sla__ticket *ticket)
{
    const sla__fold *fold = &ticket->fold;
    const sla_policies *policies = sla__rules_of(engine, fold);
    const char *wrong = NULL;

    if (ticket->opened != (ticket->number != 0) ||
        (!ticket->opened && fold->opened_at != SLA_NEVER))
        return "open without a number, or numbered without being open";
    for (size_t i = 0; i < fold->clock_count && wrong == NULL; i++)
        wrong = check_clock(policies, fold, &fold->clocks[i]);
    for (size_t i = 0; i < fold->note_count && wrong == NULL; i++) {
        if (!is_note(engine, policies, fold, &fold->notes[i]))
            wrong = "a note about what is not there";
    }
    for (size_t i = 0; i < ticket->tells.count && wrong == NULL; i++) {
        if (!is_tell(policies, &ticket->tells.items[i]))
            wrong = "something to tell about what is not there";
    }
    return wrong;
}
