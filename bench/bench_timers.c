/*
 * bench_timers.c - `sla-bench timers`: deadlines alone, in structures of which each is
 * a way of keeping them.
 *
 * All contenders walk through the same steps in turn, round by round, and have to fire
 * the same; the median of each phase counts.  Memory is what malloc has handed out.
 */
#include "bench_timers.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "subjects.h"

enum { HERD = 100000, CONTENDERS = 8, ROUNDS_MAX = 101, OURS = 0, LIBEV = 1, LONG_LIVE = 1000000 };

static const timers_contender *const contenders[CONTENDERS] = {
    &timers_sla,    &timers_libev,  &timers_libuv, &timers_libevent,
    &timers_heap_2, &timers_heap_8, &timers_tree,  &timers_lazy,
};

static const char *const phases[TIMERS_PHASES] = {"fill", "herd, arming", "herd", "mix", "drain"};

/* ------------------------------------------------------------------------ one contender */

static size_t held(void)
{
    const struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

static inline void take_step(const timers_contender *who, void *timers, const timers_step *step,
                             timers_fired *fired)
{
    switch (step->kind) {
    case TIMERS_ARM:
        who->arm(timers, step->id, step->at);
        break;
    case TIMERS_CANCEL:
        who->cancel(timers, step->id);
        break;
    case TIMERS_MOVE:
        who->move(timers, step->id, step->at);
        break;
    default:
        who->fire(timers, step->at, fired);
    }
}

typedef struct taken {
    double seconds[TIMERS_PHASES];
    size_t bytes[TIMERS_PHASES]; /* held when it ended */
} taken;

static bool agrees(const timers_contender *who, const timers_work *work, const timers_fired *fired)
{
    if (fired->count == work->wanted.count && fired->sum == work->wanted.sum &&
        (!who->exact || fired->in_order == work->wanted.in_order))
        return true;
    fprintf(stderr, "sla-bench: %s fired something else\n", who->name);
    return false;
}

static bool run_one(const timers_contender *who, const timers_work *work, taken *out)
{
    const size_t before = held();
    void *const timers = who->open(work->live);
    timers_fired fired = {0};
    size_t i = 0;

    for (size_t phase = 0; phase < TIMERS_PHASES; phase++) {
        const double start = timers_seconds();

        for (; i < work->ends[phase]; i++)
            take_step(who, timers, &work->steps[i], &fired);
        out->seconds[phase] = timers_seconds() - start;
        out->bytes[phase] = held() - before - (who->beside != NULL ? who->beside(timers) : 0);
    }
    who->close(timers);
    malloc_trim(0);
    return agrees(who, work, &fired);
}

/* ------------------------------------------------------------------- the longest call */

/* A call that a busy machine interrupts is not a slow one: of each the quickest time
 * counts, and the slowest of these. */
static double longest_call(const timers_contender *who, const timers_work *work, size_t passes)
{
    const size_t count = work->ends[TIMERS_MIX];
    float *const quickest = timers_grow(NULL, count, sizeof *quickest);
    double longest = 0;

    for (size_t pass = 0; pass < passes; pass++) {
        void *const timers = who->open(work->live);
        timers_fired fired = {0};

        for (size_t i = 0; i < count; i++) {
            const double start = timers_seconds();
            double seconds;

            take_step(who, timers, &work->steps[i], &fired);
            seconds = timers_seconds() - start;
            if (pass == 0 || seconds < (double)quickest[i])
                quickest[i] = (float)seconds;
        }
        who->close(timers);
        malloc_trim(0);
    }
    /* The herd is many timers, not a call. */
    for (size_t i = 0; i < count; i++)
        if (work->steps[i].kind != TIMERS_FIRE && (double)quickest[i] > longest)
            longest = (double)quickest[i];
    free(quickest);
    return longest;
}

/* -------------------------------------------------------------------------- reporting */

static size_t operations(const timers_work *work, size_t phase)
{
    if (phase == TIMERS_HERD_FIRE)
        return HERD;
    if (phase == TIMERS_DRAIN)
        return work->drained;
    return work->ends[phase] - (phase == 0 ? 0 : work->ends[phase - 1]);
}

/* Of libsla against libev. */
static bench_aim aim_of(size_t phase, size_t live)
{
    double bound = 0;

    if (phase == TIMERS_MIX)
        bound = live == 10000 ? 2.5 : live == 1000000 ? 5 : live == 10000000 ? 6 : 0;
    else if (phase == TIMERS_DRAIN)
        bound = live == 1000000 ? 12 : live == 10000000 ? 15 : 0;
    else if (phase == TIMERS_HERD_FIRE)
        bound = 8;
    return bound > 0 ? (bench_aim){BENCH_AT_LEAST, bound, true}
                     : (bench_aim){BENCH_NO_AIM, 0, false};
}

static void add_baseline(bench_figure *figure, double value)
{
    if (contenders[LIBEV]->skipped != NULL)
        return;
    figure->baseline = contenders[LIBEV]->name;
    figure->baseline_value = value;
}

typedef struct race {
    taken rounds[CONTENDERS][ROUNDS_MAX];
    size_t counts[CONTENDERS]; /* of rounds */
} race;

static double speed_of(const race *runs, size_t who, size_t phase, const timers_work *work)
{
    double values[ROUNDS_MAX];

    for (size_t i = 0; i < runs->counts[who]; i++)
        values[i] = (double)operations(work, phase) / runs->rounds[who][i].seconds[phase];
    return runs->counts[who] > 0 ? bench_median(values, runs->counts[who]) : 0;
}

static void report_speeds(bench_run *run, const race *runs, const timers_work *work)
{
    for (size_t phase = 0; phase < TIMERS_PHASES; phase++)
        for (size_t who = 0; who < CONTENDERS; who++) {
            bench_figure figure = {.case_name = phases[phase],
                                   .n = work->live,
                                   .contender = contenders[who]->name,
                                   .figure = "speed",
                                   .value = speed_of(runs, who, phase, work) * 1e-6,
                                   .unit = "million/s",
                                   .skipped = contenders[who]->skipped};

            if (who != LIBEV)
                add_baseline(&figure, speed_of(runs, LIBEV, phase, work) * 1e-6);
            if (who == OURS)
                figure.aim = aim_of(phase, work->live);
            bench_report(run, &figure);
        }
}

static void report_bytes(bench_run *run, const char *name, const race *runs, size_t phase,
                         const timers_work *work, bench_aim aim)
{
    for (size_t who = 0; who < CONTENDERS; who++) {
        bench_figure figure = {.case_name = name,
                               .n = work->live,
                               .contender = contenders[who]->name,
                               .figure = "memory",
                               .value =
                                   (double)runs->rounds[who][0].bytes[phase] / (double)work->live,
                               .unit = "B/timer",
                               .skipped = contenders[who]->skipped};

        if (who != LIBEV)
            add_baseline(&figure, (double)runs->rounds[LIBEV][0].bytes[phase] / (double)work->live);
        if (who == OURS)
            figure.aim = aim;
        bench_report(run, &figure);
    }
}

static void report_longest(bench_run *run, const timers_work *work)
{
    const size_t who[] = {OURS, LIBEV};

    for (size_t i = 0; i < sizeof who / sizeof who[0]; i++) {
        const timers_contender *const contender = contenders[who[i]];
        bench_figure figure = {.case_name = "longest single call",
                               .n = work->live,
                               .contender = contender->name,
                               .figure = "time",
                               .unit = "us",
                               .skipped = contender->skipped};

        if (figure.skipped == NULL)
            figure.value = longest_call(contender, work, 3) * 1e6;
        bench_report(run, &figure);
    }
}

/* ---------------------------------------------------------------------------- the run */

/* The largest work is seconds for some and a minute for others: those go once. */
static size_t rounds_of(const bench_run *run, size_t who, size_t live)
{
    const size_t most = live >= 10000000 ? (who <= LIBEV ? 3 : 1) : live >= 1000000 ? 3 : 101;

    return run->rounds < most ? run->rounds : most;
}

static bool run_rounds(const bench_run *run, const timers_work *work, race *runs)
{
    bool agreed = true;

    memset(runs, 0, sizeof *runs);
    for (size_t round = 0; agreed && round < run->rounds; round++)
        for (size_t who = 0; agreed && who < CONTENDERS; who++)
            if (contenders[who]->skipped == NULL && round < rounds_of(run, who, work->live))
                agreed = run_one(contenders[who], work, &runs->rounds[who][runs->counts[who]++]);
    return agreed;
}

/* Ten times as many operations as live timers; no herd, which would leave its room. */
static bool run_long(bench_run *run, race *runs, size_t live)
{
    const bench_aim aim = {BENCH_AT_MOST, 32, false};
    const bench_run once = {.rounds = 1};
    timers_work work;
    bool agreed;

    timers_work_make(&work, run->seed, live, 10 * live, 0);
    agreed = run_rounds(&once, &work, runs);
    if (agreed)
        report_bytes(run, "after 10 n operations", runs, TIMERS_MIX, &work,
                     live == LONG_LIVE ? aim : (bench_aim){BENCH_NO_AIM, 0, false});
    timers_work_free(&work);
    return agreed;
}

/* Adds the time of an operation of the mix by libsla. */
static bool run_size(bench_run *run, race *runs, size_t live, double *mixed_out)
{
    const bench_aim aim = {BENCH_AT_MOST, 20, false};
    timers_work work;
    bool agreed;

    timers_work_make(&work, run->seed, live, live, HERD);
    agreed = run_rounds(run, &work, runs);
    if (agreed) {
        report_speeds(run, runs, &work);
        report_bytes(run, "filled", runs, TIMERS_FILL, &work,
                     live == LONG_LIVE ? aim : (bench_aim){BENCH_NO_AIM, 0, false});
        *mixed_out = 1e9 / speed_of(runs, OURS, TIMERS_MIX, &work);
        report_longest(run, &work);
    }
    timers_work_free(&work);
    return agreed;
}

static int run_timers(bench_run *run)
{
    static const size_t sizes[] = {10000, 100000, 1000000, 10000000};
    const size_t count = run->quick ? 2 : sizeof sizes / sizeof sizes[0];
    const bench_aim flat = {BENCH_AT_MOST, 2.5, true};
    race *const all = timers_grow(NULL, 1, sizeof *all);
    double mixed[4] = {0};
    bool agreed = true;

    if (!run->json)
        printf("seed      %" PRIu64 "\n", run->seed);
    for (size_t i = 0; agreed && i < count; i++)
        agreed = run_size(run, all, sizes[i], &mixed[i]) &&
                 (sizes[i] > LONG_LIVE || run_long(run, all, sizes[i]));
    if (agreed)
        bench_report(
            run, &(bench_figure){.case_name = "an operation of the mix",
                                 .n = sizes[count - 1],
                                 .contender = contenders[OURS]->name,
                                 .figure = "time",
                                 .value = mixed[count - 1],
                                 .unit = "ns",
                                 .baseline = "with 10,000 live",
                                 .baseline_value = mixed[0],
                                 .aim = run->quick ? (bench_aim){BENCH_NO_AIM, 0, false} : flat});
    free(all);
    return agreed ? 0 : 1;
}

const bench_subject bench_timers = {
    .name = "timers",
    .help = "deadlines in libsla's structure, libev, libuv, libevent and plain twins",
    .run = run_timers,
};
