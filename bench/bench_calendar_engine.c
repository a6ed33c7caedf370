/*
 * bench_calendar_engine.c - the same holiday in an engine: what it does when a
 * calendar is adopted while tickets are open (sla_engine_adopt).
 *
 * Each ticket is looked at: it is folded on as if the holiday had been known from its
 * clocks' start, all or nothing, and what moved is told by the next polls as
 * `due_changed`, with the ticket's count of events.  That is more than a sum of open
 * time and a timer, and it has a figure of its own.
 */
#include <stdlib.h>
#include <string.h>

#include <prng.h>
#include <sla/sla.h>

#include "bench_calendar.h"

enum { TICKETS = 1000000, TICKETS_QUICK = 5000, EVENTS = 256 };

static const char policy[] =
    "{\"policy\": \"plain\", \"version\": \"1\", \"calendar\": \"desk\", \"targets\": ["
    "{\"target\": \"resolution\", \"stop\": \"resolved\", \"goals\": [{\"business\": "
    "\"PT24H\"}]}]}";

static sla_string string(const char *text)
{
    return (sla_string){text, strlen(text)};
}

/* Adopts the office's calendar, with the policy where it is not NULL. */
static bool adopt(sla_engine *engine, sla_policies *policies, const hours_office *office,
                  sla_time now)
{
    sla_calendar *calendar = office_calendar(office);
    sla_error error = {0};
    const bool good =
        calendar != NULL && sla_engine_adopt(engine, policies, &calendar, 1, now, &error) == SLA_OK;

    if (!good)
        fprintf(stderr, "sla-bench: not adopted: %s\n", error.text);
    sla_calendar_unref(calendar);
    return good;
}

static sla_engine *make_engine(const hours_office *office, size_t awake, sla_time now)
{
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    sla_engine *engine = NULL;
    sla_policies *policies = NULL;
    sla_error error = {0};
    bool good;

    options.history_in_store = true;
    options.awake = awake;
    good = sla_engine_new(&options, &engine) == SLA_OK &&
           sla_policies_new(NULL, &policies) == SLA_OK &&
           sla_policies_add(policies, policy, strlen(policy), "plain", &error) == SLA_OK &&
           sla_policies_finish(policies, &error) == SLA_OK && adopt(engine, policies, office, now);
    if (!good)
        fprintf(stderr, "sla-bench: no engine: %s\n", error.text);
    sla_policies_unref(policies);
    if (good)
        return engine;
    sla_engine_free(engine);
    return NULL;
}

static uint64_t poll(sla_engine *engine, sla_time now)
{
    static sla_event events[EVENTS];
    uint64_t sum = 0;
    size_t count;

    do {
        count = sla_engine_poll_many(engine, now, events, EVENTS);
        sum += count;
    } while (count == EVENTS);
    return sum;
}

/* One every few hundred microseconds, on the last day before the holiday. */
static bool open_tickets(sla_engine *engine, size_t count, sla_time first)
{
    for (size_t i = 0; i < count; i++) {
        const sla_time at = first + (sla_time)i * 4 * SLA_HOUR / (sla_time)count;
        char name[24];
        sla_fact fact = {.name = string("opened"), .occurred_at = at};
        sla_error error = {0};

        snprintf(name, sizeof name, "T%07zu", i);
        fact.id = fact.ticket = string(name);
        if (sla_engine_record(engine, &fact, at, NULL, &error) != SLA_OK) {
            fprintf(stderr, "sla-bench: not opened: %s\n", error.text);
            return false;
        }
        if (i % EVENTS == 0)
            poll(engine, at);
    }
    return true;
}

static void report(bench_run *run, const char *contender, size_t count, double adopting,
                   double telling)
{
    const double each = 1e6 / (double)count;
    bench_figure figure = {.case_name = "holiday change, engine",
                           .n = count,
                           .contender = contender,
                           .figure = "adopted",
                           .value = adopting * each,
                           .unit = "us/ticket"};

    bench_report(run, &figure);
    figure.figure = "told";
    figure.value = telling * each;
    bench_report(run, &figure);
    figure.figure = "together";
    figure.value = (adopting + telling) * each;
    figure.aim = (bench_aim){BENCH_AT_MOST, 0.4, false};
    bench_report(run, &figure);
}

/* Each ticket has one clock, which the holiday moves. */
static bool change(bench_run *run, const char *contender, size_t count, size_t awake)
{
    hours_office before = office_shanghai;
    sla_engine *engine;
    sla_time now;
    double start, adopted, told;
    uint64_t events = 0;
    bool good;

    before.holiday_count--;
    sla_time_parse("2026-09-30T02:00:00Z", 20, &now);
    engine = make_engine(&before, awake, now);
    good = engine != NULL && open_tickets(engine, count, now);
    now += 5 * SLA_HOUR;
    if (good)
        poll(engine, now);
    start = bench_seconds();
    good = good && adopt(engine, NULL, &office_shanghai, now);
    adopted = bench_seconds();
    if (good)
        events = poll(engine, now);
    told = bench_seconds();
    if (good && events != count)
        fprintf(stderr, "sla-bench: %llu tickets told, not all\n", (unsigned long long)events);
    good = good && events == count;
    if (good)
        report(run, contender, count, adopted - start, told - adopted);
    sla_engine_free(engine);
    return good;
}

int bench_calendar_engine(bench_run *run)
{
    const size_t count = run->quick ? TICKETS_QUICK : TICKETS;

    return change(run, "libsla", count, 0) && change(run, "libsla, all awake", count, SIZE_MAX) ? 0
                                                                                                : 1;
}
