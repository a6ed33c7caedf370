/*
 * callgrind.c - what happens inside named functions, counted by running this
 * program again under valgrind.  The machine need not have counters, and the
 * figure is the same on every run.
 */
#include "bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 24, OPTIONS_MAX = 8, TEXT_MAX = 160, ROOM = 4096 };

/* The child: valgrind over `sla-bench SUBJECT --part PART --seed N`, silent. */
static void become_valgrind(const bench_run *run, const char *part, const char *const *options,
                            size_t count, const char *out_path)
{
    char out[TEXT_MAX];
    char program[4096];
    char seed[32];
    const char *arguments[ARGUMENTS_MAX];
    size_t used = 0;

    snprintf(out, sizeof out, "--callgrind-out-file=%s", out_path);
    snprintf(seed, sizeof seed, "%" PRIu64, run->seed);
    arguments[used++] = "valgrind";
    arguments[used++] = "--tool=callgrind";
    arguments[used++] = "--quiet";
    arguments[used++] = "--log-file=/dev/null"; /* it has something to say about its caches */
    arguments[used++] = out;
    for (size_t i = 0; i < count && i < OPTIONS_MAX; i++)
        arguments[used++] = options[i];
    if (!bench_beside(program, sizeof program, NULL))
        _exit(127);
    arguments[used++] = program;
    arguments[used++] = run->subject;
    arguments[used++] = "--part";
    arguments[used++] = part;
    arguments[used++] = "--seed";
    arguments[used++] = seed;
    if (run->quick)
        arguments[used++] = "--quick";
    arguments[used] = NULL;
    if (freopen("/dev/null", "w", stdout) != NULL)
        execvp(arguments[0], (char *const *)arguments);
    _exit(127);
}

static bool is_among(const char *name, const char *const *events)
{
    while (*events != NULL && strcmp(*events, name) != 0)
        events++;
    return *events != NULL;
}

/* Of the numbers in the same places as the names of `line`, those that are asked for. */
static double sum_of(char *names, char *numbers, const char *const *events)
{
    double sum = 0;
    char *rest_of_names, *rest_of_numbers;
    char *name = strtok_r(names, " \n", &rest_of_names);
    char *number = strtok_r(numbers, " \n", &rest_of_numbers);

    while (name != NULL && number != NULL) {
        if (is_among(name, events))
            sum += strtod(number, NULL);
        name = strtok_r(NULL, " \n", &rest_of_names);
        number = strtok_r(NULL, " \n", &rest_of_numbers);
    }
    return sum;
}

/* The lines "events: NAME ..." and "summary: N ..." (or "totals: N ..."). */
static bool read_total(const char *path, const char *const *events, double *out)
{
    FILE *file = fopen(path, "r");
    char line[ROOM], names[ROOM] = "", numbers[ROOM] = "";

    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "events: ", 8) == 0)
            snprintf(names, sizeof names, "%s", line + 8);
        else if (strncmp(line, "summary: ", 9) == 0)
            snprintf(numbers, sizeof numbers, "%s", line + 9);
        else if (strncmp(line, "totals: ", 8) == 0)
            snprintf(numbers, sizeof numbers, "%s", line + 8);
    if (file != NULL)
        fclose(file);
    if (*names == '\0' || *numbers == '\0')
        return false;
    *out = sum_of(names, numbers, events);
    return true;
}

bool bench_callgrind(const bench_run *run, const char *part, const char *const *options,
                     size_t count, const char *const *events, double *out)
{
    char path[] = "/tmp/sla-bench-XXXXXX";
    const int descriptor = mkstemp(path);
    int status = -1;
    bool found = false;
    pid_t child;

    if (descriptor < 0)
        return false;
    close(descriptor);
    fflush(NULL);
    child = fork();
    if (child == 0)
        become_valgrind(run, part, options, count, path);
    if (child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
        WEXITSTATUS(status) == 0)
        found = read_total(path, events, out);
    unlink(path);
    return found;
}

bool bench_instructions(const bench_run *run, const char *part, const char *const *functions,
                        size_t count, double *out)
{
    static const char *const events[] = {"Ir", NULL};
    char toggles[OPTIONS_MAX][TEXT_MAX];
    const char *options[OPTIONS_MAX];

    for (size_t i = 0; i < count && i < OPTIONS_MAX; i++) {
        snprintf(toggles[i], sizeof toggles[i], "--toggle-collect=%s", functions[i]);
        options[i] = toggles[i];
    }
    return bench_callgrind(run, part, options, count < OPTIONS_MAX ? count : OPTIONS_MAX, events,
                           out);
}
