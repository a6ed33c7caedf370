/* Goal: who is at a desk when, across holidays, make-up days and clocks that are set.
 * Method: rows of instants and how many are there then. */
#include "plan_made.h"

#include <sla/time.h>

#include "cli.h"

static const char calendar[] =
    "{\"kind\":\"calendar\",\"name\":\"work\",\"version\":\"1\",\"zone\":\"Europe/Berlin\","
    "\"known_until\":\"2026-12-31\",\"week\":{\"mon-fri\":[\"08:00-12:00\",\"13:00-18:00\"]},"
    "\"holidays\":[{\"date\":\"2026-03-04\"}],\"makeup\":[{\"date\":\"2026-03-07\",\"as\":\"mon\"}]"
    "}";

static const char text[] =
    "{\"profile\":\"p\",\"zone\":\"Europe/Berlin\",\"arrivals\":{\"hours\":{\"mon\":"
    "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}},\"desks\":[{\"desk\":\"d\",\"shifts\":["
    "{\"calendar\":\"work\",\"handlers\":4},"
    "{\"calendar\":\"work\",\"days\":\"mon-fri\",\"hours\":\"11:00-14:00\",\"handlers\":2},"
    "{\"days\":\"sat-sun\",\"hours\":\"22:00-06:00\",\"handlers\":1}]}],"
    "\"kinds\":[{\"kind\":\"k\",\"life\":[{\"wait\":\"PT1M\"}]}]}";

static const struct row {
    const char *why, *at;
    int32_t there;
} rows[] = {
    {"the first instant, in a night that began before it", "2026-03-02T00:00:00+01:00", 1},
    {"the end of that night", "2026-03-02T06:00:00+01:00", 0},
    {"the calendar opens", "2026-03-02T08:00:00+01:00", 4},
    {"two shifts add up", "2026-03-02T11:00:00+01:00", 6},
    {"both have the calendar's break", "2026-03-02T12:30:00+01:00", 0},
    {"after it", "2026-03-02T13:59:59+01:00", 6},
    {"one is over", "2026-03-02T14:00:00+01:00", 4},
    {"a holiday", "2026-03-04T11:30:00+01:00", 0},
    {"a make-up Saturday", "2026-03-07T09:00:00+01:00", 4},
    {"... on which a shift of Mondays to Fridays stays away", "2026-03-07T11:30:00+01:00", 4},
    {"the night after it", "2026-03-07T23:00:00+01:00", 1},
    {"a night in which clocks go on: it is shorter", "2026-03-29T05:59:59+02:00", 1},
    {"... and over", "2026-03-29T06:00:00+02:00", 0},
    {"work in summer time", "2026-03-30T08:00:00+02:00", 4},
};

TEST(who_is_there_when)
{
    sla_error error = {0};
    sla_calendar *work;
    plan_profile profile;
    world w = {0};

    CHECK_OK_OR_SAY(sla_calendar_parse(calendar, strlen(calendar), "work", NULL, &work, &error),
                    &error);
    w.calendars = &work;
    w.calendar_count = 1;
    CHECK_OK_OR_SAY(plan_profile_parse(&profile, &w, text, strlen(text), "profile", &error),
                    &error);
    CHECK_EQ("filled", EXIT_FINE,
             plan_roster_fill(&profile, PLAN_MONDAY - SLA_HOUR, PLAN_MONDAY + 5 * PLAN_WEEK));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        sla_time at;

        CHECK_OK(sla_time_parse(rows[i].at, strlen(rows[i].at), &at));
        CHECK_EQ(rows[i].why, rows[i].there, plan_made_handlers(&profile, at));
    }
    CHECK_EQ("at most", 6, profile.desks[0].most);
    CHECK_EQ("years that the calendar has not", EXIT_USAGE,
             plan_roster_fill(&profile, PLAN_MONDAY + 30 * 365 * SLA_DAY,
                              PLAN_MONDAY + 31 * 365 * SLA_DAY));
    CHECK_EQ("years that nothing has", EXIT_USAGE,
             plan_roster_fill(&profile, PLAN_MONDAY, PLAN_MONDAY + 174 * 365 * SLA_DAY));
    plan_profile_fini(&profile);
    sla_calendar_unref(work);
}

TEST(weeks_that_go_on_are_the_same_again)
{
    const sla_time from = PLAN_MONDAY + PLAN_WEEK, until = from + 2 * PLAN_WEEK;
    plan_profile profile;

    plan_made(&profile,
              "{\"profile\":\"p\",\"arrivals\":{\"hours\":{\"mon\":"
              "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}},\"desks\":[{\"desk\":\"d\","
              "\"shifts\":[{\"days\":\"sat-sun\",\"hours\":\"20:00-08:00\",\"handlers\":3}]}],"
              "\"kinds\":[{\"kind\":\"k\",\"life\":[{\"wait\":\"PT1M\"}]}]}");
    CHECK_EQ("filled", EXIT_FINE, plan_roster_fill(&profile, PLAN_MONDAY, until));
    plan_roster_repeat(&profile, from, until, until + 13 * PLAN_WEEK);
    for (sla_time at = until; at < until + 13 * PLAN_WEEK; at += SLA_HOUR)
        CHECK_EQ("as two weeks before", plan_made_handlers(&profile, at - 2 * PLAN_WEEK),
                 plan_made_handlers(&profile, at));
    CHECK_EQ("a night that had begun", 3, plan_made_handlers(&profile, until + 7 * SLA_HOUR));
    CHECK_EQ("it is over", 0, plan_made_handlers(&profile, until + 8 * SLA_HOUR));
    plan_profile_fini(&profile);
}

TEST(a_desk_that_nobody_is_at)
{
    plan_profile profile;

    plan_made(&profile,
              "{\"profile\":\"p\",\"arrivals\":{\"hours\":{\"mon\":"
              "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}},\"desks\":[{\"desk\":\"d\","
              "\"shifts\":[{\"days\":\"tue\",\"handlers\":1}]}],"
              "\"kinds\":[{\"kind\":\"k\",\"life\":[{\"wait\":\"PT1M\"}]}]}");
    CHECK_EQ("on a Monday", EXIT_USAGE,
             plan_roster_fill(&profile, PLAN_MONDAY, PLAN_MONDAY + SLA_DAY));
    plan_profile_fini(&profile);
}
