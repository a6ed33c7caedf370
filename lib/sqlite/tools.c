/*
 * tools.c - what is done to a file while no service has it: made, brought up, checked.
 */
#include <sla/sqlite.h>

#include "base/alloc.h"
#include "sqlite/check.h"
#include "sqlite/database.h"
#include "sqlite/inspect.h"
#include "sqlite/options.h"

/* Found, not connected to.  Only where it is SLA_OK there is something to end. */
static int begin(sla__database *database, const sla_sqlite_options *options, bool existing,
                 sla_error *error)
{
    sla_sqlite_options wanted;
    sla_allocator allocator;
    int result = sla__options_of_sqlite(options, &wanted, error);

    if (result != SLA_OK)
        return result;
    allocator = sla__allocator_or_default(wanted.allocator);
    result =
        sla__database_init(database, &allocator, wanted.path, existing || wanted.existing, error);
    if (result != SLA_OK)
        sla__database_fini(database);
    return result;
}

static void end(sla__database *database)
{
    sla__database_leave(database);
    sla__database_fini(database);
}

/* Connected, and gone again.  It takes no lock: each is a transaction. */
static int visit(const sla_sqlite_options *options, bool existing, sla__connect_how how,
                 sla_error *error)
{
    sla__database database;
    int result = begin(&database, options, existing, error);

    if (result != SLA_OK)
        return result;
    result = sla__lock_may_write(&database.lock, error);
    if (result == SLA_OK)
        result = sla__database_connect(&database, how, error);
    end(&database);
    return result;
}

int sla_store_sqlite_init(const sla_sqlite_options *options, sla_error *error)
{
    return visit(options, false, SLA__CONNECT_INIT, error);
}

int sla_store_sqlite_migrate(const sla_sqlite_options *options, sla_error *error)
{
    return visit(options, true, SLA__CONNECT_TABLES, error);
}

int sla_store_sqlite_check(const sla_sqlite_options *options,
                           void (*complaint)(void *context, const char *text), void *context,
                           sla_error *error)
{
    sla__database database;
    int result = begin(&database, options, true, error);

    if (result != SLA_OK)
        return result;
    result = sla__database_look(&database, error);
    if (result == SLA_OK)
        result = sla__check(&database, complaint, context, error);
    end(&database);
    return result;
}

int sla_store_sqlite_inspect(const sla_sqlite_options *options,
                             void (*complaint)(void *context,
                                               const sla_ticket_complaint *complaint),
                             void (*progress)(void *context, uint64_t done, uint64_t of),
                             void *context, sla_error *error)
{
    sla__database database;
    int result = begin(&database, options, true, error);

    if (result != SLA_OK)
        return result;
    result = sla__database_look(&database, error);
    if (result == SLA_OK)
        result = sla__inspect(&database, complaint, progress, context, error);
    end(&database);
    return result;
}
