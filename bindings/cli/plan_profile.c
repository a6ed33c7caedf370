/* plan_profile.c - see plan_profile.h: the document as a whole, and questions to it. */
#include "plan_profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "input.h"
#include "plan_profile_parts.h"

int plan_zone_open(const char *zone, sla_calendar **calendar_out, sla_error *error)
{
    static const char form[] = "{\"kind\":\"calendar\",\"name\":\"plan\",\"version\":\"1\","
                               "\"zone\":\"%.60s\",\"week\":{\"mon-sun\":[\"00:00-24:00\"]}}";
    char text[sizeof form + 64];
    int result;

    snprintf(text, sizeof text, form, strpbrk(zone, "\"\\") == NULL ? zone : "?");
    result = sla_calendar_parse(text, strlen(text), "zone", NULL, calendar_out, error);
    if (result == SLA_ERR_NOMEM)
        give_up("out of memory");
    return result;
}

static int read_zone(sla__json *json, plan_profile *profile)
{
    const char *zone = "UTC";
    sla_error error = {0};
    const int result = sla__json_get_text(json, json->root, "zone", SLA__OPTIONAL, 60, &zone);

    if (result != SLA_OK || plan_zone_open(zone, &profile->zone, &error) == SLA_OK)
        return result;
    profile->zone = NULL;
    return sla__json_complain_at(json, "zone", "%s", error.text);
}

static int read_part(sla__json *json, plan_profile *profile, const char *key, json_type type,
                     int (*read)(sla__json *json, const json_t *value, plan_profile *profile))
{
    json_t *value;
    int result = sla__json_get(json, json->root, key, SLA__REQUIRED, type, &value);

    if (result != SLA_OK)
        return result;
    sla__json_push_key(json, key);
    result = read(json, value, profile);
    sla__json_pop(json);
    return result;
}

static int read_all(sla__json *json, plan_profile *profile)
{
    static const char *const known[] = {"profile", "zone", "arrivals", "desks", "kinds"};
    int result = sla__json_check_members(json, json->root, known, 5);

    if (result == SLA_OK)
        result = sla__json_get_name(json, json->root, "profile", SLA__REQUIRED, &profile->name);
    if (result == SLA_OK)
        result = read_zone(json, profile);
    if (result == SLA_OK)
        result = read_part(json, profile, "arrivals", JSON_OBJECT, plan_arrivals_read);
    if (result == SLA_OK)
        result = read_part(json, profile, "desks", JSON_ARRAY, plan_desks_read);
    return result == SLA_OK ? read_part(json, profile, "kinds", JSON_ARRAY, plan_kinds_read)
                            : result;
}

int plan_profile_parse(plan_profile *profile, const world *w, const char *text, size_t length,
                       const char *source, sla_error *error)
{
    sla__json json;
    int result = sla__json_init(&json, text, length, NULL, source, SLA_ERR_ARGUMENT, error);

    memset(profile, 0, sizeof *profile);
    if (result != SLA_OK)
        return result;
    profile->root = json_incref(json.root);
    profile->world = w;
    result = read_all(&json, profile);
    sla__json_fini(&json);
    if (result != SLA_OK)
        plan_profile_fini(profile);
    return result;
}

int plan_profile_read(plan_profile *profile, const world *w, const char *path)
{
    sla_error error = {0};
    char *text;
    size_t length;
    int trouble, result;

    if (!input_whole(path, &text, &length, &trouble)) {
        say("%s: %s", path, strerror(trouble));
        return EXIT_MACHINE;
    }
    result = plan_profile_parse(profile, w, text, length, path, &error);
    free(text);
    if (result == SLA_ERR_NOMEM)
        give_up("out of memory");
    if (result != SLA_OK)
        say_error(&error);
    return result == SLA_OK ? EXIT_FINE : EXIT_INVALID;
}

static void kind_fini(plan_kind *kind)
{
    for (size_t i = 0; i < kind->stage_count; i++)
        plan_spread_fini(&kind->stages[i].takes);
    free(kind->stages);
    free(kind->attributes);
}

static void desk_fini(plan_desk *desk)
{
    for (size_t i = 0; i < desk->shift_count; i++)
        sla_calendar_unref(desk->shifts[i].calendar);
    free(desk->shifts);
    free(desk->roster);
}

void plan_profile_fini(plan_profile *profile)
{
    for (size_t i = 0; i < profile->kind_count; i++)
        kind_fini(&profile->kinds[i]);
    for (size_t i = 0; i < profile->desk_count; i++)
        desk_fini(&profile->desks[i]);
    free(profile->kinds);
    free(profile->desks);
    sla_calendar_unref(profile->zone);
    json_decref(profile->root);
    memset(profile, 0, sizeof *profile);
}

int plan_profile_desk(const plan_profile *profile, const char *name)
{
    for (size_t i = 0; i < profile->desk_count; i++)
        if (strcmp(profile->desks[i].name, name) == 0)
            return (int)i;
    return PLAN_NOBODY;
}

int plan_profile_minute(const plan_profile *profile, sla_time at)
{
    const sla_time week = 7 * SLA_DAY, monday = 4 * SLA_DAY; /* 1970-01-05 */
    const sla_time local = at + sla_calendar_offset(profile->zone, at) * SLA_SECOND - monday;

    return (int)((local % week + week) % week / SLA_MINUTE);
}

int32_t plan_desk_handlers(const plan_desk *desk, int32_t own, int32_t most)
{
    return most == desk->most ? own
                              : (int32_t)(((int64_t)own * most + desk->most - 1) / desk->most);
}

double plan_profile_load(const plan_profile *profile, int desk)
{
    double weights = 0, work = 0;

    for (size_t i = 0; i < profile->kind_count; i++) {
        const plan_kind *kind = &profile->kinds[i];

        weights += (double)kind->weight;
        for (size_t j = 0; j < kind->stage_count; j++)
            if (kind->stages[j].desk == desk)
                work += (double)kind->weight * plan_spread_mean(&kind->stages[j].takes);
    }
    return profile->per_week * work / weights / (double)(7 * SLA_DAY);
}
