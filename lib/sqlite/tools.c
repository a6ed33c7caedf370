/*
 * tools.c - what is done to a file while no service has it: made, brought up, checked.
 */
#include <sla/sqlite.h>

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "sqlite/check.h"
#include "sqlite/database.h"
#include "sqlite/fail.h"

/* The file, locked and connected to.  Whatever comes of it, fini follows. */
static int begin(sla__database *database, const sla_sqlite_options *options, bool existing,
                 sla_error *error)
{
    sla_sqlite_options wanted = SLA_SQLITE_OPTIONS_INIT;
    sla_allocator allocator;
    int result;

    assert(options != NULL);
    memcpy(&wanted, options, options->size < sizeof wanted ? options->size : sizeof wanted);
    allocator = sla__allocator_or_default(wanted.allocator);
    existing = existing || wanted.existing;
    result = sla__database_init(database, &allocator, wanted.path, existing, error);
    return result != SLA_OK
               ? result
               : sla__database_connect(database, existing ? SLA__CONNECT_KEEP : SLA__CONNECT_MAKE,
                                       error);
}

int sla_store_sqlite_init(const sla_sqlite_options *options, sla_error *error)
{
    sla__database database;
    const int result = begin(&database, options, false, error);

    sla__database_fini(&database);
    return result;
}

int sla_store_sqlite_migrate(const sla_sqlite_options *options, sla_error *error)
{
    sla__database database;
    const int result = begin(&database, options, true, error);

    sla__database_fini(&database);
    return result;
}

int sla_store_sqlite_check(const sla_sqlite_options *options,
                           void (*complaint)(void *context, const char *text), void *context,
                           sla_error *error)
{
    sla__database database;
    int result = begin(&database, options, true, error);

    if (result == SLA_OK)
        result = sla__check(&database, complaint, context, error);
    sla__database_fini(&database);
    return result;
}
