/*
 * bench_engine_scale.c - what a fact costs with ten times as many live tickets, and
 * what it costs that most of them are at rest.
 *
 * Three engines are filled with live tickets and then asked in turn: a round
 * tells each that some customers have been contacted.  Time goes by the slower
 * the more tickets there are, so that as many steps fall due for a fact.  Each
 * fact, and mostly each step, is of a ticket that was not touched for long.
 */
#include <stdlib.h>

#include "bench_engine_parts.h"
#include "bench_engine_work.h"

enum {
    CROWDS = 3,
    SMALL = 10000,
    SMALL_QUICK = 300,
    FACTS = 90, /* a round: 101 rounds find enough tickets in the small engine */
    FACTS_QUICK = 2,
    STRIDE = 7919 /* a prime: visits every ticket once, neighbours far apart */
};

typedef struct bench_crowd {
    const char *name;
    size_t tickets;
    size_t awake; /* as in sla_engine_options */
    sla_engine *engine;
    bench_record *facts;
    size_t fact_count, next;
    double *times;
} bench_crowd;

static sla_time fill(bench_crowd *crowd, const bench_run *run)
{
    const bench_work work = {.world = &bench_complaint,
                             .seed = run->seed,
                             .tickets = crowd->tickets,
                             .live = true,
                             .arrival = SLA_HOUR / (int64_t)crowd->tickets};
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    size_t count = 0;
    uint64_t events = 0;
    bench_record *records = bench_facts(&work, &count);
    sla_time end = SLA_NEVER;

    options.awake = crowd->awake;
    crowd->engine = bench_engine_new(&bench_complaint, &options);
    if (crowd->engine != NULL && records != NULL &&
        bench_play(crowd->engine, records, count, &events))
        end = records[count - 1].recorded_at;
    free(records);
    return end;
}

/* Fills the engine and makes the facts for all rounds. */
static bool prepare(bench_crowd *crowd, const bench_run *run, size_t facts_a_round)
{
    const sla_time start = fill(crowd, run);

    crowd->fact_count = facts_a_round * run->rounds;
    crowd->facts = calloc(crowd->fact_count, sizeof *crowd->facts);
    crowd->times = calloc(run->rounds, sizeof *crowd->times);
    if (start == SLA_NEVER || crowd->facts == NULL || crowd->times == NULL)
        return false;
    for (size_t i = 0; i < crowd->fact_count; i++)
        bench_fact_make(&crowd->facts[i], (i + 1) * STRIDE % crowd->tickets, "contacted",
                        start + (sla_time)(i + 1) * (SLA_HOUR / (int64_t)crowd->tickets) + 1);
    return true;
}

static bool ask(bench_crowd *crowd, size_t facts, size_t round)
{
    const double start = bench_seconds();
    uint64_t events = 0;
    const bool played = bench_play(crowd->engine, &crowd->facts[crowd->next], facts, &events);

    crowd->times[round] = bench_seconds() - start;
    crowd->next += facts;
    return played;
}

static void report(bench_run *run, const char *name, bench_crowd *crowd, bench_crowd *baseline,
                   size_t facts)
{
    const bench_figure figure = {
        .case_name = name,
        .n = crowd->tickets,
        .contender = crowd->name,
        .figure = "time",
        .value = bench_median(crowd->times, run->rounds) / (double)facts * 1e9,
        .unit = "ns/fact",
        .baseline = baseline != NULL ? baseline->name : NULL,
        .baseline_value = baseline != NULL
                              ? bench_median(baseline->times, run->rounds) / (double)facts * 1e9
                              : 0};

    bench_report(run, &figure);
}

static void report_all(bench_run *run, bench_crowd *crowds, size_t facts)
{
    report(run, "a fact among live tickets", &crowds[0], NULL, facts);
    report(run, "a fact among live tickets", &crowds[1], &crowds[0], facts);
    report(run, "a fact of a ticket at rest", &crowds[2], NULL, facts);
    report(run, "a fact of a ticket at rest", &crowds[1], &crowds[2], facts);
}

int bench_engine_scale(bench_run *run)
{
    const size_t small = run->quick ? SMALL_QUICK : SMALL;
    const size_t facts = run->quick ? FACTS_QUICK : FACTS;
    bench_crowd crowds[] = {
        {.name = "libsla, few", .tickets = small},
        {.name = "libsla, ten times as many", .tickets = 10 * small},
        {.name = "libsla, all awake", .tickets = 10 * small, .awake = SIZE_MAX}};
    bool done = true;

    for (size_t i = 0; done && i < CROWDS; i++)
        done = prepare(&crowds[i], run, facts);
    for (size_t round = 0; done && round < run->rounds; round++) {
        for (size_t i = 0; done && i < CROWDS; i++)
            done = ask(&crowds[i], facts, round);
    }
    if (done)
        report_all(run, crowds, facts);
    for (size_t i = 0; i < CROWDS; i++) {
        sla_engine_free(crowds[i].engine);
        free(crowds[i].facts);
        free(crowds[i].times);
    }
    return done ? 0 : 1;
}
