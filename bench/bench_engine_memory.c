/*
 * bench_engine_memory.c - bytes that live tickets with five clocks add to an
 * empty engine, seen from the allocator.
 *
 * The figure with an aim counts the bytes that were asked for.  The other adds
 * what the C library keeps beside them, which another allocator may do better.
 */
#include <malloc.h>
#include <stdlib.h>

#include "bench_engine_parts.h"
#include "bench_engine_work.h"

enum { TICKETS = 100000, TICKETS_QUICK = 20000, HEAD = 16, SMALLEST_CHUNK = 32 };

typedef struct counters {
    size_t asked, taken;
} counters;

/* Before each block lies its size, in a head that keeps the alignment. */
static size_t *head_of(void *block)
{
    return (size_t *)(void *)((char *)block - HEAD);
}

/* What malloc sets aside for the block alone, its own word included. */
static size_t chunk_of(void *block)
{
    const size_t chunk = malloc_usable_size(head_of(block)) + sizeof(size_t) - HEAD;

    return chunk > SMALLEST_CHUNK ? chunk : SMALLEST_CHUNK;
}

static void count_out(counters *counts, void *block)
{
    if (block == NULL)
        return;
    counts->asked -= *head_of(block);
    counts->taken -= chunk_of(block);
}

static void *count_in(counters *counts, char *start, size_t size)
{
    void *block = start + HEAD;

    *head_of(block) = size;
    counts->asked += size;
    counts->taken += chunk_of(block);
    return block;
}

static void *count_realloc(void *block, size_t size, void *user)
{
    counters before = *(counters *)user;
    char *start;

    count_out(&before, block);
    start = realloc(block != NULL ? head_of(block) : NULL, size + HEAD);
    if (start == NULL)
        return NULL;
    *(counters *)user = before;
    return count_in(user, start, size);
}

static void *count_alloc(size_t size, void *user)
{
    return count_realloc(NULL, size, user);
}

static void count_free(void *block, void *user)
{
    count_out(user, block);
    free(block != NULL ? head_of(block) : NULL);
}

/* What `work` added to an empty engine; nothing on failure. */
static counters added(const bench_work *work, bool history_in_store, size_t awake)
{
    counters counts = {0, 0}, before, after = {0, 0};
    const sla_allocator counting = {count_alloc, count_realloc, count_free, &counts};
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    size_t count = 0;
    uint64_t events = 0;
    bench_record *records = bench_facts(work, &count);
    sla_engine *engine;

    options.allocator = &counting;
    options.history_in_store = history_in_store;
    options.awake = awake;
    engine = bench_engine_new(work->world, &options);
    before = counts;
    if (engine != NULL && records != NULL && bench_play(engine, records, count, &events))
        after = (counters){counts.asked - before.asked, counts.taken - before.taken};
    sla_engine_free(engine);
    free(records);
    return after;
}

double bench_engine_bytes(const bench_work *work)
{
    return (double)added(work, true, 0).asked;
}

static void report(bench_run *run, const char *name, size_t tickets, counters bytes, double bound)
{
    bench_figure figure = {.case_name = name,
                           .n = tickets,
                           .contender = "libsla",
                           .figure = "memory",
                           .value = (double)bytes.asked / (double)tickets,
                           .unit = "bytes/ticket",
                           .aim = {bound > 0 ? BENCH_AT_MOST : BENCH_NO_AIM, bound, false}};

    bench_report(run, &figure);
    figure.figure = "memory, with malloc's";
    figure.value = (double)bytes.taken / (double)tickets;
    figure.aim = (bench_aim){.kind = BENCH_NO_AIM};
    bench_report(run, &figure);
}

int bench_engine_memory(bench_run *run)
{
    static const struct {
        const bench_world *world;
        bool in_store;
        size_t awake;
        const char *name;
        double bound; /* 0: none */
    } cases[] = {{&bench_complaint, false, 0, "complaint, four facts kept", 512},
                 {&bench_complaint, true, 0, "complaint, facts in store", 320},
                 {&bench_complaint, true, SIZE_MAX, "complaint, in store, all awake", 0},
                 {&bench_desk, false, 0, "desk, four facts kept", 512},
                 {&bench_desk, true, 0, "desk, facts in store", 320},
                 {&bench_desk, true, SIZE_MAX, "desk, in store, all awake", 0}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const bench_work work = {.world = cases[i].world,
                                 .seed = run->seed,
                                 .tickets = run->quick ? TICKETS_QUICK : TICKETS,
                                 .live = true,
                                 .arrival = SLA_SECOND};
        const counters bytes = added(&work, cases[i].in_store, cases[i].awake);

        if (bytes.asked == 0)
            return 1;
        report(run, cases[i].name, work.tickets, bytes, cases[i].bound);
    }
    return 0;
}
