/* Goal: rule 16 for needs in hours and rule 17 for add, sub and between: how open time
 * is spent.  Method: every row worked out by hand, with the weekday in `why` where it
 * matters. */
#include "calendar_weeks.h"

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
