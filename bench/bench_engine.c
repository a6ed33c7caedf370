/*
 * bench_engine.c - what the engine costs: instructions for a fact, lines of memory, bytes
 * for a live ticket, speed, growth, and a whole replay beside merely parsing its lines.
 */
#include <stdio.h>
#include <string.h>

#include "bench_engine_parts.h"
#include "subjects.h"

static const struct {
    const char *name;
    int (*run)(bench_run *run);
} parts[] = {{"instructions", bench_engine_instructions},
             {"lines", bench_engine_lines},
             {"memory", bench_engine_memory},
             {"speed", bench_engine_speed},
             {"scale", bench_engine_scale},
             {"targets", bench_engine_targets},
             {"replay", bench_replay}};

static int run_engine(bench_run *run)
{
    int result = 0;

    if (run->part != NULL)
        return bench_engine_lines_part(run, &result) ? result : bench_engine_part(run);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (run->only == NULL || strcmp(run->only, parts[i].name) == 0)
            result |= parts[i].run(run);
    return result;
}

static const char *name_part(size_t i)
{
    return i < sizeof parts / sizeof *parts ? parts[i].name : NULL;
}

const bench_subject bench_engine = {"engine",
                                    "instructions a fact, bytes a ticket, facts a second, growth",
                                    run_engine, 0, name_part};
