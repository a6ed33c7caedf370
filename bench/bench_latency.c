/*
 * bench_latency.c - how late a firing is through a service on a libev loop, beside
 * one re-armed ev_timer, and one timerfd, in a bare loop over the same instants.
 */
#include "bench_latency.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "prng.h"

enum { FIGURES = 5, CONTENDERS = 4, TOGETHER = 3, ROUNDS_MAX = 101, COALESCE = 100 };

static const struct {
    const char *name, *unit;
    double share; /* of the ordered firings that are not later */
} figures[FIGURES] = {
    {"p50", "us", 0.5}, {"p99", "us", 0.99}, {"p99.9", "us", 0.999},
    {"max", "us", 1},   {"CPU", "%", 0},
};

/* The aims of the issue: of the bare timer's value; of the processor. */
static const struct {
    double p50, p99, cpu_coalesced;
} aims = {1.0 / 15, 1.0 / 6, 25};

static const struct {
    const char *name;
    bool (*fire)(bench_firing *firing);
    sla_duration coalesce;
} contenders[CONTENDERS] = {
    {"one ev_timer", bench_fire_timer, 0},
    {"service", bench_fire_service, 0},
    {"one timerfd", bench_fire_timerfd, 0},
    {"service, 100 us together", bench_fire_service, COALESCE},
};

typedef struct latency_case {
    const char *name;
    size_t firings, firings_quick; /* a second */
    bool herd;                     /* all at the same instant, once */
    bool coalesced;                /* TOGETHER takes part */
} latency_case;

static const latency_case cases[] = {
    {"1k a second", 1000, 100, false, false},
    {"10k a second", 10000, 500, false, false},
    {"100k a second", 100000, 2000, false, true},
    {"herd", 100000, 2000, true, false},
};

typedef double latency_values[CONTENDERS][FIGURES][ROUNDS_MAX];

static int by_number(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left;
    const int64_t b = *(const int64_t *)right;

    return (a > b) - (a < b);
}

/* Deadlines at random in each second: what falls due in a busy desk. */
static sla_duration *make_phases(const bench_run *run, const latency_case *of, size_t count)
{
    sla_duration *phases = calloc(count, sizeof *phases);
    prng random = prng_seeded(run->seed);

    for (size_t i = 0; phases != NULL && !of->herd && i < count; i++)
        phases[i] = (sla_duration)prng_below(&random, SLA_SECOND);
    if (phases != NULL)
        qsort(phases, count, sizeof *phases, by_number);
    return phases;
}

/* One round of one contender, into the column `round`. */
static bool fire(const bench_firing *work, size_t contender, size_t round, latency_values values)
{
    bench_firing firing = *work;
    const size_t all = work->count * work->seconds;
    bool done;

    firing.coalesce = contenders[contender].coalesce;
    firing.late_ns = malloc(all * sizeof *firing.late_ns);
    done = firing.late_ns != NULL && contenders[contender].fire(&firing);
    if (done && (firing.fired != all || firing.early > 0)) {
        fprintf(stderr, "sla-bench: %s fired %zu of %zu, %zu of them early\n",
                contenders[contender].name, firing.fired, all, firing.early);
        done = false;
    }
    if (done) {
        qsort(firing.late_ns, all, sizeof *firing.late_ns, by_number);
        for (size_t i = 0; i < FIGURES; i++) {
            const size_t place = (size_t)((double)(all - 1) * figures[i].share);

            values[contender][i][round] = (double)firing.late_ns[place] / 1000;
        }
        values[contender][FIGURES - 1][round] = firing.cpu_percent;
    }
    free(firing.late_ns);
    return done;
}

static bench_aim aim_of(const latency_case *of, size_t contender, size_t figure)
{
    const bench_aim none = {0};

    if (contender == TOGETHER && figure == FIGURES - 1)
        return (bench_aim){BENCH_AT_MOST, aims.cpu_coalesced, false};
    if (of->herd || contender != 1 || figure > 1)
        return none;
    return (bench_aim){BENCH_AT_MOST, figure == 0 ? aims.p50 : aims.p99, true};
}

static void report(bench_run *run, const latency_case *of, uint64_t n, latency_values values)
{
    /* A herd is over before a share of the processor means anything. */
    const size_t figure_count = of->herd ? FIGURES - 1 : FIGURES;
    double first[FIGURES];

    for (size_t k = 0; k < CONTENDERS; k++)
        for (size_t i = 0; i < figure_count && (k != TOGETHER || of->coalesced); i++) {
            bench_figure figure = {.case_name = of->name,
                                   .n = n,
                                   .contender = contenders[k].name,
                                   .figure = figures[i].name,
                                   .value = bench_median(values[k][i], run->rounds),
                                   .unit = figures[i].unit,
                                   .aim = aim_of(of, k, i)};

            if (k == 0)
                first[i] = figure.value;
            else {
                figure.baseline = contenders[0].name;
                figure.baseline_value = first[i];
            }
            bench_report(run, &figure);
        }
}

static bool race(bench_run *run, const latency_case *of)
{
    static latency_values values;
    bench_firing work = {.count = run->quick ? of->firings_quick : of->firings,
                         .seconds = of->herd ? 1 : run->seconds};
    sla_duration *phases = make_phases(run, of, work.count);
    bool done = phases != NULL;

    work.phases = phases;
    for (size_t round = 0; done && round < run->rounds; round++)
        for (size_t k = 0; done && k < CONTENDERS; k++)
            if (k != TOGETHER || of->coalesced)
                done = fire(&work, k, round, values);
    if (done)
        report(run, of, work.count * work.seconds, values);
    free(phases);
    return done;
}

static int run_latency(bench_run *run)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (!race(run, &cases[i]))
            return 1;
    return 0;
}

const bench_subject bench_latency = {"latency", "firings through a libev loop: how late, how dear",
                                     run_latency, 5, NULL};
