/*
 * test_policy_reach.c - Goal: what the lint says is never told never is.  Method:
 * goals in days on calendars with breaks, nights and an hour that comes twice, from
 * random starts: none takes longer in its own time than the lint says it can.
 */
#include <stdio.h>
#include <string.h>

#include "policy/lint.h"
#include "support/check.h"

static const sla_time now = INT64_C(1772409600000000); /* 2026-03-02T00:00:00Z */

static const char *const weeks[] = {
    "\"zone\": \"Asia/Shanghai\", \"week\": {\"mon-thu\": [\"09:00-12:00\", \"13:00-18:00\"],"
    " \"fri\": [\"07:00-09:00\", \"20:00-22:00\"]}",
    "\"zone\": \"Europe/Berlin\", \"week\": {\"mon-fri\": [\"22:00-06:00\"], \"sat\": "
    "[\"08:00-20:00\"]}",
    "\"zone\": \"Australia/Lord_Howe\", \"week\": {\"mon-sun\": [\"00:00-24:00\"]}",
};

static const char *const goals[] = {
    "{\"workdays\": 0}",
    "{\"workdays\": 1}",
    "{\"workdays\": {\"days\": 1, \"roll\": \"forward_day\", \"end\": \"last_hour\"}}",
    "{\"workdays\": {\"days\": 2, \"roll\": \"backward\", \"end\": \"same_time_in_hours\"}}",
    "{\"workdays\": {\"days\": 0, \"roll\": \"none_keep_time\"}}",
    "{\"workdays\": {\"days\": 1, \"roll\": \"none_keep_time\", \"end\": \"day\"}}",
    "{\"workdays\": {\"days\": 0, \"end\": \"close\"}}",
    "{\"days\": 1}",
    "{\"days\": {\"days\": 0, \"end\": \"day\"}}",
    "{\"cutoff\": {\"before\": \"16:00\", \"today\": \"20:00\", \"later\": \"12:00\"}}",
    "{\"cutoff\": {\"before\": \"02:00\", \"days\": 2, \"pause\": \"business\"}}",
    "{\"cutoff\": {\"before\": \"16:00\", \"next_day\": \"workday\", \"pause\": \"business\"}}",
};

static int due_of(const sla_calendar *calendar, const sla__goal *goal, sla_time from, sla_time *due)
{
    if (goal->kind == SLA__GOAL_WORKDAYS)
        return sla_calendar_add_workdays(calendar, from, &goal->workdays, due);
    if (goal->kind == SLA__GOAL_DAYS)
        return sla_calendar_add_days(calendar, from, goal->days, (sla_day_end)goal->end, due);
    return sla_calendar_cutoff(calendar, from, &goal->cutoff, due);
}

static sla_policies *load_goals(void)
{
    char text[1 << 12];
    sla_policies *set;
    sla_error error;
    size_t used = (size_t)snprintf(text, sizeof text,
                                   "{\"policy\": \"p\", \"version\": \"1\", \"calendar\": \"c\","
                                   " \"targets\": [{\"target\": \"t\", \"goals\": [");

    for (size_t i = 0; i < COUNT_OF(goals); i++)
        used +=
            (size_t)snprintf(text + used, sizeof text - used, "%s%s", i > 0 ? ", " : "", goals[i]);
    used += (size_t)snprintf(text + used, sizeof text - used, "]}]}");
    CHECK_OK(sla_policies_new(NULL, &set));
    CHECK_OK_OR_SAY(sla_policies_add(set, text, used, "reach", &error), &error);
    return set;
}

static void try_starts(const sla_policies *set, const sla_calendar *calendar, prng *random)
{
    sla__reach reach = sla__reach_of(calendar);
    const sla__lint lint = {.set = set, .reaches = &reach};
    const size_t starts = check_count(400, 40000);

    for (size_t i = 0; i < set->goal_count * starts; i++) {
        const sla__goal *goal = &set->goals[i % set->goal_count];
        const sla_duration longest = sla__goal_longest(&lint, &set->targets[0], goal);
        const sla_time from = now + prng_between(random, 0, 700 * 24 * 60) * SLA_MINUTE;
        sla_duration took = 0;
        sla_time due;

        CHECK_OK(due_of(calendar, goal, from, &due));
        took = due > from ? due - from : 0;
        if (goal->measure == SLA__BUSINESS)
            CHECK_OK(sla_calendar_between(calendar, from, due, &took));
        if (took > longest)
            CHECK_FAIL("%s from %lld takes %lld, more than %lld", goals[i % set->goal_count],
                       (long long)from, (long long)took, (long long)longest);
    }
}

TEST(no_goal_takes_longer_than_the_lint_says)
{
    sla_policies *set = load_goals();
    prng random = check_prng();

    for (size_t i = 0; i < COUNT_OF(weeks); i++) {
        char text[400];
        sla_calendar *calendar;
        sla_error error;

        snprintf(text, sizeof text,
                 "{\"kind\": \"calendar\", \"name\": \"c\", \"version\": \"1\", %s}", weeks[i]);
        CHECK_OK_OR_SAY(sla_calendar_parse(text, strlen(text), "c", NULL, &calendar, &error),
                        &error);
        try_starts(set, calendar, &random);
        sla_calendar_unref(calendar);
    }
    sla_policies_unref(set);
}
