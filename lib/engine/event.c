/* event.c - see event.h. */
#include "engine/event.h"

#include <stddef.h>
#include <string.h>

#include "engine/clock.h"
#include "engine/fold.h"
#include "engine/judged.h"
#include "engine/names.h"
#include "engine/told.h"
#include "policy/symbols.h"

static inline const char *symbol(const sla_policies *policies, uint32_t number)
{
    return policies->symbols->list[number].text;
}

static const sla__step *step_of(const sla_policies *policies, const sla__tell *tell)
{
    return &policies->steps[policies->targets[tell->target].step_first + tell->step];
}

static const char *reason_of(const sla_policies *policies, const sla__tell *tell)
{
    const sla__target *target = &policies->targets[tell->target];

    return symbol(policies, policies->pauses[target->pause_first + tell->step].reason);
}

/* ------------------------------------------------------------------- naming */

/* A small writer into the event's step text, which stays a string. */
typedef struct writer {
    sla_event *event;
    size_t used;
} writer;

static void put(writer *out, const char *more, size_t length)
{
    const size_t room = sizeof out->event->step - 1 - out->used;
    const size_t fits = length < room ? length : room;

    memcpy(out->event->step + out->used, more, fits);
    out->used += fits;
    out->event->step[out->used] = '\0';
}

static void put_text(writer *out, const char *text)
{
    put(out, text, strlen(text));
}

static void put_symbol(writer *out, const sla_policies *policies, uint32_t number)
{
    const sla__symbol *const found = &policies->symbols->list[number];

    put(out, found->text, found->length);
}

/* The name of what was told, without what brought it about. */
static void name_thing(const sla_policies *policies, const sla__tell *tell, sla__sort sort,
                       writer *out)
{
    switch (sort) {
    case SLA__SORT_STEP:
        put_symbol(out, policies, step_of(policies, tell)->name);
        break;
    case SLA__SORT_AT_ONCE:
        put_symbol(out, policies, policies->at_once[tell->rule].name);
        break;
    case SLA__SORT_CAP:
    case SLA__SORT_FOLLOW_UP:
        put_text(out, sla_event_kind_name(tell->kind));
        put_text(out, ":");
        put_text(out, reason_of(policies, tell));
        break;
    default:
        put_text(out, sla_event_kind_name(tell->kind));
    }
}

static void name_step(const sla_policies *policies, const sla__tell *tell, sla_event *event)
{
    writer out = {event, 0};

    event->step[0] = '\0';
    if (tell->sort == SLA__SORT_RETRACTED) {
        put_text(&out, sla_event_kind_name(tell->kind));
        put_text(&out, ":");
        if (tell->of == SLA__SORT_END)
            put_text(&out, sla_event_kind_name(tell->step));
        else
            name_thing(policies, tell, (sla__sort)tell->of, &out);
    } else {
        name_thing(policies, tell, (sla__sort)tell->sort, &out);
    }
    if (tell->world != 0)
        put_text(&out, ":world");
}

/* ------------------------------------------------------------ small answers */

bool sla__clock_governs(const sla_engine *engine, const sla__fold *fold, const sla__clock *clock)
{
    const sla_policies *policies = sla__rules_of(engine, fold);
    const uint32_t metric = policies->targets[clock->target].metric;

    if (!sla__clock_live(clock))
        return false;
    for (size_t i = 0; i < fold->clock_count; i++) {
        const sla__clock *other = &fold->clocks[i];

        if (other == clock || !sla__clock_live(other) ||
            policies->targets[other->target].metric != metric)
            continue;
        if (other->due_at < clock->due_at || (other->due_at == clock->due_at && other < clock))
            return false;
    }
    return true;
}

bool sla__clock_excluded(const sla__fold *fold, const sla__clock *clock)
{
    const sla__note *note = NULL;

    if (!(clock->flags & SLA__NOTED))
        return false;
    while ((note = sla__note_next(fold, clock, SLA__NOTE_WAIVE, (sla__note *)note)) != NULL) {
        if (note->flags & SLA__NOTE_EXCLUDED)
            return true;
    }
    return false;
}

bool sla__clock_adjusted_met(const sla_engine *engine, const sla__ticket *ticket,
                             const sla__clock *clock)
{
    const sla__note *note = NULL;
    sla_time due = clock->due_at;
    sla__view view;

    if (clock->state == SLA_MET)
        return true;
    if (clock->state != SLA_MISSED)
        return false;
    view = sla__judged_view(engine, ticket, clock);
    if (view.goal == NULL)
        return false;
    while ((note = sla__note_next(view.fold, clock, SLA__NOTE_WAIVE, (sla__note *)note)) != NULL)
        due = sla__plan_due_add(&view, due, note->b);
    return clock->mark_at <= due;
}

int32_t sla__rank_of(const sla_policies *policies, const sla__fold *fold, uint16_t number)
{
    const sla__policy *policy = &policies->policies[number];
    sla__scene scene = sla__scene_of(policies, fold, SLA__NONE);

    for (uint32_t i = policy->rank_first; i < policy->rank_first + policy->rank_count; i++) {
        const sla__rank *rank = &policies->ranks[i];

        if (!(rank->needs & ~fold->present) && sla__holds(&scene, rank->when))
            return rank->rank;
    }
    return 0;
}

/* ------------------------------------------------------------------ filling */

static void fill_clock(const sla_engine *engine, const sla__ticket *ticket, const sla__clock *clock,
                       sla_event *event)
{
    const sla__fold *fold = &ticket->fold;
    const sla_policies *policies = sla__rules_of(engine, fold);

    event->state = (sla_state)clock->state;
    event->started_at = clock->state == SLA_WAITING ? SLA_NEVER : clock->start_at;
    event->due_at = clock->due_at;
    event->breached = sla__clock_breached(policies, clock);
    event->breached_at = sla__clock_breached_at(fold, policies, clock);
    event->ended_at = sla__clock_ended(clock) ? clock->mark_at : SLA_NEVER;
    event->provisional = (clock->flags & SLA__PROVISIONAL) != 0;
    event->provisional_attributes = (clock->flags & SLA__BY_DEFAULTS) != 0;
    event->governs = sla__clock_governs(engine, fold, clock);
    event->excluded = sla__clock_excluded(fold, clock);
    event->adjusted_met = sla__clock_adjusted_met(engine, ticket, clock);
}

static void fill_step(const sla_policies *policies, const sla__step *step, const sla__tell *tell,
                      sla_event *event)
{
    event->to = symbol(policies, step->to);
    event->level = step->level;
    if (step->derives != SLA__NONE && tell->repeat == 0 && tell->sort == SLA__SORT_STEP)
        event->derived = symbol(policies, policies->fact_names[step->derives]);
}

static void fill_at_once(const sla_policies *policies, const sla__at_once *rule, sla_event *event)
{
    event->to = symbol(policies, rule->to);
    event->level = rule->level;
    event->reason = symbol(policies, rule->reason);
    if (rule->derives != SLA__NONE)
        event->derived = symbol(policies, policies->fact_names[rule->derives]);
}

static void fill_thing(const sla_policies *policies, const sla__tell *tell, sla_event *event)
{
    const sla__sort sort =
        tell->sort == SLA__SORT_RETRACTED ? (sla__sort)tell->of : (sla__sort)tell->sort;

    if (sort == SLA__SORT_BACKDATED) {
        event->to = symbol(policies, step_of(policies, tell)->to);
    } else if (sort == SLA__SORT_STEP) {
        fill_step(policies, step_of(policies, tell), tell, event);
    } else if (sort == SLA__SORT_AT_ONCE) {
        fill_at_once(policies, &policies->at_once[tell->rule], event);
    } else if (sort == SLA__SORT_CAP || sort == SLA__SORT_FOLLOW_UP) {
        const sla__pause *pause =
            &policies->pauses[policies->targets[tell->target].pause_first + tell->step];

        event->reason = symbol(policies, pause->reason);
        if (sort == SLA__SORT_FOLLOW_UP)
            event->to = symbol(policies, pause->follow_up_to);
        else
            event->because = sla__cause_name(SLA__CAUSE_PAUSE_CAP);
    }
}

/* Ends, moved dues and what is told at once pass on the reason that the fact gave. */
static bool tells_reason(const sla__tell *tell)
{
    return tell->sort == SLA__SORT_END || tell->sort == SLA__SORT_AT_ONCE ||
           tell->sort == SLA__SORT_DUE_CHANGED;
}

/* The fact behind it, where the history is here. */
static void fill_fact(const sla__ticket *ticket, const sla__tell *tell, sla_event *event)
{
    const size_t offset =
        tell->fact_seq != 0 ? sla__history_find_seq(&ticket->history, tell->fact_seq) : SIZE_MAX;

    event->fact_seq = tell->fact_seq;
    if (offset == SIZE_MAX)
        return;
    event->fact_id = sla__history_id(&ticket->history, offset);
    if (event->reason[0] == '\0' && tells_reason(tell))
        event->reason =
            sla__history_reason(&ticket->history, sla__history_content(&ticket->history, offset));
}

void sla__event_fill(sla_engine *engine, const sla__ticket *ticket, const sla__tell *tell,
                     sla_time now, bool late, sla_event *event)
{
    const sla_policies *policies = sla__rules_of(engine, &ticket->fold);
    const sla__policy *policy = &policies->policies[tell->policy];
    const sla__clock *clock = tell->target == SLA__NONE
                                  ? NULL
                                  : sla__fold_clock(&ticket->fold, tell->target, tell->cycle);

    /* All but the text of the step, which is half of it and is written to its NUL. */
    memset(event, 0, offsetof(sla_event, step));
    memset(&event->repeat, 0, sizeof *event - offsetof(sla_event, repeat));
    event->kind = (sla_event_kind)tell->kind;
    event->tenant = (sla_string){ticket->key, ticket->tenant_length};
    event->ticket = (sla_string){ticket->key + ticket->tenant_length, ticket->ticket_length};
    event->policy = symbol(policies, policy->name);
    event->policy_version = symbol(policies, policy->version);
    event->agreement = (sla_agreement)policy->agreement;
    event->rank = sla__rank_of(policies, &ticket->fold, tell->policy);
    event->target =
        tell->target == SLA__NONE ? "" : symbol(policies, policies->targets[tell->target].name);
    event->cycle = tell->cycle;
    name_step(policies, tell, event);
    event->repeat = tell->repeat;
    event->revision = tell->sort <= SLA__SORT_RETRACTED ? tell->revision
                                                        : sla__told_revision(&ticket->fold, tell);
    event->at = tell->at;
    event->told = now;
    event->late = late;
    event->to = event->reason = event->derived = "";
    event->because = sla__cause_name(tell->cause);
    event->started_at = event->due_at = event->breached_at = event->ended_at = SLA_NEVER;
    if (clock != NULL)
        fill_clock(engine, ticket, clock, event);
    event->old_due_at = tell->old_due;
    if (tell->sort == SLA__SORT_DUE_CHANGED || tell->sort == SLA__SORT_CONFIRMED)
        event->due_at = tell->due;
    if (tell->sort == SLA__SORT_BACKDATED)
        event->breached_at = tell->due;
    fill_thing(policies, tell, event);
    fill_fact(ticket, tell, event);
}
