/* bench_engine_parts.h - what bench_engine.c is made of. */
#ifndef SLA_BENCH_ENGINE_PARTS_H
#define SLA_BENCH_ENGINE_PARTS_H

#include "bench.h"
#include "bench_engine_work.h"

/* Each reports its figures; 0, or 1 when the work could not be done. */
int bench_engine_instructions(bench_run *run);
int bench_engine_memory(bench_run *run);
int bench_engine_speed(bench_run *run);
int bench_engine_lines(bench_run *run);
int bench_engine_scale(bench_run *run);
int bench_engine_targets(bench_run *run);
int bench_replay(bench_run *run);

/* The work of `run->part`, silently: what bench_engine_instructions counts. */
int bench_engine_part(const bench_run *run);

/* The same for bench_engine_lines; false where `run->part` is none of its parts. */
bool bench_engine_lines_part(const bench_run *run, int *result);

/* Bytes that live tickets with their facts in the store add to an empty engine, most of
 * them at rest; 0 on failure. */
double bench_engine_bytes(const bench_work *work);

#endif
