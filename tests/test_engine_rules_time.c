/* Goal: rules 3 to 6 of docs/semantics.md: pauses, where steps lie, and goals
 * that change.
 * Method: scripts worked out by hand (stage.h); every option a rule names has a
 * row.  The 2nd is a Monday; `office` is open 09:00-17:00. */
#include "stage.h"

#include <string.h>

#include <sla/policy.h>

#define P(members) "{'policy': 'p', 'version': '1', " members "}"
#define T(members) "'targets': [{'target': 't', 'stop': 'resolved', " members "}]"
#define HOURS(n) "'goals': [{'elapsed': 'PT" #n "H'}]"
#define OFFICE(n) "'calendar': 'office', 'goals': [{'business': 'PT" #n "H'}]"
#define HELD "'resumes': [{'on': 'free'}], 'pauses': [{'reason': 'held', 'on': 'held'"
#define PAUSES HELD "}]"
#define LEVEL(after) "{'step': 'level_1', 'after': '" after "', 'level': 1, 'to': 'chief'}"
#define GRADES                                                                                     \
    "'goals': [{'when': {'attr': 'grade', 'eq': 1}, 'elapsed': 'PT2H'}, {'elapsed': 'PT4H'}]"
#define GRADED(members) P("'attributes': {'grade': 'int'}, " T(GRADES members))

/* ------------------------------------------------------------ rule 3: pauses */

TEST(rule_03_a_paused_clock_keeps_its_due_and_has_nothing_armed)
{
    static const stage_row rows[] = {
        {"the credit moves the due and every step not yet told",
         P(T(HOURS(4) ", 'steps': [{'step': 'warn', 'before': 'PT1H'}, " LEVEL(
             "PT1H") "], " PAUSES)),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 held\n"
         "? t state=paused paused=02T10:00 due=02T13:00 next=never\n"
         "@ 02T15:00\n"
         "+ 02T15:00 free\n"
         "= 02T15:00 due_changed t because=resumed old=02T13:00 due=02T18:00\n"
         "? t state=running paused=never due=02T18:00 next=02T17:00 step=warn\n"
         "@ 02T20:00\n"
         "= 02T17:00 warning t step=warn\n"
         "= 02T18:00 breached t\n"
         "= 02T19:00 escalated t step=level_1\n"},
        {"open time on a calendar: an hour on Monday, an hour on Tuesday",
         P(T(OFFICE(4) ", " PAUSES)),
         "+ 02T15:00 opened\n"
         "? t due=03T11:00\n"
         "+ 02T16:00 held\n"
         "+ 03T10:00 free\n"
         "= 03T10:00 due_changed t because=resumed old=03T11:00 due=03T13:00\n"},
        {"a pause without open time changes nothing", P(T(OFFICE(4) ", " PAUSES)),
         "+ 02T15:00 opened\n"
         "+ 02T17:00 held\n"
         "+ 03T09:00 free\n"
         "? t state=running due=03T11:00\n"},
        {"a due outside hours is kept by it",
         P("'calendar': 'office', " T("'goals': [{'days': 2}], " PAUSES)),
         "+ 02T20:00 opened\n"
         "? t due=04T20:00\n"
         "+ 02T21:00 held\n"
         "+ 02T21:00 free\n"
         "? t state=running due=04T20:00\n"},
        {"a goal that ends with the day goes up to the end of that day",
         P("'calendar': 'office', " T(
             "'goals': [{'workdays': {'days': 1, 'end': 'day'}}], " PAUSES)),
         "+ 02T10:00 opened\n"
         "? t due=04T00:00\n"
         "+ 02T11:00 held\n"
         "+ 02T12:00 free\n"
         "= 02T12:00 due_changed t because=resumed old=04T00:00 due=05T00:00\n"
         "+ 02T18:00 held\n"
         "+ 02T19:00 free\n"
         "? t due=05T00:00\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
}

TEST(rule_03_after_the_breach_only_the_ladder_moves)
{
    static const stage_row rows[] = {
        {"held by default", P(T(HOURS(4) ", 'steps': [" LEVEL("PT1H") "], " PAUSES)),
         "+ 02T09:00 opened\n"
         "+ 02T13:30 held\n"
         "= 02T13:00 breached t\n"
         "@ 02T15:00\n"
         "+ 02T15:30 free\n"
         "? t due=02T13:00 breach=02T13:00\n"
         "@ 02T16:00\n"
         "= 02T16:00 escalated t step=level_1\n"},
        {"while_paused: go_on tells levels of a breached clock",
         P(T(HOURS(4) ", 'while_paused': 'go_on', 'steps': [{'step': 'warn', 'before': "
                      "'PT1H'}, " LEVEL("PT1H") "], " PAUSES)),
         "+ 02T09:00 opened\n"
         "+ 02T13:30 held\n"
         "= 02T12:00 warning t step=warn\n"
         "= 02T13:00 breached t\n"
         "@ 02T14:00\n"
         "= 02T14:00 escalated t step=level_1 state=paused\n"},
        {"... and nothing of one that is not breached",
         P(T(HOURS(4) ", 'while_paused': 'go_on', 'steps': [" LEVEL("PT1H") "], " PAUSES)),
         "+ 02T09:00 opened\n"
         "+ 02T12:30 held\n"
         "@ 02T18:00\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
}

TEST(rule_03_reasons_are_a_set)
{
#define REASONS                                                                                    \
    "'attributes': {'part': 'bool'},"                                                              \
    " 'pauses': [{'reason': 'held', 'on': 'held'}, {'reason': 'asked', 'on': 'asked'},"            \
    "  {'reason': 'part', 'while': {'attr': 'part', 'eq': true}}],"                                \
    " 'resumes': [{'on': 'answered', 'reason': 'asked'}, {'on': 'free'}], "
    static const stage_row rows[] = {
        {"the clock runs when the set is empty", P(REASONS T(HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 held\n"
         "+ 02T10:30 asked\n"
         "+ 02T11:00 answered\n"
         "? t state=paused paused=02T10:00\n"
         "+ 02T12:00 free\n"
         "= 02T12:00 due_changed t because=resumed due=02T15:00\n"},
        {"a resume without a reason clears all that facts have set", P(REASONS T(HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 held\n"
         "+ 02T10:30 asked\n"
         "+ 02T11:00 free\n"
         "= 02T11:00 due_changed t because=resumed due=02T14:00\n"},
        {"a reason that an attribute holds lasts as long as it does", P(REASONS T(HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 attributes part=true\n"
         "+ 02T11:00 free\n"
         "? t state=paused\n"
         "+ 02T12:00 attributes part=null\n"
         "= 02T12:00 due_changed t because=resumed due=02T15:00\n"},
        {"a start with a reason set starts paused", P(REASONS T(HOURS(4))),
         "+ 02T09:00 opened part=true\n"
         "? t state=paused paused=02T09:00 start=02T09:00\n"
         "+ 02T12:00 attributes part=false\n"
         "= 02T12:00 due_changed t because=resumed due=02T16:00\n"},
        {"a stop while paused ends it at its own instant, the pause credited",
         P(REASONS T(HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 held\n"
         "+ 02T14:00 resolved\n"
         "= 02T14:00 met t due=02T17:00 end=02T14:00\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
#undef REASONS
}

TEST(rule_03_cap_and_follow_up)
{
    static const stage_row rows[] = {
        {"at the cap the reason ends, and cannot pause this clock again in this cycle",
         P(T(HOURS(4) ", " HELD ", 'cap': 'PT2H'}]")),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 held\n"
         "@ 02T12:00\n"
         "= 02T12:00 due_changed t because=pause_cap old=02T13:00 due=02T15:00\n"
         "= 02T12:00 resumed t step=resumed:held because=pause_cap\n"
         "+ 02T12:30 held\n"
         "? t state=running due=02T15:00\n"
         "+ 02T13:00 resolved\n"
         "= 02T13:00 met t\n"
         "+ 02T14:00 reopened\n"
         "+ 02T14:30 held\n"
         "? t/2 state=paused\n"},
        {"the cap runs on the calendar it names",
         P(T(HOURS(48) ", " HELD ", 'cap': 'PT2H', 'cap_calendar': 'office'}]")),
         "+ 02T09:00 opened\n"
         "+ 02T16:00 held\n"
         "@ 03T09:59\n"
         "? t state=paused\n"
         "@ 03T10:00\n"
         "= 03T10:00 due_changed t because=pause_cap due=05T03:00\n"
         "= 03T10:00 resumed t step=resumed:held because=pause_cap\n"},
        {"the follow-up once, to whom it names",
         P(T(HOURS(4) ", " HELD ", 'follow_up': {'after': 'PT1H', 'to': 'agent'}}]")),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 held\n"
         "@ 02T18:00\n"
         "= 02T11:00 follow_up t step=follow_up:held to=agent state=paused\n"},
        {"on the calendar it names; not once the reason has ended",
         P(T(HOURS(48) ", " HELD ", 'follow_up': {'after': 'PT2H', 'calendar': 'office'}}]")),
         "+ 02T09:00 opened\n"
         "+ 02T16:00 held\n"
         "@ 03T10:00\n"
         "= 03T10:00 follow_up t step=follow_up:held\n"
         "+ 03T11:00 free\n"
         "= 03T11:00 due_changed t because=resumed due=05T04:00\n"
         "+ 03T12:00 held\n"
         "+ 03T13:00 free\n"
         "= 03T13:00 due_changed t because=resumed due=05T05:00\n"
         "@ 03T16:00\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
}

/* --------------------------------------------------- rule 4: where steps lie */

#define STEP(when) ", 'steps': [{'step': 's', " when "}]"

TEST(rule_04_percent_and_before)
{
    static const stage_row rows[] = {
        {"three quarters of four hours", P(T(HOURS(4) STEP("'percent': 75"))),
         "+ 02T09:00 opened\n@ 02T12:30\n= 02T12:00 warning t step=s\n"},
        {"33% of one hour is 19 minutes 48", P(T(HOURS(1) STEP("'percent': 33"))),
         "+ 02T09:00 opened\n@ 02T09:30\n= 02T09:19:48 warning t step=s\n"},
        {"rounded down to the microsecond",
         P(T("'goals': [{'anchor': 'on'}]" STEP(
             "'percent': 50")) ", 'attributes': {'on': 'instant'}"),
         "+ 2026-03-02T09:00:00.000002Z opened on=02T09:00:01\n@ 02T09:00:01\n"
         "= 2026-03-02T09:00:00.500001Z warning t step=s\n"
         "= 02T09:00:01 breached t\n"},
        {"from 100 on it lies after the due", P(T(HOURS(4) STEP("'percent': 150"))),
         "+ 02T09:00 opened\n@ 02T16:00\n= 02T13:00 breached t\n= 02T15:00 reminded t step=s\n"},
        {"in open time on a calendar: 3 of 4 hours", P(T(OFFICE(4) STEP("'percent': 75"))),
         "+ 02T15:00 opened\n@ 03T10:30\n= 03T10:00 warning t step=s\n"},
        {"calendar days: in elapsed time, also on a calendar",
         P("'calendar': 'office', " T("'goals': [{'days': 2}]" STEP("'percent': 25"))),
         "+ 02T09:00 opened\n@ 03T00:00\n= 02T21:00 warning t step=s\n"},
        {"a cut-off: in elapsed time",
         P("'calendar': 'office', " T(
             "'goals': [{'cutoff': {'before': '16:00', 'today': '24:00', 'days': 1,"
             " 'later': '24:00', 'pause': 'business'}}]" STEP("'percent': 50"))),
         "+ 02T14:00 opened\n@ 02T20:00\n= 02T19:00 warning t step=s\n"},
        {"no open time between start and due: elapsed",
         P("'calendar': 'office', " T(
             "'goals': [{'workdays': {'days': 0, 'roll': 'none_keep_time', 'end': 'day'}}]" STEP(
                 "'percent': 50"))),
         "+ 02T18:00 opened\n@ 02T23:00\n= 02T21:00 warning t step=s\n"},
        {"before counts back in the target's time", P(T(OFFICE(4) STEP("'before': 'PT3H'"))),
         "+ 02T15:00 opened\n@ 03T10:00\n= 02T16:00 warning t step=s\n"},
        {"at the start it is not armed", P(T(HOURS(4) STEP("'before': 'PT4H'"))),
         "+ 02T09:00 opened\n? t next=02T13:00 step=breach\n@ 02T12:00\n"},
        {"before the start neither", P(T(HOURS(4) STEP("'before': 'PT5H'"))),
         "+ 02T09:00 opened\n? t next=02T13:00\n@ 02T12:00\n"},
        {"moved by credits like the due; told ones stay",
         P(T(HOURS(4) ", " PAUSES ", 'steps': [{'step': 'half', 'percent': 50},"
                      " {'step': 's', 'percent': 75}]")),
         "+ 02T09:00 opened\n"
         "+ 02T11:30 held\n"
         "= 02T11:00 warning t step=half\n"
         "+ 02T12:30 free\n"
         "= 02T12:30 due_changed t because=resumed due=02T14:00\n"
         "@ 02T13:30\n"
         "= 02T13:00 warning t step=s\n"},
        {"computed anew when the goal changes", GRADED(STEP("'percent': 75")),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 attributes grade=1\n"
         "= 02T10:00 due_changed t because=goal_changed due=02T11:00\n"
         "@ 02T10:59\n"
         "= 02T10:30 warning t step=s\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
}

TEST(rule_04_the_lint_warns_of_steps_before_the_start)
{
    sla_policies *policies = stage_policies(P(T(HOURS(4) STEP("'before': 'PT4H'"))));
    sla_remark remarks[8];
    size_t count = 0, found = 0;

    CHECK_OK(
        sla_policies_lint(policies, NULL, 0, stage_time("02T09:00"), remarks, 8, &count, NULL));
    for (size_t i = 0; i < count && i < 8; i++)
        found += strcmp(remarks[i].code, "step_before_start") == 0;
    CHECK_EQ("said once", 1, found);
    sla_policies_unref(policies);
}

/* ---------------------------------------------- rules 5 and 6: goals change */

TEST(rule_05_a_goal_that_changes)
{
    static const stage_row rows[] = {
        {"keep_start is the default", GRADED(""),
         "+ 02T09:00 opened grade=2\n"
         "+ 02T10:00 attributes grade=1\n"
         "= 02T10:00 due_changed t because=goal_changed old=02T13:00 due=02T11:00\n"},
        {"credits included", GRADED(", " PAUSES),
         "+ 02T09:00 opened grade=2\n"
         "+ 02T09:30 held\n"
         "+ 02T10:00 free\n"
         "= 02T10:00 due_changed t because=resumed due=02T13:30\n"
         "+ 02T10:30 attributes grade=1\n"
         "= 02T10:30 due_changed t because=goal_changed old=02T13:30 due=02T11:30\n"},
        {"keep_goal: nothing moves", GRADED(", 'on_goal_change': 'keep_goal'"),
         "+ 02T09:00 opened grade=2\n"
         "+ 02T10:00 attributes grade=1\n"
         "? t due=02T13:00\n"},
        {"restart: the next cycle begins at the fact", GRADED(", 'on_goal_change': 'restart'"),
         "+ 02T09:00 opened grade=2\n"
         "+ 02T10:00 attributes grade=1\n"
         "= 02T10:00 cancelled t because=goal_changed\n"
         "? t/2 state=running start=02T10:00 due=02T12:00\n"},
        {"the new due lies in the past: breached at the change", GRADED(""),
         "+ 02T09:00 opened grade=2\n"
         "+ 02T12:00 attributes grade=1\n"
         "= 02T12:00 due_changed t because=goal_changed old=02T13:00 due=02T11:00\n"
         "= 02T12:00 breached t because=goal_changed due=02T11:00 breach=02T12:00\n"
         "? t state=running due=02T11:00 breach=02T12:00\n"},
        {"and taken back when it grows again", GRADED(""),
         "+ 02T09:00 opened grade=1\n"
         "@ 02T11:00\n"
         "= 02T11:00 breached t\n"
         "+ 02T12:00 attributes grade=2\n"
         "= 02T12:00 due_changed t because=goal_changed old=02T11:00 due=02T13:00\n"
         "= 02T12:00 breach_retracted t step=breach_retracted:breach because=goal_changed\n"
         "? t breach=never\n"},
        {"a clock that has ended is not judged again", GRADED(""),
         "+ 02T09:00 opened grade=2\n"
         "+ 02T12:00 resolved\n"
         "= 02T12:00 met t due=02T13:00\n"
         "+ 02T12:30 attributes grade=1\n"
         "? t state=met due=02T13:00\n"},
        {"no goal applies any more: nothing changes",
         P("'attributes': {'grade': 'int'}, " T(
             "'goals': [{'when': {'attr': 'grade', 'eq': 2}, 'elapsed': 'PT4H'}]")),
         "+ 02T09:00 opened grade=2\n"
         "+ 02T10:00 attributes grade=1\n"
         "? t state=running due=02T13:00\n"},
        {"another calendar is a change as well",
         P("'attributes': {'vip': 'bool'},"
           " 'calendar': {'by': 'vip', 'table': {'true': 'always'}, 'default': 'office'}, " T(
               "'goals': [{'business': 'PT4H'}]")),
         "+ 02T15:00 opened vip=false\n"
         "+ 02T16:00 attributes vip=true\n"
         "= 02T16:00 due_changed t because=goal_changed old=03T11:00 due=02T19:00\n"
         "? t calendar=always\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
}

TEST(rule_06_one_fact_changes_the_goal_and_stops_the_clock)
{
#define TRIAGE(members)                                                                            \
    P("'attributes': {'grade': 'int'}, 'targets': ["                                               \
      "{'target': 'triage', 'stop': 'graded', " GRADES                                             \
      ", 'attribute_defaults': {'grade': 1}" members                                               \
      "}, {'target': 'work', 'stop': 'resolved', 'goals': ["                                       \
      "{'when': {'attr': 'grade', 'eq': 1}, 'elapsed': 'PT8H'},"                                   \
      "{'when': {'attr': 'grade', 'eq': 2}, 'elapsed': 'PT24H'}]}]")
    static const stage_row rows[] = {
        {"attributes first: judged by the goal just found; a breach by default is taken back",
         TRIAGE(""),
         "+ 02T09:00 opened\n"
         "? triage due=02T11:00 defaults=yes\n"
         "@ 02T11:00\n"
         "= 02T11:00 breached triage defaults=yes\n"
         "+ 02T12:00 graded grade=2\n"
         "= 02T12:00 breach_retracted triage step=breach_retracted:breach because=goal_changed\n"
         "= 02T12:00 met triage due=02T13:00 defaults=no\n"},
        {"judge: standing keeps the goal in force before the fact", TRIAGE(", 'judge': 'standing'"),
         "+ 02T09:00 opened\n"
         "@ 02T11:00\n"
         "= 02T11:00 breached triage defaults=yes\n"
         "+ 02T12:00 graded grade=2\n"
         "= 02T12:00 missed triage due=02T11:00\n"},
        {"the strictest grade until it is known", TRIAGE(""),
         "+ 02T09:00 opened\n"
         "+ 02T10:30 graded grade=1\n"
         "= 02T10:30 met triage due=02T11:00 defaults=no\n"},
        {"the other targets wait for the grade and then count from receipt", TRIAGE(""),
         "+ 02T09:00 opened\n"
         "? work state=waiting start=never due=never\n"
         "+ 02T10:00 graded grade=1\n"
         "= 02T10:00 met triage\n"
         "? work state=running start=02T09:00 due=02T17:00\n"},
        {"with the grade known at once nothing is provisional", TRIAGE(""),
         "+ 02T09:00 opened grade=1\n"
         "? triage due=02T11:00 defaults=no\n"
         "? work due=02T17:00\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
#undef TRIAGE
}
