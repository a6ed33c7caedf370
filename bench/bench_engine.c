/*
 * bench_engine.c - what the engine costs: instructions for a fact, bytes for a
 * live ticket, and a whole replay beside merely parsing its lines.
 */
#include "subjects.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench_desk.h"
#include "bench_replay.h"

enum {
    FOLD_TICKETS = 2000,
    FOLD_TICKETS_QUICK = 100,
    LIVE_TICKETS = 100000,
    LIVE_TICKETS_QUICK = 2000
};

/* Records and polls everything; says on standard error which fact was refused. */
static bool play(sla_engine *engine, const bench_record *records, size_t count)
{
    sla_event event;

    for (size_t i = 0; i < count; i++) {
        sla_error error = {0};
        const int result =
            sla_engine_record(engine, &records[i].fact, records[i].recorded_at, NULL, &error);

        if (result != SLA_OK) {
            fprintf(stderr, "sla-bench: fact %zu, %s of %s: %s %s\n", i, records[i].fact.name.data,
                    records[i].ticket, sla_result_name(result), error.text);
            return false;
        }
        while (sla_engine_poll(engine, records[i].recorded_at, &event))
            ;
    }
    return true;
}

/* ------------------------------------------------------------ instructions */

/* Everything is made beforehand; only record and poll are counted. */
static int fold(const bench_run *run)
{
    size_t count;
    bench_record *records = bench_desk_facts(
        run->seed, run->quick ? FOLD_TICKETS_QUICK : FOLD_TICKETS, BENCH_WHOLE_LIFE, &count);
    sla_engine *engine = bench_desk_engine(NULL);
    const bool played = records != NULL && engine != NULL && play(engine, records, count);

    sla_engine_free(engine);
    free(records);
    return played ? 0 : 1;
}

static void report_instructions(bench_run *run)
{
    static const char *const inside[] = {"sla_engine_record", "sla_engine_poll"};
    const size_t facts = 7 * (size_t)(run->quick ? FOLD_TICKETS_QUICK : FOLD_TICKETS);
    double instructions;

    if (!bench_instructions(run, "fold", inside, 2, &instructions))
        return;
    bench_report(run, &(bench_figure){.case_name = "record and poll",
                                      .n = facts,
                                      .contender = "libsla",
                                      .figure = "instructions",
                                      .value = instructions / (double)facts,
                                      .unit = "a fact",
                                      .aim = {BENCH_AT_MOST, 3000, false}});
}

/* ------------------------------------------------------------ memory */

/* What the C library really sets aside, its own word before the block included. */
static size_t cost(void *block)
{
    return block != NULL ? malloc_usable_size(block) + sizeof(size_t) : 0;
}

static void *count_realloc(void *block, size_t size, void *user)
{
    size_t *bytes = user;
    const size_t before = cost(block);
    void *grown = realloc(block, size);

    if (grown != NULL)
        *bytes += cost(grown) - before;
    return grown;
}

static void *count_alloc(size_t size, void *user)
{
    return count_realloc(NULL, size, user);
}

static void count_free(void *block, void *user)
{
    size_t *bytes = user;

    *bytes -= cost(block);
    free(block);
}

/* Bytes that `tickets` live tickets added to an empty engine; 0 on failure. */
static size_t live_bytes(const bench_run *run, size_t tickets, bool history_in_store)
{
    size_t bytes = 0, before = 0, after = 0, count;
    const sla_allocator counting = {count_alloc, count_realloc, count_free, &bytes};
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    bench_record *records = bench_desk_facts(run->seed, tickets, BENCH_LIVE, &count);
    sla_engine *engine;

    options.allocator = &counting;
    options.history_in_store = history_in_store;
    engine = bench_desk_engine(&options);
    before = bytes;
    if (engine != NULL && records != NULL && play(engine, records, count))
        after = bytes;
    sla_engine_free(engine);
    free(records);
    return after > before ? after - before : 0;
}

static int report_memory(bench_run *run)
{
    const size_t tickets = run->quick ? LIVE_TICKETS_QUICK : LIVE_TICKETS;
    const struct {
        bool in_store;
        const char *name;
        double bound;
    } rows[] = {{false, "five clocks, four facts kept", 512},
                {true, "five clocks, facts in store", 320}};

    for (size_t i = 0; i < 2; i++) {
        const size_t bytes = live_bytes(run, tickets, rows[i].in_store);

        if (bytes == 0)
            return 1;
        bench_report(run, &(bench_figure){.case_name = rows[i].name,
                                          .n = tickets,
                                          .contender = "libsla",
                                          .figure = "memory",
                                          .value = (double)bytes / (double)tickets,
                                          .unit = "bytes/ticket",
                                          .aim = {BENCH_AT_MOST, rows[i].bound, false}});
    }
    return 0;
}

static int run_engine(bench_run *run)
{
    if (run->part != NULL)
        return fold(run);
    report_instructions(run);
    return report_memory(run) | bench_replay(run);
}

const bench_subject bench_engine = {
    "engine", "instructions a fact, bytes a ticket, a replay beside parsing", run_engine};
