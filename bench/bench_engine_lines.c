/*
 * bench_engine_lines.c - lines of memory, of 64 bytes, that a fact touches, by callgrind's
 * simulated caches.
 *
 * Touched: before each fact all caches are emptied, and the first one is so large that
 * nothing is driven out of it, so each line of data is missed once.  Fetched: with caches
 * of a usual size that are warm from other facts, what is missed in both: mostly the
 * ticket's own lines and its places in the tables, as nobody has touched them for long.
 * Each fact is of another ticket at rest.
 */
#include <stdio.h>
#include <string.h>

#if defined(__has_include)
#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#endif
#endif

#include "bench_engine_crowd.h"
#include "bench_engine_parts.h"

enum {
    TICKETS = 20000,
    TICKETS_QUICK = 3000,
    SETTLING = 3000,
    WARM = 200,
    COUNTED_MOST = 100,
    BLOCK = 1000
};

static const struct {
    const char *part, *case_name;
    bench_happening what;
} happenings[] = {
    {"opened", "opened, dispatched", CROWD_OPENED},
    {"paused", "paused", CROWD_PAUSED},
    {"answered", "answered", CROWD_ANSWERED},
    {"fired", "a step fell due", CROWD_FIRED},
};

enum { HAPPENINGS = sizeof happenings / sizeof *happenings };

#ifdef CALLGRIND_START_INSTRUMENTATION
#define COUNT_FROM_HERE() CALLGRIND_START_INSTRUMENTATION
#define COUNT_NO_MORE() CALLGRIND_STOP_INSTRUMENTATION
#define FORGET_COUNTS() CALLGRIND_ZERO_STATS
static const bool can_count = true;
#else
#define COUNT_FROM_HERE() (void)0
#define COUNT_NO_MORE() (void)0
#define FORGET_COUNTS() (void)0
static const bool can_count = false;
#endif

/* What is counted, and the caches that do it: size, ways, line. */
static const struct {
    const char *prefix, *figure, *first, *last;
    const char *events[3];
    bool emptied; /* before each fact; dear, for callgrind translates anew what it runs */
    size_t counted, counted_quick; /* facts */
} counts[] = {
    {"touched-",
     "lines touched",
     "--D1=16777216,16,64",
     "--LL=33554432,16,64",
     {"D1mr", "D1mw", NULL},
     true,
     40,
     5},
    {"fetched-",
     "lines fetched",
     "--D1=49152,12,64",
     "--LL=2097152,16,64",
     {"DLmr", "DLmw", NULL},
     false,
     100,
     100},
};

enum { COUNTS = sizeof counts / sizeof *counts };

/* -------------------------------------------------------------- under callgrind */

static bool once(bench_crowd *crowd, bench_happening what)
{
    return bench_crowd_play(crowd, what, 1) > 0;
}

static size_t counted_by(const bench_run *run, size_t count)
{
    return run->quick ? counts[count].counted_quick : counts[count].counted;
}

static bool play_counted(bench_crowd *crowd, bench_happening what, bool emptied, size_t counted)
{
    bool good = true;

    if (!emptied)
        COUNT_FROM_HERE();
    for (size_t i = 0; good && i < WARM + counted; i++) {
        const bool by_itself = emptied && i >= WARM;

        if (i == WARM && !emptied)
            FORGET_COUNTS();
        good = bench_crowd_prepare(crowd, what, 1);
        if (by_itself)
            COUNT_FROM_HERE();
        good = good && once(crowd, what);
        if (by_itself)
            COUNT_NO_MORE();
    }
    return good;
}

/* Some complaints wait for the customer, and come to rest, so that they can be answered. */
static bool let_wait(bench_crowd *crowd)
{
    bool good = true;

    for (size_t i = 0; good && i < WARM + COUNTED_MOST; i++)
        good = bench_crowd_prepare(crowd, CROWD_PAUSED, 1) && once(crowd, CROWD_PAUSED);
    for (size_t i = 0; good && i < SETTLING; i++)
        good = bench_crowd_prepare(crowd, CROWD_OPENED, 1) && once(crowd, CROWD_OPENED);
    return good;
}

static int play_part(const bench_run *run, bench_happening what, size_t count)
{
    bench_crowd crowd = {.tickets = run->quick ? TICKETS_QUICK : TICKETS};
    const bool good = bench_crowd_fill(&crowd, BLOCK) &&
                      (what != CROWD_ANSWERED || let_wait(&crowd)) &&
                      play_counted(&crowd, what, counts[count].emptied, counted_by(run, count));

    bench_crowd_free(&crowd);
    return good ? 0 : 1;
}

bool bench_engine_lines_part(const bench_run *run, int *result)
{
    for (size_t i = 0; i < COUNTS; i++) {
        const size_t length = strlen(counts[i].prefix);

        for (size_t k = 0; strncmp(run->part, counts[i].prefix, length) == 0 && k < HAPPENINGS; k++)
            if (strcmp(run->part + length, happenings[k].part) == 0) {
                *result = play_part(run, happenings[k].what, i);
                return true;
            }
    }
    return false;
}

/* ------------------------------------------------------------------------ figures */

static void report(bench_run *run, size_t count, size_t happening)
{
    static const char missing[] = "valgrind is missing or could not run this program";
    const char *const options[] = {"--instr-atstart=no",
                                   "--cache-sim=yes",
                                   counts[count].first,
                                   counts[count].last,
                                   "--toggle-collect=sla_engine_record",
                                   "--toggle-collect=sla_engine_poll"};
    const bool opened = happenings[happening].what == CROWD_OPENED;
    bench_figure figure = {.case_name = happenings[happening].case_name,
                           .n = counted_by(run, count),
                           .contender = "libsla",
                           .figure = counts[count].figure,
                           .unit = "a fact"};
    char part[32];

    snprintf(part, sizeof part, "%s%s", counts[count].prefix, happenings[happening].part);
    if (!can_count)
        figure.skipped = "built without valgrind/callgrind.h";
    else if (!bench_callgrind(run, part, options, sizeof options / sizeof *options,
                              counts[count].events, &figure.value))
        figure.skipped = missing;
    figure.value /= (double)figure.n * (opened ? 2 : 1);
    bench_report(run, &figure);
}

int bench_engine_lines(bench_run *run)
{
    for (size_t k = 0; k < HAPPENINGS; k++)
        for (size_t i = 0; i < COUNTS; i++)
            report(run, i, k);
    return 0;
}
