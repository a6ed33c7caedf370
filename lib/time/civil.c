/* civil.c - see civil.h. */
#include "time/civil.h"

#include <assert.h>

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_before_year(int year)
{
    const int y = year - 1;

    return y * 365 + y / 4 - y / 100 + y / 400;
}

static const short month_start[13] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

static int days_before_month(int year, int month)
{
    return month_start[month - 1] + (month > 2 && is_leap(year) ? 1 : 0);
}

bool sla__date_exists(sla__date date)
{
    int last;

    if (date.year < 0 || date.year > 9999 || date.month < 1 || date.month > 12 || date.day < 1)
        return false;
    last = month_start[date.month] - month_start[date.month - 1];
    if (date.month == 2 && is_leap(date.year))
        last++;
    return date.day <= last;
}

int32_t sla__date_to_days(sla__date date)
{
    /* 719162 days lie between 0001-01-01 and 1970-01-01. */
    assert(sla__date_exists(date));
    return days_before_year(date.year) + days_before_month(date.year, date.month) + date.day - 1 -
           719162;
}

sla__date sla__date_from_days(int32_t days)
{
    sla__date date;
    int rest;

    assert(days >= SLA__DAY_MIN - 366 && days <= SLA__DAY_MAX + 366);
    /* The mean year guesses the year or the one after it. */
    date.year = (int)sla__floor_div((int64_t)(days + 719162) * 400, 146097) + 1;
    if (days_before_year(date.year) - 719162 > days)
        date.year--;
    rest = days - (days_before_year(date.year) - 719162);
    if (rest >= 365 + (is_leap(date.year) ? 1 : 0)) {
        rest -= 365 + (is_leap(date.year) ? 1 : 0);
        date.year++;
    }
    date.month = 12;
    while (days_before_month(date.year, date.month) > rest)
        date.month--;
    date.day = rest - days_before_month(date.year, date.month) + 1;
    return date;
}

int sla__weekday(int32_t days)
{
    /* 1970-01-01 was a Thursday. */
    const int64_t shifted = (int64_t)days + 3;

    return (int)(shifted - sla__floor_div(shifted, 7) * 7);
}

int64_t sla__floor_div(int64_t value, int64_t divisor)
{
    return value / divisor - (value % divisor < 0 ? 1 : 0);
}
