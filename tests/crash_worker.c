/*
 * crash_worker.c - the process that dies (crash_work.h).
 *
 *     crash_worker postgresql CONNINFO LEASE_US | sqlite PATH 0
 *         SERIES NOW ANSWERED POINT COUNT PATIENCE_US
 *
 * ANSWERED has a digit for each fact, 1 where it is on the record.  The journal goes
 * to standard output.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sla/pg.h>
#include <sla/sqlite.h>

#include "crash_work.h"
#include "support/check.h"

enum { STALLED = 4 };

static sla_store *open_store(char **arguments)
{
    sla_store *store = NULL;
    sla_error error;

    if (strcmp(arguments[0], "sqlite") == 0) {
        sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;

        options.path = arguments[1];
        CHECK_OK_OR_SAY(sla_store_sqlite_new(&options, &store, &error), &error);
    } else {
        sla_pg_options options = SLA_PG_OPTIONS_INIT;

        options.conninfo = arguments[1];
        options.lease = strtoll(arguments[2], NULL, 10);
        CHECK_OK_OR_SAY(sla_store_pg_new(&options, &store, &error), &error);
    }
    return store;
}

int main(int count, char **arguments)
{
    crash_series series;
    bool complete;

    if (count != 10)
        return 2;
    crash_series_init(&series, (unsigned)strtoul(arguments[4], NULL, 10));
    series.now = strtoll(arguments[5], NULL, 10);
    for (size_t i = 0; i < CRASH_FACTS; i++)
        series.answered[i] = arguments[6][i] == '1';
    complete = crash_work(
        &series, open_store(arguments + 1), STDOUT_FILENO, (crash_point)atoi(arguments[7]),
        (unsigned)strtoul(arguments[8], NULL, 10), strtoll(arguments[9], NULL, 10));
    crash_series_fini(&series);
    return complete ? 0 : STALLED;
}
