/* pg_maker.c - see pg_maker.h. */
#include "pg_maker.h"

#include <stdio.h>

#include "pg_server.h"

/* Emptying is much faster than making anew. */
static const char empty_it[] =
    "DELETE FROM sla.ticket; DELETE FROM sla.fact; DELETE FROM sla.event; "
    "DELETE FROM sla.consumer; DELETE FROM sla.mark; DELETE FROM sla.world; "
    "DELETE FROM sla.document; DELETE FROM sla.writer; "
    "UPDATE sla.shard SET epoch = 0, owner = NULL, expires_at = NULL";

sla_store *pg_maker_fresh(void *context)
{
    pg_maker *const maker = context;
    const char *const folder = pg_server_folder();

    if (maker->conninfo[0] == '\0') {
        snprintf(maker->conninfo, sizeof maker->conninfo, "%s",
                 pg_server_conninfo(folder, pg_server_database(folder), "sla_test"));
        pg_server_make_schema(maker->conninfo);
    }
    pg_server_say(maker->conninfo, empty_it);
    return pg_maker_again(context);
}

sla_store *pg_maker_again(void *context)
{
    const pg_maker *const maker = context;
    sla_pg_options options = SLA_PG_OPTIONS_INIT;
    sla_store *store = NULL;
    sla_error error;

    options.conninfo = maker->conninfo;
    options.lease = 0;
    options.pooled = maker->pooled;
    CHECK_OK_OR_SAY(sla_store_pg_new(&options, &store, &error), &error);
    return store;
}

void pg_maker_forget(void *context)
{
    (void)context;
}
