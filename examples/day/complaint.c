/*
 * complaint.c - the life of a complaint: received, graded, dispatched, the
 * customer contacted, responded to, a solution proposed and carried out, the
 * result told; and what may come between.
 */
#include "day.h"

#include <string.h>

/* What may come between.  The first complaints of a day meet each of these once. */
typedef enum twist_kind {
    PLAIN,
    GRADED_LATE,      /* triage after its own limit */
    RESPONSE_LATE_ON, /* responded in time, recorded after the limit */
    RAISED_TO_1,      /* a second look finds grade 1 */
    LOWERED,          /* ... or a milder one */
    GRADE_CORRECTED,  /* the desk typed the wrong grade and corrects it */
    END_WITHDRAWN,    /* "resolved" was recorded on the wrong ticket */
    REOPENED,         /* the customer is not content */
    ACKNOWLEDGED,     /* overdue, and the team lead says: I have it */
    WAIVED,           /* overdue by force majeure, left out of the figures */
    HANDED_OVER,      /* to the next shift */
    CUSTOMER_CHASES,  /* asks again and again */
    ESCALATED,        /* rejects the result and asks for the next level */
    LEGAL_RISK,       /* a lawyer's letter */
    JUDGED,           /* somebody escalates by judgement */
    HIGH_FREQUENCY,   /* one of many of its kind: entered in the ledger */
    TWISTS
} twist_kind;

/* Limits of a grade; the last in wall time, roughly, where the policy counts workdays. */
typedef struct limits {
    sla_duration triage, response, proposal, solution;
} limits;

static const limits limits_of[] = {
    {0, 0, 0, 0},
    {1 * SLA_HOUR, 2 * SLA_HOUR, 4 * SLA_HOUR, 24 * SLA_HOUR},
    {2 * SLA_HOUR, 4 * SLA_HOUR, 8 * SLA_HOUR, 48 * SLA_HOUR},
    {4 * SLA_HOUR, 8 * SLA_HOUR, 24 * SLA_HOUR, 11 * SLA_DAY},
};

/* When each thing happens, decided before anything is written. */
typedef struct course {
    sla_time opened, graded, dispatched, contacted, responded, proposed, resolved, informed;
    int grade;
    twist_kind twist;
    const char *desk, *intake;
} course;

static sla_time later(sla_time one, sla_time other)
{
    return one > other ? one : other;
}

static twist_kind twist_of(day_book *day, unsigned turn)
{
    if (turn % 2 == 1 && turn / 2 + 1 < TWISTS)
        return (twist_kind)(turn / 2 + 1);
    if (day_percent(&day->random, 78))
        return PLAIN;
    return (twist_kind)day_between(&day->random, PLAIN + 1, TWISTS - 1);
}

static int grade_of(day_random *random, twist_kind twist)
{
    const int64_t draw = day_between(random, 0, 99);

    switch (twist) {
    case RAISED_TO_1:
    case GRADE_CORRECTED:
        return 3;
    case LOWERED:
    case RESPONSE_LATE_ON:
    case END_WITHDRAWN:
    case ACKNOWLEDGED:
    case WAIVED:
        return 2;
    default:
        return draw < 8 ? 1 : draw < 36 ? 2 : 3;
    }
}

/* Of network complaints the class is stricter than grade 3. */
static sla_duration response_limit(const course *c)
{
    const sla_duration by_grade = limits_of[c->grade].response;

    return strcmp(c->intake, "network") == 0 && by_grade > 3 * SLA_HOUR ? 3 * SLA_HOUR : by_grade;
}

/* What was found to be urgent after all is worked on as such. */
static void hurry(course *c, day_random *random)
{
    c->responded = c->contacted + day_span(random, 3 * SLA_MINUTE, 20 * SLA_MINUTE);
    c->proposed = c->responded + day_span(random, SLA_HOUR, 3 * SLA_HOUR);
    c->resolved = c->proposed + day_span(random, 4 * SLA_HOUR, 16 * SLA_HOUR);
}

static course plan(day_book *day, unsigned turn, sla_time at)
{
    static const day_choice intakes[] = {
        {"network", 34}, {"tariff", 26}, {"service", 22}, {"device", 10}, {"other", 8}};
    day_random *random = &day->random;
    course c = {.opened = at, .twist = twist_of(day, turn), .desk = day_desk(random)};
    const limits *limit;

    c.intake = DAY_PICK(random, intakes);
    c.grade = grade_of(random, c.twist);
    limit = &limits_of[c.grade];
    c.graded = at + day_pace(random, c.grade == 1 ? limit->triage : 65 * SLA_MINUTE, 95);
    if (c.twist == GRADED_LATE)
        c.graded = at + limit->triage + day_span(random, 10 * SLA_MINUTE, limit->triage);
    c.dispatched = c.graded + day_span(random, 2 * SLA_MINUTE, 15 * SLA_MINUTE);
    c.contacted = c.dispatched + day_span(random, 4 * SLA_MINUTE, 40 * SLA_MINUTE);
    c.responded =
        later(at + day_pace(random, response_limit(&c), 94), c.contacted + 3 * SLA_MINUTE);
    if (c.twist == RESPONSE_LATE_ON)
        c.responded = at + limit->response - day_span(random, 5 * SLA_MINUTE, 20 * SLA_MINUTE);
    c.proposed = later(at + day_pace(random, limit->proposal, 92), c.responded + 10 * SLA_MINUTE);
    c.resolved = later(at + day_pace(random, limit->solution, 92), c.proposed + 20 * SLA_MINUTE);
    if (c.twist == RAISED_TO_1)
        hurry(&c, random);
    if (c.twist == ACKNOWLEDGED || c.twist == WAIVED)
        c.resolved = at + limit->solution + day_span(random, 5 * SLA_HOUR, 9 * SLA_HOUR);
    c.informed = c.resolved + day_pace(random, 24 * SLA_HOUR, 97);
    return c;
}

/* Three in ten are greeted by a machine, which is no response. */
static void open_complaint(day_ticket *ticket, const course *c)
{
    day_random *random = &ticket->day->random;
    day_fact *fact = day_happened(ticket, "opened", c->opened);

    day_say(fact, "by", c->desk);
    day_set(fact, "kind", "complaint");
    day_set(fact, "intake", c->intake);
    day_set_origin(fact, random);
    if (day_percent(random, 30))
        day_say(day_happened_late(ticket, "auto_replied", c->opened + SLA_MINUTE, 0), "by",
                "robot");
}

static void grade(day_ticket *ticket, const course *c, sla_time at, int found)
{
    day_fact *fact = day_happened(ticket, "graded", at);

    day_say(fact, "by", c->desk);
    day_set_number(fact, "grade", found);
}

static void grade_wrongly(day_ticket *ticket, const course *c)
{
    char wrong[SLA_ID_MAX];
    day_fact *fact;

    grade(ticket, c, c->graded, 3);
    day_last_id(ticket, wrong, sizeof wrong);
    fact = day_happened_late(ticket, "graded", c->graded, 90 * SLA_MINUTE);
    day_say(fact, "by", "review");
    day_say(fact, "corrects", wrong);
    day_set_number(fact, "grade", 2);
}

static void triage(day_ticket *ticket, const course *c)
{
    day_random *random = &ticket->day->random;

    if (c->twist == GRADE_CORRECTED)
        grade_wrongly(ticket, c);
    else
        grade(ticket, c, c->graded, c->grade);
    if (c->twist == RAISED_TO_1)
        grade(ticket, c, c->contacted + day_span(random, SLA_MINUTE, 30 * SLA_MINUTE), 1);
    if (c->twist == LOWERED)
        grade(ticket, c, c->contacted + day_span(random, SLA_MINUTE, 30 * SLA_MINUTE), 3);
}

static void answer(day_ticket *ticket, const course *c)
{
    day_fact *fact;

    day_say(day_happened(ticket, "dispatched", c->dispatched), "by", "intake");
    day_say(day_happened(ticket, "contacted", c->contacted), "by", c->desk);
    if (c->twist == RESPONSE_LATE_ON)
        fact = day_happened_late(ticket, "responded", c->responded, 50 * SLA_MINUTE);
    else
        fact = day_happened(ticket, "responded", c->responded);
    day_say(fact, "by", c->desk);
    day_say(day_happened(ticket, "proposed", c->proposed), "by", c->desk);
}

/* The end was somebody else's: it is taken back some hours later. */
static void end_wrongly(day_ticket *ticket, const course *c)
{
    const sla_time at = c->proposed + 15 * SLA_MINUTE;
    char wrong[SLA_ID_MAX];
    day_fact *fact;

    day_say(day_happened(ticket, "resolved", at), "by", c->desk);
    day_last_id(ticket, wrong, sizeof wrong);
    fact = day_happened(ticket, "withdrawn", at + 3 * SLA_HOUR);
    day_say(fact, "by", "review");
    day_say(fact, "withdraws", wrong);
}

static void chase(day_ticket *ticket, const course *c)
{
    day_random *random = &ticket->day->random;
    const int times = (int)day_between(random, 2, 4);
    sla_time at = c->responded;

    for (int i = 0; i < times; i++) {
        at += day_span(random, SLA_HOUR, 5 * SLA_HOUR);
        if (at < c->resolved) {
            day_fact *fact = day_happened(ticket, "chased", at);

            day_say(fact, "by", "customer");
            day_set_number(fact, "chase_count", i + 1);
        }
    }
}

/* Not because time ran out, but because of what was found, or judged. */
static void escalate_early(day_ticket *ticket, const course *c)
{
    const sla_time at = c->responded + 30 * SLA_MINUTE;
    day_fact *fact;

    if (c->twist == LEGAL_RISK) {
        fact = day_happened(ticket, "attributes", at);
        day_say(fact, "by", c->desk);
        day_set_flag(fact, "legal_risk", true);
    } else {
        fact = day_happened(ticket, "escalation_requested", at);
        day_say(fact, "by", "desk_lead");
        day_say(fact, "reason", "judgement");
    }
    day_escalated(ticket, at);
}

static void between_response_and_end(day_ticket *ticket, const course *c)
{
    day_fact *fact = NULL;

    switch (c->twist) {
    case END_WITHDRAWN:
        end_wrongly(ticket, c);
        break;
    case HANDED_OVER:
        fact = day_happened(ticket, "handed_over", c->responded + 2 * SLA_HOUR);
        day_set(fact, "desk", "night_desk");
        break;
    case CUSTOMER_CHASES:
        chase(ticket, c);
        break;
    case LEGAL_RISK:
    case JUDGED:
        escalate_early(ticket, c);
        break;
    case HIGH_FREQUENCY:
        fact = day_happened(ticket, "attributes", c->responded);
        day_set_flag(fact, "high_frequency", true);
        day_say(day_happened(ticket, "ledger_entered", c->responded + 3 * SLA_HOUR), "by",
                "complaint_management");
        break;
    case ACKNOWLEDGED:
        fact = day_happened(ticket, "acknowledged",
                            c->opened + limits_of[c->grade].solution + 12 * SLA_MINUTE);
        day_say(fact, "by", "team_lead");
        day_say_clock(fact, "complaint", "resolution");
        break;
    default:
        break;
    }
}

static void waive(day_ticket *ticket, const course *c)
{
    day_fact *fact = day_happened(ticket, "waived", c->resolved + SLA_HOUR);

    day_say(fact, "by", "complaint_management");
    day_say(fact, "approver", "head_of_complaints");
    day_say(fact, "reason", "force_majeure");
    day_say_clock(fact, "complaint", "resolution");
    day_say_flag(fact, "excluded");
}

/* Not content when the result is told; of two reasons to come back one asks for more. */
static sla_time once_more(day_ticket *ticket, const course *c, sla_time at)
{
    day_random *random = &ticket->day->random;
    day_fact *fact;

    at += day_span(random, 20 * SLA_MINUTE, 6 * SLA_HOUR);
    fact = day_happened(ticket, "result_rejected", at);
    day_say(fact, "by", "customer");
    if (c->twist == ESCALATED) {
        day_set_flag(fact, "escalation_asked", true);
        day_escalated(ticket, at);
    } else {
        grade(ticket, c, at + day_span(random, 10 * SLA_MINUTE, 50 * SLA_MINUTE), c->grade);
    }
    day_say(day_happened(ticket, "proposed", at + SLA_HOUR), "by", c->desk);
    at += day_span(random, 3 * SLA_HOUR, 20 * SLA_HOUR);
    day_resolved(ticket, at, c->desk);
    at += day_span(random, SLA_HOUR, 8 * SLA_HOUR);
    day_say(day_happened(ticket, "informed", at), "by", c->desk);
    return at;
}

static void end(day_ticket *ticket, const course *c)
{
    sla_time at = c->informed;

    day_resolved(ticket, c->resolved, c->desk);
    if (c->twist == WAIVED)
        waive(ticket, c);
    day_say(day_happened(ticket, "informed", at), "by", c->desk);
    if (c->twist == REOPENED || c->twist == ESCALATED)
        at = once_more(ticket, c, at);
    day_say(day_happened(ticket, "closed", at + 2 * SLA_HOUR), "by", "intake");
}

/* Who was told of a missed limit does something about it. */
static void answer_for_delay(day_ticket *ticket, const course *c)
{
    const limits *limit = &limits_of[c->grade];
    const sla_duration response = response_limit(c);

    if (c->graded > c->opened + limits_of[1].triage) /* the strictest, until there is a grade */
        day_supervised(ticket, c->opened + limits_of[1].triage);
    if (c->responded > c->opened + response)
        day_supervised(ticket, c->opened + response);
    if (c->proposed > c->opened + limit->proposal)
        day_supervised(ticket, c->opened + limit->proposal);
    if (c->grade < 3 && c->resolved > c->opened + limit->solution)
        day_escalated(ticket, c->opened + limit->solution);
}

void day_complaint(day_book *day, unsigned turn, sla_time at)
{
    day_ticket ticket = day_ticket_named(day, 'C', turn + 1);
    const course c = plan(day, turn, at);

    open_complaint(&ticket, &c);
    triage(&ticket, &c);
    answer(&ticket, &c);
    between_response_and_end(&ticket, &c);
    answer_for_delay(&ticket, &c);
    end(&ticket, &c);
}
