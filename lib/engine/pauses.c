/*
 * pauses.c - a clock that is newer than the facts that pause it: they are gone
 * through once more, for this clock alone (rules 18 and 19).
 */
#include <string.h>

#include "engine/apply.h"
#include "engine/fold.h"
#include "engine/timeline.h"

/* The ticket as it stood at a fact of the past. */
typedef struct sla__past {
    int64_t values[SLA_ATTRIBUTES_MAX];
    uint64_t present;
    bool open;
} sla__past;

static void set_attributes(sla__past *past, const sla__act *act, const sla_policies *policies)
{
    past->open |= act->name == SLA__FACT_OPENED;
    if (!past->open)
        return;
    for (size_t slot = 0; slot < policies->attribute_count; slot++) {
        if (act->set >> slot & 1)
            past->values[slot] = act->values[slot];
    }
    past->present = (past->present | act->set) & ~act->clear;
}

static uint16_t reasons_after(sla__run *run, const sla__clock *clock, const sla__past *past,
                              const sla__act *act)
{
    const sla__target *target = &run->policies->targets[clock->target];
    const uint16_t by_facts = sla__clock_fact_reasons(run, clock);
    sla__scene scene = sla__scene_of(run->policies, run->fold, act->name);
    uint16_t reasons = clock->reasons & by_facts;

    scene.old_values = past->values;
    scene.old_present = past->present;
    for (uint32_t i = 0; i < target->pause_count; i++) {
        const sla__pause *pause = &run->policies->pauses[target->pause_first + i];

        if (sla__holds(&scene, pause->on) ||
            (past->open && pause->hold != SLA__IMPOSSIBLE && sla__holds(&scene, pause->hold)))
            reasons |= (uint16_t)(1u << i);
    }
    for (uint32_t i = 0; i < target->resume_count; i++) {
        const sla__resume *resume = &run->policies->resumes[target->resume_first + i];

        if (sla__holds(&scene, resume->on))
            reasons &= (uint16_t) ~(resume->pause == SLA__NONE ? by_facts : 1u << resume->pause);
    }
    return reasons;
}

static bool lies_before(const sla__fold *fold, const sla__entry *entry)
{
    return entry->at < fold->applied_at ||
           (entry->at == fold->applied_at && entry->seq < fold->applied_seq);
}

/* What ended before the clock came does not count in its cycle. */
static void count_anew(sla__run *run, uint16_t target, uint16_t cycle)
{
    for (size_t i = run->fold->note_count; i-- > 0;) {
        sla__note *note = &run->fold->notes[i];

        if (note->kind != SLA__NOTE_REASON || note->target != target || note->cycle != cycle)
            continue;
        if (note->b != SLA_NEVER)
            sla__note_remove(run->fold, note);
        else
            note->n = 1;
    }
}

/* Every fact of the ticket before the one that is being applied. */
static void replay(sla__run *run, uint16_t target, uint16_t cycle)
{
    sla__order *order = &run->engine->order;
    sla__past past = {{0}, 0, false};

    sla__history_order(&run->ticket->history, order);
    for (size_t i = 0; i < order->count && run->result == SLA_OK; i++) {
        sla__clock *clock;
        sla__read read;
        sla__act act;

        if (!lies_before(run->fold, &order->entries[i]))
            break;
        sla__history_read(&run->ticket->history, order->entries[i].offset, &read);
        sla__act_compile(run->policies, &read.fact, order->entries[i].seq, &act, NULL);
        act.at = order->entries[i].at;
        set_attributes(&past, &act, run->policies);
        clock = sla__fold_clock(run->fold, target, cycle);
        sla__clock_set_reasons(run, clock, reasons_after(run, clock, &past, &act), act.at,
                               SLA__CAUSE_NONE);
    }
    if (run->result == SLA_OK)
        count_anew(run, target, cycle);
}

void sla__replay_pauses(sla__run *run, uint16_t target, uint16_t cycle)
{
    const sla__history *history = &run->ticket->history;

    if (!sla__history_is_whole(history))
        run->result = SLA_NEED_HISTORY;
    else if (history->count > 1) /* not the ticket's first fact, as mostly */
        replay(run, target, cycle);
}
