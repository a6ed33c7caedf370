/* db.c - sla db: the tables of a store, made, brought up to this release, looked at. */
#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla/pg.h>
#include <sla/sqlite.h>

#include "cli.h"
#include "output.h"
#include "plain.h"
#include "progress.h"
#include "store_uri.h"
#include "usage.h"

typedef enum db_work { DB_INIT, DB_MIGRATE, DB_CHECK } db_work;

static const char *const works[] = {"init", "migrate", "check"};
static const char *const done[] = {"the tables are there", "the tables are this release's",
                                   "all is well"};

enum { KEY_PROGRESS = 'P' };

typedef struct arguments {
    store_uri store;
    progress_when progress;
    db_work work;
    char *uri;
    bool json;
} arguments;

static const struct argp_option options[] = {
    {"json", 'j', NULL, 0, "a JSON document instead of text, and complaints as JSON lines", 0},
    {"progress", KEY_PROGRESS, "WHEN", 0,
     "how far check is, on standard error: auto, always or never", 0},
    {0}};

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
    case KEY_PROGRESS:
        if (!progress_parse(text, &a->progress))
            argp_error(state, "--progress is auto, always or never, not '%s'", text);
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
    "one, check looks whether they are this release's, whether all in them fits together, in "
    "PostgreSQL whether `sla run' could be this role, and whether each live "
    "ticket can be taken in and is what its row says.  Two at once do no harm, and "
    "what "
    "is done already is not done again.",
    children,
    NULL,
    NULL};

/* ------------------------------------------------------------ what does not fit */

typedef struct findings {
    bool json;
    size_t count, ticket_count; /* sentences, tickets */
    uint64_t looked_at;         /* tickets */
    bool refused;               /* what was adopted does not come into force */
    progress progress;
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

static void put_ticket_json(const sla_ticket_complaint *c, bool first)
{
    fputs(first ? "\n{\"tenant\":" : ",\n{\"tenant\":", stdout);
    put_json_string(stdout, c->tenant.data, c->tenant.length);
    fputs(",\"ticket\":", stdout);
    put_json_string(stdout, c->ticket.data, c->ticket.length);
    fputs(",\"what\":", stdout);
    put_json_text(stdout, c->what);
    fputs(",\"advice\":", stdout);
    put_json_text(stdout, c->advice);
    putchar('}');
}

static void on_ticket(void *context, const sla_ticket_complaint *c)
{
    findings *f = context;

    f->ticket_count++;
    progress_clear();
    if (f->json) {
        put_ticket_json(c, f->ticket_count == 1);
        return;
    }
    tell(stdout, "ticket %.*s", (int)c->ticket.length, c->ticket.data);
    if (c->tenant.length > 0)
        tell(stdout, " of tenant %.*s", (int)c->tenant.length, c->tenant.data);
    tell(stdout, ": %s. %s\n", c->what, c->advice);
}

static void on_progress(void *context, uint64_t looked_at, uint64_t of)
{
    findings *f = context;

    f->looked_at = looked_at;
    progress_count(&f->progress, (size_t)looked_at, (size_t)of, "tickets");
}

static void on_doubt(void *context, const char *text)
{
    (void)context;
    say("note: %s", text);
}

static sla_sqlite_options sqlite_options(const arguments *a)
{
    sla_sqlite_options o = SLA_SQLITE_OPTIONS_INIT;

    o.path = a->store.where;
    return o;
}

static sla_pg_options pg_options(const arguments *a)
{
    sla_pg_options o = SLA_PG_OPTIONS_INIT;

    o.conninfo = a->store.where;
    o.schema = a->store.schema;
    o.pooled = a->store.pooled;
    return o;
}

static int work_in_sqlite(const arguments *a, findings *f, sla_error *error)
{
    const sla_sqlite_options o = sqlite_options(a);

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
        (void)sla_store_pg_look(o, json ? on_complaint : on_doubt, f, &doubt);
    return result;
}

static int work_in_pg(const arguments *a, findings *f, sla_error *error)
{
    const sla_pg_options o = pg_options(a);

    switch (a->work) {
    case DB_INIT:
        return make_in_pg(&o, a->json, f, error);
    case DB_MIGRATE:
        return sla_store_pg_migrate(&o, error);
    default:
        return sla_store_pg_check(&o, on_complaint, f, error);
    }
}

/* ------------------------------------------------------------ the tickets */

static int inspect(const arguments *a, findings *f, sla_error *error)
{
    const sla_sqlite_options sqlite = sqlite_options(a);
    const sla_pg_options pg = pg_options(a);
    int result;

    progress_begin(&f->progress, a->progress);
    result = a->store.kind == STORE_SQLITE
                 ? sla_store_sqlite_inspect(&sqlite, on_ticket, on_progress, f, error)
                 : sla_store_pg_inspect(&pg, on_ticket, on_progress, f, error);
    progress_count_end(&f->progress, (size_t)f->looked_at, "tickets");
    return result;
}

/* Where the tables do not fit, that the tickets cannot be read either is no news.  What was
 * adopted and does not come into force is said of all tickets. */
static int look_at_tickets(const arguments *a, findings *f, int result, sla_error *error)
{
    sla_error why = {0};
    int looked;

    if (result != SLA_OK && f->count == 0)
        return result;
    looked = inspect(a, f, &why);
    if (looked == SLA_ERR_REFUSED && f->ticket_count == 0 && result == SLA_OK) {
        f->refused = true;
        if (!f->json)
            tell(stdout, "%s\n", why.text);
    }
    if (result != SLA_OK)
        return result;
    *error = why;
    return looked;
}

/* ------------------------------------------------------------ what came of it */

/* What there is to say of it, as text or as the rest of the document. */
static void put_result(const arguments *a, int result, const sla_error *error, const findings *f)
{
    if (a->json) {
        fputs(",\"fine\":", stdout);
        fputs(result == SLA_OK ? "true" : "false", stdout);
        if (result != SLA_OK)
            put_json_error(stdout, error);
        puts("}");
    } else if (result == SLA_OK) {
        tell(stdout, "%s: %s", store_uri_name(&a->store), done[a->work]);
        if (a->work == DB_CHECK)
            printf(" (%" PRIu64 " tickets)", f->looked_at);
        putchar('\n');
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
    if (a->json)
        fputs(f.count > 0 ? "\n]" : "]", stdout);
    if (a->json && a->work == DB_CHECK)
        fputs(",\"tickets\":[", stdout);
    if (a->work == DB_CHECK)
        result = look_at_tickets(a, &f, result, &error);
    if (a->json && a->work == DB_CHECK)
        printf("%s],\"looked_at\":%" PRIu64, f.ticket_count > 0 ? "\n" : "", f.looked_at);
    error.code = result;
    put_result(a, result, &error, &f);
    if (result == SLA_OK)
        return EXIT_FINE;
    if (f.count > 0 || f.ticket_count > 0 || f.refused)
        return EXIT_FINDING;
    return store_uri_complain(&a->store, result, &error);
}

static int run_db(int count, char **words)
{
    arguments a = {0};
    int status;

    store_uri_init(&a.store);
    usage_parse(&grammar, count, words, 0, &a);
    status = store_uri_look(&a.store);
    if (status == EXIT_FINE)
        status = work(&a);
    store_uri_fini(&a.store);
    return status;
}

const subcommand db_command = {"db", "the tables of a store: init, migrate, check", run_db};
