/* given.c - see given.h. */
#include "given.h"

#include <stdlib.h>
#include <string.h>

#include "cli.h"

static const struct argp_option options[] = {
    {"policy", 'p', "POLICY", 0, "a policy: a file or the name of a bundled one; may be repeated",
     0},
    {"calendar", 'c', "CALENDAR", 0,
     "a calendar, likewise; bundled ones that the policies ask for are found by themselves", 0},
    {"by-occurred", 'b', NULL, 0,
     "take the facts in the order of occurred_at, as if each had been recorded when it happened",
     0},
    {"progress", 'P', "WHEN", 0, "how far it is, on standard error: auto, always or never", 0},
    {0},
};

void given_init(given *g)
{
    memset(g, 0, sizeof *g);
    g->run.until = g->run.as_of = SLA_NEVER;
}

void given_fini(given *g)
{
    free(g->names);
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
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp given_argp = {options, parse, NULL, NULL, NULL, NULL, NULL};

int given_run(const struct argp *grammar, int count, char **words, given *g, void *arguments,
              given_work *work)
{
    world w;
    int status;

    given_init(g);
    argp_parse(grammar, count, words, 0, NULL, arguments);
    world_init(&w);
    status = world_load(&w, g->names, g->name_count);
    if (status == EXIT_FINE)
        status = work(arguments, &w);
    world_fini(&w);
    given_fini(g);
    return status;
}
