/* Goal: time is read strictly and printed so that it can be read again.  Method:
 * a table of what must be read as what, one of what must be refused, and round
 * trips under a seed. */
#include "check.h"

#include <string.h>

#include <sla/time.h>

static const struct {
    const char *why;
    const char *text;
    const char *printed; /* NULL: SLA_ERR_SYNTAX; "": SLA_ERR_RANGE */
} instants[] = {
    {"UTC", "2026-03-02T01:00:00Z", "2026-03-02T01:00:00Z"},
    {"east of Greenwich", "2026-03-02T09:00:00+08:00", "2026-03-02T01:00:00Z"},
    {"west, into the next day", "2026-12-31T20:00:00-05:30", "2027-01-01T01:30:00Z"},
    {"unknown local offset is UTC", "2026-03-02T01:00:00-00:00", "2026-03-02T01:00:00Z"},
    {"small letters, as RFC 3339 allows", "2026-03-02t01:00:00z", "2026-03-02T01:00:00Z"},
    {"fraction, trimmed", "2026-03-02T01:00:00.250000Z", "2026-03-02T01:00:00.25Z"},
    {"one microsecond", "2026-03-02T01:00:00.000001Z", "2026-03-02T01:00:00.000001Z"},
    {"before 1970 with a fraction", "1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z"},
    {"leap day", "2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
    {"first instant", "1900-01-01T00:00:00Z", "1900-01-01T00:00:00Z"},
    {"last instant", "2199-12-31T23:59:59.999999Z", "2199-12-31T23:59:59.999999Z"},
    {"offset leads out of the years", "1900-01-01T00:00:00+00:01", ""},
    {"offset leads into the years", "1899-12-31T23:59:00-00:01", "1900-01-01T00:00:00Z"},
    {"too early", "1899-12-31T23:59:59Z", ""},
    {"too late", "2200-01-01T00:00:00Z", ""},
    {"no offset", "2026-03-02T01:00:00", NULL},
    {"second 60", "2016-12-31T23:59:60Z", NULL},
    {"hour 24", "2026-03-02T24:00:00Z", NULL},
    {"minute 60", "2026-03-02T01:60:00Z", NULL},
    {"seven digits", "2026-03-02T01:00:00.1234567Z", NULL},
    {"point without digits", "2026-03-02T01:00:00.Z", NULL},
    {"comma", "2026-03-02T01:00:00,5Z", NULL},
    {"blank instead of T", "2026-03-02 01:00:00Z", NULL},
    {"no seconds", "2026-03-02T01:00Z", NULL},
    {"no such day", "2026-02-29T01:00:00Z", NULL},
    {"month 13", "2026-13-01T01:00:00Z", NULL},
    {"month 0", "2026-00-01T01:00:00Z", NULL},
    {"offset without colon", "2026-03-02T01:00:00+0800", NULL},
    {"offset of 24 hours", "2026-03-02T01:00:00+24:00", NULL},
    {"something behind", "2026-03-02T01:00:00Z ", NULL},
    {"something before", " 2026-03-02T01:00:00Z", NULL},
    {"a sign before the year", "+2026-03-02T01:00:00Z", NULL},
    {"nothing", "", NULL},
};

TEST(instants_are_read_strictly_and_printed_short)
{
    for (size_t i = 0; i < COUNT_OF(instants); i++) {
        const char *printed = instants[i].printed;
        const int want = printed == NULL      ? SLA_ERR_SYNTAX
                         : printed[0] == '\0' ? SLA_ERR_RANGE
                                              : SLA_OK;
        char buffer[SLA_TIME_TEXT_MAX];
        sla_time time = 42;

        CHECK_EQ(instants[i].why, want,
                 sla_time_parse(instants[i].text, strlen(instants[i].text), &time));
        if (want != SLA_OK) {
            CHECK_EQ(instants[i].why, 42, time);
            continue;
        }
        CHECK_EQ(instants[i].why, strlen(printed), sla_time_format(time, buffer, sizeof buffer));
        CHECK_STR(instants[i].why, printed, buffer);
    }
}

TEST(an_instant_is_cut_short_anywhere_and_refused)
{
    const char *text = "2026-03-02T09:00:00.5+08:00";
    sla_time time;

    for (size_t length = 0; length < strlen(text); length++)
        CHECK_EQ("cut", SLA_ERR_SYNTAX, sla_time_parse(text, length, &time));
}

TEST(printed_instants_are_read_again)
{
    prng random = check_prng();

    for (size_t i = 0; i < check_count(20000, 2000000); i++) {
        const sla_time time = prng_between(&random, SLA_TIME_MIN, SLA_TIME_MAX);
        const int32_t offset = (int32_t)prng_between(&random, -1439, 1439) * 60;
        char buffer[SLA_TIME_TEXT_MAX];
        sla_time again = SLA_NEVER;

        size_t length = sla_time_format_offset(time, offset, buffer, sizeof buffer);
        if (strncmp(buffer, "1899", 4) != 0 && strncmp(buffer, "2200", 4) != 0) {
            CHECK_OK(sla_time_parse(buffer, length, &again));
            CHECK_EQ(buffer, time, again);
        }
    }
}

TEST(an_instant_is_printed_on_the_clock_of_a_place)
{
    char buffer[SLA_TIME_TEXT_MAX];

    sla_time_format_offset(0, 8 * 3600, buffer, sizeof buffer);
    CHECK_STR("east", "1970-01-01T08:00:00+08:00", buffer);
    sla_time_format_offset(0, -12600, buffer, sizeof buffer);
    CHECK_STR("west", "1969-12-31T20:30:00-03:30", buffer);
    sla_time_format_offset(0, 29143, buffer, sizeof buffer);
    CHECK_STR("local mean time cannot be written", "1970-01-01T00:00:00Z", buffer);
}

TEST(what_cannot_be_printed_leaves_an_empty_buffer)
{
    char buffer[SLA_TIME_TEXT_MAX] = "x";

    CHECK_EQ("never", 0, sla_time_format(SLA_NEVER, buffer, sizeof buffer));
    CHECK_STR("never", "", buffer);
    CHECK_EQ("one byte short", 0, sla_time_format(0, buffer, 20));
    CHECK_EQ("just enough", 20, sla_time_format(0, buffer, 21));
    CHECK_EQ("no room at all", 0, sla_time_format(0, buffer, 0));
    CHECK_EQ("a date too late", 0, sla_date_format(84006, buffer, sizeof buffer));
    CHECK_EQ("a time of day too late", 0, sla_time_of_day_format(86401, buffer, sizeof buffer));
}

static const struct {
    const char *text;
    int result;
    sla_duration duration;
    const char *printed;
} spans[] = {
    {"PT4H", SLA_OK, 4 * SLA_HOUR, "PT4H"},
    {"P2W", SLA_OK, 14 * SLA_DAY, "PT336H"},
    {"P1D", SLA_OK, SLA_DAY, "PT24H"},
    {"P1DT2H30M5S", SLA_OK, 26 * SLA_HOUR + 30 * SLA_MINUTE + 5 * SLA_SECOND, "PT26H30M5S"},
    {"PT90M", SLA_OK, 90 * SLA_MINUTE, "PT1H30M"},
    {"PT3600S", SLA_OK, SLA_HOUR, "PT1H"},
    {"PT0S", SLA_OK, 0, "PT0S"},
    {"P0D", SLA_OK, 0, "PT0S"},
    {"P0W", SLA_OK, 0, "PT0S"},
    {"P109800D", SLA_OK, 109800 * SLA_DAY, "PT2635200H"},
    {"P109801D", SLA_ERR_RANGE, 0, NULL},
    {"P109800DT1S", SLA_ERR_RANGE, 0, NULL},
    {"PT99999999999999999999S", SLA_ERR_RANGE, 0, NULL},
    {"", SLA_ERR_SYNTAX, 0, NULL},
    {"P", SLA_ERR_SYNTAX, 0, NULL},
    {"PT", SLA_ERR_SYNTAX, 0, NULL},
    {"P1DT", SLA_ERR_SYNTAX, 0, NULL},
    {"P1Y", SLA_ERR_SYNTAX, 0, NULL},
    {"P1M", SLA_ERR_SYNTAX, 0, NULL},
    {"P1W2D", SLA_ERR_SYNTAX, 0, NULL},
    {"P1DW", SLA_ERR_SYNTAX, 0, NULL},
    {"P1WT1H", SLA_ERR_SYNTAX, 0, NULL},
    {"PT1.5H", SLA_ERR_SYNTAX, 0, NULL},
    {"PT1M1H", SLA_ERR_SYNTAX, 0, NULL},
    {"PT1H1H", SLA_ERR_SYNTAX, 0, NULL},
    {"P1D1D", SLA_ERR_SYNTAX, 0, NULL},
    {"P1H", SLA_ERR_SYNTAX, 0, NULL},
    {"PT1D", SLA_ERR_SYNTAX, 0, NULL},
    {"-PT1H", SLA_ERR_SYNTAX, 0, NULL},
    {"+PT1H", SLA_ERR_SYNTAX, 0, NULL},
    {"PT-1H", SLA_ERR_SYNTAX, 0, NULL},
    {"pt1h", SLA_ERR_SYNTAX, 0, NULL},
    {"PT1H ", SLA_ERR_SYNTAX, 0, NULL},
    {"PTH", SLA_ERR_SYNTAX, 0, NULL},
    {"PT1", SLA_ERR_SYNTAX, 0, NULL},
    {"4h", SLA_ERR_SYNTAX, 0, NULL},
};

TEST(spans_have_fixed_units_and_nothing_else)
{
    for (size_t i = 0; i < COUNT_OF(spans); i++) {
        char buffer[SLA_TIME_TEXT_MAX];
        sla_duration duration = -1;

        CHECK_EQ(spans[i].text, spans[i].result,
                 sla_duration_parse(spans[i].text, strlen(spans[i].text), &duration));
        if (spans[i].result != SLA_OK) {
            CHECK_EQ(spans[i].text, -1, duration);
            continue;
        }
        CHECK_EQ(spans[i].text, spans[i].duration, duration);
        sla_duration_format(duration, buffer, sizeof buffer);
        CHECK_STR(spans[i].text, spans[i].printed, buffer);
    }
}

TEST(spans_that_cannot_be_read_are_printed_for_people)
{
    char buffer[SLA_TIME_TEXT_MAX];

    sla_duration_format(SLA_SECOND / 2, buffer, sizeof buffer);
    CHECK_STR("fraction", "PT0.5S", buffer);
    sla_duration_format(-90 * SLA_MINUTE, buffer, sizeof buffer);
    CHECK_STR("sign", "-PT1H30M", buffer);
    sla_duration_format(INT64_MIN, buffer, sizeof buffer);
    CHECK_STR("the smallest number", "-PT2562047788H54.775808S", buffer);
}

static const struct {
    const char *text;
    int32_t seconds; /* -1: refused */
    const char *printed;
} times_of_day[] = {
    {"00:00", 0, "00:00"},
    {"24:00", 86400, "24:00"},
    {"24:00:00", 86400, "24:00"},
    {"09:30", 34200, "09:30"},
    {"23:59:59", 86399, "23:59:59"},
    {"24:00:01", -1, NULL},
    {"24:01", -1, NULL},
    {"25:00", -1, NULL},
    {"9:30", -1, NULL},
    {"09:60", -1, NULL},
    {"09:30:60", -1, NULL},
    {"09:30:0", -1, NULL},
    {"0930", -1, NULL},
    {"09:30Z", -1, NULL},
    {"09:30:00.5", -1, NULL},
    {"", -1, NULL},
};

TEST(rule_17_times_of_day_run_from_0000_to_2400)
{
    for (size_t i = 0; i < COUNT_OF(times_of_day); i++) {
        const char *text = times_of_day[i].text;
        char buffer[SLA_TIME_TEXT_MAX];
        int32_t seconds = -1;

        CHECK_EQ(text, times_of_day[i].seconds < 0 ? SLA_ERR_SYNTAX : SLA_OK,
                 sla_time_of_day_parse(text, strlen(text), &seconds));
        CHECK_EQ(text, times_of_day[i].seconds, seconds);
        if (seconds < 0)
            continue;
        sla_time_of_day_format(seconds, buffer, sizeof buffer);
        CHECK_STR(text, times_of_day[i].printed, buffer);
    }
}

TEST(dates_are_read_and_printed)
{
    static const struct {
        const char *text;
        int result;
        int32_t days;
    } rows[] = {
        {"1970-01-01", SLA_OK, 0},         {"2000-02-29", SLA_OK, 11016},
        {"1900-01-01", SLA_OK, -25567},    {"2199-12-31", SLA_OK, 84005},
        {"1900-02-29", SLA_ERR_SYNTAX, 0}, {"2026-04-31", SLA_ERR_SYNTAX, 0},
        {"2026-1-01", SLA_ERR_SYNTAX, 0},  {"2026-01-00", SLA_ERR_SYNTAX, 0},
        {"20260101", SLA_ERR_SYNTAX, 0},   {"2026-01-01T", SLA_ERR_SYNTAX, 0},
        {"1899-12-31", SLA_ERR_RANGE, 0},  {"2200-01-01", SLA_ERR_RANGE, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char buffer[SLA_TIME_TEXT_MAX];
        int32_t days = 7;

        CHECK_EQ(rows[i].text, rows[i].result,
                 sla_date_parse(rows[i].text, strlen(rows[i].text), &days));
        if (rows[i].result != SLA_OK)
            continue;
        CHECK_EQ(rows[i].text, rows[i].days, days);
        CHECK_EQ(rows[i].text, 10, sla_date_format(days, buffer, sizeof buffer));
        CHECK_STR(rows[i].text, rows[i].text, buffer);
    }
}
