/*
 * service.c - the lives of faults and of service requests.
 */
#include "day.h"

#include <string.h>

/* One fault in eight is a major one: two hours to the response, two days to the end. */
void day_fault(day_book *day, unsigned turn, sla_time at)
{
    day_random *random = &day->random;
    day_ticket ticket = day_ticket_named(day, 'F', turn + 1);
    const bool major = turn % 8 == 2;
    const char *desk = day_desk(random);
    const sla_duration at_once = (major ? 15 : 30) * SLA_MINUTE;
    const sla_time confirmed = at + day_pace(random, at_once, 94);
    const sla_time responded =
        confirmed + day_pace(random, major ? 90 * SLA_MINUTE : 22 * SLA_HOUR, 94);
    const sla_time resolved =
        responded + day_pace(random, major ? 44 * SLA_HOUR : 60 * SLA_HOUR, 90);
    day_fact *fact = day_happened(&ticket, "opened", at);

    day_say(fact, "by", desk);
    day_set(fact, "kind", "fault");
    day_set(fact, "severity", major ? "major" : "normal");
    if (major && day_outage(day, at))
        day_set_flag(fact, "wide", true);
    day_set_origin(fact, random);
    day_say(day_happened(&ticket, "contacted", confirmed), "by", desk);
    if (confirmed > at + at_once)
        day_supervised(&ticket, at + at_once);
    day_say(day_happened(&ticket, "responded", responded), "by", desk);
    if (turn % 5 == 4) {
        fact = day_happened(&ticket, "handed_over", responded + 40 * SLA_MINUTE);
        day_set(fact, "desk", "night_desk");
    }
    if (resolved > at + (major ? 48 : 72) * SLA_HOUR)
        day_escalated(&ticket, at + (major ? 48 : 72) * SLA_HOUR);
    day_resolved(&ticket, resolved, "network");
    day_say(day_happened(&ticket, "informed", resolved + day_pace(random, 24 * SLA_HOUR, 97)), "by",
            desk);
}

/* A complex request may have twice the time, if somebody approves it before it is due. */
static void extend(day_ticket *ticket, sla_time opened)
{
    day_random *random = &ticket->day->random;
    day_fact *fact =
        day_happened(ticket, "extended", opened + day_span(random, 3 * SLA_HOUR, 20 * SLA_HOUR));

    day_say(fact, "by", "desk_01");
    day_say(fact, "approver", "team_lead");
    day_say(fact, "reason", "complex_request");
    day_say_clock(fact, "service", "response");
    day_say_span(fact, "for", 24 * SLA_HOUR);
}

static void settle(day_ticket *ticket, sla_time at, const char *desk)
{
    day_resolved(ticket, at, desk);
    day_say(day_happened(ticket, "informed", at + 10 * SLA_MINUTE), "by", desk);
}

/* The bill is verified, the dispute handled and explained. */
static void dispute(day_ticket *ticket, sla_time at, const char *desk)
{
    day_random *random = &ticket->day->random;
    const sla_time verified = at + day_pace(random, 24 * SLA_HOUR, 94);
    const sla_time resolved = verified + day_pace(random, 40 * SLA_HOUR, 95);

    day_say(day_happened(ticket, "verified", verified), "by", "billing");
    settle(ticket, resolved, "billing");
    day_say(day_happened(ticket, "explained", resolved + day_pace(random, 24 * SLA_HOUR, 96)), "by",
            desk);
}

void day_request(day_book *day, unsigned turn, sla_time at)
{
    static const day_choice kinds[] = {{"consultation", 48}, {"business", 36}, {"billing", 16}};
    day_random *random = &day->random;
    day_ticket ticket = day_ticket_named(day, 'R', turn + 1);
    const bool complex = turn % 9 == 3;
    const char *kind = complex ? "business" : DAY_PICK(random, kinds);
    const char *desk = day_desk(random);
    sla_duration pace = day_pace(random, (complex ? 46 : 23) * SLA_HOUR, 96);
    day_fact *fact = day_happened(&ticket, "opened", at);

    if (complex && pace < 24 * SLA_HOUR)
        pace += 20 * SLA_HOUR;
    day_say(fact, "by", desk);
    day_set(fact, "kind", kind);
    day_set_flag(fact, "complex", complex);
    day_set_origin(fact, random);
    if (complex)
        extend(&ticket, at);
    day_say(day_happened(&ticket, "responded", at + pace), "by", desk);
    if (strcmp(kind, "billing") == 0)
        dispute(&ticket, at + pace, desk);
    else
        settle(&ticket, at + pace + day_pace(random, 24 * SLA_HOUR, 95), desk);
}
