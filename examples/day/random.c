/*
 * random.c - numbers that look like chance and are the same everywhere.
 */
#include "day.h"

#include <assert.h>

static uint64_t next(day_random *random)
{
    uint64_t mixed = random->state += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

int64_t day_between(day_random *random, int64_t first, int64_t last)
{
    assert(first <= last);
    return first + (int64_t)(next(random) % (uint64_t)(last - first + 1));
}

bool day_percent(day_random *random, unsigned percent)
{
    return next(random) % 100 < percent;
}

const char *day_pick(day_random *random, const day_choice *choices, size_t count)
{
    unsigned total = 0;
    int64_t left;

    for (size_t i = 0; i < count; i++)
        total += choices[i].weight;
    left = day_between(random, 0, (int64_t)total - 1);
    for (size_t i = 0; i + 1 < count; i++) {
        if (left < (int64_t)choices[i].weight)
            return choices[i].word;
        left -= choices[i].weight;
    }
    return choices[count - 1].word;
}

sla_duration day_span(day_random *random, sla_duration first, sla_duration last)
{
    return day_between(random, first / SLA_SECOND, last / SLA_SECOND) * SLA_SECOND;
}

/* The smaller of two draws: most work is done early, some at the last minute. */
sla_duration day_pace(day_random *random, sla_duration limit, unsigned in_time)
{
    if (day_percent(random, in_time)) {
        const sla_duration one = day_span(random, limit / 8, limit);
        const sla_duration other = day_span(random, limit / 8, limit);

        return one < other ? one : other;
    }
    return day_span(random, limit + limit / 50, 2 * limit);
}
