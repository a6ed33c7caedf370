/* change.c - see change.h. */
#include "engine/change.h"

#include <string.h>

#include "engine/fold.h"
#include "engine/migrate.h"
#include "engine/timeline.h"

/* Room for all that one item of this ticket can make, so that polling need not
 * ask for memory: notes for repeats, scratch for looking back and ahead. */
static bool reserve_for_poll(sla_engine *engine, sla__fold *fold)
{
    const sla_policies *policies = sla__rules_of(engine, fold);
    size_t notes = fold->note_count;
    size_t cycles = 0;

    for (size_t i = 0; i < fold->clock_count; i++) {
        const sla__target *target = &policies->targets[fold->clocks[i].target];

        if (sla__clock_ended(&fold->clocks[i]))
            continue;
        notes += target->repeat_count;
        cycles += target->recur_after_miss;
    }
    return sla__fold_reserve(fold, &engine->allocator, policies, fold->clock_count + cycles,
                             notes) &&
           sla__fold_copy_reserve(&engine->before, &engine->allocator, policies, fold) &&
           sla__fold_copy_reserve(&engine->ahead, &engine->allocator, policies, fold) &&
           sla__grow(&engine->allocator, (void **)&engine->burst.items, &engine->burst.capacity,
                     4 * fold->clock_count + policies->at_once_count + 4, sizeof(sla__tell)) &&
           sla__grow(&engine->allocator, (void **)&engine->passings.items,
                     &engine->passings.capacity,
                     4 * fold->clock_count + policies->at_once_count + 4, sizeof(sla__tell));
}

static bool copy_tells(sla_engine *engine, sla__tells *to, const sla__tells *from)
{
    if (!sla__grow(&engine->allocator, (void **)&to->items, &to->capacity, from->count,
                   sizeof(sla__tell)))
        return false;
    if (from->count > 0)
        memcpy(to->items, from->items, from->count * sizeof(sla__tell));
    to->count = from->count;
    return true;
}

/* What waited and what came now, into engine->merged; then room in the ticket. */
static int compare(sla_engine *engine, sla__ticket *ticket, const sla__fold *before,
                   sla__fold *after, const sla__source *source)
{
    if (!copy_tells(engine, &engine->merged, &ticket->tells))
        return SLA_ERR_NOMEM;
    if (sla__told_compare(engine, before, after, source, &engine->passings, &engine->merged) !=
        SLA_OK)
        return SLA_ERR_NOMEM;
    if (!sla__grow(&engine->allocator, (void **)&ticket->tells.items, &ticket->tells.capacity,
                   engine->merged.count, sizeof(sla__tell)) ||
        !reserve_for_poll(engine, after))
        return SLA_ERR_NOMEM;
    return SLA_OK;
}

static void let_stand(sla_engine *engine, sla__ticket *ticket)
{
    if (engine->merged.count > 0)
        memcpy(ticket->tells.items, engine->merged.items, engine->merged.count * sizeof(sla__tell));
    ticket->tells.count = engine->merged.count;
}

static int outcome(const sla__run *run, const sla__act *act)
{
    return run->result != SLA_OK ? run->result : act != NULL ? sla__act_verdict(act) : SLA_OK;
}

int sla__change_apply(sla_engine *engine, sla__ticket *ticket, sla__act *act,
                      const sla__source *source)
{
    const sla_policies *policies = sla__rules_of(engine, &ticket->fold);
    sla__run run;
    int result;

    if (!sla__fold_copy(&engine->before, &engine->allocator, policies, &ticket->fold))
        return SLA_ERR_NOMEM;
    engine->passings.count = 0;
    sla__timeline_forget_moves(&ticket->fold);
    run = sla__run_over(engine, ticket, &ticket->fold, &engine->passings);
    sla__timeline_apply(&run, act);
    result = outcome(&run, act);
    if (result == SLA_OK)
        result = compare(engine, ticket, &engine->before, &ticket->fold, source);
    if (result != SLA_OK)
        sla__fold_restore(&ticket->fold, policies, &engine->before);
    else
        let_stand(engine, ticket);
    return result;
}

/* The truth before, in the numbers of the policies that the new truth has. */
static int compare_again(sla_engine *engine, sla__ticket *ticket, sla__fold *made,
                         const sla__source *source)
{
    const sla__fold *before = &ticket->fold;
    sla__fold translated = {0};
    int result = SLA_ERR_NOMEM;

    if (made->rules != before->rules) {
        if (!sla__fold_translate(engine, before, made->rules, &translated))
            return SLA_ERR_NOMEM;
        before = &translated;
    }
    if (sla__told_carry(engine, before, made))
        result = compare(engine, ticket, before, made, source);
    sla__fold_fini(&translated, &engine->allocator);
    return result;
}

int sla__change_refold(sla_engine *engine, sla__ticket *ticket, sla_time now, sla__act *act,
                       const sla__source *source)
{
    sla__fold made;
    sla__run run;
    int result;

    if (!sla__fold_init(&made, &engine->allocator, engine->rules[ticket->rules].policies,
                        ticket->rules, ticket->fold.clock_count))
        return SLA_ERR_NOMEM;
    made.world = ticket->world;
    engine->passings.count = 0;
    run = sla__run_over(engine, ticket, &made, &engine->passings);
    sla__timeline_refold(&run, now > ticket->fold.at ? now : ticket->fold.at, act);
    result = outcome(&run, act);
    if (result == SLA_OK)
        result = compare_again(engine, ticket, &made, source);
    if (result != SLA_OK) {
        sla__fold_fini(&made, &engine->allocator);
        return result;
    }
    sla__fold_fini(&ticket->fold, &engine->allocator);
    ticket->fold = made;
    let_stand(engine, ticket);
    return SLA_OK;
}

int sla__change_world(sla_engine *engine, sla__ticket *ticket, const sla__source *source)
{
    const sla_policies *policies = sla__rules_of(engine, &ticket->fold);
    sla__run run;
    int result;

    if (!sla__fold_copy(&engine->before, &engine->allocator, policies, &ticket->fold))
        return SLA_ERR_NOMEM;
    engine->passings.count = 0;
    run = sla__run_over(engine, ticket, &ticket->fold, &engine->passings);
    if (ticket->future_at <= source->at)
        sla__timeline_apply_waiting(&run, source->at);
    if (run.result == SLA_OK)
        sla__timeline_world(&run, (uint32_t)engine->world_count);
    /* A calendar that ends too early is told by a due that never comes, not by
     * refusing a fact of the world for the sake of one ticket. */
    result = run.result == SLA_ERR_HORIZON ? SLA_OK : run.result;
    if (result == SLA_OK)
        result = compare(engine, ticket, &engine->before, &ticket->fold, source);
    if (result != SLA_OK)
        sla__fold_restore(&ticket->fold, policies, &engine->before);
    else
        let_stand(engine, ticket);
    return result;
}
