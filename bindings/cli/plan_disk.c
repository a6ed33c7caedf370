/* plan_disk.c - see plan_disk.h. */
#include "plan_disk.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"

static uint64_t file_bytes(const char *path, const char *end)
{
    char *name = need_memory(strlen(path) + strlen(end) + 1, 1);
    struct stat status;
    const bool there = (sprintf(name, "%s%s", path, end), stat(name, &status)) == 0;

    free(name);
    return there ? (uint64_t)status.st_size : 0;
}

static int table_bytes(const store_uri *uri, uint64_t *bytes_out)
{
    static const char question[] =
        "select coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint from pg_class c"
        " join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = $1 and c.relkind in ('r', 'm')";
    const char *const schema = uri->schema != NULL ? uri->schema : "sla";
    PGconn *connection = PQconnectdb(uri->where);
    PGresult *result = NULL;
    int status = EXIT_MACHINE;

    if (PQstatus(connection) == CONNECTION_OK)
        result = PQexecParams(connection, question, 1, NULL, &schema, NULL, NULL, 0);
    if (result != NULL && PQresultStatus(result) == PGRES_TUPLES_OK) {
        *bytes_out = strtoull(PQgetvalue(result, 0, 0), NULL, 10);
        status = EXIT_FINE;
    } else {
        say("%s: its tables cannot be measured", store_uri_name(uri));
    }
    PQclear(result);
    PQfinish(connection);
    return status;
}

int plan_disk_bytes(const store_uri *uri, uint64_t *bytes_out)
{
    *bytes_out = 0;
    if (uri->kind == STORE_SQLITE)
        *bytes_out = file_bytes(uri->where, "") + file_bytes(uri->where, "-wal");
    return uri->kind == STORE_PG ? table_bytes(uri, bytes_out) : EXIT_FINE;
}
