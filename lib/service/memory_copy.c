/* memory_copy.c - see memory_copy.h.  The size is reckoned first, then written. */
#include "service/memory_copy.h"

#include <string.h>

/* Where the next bytes of a copy go.  There is room for all of them. */
typedef struct tail {
    unsigned char *at;
} tail;

static const void *put_bytes(tail *out, const void *bytes, size_t length)
{
    void *const copy = out->at;

    if (bytes == NULL)
        return NULL;
    if (length > 0)
        memcpy(copy, bytes, length);
    out->at += length;
    return copy;
}

static sla_string put_string(tail *out, sla_string string)
{
    sla_string copy = {NULL, string.length};

    copy.data = put_bytes(out, string.data, string.length);
    return copy;
}

/* -------------------------------------------------------------------- facts */

static size_t size_of_fact(const sla_fact *fact)
{
    size_t size = sizeof(sla__kept_fact) + fact->attribute_count * sizeof(sla_attribute) +
                  fact->tenant.length + fact->ticket.length + fact->id.length + fact->name.length +
                  fact->by.length + fact->reason.length + fact->policy.length +
                  fact->target.length + fact->corrects.length + fact->withdraws.length +
                  fact->approver.length + fact->authorised_by.length;

    for (size_t i = 0; i < fact->attribute_count; i++)
        size += fact->attributes[i].name.length + fact->attributes[i].string.length;
    return size;
}

/* The attributes themselves lie in front of all strings, where they are aligned. */
static const sla_attribute *put_attributes(tail *out, const sla_fact *fact)
{
    sla_attribute *const copies = (sla_attribute *)(void *)out->at;

    if (fact->attribute_count == 0)
        return NULL;
    out->at += fact->attribute_count * sizeof *copies;
    for (size_t i = 0; i < fact->attribute_count; i++) {
        copies[i] = fact->attributes[i];
        copies[i].name = put_string(out, copies[i].name);
        copies[i].string = put_string(out, copies[i].string);
    }
    return copies;
}

void *sla__keep_fact_behind(const sla_allocator *allocator, size_t head,
                            const sla_stored_fact *given)
{
    unsigned char *const block = sla__new(allocator, 1, head + size_of_fact(given->fact));
    sla__kept_fact *kept;
    tail out;

    if (block == NULL)
        return NULL;
    kept = (sla__kept_fact *)(void *)(block + head);
    out.at = (unsigned char *)(kept + 1);
    kept->stored = *given;
    kept->stored.fact = &kept->fact;
    kept->fact = *given->fact;
    kept->fact.attributes = put_attributes(&out, given->fact);
    kept->fact.tenant = put_string(&out, kept->fact.tenant);
    kept->fact.ticket = put_string(&out, kept->fact.ticket);
    kept->fact.id = put_string(&out, kept->fact.id);
    kept->fact.name = put_string(&out, kept->fact.name);
    kept->fact.by = put_string(&out, kept->fact.by);
    kept->fact.reason = put_string(&out, kept->fact.reason);
    kept->fact.policy = put_string(&out, kept->fact.policy);
    kept->fact.target = put_string(&out, kept->fact.target);
    kept->fact.corrects = put_string(&out, kept->fact.corrects);
    kept->fact.withdraws = put_string(&out, kept->fact.withdraws);
    kept->fact.approver = put_string(&out, kept->fact.approver);
    kept->fact.authorised_by = put_string(&out, kept->fact.authorised_by);
    return block;
}

sla__kept_fact *sla__keep_fact(const sla_allocator *allocator, const sla_stored_fact *given)
{
    return sla__keep_fact_behind(allocator, 0, given);
}

/* ------------------------------------------------------ rows, events, marks */

sla__kept_row *sla__keep_row(const sla_allocator *allocator, const sla_stored_ticket *given)
{
    const size_t state = given->state != NULL ? given->state_length : 0;
    sla__kept_row *const kept =
        sla__new(allocator, 1, sizeof *kept + state + given->tenant.length + given->ticket.length);
    tail out;

    if (kept == NULL)
        return NULL;
    out.at = (unsigned char *)(kept + 1);
    kept->stored = *given;
    kept->stored.view = NULL; /* of the unit, and not wanted here */
    kept->stored.state = put_bytes(&out, given->state, state);
    kept->stored.state_length = state;
    kept->stored.tenant = put_string(&out, given->tenant);
    kept->stored.ticket = put_string(&out, given->ticket);
    return kept;
}

/* The texts of an event that are pointed to. */
static const size_t event_texts[] = {
    offsetof(sla_event, policy),  offsetof(sla_event, policy_version), offsetof(sla_event, target),
    offsetof(sla_event, to),      offsetof(sla_event, because),        offsetof(sla_event, reason),
    offsetof(sla_event, derived),
};

enum { EVENT_TEXTS = sizeof event_texts / sizeof event_texts[0] };

static const char *text_of(const sla_event *event, size_t number)
{
    return *(const char *const *)(const void *)((const char *)event + event_texts[number]);
}

static void set_text(sla_event *event, size_t number, const char *text)
{
    *(const char **)(void *)((char *)event + event_texts[number]) = text;
}

/* What the texts take, each with its end; an empty one takes nothing. */
static size_t measure_texts(const sla_event *event, size_t sizes[EVENT_TEXTS])
{
    size_t sum = 0;

    for (size_t i = 0; i < EVENT_TEXTS; i++) {
        const char *const text = text_of(event, i);

        sizes[i] = text != NULL && text[0] != '\0' ? strlen(text) + 1 : 0;
        sum += sizes[i];
    }
    return sum;
}

void *sla__keep_event_behind(const sla_allocator *allocator, size_t head,
                             const sla_stored_event *given)
{
    const sla_event *const from = given->event;
    size_t sizes[EVENT_TEXTS];
    unsigned char *const block =
        sla__new(allocator, 1,
                 head + sizeof(sla__kept_event) + from->tenant.length + from->ticket.length +
                     from->fact_id.length + measure_texts(from, sizes));
    sla__kept_event *kept;
    tail out;

    if (block == NULL)
        return NULL;
    kept = (sla__kept_event *)(void *)(block + head);
    out.at = (unsigned char *)(kept + 1);
    kept->stored = *given;
    kept->stored.event = &kept->event;
    kept->event = *from;
    kept->event.tenant = put_string(&out, from->tenant);
    kept->event.ticket = put_string(&out, from->ticket);
    kept->event.fact_id = put_string(&out, from->fact_id);
    for (size_t i = 0; i < EVENT_TEXTS; i++) {
        if (sizes[i] > 0)
            set_text(&kept->event, i, put_bytes(&out, text_of(from, i), sizes[i]));
        else if (text_of(from, i) != NULL)
            set_text(&kept->event, i, "");
    }
    return block;
}

sla__kept_event *sla__keep_event(const sla_allocator *allocator, const sla_stored_event *given)
{
    return sla__keep_event_behind(allocator, 0, given);
}

sla__kept_mark *sla__keep_mark(const sla_allocator *allocator, const sla_stored_mark *given)
{
    sla__kept_mark *const kept = sla__new(allocator, 1, sizeof *kept + given->consumer.length);
    tail out;

    if (kept == NULL)
        return NULL;
    out.at = (unsigned char *)(kept + 1);
    kept->stored = *given;
    kept->stored.consumer = put_string(&out, given->consumer);
    return kept;
}

/* -------------------------------------------------------------------- world */

static size_t size_of_world(const sla_stored_world *world)
{
    size_t size = sizeof(sla__kept_world) + world->count * sizeof *world->documents;

    for (size_t i = 0; i < world->count; i++)
        size += world->documents[i].source.length + world->documents[i].text.length;
    return size;
}

sla__kept_world *sla__keep_world(const sla_allocator *allocator, const sla_stored_world *given)
{
    sla__kept_world *const kept = sla__new(allocator, 1, size_of_world(given));
    sla_document *documents;
    tail out;

    if (kept == NULL)
        return NULL;
    documents = (sla_document *)(void *)(kept + 1);
    out.at = (unsigned char *)(documents + given->count);
    kept->stored = *given;
    kept->stored.documents = given->count > 0 ? documents : NULL;
    for (size_t i = 0; i < given->count; i++) {
        documents[i].source = put_string(&out, given->documents[i].source);
        documents[i].text = put_string(&out, given->documents[i].text);
    }
    return kept;
}

/* --------------------------------------------------------------------- unit */

static bool fill(const sla_allocator *allocator, sla__kept_unit *unit, const sla_unit *given)
{
    bool whole = true;

    for (; whole && unit->fact_count < given->fact_count; unit->fact_count += whole)
        whole = (unit->facts[unit->fact_count] =
                     sla__keep_fact(allocator, &given->facts[unit->fact_count])) != NULL;
    for (; whole && unit->row_count < given->ticket_count; unit->row_count += whole)
        whole = (unit->rows[unit->row_count] =
                     sla__keep_row(allocator, &given->tickets[unit->row_count])) != NULL;
    for (; whole && unit->event_count < given->event_count; unit->event_count += whole)
        whole = (unit->events[unit->event_count] =
                     sla__keep_event(allocator, &given->events[unit->event_count])) != NULL;
    for (; whole && unit->mark_count < given->mark_count; unit->mark_count += whole)
        whole = (unit->marks[unit->mark_count] =
                     sla__keep_mark(allocator, &given->marks[unit->mark_count])) != NULL;
    if (whole && given->world != NULL)
        whole = (unit->world = sla__keep_world(allocator, given->world)) != NULL;
    return whole;
}

/* The places for the copies lie behind the unit; counts are set as they are filled. */
static sla__kept_unit *make_unit(const sla_allocator *allocator, const sla_unit *given)
{
    const size_t places =
        given->fact_count + given->ticket_count + given->event_count + given->mark_count;
    sla__kept_unit *const unit = sla__new(allocator, 1, sizeof *unit + places * sizeof(void *));

    if (unit == NULL)
        return NULL;
    unit->facts = (void *)(unit + 1);
    unit->rows = (void *)(unit->facts + given->fact_count);
    unit->events = (void *)(unit->rows + given->ticket_count);
    unit->marks = (void *)(unit->events + given->event_count);
    return unit;
}

sla__kept_unit *sla__keep_unit(const sla_allocator *allocator, const sla_unit *given)
{
    sla__kept_unit *const unit = make_unit(allocator, given);

    if (unit == NULL)
        return NULL;
    memcpy(unit->service, given->service, sizeof unit->service);
    unit->number = given->number;
    unit->decided_at = given->decided_at;
    if (fill(allocator, unit, given))
        return unit;
    sla__kept_unit_free(allocator, unit);
    return NULL;
}

void sla__kept_unit_free(const sla_allocator *allocator, sla__kept_unit *unit)
{
    if (unit == NULL)
        return;
    for (size_t i = 0; i < unit->fact_count; i++)
        sla__free(allocator, unit->facts[i]);
    for (size_t i = 0; i < unit->row_count; i++)
        sla__free(allocator, unit->rows[i]);
    for (size_t i = 0; i < unit->event_count; i++)
        sla__free(allocator, unit->events[i]);
    for (size_t i = 0; i < unit->mark_count; i++)
        sla__free(allocator, unit->marks[i]);
    sla__free(allocator, unit->world);
    sla__free(allocator, unit);
}
