/* line.c - see line.h. */
#include "pg/line.h"

#include <assert.h>
#include <string.h>

/* ---------------------------------------------------------------------- calls */

sla__pg_ask *sla__pg_ask_new(sla__pg *own, sla__pg_kind kind, uint64_t number)
{
    sla__pg_ask *const ask = sla__new(&own->allocator, 1, sizeof *ask);

    if (ask == NULL)
        return NULL;
    ask->kind = kind;
    ask->done.ask = number;
    ask->done.decided_at = ask->done.clock = SLA_NEVER;
    sla__pg_parameters_init(&ask->parameters, &own->allocator);
    return ask;
}

void sla__pg_ask_free(sla__pg *own, sla__pg_ask *ask)
{
    if (ask != NULL)
        sla__pg_parameters_fini(&ask->parameters);
    sla__free(&own->allocator, ask);
}

void sla__pg_step_add(sla__pg_ask *ask, sla__pg_statement statement)
{
    assert(ask->step_count < SLA__PG_STEPS_MAX);
    sla__pg_step_end(ask);
    ask->steps[ask->step_count].statement = statement;
    ask->steps[ask->step_count].when = SLA__PG_ALWAYS;
    ask->steps[ask->step_count].first = ask->parameters.count;
    ask->step_count++;
}

void sla__pg_step_when(sla__pg_ask *ask, sla__pg_when when)
{
    ask->steps[ask->step_count - 1].when = when;
}

void sla__pg_step_instead(sla__pg_ask *ask, sla__pg_statement statement, sla__pg_when when)
{
    const sla__pg_step other = ask->steps[ask->step_count - 1];

    sla__pg_step_when(ask,
                      when == SLA__PG_IF_COMPLETE ? SLA__PG_UNLESS_COMPLETE : SLA__PG_IF_COMPLETE);
    sla__pg_step_add(ask, statement);
    ask->steps[ask->step_count - 1].first = other.first;
    sla__pg_step_when(ask, when);
}

size_t sla__pg_step_from(const sla__pg_ask *ask, size_t i)
{
    const sla__pg_when not_now = ask->complete ? SLA__PG_UNLESS_COMPLETE : SLA__PG_IF_COMPLETE;

    while (i < ask->step_count && ask->steps[i].when == not_now)
        i++;
    return i;
}

void sla__pg_step_end(sla__pg_ask *ask)
{
    if (ask->step_count > 0) {
        sla__pg_step *const last = &ask->steps[ask->step_count - 1];

        last->count = ask->parameters.count - last->first;
    }
}

void sla__pg_steps_clear(sla__pg_ask *ask)
{
    ask->step_count = 0;
    sla__pg_parameters_fini(&ask->parameters);
}

/* ------------------------------------------------------------------- the line */

static void put_behind(sla__pg *own, sla__pg_ask *before, sla__pg_ask *ask)
{
    sla__pg_ask **const place = before != NULL ? &before->next : &own->first;

    ask->next = *place;
    *place = ask;
    if (ask->next == NULL)
        own->last = ask;
}

void sla__pg_line_put(sla__pg *own, sla__pg_ask *ask)
{
    put_behind(own, own->last, ask);
}

void sla__pg_line_put_next(sla__pg *own, sla__pg_ask *ask)
{
    put_behind(own, own->last_sent, ask);
}

sla__pg_ask *sla__pg_line_next(const sla__pg *own)
{
    return own->last_sent != NULL ? own->last_sent->next : own->first;
}

bool sla__pg_line_wants(const sla__pg *own)
{
    return own->first != NULL || own->held;
}

static sla__pg_ask *take_first(sla__pg *own)
{
    sla__pg_ask *const ask = own->first;

    own->first = ask->next;
    if (own->last == ask)
        own->last = NULL;
    if (own->last_sent == ask)
        own->last_sent = NULL;
    if (own->boundary == ask)
        own->boundary = NULL;
    if (own->reading == ask)
        own->reading = NULL;
    return ask;
}

static bool is_ours(const sla__pg_ask *ask)
{
    return ask->kind == SLA__PG_SETUP || ask->kind == SLA__PG_RENEW;
}

void sla__pg_line_answer(sla__pg *own)
{
    sla__pg_ask *const ask = take_first(own);

    /* What a renewal finds out is said though nobody asked. */
    if (!is_ours(ask) || ask->result == SLA_ERR_FENCED) {
        if (ask->kind == SLA__PG_OPEN)
            own->sink = ask->sink;
        ask->done.result = ask->result;
        ask->done.error = &ask->error;
        own->sink.done(own->sink.context, &ask->done);
    }
    if (ask->kind == SLA__PG_RENEW)
        own->renewing = false;
    sla__pg_ask_free(own, ask);
}

static void fail_first(sla__pg *own, int result, const sla_error *error)
{
    sla__pg_ask *const ask = own->first;
    const uint64_t number = ask->done.ask;

    ask->result = result == SLA_ERR_REFUSED && ask->kind != SLA__PG_OPEN ? SLA_ERR_STORE : result;
    ask->error = *error;
    ask->error.code = ask->result;
    memset(&ask->done, 0, sizeof ask->done);
    ask->done.ask = number;
    ask->done.decided_at = ask->done.clock = SLA_NEVER;
    sla__pg_line_answer(own);
}

/* Our own go without a word. */
static void drop_ours(sla__pg *own)
{
    sla__pg_ask **place = &own->first, *before = NULL;

    while (*place != NULL) {
        sla__pg_ask *const ask = *place;

        if (!is_ours(ask)) {
            before = ask;
            place = &ask->next;
            continue;
        }
        *place = ask->next;
        if (own->last == ask)
            own->last = before;
        if (own->boundary == ask)
            own->boundary = before;
        if (own->last_sent == ask)
            own->last_sent = before;
        sla__pg_ask_free(own, ask);
    }
    own->renewing = false;
}

void sla__pg_line_fail(sla__pg *own, bool all, int result, const sla_error *error)
{
    const sla_error said = *error;
    const sla__pg_ask *last;
    bool more;

    drop_ours(own);
    last = all ? own->boundary : own->last_sent;
    more = last != NULL;
    own->last_sent = own->reading = NULL;
    own->sent_count = own->sent_bytes = 0;
    while (more) {
        more = own->first != last;
        fail_first(own, result, &said);
    }
}
