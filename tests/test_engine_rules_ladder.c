/* Goal: rules 9 to 12 of docs/semantics.md: repeats, kinds of steps,
 * acknowledging, catching up.
 * Method: scripts worked out by hand (stage.h); every option a rule names has a
 * row.  The 2nd is a Monday; `office` is open 09:00-17:00; clocks of four hours
 * begin at 09:00 and are due at 13:00. */
#include "stage.h"

#include <string.h>

#include <sla/policy.h>

#define P(members) "{'policy': 'p', 'version': '1', " members "}"
#define T(members) "'targets': [{'target': 't', 'stop': 'resolved', " members "}]"
#define FOUR "'goals': [{'elapsed': 'PT4H'}], "
#define LADDER(members) P(T(FOUR members))
#define EVERY(span, max, until)                                                                    \
    "'repeat': {'every': '" span "', 'max': " #max ", 'until': '" until "'}"
#define LEVEL_1(members) "{'step': 'level_1', 'after': 'PT0S', 'level': 1, " members "}"
#define LEVEL(n, after)                                                                            \
    "{'step': 'level_" #n "', 'after': '" after "', 'level': " #n ", 'to': 'to_" #n "'}"
#define OPENED "+ 02T09:00 opened\n"

TEST(rule_09_repeats)
{
    static const stage_row rows[] = {
        {"at the level's instant + r x interval, at most max",
         LADDER("'steps': [" LEVEL_1(EVERY("PT30M", 2, "end")) "]"),
         OPENED "@ 02T18:00\n"
                "= 02T13:00 breached t\n"
                "= 02T13:00 escalated t step=level_1\n"
                "= 02T13:30 reminded t step=level_1 *1\n"
                "= 02T14:00 reminded t step=level_1 *2\n"},
        {"until the clock ends", LADDER("'steps': [" LEVEL_1(EVERY("PT30M", 9, "end")) "]"),
         OPENED "+ 02T13:40 resolved\n"
                "= 02T13:00 breached t\n"
                "= 02T13:00 escalated t step=level_1\n"
                "= 02T13:30 reminded t step=level_1 *1\n"
                "= 02T13:40 missed t\n"
                "@ 02T18:00\n"},
        {"until the next level is told",
         LADDER("'steps': [" LEVEL_1(EVERY("PT30M", 9, "next_level")) ", " LEVEL(2, "PT50M") "]"),
         OPENED "@ 02T18:00\n"
                "= 02T13:00 breached t\n"
                "= 02T13:00 escalated t step=level_1\n"
                "= 02T13:30 reminded t step=level_1 *1\n"
                "= 02T13:50 escalated t step=level_2\n"},
        {"... or until the end, past the next level",
         LADDER("'steps': [" LEVEL_1(EVERY("PT30M", 2, "end")) ", " LEVEL(2, "PT50M") "]"),
         OPENED "@ 02T18:00\n"
                "= 02T13:00 breached t\n"
                "= 02T13:00 escalated t step=level_1\n"
                "= 02T13:30 reminded t step=level_1 *1\n"
                "= 02T13:50 escalated t step=level_2\n"
                "= 02T14:00 reminded t step=level_1 *2\n"},
        {"in the target's time by default",
         P(T("'calendar': 'office', 'goals': [{'business': 'PT7H'}], 'steps': [" LEVEL_1(
             EVERY("PT2H", 1, "end")) "]")),
         OPENED "@ 03T18:00\n"
                "= 02T16:00 breached t\n"
                "= 02T16:00 escalated t step=level_1\n"
                "= 03T10:00 reminded t step=level_1 *1\n"},
        {"wall by choice",
         P(T("'calendar': 'office', 'ladder_time': 'wall', 'goals': [{'business': 'PT7H'}],"
             " 'steps': [" LEVEL_1(EVERY("PT2H", 1, "end")) "]")),
         OPENED "@ 03T18:00\n"
                "= 02T16:00 breached t\n"
                "= 02T16:00 escalated t step=level_1\n"
                "= 02T18:00 reminded t step=level_1 *1\n"},
        {"late: one poll tells only the newest, and counts the others",
         LADDER("'catch_up': 'all', 'steps': [" LEVEL_1(EVERY("PT30M", 9, "end")) "]"),
         OPENED "! 02T15:10\n"
                "= 02T13:00 breached t late\n"
                "= 02T13:00 escalated t step=level_1 late\n"
                "= 02T15:00 reminded t step=level_1 *4 late skipped=3\n"
                "@ 02T15:30\n"
                "= 02T15:30 reminded t step=level_1 *5\n"},
        {"late under `highest`: somebody is escalated to before he is reminded",
         LADDER("'steps': [" LEVEL_1(EVERY("PT30M", 9, "end")) "]"),
         OPENED "! 02T15:10\n"
                "= 02T13:00 breached t late\n"
                "= 02T13:00 escalated t step=level_1 late\n"
                "= 02T15:00 reminded t step=level_1 *4 late skipped=3\n"
                "? t level=1\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
}

TEST(rule_09_max_is_mandatory)
{
    static const char policy[] =
        "{\"policy\": \"p\", \"version\": \"1\", \"targets\": [{\"target\": \"t\", \"stop\": \"s\","
        " \"goals\": [{\"elapsed\": \"PT1H\"}], \"steps\": [{\"step\": \"l\", \"after\": \"PT0S\","
        " \"level\": 1, \"repeat\": {\"every\": \"PT1H\", \"until\": \"end\"}}]}]}";
    sla_policies *policies;
    sla_error error;

    CHECK_OK(sla_policies_new(NULL, &policies));
    CHECK_RESULT(SLA_ERR_POLICY,
                 sla_policies_add(policies, policy, sizeof policy - 1, "row", &error));
    CHECK_TRUE("it names the place", strstr(error.pointer, "/repeat") != NULL);
    sla_policies_unref(policies);
}

TEST(rule_10_reminded_supervised_escalated)
{
    static const stage_row rows[] = {
        {"a step after the due without a level is `reminded`",
         LADDER("'steps': [{'step': 's', 'after': 'PT1H', 'to': 'desk'}]"),
         OPENED "@ 02T15:00\n"
                "= 02T13:00 breached t\n"
                "= 02T14:00 reminded t step=s to=desk level=0\n"},
        {"before the due `warning`; each by choice",
         LADDER("'steps': [{'step': 's', 'before': 'PT2H'},"
                " {'step': 'u', 'before': 'PT1H', 'kind': 'reminded'},"
                " {'step': 'v', 'before': 'PT30M', 'kind': 'supervised'}]"),
         OPENED "@ 02T12:45\n"
                "= 02T11:00 warning t step=s\n"
                "= 02T12:00 reminded t step=u\n"
                "= 02T12:30 supervised t step=v\n"},
        {"`supervised` has its own limit as a target, and an answer",
         P("'targets': [{'target': 't', 'stop': 'resolved', " FOUR
           "'steps': [{'step': 'order', 'after': 'PT0S', 'kind': 'supervised', 'derives': "
           "'ordered'}]},"
           " {'target': 'answer', 'start': 'ordered', 'stop': 'answered', 'goals': [{'elapsed': "
           "'PT2H'}]}]"),
         OPENED "@ 02T13:00\n"
                "= 02T13:00 breached t\n"
                "= 02T13:00 supervised t step=order derived=ordered\n"
                "? answer state=running start=02T13:00 due=02T15:00\n"
                "+ 02T14:00 answered\n"
                "= 02T14:00 met answer\n"},
        {"a step's own condition, asked at its instant",
         P("'attributes': {'vip': 'bool'}, " T(
             FOUR "'steps': [{'step': 'l', 'after': 'PT1H', 'level': 1,"
                  " 'when': {'attr': 'vip', 'eq': true}},"
                  " {'step': 'r', 'after': 'PT1H', 'when': {'attr': 'vip', 'ne': true}}]")),
         "+ 02T09:00 opened vip=false\n"
         "@ 02T15:00\n"
         "= 02T13:00 breached t\n"
         "= 02T14:00 reminded t step=r\n"},
        {"a recorded fact may escalate at once, with its reason code",
         P("'at_once': [{'name': 'asked', 'on': 'escalation_requested', 'level': 2, 'to': 'head'}],"
           " 'reason_codes': {'escalation_requested': ['legal_risk', 'unsolved']}, " T(
               "'goals': [{'elapsed': 'PT4H'}]")),
         OPENED "+ 02T10:00 escalation_requested reason=legal_risk\n"
                "= 02T10:00 escalated step=asked level=2 to=head reason=legal_risk seq=2\n"
                "+ 02T10:05 escalation_requested reason=bored -> SLA_ERR_FACT\n"},
        {"other kinds at once, with a reason of the rule, once a ticket",
         P("'attributes': {'wide': 'bool'},"
           " 'at_once': [{'name': 'n', 'on': 'noted', 'reason': 'fixed'},"
           " {'name': 'o', 'on': 'noted', 'kind': 'reminded', 'once': true},"
           " {'name': 's', 'on': 'noted', 'kind': 'supervised', 'when': {'attr': 'wide', 'eq': "
           "true}},"
           " {'name': 'b', 'becomes': {'attr': 'wide', 'eq': true}}], " T(
               "'goals': [{'elapsed': 'PT4H'}]")),
         OPENED "+ 02T10:00 noted reason=given\n"
                "= 02T10:00 notice step=n reason=fixed\n"
                "= 02T10:00 reminded step=o reason=given\n"
                "+ 02T11:00 noted wide=true\n"
                "= 02T11:00 notice step=n\n"
                "= 02T11:00 supervised step=s\n"
                "= 02T11:00 notice step=b\n"
                "+ 02T11:30 attributes wide=true\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
}

#define THREE_LEVELS                                                                               \
    "'steps': [{'step': 'warn', 'before': 'PT1H'}, " LEVEL(1, "PT0S") ", " LEVEL(                  \
        2, "PT30M") ", " LEVEL(3, "PT2H") "]"

TEST(rule_11_acknowledging_holds_levels_and_repeats)
{
    static const stage_row rows[] = {
        {"not the breach, not warnings; until the end where no timeout is named",
         LADDER(THREE_LEVELS),
         OPENED "+ 02T10:00 acknowledged\n"
                "@ 02T18:00\n"
                "= 02T12:00 warning t step=warn\n"
                "= 02T13:00 breached t\n"},
        {"repeats too", LADDER("'steps': [" LEVEL_1(EVERY("PT30M", 9, "end")) "]"),
         OPENED "+ 02T13:40 acknowledged\n"
                "= 02T13:00 breached t\n"
                "= 02T13:00 escalated t step=level_1\n"
                "= 02T13:30 reminded t step=level_1 *1\n"
                "@ 02T18:00\n"},
        {"one clock by its name, not the others",
         P("'targets': [{'target': 't', 'stop': 'resolved', " FOUR
           "'steps': [" LEVEL(1, "PT0S") "]}, {'target': 'u', 'stop': 'resolved', " FOUR
                                         "'steps': [" LEVEL(1, "PT0S") "]}]"),
         OPENED "+ 02T10:00 acknowledged policy=p target=t\n"
                "@ 02T18:00\n"
                "= 02T13:00 breached t\n"
                "= 02T13:00 breached u\n"
                "= 02T13:00 escalated u step=level_1\n"},
        {"all clocks of the ticket where none is named",
         P("'targets': [{'target': 't', 'stop': 'resolved', " FOUR
           "'steps': [" LEVEL(1, "PT0S") "]}, {'target': 'u', 'stop': 'resolved', " FOUR
                                         "'steps': [" LEVEL(1, "PT0S") "]}]"),
         OPENED "+ 02T10:00 acknowledged\n"
                "@ 02T18:00\n"
                "= 02T13:00 breached t\n"
                "= 02T13:00 breached u\n"},
        {"a clock that is not there", LADDER(THREE_LEVELS),
         OPENED "+ 02T10:00 acknowledged policy=p target=x -> SLA_ERR_NOT_FOUND\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
}

TEST(rule_11_when_it_runs_out)
{
#define TIMEOUT(members) "'acknowledge': {'timeout': 'PT1H'" members "}, "
    static const stage_row rows[] = {
        {"levels that passed meanwhile count as one, the highest, told then",
         LADDER(TIMEOUT("") THREE_LEVELS),
         OPENED "+ 02T12:50 acknowledged\n"
                "= 02T12:00 warning t step=warn\n"
                "@ 02T13:49\n"
                "= 02T13:00 breached t\n"
                "@ 02T18:00\n"
                "= 02T13:50 escalated t step=level_2\n"
                "= 02T15:00 escalated t step=level_3\n"},
        {"none passed: the ladder goes on", LADDER(TIMEOUT("") THREE_LEVELS),
         OPENED "+ 02T10:00 acknowledged\n"
                "@ 02T13:00\n"
                "= 02T12:00 warning t step=warn\n"
                "= 02T13:00 breached t\n"
                "= 02T13:00 escalated t step=level_1\n"},
        {"not after a stop", LADDER(TIMEOUT("") THREE_LEVELS),
         OPENED "+ 02T12:50 acknowledged\n"
                "= 02T12:00 warning t step=warn\n"
                "+ 02T13:40 resolved\n"
                "= 02T13:00 breached t\n"
                "= 02T13:40 missed t\n"
                "@ 02T18:00\n"},
        {"a later one holds again", LADDER(TIMEOUT("") THREE_LEVELS),
         OPENED "+ 02T12:50 acknowledged\n"
                "= 02T12:00 warning t step=warn\n"
                "@ 02T13:50\n"
                "= 02T13:00 breached t\n"
                "= 02T13:50 escalated t step=level_2\n"
                "+ 02T14:30 acknowledged\n"
                "@ 02T16:00\n"
                "= 02T15:30 escalated t step=level_3\n"},
        {"a level held back that lies ahead again waits for its instant",
         P("'attributes': {'grade': 'int'}, 'targets': [{'target': 't', 'stop': 'resolved', "
           "'goals': [{'when': {'attr': 'grade', 'eq': 1}, 'elapsed': 'PT2H'}, "
           "{'elapsed': 'PT8H'}], 'acknowledge': {'timeout': 'PT4H'}, "
           "'steps': [" LEVEL_1(EVERY("PT30M", 2, "end")) "]}]"),
         "+ 02T09:00 opened grade=1\n"
         "+ 02T10:00 acknowledged\n"
         "@ 02T11:30\n"
         "= 02T11:00 breached t\n"
         "+ 02T13:00 attributes grade=2\n"
         "= 02T13:00 due_changed t old=02T11:00 due=02T17:00 because=goal_changed\n"
         "= 02T13:00 breach_retracted t step=breach_retracted:breach because=goal_changed\n"
         "@ 02T16:59\n"
         "@ 02T18:00\n"
         "= 02T17:00 breached t ^1\n"
         "= 02T17:00 escalated t step=level_1\n"
         "= 02T17:30 reminded t step=level_1 *1\n"
         "= 02T18:00 reminded t step=level_1 *2\n"},
        {"at most three times", LADDER(TIMEOUT("") THREE_LEVELS),
         OPENED "+ 02T09:10 acknowledged\n"
                "+ 02T09:20 acknowledged\n"
                "+ 02T09:30 acknowledged\n"
                "+ 02T12:50 acknowledged\n"
                "= 02T12:00 warning t step=warn\n"
                "@ 02T13:10\n"
                "= 02T13:00 breached t\n"
                "= 02T13:00 escalated t step=level_1\n"},
        {"or as often as the policy says", LADDER(TIMEOUT(", 'max': 1") THREE_LEVELS),
         OPENED "+ 02T09:10 acknowledged\n"
                "+ 02T12:50 acknowledged\n"
                "= 02T12:00 warning t step=warn\n"
                "@ 02T13:10\n"
                "= 02T13:00 breached t\n"
                "= 02T13:00 escalated t step=level_1\n"},
        {"it counts wall time unless it names a calendar",
         LADDER(TIMEOUT(", 'calendar': 'office'") "'steps': [" LEVEL(1, "PT3H30M") "]"),
         OPENED "@ 02T13:00\n"
                "= 02T13:00 breached t\n"
                "+ 02T16:20 acknowledged\n"
                "@ 03T12:00\n"
                "= 03T09:20 escalated t step=level_1\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
#undef TIMEOUT
}

TEST(rule_12_late_after)
{
    static const stage_row rows[] = {
        {"a minute after its instant it is not late", LADDER("'steps': []"),
         OPENED "! 02T13:01\n= 02T13:00 breached t told=02T13:01\n"},
        {"a second more and it is", LADDER("'steps': []"),
         OPENED "! 02T13:01:01\n= 02T13:00 breached t late\n"},
        {"of the policy", P("'late_after': 'PT1H', " T(FOUR "'steps': []")),
         OPENED "! 02T14:00\n= 02T13:00 breached t\n"},
        {"of the target", P("'late_after': 'PT1H', " T(FOUR "'late_after': 'PT5S', 'steps': []")),
         OPENED "! 02T13:00:06\n= 02T13:00 breached t late\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
}

TEST(rule_12_catch_up)
{
#define TWO_EACH(members)                                                                          \
    members                                                                                        \
        "'steps': [{'step': 'w_1', 'before': 'PT2H'}, {'step': 'w_2', 'before': 'PT1H'}, " LEVEL(  \
            1, "PT0S") ", " LEVEL(2, "PT30M") "]"
    static const stage_row rows[] = {
        {"highest is the default, for warnings and levels; the breach always", LADDER(TWO_EACH("")),
         OPENED "! 02T14:00\n"
                "= 02T12:00 warning t step=w_2 late collapsed=1\n"
                "= 02T13:00 breached t late\n"
                "= 02T13:30 escalated t step=level_2 late collapsed=1\n"
                "? t level=2\n"},
        {"it depends only on instant and now: within a minute all are told",
         P("'late_after': 'PT2H', " T(FOUR TWO_EACH(""))),
         OPENED "! 02T13:00\n"
                "= 02T11:00 warning t step=w_1\n"
                "= 02T12:00 warning t step=w_2\n"
                "= 02T13:00 breached t\n"
                "= 02T13:00 escalated t step=level_1\n"},
        {"all", LADDER(TWO_EACH("'catch_up': 'all', ")),
         OPENED "! 02T14:00\n"
                "= 02T11:00 warning t step=w_1 late\n"
                "= 02T12:00 warning t step=w_2 late\n"
                "= 02T13:00 breached t late\n"
                "= 02T13:00 escalated t step=level_1 late\n"
                "= 02T13:30 escalated t step=level_2 late\n"},
        {"skip_older_than", LADDER(TWO_EACH("'catch_up': {'skip_older_than': 'PT1H30M'}, ")),
         OPENED "! 02T14:00\n"
                "= 02T13:00 breached t late\n"
                "= 02T13:00 escalated t step=level_1 late\n"
                "= 02T13:30 escalated t step=level_2 late\n"},
        {"skipped ones are not told later, and the breach always is",
         LADDER(TWO_EACH("'catch_up': {'skip_older_than': 'PT10M'}, ")),
         OPENED "! 02T18:00\n"
                "= 02T13:00 breached t late\n"
                "@ 02T20:00\n"},
        {"of the policy", P("'catch_up': 'all', " T(FOUR TWO_EACH(""))),
         OPENED "! 02T12:30\n"
                "= 02T11:00 warning t step=w_1 late\n"
                "= 02T12:00 warning t step=w_2 late\n"},
        {"of one step",
         LADDER("'steps': [{'step': 'w_1', 'before': 'PT2H', 'catch_up': 'all'},"
                " {'step': 'w_2', 'before': 'PT1H'}, {'step': 'w_3', 'before': 'PT30M'}]"),
         OPENED "! 02T12:45\n"
                "= 02T11:00 warning t step=w_1 late\n"
                "= 02T12:30 warning t step=w_3 late collapsed=1\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
#undef TWO_EACH
}
