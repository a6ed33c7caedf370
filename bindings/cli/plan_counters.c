/* plan_counters.c - see plan_counters.h. */
#include "plan_counters.h"

void plan_counters_add(plan_counters *sum, const plan_counters *more)
{
    if (!more->any)
        return;
    if (!sum->any) {
        *sum = *more;
        return;
    }
    sum->wall += more->wall;
    sum->cpu += more->cpu;
    sum->written += more->written;
    sum->server_cpu += more->server_cpu;
    sum->writers_cpu += more->writers_cpu;
    sum->wal += more->wal;
    sum->has_written &= more->has_written;
    sum->has_server_cpu &= more->has_server_cpu;
    sum->has_writers_cpu &= more->has_writers_cpu;
    sum->has_wal &= more->has_wal;
}

static void take_count(bool *has, uint64_t *count, bool had, uint64_t before)
{
    *has = *has && had && *count >= before;
    *count = *has ? *count - before : 0;
}

static void take_seconds(bool *has, double *seconds, bool had, double before)
{
    *has = *has && had && *seconds >= before;
    *seconds = *has ? *seconds - before : 0;
}

void plan_counters_take(plan_counters *sum, const plan_counters *before)
{
    if (!before->any)
        return;
    sum->wall -= before->wall;
    sum->cpu -= before->cpu;
    take_count(&sum->has_written, &sum->written, before->has_written, before->written);
    take_seconds(&sum->has_server_cpu, &sum->server_cpu, before->has_server_cpu,
                 before->server_cpu);
    take_seconds(&sum->has_writers_cpu, &sum->writers_cpu, before->has_writers_cpu,
                 before->writers_cpu);
    take_count(&sum->has_wal, &sum->wal, before->has_wal, before->wal);
}
