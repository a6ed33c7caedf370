/*
 * incident.c - one incident that grows while it runs, and a small one.
 */
#include "day.h"

static sla_time outage_begins(const day_book *day)
{
    return day->midnight + 14 * SLA_HOUR + 10 * SLA_MINUTE;
}

bool day_outage(const day_book *day, sla_time at)
{
    return at >= outage_begins(day) && at < outage_begins(day) + 90 * SLA_MINUTE;
}

static void minutes_later(day_ticket *ticket, const char *name, sla_time opened, int minutes,
                          const char *by)
{
    day_say(day_happened(ticket, name, opened + minutes * SLA_MINUTE), "by", by);
}

static day_fact *open_incident(day_ticket *ticket, sla_time at, int level, const char *region)
{
    day_fact *fact = day_happened(ticket, "opened", at);

    day_say(fact, "by", "monitoring");
    day_set(fact, "kind", "incident");
    day_set_number(fact, "level", level);
    day_set(fact, "region", region);
    return fact;
}

/* In the afternoon a backbone link fails: first thought large (II), found major (I),
 * and it lasts longer than a major one may. */
static void backbone(day_book *day)
{
    day_ticket ticket = day_ticket_named(day, 'I', 1);
    const sla_time at = outage_begins(day);
    day_fact *fact = open_incident(&ticket, at, 2, "north");

    day_set_flag(fact, "platform_failure", true);
    day_set_flag(fact, "touches_customers", true);
    minutes_later(&ticket, "reported", at, 4, "network");
    minutes_later(&ticket, "reported_to_group", at, 12, "command_centre");
    minutes_later(&ticket, "team_at_work", at, 19, "network");
    minutes_later(&ticket, "passed_to_provinces", at, 31, "group");
    fact = day_happened(&ticket, "attributes", at + 35 * SLA_MINUTE);
    day_say(fact, "by", "command_centre");
    day_set_number(fact, "level", 1);
    minutes_later(&ticket, "customers_informed", at, 50, "command_centre");
    minutes_later(&ticket, "customers_informed", at, 125, "command_centre");
    minutes_later(&ticket, "customers_informed", at, 180, "command_centre");
    minutes_later(&ticket, "recovered", at, 252, "network");
    minutes_later(&ticket, "affected_visited", at, 6 * 24 * 60, "complaint_management");
    minutes_later(&ticket, "evaluated", at, 7 * 24 * 60, "command_centre");
    minutes_later(&ticket, "closed", at, 8 * 24 * 60, "command_centre");
}

static void small(day_book *day)
{
    day_ticket ticket = day_ticket_named(day, 'I', 2);
    const sla_time at = day->midnight + 9 * SLA_HOUR + 26 * SLA_MINUTE;

    open_incident(&ticket, at, 4, "west");
    minutes_later(&ticket, "reported", at, 22, "network");
    minutes_later(&ticket, "team_at_work", at, 75, "network");
    minutes_later(&ticket, "customers_informed", at, 100, "network");
    minutes_later(&ticket, "recovered", at, 130, "network");
}

void day_incidents(day_book *day)
{
    backbone(day);
    small(day);
}
