/* bench_replay.h - `sla replay` of a made day beside merely parsing its lines. */
#ifndef SLA_BENCH_REPLAY_H
#define SLA_BENCH_REPLAY_H

#include "bench.h"

/* Reports one figure; 0, or 1 when a program could not be run. */
int bench_replay(bench_run *run);

#endif
