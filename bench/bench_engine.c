/*
 * bench_engine.c - what the engine costs: instructions for a fact, bytes for a
 * live ticket, speed, and a whole replay beside merely parsing its lines.
 */
#include "subjects.h"

#include "bench_engine_parts.h"

static int run_engine(bench_run *run)
{
    if (run->part != NULL)
        return bench_engine_part(run);
    return bench_engine_instructions(run) | bench_engine_memory(run) | bench_engine_speed(run) |
           bench_engine_scale(run) | bench_replay(run);
}

const bench_subject bench_engine = {
    "engine", "instructions a fact, bytes a ticket, facts a second, a replay", run_engine, 0};
