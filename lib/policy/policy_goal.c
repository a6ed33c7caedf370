/* policy_goal.c - goals: how long a target may take; see reader.h. */
#include "policy/reader.h"

#include <string.h>

#include "time/json_time.h"

static const char *const fits[] = {"close", "next_open"};
static const char *const day_ends[] = {"same_time", "same_time_in_hours", "last_hour", "day",
                                       "close"};

/* The readers of a kind stand on the goal and find their member in it. */
typedef int read_kind(sla__reader *reader, const json_t *object, sla__goal *goal);

static int read_fit(sla__reader *reader, const json_t *object, sla_exact_fit *fit_out)
{
    int fit = SLA_FIT_CLOSE;
    const int result =
        sla__json_get_choice(&reader->json, object, "exact_fit", SLA__OPTIONAL, fits, 2, &fit);

    *fit_out = (sla_exact_fit)fit;
    return result;
}

static int read_elapsed(sla__reader *reader, const json_t *object, sla__goal *goal)
{
    goal->kind = SLA__GOAL_ELAPSED;
    goal->measure = SLA__ELAPSED;
    return sla__json_get_duration(&reader->json, object, "elapsed", SLA__REQUIRED, 0, SLA__SPAN_MAX,
                                  &goal->need);
}

static int read_business(sla__reader *reader, const json_t *object, sla__goal *goal)
{
    sla_exact_fit fit;
    int result = sla__json_get_duration(&reader->json, object, "business", SLA__REQUIRED, 0,
                                        SLA__SPAN_MAX, &goal->need);

    goal->kind = SLA__GOAL_BUSINESS;
    goal->measure = SLA__BUSINESS;
    if (result == SLA_OK)
        result = read_fit(reader, object, &fit);
    if (result == SLA_OK)
        goal->fit = (uint8_t)fit;
    return result;
}

/* ------------------------------------------------------------ days */

static int read_days_number(sla__reader *reader, const json_t *value, int32_t *days_out)
{
    int64_t days;
    const int result = sla__json_as_int(&reader->json, value, 0, SLA__DAYS_MAX, &days);

    if (result == SLA_OK)
        *days_out = (int32_t)days;
    return result;
}

static int read_days_member(sla__reader *reader, const json_t *object, int32_t *days_out)
{
    int64_t days;
    const int result =
        sla__json_get_int(&reader->json, object, "days", SLA__REQUIRED, 0, SLA__DAYS_MAX, &days);

    if (result == SLA_OK)
        *days_out = (int32_t)days;
    return result;
}

static int read_workdays_object(sla__reader *reader, const json_t *object, sla__goal *goal)
{
    static const char *const known[] = {"days", "roll", "end", "exact_fit"};
    static const char *const rolls[] = {"forward", "forward_day", "backward", "none_keep_time"};
    int roll = SLA_ROLL_FORWARD, end = SLA_END_SAME_TIME;
    int32_t days = 0;
    int result = sla__json_check_members(&reader->json, object, known, 4);

    if (result == SLA_OK)
        result = read_days_member(reader, object, &days);
    if (result == SLA_OK)
        result =
            sla__json_get_choice(&reader->json, object, "roll", SLA__OPTIONAL, rolls, 4, &roll);
    if (result == SLA_OK)
        result =
            sla__json_get_choice(&reader->json, object, "end", SLA__OPTIONAL, day_ends, 5, &end);
    if (result == SLA_OK)
        result = read_fit(reader, object, &goal->workdays.fit);
    if (result == SLA_OK && json_object_get(object, "exact_fit") != NULL &&
        end != SLA_END_SAME_TIME && end != SLA_END_SAME_TIME_IN_HOURS)
        return sla__json_complain_at(&reader->json, "exact_fit",
                                     "goes with \"end\": \"same_time\" or \"same_time_in_hours\" "
                                     "only; remove it");
    goal->workdays.days = days;
    goal->workdays.roll = (sla_roll)roll;
    goal->workdays.end = (sla_day_end)end;
    return result;
}

static int read_workdays(sla__reader *reader, const json_t *object, sla__goal *goal)
{
    const json_t *value = json_object_get(object, "workdays");
    int32_t days = 0;
    int result;

    goal->kind = SLA__GOAL_WORKDAYS;
    goal->measure = SLA__BUSINESS;
    sla__json_push_key(&reader->json, "workdays");
    if (json_is_object(value)) {
        result = read_workdays_object(reader, value, goal);
    } else {
        result = read_days_number(reader, value, &days);
        goal->workdays.days = days;
    }
    sla__json_pop(&reader->json);
    return result;
}

static int read_days_object(sla__reader *reader, const json_t *object, sla__goal *goal)
{
    static const char *const known[] = {"days", "end"};
    static const char *const ends[] = {"same_time", "day"};
    int end = 0;
    int result = sla__json_check_members(&reader->json, object, known, 2);

    if (result == SLA_OK)
        result = read_days_member(reader, object, &goal->days);
    if (result == SLA_OK)
        result = sla__json_get_choice(&reader->json, object, "end", SLA__OPTIONAL, ends, 2, &end);
    goal->end = end == 0 ? SLA_END_SAME_TIME : SLA_END_DAY;
    return result;
}

static int read_days(sla__reader *reader, const json_t *object, sla__goal *goal)
{
    const json_t *value = json_object_get(object, "days");
    int result;

    goal->kind = SLA__GOAL_DAYS;
    goal->measure = SLA__ELAPSED;
    sla__json_push_key(&reader->json, "days");
    result = json_is_object(value) ? read_days_object(reader, value, goal)
                                   : read_days_number(reader, value, &goal->days);
    sla__json_pop(&reader->json);
    return result;
}

/* ------------------------------------------------------------ cut-off */

static int read_cutoff_times(sla__reader *reader, const json_t *object, sla_cutoff *cutoff)
{
    int64_t days = 1;
    int result = sla__json_get_time_of_day(&reader->json, object, "before", SLA__REQUIRED,
                                           &cutoff->before_s);

    cutoff->today_s = cutoff->later_s = (int32_t)(SLA_DAY / SLA_SECOND);
    if (result == SLA_OK)
        result = sla__json_get_time_of_day(&reader->json, object, "today", SLA__OPTIONAL,
                                           &cutoff->today_s);
    if (result == SLA_OK)
        result = sla__json_get_time_of_day(&reader->json, object, "later", SLA__OPTIONAL,
                                           &cutoff->later_s);
    if (result == SLA_OK)
        result = sla__json_get_int(&reader->json, object, "days", SLA__OPTIONAL, 1, SLA__DAYS_MAX,
                                   &days);
    cutoff->days = (int32_t)days;
    if (result == SLA_OK && cutoff->today_s < cutoff->before_s)
        return sla__json_complain_at(&reader->json, "today",
                                     "earlier than \"before\": who comes before the cut-off would "
                                     "be late already; write a later time of day");
    return result;
}

static int read_cutoff_object(sla__reader *reader, const json_t *object, sla__goal *goal)
{
    static const char *const known[] = {"before",   "today", "days", "later",
                                        "next_day", "snap",  "pause"};
    static const char *const next_days[] = {"calendar", "workday"};
    static const char *const pauses[] = {"elapsed", "business"};
    int next_day = 0, pause = 0;
    int result = sla__json_check_members(&reader->json, object, known, 7);

    if (result == SLA_OK)
        result = read_cutoff_times(reader, object, &goal->cutoff);
    if (result == SLA_OK)
        result = sla__json_get_choice(&reader->json, object, "next_day", SLA__OPTIONAL, next_days,
                                      2, &next_day);
    if (result == SLA_OK)
        result =
            sla__json_get_bool(&reader->json, object, "snap", SLA__OPTIONAL, &goal->cutoff.snap);
    if (result == SLA_OK)
        result =
            sla__json_get_choice(&reader->json, object, "pause", SLA__OPTIONAL, pauses, 2, &pause);
    goal->cutoff.workdays = next_day == 1;
    goal->measure = pause == 0 ? SLA__ELAPSED : SLA__BUSINESS;
    return result;
}

static int read_cutoff(sla__reader *reader, const json_t *object, sla__goal *goal)
{
    int result;

    goal->kind = SLA__GOAL_CUTOFF;
    sla__json_push_key(&reader->json, "cutoff");
    result = read_cutoff_object(reader, json_object_get(object, "cutoff"), goal);
    sla__json_pop(&reader->json);
    return result;
}

/* ------------------------------------------------------------ anchor */

/* Counted back from the anchor: the time of day stays, a closed date first goes
 * on to a working date, so that one day before a Saturday is the Friday. */
static int read_before_workdays(sla__reader *reader, const json_t *object, sla__goal *goal)
{
    int64_t days;
    const int result = sla__json_get_int(&reader->json, object, "before_workdays", SLA__REQUIRED, 0,
                                         SLA__DAYS_MAX, &days);

    goal->kind = SLA__GOAL_ANCHOR_WORKDAYS;
    goal->measure = SLA__BUSINESS;
    goal->workdays.roll = SLA_ROLL_NONE_KEEP_TIME;
    if (result == SLA_OK)
        goal->workdays.days = (int)days;
    return result;
}

static int read_anchor_attribute(sla__reader *reader, const json_t *object, sla__goal *goal)
{
    const char *name;
    int result = sla__json_get_name(&reader->json, object, "anchor", SLA__REQUIRED, &name);

    if (result != SLA_OK)
        return result;
    sla__json_push_key(&reader->json, "anchor");
    result = sla__read_instant_attribute(reader, name, &goal->anchor);
    sla__json_pop(&reader->json);
    return result;
}

static int read_anchor(sla__reader *reader, const json_t *object, sla__goal *goal)
{
    const bool wall = json_object_get(object, "before") != NULL;
    const bool business = json_object_get(object, "before_business") != NULL;
    const bool workdays = json_object_get(object, "before_workdays") != NULL;
    int result = read_anchor_attribute(reader, object, goal);

    goal->kind = SLA__GOAL_ANCHOR;
    goal->measure = business ? SLA__BUSINESS : SLA__ELAPSED;
    if (result == SLA_OK && wall + business + workdays > 1)
        return sla__json_complain(&reader->json, "write only one of \"before\", "
                                                 "\"before_business\", \"before_workdays\"");
    if (result == SLA_OK)
        result = sla__json_get_duration(&reader->json, object, "cap", SLA__OPTIONAL, SLA_SECOND,
                                        SLA__SPAN_MAX, &goal->cap);
    if (result != SLA_OK)
        return result;
    if (workdays)
        return read_before_workdays(reader, object, goal);
    return sla__json_get_duration(&reader->json, object, business ? "before_business" : "before",
                                  SLA__OPTIONAL, 0, SLA__SPAN_MAX, &goal->need);
}

/* ------------------------------------------------------------ one goal */

static const struct kind {
    const char *word;
    read_kind *read;
    const char *with[5]; /* members that go with it */
} kinds[] = {
    {"elapsed", read_elapsed, {NULL}},
    {"business", read_business, {"exact_fit"}},
    {"workdays", read_workdays, {NULL}},
    {"days", read_days, {NULL}},
    {"cutoff", read_cutoff, {NULL}},
    {"anchor", read_anchor, {"before", "before_business", "before_workdays", "cap"}},
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

static int find_kind(sla__reader *reader, const json_t *object, const struct kind **kind_out)
{
    size_t count = 0;

    for (size_t i = 0; i < KINDS; i++)
        if (json_object_get(object, kinds[i].word) != NULL) {
            *kind_out = &kinds[i];
            count++;
        }
    if (count != 1)
        return sla__json_complain(&reader->json,
                                  "%zu ways to count; a goal has exactly one of elapsed, business, "
                                  "workdays, days, cutoff, anchor",
                                  count);
    return SLA_OK;
}

static int check_goal_members(sla__reader *reader, const json_t *object, const struct kind *kind)
{
    const char *known[8] = {"when", "during", kind->word};
    size_t count = 3;

    for (size_t i = 0; kind->with[i] != NULL; i++)
        known[count++] = kind->with[i];
    return sla__json_check_members(&reader->json, object, known, count);
}

/* Whether a calendar must be there: for its hours, or for its zone. */
static bool needs_calendar(const sla__goal *goal)
{
    return goal->measure == SLA__BUSINESS || goal->kind == SLA__GOAL_DAYS ||
           goal->kind == SLA__GOAL_CUTOFF;
}

static int check_calendar(sla__reader *reader, const sla__goal *goal, const struct kind *kind,
                          const sla__goal_frame *frame)
{
    if (!needs_calendar(goal) || frame->has_calendar)
        return SLA_OK;
    if (frame->needs_calendar == NULL)
        return sla__json_complain(
            &reader->json,
            "\"%s\" counts on a calendar here; name one under \"calendar\" of the "
            "target or of the policy, or count elapsed time",
            kind->word);
    if (*frame->needs_calendar)
        return SLA_OK;
    *frame->needs_calendar = true;
    return sla__read_place(reader, frame->needs_place);
}

static int read_span(sla__reader *reader, const json_t *object, sla_time *from_out,
                     sla_time *to_out)
{
    static const char *const known[] = {"from", "to"};
    sla_time from, to;
    int result = sla__json_check_members(&reader->json, object, known, 2);

    if (result == SLA_OK)
        result = sla__json_get_instant(&reader->json, object, "from", SLA__REQUIRED, &from);
    if (result == SLA_OK)
        result = sla__json_get_instant(&reader->json, object, "to", SLA__REQUIRED, &to);
    if (result != SLA_OK)
        return result;
    if (to <= from)
        return sla__json_complain_at(&reader->json, "to",
                                     "not after \"from\"; write a later instant");
    if (to <= *from_out || from >= *to_out)
        return sla__json_complain(&reader->json,
                                  "lies wholly outside the overlay's own \"during\"; "
                                  "write a span inside it");
    *from_out = from > *from_out ? from : *from_out;
    *to_out = to < *to_out ? to : *to_out;
    return SLA_OK;
}

int sla__read_during(sla__reader *reader, const json_t *object, sla__json_need need,
                     sla_time *from_out, sla_time *to_out)
{
    json_t *value;
    int result = sla__json_find(&reader->json, object, "during", need, &value);

    if (result != SLA_OK || value == NULL)
        return result;
    sla__json_push_key(&reader->json, "during");
    result = read_span(reader, value, from_out, to_out);
    sla__json_pop(&reader->json);
    return result;
}

static int read_goal(sla__reader *reader, const json_t *object, const sla__goal_frame *frame)
{
    const struct kind *kind = NULL;
    sla__goal goal = {.anchor = SLA__NONE, .during_from = frame->from, .during_to = frame->to};
    sla__goal *added;
    int result = sla__json_as_type(&reader->json, object, JSON_OBJECT);

    if (result == SLA_OK)
        result = find_kind(reader, object, &kind);
    if (result == SLA_OK)
        result = check_goal_members(reader, object, kind);
    if (result == SLA_OK)
        result = sla__read_condition(reader, object, "when", SLA__OPTIONAL, SLA__ABOUT_TICKET,
                                     &goal.when);
    if (result == SLA_OK)
        result =
            sla__read_during(reader, object, SLA__OPTIONAL, &goal.during_from, &goal.during_to);
    if (result == SLA_OK)
        result = kind->read(reader, object, &goal);
    if (result == SLA_OK)
        result = check_calendar(reader, &goal, kind, frame);
    if (result != SLA_OK)
        return result;
    added = SLA__APPEND(reader, reader->set->goals, reader->set->goal);
    if (added == NULL)
        return SLA_ERR_NOMEM;
    *added = goal;
    return SLA_OK;
}

int sla__read_goals(sla__reader *reader, const json_t *object, const sla__goal_frame *frame,
                    uint32_t *first_out, uint32_t *count_out)
{
    json_t *list;
    int result = sla__read_list(reader, object, "goals", SLA__REQUIRED, 1, SLA__LIST_MAX, &list);

    if (result != SLA_OK)
        return result;
    *first_out = (uint32_t)reader->set->goal_count;
    *count_out = (uint32_t)json_array_size(list);
    sla__json_push_key(&reader->json, "goals");
    for (size_t i = 0; i < *count_out && result == SLA_OK; i++) {
        sla__json_push_index(&reader->json, i);
        result = read_goal(reader, json_array_get(list, i), frame);
        sla__json_pop(&reader->json);
    }
    sla__json_pop(&reader->json);
    return result;
}
