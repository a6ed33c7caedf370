/*
 * lint_reach.c - how long a goal can take at the very most, whenever it starts; how
 * long it takes as a rule.
 *
 * Of a goal in days this is more than any start will see: it counts each date in
 * full and knows no holidays.  So what is said to lie before the start always does.
 */
#include "policy/lint.h"
#include "time/calendar.h"

/* ------------------------------------------------------------ a calendar */

/* Microseconds on the wall clock since 00:00 of a date. */
static sla_duration since_midnight(const sla_calendar *calendar, int32_t date, sla_time at)
{
    return at + sla_calendar_offset(calendar, at) * SLA_SECOND - date * SLA_DAY;
}

sla__reach sla__reach_of(const sla_calendar *calendar)
{
    sla_duration first = 3 * SLA_DAY, last = 0, repeated = 0;
    sla__reach reach = {0, 0};

    for (size_t i = 0; i < calendar->working_count; i++) {
        const sla__working_date *working = &calendar->working[i];
        const sla_duration opens = since_midnight(calendar, working->date, working->open_at);
        const sla_duration closes = since_midnight(calendar, working->date, working->close_at);
        const sla_duration more = (working->close_at - working->open_at) - (closes - opens);
        sla_duration open = 0;

        (void)sla_calendar_between(calendar, working->open_at, working->close_at, &open);
        reach.date = open > reach.date ? open : reach.date;
        first = opens < first ? opens : first;
        last = closes > last ? closes : last;
        repeated = more > repeated ? more : repeated;
    }
    reach.span = last > first ? last - first + repeated : 0;
    return reach;
}

sla__reach sla__target_reach(const sla__lint *lint, const sla__target *target)
{
    const sla__calendar_choice *choice = &target->calendar;
    sla__reach most = {0, 0};

    for (uint32_t i = 0; i <= choice->count; i++) {
        const uint16_t number = i < choice->count
                                    ? lint->set->calendar_rows[choice->first + i].calendar
                                    : choice->fixed;
        const sla__reach *reach = &lint->reaches[number];

        if (number == SLA__NONE)
            continue;
        most.date = reach->date > most.date ? reach->date : most.date;
        most.span = reach->span > most.span ? reach->span : most.span;
    }
    return most;
}

/* ------------------------------------------------------------ a goal */

/* In open time.  At the same time of day, what the first date holds after it and
 * the last one before it lie in one span together. */
static sla_duration workdays_longest(const sla_workdays *workdays, sla__reach reach)
{
    const sla_duration whole = (workdays->days + (sla_duration)1) * reach.date;
    const sla_duration by_clock = workdays->days * reach.span;

    if (workdays->end == SLA_END_DAY || workdays->end == SLA_END_CLOSE ||
        workdays->roll == SLA_ROLL_NONE_KEEP_TIME)
        return whole;
    return by_clock < whole ? by_clock : whole;
}

/* A civil day has at most 25 hours. */
static sla_duration days_longest(int32_t days)
{
    return (sla_duration)days * 25 * SLA_HOUR;
}

/* The longest wait is that of who comes at 00:00, or exactly at the cut-off. */
static sla_duration cutoff_longest(const sla_cutoff *cutoff)
{
    const sla_duration today = cutoff->today_s * SLA_SECOND;
    const sla_duration later =
        cutoff->days * SLA_DAY + (cutoff->later_s - cutoff->before_s) * SLA_SECOND;

    return (today > later ? today : later) + SLA_HOUR;
}

sla_duration sla__goal_longest(const sla__lint *lint, const sla__target *target,
                               const sla__goal *goal)
{
    switch ((sla__goal_kind)goal->kind) {
    case SLA__GOAL_ELAPSED:
    case SLA__GOAL_BUSINESS:
        return goal->need;
    case SLA__GOAL_WORKDAYS:
        return workdays_longest(&goal->workdays, sla__target_reach(lint, target));
    case SLA__GOAL_DAYS:
        return days_longest(goal->days + (goal->end == SLA_END_DAY));
    case SLA__GOAL_CUTOFF:
        /* In open time also the rest of a night that began the day before. */
        if (goal->measure == SLA__BUSINESS)
            return (goal->cutoff.days + (sla_duration)2) * sla__target_reach(lint, target).date;
        return goal->cutoff.workdays ? SLA_NEVER : cutoff_longest(&goal->cutoff);
    case SLA__GOAL_ANCHOR:
    case SLA__GOAL_ANCHOR_WORKDAYS:
        break;
    }
    return goal->cap > 0 ? goal->cap : SLA_NEVER;
}

sla_duration sla__goal_usual(const sla__lint *lint, const sla__target *target,
                             const sla__goal *goal)
{
    if (goal->kind == SLA__GOAL_ELAPSED || goal->kind == SLA__GOAL_BUSINESS)
        return goal->need;
    if (goal->kind == SLA__GOAL_DAYS && goal->end == SLA_END_SAME_TIME)
        return goal->days * SLA_DAY;
    if (goal->kind == SLA__GOAL_WORKDAYS && goal->workdays.end == SLA_END_SAME_TIME)
        return goal->workdays.days * sla__target_reach(lint, target).date;
    return SLA_NEVER;
}
