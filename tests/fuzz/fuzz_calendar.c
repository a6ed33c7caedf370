/* fuzz_calendar.c - any text to the reader of calendars.  What is refused says
 * where and why; what is read answers, and its answers agree with one another. */
#include <stdlib.h>

#include <sla/calendar.h>

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static void ask(const sla_calendar *calendar, sla_time at, sla_duration need)
{
    const sla_workdays workdays = {(int)(need % 40) - 20, (sla_roll)(need % 4),
                                   (sla_day_end)(need % 5), (sla_exact_fit)(need % 2)};
    const sla_cutoff cutoff = {57600, 86400, 1, 36000, need % 2 == 0, true};
    sla_time due, back;
    sla_duration spent;
    sla_segment segment;

    sla_calendar_add_workdays(calendar, at, &workdays, &due);
    sla_calendar_add_days(calendar, at, workdays.days, SLA_END_DAY, &due);
    sla_calendar_cutoff(calendar, at, &cutoff, &due);
    sla_calendar_snap(calendar, at, &cutoff, &due);
    sla_calendar_end_of_day(calendar, at, need % 2 == 0, &due);
    if (sla_calendar_segment(calendar, at, at + need + 1, &segment) == SLA_OK)
        demand(segment.start == at && segment.end > at && segment.end <= at + need + 1);
    if (sla_calendar_add(calendar, at, need, SLA_FIT_CLOSE, &due) != SLA_OK)
        return;
    demand(due >= at);
    demand(sla_calendar_between(calendar, at, due, &spent) == SLA_OK && spent == need);
    if (sla_calendar_sub(calendar, due, need, &back) == SLA_OK)
        demand(back >= at || need == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    sla_calendar *calendar = NULL;
    sla_error error;
    sla_time from, to;
    const int result =
        sla_calendar_parse((const char *)bytes, size, "fuzz", NULL, &calendar, &error);

    demand(result == error.code);
    if (result != SLA_OK) {
        demand(calendar == NULL && error.text[0] != '\0');
        return 0;
    }
    sla_calendar_horizon(calendar, &from, &to);
    for (int i = 0; i < 64; i++) {
        const sla_time at = from + (to - from) / 64 * i;

        ask(calendar, at, (sla_duration)i * i * i * SLA_MINUTE + i);
        ask(calendar, to - 1 - i * SLA_HOUR, i * SLA_HOUR);
    }
    sla_calendar_unref(calendar);
    return 0;
}
