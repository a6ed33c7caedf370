/* calendar_parse.c - from JSON text to a calendar that can be asked: all or nothing. */
#include "time/calendar.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/json_place.h"
#include "time/compile.h"
#include "time/raw.h"

static char *put_text(char **at, const char *text)
{
    char *start = *at;
    const size_t size = strlen(text) + 1;

    memcpy(start, text, size);
    *at += size;
    return start;
}

/* Copies of all texts in one block; labels[0] is "", then one for each entry. */
static bool copy_texts(sla_calendar *calendar, const sla__raw *raw, const char *source)
{
    size_t size = strlen(raw->name) + strlen(raw->version) + strlen(raw->display) +
                  strlen(raw->zone) + strlen(source) + 6;
    char *at;

    for (size_t i = 0; i < raw->entry_count; i++)
        size += strlen(raw->entries[i].name) + 1;
    calendar->texts = at = sla__new(&calendar->allocator, size, 1);
    calendar->labels =
        sla__new(&calendar->allocator, raw->entry_count + 1, sizeof *calendar->labels);
    if (calendar->texts == NULL || calendar->labels == NULL)
        return false;
    calendar->name = put_text(&at, raw->name);
    calendar->version = put_text(&at, raw->version);
    calendar->display = put_text(&at, raw->display);
    calendar->zone_name = put_text(&at, raw->zone);
    calendar->source = put_text(&at, source);
    calendar->labels[0] = put_text(&at, "");
    for (size_t i = 0; i < raw->entry_count; i++)
        calendar->labels[i + 1] = put_text(&at, raw->entries[i].name);
    return true;
}

/* The shifts of the calendar's zone, in a block of their own size.  cctz takes its time
 * for each of them, so all but the longest lists are read once. */
static int read_shifts(sla_calendar *calendar)
{
    enum { ROOM = 512 };
    sla__zone *zone = &calendar->zone;
    sla__shift *room = sla__new(&calendar->allocator, ROOM, sizeof *room);
    int result = room == NULL ? SLA_ERR_NOMEM
                              : sla__zone_read(calendar->zone_name, room, ROOM, &zone->count);

    if (result == SLA_OK) {
        zone->shifts = sla__new(&calendar->allocator, zone->count, sizeof *zone->shifts);
        if (zone->shifts == NULL)
            result = SLA_ERR_NOMEM;
        else if (zone->count > ROOM)
            result = sla__zone_read(calendar->zone_name, zone->shifts, zone->count, &zone->count);
        else
            memcpy(zone->shifts, room, zone->count * sizeof *room);
    }
    sla__free(&calendar->allocator, room);
    return result;
}

static int index_shifts(sla_calendar *calendar)
{
    sla__zone *zone = &calendar->zone;

    sla__zone_index_plan(zone);
    zone->ends.cells =
        sla__new(&calendar->allocator, zone->ends.cell_count + 1, sizeof *zone->ends.cells);
    if (zone->ends.cells == NULL)
        return SLA_ERR_NOMEM;
    sla__zone_index_fill(zone);
    return SLA_OK;
}

static int read_zone(sla_calendar *calendar, sla__json *json)
{
    int result = read_shifts(calendar);

    if (result == SLA_OK)
        result = index_shifts(calendar);
    if (result == SLA_OK)
        return result;
    sla__json_push_key(json, "zone");
    if (result == SLA_ERR_ZONE)
        sla__json_complain_as(json, result,
                              "this machine knows no zone \"%.64s\"; write a name such as "
                              "Asia/Shanghai, and look whether the package tzdata is installed",
                              calendar->zone_name);
    else
        sla__json_complain_as(json, result, "out of memory");
    sla__json_pop(json);
    return result;
}

static void set_known_until(sla_calendar *calendar, const sla__raw *raw)
{
    calendar->known_until = SLA_NEVER;
    if (raw->has_known_until)
        calendar->known_until =
            sla__zone_instant(&calendar->zone, ((sla__civil)raw->known_until + 1) * 86400);
}

static int compile(sla_calendar *calendar, sla__raw *raw, sla__json *json)
{
    sla__stretches stretches = {NULL, 0, 0};
    int result = read_zone(calendar, json);

    if (result == SLA_OK)
        result = sla__compile_days(calendar, raw, json, &stretches);
    if (result == SLA_OK)
        result = sla__compile_windows(calendar, json, &stretches);
    if (result == SLA_OK)
        set_known_until(calendar, raw);
    sla__stretches_fini(&stretches, raw->allocator);
    return result;
}

/* `pointer` names a member of the document. */
static sla__member_place place_of(const sla__json *json, const char *pointer)
{
    sla__member_place place = {"", 1, 1};

    if (json_object_get(json->root, pointer + 1) != NULL)
        place.pointer = pointer;
    sla__json_place_of(json->text,
                       sla__json_offset_of_pointer(json->text, json->length, place.pointer),
                       &place.line, &place.column);
    return place;
}

static int build(const sla_allocator *allocator, sla__json *json, sla_calendar **calendar_out)
{
    sla__raw raw = {.allocator = allocator};
    sla_calendar *calendar = sla__new(allocator, 1, sizeof *calendar);
    int result = SLA_ERR_NOMEM;

    if (calendar != NULL) {
        calendar->allocator = *allocator;
        atomic_init(&calendar->references, 1);
        result = sla__raw_read(&raw, json);
    }
    if (result == SLA_OK)
        result = sla__raw_check(&raw, json);
    if (result == SLA_OK)
        result = copy_texts(calendar, &raw, json->source) ? compile(calendar, &raw, json)
                                                          : SLA_ERR_NOMEM;
    if (result == SLA_ERR_NOMEM)
        sla__json_complain_as(json, result, "out of memory");
    sla__raw_fini(&raw);
    if (result != SLA_OK) {
        sla_calendar_unref(calendar);
        return result;
    }
    calendar->week_place = place_of(json, "/week");
    calendar->known_place = place_of(json, "/known_until");
    calendar->horizon_place = place_of(json, "/horizon");
    *calendar_out = calendar;
    return SLA_OK;
}

int sla_calendar_parse(const char *text, size_t length, const char *source,
                       const sla_allocator *allocator, sla_calendar **calendar_out,
                       sla_error *error)
{
    const sla_allocator used = sla__allocator_or_default(allocator);
    const char *const why = sla__allocator_why_not(allocator);
    sla__json json;
    int result;

    assert(text != NULL);
    assert(calendar_out != NULL);
    sla__error_clear(error);
    if (why != NULL)
        return sla__error_set(error, SLA_ERR_ARGUMENT, "", "%s", why);
    result = sla__json_init(&json, text, length, NULL, source != NULL ? source : "calendar",
                            SLA_ERR_CALENDAR, error);
    if (result != SLA_OK)
        return result;
    result = build(&used, &json, calendar_out);
    sla__json_fini(&json);
    return result;
}

sla_calendar *sla_calendar_ref(sla_calendar *calendar)
{
    atomic_fetch_add_explicit(&calendar->references, 1, memory_order_relaxed);
    return calendar;
}

void sla_calendar_unref(sla_calendar *calendar)
{
    sla_allocator allocator;

    if (calendar == NULL ||
        atomic_fetch_sub_explicit(&calendar->references, 1, memory_order_acq_rel) > 1)
        return;
    allocator = calendar->allocator;
    sla__free(&allocator, calendar->texts);
    sla__free(&allocator, calendar->labels);
    sla__free(&allocator, calendar->zone.shifts);
    sla__free(&allocator, calendar->zone.ends.cells);
    sla__free(&allocator, calendar->windows);
    sla__free(&allocator, calendar->by_time.cells);
    sla__free(&allocator, calendar->by_open.cells);
    sla__free(&allocator, calendar->days);
    sla__free(&allocator, calendar->working);
    sla__free(&allocator, calendar);
}
