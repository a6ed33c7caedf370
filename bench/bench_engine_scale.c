/*
 * bench_engine_scale.c - what a fact costs with a thousand times as many live tickets, what
 * they take, and what it costs that most of them are at rest.
 *
 * All crowds are asked in turn.  In a round to each happens the same: some complaints are
 * opened, as many wait for the customer, go on, have a step that falls due, and end; so
 * as many stay alive.  Whoever is met was not touched for rounds, and rests.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench_engine_crowd.h"
#include "bench_engine_parts.h"

enum {
    CROWDS = 5,
    BASELINE = 1,  /* against which growth is counted */
    ALL_AWAKE = 4, /* as many as the baseline */
    BLOCK = 125,
    ROUNDS_EACH = 4,  /* short ones: few of them are interrupted */
    ROUNDS_MOST = 40, /* more would let the next one of a ticket find it awake */
    BLOCK_QUICK = 20,
    OPENED_AT_ONCE = 1000,
    WAITING = 4,     /* rounds between a pause and its end */
    MOST_BYTES = 640 /* a ticket, for asking whether there is room */
};

static const struct {
    size_t tickets, tickets_quick; /* 0: not then */
    size_t awake;
} sizes[CROWDS] = {{10000, 300, 0},
                   {100000, 3000, 0},
                   {1000000, 10000, 0},
                   {10000000, 0, 0},
                   {100000, 3000, SIZE_MAX}};

static const char *const cases[CROWD_HAPPENINGS] = {
    [CROWD_OPENED] = "opened, dispatched",  [CROWD_PAUSED] = "paused",
    [CROWD_ANSWERED] = "answered",          [CROWD_FIRED] = "a step fell due",
    [CROWD_ENDED] = "withdrawn, forgotten",
};

/* A crowd, and what each round took for a fact, or for an event where none is recorded. */
typedef struct contender {
    bench_crowd crowd;
    char name[48];
    const char *skipped; /* why it is not there */
    double bytes, clocks, resident, process;
    double *times[CROWD_HAPPENINGS], *all; /* by round, in ns */
} contender;

typedef struct scale {
    bench_run *run;
    size_t block, rounds;
    contender contenders[CROWDS];
} scale;

/* ------------------------------------------------------------------------- filling */

static void keep_sizes(contender *self)
{
    sla_engine_stats stats;

    sla_engine_get_stats(self->crowd.engine, &stats);
    self->process = bench_resident();
    self->resident = self->process - self->resident;
    self->bytes = (double)stats.bytes;
    self->clocks = (double)stats.live_clocks;
}

static bool has_room(contender *self, size_t number, const bench_run *run)
{
    static char why[128];
    const double needed = (double)sizes[number].tickets * MOST_BYTES;
    const double there = bench_available();

    if (run->quick && sizes[number].tickets_quick == 0)
        self->skipped = "not with --quick";
    else if (!run->quick && there < needed) {
        snprintf(why, sizeof why, "%.1f GB of memory may be needed, %.1f are available",
                 needed * 1e-9, there * 1e-9);
        self->skipped = why;
    }
    return self->skipped == NULL;
}

static bool fill(contender *self, size_t number, const bench_run *run, size_t rounds)
{
    bench_crowd *const crowd = &self->crowd;

    crowd->tickets = run->quick ? sizes[number].tickets_quick : sizes[number].tickets;
    if (crowd->tickets == 0)
        crowd->tickets = sizes[number].tickets;
    crowd->awake = sizes[number].awake;
    snprintf(self->name, sizeof self->name, "%zu live%s", crowd->tickets,
             number == ALL_AWAKE ? ", all awake" : "");
    if (!has_room(self, number, run))
        return true;
    self->all = calloc(rounds, sizeof *self->all);
    for (size_t i = 0; i < CROWD_HAPPENINGS; i++)
        if ((self->times[i] = calloc(rounds, sizeof *self->times[i])) == NULL)
            return false;
    malloc_trim(0);
    self->resident = bench_resident();
    if (self->all == NULL || !bench_crowd_fill(crowd, OPENED_AT_ONCE))
        return false;
    keep_sizes(self);
    return true;
}

/* -------------------------------------------------------------------------- rounds */

/* Some wait for the customer before the first answers come. */
static bool begin(contender *self, size_t block)
{
    for (size_t i = 0; i < WAITING; i++)
        if (!bench_crowd_prepare(&self->crowd, CROWD_PAUSED, block) ||
            bench_crowd_play(&self->crowd, CROWD_PAUSED, block) == 0)
            return false;
    return true;
}

static bool play_round(contender *self, size_t block, size_t round)
{
    double seconds = 0;
    size_t facts = 0;

    for (size_t what = 0; what < CROWD_HAPPENINGS; what++) {
        double start, taken;
        size_t done;

        if (!bench_crowd_prepare(&self->crowd, what, block))
            return false;
        start = bench_thread_seconds();
        done = bench_crowd_play(&self->crowd, what, block);
        taken = bench_thread_seconds() - start;
        if (done == 0)
            return false;
        self->times[what][round] = taken / (double)done * 1e9;
        seconds += taken;
        facts += what == CROWD_FIRED ? 0 : done;
    }
    self->all[round] = seconds / (double)facts * 1e9;
    return true;
}

static bool play(scale *all)
{
    bool good = true;

    for (size_t i = 0; good && i < CROWDS; i++)
        good = all->contenders[i].skipped != NULL || begin(&all->contenders[i], all->block);
    for (size_t round = 0; good && round < all->rounds; round++)
        for (size_t i = 0; good && i < CROWDS; i++)
            good = all->contenders[i].skipped != NULL ||
                   play_round(&all->contenders[i], all->block, round);
    return good;
}

/* ------------------------------------------------------------------------- figures */

static bench_figure figure_of(const scale *all, size_t number, const char *case_name)
{
    const contender *const self = &all->contenders[number];

    return (bench_figure){.case_name = case_name,
                          .n = self->crowd.tickets,
                          .contender = self->name,
                          .skipped = self->skipped};
}

static double time_of(const scale *all, size_t number, size_t what)
{
    const contender *const self = &all->contenders[number];

    if (self->skipped != NULL)
        return 0;
    return bench_median(what < CROWD_HAPPENINGS ? self->times[what] : self->all, all->rounds);
}

static void report_times(scale *all, const char *case_name, size_t what)
{
    for (size_t i = 0; i < CROWDS; i++) {
        bench_figure figure = figure_of(all, i, case_name);

        figure.figure = "time";
        figure.unit = what == CROWD_FIRED ? "ns/event" : "ns/fact";
        figure.value = time_of(all, i, what);
        if (i != BASELINE) {
            figure.baseline = all->contenders[BASELINE].name;
            figure.baseline_value = time_of(all, BASELINE, what);
        }
        if (what == CROWD_HAPPENINGS && i == CROWDS - 2)
            figure.aim = (bench_aim){BENCH_AT_MOST, 2, true};
        bench_report(all->run, &figure);
    }
}

static void report_sizes(scale *all)
{
    for (size_t i = 0; i < CROWDS; i++) {
        const contender *const self = &all->contenders[i];
        const bool most = i == CROWDS - 2;
        const double tickets = (double)self->crowd.tickets;
        bench_figure figure = figure_of(all, i, "live tickets, facts in store");

        figure.figure = "memory";
        figure.unit = "bytes/ticket";
        figure.value = self->bytes / tickets;
        figure.aim = (bench_aim){most ? BENCH_AT_MOST : BENCH_NO_AIM, 320, false};
        bench_report(all->run, &figure);
        figure.aim.kind = BENCH_NO_AIM;
        figure.figure = "resident";
        figure.value = self->resident / tickets;
        bench_report(all->run, &figure);
        figure.figure = "clocks";
        figure.unit = "live a ticket";
        figure.value = self->clocks / tickets;
        bench_report(all->run, &figure);
        if (!most)
            continue;
        figure.figure = "resident, whole process";
        figure.unit = "GiB";
        figure.value = self->process / 1024 / 1024 / 1024;
        figure.aim = (bench_aim){BENCH_AT_MOST, 24, false};
        bench_report(all->run, &figure);
    }
}

int bench_engine_scale(bench_run *run)
{
    scale all = {.run = run};
    bool good = true;

    all.rounds = ROUNDS_EACH * run->rounds < ROUNDS_MOST ? ROUNDS_EACH * run->rounds : ROUNDS_MOST;
    for (size_t i = 0; good && i < CROWDS; i++)
        good = fill(&all.contenders[i], i, run, all.rounds);
    all.block = run->quick ? BLOCK_QUICK : BLOCK;
    while (good && bench_crowd_blocks(&all.contenders[0].crowd, all.block) < all.rounds + WAITING)
        all.block--;
    good = good && play(&all);
    if (good) {
        report_times(&all, "a fact among live tickets", CROWD_HAPPENINGS);
        for (size_t i = 0; i < CROWD_HAPPENINGS; i++)
            report_times(&all, cases[i], i);
        report_sizes(&all);
    }
    for (size_t i = 0; i < CROWDS; i++) {
        bench_crowd_free(&all.contenders[i].crowd);
        for (size_t k = 0; k < CROWD_HAPPENINGS; k++)
            free(all.contenders[i].times[k]);
        free(all.contenders[i].all);
    }
    return good ? 0 : 1;
}
