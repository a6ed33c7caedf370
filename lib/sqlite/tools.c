/*
 * tools.c - what is done to a file while no service has it: made, brought up, checked.
 */
#include <sla/sqlite.h>

#include "base/alloc.h"
#include "sqlite/check.h"
#include "sqlite/database.h"
#include "sqlite/options.h"

/* The file, locked and connected to.  Whatever comes of it, fini follows. */
static int begin(sla__database *database, const sla_sqlite_options *wanted, bool existing,
                 sla_error *error)
{
    const sla_allocator allocator = sla__allocator_or_default(wanted->allocator);
    const int result = sla__database_init(database, &allocator, wanted->path, existing, error);

    return result != SLA_OK
               ? result
               : sla__database_connect(database, existing ? SLA__CONNECT_KEEP : SLA__CONNECT_MAKE,
                                       error);
}

/* Brought up to this release's tables, or made where `existing` does not forbid it. */
static int open_and_close(const sla_sqlite_options *options, bool existing, sla_error *error)
{
    sla_sqlite_options wanted;
    sla__database database;
    int result = sla__options_of_sqlite(options, &wanted, error);

    if (result != SLA_OK)
        return result;
    result = begin(&database, &wanted, existing || wanted.existing, error);
    sla__database_fini(&database);
    return result;
}

int sla_store_sqlite_init(const sla_sqlite_options *options, sla_error *error)
{
    return open_and_close(options, false, error);
}

int sla_store_sqlite_migrate(const sla_sqlite_options *options, sla_error *error)
{
    return open_and_close(options, true, error);
}

int sla_store_sqlite_check(const sla_sqlite_options *options,
                           void (*complaint)(void *context, const char *text), void *context,
                           sla_error *error)
{
    sla_sqlite_options wanted;
    sla__database database;
    int result = sla__options_of_sqlite(options, &wanted, error);

    if (result != SLA_OK)
        return result;
    result = begin(&database, &wanted, true, error);
    if (result == SLA_OK)
        result = sla__check(&database, complaint, context, error);
    sla__database_fini(&database);
    return result;
}
