/*
 * live.c - sla run: facts as JSON lines in, events as JSON lines out the moment
 * they fall due.
 */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "live.h"
#include "log.h"
#include "metrics_file.h"
#include "secret.h"
#include "taken.h"
#include "usage.h"

enum { KEY_EXEC = 256, KEY_TIMEOUT, KEY_JOBS, KEY_IDLE, KEY_METRICS, KEY_END, KEY_STORE };

enum { JOBS_USUAL = 4, JOBS_MAX = 1000, TIMEOUT_USUAL_S = 30, END_USUAL_S = 30 };

typedef struct arguments {
    live_options live;
    bool exec_detail; /* an option that only --exec gives a meaning */
} arguments;

static const struct argp_option options[] = {
    {"until-idle", KEY_IDLE, NULL, 0,
     "end when standard input has ended and nothing more can fall due", 0},
    {"store-timeout", KEY_STORE, "SPAN", 0,
     "of --until-idle: how long a store that does not answer is waited for (without end)", 0},
    {"metrics", KEY_METRICS, "FILE", 0,
     "keep figures there in Prometheus' text format, written anew every 10 s", 0},
    {"json", 'j', NULL, 0, "what it says of itself as JSON lines (events are JSON anyway)", 0},
    {"verbose", 'v', NULL, 0, "say also what is only information", 0},
    {"end-timeout", KEY_END, "SPAN", 0,
     "how long an end waits for a store or a reader that nothing comes of (PT30S)", 0},
    {"exec-timeout", KEY_TIMEOUT, "SPAN", 0, "how long a program of --exec may take (PT30S)", 0},
    {"exec-jobs", KEY_JOBS, "N", 0, "how many of them may run at once (4)", 0},
    {"exec", KEY_EXEC, "PROGRAM [ARG...]", 0,
     "run PROGRAM for each event, which it finds on its standard input; exit 0 acknowledges; the "
     "last option: what follows is the program's",
     0},
    {0},
};

/* PROGRAM may be a word of its own or stand behind `--exec=`. */
static void take_program(live_options *live, char *program, struct argp_state *state)
{
    const size_t count = (size_t)(state->argc - state->next);

    live->program = need_memory(count + 2, sizeof *live->program);
    live->program[0] = secret_of(program);
    for (size_t i = 0; i < count; i++)
        live->program[i + 1] = secret_of(state->argv[(size_t)state->next + i]);
    state->next = state->argc;
    if (program[0] == '\0')
        argp_error(state, "--exec: the name of a program is missing");
}

static void read_jobs(live_options *live, const char *text, const struct argp_state *state)
{
    char *end;
    const unsigned long count = strtoul(text, &end, 10);

    if (text[0] < '1' || text[0] > '9' || *end != '\0' || count > JOBS_MAX)
        argp_error(state, "--exec-jobs is a number from 1 to %d, not '%s'", JOBS_MAX, text);
    live->jobs_max = count;
}

static error_t parse_of_program(int key, char *text, struct argp_state *state)
{
    arguments *a = state->input;
    live_options *live = &a->live;

    switch (key) {
    case KEY_TIMEOUT:
        a->exec_detail = true;
        if (!read_timeout(text, &live->exec_timeout))
            argp_error(state, "--exec-timeout is " TIMEOUT_WORDS ", not '%s'", text);
        return 0;
    case KEY_JOBS:
        a->exec_detail = true;
        read_jobs(live, text, state);
        return 0;
    case KEY_EXEC:
        take_program(live, text, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse(int key, char *text, struct argp_state *state)
{
    arguments *a = state->input;
    live_options *live = &a->live;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &live->store;
        state->child_inputs[1] = &live->documents;
        return 0;
    case KEY_IDLE:
        live->until_idle = true;
        return 0;
    case KEY_STORE:
        if (!read_timeout(text, &live->store_timeout))
            argp_error(state, "--store-timeout is " TIMEOUT_WORDS ", not '%s'", text);
        return 0;
    case KEY_METRICS:
        live->metrics = text;
        return 0;
    case 'j':
        log_as_json();
        return 0;
    case 'v':
        log_more();
        return 0;
    case KEY_END:
        if (!read_timeout(text, &live->end_timeout))
            argp_error(state, "--end-timeout is " TIMEOUT_WORDS ", not '%s'", text);
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "'%s': facts come on standard input", text);
        return 0;
    case ARGP_KEY_END:
        if (a->exec_detail && live->program == NULL)
            argp_error(state, "--exec-timeout and --exec-jobs are of a program: give --exec, too");
        if (live->store_timeout != 0 && !live->until_idle)
            argp_error(state, "--store-timeout is of --until-idle: give that, too");
        store_uri_check(&live->store, state);
        return 0;
    default:
        return parse_of_program(key, text, state);
    }
}

static const struct argp_child children[] = {
    {&store_argp, 0, NULL, 0}, {&documents_argp, 0, NULL, 0}, {0}};
static const struct argp grammar = {
    options,
    parse,
    NULL,
    "Keep deadlines live: facts as JSON lines on standard input, events as JSON lines on standard "
    "output the moment they fall due.\v"
    "It goes on after the end of its input, until SIGTERM or SIGINT: then it records what it has "
    "read, delivers what is recorded, and ends; a second signal ends it at once.  SIGHUP reads all "
    "policies and calendars again.  A line that is refused is reported with its number and the "
    "rest "
    "goes on; the exit is then 6.  The record is sqlite:sla.db unless --store names another.",
    children,
    NULL,
    NULL};

/* What is read is not written over: neither by standard output nor by metrics. */
static bool files_are_apart(const live_options *live)
{
    taken t;
    bool fine;

    taken_init(&t);
    fine = documents_take_files(&live->documents, NULL, &live->store, &t);
    taken_written(&t, STDERR_FILENO, "standard error");
    if (fine && live->metrics != NULL)
        fine = metrics_file_can_be(live->metrics) && taken_replace(&t, live->metrics);
    taken_fini(&t);
    return fine;
}

static int work(void *context, world *w)
{
    return live_loop(context, w);
}

static int run_live(int count, char **words)
{
    arguments a = {.live = {.jobs_max = JOBS_USUAL,
                            .exec_timeout = TIMEOUT_USUAL_S * SLA_SECOND,
                            .end_timeout = END_USUAL_S * SLA_SECOND}};
    int status;

    usage_parse(&grammar, count, words, ARGP_IN_ORDER, &a);
    log_never_waits();
    if (!a.live.store.given)
        store_uri_usual(&a.live.store);
    status =
        files_are_apart(&a.live) ? documents_load(&a.live.documents, work, &a.live) : EXIT_USAGE;
    store_uri_fini(&a.live.store);
    documents_fini(&a.live.documents);
    free(a.live.program);
    return status;
}

const subcommand run_command = {"run", "facts in, events out the moment they fall due", run_live};
