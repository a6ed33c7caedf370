/* crash_store.c - see crash_store.h. */
#include "crash_store.h"

#include <stdlib.h>

#include "around_store.h"
#include "crash_point.h"
#include "support/check.h"

enum { COMMITS = 64 /* units that wait for their answers, at most */ };

typedef struct crash_store {
    around_store around;
    uint64_t release;          /* the ask of the last one; 0: none */
    uint64_t commits[COMMITS]; /* asks that were units, by number */
} crash_store;

static crash_store *own_of(sla_store *store)
{
    return (crash_store *)(void *)store;
}

static void hear_ticket(void *context, const sla_stored_ticket *ticket)
{
    const sla_store_sink *const sink = &((crash_store *)context)->around.sink;

    crash_at("while tickets are loaded");
    sink->ticket(sink->context, ticket);
}

static void hear_done(void *context, const sla_store_done *done)
{
    crash_store *const own = context;
    const bool of_unit = own->commits[done->ask % COMMITS] == done->ask && done->result == SLA_OK;

    if (done->ask == own->release)
        crash_at("after the store was given back");
    else if (of_unit)
        crash_at("its answer is there, nobody has seen it");
    own->around.sink.done(own->around.sink.context, done);
    if (of_unit)
        crash_at("its answer is taken, nobody was told");
}

static int call_commit(sla_store *store, const sla_unit *unit, uint64_t ask)
{
    crash_store *const own = own_of(store);
    sla_store *const inner = own->around.inner;
    int result;

    crash_at("before a unit is sent");
    own->commits[ask % COMMITS] = ask;
    result = inner->ops->commit(inner, unit, ask);
    crash_at("after a unit is sent");
    return result;
}

static int call_release(sla_store *store, uint64_t ask)
{
    crash_store *const own = own_of(store);

    own->release = ask;
    crash_at("before the store is given back");
    return own->around.inner->ops->release(own->around.inner, ask);
}

sla_store *crash_store_new(sla_store *inner)
{
    crash_store *const own = calloc(1, sizeof *own);

    CHECK_TRUE("memory for a store", own != NULL);
    around_store_init(&own->around, inner);
    own->around.ops.name = inner->ops->name;
    own->around.ops.commit = call_commit;
    own->around.ops.release = call_release;
    own->around.ear.ticket = hear_ticket;
    own->around.ear.done = hear_done;
    return &own->around.base;
}
