/* _glue.c - facts in and events out in one buffer, calendars over arrays. */
#include <stdlib.h>
#include <string.h>

#include "_glue.h"

/* ---- facts in */

/* Where a piece is read from; `at` is NULL once a text had no end. */
typedef struct cursor {
    const char *at;
    const char *end;
} cursor;

/* The next text; an empty one is absent. */
static sla_string next_text(cursor *cursor)
{
    const char *start = cursor->at;
    const char *stop = start != NULL ? memchr(start, 0, (size_t)(cursor->end - start)) : NULL;

    cursor->at = stop != NULL ? stop + 1 : NULL;
    if (stop == NULL || stop == start)
        return (sla_string){NULL, 0};
    return (sla_string){start, (size_t)(stop - start)};
}

static void read_texts(cursor *cursor, sla_fact *fact)
{
    fact->tenant = next_text(cursor);
    fact->ticket = next_text(cursor);
    fact->id = next_text(cursor);
    fact->name = next_text(cursor);
    fact->by = next_text(cursor);
    fact->reason = next_text(cursor);
    fact->policy = next_text(cursor);
    fact->target = next_text(cursor);
    fact->corrects = next_text(cursor);
    fact->withdraws = next_text(cursor);
    fact->approver = next_text(cursor);
    fact->authorised_by = next_text(cursor);
}

static void read_attribute(cursor *cursor, sla_attribute *attribute)
{
    sla_string value;

    *attribute = (sla_attribute){.name = next_text(cursor)};
    value = next_text(cursor);
    if (value.length == 0)
        return;
    switch (value.data[0]) {
    case 's':
        attribute->type = SLA_VALUE_STRING;
        attribute->string = (sla_string){value.data + 1, value.length - 1};
        return;
    case 'i': attribute->type = SLA_VALUE_INT; break;
    case 'b': attribute->type = SLA_VALUE_BOOL; break;
    case 't': attribute->type = SLA_VALUE_INSTANT; break;
    default: return;
    }
    attribute->number = strtoll(value.data + 1, NULL, 10); /* a text is ended by a NUL */
}

static int refuse(sla_error *error, int code, const char *text)
{
    if (error != NULL) {
        memset(error, 0, sizeof *error);
        error->code = code;
        strncpy(error->text, text, sizeof error->text - 1);
    }
    return code;
}

sla_py_fact *sla_py_fact_new(void)
{
    return malloc(sizeof(sla_py_fact));
}

void sla_py_fact_free(sla_py_fact *fact)
{
    free(fact);
}

int sla_py_fact_read(const char *piece, size_t length, sla_py_fact *out, sla_error *error)
{
    sla_py_fact_head head;
    cursor cursor;

    if (length < sizeof head)
        return refuse(error, SLA_ERR_ARGUMENT, "a piece of a fact is cut off");
    memcpy(&head, piece, sizeof head);
    if (head.length < sizeof head || head.length > length)
        return refuse(error, SLA_ERR_ARGUMENT, "a piece of a fact has a wrong length");
    if (head.attribute_count > SLA_FACT_ATTRIBUTES_MAX)
        return refuse(error, SLA_ERR_TOO_LONG, "a fact has at most 64 attributes");
    cursor.at = piece + sizeof head;
    cursor.end = piece + head.length;
    out->fact = (sla_fact){.occurred_at = head.occurred_at,
                           .cycle = head.cycle,
                           .span = head.span,
                           .until = head.until,
                           .excluded = (head.flags & SLA_PY_EXCLUDED) != 0,
                           .silence = (head.flags & SLA_PY_SILENCE) != 0,
                           .attributes = out->attributes,
                           .attribute_count = head.attribute_count};
    read_texts(&cursor, &out->fact);
    for (uint32_t i = 0; i < head.attribute_count; i++)
        read_attribute(&cursor, &out->attributes[i]);
    if (cursor.at != cursor.end)
        return refuse(error, SLA_ERR_FACT, "a text has the character U+0000 in it; leave it out");
    out->recorded_at = head.recorded_at;
    out->length = head.length;
    return SLA_OK;
}

/* ---- events out */

/* More than any event has: eleven texts, each with a limit (sla/base.h) far below. */
enum { EVENT_ROOM = 8192 };

sla_py_events *sla_py_events_new(void)
{
    return calloc(1, sizeof(sla_py_events));
}

void sla_py_events_free(sla_py_events *events)
{
    if (events != NULL)
        free(events->data);
    free(events);
}

void sla_py_events_clear(sla_py_events *events)
{
    events->used = events->count = 0;
}

int sla_py_events_reserve(sla_py_events *events)
{
    size_t size = events->size < EVENT_ROOM ? 2 * EVENT_ROOM : 2 * events->size;
    char *data;

    if (events->size - events->used >= EVENT_ROOM)
        return SLA_OK;
    data = realloc(events->data, size);
    if (data == NULL)
        return SLA_ERR_NOMEM;
    events->data = data;
    events->size = size;
    return SLA_OK;
}

static char *put(char *at, const char *text, size_t length)
{
    memcpy(at, text, length);
    at[length] = 0;
    return at + length + 1;
}

static char *put_string(char *at, sla_string text)
{
    return put(at, text.data != NULL ? text.data : "", text.length);
}

static char *put_text(char *at, const char *text)
{
    return text != NULL ? put(at, text, strlen(text)) : put(at, "", 0);
}

static char *put_texts(char *at, const sla_event *event)
{
    at = put_string(at, event->tenant);
    at = put_string(at, event->ticket);
    at = put_text(at, event->policy);
    at = put_text(at, event->policy_version);
    at = put_text(at, event->target);
    at = put_text(at, event->step);
    at = put_text(at, event->to);
    at = put_text(at, event->because);
    at = put_text(at, event->reason);
    at = put_text(at, event->derived);
    return put_string(at, event->fact_id);
}

static uint32_t event_flags(const sla_event *event)
{
    return (uint32_t)event->late | (uint32_t)event->breached << 1 |
           (uint32_t)event->provisional << 2 | (uint32_t)event->provisional_attributes << 3 |
           (uint32_t)event->governs << 4 | (uint32_t)event->excluded << 5 |
           (uint32_t)event->adjusted_met << 6;
}

void sla_py_events_add(sla_py_events *events, const sla_event *event)
{
    char *start = events->data + events->used;
    sla_py_event_head head = {.flags = event_flags(event),
                              .cycle = event->cycle,
                              .repeat = event->repeat,
                              .revision = event->revision,
                              .skipped = event->skipped,
                              .collapsed = event->collapsed,
                              .fact_seq = event->fact_seq,
                              .at = event->at,
                              .told = event->told,
                              .started_at = event->started_at,
                              .due_at = event->due_at,
                              .old_due_at = event->old_due_at,
                              .breached_at = event->breached_at,
                              .ended_at = event->ended_at,
                              .rank = event->rank,
                              .kind = (uint8_t)event->kind,
                              .level = event->level,
                              .state = (uint8_t)event->state,
                              .agreement = (uint8_t)event->agreement};
    char *end = put_texts(start + sizeof head, event);

    head.length = (uint32_t)(end - start);
    memcpy(start, &head, sizeof head);
    events->used += head.length;
    events->count++;
}

/* ---- the engine */

int sla_py_record(sla_engine *engine, sla_py_fact *room, const char *piece, size_t length,
                  sla_answer *answer, sla_error *error)
{
    int result = sla_py_fact_read(piece, length, room, error);

    if (result != SLA_OK)
        return result;
    return sla_engine_record(engine, &room->fact, room->recorded_at, answer, error);
}

int sla_py_poll(sla_engine *engine, sla_time now, size_t capacity, sla_py_events *events)
{
    sla_event event;

    while (events->count < capacity) {
        int result = sla_py_events_reserve(events);

        if (result != SLA_OK)
            return result;
        if (!sla_engine_poll(engine, now, &event))
            break;
        sla_py_events_add(events, &event);
    }
    return SLA_OK;
}

/* Tell what falls due until `until`, each at its own instant. */
static int tell_until(sla_engine *engine, sla_time until, size_t capacity, sla_py_events *events)
{
    sla_time next = sla_engine_wakeup(engine);

    while (next <= until && events->count < capacity) {
        int result = sla_py_poll(engine, next, capacity, events);

        if (result != SLA_OK)
            return result;
        next = sla_engine_wakeup(engine);
    }
    return SLA_OK;
}

int sla_py_record_many(sla_engine *engine, sla_py_fact *room, const char *pieces, size_t length,
                       size_t capacity, sla_py_events *events, size_t *taken_out,
                       sla_error *error)
{
    *taken_out = 0;
    while (*taken_out < length) {
        int result =
            sla_py_fact_read(pieces + *taken_out, length - *taken_out, room, error);

        if (result == SLA_OK)
            result = tell_until(engine, room->recorded_at, capacity, events);
        if (result != SLA_OK || events->count >= capacity)
            return result;
        result = sla_engine_record(engine, &room->fact, room->recorded_at, NULL, error);
        if (result < 0 || result == SLA_NEED_HISTORY)
            return result;
        *taken_out += room->length;
        result = sla_py_poll(engine, room->recorded_at, SIZE_MAX, events);
        if (result != SLA_OK)
            return result;
    }
    return SLA_OK;
}

/* ---- calendars */

static int64_t answer_of(int result, int64_t value)
{
    return result == SLA_OK ? value : SLA_PY_FAILED + result;
}

int64_t sla_py_calendar_add(const sla_calendar *calendar, int64_t from, int64_t need, int fit)
{
    sla_time due = 0;
    int result = sla_calendar_add(calendar, from, need, (sla_exact_fit)fit, &due);

    return answer_of(result, due);
}

int64_t sla_py_calendar_between(const sla_calendar *calendar, int64_t from, int64_t to)
{
    sla_duration span = 0;
    int result = sla_calendar_between(calendar, from, to, &span);

    return answer_of(result, span);
}

int sla_py_calendar_add_many(const sla_calendar *calendar, const int64_t *from,
                             const int64_t *needs, bool one, size_t count, int fit, int64_t *out,
                             size_t *failed_out)
{
    for (size_t i = 0; i < count; i++) {
        int result = SLA_OK;

        *failed_out = i;
        if (from[i] == INT64_MIN)
            out[i] = INT64_MIN;
        else
            result = sla_calendar_add(calendar, from[i], needs[one ? 0 : i], (sla_exact_fit)fit,
                                      &out[i]);
        if (result != SLA_OK)
            return result;
    }
    return SLA_OK;
}

int sla_py_calendar_between_many(const sla_calendar *calendar, const int64_t *from,
                                 const int64_t *to, bool one, size_t count, int64_t *out,
                                 size_t *failed_out)
{
    for (size_t i = 0; i < count; i++) {
        int64_t other = to[one ? 0 : i];
        int result = SLA_OK;

        *failed_out = i;
        if (from[i] == INT64_MIN || other == INT64_MIN)
            out[i] = INT64_MIN;
        else
            result = sla_calendar_between(calendar, from[i], other, &out[i]);
        if (result != SLA_OK)
            return result;
    }
    return SLA_OK;
}
