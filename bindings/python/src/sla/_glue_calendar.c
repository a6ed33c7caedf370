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

/* One of a row in microseconds; of nanoseconds those that are full. */
static int64_t value_at(const int64_t *row, size_t i, bool nano)
{
    const int64_t value = row[i];

    if (!nano || value == INT64_MIN)
        return value;
    return value / 1000 - (value % 1000 < 0);
}

static int64_t other_at(const int64_t *others, size_t i, unsigned how)
{
    return value_at(others, (how & SLA_PY_ONE) != 0 ? 0 : i, (how & SLA_PY_OTHERS_NANO) != 0);
}

/* Instants of these years have room for their nanoseconds, spans up to 292 of them. */
static int answer(int64_t microseconds, unsigned how, int64_t *out)
{
    const bool nano = (how & SLA_PY_ROWS_NANO) != 0;

    if (nano && (microseconds > INT64_MAX / 1000 || microseconds < -INT64_MAX / 1000))
        return SLA_ERR_RANGE;
    *out = nano ? microseconds * 1000 : microseconds;
    return SLA_OK;
}

int sla_py_calendar_add_many(const sla_calendar *calendar, const int64_t *from,
                             const int64_t *needs, unsigned how, size_t count, int fit,
                             int64_t *out, size_t *failed_out)
{
    for (size_t i = 0; i < count; i++) {
        const int64_t start = value_at(from, i, (how & SLA_PY_ROWS_NANO) != 0);
        const int64_t need = other_at(needs, i, how);
        sla_time due;
        int result;

        *failed_out = i;
        out[i] = INT64_MIN;
        if (start == INT64_MIN || need == INT64_MIN)
            continue;
        result = sla_calendar_add(calendar, start, need, (sla_exact_fit)fit, &due);
        if (result == SLA_OK)
            result = answer(due, how, &out[i]);
        if (result != SLA_OK)
            return result;
    }
    return SLA_OK;
}

int sla_py_calendar_between_many(const sla_calendar *calendar, const int64_t *from,
                                 const int64_t *to, unsigned how, size_t count, int64_t *out,
                                 size_t *failed_out)
{
    for (size_t i = 0; i < count; i++) {
        const int64_t start = value_at(from, i, (how & SLA_PY_ROWS_NANO) != 0);
        const int64_t end = other_at(to, i, how);
        sla_duration span;
        int result;

        *failed_out = i;
        out[i] = INT64_MIN;
        if (start == INT64_MIN || end == INT64_MIN)
            continue;
        result = sla_calendar_between(calendar, start, end, &span);
        if (result == SLA_OK)
            result = answer(span, how, &out[i]);
        if (result != SLA_OK)
            return result;
    }
    return SLA_OK;
}
