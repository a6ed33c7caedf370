/* _glue_instant.c - instants and spans by value (_glue.h). */
#include "_glue.h"

static const double FARTHEST = 8589934592.0; /* 2^33 seconds, in either direction */

/* The nearest microsecond.  Whole seconds apart, so that only the fraction is rounded. */
static int64_t microseconds(double seconds)
{
    const int64_t whole = (int64_t)seconds;
    const double rest = (seconds - (double)whole) * 1e6;

    return whole * 1000000 + (int64_t)(rest < 0 ? rest - 0.5 : rest + 0.5);
}

bool sla_py_instant(double seconds, sla_time *out)
{
    if (!(seconds > -FARTHEST && seconds < FARTHEST))
        return false;
    *out = microseconds(seconds);
    return *out >= SLA_TIME_MIN && *out <= SLA_TIME_MAX;
}

sla_duration sla_py_span(double seconds)
{
    return microseconds(seconds > FARTHEST ? FARTHEST : seconds < -FARTHEST ? -FARTHEST : seconds);
}
