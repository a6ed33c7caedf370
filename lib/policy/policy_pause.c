/* policy_pause.c - the reasons for which a clock stands still, and what ends them; see reader.h. */
#include "policy/reader.h"

#include "time/json_time.h"

static int read_follow_up_object(sla__reader *reader, const json_t *object, sla__pause *pause)
{
    static const char *const known[] = {"after", "calendar", "to"};
    int result = sla__json_check_members(&reader->json, object, known, 3);

    if (result == SLA_OK)
        result = sla__json_get_duration(&reader->json, object, "after", SLA__REQUIRED, SLA_SECOND,
                                        SLA__SPAN_MAX, &pause->follow_up);
    if (result == SLA_OK)
        result = sla__read_calendar_member(reader, object, "calendar", &pause->follow_up_calendar);
    if (result == SLA_OK)
        result = sla__read_text_symbol(reader, object, "to", SLA__OPTIONAL, SLA__TO_MAX,
                                       &pause->follow_up_to);
    return result;
}

static int read_follow_up(sla__reader *reader, const json_t *object, sla__pause *pause)
{
    const json_t *value = json_object_get(object, "follow_up");
    int result;

    if (value == NULL)
        return SLA_OK;
    sla__json_push_key(&reader->json, "follow_up");
    result = read_follow_up_object(reader, value, pause);
    sla__json_pop(&reader->json);
    return result;
}

static int read_cap(sla__reader *reader, const json_t *object, sla__pause *pause)
{
    int result = sla__json_get_duration(&reader->json, object, "cap", SLA__OPTIONAL, SLA_SECOND,
                                        SLA__SPAN_MAX, &pause->cap);

    if (result == SLA_OK)
        result = sla__read_calendar_member(reader, object, "cap_calendar", &pause->cap_calendar);
    if (result == SLA_OK && pause->cap_calendar != SLA__NONE && pause->cap == 0)
        return sla__json_complain_at(&reader->json, "cap_calendar",
                                     "there is no \"cap\" that it counts; add one, or remove it");
    return result;
}

/* What sets the reason: a fact, or a condition that holds it. */
static int read_cause(sla__reader *reader, const json_t *object, sla__pause *pause)
{
    const bool on = json_object_get(object, "on") != NULL;
    const bool hold = json_object_get(object, "while") != NULL;
    int result;

    if (on == hold)
        return sla__json_complain(&reader->json,
                                  "%s; a pause has exactly one of \"on\" (facts that set it) and "
                                  "\"while\" (a condition that holds it)",
                                  on ? "both" : "neither");
    result = sla__read_condition(reader, object, "on", SLA__OPTIONAL, SLA__ABOUT_FACTS, &pause->on);
    if (result == SLA_OK)
        result = sla__read_condition(reader, object, "while", SLA__OPTIONAL, SLA__ABOUT_ATTRIBUTES,
                                     &pause->hold);
    return result;
}

/* The place of a reason among the target's pauses, or SLA__NONE. */
static uint16_t find_pause(const sla_policies *set, const sla__target *target, uint32_t reason)
{
    for (size_t i = target->pause_first; i < set->pause_count; i++)
        if (set->pauses[i].reason == reason)
            return (uint16_t)(i - target->pause_first);
    return SLA__NONE;
}

static int read_pause(sla__reader *reader, const json_t *object, const sla__target *target)
{
    static const char *const known[] = {"reason", "on",           "while",
                                        "cap",    "cap_calendar", "follow_up"};
    sla__pause pause = {.on = SLA__IMPOSSIBLE,
                        .hold = SLA__IMPOSSIBLE,
                        .cap_calendar = SLA__NONE,
                        .follow_up_calendar = SLA__NONE};
    sla__pause *added;
    int result = sla__json_check_members(&reader->json, object, known, 6);

    if (result == SLA_OK)
        result = sla__read_name_symbol(reader, object, "reason", SLA__REQUIRED, &pause.reason);
    if (result == SLA_OK && find_pause(reader->set, target, pause.reason) != SLA__NONE)
        return sla__json_complain_at(&reader->json, "reason",
                                     "there is a pause for this reason already; join the two with "
                                     "\"any\", or choose another name");
    if (result == SLA_OK)
        result = read_cause(reader, object, &pause);
    if (result == SLA_OK)
        result = read_cap(reader, object, &pause);
    if (result == SLA_OK)
        result = read_follow_up(reader, object, &pause);
    if (result != SLA_OK)
        return result;
    added = SLA__APPEND(reader, reader->set->pauses, reader->set->pause);
    if (added == NULL)
        return SLA_ERR_NOMEM;
    *added = pause;
    return SLA_OK;
}

int sla__read_pauses(sla__reader *reader, const json_t *list, sla__target *target)
{
    int result = SLA_OK;

    target->pause_first = (uint32_t)reader->set->pause_count;
    for (size_t i = 0; i < json_array_size(list) && result == SLA_OK; i++) {
        sla__json_push_index(&reader->json, i);
        result = read_pause(reader, json_array_get(list, i), target);
        sla__json_pop(&reader->json);
    }
    target->pause_count = (uint32_t)reader->set->pause_count - target->pause_first;
    return result;
}

/* ------------------------------------------------------------ resumes */

static int read_resume_reason(sla__reader *reader, const json_t *object, const sla__target *target,
                              sla__resume *resume)
{
    uint32_t reason = 0;
    int result = sla__read_name_symbol(reader, object, "reason", SLA__OPTIONAL, &reason);

    resume->pause = SLA__NONE;
    if (result != SLA_OK || reason == 0)
        return result;
    resume->pause = find_pause(reader->set, target, reason);
    if (resume->pause == SLA__NONE)
        return sla__json_complain_at(
            &reader->json, "reason",
            "target \"%s\" has no pause for this reason; name one of its \"pauses\"",
            sla__policies_symbol(reader->set, target->name));
    if (reader->set->pauses[target->pause_first + resume->pause].on == SLA__IMPOSSIBLE)
        return sla__json_complain_at(&reader->json, "reason",
                                     "this reason is held by an attribute and ends with it; no "
                                     "fact can take it away");
    return SLA_OK;
}

static int read_resume(sla__reader *reader, const json_t *object, const sla__target *target)
{
    static const char *const known[] = {"on", "reason"};
    sla__resume resume = {.on = SLA__IMPOSSIBLE, .pause = SLA__NONE};
    sla__resume *added;
    int result = sla__json_check_members(&reader->json, object, known, 2);

    if (result == SLA_OK)
        result =
            sla__read_condition(reader, object, "on", SLA__REQUIRED, SLA__ABOUT_FACTS, &resume.on);
    if (result == SLA_OK)
        result = read_resume_reason(reader, object, target, &resume);
    if (result != SLA_OK)
        return result;
    added = SLA__APPEND(reader, reader->set->resumes, reader->set->resume);
    if (added == NULL)
        return SLA_ERR_NOMEM;
    *added = resume;
    return SLA_OK;
}

int sla__read_resumes(sla__reader *reader, const json_t *list, sla__target *target)
{
    int result = SLA_OK;

    target->resume_first = (uint32_t)reader->set->resume_count;
    for (size_t i = 0; i < json_array_size(list) && result == SLA_OK; i++) {
        sla__json_push_index(&reader->json, i);
        result = read_resume(reader, json_array_get(list, i), target);
        sla__json_pop(&reader->json);
    }
    target->resume_count = (uint32_t)reader->set->resume_count - target->resume_first;
    return result;
}
