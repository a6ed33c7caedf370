/* migrate.c - see migrate.h; and the fact `migrated`. */
#include "engine/migrate.h"

#include <string.h>

#include "engine/apply.h"
#include "engine/fold.h"

/* From the numbers of one set of policies to those of another. */
typedef struct sla__names {
    const sla_policies *from, *to;
} sla__names;

static bool same(const sla__names *names, uint32_t one, uint32_t other)
{
    return strcmp(sla__policies_symbol(names->from, one), sla__policies_symbol(names->to, other)) ==
           0;
}

static uint16_t find_policy(const sla__names *names, uint32_t number)
{
    for (size_t i = 0; i < names->to->policy_count; i++) {
        if (same(names, names->from->policies[number].name, names->to->policies[i].name))
            return (uint16_t)i;
    }
    return SLA__NONE;
}

static uint16_t find_target(const sla__names *names, uint16_t number)
{
    const sla__target *target = &names->from->targets[number];
    const uint16_t policy = find_policy(names, target->policy);

    if (policy == SLA__NONE)
        return SLA__NONE;
    for (uint32_t i = 0; i < names->to->policies[policy].target_count; i++) {
        const uint32_t place = names->to->policies[policy].target_first + i;

        if (same(names, target->name, names->to->targets[place].name))
            return (uint16_t)place;
    }
    return SLA__NONE;
}

/* The place of a step among those of the new target; SLA__NONE. */
static uint16_t find_step(const sla__names *names, uint16_t from, uint16_t to, size_t step)
{
    const sla__target *old = &names->from->targets[from];
    const sla__target *made = &names->to->targets[to];

    if (step >= old->step_count)
        return SLA__NONE;
    if (step == old->breach_step)
        return made->breach_step;
    for (uint32_t i = 0; i < made->step_count; i++) {
        if (same(names, names->from->steps[old->step_first + step].name,
                 names->to->steps[made->step_first + i].name))
            return (uint16_t)i;
    }
    return SLA__NONE;
}

static uint16_t find_pause(const sla__names *names, uint16_t from, uint16_t to, size_t pause)
{
    const sla__target *old = &names->from->targets[from];
    const sla__target *made = &names->to->targets[to];

    for (uint32_t i = 0; i < made->pause_count; i++) {
        if (same(names, names->from->pauses[old->pause_first + pause].reason,
                 names->to->pauses[made->pause_first + i].reason))
            return (uint16_t)i;
    }
    return SLA__NONE;
}

static uint32_t translate_steps(const sla__names *names, uint16_t from, uint16_t to, uint32_t steps)
{
    uint32_t made = 0;

    for (size_t i = 0; i < SLA_STEPS_MAX; i++) {
        const uint16_t step = steps >> i & 1 ? find_step(names, from, to, i) : (uint16_t)SLA__NONE;

        if (step != SLA__NONE)
            made |= UINT32_C(1) << step;
    }
    return made;
}

static void translate_clock(const sla__names *names, sla__fold *made, const sla__clock *old)
{
    const uint16_t target = find_target(names, old->target);
    sla__clock *clock;

    if (target == SLA__NONE)
        return;
    clock = sla__fold_insert(made, target, old->cycle);
    *clock = *old;
    clock->target = target;
    clock->goal = clock->calendar = SLA__NONE;
    clock->done = translate_steps(names, old->target, target, old->done);
    clock->held = translate_steps(names, old->target, target, old->held);
    clock->told = translate_steps(names, old->target, target, old->told);
    clock->quiet = translate_steps(names, old->target, target, old->quiet);
    clock->reasons = 0;
    for (size_t i = 0; i < 16; i++) {
        const uint16_t pause =
            old->reasons >> i & 1 ? find_pause(names, old->target, target, i) : (uint16_t)SLA__NONE;

        if (pause != SLA__NONE)
            clock->reasons |= (uint16_t)(1u << pause);
    }
}

static uint16_t find_at_once(const sla__names *names, uint32_t number)
{
    for (size_t p = 0; p < names->from->policy_count; p++) {
        const sla__policy *policy = &names->from->policies[p];
        const uint16_t other = find_policy(names, (uint32_t)p);

        if (number < policy->at_once_first ||
            number >= policy->at_once_first + policy->at_once_count || other == SLA__NONE)
            continue;
        for (uint32_t i = 0; i < names->to->policies[other].at_once_count; i++) {
            const uint32_t place = names->to->policies[other].at_once_first + i;

            if (same(names, names->from->at_once[number].name, names->to->at_once[place].name))
                return (uint16_t)place;
        }
    }
    return SLA__NONE;
}

/* False when the note has no place under the new policies. */
static bool translate_note(const sla__names *names, sla__note *note)
{
    const uint16_t from = note->target;
    uint16_t found = 0;

    if (note->kind == SLA__NOTE_DERIVED)
        return false; /* it has come, or comes by the new policies */
    if (note->kind == SLA__NOTE_AT_ONCE) {
        found = find_at_once(names, note->n);
        note->n = found;
        return found != SLA__NONE;
    }
    if (note->target == SLA__NONE)
        return note->kind != SLA__NOTE_REVISION;
    note->target = find_target(names, from);
    if (note->target == SLA__NONE)
        return false;
    if (note->kind == SLA__NOTE_REPEAT ||
        (note->kind == SLA__NOTE_REVISION && note->step < SLA_STEPS_MAX))
        found = find_step(names, from, note->target, note->step);
    else if (note->kind == SLA__NOTE_REASON)
        found = find_pause(names, from, note->target, note->step);
    else if (note->kind == SLA__NOTE_ACK)
        note->n = translate_steps(names, from, note->target, note->n);
    else
        return true;
    if (note->kind != SLA__NOTE_ACK)
        note->step = (uint8_t)found;
    return found != SLA__NONE;
}

static void translate_seen(const sla__names *names, const sla__fold *fold, sla__fold *made)
{
    for (size_t i = 0; i < names->from->fact_slot_count; i++) {
        const char *name =
            sla__policies_symbol(names->from, names->from->fact_names[names->from->fact_slots[i]]);
        const uint16_t fact = sla__policies_fact(names->to, name, strlen(name));
        const uint16_t slot =
            fact != SLA__NONE ? sla__policies_fact_slot(names->to, fact) : (uint16_t)SLA__NONE;

        if (slot != SLA__NONE)
            made->seen[slot] = fold->seen[i];
    }
}

bool sla__fold_translate(sla_engine *engine, const sla__fold *fold, uint32_t rules, sla__fold *made)
{
    const sla__names names = {sla__rules_of(engine, fold), engine->rules[rules].policies};
    sla__fold blank;

    if (!sla__fold_init(made, &engine->allocator, names.to, rules, fold->clock_count + 4))
        return false;
    if (!sla__fold_reserve(made, &engine->allocator, names.to, 0, fold->note_count + 4)) {
        sla__fold_fini(made, &engine->allocator);
        return false;
    }
    blank = *made;
    *made = *fold;
    made->values = blank.values;
    made->seen = blank.seen;
    made->matched = blank.matched;
    made->clocks = blank.clocks;
    made->clock_count = 0;
    made->clock_capacity = blank.clock_capacity;
    made->notes = blank.notes;
    made->note_count = 0;
    made->note_capacity = blank.note_capacity;
    made->block_bytes = 0;
    made->rules = rules;
    made->present = 0;
    for (size_t i = 0; i < names.from->policy_count; i++) {
        const uint16_t policy =
            sla__has_policy(fold, i) ? find_policy(&names, (uint32_t)i) : (uint16_t)SLA__NONE;

        if (policy != SLA__NONE)
            made->matched[policy / 8] |= (uint8_t)(1u << policy % 8);
    }
    for (size_t i = 0; i < fold->clock_count; i++)
        translate_clock(&names, made, &fold->clocks[i]);
    for (size_t i = 0; i < fold->note_count; i++) {
        made->notes[made->note_count] = fold->notes[i];
        if (translate_note(&names, &made->notes[made->note_count]))
            made->note_count++;
    }
    translate_seen(&names, fold, made);
    return true;
}

/* Attributes as the facts so far have set them, by the new policies. */
static void read_attributes(sla__run *run)
{
    sla__order *order = &run->engine->order;
    sla__fold *fold = run->fold;

    sla__history_order(&run->ticket->history, order);
    for (size_t i = 0; i < order->count; i++) {
        const sla__entry entry = order->entries[i];
        sla__read read;
        sla__act act;

        if (entry.at > fold->applied_at ||
            (entry.at == fold->applied_at && entry.seq > fold->applied_seq))
            break;
        if (entry.at < fold->opened_at)
            continue;
        sla__history_read(&run->ticket->history, entry.offset, &read);
        sla__act_compile(run->policies, &read.fact, entry.seq, &act, NULL);
        for (size_t slot = 0; slot < run->policies->attribute_count; slot++) {
            if (act.set >> slot & 1)
                fold->values[slot] = act.values[slot];
        }
        fold->present = (fold->present | act.set) & ~act.clear;
    }
}

void sla__apply_migration(sla__run *run, sla__act *act)
{
    sla__fold made;

    if (!sla__fold_translate(run->engine, run->fold, act->rules, &made)) {
        run->result = SLA_ERR_NOMEM;
        return;
    }
    sla__fold_fini(run->fold, &run->engine->allocator);
    *run->fold = made;
    run->policies = sla__rules_of(run->engine, run->fold);
    run->effects = true;
    act->name = SLA__FACT_MIGRATED;
    read_attributes(run);
    for (size_t i = 0; i < run->fold->clock_count && run->result == SLA_OK; i++) {
        sla__clock *clock = &run->fold->clocks[i];
        const sla__choice choice = sla__choose(
            run->policies, run->fold, &run->policies->targets[clock->target], clock->start_at);

        if (!sla__clock_live(clock))
            continue;
        if (choice.goal == SLA__NONE)
            sla__clock_end(run, clock, SLA_CANCELLED, act->at, act->seq, SLA__CAUSE_MIGRATED);
        else
            sla__clock_rechoose(run, clock, choice, act->at, SLA__CAUSE_MIGRATED);
    }
}
