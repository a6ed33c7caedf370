/*
 * poll.c - telling: lets time pass up to now, decides what is told under the
 * catch-up rules (rules 9 and 12), and hands it out one by one.
 */
#include <assert.h>
#include <string.h>

#include "base/apart.h"
#include "engine/agenda.h"
#include "engine/change.h"
#include "engine/event.h"
#include "engine/fold.h"
#include "engine/rest.h"
#include "engine/ticket.h"
#include "engine/timeline.h"
#include "engine/tells.h"
#include "engine/told.h"

/* ---------------------------------------------------------- looking ahead */

/* A calendar may change between two repeats so that the newer comes to lie before
 * the older, which then is not told. */
static bool overtaken(const sla__fold *fold, const sla__tell *tell, const sla__tell *other)
{
    return other->repeat > 0 && ((other->step == tell->step && other->repeat < tell->repeat) ||
                                 !sla__told_undecided(fold, other));
}

/* What waits already and is told by this same poll. */
static bool waits_later(const sla__fold *fold, const sla_policies *policies,
                        const sla__tells *tells, size_t from, const sla__watch *watch,
                        const sla__tell *tell)
{
    for (size_t i = from; i < tells->count && tells->items[i].at <= watch->now; i++) {
        const sla__tell *other = &tells->items[i];

        if (sla__watch_sees(policies, watch, other) &&
            (watch->step >= 0 || sla__tell_before(tell, other)) && !overtaken(fold, tell, other))
            return true;
    }
    return false;
}

static void run_ahead(sla__run *run, sla_time future_at, sla_time now)
{
    if (future_at <= now) {
        sla__timeline_follow(run, future_at, false);
        sla__timeline_apply_waiting(run, now);
    }
    while (run->result == SLA_OK && !run->watch->found && sla__timeline_item_at(run->fold) <= now)
        sla__timeline_step(run);
}

/* Does a later step of the same class (or a later repeat of the same step) of
 * this clock come to be told by this poll as well? */
static bool comes_later(sla_engine *engine, sla__ticket *ticket, const sla__tell *tell,
                        sla_time now, bool levels, int step)
{
    const sla_policies *policies = sla__rules_of(engine, &ticket->fold);
    sla__watch watch = {tell->target, tell->cycle, levels, step, tell->repeat, now, false};
    sla__run run;

    if (waits_later(&ticket->fold, policies, &ticket->tells, 0, &watch, tell) ||
        waits_later(&ticket->fold, policies, &engine->burst, engine->burst_next, &watch, tell))
        return true;
    if (sla__timeline_next_at(ticket) > now)
        return false;
    if (!sla__fold_copy(&engine->ahead, &engine->allocator, policies, &ticket->fold))
        return false;
    run = sla__run_over(engine, ticket, &engine->ahead, NULL);
    run.watch = &watch;
    run_ahead(&run, ticket->future_at, now);
    return watch.found;
}

/* ----------------------------------------------------------------- deciding */

/* The newest repeat is told for those that it has overtaken as well. */
static void skip_overtaken(sla_engine *engine, sla__ticket *ticket, const sla__tell *tell)
{
    const sla__tells *waiting[] = {&ticket->tells, &engine->burst};
    const size_t from[] = {0, engine->burst_next};

    for (size_t k = 0; k < 2; k++) {
        for (size_t i = from[k]; i < waiting[k]->count; i++) {
            const sla__tell *other = &waiting[k]->items[i];

            if (other->sort == SLA__SORT_STEP && other->target == tell->target &&
                other->cycle == tell->cycle && other->step == tell->step && other->repeat > 0 &&
                other->repeat < tell->repeat && sla__told_undecided(&ticket->fold, other))
                sla__told_skip(&ticket->fold, other);
        }
    }
}

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
        sla__told_skip(&ticket->fold, tell);
        return false;
    }
    if (step->catch_up == SLA__CATCH_SKIP_OLDER) {
        const bool told = now - tell->at <= step->skip_older_than;

        if (!told)
            (void)sla__told_skipped(&ticket->fold, tell);
        return told;
    }
    if (step->catch_up != SLA__CATCH_HIGHEST || !late ||
        (step->level == 0 && step->kind != SLA__WARNING))
        return true;
    if (!comes_later(engine, ticket, tell, now, levels, -1))
        return true;
    clock->collapsed[levels]++;
    (void)sla__told_skipped(&ticket->fold, tell);
    return false;
}

static sla_duration late_after(const sla_policies *policies, const sla__tell *tell)
{
    const uint32_t target =
        tell->target == SLA__NONE ? policies->policies[tell->policy].target_first : tell->target;

    return policies->targets[target].late_after;
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
    if (tell->sort == SLA__SORT_STEP && tell->repeat > 0)
        skip_overtaken(engine, ticket, tell);
    if (tell->sort == SLA__SORT_STEP && !decide_step(engine, ticket, tell, now, late)) {
        sla__told_decide(&ticket->fold, tell, true);
        return false;
    }
    sla__told_decide(&ticket->fold, tell, false);
    sla__event_fill(engine, ticket, tell, now, late, event);
    if (tell->sort == SLA__SORT_STEP)
        event->skipped = sla__told_skipped(&ticket->fold, tell);
    if (tell->sort == SLA__SORT_STEP && (event->level > 0 || event->kind == SLA_EVENT_WARNING)) {
        const bool levels = event->level > 0;

        clock = sla__fold_clock(&ticket->fold, tell->target, tell->cycle);
        event->collapsed = clock->collapsed[levels];
        clock->collapsed[levels] = 0;
    }
    ticket->touched_at = now;
    engine->stats.events++;
    return true;
}

/* -------------------------------------------------------------------- items */

static bool has_derived(const sla__fold *fold)
{
    for (size_t i = 0; i < fold->note_count; i++) {
        if (fold->notes[i].kind == SLA__NOTE_DERIVED)
            return true;
    }
    return false;
}

/* More than one thing may come of the ticket's next item, or something may have
 * to be taken back. */
static bool has_effects(const sla_policies *policies, const sla__fold *fold,
                        const sla__clock *clock)
{
    const sla__target *target;

    if (clock == NULL || has_derived(fold))
        return true;
    target = &policies->targets[clock->target];
    switch ((sla__item)clock->next_item) {
    case SLA__ITEM_STEP:
        return target->recur_after_miss &&
               policies->steps[target->step_first + clock->next_step].kind == SLA__BREACH;
    case SLA__ITEM_CAP:
    case SLA__ITEM_START:
        return true;
    default:
        return false;
    }
}

static int merge_into_burst(sla_engine *engine)
{
    int result = SLA_OK;

    for (size_t i = 0; i < engine->passings.count && result == SLA_OK; i++)
        result = sla__tells_put(engine, &engine->burst, &engine->passings.items[i]);
    return result;
}

/* Lets what the run does happen to the ticket, whole or not at all; what comes
 * of it joins the burst. */
static bool pass_with_effects(sla_engine *engine, sla__ticket *ticket, bool waiting_fact)
{
    const sla_policies *policies = sla__rules_of(engine, &ticket->fold);
    const size_t had = engine->burst.count;
    sla__source source = {sla__timeline_next_at(ticket), 0, 0, SLA__CAUSE_NONE, 0};
    sla__run run;

    if (!sla__fold_copy(&engine->before, &engine->allocator, policies, &ticket->fold))
        return false;
    sla__timeline_forget_moves(&ticket->fold);
    run = sla__run_over(engine, ticket, &ticket->fold, &engine->passings);
    if (waiting_fact)
        sla__timeline_apply_next_waiting(&run, source.at, NULL);
    else
        sla__timeline_step(&run);
    if (run.result == SLA_ERR_HORIZON)
        run.result = SLA_OK;
    if (waiting_fact) {
        source.seq = ticket->fold.applied_seq;
        source.revision = sla__history_corrections(&ticket->history, source.seq);
    }
    if (run.result == SLA_OK)
        run.result = sla__told_compare(engine, &engine->before, &ticket->fold, &source,
                                       &engine->passings, &engine->burst);
    if (run.result != SLA_OK) {
        sla__fold_restore(&ticket->fold, policies, &engine->before);
        engine->burst.count = had;
        return false;
    }
    if (waiting_fact)
        ticket->future_at = sla__timeline_future(engine, ticket);
    /* For the next one; without memory it asks again when its time comes. */
    (void)sla__change_reserve(engine, &ticket->fold, ticket->future_at != SLA_NEVER);
    return true;
}

/* A step that does nothing but pass: there is room for the one thing it tells, for its
 * repeats and for what it derives.  Those were counted when room for the clock was asked
 * for, so that this is no asking but after that has failed. */
static bool pass_plainly(sla_engine *engine, sla__ticket *ticket, size_t place)
{
    sla__run run = sla__run_over(engine, ticket, &ticket->fold, &engine->passings);
    const sla__target *target = &run.policies->targets[ticket->fold.clocks[place].target];
    const size_t notes = ticket->fold.note_count + target->note_room - target->repeat_count;

    if (!sla__fold_reserve(&ticket->fold, &engine->allocator, run.policies,
                           ticket->fold.clock_count, notes) ||
        !sla__fold_copy_reserve(&engine->ahead, &engine->allocator, &ticket->fold) ||
        !sla__grow(&engine->allocator, (void **)&engine->passings.items, &engine->passings.capacity,
                   1, sizeof(sla__tell)) ||
        !sla__grow(&engine->allocator, (void **)&engine->burst.items, &engine->burst.capacity,
                   engine->burst.count + 1, sizeof(sla__tell)))
        return false;
    sla__timeline_pass(&run, &ticket->fold.clocks[place]);
    return merge_into_burst(engine) == SLA_OK;
}

/* Lets what the ticket has next, at an instant, pass: a fact that waits comes before an
 * item.  False: out of memory, and nothing has changed. */
static bool pass_next(sla_engine *engine, sla__ticket *ticket, sla_time at)
{
    const bool waiting_fact = ticket->future_at <= at;
    const sla__clock *clock = sla__timeline_next(&ticket->fold);

    engine->passings.count = 0;
    if (waiting_fact || has_effects(sla__rules_of(engine, &ticket->fold), &ticket->fold, clock))
        return pass_with_effects(engine, ticket, waiting_fact);
    return pass_plainly(engine, ticket, (size_t)(clock - ticket->fold.clocks));
}

/* ------------------------------------------------------------------ polling */

/* The next thing of the burst that is told, if there is one at all. */
static SLA__APART bool take_on(sla_engine *engine, sla_time now, sla_event *event)
{
    while (engine->burst_next < engine->burst.count) {
        sla__ticket *ticket = engine->berths[engine->burst_ticket]->ticket;
        const sla__tell tell = engine->burst.items[engine->burst_next++];

        if (tell_or_not(engine, ticket, &tell, now, event)) {
            sla__ticket_drained(engine, engine->burst_ticket);
            return true;
        }
    }
    return false;
}

static inline bool take_from_burst(sla_engine *engine, sla_time now, sla_event *event)
{
    return engine->burst_next < engine->burst.count && take_on(engine, now, event);
}

/* What the ticket has waiting up to an instant joins the burst. */
static bool take_waiting(sla_engine *engine, sla__ticket *ticket, sla_time at)
{
    size_t count = 0;

    while (count < ticket->tells.count && ticket->tells.items[count].at <= at) {
        if (sla__tells_put(engine, &engine->burst, &ticket->tells.items[count]) != SLA_OK)
            break;
        count++;
    }
    ticket->tells.count -= count;
    if (count > 0)
        memmove(&ticket->tells.items[0], &ticket->tells.items[count],
                ticket->tells.count * sizeof ticket->tells.items[0]);
    if (ticket->tells.count > 0)
        return ticket->tells.items[0].at > at;
    sla__tells_leave(engine, &ticket->tells);
    return true;
}

/* All of one ticket at one instant, to be told in order.  False: out of memory
 * before anything was gathered. */
static bool gather(sla_engine *engine, uint32_t slot, sla_time at)
{
    sla__ticket *ticket = sla__ticket_wake(engine, slot);
    sla_time next;
    bool room;

    if (ticket == NULL)
        return false;
    engine->burst.count = engine->burst_next = 0;
    engine->burst_ticket = slot;
    room = take_waiting(engine, ticket, at);
    while ((next = sla__timeline_next_at(ticket)) <= at && room)
        room = pass_next(engine, ticket, next);
    sla__ticket_schedule_at(engine, slot, next);
    return room || engine->burst.count > 0;
}

/* Memory ran short before anything of the ticket came to pass: it is asked again
 * a microsecond later, so that it holds back no other. */
static void put_off(sla_engine *engine, uint32_t slot, sla_time now)
{
    engine->berths[slot]->put_off = 1;
    sla__agenda_set(engine, slot, now + 1, sla__ticket_number(engine, slot));
}

static bool take_next(sla_engine *engine, sla_time now, sla_event *event_out)
{
    sla__timer first;

    if (take_from_burst(engine, now, event_out))
        return true;
    while (sla__agenda_first(engine, &first) && first.at <= now) {
        if (!gather(engine, first.id, first.at))
            put_off(engine, first.id, now);
        else if (take_from_burst(engine, now, event_out))
            return true;
    }
    return false;
}

static sla_time in_range(sla_time now)
{
    return now < SLA_TIME_MIN ? SLA_TIME_MIN : now > SLA_TIME_MAX ? SLA_TIME_MAX : now;
}

static void begin(sla_engine *engine)
{
    if (engine->drained != 0)
        sla__engine_let_go(engine);
    sla__engine_settle(engine);
}

int sla_engine_poll(sla_engine *engine, sla_time now, sla_event *event_out)
{
    begin(engine);
    return take_next(engine, in_range(now), event_out);
}

size_t sla_engine_poll_many(sla_engine *engine, sla_time now, sla_event *events, size_t capacity)
{
    size_t count = 0;

    begin(engine);
    while (count < capacity && take_next(engine, in_range(now), &events[count]))
        count++;
    return count;
}

sla_time sla_engine_wakeup(const sla_engine *engine)
{
    sla__timer first;

    if (engine->burst_next < engine->burst.count)
        return engine->burst.items[engine->burst_next].at;
    return sla__agenda_first(engine, &first) ? first.at : SLA_NEVER;
}
