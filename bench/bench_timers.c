/*
 * bench_timers.c - `sla-bench timers`: deadlines alone, in structures of which each is
 * a way of keeping them.
 *
 * All contenders walk through the same steps in turn, round by round, and have to fire
 * the same; the median of each phase counts.  A contender lives through all its rounds, in
 * each of which the clock begins a month later, so that only the first one has to grow.
 * Memory is what malloc has handed out.
 */
#include "bench_timers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "subjects.h"

enum {
    HERD = 100000,
    CONTENDERS = 8,
    ROUNDS_MAX = 101,
    OURS = 0,
    LIBEV = 1,
    MANY = 1000000,
    MOST = 10000000,
    FEW_LIVE = 5, /* times as many rounds of the smallest size */
    LONG = 10     /* operations for each live timer */
};

static const timers_contender *const contenders[CONTENDERS] = {
    &timers_sla,    &timers_libev,  &timers_libuv, &timers_libevent,
    &timers_heap_2, &timers_heap_8, &timers_tree,  &timers_lazy,
};

static const char *const phases[TIMERS_PHASES] = {"fill", "herd, arming", "herd", "mix", "drain"};

/* The steps of a round: of tickets as they come and go, and with a herd on top of them.  Among
 * few a herd is most of what there is, and whoever had it has room for it ever after: so it
 * has a structure of its own.  Among many it comes before the mix. */
typedef struct round_work {
    size_t live;
    timers_work plain, apart;
    const timers_work *herd; /* one of them */
} round_work;

static void make_round(round_work *work, uint64_t seed, size_t live)
{
    const bool many = live >= MANY;

    *work = (round_work){.live = live, .herd = many ? &work->plain : &work->apart};
    timers_work_make(&work->plain, seed, live, live, many ? HERD : 0);
    if (!many)
        timers_work_make(&work->apart, seed, live, 0, HERD);
}

static void free_round(round_work *work)
{
    timers_work_free(&work->plain);
    timers_work_free(&work->apart);
}

/* -------------------------------------------------------------------------- reporting */

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
    timers_taken rounds[CONTENDERS][ROUNDS_MAX];
    size_t counts[CONTENDERS]; /* of rounds */
} race;

/* In the first round memory comes from the machine: it counts where there is no other. */
static double speed_of(const race *runs, size_t who, size_t phase, const round_work *work)
{
    const bool herd = phase == TIMERS_HERD_ARM || phase == TIMERS_HERD_FIRE;
    const size_t done = timers_operations(herd ? work->herd : &work->plain, phase);
    const size_t count = runs->counts[who], first = count > 1;
    double values[ROUNDS_MAX];

    for (size_t i = first; i < count; i++)
        values[i - first] = (double)done / runs->rounds[who][i].seconds[phase];
    return count > 0 ? bench_median(values, count - first) : 0;
}

static void report_speed(bench_run *run, const char *name, size_t live, size_t who, double speed,
                         double libevs, bench_aim aim)
{
    bench_figure figure = {.case_name = name,
                           .n = live,
                           .contender = contenders[who]->name,
                           .figure = "speed",
                           .value = speed * 1e-6,
                           .unit = "million/s",
                           .skipped = contenders[who]->skipped};

    if (who != LIBEV)
        add_baseline(&figure, libevs * 1e-6);
    if (who == OURS)
        figure.aim = aim;
    bench_report(run, &figure);
}

static void report_speeds(bench_run *run, const race *runs, const round_work *work)
{
    for (size_t who = 0; who < CONTENDERS; who++)
        report_speed(run, "fill, growing", work->live, who,
                     (double)work->live / runs->rounds[who][0].seconds[TIMERS_FILL],
                     (double)work->live / runs->rounds[LIBEV][0].seconds[TIMERS_FILL],
                     (bench_aim){BENCH_NO_AIM, 0, false});
    for (size_t phase = 0; phase < TIMERS_PHASES; phase++)
        for (size_t who = 0; who < CONTENDERS; who++)
            report_speed(run, phases[phase], work->live, who, speed_of(runs, who, phase, work),
                         speed_of(runs, LIBEV, phase, work), aim_of(phase, work->live));
}

static void report_bytes(bench_run *run, const char *name, const race *runs, size_t phase,
                         size_t live, bench_aim aim)
{
    for (size_t who = 0; who < CONTENDERS; who++) {
        bench_figure figure = {.case_name = name,
                               .n = live,
                               .contender = contenders[who]->name,
                               .figure = "memory",
                               .value = (double)runs->rounds[who][0].bytes[phase] / (double)live,
                               .unit = "B/timer",
                               .skipped = contenders[who]->skipped};

        if (who != LIBEV)
            add_baseline(&figure, (double)runs->rounds[LIBEV][0].bytes[phase] / (double)live);
        if (who == OURS)
            figure.aim = aim;
        bench_report(run, &figure);
    }
}

static double longest_call(const timers_contender *who, const round_work *work,
                           timers_course *course)
{
    const double plain = timers_longest(who, &work->plain, work->plain.ends[TIMERS_MIX], course);
    double herd = 0;

    if (work->herd != &work->plain)
        herd = timers_longest(who, work->herd, work->herd->ends[TIMERS_HERD_ARM], course);
    return plain > herd ? plain : herd;
}

/* A stall is what somebody could notice: a millisecond, whatever the size. */
static void report_longest(bench_run *run, const round_work *work, timers_course *course)
{
    for (size_t who = OURS; who <= LIBEV; who++) {
        const timers_contender *const contender = contenders[who];
        bench_figure figure = {.case_name = "longest single call",
                               .n = work->live,
                               .contender = contender->name,
                               .figure = "time",
                               .unit = "us",
                               .skipped = contender->skipped};

        if (figure.skipped == NULL)
            figure.value = longest_call(contender, work, course) * 1e6;
        if (who == OURS)
            figure.aim = (bench_aim){BENCH_AT_MOST, 1000, false};
        bench_report(run, &figure);
    }
}

/* ---------------------------------------------------------------------------- the run */

/* The largest work is seconds for some and a minute for others: those go once, and among a
 * million twice, so that one counts.  The smallest takes a moment. */
static size_t rounds_of(const bench_run *run, size_t who, size_t live)
{
    const size_t few = live >= MOST ? 1 : 2;
    const size_t most = live < MANY ? ROUNDS_MAX : who > LIBEV ? few : live >= MOST ? 3 : 5;
    const size_t wanted = live < MANY / 10 ? FEW_LIVE * run->rounds : run->rounds;

    return wanted < most ? wanted : most;
}

/* One contender's structures. */
typedef struct pair {
    timers_session plain, herd;
} pair;

static bool run_herd(pair *sessions, const round_work *work, timers_course *course, bool first,
                     bool last, timers_taken *out)
{
    timers_taken herd;

    if (first)
        timers_session_begin(&sessions->herd, sessions->plain.who, work->live);
    /* What is not looked at any more is not drained. */
    if (!timers_session_run(&sessions->herd, work->herd,
                            last ? TIMERS_HERD_FIRE + 1 : TIMERS_PHASES, course, &herd))
        return false;
    if (last)
        timers_session_end(&sessions->herd);
    out->seconds[TIMERS_HERD_ARM] = herd.seconds[TIMERS_HERD_ARM];
    out->seconds[TIMERS_HERD_FIRE] = herd.seconds[TIMERS_HERD_FIRE];
    return true;
}

static bool run_round(pair *sessions, const timers_contender *who, const round_work *work,
                      timers_course *course, bool first, bool last, timers_taken *out)
{
    if (first)
        timers_session_begin(&sessions->plain, who, work->live);
    if (!timers_session_run(&sessions->plain, &work->plain, TIMERS_PHASES, course, out))
        return false;
    if (last)
        timers_session_end(&sessions->plain);
    return work->herd == &work->plain || run_herd(sessions, work, course, first, last, out);
}

static bool run_rounds(const bench_run *run, const round_work *work, timers_course *course,
                       race *runs)
{
    const size_t all = rounds_of(run, OURS, work->live);
    pair sessions[CONTENDERS] = {0};
    bool agreed = true;

    memset(runs, 0, sizeof *runs);
    for (size_t round = 0; agreed && round < all; round++)
        for (size_t who = 0; agreed && who < CONTENDERS; who++) {
            const size_t rounds = rounds_of(run, who, work->live);

            if (contenders[who]->skipped != NULL || round >= rounds)
                continue;
            agreed = run_round(&sessions[who], contenders[who], work, course, round == 0,
                               round + 1 == rounds, &runs->rounds[who][round]);
            runs->counts[who]++;
        }
    return agreed;
}

/* Many operations for each live timer; no herd, which would leave its room. */
static bool run_long(bench_run *run, race *runs, size_t live, timers_course *course)
{
    const bench_aim aim = {BENCH_AT_MOST, 32, false};
    timers_work work;
    bool agreed = true;

    memset(runs, 0, sizeof *runs);
    timers_work_make(&work, run->seed, live, LONG * live, 0);
    for (size_t who = 0; agreed && who < CONTENDERS; who++) {
        timers_session alone;

        if (contenders[who]->skipped != NULL)
            continue;
        timers_session_begin(&alone, contenders[who], live);
        agreed = timers_session_run(&alone, &work, TIMERS_MIX + 1, course, &runs->rounds[who][0]);
        timers_session_end(&alone);
    }
    if (agreed)
        report_bytes(run, "after 10 n operations", runs, TIMERS_MIX, live,
                     live == MANY ? aim : (bench_aim){BENCH_NO_AIM, 0, false});
    timers_work_free(&work);
    return agreed;
}

/* Adds the time of an operation of the mix by libsla. */
static bool run_size(bench_run *run, race *runs, size_t live, timers_course *course,
                     double *mixed_out)
{
    const bench_aim aim = {BENCH_AT_MOST, 20, false};
    round_work work;
    bool agreed;

    make_round(&work, run->seed, live);
    agreed = run_rounds(run, &work, course, runs);
    if (agreed) {
        report_speeds(run, runs, &work);
        report_bytes(run, "filled", runs, TIMERS_FILL, live,
                     live == MANY ? aim : (bench_aim){BENCH_NO_AIM, 0, false});
        *mixed_out = 1e9 / speed_of(runs, OURS, TIMERS_MIX, &work);
        report_longest(run, &work, course);
    }
    free_round(&work);
    return agreed && (live > MANY || run_long(run, runs, live, course));
}

/* ------------------------------------------------------------------------------- sizes */

static const struct size {
    size_t live;
    const char *name;
} sizes[] = {{10000, "10000"}, {100000, "100000"}, {MANY, "1000000"}, {MOST, "10000000"}};

enum { SIZES = sizeof sizes / sizeof *sizes, SIZES_QUICK = 2 };

static const char *name_size(size_t i)
{
    return i < SIZES ? sizes[i].name : NULL;
}

static bool is_wanted(const bench_run *run, size_t size)
{
    return run->only != NULL ? strcmp(run->only, sizes[size].name) == 0
                             : !run->quick || size < SIZES_QUICK;
}

/* No less than what a size goes on by: fill, mix and drain, and a herd that is armed and
 * fires; twice filled and drained where that is apart. */
static uint64_t cost_of(const bench_run *run, size_t live)
{
    const uint64_t round = (live < MANY ? 5 : 3) * (uint64_t)live + 2 * HERD;
    uint64_t cost = 0;

    for (size_t who = 0; who < CONTENDERS; who++)
        if (contenders[who]->skipped == NULL)
            cost += contenders[who]->cost * (rounds_of(run, who, live) * round +
                                             (who <= LIBEV ? TIMERS_PASSES * round : 0) +
                                             (live <= MANY ? (LONG + 1) * (uint64_t)live : 0));
    return cost;
}

/* To where the machine is described. */
static void say_rounds(const bench_run *run, size_t live)
{
    fprintf(run->json ? stderr : stdout,
            "rounds    %zu live: %zu of libsla and libev, %zu of others; of several the first "
            "counts for growing and memory only\n",
            live, rounds_of(run, OURS, live), rounds_of(run, LIBEV + 1, live));
}

/* How the mix grows, where the smallest size was measured, too. */
static void report_growth(bench_run *run, const double mixed[SIZES])
{
    const bench_aim flat = {BENCH_AT_MOST, 2.5, true};
    size_t last = SIZES - 1;

    while (last > 0 && mixed[last] == 0)
        last--;
    if (last == 0 || mixed[0] == 0)
        return;
    bench_report(
        run, &(bench_figure){.case_name = "an operation of the mix",
                             .n = sizes[last].live,
                             .contender = contenders[OURS]->name,
                             .figure = "time",
                             .value = mixed[last],
                             .unit = "ns",
                             .baseline = "with 10,000 live",
                             .baseline_value = mixed[0],
                             .aim = last < SIZES - 1 ? (bench_aim){BENCH_NO_AIM, 0, false} : flat});
}

static int run_timers(bench_run *run)
{
    timers_course course = {.progress = {.what = "timers, by what they cost"}};
    race *const all = timers_grow(NULL, 1, sizeof *all);
    double mixed[SIZES] = {0};
    bool agreed = true;

    if (!run->json)
        printf("seed      %" PRIu64 "\n", run->seed);
    for (size_t i = 0; i < SIZES; i++)
        if (is_wanted(run, i)) {
            course.progress.all += cost_of(run, sizes[i].live);
            say_rounds(run, sizes[i].live);
        }
    timers_go_on(&course, 0);
    for (size_t i = 0; agreed && i < SIZES; i++)
        agreed = !is_wanted(run, i) || run_size(run, all, sizes[i].live, &course, &mixed[i]);
    if (agreed)
        report_growth(run, mixed);
    free(all);
    return agreed ? 0 : 1;
}

const bench_subject bench_timers = {
    .name = "timers",
    .help = "deadlines in libsla's structure, libev, libuv, libevent and plain twins",
    .run = run_timers,
    .name_part = name_size,
};
