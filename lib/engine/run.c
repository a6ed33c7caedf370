/* run.c - where what passes goes: to those who are told, or to a look ahead. */
#include "engine/clock_parts.h"

bool sla__watch_sees(const sla_policies *policies, const sla__watch *watch, const sla__tell *tell)
{
    const sla__step *step;

    if (tell->sort != SLA__SORT_STEP || tell->target != watch->target ||
        tell->cycle != watch->cycle)
        return false;
    if (watch->step >= 0)
        return tell->step == watch->step && tell->repeat > watch->repeat;
    if (watch->repeat == 0 && tell->repeat > 0)
        return false; /* a repeat is no higher step: its first telling is not lost in it */
    step = &policies->steps[policies->targets[tell->target].step_first + tell->step];
    if (step->catch_up == SLA__CATCH_SKIP_OLDER && watch->now - tell->at > step->skip_older_than)
        return false;
    return watch->levels ? step->level > 0 : step->kind == SLA__WARNING;
}

void sla__run_tell(sla__run *run, const sla__tell *tell)
{
    if (run->sink == NULL) {
        if (run->watch != NULL && sla__watch_sees(run->policies, run->watch, tell))
            run->watch->found = true;
        return;
    }
    if (!sla__grow(&run->engine->allocator, (void **)&run->sink->items, &run->sink->capacity,
                   run->sink->count + 1, sizeof *tell)) {
        run->result = SLA_ERR_NOMEM;
        return;
    }
    run->sink->items[run->sink->count++] = *tell;
}

sla__tell sla__clock_tell(const sla__run *run, const sla__clock *clock, sla_event_kind kind,
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
