/*
 * bench_engine_instructions.c - instructions inside sla_engine_record and
 * sla_engine_poll for a fact that is parsed already.
 *
 * Everything is made beforehand; the count is callgrind's and the same on every
 * run.  It holds the steps that fall due between facts and the reading of every
 * event, too: it is what a fact costs in the long run.
 */
#include <stdlib.h>
#include <string.h>

#include "bench_engine_parts.h"
#include "bench_engine_work.h"

enum { TICKETS = 2000, TICKETS_QUICK = 100 };

static const struct {
    const char *part;
    const bench_world *world;
    const char *name;
    unsigned late_percent;
    double bound;
    size_t awake; /* as in sla_engine_options: so few that each fact is of a ticket at rest */
} cases[] = {{"complaint", &bench_complaint, "complaints, in order", 0, 3000, 0},
             {"complaint-late", &bench_complaint, "complaints, 5 % late", 5, 0, 0},
             {"complaint-rest", &bench_complaint, "complaints at rest, in order", 0, 0, 8},
             {"desk", &bench_desk, "desk with pauses, in order", 0, 0, 0},
             {"desk-rest", &bench_desk, "desk at rest, in order", 0, 0, 8}};

enum { CASES = sizeof cases / sizeof *cases };

static size_t tickets(const bench_run *run)
{
    return run->quick ? TICKETS_QUICK : TICKETS;
}

static int play_case(const bench_run *run, size_t number)
{
    const bench_work work = {.world = cases[number].world,
                             .seed = run->seed,
                             .tickets = tickets(run),
                             .late_percent = cases[number].late_percent,
                             .arrival = 2 * SLA_SECOND};
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    size_t count = 0;
    uint64_t events = 0;
    bench_record *records = bench_facts(&work, &count);
    sla_engine *engine;
    bool played;

    options.awake = cases[number].awake;
    engine = bench_engine_new(work.world, &options);
    played = records != NULL && engine != NULL && bench_play(engine, records, count, &events);

    sla_engine_free(engine);
    free(records);
    return played ? 0 : 1;
}

int bench_engine_part(const bench_run *run)
{
    for (size_t i = 0; i < CASES; i++)
        if (strcmp(run->part, cases[i].part) == 0)
            return play_case(run, i);
    return 1;
}

int bench_engine_instructions(bench_run *run)
{
    static const char *const inside[] = {"sla_engine_record", "sla_engine_poll"};

    for (size_t i = 0; i < CASES; i++) {
        const size_t facts = tickets(run) * cases[i].world->whole_count;
        bench_figure figure = {.case_name = cases[i].name,
                               .n = facts,
                               .contender = "libsla",
                               .figure = "instructions",
                               .unit = "a fact"};
        double instructions;

        if (cases[i].bound > 0)
            figure.aim = (bench_aim){BENCH_AT_MOST, cases[i].bound, false};
        if (bench_instructions(run, cases[i].part, inside, 2, &instructions))
            figure.value = instructions / (double)facts;
        else
            figure.skipped = "valgrind is missing or could not run this program";
        bench_report(run, &figure);
    }
    return 0;
}
