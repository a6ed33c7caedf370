/*
 * write_rows.c - see write.h: facts, tickets and events of a unit.
 */
#include "sqlite/write.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sqlite/bind.h"
#include "sqlite/fail.h"
#include "sqlite/rows.h"
#include "store/rows.h"

static int no_memory(const sla__database *database, sla_error *error)
{
    return sla__fail(error, SLA_ERR_STORE, database->lock.path,
                     "there is no memory to write a unit");
}

static bool same(sla_string one, sla_string other)
{
    return one.length == other.length &&
           (one.length == 0 || memcmp(one.data, other.data, one.length) == 0);
}

static bool bind_names(sqlite3_stmt *statement, sla_string tenant, sla_string ticket)
{
    return sla__bind_string(statement, 1, tenant) == SQLITE_OK &&
           sla__bind_string(statement, 2, ticket) == SQLITE_OK;
}

static int write_row(sla__database *database, sla__statement statement, const sla__table *table,
                     const void *row, sla_error *error)
{
    const int code = sla__row_bind(database->statements[statement], table, row);

    if (code == SQLITE_TOOBIG)
        return sla__write_refuse(database, error, "a value that its column has no room for");
    return sla__write_do(database, statement, code == SQLITE_OK, error);
}

/* --------------------------------------------------------- one row for each ticket */

static int compare_strings(sla_string one, sla_string other)
{
    const size_t length = one.length < other.length ? one.length : other.length;
    const int order = length > 0 ? memcmp(one.data, other.data, length) : 0;

    return order != 0 ? order : (one.length > other.length) - (one.length < other.length);
}

static int compare_tickets(const void *one, const void *other)
{
    const sla_stored_ticket *const first = *(const sla_stored_ticket *const *)one;
    const sla_stored_ticket *const second = *(const sla_stored_ticket *const *)other;
    const int order = compare_strings(first->tenant, second->tenant);

    return order != 0 ? order : compare_strings(first->ticket, second->ticket);
}

static bool is_forgotten(const sla_stored_ticket *const *sorted, size_t count, sla_string tenant,
                         sla_string ticket)
{
    const sla_stored_ticket named = {.tenant = tenant, .ticket = ticket};
    const sla_stored_ticket *const key = &named;
    const sla_stored_ticket *const *const found =
        bsearch(&key, sorted, count, sizeof *sorted, compare_tickets);

    return found != NULL && (*found)->gone;
}

/* Why the tickets cannot be as they are, or NULL. */
static const char *complain(const sla_stored_ticket *const *sorted, const sla_unit *unit)
{
    bool any_gone = false;

    for (size_t i = 0; i < unit->ticket_count; i++) {
        if (i > 0 && compare_tickets(&sorted[i - 1], &sorted[i]) == 0)
            return "a ticket is in the unit twice";
        any_gone = any_gone || sorted[i]->gone;
    }
    for (size_t i = 0; any_gone && i < unit->fact_count; i++)
        if (is_forgotten(sorted, unit->ticket_count, unit->facts[i].fact->tenant,
                         unit->facts[i].fact->ticket))
            return "a fact of a ticket that the same unit forgets";
    for (size_t i = 0; any_gone && i < unit->event_count; i++)
        if (is_forgotten(sorted, unit->ticket_count, unit->events[i].event->tenant,
                         unit->events[i].event->ticket))
            return "an event of a ticket that the same unit forgets";
    return NULL;
}

int sla__write_check_tickets(const sla__database *database, const sla_unit *unit, sla_error *error)
{
    const sla_stored_ticket **sorted;
    const char *complaint;

    if (unit->ticket_count == 0)
        return SLA_OK;
    sorted = sla__new(&database->allocator, unit->ticket_count, sizeof *sorted);
    if (sorted == NULL)
        return no_memory(database, error);
    for (size_t i = 0; i < unit->ticket_count; i++)
        sorted[i] = &unit->tickets[i];
    qsort(sorted, unit->ticket_count, sizeof *sorted, compare_tickets);
    complaint = complain(sorted, unit);
    sla__free(&database->allocator, sorted);
    return complaint == NULL ? SLA_OK : sla__write_refuse(database, error, complaint);
}

static int forget(sla__database *database, const sla_stored_ticket *ticket, sla_error *error)
{
    static const sla__statement statements[] = {SLA__SQL_FORGET_FACTS, SLA__SQL_FORGET_EVENTS,
                                                SLA__SQL_FORGET_TICKET};
    int result = SLA_OK;

    database->last.outbox_known = false;
    for (size_t i = 0; i < sizeof statements / sizeof statements[0] && result == SLA_OK; i++)
        result = sla__write_do(
            database, statements[i],
            bind_names(database->statements[statements[i]], ticket->tenant, ticket->ticket), error);
    return result;
}

static int write_ticket(sla__database *database, const sla_stored_ticket *ticket, sla_error *error)
{
    sqlite3_stmt *const put = database->statements[SLA__SQL_TICKET_PUT];
    sla__ticket_row row;

    if (sla__ticket_row_of(ticket, &database->text, &row) != SLA_OK)
        return no_memory(database, error);
    return sqlite3_bind_int(put, 16, row.attributes_whole) == SQLITE_OK
               ? write_row(database, SLA__SQL_TICKET_PUT, &sla__ticket_table, &row, error)
               : sla__database_failed(database, error);
}

int sla__write_tickets(sla__database *database, const sla_unit *unit, sla_error *error)
{
    int result = SLA_OK;

    for (size_t i = 0; i < unit->ticket_count && result == SLA_OK; i++)
        result = unit->tickets[i].gone ? forget(database, &unit->tickets[i], error)
                                       : write_ticket(database, &unit->tickets[i], error);
    return result;
}

/* --------------------------------------------------------------------- facts */

/* The ticket's last fact, in the transaction as it stands. */
static int read_last_fact(sla__database *database, const sla_fact *fact, uint32_t *seq_out,
                          sla_error *error)
{
    sqlite3_stmt *const read = database->statements[SLA__SQL_FACT_LAST];
    const bool found =
        bind_names(read, fact->tenant, fact->ticket) && sqlite3_step(read) == SQLITE_ROW;

    *seq_out = found ? (uint32_t)sqlite3_column_int64(read, 0) : 0;
    sqlite3_reset(read);
    return found ? SLA_OK : sla__database_failed(database, error);
}

/* Whether the unit itself has brought the ticket's first fact. */
static bool is_opened_before(const sla_unit *unit, size_t index)
{
    const sla_fact *const fact = unit->facts[index].fact;

    for (size_t i = 0; i < index; i++)
        if (unit->facts[i].seq == 1 && same(unit->facts[i].fact->ticket, fact->ticket) &&
            same(unit->facts[i].fact->tenant, fact->tenant))
            return true;
    return false;
}

static int refuse_order(const sla__database *database, sla_error *error)
{
    return sla__write_refuse(database, error, "a fact whose number does not follow the one before");
}

/* A first fact is not looked up: where there is one, the table says so. */
static int check_fact(sla__database *database, const sla_stored_fact *fact, sla_error *error)
{
    uint32_t last;
    int result;

    if (fact->seq == 1)
        return SLA_OK;
    result = read_last_fact(database, fact->fact, &last, error);
    return result != SLA_OK || fact->seq == last + 1 ? result : refuse_order(database, error);
}

static int write_fact(sla__database *database, const sla_unit *unit, size_t index, sla_error *error)
{
    const sla_stored_fact *const fact = &unit->facts[index];
    sla__fact_row row;
    int result;

    if (sla__fact_row_of(fact, &database->text, &row) != SLA_OK)
        return no_memory(database, error);
    result = write_row(database, SLA__SQL_FACT_PUT, &sla__fact_table, &row, error);
    if (result != SLA_ERR_REFUSED ||
        sqlite3_extended_errcode(database->handle) != SQLITE_CONSTRAINT_PRIMARYKEY)
        return result;
    return is_opened_before(unit, index)
               ? refuse_order(database, error)
               : sla__fail(error, SLA_ERR_EXISTS, database->lock.path,
                           "the first fact of a ticket that is on the record already");
}

int sla__write_facts(sla__database *database, const sla_unit *unit, sla_error *error)
{
    int result = SLA_OK;

    for (size_t i = 0; i < unit->fact_count && result == SLA_OK; i++) {
        result = check_fact(database, &unit->facts[i], error);
        if (result == SLA_OK)
            result = write_fact(database, unit, i, error);
    }
    return result;
}

/* -------------------------------------------------------------------- events */

static int write_event(sla__database *database, const sla_stored_event *event, sla_error *error)
{
    sla__event_row row;
    int result;

    if (event->number != database->last.events + 1)
        return sla__write_refuse(database, error,
                                 "an event whose number does not follow the one before");
    sla__event_row_of(event, &row);
    result = write_row(database, SLA__SQL_EVENT_PUT, &sla__event_table, &row, error);
    if (result == SLA_ERR_REFUSED &&
        sqlite3_extended_errcode(database->handle) == SQLITE_CONSTRAINT_UNIQUE)
        return sla__write_refuse(database, error, "an event that was told before");
    database->last.events = event->number;
    if (!event->imported && event->number > database->last.outbox_after)
        database->last.outbox_left++;
    return result;
}

int sla__write_events(sla__database *database, const sla_unit *unit, sla_error *error)
{
    int result = SLA_OK;

    for (size_t i = 0; i < unit->event_count && result == SLA_OK; i++)
        result = write_event(database, &unit->events[i], error);
    return result;
}
