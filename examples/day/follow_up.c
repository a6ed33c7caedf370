/*
 * follow_up.c - what people do after they were told: they answer supervision
 * orders and take over what was escalated to them.  Mostly in time.
 */
#include "day.h"

void day_supervised(day_ticket *ticket, sla_time ordered_at)
{
    day_random *random = &ticket->day->random;

    day_say(day_happened(ticket, "supervision_answered",
                         ordered_at + day_pace(random, 4 * SLA_HOUR, 88)),
            "by", "desk_lead");
}

void day_escalated(day_ticket *ticket, sla_time escalated_at)
{
    day_random *random = &ticket->day->random;
    const sla_time reassessed = escalated_at + day_pace(random, 2 * SLA_HOUR, 90);
    const sla_time owner = escalated_at + day_pace(random, 2 * SLA_HOUR, 90);
    day_fact *fact = day_happened(ticket, "reassessed", reassessed);

    ticket->escalated = true;
    day_say(fact, "by", "escalation_team");
    fact = day_happened(ticket, "owner_named", owner);
    day_say(fact, "by", "escalation_team");
    fact = day_happened(ticket, "progress_told", owner + day_span(random, SLA_HOUR, 20 * SLA_HOUR));
    day_say(fact, "by", "escalation_team");
}

void day_resolved(day_ticket *ticket, sla_time at, const char *by)
{
    day_random *random = &ticket->day->random;

    day_say(day_happened(ticket, "resolved", at), "by", by);
    if (ticket->escalated)
        day_say(
            day_happened(ticket, "satisfaction_asked", at + day_pace(random, 48 * SLA_HOUR, 80)),
            "by", "escalation_team");
}
