/* around_store.c - see around_store.h. */
#include "around_store.h"

#include <stdlib.h>

static around_store *own_of(sla_store *store)
{
    return (around_store *)(void *)store;
}

static sla_store *inner_of(const sla_store *store)
{
    return ((const around_store *)(const void *)store)->inner;
}

/* -------------------------------------------------------------------- answers */

static void hear_world(void *context, const sla_stored_world *world)
{
    const sla_store_sink *const sink = &((around_store *)context)->sink;

    sink->world(sink->context, world);
}

static void hear_ticket(void *context, const sla_stored_ticket *ticket)
{
    const sla_store_sink *const sink = &((around_store *)context)->sink;

    sink->ticket(sink->context, ticket);
}

static void hear_fact(void *context, const sla_stored_fact *fact)
{
    const sla_store_sink *const sink = &((around_store *)context)->sink;

    sink->fact(sink->context, fact);
}

static void hear_event(void *context, const sla_stored_event *event)
{
    const sla_store_sink *const sink = &((around_store *)context)->sink;

    sink->event(sink->context, event);
}

static void hear_mark(void *context, const sla_stored_mark *mark)
{
    const sla_store_sink *const sink = &((around_store *)context)->sink;

    sink->mark(sink->context, mark);
}

static void hear_done(void *context, const sla_store_done *done)
{
    const sla_store_sink *const sink = &((around_store *)context)->sink;

    sink->done(sink->context, done);
}

/* ---------------------------------------------------------------------- calls */

int around_store_open(sla_store *store, const sla_store_sink *sink, uint64_t ask)
{
    around_store *const own = own_of(store);

    own->sink = *sink;
    return own->inner->ops->open(own->inner, &own->ear, ask);
}

static int call_ticket(sla_store *store, sla_string tenant, sla_string ticket, uint64_t ask)
{
    sla_store *const inner = inner_of(store);

    return inner->ops->ticket(inner, tenant, ticket, ask);
}

static int call_history(sla_store *store, sla_string tenant, sla_string ticket, uint64_t ask)
{
    sla_store *const inner = inner_of(store);

    return inner->ops->history(inner, tenant, ticket, ask);
}

static int call_outbox(sla_store *store, uint64_t after, size_t limit, uint64_t ask)
{
    sla_store *const inner = inner_of(store);

    return inner->ops->outbox(inner, after, limit, ask);
}

static int call_audit(sla_store *store, sla_time before, uint64_t ask)
{
    sla_store *const inner = inner_of(store);

    return inner->ops->audit(inner, before, ask);
}

static int call_commit(sla_store *store, const sla_unit *unit, uint64_t ask)
{
    sla_store *const inner = inner_of(store);

    return inner->ops->commit(inner, unit, ask);
}

static int call_release(sla_store *store, uint64_t ask)
{
    sla_store *const inner = inner_of(store);

    return inner->ops->release(inner, ask);
}

static size_t call_waits(const sla_store *store, sla_wait *waits, size_t capacity)
{
    const sla_store *const inner = inner_of(store);

    return inner->ops->waits(inner, waits, capacity);
}

static sla_time call_until(const sla_store *store)
{
    const sla_store *const inner = inner_of(store);

    return inner->ops->until(inner);
}

static void call_run(sla_store *store, sla_time now)
{
    sla_store *const inner = inner_of(store);

    inner->ops->run(inner, now);
}

void around_store_close(sla_store *store)
{
    sla_store *const inner = inner_of(store);

    inner->ops->close(inner);
    free(store);
}

/* ----------------------------------------------------------------------- init */

static const sla_store_ops plain_ops = {
    .size = sizeof(sla_store_ops),
    .name = "around",
    .open = around_store_open,
    .ticket = call_ticket,
    .history = call_history,
    .outbox = call_outbox,
    .audit = call_audit,
    .commit = call_commit,
    .release = call_release,
    .waits = call_waits,
    .until = call_until,
    .run = call_run,
    .close = around_store_close,
};

void around_store_init(around_store *own, sla_store *inner)
{
    own->ops = plain_ops;
    own->ops.views = inner->ops->views;
    own->base.ops = &own->ops;
    own->ear =
        (sla_store_sink){own, hear_world, hear_ticket, hear_fact, hear_event, hear_mark, hear_done};
    own->inner = inner;
}
