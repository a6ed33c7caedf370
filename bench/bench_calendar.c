/*
 * bench_calendar.c - add, between and is_open of a compiled calendar, beside a
 * twin that walks the dates one by one.
 *
 * The work: instants uniform in 2026, needs of 1 to 48 hours, at a desk in
 * Shanghai: Monday to Friday, 09:00-12:00 and 13:00-18:00, with the holidays
 * and make-up workdays of 2026.  Shanghai keeps one offset, which is what lets
 * the twin be a few plain lines; it would be wrong anywhere else.
 */
#include "subjects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <prng.h>
#include <sla/calendar.h>
#include <sla/time.h>

#define OFFSET (8 * SLA_HOUR)

enum { CASES = 20000, CASES_QUICK = 500, SPANS = 2 };

/* The dates of 2026 that differ from the week; the desk's text and the twin are
 * both made from them. */
static const char *const holidays[][2] = {
    {"2026-01-01", "2026-01-03"}, {"2026-02-15", "2026-02-23"}, {"2026-04-04", "2026-04-06"},
    {"2026-05-01", "2026-05-05"}, {"2026-06-19", "2026-06-21"}, {"2026-09-25", "2026-09-27"},
    {"2026-10-01", "2026-10-07"},
};
static const char *const makeups[] = {"2026-01-04", "2026-02-14", "2026-02-28",
                                      "2026-05-09", "2026-09-20", "2026-10-10"};
static const sla_duration hours[SPANS][2] = {{9 * SLA_HOUR, 12 * SLA_HOUR},
                                             {13 * SLA_HOUR, 18 * SLA_HOUR}};

enum {
    HOLIDAYS = sizeof holidays / sizeof holidays[0],
    MAKEUPS = sizeof makeups / sizeof *makeups
};

typedef struct desk_work {
    const sla_calendar *calendar;
    size_t count;
    sla_time from[CASES];
    sla_time to[CASES]; /* where `need` ends, so that between has something to count */
    sla_duration need[CASES];
    int32_t closed[HOLIDAYS][2]; /* days since 1970, both included */
    int32_t opened[MAKEUPS];
} desk_work;

static bool twin_works_on(const desk_work *work, int64_t day)
{
    for (size_t i = 0; i < MAKEUPS; i++)
        if (work->opened[i] == day)
            return true;
    for (size_t i = 0; i < HOLIDAYS; i++)
        if (day >= work->closed[i][0] && day <= work->closed[i][1])
            return false;
    return (day + 3) % 7 < 5; /* day 0 was a Thursday */
}

static sla_time twin_add(const desk_work *work, sla_time from, sla_duration need)
{
    for (int64_t day = (from + OFFSET) / SLA_DAY;; day++)
        for (size_t i = 0; i < SPANS && twin_works_on(work, day); i++) {
            const sla_time midnight = day * SLA_DAY - OFFSET;
            const sla_time open = midnight + hours[i][0] > from ? midnight + hours[i][0] : from;
            const sla_time close = midnight + hours[i][1];

            if (close > open && need <= close - open)
                return open + need;
            need -= close > open ? close - open : 0;
        }
}

static sla_duration twin_between(const desk_work *work, sla_time from, sla_time to)
{
    sla_duration sum = 0;

    for (int64_t day = (from + OFFSET) / SLA_DAY; day * SLA_DAY - OFFSET < to; day++)
        for (size_t i = 0; i < SPANS && twin_works_on(work, day); i++) {
            const sla_time midnight = day * SLA_DAY - OFFSET;
            const sla_time open = midnight + hours[i][0] > from ? midnight + hours[i][0] : from;
            const sla_time close = midnight + hours[i][1] < to ? midnight + hours[i][1] : to;

            sum += close > open ? close - open : 0;
        }
    return sum;
}

static uint64_t round_twin_add(const void *given)
{
    const desk_work *work = given;
    uint64_t sum = 0;

    for (size_t i = 0; i < work->count; i++)
        sum += (uint64_t)twin_add(work, work->from[i], work->need[i]);
    return sum;
}

static uint64_t round_add(const void *given)
{
    const desk_work *work = given;
    uint64_t sum = 0;

    for (size_t i = 0; i < work->count; i++) {
        sla_time due = 0;

        sla_calendar_add(work->calendar, work->from[i], work->need[i], SLA_FIT_CLOSE, &due);
        sum += (uint64_t)due;
    }
    return sum;
}

static uint64_t round_twin_between(const void *given)
{
    const desk_work *work = given;
    uint64_t sum = 0;

    for (size_t i = 0; i < work->count; i++)
        sum += (uint64_t)twin_between(work, work->from[i], work->to[i]);
    return sum;
}

static uint64_t round_between(const void *given)
{
    const desk_work *work = given;
    uint64_t sum = 0;

    for (size_t i = 0; i < work->count; i++) {
        sla_duration open = 0;

        sla_calendar_between(work->calendar, work->from[i], work->to[i], &open);
        sum += (uint64_t)open;
    }
    return sum;
}

static uint64_t round_twin_is_open(const void *given)
{
    const desk_work *work = given;
    uint64_t sum = 0;

    for (size_t i = 0; i < work->count; i++)
        sum += twin_between(work, work->from[i], work->from[i] + 1) > 0;
    return sum;
}

static uint64_t round_is_open(const void *given)
{
    const desk_work *work = given;
    uint64_t sum = 0;

    for (size_t i = 0; i < work->count; i++)
        sum += sla_calendar_is_open(work->calendar, work->from[i]);
    return sum;
}

/* The desk as a document; NULL without memory.  The caller frees it. */
static char *desk_text(void)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    if (stream == NULL)
        return NULL;
    fputs("{\"kind\": \"calendar\", \"name\": \"desk\", \"version\": \"1\","
          " \"zone\": \"Asia/Shanghai\", \"known_until\": \"2026-12-31\","
          " \"week\": {\"mon-fri\": [\"09:00-12:00\", \"13:00-18:00\"]}, \"holidays\": [",
          stream);
    for (size_t i = 0; i < HOLIDAYS; i++)
        fprintf(stream, "%s{\"from\": \"%s\", \"to\": \"%s\"}", i > 0 ? ", " : "", holidays[i][0],
                holidays[i][1]);
    fputs("], \"makeup\": [", stream);
    for (size_t i = 0; i < MAKEUPS; i++)
        fprintf(stream, "%s{\"date\": \"%s\", \"as\": \"mon\"}", i > 0 ? ", " : "", makeups[i]);
    fputs("]}", stream);
    fclose(stream);
    return text;
}

static sla_calendar *read_desk(void)
{
    char *text = desk_text();
    sla_calendar *calendar = NULL;
    sla_error error = {0};

    if (text == NULL ||
        sla_calendar_parse(text, strlen(text), "desk", NULL, &calendar, &error) != SLA_OK)
        fprintf(stderr, "sla-bench: no calendar: %s %s\n", error.pointer, error.text);
    free(text);
    return calendar;
}

static void read_dates(desk_work *work)
{
    for (size_t i = 0; i < HOLIDAYS; i++)
        for (size_t end = 0; end < 2; end++)
            sla_date_parse(holidays[i][end], 10, &work->closed[i][end]);
    for (size_t i = 0; i < MAKEUPS; i++)
        sla_date_parse(makeups[i], 10, &work->opened[i]);
}

/* The cases of the seed. */
static void draw_cases(const bench_run *run, desk_work *work)
{
    static const int64_t minutes[] = {60, 120, 240, 480, 1440, 2880};
    prng random = prng_seeded(run->seed);
    sla_time first, last;

    sla_time_parse("2026-01-05T00:00:00Z", 20, &first);
    sla_time_parse("2026-11-30T00:00:00Z", 20, &last);
    work->count = run->quick ? CASES_QUICK : CASES;
    for (size_t i = 0; i < work->count; i++) {
        work->from[i] = prng_between(&random, first / SLA_SECOND, last / SLA_SECOND) * SLA_SECOND;
        work->need[i] = minutes[prng_below(&random, 6)] * SLA_MINUTE;
        work->to[i] = twin_add(work, work->from[i], work->need[i]);
    }
}

static int race(bench_run *run, const desk_work *work)
{
    const bench_aim hoped = {BENCH_AT_LEAST, 25e6, false};
    const bench_aim none = {0};
    const bench_contender add[] = {{"date walk", round_twin_add, work, work->count, none},
                                   {"libsla", round_add, work, work->count, hoped}};
    const bench_contender between[] = {{"date walk", round_twin_between, work, work->count, none},
                                       {"libsla", round_between, work, work->count, hoped}};
    const bench_contender is_open[] = {{"date walk", round_twin_is_open, work, work->count, none},
                                       {"libsla", round_is_open, work, work->count, none}};

    return bench_race(run, "add", add, 2) | bench_race(run, "between", between, 2) |
           bench_race(run, "is_open", is_open, 2);
}

static int run_calendar(bench_run *run)
{
    desk_work *work = calloc(1, sizeof *work);
    sla_calendar *calendar = read_desk();
    int result = 1;

    if (work != NULL && calendar != NULL) {
        work->calendar = calendar;
        read_dates(work);
        draw_cases(run, work);
        result = race(run, work);
    }
    sla_calendar_unref(calendar);
    free(work);
    return result;
}

const bench_subject bench_calendar = {
    "calendar", "open time of a desk with holidays and make-up workdays", run_calendar, 0};
