/*
 * civil.h - the Gregorian calendar as arithmetic: days since 1970-01-01 to year,
 * month, day, weekday and back.  No zones, no tables of the world.
 */
#ifndef SLA_TIME_CIVIL_H
#define SLA_TIME_CIVIL_H

#include <stdbool.h>
#include <stdint.h>

#include <sla/base.h>

enum {
    SLA__YEAR_MIN = 1900,
    SLA__YEAR_MAX = 2199,
    SLA__DAY_MIN = -25567, /* 1900-01-01 */
    SLA__DAY_MAX = 84005,  /* 2199-12-31 */
    SLA__SECONDS_PER_DAY = 86400
};

typedef struct sla__date {
    int year;
    int month; /* 1..12 */
    int day;   /* 1..31 */
} sla__date;

/* Whether there is such a day, in any year from 0 to 9999. */
bool sla__date_exists(sla__date date);

/* Days since 1970-01-01; `date` exists. */
int32_t sla__date_to_days(sla__date date);

sla__date sla__date_from_days(int32_t days);

/* 0 is Monday. */
int sla__weekday(int32_t days);

/* The largest whole number of `divisor` (> 0) in `value`, rounding down. */
int64_t sla__floor_div(int64_t value, int64_t divisor);

#endif
