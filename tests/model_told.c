/* model_told.c - see model_ticket.h: what has been told, and what of it is taken back. */
#include "model_ticket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *model_symbol(const model_ticket *ticket, uint32_t number)
{
    return sla__policies_symbol(ticket->truth->set, number);
}

const sla__step *model_step_of(const model_ticket *ticket, const model_key *key)
{
    const sla_policies *set = ticket->truth->set;

    return &set->steps[set->targets[key->target].step_first + key->place];
}

static bool same_key(const model_key *a, const model_key *b)
{
    return a->policy == b->policy && a->target == b->target && a->cycle == b->cycle &&
           a->sort == b->sort && a->place == b->place && a->repeat == b->repeat;
}

model_told *model_told_of(model_ticket *ticket, const model_key *key)
{
    for (size_t i = 0; i < ticket->told_count; i++)
        if (same_key(&ticket->told[i].key, key))
            return &ticket->told[i];
    ticket->told = realloc(ticket->told, (ticket->told_count + 1) * sizeof *ticket->told);
    ticket->told[ticket->told_count] = (model_told){.key = *key, .breached_at = SLA_NEVER};
    return &ticket->told[ticket->told_count++];
}

bool model_decided(const model_ticket *ticket, const model_key *key)
{
    for (size_t i = 0; i < ticket->told_count; i++)
        if (same_key(&ticket->told[i].key, key))
            return ticket->told[i].decided;
    return false;
}

const model_clock *model_clock_of(const model_truth *truth, const model_key *key)
{
    for (size_t i = 0; i < truth->clock_count; i++)
        if (truth->clocks[i]->target == key->target && truth->clocks[i]->cycle == key->cycle)
            return truth->clocks[i];
    return NULL;
}

sla_event model_blank(const model_ticket *ticket, const model_key *key)
{
    const sla_policies *set = ticket->truth->set;
    const sla__policy *policy = &set->policies[key->policy];
    sla_event event;

    memset(&event, 0, sizeof event);
    event.tenant = (sla_string){ticket->tenant, strlen(ticket->tenant)};
    event.ticket = (sla_string){ticket->name, strlen(ticket->name)};
    event.policy = model_symbol(ticket, policy->name);
    event.policy_version = model_symbol(ticket, policy->version);
    event.target =
        key->target == SLA__NONE ? "" : model_symbol(ticket, set->targets[key->target].name);
    event.cycle = key->cycle;
    event.repeat = key->repeat;
    event.started_at = event.due_at = event.old_due_at = SLA_NEVER;
    event.breached_at = event.ended_at = SLA_NEVER;
    event.agreement = policy->agreement;
    event.to = event.because = event.reason = event.derived = "";
    return event;
}

/* --- does what was told still hold? --- */

static bool step_holds(const model_clock *clock, const model_key *key)
{
    const model_step *step = &clock->steps[key->place];

    return (key->repeat == 0 ? &step->first : &step->repeats[key->repeat])->status == MODEL_PASSED;
}

static bool pause_end_holds(const model_pause_end *ends, size_t count, const model_key *key)
{
    for (size_t i = 0; i < count; i++)
        if (ends[i].pause == key->place && ends[i].number == key->repeat)
            return true;
    return false;
}

static bool fired_holds(const model_truth *truth, const model_key *key)
{
    for (size_t i = 0; i < truth->fired_count; i++)
        if (truth->fired[i].policy == key->policy && truth->fired[i].rule == key->place &&
            truth->fired[i].seq == key->repeat)
            return true;
    return false;
}

static bool holds(const model_truth *truth, const model_key *key)
{
    const model_clock *clock;

    if (key->sort == MODEL_SORT_FIRED)
        return fired_holds(truth, key);
    clock = model_clock_of(truth, key);
    if (clock == NULL)
        return false;
    switch (key->sort) {
    case MODEL_SORT_STEP:
        return step_holds(clock, key);
    case MODEL_SORT_END:
        return clock->state == (sla_state)key->place && clock->end_seq == key->repeat;
    case MODEL_SORT_CAP:
        return pause_end_holds(clock->caps, clock->cap_count, key);
    case MODEL_SORT_FOLLOW_UP:
        return pause_end_holds(clock->follow_ups, clock->follow_up_count, key);
    default:
        return true;
    }
}

/* --- notices: due_changed, confirmed and taking-backs --- */

static model_notice *queue(model_ticket *ticket, const model_key *key)
{
    ticket->notices =
        realloc(ticket->notices, (ticket->notice_count + 1) * sizeof *ticket->notices);
    ticket->notices[ticket->notice_count] =
        (model_notice){.key = *key, .event = model_blank(ticket, key)};
    return &ticket->notices[ticket->notice_count++];
}

/* The fact at a place keeps its number and id, whatever corrected its content. */
void model_name_fact(const model_ticket *ticket, sla_event *event, uint32_t seq)
{
    event->fact_seq = seq;
    if (seq > 0)
        event->fact_id = ticket->facts[seq - 1]->given.id;
}

/* The reason in the content that counts now at the fact's place, or counted last. */
const char *model_reason_of(const model_ticket *ticket, uint32_t seq)
{
    const char *reason = "";

    if (seq > 0 && model_is(ticket->facts[seq - 1]->given.name, "withdrawn"))
        return ticket->facts[seq - 1]->given.reason.length > 0
                   ? ticket->facts[seq - 1]->given.reason.data
                   : "";
    for (size_t i = 0; seq > 0 && i < ticket->fact_count; i++) {
        const model_fact *fact = ticket->facts[i];

        if (fact->root == ticket->facts[seq - 1]->root && !model_is(fact->given.name, "withdrawn"))
            reason = fact->given.reason.length > 0 ? fact->given.reason.data : "";
    }
    return reason;
}

/* How often the fact at a place has been corrected. */
static uint32_t corrections_of(const model_ticket *ticket, uint32_t seq)
{
    uint32_t count = 0;

    for (size_t i = 0; seq > 0 && i < ticket->fact_count; i++)
        count += i + 1 != seq && ticket->facts[i]->root == seq - 1 &&
                 !model_is(ticket->facts[i]->given.name, "withdrawn");
    return count;
}

/* A second one under the same key is another revision; so is what a fact that
 * waits for its time again, corrected, makes of itself. */
static void number_notice(model_ticket *ticket, model_notice *notice)
{
    model_told *told = model_told_of(ticket, &notice->key);
    const uint32_t corrections = corrections_of(ticket, notice->event.fact_seq);

    told->revision = told->decided ? told->revision + 1 : told->revision;
    if (told->revision < corrections)
        told->revision = corrections;
    notice->event.revision = told->revision;
    told->decided = true;
}

const char *model_end_name(uint32_t state)
{
    return sla_event_kind_name(state == SLA_MET      ? SLA_EVENT_MET
                               : state == SLA_MISSED ? SLA_EVENT_MISSED
                                                     : SLA_EVENT_CANCELLED);
}

static const sla__at_once *rule_of(const model_ticket *ticket, const model_key *key)
{
    const sla_policies *set = ticket->truth->set;

    return &set->at_once[set->policies[key->policy].at_once_first + key->place];
}

static const char *name_of(const model_ticket *ticket, const model_key *key)
{
    switch (key->sort) {
    case MODEL_SORT_STEP:
        return model_symbol(ticket, model_step_of(ticket, key)->name);
    case MODEL_SORT_END:
        return model_end_name(key->place);
    case MODEL_SORT_FIRED:
        return model_symbol(ticket, rule_of(ticket, key)->name);
    case MODEL_SORT_CAP:
        return sla_event_kind_name(SLA_EVENT_RESUMED);
    case MODEL_SORT_FOLLOW_UP:
        return sla_event_kind_name(SLA_EVENT_FOLLOW_UP);
    default:
        return "";
    }
}

static bool is_breach(const model_ticket *ticket, const model_key *key)
{
    return key->sort == MODEL_SORT_STEP && model_step_of(ticket, key)->kind == SLA__BREACH;
}

static const char *because_of(const model_ticket *ticket, const model_key *key,
                              const model_cause *cause)
{
    const model_clock *clock = model_clock_of(ticket->truth, key);

    if (cause->because != NULL)
        return cause->because;
    return clock != NULL && clock->moved_because != NULL ? clock->moved_because : "";
}

static void name_rule(const model_ticket *ticket, sla_event *event, const sla__at_once *rule)
{
    const sla_policies *set = ticket->truth->set;

    event->reason = model_symbol(ticket, rule->reason);
    if (rule->derives != SLA__NONE)
        event->derived = model_symbol(ticket, set->fact_names[rule->derives]);
}

static void take_back(model_ticket *ticket, const model_told *told, const model_cause *cause)
{
    const bool step = told->key.sort == MODEL_SORT_STEP;
    model_key key = told->key;
    model_notice *notice;

    key.sort = MODEL_SORT_TAKEN;
    key.place = told->key.place + (step ? 0 : 100) + (cause->world ? 1000 : 0);
    key.repeat = cause->seq;
    notice = queue(ticket, &key);
    notice->event.kind =
        is_breach(ticket, &told->key) ? SLA_EVENT_BREACH_RETRACTED : SLA_EVENT_RETRACTED;
    snprintf(notice->event.step, sizeof notice->event.step, "%s:%s%s",
             sla_event_kind_name(notice->event.kind), name_of(ticket, &told->key),
             cause->world ? ":world" : "");
    notice->event.at = notice->when = cause->at;
    notice->event.to =
        step ? model_symbol(ticket, model_step_of(ticket, &told->key)->to) : told->to;
    notice->event.level = step ? model_step_of(ticket, &told->key)->level : told->level;
    notice->event.because = because_of(ticket, &told->key, cause);
    if (told->key.sort == MODEL_SORT_FIRED)
        name_rule(ticket, &notice->event, rule_of(ticket, &told->key));
    model_name_fact(ticket, &notice->event, cause->world ? 0 : cause->seq);
    number_notice(ticket, notice);
}

static void backdate(model_ticket *ticket, const model_told *told, const model_cause *cause,
                     sla_time breached_at)
{
    model_key key = told->key;
    model_notice *notice;

    key.sort = MODEL_SORT_TAKEN;
    key.place += cause->world ? 1000 : 0;
    key.repeat = cause->seq;
    notice = queue(ticket, &key);
    notice->event.kind = SLA_EVENT_BREACH_BACKDATED;
    snprintf(notice->event.step, sizeof notice->event.step, "%s%s",
             sla_event_kind_name(SLA_EVENT_BREACH_BACKDATED), cause->world ? ":world" : "");
    notice->event.at = notice->when = cause->at;
    notice->event.to = told->to;
    notice->event.old_due_at = told->breached_at;
    notice->event.breached_at = breached_at;
    notice->event.because = because_of(ticket, &told->key, cause);
    model_name_fact(ticket, &notice->event, cause->world ? 0 : cause->seq);
    number_notice(ticket, notice);
}

static bool worth_taking_back(const model_ticket *ticket, const model_key *key)
{
    if (key->sort == MODEL_SORT_FIRED)
        return rule_of(ticket, key)->level > 0;
    if (key->sort == MODEL_SORT_STEP)
        return model_step_of(ticket, key)->level > 0 || is_breach(ticket, key);
    return key->sort == MODEL_SORT_END;
}

/* What the steps' repeats share with the step itself. */
model_told *model_revision_of(model_ticket *ticket, const model_key *key)
{
    model_key first = *key;

    if (first.sort == MODEL_SORT_STEP)
        first.repeat = 0;
    return model_told_of(ticket, &first);
}

static bool same_step(const model_key *a, const model_key *b)
{
    model_key first = *a;

    first.repeat = b->repeat;
    return a->sort == MODEL_SORT_STEP && same_key(&first, b);
}

/* A thing told no longer holds; a step and its repeats go as one. */
static void undo(model_ticket *ticket, size_t index, const model_cause *cause)
{
    const model_told was = ticket->told[index];
    model_told *shared = model_revision_of(ticket, &was.key);
    model_key first = shared->key;
    bool told = was.told;

    ticket->told[index].decided = ticket->told[index].told = false;
    for (size_t i = 0; i < ticket->told_count; i++) {
        model_told *other = &ticket->told[i];

        if (!other->decided || !same_step(&was.key, &other->key) ||
            holds(ticket->truth, &other->key))
            continue;
        told = told || other->told;
        other->decided = other->told = false;
    }
    if (!told)
        return;
    shared->revision++;
    if (!holds(ticket->truth, &first) && worth_taking_back(ticket, &was.key))
        take_back(ticket, &was, cause);
}

void model_reconcile(model_ticket *ticket, const model_cause *cause)
{
    for (size_t i = 0; i < ticket->told_count; i++) {
        const model_told was = ticket->told[i];
        const model_clock *clock;

        if (!was.decided || was.key.sort == MODEL_SORT_MOVED || was.key.sort == MODEL_SORT_TAKEN)
            continue;
        if (!holds(ticket->truth, &was.key)) {
            undo(ticket, i, cause);
            continue;
        }
        clock = model_clock_of(ticket->truth, &was.key);
        if (was.told && is_breach(ticket, &was.key) && clock->breached_at != was.breached_at) {
            backdate(ticket, &was, cause, clock->breached_at);
            ticket->told[i].breached_at = clock->breached_at;
        }
    }
}

/* What a fact moved comes before what moved by itself; worlds have numbers of their own. */
static uint32_t place_of_move(const model_move *move)
{
    return (move->confirmed ? 2 : move->fact == NULL) + (move->world > 0 ? 10 : 0);
}

static void queue_move(model_ticket *ticket, const model_move *move, const model_cause *cause)
{
    const model_key key = {move->policy,     move->target,        move->cycle,
                           MODEL_SORT_MOVED, place_of_move(move), cause->seq};
    model_notice *notice = queue(ticket, &key);

    notice->event.kind = move->confirmed ? SLA_EVENT_CONFIRMED : SLA_EVENT_DUE_CHANGED;
    snprintf(notice->event.step, sizeof notice->event.step, "%s%s",
             sla_event_kind_name(notice->event.kind), move->world > 0 ? ":world" : "");
    notice->when = move->when;
    notice->event.at = move->at;
    notice->event.old_due_at = move->old_due;
    notice->event.due_at = move->new_due;
    notice->event.because = move->because;
    model_name_fact(ticket, &notice->event, move->world == 0 ? cause->seq : 0);
    number_notice(ticket, notice);
}

void model_compare_dues(model_ticket *ticket, const model_truth *before, const model_cause *cause)
{
    for (size_t i = 0; i < ticket->truth->clock_count; i++) {
        const model_clock *clock = ticket->truth->clocks[i];
        const model_key key = {clock->policy, clock->target, clock->cycle, MODEL_SORT_MOVED, 0, 0};
        const model_clock *was = model_clock_of(before, &key);

        if (!model_live(clock) || was == NULL || !model_live(was) ||
            was->plan.due == clock->plan.due)
            continue;
        queue_move(ticket,
                   &(model_move){.policy = clock->policy,
                                 .target = clock->target,
                                 .cycle = clock->cycle,
                                 .at = cause->at,
                                 .when = cause->at,
                                 .old_due = was->plan.due,
                                 .new_due = clock->plan.due,
                                 .because = because_of(ticket, &key, cause)},
                   cause);
    }
}

/* `seq`, where a fact was just recorded in order (a correction has a number of its own). */
void model_take_moves(model_ticket *ticket, uint32_t seq)
{
    while (ticket->moves_told < ticket->truth->move_count) {
        const model_move *move = &ticket->truth->moves[ticket->moves_told++];
        model_cause cause = {move->at, move->seq, move->fact, move->world > 0, NULL};

        if (move->world > 0)
            cause.seq = (uint32_t)move->world + 1;
        else if (move->fact != NULL)
            cause.seq = seq;
        queue_move(ticket, move, &cause);
    }
}
