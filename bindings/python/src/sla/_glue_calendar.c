/* _glue_calendar.c - calendars over arrays (_glue.h). */
#include "_glue.h"

static int64_t answer_of(int result, int64_t value)
{
    return result == SLA_OK ? value : SLA_PY_FAILED + result;
}

int64_t sla_py_calendar_add(const sla_calendar *calendar, int64_t from, int64_t need, int fit)
{
    sla_time due = 0;
    int result = sla_calendar_add(calendar, from, need, (sla_exact_fit)fit, &due);

    return answer_of(result, due);
}

int64_t sla_py_calendar_between(const sla_calendar *calendar, int64_t from, int64_t to)
{
    sla_duration span = 0;
    int result = sla_calendar_between(calendar, from, to, &span);

    return answer_of(result, span);
}

int sla_py_calendar_add_many(const sla_calendar *calendar, const int64_t *from,
                             const int64_t *needs, bool one, size_t count, int fit, int64_t *out,
                             size_t *failed_out)
{
    for (size_t i = 0; i < count; i++) {
        int result = SLA_OK;

        *failed_out = i;
        if (from[i] == INT64_MIN)
            out[i] = INT64_MIN;
        else
            result = sla_calendar_add(calendar, from[i], needs[one ? 0 : i], (sla_exact_fit)fit,
                                      &out[i]);
        if (result != SLA_OK)
            return result;
    }
    return SLA_OK;
}

int sla_py_calendar_between_many(const sla_calendar *calendar, const int64_t *from,
                                 const int64_t *to, bool one, size_t count, int64_t *out,
                                 size_t *failed_out)
{
    for (size_t i = 0; i < count; i++) {
        int64_t other = to[one ? 0 : i];
        int result = SLA_OK;

        *failed_out = i;
        if (from[i] == INT64_MIN || other == INT64_MIN)
            out[i] = INT64_MIN;
        else
            result = sla_calendar_between(calendar, from[i], other, &out[i]);
        if (result != SLA_OK)
            return result;
    }
    return SLA_OK;
}
