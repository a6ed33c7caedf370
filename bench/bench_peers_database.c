/* bench_peers_database.c - see bench_peers.h: a database that is as new for each turn. */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench_peers.h"

static void keep_quiet(void *context, const char *notice)
{
    (void)context, (void)notice;
}

/* The first value of the answer, 0 where there is none; below 0: the server complained. */
static double ask(const bench_server *server, const char *database, const char *sql)
{
    char conninfo[256];
    PGconn *connection;
    PGresult *result;
    double value = -1;

    snprintf(conninfo, sizeof conninfo, "host=%s dbname=%s user=sla_admin", server->folder,
             database);
    connection = PQconnectdb(conninfo);
    PQsetNoticeProcessor(connection, keep_quiet, NULL);
    result = PQexec(connection, sql);
    if (PQresultStatus(result) == PGRES_TUPLES_OK || PQresultStatus(result) == PGRES_COMMAND_OK)
        value = PQntuples(result) > 0 ? strtod(PQgetvalue(result, 0, 0), NULL) : 0;
    else
        fprintf(stderr, "sla-bench: %s", PQerrorMessage(connection));
    PQclear(result);
    PQfinish(connection);
    return value;
}

bool bench_peers_empty(const bench_server *server)
{
    /* The last one, so that nobody pays for what came before. */
    static const char *const statements[] = {
        "DROP DATABASE IF EXISTS " BENCH_PEERS_DATABASE " WITH (FORCE)",
        "CREATE DATABASE " BENCH_PEERS_DATABASE " OWNER sla_test TEMPLATE template0",
        "CHECKPOINT",
    };

    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        if (ask(server, "postgres", statements[i]) < 0)
            return false;
    return true;
}

size_t bench_peers_acknowledged(const bench_server *server)
{
    const double count =
        ask(server, BENCH_PEERS_DATABASE,
            "SELECT count(*) FROM sla.event AS e WHERE number <= (SELECT through FROM sla.consumer)"
            " OR EXISTS (SELECT FROM sla.mark AS m WHERE m.number = e.number)");

    return count < 0 ? 0 : (size_t)count;
}
