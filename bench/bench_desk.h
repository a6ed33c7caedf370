/*
 * bench_desk.h - work for the engine that one can reason about: a desk whose
 * tickets carry five clocks each, and facts made in memory from a seed.
 */
#ifndef SLA_BENCH_DESK_H
#define SLA_BENCH_DESK_H

#include <stddef.h>
#include <stdint.h>

#include <sla/engine.h>

/* A whole life: opened, responded, graded, waiting, answered, resolved, closed.
 * A live one: opened, noted, waiting, answered; its five clocks still run. */
typedef enum bench_life { BENCH_WHOLE_LIFE, BENCH_LIVE } bench_life;

typedef struct bench_record {
    sla_fact fact;
    sla_time recorded_at;
    char ticket[24];
    char id[48];
    sla_attribute attribute;
} bench_record;

/* All facts of `tickets` tickets in the order of recording; NULL without memory.
 * The caller frees them. */
bench_record *bench_desk_facts(uint64_t seed, size_t tickets, bench_life life, size_t *count_out);

/* An engine with the desk's policy and calendar adopted; NULL (said on standard
 * error) on failure. */
sla_engine *bench_desk_engine(const sla_engine_options *options);

#endif
