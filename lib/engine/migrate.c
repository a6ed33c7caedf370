/* migrate.c - the fact `migrated`: a ticket goes over to the policies in force. */
#include "engine/migrate.h"

#include "engine/apply.h"
#include "engine/clock_parts.h"
#include "engine/judged.h"

/* ---------------------------------------------------------------- the facts */

static bool looks_for(const sla_policies *policies, uint16_t fact)
{
    return fact != SLA__NONE && sla__policies_fact_slot(policies, fact) != SLA__NONE;
}

/* What the policies before did not look for, and these do. */
static void read_seen(sla__run *run, const sla_policies *before, const sla__act *act)
{
    const sla__pair pair = {run->policies, before};
    const uint16_t slot =
        act->name == SLA__NONE ? SLA__NONE : sla__policies_fact_slot(run->policies, act->name);

    if (slot != SLA__NONE && !looks_for(before, sla__pair_fact(&pair, act->name)))
        run->fold->seen[slot] = act->at;
}

static void read_attributes(sla__run *run, const sla__act *act)
{
    for (size_t slot = 0; slot < run->policies->attribute_count; slot++) {
        if (act->set >> slot & 1)
            run->fold->values[slot] = act->values[slot];
    }
    run->fold->present = (run->fold->present | act->set) & ~act->clear;
}

/* Attributes and memory as the facts so far have set them, by the new policies. */
static void read_past(sla__run *run, const sla_policies *before)
{
    sla__order *order = &run->engine->order;
    const sla__fold *fold = run->fold;

    sla__history_order(&run->ticket->history, order);
    for (size_t i = 0; i < order->count; i++) {
        const sla__entry entry = order->entries[i];
        sla__read read;
        sla__act act;

        if (entry.at > fold->applied_at ||
            (entry.at == fold->applied_at && entry.seq >= fold->applied_seq))
            break;
        sla__history_read(&run->ticket->history, entry.offset, &read);
        sla__act_compile(run->policies, &read.fact, entry.seq, &act, NULL);
        act.at = entry.at;
        read_seen(run, before, &act);
        if (entry.at >= fold->opened_at)
            read_attributes(run, &act);
    }
}

/* The fact itself, in the numbers of the new policies. */
static void compile_anew(const sla__run *run, sla__act *act)
{
    const sla__act old = *act;

    sla__act_compile(run->policies, old.fact, old.seq, act, NULL);
    act->name = SLA__FACT_MIGRATED;
    act->at = old.at;
    act->offset = old.offset;
    act->rules = old.rules;
    act->named = old.named;
    act->done = old.done;
    act->before_opened = old.before_opened;
    act->policy_named = old.policy_named;
    act->applied = old.applied;
}

/* --------------------------------------------------------------- the clocks */

/* No reason to stand still has a counterpart: it goes on. */
static void end_pause(sla__run *run, sla__clock *clock, sla_time at, bool credited)
{
    sla__note *note = NULL;
    sla__note ended;

    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_PAUSE, note)) != NULL) {
        if (note->b == SLA_NEVER)
            break;
    }
    if (note == NULL)
        return;
    ended = *note;
    ended.b = at;
    sla__note_remove(run->fold, note);
    if (credited && ended.a < at)
        run->fold->notes[run->fold->note_count++] = ended;
    if (clock->state == SLA_PAUSED) {
        clock->state = SLA_RUNNING;
        clock->mark_at = SLA_NEVER;
    }
}

static void take_over(sla__run *run, sla__clock *clock, const sla__act *act)
{
    const bool live = sla__clock_live(clock);
    sla__choice choice = {SLA__NONE, SLA__NONE, false};

    if (live)
        choice = sla__choose(run->policies, run->fold, &run->policies->targets[clock->target],
                             clock->start_at);
    if (clock->reasons == 0)
        end_pause(run, clock, act->at, !live || choice.goal != SLA__NONE);
    if (!live)
        return;
    if (choice.goal == SLA__NONE) {
        sla__clock_end(run, clock, SLA_CANCELLED, act->at, act->seq, SLA__CAUSE_MIGRATED);
        return;
    }
    sla__judged_anew(run->engine, run->fold, clock);
    sla__clock_rechoose(run, clock, choice, act->at, SLA__CAUSE_MIGRATED);
}

bool sla__migration_goes_on(sla__run *run, sla__clock *clock)
{
    const sla__choice choice = sla__choose(run->policies, run->fold,
                                           &run->policies->targets[clock->target], clock->start_at);

    if (choice.goal == SLA__NONE)
        return false;
    sla__judged_anew(run->engine, run->fold, clock);
    sla__clock_choose(run, clock, choice);
    return run->result == SLA_OK;
}

/* ----------------------------------------------------------------- the fact */

/* What a look ahead is after has other numbers now, or cannot come any more. */
static void translate_watch(const sla__pair *pair, sla__watch *watch)
{
    const uint16_t from = watch->target;
    uint16_t step = 0;

    watch->target = sla__pair_target(pair, from);
    if (watch->target != SLA__NONE && watch->step >= 0) {
        step = sla__pair_step(pair, from, watch->target, (size_t)watch->step);
        watch->step = step;
    }
    if (step == SLA__NONE)
        watch->target = SLA__NONE;
}

void sla__apply_migration(sla__run *run, sla__act *act)
{
    const sla__pair pair = {run->policies, run->engine->rules[act->rules].policies};
    sla__fold made;

    if (!sla__fold_translate(run->engine, run->fold, act->rules, &made)) {
        run->result = SLA_ERR_NOMEM;
        return;
    }
    sla__fold_fini(run->fold, &run->engine->allocator);
    *run->fold = made;
    run->policies = pair.to;
    run->effects = run->grew = true;
    if (run->sink != NULL)
        sla__tells_translate(&pair, run->sink, 0);
    if (run->watch != NULL && run->watch->target != SLA__NONE)
        translate_watch(&pair, run->watch);
    compile_anew(run, act);
    read_past(run, pair.from);
    for (size_t i = 0; i < run->fold->clock_count && run->result == SLA_OK; i++) {
        if (!sla__clock_ended(&run->fold->clocks[i]))
            take_over(run, &run->fold->clocks[i], act);
    }
}
