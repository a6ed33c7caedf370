/* model_tell.c - see model_ticket.h: what is told, taken back, held for told. */
#include "model_ticket.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the fields of a clock --- */

bool model_governs(const model_truth *truth, const model_clock *clock)
{
    const uint32_t metric = truth->set->targets[clock->target].metric;

    if (!model_live(clock))
        return false;
    for (size_t i = 0; i < truth->clock_count; i++) {
        const model_clock *other = truth->clocks[i];

        if (other == clock || !model_live(other) ||
            truth->set->targets[other->target].metric != metric)
            continue;
        if (other->plan.due < clock->plan.due ||
            (other->plan.due == clock->plan.due && i < truth->clock_count &&
             (other->target < clock->target ||
              (other->target == clock->target && other->cycle < clock->cycle))))
            return false;
    }
    return true;
}

int32_t model_rank(const model_truth *truth, uint16_t policy)
{
    const sla__policy *it = &truth->set->policies[policy];

    for (uint32_t i = 0; i < it->rank_count; i++)
        if (model_now(truth, SLA__NONE, truth->set->ranks[it->rank_first + i].when))
            return truth->set->ranks[it->rank_first + i].rank;
    return 0;
}

static void fill_clock(const model_truth *truth, const model_clock *clock, sla_event *event)
{
    const bool started = clock->started_at != SLA_NEVER;

    event->state = clock->state;
    event->started_at = clock->started_at;
    event->due_at = started ? clock->plan.due : SLA_NEVER;
    event->breached_at = clock->breached_at;
    event->breached = clock->breached_at != SLA_NEVER;
    event->ended_at = clock->ended_at;
    event->provisional = clock->provisional;
    event->provisional_attributes = clock->on_defaults;
    event->governs = model_governs(truth, clock);
    event->excluded = clock->excluded;
    event->adjusted_met =
        clock->state == SLA_MET ||
        (clock->state == SLA_MISSED && clock->ended_at <= model_waived_due(truth, clock));
}

/* --- telling --- */

typedef struct collector {
    model_ticket *ticket;
    model_truth *then; /* the truth that the fields of an event are taken from ... */
    sla_time then_at;  /* ... as of this instant */
    bool then_passing;
    sla_time now;
    model_telling **tellings;
    size_t *count;
} collector;

static void add(collector *to, const model_key *key, const sla_event *event, sla_time order)
{
    *to->tellings = realloc(*to->tellings, (*to->count + 1) * sizeof **to->tellings);
    (*to->tellings)[*to->count] =
        (model_telling){*event, *key, to->ticket->number, order, *to->count};
    ++*to->count;
}

static sla_duration late_after(const model_ticket *ticket, const model_key *key)
{
    const sla_policies *set = ticket->truth->set;

    if (key->target != SLA__NONE)
        return set->targets[key->target].late_after;
    return set->targets[set->policies[key->policy].target_first].late_after;
}

/* An event shows its clock when everything up to its own instant has passed, nothing after it
 * that the same poll lets pass. */
static const model_truth *truth_of(collector *to, sla_time when, bool passed)
{
    const model_ticket *ticket = to->ticket;
    const sla_time at = passed ? when : ticket->stood;
    const bool passing = passed || ticket->stood_passing;

    if (to->then == NULL || to->then_at != at || to->then_passing != passing) {
        model_truth_free(to->then);
        to->then = model_fold(&ticket->timeline, at, passing, NULL);
        to->then_at = at;
        to->then_passing = passing;
    }
    return to->then;
}

/* How an event came about. */
typedef struct passing {
    sla_time at;   /* where it comes in this poll: later than its own instant, by a change */
    sla_time when; /* how far the fold had come */
    bool by_fact;  /* ... among the facts of that instant */
} passing;

static bool in_this_poll(const collector *to, passing how)
{
    return how.when > to->ticket->stood ||
           (how.when == to->ticket->stood && !to->ticket->stood_passing && !how.by_fact);
}

static void finish(collector *to, const model_key *key, sla_event *event, passing how)
{
    const sla_time due = event->due_at;
    const sla_time breached_at = event->breached_at;
    const bool now = in_this_poll(to, how);
    const model_truth *truth = now ? truth_of(to, how.when, true)
                                   : truth_of(to, event->at, event->at >= to->ticket->stood);
    const model_clock *clock = key->target == SLA__NONE ? NULL : model_clock_of(truth, key);

    if (clock != NULL)
        fill_clock(truth, clock, event);
    if (key->sort == MODEL_SORT_MOVED)
        event->due_at = due;
    if (event->kind == SLA_EVENT_BREACH_BACKDATED)
        event->breached_at = breached_at;
    event->rank = model_rank(truth, key->policy);
    event->told = to->now;
    event->late = to->now - event->at > late_after(to->ticket, key);
    add(to, key, event, now ? how.at : event->at);
}

static passing by_fact(sla_time at, bool fact)
{
    return (passing){at, at, fact};
}

static void tell_notices(collector *to)
{
    model_ticket *ticket = to->ticket;
    size_t kept = 0;

    for (size_t i = 0; i < ticket->notice_count; i++) {
        if (ticket->notices[i].event.at > to->now) {
            ticket->notices[kept++] = ticket->notices[i];
            continue;
        }
        if (ticket->notices[i].key.sort == MODEL_SORT_MOVED)
            ticket->notices[i].event.reason =
                model_reason_of(ticket, ticket->notices[i].event.fact_seq);
        finish(to, &ticket->notices[i].key, &ticket->notices[i].event,
               (passing){ticket->notices[i].event.at, ticket->notices[i].when,
                         ticket->notices[i].event.fact_seq > 0});
    }
    ticket->notice_count = kept;
}

/* A step or a repeat of it that passed and awaits its decision. */
typedef struct candidate {
    model_key key;
    const sla__step *step;
    sla_time at;
    passing how;
    sla_time order; /* its place in this poll */
    uint32_t skipped, collapsed;
    bool gone, collapsing;
} candidate;

static bool comes_before(const candidate *a, const candidate *b)
{
    return a->order != b->order ? a->order < b->order : a->at < b->at;
}

static size_t find_candidates(const collector *to, const model_clock *clock, candidate *out)
{
    const sla_policies *set = to->ticket->truth->set;
    const sla__target *target = &set->targets[clock->target];
    size_t count = 0;

    for (uint32_t i = 0; i < target->step_count; i++)
        for (unsigned r = 0; r <= MODEL_REPEATS; r++) {
            const model_mark *mark = r == 0 ? &clock->steps[i].first : &clock->steps[i].repeats[r];
            const model_key key = {
                clock->policy, clock->target, clock->cycle, MODEL_SORT_STEP, i, r};

            if (mark->status == MODEL_PASSED && mark->at <= to->now &&
                !model_decided(to->ticket, &key))
                out[count++] = (candidate){.key = key,
                                           .step = &set->steps[target->step_first + i],
                                           .at = mark->at,
                                           .how = {mark->passed, mark->when, mark->by_fact}};
        }
    for (size_t i = 0; i < count; i++)
        out[i].order = in_this_poll(to, out[i].how) ? out[i].how.at : out[i].at;
    /* As they are told: by instant, then place in file, then repeat. */
    for (size_t i = 1; i < count; i++)
        for (size_t j = i; j > 0 && comes_before(&out[j], &out[j - 1]); j--) {
            const candidate swap = out[j];

            out[j] = out[j - 1];
            out[j - 1] = swap;
        }
    return count;
}

static void skip_repeats(candidate *them, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count && them[i].key.repeat > 0; j++)
            if (them[j].key.place == them[i].key.place && them[j].key.repeat > them[i].key.repeat)
                them[i].gone = true;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count && !them[i].gone; j++)
            if (them[j].gone && them[j].key.place == them[i].key.place && them[i].key.repeat > 0)
                them[i].skipped++;
}

static int class_of(const sla__step *step)
{
    return step->level > 0 ? 2 : step->kind == SLA__WARNING ? 1 : 0;
}

/* A late one whose catch-up is `highest`, with another of its class after it. */
static bool collapses(const collector *to, candidate *them, size_t count, size_t i)
{
    const int class = class_of(them[i].step);

    if (class == 0 || them[i].step->catch_up != SLA__CATCH_HIGHEST ||
        to->now - them[i].at <= late_after(to->ticket, &them[i].key))
        return false;
    for (size_t j = i + 1; j < count; j++)
        if (!them[j].gone && class_of(them[j].step) == class &&
            (them[i].key.repeat > 0 || them[j].key.repeat == 0))
            return them[i].collapsing = true;
    return false;
}

/* ... counts for the next one of its class that is told. */
static void count_collapsed(candidate *them, size_t count, size_t i)
{
    for (size_t j = i + 1; j < count && them[i].collapsing; j++)
        if (!them[j].gone && class_of(them[j].step) == class_of(them[i].step)) {
            them[j].collapsed++;
            return;
        }
}

static void catch_up(const collector *to, candidate *them, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (them[i].step->catch_up == SLA__CATCH_SKIP_OLDER && them[i].step->kind != SLA__BREACH &&
            to->now - them[i].at > them[i].step->skip_older_than)
            them[i].gone = true;
    }
    for (size_t i = 0; i < count; i++)
        them[i].gone = them[i].gone || collapses(to, them, count, i);
    for (size_t i = 0; i < count; i++)
        count_collapsed(them, count, i);
}

static sla_event_kind kind_of(const sla__step *step, unsigned repeat)
{
    switch ((sla__step_kind)step->kind) {
    case SLA__WARNING:
        return SLA_EVENT_WARNING;
    case SLA__BREACH:
        return SLA_EVENT_BREACHED;
    case SLA__SUPERVISED:
        return repeat == 0 ? SLA_EVENT_SUPERVISED : SLA_EVENT_REMINDED;
    case SLA__LEVEL:
        return repeat == 0 ? SLA_EVENT_ESCALATED : SLA_EVENT_REMINDED;
    default:
        return SLA_EVENT_REMINDED;
    }
}

static void tell_step(collector *to, const model_clock *clock, const candidate *it)
{
    model_ticket *ticket = to->ticket;
    const uint32_t revision = model_revision_of(ticket, &it->key)->revision;
    model_told *told = model_told_of(ticket, &it->key);
    sla_event event = model_blank(ticket, &it->key);

    /* Decided anew, it is no longer what was told of it before. */
    told->decided = true;
    told->told = !it->gone;
    if (it->gone)
        return;
    told->breached_at = clock->breached_at;
    told->level = it->step->level;
    told->to = model_symbol(ticket, it->step->to);
    event.kind = kind_of(it->step, it->key.repeat);
    snprintf(event.step, sizeof event.step, "%s", model_symbol(ticket, it->step->name));
    event.revision = revision;
    event.at = it->at;
    event.skipped = it->skipped;
    event.collapsed = it->collapsed;
    event.to = told->to;
    event.level = told->level;
    if (it->step->kind == SLA__BREACH)
        event.because = clock->steps[it->key.place].because;
    if (it->step->derives != SLA__NONE && it->key.repeat == 0)
        event.derived = model_symbol(ticket, ticket->truth->set->fact_names[it->step->derives]);
    finish(to, &it->key, &event, it->how);
}

static void tell_steps(collector *to, const model_clock *clock)
{
    candidate them[SLA_STEPS_MAX * (MODEL_REPEATS + 1)];
    const size_t count = find_candidates(to, clock, them);

    skip_repeats(them, count);
    catch_up(to, them, count);
    for (size_t i = 0; i < count; i++)
        tell_step(to, clock, &them[i]);
}

static void tell_end(collector *to, const model_clock *clock)
{
    const model_key key = {clock->policy,  clock->target, clock->cycle,
                           MODEL_SORT_END, clock->state,  clock->end_seq};
    model_ticket *ticket = to->ticket;
    sla_event event;
    model_told *told;

    if (clock->state < SLA_MET || clock->ended_at > to->now || model_decided(ticket, &key))
        return;
    told = model_told_of(ticket, &key);
    told->decided = told->told = true;
    told->to = "";
    event = model_blank(ticket, &key);
    event.kind = clock->state == SLA_MET      ? SLA_EVENT_MET
                 : clock->state == SLA_MISSED ? SLA_EVENT_MISSED
                                              : SLA_EVENT_CANCELLED;
    snprintf(event.step, sizeof event.step, "%s", model_end_name(clock->state));
    event.revision = told->revision;
    event.at = clock->ended_at;
    event.because = clock->end_because;
    event.reason = model_reason_of(ticket, clock->end_seq);
    model_name_fact(ticket, &event, clock->end_seq);
    finish(to, &key, &event, by_fact(clock->ended_at, clock->end_fact != NULL));
}

static void tell_pause_ends(collector *to, const model_clock *clock, bool caps)
{
    const model_pause_end *ends = caps ? clock->caps : clock->follow_ups;
    const size_t count = caps ? clock->cap_count : clock->follow_up_count;
    const sla_policies *set = to->ticket->truth->set;

    for (size_t i = 0; i < count; i++) {
        const model_key key = {clock->policy, clock->target,
                               clock->cycle,  caps ? MODEL_SORT_CAP : MODEL_SORT_FOLLOW_UP,
                               ends[i].pause, ends[i].number};
        const sla__pause *pause =
            &set->pauses[set->targets[clock->target].pause_first + ends[i].pause];
        sla_event event = model_blank(to->ticket, &key);
        model_told *told;

        if (ends[i].at > to->now || model_decided(to->ticket, &key))
            continue;
        told = model_told_of(to->ticket, &key);
        told->decided = told->told = true;
        event.kind = caps ? SLA_EVENT_RESUMED : SLA_EVENT_FOLLOW_UP;
        snprintf(event.step, sizeof event.step, "%s:%s", sla_event_kind_name(event.kind),
                 model_symbol(to->ticket, pause->reason));
        event.revision = told->revision;
        event.at = ends[i].at;
        event.because = caps ? "pause_cap" : "";
        event.reason = model_symbol(to->ticket, pause->reason);
        event.to = caps ? "" : model_symbol(to->ticket, pause->follow_up_to);
        finish(to, &key, &event, (passing){ends[i].at, ends[i].when, false});
    }
}

static sla_event_kind at_once_kind(const sla__at_once *rule)
{
    switch ((sla__step_kind)rule->kind) {
    case SLA__LEVEL:
        return SLA_EVENT_ESCALATED;
    case SLA__SUPERVISED:
        return SLA_EVENT_SUPERVISED;
    case SLA__REMINDED:
        return SLA_EVENT_REMINDED;
    default:
        return SLA_EVENT_NOTICE;
    }
}

static void tell_fired(collector *to, const model_fired *fired)
{
    const sla_policies *set = to->ticket->truth->set;
    const sla__at_once *rule =
        &set->at_once[set->policies[fired->policy].at_once_first + fired->rule];
    const model_key key = {fired->policy, SLA__NONE, 0, MODEL_SORT_FIRED, fired->rule, fired->seq};
    sla_event event = model_blank(to->ticket, &key);
    model_told *told;

    if (fired->at > to->now || model_decided(to->ticket, &key))
        return;
    told = model_told_of(to->ticket, &key);
    told->decided = told->told = true;
    told->level = rule->level;
    told->to = model_symbol(to->ticket, rule->to);
    event.kind = at_once_kind(rule);
    snprintf(event.step, sizeof event.step, "%s", model_symbol(to->ticket, rule->name));
    event.revision = told->revision;
    event.at = fired->at;
    event.to = told->to;
    event.level = told->level;
    event.reason = model_symbol(to->ticket, rule->reason);
    if (*event.reason == '\0')
        event.reason = model_reason_of(to->ticket, fired->seq);
    if (rule->derives != SLA__NONE)
        event.derived = model_symbol(to->ticket, set->fact_names[rule->derives]);
    model_name_fact(to->ticket, &event, fired->seq);
    finish(to, &key, &event, by_fact(fired->at, fired->fact != NULL));
}

void model_tell(model_ticket *ticket, sla_time now, model_telling **tellings, size_t *count)
{
    collector to = {ticket, NULL, 0, false, now, tellings, count};

    tell_notices(&to);
    for (size_t i = 0; i < ticket->truth->clock_count; i++) {
        tell_steps(&to, ticket->truth->clocks[i]);
        tell_end(&to, ticket->truth->clocks[i]);
        tell_pause_ends(&to, ticket->truth->clocks[i], true);
        tell_pause_ends(&to, ticket->truth->clocks[i], false);
    }
    for (size_t i = 0; i < ticket->truth->fired_count; i++)
        tell_fired(&to, &ticket->truth->fired[i]);
    model_truth_free(to.then);
}
