/* progress.c - how far long work has come: see bench.h. */
#include "bench.h"

#include <inttypes.h>
#include <stdio.h>

enum { SILENT = 3, EACH = 10 }; /* seconds */

void bench_progress_to(bench_progress *progress, uint64_t done)
{
    const double now = bench_seconds();

    if (progress->began == 0)
        progress->began = progress->said = now;
    if (done == 0 || now - progress->began < SILENT || now - progress->said < EACH)
        return;
    progress->said = now;
    fprintf(stderr, "progress  %s: %" PRIu64 " of %" PRIu64 ", about %.0f s left\n", progress->what,
            done, progress->all,
            (now - progress->began) * (double)(progress->all - done) / (double)done);
}
