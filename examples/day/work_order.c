/*
 * work_order.c - a province sends work to the central specialist desk, which
 * accepts it, returns it, or says nothing and is deemed to have accepted.
 */
#include "day.h"

typedef enum reply_kind { ACCEPTED, SILENT, RETURNED, RETURNED_TOO_LATE, REPLIES } reply_kind;

static reply_kind reply_of(day_random *random, unsigned turn)
{
    const int64_t draw = day_between(random, 0, 99);

    if (turn < 2 * REPLIES && turn % 2 == 1)
        return (reply_kind)(turn / 2);
    return draw < 88 ? ACCEPTED : draw < 92 ? SILENT : draw < 98 ? RETURNED : RETURNED_TOO_LATE;
}

static void give_back(day_ticket *ticket, sla_time at)
{
    static const day_choice reasons[] = {
        {"not_our_field", 5}, {"content_missing", 4}, {"wrong_desk", 2}, {"duplicate", 1}};
    day_fact *fact = day_happened(ticket, "returned", at);

    day_say(fact, "by", "central_desk");
    day_say(fact, "reason", DAY_PICK(&ticket->day->random, reasons));
}

/* What the desk says first, if anything. */
static void reply_first(day_ticket *ticket, reply_kind reply, sla_time sent)
{
    day_random *random = &ticket->day->random;

    if (reply == ACCEPTED)
        day_say(day_happened(ticket, "accepted", sent + day_pace(random, 115 * SLA_MINUTE, 99)),
                "by", "central_desk");
    else if (reply == RETURNED)
        give_back(ticket, sent + day_span(random, 20 * SLA_MINUTE, 115 * SLA_MINUTE));
    else if (reply == RETURNED_TOO_LATE)
        give_back(ticket, sent + day_span(random, 125 * SLA_MINUTE, 5 * SLA_HOUR));
    if (reply == SILENT || reply == RETURNED_TOO_LATE)
        day_supervised(ticket, sent + 2 * SLA_HOUR);
}

void day_work_order(day_book *day, unsigned turn, sla_time at)
{
    static const day_choice matters[] = {
        {"network", 4}, {"tariff", 3}, {"fault", 3}, {"device", 1}, {"other", 1}};
    static const day_choice regions[] = {{"north", 3}, {"east", 3}, {"south", 2}, {"west", 2}};
    day_random *random = &day->random;
    day_ticket ticket = day_ticket_named(day, 'W', turn + 1);
    const reply_kind reply = reply_of(random, turn);
    const sla_time sent = at + day_span(random, 5 * SLA_MINUTE, 50 * SLA_MINUTE);
    const sla_time solved = sent + 2 * SLA_HOUR + day_pace(random, 22 * SLA_HOUR, 94);
    const sla_time resolved = solved + day_pace(random, 14 * SLA_HOUR, 95);
    day_fact *fact = day_happened(&ticket, "opened", at);

    day_say(fact, "by", "province");
    day_set(fact, "kind", "work_order");
    day_set(fact, "matter", DAY_PICK(random, matters));
    day_set(fact, "region", DAY_PICK(random, regions));
    day_say(day_happened(&ticket, "sent", sent), "by", "province");
    reply_first(&ticket, reply, sent);
    if (reply != RETURNED)
        day_say(day_happened(&ticket, "solved", solved), "by", "central_desk");
    day_resolved(&ticket, resolved, "province");
    day_say(day_happened(&ticket, "informed", resolved + 30 * SLA_MINUTE), "by", "province");
}
