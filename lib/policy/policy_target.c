/* policy_target.c - targets: the promises of a policy; see reader.h. */
#include "policy/reader.h"

#include <string.h>

#include "time/json_time.h"

static const char *const known[] = {
    "target", "display",     "metric",  "inside",    "start",          "start_from",
    "stop",   "cancel",      "reset",   "goals",     "calendar",       "attribute_defaults",
    "judge",  "on_reopen",   "pauses",  "resumes",   "on_goal_change", "closed_time",
    "steps",  "ladder_time", "recur",   "extension", "while_paused",   "acknowledge",
    "waiver", "late_after",  "catch_up"};

/* ------------------------------------------------------------ attribute defaults */

static int read_default(sla__reader *reader, const json_t *object, const char *name,
                        sla__defaults *defaults)
{
    sla__default value;
    size_t i = 0;
    int result;

    sla__json_push_key(&reader->json, name);
    result = sla__read_attribute(reader, name, &value.slot);
    /* Whether an anchor may be a default is a question that nobody needs answered. */
    if (result == SLA_OK && reader->set->attributes[value.slot].type == SLA__INSTANT)
        result = sla__json_complain(&reader->json, "an instant cannot be a default: no date holds "
                                                   "for all tickets; remove it");
    if (result == SLA_OK)
        result =
            sla__read_listed_value(reader, value.slot, json_object_get(object, name), &value.value);
    sla__json_pop(&reader->json);
    if (result != SLA_OK)
        return result;
    while (i < defaults->count && defaults->list[i].slot != value.slot)
        i++;
    defaults->list[i] = value;
    if (i == defaults->count)
        defaults->count++;
    return SLA_OK;
}

int sla__read_defaults(sla__reader *reader, const json_t *object, sla__defaults *defaults)
{
    json_t *map;
    void *member;
    int result = sla__json_get(&reader->json, object, "attribute_defaults", SLA__OPTIONAL,
                               JSON_OBJECT, &map);

    if (result != SLA_OK || map == NULL)
        return result;
    sla__json_push_key(&reader->json, "attribute_defaults");
    for (member = json_object_iter(map); member != NULL && result == SLA_OK;
         member = json_object_iter_next(map, member)) {
        const char *name = json_object_iter_key(member);

        if (!sla__json_is_free_member(name))
            result = read_default(reader, map, name, defaults);
    }
    sla__json_pop(&reader->json);
    return result;
}

static int read_target_defaults(sla__reader *reader, const json_t *object, sla__target *target)
{
    sla__defaults defaults = reader->defaults;
    const int result = sla__read_defaults(reader, object, &defaults);

    if (result != SLA_OK)
        return result;
    target->default_first = (uint32_t)reader->set->default_count;
    target->default_count = (uint32_t)defaults.count;
    for (size_t i = 0; i < defaults.count; i++) {
        sla__default *added = SLA__APPEND(reader, reader->set->defaults, reader->set->default);

        if (added == NULL)
            return SLA_ERR_NOMEM;
        *added = defaults.list[i];
    }
    return SLA_OK;
}

/* ------------------------------------------------------------ lists that may be the policy's */

typedef int read_list(sla__reader *reader, const json_t *list, const sla__catching *catching,
                      sla__target *target, sla__target_draft *draft);

static int read_pauses(sla__reader *reader, const json_t *list, const sla__catching *catching,
                       sla__target *target, sla__target_draft *draft)
{
    (void)catching;
    (void)draft;
    return sla__read_pauses(reader, list, target);
}

static int read_resumes(sla__reader *reader, const json_t *list, const sla__catching *catching,
                        sla__target *target, sla__target_draft *draft)
{
    (void)catching;
    (void)draft;
    return sla__read_resumes(reader, list, target);
}

static const struct inherited {
    const char *key;
    size_t max;
    read_list *read;
} inherited[SLA__INHERITED] = {
    {"pauses", SLA__PAUSES_MAX, read_pauses},
    {"resumes", SLA__LIST_MAX, read_resumes},
    {"steps", SLA_STEPS_MAX, sla__read_steps},
};

static int read_own_list(sla__reader *reader, const struct inherited *what, const json_t *object,
                         const sla__catching *catching, sla__target *target,
                         sla__target_draft *draft)
{
    json_t *list = NULL;
    int result = sla__read_list(reader, object, what->key, SLA__OPTIONAL, 0, what->max, &list);

    if (result != SLA_OK || list == NULL)
        return result != SLA_OK ? result : what->read(reader, NULL, catching, target, draft);
    sla__json_push_key(&reader->json, what->key);
    result = what->read(reader, list, catching, target, draft);
    sla__json_pop(&reader->json);
    return result;
}

/* The target's own list, else the policy's, read anew: what it means depends on
 * the target.  For that while the reader stands on the document. */
static int read_inherited(sla__reader *reader, size_t which, const json_t *object,
                          const sla__catching *catching, sla__target *target,
                          sla__target_draft *draft)
{
    const struct inherited *what = &inherited[which];
    const json_t *document = reader->json.root;
    sla__json_step steps[SLA__JSON_STEPS_MAX];
    const int depth = reader->json.depth;
    int result;

    if (json_object_get(object, what->key) != NULL || json_object_get(document, what->key) == NULL)
        return read_own_list(reader, what, object, catching, target, draft);
    draft->inherits[which] = reader->inherited[which] = true;
    memcpy(steps, reader->json.steps, sizeof steps);
    reader->json.depth = 0;
    result = read_own_list(reader, what, document, catching, target, draft);
    memcpy(reader->json.steps, steps, sizeof steps);
    reader->json.depth = depth;
    return result;
}

static int read_lists(sla__reader *reader, const json_t *object, sla__target *target,
                      sla__target_draft *draft)
{
    sla__catching catching = reader->catching;
    int result = sla__read_catch_up(reader, object, &catching);

    for (size_t i = 0; i < SLA__INHERITED && result == SLA_OK; i++)
        result = read_inherited(reader, i, object, &catching, target, draft);
    return result;
}

/* A list that every target replaces would be read by nobody. */
static int check_inherited(sla__reader *reader, const json_t *document)
{
    for (size_t i = 0; i < SLA__INHERITED; i++)
        if (json_object_get(document, inherited[i].key) != NULL && !reader->inherited[i])
            return sla__json_complain_at(&reader->json, inherited[i].key,
                                         "every target has its own \"%s\", so these mean nothing; "
                                         "remove them",
                                         inherited[i].key);
    return SLA_OK;
}

/* ------------------------------------------------------------ one target */

static int check_target_name(sla__reader *reader, uint32_t name)
{
    const sla_policies *set = reader->set;

    for (size_t i = reader->target_base; i < set->target_count; i++)
        if (set->targets[i].name == name)
            return sla__json_complain_at(&reader->json, "target",
                                         "there is a target \"%s\" already; choose another name",
                                         sla__policies_symbol(set, name));
    return SLA_OK;
}

/* Two names with a dot; finishing looks for the target. */
static int check_inside(sla__reader *reader, const char *text)
{
    const char *dot = strchr(text, '.');

    if (dot == NULL || !sla__is_name(text, (size_t)(dot - text)) ||
        !sla__is_name(dot + 1, strlen(dot + 1)))
        return sla__json_complain_at(&reader->json, "inside",
                                     "names a policy and a target; write \"policy.target\"");
    return SLA_OK;
}

static int read_inside(sla__reader *reader, const json_t *object, sla__target_draft *draft)
{
    const char *text = NULL;
    int result = sla__json_get_text(&reader->json, object, "inside", SLA__OPTIONAL,
                                    2 * SLA_NAME_MAX + 1, &text);

    if (result != SLA_OK || text == NULL)
        return result;
    result = check_inside(reader, text);
    if (result == SLA_OK)
        result = sla__read_symbol(reader, text, &draft->inside);
    sla__json_push_key(&reader->json, "inside");
    if (result == SLA_OK)
        result = sla__read_place(reader, &draft->inside_place);
    sla__json_pop(&reader->json);
    return result;
}

static int read_names(sla__reader *reader, const json_t *object, sla__target *target,
                      sla__target_draft *draft)
{
    int result = sla__read_name_symbol(reader, object, "target", SLA__REQUIRED, &target->name);

    if (result == SLA_OK)
        result = check_target_name(reader, target->name);
    target->metric = target->name;
    if (result == SLA_OK)
        result = sla__read_name_symbol(reader, object, "metric", SLA__OPTIONAL, &target->metric);
    if (result == SLA_OK)
        result = sla__read_display(reader, object, &target->display);
    if (result == SLA_OK)
        result = read_inside(reader, object, draft);
    return result;
}

/* `start` is `opened` where nothing is said. */
static int read_start(sla__reader *reader, const json_t *object, sla__target *target)
{
    const int result = sla__read_condition(reader, object, "start", SLA__OPTIONAL, SLA__ABOUT_FACTS,
                                           &target->start);

    if (result == SLA_OK && target->start == SLA__IMPOSSIBLE)
        return sla__read_fact_condition(reader, "opened", &target->start);
    return result;
}

static int read_conditions(sla__reader *reader, const json_t *object, sla__target *target)
{
    sla__condition cancel = SLA__IMPOSSIBLE;
    int result = read_start(reader, object, target);

    if (result == SLA_OK)
        result = sla__read_condition(reader, object, "stop", SLA__OPTIONAL, SLA__ABOUT_FACTS,
                                     &target->stop);
    if (result == SLA_OK)
        result = sla__read_condition(reader, object, "reset", SLA__OPTIONAL, SLA__ABOUT_FACTS,
                                     &target->reset);
    if (result == SLA_OK)
        result =
            sla__read_condition(reader, object, "cancel", SLA__OPTIONAL, SLA__ABOUT_FACTS, &cancel);
    if (result == SLA_OK)
        result = sla__read_either(reader, cancel, reader->cancel, &target->cancel);
    return result;
}

static int read_goals(sla__reader *reader, const json_t *object, sla__target *target)
{
    sla__goal_frame frame = {.from = INT64_MIN, .to = SLA_NEVER};
    int result;

    target->calendar = reader->calendar;
    result = sla__read_calendar_choice(reader, object, &target->calendar);
    frame.has_calendar = target->calendar.fixed != SLA__NONE;
    if (result == SLA_OK)
        result = sla__read_goals(reader, object, &frame, &target->goal_first, &target->goal_count);
    return result;
}

static int read_target_members(sla__reader *reader, const json_t *object, sla__target *target,
                               sla__target_draft *draft)
{
    int result =
        sla__json_check_members(&reader->json, object, known, sizeof known / sizeof known[0]);

    if (result == SLA_OK)
        result = read_names(reader, object, target, draft);
    if (result == SLA_OK)
        result = read_conditions(reader, object, target);
    if (result == SLA_OK)
        result = read_target_defaults(reader, object, target);
    if (result == SLA_OK)
        result = read_goals(reader, object, target);
    if (result == SLA_OK)
        result = sla__read_cycle(reader, object, target);
    if (result == SLA_OK)
        result = read_lists(reader, object, target, draft);
    if (result == SLA_OK)
        result = sla__json_get_duration(&reader->json, object, "late_after", SLA__OPTIONAL, 0,
                                        SLA__SPAN_MAX, &target->late_after);
    return result;
}

static int append_target(sla__reader *reader, const sla__target *target,
                         const sla__target_draft *draft)
{
    sla__drafts *drafts = reader->set->drafts;
    sla__target *added = SLA__APPEND(reader, reader->set->targets, reader->set->target);
    sla__target_draft *drafted = SLA__APPEND(reader, drafts->targets, drafts->target);

    if (added == NULL || drafted == NULL)
        return SLA_ERR_NOMEM;
    *added = *target;
    *drafted = *draft;
    return SLA_OK;
}

static int read_target(sla__reader *reader, const json_t *object, size_t index)
{
    sla__target target = {.policy = (uint16_t)reader->set->policy_count,
                          .index = (uint16_t)index,
                          .inside = SLA__NONE,
                          .start_slot = SLA__NONE,
                          .start = SLA__IMPOSSIBLE,
                          .stop = SLA__IMPOSSIBLE,
                          .reset = SLA__IMPOSSIBLE,
                          .reopen = reader->reopen,
                          .recur_until = SLA__IMPOSSIBLE,
                          .recur_asked = SLA__IMPOSSIBLE,
                          .ack_calendar = SLA__NONE,
                          .max_acks = 3,
                          .extension_allowed = 1,
                          .extension_needs_approver = 1,
                          .waiver_allowed = 1,
                          .late_after = reader->late_after};
    sla__target_draft draft = {0};
    int result = sla__read_place(reader, &draft.place);

    if (result == SLA_OK)
        result = read_target_members(reader, object, &target, &draft);
    return result == SLA_OK ? append_target(reader, &target, &draft) : result;
}

int sla__read_targets(sla__reader *reader, const json_t *document, sla__policy *policy)
{
    json_t *list;
    int result =
        sla__read_list(reader, document, "targets", SLA__REQUIRED, 1, SLA_TARGETS_MAX, &list);

    if (result != SLA_OK)
        return result;
    policy->target_first = (uint32_t)reader->set->target_count;
    policy->target_count = (uint32_t)json_array_size(list);
    sla__json_push_key(&reader->json, "targets");
    for (size_t i = 0; i < policy->target_count && result == SLA_OK; i++) {
        sla__json_push_index(&reader->json, i);
        result = read_target(reader, json_array_get(list, i), i);
        sla__json_pop(&reader->json);
    }
    sla__json_pop(&reader->json);
    return result == SLA_OK ? check_inherited(reader, document) : result;
}
