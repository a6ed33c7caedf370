/* Goal: rule 16 for needs in workdays and in civil days: rolls, ends, exact fits.
 * Method: every row worked out by hand, with the weekday in `why` where it matters. */
#include "calendar_weeks.h"

typedef struct day_row {
    const char *why;
    const char *members;
    const char *from;
    sla_workdays workdays;
    const char *due; /* NULL: SLA_ERR_HORIZON */
} day_row;

static void check_days(const day_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sla_calendar *calendar = calendar_of(rows[i].members);
        sla_time got = SLA_NEVER;
        const int result =
            sla_calendar_add_workdays(calendar, at(rows[i].from), &rows[i].workdays, &got);

        CHECK_EQ(rows[i].why, rows[i].due != NULL ? SLA_OK : SLA_ERR_HORIZON, result);
        if (rows[i].due != NULL)
            check_instant(rows[i].why, calendar, rows[i].due, got);
        sla_calendar_unref(calendar);
    }
}

/* 2026-03-06 is a Friday. */
TEST(rule_16_roll_forward_moves_to_the_next_opening_first)
{
    static const day_row rows[] = {
        {"Saturday + 1 = Tuesday's opening",
         OFFICE,
         "2026-03-07T10:00:00+08:00",
         {1, 0, 0, 0},
         "2026-03-10T09:00:00+08:00"},
        {"in hours nothing moves",
         OFFICE,
         "2026-03-05T10:00:00+08:00",
         {1, 0, 0, 0},
         "2026-03-06T10:00:00+08:00"},
        {"over the weekend",
         OFFICE,
         "2026-03-06T10:00:00+08:00",
         {1, 0, 0, 0},
         "2026-03-09T10:00:00+08:00"},
        {"before hours: today's opening",
         OFFICE,
         "2026-03-05T07:00:00+08:00",
         {1, 0, 0, 0},
         "2026-03-06T09:00:00+08:00"},
        {"after hours: tomorrow's",
         OFFICE,
         "2026-03-04T18:00:00+08:00",
         {1, 0, 0, 0},
         "2026-03-06T09:00:00+08:00"},
        {"in lunch: the afternoon's opening",
         OFFICE,
         "2026-03-04T12:30:00+08:00",
         {1, 0, 0, 0},
         "2026-03-05T13:00:00+08:00"},
        {"exactly at closing is after hours",
         OFFICE,
         "2026-03-04T17:00:00+08:00",
         {1, 0, 0, 0},
         "2026-03-06T09:00:00+08:00"},
        {"exactly at opening is in hours",
         OFFICE,
         "2026-03-04T09:00:00+08:00",
         {1, 0, 0, 0},
         "2026-03-05T09:00:00+08:00"},
    };

    check_days(rows, COUNT_OF(rows));
}

TEST(rule_16_roll_forward_day_moves_closed_dates_only)
{
    static const day_row rows[] = {
        {"Saturday: Monday's opening",
         OFFICE,
         "2026-03-07T10:00:00+08:00",
         {0, SLA_ROLL_FORWARD_DAY, 0, 0},
         "2026-03-09T09:00:00+08:00"},
        {"Saturday + 1",
         OFFICE,
         "2026-03-07T10:00:00+08:00",
         {1, SLA_ROLL_FORWARD_DAY, 0, 0},
         "2026-03-10T09:00:00+08:00"},
        {"a working date after hours: nothing moves",
         OFFICE,
         "2026-03-06T20:00:00+08:00",
         {0, SLA_ROLL_FORWARD_DAY, 0, 0},
         "2026-03-06T20:00:00+08:00"},
        {"and + 1 keeps the time",
         OFFICE,
         "2026-03-06T20:00:00+08:00",
         {1, SLA_ROLL_FORWARD_DAY, 0, 0},
         "2026-03-09T20:00:00+08:00"},
    };

    check_days(rows, COUNT_OF(rows));
}

TEST(rule_16_roll_backward_goes_to_the_last_working_date)
{
    static const day_row rows[] = {
        {"Saturday 10:00 + 1 = Monday 10:00",
         OFFICE,
         "2026-03-07T10:00:00+08:00",
         {1, SLA_ROLL_BACKWARD, 0, 0},
         "2026-03-09T10:00:00+08:00"},
        {"Sunday + 0 = Friday",
         OFFICE,
         "2026-03-08T10:00:00+08:00",
         {0, SLA_ROLL_BACKWARD, 0, 0},
         "2026-03-06T10:00:00+08:00"},
        {"a working date does not move",
         OFFICE,
         "2026-03-06T20:00:00+08:00",
         {0, SLA_ROLL_BACKWARD, 0, 0},
         "2026-03-06T20:00:00+08:00"},
    };

    check_days(rows, COUNT_OF(rows));
}

TEST(rule_16_roll_none_keep_time_goes_forward_at_the_same_time)
{
    static const day_row rows[] = {
        {"Saturday 22:00 + 0 = Monday 22:00",
         OFFICE,
         "2026-03-07T22:00:00+08:00",
         {0, SLA_ROLL_NONE_KEEP_TIME, 0, 0},
         "2026-03-09T22:00:00+08:00"},
        {"Saturday 22:00 + 2",
         OFFICE,
         "2026-03-07T22:00:00+08:00",
         {2, SLA_ROLL_NONE_KEEP_TIME, 0, 0},
         "2026-03-11T22:00:00+08:00"},
        {"a working date does not move",
         OFFICE,
         "2026-03-06T06:00:00+08:00",
         {1, SLA_ROLL_NONE_KEEP_TIME, 0, 0},
         "2026-03-09T06:00:00+08:00"},
    };

    check_days(rows, COUNT_OF(rows));
}

TEST(rule_16_negative_days_count_back)
{
    static const day_row rows[] = {
        {"Monday - 1 = Friday",
         OFFICE,
         "2026-03-09T10:00:00+08:00",
         {-1, 0, 0, 0},
         "2026-03-06T10:00:00+08:00"},
        {"Saturday, rolled forward, - 1 = Friday's opening",
         OFFICE,
         "2026-03-07T10:00:00+08:00",
         {-1, 0, 0, 0},
         "2026-03-06T09:00:00+08:00"},
        {"Saturday, rolled back, - 1 = Thursday",
         OFFICE,
         "2026-03-07T10:00:00+08:00",
         {-1, SLA_ROLL_BACKWARD, 0, 0},
         "2026-03-05T10:00:00+08:00"},
        {"beyond the horizon", OFFICE, "2026-03-07T10:00:00+08:00", {-20000, 0, 0, 0}, NULL},
        {"far beyond it", OFFICE, "2026-03-07T10:00:00+08:00", {INT32_MIN, 0, 0, 0}, NULL},
        {"and forward", OFFICE, "2026-03-07T10:00:00+08:00", {INT32_MAX, 0, 0, 0}, NULL},
    };

    check_days(rows, COUNT_OF(rows));
}

TEST(rule_16_end_same_time_in_hours_is_moved_forward_into_hours)
{
    static const day_row rows[] = {
        {"20:00 becomes the next opening",
         OFFICE,
         "2026-03-04T20:00:00+08:00",
         {1, SLA_ROLL_FORWARD_DAY, SLA_END_SAME_TIME_IN_HOURS, 0},
         "2026-03-06T09:00:00+08:00"},
        {"07:00 becomes the day's",
         OFFICE,
         "2026-03-04T07:00:00+08:00",
         {1, SLA_ROLL_FORWARD_DAY, SLA_END_SAME_TIME_IN_HOURS, 0},
         "2026-03-05T09:00:00+08:00"},
        {"12:30 becomes 13:00",
         OFFICE,
         "2026-03-04T12:30:00+08:00",
         {1, SLA_ROLL_FORWARD_DAY, SLA_END_SAME_TIME_IN_HOURS, 0},
         "2026-03-05T13:00:00+08:00"},
        {"in hours it stays",
         OFFICE,
         "2026-03-04T10:00:00+08:00",
         {1, SLA_ROLL_FORWARD_DAY, SLA_END_SAME_TIME_IN_HOURS, 0},
         "2026-03-05T10:00:00+08:00"},
    };

    check_days(rows, COUNT_OF(rows));
}

TEST(rule_16_exact_fit_of_results_that_land_on_closing)
{
    static const day_row rows[] = {
        {"same_time, close: stays",
         OFFICE,
         "2026-03-05T17:00:00+08:00",
         {1, SLA_ROLL_FORWARD_DAY, SLA_END_SAME_TIME, SLA_FIT_CLOSE},
         "2026-03-06T17:00:00+08:00"},
        {"same_time, next_open: the next opening",
         OFFICE,
         "2026-03-05T17:00:00+08:00",
         {1, SLA_ROLL_FORWARD_DAY, SLA_END_SAME_TIME, SLA_FIT_NEXT_OPEN},
         "2026-03-09T09:00:00+08:00"},
        {"same_time elsewhere is not moved",
         OFFICE,
         "2026-03-05T18:00:00+08:00",
         {1, SLA_ROLL_FORWARD_DAY, SLA_END_SAME_TIME, SLA_FIT_NEXT_OPEN},
         "2026-03-06T18:00:00+08:00"},
        {"same_time_in_hours, close: stays",
         OFFICE,
         "2026-03-05T12:00:00+08:00",
         {1, SLA_ROLL_FORWARD_DAY, SLA_END_SAME_TIME_IN_HOURS, SLA_FIT_CLOSE},
         "2026-03-06T12:00:00+08:00"},
        {"same_time_in_hours, next_open: behind lunch",
         OFFICE,
         "2026-03-05T12:00:00+08:00",
         {1, SLA_ROLL_FORWARD_DAY, SLA_END_SAME_TIME_IN_HOURS, SLA_FIT_NEXT_OPEN},
         "2026-03-06T13:00:00+08:00"},
        {"the other ends do not ask",
         OFFICE,
         "2026-03-05T17:00:00+08:00",
         {1, SLA_ROLL_FORWARD_DAY, SLA_END_CLOSE, SLA_FIT_NEXT_OPEN},
         "2026-03-06T17:00:00+08:00"},
    };

    check_days(rows, COUNT_OF(rows));
}

TEST(rule_16_end_last_hour_is_never_moved_up_to_an_opening)
{
    static const day_row rows[] = {
        {"20:00 becomes the last closing",
         OFFICE,
         "2026-03-04T20:00:00+08:00",
         {1, SLA_ROLL_FORWARD_DAY, SLA_END_LAST_HOUR, 0},
         "2026-03-05T17:00:00+08:00"},
        {"07:00 stays, before the opening",
         OFFICE,
         "2026-03-04T07:00:00+08:00",
         {1, SLA_ROLL_FORWARD_DAY, SLA_END_LAST_HOUR, 0},
         "2026-03-05T07:00:00+08:00"},
        {"10:00 stays",
         OFFICE,
         "2026-03-04T10:00:00+08:00",
         {1, SLA_ROLL_FORWARD_DAY, SLA_END_LAST_HOUR, 0},
         "2026-03-05T10:00:00+08:00"},
    };

    check_days(rows, COUNT_OF(rows));
}

TEST(rule_16_end_day_and_end_close)
{
    static const day_row rows[] = {
        {"day",
         OFFICE,
         "2026-03-04T10:00:00+08:00",
         {1, 0, SLA_END_DAY, 0},
         "2026-03-06T00:00:00+08:00"},
        {"day, 0 days",
         OFFICE,
         "2026-03-04T10:00:00+08:00",
         {0, 0, SLA_END_DAY, 0},
         "2026-03-05T00:00:00+08:00"},
        {"close",
         OFFICE,
         "2026-03-04T10:00:00+08:00",
         {1, 0, SLA_END_CLOSE, 0},
         "2026-03-05T17:00:00+08:00"},
        {"close, 0 days from a Saturday",
         OFFICE,
         "2026-03-07T10:00:00+08:00",
         {0, 0, SLA_END_CLOSE, 0},
         "2026-03-09T17:00:00+08:00"},
    };

    check_days(rows, COUNT_OF(rows));
}

TEST(rule_16_an_overnight_instant_counts_from_the_date_its_window_began)
{
    static const day_row rows[] = {
        {"Saturday 02:00 is Friday's; + 1 is Monday's night",
         NIGHT,
         "2026-03-07T02:00:00+08:00",
         {1, 0, 0, 0},
         "2026-03-10T02:00:00+08:00"},
        {"Tuesday 02:00 is Monday's; + 1 is Tuesday's night",
         NIGHT,
         "2026-03-03T02:00:00+08:00",
         {1, 0, 0, 0},
         "2026-03-04T02:00:00+08:00"},
        {"forward_day: nothing moves on a Saturday in Friday's night",
         NIGHT,
         "2026-03-07T02:00:00+08:00",
         {0, SLA_ROLL_FORWARD_DAY, 0, 0},
         "2026-03-07T02:00:00+08:00"},
        {"closed on Saturday: its own date",
         NIGHT,
         "2026-03-07T07:00:00+08:00",
         {0, SLA_ROLL_FORWARD_DAY, 0, 0},
         "2026-03-09T22:00:00+08:00"},
        {"close lies past midnight",
         NIGHT,
         "2026-03-03T02:00:00+08:00",
         {1, 0, SLA_END_CLOSE, 0},
         "2026-03-04T06:00:00+08:00"},
        {"day is that civil date's",
         NIGHT,
         "2026-03-03T02:00:00+08:00",
         {1, 0, SLA_END_DAY, 0},
         "2026-03-04T00:00:00+08:00"},
    };

    check_days(rows, COUNT_OF(rows));
}

TEST(rule_16_holidays_and_makeup_days_are_counted)
{
    sla_calendar *china = bundled("cn_office");
    static const struct {
        const char *why;
        const char *from;
        int days;
        const char *due;
    } rows[] = {
        /* Spring Festival 2026: 15 to 23 February off, the 14th and 28th (Saturdays) worked. */
        {"over the festival", "2026-02-13T10:00:00+08:00", 1, "2026-02-14T10:00:00+08:00"},
        {"behind it", "2026-02-14T10:00:00+08:00", 1, "2026-02-24T10:00:00+08:00"},
        {"the second Saturday", "2026-02-27T10:00:00+08:00", 1, "2026-02-28T10:00:00+08:00"},
        {"received in the holidays", "2026-02-18T10:00:00+08:00", 1, "2026-02-25T09:00:00+08:00"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const sla_workdays workdays = {rows[i].days, 0, 0, 0};
        sla_time got = SLA_NEVER;

        CHECK_OK(sla_calendar_add_workdays(china, at(rows[i].from), &workdays, &got));
        check_instant(rows[i].why, china, rows[i].due, got);
    }
    sla_calendar_unref(china);
}

TEST(rule_16_gaps_give_their_end_and_repetitions_their_first)
{
#define EVERY_DAY "\"zone\": \"America/New_York\", \"week\": {\"mon-sun\": [\"00:00-23:00\"]}"
    static const day_row rows[] = {
        {"02:30 on the day of the gap",
         EVERY_DAY,
         "2026-03-07T02:30:00-05:00",
         {1, 0, 0, 0},
         "2026-03-08T03:00:00-04:00"},
        {"01:30 on the day of the fold",
         EVERY_DAY,
         "2026-10-31T01:30:00-04:00",
         {1, 0, 0, 0},
         "2026-11-01T01:30:00-04:00"},
        {"0 days move nothing, not even from the second 01:30",
         EVERY_DAY,
         "2026-11-01T01:30:00-05:00",
         {0, 0, 0, 0},
         "2026-11-01T01:30:00-05:00"},
        {"from the second 01:30",
         EVERY_DAY,
         "2026-11-01T01:30:00-05:00",
         {1, 0, 0, 0},
         "2026-11-02T01:30:00-05:00"},
    };

    check_days(rows, COUNT_OF(rows));
}

TEST(rule_16_calendar_days_run_on_the_wall_clock)
{
    sla_calendar *calendar = calendar_of(ALWAYS("America/New_York"));
    static const struct {
        const char *why;
        const char *from;
        int days;
        sla_day_end end;
        const char *due;
    } rows[] = {
        {"across the spring change", "2026-03-07T12:00:00-05:00", 1, SLA_END_SAME_TIME,
         "2026-03-08T12:00:00-04:00"},
        {"across the autumn change", "2026-10-31T12:00:00-04:00", 1, SLA_END_SAME_TIME,
         "2026-11-01T12:00:00-05:00"},
        {"in the gap", "2026-03-07T02:15:00.5-05:00", 1, SLA_END_SAME_TIME,
         "2026-03-08T03:00:00-04:00"},
        {"back", "2026-03-09T02:15:00-04:00", -2, SLA_END_SAME_TIME, "2026-03-07T02:15:00-05:00"},
        {"end of day", "2026-03-07T12:00:00-05:00", 1, SLA_END_DAY, "2026-03-09T00:00:00-04:00"},
        {"0 days", "2026-11-01T01:30:00-05:00", 0, SLA_END_SAME_TIME, "2026-11-01T01:30:00-05:00"},
        {"end of this day", "2026-11-01T01:30:00-05:00", 0, SLA_END_DAY,
         "2026-11-02T00:00:00-05:00"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sla_time got = SLA_NEVER;

        CHECK_OK(
            sla_calendar_add_days(calendar, at(rows[i].from), rows[i].days, rows[i].end, &got));
        check_instant(rows[i].why, calendar, rows[i].due, got);
    }
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_calendar_add_days(calendar, at(rows[0].from), 1,
                                                         SLA_END_CLOSE, &(sla_time){0}));
    sla_calendar_unref(calendar);
}
