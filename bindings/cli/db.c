/* db.c - sla db: the tables of a store, made, brought up to this release, looked at. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla/pg.h>
#include <sla/sqlite.h>

#include "cli.h"
#include "output.h"
#include "plain.h"
#include "store_uri.h"

typedef enum db_work { DB_INIT, DB_MIGRATE, DB_CHECK } db_work;

static const char *const works[] = {"init", "migrate", "check"};
static const char *const done[] = {"the tables are there", "the tables are this release's",
                                   "all is well"};

typedef struct arguments {
    store_uri store;
    db_work work;
    char *uri;
    bool json;
} arguments;

static const struct argp_option options[] = {
    {"json", 'j', NULL, 0, "a JSON document instead of text", 0}, {0}};

static void take_work(arguments *a, const char *text, const struct argp_state *state)
{
    for (int i = 0; i <= DB_CHECK; i++)
        if (strcmp(text, works[i]) == 0) {
            a->work = (db_work)i;
            return;
        }
    argp_error(state, "'%s' is none of init, migrate, check", text);
}

static error_t parse(int key, char *text, struct argp_state *state)
{
    arguments *a = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &a->store;
        return 0;
    case 'j':
        a->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num == 0)
            take_work(a, text, state);
        else if (state->arg_num > 1)
            argp_error(state, "one URI");
        else
            a->uri = text;
        return 0;
    case ARGP_KEY_END:
        if (a->uri == NULL)
            argp_error(state, "sla db init, migrate or check, and the URI of a store");
        if (!store_uri_take(&a->store, a->uri))
            exit(EXIT_USAGE);
        if (a->store.kind == STORE_MEMORY)
            argp_error(state, "memory: has no tables");
        store_uri_check(&a->store, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&store_detail_argp, 0, NULL, 0}, {0}};
static const struct argp grammar = {
    options,
    parse,
    "init|migrate|check URI",
    "The tables of a store.\v"
    "init makes them where they are missing, migrate brings those of an older release up to this "
    "one, check looks whether they are this release's, in SQLite whether all in them fits "
    "together, in PostgreSQL whether `sla run' could be this role.  Two at once do no harm, and "
    "what "
    "is done already is not done again.",
    children,
    NULL,
    NULL};

/* ------------------------------------------------------------ what does not fit */

typedef struct findings {
    bool json;
    size_t count;
} findings;

static void on_complaint(void *context, const char *text)
{
    findings *f = context;

    f->count++;
    if (!f->json) {
        tell(stdout, "%s\n", text);
        return;
    }
    fputs(f->count > 1 ? ",\n" : "\n", stdout);
    put_json_text(stdout, text);
}

static void on_doubt(void *context, const char *text)
{
    (void)context;
    say("note: %s", text);
}

static int work_in_sqlite(const arguments *a, findings *f, sla_error *error)
{
    sla_sqlite_options o = SLA_SQLITE_OPTIONS_INIT;

    o.path = a->store.where;
    switch (a->work) {
    case DB_INIT:
        return sla_store_sqlite_init(&o, error);
    case DB_MIGRATE:
        return sla_store_sqlite_migrate(&o, error);
    default:
        return sla_store_sqlite_check(&o, on_complaint, f, error);
    }
}

/* Whoever made the tables may be somebody that a service may not be: said, and no failure. */
static int make_in_pg(const sla_pg_options *o, bool json, findings *f, sla_error *error)
{
    const int result = sla_store_pg_init(o, error);
    sla_error doubt;

    if (result == SLA_OK)
        (void)sla_store_pg_check(o, json ? on_complaint : on_doubt, f, &doubt);
    return result;
}

static int work_in_pg(const arguments *a, findings *f, sla_error *error)
{
    sla_pg_options o = SLA_PG_OPTIONS_INIT;

    o.conninfo = a->store.where;
    o.schema = a->store.schema;
    o.pooled = a->store.pooled;
    switch (a->work) {
    case DB_INIT:
        return make_in_pg(&o, a->json, f, error);
    case DB_MIGRATE:
        return sla_store_pg_migrate(&o, error);
    default:
        return sla_store_pg_check(&o, on_complaint, f, error);
    }
}

/* What there is to say of it, as text or as the rest of the document. */
static void put_result(const arguments *a, int result, const sla_error *error, const findings *f)
{
    if (a->json) {
        printf("%s],\"fine\":%s", f->count > 0 ? "\n" : "", result == SLA_OK ? "true" : "false");
        if (result != SLA_OK)
            put_json_error(stdout, error);
        puts("}");
    } else if (result == SLA_OK) {
        tell(stdout, "%s: %s\n", store_uri_name(&a->store), done[a->work]);
    }
}

static int work(const arguments *a)
{
    findings f = {.json = a->json};
    sla_error error = {0};
    int result;

    if (a->json) {
        printf("{\"did\":\"%s\",\"store\":", works[a->work]);
        put_json_text(stdout, store_uri_name(&a->store));
        fputs(",\"complaints\":[", stdout);
    }
    result =
        a->store.kind == STORE_SQLITE ? work_in_sqlite(a, &f, &error) : work_in_pg(a, &f, &error);
    error.code = result;
    put_result(a, result, &error, &f);
    if (result == SLA_OK)
        return EXIT_FINE;
    if (f.count > 0)
        return EXIT_FINDING;
    return store_uri_complain(&a->store, result, &error);
}

static int run_db(int count, char **words)
{
    arguments a = {0};
    int status;

    store_uri_init(&a.store);
    argp_parse(&grammar, count, words, 0, NULL, &a);
    status = store_uri_look(&a.store);
    if (status == EXIT_FINE)
        status = work(&a);
    store_uri_fini(&a.store);
    return status;
}

const subcommand db_command = {"db", "the tables of a store: init, migrate, check", run_db};
