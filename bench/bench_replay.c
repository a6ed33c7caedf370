/*
 * bench_replay.c - `sla replay` beside merely parsing the same lines.
 *
 * The work is a day that sla-day makes, under the bundled policies and
 * calendars.  `sla replay` runs as a user would run it, its output going to the
 * null device; parsing is jansson's, a tree a line, which is what any program
 * over these lines has to do at least.
 */
#include "bench_engine_parts.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

enum { TICKETS = 20000, TICKETS_QUICK = 360, ARGUMENTS_MAX = 160, PATH_ROOM = 4096 };

/* Runs a program of build/bin with standard output to `out_path`; true when it
 * ended well. */
static bool run_program(const char *path, const char **arguments, const char *out_path)
{
    int status = -1;
    const pid_t child = fork();

    if (child == 0) {
        const int out = open(out_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

        if (out >= 0 && dup2(out, STDOUT_FILENO) >= 0)
            execv(path, (char *const *)arguments);
        _exit(127);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

static bool make_day(const bench_run *run, const char *out_path)
{
    char path[PATH_ROOM];
    char tickets[32], seed[32];
    const char *arguments[] = {"sla-day", "--tickets", tickets, "--seed", seed, NULL};

    snprintf(tickets, sizeof tickets, "%d", run->quick ? TICKETS_QUICK : TICKETS);
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)run->seed);
    return bench_beside(path, sizeof path, "sla-day") && run_program(path, arguments, out_path);
}

/* `sla replay -p ... -c ... FACTS`; false when something is missing. */
static bool replay(const char *facts)
{
    char path[PATH_ROOM];
    const char *arguments[ARGUMENTS_MAX] = {"sla", "replay"};
    glob_t policies = {0}, calendars = {0};
    size_t used = 2;
    bool done;

    glob(SLA_SOURCE_DIR "/examples/policies/*.json", 0, NULL, &policies);
    glob(SLA_SOURCE_DIR "/examples/calendars/*.json", 0, NULL, &calendars);
    for (size_t i = 0; i < policies.gl_pathc && used < ARGUMENTS_MAX - 4; i++) {
        arguments[used++] = "-p";
        arguments[used++] = policies.gl_pathv[i];
    }
    for (size_t i = 0; i < calendars.gl_pathc && used < ARGUMENTS_MAX - 4; i++) {
        arguments[used++] = "-c";
        arguments[used++] = calendars.gl_pathv[i];
    }
    arguments[used++] = facts;
    arguments[used] = NULL;
    done = bench_beside(path, sizeof path, "sla") && run_program(path, arguments, "/dev/null");
    globfree(&policies);
    globfree(&calendars);
    return done;
}

/* Reads the file and parses every line; returns how many, 0 on failure. */
static size_t parse_lines(const char *path)
{
    size_t length, lines = 0;
    char *text = bench_read_file(path, &length);

    for (char *line = text; line != NULL && *line != '\0'; lines++) {
        char *end = strchr(line, '\n');
        json_t *tree = json_loadb(line, end != NULL ? (size_t)(end - line) : strlen(line), 0, NULL);

        if (tree == NULL) {
            fprintf(stderr, "sla-bench: line %zu is no JSON\n", lines + 1);
            free(text);
            return 0;
        }
        json_decref(tree);
        line = end != NULL ? end + 1 : NULL;
    }
    free(text);
    return lines;
}

static void report(bench_run *run, size_t lines, double parsing, double replaying)
{
    bench_figure figure = {.case_name = "a day of facts",
                           .n = lines,
                           .contender = "jansson, parsing only",
                           .figure = "time",
                           .value = parsing,
                           .unit = "s"};

    bench_report(run, &figure);
    figure.contender = "sla replay";
    figure.value = replaying;
    figure.baseline = "jansson, parsing only";
    figure.baseline_value = parsing;
    figure.aim = (bench_aim){BENCH_AT_MOST, 2.0, true};
    bench_report(run, &figure);
}

int bench_replay(bench_run *run)
{
    char facts[] = "/tmp/sla-bench-XXXXXX";
    double *times = calloc(2 * run->rounds, sizeof *times);
    const int descriptor = mkstemp(facts);
    size_t lines = 0;
    bool done = times != NULL && descriptor >= 0 && make_day(run, facts);

    for (size_t round = 0; round < run->rounds && done; round++) {
        const double start = bench_seconds();
        double middle;

        lines = parse_lines(facts);
        middle = bench_seconds();
        done = lines > 0 && replay(facts);
        times[round] = middle - start;
        times[run->rounds + round] = bench_seconds() - middle;
    }
    if (done)
        report(run, lines, bench_median(times, run->rounds),
               bench_median(times + run->rounds, run->rounds));
    else
        fprintf(stderr, "sla-bench: sla-day or sla replay could not be run\n");
    if (descriptor >= 0) {
        close(descriptor);
        unlink(facts);
    }
    free(times);
    return done ? 0 : 1;
}
