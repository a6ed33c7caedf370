/* crash_store.c - see crash_store.h. */
#include "crash_store.h"

#include <stdlib.h>

#include "crash.h"
#include "support/check.h"

typedef struct wrapper {
    sla_store base;
    sla_store *inner;
    sla_store_sink sink;   /* of the service */
    uint64_t release;      /* the ask of the last one; 0: none */
    uint64_t first_commit; /* asks from here on are answers to units, as far as anybody looks */
} wrapper;

static wrapper *mine(sla_store *store)
{
    return (wrapper *)(void *)store;
}

static sla_store *inner(const sla_store *store)
{
    return ((const wrapper *)(const void *)store)->inner;
}

/* ------------------------------------------------------------------- the sink */

static void take_world(void *context, const sla_stored_world *world)
{
    const wrapper *const own = context;

    own->sink.world(own->sink.context, world);
}

static void take_ticket(void *context, const sla_stored_ticket *ticket)
{
    const wrapper *const own = context;

    crash_at("while tickets are loaded");
    own->sink.ticket(own->sink.context, ticket);
}

static void take_fact(void *context, const sla_stored_fact *fact)
{
    const wrapper *const own = context;

    own->sink.fact(own->sink.context, fact);
}

static void take_event(void *context, const sla_stored_event *event)
{
    const wrapper *const own = context;

    own->sink.event(own->sink.context, event);
}

static void take_mark(void *context, const sla_stored_mark *mark)
{
    const wrapper *const own = context;

    own->sink.mark(own->sink.context, mark);
}

static void take_done(void *context, const sla_store_done *done)
{
    const wrapper *const own = context;
    const bool of_unit = own->first_commit != 0 && done->ask >= own->first_commit;

    if (done->ask == own->release)
        crash_at("after the store was given back");
    else if (of_unit)
        crash_at("its answer is there, nobody has seen it");
    own->sink.done(own->sink.context, done);
    if (of_unit)
        crash_at("its answer is taken, nobody was told");
}

/* ------------------------------------------------------------------- the calls */

static int call_open(sla_store *store, const sla_store_sink *sink, uint64_t ask)
{
    const sla_store_sink own = {store,      take_world, take_ticket, take_fact,
                                take_event, take_mark,  take_done};

    mine(store)->sink = *sink;
    return inner(store)->ops->open(inner(store), &own, ask);
}

static int call_ticket(sla_store *store, sla_string tenant, sla_string ticket, uint64_t ask)
{
    return inner(store)->ops->ticket(inner(store), tenant, ticket, ask);
}

static int call_history(sla_store *store, sla_string tenant, sla_string ticket, uint64_t ask)
{
    return inner(store)->ops->history(inner(store), tenant, ticket, ask);
}

static int call_outbox(sla_store *store, uint64_t after, size_t limit, uint64_t ask)
{
    return inner(store)->ops->outbox(inner(store), after, limit, ask);
}

static int call_audit(sla_store *store, sla_time before, uint64_t ask)
{
    return inner(store)->ops->audit(inner(store), before, ask);
}

static int call_commit(sla_store *store, const sla_unit *unit, uint64_t ask)
{
    int result;

    if (mine(store)->first_commit == 0)
        mine(store)->first_commit = ask;
    crash_at("before a unit is sent");
    result = inner(store)->ops->commit(inner(store), unit, ask);
    crash_at("after a unit is sent");
    return result;
}

static int call_release(sla_store *store, uint64_t ask)
{
    mine(store)->release = ask;
    crash_at("before the store is given back");
    return inner(store)->ops->release(inner(store), ask);
}

static size_t call_waits(const sla_store *store, sla_wait *waits, size_t capacity)
{
    return inner(store)->ops->waits(inner(store), waits, capacity);
}

static sla_time call_until(const sla_store *store)
{
    return inner(store)->ops->until(inner(store));
}

static void call_run(sla_store *store, sla_time now)
{
    inner(store)->ops->run(inner(store), now);
}

static void call_close(sla_store *store)
{
    inner(store)->ops->close(inner(store));
    free(store);
}

sla_store *crash_store_wrap(sla_store *wrapped)
{
    wrapper *const own = calloc(1, sizeof *own);
    sla_store_ops *const ops = calloc(1, sizeof *ops); /* as long as the process lives */

    CHECK_TRUE("memory for a store", own != NULL && ops != NULL);
    *ops = (sla_store_ops){
        .size = sizeof *ops,
        .name = wrapped->ops->name,
        .views = wrapped->ops->views,
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
    own->base.ops = ops;
    own->inner = wrapped;
    return &own->base;
}
