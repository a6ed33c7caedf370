/* memory_content.c - see memory_content.h: finding, forgetting, freeing. */
#include "service/memory_content.h"

#include <assert.h>
#include <string.h>

static bool same(sla_string one, sla_string other)
{
    return one.length == other.length &&
           (one.length == 0 || memcmp(one.data, other.data, one.length) == 0);
}

/* ------------------------------------------------------------------ tickets */

uint32_t sla__content_hash(sla_string tenant, sla_string ticket)
{
    return sla__hash(ticket.data, ticket.length, sla__hash(tenant.data, tenant.length, 0));
}

sla__kept_ticket *sla__content_find(const sla__content *content, sla_string tenant,
                                    sla_string ticket)
{
    return sla__content_find_hashed(content, sla__content_hash(tenant, ticket), tenant, ticket);
}

sla__kept_ticket *sla__content_find_hashed(const sla__content *content, uint32_t hash,
                                           sla_string tenant, sla_string ticket)
{
    size_t cursor = sla__map_start(&content->ticket_map, hash);
    uint32_t slot;

    while ((slot = sla__map_next(&content->ticket_map, hash, &cursor)) != SLA__MAP_NONE) {
        sla__kept_ticket *const kept = content->tickets[slot];

        if (same(kept->ticket, ticket) && same(kept->tenant, tenant))
            return kept;
    }
    return NULL;
}

sla__kept_ticket *sla__content_add(sla__content *content, sla_string tenant, sla_string ticket)
{
    sla__kept_ticket *const kept =
        sla__new(&content->allocator, 1, sizeof *kept + tenant.length + ticket.length);
    char *names;

    if (kept == NULL)
        return NULL;
    assert(content->ticket_count < content->ticket_capacity);
    names = (char *)(kept + 1);
    if (tenant.length > 0)
        memcpy(names, tenant.data, tenant.length);
    if (ticket.length > 0)
        memcpy(names + tenant.length, ticket.data, ticket.length);
    kept->tenant.data = names;
    kept->tenant.length = tenant.length;
    kept->ticket.data = names + tenant.length;
    kept->ticket.length = ticket.length;
    kept->hash = sla__content_hash(tenant, ticket);
    kept->slot = (uint32_t)content->ticket_count;
    content->tickets[content->ticket_count++] = kept;
    sla__map_put(&content->ticket_map, kept->hash, kept->slot);
    return kept;
}

/* The last ticket moves into the slot that becomes free. */
static void take_out(sla__content *content, sla__kept_ticket *ticket)
{
    sla__kept_ticket *const moved = content->tickets[content->ticket_count - 1];

    sla__map_remove(&content->ticket_map, ticket->hash, ticket->slot);
    if (moved != ticket) {
        sla__map_remove(&content->ticket_map, moved->hash, moved->slot);
        moved->slot = ticket->slot;
        content->tickets[moved->slot] = moved;
        sla__map_put(&content->ticket_map, moved->hash, moved->slot);
    }
    content->ticket_count--;
}

static void free_facts(sla__content *content, sla__kept_fact *fact)
{
    while (fact != NULL) {
        sla__kept_fact *const next = fact->next;

        sla__free(&content->allocator, fact);
        fact = next;
    }
}

/* Numbers whose events are gone keep their place only between others. */
static void trim_events(sla__content *content)
{
    size_t gone = 0;

    while (gone < content->event_count && content->events[gone] == NULL)
        gone++;
    if (gone < 1024 || gone < content->event_count / 2)
        return;
    content->event_count -= gone;
    content->event_base += gone;
    memmove(content->events, content->events + gone,
            content->event_count * sizeof *content->events);
}

static void free_events(sla__content *content, sla__kept_event *event)
{
    while (event != NULL) {
        sla__kept_event *const next = event->next;

        if (!event->stored.imported && event->stored.number > content->outbox_after)
            content->outbox_left--;
        sla__map_remove(&content->event_map, event->hash, sla__event_low(event->stored.number));
        content->events[event->stored.number - content->event_base] = NULL;
        sla__free(&content->allocator, event);
        event = next;
    }
}

void sla__content_forget(sla__content *content, sla__kept_ticket *ticket)
{
    take_out(content, ticket);
    free_facts(content, ticket->first);
    free_events(content, ticket->events);
    trim_events(content);
    sla__free(&content->allocator, ticket->row);
    sla__free(&content->allocator, ticket);
}

/* ------------------------------------------------------------------- events */

static uint32_t hash_text(const char *text, uint32_t seed)
{
    return sla__hash(text, strlen(text), seed);
}

/* `ticket` is the hash of its ticket. */
static uint32_t event_hash(const sla_event *event, uint32_t ticket)
{
    const uint32_t numbers[3] = {event->cycle, event->repeat, event->revision};
    uint32_t hash = hash_text(event->policy, ticket);

    hash = hash_text(event->target, hash);
    hash = hash_text(event->step, hash);
    return sla__hash(numbers, sizeof numbers, hash);
}

void sla__content_expect(const sla__content *content, sla__kept_unit *unit)
{
    for (size_t i = 0; i < unit->row_count; i++) {
        sla__kept_row *const row = unit->rows[i];

        row->ticket_hash = sla__content_hash(row->stored.tenant, row->stored.ticket);
        sla__map_expect(&content->ticket_map, row->ticket_hash);
    }
    for (size_t i = 0; i < unit->event_count; i++) {
        sla__kept_event *const event = unit->events[i];

        event->ticket_hash = sla__content_hash(event->event.tenant, event->event.ticket);
        event->hash = event_hash(&event->event, event->ticket_hash);
        sla__map_expect(&content->event_map, event->hash);
    }
}

uint32_t sla__event_low(uint64_t number)
{
    return (uint32_t)(number % UINT32_MAX);
}

/* Numbers that are kept at one time lie closer together than UINT32_MAX. */
static size_t index_of(const sla__content *content, uint32_t low)
{
    const uint32_t base = sla__event_low(content->event_base);

    return low >= base ? low - base : low + (UINT32_MAX - base);
}

static bool same_event(const sla_event *one, const sla_event *other)
{
    return same(one->ticket, other->ticket) && same(one->tenant, other->tenant) &&
           one->cycle == other->cycle && one->repeat == other->repeat &&
           one->revision == other->revision && strcmp(one->step, other->step) == 0 &&
           strcmp(one->target, other->target) == 0 && strcmp(one->policy, other->policy) == 0;
}

sla__kept_event *sla__content_find_event(const sla__content *content, const sla_event *event,
                                         uint32_t hash)
{
    size_t cursor = sla__map_start(&content->event_map, hash);
    uint32_t low;

    while ((low = sla__map_next(&content->event_map, hash, &cursor)) != SLA__MAP_NONE) {
        sla__kept_event *const kept = content->events[index_of(content, low)];

        if (same_event(&kept->event, event))
            return kept;
    }
    return NULL;
}

static bool is_to_deliver(const sla__kept_event *event)
{
    return event != NULL && !event->stored.imported;
}

const sla__kept_event *sla__content_next_event(const sla__content *content, uint64_t after)
{
    const uint64_t base = content->event_base;

    for (uint64_t i = after < base ? 0 : after - base + 1; i < content->event_count; i++)
        if (is_to_deliver(content->events[i]))
            return content->events[i];
    return NULL;
}

/* Events to be delivered numbered above `after` and up to `last`. */
static uint64_t count_between(const sla__content *content, uint64_t after, uint64_t last)
{
    const uint64_t base = content->event_base;
    uint64_t count = 0;

    for (uint64_t i = after < base ? 0 : after - base + 1;
         i < content->event_count && base + i <= last; i++)
        count += is_to_deliver(content->events[i]);
    return count;
}

uint64_t sla__content_events_left(sla__content *content, uint64_t after)
{
    if (after >= content->outbox_after)
        content->outbox_left -= count_between(content, content->outbox_after, after);
    else
        content->outbox_left += count_between(content, after, content->outbox_after);
    content->outbox_after = after;
    return content->outbox_left;
}

uint64_t sla__content_last_event(const sla__content *content)
{
    return content->event_base + content->event_count - 1;
}

/* ---------------------------------------------------------------- new, free */

sla__content *sla__content_new(const sla_allocator *allocator)
{
    sla__content *const content = sla__new(allocator, 1, sizeof *content);

    if (content == NULL)
        return NULL;
    content->allocator = *allocator;
    content->decided_at = SLA_NEVER;
    content->event_base = 1;
    return content;
}

void sla__content_free(sla__content *content)
{
    const sla_allocator allocator = content->allocator;

    for (size_t i = 0; i < content->ticket_count; i++) {
        free_facts(content, content->tickets[i]->first);
        sla__free(&allocator, content->tickets[i]->row);
        sla__free(&allocator, content->tickets[i]);
    }
    for (size_t i = 0; i < content->event_count; i++)
        sla__free(&allocator, content->events[i]);
    for (size_t i = 0; i < content->consumer_count; i++) {
        sla__free(&allocator, content->consumers[i].named);
        sla__free(&allocator, content->consumers[i].numbers);
    }
    for (size_t i = 0; i < content->world_count; i++)
        sla__free(&allocator, content->worlds[i]);
    sla__map_fini(&content->ticket_map, &allocator);
    sla__map_fini(&content->event_map, &allocator);
    sla__free(&allocator, content->tickets);
    sla__free(&allocator, content->events);
    sla__free(&allocator, content->consumers);
    sla__free(&allocator, content->worlds);
    sla__free(&allocator, content->keys);
    sla__free(&allocator, content);
}
