/*
 * pipeline.c - see pipeline.h.
 *
 * A call is its statements and a Sync: one implicit transaction, committed when the
 * Sync is read and not before.  An error skips what follows up to the Sync.
 *
 * A unit that breaks a constraint is sent a second time, with its examination
 * (statements.c).  Until then everything that was sent behind it is void: its units
 * were not written, as each wants the one before, and its answers would come out of
 * their order.  It is read to its end, thrown away, and goes again.
 */
#include "pg/pipeline.h"

#include <poll.h>
#include <string.h>

#include "pg/answer.h"
#include "pg/connection.h"
#include "pg/errors.h"
#include "pg/lease.h"
#include "pg/line.h"
#include "pg/reading.h"
#include "pg/setup.h"

enum { READS_MAX = 16, BINARY = 1 };

/* -------------------------------------------------------------------- sending */

/* Who opens is alone: what comes behind depends on it. */
static bool is_alone(const sla__pg_ask *ask)
{
    return ask->kind == SLA__PG_OPEN || ask->kind == SLA__PG_SETUP;
}

bool sla__pg_may_send(const sla__pg *own)
{
    const sla__pg_ask *const next = sla__pg_line_next(own);

    if (next == NULL || own->state != SLA__PG_READY || own->rewinds)
        return false;
    if (own->last_sent != NULL && (is_alone(next) || is_alone(own->last_sent)))
        return false;
    return own->sent_count == 0 ||
           (own->sent_count < SLA__PG_ASKS_SENT_MAX && own->sent_bytes < SLA__PG_BYTES_SENT_MAX);
}

static bool send_step(sla__pg *own, const sla__pg_ask *ask, const sla__pg_step *step)
{
    const sla__pg_text *const text = &sla__pg_texts[step->statement];
    const char *values[SLA__PG_PARAMETERS_MAX];
    int lengths[SLA__PG_PARAMETERS_MAX], formats[SLA__PG_PARAMETERS_MAX];

    for (size_t i = 0; i < step->count; i++) {
        const sla__pg_parameter *const parameter = &ask->parameters.list[step->first + i];

        values[i] = parameter->length < 0    ? NULL
                    : parameter->length == 0 ? ""
                                             : (const char *)ask->parameters.bytes + parameter->at;
        lengths[i] = parameter->length < 0 ? 0 : parameter->length;
        formats[i] = BINARY;
    }
    if (text->name != NULL && !own->pooled)
        return PQsendQueryPrepared(own->connection, text->name, (int)step->count, values, lengths,
                                   formats, BINARY) == 1;
    return PQsendQueryParams(own->connection, own->sql[step->statement], (int)step->count, NULL,
                             values, lengths, formats, BINARY) == 1;
}

static bool send_steps(sla__pg *own, sla__pg_ask *ask)
{
    for (size_t i = sla__pg_step_from(ask, 0); i < ask->step_count;
         i = sla__pg_step_from(ask, i + 1))
        if (!send_step(own, ask, &ask->steps[i]))
            return false;
    return true;
}

static bool send_ask(sla__pg *own, sla__pg_ask *ask)
{
    if (ask->kind == SLA__PG_OUTBOX)
        ask->complete = sla__pg_must_count(own, ask->after);
    ask->next_step = sla__pg_step_from(ask, 0);
    ask->result = SLA_OK;
    memset(&ask->error, 0, sizeof ask->error);
    sla__pg_lease_refresh(own, ask);
    if (own->sent_count == 0)
        own->heard_at = own->steady;
    own->sent_count++;
    own->sent_bytes += ask->parameters.length;
    own->last_sent = ask;
    if (own->reading == NULL)
        own->reading = ask;
    return (ask->kind == SLA__PG_SETUP ? sla__pg_setup_send(own, ask) : send_steps(own, ask)) &&
           PQpipelineSync(own->connection) == 1;
}

/* What fails here is noticed by the next run: a call is never answered by the run in
 * which it was made. */
void sla__pg_send(sla__pg *own)
{
    int flushed;

    while (sla__pg_may_send(own))
        if (!send_ask(own, sla__pg_line_next(own))) {
            own->broken = true;
            return;
        }
    if (own->state != SLA__PG_READY)
        return;
    flushed = PQflush(own->connection);
    own->wants_flush = flushed == 1;
    own->broken |= flushed < 0;
}

void sla__pg_farewell(sla__pg *own, sla__pg_ask *ask)
{
    if (!ask->parameters.failed && send_steps(own, ask) && PQpipelineSync(own->connection) == 1)
        PQflush(own->connection);
}

/* ------------------------------------------------------------------- receiving */

static bool is_stalled(const sla__pg *own)
{
    return own->sent_count > 0 && own->steady - own->heard_at >= own->answer_limit;
}

/* The server's own last words, if it had any. */
static void lose(sla__pg *own)
{
    sla_error error;

    memset(&error, 0, sizeof error);
    if (own->reading != NULL && own->reading->result == SLA__PG_LOST)
        error = own->reading->error;
    else if (is_stalled(own))
        sla__pg_error(&error, SLA_ERR_STORE, "the server does not answer in time");
    else
        sla__pg_error(&error, SLA_ERR_STORE, "the connection to the server was lost");
    sla__pg_drop(own, false, SLA_ERR_STORE, &error);
}

/* The results of the first are complete and it is answered, or goes again. */
static void finish_first(sla__pg *own)
{
    sla__pg_ask *const ask = own->first;

    if (ask->kind == SLA__PG_SETUP) {
        sla__pg_setup_done(own, ask);
    } else if (ask->kind == SLA__PG_OPEN && ask->result == SLA_OK && ask->phase == 0) {
        ask->phase = 1;
        own->last_sent = NULL; /* alone, and once more */
        sla__pg_open_load(own, ask);
    } else if (ask->result == SLA__PG_LOOK_CLOSER && !ask->complete) {
        ask->complete = true;
        own->rewinds = true;
    } else {
        sla__pg_settle(own, ask);
        sla__pg_line_answer(own);
    }
}

/* Everything that was sent is read: it goes again, from the first. */
static void end_rewind(sla__pg *own)
{
    own->rewinds = false;
    own->last_sent = NULL;
}

static void take_sync(sla__pg *own)
{
    sla__pg_ask *const ask = own->reading;
    const bool is_last = ask == own->last_sent;

    own->sent_count--;
    own->sent_bytes -= ask->parameters.length;
    own->reading = is_last ? NULL : ask->next;
    if (ask == own->first && !own->rewinds)
        finish_first(own);
    if (own->rewinds && is_last)
        end_rewind(own);
}

static void take_failure(sla__pg_ask *ask, const PGresult *failure)
{
    if (ask->result == SLA_OK)
        ask->result = sla__pg_failure(failure, &ask->error);
}

static void take_rows(sla__pg *own, sla__pg_ask *ask, const PGresult *rows)
{
    if (own->rewinds || ask->result != SLA_OK)
        return;
    if (ask->kind == SLA__PG_SETUP)
        sla__pg_setup_rows(own, ask, rows);
    else
        sla__pg_read(own, ask, ask->steps[ask->next_step].statement, rows);
}

/* False: the connection is of no use any more. */
static bool take_result(sla__pg *own, const PGresult *result)
{
    sla__pg_ask *const ask = own->reading;

    own->heard_at = own->steady;
    switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_SINGLE_TUPLE:
        take_rows(own, ask, result);
        return true;
    case PGRES_PIPELINE_ABORTED:
        return true;
    case PGRES_PIPELINE_SYNC:
        own->armed = false;
        take_sync(own);
        return own->connection != NULL;
    case PGRES_FATAL_ERROR:
        take_failure(ask, result);
        return ask->result != SLA__PG_LOST;
    default:
        return false;
    }
}

/* A statement's results are complete. */
static void next_statement(sla__pg *own)
{
    sla__pg_ask *const ask = own->reading;

    own->armed = false;
    ask->next_step = sla__pg_step_from(ask, ask->next_step + 1);
}

/* libpq wants to know before it reads the first row. */
static void arm(sla__pg *own)
{
    const sla__pg_ask *const ask = own->reading;

    if (own->armed)
        return;
    own->armed = true;
    if (ask->kind != SLA__PG_SETUP && ask->next_step < ask->step_count &&
        sla__pg_texts[ask->steps[ask->next_step].statement].rows)
        PQsetSingleRowMode(own->connection);
}

static bool is_busy(sla__pg *own)
{
    if (own->reading == NULL)
        return true;
    arm(own);
    return PQisBusy(own->connection) != 0;
}

/* False: it was dropped, or is to be. */
static bool take_results(sla__pg *own)
{
    while (!is_busy(own)) {
        PGresult *const result = PQgetResult(own->connection);
        const bool good = result == NULL || take_result(own, result);

        PQclear(result);
        if (!good)
            return false;
        if (result == NULL)
            next_statement(own);
        if (own->connection == NULL)
            return false;
    }
    return true;
}

void sla__pg_receive(sla__pg *own)
{
    bool good = !own->broken;

    for (int i = 0; i < READS_MAX && good && sla__pg_is_ready(own, POLLIN); i++)
        good = PQconsumeInput(own->connection) == 1 && take_results(own);
    if (own->connection == NULL)
        return;
    if (!good || PQstatus(own->connection) == CONNECTION_BAD || is_stalled(own))
        lose(own);
}
