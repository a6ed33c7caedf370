/* Goal: the simulated desks wait as long as the textbooks say.
 * Method: M/M/c, alone and behind another desk, against Erlang's C, M/D/1 and priorities against
 * their formulas: runs with seeds of their own, and the formula within the 99.9 % interval of their
 * mean, which has to be a narrow one.  SLA_LONG=1: longer runs, narrower intervals. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "plan_figures.h"
#include "plan_queue.h"
#include "plan_made.h"

enum { RUNS = 20, SEEN_MAX = 1 << 20 };
#define STUDENT 3.883 /* 99.9 % of 19 degrees of freedom */

typedef struct watch {
    sla_time *opened; /* by number */
    double wait[2];   /* by rank of the kind */
    double seen[2];
    sla_time begin;
} watch;

static void on_fact(void *user, uint64_t number, const plan_kind *kind, const char *name,
                    sla_time at)
{
    watch *w = user;

    if (strcmp(name, "opened") == 0) {
        w->opened[number % SEEN_MAX] = at;
    } else if (strcmp(name, "begun") == 0 && at >= w->begin) {
        w->wait[kind->rank] += (double)(at - w->opened[number % SEEN_MAX]);
        w->seen[kind->rank]++;
    }
}

static sla_time on_due(void *user, uint64_t number)
{
    return (void)user, (sla_time)number; /* in the order in which they came */
}

static void on_passed(void *user, sla_time at)
{
    (void)user, (void)at;
}

typedef struct measured {
    double sum, squares;
} measured;

static void measure(measured *m, double value)
{
    m->sum += value;
    m->squares += value * value;
}

static void check_near(const char *why, const char *what, double wanted, const measured *m)
{
    const double mean = m->sum / RUNS;
    const double error = sqrt(fmax(m->squares / RUNS - mean * mean, 0) / (RUNS - 1));

    if (fabs(mean - wanted) > STUDENT * error + 1e-9)
        CHECK_FAIL("%s, %s: %.5f by the book, %.5f +- %.5f here", why, what, wanted, mean,
                   STUDENT * error);
    if (STUDENT * error > (check_count(1, 2) > 1 ? 0.06 : 0.25) * wanted)
        CHECK_FAIL("%s, %s: %.5f +- %.5f says too little", why, what, mean, STUDENT * error);
}

/* The figures of one run after a week that does not count; 60 tickets come in an hour. */
static void run_once(const plan_profile *profile, uint64_t seed, watch *w,
                     plan_desk_figures *figures)
{
    const int32_t most[2] = {profile->desks[0].most, profile->desks[profile->desk_count - 1].most};
    const sla_duration weeks = (sla_duration)check_count(4, PLAN_WEEKS);
    const plan_course course = {.profile = profile,
                                .most = most,
                                .seed = seed,
                                .from = PLAN_MONDAY,
                                .figures_from = PLAN_MONDAY + PLAN_WEEK,
                                .until = PLAN_MONDAY + weeks * PLAN_WEEK};
    const plan_sink sink = {.fact = on_fact, .due = on_due, .passed = on_passed, .user = w};

    memset(w->wait, 0, sizeof w->wait);
    memset(w->seen, 0, sizeof w->seen);
    w->begin = course.figures_from;
    plan_queue_run(&course, &sink, figures);
}

static void make_profile(plan_profile *profile, int handlers, const char *order, const char *work)
{
    char text[2048], kinds[1024];

    snprintf(kinds, sizeof kinds,
             "{\"kind\":\"first\",\"rank\":0,\"life\":[{\"desk\":\"d\",\"work\":%s,"
             "\"begins\":\"begun\"}]},{\"kind\":\"second\",\"rank\":1,\"life\":[{\"desk\":\"d\","
             "\"work\":%s,\"begins\":\"begun\"}]}",
             work, work);
    snprintf(text, sizeof text,
             "{\"profile\":\"mmc\",\"arrivals\":{\"per_week\":10080,\"hours\":{\"mon-sun\":"
             "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}},\"desks\":[{\"desk\":\"d\","
             "\"order\":\"%s\",\"shifts\":[{\"handlers\":%d}]}],\"kinds\":[%s]}",
             order, handlers, kinds);
    plan_made(profile, text);
}

static watch new_watch(void)
{
    const watch made = {.opened = calloc(SEEN_MAX, sizeof *made.opened)};

    CHECK_TRUE("memory", made.opened != NULL);
    return made;
}

/* Who comes has to wait, by Erlang's B and then C. */
static double erlang_c(int handlers, double load)
{
    double blocked = 1;

    for (int i = 1; i <= handlers; i++)
        blocked = load * blocked / (i + load * blocked);
    return blocked / (1 - load / handlers * (1 - blocked));
}

static const struct row {
    const char *why;
    int handlers, work_s;
} rows[] = {
    {"M/M/1, 80 %", 1, 48},    {"M/M/2, 75 %", 2, 90},    {"M/M/5, 80 %", 5, 240},
    {"M/M/10, 80 %", 10, 480}, {"M/M/20, 75 %", 20, 900},
};

TEST(desks_wait_as_erlang_says)
{
    watch w = new_watch();

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const double load = rows[i].work_s / 60.0;
        const double waits = erlang_c(rows[i].handlers, load);
        measured share = {0}, wait = {0}, used = {0};
        plan_profile profile;
        char work[64];

        snprintf(work, sizeof work, "{\"exponential\":\"PT%dS\"}", rows[i].work_s);
        make_profile(&profile, rows[i].handlers, "fifo", work);
        for (uint64_t run = 0; run < RUNS; run++) {
            plan_desk_figures f;

            run_once(&profile, check_seed() + run, &w, &f);
            measure(&share, (double)f.waited / (double)(f.taken + f.waiting));
            measure(&wait, f.wait / (double)(f.taken + f.waiting) / (double)SLA_SECOND);
            measure(&used, f.busy / f.there);
        }
        check_near(rows[i].why, "share that waits", waits, &share);
        check_near(rows[i].why, "mean wait in seconds",
                   waits * rows[i].work_s / (rows[i].handlers - load), &wait);
        check_near(rows[i].why, "share of time busy", load / rows[i].handlers, &used);
        plan_profile_fini(&profile);
    }
    free(w.opened);
}

/* Who leaves a desk of exponential work comes to the next one as tickets come (Burke). */
TEST(a_second_desk_waits_as_if_it_were_the_first)
{
    const double load = 3, waits = erlang_c(4, load);
    watch w = new_watch();
    measured share = {0}, wait = {0};
    plan_profile profile;

    plan_made(
        &profile,
        "{\"profile\":\"two\",\"arrivals\":{\"hours\":{\"mon-sun\":"
        "[60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60]}},"
        "\"desks\":[{\"desk\":\"a\",\"shifts\":[{\"handlers\":2}]},"
        "{\"desk\":\"b\",\"shifts\":[{\"handlers\":4}]}],\"kinds\":[{\"kind\":\"k\",\"life\":["
        "{\"desk\":\"a\",\"work\":{\"exponential\":\"PT80S\"}},"
        "{\"desk\":\"b\",\"work\":{\"exponential\":\"PT3M\"}}]}]}");
    for (uint64_t run = 0; run < RUNS; run++) {
        plan_desk_figures f[2];

        run_once(&profile, check_seed() + run, &w, f);
        measure(&share, (double)f[1].waited / (double)f[1].taken);
        measure(&wait, f[1].wait / (double)f[1].taken / (double)SLA_SECOND);
    }
    check_near("M/M/2, then M/M/4, 75 %", "share that waits", waits, &share);
    check_near("M/M/2, then M/M/4, 75 %", "mean wait in seconds", waits * 180 / (4 - load), &wait);
    plan_profile_fini(&profile);
    free(w.opened);
}

/* Work that always takes the same: half the wait (Pollaczek and Khinchine). */
TEST(even_work_halves_the_wait)
{
    watch w = new_watch();
    measured wait = {0};
    plan_profile profile;

    make_profile(&profile, 1, "fifo", "\"PT48S\"");
    for (uint64_t run = 0; run < RUNS; run++) {
        plan_desk_figures f;

        run_once(&profile, check_seed() + run, &w, &f);
        measure(&wait, f.wait / (double)(f.taken + f.waiting) / (double)SLA_SECOND);
    }
    check_near("M/D/1, 80 %", "mean wait in seconds", 0.8 * 48 / (2 * 0.2), &wait);
    plan_profile_fini(&profile);
    free(w.opened);
}

/* Two kinds, half of the tickets each, the first one first but never interrupting (Cobham). */
TEST(ranks_wait_as_cobham_says)
{
    const double left = 0.8 * 48; /* of the work at hand when somebody comes, in seconds */
    watch w = new_watch();
    measured first = {0}, second = {0};
    plan_profile profile;

    make_profile(&profile, 1, "rank", "{\"exponential\":\"PT48S\"}");
    for (uint64_t run = 0; run < RUNS; run++) {
        plan_desk_figures f;

        run_once(&profile, check_seed() + run, &w, &f);
        measure(&first, w.wait[0] / w.seen[0] / (double)SLA_SECOND);
        measure(&second, w.wait[1] / w.seen[1] / (double)SLA_SECOND);
    }
    check_near("M/M/1 by rank", "first kind", left / (1 - 0.4), &first);
    check_near("M/M/1 by rank", "second kind", left / ((1 - 0.4) * (1 - 0.8)), &second);
    plan_profile_fini(&profile);
    free(w.opened);
}

typedef struct shift_watch {
    uint64_t taken_outside, opened;
    const plan_profile *profile;
} shift_watch;

/* Mon to Fri, 09:15-17:45 on the wall clock. */
static bool is_outside(int minute)
{
    const int of_day = minute % (24 * 60);

    return minute >= 5 * 24 * 60 || of_day < 9 * 60 + 15 || of_day >= 17 * 60 + 45;
}

static void on_shift_fact(void *user, uint64_t number, const plan_kind *kind, const char *name,
                          sla_time at)
{
    shift_watch *w = user;

    (void)number, (void)kind;
    if (strcmp(name, "opened") == 0)
        w->opened++;
    else if (strcmp(name, "begun") == 0)
        w->taken_outside += is_outside(plan_profile_minute(w->profile, at));
}

/* Across a change of clocks; the figures count what is there, and nobody works alone at night. */
TEST(nobody_is_taken_outside_of_shifts)
{
    plan_profile profile;
    plan_desk_figures f;
    shift_watch w = {.profile = &profile};
    const plan_sink sink = {.fact = on_shift_fact, .due = on_due, .passed = on_passed, .user = &w};
    plan_course course = {.profile = &profile,
                          .seed = check_seed(),
                          .from = PLAN_MONDAY,
                          .figures_from = PLAN_MONDAY,
                          .until = PLAN_MONDAY + 5 * PLAN_WEEK};

    plan_made(&profile,
              "{\"profile\":\"shifts\",\"zone\":\"Europe/Berlin\",\"arrivals\":{\"hours\":"
              "{\"mon-sun\":[5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5]}},"
              "\"desks\":[{\"desk\":\"d\",\"shifts\":[{\"days\":\"mon-fri\",\"hours\":"
              "\"09:15-17:45\",\"handlers\":4}]}],\"kinds\":[{\"kind\":\"k\",\"life\":"
              "[{\"desk\":\"d\",\"work\":\"PT5M\",\"begins\":\"begun\"}]}]}");
    course.most = &profile.desks[0].most;
    plan_queue_run(&course, &sink, &f);
    CHECK_EQ("outside of shifts", 0, w.taken_outside);
    CHECK_TRUE("who was there", f.there == 5 * 5 * 8.5 * SLA_HOUR * 4);
    CHECK_TRUE("all were taken", f.taken > 3500 && f.longest_wait > 60 * SLA_HOUR);
    CHECK_EQ("... or wait at the end", w.opened, f.taken + f.waiting);
    CHECK_TRUE("a Sunday's", f.waiting > 100);
    CHECK_TRUE("some stay longer", f.longer > 0 && f.longer < 0.01 * f.there);
    plan_profile_fini(&profile);
}

static const struct keeping {
    const char *why;
    double load, there, longer; /* of one hour */
    bool keeps_up;
} keeping[] = {
    {"more than the work", 4.9, 5, 0, true},
    {"just the work: the queue grows all the same", 5, 5, 0, false},
    {"less", 5.1, 5, 0, false},
    {"they stay longer", 5.1, 5, 0.2, true},
    {"nobody is there", 0.1, 0, 0, false},
    {"and there is nothing to do", 0, 0, 0, true},
};

TEST(a_desk_keeps_up_or_not)
{
    for (size_t i = 0; i < sizeof keeping / sizeof *keeping; i++) {
        const plan_desk_figures desk = {.there = keeping[i].there * SLA_HOUR,
                                        .longer = keeping[i].longer * SLA_HOUR};

        CHECK_EQ(keeping[i].why, keeping[i].keeps_up,
                 plan_keeps_up(keeping[i].load, &desk, SLA_HOUR));
    }
}
