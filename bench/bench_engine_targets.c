/*
 * bench_engine_targets.c - what a fact costs, and a live ticket takes, the more targets a
 * policy has: each is a clock on every ticket, with a warning and a level.
 *
 * One fact opens a ticket, one concerns nobody, one stops every other clock and one the
 * rest, after a third of the tickets' warnings have fallen due.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla/sla.h>

#include "bench_engine_parts.h"
#include "bench_engine_work.h"

enum {
    POLICIES = 6,
    TICKETS = 10000,
    TICKETS_QUICK = 100,
    TARGET_ROOM = 160, /* characters */
    HEAD_ROOM = 400
};

static const size_t target_counts[POLICIES] = {1, 2, 5, 10, 20, 50};

static const bench_stage whole[] = {
    {"opened", 0, 0}, {"noted", 5, 60}, {"responded", 60, 360}, {"resolved", 60, 360}};
static const bench_stage live[] = {{"opened", 0, 0}, {"noted", 5, 60}};

typedef struct contender {
    char name[24];
    char *policy;
    bench_world world;
    bench_record *records;
    size_t count;
    uint64_t events;
    double bytes;
    double *times;
} contender;

static char *make_policy(size_t targets)
{
    const size_t room = HEAD_ROOM + targets * TARGET_ROOM;
    char *const text = malloc(room);
    size_t used;

    if (text == NULL)
        return NULL;
    used = (size_t)snprintf(
        text, room,
        "{\"policy\": \"many\", \"version\": \"1\", \"calendar\": \"%s\","
        " \"steps\": [{\"step\": \"warn_80\", \"percent\": 80, \"to\": \"agent\"},"
        "  {\"step\": \"level_1\", \"after\": \"PT0S\", \"level\": 1, \"to\": \"lead\"}],"
        " \"targets\": [",
        bench_desk.calendar_name);
    for (size_t i = 0; i < targets; i++)
        used += (size_t)snprintf(text + used, room - used,
                                 "%s{\"target\": \"limit_%zu\", \"stop\": \"%s\","
                                 " \"goals\": [{\"elapsed\": \"PT%zuM\"}]}",
                                 i > 0 ? ", " : "", i, i % 2 == 0 ? "resolved" : "responded",
                                 300 + i * 30);
    snprintf(text + used, room - used, "]}");
    return text;
}

static bool prepare(contender *self, const bench_run *run, size_t targets)
{
    bench_work work = {.world = &self->world,
                       .seed = run->seed,
                       .tickets = run->quick ? TICKETS_QUICK : TICKETS,
                       .arrival = 10 * SLA_SECOND};

    snprintf(self->name, sizeof self->name, "%zu target%s", targets, targets == 1 ? "" : "s");
    self->policy = make_policy(targets);
    self->world = (bench_world){.name = "many",
                                .policy = self->policy,
                                .calendar = bench_desk.calendar,
                                .calendar_name = bench_desk.calendar_name,
                                .whole = whole,
                                .live = live,
                                .whole_count = sizeof whole / sizeof *whole,
                                .live_count = sizeof live / sizeof *live};
    self->times = calloc(run->rounds, sizeof *self->times);
    if (self->policy == NULL || self->times == NULL)
        return false;
    self->records = bench_facts(&work, &self->count);
    work.live = true;
    self->bytes = bench_engine_bytes(&work) / (double)work.tickets;
    return self->records != NULL && self->bytes > 0;
}

static bool play(contender *self, size_t round)
{
    sla_engine *const engine = bench_engine_new(&self->world, NULL);
    const double start = bench_thread_seconds();
    bool played;

    self->events = 0;
    played = engine != NULL && bench_play(engine, self->records, self->count, &self->events);
    self->times[round] = bench_thread_seconds() - start;
    sla_engine_free(engine);
    return played;
}

static double fact_time(const bench_run *run, const contender *self)
{
    return bench_median(self->times, run->rounds) / (double)self->count * 1e9;
}

static void report(bench_run *run, const contender *all)
{
    for (size_t i = 0; i < POLICIES; i++) {
        bench_figure figure = {.case_name = "targets of a policy",
                               .n = all[i].count,
                               .contender = all[i].name,
                               .figure = "time",
                               .value = fact_time(run, &all[i]),
                               .unit = "ns/fact",
                               .baseline = i > 0 ? all[0].name : NULL,
                               .baseline_value = fact_time(run, &all[0])};

        bench_report(run, &figure);
        figure.figure = "events";
        figure.unit = "a fact";
        figure.value = (double)all[i].events / (double)all[i].count;
        figure.baseline_value = (double)all[0].events / (double)all[0].count;
        bench_report(run, &figure);
        figure.figure = "memory";
        figure.unit = "bytes/ticket";
        figure.value = all[i].bytes;
        figure.baseline_value = all[0].bytes;
        bench_report(run, &figure);
    }
}

int bench_engine_targets(bench_run *run)
{
    contender all[POLICIES] = {{.policy = NULL}};
    bool done = true;

    for (size_t i = 0; done && i < POLICIES; i++)
        done = prepare(&all[i], run, target_counts[i]);
    for (size_t round = 0; done && round < run->rounds; round++)
        for (size_t i = 0; done && i < POLICIES; i++)
            done = play(&all[i], round);
    if (done)
        report(run, all);
    for (size_t i = 0; i < POLICIES; i++) {
        free(all[i].policy);
        free(all[i].records);
        free(all[i].times);
    }
    return done ? 0 : 1;
}
