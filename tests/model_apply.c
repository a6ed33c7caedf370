/* model_apply.c - see model_truth.h: one fact applied, in the order of docs/policy.md. */
#include "model_truth.h"

#include <assert.h>
#include <string.h>

/* What is being applied: a fact of the history, or one that the fold derived. */
typedef struct applied {
    const model_fact *fact; /* NULL: derived */
    const char *name;
    size_t name_length;
    uint16_t number; /* of the name, SLA__NONE when no policy reads it */
    sla_time at;
    uint32_t seq;
    int depth;
    model_value before[SLA_ATTRIBUTES_MAX];
    size_t seen_before;
    bool was_opened;
    bool refused[MODEL_POLICIES];
} applied;

/* --- 1: refusals --- */

static void refuse(model_truth *truth, applied *fact)
{
    const model_asked asked = {fact->before, NULL, 0, fact->number, fact->seen_before, NULL};
    const char *rule = NULL;

    for (size_t p = 0; p < truth->set->policy_count; p++) {
        const sla__policy *policy = &truth->set->policies[p];

        for (uint32_t i = 0; truth->has[p] && !fact->refused[p] && i < policy->refuse_count; i++) {
            const sla__refuse *it = &truth->set->refuses[policy->refuse_first + i];

            if (!model_holds(truth, &asked, it->on) || !model_holds(truth, &asked, it->when))
                continue;
            fact->refused[p] = true;
            if (rule == NULL)
                rule = sla__policies_symbol(truth->set, it->rule);
        }
    }
    if (rule != NULL && fact->fact != NULL && fact->fact == truth->watch) {
        truth->verdict.refused = true;
        truth->verdict.rule = rule;
    }
}

static bool refused_by_all(const model_truth *truth, const applied *fact)
{
    bool any = false;

    for (size_t p = 0; p < truth->set->policy_count; p++) {
        if (truth->has[p] && !fact->refused[p])
            return false;
        any = any || truth->has[p];
    }
    return any;
}

/* --- 2: attributes and memory --- */

static int64_t number_of(const sla_policies *set, const sla_attribute *attribute)
{
    if (attribute->type == SLA_VALUE_STRING)
        return sla__policies_find(set, attribute->string.data, attribute->string.length);
    return attribute->number;
}

static bool same_string(sla_string a, sla_string b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

static void set_attribute(model_truth *truth, const sla_attribute *attribute)
{
    const uint16_t slot =
        sla__policies_attribute(truth->set, attribute->name.data, attribute->name.length);
    size_t i = 0;

    while (i < truth->raw_count && !same_string(truth->raw[i]->name, attribute->name))
        i++;
    assert(i < MODEL_NAMES);
    truth->raw[i] = attribute;
    if (i == truth->raw_count)
        truth->raw_count++;
    if (slot != SLA__NONE)
        truth->values[slot] = attribute->type == SLA_VALUE_NONE
                                  ? (model_value){false, 0}
                                  : (model_value){true, number_of(truth->set, attribute)};
}

static void remember(model_truth *truth, const applied *fact)
{
    size_t i = 0;

    while (i < truth->seen_count &&
           (truth->seen[i].length != fact->name_length ||
            memcmp(truth->seen[i].name, fact->name, fact->name_length) != 0))
        i++;
    assert(i < MODEL_NAMES);
    truth->seen[i] = (model_name){fact->name, fact->name_length, fact->at};
    if (i == truth->seen_count)
        truth->seen_count++;
}

/* --- 3: matching --- */

static bool first_of_group(const model_truth *truth, size_t p, const bool *match)
{
    const sla__policy *mine = &truth->set->policies[p];

    for (size_t i = 0; i < truth->set->policy_count; i++) {
        const sla__policy *other = &truth->set->policies[i];

        if (i != p && match[i] && other->group == mine->group &&
            (other->order < mine->order || (other->order == mine->order && i < p)))
            return false;
    }
    return true;
}

static bool match_may_change(const model_truth *truth, const applied *fact)
{
    for (size_t p = 0; p < truth->set->policy_count; p++)
        for (size_t slot = 0; slot < truth->set->attribute_count; slot++)
            if ((truth->set->policies[p].match_slots >> slot & 1) != 0 &&
                (truth->values[slot].has != fact->before[slot].has ||
                 truth->values[slot].value != fact->before[slot].value))
                return true;
    return false;
}

static void leave(model_truth *truth, size_t p, const applied *fact)
{
    for (size_t i = truth->clock_count; i-- > 0;) {
        model_clock *clock = truth->clocks[i];

        if (clock->policy != p)
            continue;
        if (clock->state == SLA_WAITING)
            model_clock_remove(truth, clock);
        else if (model_live(clock))
            model_end(truth, clock, SLA_CANCELLED, fact->at, "policy_left", fact->seq, fact->fact);
    }
}

static void join(model_truth *truth, size_t p, const applied *fact)
{
    const sla__policy *policy = &truth->set->policies[p];

    for (uint32_t i = 0; i < policy->target_count; i++) {
        const uint16_t number = (uint16_t)(policy->target_first + i);
        model_clock *clock = model_clock_make(truth, number);

        clock->start_seen = model_now(truth, SLA__FACT_OPENED, truth->set->targets[number].start);
        clock->seen_at = fact->at;
    }
}

static void match(model_truth *truth, const applied *fact)
{
    bool matches[MODEL_POLICIES] = {false};

    for (size_t p = 0; p < truth->set->policy_count; p++)
        matches[p] = model_now(truth, SLA__NONE, truth->set->policies[p].match);
    for (size_t p = 0; p < truth->set->policy_count; p++) {
        const bool has =
            matches[p] && (truth->set->policies[p].group == 0 || first_of_group(truth, p, matches));

        if (has == truth->has[p] || fact->refused[p])
            continue;
        truth->has[p] = has;
        if (has)
            join(truth, p, fact);
        else
            leave(truth, p, fact);
    }
}

/* --- 4: one clock --- */

static void set_reason(model_reason *reason, bool by_fact, const applied *fact)
{
    if (reason->capped)
        return;
    if (!reason->by_fact && !reason->by_while) {
        reason->since = fact->at;
        reason->seq = fact->seq;
        reason->times++;
        reason->followed = false;
    }
    if (by_fact)
        reason->by_fact = true;
    else
        reason->by_while = true;
}

static void change_reasons(const model_truth *truth, uint16_t target, model_pauses *pauses,
                           const applied *fact)
{
    const sla__target *it = &truth->set->targets[target];

    for (uint32_t i = 0; i < it->pause_count; i++)
        if (model_now(truth, fact->number, truth->set->pauses[it->pause_first + i].on))
            set_reason(&pauses->reasons[i], true, fact);
    for (uint32_t i = 0; i < it->resume_count; i++) {
        const sla__resume *resume = &truth->set->resumes[it->resume_first + i];

        if (!model_now(truth, fact->number, resume->on))
            continue;
        for (uint32_t p = 0; p < it->pause_count; p++)
            if (resume->pause == SLA__NONE || resume->pause == p)
                pauses->reasons[p].by_fact = false;
    }
    for (uint32_t i = 0; i < it->pause_count && truth->opened; i++) {
        if (model_now(truth, SLA__NONE, truth->set->pauses[it->pause_first + i].hold))
            set_reason(&pauses->reasons[i], false, fact);
        else
            pauses->reasons[i].by_while = false;
    }
}

/* Whether the clock ended by it and the next cycle began. */
static bool change_goal(model_truth *truth, model_clock *clock, const applied *fact, bool stops)
{
    const sla__target *target = model_target(truth, clock);
    const model_choice choice = model_choose(truth, clock->target, clock->started_at);

    if (!choice.any)
        return false;
    if (choice.goal == clock->goal && choice.calendar == clock->calendar &&
        choice.anchor == clock->anchor) {
        clock->on_defaults = choice.on_defaults;
        return false;
    }
    if ((target->judge_standing && stops) || target->on_goal_change == SLA__KEEP_GOAL)
        return false;
    if (target->on_goal_change == SLA__RESTART) {
        const bool latest = model_latest(truth, clock->target) == clock;

        model_end(truth, clock, SLA_CANCELLED, fact->at, "goal_changed", fact->seq, fact->fact);
        if (latest)
            model_next_cycle(truth, clock->target, fact->at, fact->at, fact->seq);
        return true;
    }
    clock->goal = choice.goal;
    clock->calendar = choice.calendar;
    clock->anchor = choice.anchor;
    clock->on_defaults = choice.on_defaults;
    model_replan(truth, clock, fact->at, "goal_changed");
    return false;
}

static void close_pause(model_truth *truth, model_clock *clock, sla_time at)
{
    for (size_t i = 0; i < MODEL_PAUSES; i++)
        clock->pauses.reasons[i].by_fact = clock->pauses.reasons[i].by_while = false;
    model_pause_or_resume(truth, clock, at, "resumed");
}

static void stop(model_truth *truth, model_clock *clock, const applied *fact)
{
    close_pause(truth, clock, fact->at);
    model_end(truth, clock, fact->at <= clock->plan.due ? SLA_MET : SLA_MISSED, fact->at, "",
              fact->seq, fact->fact);
    model_recur(truth, clock, fact->at, fact->seq, false);
}

static void go_on(model_truth *truth, model_clock *clock, const applied *fact)
{
    const sla_time closed = clock->ended_at;

    clock->state = SLA_RUNNING;
    clock->ended_at = SLA_NEVER;
    clock->end_because = "";
    clock->end_seq = 0;
    clock->end_fact = NULL;
    clock->due_before = clock->plan.due;
    if (!model_target(truth, clock)->closed_time_counts && closed < fact->at) {
        assert(clock->pauses.note_count < MODEL_NOTES);
        clock->pauses.notes[clock->pauses.note_count++] =
            (model_note){.kind = MODEL_PAUSE, .from = closed, .to = fact->at};
    }
    model_replan(truth, clock, fact->at, "reopened");
}

static bool reopens(model_truth *truth, const model_clock *clock, const applied *fact)
{
    const sla__target *target = model_target(truth, clock);

    return clock->state >= SLA_MET && target->on_reopen != SLA__REOPEN_NEVER &&
           strcmp(clock->end_because, "policy_left") != 0 &&
           model_latest(truth, clock->target) == clock &&
           model_now(truth, fact->number, target->reopen);
}

static void see_start(model_truth *truth, model_clock *clock, const applied *fact)
{
    const sla__target *target = model_target(truth, clock);

    if (clock->wants_asked && model_now(truth, fact->number, target->recur_asked)) {
        clock->wants_asked = false;
        clock->start_seen = clock->start_given = true;
        clock->seen_at = fact->at;
    } else if (!clock->start_seen && !clock->wants_asked && !clock->start_given &&
               model_now(truth, fact->number, target->start)) {
        clock->start_seen = true;
        clock->seen_at = fact->at;
    }
    model_try_start(truth, clock, fact->at);
}

/* What a fact does to a clock, up to its pauses; false when the clock is through with it. */
static bool begin_and_end(model_truth *truth, model_clock *clock, const applied *fact)
{
    const sla__target *target = model_target(truth, clock);
    const bool live = model_live(clock);
    const bool stops = live && model_now(truth, fact->number, target->stop);

    if (live && change_goal(truth, clock, fact, stops))
        return false;
    if (clock->state == SLA_WAITING && model_now(truth, fact->number, target->cancel)) {
        model_clock_remove(truth, clock);
        return false;
    }
    if (live && model_now(truth, fact->number, target->cancel)) {
        model_end(truth, clock, SLA_CANCELLED, fact->at, "", fact->seq, fact->fact);
        return false;
    }
    if (stops) {
        stop(truth, clock, fact);
        return false;
    }
    if (live && model_now(truth, fact->number, target->reset)) {
        const bool latest = model_latest(truth, clock->target) == clock;

        model_end(truth, clock, SLA_CANCELLED, fact->at, "reset", fact->seq, fact->fact);
        if (latest)
            model_next_cycle(truth, clock->target, fact->at, fact->at, fact->seq);
        return false;
    }
    if (reopens(truth, clock, fact)) {
        if (target->on_reopen == SLA__REOPEN_NEW_CYCLE) {
            model_next_cycle(truth, clock->target, fact->at, fact->at, fact->seq);
            return false;
        }
        go_on(truth, clock, fact);
    }
    see_start(truth, clock, fact);
    return clock->state < SLA_MET;
}

/* --- acknowledged, extended, waived --- */

static bool names(model_truth *truth, const model_clock *clock, const sla_fact *given)
{
    const char *policy = sla__policies_symbol(truth->set, truth->set->policies[clock->policy].name);
    const char *target = sla__policies_symbol(truth->set, model_target(truth, clock)->name);

    if (given->policy.length == 0)
        return true;
    if (strlen(policy) != given->policy.length || strlen(target) != given->target.length ||
        memcmp(policy, given->policy.data, given->policy.length) != 0 ||
        memcmp(target, given->target.data, given->target.length) != 0)
        return false;
    return given->cycle == 0 ? model_latest(truth, clock->target) == clock
                             : given->cycle == clock->cycle;
}

static void acknowledge(model_truth *truth, model_clock *clock, sla_time at)
{
    const sla__target *target = model_target(truth, clock);

    if (!model_live(clock) || clock->acknowledgements >= target->max_acks)
        return;
    clock->acknowledgements++;
    clock->held = true;
    clock->held_until =
        target->ack_timeout == 0
            ? SLA_NEVER
            : model_add(target->ack_calendar == SLA__NONE ? NULL
                                                          : truth->calendars[target->ack_calendar],
                        at, target->ack_timeout, SLA_FIT_CLOSE);
}

static void extend(model_truth *truth, model_clock *clock, const applied *fact)
{
    const sla__target *target = model_target(truth, clock);
    const sla_fact *given = &fact->fact->given;
    model_pauses *pauses = &clock->pauses;
    model_note note = {.kind = MODEL_EXTENSION, .span = given->span};

    if (given->until != 0)
        note = (model_note){.kind = MODEL_NEW_DUE, .until = given->until};
    if (!model_live(clock) || fact->at > clock->plan.due || !target->extension_allowed ||
        (target->extension_max > 0 && clock->extensions >= target->extension_max) ||
        (target->extension_needs_approver && given->approver.length == 0) ||
        !model_now(truth, fact->number, target->extension_when))
        return;
    assert(pauses->note_count < MODEL_NOTES);
    pauses->notes[pauses->note_count++] = note;
    if (target->extension_up_to > 0 && model_make_plan(truth, clock).due >
                                           model_add(model_time_of(truth, clock), clock->started_at,
                                                     target->extension_up_to, SLA_FIT_CLOSE)) {
        pauses->note_count--;
        return;
    }
    clock->extensions++;
    truth->verdict.done = true;
    model_replan(truth, clock, fact->at, "extended");
}

static void waive(model_truth *truth, model_clock *clock, const sla_fact *given)
{
    if (!model_target(truth, clock)->waiver_allowed)
        return;
    clock->excluded = clock->excluded || given->excluded;
    clock->silence = clock->silence || given->silence;
    clock->waived += given->span;
    truth->verdict.done = true;
}

static void about_clock(model_truth *truth, model_clock *clock, const applied *fact)
{
    const bool wanted = fact->number == SLA__FACT_ACKNOWLEDGED ||
                        fact->number == SLA__FACT_EXTENDED || fact->number == SLA__FACT_WAIVED;

    if (!wanted || fact->fact == NULL || !names(truth, clock, &fact->fact->given))
        return;
    truth->verdict.named = true;
    if (fact->number == SLA__FACT_ACKNOWLEDGED)
        acknowledge(truth, clock, fact->at);
    else if (fact->number == SLA__FACT_EXTENDED)
        extend(truth, clock, fact);
    else
        waive(truth, clock, &fact->fact->given);
}

/* --- a target --- */

static void to_target(model_truth *truth, uint16_t number, const applied *fact)
{
    const sla__target *target = &truth->set->targets[number];
    model_clock *clocks[MODEL_CLOCKS];
    size_t count = 0;

    if (target->recur != SLA__RECUR_NONE && model_now(truth, fact->number, target->recur_until))
        truth->memory[number].until = true;
    for (size_t i = 0; i < truth->clock_count; i++)
        if (truth->clocks[i]->target == number)
            clocks[count++] = truth->clocks[i];
    for (size_t i = 0; i < count; i++) {
        if (!begin_and_end(truth, clocks[i], fact))
            continue;
        change_reasons(truth, number, &clocks[i]->pauses, fact);
        model_pause_or_resume(truth, clocks[i], fact->at, "resumed");
    }
    for (size_t i = 0; i < truth->clock_count; i++)
        if (truth->clocks[i]->target == number)
            about_clock(truth, truth->clocks[i], fact);
    change_reasons(truth, number, &truth->memory[number].pauses, fact);
    model_pauses_settle(&truth->memory[number].pauses, fact->at);
}

/* --- 5: at once --- */

static bool becomes(const model_truth *truth, const applied *fact, sla__condition condition)
{
    const model_asked before = {fact->before, NULL, 0, SLA__NONE, fact->seen_before, NULL};

    return condition != SLA__IMPOSSIBLE && model_now(truth, SLA__NONE, condition) &&
           !(fact->was_opened && model_holds(truth, &before, condition));
}

static bool fired_before(const model_truth *truth, size_t p, uint32_t rule)
{
    for (size_t i = 0; i < truth->fired_count; i++)
        if (truth->fired[i].policy == p && truth->fired[i].rule == rule)
            return true;
    return false;
}

static void at_once(model_truth *truth, const applied *fact, model_derived *chain,
                    size_t *chain_count)
{
    for (size_t p = 0; p < truth->set->policy_count; p++) {
        const sla__policy *policy = &truth->set->policies[p];

        for (uint32_t i = 0; i < policy->at_once_count; i++) {
            const sla__at_once *rule = &truth->set->at_once[policy->at_once_first + i];

            if (!truth->has[p] || fact->refused[p] ||
                !(model_now(truth, fact->number, rule->on) ||
                  becomes(truth, fact, rule->becomes)) ||
                !model_now(truth, fact->number, rule->when) ||
                (rule->once && fired_before(truth, p, i)))
                continue;
            assert(truth->fired_count < MODEL_FIRED);
            truth->fired[truth->fired_count++] =
                (model_fired){(uint16_t)p, i, fact->seq, fact->at, fact->fact};
            if (rule->derives != SLA__NONE)
                chain[(*chain_count)++] =
                    (model_derived){rule->derives, fact->at, fact->seq, fact->depth + 1};
        }
    }
}

/* --- all of it --- */

static void before_opened(model_truth *truth, const applied *fact)
{
    if (fact->fact != NULL && fact->fact == truth->watch)
        truth->verdict.before_opened = true;
    remember(truth, fact);
    for (uint16_t i = 0; i < truth->set->target_count; i++) {
        change_reasons(truth, i, &truth->memory[i].pauses, fact);
        model_pauses_settle(&truth->memory[i].pauses, fact->at);
    }
}

static void apply_one(model_truth *truth, applied *fact)
{
    model_derived chain[64];
    size_t chain_count = 0;

    assert(fact->depth <= SLA_DERIVED_DEPTH_MAX);
    memcpy(fact->before, truth->values, sizeof fact->before);
    fact->seen_before = truth->seen_count;
    fact->was_opened = truth->opened;
    if (!truth->opened && fact->number != SLA__FACT_OPENED) {
        before_opened(truth, fact);
        return;
    }
    if (!truth->opened) {
        truth->opened = true;
        truth->opened_at = fact->at;
    }
    refuse(truth, fact);
    if (!refused_by_all(truth, fact)) {
        for (size_t i = 0; fact->fact != NULL && i < fact->fact->given.attribute_count; i++)
            set_attribute(truth, &fact->fact->given.attributes[i]);
        remember(truth, fact);
    }
    if (fact->number == SLA__FACT_OPENED || match_may_change(truth, fact))
        match(truth, fact);
    for (uint16_t i = 0; i < truth->set->target_count; i++)
        if (!fact->refused[truth->set->targets[i].policy])
            to_target(truth, i, fact);
    at_once(truth, fact, chain, &chain_count);
    for (size_t i = 0; i < chain_count; i++)
        model_apply_derived(truth, &chain[i]);
}

void model_apply_derived(model_truth *truth, const model_derived *derived)
{
    applied fact = {0};

    fact.name = sla__policies_symbol(truth->set, truth->set->fact_names[derived->fact]);
    fact.name_length = strlen(fact.name);
    fact.number = derived->fact;
    fact.at = derived->at;
    fact.seq = derived->seq;
    fact.depth = derived->depth;
    apply_one(truth, &fact);
}

void model_apply(model_truth *truth, const model_item *item)
{
    const sla_string name = item->fact->given.name;
    applied fact = {0};

    fact.fact = item->fact;
    fact.name = name.data;
    fact.name_length = name.length;
    fact.number = sla__policies_fact(truth->set, name.data, name.length);
    fact.at = item->at;
    fact.seq = item->seq;
    if (item->fact == truth->watch)
        truth->verdict = (model_verdict){.applied = true};
    model_remember_dues(truth);
    apply_one(truth, &fact);
    model_note_moves(truth, item->at, item->seq, 0, item->fact);
}

/* --- which dues a fact moved --- */

void model_remember_dues(model_truth *truth)
{
    for (size_t i = 0; i < truth->clock_count; i++) {
        model_clock *clock = truth->clocks[i];

        clock->due_before = model_live(clock) ? clock->plan.due : SLA_NEVER;
        clock->moved_because = NULL;
    }
}

void model_note_moves(model_truth *truth, sla_time at, uint32_t seq, size_t world,
                      const model_fact *fact)
{
    for (size_t i = 0; i < truth->clock_count; i++) {
        model_clock *clock = truth->clocks[i];

        if (!model_live(clock) || clock->due_before == SLA_NEVER ||
            clock->due_before == clock->plan.due)
            continue;
        assert(truth->move_count < MODEL_MOVES);
        truth->moves[truth->move_count++] = (model_move){
            .policy = clock->policy,
            .target = clock->target,
            .cycle = clock->cycle,
            .at = at,
            .old_due = clock->due_before,
            .new_due = clock->plan.due,
            .seq = seq,
            .world = world,
            .fact = fact,
            .because = clock->moved_because != NULL ? clock->moved_because : "",
        };
    }
}
