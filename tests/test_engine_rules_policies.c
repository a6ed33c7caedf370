/* Goal: rules 18 and 20 of docs/semantics.md: which policies a ticket has, and
 * facts that the fold makes itself.
 * Method: scripts worked out by hand (stage.h). */
#include "stage.h"

#include <stdio.h>
#include <string.h>

#include <sla/policy.h>

#define KIND "'attributes': {'kind': 'string'}, "
#define IS(kind) "'match': {'attr': 'kind', 'eq': '" kind "'}, "
#define POLICY(name, members) "{'policy': '" name "', 'version': '1', " KIND members "}"
#define T(members)                                                                                 \
    "'targets': [{'target': 't', 'stop': 'resolved', 'goals': [{'elapsed': 'PT4H'}]" members "}]"
#define AND "\n---\n"

TEST(rule_18_matching)
{
    static const stage_row rows[] = {
        {"all policies that match apply", POLICY("p", T("")) AND POLICY("q", IS("fault") T("")),
         "+ 02T09:00 opened kind=fault\n"
         "? t state=running\n"
         "? q.t state=running\n"},
        {"no longer matches: its clocks end cancelled; newly matches: they start at the fact",
         POLICY("p", IS("fault") T("")) AND POLICY("q", IS("billing") T("")),
         "+ 02T09:00 opened kind=fault\n"
         "? q.t gone\n"
         "+ 02T10:00 attributes kind=billing\n"
         "= 02T10:00 cancelled t because=policy_left\n"
         "? q.t state=running start=02T10:00 due=02T14:00\n"},
        {"and back again it is the next cycle", POLICY("p", IS("fault") T("")),
         "+ 02T09:00 opened kind=fault\n"
         "+ 02T10:00 attributes kind=billing\n"
         "= 02T10:00 cancelled t because=policy_left\n"
         "+ 02T11:00 attributes kind=fault\n"
         "? t/2 state=running start=02T11:00\n"},
        {"what was left by its policy is not reopened", POLICY("p", IS("fault") T("")),
         "+ 02T09:00 opened kind=fault\n"
         "+ 02T10:00 attributes kind=billing\n"
         "= 02T10:00 cancelled t because=policy_left\n"
         "+ 02T10:30 reopened\n"
         "? t/2 gone\n"},
        {"newly matching with start_from opened counts from there, earlier pauses credited",
         POLICY("p", IS("fault") "'resumes': [{'on': 'free'}],"
                                 " 'pauses': [{'reason': 'held', 'on': 'held'}], " T(
                                     ", 'start_from': 'opened'")),
         "+ 02T09:00 opened\n"
         "+ 02T09:10 held\n"
         "+ 02T09:40 free\n"
         "+ 02T10:00 attributes kind=fault\n"
         "? t state=running start=02T09:00 due=02T13:30\n"},
        {"of a group only the first in order",
         POLICY("p", "'group': 'g', 'order': 2, " T(""))
             AND POLICY("q", "'group': 'g', 'order': 1, " IS("fault") T("")),
         "+ 02T09:00 opened kind=fault\n"
         "? t gone\n"
         "? q.t state=running\n"
         "+ 02T10:00 attributes kind=billing\n"
         "= 02T10:00 cancelled q.t because=policy_left\n"
         "? t state=running start=02T10:00\n"},
        {"with equal order the one added first",
         POLICY("p", "'group': 'g', " T("")) AND POLICY("q", "'group': 'g', " T("")),
         "+ 02T09:00 opened\n"
         "? t state=running\n"
         "? q.t gone\n"},
        {"an attribute that no match reads changes nothing", POLICY("p", IS("fault") T("")),
         "+ 02T09:00 opened kind=fault\n"
         "+ 02T10:00 attributes colour=red\n"
         "? t state=running\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
}

/* The desk of docs/policy.md: silence is acceptance. */
#define DESK                                                                                       \
    POLICY("p",                                                                                    \
           "'refuse': [{'rule': 'too_late', 'on': 'returned',"                                     \
           "  'when': {'seen': 'deemed'}}],"                                                       \
           " 'targets': [{'target': 'solve', 'start': 'sent', 'stop': 'solved',"                   \
           "  'cancel': 'returned', 'goals': [{'elapsed': 'PT4H'}]},"                              \
           " {'target': 'accept', 'start': 'sent', 'stop': {'fact': ['accepted', 'returned']},"    \
           "  'goals': [{'elapsed': 'PT2H'}],"                                                     \
           "  'steps': [{'step': 'breach', 'to': 'head', 'derives': 'deemed'}]},"                  \
           " {'target': 'plan', 'start': 'deemed', 'stop': 'planned',"                             \
           "  'goals': [{'elapsed': 'PT1H'}]}]")

TEST(rule_20_derived_facts_and_what_they_forbid)
{
    static const stage_row rows[] = {
        {"made at the step's instant; they satisfy a target only if the policy says so", DESK,
         "+ 02T09:00 opened\n"
         "+ 02T10:00 sent\n"
         "@ 02T12:00\n"
         "= 02T12:00 breached accept derived=deemed\n"
         "? accept state=running\n"
         "? plan state=running start=02T12:00 due=02T13:00\n"},
        {"a fact that comes when the policy forbids it has no effect on clocks", DESK,
         "+ 02T09:00 opened\n"
         "+ 02T10:00 sent\n"
         "+ 02T12:30 returned -> refused:too_late\n"
         "= 02T12:00 breached accept\n"
         "? solve state=running\n"
         "? accept state=running\n"},
        {"never stored as input: the next fact recorded has the next number", DESK,
         "+ 02T09:00 opened\n"
         "+ 02T10:00 sent\n"
         "+ 02T12:30 accepted\n"
         "= 02T12:00 breached accept derived=deemed\n"
         "= 02T12:30 missed accept seq=3\n"},
        {"in time it has", DESK,
         "+ 02T09:00 opened\n"
         "+ 02T10:00 sent\n"
         "+ 02T11:30 returned\n"
         "= 02T11:30 cancelled solve\n"
         "= 02T11:30 met accept\n"},
        {"after all facts of that instant: exactly then is in time", DESK,
         "+ 02T09:00 opened\n"
         "+ 02T10:00 sent\n"
         "+ 02T12:00 returned\n"
         "= 02T12:00 cancelled solve\n"
         "= 02T12:00 met accept\n"
         "@ 02T15:00\n"},
        {"a refold that undoes the step undoes the fact and what followed", DESK,
         "+ 02T09:00 opened\n"
         "+ 02T10:00 sent\n"
         "@ 02T13:00\n"
         "= 02T12:00 breached accept to=head\n"
         "= 02T13:00 breached plan\n"
         "+ 02T13:10 returned -> refused:too_late\n"
         "+ 02T13:30 accepted at=02T11:00 -> late\n"
         "= 02T11:00 breach_retracted accept step=breach_retracted:breach late because=late_fact "
         "to=head\n"
         "= 02T11:00 met accept late\n"
         "= 02T11:00 breach_retracted plan step=breach_retracted:breach late because=late_fact\n"
         "= 02T13:10 cancelled solve late\n"
         "? plan state=waiting\n"},
        {"at once, at the end of the same fact, and chains",
         POLICY("p", "'at_once': [{'name': 'a', 'on': 'one', 'derives': 'two'},"
                     " {'name': 'b', 'on': 'two', 'derives': 'three'}],"
                     " 'targets': [{'target': 't', 'stop': 'three',"
                     "  'goals': [{'elapsed': 'PT4H'}]}]"),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 one\n"
         "= 02T10:00 met t end=02T10:00\n"
         "= 02T10:00 notice step=a derived=two\n"
         "= 02T10:00 notice step=b derived=three\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
}

/* Rules that derive from one another: `links` of them, the last one deriving what
 * the first listens to when `closed`. */
static int finish_chain(int links, bool closed)
{
    char text[4096];
    size_t used = (size_t)snprintf(text, sizeof text,
                                   "{\"policy\": \"p\", \"version\": \"1\", \"at_once\": [");
    sla_policies *policies;
    sla_error error;
    int result;

    for (int i = 0; i < links; i++)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "%s{\"name\": \"n%d\", \"on\": \"f%d\", \"derives\": \"f%d\"}",
                                 i > 0 ? ", " : "", i, i, closed && i + 1 == links ? 0 : i + 1);
    used += (size_t)snprintf(text + used, sizeof text - used,
                             "], \"targets\": [{\"target\": \"t\", \"stop\": \"s\", \"goals\": "
                             "[{\"elapsed\": \"PT1H\"}]}]}");
    CHECK_OK(sla_policies_new(NULL, &policies));
    CHECK_OK_OR_SAY(sla_policies_add(policies, text, used, "row", &error), &error);
    result = sla_policies_finish(policies, &error);
    sla_policies_unref(policies);
    return result;
}

TEST(rule_20_chains_that_can_loop_are_refused_at_load)
{
    CHECK_EQ("eight deep", SLA_OK, finish_chain(SLA_DERIVED_DEPTH_MAX, false));
    CHECK_EQ("nine", SLA_ERR_POLICY, finish_chain(SLA_DERIVED_DEPTH_MAX + 1, false));
    CHECK_EQ("in a circle", SLA_ERR_POLICY, finish_chain(3, true));
    CHECK_EQ("of itself", SLA_ERR_POLICY, finish_chain(1, true));
}
