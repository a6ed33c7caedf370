/* Goal: rule 15, cut-offs and their snap, and the ends of days.  Method: every row worked
 * out by hand, with the weekday in `why` where it matters. */
#include "calendar_weeks.h"

#define H(hours) ((hours)*3600)

typedef struct cut_row {
    const char *why;
    const char *members;
    const char *from;
    sla_cutoff cutoff;
    const char *due;
} cut_row;

TEST(rule_15_before_the_cutoff_today_else_the_next_day)
{
    static const cut_row rows[] = {
        {"before",
         OFFICE,
         "2026-03-04T15:59:59+08:00",
         {H(16), H(24), 1, H(24), false, false},
         "2026-03-05T00:00:00+08:00"},
        {"exactly at the cut-off is after it",
         OFFICE,
         "2026-03-04T16:00:00+08:00",
         {H(16), H(24), 1, H(24), false, false},
         "2026-03-06T00:00:00+08:00"},
        {"other ends",
         OFFICE,
         "2026-03-04T18:00:00+08:00",
         {H(16), H(18), 1, H(10), false, false},
         "2026-03-05T10:00:00+08:00"},
        {"two days later",
         OFFICE,
         "2026-03-04T18:00:00+08:00",
         {H(16), H(18), 2, H(10), false, false},
         "2026-03-06T10:00:00+08:00"},
        {"by the calendar's own clock",
         OFFICE,
         "2026-03-04T07:30:00Z",
         {H(16), H(24), 1, H(24), false, false},
         "2026-03-05T00:00:00+08:00"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sla_calendar *calendar = calendar_of(rows[i].members);
        sla_time got = SLA_NEVER;

        CHECK_OK(sla_calendar_cutoff(calendar, at(rows[i].from), &rows[i].cutoff, &got));
        check_instant(rows[i].why, calendar, rows[i].due, got);
        sla_calendar_unref(calendar);
    }
}

TEST(rule_15_next_day_calendar_or_workday)
{
    static const cut_row rows[] = {
        {"Friday after, calendar: Saturday",
         OFFICE,
         "2026-03-06T17:00:00+08:00",
         {H(16), H(24), 1, H(24), false, false},
         "2026-03-08T00:00:00+08:00"},
        {"Friday after, workday: Monday",
         OFFICE,
         "2026-03-06T17:00:00+08:00",
         {H(16), H(24), 1, H(24), true, false},
         "2026-03-10T00:00:00+08:00"},
        {"Saturday before 16:00, calendar: today",
         OFFICE,
         "2026-03-07T10:00:00+08:00",
         {H(16), H(24), 1, H(24), false, false},
         "2026-03-08T00:00:00+08:00"},
        {"Saturday counts as after its cut-off, workday: Monday",
         OFFICE,
         "2026-03-07T10:00:00+08:00",
         {H(16), H(24), 1, H(24), true, false},
         "2026-03-10T00:00:00+08:00"},
        {"Friday before, workday: today",
         OFFICE,
         "2026-03-06T10:00:00+08:00",
         {H(16), H(24), 1, H(24), true, false},
         "2026-03-07T00:00:00+08:00"},
        {"in the repeated hour, the first time: the first end",
         ALWAYS("Europe/Berlin"),
         "2026-10-25T02:30:00+02:00",
         {H(2) + 2700, H(2) + 3000, 1, H(10), false, false},
         "2026-10-25T02:50:00+02:00"},
        {"in the repeated hour, the second time: never before the question",
         ALWAYS("Europe/Berlin"),
         "2026-10-25T02:30:00+01:00",
         {H(2) + 2700, H(2) + 3000, 1, H(10), false, false},
         "2026-10-25T02:50:00+01:00"},
        {"midnight is shown twice: not the first one, which is over",
         ALWAYS("America/St_Johns"),
         "2010-11-06T23:30:00-03:30",
         {H(16), H(24), 1, H(0), false, false},
         "2010-11-07T00:00:00-03:30"},
        {"Saturday, two workdays: Tuesday",
         OFFICE,
         "2026-03-07T10:00:00+08:00",
         {H(16), H(24), 2, H(24), true, false},
         "2026-03-11T00:00:00+08:00"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sla_calendar *calendar = calendar_of(rows[i].members);
        sla_time got = SLA_NEVER;

        CHECK_OK(sla_calendar_cutoff(calendar, at(rows[i].from), &rows[i].cutoff, &got));
        check_instant(rows[i].why, calendar, rows[i].due, got);
        sla_calendar_unref(calendar);
    }
}

TEST(rule_15_snap_goes_up_to_the_next_cutoff_end)
{
    static const cut_row rows[] = {
        {"up to 24:00",
         OFFICE,
         "2026-03-05T03:00:00+08:00",
         {H(16), H(24), 1, H(24), false, true},
         "2026-03-06T00:00:00+08:00"},
        {"exactly at one it stays",
         OFFICE,
         "2026-03-05T00:00:00+08:00",
         {H(16), H(24), 1, H(24), false, true},
         "2026-03-05T00:00:00+08:00"},
        {"the earlier of two ends",
         OFFICE,
         "2026-03-05T03:00:00+08:00",
         {H(16), H(18), 1, H(10), false, true},
         "2026-03-05T10:00:00+08:00"},
        {"the later of two",
         OFFICE,
         "2026-03-05T11:00:00+08:00",
         {H(16), H(18), 1, H(10), false, true},
         "2026-03-05T18:00:00+08:00"},
        {"behind both: the next day",
         OFFICE,
         "2026-03-05T19:00:00+08:00",
         {H(16), H(18), 1, H(10), false, true},
         "2026-03-06T10:00:00+08:00"},
        {"in the repeated hour, the second time",
         ALWAYS("Europe/Berlin"),
         "2026-10-25T02:30:00+01:00",
         {H(1), H(2) + 3000, 1, H(10), false, true},
         "2026-10-25T02:50:00+01:00"},
        {"before the repeated hour, the first end being over",
         ALWAYS("Europe/Berlin"),
         "2026-10-25T02:55:00+02:00",
         {H(1), H(2) + 3000, 1, H(10), false, true},
         "2026-10-25T02:50:00+01:00"},
        {"24:00 of the date before one that was left out",
         ALWAYS("Pacific/Apia"),
         "2011-12-31T00:00:00+14:00",
         {H(1), H(24), 1, H(10), true, true},
         "2011-12-31T00:00:00+14:00"},
        {"working dates only",
         OFFICE,
         "2026-03-06T19:00:00+08:00",
         {H(16), H(18), 1, H(10), true, true},
         "2026-03-09T10:00:00+08:00"},
        {"Friday's 24:00 holds on Saturday",
         OFFICE,
         "2026-03-07T00:00:00+08:00",
         {H(16), H(24), 1, H(24), true, true},
         "2026-03-07T00:00:00+08:00"},
        {"from Saturday: Monday's",
         OFFICE,
         "2026-03-07T00:00:01+08:00",
         {H(16), H(24), 1, H(24), true, true},
         "2026-03-10T00:00:00+08:00"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sla_calendar *calendar = calendar_of(rows[i].members);
        sla_time got = SLA_NEVER;

        CHECK_OK(sla_calendar_snap(calendar, at(rows[i].from), &rows[i].cutoff, &got));
        check_instant(rows[i].why, calendar, rows[i].due, got);
        sla_calendar_unref(calendar);
    }
}

TEST(ends_of_days)
{
    static const struct {
        const char *why;
        const char *at;
        bool close;
        const char *end;
    } rows[] = {
        {"midday", "2026-03-04T12:00:00+08:00", false, "2026-03-05T00:00:00+08:00"},
        {"00:00 is one already", "2026-03-04T00:00:00+08:00", false, "2026-03-04T00:00:00+08:00"},
        {"close", "2026-03-04T12:00:00+08:00", true, "2026-03-04T17:00:00+08:00"},
        {"at closing", "2026-03-04T17:00:00+08:00", true, "2026-03-04T17:00:00+08:00"},
        {"past it", "2026-03-06T17:00:01+08:00", true, "2026-03-09T17:00:00+08:00"},
        {"on a closed date", "2026-03-07T12:00:00+08:00", true, "2026-03-09T17:00:00+08:00"},
    };
    sla_calendar *office = calendar_of(OFFICE);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sla_time got = SLA_NEVER;

        CHECK_OK(sla_calendar_end_of_day(office, at(rows[i].at), rows[i].close, &got));
        check_instant(rows[i].why, office, rows[i].end, got);
    }
    sla_calendar_unref(office);
}

/* At 00:01 the clock goes back to 23:01: the date ends twice. */
TEST(an_end_of_a_day_is_not_before_the_question)
{
    sla_calendar *always = calendar_of(ALWAYS("America/St_Johns"));
    const sla_time second_evening = at("2010-11-06T23:30:00-03:30");
    sla_time got = SLA_NEVER;

    CHECK_OK(sla_calendar_end_of_day(always, second_evening, false, &got));
    check_instant("the end of the day", always, "2010-11-07T00:00:00-03:30", got);
    CHECK_OK(sla_calendar_add_days(always, second_evening, 0, SLA_END_DAY, &got));
    check_instant("0 days on, to the end", always, "2010-11-07T00:00:00-03:30", got);
    CHECK_OK(sla_calendar_end_of_day(always, second_evening - 45 * SLA_MINUTE, false, &got));
    check_instant("from the first evening", always, "2010-11-07T00:00:00-02:30", got);
    sla_calendar_unref(always);
}
