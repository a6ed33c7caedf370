/* plan_made.h - profiles for tests of sla plan, from text. */
#ifndef SLA_TESTS_PLAN_MADE_H
#define SLA_TESTS_PLAN_MADE_H

#include <string.h>

#include "check.h"
#include "plan_roster.h"

/* The weeks that these profiles are planned for begin at 2026-03-02T00:00:00Z, a Monday. */
#define PLAN_MONDAY INT64_C(1772409600000000)
#define PLAN_WEEK (7 * SLA_DAY)
#define PLAN_WEEKS 26

static inline void plan_made(plan_profile *profile, const char *text)
{
    sla_error error = {0};

    CHECK_OK_OR_SAY(plan_profile_parse(profile, NULL, text, strlen(text), "profile", &error),
                    &error);
    CHECK_EQ("rosters", 0,
             plan_roster_fill(profile, PLAN_MONDAY, PLAN_MONDAY + PLAN_WEEKS * PLAN_WEEK));
}

/* Handlers at the first desk. */
static inline int32_t plan_made_handlers(const plan_profile *profile, sla_time at)
{
    const plan_desk *desk = &profile->desks[0];
    int32_t there = 0;

    for (size_t i = 0; i < desk->roster_count && desk->roster[i].at <= at; i++)
        there = desk->roster[i].handlers;
    return there;
}

#endif
