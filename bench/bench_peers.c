/*
 * bench_peers.c - durable deadlines: libsla over PostgreSQL beside two job queues for
 * Node on the same server, in turn, each through its own call for many at once.
 */
#include "bench_peers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "subjects.h"

enum { ROUNDS_MAX = 101, CONTENDERS = 4, RATE = 2000, HERD = 10000, TRIES = 4 };

enum { ARMED, P50, P99, HERD_RATE, HERD_DONE, FIGURES };

static const struct {
    const char *name, *unit;
    bench_aim aim; /* libsla's value, of a peer's */
} figures[FIGURES] = {
    {"armed", "steps/s", {BENCH_AT_LEAST, 10, true}},
    {"late p50", "ms", {BENCH_NO_AIM, 0, false}},
    {"late p99", "ms", {BENCH_AT_MOST, 1.0 / 50, true}},
    {"herd told", "a second", {BENCH_AT_LEAST, 3, true}},
    {"herd done", "a second", {BENCH_AT_LEAST, 3, true}},
};

/* The first is ours: without a script. */
static const struct {
    const char *name, *script;
    int poll_ms; /* pg-boss cannot be told to poll more often */
} contenders[CONTENDERS] = {
    {"libsla", NULL, 0},
    {"pg-boss", "pg_boss.js", 500},
    {"graphile-worker", "graphile_worker.js", 500},
    {"graphile, poll 100 ms", "graphile_worker.js", 100},
};

typedef struct peers {
    bench_run *run;
    bench_server server;
    size_t spread, herd, complaints;
    sla_duration lead[CONTENDERS]; /* what arming took, and room */
    double values[CONTENDERS][FIGURES][ROUNDS_MAX];
    double complaint_steps[ROUNDS_MAX]; /* a second */
    size_t steps;                       /* of all complaints */
} peers;

static int by_number(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;

    return (a > b) - (a < b);
}

static double ordered(const double *values, size_t count, double share)
{
    return values[(size_t)((double)(count - 1) * share)];
}

/* ------------------------------------------------------------------------- rounds */

/* What they all must do: every one, once, not early, and on the record as done. */
static bool is_whole(const peers *self, size_t contender, const bench_deadlines *deadlines)
{
    if (deadlines->spread_count == self->spread && deadlines->herd_count == self->herd &&
        deadlines->early == 0 && deadlines->done == self->spread + self->herd)
        return true;
    fprintf(stderr, "sla-bench: %s: %zu and %zu came, %zu of them early, %zu are completed\n",
            contenders[contender].name, deadlines->spread_count, deadlines->herd_count,
            deadlines->early, deadlines->done);
    return false;
}

static void keep(peers *self, size_t contender, size_t round, bench_deadlines *deadlines)
{
    double(*values)[ROUNDS_MAX] = self->values[contender];

    qsort(deadlines->spread_ms, self->spread, sizeof(double), by_number);
    qsort(deadlines->herd_ms, self->herd, sizeof(double), by_number);
    values[ARMED][round] = (double)(self->spread + self->herd) / deadlines->armed_seconds;
    values[P50][round] = ordered(deadlines->spread_ms, self->spread, 0.5);
    values[P99][round] = ordered(deadlines->spread_ms, self->spread, 0.99);
    values[HERD_RATE][round] =
        (double)self->herd * 1000 / ordered(deadlines->herd_ms, self->herd, 1);
    values[HERD_DONE][round] = (double)self->herd * 1000 / deadlines->whole_ms;
}

/* Once, in a fresh database. */
static bool attempt(const peers *self, size_t contender, bench_deadlines *deadlines)
{
    if (!bench_peers_empty(&self->server))
        return false;
    if (contenders[contender].script == NULL)
        return bench_deadlines_service(&self->server, deadlines);
    return bench_deadlines_node(&self->server, contenders[contender].script,
                                contenders[contender].poll_ms, deadlines);
}

/* The lead follows what arming took: nobody waits longer than he must. */
static bool take_turn(peers *self, size_t contender, size_t round)
{
    bench_deadlines deadlines = {.lead_over = true};
    double *late = malloc((self->spread + self->herd) * sizeof *late);
    bool good = late != NULL;

    for (int i = 0; good && deadlines.lead_over && i < TRIES; i++) {
        deadlines = (bench_deadlines){.spread = self->spread,
                                      .rate = RATE,
                                      .herd = self->herd,
                                      .lead = self->lead[contender],
                                      .spread_ms = late,
                                      .herd_ms = late + self->spread};
        good = attempt(self, contender, &deadlines);
        if (deadlines.lead_over)
            self->lead[contender] *= 2;
    }
    good = good && is_whole(self, contender, &deadlines);
    if (good) {
        keep(self, contender, round, &deadlines);
        self->lead[contender] =
            SLA_SECOND * 3 / 2 + (sla_duration)(deadlines.armed_seconds * 2 * SLA_SECOND);
    }
    free(late);
    return good;
}

static bool open_complaints(peers *self, size_t round)
{
    double seconds = -1;

    if (bench_peers_empty(&self->server))
        seconds = bench_open_complaints(&self->server, self->complaints, &self->steps);
    if (seconds > 0)
        self->complaint_steps[round] = (double)self->steps / seconds;
    else
        fputs("sla-bench: not all complaints were opened\n", stderr);
    return seconds > 0;
}

static bool all_rounds(peers *self)
{
    for (size_t round = 0; round < self->run->rounds; round++) {
        for (size_t i = 0; i < CONTENDERS; i++)
            if (!take_turn(self, i, round))
                return false;
        if (!open_complaints(self, round))
            return false;
    }
    return true;
}

/* ------------------------------------------------------------------------- report */

static void report_peer(peers *self, size_t contender, double mine[FIGURES], double complaint)
{
    const uint64_t n = self->spread + self->herd;

    for (size_t i = 0; i < FIGURES; i++) {
        const double theirs = bench_median(self->values[contender][i], self->run->rounds);
        bench_figure figure = {.case_name = "one deadline a ticket",
                               .n = n,
                               .contender = contenders[contender].name,
                               .figure = figures[i].name,
                               .value = theirs,
                               .unit = figures[i].unit};

        bench_report(self->run, &figure);
        figure.contender = contenders[0].name;
        figure.value = mine[i];
        figure.baseline = contenders[contender].name;
        figure.baseline_value = theirs;
        figure.aim = figures[i].aim;
        bench_report(self->run, &figure);
        if (i != ARMED)
            continue;
        figure.case_name = "complaints, a job for each step";
        figure.n = self->steps;
        figure.value = complaint;
        bench_report(self->run, &figure);
    }
}

static void report(peers *self)
{
    const double complaint = bench_median(self->complaint_steps, self->run->rounds);
    double mine[FIGURES];

    for (size_t i = 0; i < FIGURES; i++)
        mine[i] = bench_median(self->values[0][i], self->run->rounds);
    for (size_t contender = 1; contender < CONTENDERS; contender++)
        report_peer(self, contender, mine, complaint);
}

static int skip(peers *self, const char *why)
{
    for (size_t i = 0; i < FIGURES; i++) {
        const bench_figure figure = {.case_name = "one deadline a ticket",
                                     .n = self->spread + self->herd,
                                     .contender = contenders[0].name,
                                     .figure = figures[i].name,
                                     .unit = figures[i].unit,
                                     .baseline = contenders[1].name,
                                     .aim = figures[i].aim,
                                     .skipped = why};

        bench_report(self->run, &figure);
    }
    return 0;
}

static const char *reason(const char *line)
{
    static const char word[] = "skipped: ";

    return strncmp(line, word, sizeof word - 1) == 0 ? line + sizeof word - 1 : line;
}

static int run_peers(bench_run *run)
{
    static peers self;
    const char *no_server;
    char why[256];
    bool good;

    self.run = run;
    self.spread = run->seconds * (run->quick ? RATE / 4 : RATE);
    self.herd = run->quick ? HERD / 20 : HERD;
    self.complaints = run->quick ? HERD / 50 : HERD;
    for (size_t i = 0; i < CONTENDERS; i++)
        self.lead[i] = (run->quick ? 2 : 5) * SLA_SECOND;
    if (!bench_peers_install(why))
        return skip(&self, reason(why));
    if (!bench_server_start(&self.server, &no_server))
        return skip(&self, no_server);
    good = all_rounds(&self);
    bench_server_stop(&self.server);
    if (good)
        report(&self);
    return good ? 0 : 1;
}

const bench_subject bench_peers = {
    "peers", "Durable deadlines beside two job queues for Node, on one PostgreSQL", run_peers, 5,
    NULL};
