/* at_once.c - rules that answer a fact at its instant, without a clock. */
#include "engine/apply.h"
#include "engine/apply_parts.h"
#include "engine/fold.h"

static bool fires(const sla__run *run, sla__stage *stage, const sla__at_once *rule)
{
    sla__scene before;

    if (rule->on != SLA__IMPOSSIBLE)
        return sla__holds(&stage->scene, rule->on) && sla__holds(&stage->scene, rule->when);
    /* Nothing becomes true where nothing has changed. */
    if (stage->was_open && !stage->attributes_changed && stage->first_seen == SLA__NONE)
        return false;
    if (!sla__holds(&stage->scene, rule->becomes) || !sla__holds(&stage->scene, rule->when))
        return false;
    if (!stage->was_open)
        return true;
    before = stage->scene;
    before.old_values =
        (stage->act->set | stage->act->clear) != 0 ? stage->old_values : run->fold->values;
    before.old_present = stage->old_present;
    before.unseen = stage->first_seen;
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

/* Returns whether it was told: `once` rules hold their tongue the second time. */
static bool fire(sla__run *run, sla__stage *stage, uint16_t policy, uint32_t number)
{
    const sla__at_once *rule = &run->policies->at_once[number];
    sla__tell tell = {0};
    sla__note *note;

    if (rule->once && has_fired(run, number))
        return false;
    if (!sla__fold_reserve(run->fold, &run->engine->allocator, run->policies,
                           run->fold->clock_count, run->fold->note_count + 1)) {
        run->result = SLA_ERR_NOMEM;
        return false;
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
    run->effects = run->grew = true;
    sla__run_tell(run, &tell);
    return true;
}

/* The facts that rules derive come at the end of the fact that they answer. */
static void derive(sla__run *run, const sla__act *cause, const uint16_t *names, size_t count)
{
    for (size_t i = 0; i < count && run->depth < SLA_DERIVED_DEPTH_MAX; i++) {
        sla__act made;

        run->depth++;
        sla__act_derive(names[i], cause->at, cause->cycle, &made);
        made.seq = cause->seq;
        sla__apply(run, &made);
        run->depth--;
    }
}

void sla__apply_at_once(sla__run *run, sla__stage *stage)
{
    uint16_t derived[SLA_DERIVING_RULES_MAX];
    size_t count = 0;

    for (size_t i = 0; i < run->policies->policy_count; i++) {
        const sla__policy *policy = &run->policies->policies[i];

        if (policy->at_once_count == 0 || !sla__has_policy(run->fold, i) ||
            sla__stage_refused(run, stage, i))
            continue;
        for (uint32_t k = 0; k < policy->at_once_count && run->result == SLA_OK; k++) {
            const sla__at_once *rule = &run->policies->at_once[policy->at_once_first + k];

            if (!fires(run, stage, rule) ||
                !fire(run, stage, (uint16_t)i, policy->at_once_first + k) ||
                rule->derives == SLA__NONE)
                continue;
            derived[count++] = rule->derives;
        }
    }
    derive(run, stage->act, derived, count);
}
