/*
 * policy_overlay.c - overlays: other goals for a range of dates.
 *
 * An overlay may come before the policy it lies over, so its goals wait in the
 * set until finishing puts them before those of their targets.
 */
#include "policy/reader.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

/* ------------------------------------------------------------ reading */

static int read_target(sla__reader *reader, const json_t *object, sla__overlay_draft draft)
{
    static const char *const known[] = {"target", "goals"};
    sla__drafts *drafts = reader->set->drafts;
    sla__goal_frame frame = {.needs_calendar = &draft.needs_calendar,
                             .needs_place = &draft.needs_place,
                             .from = draft.from,
                             .to = draft.to};
    sla__overlay_draft *added;
    int result = sla__json_check_members(&reader->json, object, known, 2);

    if (result == SLA_OK)
        result = sla__read_name_symbol(reader, object, "target", SLA__REQUIRED, &draft.target);
    sla__json_push_key(&reader->json, "target");
    if (result == SLA_OK)
        result = sla__read_place(reader, &draft.target_place);
    sla__json_pop(&reader->json);
    if (result == SLA_OK)
        result = sla__read_goals(reader, object, &frame, &draft.goal_first, &draft.goal_count);
    if (result != SLA_OK)
        return result;
    added = SLA__APPEND(reader, drafts->overlays, drafts->overlay);
    if (added == NULL)
        return SLA_ERR_NOMEM;
    *added = draft;
    return SLA_OK;
}

static int read_targets(sla__reader *reader, const json_t *document,
                        const sla__overlay_draft *draft)
{
    json_t *list;
    int result =
        sla__read_list(reader, document, "targets", SLA__REQUIRED, 1, SLA_TARGETS_MAX, &list);

    if (result != SLA_OK)
        return result;
    sla__json_push_key(&reader->json, "targets");
    for (size_t i = 0; i < json_array_size(list) && result == SLA_OK; i++) {
        sla__json_push_index(&reader->json, i);
        result = read_target(reader, json_array_get(list, i), *draft);
        sla__json_pop(&reader->json);
    }
    sla__json_pop(&reader->json);
    return result;
}

int sla__read_overlay(sla__reader *reader, const json_t *document)
{
    static const char *const known[] = {"policy", "version",    "display", "overlay_of",
                                        "during", "attributes", "targets"};
    sla__overlay_draft draft = {.from = INT64_MIN, .to = SLA_NEVER};
    uint32_t version, display;
    int result = sla__json_check_members(&reader->json, document, known, 7);

    if (result == SLA_OK)
        result = sla__read_identity(reader, document, &draft.name, &version);
    if (result == SLA_OK)
        result = sla__read_display(reader, document, &display);
    if (result == SLA_OK)
        result =
            sla__read_name_symbol(reader, document, "overlay_of", SLA__REQUIRED, &draft.policy);
    sla__json_push_key(&reader->json, "overlay_of");
    if (result == SLA_OK)
        result = sla__read_place(reader, &draft.policy_place);
    sla__json_pop(&reader->json);
    if (result == SLA_OK)
        result = sla__read_during(reader, document, SLA__REQUIRED, &draft.from, &draft.to);
    if (result == SLA_OK)
        result = sla__read_attributes(reader, document);
    if (result == SLA_OK)
        result = read_targets(reader, document, &draft);
    return result;
}

/* ------------------------------------------------------------ finishing */

static const sla__policy *find_policy(const sla_policies *set, uint32_t name)
{
    for (size_t i = 0; i < set->policy_count; i++)
        if (set->policies[i].name == name)
            return &set->policies[i];
    return NULL;
}

/* The target's number, or SLA__NONE. */
static uint16_t find_target(const sla_policies *set, const sla__policy *policy, uint32_t name)
{
    for (uint32_t i = 0; i < policy->target_count; i++)
        if (set->targets[policy->target_first + i].name == name)
            return (uint16_t)(policy->target_first + i);
    return SLA__NONE;
}

/* The target over which an overlay lies. */
static int find_covered(const sla_policies *set, sla__overlay_draft *draft, sla_error *error)
{
    const sla__policy *policy = find_policy(set, draft->policy);
    const char *name = sla__policies_symbol(set, draft->policy);

    if (policy == NULL)
        return sla__place_complain(set, &draft->policy_place, error,
                                   "there is no policy \"%s\"; add it to the set, or name another",
                                   name);
    draft->covers = find_target(set, policy, draft->target);
    if (draft->covers == SLA__NONE)
        return sla__place_complain(set, &draft->target_place, error,
                                   "policy \"%s\" has no target \"%s\"; name one of its targets",
                                   name, sla__policies_symbol(set, draft->target));
    if (draft->needs_calendar && set->targets[draft->covers].calendar.fixed == SLA__NONE)
        return sla__place_complain(set, &draft->needs_place, error,
                                   "this goal needs a calendar, and target \"%s\" of \"%s\" has "
                                   "none; count elapsed time, or give the target a calendar",
                                   sla__policies_symbol(set, draft->target), name);
    return SLA_OK;
}

static uint32_t copy_goals(const sla_policies *set, uint32_t first, uint32_t count,
                           sla__goal *goals, uint32_t at)
{
    memcpy(goals + at, set->goals + first, count * sizeof *goals);
    return at + count;
}

/* All goals anew, target by target, those of overlays first, in order of adding. */
static void arrange_goals(sla_policies *set, sla__goal *goals)
{
    const sla__drafts *drafts = set->drafts;
    uint32_t at = 0;

    for (size_t i = 0; i < set->target_count; i++) {
        sla__target *target = &set->targets[i];
        const uint32_t first = at;

        for (size_t j = 0; j < drafts->overlay_count; j++)
            if (drafts->overlays[j].covers == i)
                at = copy_goals(set, drafts->overlays[j].goal_first, drafts->overlays[j].goal_count,
                                goals, at);
        at = copy_goals(set, target->goal_first, target->goal_count, goals, at);
        target->goal_first = first;
        target->goal_count = at - first;
    }
    assert(at == set->goal_count);
    sla__free(&set->allocator, set->goals);
    set->goals = goals;
    set->goal_capacity = set->goal_count;
}

int sla__check_overlays(sla_policies *set, sla_error *error)
{
    sla__drafts *drafts = set->drafts;
    int result = SLA_OK;

    for (size_t i = 0; i < drafts->overlay_count && result == SLA_OK; i++)
        result = find_covered(set, &drafts->overlays[i], error);
    return result;
}

int sla__arrange_goals(sla_policies *set, sla_error *error)
{
    const sla__drafts *drafts = set->drafts;
    sla__goal *goals;

    if (drafts->overlay_count == 0)
        return SLA_OK;
    goals = sla__new(&set->allocator, set->goal_count, sizeof *goals);
    if (goals == NULL)
        return sla__error_set(error, SLA_ERR_NOMEM, "", "%s", sla_result_text(SLA_ERR_NOMEM));
    arrange_goals(set, goals);
    return SLA_OK;
}
