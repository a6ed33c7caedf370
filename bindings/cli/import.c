/* import.c - sla import: living tickets with their history are taken over. */
#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "documents.h"
#include "import_work.h"
#include "usage.h"

enum { KEY_TOLD = 256, KEY_MAP, KEY_SEPARATOR, KEY_OFFSET, KEY_DRY, KEY_CONSUMER, KEY_TIMEOUT };

enum { TIMEOUT_USUAL_S = 30 };

typedef struct arguments {
    import_options import;
    documents documents;
    bool dry; /* said */
} arguments;

static const struct argp_option options[] = {
    {"told-until", KEY_TOLD, "INSTANT", 0,
     "what fell due before was told by whoever had the tickets then, and is not told again (now)",
     0},
    {"consumer", KEY_CONSUMER, "NAME", 0,
     "who is to be told what fell due since: exec, standard_output or a name of yours (both)", 0},
    {"dry-run", KEY_DRY, NULL, 0, "only say what would happen; so it is without --yes", 0},
    {"yes", 'y', NULL, 0, "do it", 0},
    {"csv", KEY_SEPARATOR, "SEPARATOR", OPTION_ARG_OPTIONAL,
     "a table with a row of names, its fields apart by a comma, or this character (a file called "
     ".csv is one)",
     0},
    {"map", 'm', "COLUMN=MEMBER", 0,
     "what a column is: a member of a fact, attributes.NAME or fact:NAME; may be repeated", 0},
    {"store-timeout", KEY_TIMEOUT, "SPAN", 0,
     "how long a store that does not answer is waited for (PT30S)", 0},
    {"offset", KEY_OFFSET, "HH:MM", 0, "of instants in a table that say none, from UTC", 0},
    {"json", 'j', NULL, 0, "a JSON document, and complaints as JSON lines", 0},
    {"progress", 'P', "WHEN", 0, "how far it is, on standard error: auto, always or never", 0},
    {0},
};

static void take_map(table_options *t, char *text, const struct argp_state *state)
{
    if (!table_map_is_one(text))
        argp_error(state, "--map is COLUMN=MEMBER with a member of a fact, attributes.NAME, "
                          "attributes.NAME:text (:int, :bool) or fact:NAME");
    t->maps = need_room(t->maps, &t->map_capacity, t->map_count + 1, sizeof *t->maps);
    t->maps[t->map_count++] = text;
}

static void take_separator(import_options *o, const char *text, const struct argp_state *state)
{
    o->table.separator = text == NULL ? ',' : strcmp(text, "\\t") == 0 ? '\t' : text[0];
    o->is_table = true;
    if (text != NULL && (o->table.separator == '\0' || o->table.separator == '"' ||
                         (o->table.separator != '\t' && text[1] != '\0')))
        argp_error(state, "--csv=SEPARATOR is one character, such as ; or \\t");
}

static void check(arguments *a, const struct argp_state *state)
{
    import_options *o = &a->import;
    const char *dot = o->path != NULL ? strrchr(o->path, '.') : NULL;

    o->is_table |= dot != NULL && strcmp(dot, ".csv") == 0;
    if (a->dry && o->really)
        argp_error(state, "--dry-run and --yes: one of them");
    if (o->table.map_count > 0 && !o->is_table)
        argp_error(state, "--map is of a table: give --csv, too");
    if (o->really && o->store.given && o->store.kind == STORE_MEMORY)
        argp_error(state, "--yes: memory: would forget all of it; name a store that keeps it");
    store_uri_check(&o->store, state);
}

static error_t parse_of_table(int key, char *text, struct argp_state *state)
{
    import_options *o = &((arguments *)state->input)->import;

    switch (key) {
    case 'm':
        take_map(&o->table, text, state);
        return 0;
    case KEY_SEPARATOR:
        take_separator(o, text, state);
        return 0;
    case KEY_OFFSET:
        if (!read_offset(text, &o->table.offset_s))
            argp_error(state, "--offset is +HH:MM or -HH:MM below a day, not '%s'", text);
        o->table.has_offset = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse(int key, char *text, struct argp_state *state)
{
    arguments *a = state->input;
    import_options *o = &a->import;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &o->store;
        state->child_inputs[1] = &a->documents;
        return 0;
    case KEY_TOLD:
        if (!read_instant(text, "--told-until", &o->told_until))
            argp_usage(state);
        return 0;
    case KEY_CONSUMER:
        if (!is_attribute_name(text, strlen(text))) /* consumers have names alike */
            argp_error(state, "--consumer is a name, such as exec, not '%s'", text);
        o->consumer = text;
        return 0;
    case KEY_TIMEOUT:
        if (!read_timeout(text, &o->store_timeout))
            argp_error(state, "--store-timeout is " TIMEOUT_WORDS ", not '%s'", text);
        return 0;
    case KEY_DRY:
        a->dry = true;
        return 0;
    case 'y':
        o->really = true;
        return 0;
    case 'j':
        o->json = true;
        return 0;
    case 'P':
        if (!progress_parse(text, &o->progress))
            argp_error(state, "--progress is auto, always or never, not '%s'", text);
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0)
            argp_error(state, "one file, or standard input");
        o->path = text;
        return 0;
    case ARGP_KEY_END:
        check(a, state);
        return 0;
    default:
        return parse_of_table(key, text, state);
    }
}

static const struct argp_child children[] = {
    {&store_argp, 0, NULL, 0}, {&documents_argp, 0, NULL, 0}, {0}};
static const struct argp grammar = {
    options,
    parse,
    "[FILE]",
    "Take over living tickets with their history.\v"
    "FILE is JSON lines, a fact each, or a table; those of a ticket need not stand together.  A "
    "ticket is taken over whole or not at all.  Without --yes nothing is, and what would happen is "
    "said.  The record is that of sla run: sqlite:sla.db without --store.",
    children,
    NULL,
    NULL};

static int work(void *context, world *w)
{
    return import_work(context, w);
}

static bool files_are_apart(const arguments *a)
{
    taken t;
    bool fine;

    taken_init(&t);
    fine = documents_take_files(&a->documents, a->import.path, &a->import.store, &t);
    taken_fini(&t);
    return fine;
}

static int run_import(int count, char **words)
{
    arguments a = {.import = {.told_until = SLA_NEVER,
                              .store_timeout = TIMEOUT_USUAL_S * SLA_SECOND,
                              .table = {.separator = ','}}};
    int status;

    store_uri_init(&a.import.store);
    usage_parse(&grammar, count, words, 0, &a);
    if (!a.import.store.given)
        store_uri_usual(&a.import.store);
    status = files_are_apart(&a) ? documents_load(&a.documents, work, &a.import) : EXIT_USAGE;
    store_uri_fini(&a.import.store);
    free(a.import.table.maps);
    documents_fini(&a.documents);
    return status;
}

const subcommand import_command = {"import", "living tickets with their history are taken over",
                                   run_import};
