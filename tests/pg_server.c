/* pg_server.c - see pg_server.h. */
#include "pg_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/check.h"

enum { SKIPPED = 77 };

static char own_file[64];

/* The script with these words behind it; its exit code. */
static int script(const char *words)
{
    char command[1024];
    int status;

    snprintf(command, sizeof command, "sh %s %s", check_source_path("tests/pg_server.sh"), words);
    fflush(NULL);
    status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void stop_own(void)
{
    char words[128];

    snprintf(words, sizeof words, "stop %s", own_file);
    script(words);
}

static bool read_folder(const char *file, char *folder, size_t size)
{
    FILE *const stream = fopen(file, "r");
    bool good;

    if (stream == NULL)
        return false;
    good = fgets(folder, (int)size, stream) != NULL;
    fclose(stream);
    folder[strcspn(folder, "\n")] = '\0';
    return good;
}

const char *pg_server_own_folder(void)
{
    static char folder[128];
    char words[128];
    int result;

    if (folder[0] != '\0')
        return folder;
    snprintf(own_file, sizeof own_file, "/tmp/sla-pg-of.%d", (int)getpid());
    snprintf(words, sizeof words, "start %s %d", own_file, (int)getpid());
    result = script(words);
    if (result == SKIPPED)
        CHECK_SKIP("no PostgreSQL server that can be started here");
    CHECK_EQ("a server of our own", 0, result);
    atexit(stop_own);
    CHECK_TRUE("it has a folder", read_folder(own_file, folder, sizeof folder));
    return folder;
}

const char *pg_server_folder(void)
{
    static char folder[128];
    const char *const file = getenv("SLA_PG_SERVER");

    if (file == NULL || !read_folder(file, folder, sizeof folder))
        return pg_server_own_folder();
    return folder;
}

void pg_server_kill(const char *folder)
{
    char words[160];

    snprintf(words, sizeof words, "kill %s", folder);
    CHECK_EQ("the server is killed", 0, script(words));
}

void pg_server_up(const char *folder)
{
    char words[160];

    snprintf(words, sizeof words, "up %s", folder);
    CHECK_EQ("the server is up again", 0, script(words));
}

const char *pg_server_conninfo(const char *folder, const char *database, const char *user)
{
    static char conninfo[256];

    snprintf(conninfo, sizeof conninfo, "host=%s dbname=%s user=%s", folder, database, user);
    return conninfo;
}

const char *pg_server_say(const char *conninfo, const char *sql)
{
    static char value[1 << 16];
    PGconn *const connection = PQconnectdb(conninfo);
    PGresult *result;

    CHECK_STR("connected", "", PQerrorMessage(connection));
    result = PQexec(connection, sql);
    CHECK_STR(sql, "", PQresultErrorMessage(result));
    value[0] = '\0';
    if (PQntuples(result) > 0)
        snprintf(value, sizeof value, "%s", PQgetvalue(result, 0, 0));
    PQclear(result);
    PQfinish(connection);
    return value;
}

const char *pg_server_database(const char *folder)
{
    static char name[64];
    static unsigned count;
    char admin[256], sql[256];

    snprintf(name, sizeof name, "sla_%d_%u", (int)getpid(), ++count);
    snprintf(admin, sizeof admin, "%s", pg_server_conninfo(folder, "postgres", "sla_admin"));
    snprintf(sql, sizeof sql, "CREATE DATABASE %s OWNER sla_test TEMPLATE template0", name);
    pg_server_say(admin, sql);
    return name;
}

void pg_server_begin(char *conninfo, char *admin, size_t size)
{
    const char *const folder = pg_server_folder();
    const char *const database = pg_server_database(folder);

    snprintf(conninfo, size, "%s", pg_server_conninfo(folder, database, "sla_test"));
    snprintf(admin, size, "%s", pg_server_conninfo(folder, database, "sla_admin"));
}

void pg_server_make_schema(const char *conninfo)
{
    sla_pg_options options = SLA_PG_OPTIONS_INIT;
    sla_error error;

    pg_server_say(conninfo, "SET client_min_messages = warning; DROP SCHEMA IF EXISTS sla CASCADE");
    options.conninfo = conninfo;
    CHECK_OK_OR_SAY(sla_store_pg_init(&options, &error), &error);
}
