/* given.c - see given.h. */
#include "given.h"

#include <string.h>

#include "cli.h"
#include "usage.h"

static const struct argp_option options[] = {
    {"by-occurred", 'b', NULL, 0,
     "take the facts in the order of occurred_at, as if each had been recorded when it happened",
     0},
    {"until", 'u', "INSTANT", 0,
     "let time pass to here after the last fact (else the run ends with its recording)", 0},
    {"progress", 'P', "WHEN", 0, "how far it is, on standard error: auto, always or never", 0},
    {0},
};

static void init(given *g)
{
    memset(g, 0, sizeof *g);
    taken_init(&g->files);
    g->run.until = g->run.as_of = SLA_NEVER;
}

static void fini(given *g)
{
    documents_fini(&g->documents);
    taken_fini(&g->files);
}

static error_t parse(int key, char *text, struct argp_state *state)
{
    given *g = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &g->documents;
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
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&documents_argp, 0, NULL, 0}, {0}};
const struct argp given_argp = {options, parse, NULL, NULL, children, NULL, NULL};

int given_run(const struct argp *grammar, int count, char **words, given *g, void *arguments,
              documents_work *work)
{
    int status;

    init(g);
    usage_parse(grammar, count, words, 0, arguments);
    status = documents_take_files(&g->documents, g->run.path, g->store, &g->files)
                 ? documents_load(&g->documents, work, arguments)
                 : EXIT_USAGE;
    fini(g);
    return status;
}
