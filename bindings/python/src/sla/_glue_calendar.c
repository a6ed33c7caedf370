/* _glue_calendar.c - calendars asked by value and over arrays (_glue.h). */
#include "_glue.h"

double sla_py_calendar_add(const sla_calendar *calendar, double from, double need, int fit)
{
    sla_time start, due = 0;
    int result = SLA_ERR_RANGE;

    if (sla_py_instant(from, &start))
        result = sla_calendar_add(calendar, start, sla_py_span(need), (sla_exact_fit)fit, &due);
    return result == SLA_OK ? (double)due / 1e6 : SLA_PY_FAILED_SECONDS + result;
}

int64_t sla_py_calendar_between(const sla_calendar *calendar, double from, double to)
{
    sla_time start, end;
    sla_duration span = 0;
    int result = SLA_ERR_RANGE;

    if (sla_py_instant(from, &start) && sla_py_instant(to, &end))
        result = sla_calendar_between(calendar, start, end, &span);
    return result == SLA_OK ? span : SLA_PY_FAILED + result;
}

int sla_py_calendar_add_many(const sla_calendar *calendar, const int64_t *from,
                             const int64_t *needs, bool one, size_t count, int fit, int64_t *out,
                             size_t *failed_out)
{
    for (size_t i = 0; i < count; i++) {
        const int64_t need = needs[one ? 0 : i];
        int result = SLA_OK;

        *failed_out = i;
        if (from[i] == INT64_MIN || need == INT64_MIN)
            out[i] = INT64_MIN;
        else
            result = sla_calendar_add(calendar, from[i], need, (sla_exact_fit)fit, &out[i]);
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
