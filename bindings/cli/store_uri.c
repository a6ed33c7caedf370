/* store_uri.c - see store_uri.h. */
#include "store_uri.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sla/pg.h>
#include <sla/sqlite.h>

#include "cli.h"
#include "secret.h"

enum { KEY_STORE = 600, KEY_SCHEMA, KEY_POOLED };

void store_uri_init(store_uri *u)
{
    memset(u, 0, sizeof *u);
}

/* A password is not left lying about. */
void store_uri_fini(store_uri *u)
{
    if (u->where != NULL)
        explicit_bzero(u->where, strlen(u->where));
    free(u->where);
    u->where = NULL;
}

/* ------------------------------------------------------------ reading it */

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* sqlite:PATH, sqlite:///absolute/path.  What looks like parameters is no part of a name by
 * mistake; ./ before it says that it is meant. */
static char *path_of(char *text)
{
    if (begins(text, "//"))
        text = text[2] == '/' ? text + 2 : text + strlen(text);
    if (begins(text, "file:")) {
        say("%s: sqlite: takes a path, not another URI; a file of such a name is sqlite:./NAME",
            text);
        return NULL;
    }
    if (strchr(text, '?') == NULL || begins(text, "./"))
        return text;
    say("%s: sqlite: takes no parameters, which '?' begins; a file of such a name is "
        "sqlite:./NAME",
        text);
    return NULL;
}

/* Where the record is in `text`, and what kind it is; NULL after a complaint. */
static char *read_uri(store_uri *u, char *text)
{
    char *where = text + strlen(text);

    if (strcmp(text, "memory:") == 0) {
        u->kind = STORE_MEMORY;
        where = text;
    } else if (begins(text, "sqlite:")) {
        u->kind = STORE_SQLITE;
        where = path_of(text + strlen("sqlite:"));
    } else if (begins(text, "postgresql://") || begins(text, "postgres://")) {
        u->kind = STORE_PG;
        where = text;
    } else if (begins(text, "postgresql:")) {
        u->kind = STORE_PG;
        where = text + strlen("postgresql:");
    }
    if (where == NULL || where[0] != '\0')
        return where;
    if (strcmp(text, "sqlite:") == 0) {
        say("sqlite: wants the path of a file behind it: sqlite:PATH");
        return NULL;
    }
    say("a store is sqlite:PATH, sqlite:///PATH, postgresql://..., postgresql:service=NAME "
        "or memory:");
    return NULL;
}

bool store_uri_take(store_uri *u, char *text)
{
    char *where = read_uri(u, text);

    if (where == NULL)
        return false;
    store_uri_fini(u);
    u->shown = where;
    where = secret_of(where);
    u->where = need_copy(where, strlen(where));
    u->given = true;
    return true;
}

void store_uri_usual(store_uri *u)
{
    u->kind = STORE_SQLITE;
    u->where = need_copy("sla.db", strlen("sla.db"));
    u->shown = "sla.db";
}

bool store_uri_take_files(const store_uri *u, taken *t)
{
    return u->kind != STORE_SQLITE || u->where == NULL || taken_keep(t, u->where, u->shown);
}

const char *store_uri_name(const store_uri *u)
{
    return u->kind == STORE_SQLITE ? u->shown : u->kind == STORE_PG ? "postgresql" : "memory";
}

/* ------------------------------------------------------------ opening it */

int store_uri_complain(const store_uri *u, int result, const sla_error *error)
{
    sla_error own = *error;

    if (result == SLA_ERR_NOMEM)
        give_up("out of memory");
    secret_blot(own.text);
    if (begins(own.text, store_uri_name(u)))
        say("%s", own.text);
    else
        say("%s: %s", store_uri_name(u), own.text[0] != '\0' ? own.text : sla_result_text(result));
    if (result == SLA_ERR_ARGUMENT)
        return EXIT_USAGE;
    return result == SLA_ERR_BUSY || result == SLA_ERR_FENCED ? EXIT_HELD : EXIT_MACHINE;
}

int store_uri_look(const store_uri *u)
{
    struct stat status;

    if (u->kind != STORE_SQLITE || stat(u->where, &status) != 0 || S_ISREG(status.st_mode))
        return EXIT_FINE;
    say("%s: is %s: a store is a file", u->shown,
        S_ISDIR(status.st_mode)    ? "a folder"
        : S_ISFIFO(status.st_mode) ? "a pipe"
                                   : "a device or a socket");
    return EXIT_MACHINE;
}

bool store_uri_can_be_made(const store_uri *u)
{
    const char *slash = strrchr(u->where, '/');
    char *folder =
        slash == NULL ? need_copy(".", 1) : need_copy(u->where, (size_t)(slash - u->where) + 1);
    const bool fine = access(folder, W_OK | X_OK) == 0;

    if (!fine)
        say("%s: cannot be made in its folder: %s", u->shown, strerror(errno));
    free(folder);
    return fine;
}

int store_uri_open(const store_uri *u, bool existing, sla_store **store_out)
{
    sla_sqlite_options sqlite = SLA_SQLITE_OPTIONS_INIT;
    sla_pg_options pg = SLA_PG_OPTIONS_INIT;
    sla_error error = {0};
    int result = store_uri_look(u);

    if (result != EXIT_FINE)
        return result;
    switch (u->kind) {
    case STORE_SQLITE:
        sqlite.path = u->where;
        sqlite.existing = existing;
        result = sla_store_sqlite_new(&sqlite, store_out, &error);
        break;
    case STORE_PG:
        pg.conninfo = u->where;
        pg.schema = u->schema;
        pg.pooled = u->pooled;
        result = sla_store_pg_new(&pg, store_out, &error);
        break;
    default:
        result = sla_store_memory_new(NULL, store_out);
    }
    return result == SLA_OK ? EXIT_FINE : store_uri_complain(u, result, &error);
}

/* ------------------------------------------------------------ options */

static const struct argp_option detail_options[] = {
    {"schema", KEY_SCHEMA, "NAME", 0, "of PostgreSQL: the schema of its tables (sla)", 0},
    {"pooled", KEY_POOLED, NULL, 0,
     "of PostgreSQL: a pooler stands before it that shares connections between transactions", 0},
    {0},
};

static const struct argp_option store_options[] = {
    {"store", KEY_STORE, "URI", 0,
     "the record: sqlite:PATH, postgresql://..., postgresql:service=NAME or memory:", 0},
    {0},
};

void store_uri_check(const store_uri *u, const struct argp_state *state)
{
    if ((u->schema != NULL || u->pooled) && (!u->given || u->kind != STORE_PG))
        argp_error(state, "--schema and --pooled are of PostgreSQL");
}

static error_t parse_detail(int key, char *text, struct argp_state *state)
{
    store_uri *u = state->input;

    switch (key) {
    case KEY_SCHEMA:
        u->schema = text;
        return 0;
    case KEY_POOLED:
        u->pooled = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_store(int key, char *text, struct argp_state *state)
{
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = state->input;
        return 0;
    case KEY_STORE:
        if (!store_uri_take(state->input, text))
            exit(EXIT_USAGE);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp store_detail_argp = {detail_options, parse_detail, NULL, NULL, NULL, NULL, NULL};

static const struct argp_child store_children[] = {{&store_detail_argp, 0, NULL, 0}, {0}};
const struct argp store_argp = {store_options, parse_store, NULL, NULL, store_children, NULL, NULL};
