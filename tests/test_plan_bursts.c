/* Goal: how late events are when there is much to do at once.
 * Method: a few instants, each fact and event a second long, and what that makes by hand. */
#include "check.h"

#include "plan_bursts.h"

TEST(nothing_is_late_where_nothing_is_told)
{
    plan_bursts bursts = {0};
    plan_lateness late = plan_bursts_late(&bursts, 1);

    CHECK_EQ("none", 0, late.count);
    plan_bursts_add(&bursts, 0, 5, 0);
    late = plan_bursts_late(&bursts, 1);
    CHECK_EQ("facts tell nothing", 0, late.count);
    plan_bursts_fini(&bursts);
}

TEST(a_herd_is_told_one_after_another)
{
    plan_bursts bursts = {0};
    plan_lateness late;

    plan_bursts_add(&bursts, 10 * SLA_SECOND, 0, 3); /* 1, 2, 3 */
    plan_bursts_add(&bursts, 10 * SLA_SECOND, 1, 1); /* the fact first: 2, 3, 4, 5 */
    plan_bursts_add(&bursts, 12 * SLA_SECOND, 0, 1); /* behind those: 4 */
    plan_bursts_add(&bursts, 16 * SLA_SECOND, 0, 1); /* they are gone: 1 */
    late = plan_bursts_late(&bursts, 1);
    CHECK_EQ("events", 6, late.count);
    CHECK_TRUE("1 2 3 4 4 5: the fourth", late.half == 4);
    CHECK_TRUE("all within five", late.all == 5 && late.most == 5);
    late = plan_bursts_late(&bursts, 0.5);
    CHECK_TRUE("half as long, and nobody waits for the herd", late.all == 2.5 && late.half == 1.5);
    plan_bursts_fini(&bursts);
}
