/* Goal: a service's memory does not grow with the tickets it has seen.  Method: many
 * tickets opened and closed, on a store that keeps nothing, so that it does not grow
 * either; the service's allocator counts. */
#include "service_host.h"

#include <stdio.h>
#include <stdlib.h>

enum { ASKS_MAX = 64 };

/* Says of everything that it is so, and forgets it. */
typedef struct blank_store {
    sla_store store;
    sla_store_sink sink;
    uint64_t asks[ASKS_MAX];
    int results[ASKS_MAX];
    size_t count;
} blank_store;

static int put(sla_store *store, uint64_t ask, int result)
{
    blank_store *const own = (blank_store *)(void *)store;

    CHECK_TRUE("there is room", own->count < ASKS_MAX);
    own->results[own->count] = result;
    own->asks[own->count++] = ask;
    return SLA_OK;
}

static int call_open(sla_store *store, const sla_store_sink *sink, uint64_t ask)
{
    ((blank_store *)(void *)store)->sink = *sink;
    return put(store, ask, SLA_OK);
}

static int call_ticket(sla_store *store, sla_string tenant, sla_string ticket, uint64_t ask)
{
    (void)tenant;
    (void)ticket;
    return put(store, ask, SLA_ERR_NOT_FOUND);
}

static int call_outbox(sla_store *store, uint64_t after, size_t limit, uint64_t ask)
{
    (void)after;
    (void)limit;
    return put(store, ask, SLA_OK);
}

static int call_audit(sla_store *store, sla_time before, uint64_t ask)
{
    (void)before;
    return put(store, ask, SLA_OK);
}

static int call_commit(sla_store *store, const sla_unit *unit, uint64_t ask)
{
    (void)unit;
    return put(store, ask, SLA_OK);
}

static int call_release(sla_store *store, uint64_t ask)
{
    return put(store, ask, SLA_OK);
}

static size_t call_waits(const sla_store *store, sla_wait *waits, size_t capacity)
{
    (void)store;
    (void)waits;
    (void)capacity;
    return 0;
}

static sla_time call_until(const sla_store *store)
{
    return ((const blank_store *)(const void *)store)->count > 0 ? SLA_TIME_MIN : SLA_NEVER;
}

static void call_run(sla_store *store, sla_time now)
{
    blank_store *const own = (blank_store *)(void *)store;
    const size_t count = own->count;

    (void)now;
    own->count = 0;
    for (size_t i = 0; i < count; i++) {
        const sla_error none = {0};
        const sla_store_done done = {.ask = own->asks[i],
                                     .result = own->results[i],
                                     .error = &none,
                                     .decided_at = SLA_NEVER,
                                     .clock = SLA_NEVER};

        own->sink.done(own->sink.context, &done);
    }
}

static void call_close(sla_store *store)
{
    free(store);
}

static const sla_store_ops blank_ops = {
    .size = sizeof(sla_store_ops),
    .name = "blank",
    .open = call_open,
    .ticket = call_ticket,
    .history = call_ticket,
    .outbox = call_outbox,
    .audit = call_audit,
    .commit = call_commit,
    .release = call_release,
    .waits = call_waits,
    .until = call_until,
    .run = call_run,
    .close = call_close,
};

static sla_store *blank(host *h, sla_store *inner)
{
    blank_store *const own = calloc(1, sizeof *own);

    (void)h;
    CHECK_TRUE("memory", own != NULL);
    inner->ops->close(inner);
    own->store.ops = &blank_ops;
    return &own->store;
}

static void say_progress(size_t tickets, const fakealloc *fake)
{
    printf("%zu tickets, %zu bytes\n", tickets, fake->live_bytes);
    fflush(stdout);
}

TEST(memory_stays_flat_over_tickets_opened_and_closed)
{
    const size_t tickets = check_count(200000, 10000000);
    fakealloc fake;
    size_t after_some = 0;
    char name[24];
    host h;

    fakealloc_init(&fake);
    host_init(&h);
    h.options.allocator = &fake.allocator;
    h.options.keep = SLA_SECOND;
    h.keep_quiet = true;
    h.wrap = blank;
    host_open(&h);
    for (size_t i = 0; i < tickets; i++) {
        snprintf(name, sizeof name, "T-%zu", i);
        CHECK_OK(host_record(&h, name, "opened", "a"));
        CHECK_OK(host_record(&h, name, "resolved", "b"));
        h.now += SLA_SECOND / 10;
        h.steady += SLA_SECOND / 10;
        host_settle(&h);
        if (i == tickets / 10)
            after_some = fake.live_bytes;
        if ((i + 1) % 1000000 == 0)
            say_progress(i + 1, &fake);
    }
    CHECK_TRUE("as much as after a tenth of them", fake.live_bytes <= after_some + 4096);
    CHECK_EQ("all were told", tickets, h.handed);
    say_progress(tickets, &fake);
    host_stop(&h);
    host_fini(&h);
    CHECK_NO_LEAK(&fake);
}
