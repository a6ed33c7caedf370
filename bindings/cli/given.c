/* given.c - see given.h. */
#include "given.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static const struct argp_option options[] = {
    {"policy", 'p', "POLICY", 0, "a policy: a file or the name of a bundled one; may be repeated",
     0},
    {"calendar", 'c', "CALENDAR", 0,
     "a calendar, likewise; bundled ones that the policies ask for are found by themselves", 0},
    {"by-occurred", 'b', NULL, 0,
     "take the facts in the order of occurred_at, as if each had been recorded when it happened",
     0},
    {"until", 'u', "INSTANT", 0,
     "let time pass to here after the last fact (else the run ends with its recording)", 0},
    {"progress", 'P', "WHEN", 0, "how far it is, on standard error: auto, always or never", 0},
    {0},
};

void given_init(given *g)
{
    memset(g, 0, sizeof *g);
    taken_init(&g->files);
    g->run.until = g->run.as_of = SLA_NEVER;
}

void given_fini(given *g)
{
    free(g->names);
    taken_fini(&g->files);
}

static error_t parse(int key, char *text, struct argp_state *state)
{
    given *g = state->input;

    switch (key) {
    case 'p':
    case 'c':
        g->names = need_room(g->names, &g->name_capacity, g->name_count + 1, sizeof *g->names);
        g->names[g->name_count++] = text;
        return 0;
    case 'b':
        g->run.by_occurred = true;
        return 0;
    case 'P':
        if (!progress_parse(text, &g->run.progress))
            argp_error(state, "--progress is auto, always or never, not '%s'", text);
        return 0;
    case 'u':
        if (!read_instant(text, "--until", &g->run.until))
            argp_usage(state);
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0)
            argp_error(state, "one file of facts, or standard input");
        g->run.path = text;
        return 0;
    case ARGP_KEY_END:
        if (g->name_count == 0)
            argp_error(state, "no policy: -p POLICY");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp given_argp = {options, parse, NULL, NULL, NULL, NULL, NULL};

/* What is read must not be written, too: not even where the shell appends it. */
static bool take_files(given *g)
{
    for (size_t i = 0; i < g->name_count; i++)
        taken_read(&g->files, g->names[i]);
    taken_read(&g->files, g->run.path);
    return (g->store == NULL || store_uri_take_files(g->store, &g->files)) &&
           taken_says(&g->files) && taken_write(&g->files, STDOUT_FILENO, "standard output");
}

static int load_and_work(given *g, void *arguments, given_work *work)
{
    world w;
    int status;

    world_init(&w);
    status = world_load(&w, g->names, g->name_count);
    if (status == EXIT_FINE)
        status = work(arguments, &w);
    world_fini(&w);
    return status;
}

int given_run(const struct argp *grammar, int count, char **words, given *g, void *arguments,
              given_work *work)
{
    int status;

    given_init(g);
    argp_parse(grammar, count, words, 0, NULL, arguments);
    status = take_files(g) ? load_and_work(g, arguments, work) : EXIT_USAGE;
    given_fini(g);
    return status;
}
