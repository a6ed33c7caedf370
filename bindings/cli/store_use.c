/* store_use.c - see store_use.h. */
#include "store_use.h"

#include <string.h>
#include <time.h>

#include "cli.h"
#include "waits.h"

enum { IN_FLIGHT_MAX = 256, WAITS_MAX = 8, PATIENCE_MS = 1000 };

/* ------------------------------------------------------------ what it hands over */

static void on_world(void *context, const sla_stored_world *world)
{
    (void)world;
    ((store_use *)context)->worlds++;
}

static void on_ticket(void *context, const sla_stored_ticket *ticket)
{
    (void)ticket;
    ((store_use *)context)->tickets++;
}

static void on_fact(void *context, const sla_stored_fact *fact)
{
    (void)context;
    (void)fact;
}

static void on_event(void *context, const sla_stored_event *event)
{
    (void)context;
    (void)event;
}

static void on_mark(void *context, const sla_stored_mark *mark)
{
    (void)context;
    (void)mark;
}

static void on_done(void *context, const sla_store_done *done)
{
    store_use *u = context;

    u->answered++;
    u->result = done->result;
    if (done->result == SLA_OK || done->result == SLA_ERR_NOT_FOUND || u->failed != SLA_OK)
        return;
    u->failed = done->result;
    u->error = *done->error;
}

/* ------------------------------------------------------------ waiting */

static sla_time now(void)
{
    struct timespec at;

    clock_gettime(CLOCK_REALTIME, &at);
    return (sla_time)at.tv_sec * SLA_SECOND + at.tv_nsec / 1000;
}

/* A little longer than it asks for is no harm, and no clock has to be trusted. */
static int patience(const store_use *u)
{
    const sla_time until = u->store->ops->until(u->store);
    const sla_duration left = until == SLA_NEVER ? SLA_HOUR : until - now();

    return left <= 0 ? 0 : left < PATIENCE_MS * 1000 ? (int)(left / 1000 + 1) : PATIENCE_MS;
}

static void wait_once(store_use *u)
{
    sla_wait waits[WAITS_MAX];
    struct pollfd polled[WAITS_MAX];
    const size_t count =
        waits_fill(polled, WAITS_MAX, waits, u->store->ops->waits(u->store, waits, WAITS_MAX));

    (void)poll(polled, count, patience(u));
    u->store->ops->run(u->store, now());
}

static void wait_until(store_use *u, uint64_t open_max)
{
    u->store->ops->run(u->store, now());
    while (u->asked - u->answered > open_max)
        wait_once(u);
}

/* ------------------------------------------------------------ calls */

/* What came of a call: it could not be made, or its answer. */
static int answer(store_use *u, int made)
{
    if (made != SLA_OK) {
        u->asked--;
        return u->failed = made;
    }
    wait_until(u, 0);
    return u->result;
}

int store_use_open(store_use *u, sla_store *store)
{
    *u = (store_use){.store = store,
                     .sink = {u, on_world, on_ticket, on_fact, on_event, on_mark, on_done}};
    return answer(u, store->ops->open(store, &u->sink, ++u->asked));
}

int store_use_find(store_use *u, sla_string tenant, sla_string ticket)
{
    return answer(u, u->store->ops->ticket(u->store, tenant, ticket, ++u->asked));
}

int store_use_commit(store_use *u, const sla_unit *unit)
{
    const int made = u->store->ops->commit(u->store, unit, ++u->asked);

    if (made != SLA_OK)
        return answer(u, made);
    if (u->asked - u->answered > IN_FLIGHT_MAX)
        wait_until(u, IN_FLIGHT_MAX / 2);
    return u->failed;
}

int store_use_close(store_use *u)
{
    wait_until(u, 0);
    if (u->store->ops->release(u->store, ++u->asked) == SLA_OK)
        wait_until(u, 0);
    u->store->ops->close(u->store);
    return u->failed;
}
