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

#include "base/error.h"
#include "service/memory_content.h"

typedef enum ask_kind {
    ASK_OPEN,
    ASK_TICKET,
    ASK_HISTORY,
    ASK_OUTBOX,
    ASK_AUDIT,
    ASK_COMMIT
} ask_kind;

typedef struct ask {
    struct ask *next;
    ask_kind kind;
    uint64_t number;
    sla_store_sink sink;       /* open */
    sla_string tenant, ticket; /* ticket, history: behind the struct */
    uint64_t after;            /* outbox */
    size_t limit;
    sla_time before;      /* audit */
    sla__kept_unit *unit; /* commit */
} ask;

typedef struct handle {
    sla_store store;
    sla__content *content;
    sla_store_sink sink;
    bool is_open;
    bool is_running;
    uint64_t epoch; /* of its last opening */
    ask *first, *last;
} handle;

static handle *handle_of(sla_store *store)
{
    return (handle *)(void *)store;
}

/* ------------------------------------------------------------------ the queue */

/* A call that waits for its answer, behind all others.  `extra` bytes lie behind it. */
static int add_ask(handle *own, ask_kind kind, uint64_t number, size_t extra, ask **asked_out)
{
    ask *const asked =
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

static ask *dequeue(handle *own)
{
    ask *const asked = own->first;

    own->first = asked->next;
    if (own->first == NULL)
        own->last = NULL;
    return asked;
}

static void free_ask(handle *own, ask *asked)
{
    sla__kept_unit_free(&own->content->allocator, asked->unit);
    sla__free(&own->content->allocator, asked);
}

/* ------------------------------------------------------------------ the calls */

static int call_open(sla_store *store, const sla_store_sink *sink, uint64_t number)
{
    handle *const own = handle_of(store);
    const bool was_open = own->is_open;
    ask *asked;
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
static int call_about(sla_store *store, ask_kind kind, sla_string tenant, sla_string ticket,
                      uint64_t number)
{
    ask *asked;
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
    ask *asked;
    const int result = add_ask(handle_of(store), ASK_OUTBOX, number, 0, &asked);

    if (result == SLA_OK) {
        asked->after = after;
        asked->limit = limit;
    }
    return result;
}

static int call_audit(sla_store *store, sla_time before, uint64_t number)
{
    ask *asked;
    const int result = add_ask(handle_of(store), ASK_AUDIT, number, 0, &asked);

    if (result == SLA_OK)
        asked->before = before;
    return result;
}

static int call_commit(sla_store *store, const sla_unit *unit, uint64_t number)
{
    handle *const own = handle_of(store);
    sla__kept_unit *kept;
    ask *asked;
    int result;

    if (!own->is_open)
        return SLA_ERR_STATE;
    kept = sla__keep_unit(&own->content->allocator, unit);
    if (kept == NULL)
        return SLA_ERR_NOMEM;
    result = add_ask(own, ASK_COMMIT, number, 0, &asked);
    if (result == SLA_OK)
        asked->unit = kept;
    else
        sla__kept_unit_free(&own->content->allocator, kept);
    return result;
}

/* ---------------------------------------------------------------- the answers */

static bool wants_loading(const sla__kept_ticket *ticket)
{
    return ticket->row != NULL &&
           (ticket->row->stored.live > 0 || ticket->row->stored.next_at != SLA_NEVER);
}

/* One mark for each number above the watermark, or one for the watermark alone. */
static void give_marks(const handle *own, const sla__kept_consumer *consumer)
{
    sla_stored_mark mark = {consumer->named->stored.consumer, consumer->through, consumer->through};

    if (consumer->count == 0)
        own->sink.mark(own->sink.context, &mark);
    for (size_t i = 0; i < consumer->count; i++) {
        mark.number = consumer->numbers[i];
        own->sink.mark(own->sink.context, &mark);
    }
}

static void answer_open(handle *own, const ask *asked, sla_store_done *done)
{
    const sla__content *const content = own->content;

    own->sink = asked->sink;
    own->epoch = ++own->content->epoch;
    for (size_t i = 0; i < content->world_count; i++)
        own->sink.world(own->sink.context, &content->worlds[i]->stored);
    for (size_t i = 0; i < content->consumer_count; i++)
        give_marks(own, &content->consumers[i]);
    for (size_t i = 0; i < content->ticket_count; i++)
        if (wants_loading(content->tickets[i]))
            own->sink.ticket(own->sink.context, &content->tickets[i]->row->stored);
    done->events = sla__content_last_event(content);
    done->decided_at = content->decided_at;
}

static void answer_ticket(const handle *own, const ask *asked, sla_store_done *done)
{
    const sla__kept_ticket *const ticket =
        sla__content_find(own->content, asked->tenant, asked->ticket);

    if (ticket != NULL && ticket->row != NULL)
        own->sink.ticket(own->sink.context, &ticket->row->stored);
    else
        done->result = SLA_ERR_NOT_FOUND;
}

static void answer_history(const handle *own, const ask *asked)
{
    const sla__kept_ticket *const ticket =
        sla__content_find(own->content, asked->tenant, asked->ticket);
    const sla__kept_fact *fact = ticket != NULL ? ticket->first : NULL;

    for (; fact != NULL; fact = fact->next)
        own->sink.fact(own->sink.context, &fact->stored);
}

static void answer_outbox(const handle *own, const ask *asked, sla_store_done *done)
{
    const sla__content *const content = own->content;
    size_t i = asked->after < content->event_base ? 0 : asked->after - content->event_base + 1;
    size_t given = 0;

    for (; i < content->event_count; i++) {
        const sla__kept_event *const event = content->events[i];

        if (event == NULL || event->stored.imported)
            continue;
        if (given == asked->limit) {
            done->count++;
            continue;
        }
        given++;
        own->sink.event(own->sink.context, &event->stored);
    }
}

static void answer_audit(const handle *own, const ask *asked, sla_store_done *done)
{
    const sla__content *const content = own->content;

    for (size_t i = 0; i < content->ticket_count; i++) {
        const sla__kept_row *const row = content->tickets[i]->row;

        done->count += row != NULL && row->stored.next_at < asked->before;
    }
}

static int answer_commit(handle *own, const ask *asked, sla_error *error)
{
    if (own->epoch != own->content->epoch)
        return sla__error_set(error, SLA_ERR_FENCED, NULL,
                              "another handle has been opened on the same content");
    return sla__content_write(own->content, asked->unit, error);
}

static void answer(handle *own, const ask *asked)
{
    sla_error error;
    sla_store_done done = {asked->number, SLA_OK, &error, 0, 0, SLA_NEVER};

    sla__error_clear(&error);
    switch (asked->kind) {
    case ASK_OPEN:
        answer_open(own, asked, &done);
        break;
    case ASK_TICKET:
        answer_ticket(own, asked, &done);
        break;
    case ASK_HISTORY:
        answer_history(own, asked);
        break;
    case ASK_OUTBOX:
        answer_outbox(own, asked, &done);
        break;
    case ASK_AUDIT:
        answer_audit(own, asked, &done);
        break;
    case ASK_COMMIT:
        done.result = answer_commit(own, asked, &error);
        break;
    }
    own->sink.done(own->sink.context, &done);
}

/* ------------------------------------------------------------- waiting, going on */

static size_t call_waits(const sla_store *store, sla_wait *waits, size_t capacity)
{
    (void)store, (void)waits, (void)capacity;
    return 0;
}

static sla_time call_until(const sla_store *store)
{
    return ((const handle *)(const void *)store)->first != NULL ? SLA_TIME_MIN : SLA_NEVER;
}

/* What the sink asks meanwhile waits for the next run. */
static void call_run(sla_store *store, sla_time now)
{
    handle *const own = handle_of(store);
    const ask *const last = own->last;
    bool more = own->first != NULL;

    (void)now;
    assert(!own->is_running);
    own->is_running = true;
    while (more) {
        ask *const asked = dequeue(own);

        more = asked != last;
        answer(own, asked);
        free_ask(own, asked);
    }
    own->is_running = false;
}

static void call_close(sla_store *store)
{
    handle *const own = handle_of(store);
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
    sizeof(sla_store_ops),
    "memory",
    call_open,
    call_ticket,
    call_history,
    call_outbox,
    call_audit,
    call_commit,
    call_waits,
    call_until,
    call_run,
    call_close,
};

static int new_handle(sla__content *content, sla_store **store_out)
{
    handle *const own = sla__new(&content->allocator, 1, sizeof *own);

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
    sla__content *const content = sla__content_new(&used);
    int result;

    assert(store_out != NULL);
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
