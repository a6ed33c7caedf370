/*
 * orders.c - facts that people give about a clock: acknowledged, extended,
 * waived (rules 11 and 14).
 */
#include <string.h>

#include "engine/apply.h"
#include "engine/fold.h"

static bool says(sla_string text, const char *symbol)
{
    return text.length == strlen(symbol) && memcmp(text.data, symbol, text.length) == 0;
}

/* Without a policy every clock of the ticket is meant. */
static bool names(const sla__run *run, const sla__act *act, const sla__clock *clock)
{
    const sla__target *target = &run->policies->targets[clock->target];

    if (act->fact == NULL)
        return false;
    if (act->fact->policy.length == 0)
        return true;
    if (!says(act->fact->policy,
              sla__policies_symbol(run->policies, run->policies->policies[target->policy].name)) ||
        !says(act->fact->target, sla__policies_symbol(run->policies, target->name)))
        return false;
    return act->fact->cycle == 0 ? sla__fold_is_latest(run->fold, clock)
                                 : clock->cycle == act->fact->cycle;
}

static sla__note *note_for(sla__run *run, sla__clock *clock, sla__note_kind kind)
{
    if (!sla__fold_reserve(run->fold, &run->engine->allocator, run->policies,
                           run->fold->clock_count, run->fold->note_count + 1)) {
        run->result = SLA_ERR_NOMEM;
        return NULL;
    }
    clock->flags |= SLA__NOTED;
    run->effects = run->grew = run->moved = true;
    return sla__fold_note(run->fold, clock, kind);
}

static size_t count_notes(const sla__run *run, const sla__clock *clock, sla__note_kind kind)
{
    const sla__note *note = NULL;
    size_t count = 0;

    while ((note = sla__note_next(run->fold, clock, kind, (sla__note *)note)) != NULL)
        count++;
    return count;
}

/* ------------------------------------------------------------- acknowledged */

static void acknowledge(sla__run *run, sla__act *act, sla__clock *clock)
{
    const sla__target *target = &run->policies->targets[clock->target];
    const sla__view view = sla__view_of(run->engine, run->fold, clock);
    sla__note *note;

    if (!sla__clock_live(clock) || count_notes(run, clock, SLA__NOTE_ACK) >= target->max_acks)
        return;
    act->done = true;
    note = sla__clock_ack(run->fold, clock);
    if (note == NULL) {
        note = note_for(run, clock, SLA__NOTE_ACK);
    } else {
        /* It goes on holding what it holds, for longer. */
        const uint32_t held_back = note->n;

        note->flags &= (uint16_t)~SLA__NOTE_ACTIVE;
        note->n = 0;
        note = note_for(run, clock, SLA__NOTE_ACK);
        if (note != NULL)
            note->n = held_back;
    }
    if (note == NULL)
        return;
    note->a = act->at;
    note->b = target->ack_timeout == 0
                  ? SLA_NEVER
                  : sla__plan_add_in(&view, target->ack_calendar, act->at, target->ack_timeout);
    note->flags = SLA__NOTE_ACTIVE;
    sla__clock_arm(run, clock);
}

/* ----------------------------------------------------------------- extended */

/* The new due, were the extension granted. */
static sla_time extended_due(const sla__view *view, const sla__act *act)
{
    return act->fact->until != 0 ? act->fact->until
                                 : sla__plan_due_add(view, view->clock->due_at, act->fact->span);
}

static const char *why_not_extended(sla__run *run, const sla__act *act, const sla__clock *clock)
{
    const sla__target *target = &run->policies->targets[clock->target];
    const sla__view view = sla__view_of(run->engine, run->fold, clock);
    sla__scene scene = sla__scene_of(run->policies, run->fold, SLA__NONE);

    if (!sla__clock_live(clock))
        return "the clock is not running; a waiver can still be recorded";
    if (act->at > clock->due_at)
        return "the due time has passed: record a waiver instead";
    if (!target->extension_allowed || !sla__holds(&scene, target->extension_when))
        return "the policy allows no extension of this clock";
    if (target->extension_needs_approver && act->fact->approver.length == 0)
        return "an extension needs its approver";
    if (target->extension_max > 0 &&
        count_notes(run, clock, SLA__NOTE_EXTEND) >= target->extension_max)
        return "the clock has been extended as often as the policy allows";
    if (target->extension_up_to > 0 &&
        extended_due(&view, act) > sla__plan_add(&view, clock->start_at, target->extension_up_to))
        return "the extension goes further than the policy allows";
    return NULL;
}

static void extend(sla__run *run, sla__act *act, sla__clock *clock)
{
    const char *why = why_not_extended(run, act, clock);
    sla__note *note;

    if (why != NULL) {
        act->why = why;
        return;
    }
    act->done = true;
    note = note_for(run, clock, SLA__NOTE_EXTEND);
    if (note == NULL)
        return;
    note->a = act->at;
    note->b = act->fact->until != 0 ? act->fact->until : act->fact->span;
    note->n = act->seq;
    note->flags = act->fact->until != 0 ? SLA__NOTE_TO_INSTANT : 0;
    sla__clock_replan(run, clock, act->at, SLA__CAUSE_EXTENDED);
}

/* ------------------------------------------------------------------- waived */

static void waive(sla__run *run, sla__act *act, sla__clock *clock)
{
    sla__note *note;

    if (!run->policies->targets[clock->target].waiver_allowed) {
        act->why = "the policy allows no waiver of this clock";
        return;
    }
    act->done = true;
    note = note_for(run, clock, SLA__NOTE_WAIVE);
    if (note == NULL)
        return;
    note->a = act->at;
    note->b = act->fact->span;
    note->n = act->seq;
    note->flags = act->fact->excluded ? SLA__NOTE_EXCLUDED : 0;
    if (act->fact->silence) {
        clock->flags |= SLA__SILENCED;
        sla__clock_arm(run, clock);
    }
}

void sla__apply_order(sla__run *run, sla__act *act, sla__clock *clock)
{
    if (!names(run, act, clock))
        return;
    act->named = true;
    if (act->name == SLA__FACT_ACKNOWLEDGED)
        acknowledge(run, act, clock);
    else if (act->name == SLA__FACT_EXTENDED)
        extend(run, act, clock);
    else
        waive(run, act, clock);
}
