/* options.c - see options.h. */
#include "pg/options.h"

#include <libpq-fe.h>
#include <string.h>

#include "base/alloc.h"
#include "base/options.h"
#include "pg/errors.h"
#include "pg/statements.h"

/* libpq's complaint may hold the string, and with it a password. */
static bool is_readable(const char *conninfo)
{
    char *complaint = NULL;
    PQconninfoOption *const options = PQconninfoParse(conninfo, &complaint);
    const bool good = options != NULL;

    PQconninfoFree(options);
    PQfreemem(complaint);
    return good;
}

int sla__pg_options_read(const sla_pg_options *options, sla_pg_options *given_out, sla_error *error)
{
    const sla_pg_options defaults = SLA_PG_OPTIONS_INIT;
    const char *why;

    if (error != NULL)
        memset(error, 0, sizeof *error);
    *given_out = defaults;
    why = options == NULL ? "options is NULL"
                          : sla__options_read(given_out, sizeof defaults,
                                              offsetof(sla_pg_options, schema), options);
    if (why == NULL)
        why = sla__allocator_why_not(given_out->allocator);
    if (why != NULL)
        return sla__pg_error(error, SLA_ERR_ARGUMENT, "%s", why);
    if (given_out->conninfo == NULL)
        given_out->conninfo = "";
    if (given_out->schema == NULL)
        given_out->schema = "sla";
    if (!sla__pg_is_schema(given_out->schema))
        return sla__pg_error(error, SLA_ERR_ARGUMENT,
                             "the schema's name must be [a-z_][a-z0-9_]{0,62}");
    if (given_out->lease < 0 || given_out->connect_limit < 0 || given_out->answer_limit < 0)
        return sla__pg_error(error, SLA_ERR_ARGUMENT, "%s is below 0",
                             given_out->lease < 0           ? "lease"
                             : given_out->connect_limit < 0 ? "connect_limit"
                                                            : "answer_limit");
    if (!is_readable(given_out->conninfo))
        return sla__pg_error(error, SLA_ERR_ARGUMENT,
                             "libpq cannot read the connection string: write key=value pairs, "
                             "or postgresql://user@host/database");
    return SLA_OK;
}
