/*
 * raw_json.c - a calendar out of its JSON document (docs/calendar.md), member by
 * member.  What one element shows by itself is checked here; what needs two is
 * raw_check.c's, what needs the compiled dates is calendar_days.c's.
 */
#include "time/raw.h"

#include <string.h>

#include <sla/time.h>

#include "base/alloc.h"
#include "time/civil.h"
#include "time/json_time.h"
#include "time/zone.h"

static const char *const day_names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

static int out_of_memory(sla__json *json)
{
    return sla__json_complain_as(json, SLA_ERR_NOMEM, "out of memory");
}

/*
 * A text for people: a string, or an object of language to string.  All are
 * checked, the first is the one that is shown.
 */
static int read_label(sla__json *json, const json_t *object, const char *key, const char **out)
{
    json_t *value = json_object_get(object, key);
    const char *text, *first = NULL;
    void *member;
    int result = SLA_OK;

    if (!json_is_object(value))
        return sla__json_get_text(json, object, key, SLA__OPTIONAL, SLA__TEXT_MAX, out);
    sla__json_push_key(json, key);
    for (member = json_object_iter(value); member != NULL && result == SLA_OK;
         member = json_object_iter_next(value, member)) {
        sla__json_push_key(json, json_object_iter_key(member));
        result = sla__json_as_text(json, json_object_iter_value(member), SLA__TEXT_MAX, &text);
        sla__json_pop(json);
        if (result == SLA_OK && first == NULL)
            first = text;
    }
    if (result == SLA_OK && first == NULL)
        result = sla__json_complain(json, "no language has a text; write one, such as {\"en\": "
                                          "\"Office\"}");
    sla__json_pop(json);
    if (result == SLA_OK)
        *out = first;
    return result;
}

/* ------------------------------------------------------------ hours */

/* "09:00-18:00", one stands on it. */
static int read_window(sla__json *json, const json_t *value, sla__hours *out)
{
    const char *text, *dash;
    int result = sla__json_as_type(json, value, JSON_STRING);

    if (result != SLA_OK)
        return result;
    text = json_string_value(value);
    dash = strchr(text, '-');
    if (dash == NULL || sla_time_of_day_parse(text, (size_t)(dash - text), &out->start) != SLA_OK ||
        sla_time_of_day_parse(dash + 1, strlen(dash + 1), &out->end) != SLA_OK)
        return sla__json_complain(json,
                                  "\"%.40s\" is not a pair of times from 00:00 to 24:00, such as "
                                  "09:00-18:00",
                                  text);
    if (out->start == SLA__SECONDS_PER_DAY)
        return sla__json_complain(json, "hours cannot begin at 24:00; write 00:00 on the next day");
    if (out->end <= out->start)
        out->end += SLA__SECONDS_PER_DAY;
    return SLA_OK;
}

/* An array of windows, one stands on it. */
static int read_hours(sla__raw *raw, sla__json *json, const json_t *list, sla__hours_range *out)
{
    int result = sla__json_as_type(json, list, JSON_ARRAY);

    out->first = raw->hours_count;
    out->count = 0;
    if (result != SLA_OK)
        return result;
    if (json_array_size(list) > SLA__HOURS_MAX)
        return sla__json_complain(json, "a day cannot have more than %d windows", SLA__HOURS_MAX);
    for (size_t i = 0; i < json_array_size(list); i++) {
        sla__hours window;

        sla__json_push_index(json, i);
        result = read_window(json, json_array_get(list, i), &window);
        if (result == SLA_OK)
            result = sla__raw_put_hours(raw, out, window);
        if (result == SLA_ERR_NOMEM)
            result = out_of_memory(json);
        else if (result == SLA_ERR_EXISTS)
            result = sla__json_complain(json, "these hours overlap others of the same day; join "
                                              "them, or let one end where the other begins");
        sla__json_pop(json);
        if (result != SLA_OK)
            return result;
    }
    return SLA_OK;
}

/* ------------------------------------------------------------ the week */

static int day_number(const char *name, size_t length)
{
    for (int i = 0; i < 7; i++)
        if (length == 3 && memcmp(name, day_names[i], 3) == 0)
            return i;
    return -1;
}

/* "mon" or "mon-fri"; false when it is neither. */
static bool split_days(const char *key, int *first_out, int *last_out)
{
    const char *dash = strchr(key, '-');

    if (dash == NULL) {
        *first_out = *last_out = day_number(key, strlen(key));
        return *first_out >= 0;
    }
    *first_out = day_number(key, (size_t)(dash - key));
    *last_out = day_number(dash + 1, strlen(dash + 1));
    return *first_out >= 0 && *last_out > *first_out;
}

static int read_week_member(sla__raw *raw, sla__json *json, const char *key, const json_t *list)
{
    sla__hours_range hours;
    int first, last, result;

    if (!split_days(key, &first, &last))
        return sla__json_complain(json,
                                  "the days are mon, tue, wed, thu, fri, sat, sun, or from one "
                                  "to a later one, such as mon-fri");
    result = read_hours(raw, json, list, &hours);
    if (result != SLA_OK)
        return result;
    for (int day = first; day <= last; day++) {
        if (raw->week_key[day] != NULL)
            return sla__json_complain(json, "%s has its hours under \"%s\" already", day_names[day],
                                      raw->week_key[day]);
        raw->week_key[day] = key;
        raw->week[day] = hours;
    }
    return SLA_OK;
}

static int read_week(sla__raw *raw, sla__json *json)
{
    json_t *week;
    void *member;
    int result = sla__json_get(json, json->root, "week", SLA__REQUIRED, JSON_OBJECT, &week);

    if (result != SLA_OK)
        return result;
    sla__json_push_key(json, "week");
    for (member = json_object_iter(week); member != NULL && result == SLA_OK;
         member = json_object_iter_next(week, member)) {
        const char *key = json_object_iter_key(member);

        if (sla__json_is_free_member(key))
            continue;
        sla__json_push_key(json, key);
        result = read_week_member(raw, json, key, json_object_iter_value(member));
        sla__json_pop(json);
    }
    sla__json_pop(json);
    return result;
}

/* ------------------------------------------------------------ dated entries */

/* `date`, or `from` and `to`. */
static int read_dates(sla__json *json, const json_t *object, sla__entry *entry)
{
    const bool one = json_object_get(object, "date") != NULL;
    const bool two =
        json_object_get(object, "from") != NULL || json_object_get(object, "to") != NULL;
    int result;

    if (one && two)
        return sla__json_complain(json, "write either \"date\", or \"from\" and \"to\"");
    if (!two) {
        result = sla__json_get_date(json, object, "date", SLA__REQUIRED, &entry->first);
        entry->last = entry->first;
        return result;
    }
    result = sla__json_get_date(json, object, "from", SLA__REQUIRED, &entry->first);
    if (result == SLA_OK)
        result = sla__json_get_date(json, object, "to", SLA__REQUIRED, &entry->last);
    if (result != SLA_OK)
        return result;
    if (entry->last < entry->first)
        return sla__json_complain_at(json, "to", "the last date lies before the first");
    if (entry->last - entry->first >= SLA__RANGE_DAYS_MAX)
        return sla__json_complain_at(json, "to", "an entry has at most %d dates; split it",
                                     SLA__RANGE_DAYS_MAX);
    return SLA_OK;
}

/* The hours under `key`, at least one window. */
static int read_entry_hours(sla__raw *raw, sla__json *json, const json_t *object, const char *key,
                            sla__entry *entry)
{
    json_t *list;
    int result = sla__json_get(json, object, key, SLA__REQUIRED, JSON_ARRAY, &list);

    if (result != SLA_OK)
        return result;
    sla__json_push_key(json, key);
    result = read_hours(raw, json, list, &entry->hours);
    if (result == SLA_OK && entry->hours.count == 0)
        result = sla__json_complain(json, "there are no hours here; a closed date belongs into "
                                          "\"holidays\"");
    sla__json_pop(json);
    return result;
}

/* A make-up day works like a day of the week, or at hours of its own. */
static int read_makeup_hours(sla__raw *raw, sla__json *json, const json_t *object,
                             sla__entry *entry)
{
    int day = 0, result;

    if (json_object_get(object, "hours") != NULL) {
        if (json_object_get(object, "as") != NULL)
            return sla__json_complain(json, "write either \"as\" or \"hours\"");
        return read_entry_hours(raw, json, object, "hours", entry);
    }
    if (json_object_get(object, "as") == NULL)
        return sla__json_complain(json,
                                  "a make-up day needs \"as\" (the day of the week whose hours "
                                  "it has) or \"hours\"");
    result = sla__json_get_choice(json, object, "as", SLA__REQUIRED, day_names, 7, &day);
    if (result != SLA_OK)
        return result;
    if (raw->week[day].count == 0)
        return sla__json_complain_at(json, "as", "%s has no hours in \"week\"", day_names[day]);
    entry->hours = raw->week[day];
    entry->as_day = day;
    return SLA_OK;
}

static int read_entry(sla__raw *raw, sla__json *json, const json_t *object, sla__entry *entry)
{
    static const char *const known[][6] = {
        {"date", "from", "to", "name"},
        {"date", "from", "to", "name", "as", "hours"},
        {"date", "from", "to", "name", "hours"},
        {"date", "from", "to", "name", "cut"},
    };
    static const size_t counts[] = {4, 6, 5, 5};
    int result = sla__json_check_members(json, object, known[entry->kind], counts[entry->kind]);

    entry->name = "";
    if (result == SLA_OK)
        result = read_dates(json, object, entry);
    if (result == SLA_OK)
        result = read_label(json, object, "name", &entry->name);
    if (result != SLA_OK || entry->kind == SLA__ENTRY_HOLIDAY)
        return result;
    if (entry->kind == SLA__ENTRY_MAKEUP)
        return read_makeup_hours(raw, json, object, entry);
    return read_entry_hours(raw, json, object, entry->kind == SLA__ENTRY_BREAK ? "cut" : "hours",
                            entry);
}

static int put_entry(sla__raw *raw, sla__json *json, const sla__entry *entry)
{
    void *entries = raw->entries;

    if (!sla__grow(raw->allocator, &entries, &raw->entry_capacity, raw->entry_count + 1,
                   sizeof *raw->entries))
        return out_of_memory(json);
    raw->entries = entries;
    raw->entries[raw->entry_count++] = *entry;
    return SLA_OK;
}

static int read_list(sla__raw *raw, sla__json *json, sla__entry_kind kind)
{
    const char *key = sla__entry_list(kind);
    json_t *list;
    int result = sla__json_get(json, json->root, key, SLA__OPTIONAL, JSON_ARRAY, &list);

    if (result != SLA_OK || list == NULL)
        return result;
    if (kind == SLA__ENTRY_HOLIDAY || kind == SLA__ENTRY_MAKEUP)
        raw->has_lists = true;
    sla__json_push_key(json, key);
    for (size_t i = 0; i < json_array_size(list) && result == SLA_OK; i++) {
        sla__entry entry = {.kind = kind, .index = i, .as_day = -1};

        sla__json_push_index(json, i);
        result = read_entry(raw, json, json_array_get(list, i), &entry);
        if (result == SLA_OK)
            result = put_entry(raw, json, &entry);
        sla__json_pop(json);
    }
    sla__json_pop(json);
    return result;
}

/* ------------------------------------------------------------ the document */

static int read_horizon(sla__raw *raw, sla__json *json)
{
    static const char *const known[] = {"from_year", "to_year"};
    int64_t first = SLA__YEAR_FROM, last = SLA__YEAR_TO;
    json_t *horizon;
    int result = sla__json_get(json, json->root, "horizon", SLA__OPTIONAL, JSON_OBJECT, &horizon);

    if (result == SLA_OK && horizon != NULL) {
        sla__json_push_key(json, "horizon");
        result = sla__json_check_members(json, horizon, known, 2);
        if (result == SLA_OK)
            result = sla__json_get_int(json, horizon, "from_year", SLA__REQUIRED, SLA__YEAR_MIN,
                                       SLA__YEAR_MAX, &first);
        if (result == SLA_OK)
            result = sla__json_get_int(json, horizon, "to_year", SLA__REQUIRED, first,
                                       SLA__YEAR_MAX, &last);
        sla__json_pop(json);
    }
    raw->first_year = (int)first;
    raw->last_year = (int)last;
    return result;
}

static int read_zone(sla__raw *raw, sla__json *json)
{
    int result =
        sla__json_get_text(json, json->root, "zone", SLA__REQUIRED, SLA__TEXT_MAX, &raw->zone);

    if (result != SLA_OK || sla__zone_is_name(raw->zone))
        return result;
    sla__json_push_key(json, "zone");
    result = sla__json_complain_as(json, SLA_ERR_ZONE,
                                   "\"%.64s\" is not the name of a zone, such as Asia/Shanghai",
                                   raw->zone);
    sla__json_pop(json);
    return result;
}

/* Where the lists come from: for people, so only its shape is checked. */
static int read_sources(sla__json *json)
{
    json_t *list;
    const char *text;
    int result = sla__json_get(json, json->root, "sources", SLA__OPTIONAL, JSON_ARRAY, &list);

    if (list == NULL)
        return result;
    sla__json_push_key(json, "sources");
    for (size_t i = 0; i < json_array_size(list) && result == SLA_OK; i++) {
        sla__json_push_index(json, i);
        result = sla__json_as_text(json, json_array_get(list, i), 1024, &text);
        sla__json_pop(json);
    }
    sla__json_pop(json);
    return result;
}

static int read_head(sla__raw *raw, sla__json *json)
{
    static const char *const known[] = {"kind",   "name",        "version",  "display", "zone",
                                        "week",   "overnight",   "holidays", "makeup",  "special",
                                        "breaks", "known_until", "horizon",  "sources"};
    static const char *const kinds[] = {"calendar"};
    static const char *const overnights[] = {"day_of_start", "cut"};
    int kind = 0, overnight = 0;
    int result = sla__json_check_members(json, json->root, known, sizeof known / sizeof known[0]);

    if (result == SLA_OK)
        result = sla__json_get_choice(json, json->root, "kind", SLA__REQUIRED, kinds, 1, &kind);
    if (result == SLA_OK)
        result = sla__json_get_calendar_name(json, json->root, "name", SLA__REQUIRED, &raw->name);
    if (result == SLA_OK)
        result = sla__json_get_text(json, json->root, "version", SLA__REQUIRED, SLA__VERSION_MAX,
                                    &raw->version);
    raw->display = raw->name;
    if (result == SLA_OK)
        result = read_label(json, json->root, "display", &raw->display);
    if (result == SLA_OK)
        result = sla__json_get_choice(json, json->root, "overnight", SLA__OPTIONAL, overnights, 2,
                                      &overnight);
    raw->cut = overnight == 1;
    return result;
}

static int read_known_until(sla__raw *raw, sla__json *json)
{
    raw->has_known_until = json_object_get(json->root, "known_until") != NULL;
    return sla__json_get_date(json, json->root, "known_until", SLA__OPTIONAL, &raw->known_until);
}

int sla__raw_read(sla__raw *raw, sla__json *json)
{
    int result = read_head(raw, json);

    if (result == SLA_OK)
        result = read_zone(raw, json);
    if (result == SLA_OK)
        result = read_horizon(raw, json);
    if (result == SLA_OK)
        result = read_week(raw, json);
    for (sla__entry_kind kind = SLA__ENTRY_HOLIDAY; kind <= SLA__ENTRY_BREAK && result == SLA_OK;
         kind++)
        result = read_list(raw, json, kind);
    if (result == SLA_OK)
        result = read_known_until(raw, json);
    return result == SLA_OK ? read_sources(json) : result;
}
