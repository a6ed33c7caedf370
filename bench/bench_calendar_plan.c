/*
 * bench_calendar_plan.c - a holiday becomes known while a million tickets are open.
 *
 * What must be done at the least: the calendar's text is read and compiled anew for
 * three years, each ticket's due is its need added to its opening by the new
 * calendar, and its timer is moved there.  The twin does the same by walking dates.
 * What an engine does beyond that is in bench_calendar_engine.c.
 */
#include <stdlib.h>
#include <string.h>

#include <prng.h>
#include <sla/time.h>

#include "bench_calendar.h"
#include "engine/timers.h"

enum { TICKETS = 1000000, TICKETS_QUICK = 20000, ROUNDS = 101 };

#define HORIZON "\"horizon\": {\"from_year\": 2025, \"to_year\": 2027}, "

typedef struct tickets {
    size_t count;
    sla_time *opened_at, *due;
    sla_duration *need;
    sla__timers timers;
    sla_allocator allocator;
    hours_walk walks[2]; /* without the holiday and with it */
    char *texts[2];
} tickets;

typedef struct plan_times {
    double compile[ROUNDS], add[ROUNDS], arm[ROUNDS], together[ROUNDS], walk[ROUNDS];
} plan_times;

/* Tickets of the days before National Day, of which the last holiday of the list is made:
 * most are due where nobody works any more. */
static uint64_t number_of(const void *owner, uint32_t id)
{
    (void)owner;
    return id;
}

static bool tickets_init(tickets *t, uint64_t seed, size_t count)
{
    static const int64_t hours[] = {4, 8, 24, 48};
    hours_office before = office_shanghai;
    prng random = prng_seeded(seed);
    sla_time now;

    before.holiday_count--;
    *t =
        (tickets){.count = count,
                  .opened_at = malloc(count * sizeof *t->opened_at),
                  .due = malloc(count * sizeof *t->due),
                  .need = malloc(count * sizeof *t->need),
                  .allocator = sla__allocator_or_default(NULL),
                  .walks = {walk_of(&before), walk_of(&office_shanghai)},
                  .texts = {office_text(&before, HORIZON), office_text(&office_shanghai, HORIZON)}};
    sla__timers_init(&t->timers, number_of, NULL);
    if (t->opened_at == NULL || t->due == NULL || t->need == NULL || t->texts[0] == NULL ||
        t->texts[1] == NULL || !sla__timers_reserve(&t->timers, &t->allocator, count))
        return false;
    sla_time_parse("2026-09-30T10:00:00Z", 20, &now);
    for (size_t i = 0; i < count; i++) {
        t->opened_at[i] = now - prng_between(&random, 0, 4 * SLA_DAY);
        t->need[i] = hours[prng_below(&random, 4)] * SLA_HOUR;
    }
    return true;
}

static void tickets_fini(tickets *t)
{
    sla__timers_fini(&t->timers, &t->allocator);
    free(t->opened_at);
    free(t->due);
    free(t->need);
    free(t->texts[0]);
    free(t->texts[1]);
}

static uint64_t sum_of(const tickets *t)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < t->count; i++)
        sum += (uint64_t)t->due[i];
    return sum;
}

static bool compile(const tickets *t, size_t which, sla_calendar **calendar_out)
{
    sla_error error = {0};
    const char *text = t->texts[which];

    if (sla_calendar_parse(text, strlen(text), "desk", NULL, calendar_out, &error) == SLA_OK)
        return true;
    fprintf(stderr, "sla-bench: no calendar: %s %s\n", error.pointer, error.text);
    return false;
}

/* The steps one after the other, so that each has a time of its own. */
static bool plan_anew(tickets *t, size_t which, plan_times *times, size_t round)
{
    sla_calendar *calendar;
    const double start = bench_seconds();
    double compiled, added, armed;

    if (!compile(t, which, &calendar))
        return false;
    compiled = bench_seconds();
    for (size_t i = 0; i < t->count; i++)
        sla_calendar_add(calendar, t->opened_at[i], t->need[i], SLA_FIT_CLOSE, &t->due[i]);
    added = bench_seconds();
    for (size_t i = 0; i < t->count; i++)
        sla__timers_set(&t->timers, (uint32_t)i, t->due[i]);
    armed = bench_seconds();
    sla_calendar_unref(calendar);
    times->compile[round] = compiled - start;
    times->add[round] = added - compiled;
    times->arm[round] = armed - added;
    times->together[round] = armed - start;
    return true;
}

static uint64_t walk_anew(const tickets *t, size_t which, double *seconds_out)
{
    const double start = bench_seconds();
    uint64_t sum = 0;

    for (size_t i = 0; i < t->count; i++)
        sum += (uint64_t)walk_add(&t->walks[which], t->opened_at[i], t->need[i]);
    *seconds_out = bench_seconds() - start;
    return sum;
}

/* The holiday comes and goes. */
static bool run_rounds(tickets *t, plan_times *times, size_t rounds)
{
    for (size_t round = 0; round < rounds; round++) {
        const size_t which = (round + 1) % 2;

        if (!plan_anew(t, which, times, round))
            return false;
        if (walk_anew(t, which, &times->walk[round]) != sum_of(t)) {
            fprintf(stderr, "sla-bench: libsla and date hours_walk do not agree\n");
            return false;
        }
    }
    return true;
}

static void report(bench_run *run, const tickets *t, plan_times *times)
{
    const double each = 1e6 / (double)t->count;
    const double add = bench_median(times->add, run->rounds) * each;
    const double together = bench_median(times->together, run->rounds) * each;
    bench_figure figure = {.case_name = "holiday change",
                           .n = t->count,
                           .contender = "libsla",
                           .figure = "three years compiled",
                           .value = bench_median(times->compile, run->rounds) * 1e6,
                           .unit = "us"};

    bench_report(run, &figure);
    figure = (bench_figure){.case_name = "holiday change",
                            .n = t->count,
                            .contender = "date walk",
                            .figure = "dues added",
                            .value = bench_median(times->walk, run->rounds) * each,
                            .unit = "us/ticket"};
    bench_report(run, &figure);
    figure.contender = "libsla";
    figure.baseline = "date walk";
    figure.baseline_value = figure.value;
    figure.value = add;
    bench_report(run, &figure);
    figure.baseline = NULL;
    figure.figure = "timers moved";
    figure.value = bench_median(times->arm, run->rounds) * each;
    bench_report(run, &figure);
    figure.figure = "together";
    figure.value = together;
    figure.aim = (bench_aim){BENCH_AT_MOST, 0.4, false};
    bench_report(run, &figure);
    figure.figure = "share of the adds";
    figure.value = 100 * add / together;
    figure.unit = "%";
    figure.aim = (bench_aim){.kind = BENCH_NO_AIM};
    bench_report(run, &figure);
}

int bench_calendar_plan(bench_run *run)
{
    plan_times *times = malloc(sizeof *times);
    tickets t;
    bool good = tickets_init(&t, run->seed, run->quick ? TICKETS_QUICK : TICKETS) && times != NULL;

    if (good) /* as they were before */
        good = plan_anew(&t, 0, times, 0) && run_rounds(&t, times, run->rounds);
    if (good)
        report(run, &t, times);
    tickets_fini(&t);
    free(times);
    return good ? 0 : 1;
}
