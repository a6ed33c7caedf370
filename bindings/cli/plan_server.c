/* plan_server.c - see plan_server.h. */
#include "plan_server.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "cli.h"
#include "host_clock.h"

/* ------------------------------------------------------------ processes of this machine */

/* The beginning of a file of /proc as a text; false where it cannot be read. */
static bool read_proc(const char *process, const char *name, char *text, size_t size)
{
    char path[64];
    FILE *file;
    size_t length;

    snprintf(path, sizeof path, "/proc/%.20s/%s", process, name);
    file = fopen(path, "r");
    if (file == NULL)
        return false;
    length = fread(text, 1, size - 1, file);
    text[length] = '\0';
    fclose(file);
    return length > 0;
}

/* Seconds that it was on a processor. */
static bool process_cpu(const char *process, double *seconds_out)
{
    char text[128];

    if (!read_proc(process, "schedstat", text, sizeof text))
        return false;
    *seconds_out += strtod(text, NULL) / 1e9;
    return true;
}

/* Its parent; 0 where it is none of PostgreSQL's, which say so in their command line. */
static pid_t parent_of(const char *process, const char *role)
{
    char text[512], line[256];
    const char *behind_name;
    int parent = 0;

    if (!read_proc(process, "cmdline", line, sizeof line) || strncmp(line, "postgres: ", 10) != 0 ||
        strstr(line, role) == NULL || !read_proc(process, "stat", text, sizeof text))
        return 0;
    behind_name = strrchr(text, ')');
    return behind_name != NULL && sscanf(behind_name, ") %*c %d", &parent) == 1 ? parent : 0;
}

/* What the process has done since it was looked at last; of a new one with that number, or one
 * seen for the first time, all. */
static void add_writer(plan_server *server, pid_t process, double seconds)
{
    plan_writer *writer;
    size_t i = 0;

    while (i < server->writer_count && server->writers[i].process != process)
        i++;
    if (i == server->writer_count) {
        server->writers = need_room(server->writers, &server->writer_capacity,
                                    server->writer_count + 1, sizeof *server->writers);
        server->writers[server->writer_count++] = (plan_writer){process, 0};
    }
    writer = &server->writers[i];
    server->writers_cpu += seconds - (seconds >= writer->seconds ? writer->seconds : 0);
    writer->seconds = seconds;
}

/* One of them may end between two looks: what it has done stays counted. */
static bool writers_cpu(plan_server *server, double *seconds_out)
{
    static const char *const roles[] = {"walwriter", "checkpointer", "background writer",
                                        "autovacuum"};
    DIR *folder = opendir("/proc");
    const struct dirent *entry;
    bool any = false;

    while (folder != NULL && (entry = readdir(folder)) != NULL)
        for (size_t i = 0; entry->d_name[0] >= '1' && entry->d_name[0] <= '9' && i < 4; i++) {
            double seconds = 0;

            if (parent_of(entry->d_name, roles[i]) == server->postmaster &&
                process_cpu(entry->d_name, &seconds)) {
                add_writer(server, (pid_t)atoi(entry->d_name), seconds);
                any = true;
            }
        }
    if (folder != NULL)
        closedir(folder);
    *seconds_out = server->writers_cpu;
    return any;
}

static double own_cpu(void)
{
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static bool own_written(uint64_t *bytes_out)
{
    static const char word[] = "\nwrite_bytes: ";
    char text[512];
    const char *found;

    if (!read_proc("self", "io", text, sizeof text) || (found = strstr(text, word)) == NULL)
        return false;
    *bytes_out = strtoull(found + sizeof word - 1, NULL, 10);
    return true;
}

/* ------------------------------------------------------------ the server */

/* The answer to a question with one parameter; NULL where there is none. */
static PGresult *ask_once(const plan_server *server, const char *question, const char *parameter)
{
    PGresult *result = PQexecParams(server->connection, question, parameter != NULL, NULL,
                                    &parameter, NULL, NULL, 0);

    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) > 0 &&
        !PQgetisnull(result, 0, 0))
        return result;
    PQclear(result);
    return NULL;
}

/* A server may end a session that says nothing for long; what it counts goes on. */
static PGresult *ask(plan_server *server, const char *question, const char *parameter)
{
    PGresult *result = ask_once(server, question, parameter);

    if (result != NULL || PQstatus(server->connection) == CONNECTION_OK)
        return result;
    PQreset(server->connection);
    if (PQstatus(server->connection) == CONNECTION_OK)
        return ask_once(server, question, parameter);
    server->mute = true;
    return NULL;
}

static bool ask_number(plan_server *server, const char *question, const char *parameter,
                       uint64_t *number_out)
{
    PGresult *result = ask(server, question, parameter);

    if (result == NULL)
        return false;
    *number_out = strtoull(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return true;
}

static const char *schema_of(const plan_server *server)
{
    return server->uri->schema != NULL ? server->uri->schema : "sla";
}

/* Processes of our user in this database, but for the one that answers. */
static size_t backends(plan_server *server, pid_t *list)
{
    PGresult *result = ask(server,
                           "select pid from pg_stat_activity where pid <> pg_backend_pid()"
                           " and datname = current_database() and usename = current_user",
                           NULL);
    const int rows = result != NULL ? PQntuples(result) : 0;
    size_t count = 0;

    for (int i = 0; i < rows && count < PLAN_BACKENDS_MAX; i++)
        list[count++] = (pid_t)atoi(PQgetvalue(result, i, 0));
    PQclear(result);
    return count;
}

int plan_server_open(plan_server *server, const store_uri *uri)
{
    /* What stands before the connection string is overruled by it. */
    static const char *const keywords[] = {"fallback_application_name", "connect_timeout", "dbname",
                                           NULL};
    const char *const values[] = {"sla plan", "5", uri->where, NULL};

    *server = (plan_server){.uri = uri};
    if (uri->kind != STORE_PG)
        return EXIT_FINE;
    server->connection = PQconnectdbParams(keywords, values, 1);
    if (PQstatus(server->connection) != CONNECTION_OK) {
        say("%s: cannot be asked what it does", store_uri_name(uri));
        plan_server_close(server);
        return EXIT_MACHINE;
    }
    server->before_count = backends(server, server->before);
    return EXIT_FINE;
}

static bool was_there(const plan_server *server, pid_t process)
{
    for (size_t i = 0; i < server->before_count; i++)
        if (server->before[i] == process)
            return true;
    return false;
}

/* Numbers of processes mean something where the server is on this machine: then /proc knows
 * them as PostgreSQL's. */
void plan_server_find(plan_server *server)
{
    pid_t now[PLAN_BACKENDS_MAX];
    const size_t count = server->connection != NULL ? backends(server, now) : 0;

    if (server->before_count == PLAN_BACKENDS_MAX)
        return; /* there may be more: nobody knows which are new */
    for (size_t i = 0; i < count; i++) {
        char process[24];
        pid_t parent;

        snprintf(process, sizeof process, "%d", (int)now[i]);
        parent = parent_of(process, PQdb(server->connection));
        if (was_there(server, now[i]) || parent == 0)
            continue;
        server->postmaster = parent;
        server->own[server->own_count++] = now[i];
    }
}

static bool server_cpu(plan_server *server, double *seconds_out)
{
    bool all = server->own_count > 0;

    for (size_t i = 0; i < server->own_count; i++) {
        char process[24];

        snprintf(process, sizeof process, "%d", (int)server->own[i]);
        all &= process_cpu(process, seconds_out);
    }
    server->own_ended |= server->own_count > 0 && !all;
    return all;
}

void plan_server_look(plan_server *server, plan_counters *counters)
{
    *counters = (plan_counters){
        .any = true, .cpu = own_cpu(), .wall = (double)monotonic_now() / (double)SLA_SECOND};
    counters->has_written = server->uri->kind == STORE_SQLITE && own_written(&counters->written);
    counters->has_server_cpu = server_cpu(server, &counters->server_cpu);
    counters->has_writers_cpu =
        server->own_count > 0 && writers_cpu(server, &counters->writers_cpu);
    if (server->connection != NULL)
        counters->has_wal =
            ask_number(server, "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')", NULL,
                       &counters->wal);
}

void plan_server_say(const plan_server *server)
{
    if (server->mute)
        say("%s: the session that asks the server what it does was lost: figures of its log, rows "
            "and disk are left out",
            store_uri_name(server->uri));
    if (server->own_ended)
        say("%s: a session of the service was lost: figures of the server's processor time for it "
            "are left out",
            store_uri_name(server->uri));
}

bool plan_server_rows(plan_server *server, uint64_t *rows_out)
{
    return server->connection != NULL &&
           ask_number(server,
                      "select sum(n_tup_ins + n_tup_upd + n_tup_del) from pg_stat_user_tables"
                      " where schemaname = $1",
                      schema_of(server), rows_out);
}

/* ------------------------------------------------------------ the disk */

static uint64_t file_bytes(const char *path, const char *end)
{
    char *name = need_memory(strlen(path) + strlen(end) + 1, 1);
    struct stat status;
    const bool there = (sprintf(name, "%s%s", path, end), stat(name, &status)) == 0;

    free(name);
    return there ? (uint64_t)status.st_size : 0;
}

plan_disk plan_server_disk(plan_server *server)
{
    static const char sum[] = "select coalesce(sum(%s(c.oid)), 0)::bigint from pg_class c"
                              " join pg_namespace n on n.oid = c.relnamespace"
                              " where n.nspname = $1 and c.relkind in ('r', 'm')";
    const store_uri *const uri = server->uri;
    plan_disk disk = {.known = uri->kind == STORE_SQLITE};
    char question[sizeof sum + 32];

    if (uri->kind == STORE_SQLITE)
        disk.tables = file_bytes(uri->where, "") + file_bytes(uri->where, "-wal");
    if (server->connection == NULL)
        return disk;
    snprintf(question, sizeof question, sum, "pg_table_size");
    disk.known = ask_number(server, question, schema_of(server), &disk.tables);
    snprintf(question, sizeof question, sum, "pg_indexes_size");
    disk.known &= ask_number(server, question, schema_of(server), &disk.indexes);
    return disk;
}

void plan_server_close(plan_server *server)
{
    PQfinish(server->connection);
    server->connection = NULL;
    free(server->writers);
    server->writers = NULL;
}
