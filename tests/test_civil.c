/* Goal: the Gregorian calendar as arithmetic is right on every day we accept.
 * Method: count the days from 1899 to 2200 one by one, the way a person turns pages. */
#include "check.h"

#include "time/civil.h"

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

static sla__date next_page(sla__date date)
{
    if (++date.day <= days_in_month(date.year, date.month))
        return date;
    date.day = 1;
    if (++date.month <= 12)
        return date;
    date.month = 1;
    date.year++;
    return date;
}

TEST(every_day_from_1899_to_2200)
{
    sla__date page = {1899, 1, 1};
    int weekday = 6; /* 1899-01-01 was a Sunday */

    for (int32_t days = SLA__DAY_MIN - 365; days <= SLA__DAY_MAX + 365; days++) {
        const sla__date date = sla__date_from_days(days);

        CHECK_EQ("year", page.year, date.year);
        CHECK_EQ("month", page.month, date.month);
        CHECK_EQ("day", page.day, date.day);
        CHECK_EQ("back", days, sla__date_to_days(date));
        CHECK_EQ("weekday", weekday, sla__weekday(days));
        CHECK_TRUE("there is such a day", sla__date_exists(date));
        page = next_page(page);
        weekday = (weekday + 1) % 7;
    }
}

TEST(days_that_do_not_exist)
{
    static const sla__date dates[] = {{2026, 2, 29}, {1900, 2, 29}, {2026, 4, 31},
                                      {2026, 0, 1},  {2026, 13, 1}, {2026, 1, 0},
                                      {2026, 1, 32}, {-1, 1, 1},    {10000, 1, 1}};

    for (size_t i = 0; i < COUNT_OF(dates); i++)
        CHECK_TRUE("no such day", !sla__date_exists(dates[i]));
    CHECK_TRUE("2000 was a leap year", sla__date_exists((sla__date){2000, 2, 29}));
}

TEST(the_limits_of_time_are_the_limits_of_the_years)
{
    CHECK_EQ("first day", SLA__DAY_MIN, sla__date_to_days((sla__date){1900, 1, 1}));
    CHECK_EQ("last day", SLA__DAY_MAX, sla__date_to_days((sla__date){2199, 12, 31}));
    CHECK_EQ("first instant", SLA_TIME_MIN, SLA__DAY_MIN * SLA_DAY);
    CHECK_EQ("last instant", SLA_TIME_MAX, (SLA__DAY_MAX + 1) * SLA_DAY - 1);
}

TEST(division_rounds_down)
{
    CHECK_EQ("positive", 2, sla__floor_div(5, 2));
    CHECK_EQ("negative", -3, sla__floor_div(-5, 2));
    CHECK_EQ("even", -2, sla__floor_div(-4, 2));
}
