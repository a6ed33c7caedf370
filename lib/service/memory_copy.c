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

static const char *put_text(tail *out, const char *text)
{
    return text != NULL ? put_bytes(out, text, strlen(text) + 1) : NULL;
}

static size_t size_of_text(const char *text)
{
    return text != NULL ? strlen(text) + 1 : 0;
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

sla__kept_fact *sla__keep_fact(const sla_allocator *allocator, const sla_stored_fact *given)
{
    sla__kept_fact *const kept = sla__new(allocator, 1, size_of_fact(given->fact));
    tail out;

    if (kept == NULL)
        return NULL;
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
    return kept;
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
    kept->stored.state = put_bytes(&out, given->state, state);
    kept->stored.state_length = state;
    kept->stored.tenant = put_string(&out, given->tenant);
    kept->stored.ticket = put_string(&out, given->ticket);
    return kept;
}

static size_t size_of_event(const sla_event *event)
{
    return sizeof(sla__kept_event) + event->tenant.length + event->ticket.length +
           event->fact_id.length + size_of_text(event->policy) +
           size_of_text(event->policy_version) + size_of_text(event->target) +
           size_of_text(event->to) + size_of_text(event->because) + size_of_text(event->reason) +
           size_of_text(event->derived);
}

sla__kept_event *sla__keep_event(const sla_allocator *allocator, const sla_stored_event *given)
{
    sla__kept_event *const kept = sla__new(allocator, 1, size_of_event(given->event));
    sla_event *event;
    tail out;

    if (kept == NULL)
        return NULL;
    out.at = (unsigned char *)(kept + 1);
    event = &kept->event;
    kept->stored = *given;
    kept->stored.event = event;
    *event = *given->event;
    event->tenant = put_string(&out, event->tenant);
    event->ticket = put_string(&out, event->ticket);
    event->fact_id = put_string(&out, event->fact_id);
    event->policy = put_text(&out, event->policy);
    event->policy_version = put_text(&out, event->policy_version);
    event->target = put_text(&out, event->target);
    event->to = put_text(&out, event->to);
    event->because = put_text(&out, event->because);
    event->reason = put_text(&out, event->reason);
    event->derived = put_text(&out, event->derived);
    return kept;
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

/* Places for the copies; counts are set as they are filled. */
static bool make_room(const sla_allocator *allocator, sla__kept_unit *unit, const sla_unit *given)
{
    unit->facts = sla__new(allocator, given->fact_count, sizeof(sla__kept_fact *));
    unit->rows = sla__new(allocator, given->ticket_count, sizeof(sla__kept_row *));
    unit->events = sla__new(allocator, given->event_count, sizeof(sla__kept_event *));
    unit->marks = sla__new(allocator, given->mark_count, sizeof(sla__kept_mark *));
    return unit->facts != NULL && unit->rows != NULL && unit->events != NULL && unit->marks != NULL;
}

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

sla__kept_unit *sla__keep_unit(const sla_allocator *allocator, const sla_unit *given)
{
    sla__kept_unit *const unit = sla__new(allocator, 1, sizeof *unit);

    if (unit == NULL)
        return NULL;
    memcpy(unit->service, given->service, sizeof unit->service);
    unit->number = given->number;
    unit->decided_at = given->decided_at;
    if (make_room(allocator, unit, given) && fill(allocator, unit, given))
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
    sla__free(allocator, unit->facts);
    sla__free(allocator, unit->rows);
    sla__free(allocator, unit->events);
    sla__free(allocator, unit->marks);
    sla__free(allocator, unit->world);
    sla__free(allocator, unit);
}
