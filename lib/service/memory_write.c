/*
 * memory_write.c - a unit goes into the content, whole or not at all.
 *
 * First room is made and the keys are checked: tickets, events and consumers that
 * are new are put at the end of their lists, where a failure takes them off again.
 * Then everything is linked in, which cannot fail.
 */
#include "service/memory_content.h"

#include <assert.h>
#include <string.h>

#include "base/error.h"

typedef struct attempt {
    sla__content *content;
    sla__kept_unit *unit;
    sla_error *error;
    size_t tickets, events, consumers; /* how many there were before */
} attempt;

static int refuse(attempt *at, const char *why)
{
    return sla__error_set(at->error, SLA_ERR_REFUSED, NULL, "%s", why);
}

static int no_memory(attempt *at)
{
    return sla__error_set(at->error, SLA_ERR_STORE, NULL, "the memory store is out of memory");
}

/* --------------------------------------------------------------------- room */

static bool make_room(sla__content *content, const sla__kept_unit *unit)
{
    const sla_allocator *const allocator = &content->allocator;
    const size_t tickets =
        content->ticket_count + unit->fact_count + unit->row_count + unit->event_count;
    const size_t events = content->event_count + unit->event_count;

    return sla__grow(allocator, (void **)&content->tickets, &content->ticket_capacity, tickets,
                     sizeof *content->tickets) &&
           sla__map_reserve(&content->ticket_map, allocator, tickets) &&
           sla__grow(allocator, (void **)&content->events, &content->event_capacity, events,
                     sizeof *content->events) &&
           sla__map_reserve(&content->event_map, allocator, events) &&
           sla__grow(allocator, (void **)&content->consumers, &content->consumer_capacity,
                     content->consumer_count + unit->mark_count, sizeof *content->consumers) &&
           sla__grow(allocator, (void **)&content->worlds, &content->world_capacity,
                     content->world_count + 1, sizeof *content->worlds) &&
           sla__grow(allocator, (void **)&content->keys, &content->key_capacity,
                     content->key_count + 1, sizeof *content->keys);
}

/* ------------------------------------------------------------------ checking */

/* The ticket, found or new, with nothing seen of it in this unit yet; NULL when
 * out of memory. */
static sla__kept_ticket *touch(attempt *at, uint32_t hash, sla_string tenant, sla_string ticket)
{
    sla__content *const content = at->content;
    sla__kept_ticket *kept = sla__content_find_hashed(content, hash, tenant, ticket);

    if (kept == NULL)
        kept = sla__content_add(content, tenant, ticket);
    if (kept != NULL && kept->attempt != content->attempt) {
        kept->attempt = content->attempt;
        kept->facts_seen = 0;
        kept->row_seen = NULL;
    }
    return kept;
}

static bool is_forgotten(const sla__kept_ticket *ticket)
{
    return ticket->row_seen != NULL && ticket->row_seen->stored.gone;
}

static int check_row(attempt *at, sla__kept_row *row)
{
    sla__kept_ticket *const ticket =
        touch(at, row->ticket_hash, row->stored.tenant, row->stored.ticket);

    if (ticket == NULL)
        return no_memory(at);
    if (ticket->row_seen != NULL)
        return refuse(at, "a ticket is in the unit twice");
    ticket->row_seen = row;
    row->of = ticket;
    return SLA_OK;
}

static int check_fact(attempt *at, sla__kept_fact *fact)
{
    sla__kept_ticket *const ticket =
        touch(at, sla__content_hash(fact->fact.tenant, fact->fact.ticket), fact->fact.tenant,
              fact->fact.ticket);

    if (ticket == NULL)
        return no_memory(at);
    if (is_forgotten(ticket))
        return refuse(at, "a fact of a ticket that the same unit forgets");
    if (fact->stored.seq == 1 && ticket->fact_count > 0)
        return sla__error_set(at->error, SLA_ERR_EXISTS, NULL,
                              "the first fact of a ticket that is on the record already");
    if (fact->stored.seq != ticket->fact_count + ticket->facts_seen + 1)
        return refuse(at, "a fact whose number does not follow the one before");
    ticket->facts_seen++;
    fact->of = ticket;
    return SLA_OK;
}

static int check_event(attempt *at, sla__kept_event *event)
{
    sla__content *const content = at->content;
    sla__kept_ticket *const ticket =
        touch(at, event->ticket_hash, event->event.tenant, event->event.ticket);

    if (ticket == NULL)
        return no_memory(at);
    if (is_forgotten(ticket))
        return refuse(at, "an event of a ticket that the same unit forgets");
    if (event->stored.number != sla__content_last_event(content) + 1)
        return refuse(at, "an event whose number does not follow the one before");
    event->of = ticket;
    if (sla__content_find_event(content, &event->event, event->hash) != NULL)
        return refuse(at, "an event that was told before");
    content->events[content->event_count++] = event;
    sla__map_put(&content->event_map, event->hash, sla__event_low(event->stored.number));
    return SLA_OK;
}

static sla__kept_consumer *find_consumer(sla__content *content, sla_string name)
{
    for (size_t i = 0; i < content->consumer_count; i++) {
        const sla_string known = content->consumers[i].named->stored.consumer;

        if (known.length == name.length && memcmp(known.data, name.data, name.length) == 0)
            return &content->consumers[i];
    }
    return NULL;
}

static int check_mark(attempt *at, sla__kept_mark *mark)
{
    sla__content *const content = at->content;
    sla__kept_consumer *consumer = find_consumer(content, mark->stored.consumer);

    if (consumer == NULL) {
        consumer = &content->consumers[content->consumer_count++];
        memset(consumer, 0, sizeof *consumer);
        consumer->named = mark;
    }
    return sla__grow(&content->allocator, (void **)&consumer->numbers, &consumer->capacity,
                     consumer->count + at->unit->mark_count, sizeof *consumer->numbers)
               ? SLA_OK
               : no_memory(at);
}

static int check(attempt *at)
{
    const sla__kept_unit *const unit = at->unit;
    int result = SLA_OK;

    if (unit->world != NULL && unit->world->stored.number != at->content->world_count + 1)
        return refuse(at, "a fact of the world whose number does not follow the one before");
    for (size_t i = 0; i < unit->row_count && result == SLA_OK; i++)
        result = check_row(at, unit->rows[i]);
    for (size_t i = 0; i < unit->fact_count && result == SLA_OK; i++)
        result = check_fact(at, unit->facts[i]);
    for (size_t i = 0; i < unit->event_count && result == SLA_OK; i++)
        result = check_event(at, unit->events[i]);
    for (size_t i = 0; i < unit->mark_count && result == SLA_OK; i++)
        result = check_mark(at, unit->marks[i]);
    return result;
}

/* Takes off what the check has put at the end. */
static void take_back(attempt *at)
{
    sla__content *const content = at->content;

    while (content->event_count > at->events) {
        const sla__kept_event *const event = content->events[--content->event_count];

        sla__map_remove(&content->event_map, event->hash, sla__event_low(event->stored.number));
    }
    while (content->ticket_count > at->tickets)
        sla__content_forget(content, content->tickets[content->ticket_count - 1]);
    while (content->consumer_count > at->consumers)
        sla__free(&content->allocator, content->consumers[--content->consumer_count].numbers);
}

/* -------------------------------------------------------------------- taking */

static void take_fact(sla__kept_fact *fact)
{
    sla__kept_ticket *const ticket = fact->of;

    if (ticket->last != NULL)
        ticket->last->next = fact;
    else
        ticket->first = fact;
    ticket->last = fact;
    ticket->fact_count++;
}

static void take_event(sla__content *content, sla__kept_event *event)
{
    sla__kept_ticket *const ticket = event->of;

    if (!event->stored.imported && event->stored.number > content->outbox_after)
        content->outbox_left++;
    event->next = ticket->events;
    ticket->events = event;
}

/* True when the content keeps the row. */
static bool take_row(sla__content *content, sla__kept_row *row)
{
    sla__kept_ticket *const ticket = row->of;

    if (row->stored.gone) {
        sla__content_forget(content, ticket);
        return false;
    }
    sla__free(&content->allocator, ticket->row);
    ticket->row = row;
    return true;
}

static void drop_through(sla__kept_consumer *consumer)
{
    size_t below = 0;

    while (below < consumer->count && consumer->numbers[below] <= consumer->through)
        below++;
    consumer->count -= below;
    memmove(consumer->numbers, consumer->numbers + below, consumer->count * sizeof(uint64_t));
}

/* True when the content keeps the mark, for its name. */
static bool take_mark(sla__content *content, sla__kept_mark *mark)
{
    sla__kept_consumer *const consumer = find_consumer(content, mark->stored.consumer);
    const uint64_t number = mark->stored.number;
    size_t place = consumer->count;

    if (mark->stored.through > consumer->through) {
        consumer->through = mark->stored.through;
        drop_through(consumer);
        place = consumer->count;
    }
    while (place > 0 && consumer->numbers[place - 1] > number)
        place--;
    if (number > consumer->through && (place == 0 || consumer->numbers[place - 1] != number)) {
        memmove(consumer->numbers + place + 1, consumer->numbers + place,
                (consumer->count++ - place) * sizeof(uint64_t));
        consumer->numbers[place] = number;
    }
    return consumer->named == mark;
}

static void take(sla__content *content, sla__kept_unit *unit)
{
    for (size_t i = 0; i < unit->fact_count; i++)
        take_fact(unit->facts[i]);
    for (size_t i = 0; i < unit->event_count; i++)
        take_event(content, unit->events[i]);
    unit->fact_count = unit->event_count = 0;
    for (size_t i = 0; i < unit->row_count; i++)
        if (take_row(content, unit->rows[i]))
            unit->rows[i] = NULL;
    for (size_t i = 0; i < unit->mark_count; i++)
        if (take_mark(content, unit->marks[i]))
            unit->marks[i] = NULL;
    if (unit->world != NULL)
        content->worlds[content->world_count++] = unit->world;
    unit->world = NULL;
    if (unit->decided_at != SLA_NEVER &&
        (content->decided_at == SLA_NEVER || unit->decided_at > content->decided_at))
        content->decided_at = unit->decided_at;
}

/* ---------------------------------------------------------------------- keys */

static sla__kept_key *find_key(const sla__content *content, const uint64_t service[2])
{
    for (size_t i = content->key_count; i > 0; i--)
        if (memcmp(content->keys[i - 1].service, service, sizeof content->keys->service) == 0)
            return &content->keys[i - 1];
    return NULL;
}

static void remember_key(sla__content *content, const sla__kept_unit *unit)
{
    sla__kept_key *key = find_key(content, unit->service);

    if (key == NULL) {
        assert(content->key_count < content->key_capacity);
        key = &content->keys[content->key_count++];
        memcpy(key->service, unit->service, sizeof key->service);
    }
    key->number = unit->number;
}

int sla__content_write(sla__content *content, sla__kept_unit *unit, sla_error *error)
{
    const sla__kept_key *const key = find_key(content, unit->service);
    const uint64_t written = key != NULL ? key->number : 0;
    attempt at = {
        content, unit, error, content->ticket_count, content->event_count, content->consumer_count};
    int result;

    if (unit->number == 0)
        return refuse(&at, "units are numbered from 1");
    if (unit->number <= written)
        return SLA_OK;
    if (unit->number > written + 1)
        return sla__error_set(error, SLA_ERR_STORE, NULL, "the unit before is not on the record");
    content->attempt++;
    result = make_room(content, unit) ? check(&at) : no_memory(&at);
    if (result != SLA_OK) {
        take_back(&at);
        return result;
    }
    take(content, unit);
    remember_key(content, unit);
    return SLA_OK;
}
