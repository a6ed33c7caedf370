/*
 * bench.h - the frame of sla-bench: how a subject measures and what it prints.
 *
 * A subject is one subcommand: a file bench_<name>.c with a bench_subject, and
 * a line in the list in sla_bench.c.  It prepares its work, then either lets
 * contenders race (bench_race: interleaved rounds, medians) or measures in its
 * own way, and reports every figure by bench_report.  A claim names what it is
 * compared with: the baseline is a dumb twin or a peer run on the same work.
 */
#ifndef SLA_BENCH_H
#define SLA_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Set once by the command line, then read only. */
typedef struct bench_run {
    const char *subject;
    const char *part; /* not NULL: run only this part, silently, for bench_instructions */
    const char *only; /* not NULL: of a subject that has parts, only this one */
    bool json;
    bool quick; /* smaller work, same shape: does it run, not how fast is it */
    uint64_t seed;
    size_t rounds;  /* of each contender of a race */
    size_t seconds; /* that a round lasts, where time itself is the work */
    size_t missed;  /* aims that were not met */
} bench_run;

typedef struct bench_subject {
    const char *name;
    const char *help; /* one line */
    int (*run)(bench_run *run);
    size_t rounds; /* unless the command line says otherwise; 0: as most */
    /* For --only: the name of its `i`-th part, NULL behind the last; NULL: it has none. */
    const char *(*name_part)(size_t i);
} bench_subject;

typedef enum bench_aim_kind { BENCH_NO_AIM, BENCH_AT_MOST, BENCH_AT_LEAST } bench_aim_kind;

/* What is hoped for: of the ratio to the baseline, else of the value itself. */
typedef struct bench_aim {
    bench_aim_kind kind;
    double bound;
    bool of_ratio;
} bench_aim;

/* One figure: one row, one JSON object. */
typedef struct bench_figure {
    const char *case_name;
    uint64_t n; /* size of the work: calls, tickets, lines */
    const char *contender;
    const char *figure; /* what was measured: "speed", "memory" ... */
    double value;
    const char *unit;
    const char *baseline;  /* the contender it is compared with, or NULL */
    double baseline_value; /* its value, where there is a baseline */
    bench_aim aim;
    const char *skipped; /* not NULL: why there is no value */
} bench_figure;

void bench_report(bench_run *run, const bench_figure *figure);

/* One contender of a race: does the whole work once.  What it returns is a
 * checksum; all contenders of a race must return the same one. */
typedef struct bench_contender {
    const char *name;
    uint64_t (*round)(const void *work);
    const void *work;
    uint64_t n; /* operations in one round */
    bench_aim aim;
} bench_contender;

/*
 * Rounds of all contenders in turn, so that a slow minute of the machine is
 * slow for all; then the median of each as operations per second.  The first
 * contender is the baseline.  Returns 0, or 1 when checksums of contenders
 * with the same n differ (said on standard error).
 */
int bench_race(bench_run *run, const char *case_name, const bench_contender *contenders,
               size_t count);

/*
 * Instructions spent inside `functions` (and what they call) while this program,
 * run again under callgrind, does `part` of the same subject.  False where there
 * is no valgrind, or it failed.
 */
bool bench_instructions(const bench_run *run, const char *part, const char *const *functions,
                        size_t count, double *out);

/* The same with any options of callgrind, and any of its events: the sum of those whose
 * names are in `events`, NULL at its end. */
bool bench_callgrind(const bench_run *run, const char *part, const char *const *options,
                     size_t count, const char *const *events, double *out);

/* Work that takes long says on standard error how far it has come, and how long the
 * rest will take; what is done soon says nothing. */
typedef struct bench_progress {
    const char *what;
    uint64_t all;
    double began, said; /* 0: not yet */
} bench_progress;

void bench_progress_to(bench_progress *progress, uint64_t done);

/* Bytes of this process that are resident, and those that the machine can still give. */
double bench_resident(void);
double bench_available(void);

/* Seconds on a clock that only goes forward. */
double bench_seconds(void);

/* Of this thread's processor time: for short work that other programs may interrupt. */
double bench_thread_seconds(void);

/* The median of `values`, which gets sorted. */
double bench_median(double *values, size_t count);

/* The whole file, ended by a NUL; NULL (said on standard error) on failure. */
char *bench_read_file(const char *path, size_t *length_out);

/* The path of a program that lies beside this one, or of this one where `name`
 * is NULL; false when it does not fit. */
bool bench_beside(char *path, size_t size, const char *name);

/* Processor, memory, kernel, compiler, and whether the build is meant for
 * measuring at all.  To standard output, or to standard error before JSON. */
void bench_describe_machine(const bench_run *run);

#endif
