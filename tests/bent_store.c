/*
 * bent_store.c - see bent_store.h.
 *
 * A call that is to go wrong asks the inner store something harmless in its place, so
 * that answers stay in the order of the calls.
 */
#include "bent_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/check.h"

enum { ASKED_MAX = 256 };

/* A call that has not been answered. */
typedef struct asked {
    bent_kind kind;
    int result;
    const char *text;
} asked;

typedef struct bent {
    sla_store store;
    sla_store_ops ops; /* wants views as the inner store does */
    sla_store *inner;
    sla_store_sink sink;
    int results[BENT_KINDS];
    const char *texts[BENT_KINDS];
    uint64_t calls[BENT_KINDS];
    asked line[ASKED_MAX]; /* by number */
    sla_time clock;
    uint64_t overdue;
} bent;

static bent *bent_of(sla_store *store)
{
    return (bent *)(void *)store;
}

/* -------------------------------------------------------------------- answers */

static void hear_world(void *context, const sla_stored_world *world)
{
    const bent *const own = context;

    own->sink.world(own->sink.context, world);
}

static void hear_ticket(void *context, const sla_stored_ticket *ticket)
{
    const bent *const own = context;

    own->sink.ticket(own->sink.context, ticket);
}

static void hear_fact(void *context, const sla_stored_fact *fact)
{
    const bent *const own = context;

    own->sink.fact(own->sink.context, fact);
}

static void hear_event(void *context, const sla_stored_event *event)
{
    const bent *const own = context;

    own->sink.event(own->sink.context, event);
}

static void hear_mark(void *context, const sla_stored_mark *mark)
{
    const bent *const own = context;

    own->sink.mark(own->sink.context, mark);
}

static void hear_done(void *context, const sla_store_done *done)
{
    const bent *const own = context;
    const asked *const at = &own->line[done->ask % ASKED_MAX];
    sla_store_done changed = *done;
    sla_error error = {0};

    if (at->kind == BENT_OPEN || at->kind == BENT_AUDIT)
        changed.clock = own->clock;
    if (at->kind == BENT_AUDIT)
        changed.count += own->overdue;
    if (at->result != SLA_OK) {
        changed.result = error.code = at->result;
        snprintf(error.text, sizeof error.text, "%s", at->text);
        changed.error = &error;
    }
    own->sink.done(own->sink.context, &changed);
}

/* ---------------------------------------------------------------------- calls */

/* Whether it is to be passed on as it is. */
static bool ask(bent *own, bent_kind kind, uint64_t number)
{
    own->calls[kind]++;
    own->line[number % ASKED_MAX] = (asked){kind, own->results[kind], own->texts[kind]};
    return own->results[kind] == SLA_OK;
}

static int ask_nothing(bent *own, uint64_t number)
{
    return own->inner->ops->audit(own->inner, SLA_TIME_MIN, number);
}

static int call_open(sla_store *store, const sla_store_sink *sink, uint64_t number)
{
    bent *const own = bent_of(store);
    const sla_store_sink mine = {own,        hear_world, hear_ticket, hear_fact,
                                 hear_event, hear_mark,  hear_done};

    own->sink = *sink;
    ask(own, BENT_OPEN, number);
    return own->inner->ops->open(own->inner, &mine, number);
}

static int call_ticket(sla_store *store, sla_string tenant, sla_string ticket, uint64_t number)
{
    bent *const own = bent_of(store);

    return ask(own, BENT_TICKET, number)
               ? own->inner->ops->ticket(own->inner, tenant, ticket, number)
               : ask_nothing(own, number);
}

static int call_history(sla_store *store, sla_string tenant, sla_string ticket, uint64_t number)
{
    bent *const own = bent_of(store);

    return ask(own, BENT_HISTORY, number)
               ? own->inner->ops->history(own->inner, tenant, ticket, number)
               : ask_nothing(own, number);
}

static int call_outbox(sla_store *store, uint64_t after, size_t limit, uint64_t number)
{
    bent *const own = bent_of(store);

    return ask(own, BENT_OUTBOX, number) ? own->inner->ops->outbox(own->inner, after, limit, number)
                                         : ask_nothing(own, number);
}

static int call_audit(sla_store *store, sla_time before, uint64_t number)
{
    bent *const own = bent_of(store);

    ask(own, BENT_AUDIT, number);
    return own->inner->ops->audit(own->inner, before, number);
}

static int call_commit(sla_store *store, const sla_unit *unit, uint64_t number)
{
    bent *const own = bent_of(store);

    return ask(own, BENT_COMMIT, number) ? own->inner->ops->commit(own->inner, unit, number)
                                         : ask_nothing(own, number);
}

static int call_release(sla_store *store, uint64_t number)
{
    bent *const own = bent_of(store);

    return ask(own, BENT_RELEASE, number) ? own->inner->ops->release(own->inner, number)
                                          : ask_nothing(own, number);
}

static size_t call_waits(const sla_store *store, sla_wait *waits, size_t capacity)
{
    const sla_store *const inner = ((const bent *)(const void *)store)->inner;

    return inner->ops->waits(inner, waits, capacity);
}

static sla_time call_until(const sla_store *store)
{
    const sla_store *const inner = ((const bent *)(const void *)store)->inner;

    return inner->ops->until(inner);
}

static void call_run(sla_store *store, sla_time now)
{
    sla_store *const inner = bent_of(store)->inner;

    inner->ops->run(inner, now);
}

static void call_close(sla_store *store)
{
    bent *const own = bent_of(store);

    own->inner->ops->close(own->inner);
    free(own);
}

/* ------------------------------------------------------------------------ new */

sla_store *bent_store_new(sla_store *inner)
{
    bent *const own = calloc(1, sizeof *own);

    CHECK_TRUE("memory for a store", own != NULL);
    own->ops = (sla_store_ops){
        .size = sizeof(sla_store_ops),
        .name = "bent",
        .views = inner->ops->views,
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
    own->store.ops = &own->ops;
    own->inner = inner;
    own->clock = SLA_NEVER;
    return &own->store;
}

void bent_store_say(sla_store *store, bent_kind kind, int result, const char *text)
{
    bent_of(store)->results[kind] = result;
    bent_of(store)->texts[kind] = text;
}

void bent_store_say_to_all(sla_store *store, int result, const char *text)
{
    for (int kind = 0; kind < BENT_KINDS; kind++)
        bent_store_say(store, (bent_kind)kind, result, text);
}

void bent_store_set_clock(sla_store *store, sla_time clock)
{
    bent_of(store)->clock = clock;
}

void bent_store_overdue(sla_store *store, uint64_t count)
{
    bent_of(store)->overdue = count;
}

uint64_t bent_store_calls(const sla_store *store, bent_kind kind)
{
    return ((const bent *)(const void *)store)->calls[kind];
}
