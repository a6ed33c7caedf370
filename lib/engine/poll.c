/*
 * poll.c - telling: lets time pass up to now, decides what is told under the
 * catch-up rules (rules 9 and 12), and hands it out one by one.
 */
#include <assert.h>
#include <string.h>

#include "engine/event.h"
#include "engine/fold.h"
#include "engine/ticket.h"
#include "engine/timeline.h"
#include "engine/told.h"

/* ---------------------------------------------------------- looking ahead */

static bool watches(const sla_policies *policies, const sla__watch *watch, const sla__tell *tell)
{
    const sla__step *step;

    if (tell->sort != SLA__SORT_STEP || tell->target != watch->target ||
        tell->cycle != watch->cycle)
        return false;
    step = &policies->steps[policies->targets[tell->target].step_first + tell->step];
    return watch->step >= 0 ? tell->step == watch->step
           : watch->levels  ? step->level > 0
                            : step->kind == SLA__WARNING;
}

/* What waits already and is told by this same poll. */
static bool waits_later(const sla_policies *policies, const sla__tells *tells, size_t from,
                        const sla__watch *watch, const sla__tell *tell, sla_time now)
{
    for (size_t i = from; i < tells->count && tells->items[i].at <= now; i++) {
        if (watches(policies, watch, &tells->items[i]) && sla__tell_before(tell, &tells->items[i]))
            return true;
    }
    return false;
}

static void run_ahead(sla__run *run, sla_time future_at, sla_time now)
{
    sla__clock *clock;

    if (future_at <= now) {
        sla__timeline_follow(run, future_at, false);
        sla__timeline_apply_waiting(run, now);
    }
    while (run->result == SLA_OK && !run->watch->found &&
           (clock = sla__timeline_next(run->fold)) != NULL && clock->next_at <= now)
        sla__timeline_step(run);
}

/* Does a later step of the same class (or a later repeat of the same step) of
 * this clock come to be told by this poll as well? */
static bool comes_later(sla_engine *engine, sla__ticket *ticket, const sla__tell *tell,
                        sla_time now, bool levels, int step)
{
    const sla_policies *policies = sla__rules_of(engine, &ticket->fold);
    sla__watch watch = {tell->target, tell->cycle, levels, step, false};
    const sla__clock *clock = sla__timeline_next(&ticket->fold);
    sla__run run;

    if (waits_later(policies, &ticket->tells, 0, &watch, tell, now) ||
        waits_later(policies, &engine->burst, engine->burst_next, &watch, tell, now))
        return true;
    if ((clock == NULL || clock->next_at > now) && ticket->future_at > now)
        return false;
    if (!sla__fold_copy(&engine->ahead, &engine->allocator, policies, &ticket->fold))
        return false;
    run = sla__run_over(engine, ticket, &engine->ahead, NULL);
    run.watch = &watch;
    run_ahead(&run, ticket->future_at, now);
    return watch.found;
}

/* ----------------------------------------------------------------- deciding */

/* Whether a step that passed is told; if not, it is counted where it belongs. */
static bool decide_step(sla_engine *engine, sla__ticket *ticket, const sla__tell *tell,
                        sla_time now, bool late)
{
    const sla_policies *policies = sla__rules_of(engine, &ticket->fold);
    const sla__step *step =
        &policies->steps[policies->targets[tell->target].step_first + tell->step];
    sla__clock *clock = sla__fold_clock(&ticket->fold, tell->target, tell->cycle);
    const bool levels = step->level > 0;

    if (step->kind == SLA__BREACH)
        return true;
    if (tell->repeat > 0 && comes_later(engine, ticket, tell, now, levels, tell->step)) {
        clock->skipped++;
        return false;
    }
    if (step->catch_up == SLA__CATCH_SKIP_OLDER)
        return now - tell->at <= step->skip_older_than;
    if (step->catch_up != SLA__CATCH_HIGHEST || !late ||
        (step->level == 0 && step->kind != SLA__WARNING))
        return true;
    if (!comes_later(engine, ticket, tell, now, levels, -1))
        return true;
    clock->collapsed[levels]++;
    return false;
}

static sla_duration late_after(const sla_policies *policies, const sla__tell *tell)
{
    return tell->target == SLA__NONE ? SLA_MINUTE : policies->targets[tell->target].late_after;
}

/* Fills the event, or keeps the tell quiet and returns false. */
static bool tell_or_not(sla_engine *engine, sla__ticket *ticket, const sla__tell *tell,
                        sla_time now, sla_event *event)
{
    const sla_policies *policies = sla__rules_of(engine, &ticket->fold);
    const bool late = now - tell->at > late_after(policies, tell);
    sla__clock *clock;

    if (!sla__told_undecided(&ticket->fold, tell))
        return false;
    if (tell->sort == SLA__SORT_STEP && !decide_step(engine, ticket, tell, now, late)) {
        sla__told_decide(&ticket->fold, tell, true);
        return false;
    }
    sla__told_decide(&ticket->fold, tell, false);
    sla__event_fill(engine, ticket, tell, now, late, event);
    if (tell->sort == SLA__SORT_STEP && event->kind != SLA_EVENT_BREACHED) {
        const bool levels = event->level > 0;

        clock = sla__fold_clock(&ticket->fold, tell->target, tell->cycle);
        event->collapsed = clock->collapsed[levels];
        clock->collapsed[levels] = 0;
        event->skipped = clock->skipped;
        clock->skipped = 0;
    }
    ticket->touched_at = now;
    engine->stats.events++;
    return true;
}

/* -------------------------------------------------------------------- items */

/* More than one thing may come of this item, or something may have to be taken back. */
static bool has_effects(const sla_policies *policies, const sla__clock *clock)
{
    const sla__target *target = &policies->targets[clock->target];
    const sla__step *step = &policies->steps[target->step_first + clock->next_step];

    switch ((sla__item)clock->next_item) {
    case SLA__ITEM_STEP:
        return step->derives != SLA__NONE ||
               (step->kind == SLA__BREACH && target->recur_after_miss);
    case SLA__ITEM_CAP:
    case SLA__ITEM_START:
        return true;
    default:
        return false;
    }
}

static sla__source source_of(const sla_policies *policies, const sla__clock *clock)
{
    const sla__target *target = &policies->targets[clock->target];
    sla__source source = {clock->next_at, 0, 0, 0, SLA__CAUSE_NONE};

    if (clock->next_item == SLA__ITEM_CAP) {
        source.by = policies->pauses[target->pause_first + clock->next_step].reason;
        source.cause = SLA__CAUSE_PAUSE_CAP;
    } else if (clock->next_item == SLA__ITEM_STEP) {
        const sla__step *step = &policies->steps[target->step_first + clock->next_step];

        if (step->derives != SLA__NONE)
            source.by = policies->fact_names[step->derives];
    }
    return source;
}

/* Lets the ticket's first item pass; what comes of it lies in the burst.
 * False: out of memory, and nothing has changed. */
static bool pass_item(sla_engine *engine, sla__ticket *ticket)
{
    const sla__clock *clock = sla__timeline_next(&ticket->fold);
    const sla_policies *policies = sla__rules_of(engine, &ticket->fold);
    const bool effects = has_effects(policies, clock);
    const sla__source source = source_of(policies, clock);
    sla__run run;

    engine->passings.count = 0;
    engine->burst.count = engine->burst_next = 0;
    if (effects && !sla__fold_copy(&engine->before, &engine->allocator, policies, &ticket->fold))
        return false;
    run =
        sla__run_over(engine, ticket, &ticket->fold, effects ? &engine->passings : &engine->burst);
    sla__timeline_step(&run);
    if (run.result == SLA_ERR_HORIZON)
        run.result = SLA_OK;
    if (effects && run.result == SLA_OK)
        run.result = sla__told_compare(engine, &engine->before, &ticket->fold, &source,
                                       &engine->passings, &engine->burst);
    if (run.result != SLA_OK && effects)
        sla__fold_restore(&ticket->fold, policies, &engine->before);
    if (run.result != SLA_OK)
        engine->burst.count = 0;
    return run.result == SLA_OK;
}

/* A fact that waited for its time. */
static bool pass_fact(sla_engine *engine, sla__ticket *ticket)
{
    const sla_policies *policies = sla__rules_of(engine, &ticket->fold);
    const sla__source source = {ticket->future_at, 0, 0, 0, SLA__CAUSE_NONE};
    sla__run run;

    engine->passings.count = 0;
    engine->burst.count = engine->burst_next = 0;
    if (!sla__fold_copy(&engine->before, &engine->allocator, policies, &ticket->fold))
        return false;
    run = sla__run_over(engine, ticket, &ticket->fold, &engine->passings);
    sla__timeline_apply_waiting(&run, ticket->future_at);
    if (run.result == SLA_ERR_HORIZON)
        run.result = SLA_OK;
    if (run.result == SLA_OK) {
        sla__source known = source;

        known.seq = ticket->fold.applied_seq;
        run.result = sla__told_compare(engine, &engine->before, &ticket->fold, &known,
                                       &engine->passings, &engine->burst);
    }
    if (run.result != SLA_OK) {
        sla__fold_restore(&ticket->fold, policies, &engine->before);
        engine->burst.count = 0;
        return false;
    }
    ticket->future_at = sla__timeline_future(engine, ticket);
    return true;
}

/* ------------------------------------------------------------------ polling */

/* The next thing of the burst that is told. */
static bool take_from_burst(sla_engine *engine, sla_time now, sla_event *event)
{
    while (engine->burst_next < engine->burst.count) {
        sla__ticket *ticket = engine->tickets[engine->burst_ticket];
        const sla__tell tell = engine->burst.items[engine->burst_next++];

        if (tell_or_not(engine, ticket, &tell, now, event))
            return true;
    }
    return false;
}

static bool take_waiting(sla_engine *engine, sla__ticket *ticket, sla_time now, sla_event *event)
{
    const sla__tell tell = ticket->tells.items[0];

    ticket->tells.count--;
    memmove(&ticket->tells.items[0], &ticket->tells.items[1], ticket->tells.count * sizeof tell);
    return tell_or_not(engine, ticket, &tell, now, event);
}

/* Whether what waits to be told comes before what is about to pass. */
static bool tells_first(const sla__ticket *ticket)
{
    const sla_time next_at = sla__timeline_next_at(ticket);

    return ticket->tells.count > 0 &&
           (ticket->tells.items[0].at < next_at ||
            (ticket->tells.items[0].at == next_at && next_at != ticket->future_at));
}

int sla_engine_poll(sla_engine *engine, sla_time now, sla_event *event_out)
{
    const sla__timer *timer;

    if (take_from_burst(engine, now, event_out))
        return 1;
    while ((timer = sla__timers_first(&engine->timers)) != NULL && timer->at <= now) {
        const uint32_t slot = timer->id;
        sla__ticket *ticket = engine->tickets[slot];
        bool told = false;

        engine->burst_ticket = slot;
        if (tells_first(ticket))
            told = take_waiting(engine, ticket, now, event_out);
        else if (!(ticket->future_at <= sla__timeline_next_at(ticket) ? pass_fact(engine, ticket)
                                                                      : pass_item(engine, ticket)))
            return 0;
        sla__ticket_schedule(engine, slot);
        if (told || take_from_burst(engine, now, event_out))
            return 1;
    }
    return 0;
}

size_t sla_engine_poll_many(sla_engine *engine, sla_time now, sla_event *events, size_t capacity)
{
    size_t count = 0;

    while (count < capacity && sla_engine_poll(engine, now, &events[count]))
        count++;
    return count;
}

sla_time sla_engine_wakeup(const sla_engine *engine)
{
    const sla__timer *timer = sla__timers_first(&engine->timers);

    if (engine->burst_next < engine->burst.count)
        return engine->burst.items[engine->burst_next].at;
    return timer != NULL ? timer->at : SLA_NEVER;
}
