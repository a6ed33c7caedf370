/* plan_profile_read.c - see plan_profile_parts.h: arrivals and desks of a profile. */
#include "plan_profile_parts.h"

#include <string.h>

#include <sla/bundled.h>
#include <sla/time.h>

#include "cli.h"

/* ------------------------------------------------------------ days */

static int day_of(const char *text)
{
    static const char days[] = "montuewedthufrisatsun";

    for (int i = 0; i < 7; i++)
        if (strncmp(text, days + (size_t)3 * (size_t)i, 3) == 0)
            return i;
    return -1;
}

bool plan_days_read(const char *text, int *first_out, int *last_out)
{
    const size_t length = strlen(text);

    if (length != 3 && (length != 7 || text[3] != '-'))
        return false;
    *first_out = day_of(text);
    *last_out = day_of(text + length - 3);
    return *first_out >= 0 && *first_out <= *last_out;
}

#define DAYS_WANTED                                                                                \
    "days are mon, tue, wed, thu, fri, sat, sun or from one to a later one (mon-fri)"

/* ------------------------------------------------------------ arrivals */

static int read_hours(sla__json *json, const json_t *list, int first, int last,
                      plan_profile *profile)
{
    int result = sla__json_as_type(json, list, JSON_ARRAY);

    if (result == SLA_OK && json_array_size(list) != 24)
        result = sla__json_complain(json, "24 numbers, one for each hour of the day, not %zu",
                                    json_array_size(list));
    for (size_t hour = 0; hour < 24 && result == SLA_OK; hour++) {
        int64_t number = 0;

        sla__json_push_index(json, hour);
        result = sla__json_as_int(json, json_array_get(list, hour), 0, 10000000, &number);
        sla__json_pop(json);
        for (int day = first; day <= last; day++)
            profile->rate[(size_t)day * 24 + hour] = (double)number;
    }
    return result;
}

static int read_week(sla__json *json, json_t *week, plan_profile *profile)
{
    bool seen[7] = {false};
    int first, last, result = SLA_OK;
    const char *days;
    json_t *list;

    json_object_foreach(week, days, list)
    {
        if (sla__json_is_free_member(days))
            continue;
        if (!plan_days_read(days, &first, &last))
            return sla__json_complain_at(json, days, DAYS_WANTED);
        for (int day = first; day <= last; day++) {
            if (seen[day])
                return sla__json_complain_at(json, days, "a day of these is given twice");
            seen[day] = true;
        }
        sla__json_push_key(json, days);
        result = read_hours(json, list, first, last, profile);
        sla__json_pop(json);
        if (result != SLA_OK)
            return result;
    }
    return result;
}

int plan_arrivals_read(sla__json *json, const json_t *value, plan_profile *profile)
{
    static const char *const known[] = {"per_week", "hours"};
    int64_t per_week = 0;
    double sum = 0;
    json_t *week = NULL;
    int result = sla__json_check_members(json, value, known, 2);

    if (result == SLA_OK)
        result = sla__json_get_int(json, value, "per_week", SLA__OPTIONAL, 1, 100000000, &per_week);
    if (result == SLA_OK)
        result = sla__json_get(json, value, "hours", SLA__REQUIRED, JSON_OBJECT, &week);
    if (result != SLA_OK)
        return result;
    sla__json_push_key(json, "hours");
    result = read_week(json, week, profile);
    for (int i = 0; i < PLAN_HOURS; i++)
        sum += profile->rate[i];
    if (result == SLA_OK && sum <= 0)
        result = sla__json_complain(json, "no ticket ever comes: some hour needs more than 0");
    sla__json_pop(json);
    if (result != SLA_OK)
        return result;
    profile->per_week = per_week > 0 ? (double)per_week : sum;
    for (int i = 0; i < PLAN_HOURS; i++)
        profile->rate[i] *= profile->per_week / sum;
    return SLA_OK;
}

/* ------------------------------------------------------------ desks */

/* "09:00-18:00" as minutes of a day. */
static bool read_window(const char *text, int *from_out, int *to_out)
{
    const char *dash = strchr(text, '-');
    int32_t from, to;

    if (dash == NULL || sla_time_of_day_parse(text, (size_t)(dash - text), &from) != SLA_OK ||
        sla_time_of_day_parse(dash + 1, strlen(dash + 1), &to) != SLA_OK || from % 60 != 0 ||
        to % 60 != 0 || from == to || from == 86400)
        return false;
    *from_out = from / 60;
    *to_out = to / 60;
    return true;
}

/* One that was given, or a bundled one; NULL where there is none.  A reference of our own. */
static sla_calendar *find_calendar(const world *w, const char *name)
{
    sla_calendar *calendar = NULL;
    sla_error error = {0};
    size_t length;
    const char *text;

    for (size_t i = 0; w != NULL && i < w->calendar_count; i++)
        if (strcmp(sla_calendar_name(w->calendars[i]), name) == 0)
            return sla_calendar_ref(w->calendars[i]);
    text = sla_bundled_calendar(name, &length);
    if (text != NULL && sla_calendar_parse(text, length, name, NULL, &calendar, &error) != SLA_OK)
        give_up("%s: %s", name, error.text);
    return calendar;
}

static int read_calendar(sla__json *json, const json_t *value, const world *w, plan_shift *shift)
{
    const char *name = NULL;
    const int result = sla__json_get_name(json, value, "calendar", SLA__OPTIONAL, &name);

    if (result != SLA_OK || name == NULL)
        return result;
    shift->calendar = find_calendar(w, name);
    return shift->calendar != NULL
               ? SLA_OK
               : sla__json_complain_at(
                     json, "calendar",
                     "no calendar \"%s\" was given with -c, and none of this name "
                     "is bundled",
                     name);
}

static int read_shift(sla__json *json, const json_t *value, const world *w, plan_shift *shift)
{
    static const char *const known[] = {"days", "hours", "calendar", "handlers"};
    const char *days = "mon-sun", *hours = "00:00-24:00";
    int64_t handlers = 0;
    int result = sla__json_check_members(json, value, known, 4);

    if (result == SLA_OK)
        result = sla__json_get_text(json, value, "days", SLA__OPTIONAL, 16, &days);
    if (result == SLA_OK)
        result = sla__json_get_text(json, value, "hours", SLA__OPTIONAL, 32, &hours);
    if (result == SLA_OK)
        result = sla__json_get_int(json, value, "handlers", SLA__REQUIRED, 0, PLAN_HANDLERS_MAX,
                                   &handlers);
    if (result != SLA_OK)
        return result;
    shift->handlers = (int32_t)handlers;
    if (!plan_days_read(days, &shift->first, &shift->last))
        return sla__json_complain_at(json, "days", DAYS_WANTED);
    if (!read_window(hours, &shift->from, &shift->to))
        return sla__json_complain_at(
            json, "hours",
            "hours are such as 09:00-18:00, or 20:00-08:00 into the next day; all "
            "day: no \"hours\", or 00:00-24:00");
    return read_calendar(json, value, w, shift);
}

static int read_shifts(sla__json *json, const json_t *shifts, const world *w, plan_desk *desk)
{
    int64_t handlers = 0;
    int result = SLA_OK;

    desk->shifts = need_memory(json_array_size(shifts) + 1, sizeof *desk->shifts);
    for (size_t i = 0; i < json_array_size(shifts) && result == SLA_OK; i++) {
        const json_t *value = json_array_get(shifts, i);
        plan_shift *shift = &desk->shifts[desk->shift_count++];

        *shift = (plan_shift){0};
        sla__json_push_index(json, i);
        result = sla__json_as_type(json, value, JSON_OBJECT);
        if (result == SLA_OK)
            result = read_shift(json, value, w, shift);
        handlers += shift->handlers;
        if (result == SLA_OK && handlers > PLAN_HANDLERS_MAX)
            result = sla__json_complain_at(json, "handlers", "more than %d in all shifts",
                                           PLAN_HANDLERS_MAX);
        sla__json_pop(json);
    }
    if (result == SLA_OK && handlers == 0)
        result = sla__json_complain(json, "nobody ever works here: a shift with handlers");
    return result;
}

static int read_desk(sla__json *json, const json_t *value, plan_profile *profile, plan_desk *desk)
{
    static const char *const known[] = {"desk", "order", "shifts"};
    static const char *const orders[] = {"fifo", "due", "rank"};
    int order = PLAN_FIFO;
    json_t *shifts = NULL;
    int result = sla__json_check_members(json, value, known, 3);

    if (result == SLA_OK)
        result = sla__json_get_name(json, value, "desk", SLA__REQUIRED, &desk->name);
    if (result == SLA_OK && plan_profile_desk(profile, desk->name) != PLAN_NOBODY)
        return sla__json_complain_at(json, "desk", "there is a desk of this name already");
    if (result == SLA_OK)
        result = sla__json_get_choice(json, value, "order", SLA__OPTIONAL, orders, 3, &order);
    if (result == SLA_OK)
        result = sla__json_get(json, value, "shifts", SLA__REQUIRED, JSON_ARRAY, &shifts);
    if (result != SLA_OK)
        return result;
    desk->order = (plan_order)order;
    sla__json_push_key(json, "shifts");
    result = read_shifts(json, shifts, profile->world, desk);
    sla__json_pop(json);
    return result;
}

int plan_desks_read(sla__json *json, const json_t *value, plan_profile *profile)
{
    const size_t count = json_array_size(value);
    int result = SLA_OK;

    if (count == 0)
        return sla__json_complain(json, "one desk at least");
    profile->desks = need_memory(count, sizeof *profile->desks);
    for (size_t i = 0; i < count && result == SLA_OK; i++) {
        plan_desk desk = {0};

        sla__json_push_index(json, i);
        result = sla__json_as_type(json, json_array_get(value, i), JSON_OBJECT);
        if (result == SLA_OK)
            result = read_desk(json, json_array_get(value, i), profile, &desk);
        sla__json_pop(json);
        profile->desks[profile->desk_count++] = desk;
    }
    return result;
}
