/*
 * inspect.c - whether the tickets of a file can be taken in and are what their columns say: the
 * file as it is at one moment, row by row.
 */
#include <sla/sqlite.h>

#include <string.h>

#include "sqlite/bind.h"
#include "sqlite/inspect.h"
#include "sqlite/rows.h"
#include "sqlite/worlds.h"
#include "store/inspect.h"

typedef struct inspecting {
    sla__database *database;
    sla__inspection inspection;
    sqlite3_stmt *worlds, *documents, *tickets, *count;
    void (*progress)(void *context, uint64_t done, uint64_t of);
    void *context;
    sla_error *error;
} inspecting;

static bool prepare(inspecting *at)
{
    static const char *const texts[] = {
#define SLA__TEXT_(name, text) [SLA__SQL_##name] = text,
        SLA__STATEMENT_MAP(SLA__TEXT_)
#undef SLA__TEXT_
    };
    sqlite3 *const handle = at->database->handle;

    return sqlite3_prepare_v2(handle, texts[SLA__SQL_WORLDS], -1, &at->worlds, NULL) == SQLITE_OK &&
           sqlite3_prepare_v2(handle, texts[SLA__SQL_DOCUMENTS], -1, &at->documents, NULL) ==
               SQLITE_OK &&
           sqlite3_prepare_v2(handle, "SELECT " SLA__TICKET_COLUMNS " FROM ticket", -1,
                              &at->tickets, NULL) == SQLITE_OK &&
           sqlite3_prepare_v2(handle, "SELECT count(*) FROM ticket", -1, &at->count, NULL) ==
               SQLITE_OK;
}

static int take_world(void *context, const sla_stored_world *world, sla_error *error)
{
    return sla__inspection_world(context, world, error);
}

/* The names are columns, and come first. */
static int take_ticket(inspecting *at)
{
    const sla_string tenant = sla__column_string(at->tickets, 0);
    const sla_string ticket = sla__column_string(at->tickets, 1);
    sla__ticket_row row = {0};
    const bool is_read = sla__row_read(at->tickets, &sla__ticket_table, &row);

    if (tenant.data == NULL || ticket.data == NULL)
        return SLA_ERR_NOMEM;
    return sla__inspection_ticket(&at->inspection, tenant, ticket, is_read ? &row : NULL);
}

static int take_tickets(inspecting *at)
{
    uint64_t done = 0, of = 0;
    int code, result = SLA_OK;

    if (sqlite3_step(at->count) != SQLITE_ROW)
        return sla__database_failed(at->database, at->error);
    of = (uint64_t)sqlite3_column_int64(at->count, 0);
    while (result == SLA_OK && (code = sqlite3_step(at->tickets)) != SQLITE_DONE) {
        result =
            code == SQLITE_ROW ? take_ticket(at) : sla__database_failed(at->database, at->error);
        if (result == SLA_OK && at->progress != NULL)
            at->progress(at->context, ++done, of);
    }
    return result;
}

static int inspect(inspecting *at)
{
    int result = sla__schema_look(at->database, at->error);

    if (result != SLA_OK)
        return result;
    if (sla__database_text(at->database, "BEGIN") != SQLITE_OK || !prepare(at))
        return sla__database_failed(at->database, at->error);
    result = sla__worlds_read(at->database, at->worlds, at->documents, take_world, &at->inspection,
                              at->error);
    if (result == SLA_OK)
        result = take_tickets(at);
    return result == SLA_OK ? sla__inspection_end(&at->inspection, at->error) : result;
}

int sla__inspect(sla__database *database,
                 void (*complaint)(void *context, const sla_ticket_complaint *complaint),
                 void (*progress)(void *context, uint64_t done, uint64_t of), void *context,
                 sla_error *error)
{
    sla_error own_error = {0};
    inspecting at = {.database = database,
                     .progress = progress,
                     .context = context,
                     .error = error != NULL ? error : &own_error};
    int result = sla__inspection_init(&at.inspection, &database->allocator, complaint, context);

    if (result == SLA_OK)
        result = inspect(&at);
    sqlite3_finalize(at.worlds);
    sqlite3_finalize(at.documents);
    sqlite3_finalize(at.tickets);
    sqlite3_finalize(at.count);
    (void)sla__database_text(database, "COMMIT");
    sla__inspection_fini(&at.inspection);
    return result;
}
