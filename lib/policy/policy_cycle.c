/* policy_cycle.c - when a target's clock begins, begins again, and what may move it; see reader.h.
 */
#include "policy/reader.h"

#include <string.h>

#include "time/json_time.h"

/* ------------------------------------------------------------ the start */

static int read_start_object(sla__reader *reader, const json_t *object, sla__target *target)
{
    static const char *const known[] = {"fact", "attr"};
    const bool fact = json_object_get(object, "fact") != NULL;
    const char *name;
    int result = sla__json_check_members(&reader->json, object, known, 2);

    if (result == SLA_OK && json_object_size(object) != 1)
        return sla__json_complain(&reader->json,
                                  "write either {\"fact\": NAME} or {\"attr\": NAME}");
    if (result == SLA_OK)
        result =
            sla__json_get_name(&reader->json, object, fact ? "fact" : "attr", SLA__REQUIRED, &name);
    if (result != SLA_OK)
        return result;
    target->start_from = fact ? SLA__FROM_SEEN : SLA__FROM_ATTRIBUTE;
    if (fact)
        return sla__read_fact_slot(reader, name, &target->start_slot);
    sla__json_push_key(&reader->json, "attr");
    result = sla__read_instant_attribute(reader, name, &target->start_slot);
    sla__json_pop(&reader->json);
    return result;
}

static int read_start_from(sla__reader *reader, const json_t *object, sla__target *target)
{
    static const char *const words[] = {"fact", "opened"};
    const json_t *value = json_object_get(object, "start_from");
    int word = 0;
    int result;

    if (value == NULL)
        return SLA_OK;
    sla__json_push_key(&reader->json, "start_from");
    if (json_is_object(value)) {
        result = read_start_object(reader, value, target);
    } else {
        result = sla__json_as_choice(&reader->json, value, words, 2, &word);
        target->start_from = word == 0 ? SLA__FROM_FACT : SLA__FROM_OPENED;
    }
    sla__json_pop(&reader->json);
    return result;
}

/* ------------------------------------------------------------ reopening, change of goal */

static int read_reopening(sla__reader *reader, const json_t *object, sla__target *target)
{
    static const char *const words[] = {"new_cycle", "restart", "continue", "never"};
    static const sla__on_reopen meanings[] = {SLA__REOPEN_NEW_CYCLE, SLA__REOPEN_NEW_CYCLE,
                                              SLA__REOPEN_CONTINUE, SLA__REOPEN_NEVER};
    static const char *const closed[] = {"does_not_count", "counts"};
    int word = 0, counts = 0;
    int result =
        sla__json_get_choice(&reader->json, object, "on_reopen", SLA__OPTIONAL, words, 4, &word);

    if (result == SLA_OK)
        result = sla__json_get_choice(&reader->json, object, "closed_time", SLA__OPTIONAL, closed,
                                      2, &counts);
    if (result != SLA_OK)
        return result;
    target->on_reopen = (uint8_t)meanings[word];
    target->closed_time_counts = counts == 1;
    if (json_object_get(object, "closed_time") != NULL && target->on_reopen != SLA__REOPEN_CONTINUE)
        return sla__json_complain_at(&reader->json, "closed_time",
                                     "goes with \"on_reopen\": \"continue\" only; remove it");
    return SLA_OK;
}

static int read_judging(sla__reader *reader, const json_t *object, sla__target *target)
{
    static const char *const changes[] = {"keep_start", "keep_goal", "restart"};
    static const char *const judges[] = {"found", "standing"};
    int change = SLA__KEEP_START, judge = 0;
    int result = sla__json_get_choice(&reader->json, object, "on_goal_change", SLA__OPTIONAL,
                                      changes, 3, &change);

    if (result == SLA_OK)
        result =
            sla__json_get_choice(&reader->json, object, "judge", SLA__OPTIONAL, judges, 2, &judge);
    target->on_goal_change = (uint8_t)change;
    target->judge_standing = judge == 1;
    return result;
}

/* ------------------------------------------------------------ recurrence */

static int check_recur(sla__reader *reader, const json_t *object, const sla__target *target)
{
    const bool asked = json_object_get(object, "asked") != NULL;

    if (target->recur_limit == 0 && target->recur_until == SLA__IMPOSSIBLE)
        return sla__json_complain(&reader->json,
                                  "nothing ends it; add \"limit\" (cycles in all) or \"until\" "
                                  "(facts that end it)");
    if (asked && target->recur != SLA__RECUR_FIRST_UNANSWERED)
        return sla__json_complain_at(&reader->json, "asked",
                                     "goes with \"from\": \"first_unanswered\" only; remove it");
    if (!asked && target->recur == SLA__RECUR_FIRST_UNANSWERED)
        return sla__json_complain(&reader->json,
                                  "\"first_unanswered\" of which facts? Add \"asked\"");
    if (target->stop == SLA__IMPOSSIBLE)
        return sla__json_complain(&reader->json,
                                  "a cycle is followed by the next one when it is met, and this "
                                  "target has no \"stop\"; add one");
    return SLA_OK;
}

static int read_recur_object(sla__reader *reader, const json_t *object, sla__target *target)
{
    static const char *const known[] = {"from", "asked", "limit", "until", "also_after_miss"};
    static const char *const froms[] = {"fact", "due", "first_unanswered"};
    int64_t limit = 0;
    bool after_miss = false;
    int from = 0;
    int result = sla__json_check_members(&reader->json, object, known, 5);

    if (result == SLA_OK)
        result =
            sla__json_get_choice(&reader->json, object, "from", SLA__OPTIONAL, froms, 3, &from);
    if (result == SLA_OK)
        result = sla__json_get_int(&reader->json, object, "limit", SLA__OPTIONAL, 1, 10000, &limit);
    if (result == SLA_OK)
        result = sla__json_get_bool(&reader->json, object, "also_after_miss", SLA__OPTIONAL,
                                    &after_miss);
    if (result == SLA_OK)
        result = sla__read_condition(reader, object, "until", SLA__OPTIONAL, SLA__ABOUT_FACTS,
                                     &target->recur_until);
    if (result == SLA_OK)
        result = sla__read_condition(reader, object, "asked", SLA__OPTIONAL, SLA__ABOUT_FACTS,
                                     &target->recur_asked);
    target->recur = (uint8_t)(SLA__RECUR_FACT + from);
    target->recur_limit = (uint16_t)limit;
    target->recur_after_miss = after_miss;
    return result == SLA_OK ? check_recur(reader, object, target) : result;
}

/* ------------------------------------------------------------ acknowledgement */

static int read_acknowledge_object(sla__reader *reader, const json_t *object, sla__target *target)
{
    static const char *const known[] = {"timeout", "calendar", "max"};
    int64_t max = target->max_acks;
    int result = sla__json_check_members(&reader->json, object, known, 3);

    if (result == SLA_OK)
        result = sla__json_get_duration(&reader->json, object, "timeout", SLA__OPTIONAL, SLA_SECOND,
                                        SLA__SPAN_MAX, &target->ack_timeout);
    if (result == SLA_OK)
        result = sla__read_calendar_member(reader, object, "calendar", &target->ack_calendar);
    if (result == SLA_OK)
        result = sla__json_get_int(&reader->json, object, "max", SLA__OPTIONAL, 1, 255, &max);
    target->max_acks = (uint8_t)max;
    if (result == SLA_OK && target->ack_calendar != SLA__NONE && target->ack_timeout == 0)
        return sla__json_complain_at(&reader->json, "calendar",
                                     "there is no \"timeout\" that it counts; add one, or remove "
                                     "it");
    return result;
}

/* ------------------------------------------------------------ extension, waiver */

static int read_extension_object(sla__reader *reader, const json_t *object, sla__target *target)
{
    static const char *const known[] = {"when", "max", "up_to", "approver"};
    int64_t max = 0;
    bool approver = true;
    int result = sla__json_check_members(&reader->json, object, known, 4);

    if (result == SLA_OK)
        result = sla__read_condition(reader, object, "when", SLA__OPTIONAL, SLA__ABOUT_TICKET,
                                     &target->extension_when);
    if (result == SLA_OK)
        result = sla__json_get_int(&reader->json, object, "max", SLA__OPTIONAL, 1, 255, &max);
    if (result == SLA_OK)
        result = sla__json_get_duration(&reader->json, object, "up_to", SLA__OPTIONAL, SLA_SECOND,
                                        SLA__SPAN_MAX, &target->extension_up_to);
    if (result == SLA_OK)
        result = sla__json_get_bool(&reader->json, object, "approver", SLA__OPTIONAL, &approver);
    target->extension_max = (uint8_t)max;
    target->extension_needs_approver = approver;
    return result;
}

static int read_extension(sla__reader *reader, const json_t *value, sla__target *target)
{
    if (json_is_object(value))
        return read_extension_object(reader, value, target);
    if (!json_is_false(value))
        return sla__json_complain(&reader->json,
                                  "write false to forbid extensions, or an object of when, max, "
                                  "up_to, approver");
    target->extension_allowed = 0;
    return SLA_OK;
}

static int read_waiver(sla__reader *reader, const json_t *value, sla__target *target)
{
    bool allowed;
    const int result = sla__json_as_bool(&reader->json, value, &allowed);

    if (result == SLA_OK)
        target->waiver_allowed = allowed;
    return result;
}

/* ------------------------------------------------------------ all of it */

static int read_ladder(sla__reader *reader, const json_t *object, sla__target *target)
{
    static const char *const times[] = {"target", "wall"};
    static const char *const pauses[] = {"hold", "go_on"};
    int time = 0, paused = 0;
    int result =
        sla__json_get_choice(&reader->json, object, "ladder_time", SLA__OPTIONAL, times, 2, &time);

    if (result == SLA_OK)
        result = sla__json_get_choice(&reader->json, object, "while_paused", SLA__OPTIONAL, pauses,
                                      2, &paused);
    target->ladder_wall = time == 1;
    target->ladder_while_paused = paused == 1;
    return result;
}

static int read_member(sla__reader *reader, const json_t *object, const char *key,
                       int (*read)(sla__reader *, const json_t *, sla__target *),
                       sla__target *target)
{
    const json_t *value = json_object_get(object, key);
    int result;

    if (value == NULL)
        return SLA_OK;
    sla__json_push_key(&reader->json, key);
    result = read(reader, value, target);
    sla__json_pop(&reader->json);
    return result;
}

int sla__read_cycle(sla__reader *reader, const json_t *object, sla__target *target)
{
    int result = read_start_from(reader, object, target);

    if (result == SLA_OK)
        result = read_reopening(reader, object, target);
    if (result == SLA_OK)
        result = read_judging(reader, object, target);
    if (result == SLA_OK)
        result = read_ladder(reader, object, target);
    if (result == SLA_OK)
        result = read_member(reader, object, "recur", read_recur_object, target);
    if (result == SLA_OK)
        result = read_member(reader, object, "acknowledge", read_acknowledge_object, target);
    if (result == SLA_OK)
        result = read_member(reader, object, "extension", read_extension, target);
    if (result == SLA_OK)
        result = read_member(reader, object, "waiver", read_waiver, target);
    return result;
}
