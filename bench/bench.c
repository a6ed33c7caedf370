/* bench.c - see bench.h: medians of interleaved rounds, and how a figure is printed. */
#include "bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { CONTENDERS_MAX = 8, ROUNDS_MAX = 101 };

static double seconds_of(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

double bench_seconds(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}

double bench_thread_seconds(void)
{
    return seconds_of(CLOCK_THREAD_CPUTIME_ID);
}

static int by_value(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;

    return (a > b) - (a < b);
}

double bench_median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static double ratio_of(const bench_figure *figure)
{
    return figure->baseline_value != 0 ? figure->value / figure->baseline_value : 0;
}

static bool is_met(const bench_figure *figure)
{
    const double measured = figure->aim.of_ratio ? ratio_of(figure) : figure->value;

    return figure->aim.kind == BENCH_AT_MOST ? measured <= figure->aim.bound
                                             : measured >= figure->aim.bound;
}

/* "value <= 3000", "ratio >= 10"; a machine splits it at the spaces. */
static const char *aim_text(const bench_figure *figure, char *buffer, size_t size)
{
    snprintf(buffer, size, "%s %s %.12g", figure->aim.of_ratio ? "ratio" : "value",
             figure->aim.kind == BENCH_AT_MOST ? "<=" : ">=", figure->aim.bound);
    return buffer;
}

/* The row keeps its members and has neither value nor verdict. */
static void report_skipped(const bench_run *run, const bench_figure *figure)
{
    char aim[64];

    if (!run->json) {
        printf("%-26s %9" PRIu64 "  %-24s %-18s skipped: %s\n", figure->case_name, figure->n,
               figure->contender, figure->figure, figure->skipped);
        return;
    }
    printf("{\"bench\": \"%s\", \"case\": \"%s\", \"n\": %" PRIu64 ", \"contender\": \"%s\", "
           "\"figure\": \"%s, skipped: %s\", \"value\": null, \"unit\": \"%s\", "
           "\"baseline\": null, \"ratio\": null, ",
           run->subject, figure->case_name, figure->n, figure->contender, figure->figure,
           figure->skipped, figure->unit);
    if (figure->aim.kind != BENCH_NO_AIM)
        printf("\"aim\": \"%s\", \"met\": null}\n", aim_text(figure, aim, sizeof aim));
    else
        printf("\"aim\": null, \"met\": null}\n");
}

static void report_json(const bench_run *run, const bench_figure *figure)
{
    char aim[64];

    printf("{\"bench\": \"%s\", \"case\": \"%s\", \"n\": %" PRIu64 ", \"contender\": \"%s\", "
           "\"figure\": \"%s\", \"value\": %.12g, \"unit\": \"%s\"",
           run->subject, figure->case_name, figure->n, figure->contender, figure->figure,
           figure->value, figure->unit);
    if (figure->baseline != NULL)
        printf(", \"baseline\": \"%s\", \"ratio\": %.6g", figure->baseline, ratio_of(figure));
    else
        printf(", \"baseline\": null, \"ratio\": null");
    if (figure->aim.kind != BENCH_NO_AIM)
        printf(", \"aim\": \"%s\", \"met\": %s}\n", aim_text(figure, aim, sizeof aim),
               is_met(figure) ? "true" : "false");
    else
        printf(", \"aim\": null, \"met\": null}\n");
}

static void report_row(const bench_run *run, const bench_figure *figure)
{
    char aim[64];
    char ratio[96] = "";

    (void)run;
    if (figure->baseline != NULL)
        snprintf(ratio, sizeof ratio, "%.4g x %s", ratio_of(figure), figure->baseline);
    printf("%-26s %9" PRIu64 "  %-24s %-18s %14.6g %-13s %-28s", figure->case_name, figure->n,
           figure->contender, figure->figure, figure->value, figure->unit, ratio);
    if (figure->aim.kind != BENCH_NO_AIM)
        printf(" %s: %s", aim_text(figure, aim, sizeof aim), is_met(figure) ? "met" : "not met");
    putchar('\n');
}

void bench_report(bench_run *run, const bench_figure *figure)
{
    if (figure->skipped != NULL)
        report_skipped(run, figure);
    else {
        run->missed += figure->aim.kind != BENCH_NO_AIM && !is_met(figure);
        (run->json ? report_json : report_row)(run, figure);
    }
    fflush(stdout);
}

/* Runs the rounds; times[contender][round].  Returns 1 when two disagree. */
static int run_rounds(const bench_run *run, const bench_contender *contenders, size_t count,
                      double times[CONTENDERS_MAX][ROUNDS_MAX])
{
    uint64_t sums[CONTENDERS_MAX] = {0};

    for (size_t round = 0; round < run->rounds; round++)
        for (size_t i = 0; i < count; i++) {
            const double start = bench_seconds();

            sums[i] = contenders[i].round(contenders[i].work);
            times[i][round] = bench_seconds() - start;
        }
    for (size_t i = 1; i < count; i++)
        if (contenders[i].n == contenders[0].n && sums[i] != sums[0]) {
            fprintf(stderr, "sla-bench: %s and %s do not agree\n", contenders[0].name,
                    contenders[i].name);
            return 1;
        }
    return 0;
}

static double speed(const bench_run *run, const bench_contender *contender, double *times)
{
    return (double)contender->n / bench_median(times, run->rounds);
}

int bench_race(bench_run *run, const char *case_name, const bench_contender *contenders,
               size_t count)
{
    double times[CONTENDERS_MAX][ROUNDS_MAX];

    if (count > CONTENDERS_MAX || run->rounds > ROUNDS_MAX) {
        fprintf(stderr, "sla-bench: at most %d contenders, %d rounds\n", CONTENDERS_MAX,
                ROUNDS_MAX);
        return 1;
    }
    if (run_rounds(run, contenders, count, times) != 0)
        return 1;
    for (size_t i = 0; i < count; i++) {
        bench_figure figure = {
            .case_name = case_name,
            .n = contenders[i].n,
            .contender = contenders[i].name,
            .figure = "speed",
            .value = speed(run, &contenders[i], times[i]),
            .unit = "calls/s",
            .baseline = i > 0 ? contenders[0].name : NULL,
            .baseline_value = speed(run, &contenders[0], times[0]),
            .aim = contenders[i].aim,
        };

        bench_report(run, &figure);
    }
    return 0;
}

char *bench_read_file(const char *path, size_t *length_out)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    long length;

    if (file != NULL && fseek(file, 0, SEEK_END) == 0 && (length = ftell(file)) >= 0 &&
        fseek(file, 0, SEEK_SET) == 0 && (text = malloc((size_t)length + 1)) != NULL) {
        if (fread(text, 1, (size_t)length, file) == (size_t)length) {
            text[length] = '\0';
            *length_out = (size_t)length;
        } else {
            free(text);
            text = NULL;
        }
    }
    if (text == NULL)
        fprintf(stderr, "sla-bench: cannot read %s\n", path);
    if (file != NULL)
        fclose(file);
    return text;
}
