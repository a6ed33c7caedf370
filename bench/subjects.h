/* subjects.h - what sla-bench can measure; each is a file bench_<name>.c. */
#ifndef SLA_BENCH_SUBJECTS_H
#define SLA_BENCH_SUBJECTS_H

#include "bench.h"

extern const bench_subject bench_calendar;
extern const bench_subject bench_engine;
extern const bench_subject bench_latency;
extern const bench_subject bench_peers;
extern const bench_subject bench_start;
extern const bench_subject bench_store;
extern const bench_subject bench_store_sqlite;
extern const bench_subject bench_timers;

#endif
