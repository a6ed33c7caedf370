/* run.c - where what passes goes: to those who are told, or to a look ahead. */
#include "engine/clock_parts.h"

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
