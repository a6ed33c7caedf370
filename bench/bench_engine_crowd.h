/*
 * bench_engine_crowd.h - an engine with many live complaints, and what happens to some
 * of them: others are opened, some wait for the customer and go on, steps fall due,
 * some end.
 *
 * A complaint has six attributes and five clocks that run; its facts are in the store.
 * The bundled policy lets no clock stand still, so it gets a pause here.  Facts are
 * made beforehand, a block at a time, so that playing one costs what the engine costs.
 */
#ifndef SLA_BENCH_ENGINE_CROWD_H
#define SLA_BENCH_ENGINE_CROWD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sla/engine.h>

typedef enum bench_happening {
    CROWD_OPENED, /* and dispatched: two facts */
    CROWD_PAUSED,
    CROWD_ANSWERED,
    CROWD_FIRED, /* no fact: time goes by */
    CROWD_ENDED,
    CROWD_HAPPENINGS
} bench_happening;

typedef struct bench_crowd_fact bench_crowd_fact;

typedef struct bench_crowd {
    size_t tickets; /* live ones, at any time */
    size_t awake;   /* as in sla_engine_options */
    sla_engine *engine;
    sla_time now;
    size_t next[CROWD_HAPPENINGS]; /* whom it happens to next */
    bench_crowd_fact *block;
    size_t block_most, block_count;
    uint64_t events;
} bench_crowd;

/* Opens them all, in an hour of its own time.  False: said on standard error. */
bool bench_crowd_fill(bench_crowd *crowd, size_t block_most);
void bench_crowd_free(bench_crowd *crowd);

/* How many blocks of `count` can be played before a ticket would come again. */
size_t bench_crowd_blocks(const bench_crowd *crowd, size_t count);

/* `count` times `what`: prepared, then played.  Returns the number of facts, of CROWD_FIRED
 * of the events that were told, 0 on failure (said on standard error). */
bool bench_crowd_prepare(bench_crowd *crowd, bench_happening what, size_t count);
size_t bench_crowd_play(bench_crowd *crowd, bench_happening what, size_t count);

#endif
