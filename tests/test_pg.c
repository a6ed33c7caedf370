/* test_pg.c - Goal: the store in PostgreSQL keeps its word.  Method: the suite that
 * every store has to pass, on a server of the tests' own. */
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "pg_server.h"
#include "store_conformance.h"

static char conninfo[256];

/* Emptying is much faster than making anew. */
static const char empty_it[] =
    "TRUNCATE sla.ticket, sla.fact, sla.event, sla.consumer, sla.mark, sla.world, sla.document, "
    "sla.writer; UPDATE sla.shard SET epoch = 0, owner = NULL, expires_at = NULL";

static void prepare(void)
{
    const char *const folder = pg_server_folder();

    if (conninfo[0] == '\0') {
        snprintf(conninfo, sizeof conninfo, "%s",
                 pg_server_conninfo(folder, pg_server_database(folder), "sla_test"));
        pg_server_make_schema(conninfo);
    }
}

static sla_store *make(bool pooled)
{
    sla_pg_options options = SLA_PG_OPTIONS_INIT;
    sla_store *store = NULL;
    sla_error error;

    options.conninfo = conninfo;
    options.lease = 0;
    options.pooled = pooled;
    CHECK_OK_OR_SAY(sla_store_pg_new(&options, &store, &error), &error);
    return store;
}

static sla_store *fresh(void *context)
{
    (void)context;
    prepare();
    pg_server_say(conninfo, empty_it);
    return make(false);
}

static sla_store *again(void *context)
{
    (void)context;
    return make(false);
}

static void forget(void *context)
{
    (void)context;
}

static const store_maker maker = {"postgresql", NULL, fresh, again, forget, false};

STORE_CONFORMANCE(maker)
