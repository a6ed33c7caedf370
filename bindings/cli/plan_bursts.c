/* plan_bursts.c - see plan_bursts.h. */
#include "plan_bursts.h"

#include <stdlib.h>

#include "cli.h"

void plan_bursts_add(plan_bursts *bursts, sla_time at, uint32_t facts, uint32_t events)
{
    plan_burst *last = bursts->count > 0 ? &bursts->list[bursts->count - 1] : NULL;

    if (last == NULL || last->at != at) {
        bursts->list = need_room(bursts->list, &bursts->capacity, bursts->count + 1, sizeof *last);
        last = &bursts->list[bursts->count++];
        *last = (plan_burst){.at = at};
    }
    last->facts += facts;
    last->events += events;
}

void plan_bursts_fini(plan_bursts *bursts)
{
    free(bursts->list);
}

static int by_size(const void *left, const void *right)
{
    const double one = *(const double *)left, other = *(const double *)right;

    return (one > other) - (one < other);
}

plan_lateness plan_lateness_of(double *spans, size_t count)
{
    if (count == 0)
        return (plan_lateness){0};
    qsort(spans, count, sizeof *spans, by_size);
    return (plan_lateness){count, spans[count / 2], spans[count * 99 / 100], spans[count - 1]};
}

plan_lateness plan_bursts_late(const plan_bursts *bursts, double cost)
{
    double *late, free_in = 0; /* seconds after the burst at hand, when what came before is done */
    sla_time before = 0;
    size_t events = 0, count = 0;
    plan_lateness lateness;

    for (size_t i = 0; i < bursts->count; i++)
        events += bursts->list[i].events;
    late = need_memory(events + 1, sizeof *late);
    for (size_t i = 0; i < bursts->count; i++) {
        const plan_burst *burst = &bursts->list[i];

        free_in -= (double)(burst->at - before) / (double)SLA_SECOND;
        free_in = (free_in > 0 ? free_in : 0) + burst->facts * cost;
        before = burst->at;
        for (uint32_t k = 0; k < burst->events; k++)
            late[count++] = free_in += cost;
    }
    lateness = plan_lateness_of(late, count);
    free(late);
    return lateness;
}
