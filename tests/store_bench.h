/*
 * store_bench.h - one service on one store, and the model of what should be in it:
 * what the questions of store_conformance.h are asked with.
 */
#ifndef SLA_TESTS_STORE_BENCH_H
#define SLA_TESTS_STORE_BENCH_H

#include "store_compare.h"
#include "store_conformance.h"
#include "store_sample.h"

#define BENCH_SERVICE UINT64_C(7) /* the incarnation */

static const sla_string bench_tenant = {"tenant", 6}, bench_ticket = {"T-1", 3};

typedef struct bench {
    const store_maker *maker;
    store_drive drive;
    store_model model;
} bench;

/* A fresh store, open. */
void bench_init(bench *on, const store_maker *maker);
void bench_fini(bench *on);

/* Commits on both sides, overwrites what was borrowed, and compares everything. */
int bench_commit(bench *on, store_sample *sample, const char *why);

/* A unit that follows the last one. */
void bench_next_unit(bench *on, store_sample *sample);

/* World 1, T-1 with facts 1 and 2, events 1 and 2, one mark. */
void bench_write_base(bench *on);

#endif
