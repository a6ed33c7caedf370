/* bench_engine_parts.h - what bench_engine.c is made of. */
#ifndef SLA_BENCH_ENGINE_PARTS_H
#define SLA_BENCH_ENGINE_PARTS_H

#include "bench.h"

/* Each reports its figures; 0, or 1 when the work could not be done. */
int bench_engine_instructions(bench_run *run);
int bench_engine_memory(bench_run *run);
int bench_engine_speed(bench_run *run);
int bench_engine_scale(bench_run *run);
int bench_replay(bench_run *run);

/* The work of `run->part`, silently: what bench_engine_instructions counts. */
int bench_engine_part(const bench_run *run);

#endif
