/*
 * callgrind.c - instructions spent inside named functions, counted by running
 * this program again under valgrind.  The machine need not have counters, and
 * the figure is the same on every run.
 */
#include "bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 24, TEXT_MAX = 160 };

/* The child: valgrind over `sla-bench SUBJECT --part PART --seed N`, silent. */
static void become_valgrind(const bench_run *run, const char *part, const char *const *functions,
                            size_t count, const char *out_path)
{
    char toggles[ARGUMENTS_MAX / 2][TEXT_MAX];
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
    arguments[used++] = out;
    for (size_t i = 0; i < count && i < ARGUMENTS_MAX / 2; i++) {
        snprintf(toggles[i], sizeof toggles[i], "--toggle-collect=%s", functions[i]);
        arguments[used++] = toggles[i];
    }
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

/* The last number of the line "summary: N" (or "totals: N"). */
static bool read_total(const char *path, double *out)
{
    FILE *file = fopen(path, "r");
    char line[4096];
    bool found = false;

    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "summary: ", 9) == 0 || strncmp(line, "totals: ", 8) == 0) {
            *out = strtod(strchr(line, ' '), NULL);
            found = true;
        }
    if (file != NULL)
        fclose(file);
    return found;
}

bool bench_instructions(const bench_run *run, const char *part, const char *const *functions,
                        size_t count, double *out)
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
        become_valgrind(run, part, functions, count, path);
    if (child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
        WEXITSTATUS(status) == 0)
        found = read_total(path, out);
    unlink(path);
    return found;
}
