/* options.h - what a program says of a file: every call reads it in the same way. */
#ifndef SLA_SQLITE_OPTIONS_H
#define SLA_SQLITE_OPTIONS_H

#include <string.h>

#include <sla/sqlite.h>

#include "base/alloc.h"
#include "base/options.h"
#include "sqlite/fail.h"

/* Into `wanted_out`, defaults where `options` has nothing. */
static inline int sla__options_of_sqlite(const sla_sqlite_options *options,
                                         sla_sqlite_options *wanted_out, sla_error *error)
{
    const sla_sqlite_options defaults = SLA_SQLITE_OPTIONS_INIT;
    const char *why;

    if (error != NULL)
        memset(error, 0, sizeof *error);
    *wanted_out = defaults;
    why = options == NULL ? "options is NULL"
                          : sla__options_read(wanted_out, sizeof *wanted_out,
                                              offsetof(sla_sqlite_options, existing), options);
    if (why == NULL)
        why = wanted_out->path != NULL ? sla__allocator_why_not(wanted_out->allocator)
                                       : "path is NULL";
    return why == NULL ? SLA_OK : sla__fail(error, SLA_ERR_ARGUMENT, "", "%s", why);
}

#endif
