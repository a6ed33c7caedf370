/* translate.c - see migrate.h: from the numbers of one set of policies to another's. */
#include <string.h>

#include "engine/fold.h"
#include "engine/migrate.h"
#include "engine/tells.h"
#include "engine/told_parts.h"

typedef struct sla__work {
    sla_engine *engine;
    sla__pair pair;
    const sla__fold *fold;
    sla__fold *made;
    bool failed; /* out of memory */
} sla__work;

/* Room for one note more, zeroed; NULL when out of memory. */
static sla__note *add(sla__work *work, sla__note_kind kind)
{
    sla__fold *made = work->made;

    if (work->failed || !sla__fold_reserve(made, &work->engine->allocator, work->pair.to,
                                           made->clock_count, made->note_count + 1)) {
        work->failed = true;
        return NULL;
    }
    return sla__fold_note(made, NULL, kind);
}

/* ------------------------------------------- what was told of what is left out */

/* The revisions of it so far are kept aside, and its telling counts as taken back. */
static void lose(sla__work *work, sla__told_key key)
{
    const uint32_t rules = work->fold->rules;
    sla__note *note = NULL;

    for (size_t i = 0; i < work->made->note_count; i++) {
        sla__note *found = &work->made->notes[i];

        if (found->kind == SLA__NOTE_AWAY && found->b == (sla_time)rules &&
            found->target == key.target && found->cycle == key.cycle && found->step == key.step &&
            found->n == key.n && found->a == key.a)
            note = found;
    }
    if (note == NULL)
        note = add(work, SLA__NOTE_AWAY);
    if (note == NULL)
        return;
    note->target = key.target;
    note->cycle = key.cycle;
    note->step = key.step;
    note->n = key.n;
    note->a = key.a;
    note->b = (sla_time)rules;
    note->m++;
}

static void lose_told(sla__work *work, const sla__clock *old)
{
    const uint16_t target = sla__pair_target(&work->pair, old->target);

    for (size_t i = 0; i < work->pair.from->targets[old->target].step_count; i++) {
        if (sla__told_heard(work->fold, old, i) &&
            (target == SLA__NONE ||
             sla__pair_step(&work->pair, old->target, target, i) == SLA__NONE))
            lose(work, (sla__told_key){old->target, old->cycle, (uint8_t)i, 0, 0});
    }
    if (old->told_end != 0 && target == SLA__NONE)
        lose(work, (sla__told_key){old->target, old->cycle, (uint8_t)(SLA__KEY_END + old->told_end),
                                   old->told_end_seq, 0});
}

static void lose_told_note(sla__work *work, const sla__note *note)
{
    sla__told_key key = {note->target, note->cycle, 0, note->n, 0};

    if (note->kind == SLA__NOTE_AT_ONCE && (note->flags & SLA__NOTE_TOLD))
        lose(work,
             (sla__told_key){SLA__NONE, note->cycle, SLA__KEY_AT_ONCE, note->m, (sla_time)note->n});
    if (note->kind != SLA__NOTE_REASON)
        return;
    key.step = (uint8_t)(SLA__KEY_CAP + note->step);
    if (note->flags & SLA__NOTE_CAP_TOLD)
        lose(work, key);
    key.step = (uint8_t)(SLA__KEY_FOLLOW_UP + note->step);
    if (note->flags & SLA__NOTE_FOLLOW_TOLD)
        lose(work, key);
}

/* The highest cycle of a target that is left out is remembered by its name. */
static void leave_out(sla__work *work, const sla__clock *old)
{
    sla__note *note = NULL;

    if (old->state == SLA_WAITING)
        return;
    for (size_t i = 0; i < work->made->note_count; i++) {
        sla__note *found = &work->made->notes[i];
        sla__pair pair = {NULL, work->pair.from};

        if (found->kind != SLA__NOTE_LEFT)
            continue;
        pair.from = work->engine->rules[found->n].policies;
        if (sla__pair_target(&pair, found->m) == old->target)
            note = found;
    }
    if (note == NULL)
        note = add(work, SLA__NOTE_LEFT);
    if (note == NULL)
        return;
    note->n = work->fold->rules;
    note->m = old->target;
    note->cycle = old->cycle > note->cycle ? old->cycle : note->cycle;
}

uint16_t sla__left_cycle(const sla_engine *engine, const sla__fold *fold, uint16_t target)
{
    uint16_t cycle = 0;

    for (size_t i = 0; i < fold->note_count; i++) {
        const sla__note *note = &fold->notes[i];
        sla__pair pair = {NULL, sla__rules_of(engine, fold)};

        if (note->kind != SLA__NOTE_LEFT)
            continue;
        pair.from = engine->rules[note->n].policies;
        if (sla__pair_target(&pair, note->m) == target && note->cycle > cycle)
            cycle = note->cycle;
    }
    return cycle;
}

/* ------------------------------------------------------------------- clocks */

/* By what it has been judged so far, until the new policies give it a goal. */
static void keep_judged(sla__work *work, const sla__clock *old, const sla__clock *clock)
{
    const uint16_t target = clock->target;
    sla__note *note;

    if (old->goal == SLA__NONE)
        return;
    note = add(work, SLA__NOTE_JUDGED);
    if (note == NULL)
        return;
    note->target = target;
    note->cycle = old->cycle;
    note->n = work->fold->rules;
    note->m = (uint32_t)old->goal << 16 | old->calendar;
    note->flags = old->target;
}

static void translate_clock(sla__work *work, const sla__clock *old)
{
    const sla__pair *pair = &work->pair;
    const uint16_t from = old->target;
    const uint16_t target = sla__pair_target(pair, from);
    sla__clock *clock;

    if (target == SLA__NONE) {
        leave_out(work, old);
        return;
    }
    clock = sla__fold_insert(work->made, target, old->cycle);
    *clock = *old;
    clock->target = target;
    clock->goal = clock->calendar = SLA__NONE;
    clock->done = sla__pair_steps(pair, from, target, old->done);
    clock->held = sla__pair_steps(pair, from, target, old->held);
    clock->told = sla__pair_steps(pair, from, target, old->told);
    clock->quiet = sla__pair_steps(pair, from, target, old->quiet);
    clock->reasons = (uint16_t)sla__pair_pauses(pair, from, target, old->reasons);
    keep_judged(work, old, clock);
}

/* -------------------------------------------------------------------- notes */

/* Of an announcement: what it is about, as (of, step). */
static bool translate_announced(const sla__pair *pair, uint16_t from, uint16_t to, sla__note *note)
{
    const sla__sort of = (sla__sort)(note->n >> 8);
    uint16_t found = (uint16_t)(note->n & 0xFF);

    if (of == SLA__SORT_AT_ONCE) {
        note->a = sla__pair_at_once(pair, (size_t)note->a);
        return note->a != SLA__NONE;
    }
    if (of == SLA__SORT_STEP && to != SLA__NONE)
        found = sla__pair_step(pair, from, to, found);
    note->n = (note->n & ~UINT32_C(0xFF)) | found;
    return found != SLA__NONE;
}

/* How often something was told and taken back; `note` is as it was when false. */
static bool translate_revision(const sla__pair *pair, sla__note *note)
{
    const sla__note old = *note;
    const uint16_t to = old.target == SLA__NONE ? SLA__NONE : sla__pair_target(pair, old.target);
    uint16_t found = old.step;
    bool is_there = old.target == SLA__NONE || to != SLA__NONE;

    if (!is_there)
        return false;
    note->target = to;
    if (old.step < SLA_STEPS_MAX) {
        found = sla__pair_step(pair, old.target, to, old.step);
    } else if (old.step == SLA__KEY_AT_ONCE) {
        note->a = sla__pair_at_once(pair, (size_t)old.a);
        is_there = note->a != SLA__NONE;
    } else if (old.step >= SLA__KEY_CAP && old.step < SLA__KEY_AT_ONCE) {
        const uint8_t key = old.step >= SLA__KEY_FOLLOW_UP ? SLA__KEY_FOLLOW_UP : SLA__KEY_CAP;

        found = sla__pair_pause(pair, old.target, to, old.step - key);
        found = found != SLA__NONE ? (uint16_t)(key + found) : found;
    } else if (old.step < SLA__KEY_CAP) {
        is_there = translate_announced(pair, old.target, to, note);
    }
    note->step = (uint8_t)found;
    if (is_there && found != SLA__NONE)
        return true;
    *note = old;
    return false;
}

/* Revisions of what has no counterpart wait until it has one again. */
static bool translate_told(sla__work *work, sla__note *note)
{
    sla__pair pair = work->pair;

    if (note->kind == SLA__NOTE_AWAY)
        pair.from = work->engine->rules[note->b].policies;
    if (translate_revision(&pair, note)) {
        note->kind = SLA__NOTE_REVISION;
        note->b = 0;
    } else if (note->kind == SLA__NOTE_REVISION) {
        note->kind = SLA__NOTE_AWAY;
        note->b = (sla_time)work->fold->rules;
    }
    return true;
}

/* Of the pause of a clock that was judged so far, reasons stay in the numbers of
 * what it was judged by. */
static void translate_pause(sla__work *work, uint16_t from, sla__note *note)
{
    const sla__clock *clock = sla__fold_clock(work->fold, from, note->cycle);

    if (clock != NULL && clock->state == SLA_WAITING)
        note->n = sla__pair_pauses(&work->pair, from, note->target, note->n);
}

/* Notes of the whole ticket.  False when there is no counterpart. */
static bool translate_whole(sla__work *work, sla__note *note)
{
    uint16_t found;

    switch ((sla__note_kind)note->kind) {
    case SLA__NOTE_AT_ONCE:
        found = sla__pair_at_once(&work->pair, note->n);
        break;
    case SLA__NOTE_DERIVED:
        found = sla__pair_fact(&work->pair, note->n);
        break;
    default:
        return true;
    }
    note->n = found;
    return found != SLA__NONE;
}

static bool translate_note(sla__work *work, sla__note *note)
{
    const uint16_t from = note->target;
    uint16_t found = note->step;

    if (note->kind == SLA__NOTE_REVISION || note->kind == SLA__NOTE_AWAY)
        return translate_told(work, note);
    if (from == SLA__NONE)
        return translate_whole(work, note);
    note->target = sla__pair_target(&work->pair, from);
    if (note->target == SLA__NONE)
        return false;
    if (note->kind == SLA__NOTE_REPEAT)
        found = sla__pair_step(&work->pair, from, note->target, note->step);
    else if (note->kind == SLA__NOTE_REASON)
        found = sla__pair_pause(&work->pair, from, note->target, note->step);
    else if (note->kind == SLA__NOTE_ACK)
        note->n = sla__pair_steps(&work->pair, from, note->target, note->n);
    else if (note->kind == SLA__NOTE_PAUSE)
        translate_pause(work, from, note);
    note->step = (uint8_t)found;
    return found != SLA__NONE;
}

static void translate_notes(sla__work *work)
{
    for (size_t i = 0; i < work->fold->note_count && !work->failed; i++) {
        sla__note note = work->fold->notes[i];
        sla__note *place;

        if (!translate_note(work, &note))
            continue;
        place = add(work, (sla__note_kind)note.kind);
        if (place != NULL)
            *place = note;
    }
}

/* Once every revision so far has found its place. */
static void lose_told_notes(sla__work *work)
{
    for (size_t i = 0; i < work->fold->note_count && !work->failed; i++) {
        const sla__note *old = &work->fold->notes[i];
        sla__note note = *old;

        if ((old->kind == SLA__NOTE_AT_ONCE || old->kind == SLA__NOTE_REASON) &&
            !translate_note(work, &note))
            lose_told_note(work, old);
    }
}

/* --------------------------------------------------------------------- fold */

static void translate_seen(const sla__work *work)
{
    for (size_t i = 0; i < work->pair.from->fact_slot_count; i++) {
        const uint16_t fact = sla__pair_fact(&work->pair, work->pair.from->fact_slots[i]);
        const uint16_t slot =
            fact != SLA__NONE ? sla__policies_fact_slot(work->pair.to, fact) : (uint16_t)SLA__NONE;

        if (slot != SLA__NONE)
            work->made->seen[slot] = work->fold->seen[i];
    }
}

/* An empty fold that has come as far as the old one. */
static bool prepare(sla__work *work, uint32_t rules)
{
    const sla_allocator *allocator = &work->engine->allocator;
    const sla__fold *fold = work->fold;
    sla__fold *made = work->made;
    sla__fold blank;

    if (!sla__fold_init(&blank, allocator, work->pair.to, rules, fold->clock_count + 4))
        return false;
    if (!sla__fold_reserve(&blank, allocator, work->pair.to, 0, fold->note_count + 4)) {
        sla__fold_fini(&blank, allocator);
        return false;
    }
    *made = blank;
    made->at = fold->at;
    made->opened_at = fold->opened_at;
    made->applied_at = fold->applied_at;
    made->applied_seq = fold->applied_seq;
    made->world = fold->world;
    made->phase = fold->phase;
    made->stale = fold->stale;
    return true;
}

bool sla__fold_translate(sla_engine *engine, const sla__fold *fold, uint32_t rules, sla__fold *made)
{
    sla__work work = {
        engine, {sla__rules_of(engine, fold), engine->rules[rules].policies}, fold, made, false};

    if (!prepare(&work, rules))
        return false;
    for (size_t i = 0; i < work.pair.from->policy_count; i++) {
        const uint16_t policy =
            fold->matched[i / 8] >> i % 8 & 1 ? sla__pair_policy(&work.pair, i) : SLA__NONE;

        if (policy != SLA__NONE)
            made->matched[policy / 8] |= (uint8_t)(1u << policy % 8);
    }
    translate_notes(&work);
    lose_told_notes(&work);
    for (size_t i = 0; i < fold->clock_count && !work.failed; i++) {
        translate_clock(&work, &fold->clocks[i]);
        lose_told(&work, &fold->clocks[i]);
    }
    translate_seen(&work);
    if (work.failed)
        sla__fold_fini(made, &engine->allocator);
    return !work.failed;
}

/* -------------------------------------------------------------------- tells */

static bool translate_tell(const sla__pair *pair, sla__tell *tell)
{
    const uint16_t from = tell->target;
    const sla__sort sort = tell->sort == SLA__SORT_RETRACTED || tell->sort == SLA__SORT_BACKDATED
                               ? (sla__sort)tell->of
                               : (sla__sort)tell->sort;
    uint16_t found = tell->step;

    tell->policy = sla__pair_policy(pair, tell->policy);
    if (tell->policy == SLA__NONE)
        return false;
    if (from != SLA__NONE)
        tell->target = sla__pair_target(pair, from);
    if (from != SLA__NONE && tell->target == SLA__NONE)
        return false;
    if (sort == SLA__SORT_AT_ONCE)
        found = tell->rule = sla__pair_at_once(pair, tell->rule);
    else if (sort == SLA__SORT_STEP)
        found = sla__pair_step(pair, from, tell->target, tell->step);
    else if (sort == SLA__SORT_CAP || sort == SLA__SORT_FOLLOW_UP)
        found = sla__pair_pause(pair, from, tell->target, tell->step);
    if (sort != SLA__SORT_AT_ONCE)
        tell->step = (uint8_t)found;
    return found != SLA__NONE;
}

void sla__tells_translate(const sla__pair *pair, sla__tells *tells, size_t first)
{
    sla__tells kept = {NULL, 0, 0};

    if (tells->count <= first)
        return;
    kept.items = tells->items + first;
    for (size_t i = first; i < tells->count; i++) {
        sla__tell tell = tells->items[i];

        if (translate_tell(pair, &tell))
            sla__tells_insert(&kept, &tell);
    }
    tells->count = first + kept.count;
}
