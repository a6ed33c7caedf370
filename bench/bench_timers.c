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

#define MONTH INT64_C(2592000000000)

static const char *const phases[TIMERS_PHASES] = {"fill", "herd, arming", "herd", "mix", "drain"};

/* The steps of a round: of tickets as they come and go, then with a herd on top of them. */
typedef struct round_work {
    size_t live;
    timers_work plain, herd;
} round_work;

static void make_round(round_work *work, uint64_t seed, size_t live)
{
    work->live = live;
    timers_work_make(&work->plain, seed, live, live, 0);
    timers_work_make(&work->herd, seed, live, 0, HERD);
}

static void free_round(round_work *work)
{
    timers_work_free(&work->plain);
    timers_work_free(&work->herd);
}

/* ------------------------------------------------------------------------ one contender */

static size_t held(void)
{
    const struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

static inline void take_step(const timers_contender *who, void *timers, const timers_step *step,
                             int64_t begun, timers_fired *fired)
{
    switch (step->kind) {
    case TIMERS_ARM:
        who->arm(timers, step->id, begun + step->at);
        break;
    case TIMERS_CANCEL:
        who->cancel(timers, step->id);
        break;
    case TIMERS_MOVE:
        who->move(timers, step->id, begun + step->at);
        break;
    default:
        who->fire(timers, begun + step->at, fired);
    }
}

/* A contender on its way through the rounds. */
typedef struct session {
    const timers_contender *who;
    void *timers;
    size_t before; /* held when it was opened */
    int64_t begun;
} session;

typedef struct taken {
    double seconds[TIMERS_PHASES];
    size_t bytes[TIMERS_PHASES]; /* held when it ended */
} taken;

static void begin(session *runs, const timers_contender *who, size_t live)
{
    *runs = (session){.who = who, .before = held()};
    runs->timers = who->open(live);
}

static void end(session *runs)
{
    runs->who->close(runs->timers);
    runs->timers = NULL;
    malloc_trim(0);
}

static bool agrees(const timers_contender *who, const timers_fired *wanted,
                   const timers_fired *fired)
{
    if (fired->count == wanted->count && fired->sum == wanted->sum &&
        (!who->exact || fired->in_order == wanted->in_order))
        return true;
    fprintf(stderr, "sla-bench: %s fired something else\n", who->name);
    return false;
}

/* The phases before `end`. */
static bool run_phases(session *runs, const timers_work *work, size_t end, taken *out)
{
    timers_fired fired = {0};
    size_t i = 0;

    runs->begun += MONTH;
    runs->who->fire(runs->timers, runs->begun, &fired);
    for (size_t phase = 0; phase < end; phase++) {
        const double start = timers_seconds();

        for (; i < work->ends[phase]; i++)
            take_step(runs->who, runs->timers, &work->steps[i], runs->begun, &fired);
        out->seconds[phase] = timers_seconds() - start;
        out->bytes[phase] = held() - runs->before -
                            (runs->who->beside != NULL ? runs->who->beside(runs->timers) : 0);
    }
    return agrees(runs->who, &work->wanted[end - 1], &fired);
}

/* One round; what is not looked at any more is not drained. */
static bool run_one(session *runs, const round_work *work, bool last, taken *out)
{
    taken herd;

    if (!run_phases(runs, &work->plain, TIMERS_PHASES, out))
        return false;
    if (!run_phases(runs, &work->herd, last ? TIMERS_HERD_FIRE + 1 : TIMERS_PHASES, &herd))
        return false;
    out->seconds[TIMERS_HERD_ARM] = herd.seconds[TIMERS_HERD_ARM];
    out->seconds[TIMERS_HERD_FIRE] = herd.seconds[TIMERS_HERD_FIRE];
    return true;
}

/* ------------------------------------------------------------------- the longest call */

enum { PASSES = 3 };

/* A call that a busy machine interrupts is not a slow one: of each the quickest time
 * counts, and the slowest of these.  The first `count` steps, with a structure that has to
 * grow; what fires is many timers, not a call. */
static double longest_of(const timers_contender *who, const timers_work *work, size_t count)
{
    float *const quickest = timers_grow(NULL, count, sizeof *quickest);
    double longest = 0;

    for (size_t pass = 0; pass < PASSES; pass++) {
        void *const timers = who->open(work->live);
        timers_fired fired = {0};

        for (size_t i = 0; i < count; i++) {
            const double start = timers_seconds();
            double seconds;

            take_step(who, timers, &work->steps[i], 0, &fired);
            seconds = timers_seconds() - start;
            if (pass == 0 || seconds < (double)quickest[i])
                quickest[i] = (float)seconds;
        }
        who->close(timers);
        malloc_trim(0);
    }
    for (size_t i = 0; i < count; i++)
        if (work->steps[i].kind != TIMERS_FIRE && (double)quickest[i] > longest)
            longest = (double)quickest[i];
    free(quickest);
    return longest;
}

static double longest_call(const timers_contender *who, const round_work *work)
{
    const double plain = longest_of(who, &work->plain, work->plain.ends[TIMERS_MIX]);
    const double herd = longest_of(who, &work->herd, work->herd.ends[TIMERS_HERD_ARM]);

    return plain > herd ? plain : herd;
}

/* -------------------------------------------------------------------------- reporting */

static size_t operations(const round_work *work, size_t phase)
{
    if (phase == TIMERS_HERD_FIRE || phase == TIMERS_HERD_ARM)
        return HERD;
    if (phase == TIMERS_DRAIN)
        return work->plain.drained;
    return work->plain.ends[phase] - (phase == 0 ? 0 : work->plain.ends[phase - 1]);
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

/* In the first round memory comes from the machine: it counts where there is no other. */
static double speed_of(const race *runs, size_t who, size_t phase, const round_work *work)
{
    const size_t count = runs->counts[who], first = count > 1;
    double values[ROUNDS_MAX];

    for (size_t i = first; i < count; i++)
        values[i - first] = (double)operations(work, phase) / runs->rounds[who][i].seconds[phase];
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

/* A stall is what somebody could notice: a millisecond, whatever the size. */
static void report_longest(bench_run *run, const round_work *work)
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
            figure.value = longest_call(contender, work) * 1e6;
        if (who[i] == OURS)
            figure.aim = (bench_aim){BENCH_AT_MOST, 1000, false};
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

static bool run_rounds(const bench_run *run, const round_work *work, race *runs)
{
    session sessions[CONTENDERS] = {0};
    bool agreed = true;

    memset(runs, 0, sizeof *runs);
    for (size_t round = 0; agreed && round < run->rounds; round++)
        for (size_t who = 0; agreed && who < CONTENDERS; who++) {
            const size_t rounds = rounds_of(run, who, work->live);
            taken *const out = &runs->rounds[who][runs->counts[who]];

            if (contenders[who]->skipped != NULL || round >= rounds)
                continue;
            if (round == 0)
                begin(&sessions[who], contenders[who], work->live);
            agreed = run_one(&sessions[who], work, round + 1 == rounds, out);
            runs->counts[who]++;
            if (round + 1 == rounds)
                end(&sessions[who]);
        }
    return agreed;
}

/* Ten times as many operations as live timers; no herd, which would leave its room. */
static bool run_long(bench_run *run, race *runs, size_t live)
{
    const bench_aim aim = {BENCH_AT_MOST, 32, false};
    timers_work work;
    bool agreed = true;

    memset(runs, 0, sizeof *runs);
    timers_work_make(&work, run->seed, live, 10 * live, 0);
    for (size_t who = 0; agreed && who < CONTENDERS; who++) {
        session alone;

        if (contenders[who]->skipped != NULL)
            continue;
        begin(&alone, contenders[who], live);
        agreed = run_phases(&alone, &work, TIMERS_PHASES, &runs->rounds[who][0]);
        end(&alone);
    }
    if (agreed)
        report_bytes(run, "after 10 n operations", runs, TIMERS_MIX, live,
                     live == LONG_LIVE ? aim : (bench_aim){BENCH_NO_AIM, 0, false});
    timers_work_free(&work);
    return agreed;
}

/* Adds the time of an operation of the mix by libsla. */
static bool run_size(bench_run *run, race *runs, size_t live, double *mixed_out)
{
    const bench_aim aim = {BENCH_AT_MOST, 20, false};
    round_work work;
    bool agreed;

    make_round(&work, run->seed, live);
    agreed = run_rounds(run, &work, runs);
    if (agreed) {
        report_speeds(run, runs, &work);
        report_bytes(run, "filled", runs, TIMERS_FILL, live,
                     live == LONG_LIVE ? aim : (bench_aim){BENCH_NO_AIM, 0, false});
        *mixed_out = 1e9 / speed_of(runs, OURS, TIMERS_MIX, &work);
        report_longest(run, &work);
    }
    free_round(&work);
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
