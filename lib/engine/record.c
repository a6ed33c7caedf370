/*
 * record.c - a fact comes in: is it well formed, is it known already, may it
 * be, and then folded.
 */
#include <string.h>

#include "base/error.h"
#include "engine/change.h"
#include "engine/fold.h"
#include "engine/migrate.h"
#include "engine/rest.h"
#include "engine/ticket.h"
#include "engine/timeline.h"

/* One recording at work. */
typedef struct recording {
    sla_engine *engine;
    sla__ticket *ticket;
    const sla_fact *fact;
    sla_time now;
    sla_error *error;
    size_t offset;                /* where the fact lies in the history */
    const sla_policies *policies; /* that read the fact; another fact may have other ones */
    bool refold;
    bool unread; /* it has an attribute that these do not read */
} recording;

static bool is_named(const sla_fact *fact, const char *name)
{
    return fact->name.length == strlen(name) &&
           memcmp(fact->name.data, name, fact->name.length) == 0;
}

/* ------------------------------------------------------- may it be at all? */

static int check_opened(recording *work)
{
    if (!is_named(work->fact, "opened") || work->fact->corrects.length > 0 || !work->ticket->opened)
        return SLA_OK;
    return sla__error_set(work->error, SLA_ERR_STATE, "/fact",
                          "the ticket is open already; correct the fact `opened` by its id, or "
                          "record `reopened`");
}

/* Corrections and withdrawals need what they are about. */
static int check_reference(recording *work)
{
    const bool corrects = work->fact->corrects.length > 0;
    const sla_string id = corrects ? work->fact->corrects : work->fact->withdraws;
    const char *pointer = corrects ? "/corrects" : "/withdraws";
    sla__read read;
    size_t found = SIZE_MAX;

    if (id.length > 0 && !sla__history_is_whole(&work->ticket->history))
        return SLA_NEED_HISTORY;
    if (id.length > 0)
        found = sla__history_find(&work->ticket->history, id, work->offset);
    if (id.length > 0 && found == SIZE_MAX)
        return sla__error_set(work->error, SLA_ERR_NOT_FOUND, pointer,
                              "no fact of this ticket has that id");
    if (id.length == 0)
        return check_opened(work);
    sla__history_read(&work->ticket->history, found, &read);
    if (!corrects && is_named(&read.fact, "opened"))
        return sla__error_set(work->error, SLA_ERR_STATE, pointer,
                              "`opened` cannot be withdrawn; forget the ticket instead");
    if (is_named(&read.fact, "opened") != is_named(work->fact, "opened") && corrects)
        return sla__error_set(work->error, SLA_ERR_STATE, pointer,
                              "`opened` is corrected by `opened`, and corrects nothing else");
    return SLA_OK;
}

/* The strictest limit and the narrowest tolerance of all policies. */
static int check_instant(recording *work)
{
    const sla_policies *policies = work->policies;
    const sla_time at = work->fact->occurred_at;

    for (size_t i = 0; i < policies->policy_count; i++) {
        const sla__policy *policy = &policies->policies[i];

        if (at > work->now && at - work->now > policy->future_tolerance)
            return sla__error_set(work->error, SLA_ERR_FUTURE, "/occurred_at",
                                  "the fact lies further ahead of now than policy %s tolerates",
                                  sla__policies_symbol(policies, policy->name));
        if (policy->late_fact_limit > 0 && at < work->now &&
            work->now - at > policy->late_fact_limit && work->fact->authorised_by.length == 0)
            return sla__error_set(work->error, SLA_ERR_TOO_LATE, "/occurred_at",
                                  "the fact is older than policy %s accepts; say who authorised "
                                  "it in `authorised_by`",
                                  sla__policies_symbol(policies, policy->name));
    }
    return SLA_OK;
}

static bool same_text(sla_string text, const char *symbol)
{
    return text.length == strlen(symbol) && memcmp(text.data, symbol, text.length) == 0;
}

/* acknowledged, extended, waived say of what clock, how long, until when. */
static int check_order(recording *work)
{
    const sla_fact *fact = work->fact;
    const bool extended = is_named(fact, "extended");

    if (!extended && !is_named(fact, "waived") && !is_named(fact, "acknowledged"))
        return SLA_OK;
    if ((fact->policy.length > 0) != (fact->target.length > 0))
        return sla__error_set(work->error, SLA_ERR_FACT, "/target",
                              "a clock is named by its policy and its target; leave both out to "
                              "mean every clock of the ticket");
    if (extended && (fact->span > 0) == (fact->until != 0))
        return sla__error_set(work->error, SLA_ERR_FACT, "/for",
                              "an extension says `for` how long, or `until` when");
    if (extended && fact->until != 0 && fact->until <= fact->occurred_at)
        return sla__error_set(work->error, SLA_ERR_FACT, "/until",
                              "the new due lies after the extension itself");
    return SLA_OK;
}

/* Known under its id already?  The fact lies in the history for comparing. */
static int check_duplicate(recording *work, sla_answer *answer)
{
    sla__history *history = &work->ticket->history;
    const size_t found = work->fact->id.length > 0
                             ? sla__history_find(history, work->fact->id, work->offset)
                             : SIZE_MAX;
    sla__read read;

    if (found == SIZE_MAX)
        return SLA_OK;
    if (!sla__history_same(history, found, work->offset))
        return sla__error_set(work->error, SLA_ERR_CONFLICT, "/id",
                              "another fact of this ticket has that id");
    sla__history_read(history, found, &read);
    answer->seq = read.seq;
    return SLA_DUPLICATE;
}

/* What does not depend on the ticket. */
static int check_form(recording *work)
{
    if (is_named(work->fact, "withdrawn") != (work->fact->withdraws.length > 0))
        return sla__error_set(work->error, SLA_ERR_FACT, "/withdraws",
                              "a fact `withdrawn` names the fact that it withdraws, and no other "
                              "fact does");
    return check_order(work);
}

static int find_policies(recording *work)
{
    uint32_t rules;
    const int result =
        sla__rules_in_force(work->engine, work->ticket, work->fact, work->offset, &rules);

    if (result == SLA_OK)
        work->policies = work->engine->rules[rules].policies;
    return result;
}

/* A fact that is known is that, whatever the policies would say to it now. */
static int check(recording *work, sla_answer *answer, sla__act *act)
{
    int result = check_duplicate(work, answer);

    if (result == SLA_OK)
        result = find_policies(work);
    if (result == SLA_OK)
        result =
            sla__act_compile(work->policies, work->fact, work->ticket->next_seq, act, work->error);
    if (result == SLA_OK)
        work->unread = act->unread;
    if (result == SLA_OK)
        result = check_form(work);
    if (result == SLA_OK)
        result = check_instant(work);
    if (result == SLA_OK)
        result = check_reference(work);
    return result;
}

/* --------------------------------------------------------------- unread names */

static int count_unread(sla_engine *engine, sla_string name)
{
    for (size_t i = 0; i < engine->unread_count; i++) {
        if (same_text(name, engine->unread[i].name)) {
            engine->unread[i].count++;
            return SLA_OK;
        }
    }
    if (!sla__grow(&engine->allocator, (void **)&engine->unread, &engine->unread_capacity,
                   engine->unread_count + 1, sizeof(sla__unread)))
        return SLA_ERR_NOMEM;
    memset(&engine->unread[engine->unread_count], 0, sizeof(sla__unread));
    memcpy(engine->unread[engine->unread_count].name, name.data, name.length);
    engine->unread[engine->unread_count++].count = 1;
    return SLA_OK;
}

/* Counting needs memory only for a new name; without it the name goes uncounted
 * and the fact, which is safe, is not refused for it. */
static void note_unread(recording *work, const sla__act *act)
{
    if (act->name == SLA__NONE) {
        work->engine->stats.unread_facts++;
        (void)count_unread(work->engine, work->fact->name);
    }
    for (size_t i = 0; i < work->fact->attribute_count && work->unread; i++) {
        const sla_string name = work->fact->attributes[i].name;

        if (sla__policies_attribute(work->policies, name.data, name.length) == SLA__NONE)
            (void)count_unread(work->engine, name);
    }
}

/* ------------------------------------------------------------------ folding */

static bool corrects_or_withdraws(const sla_fact *fact)
{
    return fact->corrects.length > 0 || fact->withdraws.length > 0;
}

/* Does the fold take it as it comes? */
static bool folds_on(const recording *work, uint32_t seq)
{
    const sla__ticket *ticket = work->ticket;
    const sla_time at = work->fact->occurred_at;

    if (corrects_or_withdraws(work->fact) || is_named(work->fact, "migrated") ||
        (!ticket->opened && ticket->fold.rules != ticket->rules))
        return false;
    return sla__timeline_in_order(&ticket->fold, at, seq);
}

/* Does the fact lie before what has been folded?  A correction also when what
 * it replaces has been. */
static bool is_late(const recording *work, uint32_t seq)
{
    const sla_fact *fact = work->fact;
    const sla__fold *fold = &work->ticket->fold;
    const sla__order *order = &work->engine->order;
    const sla_string id = fact->corrects.length > 0 ? fact->corrects : fact->withdraws;

    if (id.length == 0)
        return !sla__timeline_in_order(fold, fact->occurred_at, seq);
    seq = sla__history_place(&work->ticket->history, id);
    for (size_t i = 0; i < order->count; i++) {
        const sla__entry *entry = &order->entries[i];

        if (entry->seq == seq && (entry->at < fold->applied_at ||
                                  (entry->at == fold->applied_at && seq <= fold->applied_seq)))
            return true;
    }
    return fact->corrects.length > 0 && !sla__timeline_in_order(fold, fact->occurred_at, seq);
}

/* A ticket takes the policies and calendars in force when `opened` is recorded;
 * until then the newest. */
static void take_world(recording *work)
{
    sla__ticket *ticket = work->ticket;

    if (ticket->opened)
        return;
    ticket->rules = (uint32_t)(work->engine->rules_count - 1);
    ticket->world = (uint32_t)work->engine->world_count;
    ticket->fold.world = ticket->world;
}

/* The fact waits for its time.  Whatever it will need then is asked for now, for
 * a poll cannot ask. */
static int let_wait(recording *work, const sla__source *source)
{
    sla__ticket *ticket = work->ticket;
    const sla_time future_at = ticket->future_at;
    int result;

    if (!sla__history_is_whole(&ticket->history))
        return SLA_NEED_HISTORY;
    /* Being opened, it changes to the policies in force now. */
    if (ticket->fold.rules != ticket->rules && ticket->fold.opened_at == SLA_NEVER) {
        ticket->future_at = work->fact->occurred_at;
        result = sla__change_refold(work->engine, ticket, work->now, NULL, source);
        ticket->future_at = result == SLA_OK ? ticket->future_at : future_at;
        return result;
    }
    return sla__change_reserve(work->engine, &ticket->fold, true) ? SLA_OK : SLA_ERR_NOMEM;
}

static int fold_fact(recording *work, sla__act *act, sla_answer *answer)
{
    sla_engine *engine = work->engine;
    sla__ticket *ticket = work->ticket;
    sla__source source = {work->fact->occurred_at, act->seq, 0, SLA__CAUSE_NONE, 0};

    if (!sla__order_reserve(&engine->order, &engine->allocator, ticket->history.count))
        return SLA_ERR_NOMEM;
    if (corrects_or_withdraws(work->fact)) {
        /* The order as it was without this fact. */
        sla__history_order_until(&ticket->history, work->offset, &engine->order);
    }
    answer->late = is_late(work, act->seq);
    if (work->fact->occurred_at > work->now && !answer->late && !corrects_or_withdraws(work->fact))
        return let_wait(work, &source);
    work->refold = !folds_on(work, act->seq);
    if (!work->refold)
        return sla__change_apply(engine, ticket, act, &source);
    if (!sla__history_is_whole(&ticket->history))
        return SLA_NEED_HISTORY;
    if (!answer->late && corrects_or_withdraws(work->fact) && ticket->opened &&
        !is_named(work->fact, "migrated"))
        return sla__change_catch_up(engine, ticket, work->now, act, &source);
    if (answer->late)
        source.cause = SLA__CAUSE_LATE_FACT;
    if (is_named(work->fact, "migrated"))
        source.cause = SLA__CAUSE_MIGRATED;
    return sla__change_refold(engine, ticket, work->now, act, &source);
}

static int explain_failure(recording *work, int result, const sla__act *act)
{
    if (result == SLA_ERR_HORIZON)
        return sla__error_set(work->error, result, "/occurred_at",
                              "a due time lies beyond the horizon of its calendar");
    if (result == SLA_ERR_NOT_FOUND)
        return sla__error_set(work->error, result, "/target", "the ticket has no such clock");
    if (result == SLA_ERR_STATE)
        return sla__error_set(work->error, result, "/fact", "%s", act->why);
    return result;
}

/* Nothing in the policies reads it: neither its name nor one of its attributes. */
static bool is_unread(const sla__act *act)
{
    return act->name == SLA__NONE && (act->set | act->clear) == 0;
}

/* The fact stands: numbers, timers and counts follow. */
static void conclude(recording *work, uint32_t slot, const sla__act *act, sla_answer *answer)
{
    sla_engine *engine = work->engine;
    sla__ticket *ticket = work->ticket;

    ticket->next_seq++;
    ticket->touched_at = work->now;
    if (is_named(work->fact, "opened") && !ticket->opened) {
        ticket->opened = true;
        ticket->number = ++engine->next_number;
    }
    if (ticket->future_at != SLA_NEVER || work->fact->occurred_at > work->now || work->refold)
        ticket->future_at = sla__timeline_future(engine, ticket);
    answer->seq = ticket->next_seq - 1;
    answer->refused = act->rule[0] != '\0';
    answer->no_effect = act->before_opened || is_unread(act);
    memcpy(answer->rule, act->rule, strlen(act->rule));
    engine->stats.facts++;
    engine->stats.late_facts += answer->late;
    engine->stats.refused_facts += answer->refused;
    note_unread(work, act);
    sla__ticket_put_history_by(engine, slot);
    sla__ticket_schedule(engine, slot);
}

/* Everything after the ticket has been found or made. */
static int record_on(recording *work, uint32_t slot, sla_answer *answer)
{
    sla__ticket *ticket = work->ticket;
    const uint32_t old_rules = ticket->rules;
    const uint32_t old_world = ticket->world;
    const uint32_t old_fold_world = ticket->fold.world;
    const uint32_t newest = (uint32_t)(work->engine->rules_count - 1);
    sla__act act;
    int result;

    work->offset = ticket->history.used;
    if (!sla__history_append(&ticket->history, &work->engine->allocator, work->fact,
                             ticket->next_seq, is_named(work->fact, "migrated") ? newest : 0))
        return SLA_ERR_NOMEM;
    result = check(work, answer, &act);
    if (result == SLA_OK) {
        act.rules = newest;
        act.offset = work->offset;
        take_world(work);
        result = explain_failure(work, fold_fact(work, &act, answer), &act);
    }
    if (result == SLA_OK) {
        conclude(work, slot, &act, answer);
        return SLA_OK;
    }
    ticket->rules = old_rules;
    ticket->world = old_world;
    ticket->fold.world = old_fold_world;
    sla__history_truncate(&ticket->history, work->offset);
    return result;
}

int sla_engine_record(sla_engine *engine, const sla_fact *fact, sla_time now, sla_answer *answer,
                      sla_error *error)
{
    recording work = {engine, NULL, fact, now, error, 0, NULL, false, false};
    sla_answer own;
    bool made = false;
    uint32_t slot;
    int result;

    if (answer == NULL)
        answer = &own;
    memset(answer, 0, sizeof *answer);
    sla__error_clear(error);
    if (engine->rules_count == 0)
        return sla__error_set(error, SLA_ERR_STATE, "", "adopt policies before recording facts");
    result = sla__now_check(now, error);
    if (result == SLA_OK)
        result = sla__fact_check(fact, error);
    if (result != SLA_OK)
        return result;
    sla__engine_settle(engine);
    slot = sla__ticket_find(engine, fact->tenant, fact->ticket);
    if (slot == SLA__MAP_NONE) {
        made = true;
        slot = sla__ticket_new(engine, fact->tenant, fact->ticket);
        if (slot == SLA__MAP_NONE)
            return SLA_ERR_NOMEM;
    }
    work.ticket = sla__ticket_wake(engine, slot);
    if (work.ticket == NULL)
        return SLA_ERR_NOMEM;
    result = record_on(&work, slot, answer);
    if (result != SLA_OK && made)
        sla__ticket_drop(engine, slot);
    engine->stats.duplicates += result == SLA_DUPLICATE;
    return result;
}

/* --------------------------------------------------------- history in a store */

int sla_engine_supply_history(sla_engine *engine, sla_string tenant, sla_string name,
                              const sla_fact *facts, const uint32_t *rules, size_t count)
{
    const uint32_t slot = sla__ticket_find(engine, tenant, name);
    sla__history history = {0};
    sla__ticket *ticket;
    int result = SLA_OK;

    if (slot == SLA__MAP_NONE)
        return SLA_ERR_NOT_FOUND;
    sla__engine_settle(engine);
    ticket = sla__ticket_wake(engine, slot);
    if (ticket == NULL)
        return SLA_ERR_NOMEM;
    if (count != ticket->next_seq - 1)
        return SLA_ERR_ARGUMENT;
    for (size_t i = 0; i < count && result == SLA_OK; i++) {
        if (rules != NULL && rules[i] >= engine->rules_count)
            result = SLA_ERR_ARGUMENT;
        else
            result = sla__fact_check(&facts[i], NULL);
        if (result == SLA_OK && !sla__history_append(&history, &engine->allocator, &facts[i],
                                                     (uint32_t)i + 1, rules != NULL ? rules[i] : 0))
            result = SLA_ERR_NOMEM;
    }
    if (result == SLA_OK && !sla__order_reserve(&engine->order, &engine->allocator, count + 1))
        result = SLA_ERR_NOMEM;
    if (result != SLA_OK) {
        sla__history_fini(&history, &engine->allocator);
        return result;
    }
    sla__history_fini(&ticket->history, &engine->allocator);
    ticket->history = history;
    return SLA_OK;
}
