/*
 * sla_bench.c - the command line of the benchmark program.
 *
 * Exit status: 0 the work was done (aims met or not: an aim is a hope, and the
 * last line says how many were missed), 1 contenders disagreed or the work
 * could not be done, 64 wrong usage.
 */
#include "bench.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "subjects.h"

static const bench_subject *const subjects[] = {
    &bench_calendar, &bench_engine, &bench_latency,      &bench_peers,
    &bench_start,    &bench_store,  &bench_store_sqlite, &bench_timers,
};

enum {
    SUBJECT_COUNT = sizeof subjects / sizeof subjects[0],
    ROUNDS = 9,
    ROUNDS_QUICK = 3,
    SECONDS = 3
};

static const struct argp_option options[] = {
    {"json", 'j', NULL, 0, "One JSON object a line instead of a table", 0},
    {"quick", 'q', NULL, 0, "Small work: does it run, not how fast is it", 0},
    {"seed", 's', "N", 0, "Seed of the work (default 42)", 0},
    {"rounds", 'r', "N", 0,
     "Rounds of each contender (default 9, calendar 25, latency and peers 5, quick 3)", 0},
    {"seconds", 't', "N", 0, "Seconds of a round of latency, peers (default 3, quick 1)", 0},
    {"only", 'o', "PART", 0,
     "Of engine only instructions, lines, memory, speed, scale, targets or replay, of timers "
     "only one size",
     0},
    {"part", 'p', "NAME", OPTION_HIDDEN, "Only this part, silently (under callgrind)", 0},
    {0},
};

static uint64_t number(struct argp_state *state, const char *text)
{
    char *end;
    unsigned long long value;

    errno = 0;
    value = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0')
        argp_error(state, "'%s' is not a number", text);
    return value;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    bench_run *run = state->input;

    switch (key) {
    case 'j':
        run->json = true;
        return 0;
    case 'q':
        run->quick = true;
        return 0;
    case 's':
        run->seed = number(state, value);
        return 0;
    case 'r':
        run->rounds = number(state, value);
        if (run->rounds == 0 || run->rounds > 101)
            argp_error(state, "between 1 and 101 rounds, please");
        return 0;
    case 't':
        run->seconds = number(state, value);
        if (run->seconds == 0 || run->seconds > 600)
            argp_error(state, "between 1 and 600 seconds, please");
        return 0;
    case 'o':
        run->only = value;
        return 0;
    case 'p':
        run->part = value;
        return 0;
    case ARGP_KEY_ARG:
        if (run->subject != NULL)
            argp_error(state, "one SUBJECT, please");
        run->subject = value;
        return 0;
    case ARGP_KEY_END:
        if (run->subject == NULL)
            argp_usage(state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* The list of subjects, at the end of --help. */
static char *help(int key, const char *text, void *input)
{
    char *list;
    size_t size;
    FILE *stream;

    (void)input;
    if (key != ARGP_KEY_HELP_POST_DOC || (stream = open_memstream(&list, &size)) == NULL)
        return (char *)text;
    fputs("Subjects:\n", stream);
    for (size_t i = 0; i < SUBJECT_COUNT; i++)
        fprintf(stream, "  %-10s %s\n", subjects[i]->name, subjects[i]->help);
    fclose(stream);
    return list;
}

/* Whether --only names a part of it; else it is said. */
static bool has_part(const bench_subject *subject, const char *only)
{
    if (subject->name_part == NULL) {
        fprintf(stderr, "sla-bench: %s has no parts: leave out --only\n", subject->name);
        return false;
    }
    for (size_t i = 0; subject->name_part(i) != NULL; i++)
        if (strcmp(subject->name_part(i), only) == 0)
            return true;
    fprintf(stderr, "sla-bench: %s has no part '%s', but", subject->name, only);
    for (size_t i = 0; subject->name_part(i) != NULL; i++)
        fprintf(stderr, " %s", subject->name_part(i));
    fputc('\n', stderr);
    return false;
}

int main(int count, char **arguments)
{
    const struct argp argp = {
        options,   parse,
        "SUBJECT", "Measures libsla, each figure beside a baseline.\v(the subjects)",
        NULL,      help,
        NULL};
    bench_run run = {.seed = 42};
    const bench_subject *subject = NULL;
    int result;

    argp_err_exit_status = EX_USAGE;
    argp_parse(&argp, count, arguments, 0, NULL, &run);
    for (size_t i = 0; i < SUBJECT_COUNT; i++)
        if (strcmp(run.subject, subjects[i]->name) == 0)
            subject = subjects[i];
    if (subject == NULL) {
        fprintf(stderr, "sla-bench: there is no subject '%s'; see sla-bench --help\n", run.subject);
        return EX_USAGE;
    }
    if (run.only != NULL && !has_part(subject, run.only))
        return EX_USAGE;
    if (run.rounds == 0)
        run.rounds = run.quick ? ROUNDS_QUICK : subject->rounds != 0 ? subject->rounds : ROUNDS;
    if (run.seconds == 0)
        run.seconds = run.quick ? 1 : SECONDS;
    if (run.part != NULL)
        return subject->run(&run);
    bench_describe_machine(&run);
    result = subject->run(&run);
    fprintf(run.json ? stderr : stdout, "aims      %zu not met\n", run.missed);
    return result;
}
