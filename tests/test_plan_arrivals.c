/* Goal: the tickets that are made up come as their profile says.
 * Method: many weeks under a seed, counted by the hour of the week and by kind; the sums of
 * squares lie where those of such counts lie (four deviations). */
#include <math.h>

#include "plan_arrivals.h"
#include "plan_made.h"

static const char profile_text[] =
    "{\"profile\":\"week\",\"zone\":\"Europe/Berlin\",\"arrivals\":{\"hours\":{"
    "\"mon-fri\":[3,2,1,1,1,2,5,9,20,34,40,38,30,28,33,31,27,20,14,11,9,7,5,4],"
    "\"sat\":[2,2,1,1,1,1,2,4,8,12,13,12,9,8,7,6,6,5,4,4,3,3,2,2],"
    "\"sun\":[0,0,0,0,0,0,0,2,4,5,6,5,4,4,4,4,4,4,3,3,2,0,0,0]}},"
    "\"desks\":[{\"desk\":\"one\",\"shifts\":[{\"handlers\":1}]}],"
    "\"kinds\":[{\"kind\":\"often\",\"weight\":7,\"life\":[{\"wait\":\"PT1M\"}]},"
    "{\"kind\":\"seldom\",\"weight\":2,\"life\":[{\"wait\":\"PT1M\"}]},"
    "{\"kind\":\"rare\",\"life\":[{\"wait\":\"PT1M\"}]}]}";

/* Counts as far from what is expected as such counts are. */
static void check_counts(const char *why, const double *counts, const double *expected, size_t size)
{
    double sum = 0;
    size_t cells = 0;

    for (size_t i = 0; i < size; i++) {
        if (expected[i] == 0)
            CHECK_TRUE("never when none comes", counts[i] == 0);
        if (expected[i] == 0)
            continue;
        sum += (counts[i] - expected[i]) * (counts[i] - expected[i]) / expected[i];
        cells++;
    }
    if (fabs(sum - (double)cells) > 4 * sqrt(2 * (double)cells))
        CHECK_FAIL("%s: %.1f for %zu cells", why, sum, cells);
}

/* 40 weeks, and the clocks change twice in 52; those hours have other lengths and are left out. */
TEST(arrivals_match_their_profile)
{
    const int weeks = 40;
    double hours[PLAN_HOURS] = {0}, hours_expected[PLAN_HOURS];
    double kinds[3] = {0}, all = 0;
    plan_profile profile;
    plan_arrivals arrivals;
    size_t kind;
    sla_time at;

    plan_made(&profile, profile_text);
    plan_arrivals_init(&arrivals, &profile, PLAN_MONDAY, check_seed());
    while ((at = plan_arrivals_next(&arrivals, &kind)) < PLAN_MONDAY + weeks * PLAN_WEEK) {
        hours[plan_profile_minute(&profile, at) / 60]++;
        kinds[kind]++;
        all++;
    }
    for (int i = 0; i < PLAN_HOURS; i++)
        hours_expected[i] = weeks * profile.rate[i];
    check_counts("hours", hours, hours_expected, PLAN_HOURS);
    check_counts("kinds", kinds, (double[]){all * 0.7, all * 0.2, all * 0.1}, 3);
    plan_profile_fini(&profile);
}

/* Counts of a Poisson process: the gaps are those of one, nine of ten within what -log says. */
TEST(gaps_are_exponential)
{
    enum { GAPS = 20000, CELLS = 20 };
    double counts[CELLS] = {0}, expected[CELLS];
    plan_profile profile;
    plan_arrivals arrivals;
    sla_time before = PLAN_MONDAY;
    size_t kind;

    plan_made(&profile, "{\"profile\":\"even\",\"arrivals\":{\"hours\":{\"mon-sun\":"
                        "[60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60]"
                        "}},\"desks\":[{\"desk\":\"one\",\"shifts\":[{\"handlers\":1}]}],"
                        "\"kinds\":[{\"kind\":\"k\",\"life\":[{\"wait\":\"PT1M\"}]}]}");
    plan_arrivals_init(&arrivals, &profile, before, check_seed());
    for (int i = 0; i < GAPS; i++) {
        const sla_time at = plan_arrivals_next(&arrivals, &kind);
        const double share = 1 - exp(-(double)(at - before) / (double)SLA_MINUTE);

        counts[(size_t)(share * CELLS)]++;
        before = at;
    }
    for (int i = 0; i < CELLS; i++)
        expected[i] = (double)GAPS / CELLS;
    check_counts("gaps", counts, expected, CELLS);
    plan_profile_fini(&profile);
}

TEST(a_seed_is_a_sequence)
{
    plan_profile profile;
    plan_arrivals one, other, third;
    size_t kind, other_kind, different = 0;

    plan_made(&profile, profile_text);
    plan_arrivals_init(&one, &profile, PLAN_MONDAY, check_seed());
    plan_arrivals_init(&other, &profile, PLAN_MONDAY, check_seed());
    plan_arrivals_init(&third, &profile, PLAN_MONDAY, check_seed() + 1);
    for (int i = 0; i < 1000; i++) {
        const sla_time at = plan_arrivals_next(&one, &kind);

        CHECK_EQ("the same instant", at, plan_arrivals_next(&other, &other_kind));
        CHECK_EQ("the same kind", kind, other_kind);
        different += at != plan_arrivals_next(&third, &other_kind);
    }
    CHECK_TRUE("another seed, another sequence", different > 990);
    plan_profile_fini(&profile);
}

/* Mean and share of the spans that are drawn. */
TEST(spans_are_spread_as_they_say)
{
    enum { DRAWN = 100000 };
    plan_spread exponential = {.kind = PLAN_EXPONENTIAL, .span = SLA_HOUR};
    plan_spread lognormal = {.kind = PLAN_LOGNORMAL, .span = SLA_HOUR, .sigma = 0.8};
    plan_random random = plan_random_for(check_seed(), 1);
    plan_spread wide = {.kind = PLAN_LOGNORMAL, .span = SLA_HOUR, .sigma = 8}; /* to ten years */
    double mean = 0, log_mean = 0, wide_mean = 0, below = 0;

    for (int i = 0; i < DRAWN; i++) {
        const double drawn = (double)plan_spread_draw(&lognormal, &random);

        mean += (double)plan_spread_draw(&exponential, &random) / DRAWN;
        log_mean += drawn / DRAWN;
        wide_mean += (double)plan_spread_draw(&wide, &random) / DRAWN;
        below += drawn < (double)SLA_HOUR;
    }
    CHECK_TRUE("mean of an exponential one", fabs(mean / SLA_HOUR - 1) < 0.02);
    CHECK_TRUE("mean of a lognormal one", fabs(log_mean / plan_spread_mean(&lognormal) - 1) < 0.02);
    CHECK_TRUE("mean of a wide one", fabs(wide_mean / plan_spread_mean(&wide) - 1) < 0.05);
    CHECK_TRUE("half of them below the median", fabs(below / DRAWN - 0.5) < 0.01);
}
