/* fail.c - see fail.h. */
#include "sqlite/fail.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The end of a path says more than its beginning. */
static void set_source(sla_error *error, const char *path)
{
    const size_t length = strlen(path);
    const size_t room = sizeof error->source - 1;

    snprintf(error->source, sizeof error->source, "%s",
             length > room ? path + length - room : path);
}

int sla__fail(sla_error *error, int result, const char *path, const char *format, ...)
{
    va_list arguments;

    if (error == NULL)
        return result;
    memset(error, 0, sizeof *error);
    error->code = result;
    set_source(error, path);
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return result;
}

int sla__fail_of_sqlite(int code)
{
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return SLA_OK;
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
        return SLA_ERR_REFUSED;
    default:
        return SLA_ERR_STORE;
    }
}
