/* change.c - see change.h. */
#include "engine/change.h"

#include <assert.h>
#include <string.h>

#include "base/apart.h"
#include "engine/agenda.h"
#include "engine/fold.h"
#include "engine/migrate.h"
#include "engine/tells.h"
#include "engine/timeline.h"
#include "engine/verify.h"

/* Room that a poll takes in the fold of a ticket. */
typedef struct room {
    size_t clocks, notes;
} room;

/* Beside the notes of any live clock: a cycle more begins with the pauses that hold, a
 * due time that moves is told with a revision. */
static SLA__APART void add_rare_room(const sla__target *target, const sla__clock *clock,
                                     room *wanted)
{
    if (clock->reasons != 0 || clock->flags & SLA__SCHEDULED)
        wanted->notes += target->pause_count + 3u;
    if (target->recur_after_miss) {
        wanted->clocks++;
        wanted->notes += target->pause_count + 3u;
    }
}

/* A fact that waits may open the ticket, reopen it, bring every policy. */
static void add_room_for_fact(const sla_policies *policies, room *wanted)
{
    wanted->clocks += policies->target_count;
    for (size_t i = 0; i < policies->target_count; i++)
        wanted->notes += policies->targets[i].repeat_count + policies->targets[i].pause_count + 4u;
}

/* So many may come of one item, beside what waits. */
static bool reserve_tells(sla_engine *engine, size_t count)
{
    return sla__grow(&engine->allocator, (void **)&engine->burst.items, &engine->burst.capacity,
                     engine->merged.count + count, sizeof(sla__tell)) &&
           sla__grow(&engine->allocator, (void **)&engine->passings.items,
                     &engine->passings.capacity, count, sizeof(sla__tell));
}

bool sla__change_reserve(sla_engine *engine, sla__fold *fold, bool waiting)
{
    const sla_policies *policies = sla__rules_of(engine, fold);
    room wanted = {fold->clock_count, fold->note_count};

    for (size_t i = 0; i < fold->clock_count; i++) {
        const sla__clock *clock = &fold->clocks[i];
        const sla__target *target = &policies->targets[clock->target];

        if (sla__clock_ended(clock))
            continue;
        wanted.notes += target->note_room;
        if (clock->reasons != 0 || clock->flags & SLA__SCHEDULED || target->recur_after_miss)
            add_rare_room(target, clock, &wanted);
    }
    if (waiting)
        add_room_for_fact(policies, &wanted);
    return sla__fold_reserve(fold, &engine->allocator, policies, wanted.clocks, wanted.notes) &&
           sla__fold_copy_reserve(&engine->ahead, &engine->allocator, fold) &&
           reserve_tells(engine, 4 * wanted.clocks + policies->at_once_count + 4) &&
           /* Last: it may throw away the copy that a failure here would restore. */
           sla__fold_copy_reserve(&engine->before, &engine->allocator, fold);
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

bool sla__change_make_ready(sla_engine *engine, sla__ticket *ticket)
{
    return copy_tells(engine, &engine->merged, &ticket->tells) &&
           sla__change_reserve(engine, &ticket->fold, ticket->future_at != SLA_NEVER);
}

/* What waited and what came now, into engine->merged. */
static int compare(sla_engine *engine, const sla__fold *before, sla__fold *after,
                   const sla__source *source)
{
    return sla__told_compare(engine, before, after, source, &engine->passings, &engine->merged);
}

/* Room for it in the ticket, and for what a poll makes of it. */
static int make_room(sla_engine *engine, sla__ticket *ticket, sla__fold *after)
{
    const bool waiting = ticket->future_at != SLA_NEVER;

    return sla__tells_reserve(engine, &ticket->tells, engine->merged.count) &&
                   sla__change_reserve(engine, after, waiting)
               ? SLA_OK
               : SLA_ERR_NOMEM;
}

/* The same after ends alone: clocks and notes need no more room than before. */
static int make_room_for_ends(sla_engine *engine, sla__ticket *ticket)
{
    const size_t rules = sla__rules_of(engine, &ticket->fold)->at_once_count;

    return sla__tells_reserve(engine, &ticket->tells, engine->merged.count) &&
                   reserve_tells(engine, 4 * ticket->fold.clock_count + rules + 4)
               ? SLA_OK
               : SLA_ERR_NOMEM;
}

static void let_stand(sla_engine *engine, sla__ticket *ticket)
{
    if (engine->merged.count > 0)
        memcpy(ticket->tells.items, engine->merged.items, engine->merged.count * sizeof(sla__tell));
    ticket->tells.count = engine->merged.count;
}

/* Keeps what stands, to come back to. */
static bool begin(sla_engine *engine, sla__ticket *ticket)
{
    return copy_tells(engine, &engine->merged, &ticket->tells) &&
           sla__fold_copy(&engine->before, &engine->allocator, sla__rules_of(engine, &ticket->fold),
                          &ticket->fold);
}

/* What a poll has gathered of the ticket and not handed out yet is told by the
 * policies that it has now. */
static void translate_burst(sla_engine *engine, const sla__ticket *ticket, uint32_t before)
{
    const sla__pair pair = {engine->rules[before].policies, sla__rules_of(engine, &ticket->fold)};

    if (before != ticket->fold.rules && sla__half_told(engine) == ticket)
        sla__tells_translate(&pair, &engine->burst, engine->burst_next);
}

/* All of it, or nothing. */
static int conclude(sla_engine *engine, sla__ticket *ticket, int result)
{
    if (result == SLA_OK) {
        let_stand(engine, ticket);
        translate_burst(engine, ticket, engine->before.rules);
        return SLA_OK;
    }
    sla__fold_restore(&ticket->fold, sla__rules_of(engine, &engine->before), &engine->before);
    return result;
}

static int outcome(const sla__run *run, const sla__act *act)
{
    return run->result != SLA_OK ? run->result : act != NULL ? sla__act_verdict(act) : SLA_OK;
}

/* How far a ticket is followed: up to a fact, or through all of an instant. */
typedef struct limit {
    sla_time at;
    uint32_t seq; /* facts of that instant with a smaller one come before */
    bool with;    /* items of that instant too */
} limit;

static bool item_is_before(const sla__fold *fold, const limit *until)
{
    const sla_time at = sla__timeline_item_at(fold);

    return at < until->at || (until->with && at == until->at && at != SLA_NEVER);
}

static bool entry_is_before(const sla__entry *entry, const limit *until)
{
    return entry->at < until->at || (entry->at == until->at && entry->seq < until->seq);
}

/* What is being recorded, when it comes in on the way. */
typedef struct recorded {
    sla__act *act;
    const sla__source *source;
} recorded;

/* One thing of its own happens: an item, or a fact whose time has come. */
static int pass_one(sla_engine *engine, sla__ticket *ticket, const sla__entry *waiting,
                    const recorded *now)
{
    const bool its_own = waiting != NULL && now != NULL && waiting->offset == now->act->offset;
    const sla_policies *policies = sla__rules_of(engine, &ticket->fold);
    sla__source source = {sla__timeline_item_at(&ticket->fold), 0, 0, SLA__CAUSE_NONE, 0};
    sla__run run;
    int result;

    if (!sla__fold_copy(&engine->ahead, &engine->allocator, policies, &ticket->fold))
        return SLA_ERR_NOMEM;
    sla__timeline_forget_moves(&ticket->fold);
    engine->passings.count = 0;
    run = sla__run_over(engine, ticket, &ticket->fold, &engine->passings);
    if (waiting != NULL) {
        source.at = waiting->at;
        source.seq = waiting->seq;
        source.revision = sla__history_corrections(&ticket->history, waiting->seq);
        sla__timeline_apply_next_waiting(&run, waiting->at, its_own ? now->act : NULL);
    } else {
        sla__timeline_step(&run);
    }
    if (its_own)
        result = outcome(&run, now->act);
    else
        result = run.result == SLA_ERR_HORIZON ? SLA_OK : run.result;
    return result == SLA_OK
               ? compare(engine, &engine->ahead, &ticket->fold, its_own ? now->source : &source)
               : result;
}

/* Lets what lies before a fact pass by itself, so that each change is told for
 * its own reason. */
static int follow(sla_engine *engine, sla__ticket *ticket, const limit *until, const recorded *now)
{
    int result = SLA_OK;

    while (result == SLA_OK) {
        sla__entry entry;
        const bool waits = ticket->future_at != SLA_NEVER &&
                           sla__timeline_waiting(engine, ticket, &entry) &&
                           entry_is_before(&entry, until);

        if (waits && entry.at <= sla__timeline_item_at(&ticket->fold))
            result = pass_one(engine, ticket, &entry, now);
        else if (item_is_before(&ticket->fold, until))
            result = pass_one(engine, ticket, NULL, now);
        else
            break;
    }
    return result;
}

/* What has been followed may have gone over to other policies on the way. */
static bool keep_ahead(sla_engine *engine, const sla__ticket *ticket)
{
    return sla__fold_copy(&engine->ahead, &engine->allocator, sla__rules_of(engine, &ticket->fold),
                          &ticket->fold);
}

/* It is looked at when its next item comes, or before: mostly that says enough. */
static bool may_be_overdue(const sla_engine *engine, const sla__ticket *ticket, sla_time at)
{
    return engine->berths[ticket->slot]->put_off || sla__agenda_at(engine, ticket->slot) <= at;
}

static int apply(sla_engine *engine, sla__ticket *ticket, sla__act *act, const sla__source *source)
{
    const limit until = {act->at, act->seq, false};
    const bool overdue = may_be_overdue(engine, ticket, act->at) &&
                         (ticket->future_at <= act->at || item_is_before(&ticket->fold, &until));
    const sla__fold *before = overdue ? &engine->ahead : &engine->before;
    int result = overdue ? follow(engine, ticket, &until, NULL) : SLA_OK;
    sla__run run;

    assert(overdue || !item_is_before(&ticket->fold, &until));
    if (result == SLA_OK && overdue && !keep_ahead(engine, ticket))
        result = SLA_ERR_NOMEM;
    if (result != SLA_OK)
        return result;
    engine->passings.count = 0;
    sla__timeline_forget_moves(&ticket->fold);
    run = sla__run_over(engine, ticket, &ticket->fold, &engine->passings);
    sla__timeline_take(&run, act);
    result = outcome(&run, act);
    if (result != SLA_OK || !(run.effects || overdue))
        return result;
    if (run.moved) {
        result = compare(engine, before, &ticket->fold, source);
    } else {
        assert(sla__told_stands(before, &ticket->fold));
        result = sla__told_join(engine, &ticket->fold, &engine->passings, &engine->merged);
    }
    if (result != SLA_OK)
        return result;
    return run.grew || overdue ? make_room(engine, ticket, &ticket->fold)
                               : make_room_for_ends(engine, ticket);
}

int sla__change_apply(sla_engine *engine, sla__ticket *ticket, sla__act *act,
                      const sla__source *source)
{
    int result;

    if (!begin(engine, ticket))
        return SLA_ERR_NOMEM;
    result = apply(engine, ticket, act, source);
    return conclude(engine, ticket, result);
}

/* What waits for a decision is found anew when a ticket is folded again. */
static void keep_announcements(sla__tells *tells)
{
    size_t kept = 0;

    for (size_t i = 0; i < tells->count; i++) {
        if (tells->items[i].sort <= SLA__SORT_RETRACTED)
            tells->items[kept++] = tells->items[i];
    }
    tells->count = kept;
}

/* The truth before, in the numbers of the policies that the new truth has. */
static int compare_again(sla_engine *engine, sla__ticket *ticket, sla__fold *made,
                         const sla__source *source)
{
    const sla__fold *before = &ticket->fold;
    const sla__pair pair = {sla__rules_of(engine, before), sla__rules_of(engine, made)};
    sla__fold translated = {0};
    int result = SLA_ERR_NOMEM;

    if (made->rules != before->rules) {
        if (!sla__fold_translate(engine, before, made->rules, &translated))
            return SLA_ERR_NOMEM;
        before = &translated;
    }
    if (copy_tells(engine, &engine->merged, &ticket->tells) &&
        sla__told_carry(engine, before, made)) {
        keep_announcements(&engine->merged);
        if (before == &translated)
            sla__tells_translate(&pair, &engine->merged, 0);
        result = compare(engine, before, made, source);
    }
    if (result == SLA_OK)
        result = make_room(engine, ticket, made);
    sla__fold_fini(&translated, &engine->allocator);
    return result;
}

int sla__change_refold(sla_engine *engine, sla__ticket *ticket, sla_time now, sla__act *act,
                       const sla__source *source)
{
    sla__fold made;
    sla__run run;
    uint32_t rules;
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
    rules = ticket->fold.rules;
    sla__fold_fini(&ticket->fold, &engine->allocator);
    ticket->fold = made;
    translate_burst(engine, ticket, rules);
    let_stand(engine, ticket);
    return SLA_OK;
}

int sla__change_catch_up(sla_engine *engine, sla__ticket *ticket, sla_time now, sla__act *act,
                         const sla__source *source)
{
    const sla_time future_at = ticket->future_at;
    const uint32_t place = sla__history_place(&ticket->history, act->fact->corrects);
    const limit until = {act->at, UINT32_MAX, false};
    const recorded own = {act, source};
    int result = SLA_OK;

    if (!begin(engine, ticket))
        return SLA_ERR_NOMEM;
    ticket->future_at = sla__timeline_future(engine, ticket);
    if (place > 0 && act->at <= now)
        result = follow(engine, ticket, &until, &own);
    if (result == SLA_OK)
        result = make_room(engine, ticket, &ticket->fold);
    if (result != SLA_OK)
        ticket->future_at = future_at;
    return conclude(engine, ticket, result);
}

static int change_world(sla_engine *engine, sla__ticket *ticket, const sla__source *source)
{
    const limit until = {source->at, UINT32_MAX, true};
    int result = follow(engine, ticket, &until, NULL);
    sla__run run;

    if (result == SLA_OK && !keep_ahead(engine, ticket))
        result = SLA_ERR_NOMEM;
    if (result != SLA_OK)
        return result;
    engine->passings.count = 0;
    sla__timeline_forget_moves(&ticket->fold);
    run = sla__run_over(engine, ticket, &ticket->fold, &engine->passings);
    sla__timeline_world(&run, (uint32_t)engine->world_count);
    /* A calendar that ends too early is told by a due that never comes, not by
     * refusing a fact of the world for the sake of one ticket. */
    result = run.result == SLA_ERR_HORIZON ? SLA_OK : run.result;
    if (result == SLA_OK)
        result = compare(engine, &engine->ahead, &ticket->fold, source);
    return result == SLA_OK ? make_room(engine, ticket, &ticket->fold) : result;
}

int sla__change_world(sla_engine *engine, sla__ticket *ticket, const sla__source *source)
{
    int result;

    if (!begin(engine, ticket))
        return SLA_ERR_NOMEM;
    result = change_world(engine, ticket, source);
    return conclude(engine, ticket, result);
}
