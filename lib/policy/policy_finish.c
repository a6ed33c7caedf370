/* policy_finish.c - what concerns several policies is checked, and the set freezes. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "policy/reader.h"

/* ------------------------------------------------------------ agreements inside one another */

/* The number of "policy.target", or SLA__NONE. */
static uint16_t find_by_path(const sla_policies *set, const char *path)
{
    const char *dot = strchr(path, '.');
    const uint32_t policy = sla__policies_find(set, path, (size_t)(dot - path));
    const uint32_t target = sla__policies_find(set, dot + 1, strlen(dot + 1));

    for (size_t i = 0; i < set->target_count && policy != 0 && target != 0; i++)
        if (set->targets[i].name == target && set->policies[set->targets[i].policy].name == policy)
            return (uint16_t)i;
    return SLA__NONE;
}

/* Walking outward from a target ends, unless it comes back to it. */
static bool comes_back(const sla_policies *set, size_t from)
{
    uint16_t at = set->targets[from].inside;

    for (size_t i = 0; i < set->target_count && at != SLA__NONE; i++) {
        if (at == from)
            return true;
        at = set->targets[at].inside;
    }
    return false;
}

int sla__check_inside(sla_policies *set, sla_error *error)
{
    const sla__drafts *drafts = set->drafts;

    for (size_t i = 0; i < set->target_count; i++) {
        const sla__target_draft *draft = &drafts->targets[i];
        const char *path = sla__policies_symbol(set, draft->inside);

        if (draft->inside == 0)
            continue;
        set->targets[i].inside = find_by_path(set, path);
        if (set->targets[i].inside == SLA__NONE)
            return sla__place_complain(set, &draft->inside_place, error,
                                       "there is no target \"%s\"; add its policy to the set, or "
                                       "name another",
                                       path);
    }
    for (size_t i = 0; i < set->target_count; i++)
        if (comes_back(set, i))
            return sla__place_complain(set, &drafts->targets[i].inside_place, error,
                                       "going outward from here comes back to this target; the "
                                       "outermost one has no \"inside\"");
    return SLA_OK;
}

/* ------------------------------------------------------------ derived facts */

/* Whether a condition may come to hold because of a fact. */
static bool listens(const sla_policies *set, sla__condition condition, uint16_t fact)
{
    const sla__node *node;

    if (condition == SLA__IMPOSSIBLE)
        return false;
    node = &set->nodes[condition];
    if (node->op == SLA__FACT)
        return node->subject == fact;
    if (node->op == SLA__SEEN)
        return set->fact_slots[node->subject] == fact;
    if (node->op == SLA__ALL || node->op == SLA__ANY || node->op == SLA__NOT)
        for (uint32_t i = 0; i < node->count; i++)
            if (listens(set, node->first + i, fact))
                return true;
    return false;
}

/* Whether a fact may begin a cycle of a target. */
static bool begins(const sla_policies *set, const sla__target *target, uint16_t fact)
{
    if (listens(set, target->start, fact) || listens(set, target->reset, fact))
        return true;
    if (target->on_reopen != SLA__REOPEN_NEVER && listens(set, target->reopen, fact))
        return true;
    if (target->recur != SLA__RECUR_NONE &&
        (listens(set, target->stop, fact) || listens(set, target->recur_asked, fact)))
        return true;
    for (uint32_t i = 0; i < target->goal_count; i++)
        if (listens(set, set->goals[target->goal_first + i].when, fact))
            return true;
    return false;
}

/* The walk along the chains: how many derived facts may follow one another from
 * each on, worked out once. */
typedef struct chains {
    const sla_policies *set;
    sla_error *error;
    uint16_t path[SLA_DERIVED_DEPTH_MAX + 1];
    size_t depth;
    uint8_t *length; /* of a fact; 0 is not known yet */
} chains;

static const sla__place *place_of(const chains *walk, uint16_t fact)
{
    const sla__drafts *drafts = walk->set->drafts;
    size_t i = 0;

    while (drafts->derived[i].fact != fact)
        i++;
    return &drafts->derived[i].place;
}

static int follow(chains *walk, uint16_t fact);

/* One more fact on the path, if `derives` names one. */
static int step_on(chains *walk, uint16_t from, uint16_t derives)
{
    int result;

    if (derives == SLA__NONE)
        return SLA_OK;
    result = follow(walk, derives);
    if (result == SLA_OK && walk->length[derives] + 1 > walk->length[from])
        walk->length[from] = (uint8_t)(walk->length[derives] + 1);
    return result;
}

static int follow_targets(chains *walk, uint16_t fact)
{
    const sla_policies *set = walk->set;
    int result = SLA_OK;

    for (size_t i = 0; i < set->target_count && result == SLA_OK; i++) {
        const sla__target *target = &set->targets[i];

        if (!begins(set, target, fact))
            continue;
        for (uint32_t j = 0; j < target->step_count && result == SLA_OK; j++)
            result = step_on(walk, fact, set->steps[target->step_first + j].derives);
    }
    return result;
}

static int follow_rules(chains *walk, uint16_t fact)
{
    const sla_policies *set = walk->set;
    int result = SLA_OK;

    for (size_t i = 0; i < set->at_once_count && result == SLA_OK; i++)
        if (listens(set, set->at_once[i].on, fact) || listens(set, set->at_once[i].becomes, fact))
            result = step_on(walk, fact, set->at_once[i].derives);
    return result;
}

static int complain(chains *walk, uint16_t fact, const char *what)
{
    return sla__place_complain(walk->set, place_of(walk, fact), walk->error,
                               "derived facts follow from one another %s by \"%s\"; let another "
                               "fact start the target or rule that derives it",
                               what, sla__policies_symbol(walk->set, walk->set->fact_names[fact]));
}

/* Not deeper than the limit, so the recursion is not either. */
static int follow(chains *walk, uint16_t fact)
{
    int result;

    for (size_t i = 0; i < walk->depth; i++)
        if (walk->path[i] == fact)
            return complain(walk, fact, "in a circle");
    if (walk->depth + (walk->length[fact] == 0 ? 1 : walk->length[fact]) > SLA_DERIVED_DEPTH_MAX)
        return complain(walk, fact, "more than 8 deep");
    if (walk->length[fact] > 0)
        return SLA_OK;
    walk->path[walk->depth++] = fact;
    walk->length[fact] = 1;
    result = follow_targets(walk, fact);
    if (result == SLA_OK)
        result = follow_rules(walk, fact);
    walk->depth--;
    return result;
}

int sla__check_derived(sla_policies *set, sla_error *error)
{
    const sla__drafts *drafts = set->drafts;
    chains walk = {.set = set, .error = error};
    int result = SLA_OK;

    if (drafts->derived_count == 0)
        return SLA_OK;
    walk.length = sla__new(&set->allocator, set->fact_name_count, 1);
    if (walk.length == NULL)
        return sla__error_set(error, SLA_ERR_NOMEM, "", "%s", sla_result_text(SLA_ERR_NOMEM));
    for (size_t i = 0; i < drafts->derived_count && result == SLA_OK; i++)
        result = follow(&walk, drafts->derived[i].fact);
    sla__free(&set->allocator, walk.length);
    return result;
}

/* ------------------------------------------------------------ finishing */

static void forget_inside(sla_policies *set)
{
    for (size_t i = 0; i < set->target_count; i++)
        set->targets[i].inside = SLA__NONE;
}

/* The facts that a condition names, as bits. */
static uint64_t names_of(const sla_policies *set, sla__condition condition)
{
    const sla__node *node;
    uint64_t names = 0;

    if (condition == SLA__IMPOSSIBLE)
        return 0;
    node = &set->nodes[condition];
    if (node->op == SLA__FACT)
        return sla__fact_bit(node->subject);
    for (uint32_t i = 0; i < node->count; i++)
        names |= names_of(set, node->first + i);
    return names;
}

/* The attributes that must have a value, or a default, for the condition to hold, as bits:
 * all that all of its parts need, and of alternatives what each of them needs. */
static uint64_t needs_of(const sla_policies *set, sla__condition condition)
{
    const sla__node *node = &set->nodes[condition];
    uint64_t needs = node->op == SLA__ANY ? UINT64_MAX : 0;

    switch ((sla__op)node->op) {
    case SLA__TRUE:
    case SLA__FACT:
    case SLA__SEEN:
    case SLA__NOT:
        return 0;
    case SLA__ALL:
        for (uint32_t i = 0; i < node->count; i++)
            needs |= needs_of(set, node->first + i);
        return needs;
    case SLA__ANY:
        for (uint32_t i = 0; i < node->count; i++)
            needs &= needs_of(set, node->first + i);
        return needs;
    default:
        return UINT64_C(1) << node->subject;
    }
}

/* A fact of another name, without attributes, leaves the target's clocks alone. */
static uint64_t listens_to(const sla_policies *set, const sla__target *target)
{
    uint64_t names = names_of(set, target->start) | names_of(set, target->stop) |
                     names_of(set, target->cancel) | names_of(set, target->reset) |
                     names_of(set, target->reopen) | names_of(set, target->recur_until) |
                     names_of(set, target->recur_asked);

    for (uint32_t i = 0; i < target->pause_count; i++)
        names |= names_of(set, set->pauses[target->pause_first + i].on);
    for (uint32_t i = 0; i < target->resume_count; i++)
        names |= names_of(set, set->resumes[target->resume_first + i].on);
    for (uint16_t order = SLA__FACT_ACKNOWLEDGED; order <= SLA__FACT_WAIVED; order++)
        names |= sla__fact_bit(order);
    return names | sla__fact_bit(SLA__FACT_MIGRATED) | sla__fact_bit(SLA__FACT_OPENED);
}

static void finish_target(const sla_policies *set, sla__target *target)
{
    bool derives = false;

    target->listens = listens_to(set, target);
    for (uint32_t i = 0; i < target->step_count; i++)
        derives |= set->steps[target->step_first + i].derives != SLA__NONE;
    /* A repeat each, a derived fact, a breach at a change. */
    target->note_room = (uint16_t)(target->repeat_count + derives + 1);
}

/* Complain about the first rule that is one too many. */
static int check_deriving(const sla_policies *policies, sla_error *error)
{
    size_t deriving = 0;
    char pointer[40];

    for (size_t i = 0; i < policies->policy_count; i++)
        for (uint32_t j = 0; j < policies->policies[i].at_once_count; j++) {
            const size_t rule = policies->policies[i].at_once_first + j;

            deriving += policies->at_once[rule].derives != SLA__NONE;
            if (deriving <= SLA_DERIVING_RULES_MAX)
                continue;
            snprintf(pointer, sizeof pointer, "/at_once/%u/derives", (unsigned)j);
            return sla__document_complain(
                policies, sla__drafts_of(policies)->policies[i].place.document, pointer,
                SLA_ERR_POLICY, error,
                "more at_once rules derive facts than the %d that all policies may have together; "
                "remove some",
                SLA_DERIVING_RULES_MAX);
        }
    return SLA_OK;
}

/* What the engine asks of every fact is counted once. */
static int count_rules(sla_policies *policies, sla_error *error)
{
    for (size_t i = 0; i < policies->policy_count; i++)
        policies->match_slots |= policies->policies[i].match_slots;
    for (size_t i = 0; i < policies->refuse_count; i++)
        policies->refusable |= names_of(policies, policies->refuses[i].on);
    for (size_t i = 0; i < policies->at_once_count; i++)
        policies->answered |= names_of(policies, policies->at_once[i].on);
    for (size_t i = 0; i < policies->target_count; i++) {
        if (policies->targets[i].recur != SLA__RECUR_NONE)
            policies->until |= names_of(policies, policies->targets[i].recur_until);
    }
    for (size_t i = 0; i < policies->node_count; i++) {
        if (policies->nodes[i].op == SLA__ALL || policies->nodes[i].op == SLA__ANY)
            policies->nodes[i].value = (int64_t)names_of(policies, (sla__condition)i);
    }
    for (size_t i = 0; i < policies->goal_count; i++)
        policies->goals[i].needs = needs_of(policies, policies->goals[i].when);
    for (size_t i = 0; i < policies->rank_count; i++)
        policies->ranks[i].needs = needs_of(policies, policies->ranks[i].when);
    for (size_t i = 0; i < policies->target_count; i++)
        finish_target(policies, &policies->targets[i]);
    return check_deriving(policies, error);
}

int sla_policies_finish(sla_policies *policies, sla_error *error)
{
    int result;

    sla__error_clear(error);
    if (policies->finished)
        return SLA_OK;
    result = sla__check_overlays(policies, error);
    if (result == SLA_OK)
        result = sla__check_inside(policies, error);
    if (result == SLA_OK)
        result = sla__check_derived(policies, error);
    if (result == SLA_OK)
        result = count_rules(policies, error);
    if (result == SLA_OK)
        result = sla__arrange_goals(policies, error);
    if (result != SLA_OK)
        forget_inside(policies);
    policies->finished = result == SLA_OK;
    return result;
}
