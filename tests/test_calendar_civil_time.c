/* Goal: rule 17 where the wall clock is odd (gaps, repetitions, a date that never was),
 * hours that go past midnight, and dates that differ from the week.  Method: instants
 * with whether they are open, worked out by hand. */
#include "calendar_weeks.h"

typedef struct open_row {
    const char *why;
    const char *at;
    bool open;
} open_row;

static void check_open(const char *members, const open_row *rows, size_t count)
{
    sla_calendar *calendar = calendar_of(members);

    for (size_t i = 0; i < count; i++)
        CHECK_EQ(rows[i].why, rows[i].open, sla_calendar_is_open(calendar, at(rows[i].at)));
    sla_calendar_unref(calendar);
}

TEST(rule_17_hours_that_begin_in_a_gap_open_at_its_end)
{
    /* New York, 2026-03-08: 02:00 becomes 03:00. */
    static const open_row rows[] = {
        {"before the gap", "2026-03-08T01:59:59-05:00", false},
        {"the end of the gap", "2026-03-08T03:00:00-04:00", true},
        {"before closing", "2026-03-08T03:59:59-04:00", true},
        {"closing", "2026-03-08T04:00:00-04:00", false},
        {"the day before", "2026-03-07T02:30:00-05:00", true},
    };

    check_open("\"zone\": \"America/New_York\", \"week\": {\"mon-sun\": [\"02:30-04:00\"]}", rows,
               COUNT_OF(rows));
}

TEST(rule_17_hours_that_lie_in_a_gap_do_not_open)
{
    static const open_row rows[] = {
        {"the end of the gap", "2026-03-08T03:00:00-04:00", false},
        {"the day after", "2026-03-09T02:15:00-04:00", true},
    };

    check_open("\"zone\": \"America/New_York\", \"week\": {\"mon-sun\": [\"02:00-02:30\"]}", rows,
               COUNT_OF(rows));
}

TEST(rule_17_a_civil_time_that_occurs_twice_is_open_both_times)
{
    /* New York, 2026-11-01: 02:00 becomes 01:00. */
    static const open_row rows[] = {
        {"first 01:30", "2026-11-01T01:30:00-04:00", true},
        {"first 01:50", "2026-11-01T01:50:00-04:00", false},
        {"second 01:10", "2026-11-01T01:10:00-05:00", false},
        {"second 01:20", "2026-11-01T01:20:00-05:00", true},
        {"second 01:39:59", "2026-11-01T01:39:59-05:00", true},
        {"second 01:40", "2026-11-01T01:40:00-05:00", false},
    };

    check_open("\"zone\": \"America/New_York\", \"week\": {\"mon-sun\": [\"01:20-01:40\"]}", rows,
               COUNT_OF(rows));
}

TEST(rule_17_lord_howe_shifts_by_half_an_hour)
{
    /* 2025-10-05: 02:00 becomes 02:30.  2026-04-05: 02:00 becomes 01:30. */
    static const open_row rows[] = {
        {"hours from 02:15 open at 02:30", "2025-10-05T02:30:00+11:00", true},
        {"and not before the gap", "2025-10-05T01:59:59+10:30", false},
        {"first 01:45", "2026-04-05T01:45:00+11:00", true},
        {"second 01:45", "2026-04-05T01:45:00+10:30", true},
        {"second 01:30 is open, 01:30 being in hours", "2026-04-05T01:30:00+10:30", true},
        {"second 01:50 is not", "2026-04-05T01:50:00+10:30", false},
    };

    check_open("\"zone\": \"Australia/Lord_Howe\", \"week\": {\"mon-sun\": [\"01:20-01:50\", "
               "\"02:15-03:00\"]}",
               rows, COUNT_OF(rows));
}

TEST(rule_17_sao_paulo_has_no_midnight_on_the_day_of_the_gap)
{
    /* 2018-11-04: 00:00 becomes 01:00; it was a Sunday. */
    static const open_row rows[] = {
        {"Saturday until midnight", "2018-11-03T23:59:59-03:00", true},
        {"Sunday opens at 01:00", "2018-11-04T01:00:00-02:00", true},
        {"and closes at 02:00", "2018-11-04T02:00:00-02:00", false},
    };
    sla_calendar *calendar;
    sla_time got = SLA_NEVER;

    check_open("\"zone\": \"America/Sao_Paulo\", \"week\": {\"sat\": [\"20:00-24:00\"], \"sun\": "
               "[\"00:00-02:00\"]}",
               rows, COUNT_OF(rows));
    calendar = calendar_of(ALWAYS("America/Sao_Paulo"));
    CHECK_OK(sla_calendar_end_of_day(calendar, at("2018-11-03T12:00:00-03:00"), false, &got));
    check_instant("24:00 is the end of the gap", calendar, "2018-11-04T01:00:00-02:00", got);
    CHECK_OK(sla_calendar_add_days(calendar, at("2018-11-03T00:00:00-03:00"), 1, SLA_END_SAME_TIME,
                                   &got));
    check_instant("00:00 is skipped", calendar, "2018-11-04T01:00:00-02:00", got);
    sla_calendar_unref(calendar);
}

TEST(rule_17_apia_had_no_30_december_2011)
{
    sla_calendar *calendar =
        calendar_of("\"zone\": \"Pacific/Apia\", \"week\": {\"mon-fri\": [\"09:00-17:00\"]}");
    const sla_workdays one = {1, SLA_ROLL_FORWARD, SLA_END_SAME_TIME, SLA_FIT_CLOSE};
    sla_time got = SLA_NEVER;

    /* Thursday the 29th; Friday never came; Monday is the 2nd. */
    CHECK_OK(sla_calendar_add(calendar, at("2011-12-29T16:00:00-10:00"), 2 * SLA_HOUR,
                              SLA_FIT_CLOSE, &got));
    check_instant("no hours on the skipped day", calendar, "2012-01-02T10:00:00+14:00", got);
    CHECK_OK(sla_calendar_add_workdays(calendar, at("2011-12-29T10:00:00-10:00"), &one, &got));
    check_instant("it was no workday", calendar, "2012-01-02T10:00:00+14:00", got);
    CHECK_OK(sla_calendar_add_days(calendar, at("2011-12-29T10:00:00-10:00"), 1, SLA_END_SAME_TIME,
                                   &got));
    check_instant("a civil time of it is the end of the gap", calendar, "2011-12-31T00:00:00+14:00",
                  got);
    CHECK_OK(sla_calendar_add_days(calendar, at("2011-12-29T10:00:00-10:00"), 2, SLA_END_SAME_TIME,
                                   &got));
    check_instant("two dates on", calendar, "2011-12-31T10:00:00+14:00", got);
    sla_calendar_unref(calendar);
}

TEST(rule_17_2400_is_the_first_0000_of_the_next_date)
{
    sla_calendar *calendar =
        calendar_of("\"zone\": \"Asia/Shanghai\", \"week\": {\"mon\": [\"20:00-24:00\"], \"tue\": "
                    "[\"00:00-02:00\"]}");
    sla_time got = SLA_NEVER;

    CHECK_TRUE("open at midnight", sla_calendar_is_open(calendar, at("2026-03-03T00:00:00+08:00")));
    CHECK_OK(sla_calendar_next_close(calendar, at("2026-03-02T21:00:00+08:00"), &got));
    check_instant("no closing at midnight", calendar, "2026-03-03T02:00:00+08:00", got);
    sla_calendar_unref(calendar);
}

TEST(rule_17_overnight_hours_belong_to_the_day_they_start_on)
{
    /* Monday 2026-03-02 is a holiday. */
    static const open_row rows[] = {
        {"Monday's night is gone", "2026-03-02T23:00:00+08:00", false},
        {"whole, also after midnight", "2026-03-03T03:00:00+08:00", false},
        {"Friday's night", "2026-03-07T03:00:00+08:00", true},
        {"Thursday's night is not cut by Friday's holiday", "2026-03-13T03:00:00+08:00", true},
        {"Friday's own is gone", "2026-03-13T23:00:00+08:00", false},
        {"Sunday night", "2026-03-09T03:00:00+08:00", false},
    };

    check_open(NIGHT ", \"holidays\": [{\"date\": \"2026-03-02\"}, {\"date\": \"2026-03-13\"}], "
                     "\"known_until\": \"2026-12-31\"",
               rows, COUNT_OF(rows));
}

TEST(rule_17_overnight_cut_lets_each_half_belong_to_its_own_date)
{
    static const open_row rows[] = {
        {"Monday's evening is gone", "2026-03-02T23:00:00+08:00", false},
        {"what lies on Tuesday is not", "2026-03-03T03:00:00+08:00", true},
        {"Thursday's night ends at midnight before Friday's holiday", "2026-03-13T03:00:00+08:00",
         false},
        {"its evening is there", "2026-03-12T23:00:00+08:00", true},
        {"Friday's half on Saturday is there", "2026-03-14T03:00:00+08:00", true},
    };

    check_open(NIGHT
               ", \"overnight\": \"cut\", \"holidays\": [{\"date\": \"2026-03-02\"}, {\"date\": "
               "\"2026-03-13\"}], \"known_until\": \"2026-12-31\"",
               rows, COUNT_OF(rows));
}

TEST(rule_17_hours_of_a_whole_day_may_begin_at_any_time)
{
    static const open_row rows[] = {
        {"from Saturday 08:00", "2026-03-07T08:00:00+08:00", true},
        {"through the night", "2026-03-08T03:00:00+08:00", true},
        {"to Sunday 08:00", "2026-03-08T08:00:00+08:00", false},
        {"00:00-00:00 is a day too", "2026-03-02T12:00:00+08:00", true},
    };

    check_open("\"zone\": \"Asia/Shanghai\", \"week\": {\"sat\": [\"08:00-08:00\"], \"mon\": "
               "[\"00:00-00:00\"]}",
               rows, COUNT_OF(rows));
}

TEST(dates_that_differ_from_the_week)
{
    static const open_row rows[] = {
        {"a holiday", "2026-03-02T10:00:00+08:00", false},
        {"a range, its last day", "2026-03-05T10:00:00+08:00", false},
        {"and the day after it", "2026-03-06T10:00:00+08:00", true},
        {"a make-up Saturday with Monday's hours", "2026-03-07T10:00:00+08:00", true},
        {"and Monday's lunch", "2026-03-07T12:30:00+08:00", false},
        {"a make-up Sunday with hours of its own", "2026-03-08T10:30:00+08:00", true},
        {"that end early", "2026-03-08T11:00:00+08:00", false},
        {"special hours replace the day's", "2026-03-10T09:30:00+08:00", false},
        {"special hours", "2026-03-10T19:30:00+08:00", true},
        {"a break is cut out", "2026-03-11T10:15:00+08:00", false},
        {"before it", "2026-03-11T09:59:59+08:00", true},
        {"behind it", "2026-03-11T10:30:00+08:00", true},
        {"the next day has none", "2026-03-12T10:15:00+08:00", true},
    };

    check_open(
        OFFICE
        ", \"holidays\": [{\"date\": \"2026-03-02\"}, {\"from\": \"2026-03-03\", \"to\": "
        "\"2026-03-05\"}], \"makeup\": [{\"date\": \"2026-03-07\", \"as\": \"mon\"}, "
        "{\"date\": \"2026-03-08\", \"hours\": [\"10:00-11:00\"]}], \"special\": [{\"date\": "
        "\"2026-03-10\", \"hours\": [\"19:00-20:00\"]}], \"breaks\": [{\"date\": "
        "\"2026-03-11\", \"cut\": [\"10:00-10:30\"]}], \"known_until\": \"2026-12-31\"",
        rows, COUNT_OF(rows));
}

TEST(breaks_also_cut_hours_that_began_the_evening_before)
{
    static const open_row rows[] = {
        {"in the night before midnight", "2026-03-02T23:00:00+08:00", true},
        {"in the break", "2026-03-03T02:30:00+08:00", false},
        {"behind it", "2026-03-03T03:00:00+08:00", true},
        {"a break of its own that goes past midnight", "2026-03-06T00:30:00+08:00", false},
        {"its beginning", "2026-03-05T23:30:00+08:00", false},
        {"its end", "2026-03-06T01:00:00+08:00", true},
    };

    check_open(NIGHT
               ", \"breaks\": [{\"date\": \"2026-03-03\", \"cut\": [\"02:00-03:00\"]}, {\"date\": "
               "\"2026-03-05\", \"cut\": [\"23:30-01:00\"]}]",
               rows, COUNT_OF(rows));
}
