/* Goal: a profile says what it says, and what is wrong with one is said with its place.
 * Method: one good text; rows that each break it in one place. */
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla/time.h>

#include "plan_made.h"

static const char good[] =
    "{\"profile\": \"desk\", \"zone\": \"Asia/Shanghai\",\n"
    " \"arrivals\": {\"per_week\": 480, \"hours\": {\n"
    "  \"mon-fri\": [0,0,0,0,0,0,0,0,1,2,2,1,1,2,2,2,1,1,0,0,0,0,0,0]}},\n"
    " \"desks\": [{\"desk\": \"front\", \"order\": \"rank\", \"shifts\": [\n"
    "  {\"days\": \"mon-fri\", \"hours\": \"08:00-18:00\", \"handlers\": 4},\n"
    "  {\"hours\": \"22:00-06:00\", \"handlers\": 1}]}],\n"
    " \"kinds\": [{\"kind\": \"fault\", \"weight\": 3, \"rank\": 1, \"attributes\": {\"grade\": "
    "1},\n"
    "  \"life\": [{\"desk\": \"front\", \"rank\": 5, \"work\": {\"exponential\": \"PT20M\"}, "
    "\"begins\": \"seen\"},\n"
    "   {\"wait\": {\"lognormal\": {\"median\": \"PT1H\", \"p90\": \"PT4H\"}}, \"ends\": "
    "\"resolved\"}]},\n"
    "  {\"kind\": \"other\", \"life\": [{\"wait\": {\"empirical\": [\"PT1M\", \"PT3M\"]}}]}]}\n";

TEST(what_a_profile_says)
{
    plan_profile profile;
    sla_error error = {0};
    sla_time monday;
    const char *at = "2026-03-02T08:30:00+08:00";

    CHECK_OK_OR_SAY(plan_profile_parse(&profile, NULL, good, strlen(good), "good", &error), &error);
    CHECK_OK(sla_time_parse(at, strlen(at), &monday));
    CHECK_EQ("the wall clock of the zone", 8 * 60 + 30, plan_profile_minute(&profile, monday));
    CHECK_EQ("Sunday 23:59", PLAN_HOURS * 60 - 1,
             plan_profile_minute(&profile, monday - 8 * SLA_HOUR - 31 * SLA_MINUTE));
    CHECK_TRUE("the figures are scaled to the week", fabs(profile.rate[9] - 12.8) < 1e-9);
    CHECK_TRUE("no hours, no tickets", profile.rate[5 * 24 + 9] == 0);
    CHECK_EQ("rosters", 0, plan_roster_fill(&profile, monday, monday + 7 * SLA_DAY));
    CHECK_EQ("a desk at 08:30", 4, plan_made_handlers(&profile, monday));
    CHECK_EQ("... by night", 1, plan_made_handlers(&profile, monday + 15 * SLA_HOUR));
    CHECK_EQ("... after Sunday's night", 1,
             plan_made_handlers(&profile, monday + 7 * SLA_DAY - 3 * SLA_HOUR));
    CHECK_EQ("... in between", 0, plan_made_handlers(&profile, monday + 12 * SLA_HOUR));
    CHECK_EQ("at most", 4, profile.desks[0].most);
    CHECK_EQ("twice as many by night", 2, plan_desk_handlers(profile.desks, 1, 8));
    CHECK_EQ("half of one is one", 1, plan_desk_handlers(profile.desks, 1, 2));
    CHECK_EQ("a rank of its own at a desk", 5, profile.kinds[0].stages[0].rank);
    CHECK_EQ("else the kind's", 1, profile.kinds[0].stages[1].rank);
    CHECK_TRUE("360 times a third of an hour in 168 hours",
               fabs(plan_profile_load(&profile, 0) - 120.0 / 168) < 1e-9);
    CHECK_TRUE("the mean of what was seen",
               plan_spread_mean(&profile.kinds[1].stages[0].takes) == 2.0 * SLA_MINUTE);
    plan_profile_fini(&profile);
}

static const struct row {
    const char *why, *instead_of, *write, *pointer;
    int line;
    const char *said;
} rows[] = {
    {"a word too many", "\"zone\"", "\"zones\"", "/zones", 1, "mean \"zone\""},
    {"no such zone", "Asia/Shanghai", "Asia/Nowhere", "/zone", 1, "Asia/Nowhere"},
    {"hours that are too few", "[0,0,", "[0,", "/arrivals/hours/mon-fri", 3, "24 numbers"},
    {"less than nothing", "[0,0,", "[0,-1,", "/arrivals/hours/mon-fri/1", 3, "0"},
    {"days that go back", "mon-fri\": [0", "fri-mon\": [0", "/arrivals/hours/fri-mon", 3,
     "mon-fri"},
    {"nobody comes", "1,2,2,1,1,2,2,2,1,1", "0,0,0,0,0,0,0,0,0,0", "/arrivals/hours", 2,
     "no ticket"},
    {"an order that nobody knows", "\"order\": \"rank\"", "\"order\": \"lifo\"", "/desks/0/order",
     4, "fifo"},
    {"hours of a shift", "08:00-18:00", "08:00", "/desks/0/shifts/0/hours", 5, "09:00-18:00"},
    {"all day in another way", "08:00-18:00", "08:00-08:00", "/desks/0/shifts/0/hours", 5,
     "all day: no \"hours\""},
    {"two kinds of one name", "{\"kind\": \"other\"", "{\"kind\": \"fault\"", "/kinds/1/kind", 10,
     "of this name already"},
    {"too many", "\"handlers\": 4", "\"handlers\": 100001", "/desks/0/shifts/0/handlers", 5,
     "100000"},
    {"no such desk", "[{\"desk\": \"front\", \"rank\"", "[{\"desk\": \"back\", \"rank\"",
     "/kinds/0/life/0/desk", 8, "no desk \"back\""},
    {"work without a span", "{\"exponential\": \"PT20M\"}", "{}", "/kinds/0/life/0/work", 8,
     "PT20M"},
    {"a wait and a desk", "{\"wait\": {\"log", "{\"desk\": \"front\", \"wait\": {\"log",
     "/kinds/0/life/1", 9, "alone"},
    {"nine of ten below the median", "PT4H", "PT4M", "/kinds/0/life/1/wait/lognormal/p90", 9,
     "PT1H"},
    {"opened twice", "\"seen\"", "\"opened\"", "/kinds/0/life/0/begins", 8, "another fact"},
    {"nothing seen", "[\"PT1M\", \"PT3M\"]", "[]", "/kinds/1/life/0/wait/empirical", 10,
     "one span"},
    {"a fraction", "\"weight\": 3", "\"weight\": 3.5", "/kinds/0/weight", 7, ""},
    {"a rank where nobody works", "{\"wait\": {\"log", "{\"rank\": 1, \"wait\": {\"log",
     "/kinds/0/life/1/rank", 9, "\"desk\", too"},
    {"a calendar that nobody gave", "\"hours\": \"08:00-18:00\"", "\"calendar\": \"work\"",
     "/desks/0/shifts/0/calendar", 5, "given with -c"},
    {"an attribute that is none", "{\"grade\": 1}", "{\"grade\": [1]}", "/kinds/0/attributes/grade",
     7, "whole number"},
};

TEST(what_is_wrong_with_a_profile)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        const char *found = strstr(good, row->instead_of);
        char text[sizeof good + 256];
        plan_profile profile;
        sla_error error = {0};

        CHECK_TRUE(row->why, found != NULL);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(found - good), good, row->write,
                 found + strlen(row->instead_of));
        CHECK_TRUE(row->why,
                   plan_profile_parse(&profile, NULL, text, strlen(text), "bad", &error) != SLA_OK);
        CHECK_STR(row->why, row->pointer, error.pointer);
        CHECK_EQ(row->why, row->line, error.line);
        CHECK_TRUE(error.text, strstr(error.text, row->said) != NULL);
    }
}
