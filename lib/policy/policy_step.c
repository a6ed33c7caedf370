/* policy_step.c - steps: who is told when on the way to due and after it; see reader.h. */
#include "policy/reader.h"

#include <string.h>

#include "time/json_time.h"

/* ------------------------------------------------------------ catch-up, kind */

/* `all`, `highest`, `{"skip_older_than": D}` */
static int read_catching(sla__reader *reader, const json_t *value, sla__catching *catching)
{
    static const char *const known[] = {"skip_older_than"};
    const char *word = json_string_value(value);
    int result;

    if (word != NULL && (strcmp(word, "all") == 0 || strcmp(word, "highest") == 0)) {
        *catching =
            (sla__catching){strcmp(word, "all") == 0 ? SLA__CATCH_ALL : SLA__CATCH_HIGHEST, 0};
        return SLA_OK;
    }
    if (!json_is_object(value))
        return sla__json_complain(&reader->json,
                                  "write \"all\", \"highest\", or {\"skip_older_than\": \"PT2H\"}");
    catching->how = SLA__CATCH_SKIP_OLDER;
    result = sla__json_check_members(&reader->json, value, known, 1);
    if (result == SLA_OK)
        result = sla__json_get_duration(&reader->json, value, "skip_older_than", SLA__REQUIRED,
                                        SLA_SECOND, SLA__SPAN_MAX, &catching->skip_older_than);
    return result;
}

int sla__read_catch_up(sla__reader *reader, const json_t *object, sla__catching *catching)
{
    const json_t *value = json_object_get(object, "catch_up");
    int result;

    if (value == NULL)
        return SLA_OK;
    sla__json_push_key(&reader->json, "catch_up");
    result = read_catching(reader, value, catching);
    sla__json_pop(&reader->json);
    return result;
}

int sla__read_kind(sla__reader *reader, const json_t *object, const char *plain, bool plain_allowed,
                   uint8_t *kind_out, uint8_t *level_out)
{
    const char *const words[] = {"reminded", "supervised", plain};
    static const sla__step_kind kinds[] = {SLA__REMINDED, SLA__SUPERVISED, SLA__WARNING};
    int64_t level = 0;
    int word = -1;
    int result =
        sla__json_get_int(&reader->json, object, "level", SLA__OPTIONAL, 1, SLA_LEVEL_MAX, &level);

    if (result == SLA_OK)
        result = sla__json_get_choice(&reader->json, object, "kind", SLA__OPTIONAL, words,
                                      plain_allowed ? 3 : 2, &word);
    if (result != SLA_OK)
        return result;
    if (level > 0 && word >= 0)
        return sla__json_complain_at(
            &reader->json, "kind", "a step with a level is a level; remove \"kind\" or \"level\"");
    *level_out = (uint8_t)level;
    if (level > 0)
        *kind_out = SLA__LEVEL;
    else if (word >= 0)
        *kind_out = (uint8_t)kinds[word];
    return SLA_OK;
}

/* ------------------------------------------------------------ one step */

static int count_ways(const json_t *object)
{
    return (json_object_get(object, "percent") != NULL) +
           (json_object_get(object, "before") != NULL) + (json_object_get(object, "after") != NULL);
}

/* When: exactly one of percent, before, after. */
static int read_at(sla__reader *reader, const json_t *object, sla__step *step)
{
    int64_t percent = 0;
    int result;

    if (count_ways(object) != 1)
        return sla__json_complain(
            &reader->json,
            "%d ways to say when; a step has exactly one of percent, before, after%s",
            count_ways(object),
            count_ways(object) == 0 ? " (only the step called \"breach\" has none)" : "");
    result = sla__json_get_int(&reader->json, object, "percent", SLA__OPTIONAL, 1, 900, &percent);
    if (result == SLA_OK)
        result = sla__json_get_duration(&reader->json, object, "before", SLA__OPTIONAL, SLA_SECOND,
                                        SLA__SPAN_MAX, &step->offset);
    if (result == SLA_OK)
        result = sla__json_get_duration(&reader->json, object, "after", SLA__OPTIONAL, 0,
                                        SLA__SPAN_MAX, &step->offset);
    step->percent = (uint16_t)percent;
    if (json_object_get(object, "percent") != NULL)
        step->at = SLA__AT_PERCENT;
    else
        step->at = json_object_get(object, "before") != NULL ? SLA__AT_BEFORE : SLA__AT_AFTER;
    return result;
}

static bool is_after_due(const sla__step *step)
{
    return step->at == SLA__AT_AFTER || (step->at == SLA__AT_PERCENT && step->percent >= 100);
}

static int read_repeat_object(sla__reader *reader, const json_t *object, sla__step *step)
{
    static const char *const known[] = {"every", "max", "until"};
    static const char *const untils[] = {"end", "next_level"};
    int64_t max = 0;
    int until = 0;
    int result = sla__json_check_members(&reader->json, object, known, 3);

    if (result == SLA_OK)
        result = sla__json_get_duration(&reader->json, object, "every", SLA__REQUIRED, SLA_SECOND,
                                        SLA__SPAN_MAX, &step->repeat_every);
    if (result == SLA_OK)
        result = sla__json_get_int(&reader->json, object, "max", SLA__REQUIRED, 1, SLA__REPEAT_MAX,
                                   &max);
    if (result == SLA_OK)
        result =
            sla__json_get_choice(&reader->json, object, "until", SLA__OPTIONAL, untils, 2, &until);
    step->repeat_max = (uint16_t)max;
    step->repeat_until_next_level = until == 1;
    return result;
}

static int read_repeat(sla__reader *reader, const json_t *object, sla__target *target,
                       sla__step *step)
{
    const json_t *value = json_object_get(object, "repeat");
    int result;

    if (value == NULL)
        return SLA_OK;
    sla__json_push_key(&reader->json, "repeat");
    if (is_after_due(step))
        result = read_repeat_object(reader, value, step);
    else
        result = sla__json_complain(&reader->json,
                                    "only steps after due repeat; remove it, or use \"after\"");
    sla__json_pop(&reader->json);
    step->repeat_index = (uint8_t)target->repeat_count++;
    return result;
}

static int read_told(sla__reader *reader, const json_t *object, sla__step *step)
{
    const bool before_due = !is_after_due(step);
    int result;

    step->kind = before_due ? SLA__WARNING : SLA__REMINDED;
    result = sla__read_kind(reader, object, "warning", before_due, &step->kind, &step->level);
    if (result == SLA_OK)
        result = sla__read_condition(reader, object, "when", SLA__OPTIONAL, SLA__ABOUT_TICKET,
                                     &step->when);
    return result;
}

static int read_plain_step(sla__reader *reader, const json_t *object, sla__target *target,
                           sla__step *step)
{
    static const char *const known[] = {"step", "percent", "before", "after",   "level",   "kind",
                                        "to",   "when",    "repeat", "derives", "catch_up"};
    sla__catching catching = {(sla__catch_up)step->catch_up, step->skip_older_than};
    int result = sla__json_check_members(&reader->json, object, known, 11);

    if (result == SLA_OK)
        result = read_at(reader, object, step);
    if (result == SLA_OK)
        result = read_told(reader, object, step);
    if (result == SLA_OK)
        result = read_repeat(reader, object, target, step);
    if (result == SLA_OK)
        result = sla__read_catch_up(reader, object, &catching);
    step->catch_up = (uint8_t)catching.how;
    step->skip_older_than = catching.skip_older_than;
    return result;
}

static const sla__step the_breach = {
    .at = SLA__AT_DUE, .kind = SLA__BREACH, .catch_up = SLA__CATCH_ALL, .derives = SLA__NONE};

/* The breach is always there and always told; only who hears of it is asked. */
static int read_breach(sla__reader *reader, const json_t *object, sla__step *step)
{
    static const char *const known[] = {"step", "to", "derives"};
    const uint32_t name = step->name;

    *step = the_breach;
    step->name = name;
    return sla__json_check_members(&reader->json, object, known, 3);
}

static int check_step_name(sla__reader *reader, const sla__target *target, uint32_t name)
{
    const sla_policies *set = reader->set;

    for (size_t i = target->step_first; i < set->step_count; i++)
        if (set->steps[i].name == name)
            return sla__json_complain_at(&reader->json, "step",
                                         "there is a step \"%s\" already; choose another name",
                                         sla__policies_symbol(set, name));
    return SLA_OK;
}

static int append_step(sla__reader *reader, const sla__step *step)
{
    sla__step *added = SLA__APPEND(reader, reader->set->steps, reader->set->step);

    if (added == NULL)
        return SLA_ERR_NOMEM;
    *added = *step;
    return SLA_OK;
}

static int read_step(sla__reader *reader, const json_t *object, const sla__catching *catching,
                     sla__target *target)
{
    sla__step step = {.catch_up = (uint8_t)catching->how,
                      .skip_older_than = catching->skip_older_than,
                      .derives = SLA__NONE};
    int result = sla__json_as_type(&reader->json, object, JSON_OBJECT);
    bool is_breach;

    if (result == SLA_OK)
        result = sla__read_name_symbol(reader, object, "step", SLA__REQUIRED, &step.name);
    if (result == SLA_OK)
        result = check_step_name(reader, target, step.name);
    if (result != SLA_OK)
        return result;
    is_breach = strcmp(sla__policies_symbol(reader->set, step.name), "breach") == 0;
    result = is_breach ? read_breach(reader, object, &step)
                       : read_plain_step(reader, object, target, &step);
    if (result == SLA_OK)
        result = sla__read_text_symbol(reader, object, "to", SLA__OPTIONAL, SLA__TO_MAX, &step.to);
    if (result == SLA_OK)
        result = sla__read_derives(reader, object, &step.derives);
    if (result == SLA_OK)
        result = append_step(reader, &step);
    return result;
}

/* ------------------------------------------------------------ all of a target */

static bool configures_breach(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_object_get(json_array_get(list, i), "step"));

        if (name != NULL && strcmp(name, "breach") == 0)
            return true;
    }
    return false;
}

static int add_breach(sla__reader *reader)
{
    sla__step step = the_breach;
    const int result = sla__read_symbol(reader, "breach", &step.name);

    return result == SLA_OK ? append_step(reader, &step) : result;
}

static uint16_t find_breach(const sla_policies *set, const sla__target *target)
{
    uint16_t place = 0;

    while (set->steps[target->step_first + place].kind != SLA__BREACH)
        place++;
    return place;
}

int sla__read_steps(sla__reader *reader, const json_t *list, const sla__catching *catching,
                    sla__target *target, sla__target_draft *draft)
{
    const size_t count = json_array_size(list);
    int result = SLA_OK;

    draft->breach_added = !configures_breach(list);
    target->step_first = (uint32_t)reader->set->step_count;
    if (count + draft->breach_added > SLA_STEPS_MAX)
        return sla__json_complain(&reader->json,
                                  "%zu steps; at most %d are possible, the breach being one",
                                  count + draft->breach_added, SLA_STEPS_MAX);
    if (draft->breach_added)
        result = add_breach(reader);
    for (size_t i = 0; i < count && result == SLA_OK; i++) {
        sla__json_push_index(&reader->json, i);
        result = read_step(reader, json_array_get(list, i), catching, target);
        sla__json_pop(&reader->json);
    }
    if (result != SLA_OK)
        return result;
    target->step_count = (uint32_t)reader->set->step_count - target->step_first;
    target->breach_step = find_breach(reader->set, target);
    return SLA_OK;
}
