/*
 * bench_engine_speed.c - facts and events a second, in order and the more facts come
 * late the slower.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench_engine_parts.h"
#include "bench_engine_work.h"

enum { TICKETS = 5000, TICKETS_QUICK = 100, STREAMS = 5 };

/* A made stream, and the seconds that each round took over it. */
typedef struct bench_stream {
    const char *name;
    bench_record *records;
    size_t count;
    uint64_t events;
    double *times;
} bench_stream;

static bool play_stream(bench_stream *stream, size_t round)
{
    sla_engine *engine = bench_engine_new(&bench_complaint, NULL);
    const double start = bench_seconds();
    bool played;

    stream->events = 0;
    played = engine != NULL && bench_play(engine, stream->records, stream->count, &stream->events);
    stream->times[round] = bench_seconds() - start;
    sla_engine_free(engine);
    return played;
}

static void report_speed(bench_run *run, const bench_stream *stream, const double *seconds,
                         const bench_stream *first, const double *first_seconds)
{
    bench_figure figure = {.case_name = "record and poll",
                           .n = stream->count,
                           .contender = stream->name,
                           .figure = "facts",
                           .value = (double)stream->count / *seconds,
                           .unit = "1/s",
                           .baseline = stream != first ? first->name : NULL,
                           .baseline_value = (double)first->count / *first_seconds};

    bench_report(run, &figure);
    figure.n = stream->events;
    figure.figure = "events";
    figure.value = (double)stream->events / *seconds;
    figure.baseline_value = (double)first->events / *first_seconds;
    bench_report(run, &figure);
}

static bool make_stream(const bench_run *run, unsigned late_percent, bench_stream *stream)
{
    const bench_work work = {.world = &bench_complaint,
                             .seed = run->seed,
                             .tickets = run->quick ? TICKETS_QUICK : TICKETS,
                             .late_percent = late_percent,
                             .arrival = 2 * SLA_SECOND};

    stream->records = bench_facts(&work, &stream->count);
    stream->times = calloc(run->rounds, sizeof *stream->times);
    return stream->records != NULL && stream->times != NULL;
}

int bench_engine_speed(bench_run *run)
{
    static const unsigned late_percents[STREAMS] = {0, 1, 2, 5, 10};
    bench_stream streams[STREAMS] = {{.name = "libsla, in order"},
                                     {.name = "libsla, 1 % late"},
                                     {.name = "libsla, 2 % late"},
                                     {.name = "libsla, 5 % late"},
                                     {.name = "libsla, 10 % late"}};
    double seconds[STREAMS];
    bool done = true;

    for (size_t i = 0; done && i < STREAMS; i++)
        done = make_stream(run, late_percents[i], &streams[i]);
    for (size_t round = 0; done && round < run->rounds; round++)
        for (size_t i = 0; done && i < STREAMS; i++)
            done = play_stream(&streams[i], round);
    for (size_t i = 0; done && i < STREAMS; i++) {
        seconds[i] = bench_median(streams[i].times, run->rounds);
        report_speed(run, &streams[i], &seconds[i], &streams[0], &seconds[0]);
    }
    for (size_t i = 0; i < STREAMS; i++) {
        free(streams[i].records);
        free(streams[i].times);
    }
    return done ? 0 : 1;
}
