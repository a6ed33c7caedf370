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

/* In the afternoon a backbone link fails: first thought large (II), found major (I). */
static void backbone(day_book *day)
{
    day_ticket ticket = day_ticket_named(day, 'I', 1);
    const sla_time at = outage_begins(day);
    day_fact *fact = day_happened(&ticket, "opened", at);

    day_say(fact, "by", "monitoring");
    day_set(fact, "kind", "incident");
    day_set_number(fact, "level", 2);
    day_set(fact, "region", "north");
    day_say(day_happened(&ticket, "reported", at + 4 * SLA_MINUTE), "by", "network");
    fact = day_happened(&ticket, "attributes", at + 35 * SLA_MINUTE);
    day_say(fact, "by", "command_centre");
    day_set_number(fact, "level", 1);
    day_say(day_happened(&ticket, "recovered", at + 252 * SLA_MINUTE), "by", "network");
    day_say(day_happened(&ticket, "evaluated", at + 3 * SLA_DAY), "by", "command_centre");
}

static void small(day_book *day)
{
    day_ticket ticket = day_ticket_named(day, 'I', 2);
    const sla_time at = day->midnight + 9 * SLA_HOUR + 26 * SLA_MINUTE;
    day_fact *fact = day_happened(&ticket, "opened", at);

    day_say(fact, "by", "monitoring");
    day_set(fact, "kind", "incident");
    day_set_number(fact, "level", 4);
    day_set(fact, "region", "west");
    day_say(day_happened(&ticket, "reported", at + 22 * SLA_MINUTE), "by", "network");
    day_say(day_happened(&ticket, "recovered", at + 130 * SLA_MINUTE), "by", "network");
}

void day_incidents(day_book *day)
{
    backbone(day);
    small(day);
}
