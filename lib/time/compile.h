/* compile.h - from a raw calendar to one that can be asked, in two steps. */
#ifndef SLA_TIME_COMPILE_H
#define SLA_TIME_COMPILE_H

#include "time/calendar.h"
#include "time/raw.h"
#include "time/stretch.h"

/*
 * First step: what the hours of each civil date are.  Fills the days of
 * `calendar` (labels, kinds, tails) and the civil stretches, breaks cut out, from
 * a date before the horizon to a date behind it.
 */
int sla__compile_days(sla_calendar *calendar, sla__raw *raw, sla__json *json,
                      sla__stretches *stretches);

/*
 * Second step: the stretches as UTC windows with sums and indexes, and the
 * working dates.  Complains when nothing is open.
 */
int sla__compile_windows(sla_calendar *calendar, sla__json *json, const sla__stretches *stretches);

#endif
