/* Goal: rules 7, 8, 13, 14 and 19 of docs/semantics.md: the lives of a clock,
 * how they begin and end, and what may be granted.
 * Method: scripts worked out by hand (stage.h); every option a rule names has a
 * row.  The 2nd is a Monday; `office` is open 09:00-17:00. */
#include "stage.h"

#include <sla/policy.h>

#define P(members) "{'policy': 'p', 'version': '1', " members "}"
#define T(members) "'targets': [{'target': 't', " members "}]"
#define HOURS(n) "'goals': [{'elapsed': 'PT" #n "H'}]"
#define STOP "'stop': 'resolved', "
#define PAUSES "'resumes': [{'on': 'free'}], 'pauses': [{'reason': 'held', 'on': 'held'}]"
#define LEVELS                                                                                     \
    "'steps': [{'step': 'level_1', 'after': 'PT1H', 'level': 1, 'to': 'chief'},"                   \
    " {'step': 'level_2', 'after': 'PT2H', 'level': 2, 'to': 'head'}]"

TEST(rule_07_reopening)
{
    static const stage_row rows[] = {
        {"new_cycle is the default, the old result kept", P(T(STOP HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 resolved\n"
         "= 02T10:00 met t\n"
         "+ 02T12:00 reopened\n"
         "? t state=met end=02T10:00\n"
         "? t/2 state=running start=02T12:00 due=02T16:00\n"
         "+ 02T13:00 resolved\n"
         "= 02T13:00 met t/2\n"},
        {"restart is another word for it", P(T(STOP "'on_reopen': 'restart', " HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 resolved\n"
         "= 02T10:00 met t\n"
         "+ 02T12:00 reopened\n"
         "? t/2 state=running start=02T12:00\n"},
        {"continue: the closed span is credited", P(T(STOP "'on_reopen': 'continue', " HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 resolved\n"
         "= 02T10:00 met t\n"
         "+ 02T12:00 reopened\n"
         "= 02T12:00 due_changed t because=reopened old=02T13:00 due=02T15:00\n"
         "= 02T12:00 retracted t step=retracted:met because=reopened\n"
         "? t state=running start=02T09:00 due=02T15:00\n"
         "? t/2 gone\n"},
        {"continue, closed time counts: as if never closed",
         P(T(STOP "'on_reopen': 'continue', 'closed_time': 'counts', " HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 resolved\n"
         "= 02T10:00 met t\n"
         "+ 02T12:00 reopened\n"
         "= 02T12:00 retracted t step=retracted:met because=reopened\n"
         "? t state=running due=02T13:00\n"},
        {"never does nothing", P(T(STOP "'on_reopen': 'never', " HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 resolved\n"
         "= 02T10:00 met t\n"
         "+ 02T12:00 reopened\n"
         "? t state=met\n"
         "? t/2 gone\n"},
        {"a policy says what reopens", P("'reopen': 'rejected', " T(STOP HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 resolved\n"
         "= 02T10:00 met t\n"
         "+ 02T11:00 reopened -> no_effect\n"
         "? t/2 gone\n"
         "+ 02T12:00 rejected\n"
         "? t/2 state=running\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
}

TEST(rule_07_reset_and_recurrence_begin_the_next_cycle_too)
{
    static const stage_row rows[] = {
        {"reset", P(T(STOP "'reset': 'moved', " HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 moved\n"
         "= 02T10:00 cancelled t because=reset\n"
         "? t/2 state=running start=02T10:00 due=02T14:00\n"
         "@ 02T14:00\n"
         "= 02T14:00 breached t/2\n"},
        {"recurrence", P(T(STOP "'recur': {'limit': 2}, " HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 resolved\n"
         "= 02T10:00 met t\n"
         "? t/2 state=running start=02T10:00\n"},
        {"a new cycle begins with the reasons that attributes hold, not those that facts set",
         P("'attributes': {'part': 'bool'}, " T(
             STOP "'resumes': [{'on': 'free'}], 'pauses': [{'reason': 'held', 'on': 'held'},"
                  " {'reason': 'part', 'while': {'attr': 'part', 'eq': true}}], " HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 held\n"
         "+ 02T11:00 resolved\n"
         "= 02T11:00 met t\n"
         "+ 02T12:00 reopened\n"
         "? t/2 state=running\n"
         "+ 02T13:00 resolved part=true\n"
         "= 02T13:00 met t/2\n"
         "+ 02T14:00 reopened\n"
         "? t/3 state=paused\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
}

TEST(rule_08_recurrence)
{
    static const stage_row rows[] = {
        {"from the fact that met the last; a missed one goes on until the fact comes",
         P(T("'stop': 'updated', 'cancel': 'closed', 'recur': {'from': 'fact', 'until': "
             "'closed'}, " HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 updated\n"
         "= 02T10:00 met t\n"
         "? t/2 start=02T10:00 due=02T14:00\n"
         "+ 02T15:00 updated\n"
         "= 02T14:00 breached t/2\n"
         "= 02T15:00 missed t/2\n"
         "? t/3 start=02T15:00 due=02T19:00\n"
         "+ 02T16:00 closed\n"
         "= 02T16:00 cancelled t/3\n"
         "? t/4 gone\n"},
        {"fact is the default; the limit counts cycles in all",
         P(T("'stop': 'updated', 'recur': {'limit': 2}, " HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 updated\n"
         "= 02T10:00 met t\n"
         "+ 02T11:00 updated\n"
         "= 02T11:00 met t/2\n"
         "? t/3 gone\n"},
        {"from the last due",
         P(T("'stop': 'updated', 'recur': {'from': 'due', 'limit': 9}, " HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 updated\n"
         "= 02T10:00 met t\n"
         "? t/2 state=waiting\n"
         "@ 02T13:00\n"
         "? t/2 state=running start=02T13:00 due=02T17:00\n"},
        {"from the first unanswered message",
         P(T("'stop': 'answered', 'recur': {'from': 'first_unanswered', 'asked': 'asked',"
             " 'limit': 9}, " HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 answered\n"
         "= 02T10:00 met t\n"
         "@ 02T11:00\n"
         "? t/2 state=waiting\n"
         "+ 02T12:00 asked\n"
         "+ 02T13:00 asked\n"
         "? t/2 state=running start=02T12:00 due=02T16:00\n"},
        {"also_after_miss: the next begins at the missed due, the missed one goes on",
         P(T("'stop': 'updated', 'recur': {'limit': 3, 'also_after_miss': true}, " HOURS(4))),
         "+ 02T09:00 opened\n"
         "@ 02T13:00\n"
         "= 02T13:00 breached t\n"
         "? t state=running\n"
         "? t/2 state=running start=02T13:00 due=02T17:00\n"},
        {"until ends it for good",
         P(T("'stop': 'updated', 'recur': {'until': 'closed'}, " HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 closed\n"
         "+ 02T11:00 updated\n"
         "= 02T11:00 met t\n"
         "? t/2 gone\n"},
        {"until drops the cycle that waits for the last due",
         P(T("'stop': 'updated', 'recur': {'from': 'due', 'until': 'closed'}, " HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 updated\n"
         "= 02T10:00 met t\n"
         "+ 02T11:00 closed\n"
         "? t/2 gone\n"
         "@ 03T09:00\n"},
        {"until drops the cycle that waits to be asked for",
         P(T("'stop': 'answered', 'recur': {'from': 'first_unanswered', 'asked': 'asked',"
             " 'until': 'closed'}, " HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 answered\n"
         "= 02T10:00 met t\n"
         "+ 02T11:00 closed\n"
         "+ 02T12:00 asked\n"
         "? t/2 gone\n"
         "@ 03T09:00\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
}

TEST(rule_08_a_limit_or_an_end_is_mandatory)
{
    static const char policy[] =
        "{\"policy\": \"p\", \"version\": \"1\", \"targets\": [{\"target\": "
        "\"t\", \"stop\": \"s\", \"recur\": {}, \"goals\": "
        "[{\"elapsed\": \"PT1H\"}]}]}";
    sla_policies *policies;

    CHECK_OK(sla_policies_new(NULL, &policies));
    CHECK_RESULT(SLA_ERR_POLICY,
                 sla_policies_add(policies, policy, sizeof policy - 1, "row", NULL));
    sla_policies_unref(policies);
}

TEST(rule_13_a_clock_ends_once_a_cycle)
{
    static const stage_row rows[] = {
        {"met, exactly at the due", P(T(STOP HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T13:00 resolved\n"
         "= 02T13:00 met t\n"
         "+ 02T13:10 resolved\n"
         "? t state=met end=02T13:00\n"},
        {"missed, a microsecond later; breached before", P(T(STOP HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 2026-03-02T13:00:00.000001Z resolved\n"
         "= 02T13:00 breached t state=running\n"
         "= 2026-03-02T13:00:00.000001Z missed t breach=02T13:00\n"},
        {"cancelled: neither", P(T(STOP "'cancel': 'void', " HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 void\n"
         "= 02T10:00 cancelled t state=cancelled\n"
         "+ 02T11:00 resolved\n"},
        {"the policy's cancel is for all targets", P("'cancel': 'void', " T(STOP HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 void\n"
         "= 02T10:00 cancelled t\n"},
        {"cancel goes before stop", P(T(STOP "'cancel': 'resolved', " HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 resolved\n"
         "= 02T10:00 cancelled t\n"},
        {"a waiting clock is just gone, nothing is told",
         P(T("'start': 'begun', 'cancel': 'void', " HOURS(4))),
         "+ 02T09:00 opened\n"
         "? t state=waiting\n"
         "+ 02T10:00 void\n"
         "? t gone\n"
         "+ 02T11:00 begun\n"
         "? t gone\n"},
        {"told late, and yet not too late for the due", P(T(STOP HOURS(4))),
         "+ 02T09:00 opened\n"
         "- 02T18:00 resolved at=02T13:00\n"
         "! 02T18:00\n"
         "= 02T13:00 met t late\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
}

TEST(rule_14_extension)
{
    static const stage_row rows[] = {
        {"by a span", P(T(STOP HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 extended for=PT2H approver=head reason=storm\n"
         "= 02T10:00 due_changed t because=extended old=02T13:00 due=02T15:00 reason=storm\n"},
        {"in the target's time", P(T(STOP "'calendar': 'office', 'goals': [{'business': 'PT4H'}]")),
         "+ 02T12:00 opened\n"
         "+ 02T13:00 extended for=PT2H approver=head\n"
         "= 02T13:00 due_changed t because=extended old=02T16:00 due=03T10:00\n"},
        {"to an instant", P(T(STOP HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 extended until=05T00:00 approver=head\n"
         "= 02T10:00 due_changed t because=extended due=05T00:00\n"},
        {"not without an approver", P(T(STOP HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 extended for=PT2H -> SLA_ERR_STATE\n"
         "? t due=02T13:00\n"},
        {"unless the policy asks for none",
         P(T(STOP "'extension': {'approver': false}, " HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 extended for=PT2H\n"
         "= 02T10:00 due_changed t because=extended due=02T15:00\n"},
        {"forbidden", P(T(STOP "'extension': false, " HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 extended for=PT2H approver=head -> SLA_ERR_STATE\n"},
        {"only so often", P(T(STOP "'extension': {'max': 1}, " HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 extended for=PT2H approver=head\n"
         "= 02T10:00 due_changed t because=extended\n"
         "+ 02T11:00 extended for=PT2H approver=head -> SLA_ERR_STATE\n"},
        {"only so far from the start", P(T(STOP "'extension': {'up_to': 'PT6H'}, " HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 extended for=PT3H approver=head -> SLA_ERR_STATE\n"
         "+ 02T10:00 extended for=PT2H approver=head\n"
         "= 02T10:00 due_changed t because=extended due=02T15:00\n"},
        {"only when",
         P("'attributes': {'storm': 'bool'}, " T(
             STOP "'extension': {'when': {'attr': 'storm', 'eq': true}}, " HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 extended for=PT1H approver=head -> SLA_ERR_STATE\n"
         "+ 02T10:00 attributes storm=true\n"
         "+ 02T10:00 extended for=PT1H approver=head\n"
         "= 02T10:00 due_changed t because=extended\n"},
        {"one that occurred after the due is a waiver's case", P(T(STOP HOURS(4))),
         "+ 02T09:00 opened\n"
         "@ 02T13:00\n"
         "= 02T13:00 breached t\n"
         "+ 02T13:30 extended for=PT2H approver=head -> SLA_ERR_STATE\n"},
        {"one that occurred before the due and is recorded after it is a late fact",
         P(T(STOP HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T13:30 remark -> no_effect\n"
         "= 02T13:00 breached t\n"
         "- 02T14:00 extended at=02T12:00 for=PT2H approver=head -> late\n"
         "! 02T14:00\n"
         "= 02T12:00 due_changed t late because=late_fact old=02T13:00 due=02T15:00\n"
         "= 02T12:00 breach_retracted t step=breach_retracted:breach late because=late_fact\n"},
        {"of one clock by its name, of the latest cycle",
         P("'targets': [{'target': 't', " STOP HOURS(4) "}, {'target': 'u', " STOP HOURS(4) "}]"),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 extended for=PT2H approver=head policy=p target=u\n"
         "= 02T10:00 due_changed u because=extended\n"
         "? t due=02T13:00\n"
         "+ 02T10:00 extended for=PT2H approver=head policy=p target=x -> SLA_ERR_NOT_FOUND\n"
         "+ 02T10:00 extended for=PT2H approver=head policy=p target=u cycle=2 -> "
         "SLA_ERR_NOT_FOUND\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
}

TEST(rule_14_waiver)
{
    static const stage_row rows[] = {
        {"moves nothing and takes nothing back; the result is adjusted",
         P(T(STOP LEVELS ", " HOURS(4))),
         "+ 02T09:00 opened\n"
         "@ 02T14:00\n"
         "= 02T13:00 breached t\n"
         "= 02T14:00 escalated t step=level_1\n"
         "+ 02T14:30 waived for=PT2H approver=head\n"
         "? t due=02T13:00 breach=02T13:00\n"
         "+ 02T14:45 resolved\n"
         "= 02T14:45 missed t adjusted=yes excluded=no\n"},
        {"too little credit", P(T(STOP HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T14:30 waived for=PT1H approver=head\n"
         "= 02T13:00 breached t\n"
         "+ 02T14:45 resolved\n"
         "= 02T14:45 missed t adjusted=no\n"},
        {"excluded", P(T(STOP HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 waived excluded=true approver=head\n"
         "? t excluded=yes due=02T13:00\n"
         "+ 02T10:30 resolved\n"
         "= 02T10:30 met t excluded=yes adjusted=yes\n"},
        {"silence stops further levels, not the breach", P(T(STOP LEVELS ", " HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 waived silence=true\n"
         "@ 02T18:00\n"
         "= 02T13:00 breached t\n"},
        {"forbidden", P(T(STOP "'waiver': false, " HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 waived excluded=true approver=head -> SLA_ERR_STATE\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
}

TEST(rule_19_retroactive_start)
{
    static const stage_row rows[] = {
        {"by default from the fact that starts it", P(T("'start': 'begun', " STOP HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 begun\n"
         "? t start=02T10:00 due=02T14:00\n"},
        {"from `opened`; steps already past are told under the catch-up rule",
         P(T("'start': 'begun', 'start_from': 'opened', " STOP LEVELS ", " HOURS(1))),
         "+ 02T09:00 opened\n"
         "+ 02T12:30 begun\n"
         "= 02T12:00 escalated t step=level_2 late collapsed=1\n"
         "= 02T12:30 breached t due=02T10:00 breach=02T12:30\n"
         "? t start=02T09:00 due=02T10:00\n"
         "@ 02T15:00\n"},
        {"from the last occurrence of a fact",
         P(T("'start': 'begun', 'start_from': {'fact': 'called'}, " STOP HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T09:10 called\n"
         "+ 02T09:20 called\n"
         "+ 02T10:00 begun\n"
         "? t start=02T09:20 due=02T13:20\n"},
        {"from an instant in an attribute; until it is known it waits",
         P("'attributes': {'noticed': 'instant'}, " T(
             "'start_from': {'attr': 'noticed'}, " STOP HOURS(4))),
         "+ 02T09:00 opened\n"
         "? t state=waiting\n"
         "+ 02T09:30 attributes noticed=02T08:00\n"
         "? t state=running start=02T08:00 due=02T12:00\n"},
        {"pauses recorded before are credited if their condition is this target's",
         P(T("'start': 'begun', 'start_from': 'opened', " PAUSES ", " STOP HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 held\n"
         "+ 02T11:00 free\n"
         "+ 02T12:00 begun\n"
         "? t start=02T09:00 due=02T14:00\n"},
        {"... and not if it is not",
         P(T("'start': 'begun', 'start_from': 'opened', " STOP HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 held -> no_effect\n"
         "+ 02T11:00 free -> no_effect\n"
         "+ 02T12:00 begun\n"
         "? t start=02T09:00 due=02T13:00\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
}
