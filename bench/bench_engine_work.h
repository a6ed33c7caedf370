/*
 * bench_engine_work.h - work for the engine: facts made in memory from a seed,
 * and an engine that has adopted the rules they are meant for.
 */
#ifndef SLA_BENCH_ENGINE_WORK_H
#define SLA_BENCH_ENGINE_WORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sla/engine.h>

/* 2026-03-02 08:30 in Shanghai, a Monday: when the world is adopted and tickets come. */
#define BENCH_START INT64_C(1772411400000000)

/* A fact of a ticket's life, and how many minutes after the one before it comes.
 * `graded` and `attributes` bring the grade, `opened` the kind. */
typedef struct bench_stage {
    const char *name;
    int64_t least, most;
} bench_stage;

/* Rules, and the two lives of a ticket under them: a whole one of which nothing
 * stays open, and the four facts of a live one whose five clocks run. */
typedef struct bench_world {
    const char *name;
    const char *policy;   /* JSON text; NULL: the bundled policy of this name */
    const char *calendar; /* JSON text; NULL: the bundled calendar of the next name */
    const char *calendar_name;
    const bench_stage *whole, *live;
    size_t whole_count, live_count;
} bench_world;

extern const bench_world bench_desk;      /* a policy of five clocks and no more, with pauses */
extern const bench_world bench_complaint; /* the bundled one, as it comes */

typedef struct bench_work {
    const bench_world *world;
    uint64_t seed;
    size_t tickets;
    bool live;             /* the live life instead of the whole one */
    unsigned late_percent; /* of facts but `opened`: recorded up to six hours after */
    int64_t arrival;       /* microseconds between two tickets */
} bench_work;

typedef struct bench_record {
    sla_fact fact;
    sla_time recorded_at;
    char ticket[24];
    char id[40];
    sla_attribute attribute;
} bench_record;

/* All facts in the order of recording, `*count_out` of them; NULL without
 * memory.  The caller frees them. */
bench_record *bench_facts(const bench_work *work, size_t *count_out);

/* One more fact, in place. */
void bench_fact_make(bench_record *record, size_t ticket, const char *name, sla_time at);

/* An engine that has adopted the world; NULL (said on standard error) on failure. */
sla_engine *bench_engine_new(const bench_world *world, const sla_engine_options *options);

/* Records each fact and polls until nothing is due, adding to `*events`.
 * False: a fact was refused (said on standard error). */
bool bench_play(sla_engine *engine, const bench_record *records, size_t count, uint64_t *events);

#endif
