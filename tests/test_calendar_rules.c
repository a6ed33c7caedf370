/* Goal: rules 15, 16 and 17 of the semantics, option by option, and the answers a
 * dispatcher would give.  Method: every row worked out by hand, with the weekday
 * in `why` where it matters. */
#include "calendar_help.h"

#define OFFICE                                                                                     \
    "\"zone\": \"Asia/Shanghai\", \"week\": {\"mon-fri\": [\"09:00-12:00\", \"13:00-17:00\"]}"
#define MADRID "\"zone\": \"Europe/Madrid\", \"week\": {\"mon-fri\": [\"09:00-17:00\"]}"
#define NIGHT "\"zone\": \"Asia/Shanghai\", \"week\": {\"mon-fri\": [\"22:00-06:00\"]}"
#define ALWAYS(zone) "\"zone\": \"" zone "\", \"week\": {\"mon-sun\": [\"00:00-24:00\"]}"

/* ------------------------------------------------------------ needs in hours */

typedef struct add_row {
    const char *why;
    const char *members;
    const char *from;
    const char *need;
    sla_exact_fit fit;
    const char *due;
} add_row;

static void check_adds(const add_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sla_calendar *calendar = calendar_of(rows[i].members);
        sla_time got = SLA_NEVER;

        CHECK_OK(
            sla_calendar_add(calendar, at(rows[i].from), span(rows[i].need), rows[i].fit, &got));
        check_instant(rows[i].why, calendar, rows[i].due, got);
        sla_calendar_unref(calendar);
    }
}

TEST(needs_worked_out_by_hand)
{
    static const add_row rows[] = {
        {"within one window", MADRID, "2026-03-02T09:00:00+01:00", "PT4H", SLA_FIT_CLOSE,
         "2026-03-02T13:00:00+01:00"},
        {"one second more than the window", MADRID, "2026-03-02T09:00:00+01:00", "PT8H1S",
         SLA_FIT_CLOSE, "2026-03-03T09:00:01+01:00"},
        {"on a Saturday", MADRID, "2026-03-07T11:00:00+01:00", "PT1H", SLA_FIT_CLOSE,
         "2026-03-09T10:00:00+01:00"},
        {"across the spring change", MADRID, "2026-03-27T16:00:00+01:00", "PT2H", SLA_FIT_CLOSE,
         "2026-03-30T10:00:00+02:00"},
        {"across the autumn change", MADRID, "2026-10-23T16:00:00+02:00", "PT2H", SLA_FIT_CLOSE,
         "2026-10-26T10:00:00+01:00"},
        {"across lunch", OFFICE, "2026-03-02T11:30:00+08:00", "PT1H", SLA_FIT_CLOSE,
         "2026-03-02T13:30:00+08:00"},
        {"in lunch", OFFICE, "2026-03-02T12:30:00+08:00", "PT1H", SLA_FIT_CLOSE,
         "2026-03-02T14:00:00+08:00"},
        {"a week of work", OFFICE, "2026-03-02T09:00:00+08:00", "PT35H", SLA_FIT_CLOSE,
         "2026-03-06T17:00:00+08:00"},
        {"a fraction is kept", OFFICE, "2026-03-02T11:59:59.5+08:00", "PT1S", SLA_FIT_CLOSE,
         "2026-03-02T13:00:00.5+08:00"},
        {"24x7 is elapsed time, also on a day of 23 hours", ALWAYS("Europe/Madrid"),
         "2026-03-28T20:00:00+01:00", "PT24H", SLA_FIT_CLOSE, "2026-03-29T21:00:00+02:00"},
    };

    check_adds(rows, COUNT_OF(rows));
}

TEST(rule_16_a_need_that_fills_a_window_ends_at_closing_or_at_the_next_opening)
{
    static const add_row rows[] = {
        {"close", OFFICE, "2026-03-06T09:00:00+08:00", "PT7H", SLA_FIT_CLOSE,
         "2026-03-06T17:00:00+08:00"},
        {"next_open, over the weekend", OFFICE, "2026-03-06T09:00:00+08:00", "PT7H",
         SLA_FIT_NEXT_OPEN, "2026-03-09T09:00:00+08:00"},
        {"close before lunch", OFFICE, "2026-03-06T10:00:00+08:00", "PT2H", SLA_FIT_CLOSE,
         "2026-03-06T12:00:00+08:00"},
        {"next_open behind lunch", OFFICE, "2026-03-06T10:00:00+08:00", "PT2H", SLA_FIT_NEXT_OPEN,
         "2026-03-06T13:00:00+08:00"},
        {"not exact: no difference", OFFICE, "2026-03-06T10:00:00+08:00", "PT1H", SLA_FIT_NEXT_OPEN,
         "2026-03-06T11:00:00+08:00"},
        {"a midnight inside open time is no closing", ALWAYS("Asia/Shanghai"),
         "2026-03-06T10:00:00+08:00", "PT14H", SLA_FIT_NEXT_OPEN, "2026-03-07T00:00:00+08:00"},
    };

    check_adds(rows, COUNT_OF(rows));
}

TEST(rule_16_adding_nothing)
{
    static const add_row rows[] = {
        {"closed, close: x itself", OFFICE, "2026-03-07T10:00:00+08:00", "PT0S", SLA_FIT_CLOSE,
         "2026-03-07T10:00:00+08:00"},
        {"closed, next_open: the opening", OFFICE, "2026-03-07T10:00:00+08:00", "PT0S",
         SLA_FIT_NEXT_OPEN, "2026-03-09T09:00:00+08:00"},
        {"open: x itself", OFFICE, "2026-03-06T10:00:00+08:00", "PT0S", SLA_FIT_NEXT_OPEN,
         "2026-03-06T10:00:00+08:00"},
        {"at closing, close", OFFICE, "2026-03-06T17:00:00+08:00", "PT0S", SLA_FIT_CLOSE,
         "2026-03-06T17:00:00+08:00"},
        {"at closing, next_open: it is after hours", OFFICE, "2026-03-06T17:00:00+08:00", "PT0S",
         SLA_FIT_NEXT_OPEN, "2026-03-09T09:00:00+08:00"},
    };

    check_adds(rows, COUNT_OF(rows));
}

TEST(rule_16_exactly_at_closing_is_after_hours_and_at_opening_in_hours)
{
    sla_calendar *office = calendar_of(OFFICE);

    CHECK_TRUE("at opening", sla_calendar_is_open(office, at("2026-03-06T09:00:00+08:00")));
    CHECK_TRUE("just before closing",
               sla_calendar_is_open(office, at("2026-03-06T16:59:59.999999+08:00")));
    CHECK_TRUE("at closing", !sla_calendar_is_open(office, at("2026-03-06T17:00:00+08:00")));
    CHECK_TRUE("just before opening",
               !sla_calendar_is_open(office, at("2026-03-06T08:59:59.999999+08:00")));
    sla_calendar_unref(office);
}

TEST(rule_17_sub_is_the_latest_instant)
{
    static const struct {
        const char *why;
        const char *to;
        const char *need;
        const char *want;
    } rows[] = {
        {"within a window", "2026-03-02T15:00:00+08:00", "PT1H", "2026-03-02T14:00:00+08:00"},
        {"exactly the hours since opening: the opening", "2026-03-02T15:00:00+08:00", "PT2H",
         "2026-03-02T13:00:00+08:00"},
        {"the whole morning", "2026-03-02T12:00:00+08:00", "PT3H", "2026-03-02T09:00:00+08:00"},
        {"over lunch", "2026-03-02T13:30:00+08:00", "PT1H", "2026-03-02T11:30:00+08:00"},
        {"from the middle of the night", "2026-03-02T20:00:00+08:00", "PT1H",
         "2026-03-02T16:00:00+08:00"},
        {"over a weekend", "2026-03-02T09:30:00+08:00", "PT1H", "2026-02-27T16:30:00+08:00"},
        {"nothing: x itself, open", "2026-03-02T09:30:00+08:00", "PT0S",
         "2026-03-02T09:30:00+08:00"},
        {"nothing: x itself, closed", "2026-03-01T09:30:00+08:00", "PT0S",
         "2026-03-01T09:30:00+08:00"},
    };
    sla_calendar *office = calendar_of(OFFICE);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sla_time got = SLA_NEVER;
        sla_duration spent = -1;

        CHECK_OK(sla_calendar_sub(office, at(rows[i].to), span(rows[i].need), &got));
        check_instant(rows[i].why, office, rows[i].want, got);
        CHECK_OK(sla_calendar_between(office, got, at(rows[i].to), &spent));
        CHECK_EQ(rows[i].why, span(rows[i].need), spent);
    }
    sla_calendar_unref(office);
}

TEST(rule_17_between_is_0_when_reversed)
{
    sla_calendar *office = calendar_of(OFFICE);
    sla_duration spent = -1;

    CHECK_OK(sla_calendar_between(office, at("2026-03-02T15:00:00+08:00"),
                                  at("2026-03-02T10:00:00+08:00"), &spent));
    CHECK_EQ("reversed", 0, spent);
    CHECK_OK(sla_calendar_between(office, at("2026-03-02T10:00:00+08:00"),
                                  at("2026-03-03T10:00:00+08:00"), &spent));
    CHECK_EQ("a day of work", 7 * SLA_HOUR, spent);
    sla_calendar_unref(office);
}

/* ------------------------------------------------------------ rule 17: civil time */

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

/* ------------------------------------------------------------ rule 16: N workdays */

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

/* ------------------------------------------------------------ rule 15: cut-offs */

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
