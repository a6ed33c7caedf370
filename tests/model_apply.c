/* model_apply.c - see model_truth.h: one fact applied, in the order of docs/policy.md. */
#include "model_truth.h"

#include <assert.h>
#include <string.h>

/* --- 1: refusals --- */

static void refuse(model_truth *truth, model_applied *fact)
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

static bool refused_by_all(const model_truth *truth, const model_applied *fact)
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

static void remember(model_truth *truth, const model_applied *fact)
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

static bool match_may_change(const model_truth *truth, const model_applied *fact)
{
    for (size_t p = 0; p < truth->set->policy_count; p++)
        for (size_t slot = 0; slot < truth->set->attribute_count; slot++)
            if ((truth->set->policies[p].match_slots >> slot & 1) != 0 &&
                (truth->values[slot].has != fact->before[slot].has ||
                 truth->values[slot].value != fact->before[slot].value))
                return true;
    return false;
}

static void leave(model_truth *truth, size_t p, const model_applied *fact)
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

static void join(model_truth *truth, size_t p, const model_applied *fact)
{
    const sla__policy *policy = &truth->set->policies[p];

    for (uint32_t i = 0; i < policy->target_count; i++) {
        const uint16_t number = (uint16_t)(policy->target_first + i);
        model_clock *clock = model_clock_make(truth, number);

        clock->start_seen = model_now(truth, SLA__FACT_OPENED, truth->set->targets[number].start);
        clock->seen_at = fact->at;
        model_try_start(truth, clock, fact->at);
    }
}

static void match(model_truth *truth, const model_applied *fact)
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

/* --- 5: at once --- */

static bool becomes(const model_truth *truth, const model_applied *fact, sla__condition condition)
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

static void at_once(model_truth *truth, const model_applied *fact, model_derived *chain,
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

static void before_opened(model_truth *truth, const model_applied *fact)
{
    if (fact->fact != NULL && fact->fact == truth->watch)
        truth->verdict.before_opened = true;
    remember(truth, fact);
    for (uint16_t i = 0; i < truth->set->target_count; i++) {
        model_change_reasons(truth, i, &truth->memory[i].pauses, fact);
        model_pauses_settle(&truth->memory[i].pauses, fact->at);
    }
}

static void apply_one(model_truth *truth, model_applied *fact)
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
            model_to_target(truth, i, fact);
    at_once(truth, fact, chain, &chain_count);
    for (size_t i = 0; i < chain_count; i++)
        model_apply_derived(truth, &chain[i]);
}

void model_apply_derived(model_truth *truth, const model_derived *derived)
{
    model_applied fact = {0};

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
    model_applied fact = {0};

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
            .when = truth->now,
            .old_due = clock->due_before,
            .new_due = clock->plan.due,
            .seq = seq,
            .world = world,
            .fact = fact,
            .because = clock->moved_because != NULL ? clock->moved_because : "",
        };
    }
}
