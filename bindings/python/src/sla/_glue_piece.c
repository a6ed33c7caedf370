/* _glue_piece.c - facts and events in one piece of bytes (_glue.h). */
#include <stdlib.h>
#include <string.h>

#include "_glue.h"

/* ---- facts in */

/* Where a piece is read from; `at` is NULL once a text had no end. */
typedef struct reader {
    const char *at;
    const char *end;
} reader;

/* The next text; an empty one is absent. */
static sla_string next_text(reader *cursor)
{
    const char *start = cursor->at;
    const char *stop = start != NULL ? memchr(start, 0, (size_t)(cursor->end - start)) : NULL;

    cursor->at = stop != NULL ? stop + 1 : NULL;
    if (stop == NULL || stop == start)
        return (sla_string){NULL, 0};
    return (sla_string){start, (size_t)(stop - start)};
}

static void read_names(reader *cursor, sla_fact *fact)
{
    fact->ticket = next_text(cursor);
    fact->name = next_text(cursor);
    fact->id = next_text(cursor);
}

static void read_others(reader *cursor, sla_fact *fact)
{
    fact->tenant = next_text(cursor);
    fact->by = next_text(cursor);
    fact->reason = next_text(cursor);
    fact->policy = next_text(cursor);
    fact->target = next_text(cursor);
    fact->corrects = next_text(cursor);
    fact->withdraws = next_text(cursor);
    fact->approver = next_text(cursor);
    fact->authorised_by = next_text(cursor);
}

static void read_attribute(reader *cursor, sla_attribute *attribute)
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
    case 'i':
        attribute->type = SLA_VALUE_INT;
        break;
    case 'b':
        attribute->type = SLA_VALUE_BOOL;
        break;
    case 't':
        attribute->type = SLA_VALUE_INSTANT;
        break;
    default:
        return;
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

/* What is behind the head of a piece; the numbers are in the fact already. */
static int read_texts(const char *texts, size_t length, bool plain, sla_py_fact *fact,
                      sla_error *error)
{
    reader cursor = {texts, texts + length};

    if (fact->fact.attribute_count > SLA_FACT_ATTRIBUTES_MAX)
        return refuse(error, SLA_ERR_TOO_LONG, "a fact has at most 64 attributes");
    read_names(&cursor, &fact->fact);
    for (size_t i = 0; i < fact->fact.attribute_count; i++)
        read_attribute(&cursor, &fact->buffer.attributes[i]);
    fact->fact.attributes = fact->buffer.attributes;
    if (!plain)
        read_others(&cursor, &fact->fact);
    if (cursor.at != cursor.end)
        return refuse(error, SLA_ERR_FACT, "a text has the character U+0000 in it; leave it out");
    return SLA_OK;
}

int sla_py_fact_read(const char *piece, size_t length, sla_py_fact *out, sla_error *error)
{
    sla_py_fact_head head;

    out->length = 0;
    if (length < sizeof head)
        return refuse(error, SLA_ERR_ARGUMENT, "a piece of a fact is cut off");
    memcpy(&head, piece, sizeof head);
    if (head.length < sizeof head || head.length > length)
        return refuse(error, SLA_ERR_ARGUMENT, "a piece of a fact has a wrong length");
    out->length = head.length;
    out->fact = (sla_fact){.cycle = head.cycle,
                           .span = head.span,
                           .until = head.until,
                           .excluded = (head.flags & SLA_PY_EXCLUDED) != 0,
                           .silence = (head.flags & SLA_PY_SILENCE) != 0,
                           .attribute_count = head.attribute_count};
    if (!sla_py_instant(head.occurred_at, &out->fact.occurred_at) ||
        !sla_py_instant(head.recorded_at, &out->recorded_at))
        return refuse(error, SLA_ERR_RANGE, "an instant lies outside the years 1900 to 2199");
    return read_texts(piece + sizeof head, head.length - sizeof head,
                      (head.flags & SLA_PY_PLAIN) != 0, out, error);
}

/* How many facts there are in pieces in a row, and attributes with them. */
static size_t count_pieces(const char *pieces, size_t length, size_t *attributes_out)
{
    size_t count = 0;

    *attributes_out = 0;
    for (size_t at = 0; at < length; count++) {
        sla_py_fact_head head;

        if (length - at < sizeof head)
            break;
        memcpy(&head, pieces + at, sizeof head);
        *attributes_out += head.attribute_count;
        at += head.length > 0 ? head.length : length;
    }
    return count;
}

void sla_py_facts_free(sla_py_facts *facts)
{
    if (facts == NULL)
        return;
    free(facts->facts);
    free(facts->recorded_at);
    free(facts->attributes);
    free(facts);
}

static int fill_facts(sla_py_facts *facts, const char *pieces, size_t length, sla_py_fact *room,
                      sla_error *error)
{
    sla_attribute *attributes = facts->attributes;

    for (size_t at = 0; at < length; at += room->length) {
        int result = sla_py_fact_read(pieces + at, length - at, room, error);

        if (result != SLA_OK)
            return result;
        memcpy(attributes, room->buffer.attributes,
               room->fact.attribute_count * sizeof *attributes);
        facts->facts[facts->count] = room->fact;
        facts->facts[facts->count].attributes = attributes;
        facts->recorded_at[facts->count++] = room->recorded_at;
        attributes += room->fact.attribute_count;
    }
    return SLA_OK;
}

int sla_py_facts_new(const char *pieces, size_t length, sla_py_fact *room, sla_py_facts **out,
                     sla_error *error)
{
    size_t attributes;
    const size_t count = count_pieces(pieces, length, &attributes);
    sla_py_facts *facts = calloc(1, sizeof *facts);
    int result = SLA_ERR_NOMEM;

    if (facts != NULL) {
        facts->facts = calloc(count + 1, sizeof *facts->facts);
        facts->recorded_at = calloc(count + 1, sizeof *facts->recorded_at);
        facts->attributes = calloc(attributes + 1, sizeof *facts->attributes);
        if (facts->facts != NULL && facts->recorded_at != NULL && facts->attributes != NULL)
            result = fill_facts(facts, pieces, length, room, error);
    }
    if (result != SLA_OK) {
        sla_py_facts_free(facts);
        return result;
    }
    *out = facts;
    return SLA_OK;
}

/* ---- events out */

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
    events->used = events->count = events->given = 0;
}

int sla_py_events_reserve(sla_py_events *events)
{
    size_t size = events->size < SLA_PY_EVENT_ROOM ? 2 * SLA_PY_EVENT_ROOM : 2 * events->size;
    char *data;

    if (events->size - events->used >= SLA_PY_EVENT_ROOM)
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

uint32_t sla_py_event_write(char *piece, const sla_event *event)
{
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
    char *end = put_texts(piece + sizeof head, event);

    head.length = (uint32_t)(end - piece);
    memcpy(piece, &head, sizeof head);
    return head.length;
}

void sla_py_events_add(sla_py_events *events, const sla_event *event)
{
    events->used += sla_py_event_write(events->data + events->used, event);
    events->count++;
}

/* A text of an event, "" where there is none. */
static const char *next_word(reader *cursor)
{
    sla_string text = next_text(cursor);

    return text.data != NULL ? text.data : "";
}

static void read_words(reader *cursor, sla_event *event)
{
    const char *step;

    event->tenant = next_text(cursor);
    event->ticket = next_text(cursor);
    event->policy = next_word(cursor);
    event->policy_version = next_word(cursor);
    event->target = next_word(cursor);
    step = next_word(cursor);
    strncpy(event->step, step, sizeof event->step - 1);
    event->to = next_word(cursor);
    event->because = next_word(cursor);
    event->reason = next_word(cursor);
    event->derived = next_word(cursor);
    event->fact_id = next_text(cursor);
}

static void read_event(const char *piece, sla_event *event)
{
    sla_py_event_head head;
    reader cursor;

    memcpy(&head, piece, sizeof head);
    cursor.at = piece + sizeof head;
    cursor.end = piece + head.length;
    *event = (sla_event){.kind = (sla_event_kind)head.kind,
                         .cycle = head.cycle,
                         .repeat = head.repeat,
                         .revision = head.revision,
                         .at = head.at,
                         .told = head.told,
                         .late = (head.flags & 1) != 0,
                         .skipped = head.skipped,
                         .collapsed = head.collapsed,
                         .level = head.level,
                         .state = (sla_state)head.state,
                         .started_at = head.started_at,
                         .due_at = head.due_at,
                         .old_due_at = head.old_due_at,
                         .breached_at = head.breached_at,
                         .ended_at = head.ended_at,
                         .breached = (head.flags & 2) != 0,
                         .provisional = (head.flags & 4) != 0,
                         .provisional_attributes = (head.flags & 8) != 0,
                         .governs = (head.flags & 16) != 0,
                         .excluded = (head.flags & 32) != 0,
                         .adjusted_met = (head.flags & 64) != 0,
                         .agreement = (sla_agreement)head.agreement,
                         .rank = head.rank,
                         .fact_seq = head.fact_seq};
    read_words(&cursor, event);
}

size_t sla_py_event_json(const char *piece, const char *source, uint64_t sequence, char *buffer,
                         size_t size)
{
    const sla_cloudevent cloud = {.source = source, .sequence = sequence};
    sla_event event;

    read_event(piece, &event);
    if (source == NULL)
        return sla_event_format(&event, buffer, size);
    return sla_event_format_cloudevent(&event, &cloud, buffer, size);
}
