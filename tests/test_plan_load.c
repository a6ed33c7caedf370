/* Goal: commits and rows of a plan are those that its facts and events make.
 * Method: a few instants, and what a service would write for them, by hand. */
#include "check.h"

#include "plan_load.h"

static const sla_string one = {"P1", 2}, other = {"P12", 3};

static void fact(plan_load *load, sla_time at, sla_string ticket)
{
    plan_load_add(load, at, 0, ticket, false);
}

static void event(plan_load *load, sla_time at, sla_string ticket)
{
    plan_load_add(load, at, 0, ticket, true);
}

static void check_counts(const char *why, plan_load *load, uint64_t commits, uint64_t rows)
{
    plan_load_end(load);
    CHECK_EQ(why, commits, load->commits.all);
    CHECK_EQ(why, rows, load->rows.all);
    CHECK_EQ(why, rows, load->rows.hours[0]);
    *load = (plan_load){0};
}

TEST(a_fact_is_a_commit)
{
    plan_load load = {0};

    fact(&load, SLA_SECOND, one);
    check_counts("the fact, its ticket, the service", &load, 1, 3);
    fact(&load, SLA_SECOND, one);
    fact(&load, SLA_SECOND, other);
    check_counts("two of one instant come one after another", &load, 2, 6);
}

TEST(what_is_told_is_acknowledged)
{
    plan_load load = {0};

    fact(&load, SLA_SECOND, one);
    event(&load, SLA_SECOND, one);
    check_counts("with the fact; and a commit of its own for the consumer", &load, 2, 6);
    event(&load, SLA_SECOND, one);
    fact(&load, SLA_SECOND + SLA_SECOND / 20, other);
    check_counts("that rides along with what comes soon", &load, 2, 7);
    event(&load, SLA_SECOND, one);
    fact(&load, 2 * SLA_SECOND, other);
    check_counts("and waits for nothing that comes late", &load, 3, 8);
}

TEST(a_herd_is_one_commit)
{
    plan_load load = {0};

    for (int i = 0; i < 3; i++) {
        event(&load, SLA_SECOND, one);
        event(&load, SLA_SECOND, one);
        event(&load, SLA_SECOND, other);
    }
    CHECK_EQ("six changes of the ticket", 6, load.ticket_rows);
    CHECK_EQ("in one second", 1, load.commits.second.most);
    check_counts("events, tickets, the service; the consumer, the service", &load, 2, 18);
}
