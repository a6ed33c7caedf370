/* bench_store_server.c - see bench_store.h: a server for the run. */
#include "bench_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sla/pg.h>

static int script(const char *words)
{
    char command[512];
    int status;

    snprintf(command, sizeof command, "SLA_PG_NAPTIME=1min sh '%s/tests/pg_server.sh' %s >&2",
             SLA_SOURCE_DIR, words);
    fflush(NULL);
    status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool bench_say(bench_server *server, const char *sql)
{
    PGresult *const result = PQexec(server->bare, sql);
    const bool good =
        PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;

    if (!good)
        fprintf(stderr, "sla-bench: %s: %s", sql, PQresultErrorMessage(result));
    PQclear(result);
    return good;
}

int64_t bench_ask(bench_server *server, const char *sql)
{
    PGresult *const result = PQexec(server->bare, sql);
    const int64_t number =
        PQntuples(result) == 1 ? strtoll(PQgetvalue(result, 0, 0), NULL, 10) : -1;

    if (number < 0)
        fprintf(stderr, "sla-bench: %s: %s", sql, PQresultErrorMessage(result));
    PQclear(result);
    return number;
}

/* The table of a plain design: two indexes, a JSON value; and what a poller wants. */
static const char bare_tables[] =
    "CREATE TABLE bare (id bigserial PRIMARY KEY, ext_id text NOT NULL UNIQUE, policy int, "
    "grade smallint, opened_at timestamptz, state smallint, attrs jsonb); "
    "CREATE TABLE due (id bigint PRIMARY KEY, due_at timestamptz NOT NULL, "
    "state smallint NOT NULL); "
    "CREATE INDEX ON due (due_at) WHERE state = 0";

static bool connect_and_make(bench_server *server)
{
    sla_pg_options options = SLA_PG_OPTIONS_INIT;
    sla_error error;
    PGconn *admin;
    PGresult *made;
    bool good;

    snprintf(server->conninfo, sizeof server->conninfo, "host=%s dbname=postgres user=sla_admin",
             server->folder);
    admin = PQconnectdb(server->conninfo);
    made = PQexec(admin, "CREATE DATABASE bench OWNER sla_test TEMPLATE template0");
    good = PQresultStatus(made) == PGRES_COMMAND_OK;
    PQclear(made);
    PQclear(PQexec(admin, "GRANT pg_checkpoint TO sla_test")); /* from 15 on */
    PQfinish(admin);
    snprintf(server->conninfo, sizeof server->conninfo, "host=%s dbname=bench user=sla_test",
             server->folder);
    server->bare = PQconnectdb(server->conninfo);
    options.conninfo = server->conninfo;
    return good && PQstatus(server->bare) == CONNECTION_OK &&
           sla_store_pg_init(&options, &error) == SLA_OK && bench_say(server, bare_tables);
}

bool bench_server_start(bench_server *server, const char **why)
{
    char words[128];
    FILE *file;
    int result;

    memset(server, 0, sizeof *server);
    snprintf(server->file, sizeof server->file, "/tmp/sla-bench-of.%d", (int)getpid());
    snprintf(words, sizeof words, "start %s %d", server->file, (int)getpid());
    result = script(words);
    *why = result == 77 ? "no PostgreSQL server that can be started here"
                        : "the PostgreSQL server did not start";
    if (result != 0)
        return false;
    file = fopen(server->file, "r");
    if (file == NULL || fscanf(file, "%127s", server->folder) != 1)
        server->folder[0] = '\0';
    if (file != NULL)
        fclose(file);
    if (connect_and_make(server))
        return true;
    bench_server_stop(server);
    return false;
}

void bench_server_stop(bench_server *server)
{
    char words[128];

    PQfinish(server->bare);
    server->bare = NULL;
    snprintf(words, sizeof words, "stop %s", server->file);
    script(words);
}

bool bench_server_empty(bench_server *server)
{
    return bench_say(server, "TRUNCATE sla.ticket, sla.fact, sla.event, sla.consumer, sla.mark, "
                             "sla.world, sla.document, sla.writer, bare, due RESTART IDENTITY") &&
           bench_say(server, PQserverVersion(server->bare) >= 150000 ? "CHECKPOINT" : "SELECT 1");
}
