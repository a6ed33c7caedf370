/*
 * memory_store.c - the memory store: handles on a content, calls that wait for
 * their answer.
 *
 * A call only copies what it was given and takes its place in the queue of its
 * handle; run does the calls in that order and answers them.  So a call sees what
 * was committed before it, as in a store that lies elsewhere.
 */
#include <sla/store.h>

#include <assert.h>
#include <string.h>

#include "service/memory_handle.h"

static sla__handle *handle_of(sla_store *store)
{
    return (sla__handle *)(void *)store;
}

/* ------------------------------------------------------------------ the queue */

/* A call that waits for its answer, behind all others.  `extra` bytes lie behind it. */
static int add_ask(sla__handle *own, sla__ask_kind kind, uint64_t number, size_t extra,
                   sla__ask **asked_out)
{
    sla__ask *const asked =
        own->is_open ? sla__new(&own->content->allocator, 1, sizeof *asked + extra) : NULL;

    if (asked == NULL)
        return own->is_open ? SLA_ERR_NOMEM : SLA_ERR_STATE;
    asked->kind = kind;
    asked->number = number;
    if (own->last != NULL)
        own->last->next = asked;
    else
        own->first = asked;
    own->last = asked;
    *asked_out = asked;
    return SLA_OK;
}

static sla__ask *dequeue(sla__handle *own)
{
    sla__ask *const asked = own->first;

    own->first = asked->next;
    if (own->first == NULL)
        own->last = NULL;
    return asked;
}

static void free_ask(sla__handle *own, sla__ask *asked)
{
    sla__kept_unit_free(&own->content->allocator, asked->unit);
    sla__free(&own->content->allocator, asked);
}

/* ------------------------------------------------------------------ the calls */

static int call_open(sla_store *store, const sla_store_sink *sink, uint64_t number)
{
    sla__handle *const own = handle_of(store);
    const bool was_open = own->is_open;
    sla__ask *asked;
    int result;

    own->is_open = true;
    result = add_ask(own, ASK_OPEN, number, 0, &asked);
    if (result == SLA_OK)
        asked->sink = *sink;
    else
        own->is_open = was_open;
    return result;
}

/* A call about one ticket, whose names are kept behind it. */
static int call_about(sla_store *store, sla__ask_kind kind, sla_string tenant, sla_string ticket,
                      uint64_t number)
{
    sla__ask *asked;
    char *names;
    const int result =
        add_ask(handle_of(store), kind, number, tenant.length + ticket.length, &asked);

    if (result != SLA_OK)
        return result;
    names = (char *)(asked + 1);
    if (tenant.length > 0)
        memcpy(names, tenant.data, tenant.length);
    if (ticket.length > 0)
        memcpy(names + tenant.length, ticket.data, ticket.length);
    asked->tenant.data = names;
    asked->tenant.length = tenant.length;
    asked->ticket.data = names + tenant.length;
    asked->ticket.length = ticket.length;
    return SLA_OK;
}

static int call_ticket(sla_store *store, sla_string tenant, sla_string ticket, uint64_t number)
{
    return call_about(store, ASK_TICKET, tenant, ticket, number);
}

static int call_history(sla_store *store, sla_string tenant, sla_string ticket, uint64_t number)
{
    return call_about(store, ASK_HISTORY, tenant, ticket, number);
}

static int call_outbox(sla_store *store, uint64_t after, size_t limit, uint64_t number)
{
    sla__ask *asked;
    const int result = add_ask(handle_of(store), ASK_OUTBOX, number, 0, &asked);

    if (result == SLA_OK) {
        asked->after = after;
        asked->limit = limit;
    }
    return result;
}

static int call_audit(sla_store *store, sla_time before, uint64_t number)
{
    sla__ask *asked;
    const int result = add_ask(handle_of(store), ASK_AUDIT, number, 0, &asked);

    if (result == SLA_OK)
        asked->before = before;
    return result;
}

static int call_commit(sla_store *store, const sla_unit *unit, uint64_t number)
{
    sla__handle *const own = handle_of(store);
    sla__kept_unit *kept;
    sla__ask *asked;
    int result;

    if (!own->is_open)
        return SLA_ERR_STATE;
    kept = sla__keep_unit(&own->content->allocator, unit);
    if (kept == NULL)
        return SLA_ERR_NOMEM;
    sla__content_expect(own->content, kept);
    result = add_ask(own, ASK_COMMIT, number, 0, &asked);
    if (result == SLA_OK)
        asked->unit = kept;
    else
        sla__kept_unit_free(&own->content->allocator, kept);
    return result;
}

static int call_release(sla_store *store, uint64_t number)
{
    sla__ask *asked;

    return add_ask(handle_of(store), ASK_RELEASE, number, 0, &asked);
}

/* ------------------------------------------------------------- waiting, going on */

static size_t call_waits(const sla_store *store, sla_wait *waits, size_t capacity)
{
    (void)store, (void)waits, (void)capacity;
    return 0;
}

static sla_time call_until(const sla_store *store)
{
    return ((const sla__handle *)(const void *)store)->first != NULL ? SLA_TIME_MIN : SLA_NEVER;
}

/* What the sink asks meanwhile waits for the next run. */
static void call_run(sla_store *store, sla_time now)
{
    sla__handle *const own = handle_of(store);
    const sla__ask *const last = own->last;
    bool more = own->first != NULL;

    (void)now;
    assert(!own->is_running);
    own->is_running = true;
    while (more) {
        sla__ask *const asked = dequeue(own);

        more = asked != last;
        sla__memory_answer(own, asked);
        free_ask(own, asked);
    }
    own->is_running = false;
}

static void call_close(sla_store *store)
{
    sla__handle *const own = handle_of(store);
    sla__content *const content = own->content;
    const sla_allocator allocator = content->allocator;

    assert(!own->is_running);
    while (own->first != NULL)
        free_ask(own, dequeue(own));
    if (--content->handles == 0)
        sla__content_free(content);
    sla__free(&allocator, own);
}

/* ----------------------------------------------------------------------- new */

static const sla_store_ops memory_ops = {
    .size = sizeof(sla_store_ops),
    .name = "memory",
    .open = call_open,
    .ticket = call_ticket,
    .history = call_history,
    .outbox = call_outbox,
    .audit = call_audit,
    .commit = call_commit,
    .release = call_release,
    .waits = call_waits,
    .until = call_until,
    .run = call_run,
    .close = call_close,
};

static int new_handle(sla__content *content, sla_store **store_out)
{
    sla__handle *const own = sla__new(&content->allocator, 1, sizeof *own);

    if (own == NULL)
        return SLA_ERR_NOMEM;
    own->store.ops = &memory_ops;
    own->content = content;
    content->handles++;
    *store_out = &own->store;
    return SLA_OK;
}

int sla_store_memory_new(const sla_allocator *allocator, sla_store **store_out)
{
    const sla_allocator used = sla__allocator_or_default(allocator);
    sla__content *content;
    int result;

    assert(store_out != NULL);
    if (sla__allocator_why_not(allocator) != NULL)
        return SLA_ERR_ARGUMENT;
    content = sla__content_new(&used);
    if (content == NULL)
        return SLA_ERR_NOMEM;
    result = new_handle(content, store_out);
    if (result != SLA_OK)
        sla__content_free(content);
    return result;
}

int sla_store_memory_share(sla_store *store, sla_store **store_out)
{
    assert(store != NULL && store->ops == &memory_ops);
    assert(store_out != NULL);
    return new_handle(handle_of(store)->content, store_out);
}
