/* clock.c - see clock.h. */
#include "engine/clock.h"

#include <assert.h>

#include "engine/fold.h"

/* ---------------------------------------------------------------- telling */

static bool in_class(const sla__step *step, bool levels)
{
    return step->catch_up == SLA__CATCH_HIGHEST &&
           (levels ? step->level > 0 : step->kind == SLA__WARNING);
}

static void look_out(sla__run *run, const sla__tell *tell)
{
    sla__watch *watch = run->watch;
    const sla__target *target;

    if (watch == NULL || tell->sort != SLA__SORT_STEP || tell->target != watch->target ||
        tell->cycle != watch->cycle)
        return;
    target = &run->policies->targets[tell->target];
    if (watch->step >= 0
            ? tell->step == watch->step
            : in_class(&run->policies->steps[target->step_first + tell->step], watch->levels))
        watch->found = true;
}

void sla__run_tell(sla__run *run, const sla__tell *tell)
{
    if (run->sink == NULL) {
        look_out(run, tell);
        return;
    }
    if (!sla__grow(&run->engine->allocator, (void **)&run->sink->items, &run->sink->capacity,
                   run->sink->count + 1, sizeof *tell)) {
        run->result = SLA_ERR_NOMEM;
        return;
    }
    run->sink->items[run->sink->count++] = *tell;
}

static sla__tell tell_of(const sla__run *run, const sla__clock *clock, sla_event_kind kind,
                         sla__sort sort, sla_time at)
{
    sla__tell tell = {0};

    tell.at = at;
    tell.old_due = SLA_NEVER;
    tell.due = clock->due_at;
    tell.target = clock->target;
    tell.policy = run->policies->targets[clock->target].policy;
    tell.cycle = clock->cycle;
    tell.kind = (uint8_t)kind;
    tell.sort = (uint8_t)sort;
    tell.rule = SLA__NONE;
    return tell;
}

/* ------------------------------------------------------------ small answers */

static const sla__target *target_of(const sla__run *run, const sla__clock *clock)
{
    return &run->policies->targets[clock->target];
}

static const sla__step *step_of(const sla__run *run, const sla__clock *clock, size_t step)
{
    return &run->policies->steps[target_of(run, clock)->step_first + step];
}

static const sla__pause *pause_of(const sla__run *run, const sla__clock *clock, size_t pause)
{
    return &run->policies->pauses[target_of(run, clock)->pause_first + pause];
}

bool sla__clock_breached(const sla_policies *policies, const sla__clock *clock)
{
    return (clock->held >> policies->targets[clock->target].breach_step & 1) != 0;
}

sla_time sla__clock_breached_at(const sla__fold *fold, const sla_policies *policies,
                                const sla__clock *clock)
{
    const sla__note *note;

    if (!sla__clock_breached(policies, clock))
        return SLA_NEVER;
    note = sla__note_next(fold, clock, SLA__NOTE_BREACH, NULL);
    return note != NULL ? note->a : clock->due_at;
}

sla__note *sla__clock_ack(const sla__fold *fold, const sla__clock *clock)
{
    sla__note *note = NULL;

    if (!(clock->flags & SLA__NOTED))
        return NULL;
    while ((note = sla__note_next(fold, clock, SLA__NOTE_ACK, note)) != NULL) {
        if (note->flags & SLA__NOTE_ACTIVE)
            return note;
    }
    return NULL;
}

/* ------------------------------------------------------------------- arming */

static void consider(sla__clock *clock, sla__item item, size_t step, sla_time at)
{
    if (at < clock->next_at ||
        (at == clock->next_at && at != SLA_NEVER &&
         (item < (sla__item)clock->next_item ||
          (item == (sla__item)clock->next_item && step < clock->next_step)))) {
        clock->next_at = at;
        clock->next_item = (uint8_t)item;
        clock->next_step = (uint8_t)step;
    }
}

/* Caps and follow-ups of the reasons that hold now. */
static void consider_reasons(sla__run *run, sla__clock *clock, const sla__view *view)
{
    sla__note *note = NULL;

    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_REASON, note)) != NULL) {
        const sla__pause *pause = pause_of(run, clock, note->step);
        const sla_time since = note->a > clock->start_at ? note->a : clock->start_at;

        if (note->b != SLA_NEVER)
            continue;
        if (pause->cap > 0)
            consider(clock, SLA__ITEM_CAP, note->step,
                     sla__plan_add_in(view, pause->cap_calendar, since, pause->cap));
        if (pause->follow_up > 0 && !(note->flags & SLA__NOTE_FOLLOWED))
            consider(clock, SLA__ITEM_FOLLOW_UP, note->step,
                     sla__plan_add_in(view, pause->follow_up_calendar, since, pause->follow_up));
    }
}

/* A higher level has been told: repeats that end with it stop. */
static bool next_level_held(const sla__run *run, const sla__clock *clock, uint8_t level)
{
    const sla__target *target = target_of(run, clock);

    for (uint32_t i = 0; i < target->step_count; i++) {
        const sla__step *step = &run->policies->steps[target->step_first + i];

        if (step->kind == SLA__LEVEL && step->level > level && (clock->held >> i & 1))
            return true;
    }
    return false;
}

static void consider_repeats(sla__run *run, sla__clock *clock, const sla__view *view)
{
    sla__note *note = NULL;

    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_REPEAT, note)) != NULL) {
        const sla__step *step = step_of(run, clock, note->step);

        if (note->n >= step->repeat_max)
            continue;
        if (!(clock->held >> note->step & 1))
            continue;
        if (step->repeat_until_next_level && next_level_held(run, clock, step->level))
            continue;
        if (step->level > 0 && (clock->flags & SLA__SILENCED))
            continue;
        consider(clock, SLA__ITEM_STEP, note->step, sla__plan_repeat(view, note, note->n + 1));
    }
}

/* For a paused clock only its ladder, where that goes on. */
static void consider_steps(sla__run *run, sla__clock *clock, const sla__view *view)
{
    const sla__target *target = view->target;
    const bool paused = clock->state == SLA_PAUSED;
    const bool goes_on = target->ladder_while_paused && sla__clock_breached(run->policies, clock);
    const sla__plan plan = clock->flags & SLA__NOTED ? sla__plan_of(view)
                                                     : (sla__plan){clock->due_at, clock->due_at, 0};

    for (uint32_t i = 0; i < target->step_count; i++) {
        const sla__step *step = &view->policies->steps[target->step_first + i];
        sla_time at;

        if (clock->done >> i & 1)
            continue;
        if (step->level > 0 && (clock->flags & SLA__SILENCED))
            continue;
        if (paused && !(goes_on && step->level > 0))
            continue;
        at = sla__plan_step(view, &plan, i);
        if (at != SLA__UNARMED)
            consider(clock, SLA__ITEM_STEP, i, at);
    }
    if (target->repeat_count > 0 && (!paused || goes_on))
        consider_repeats(run, clock, view);
}

void sla__clock_arm(sla__run *run, sla__clock *clock)
{
    const sla__view view = sla__view_of(run->engine, run->fold, clock);
    const sla__note *ack;

    clock->next_at = SLA_NEVER;
    clock->next_item = SLA__ITEM_NONE;
    clock->next_step = 0;
    if (sla__clock_ended(clock))
        return;
    if (clock->state == SLA_WAITING) {
        if (clock->flags & SLA__SCHEDULED)
            consider(clock, SLA__ITEM_START, 0, clock->start_at);
        return;
    }
    if (clock->reasons != 0)
        consider_reasons(run, clock, &view);
    ack = sla__clock_ack(run->fold, clock);
    if (ack != NULL)
        consider(clock, SLA__ITEM_ACK_END, 0, ack->b);
    consider_steps(run, clock, &view);
}

/* ----------------------------------------------------------------- starting */

static void set_provisional(sla__clock *clock, const sla__view *view)
{
    clock->flags &= (uint8_t)~SLA__PROVISIONAL;
    if (sla__plan_provisional(view, clock->due_at))
        clock->flags |= SLA__PROVISIONAL;
}

static void choose(sla__clock *clock, sla__choice choice)
{
    clock->goal = choice.goal;
    clock->calendar = choice.calendar;
    clock->flags &= (uint8_t)~SLA__BY_DEFAULTS;
    if (choice.by_defaults)
        clock->flags |= SLA__BY_DEFAULTS;
}

/* The instant that start_from names; SLA_NEVER while it is not known. */
static sla_time origin(const sla__run *run, const sla__clock *clock, sla_time start)
{
    const sla__target *target = target_of(run, clock);

    if (clock->given)
        return start;
    switch ((sla__start_from)target->start_from) {
    case SLA__FROM_OPENED:
        return run->fold->opened_at;
    case SLA__FROM_SEEN:
        return run->fold->seen[target->start_slot];
    case SLA__FROM_ATTRIBUTE:
        return run->fold->present >> target->start_slot & 1 ? run->fold->values[target->start_slot]
                                                            : SLA_NEVER;
    case SLA__FROM_FACT:
        break;
    }
    return start;
}

void sla__clock_start(sla__run *run, sla__clock *clock, sla_time start, sla_time now)
{
    const sla__target *target = target_of(run, clock);
    const sla_time from = origin(run, clock, start);
    sla__choice choice = {SLA__NONE, SLA__NONE, false};
    sla__note *pause = NULL;

    assert(clock->state == SLA_WAITING);
    clock->flags = (uint8_t)((clock->flags | SLA__START_SEEN) & ~SLA__ASKED_WAIT);
    clock->start_at = start;
    if (from != SLA_NEVER)
        choice = sla__choose(run->policies, run->fold, target, from);
    if (choice.goal == SLA__NONE)
        return;
    clock->flags &= (uint8_t)~SLA__START_SEEN;
    clock->start_at = from;
    choose(clock, choice);
    clock->state = SLA_RUNNING;
    if (clock->reasons != 0) {
        while ((pause = sla__note_next(run->fold, clock, SLA__NOTE_PAUSE, pause)) != NULL) {
            if (pause->b == SLA_NEVER)
                break;
        }
        clock->state = SLA_PAUSED;
        clock->mark_at = pause != NULL && pause->a > from ? pause->a : from;
    }
    sla__clock_replan(run, clock, now, SLA__CAUSE_NONE);
}

void sla__clock_begin_next(sla__run *run, sla__clock *clock, sla_time start, sla_time at)
{
    sla__clock *next = sla__clock_next_cycle(run, clock);

    if (next == NULL)
        return;
    sla__clock_set_reasons(run, next, sla__clock_held_reasons(run, next), at, SLA__CAUSE_NONE);
    if (start <= at) {
        sla__clock_start(run, next, start, at);
        return;
    }
    next->flags |= SLA__SCHEDULED;
    next->start_at = start;
    sla__clock_arm(run, next);
}

static bool may_recur(const sla__run *run, const sla__clock *clock)
{
    const sla__target *target = target_of(run, clock);
    const sla__clock key = {.target = clock->target};

    return target->recur != SLA__RECUR_NONE && sla__fold_is_latest(run->fold, clock) &&
           (target->recur_limit == 0 || clock->cycle < target->recur_limit) &&
           sla__note_next(run->fold, &key, SLA__NOTE_UNTIL, NULL) == NULL;
}

sla__clock *sla__clock_next_cycle(sla__run *run, sla__clock *clock)
{
    const uint16_t target = clock->target;
    const uint16_t cycle = (uint16_t)(clock->cycle + 1);
    sla__clock *next;

    assert(sla__fold_is_latest(run->fold, clock));
    if (!sla__fold_reserve(run->fold, &run->engine->allocator, run->policies,
                           run->fold->clock_count + 1, run->fold->note_count + 2)) {
        run->result = SLA_ERR_NOMEM;
        return NULL;
    }
    next = sla__fold_insert(run->fold, target, cycle);
    next->given = 1;
    run->effects = true;
    return next;
}

void sla__clock_recur(sla__run *run, sla__clock *clock, sla_time at, sla_time now)
{
    const sla__target *target = target_of(run, clock);
    const sla_time due = clock->due_at;

    if (!may_recur(run, clock))
        return;
    if (target->recur != SLA__RECUR_FIRST_UNANSWERED) {
        sla__clock_begin_next(run, clock, target->recur == SLA__RECUR_DUE ? due : at, now);
        return;
    }
    clock = sla__clock_next_cycle(run, clock);
    if (clock == NULL)
        return;
    clock->flags |= SLA__ASKED_WAIT;
    sla__clock_set_reasons(run, clock, sla__clock_held_reasons(run, clock), now, SLA__CAUSE_NONE);
}

/* ------------------------------------------------------------------- ending */

/* What stood still when the clock ended is credited to nobody. */
static void drop_reasons(sla__run *run, sla__clock *clock, sla_time at)
{
    sla__note *note = NULL;

    clock->reasons = 0;
    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_REASON, note)) != NULL) {
        if (note->b == SLA_NEVER)
            note->b = at;
    }
    note = NULL;
    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_PAUSE, note)) != NULL) {
        if (note->b == SLA_NEVER) {
            sla__note_remove(run->fold, note);
            return;
        }
    }
}

void sla__clock_end(sla__run *run, sla__clock *clock, sla_state state, sla_time at, uint32_t seq,
                    sla__cause cause)
{
    sla__tell tell;

    if (clock->reasons != 0)
        drop_reasons(run, clock, at);
    clock->state = (uint8_t)state;
    clock->mark_at = at;
    clock->end_seq = seq;
    clock->cause = (uint8_t)cause;
    clock->flags &= (uint8_t) ~(SLA__START_SEEN | SLA__SCHEDULED | SLA__ASKED_WAIT);
    sla__clock_arm(run, clock);
    run->effects = true;
    tell = tell_of(run, clock,
                   state == SLA_MET      ? SLA_EVENT_MET
                   : state == SLA_MISSED ? SLA_EVENT_MISSED
                                         : SLA_EVENT_CANCELLED,
                   SLA__SORT_END, at);
    tell.repeat = tell.fact_seq = seq;
    tell.cause = (uint8_t)cause;
    sla__run_tell(run, &tell);
}

void sla__clock_continue(sla__run *run, sla__clock *clock, sla_time at)
{
    const sla__target *target = target_of(run, clock);
    const sla_time ended_at = clock->mark_at;

    if (!target->closed_time_counts && ended_at < at) {
        sla__note *note = sla__fold_note(run->fold, clock, SLA__NOTE_PAUSE);

        note->a = ended_at;
        note->b = at;
        note->flags = SLA__NOTE_CLOSED;
        clock->flags |= SLA__NOTED;
    }
    clock->state = SLA_RUNNING;
    clock->mark_at = SLA_NEVER;
    clock->end_seq = 0;
    clock->cause = SLA__CAUSE_NONE;
    sla__clock_replan(run, clock, at, SLA__CAUSE_REOPENED);
}

/* ------------------------------------------------------------------ pausing */

uint16_t sla__clock_held_reasons(sla__run *run, const sla__clock *clock)
{
    const sla__target *target = target_of(run, clock);
    sla__scene scene = sla__scene_of(run->policies, run->fold, SLA__NONE);
    uint16_t reasons = 0;

    for (uint32_t i = 0; i < target->pause_count; i++) {
        const sla__pause *pause = &run->policies->pauses[target->pause_first + i];

        if (pause->hold != SLA__IMPOSSIBLE && sla__holds(&scene, pause->hold))
            reasons |= (uint16_t)(1u << i);
    }
    return reasons;
}

uint16_t sla__clock_fact_reasons(const sla__run *run, const sla__clock *clock)
{
    const sla__target *target = target_of(run, clock);
    uint16_t reasons = 0;

    for (uint32_t i = 0; i < target->pause_count; i++) {
        if (run->policies->pauses[target->pause_first + i].on != SLA__IMPOSSIBLE)
            reasons |= (uint16_t)(1u << i);
    }
    return reasons;
}

/* A reason whose cap was reached cannot pause the clock again in this cycle. */
static bool is_capped(const sla__run *run, const sla__clock *clock, size_t pause)
{
    sla__note *note = NULL;

    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_REASON, note)) != NULL) {
        if (note->step == pause && (note->flags & SLA__NOTE_CAPPED))
            return true;
    }
    return false;
}

static void begin_reason(sla__run *run, sla__clock *clock, size_t number, sla_time at)
{
    const sla__pause *pause = pause_of(run, clock, number);
    uint32_t ordinal = 1;
    sla__note *note = NULL;

    if (pause->cap == 0 && pause->follow_up == 0)
        return;
    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_REASON, note)) != NULL)
        ordinal += note->step == number;
    note = sla__fold_note(run->fold, clock, SLA__NOTE_REASON);
    note->a = at;
    note->b = SLA_NEVER;
    note->n = ordinal;
    note->step = (uint8_t)number;
}

static void end_reason(sla__run *run, const sla__clock *clock, size_t number, sla_time at)
{
    sla__note *note = NULL;

    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_REASON, note)) != NULL) {
        if (note->step == number && note->b == SLA_NEVER)
            note->b = at;
    }
}

static void stand_still(sla__run *run, sla__clock *clock, sla_time at)
{
    sla__note *note = sla__fold_note(run->fold, clock, SLA__NOTE_PAUSE);

    note->a = at;
    note->b = SLA_NEVER;
    clock->flags |= SLA__NOTED;
    if (clock->state == SLA_RUNNING) {
        clock->state = SLA_PAUSED;
        clock->mark_at = at > clock->start_at ? at : clock->start_at;
    }
}

/* All the reasons that the pause had while it lasted. */
static void name_reasons(sla__run *run, const sla__clock *clock)
{
    sla__note *note = NULL;

    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_PAUSE, note)) != NULL) {
        if (note->b == SLA_NEVER)
            note->n |= clock->reasons;
    }
}

/* The note of the pause moves to the end: notes count in the order in which
 * pauses ended and extensions came. */
static void go_on(sla__run *run, sla__clock *clock, sla_time at, sla__cause cause)
{
    sla__note *note = NULL;
    sla__note ended;

    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_PAUSE, note)) != NULL) {
        if (note->b == SLA_NEVER)
            break;
    }
    assert(note != NULL);
    ended = *note;
    ended.b = at;
    sla__note_remove(run->fold, note);
    if (ended.a < at)
        run->fold->notes[run->fold->note_count++] = ended;
    if (clock->state == SLA_PAUSED) {
        clock->state = SLA_RUNNING;
        clock->mark_at = SLA_NEVER;
        sla__clock_replan(run, clock, at, cause);
    }
}

void sla__clock_set_reasons(sla__run *run, sla__clock *clock, uint16_t reasons, sla_time at,
                            sla__cause cause)
{
    const uint16_t had = clock->reasons;
    const uint32_t count = target_of(run, clock)->pause_count;

    for (uint32_t i = 0; i < count; i++) {
        if ((reasons & ~had) >> i & 1 && is_capped(run, clock, i))
            reasons &= (uint16_t) ~(1u << i);
    }
    if (reasons == had)
        return;
    if (!sla__fold_reserve(run->fold, &run->engine->allocator, run->policies,
                           run->fold->clock_count, run->fold->note_count + count + 2)) {
        run->result = SLA_ERR_NOMEM;
        return;
    }
    clock->reasons = reasons;
    for (uint32_t i = 0; i < count; i++) {
        if ((reasons & ~had) >> i & 1)
            begin_reason(run, clock, i, at);
        if ((had & ~reasons) >> i & 1)
            end_reason(run, clock, i, at);
    }
    if (had == 0)
        stand_still(run, clock, at);
    if (reasons != 0)
        name_reasons(run, clock);
    else
        go_on(run, clock, at, cause);
    run->effects = true;
    sla__clock_arm(run, clock);
}

/* --------------------------------------------------------------- replanning */

static void forget_breach(sla__run *run, const sla__clock *clock)
{
    sla__note *note = sla__note_next(run->fold, clock, SLA__NOTE_BREACH, NULL);

    if (note != NULL)
        sla__note_remove(run->fold, note);
}

/* A step that had passed lies ahead again. */
static void unpass(sla__run *run, sla__clock *clock, size_t step)
{
    const uint32_t bit = UINT32_C(1) << step;
    sla__note *note = NULL;

    clock->done &= ~bit;
    clock->held &= ~bit;
    if (step == target_of(run, clock)->breach_step)
        forget_breach(run, clock);
    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_REPEAT, note)) != NULL) {
        if (note->step == step) {
            sla__note_remove(run->fold, note);
            return;
        }
    }
}

/* Repeats that had passed and lie at or after the change come again. */
static void replan_repeats(sla__run *run, const sla__view *view, size_t step, sla_time at)
{
    sla__note *note = NULL;

    while ((note = sla__note_next(run->fold, view->clock, SLA__NOTE_REPEAT, note)) != NULL) {
        while (note->step == step && note->n > 0 && sla__plan_repeat(view, note, note->n) >= at)
            note->n--;
    }
}

/* A breach that passed stands at its due, unless it was breached by a change
 * that came later than the due of now. */
static void replan_breach(sla__run *run, const sla__clock *clock)
{
    const sla__note *note = sla__note_next(run->fold, clock, SLA__NOTE_BREACH, NULL);

    if (note != NULL && clock->due_at >= note->a)
        forget_breach(run, clock);
}

/* What passed and lies at or after the change comes again. */
static void hold_against(sla__run *run, sla__clock *clock, const sla__plan *plan, sla_time at)
{
    const sla__view view = sla__view_of(run->engine, run->fold, clock);

    for (uint32_t i = 0; i < view.target->step_count; i++) {
        sla_time step_at;

        if (!(clock->done >> i & 1))
            continue;
        step_at = sla__plan_step(&view, plan, i);
        if (step_at >= at)
            unpass(run, clock, i);
        else
            replan_repeats(run, &view, i, at);
    }
}

void sla__clock_replan(sla__run *run, sla__clock *clock, sla_time at, sla__cause cause)
{
    const uint16_t target = clock->target;
    const uint16_t cycle = clock->cycle;
    const sla__view view = sla__view_of(run->engine, run->fold, clock);
    const sla__plan plan = sla__plan_of(&view);

    if (plan.due == SLA_NEVER && run->result == SLA_OK)
        run->result = SLA_ERR_HORIZON;
    if (clock->due_at != plan.due && clock->moved == SLA__CAUSE_NONE)
        clock->moved = (uint8_t)cause;
    clock->due_at = plan.due;
    set_provisional(clock, &view);
    if (clock->done != 0) {
        hold_against(run, clock, &plan, at);
        replan_breach(run, clock);
    }
    run->effects = true;
    sla__clock_arm(run, clock);
    while (run->result == SLA_OK && clock->next_at < at && clock->next_item == SLA__ITEM_STEP) {
        sla__clock_pass(run, clock, at, cause);
        clock = sla__fold_clock(run->fold, target, cycle);
    }
}

void sla__clock_rechoose(sla__run *run, sla__clock *clock, sla__choice choice, sla_time at,
                         sla__cause cause)
{
    choose(clock, choice);
    sla__clock_replan(run, clock, at, cause);
}

/* ------------------------------------------------------------------ passing */

static sla_event_kind kind_of(const sla__step *step, uint32_t repeat)
{
    if (repeat > 0)
        return SLA_EVENT_REMINDED;
    switch ((sla__step_kind)step->kind) {
    case SLA__WARNING:
        return SLA_EVENT_WARNING;
    case SLA__BREACH:
        return SLA_EVENT_BREACHED;
    case SLA__REMINDED:
        return SLA_EVENT_REMINDED;
    case SLA__SUPERVISED:
        return SLA_EVENT_SUPERVISED;
    case SLA__LEVEL:
        break;
    }
    return SLA_EVENT_ESCALATED;
}

static void tell_step(sla__run *run, const sla__clock *clock, size_t step, uint32_t repeat,
                      sla_time at, sla__cause cause)
{
    sla__tell tell =
        tell_of(run, clock, kind_of(step_of(run, clock, step), repeat), SLA__SORT_STEP, at);

    tell.step = (uint8_t)step;
    tell.repeat = repeat;
    tell.cause = (uint8_t)cause;
    sla__run_tell(run, &tell);
}

static sla__note *repeat_note(const sla__run *run, const sla__clock *clock, size_t step)
{
    sla__note *note = NULL;

    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_REPEAT, note)) != NULL) {
        if (note->step == step)
            return note;
    }
    return NULL;
}

static bool step_holds(sla__run *run, const sla__step *step)
{
    sla__scene scene = sla__scene_of(run->policies, run->fold, SLA__NONE);

    return sla__holds(&scene, step->when);
}

/* From now on the step repeats; there is room, reserved when the clock began. */
static void begin_repeats(sla__run *run, const sla__clock *clock, size_t step, sla_time at)
{
    sla__note *note;

    if (step_of(run, clock, step)->repeat_max == 0)
        return;
    if (!sla__fold_reserve(run->fold, &run->engine->allocator, run->policies,
                           run->fold->clock_count, run->fold->note_count + 1)) {
        run->result = SLA_ERR_NOMEM;
        return;
    }
    note = sla__fold_note(run->fold, clock, SLA__NOTE_REPEAT);
    note->a = at;
    note->step = (uint8_t)step;
}

void sla__clock_derive(sla__run *run, uint16_t name, sla_time at, uint16_t cycle)
{
    sla__note *note;

    if (name == SLA__NONE || run->depth >= SLA_DERIVED_DEPTH_MAX)
        return;
    if (!sla__fold_reserve(run->fold, &run->engine->allocator, run->policies,
                           run->fold->clock_count, run->fold->note_count + 1)) {
        run->result = SLA_ERR_NOMEM;
        return;
    }
    note = sla__fold_note(run->fold, NULL, SLA__NOTE_DERIVED);
    note->a = at;
    note->n = name;
    note->m = (uint32_t)run->depth + 1;
    note->cycle = cycle;
    run->effects = true;
}

/* Breached by a change of its plan: at the change, not at the due. */
static void breach_by_change(sla__run *run, const sla__clock *clock, sla_time now)
{
    sla__note *note;

    if (!sla__fold_reserve(run->fold, &run->engine->allocator, run->policies,
                           run->fold->clock_count, run->fold->note_count + 1)) {
        run->result = SLA_ERR_NOMEM;
        return;
    }
    note = sla__fold_note(run->fold, clock, SLA__NOTE_BREACH);
    note->a = now;
}

static void pass_repeat(sla__run *run, const sla__clock *clock, size_t step, sla_time at)
{
    sla__note *note = repeat_note(run, clock, step);

    note->n++;
    if (step_of(run, clock, step)->level == 0 || sla__clock_ack(run->fold, clock) == NULL)
        tell_step(run, clock, step, note->n, at, SLA__CAUSE_NONE);
}

/* The first telling of a step. */
static void pass_first(sla__run *run, sla__clock *clock, size_t number, sla_time at, sla_time now,
                       sla__cause cause)
{
    const sla__step *step = step_of(run, clock, number);
    sla__note *ack = step->level > 0 ? sla__clock_ack(run->fold, clock) : NULL;
    const bool breach = step->kind == SLA__BREACH;
    const bool overdue = breach && at < now;

    clock->done |= UINT32_C(1) << number;
    if (ack == NULL && !step_holds(run, step))
        return;
    if (ack != NULL) {
        ack->n |= UINT32_C(1) << number;
        return;
    }
    clock->held |= UINT32_C(1) << number;
    begin_repeats(run, clock, number, at);
    if (overdue)
        breach_by_change(run, clock, now);
    tell_step(run, clock, number, 0, overdue ? now : at, overdue ? cause : SLA__CAUSE_NONE);
    sla__clock_derive(run, step->derives, now, clock->cycle);
    if (breach && target_of(run, clock)->recur_after_miss)
        sla__clock_recur(run, clock, overdue ? now : at, now);
}

void sla__clock_pass(sla__run *run, sla__clock *clock, sla_time now, sla__cause cause)
{
    const uint16_t target = clock->target;
    const uint16_t cycle = clock->cycle;
    const size_t step = clock->next_step;
    const sla_time at = clock->next_at;

    if (clock->done >> step & 1)
        pass_repeat(run, clock, step, at);
    else
        pass_first(run, clock, step, at, now, cause);
    sla__clock_arm(run, sla__fold_clock(run->fold, target, cycle));
}

void sla__clock_pass_held(sla__run *run, sla__clock *clock, size_t step, sla_time at)
{
    clock->held |= UINT32_C(1) << step;
    begin_repeats(run, clock, step, at);
    tell_step(run, clock, step, 0, at, SLA__CAUSE_NONE);
    sla__clock_derive(run, step_of(run, clock, step)->derives, at, clock->cycle);
    sla__clock_arm(run, clock);
}
