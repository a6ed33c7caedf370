/*
 * read.c - what the thread answers to those who ask: rows, as items for the sink.
 */
#include "sqlite/handle.h"

#include "base/alloc.h"
#include "sqlite/bind.h"
#include "sqlite/fail.h"
#include "sqlite/place.h"
#include "sqlite/rows.h"
#include "sqlite/write.h"
#include "store/rows.h"

/* A statement that is read to its end, row by row. */
typedef struct reading {
    sla__sqlite *own;
    sqlite3_stmt *statement;
    sla__ask *ask;
} reading;

static int unreadable(const reading *of)
{
    return sla__fail(&of->ask->error, SLA_ERR_STORE, of->own->database.lock.path,
                     "%.200s has a row that no release has written, or there was no memory for it;"
                     " `sla db check` looks at all of them",
                     of->own->database.lock.path);
}

static int each_row(const reading *of, int (*give_row)(const reading *of))
{
    int code, result = SLA_OK;

    while (result == SLA_OK && (code = sqlite3_step(of->statement)) != SQLITE_DONE)
        result = code == SQLITE_ROW ? give_row(of)
                                    : sla__database_failed(&of->own->database, &of->ask->error);
    sqlite3_reset(of->statement);
    return result;
}

static reading read_with(sla__sqlite *own, sla__statement statement, sla__ask *ask)
{
    const reading of = {own, own->database.statements[statement], ask};

    return of;
}

static bool bind_ticket(const reading *of)
{
    return sla__bind_string(of->statement, 1, of->ask->tenant) == SQLITE_OK &&
           sla__bind_string(of->statement, 2, of->ask->ticket) == SQLITE_OK;
}

/* There is a connection, also after one was lost, and the file is where it was: a service that
 * rests asks now and then, and learns it so. */
static bool is_connected(sla__sqlite *own, sla__ask *ask)
{
    ask->done.result = sla__database_connect(&own->database, SLA__CONNECT_KEEP, &ask->error);
    if (ask->done.result == SLA_OK)
        ask->done.result = sla__place_look(&own->database, &ask->error);
    return ask->done.result == SLA_OK;
}

/* ------------------------------------------------------------------- tickets */

static int give_ticket(const reading *of)
{
    sqlite3_stmt *const row = of->statement;
    sla__item item = {.kind = SLA__ITEM_TICKET};
    sla_stored_ticket *const ticket = &item.of.ticket;
    const sla_string state = sla__column_bytes(row, 5);

    ticket->tenant = sla__column_string(row, 0);
    ticket->ticket = sla__column_string(row, 1);
    ticket->number = (uint64_t)sqlite3_column_int64(row, 2);
    ticket->live = (uint32_t)sqlite3_column_int64(row, 3);
    ticket->next_at = sla__column_time(row, 4);
    ticket->due_at = SLA_NEVER;
    ticket->state = state.data;
    ticket->state_length = state.length;
    if (state.data == NULL || ticket->tenant.data == NULL || ticket->ticket.data == NULL)
        return unreadable(of);
    of->ask->done.count++;
    return sla__give(of->own, &item, &of->ask->error);
}

int sla__give_tickets(sla__sqlite *own, sla__ask *ask)
{
    const reading of = read_with(own, SLA__SQL_TICKETS, ask);

    return each_row(&of, give_ticket);
}

void sla__answer_ticket(sla__sqlite *own, sla__ask *ask)
{
    reading of;

    if (!is_connected(own, ask))
        return;
    of = read_with(own, SLA__SQL_TICKET, ask);
    ask->done.result = bind_ticket(&of) ? each_row(&of, give_ticket)
                                        : sla__database_failed(&own->database, &ask->error);
    if (ask->done.result == SLA_OK && ask->done.count == 0)
        ask->done.result = SLA_ERR_NOT_FOUND;
    ask->done.count = 0;
}

/* --------------------------------------------------------------------- marks */

/* One for each number above the watermark, or one for the watermark alone. */
static int give_mark(const reading *of)
{
    sla__item item = {.kind = SLA__ITEM_MARK};
    const bool has_number = sqlite3_column_type(of->statement, 2) != SQLITE_NULL;

    item.of.mark.consumer = sla__column_string(of->statement, 0);
    item.of.mark.through = (uint64_t)sqlite3_column_int64(of->statement, 1);
    item.of.mark.number = (uint64_t)sqlite3_column_int64(of->statement, has_number ? 2 : 1);
    return item.of.mark.consumer.data != NULL ? sla__give(of->own, &item, &of->ask->error)
                                              : unreadable(of);
}

int sla__give_marks(sla__sqlite *own, sla__ask *ask)
{
    const reading of = read_with(own, SLA__SQL_MARKS, ask);

    return each_row(&of, give_mark);
}

/* --------------------------------------------------------------------- facts */

static int give_fact(const reading *of)
{
    sla__item item = {.kind = SLA__ITEM_FACT};
    sla__fact_row row = {0};

    if (!sla__row_read(of->statement, &sla__fact_table, &row) ||
        sla__fact_row_stored(&row, &of->own->room, &item.of.fact) != SLA_OK)
        return unreadable(of);
    return sla__give(of->own, &item, &of->ask->error);
}

void sla__answer_history(sla__sqlite *own, sla__ask *ask)
{
    reading of;

    if (!is_connected(own, ask))
        return;
    of = read_with(own, SLA__SQL_FACTS, ask);
    ask->done.result = bind_ticket(&of) ? each_row(&of, give_fact)
                                        : sla__database_failed(&own->database, &ask->error);
}

/* -------------------------------------------------------------------- outbox */

static int give_event(const reading *of)
{
    sla__last *const last = &of->own->database.last;
    sla__item item = {.kind = SLA__ITEM_EVENT};
    sla__event_row row = {0};

    if (!sla__row_read(of->statement, &sla__event_table, &row))
        return unreadable(of);
    item.of.event = sla__event_row_stored(&row);
    last->outbox_after = item.of.event.number;
    last->outbox_left--;
    return sla__give(of->own, &item, &of->ask->error);
}

/* How many lie above `after`. */
static int count_outbox(sla__sqlite *own, uint64_t after, sla_error *error)
{
    sqlite3_stmt *const count = own->database.statements[SLA__SQL_OUTBOX_LEFT];
    sla__last *const last = &own->database.last;

    if (last->outbox_known && last->outbox_after == after)
        return SLA_OK;
    last->outbox_known =
        sla__bind_number(count, 1, after) == SQLITE_OK && sqlite3_step(count) == SQLITE_ROW;
    last->outbox_after = after;
    last->outbox_left = last->outbox_known ? (uint64_t)sqlite3_column_int64(count, 0) : 0;
    sqlite3_reset(count);
    return last->outbox_known ? SLA_OK : sla__database_failed(&own->database, error);
}

void sla__answer_outbox(sla__sqlite *own, sla__ask *ask)
{
    const uint64_t limit = ask->limit < INT64_MAX ? ask->limit : INT64_MAX;
    const uint64_t after = ask->after < INT64_MAX ? ask->after : INT64_MAX;
    reading of;

    if (!is_connected(own, ask))
        return;
    of = read_with(own, SLA__SQL_OUTBOX, ask);
    ask->done.result = count_outbox(own, after, &ask->error);
    if (ask->done.result != SLA_OK)
        return;
    ask->done.result = sla__bind_number(of.statement, 1, after) == SQLITE_OK &&
                               sla__bind_number(of.statement, 2, limit) == SQLITE_OK
                           ? each_row(&of, give_event)
                           : sla__database_failed(&own->database, &ask->error);
    ask->done.count = own->database.last.outbox_left;
    if (ask->done.result != SLA_OK)
        own->database.last.outbox_known = false;
}

void sla__answer_audit(sla__sqlite *own, sla__ask *ask)
{
    sqlite3_stmt *count;

    if (!is_connected(own, ask))
        return;
    count = own->database.statements[SLA__SQL_AUDIT];
    if (sqlite3_bind_int64(count, 1, ask->before) == SQLITE_OK && sqlite3_step(count) == SQLITE_ROW)
        ask->done.count = (uint64_t)sqlite3_column_int64(count, 0);
    else
        ask->done.result = sla__database_failed(&own->database, &ask->error);
    sqlite3_reset(count);
}
