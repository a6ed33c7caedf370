/* told_compare.c - truth before and after, held against what was told. */
#include <string.h>

#include "engine/clock.h"
#include "engine/fold.h"
#include "engine/plan.h"
#include "engine/told_parts.h"

typedef struct comparison {
    sla_engine *engine;
    const sla_policies *policies;
    const sla__fold *before;
    sla__fold *after;
    const sla__source *source;
    sla__tells *tells;
    int result;
} comparison;

/* Why: what the change says of itself, or why the clock's due moved. */
static sla__cause cause_of(const comparison *work, uint16_t target, uint16_t cycle)
{
    const sla__clock *clock =
        target == SLA__NONE ? NULL : sla__fold_clock(work->after, target, cycle);

    if (work->source->cause != SLA__CAUSE_NONE)
        return work->source->cause;
    return clock != NULL ? (sla__cause)clock->moved : SLA__CAUSE_NONE;
}

static sla__tell announcement(const comparison *work, uint16_t target, uint16_t cycle,
                              sla_event_kind kind, sla__sort sort)
{
    sla__tell tell = {0};

    tell.at = work->source->at;
    tell.old_due = tell.due = SLA_NEVER;
    tell.target = target;
    tell.policy = target == SLA__NONE ? 0 : work->policies->targets[target].policy;
    tell.cycle = cycle;
    tell.kind = (uint8_t)kind;
    tell.sort = (uint8_t)sort;
    tell.repeat = work->source->world != 0 ? work->source->world : work->source->seq;
    tell.fact_seq = work->source->seq;
    tell.world = work->source->world;
    tell.cause = (uint8_t)cause_of(work, target, cycle);
    tell.rule = SLA__NONE;
    return tell;
}

/* Two rules' worth of the same thing can be taken back by one fact. */
static uint32_t count_same(const sla__tells *tells, const sla__tell *tell)
{
    uint32_t count = 0;

    for (size_t i = 0; i < tells->count; i++)
        count += tells->items[i].world == tell->world && sla__tell_same(&tells->items[i], tell);
    return count;
}

/* What neither a fact nor the world caused has no number of its own: its
 * revision counts instead. */
static void announce(comparison *work, sla__tell *tell)
{
    const sla__told_key key = {tell->target, tell->cycle,
                               (uint8_t)(SLA__KEY_ANNOUNCED + tell->sort),
                               (uint32_t)tell->of << 8 | tell->step, tell->rule};

    if (tell->repeat != 0) {
        tell->revision = work->source->revision + count_same(work->tells, tell);
    } else if (work->result == SLA_OK) {
        tell->revision = sla__told_count(work->after, key);
        work->result = sla__told_revise(work->engine, work->after, key);
    }
    if (work->result == SLA_OK)
        work->result = sla__tells_put(work->engine, work->tells, tell);
}

static void take_back(comparison *work, sla__tell *tell, sla__told_key key)
{
    announce(work, tell);
    if (work->result == SLA_OK)
        work->result = sla__told_revise(work->engine, work->after, key);
}

/* A fact made it go on after its end, and may have ended it again by what it derives: in its
 * place, nothing else takes an end back. */
static bool goes_on(const comparison *work, const sla__clock *old, const sla__clock *made)
{
    return made != NULL && sla__clock_ended(old) && work->source->cause == SLA__CAUSE_NONE;
}

static void take_back_step(comparison *work, const sla__clock *old, const sla__clock *made,
                           size_t number)
{
    const sla__step *step =
        &work->policies->steps[work->policies->targets[old->target].step_first + number];
    const sla__told_key key = {old->target, old->cycle, (uint8_t)number, 0, 0};
    const bool breach = step->kind == SLA__BREACH;
    sla__tell tell = announcement(work, old->target, old->cycle,
                                  breach ? SLA_EVENT_BREACH_RETRACTED : SLA_EVENT_RETRACTED,
                                  SLA__SORT_RETRACTED);

    tell.step = (uint8_t)number;
    tell.of = SLA__SORT_STEP;
    if (goes_on(work, old, made))
        tell.cause = SLA__CAUSE_REOPENED;
    if (breach || step->level > 0)
        take_back(work, &tell, key);
    else if (work->result == SLA_OK)
        work->result = sla__told_revise(work->engine, work->after, key);
}

/* Told steps that no longer hold; `made` is NULL when the clock is no more. */
static void compare_steps(comparison *work, const sla__clock *old, sla__clock *made)
{
    const uint32_t back = old->told & ~(made != NULL ? made->held : 0);

    size_t i = 0;

    for (uint32_t rest = back; rest != 0; rest >>= 1, i++) {
        const uint32_t bit = UINT32_C(1) << i;

        if (!(rest & 1))
            continue;
        if (sla__told_heard(work->before, old, i))
            take_back_step(work, old, made, i);
        if (made != NULL) {
            made->told &= ~bit;
            made->quiet &= ~bit;
        }
    }
}

static sla__tell retracted_end(const comparison *work, const sla__clock *old)
{
    sla__tell tell =
        announcement(work, old->target, old->cycle, SLA_EVENT_RETRACTED, SLA__SORT_RETRACTED);

    tell.of = SLA__SORT_END;
    tell.step = old->told_end;
    return tell;
}

static void compare_end(comparison *work, const sla__clock *old, sla__clock *made)
{
    const sla__told_key key = {old->target, old->cycle, (uint8_t)(SLA__KEY_END + old->told_end),
                               old->told_end_seq, 0};
    sla__tell tell;

    if (old->told_end == 0)
        return;
    if (made != NULL && sla__clock_ended(made) && sla__told_end_kind(made) == old->told_end &&
        made->end_seq == old->told_end_seq)
        return;
    tell = retracted_end(work, old);
    if (goes_on(work, old, made))
        tell.cause = SLA__CAUSE_REOPENED;
    take_back(work, &tell, key);
    if (made != NULL) {
        made->told_end = 0;
        made->told_end_seq = 0;
    }
}

static void compare_due(comparison *work, const sla__clock *old, const sla__clock *made)
{
    const bool was_provisional = (old->flags & SLA__PROVISIONAL) != 0;
    const bool is_provisional = (made->flags & SLA__PROVISIONAL) != 0;
    sla__tell tell;

    /* One that goes on after its end counts as live all the while. */
    if (old->due_at == SLA_NEVER || !sla__clock_live(made) ||
        (!sla__clock_live(old) && work->source->cause == SLA__CAUSE_LATE_FACT))
        return;
    if (old->due_at != made->due_at)
        tell = announcement(work, made->target, made->cycle, SLA_EVENT_DUE_CHANGED,
                            SLA__SORT_DUE_CHANGED);
    else if (was_provisional && !is_provisional && work->source->world != 0)
        tell =
            announcement(work, made->target, made->cycle, SLA_EVENT_CONFIRMED, SLA__SORT_CONFIRMED);
    else
        return;
    tell.old_due = old->due_at;
    tell.due = made->due_at;
    announce(work, &tell);
}

static void compare_breach(comparison *work, const sla__clock *old, const sla__clock *made)
{
    const uint32_t bit = UINT32_C(1) << work->policies->targets[old->target].breach_step;
    sla_time old_at, new_at;
    sla__tell tell;

    if (!(old->told & made->told & bit))
        return;
    old_at = sla__clock_breached_at(work->before, work->policies, old);
    new_at = sla__clock_breached_at(work->after, work->policies, made);
    if (old_at == new_at || old_at == SLA_NEVER)
        return;
    tell = announcement(work, made->target, made->cycle, SLA_EVENT_BREACH_BACKDATED,
                        SLA__SORT_BACKDATED);
    tell.step = (uint8_t)work->policies->targets[old->target].breach_step;
    tell.of = SLA__SORT_STEP;
    tell.old_due = old_at;
    tell.due = new_at;
    announce(work, &tell);
}

/* Did an acknowledgement hold the repeat back? */
static bool is_held(const sla__note *note, uint32_t repeat)
{
    return repeat > 0 && note->repeats.held_from <= repeat && repeat <= note->repeats.held_to;
}

/* Repeats that were decided, and that an acknowledgement recorded late holds back:
 * let go, they are told. */
static void compare_held_repeats(comparison *work, const sla__clock *made)
{
    sla__note *note = NULL;

    while ((note = sla__note_next(work->after, made, SLA__NOTE_REPEAT, note)) != NULL) {
        const sla__told_key key = {made->target, made->cycle, note->step, 0, 0};
        const size_t place = (size_t)(note - work->after->notes);

        if (is_held(note, note->m))
            note->m = note->repeats.held_from - 1u;
        if (!is_held(note, note->repeats.told))
            continue;
        note->repeats.told = (uint16_t)(note->repeats.held_from - 1);
        if (note->flags > note->repeats.told)
            note->flags = 0;
        if (work->result == SLA_OK)
            work->result = sla__told_revise(work->engine, work->after, key);
        note = &work->after->notes[place];
    }
}

/* Repeats that were told and lie ahead again: what follows is another revision. */
static void compare_repeats(comparison *work, const sla__clock *made)
{
    sla__note *note = NULL;

    if (work->policies->targets[made->target].repeat_count == 0)
        return;
    while ((note = sla__note_next(work->after, made, SLA__NOTE_REPEAT, note)) != NULL) {
        const sla__told_key key = {made->target, made->cycle, note->step, 0, 0};
        const size_t place = (size_t)(note - work->after->notes);
        bool told_ahead;

        if (note->m <= note->n)
            continue;
        note->m = note->n;
        if (note->flags > note->n)
            note->flags = 0;
        told_ahead = note->repeats.told > note->n;
        if (told_ahead)
            note->repeats.told = (uint16_t)note->n;
        note->repeats.skipped = 0;
        if (told_ahead && work->result == SLA_OK)
            work->result = sla__told_revise(work->engine, work->after, key);
        note = &work->after->notes[place];
    }
}

/* A cap or follow-up that was told and lies ahead again is told again then. */
static void compare_reasons(comparison *work)
{
    const size_t count = work->after->note_count;

    for (size_t i = 0; i < count && work->result == SLA_OK; i++) {
        sla__note *note = &work->after->notes[i];
        const uint16_t flags = note->flags;
        sla__told_key key = {note->target, note->cycle, (uint8_t)(SLA__KEY_CAP + note->step),
                             note->n, 0};

        if (note->kind != SLA__NOTE_REASON)
            continue;
        if ((flags & SLA__NOTE_CAP_TOLD) && !(flags & SLA__NOTE_CAPPED)) {
            note->flags &= (uint16_t)~SLA__NOTE_CAP_TOLD;
            work->result = sla__told_revise(work->engine, work->after, key);
        }
        key.step = (uint8_t)(SLA__KEY_FOLLOW_UP + work->after->notes[i].step);
        if (work->result == SLA_OK && (flags & SLA__NOTE_FOLLOW_TOLD) &&
            !(flags & SLA__NOTE_FOLLOWED)) {
            work->after->notes[i].flags &= (uint16_t)~SLA__NOTE_FOLLOW_TOLD;
            work->result = sla__told_revise(work->engine, work->after, key);
        }
    }
}

/* Reasons that are gone altogether, with what was told of them. */
static void compare_lost_reasons(comparison *work)
{
    for (size_t i = 0; i < work->before->note_count && work->result == SLA_OK; i++) {
        const sla__note *note = &work->before->notes[i];
        sla__told_key key = {note->target, note->cycle, (uint8_t)(SLA__KEY_CAP + note->step),
                             note->n, 0};

        if (note->kind != SLA__NOTE_REASON ||
            sla__told_note(work->after, SLA__NOTE_REASON, note->target, note->cycle, note->step,
                           note->n) != NULL)
            continue;
        if (note->flags & SLA__NOTE_CAP_TOLD)
            work->result = sla__told_revise(work->engine, work->after, key);
        key.step = (uint8_t)(SLA__KEY_FOLLOW_UP + note->step);
        if (work->result == SLA_OK && (note->flags & SLA__NOTE_FOLLOW_TOLD))
            work->result = sla__told_revise(work->engine, work->after, key);
    }
}

/* A clock mostly stands where it stood. */
static sla__clock *same_place(const sla__fold *fold, const sla__clock *old, size_t place)
{
    if (place < fold->clock_count && fold->clocks[place].target == old->target &&
        fold->clocks[place].cycle == old->cycle)
        return &fold->clocks[place];
    return sla__fold_clock(fold, old->target, old->cycle);
}

static void compare_clock(comparison *work, const sla__clock *old, sla__clock *made)
{
    compare_steps(work, old, made);
    compare_end(work, old, made);
    if (made == NULL)
        return;
    compare_due(work, old, made);
    compare_breach(work, old, made);
    compare_repeats(work, made);
    if (made->flags & SLA__NOTED)
        compare_held_repeats(work, made);
}

static void compare_clocks(comparison *work)
{
    const bool whole = work->source->cause != SLA__CAUSE_NONE;

    for (size_t i = 0; i < work->before->clock_count && work->result == SLA_OK; i++) {
        const sla__clock *old = &work->before->clocks[i];
        sla__clock *made = same_place(work->after, old, i);

        if (whole || made == NULL || memcmp(old, made, sizeof *old) != 0)
            compare_clock(work, old, made);
    }
}

static void compare_at_once(comparison *work)
{
    for (size_t i = 0; i < work->before->note_count && work->result == SLA_OK; i++) {
        const sla__note *note = &work->before->notes[i];
        const sla__told_key key = {SLA__NONE, note->cycle, SLA__KEY_AT_ONCE, note->m,
                                   (sla_time)note->n};
        sla__tell tell;

        if (note->kind != SLA__NOTE_AT_ONCE || !(note->flags & SLA__NOTE_TOLD) ||
            sla__told_at_once(work->after, note->n, note->m, note->cycle) != NULL)
            continue;
        tell = announcement(work, SLA__NONE, note->cycle, SLA_EVENT_RETRACTED, SLA__SORT_RETRACTED);
        for (size_t p = 0; p < work->policies->policy_count; p++) {
            const sla__policy *policy = &work->policies->policies[p];

            if (note->n >= policy->at_once_first &&
                note->n < policy->at_once_first + policy->at_once_count)
                tell.policy = (uint16_t)p;
        }
        tell.of = SLA__SORT_AT_ONCE;
        tell.rule = (uint16_t)note->n;
        if (work->policies->at_once[note->n].level > 0)
            announce(work, &tell);
        if (work->result == SLA_OK)
            work->result = sla__told_revise(work->engine, work->after, key);
    }
}

/* A breach that waits to be told follows a due that has moved within the past. */
static void follow_breaches(const sla_policies *policies, const sla__fold *after, sla__tells *tells)
{
    size_t i = 0;

    while (i < tells->count) {
        const sla__tell *waiting = &tells->items[i];
        const sla__clock *clock = NULL;
        sla__tell tell;

        if (waiting->kind == SLA_EVENT_BREACHED && waiting->sort == SLA__SORT_STEP)
            clock = sla__fold_clock(after, waiting->target, waiting->cycle);
        if (clock == NULL || sla__clock_breached_at(after, policies, clock) == waiting->at) {
            i++;
            continue;
        }
        tell = *waiting;
        tell.at = sla__clock_breached_at(after, policies, clock);
        sla__tells_take_out(tells, i);
        sla__tells_insert(tells, &tell);
        i = 0; /* the others have moved up or down */
    }
}

/* Is it still to be decided?  What an acknowledgement came to hold back is not. */
static bool still_waits(const sla__fold *after, const sla__tell *tell)
{
    const sla__note *note;

    if (!sla__told_undecided(after, tell))
        return false;
    if (tell->sort != SLA__SORT_STEP || tell->repeat == 0)
        return true;
    note = sla__told_note(after, SLA__NOTE_REPEAT, tell->target, tell->cycle, tell->step, 0);
    return !is_held(note, tell->repeat);
}

/* What waits and no longer holds goes; what passed and holds comes in. */
int sla__told_join(sla_engine *engine, const sla__fold *after, const sla__tells *passings,
                   sla__tells *tells)
{
    for (size_t i = tells->count; i-- > 0;) {
        if (!still_waits(after, &tells->items[i]))
            sla__tells_take_out(tells, i);
    }
    for (size_t i = 0; i < passings->count; i++) {
        const sla__tell *passing = &passings->items[i];

        if (!still_waits(after, passing))
            continue;
        for (size_t k = tells->count; k-- > 0;) {
            if (sla__tell_same(&tells->items[k], passing))
                sla__tells_take_out(tells, k);
        }
        if (sla__tells_put(engine, tells, passing) != SLA_OK)
            return SLA_ERR_NOMEM;
    }
    follow_breaches(sla__rules_of(engine, after), after, tells);
    return SLA_OK;
}

int sla__told_compare(sla_engine *engine, const sla__fold *before, sla__fold *after,
                      const sla__source *source, const sla__tells *passings, sla__tells *tells)
{
    comparison work = {engine, sla__rules_of(engine, after), before, after, source, tells, SLA_OK};

    if (before->rules != after->rules)
        return sla__told_compare_across(engine, before, after, source, passings, tells);
    compare_clocks(&work);
    if (before->note_count > 0) {
        compare_reasons(&work);
        compare_lost_reasons(&work);
        compare_at_once(&work);
    }
    if (work.result != SLA_OK)
        return work.result;
    return sla__told_join(engine, after, passings, tells);
}
