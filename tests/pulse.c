/* pulse.c - see pulse.h. */
#include "pulse.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

static const char policy[] =
    "{\"policy\": \"pulse\", \"version\": \"1\", \"targets\": [{\"target\": \"heart\","
    " \"stop\": \"over\", \"goals\": [{\"elapsed\": \"PT1M\"}],"
    " \"steps\": [{\"step\": \"beat\", \"after\": \"PT1S\", \"level\": 1, \"to\": \"desk\","
    " \"repeat\": {\"every\": \"PT1S\", \"max\": 1000, \"until\": \"end\"}}]}]}";
static const sla_document document = {{"pulse", 5}, {policy, sizeof policy - 1}};

sla_service_options pulse_options(void)
{
    sla_service_options options = SLA_SERVICE_OPTIONS_INIT;

    options.documents = &document;
    options.document_count = 1;
    CHECK_OK(sla_store_memory_new(NULL, &options.store));
    return options;
}

static sla_fact fact_of(char ticket[16], uint32_t number, const char *name, sla_time at)
{
    const int length = snprintf(ticket, 16, "T-%u", number);
    const sla_fact fact = {
        .ticket = {ticket, (size_t)length},
        .name = {name, strlen(name)},
        .occurred_at = at,
    };

    return fact;
}

int pulse_begin(sla_service *service, uint32_t ticket, sla_time begin, sla_recorded done,
                void *context)
{
    char name[16];
    const sla_fact opened = fact_of(name, ticket, "opened", begin - SLA_MINUTE - SLA_SECOND);

    return sla_service_record(service, &opened, done, context);
}

int pulse_begin_wait(sla_service *service, uint32_t ticket, sla_time begin)
{
    char name[16];
    const sla_fact opened = fact_of(name, ticket, "opened", begin - SLA_MINUTE - SLA_SECOND);
    sla_answer answer;
    sla_error error;

    return sla_service_record_wait(service, &opened, &answer, &error);
}

int pulse_end(sla_service *service, uint32_t ticket, sla_time now)
{
    char name[16];
    const sla_fact over = fact_of(name, ticket, "over", now);

    return sla_service_record(service, &over, NULL, NULL);
}

uint32_t pulse_ticket(const sla_event *event)
{
    uint32_t number = 0;

    for (size_t i = 2; i < event->ticket.length; i++)
        number = 10 * number + (uint32_t)(event->ticket.data[i] - '0');
    return number;
}

/* ----------------------------------------------------------------- by pipe */

typedef struct pipe_store {
    sla_store base;
    sla_store *inner;
    int ends[2]; /* of the pipe on which an answer is announced */
    bool ringing;
} pipe_store;

static sla_store *inner_of(const sla_store *store)
{
    return ((const pipe_store *)store)->inner;
}

/* What the inner store has taken up is announced by a byte. */
static int ring(sla_store *store, int result)
{
    pipe_store *self = (pipe_store *)store;

    if (result == SLA_OK && !self->ringing) {
        CHECK_EQ("a pipe", 0, pipe(self->ends));
        CHECK_EQ("a byte", 1, write(self->ends[1], "!", 1));
        self->ringing = true;
    }
    return result;
}

static void hang_up(pipe_store *self)
{
    if (self->ringing) {
        close(self->ends[0]);
        close(self->ends[1]);
        self->ringing = false;
    }
}

static int pipe_open(sla_store *store, const sla_store_sink *sink, uint64_t ask)
{
    return ring(store, inner_of(store)->ops->open(inner_of(store), sink, ask));
}

static int pipe_ticket(sla_store *store, sla_string tenant, sla_string ticket, uint64_t ask)
{
    return ring(store, inner_of(store)->ops->ticket(inner_of(store), tenant, ticket, ask));
}

static int pipe_history(sla_store *store, sla_string tenant, sla_string ticket, uint64_t ask)
{
    return ring(store, inner_of(store)->ops->history(inner_of(store), tenant, ticket, ask));
}

static int pipe_outbox(sla_store *store, uint64_t after, size_t limit, uint64_t ask)
{
    return ring(store, inner_of(store)->ops->outbox(inner_of(store), after, limit, ask));
}

static int pipe_audit(sla_store *store, sla_time before, uint64_t ask)
{
    return ring(store, inner_of(store)->ops->audit(inner_of(store), before, ask));
}

static int pipe_commit(sla_store *store, const sla_unit *unit, uint64_t ask)
{
    return ring(store, inner_of(store)->ops->commit(inner_of(store), unit, ask));
}

static int pipe_release(sla_store *store, uint64_t ask)
{
    return ring(store, inner_of(store)->ops->release(inner_of(store), ask));
}

static size_t pipe_waits(const sla_store *store, sla_wait *waits, size_t capacity)
{
    const pipe_store *self = (const pipe_store *)store;

    if (self->ringing && capacity > 0)
        waits[0] = (sla_wait){self->ends[0], true, false};
    return self->ringing;
}

static sla_time pipe_until(const sla_store *store)
{
    (void)store;
    return SLA_NEVER;
}

static void pipe_run(sla_store *store, sla_time now)
{
    pipe_store *self = (pipe_store *)store;
    struct pollfd readable = {.fd = self->ends[0], .events = POLLIN};

    if (!self->ringing || poll(&readable, 1, 0) != 1)
        return;
    hang_up(self);
    self->inner->ops->run(self->inner, now);
    /* Asked from inside the sink: there may be more than it has answered now. */
    if (self->inner->ops->until(self->inner) <= now)
        ring(store, SLA_OK);
}

static void pipe_close(sla_store *store)
{
    pipe_store *self = (pipe_store *)store;

    hang_up(self);
    self->inner->ops->close(self->inner);
    free(self);
}

sla_store *pulse_pipe_store(void)
{
    static const sla_store_ops ops = {
        .size = sizeof ops,
        .name = "pipe",
        .open = pipe_open,
        .ticket = pipe_ticket,
        .history = pipe_history,
        .outbox = pipe_outbox,
        .audit = pipe_audit,
        .commit = pipe_commit,
        .release = pipe_release,
        .waits = pipe_waits,
        .until = pipe_until,
        .run = pipe_run,
        .close = pipe_close,
    };
    pipe_store *self = calloc(1, sizeof *self);

    CHECK_TRUE("memory", self != NULL);
    self->base.ops = &ops;
    CHECK_OK(sla_store_memory_new(NULL, &self->inner));
    return &self->base;
}
