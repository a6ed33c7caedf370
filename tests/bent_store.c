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

#include "around_store.h"
#include "support/check.h"

enum { ASKED_MAX = 256 };

/* A call that has not been answered. */
typedef struct asked {
    bent_kind kind;
    int result;
    const char *text;
} asked;

typedef struct bent {
    around_store around;
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
    own->around.sink.done(own->around.sink.context, &changed);
}

/* ---------------------------------------------------------------------- calls */

/* Whether it is to be passed on as it is. */
static bool ask(bent *own, bent_kind kind, uint64_t number)
{
    own->calls[kind]++;
    own->line[number % ASKED_MAX] = (asked){kind, own->results[kind], own->texts[kind]};
    return own->results[kind] == SLA_OK;
}

static sla_store *inner_of(sla_store *store)
{
    return bent_of(store)->around.inner;
}

static int ask_nothing(sla_store *store, uint64_t number)
{
    return inner_of(store)->ops->audit(inner_of(store), SLA_TIME_MIN, number);
}

static int call_open(sla_store *store, const sla_store_sink *sink, uint64_t number)
{
    ask(bent_of(store), BENT_OPEN, number);
    return around_store_open(store, sink, number);
}

static int call_ticket(sla_store *store, sla_string tenant, sla_string ticket, uint64_t number)
{
    sla_store *const inner = inner_of(store);

    return ask(bent_of(store), BENT_TICKET, number)
               ? inner->ops->ticket(inner, tenant, ticket, number)
               : ask_nothing(store, number);
}

static int call_history(sla_store *store, sla_string tenant, sla_string ticket, uint64_t number)
{
    sla_store *const inner = inner_of(store);

    return ask(bent_of(store), BENT_HISTORY, number)
               ? inner->ops->history(inner, tenant, ticket, number)
               : ask_nothing(store, number);
}

static int call_outbox(sla_store *store, uint64_t after, size_t limit, uint64_t number)
{
    sla_store *const inner = inner_of(store);

    return ask(bent_of(store), BENT_OUTBOX, number)
               ? inner->ops->outbox(inner, after, limit, number)
               : ask_nothing(store, number);
}

static int call_audit(sla_store *store, sla_time before, uint64_t number)
{
    ask(bent_of(store), BENT_AUDIT, number);
    return inner_of(store)->ops->audit(inner_of(store), before, number);
}

static int call_commit(sla_store *store, const sla_unit *unit, uint64_t number)
{
    sla_store *const inner = inner_of(store);

    return ask(bent_of(store), BENT_COMMIT, number) ? inner->ops->commit(inner, unit, number)
                                                    : ask_nothing(store, number);
}

static int call_release(sla_store *store, uint64_t number)
{
    sla_store *const inner = inner_of(store);

    return ask(bent_of(store), BENT_RELEASE, number) ? inner->ops->release(inner, number)
                                                     : ask_nothing(store, number);
}

/* ------------------------------------------------------------------------ new */

sla_store *bent_store_new(sla_store *inner)
{
    bent *const own = calloc(1, sizeof *own);

    CHECK_TRUE("memory for a store", own != NULL);
    around_store_init(&own->around, inner);
    own->around.ops.name = "bent";
    own->around.ops.open = call_open;
    own->around.ops.ticket = call_ticket;
    own->around.ops.history = call_history;
    own->around.ops.outbox = call_outbox;
    own->around.ops.audit = call_audit;
    own->around.ops.commit = call_commit;
    own->around.ops.release = call_release;
    own->around.ear.done = hear_done;
    own->clock = SLA_NEVER;
    return &own->around.base;
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
