/* plan_arrivals.c - see plan_arrivals.h. */
#include "plan_arrivals.h"

void plan_arrivals_init(plan_arrivals *arrivals, const plan_profile *profile, sla_time from,
                        uint64_t seed)
{
    *arrivals = (plan_arrivals){.profile = profile,
                                .times = plan_random_for(seed, UINT64_MAX),
                                .kinds = plan_random_for(seed, UINT64_MAX - 1),
                                .at = from};
    for (size_t i = 0; i < profile->kind_count; i++)
        arrivals->weights += profile->kinds[i].weight;
}

/* The next full hour on the wall clock. */
static sla_time hour_end(const plan_profile *profile, sla_time at)
{
    const sla_time local = at + sla_calendar_offset(profile->zone, at) * SLA_SECOND;

    return at + SLA_HOUR - (local % SLA_HOUR + SLA_HOUR) % SLA_HOUR;
}

/* A unit of the process is spent at the rate of each hour that it crosses: so hours without a
 * rate are passed over, and no other hour knows of them. */
static sla_time spend(const plan_arrivals *arrivals, double unit)
{
    const plan_profile *profile = arrivals->profile;
    sla_time at = arrivals->at;

    for (;;) {
        const sla_time end = hour_end(profile, at);
        const double rate = profile->rate[plan_profile_minute(profile, at) / 60];
        const double room = rate * (double)(end - at) / (double)SLA_HOUR;

        if (unit < room)
            return at + (sla_time)(unit / rate * (double)SLA_HOUR);
        unit -= room;
        at = end;
    }
}

static size_t pick_kind(plan_arrivals *arrivals)
{
    int64_t draw = (int64_t)(plan_random_unit(&arrivals->kinds) * (double)arrivals->weights);
    size_t kind = 0;

    while (draw >= arrivals->profile->kinds[kind].weight)
        draw -= arrivals->profile->kinds[kind++].weight;
    return kind;
}

sla_time plan_arrivals_next(plan_arrivals *arrivals, size_t *kind_out)
{
    arrivals->at = spend(arrivals, plan_random_exponential(&arrivals->times));
    *kind_out = pick_kind(arrivals);
    return arrivals->at;
}
