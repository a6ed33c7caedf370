/* Goal: the fact `migrated` (docs/policy.md, Migration): what a ticket takes along,
 * what it leaves behind, what is new to it.
 * Method: scripts worked out by hand (stage.h), in parts, before each of which other
 * policies come into force; after each part the ticket, folded again from its
 * facts, has to be what it was, and nothing more may be told. */
#include "stage.h"

#include <stdio.h>
#include <string.h>

#define POLICY(name, version, members)                                                             \
    "{'policy': '" name "', 'version': '" version "', 'attributes': {'grade': 'int'}, " members "}"
#define T(name, hours, members)                                                                    \
    "{'target': '" name "', 'stop': 'done', 'goals': [{'elapsed': '" hours "'}]" members "}"
#define AND "\n---\n"

enum { PARTS_MAX = 4 };

typedef struct migration_row {
    const char *why;
    struct {
        const char *adopted; /* from when the policies are in force; NULL: no more parts */
        const char *policies, *script;
    } parts[PARTS_MAX];
} migration_row;

/* A fact that nobody reads comes late, with `opened`: all is folded again. */
static void check_refold(stage *scene, const char *why, const char *stamp)
{
    const uint64_t hash = sla_engine_hash(scene->engine);
    const sla_time wakeup = sla_engine_wakeup(scene->engine);
    char told_nothing[64];
    stage_fact given;

    snprintf(told_nothing, sizeof told_nothing, "@ %s\n", stamp);
    stage_read_fact("02T09:00 nobody_reads_it", &given);
    CHECK_EQ(why, SLA_OK,
             sla_engine_record(scene->engine, &given.fact, stage_time(stamp), NULL, NULL));
    CHECK_EQ(why, hash, sla_engine_hash(scene->engine));
    stage_play(scene, told_nothing);
    CHECK_EQ(why, wakeup, sla_engine_wakeup(scene->engine));
}

/* The instant of the last line that has one. */
static void end_of(const char *script, char stamp[static 32])
{
    for (const char *line = script; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (*line == '+' || *line == '-' || *line == '@')
            (void)sscanf(line + 2, "%31s", stamp);
    }
}

static void play(const migration_row *row)
{
    static stage scene;
    char stamp[32] = "";

    stage_open(&scene, row->why, row->parts[0].policies, NULL);
    for (size_t i = 0; i < PARTS_MAX && row->parts[i].adopted != NULL; i++) {
        if (i > 0)
            stage_adopt(&scene, row->parts[i].policies, NULL, stage_time(row->parts[i].adopted));
        stage_play(&scene, row->parts[i].script);
        end_of(row->parts[i].script, stamp);
        check_refold(&scene, row->why, stamp);
    }
    stage_close(&scene);
}

static void play_all(const migration_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        play(&rows[i]);
}

#define CONTINUES(hours)                                                                           \
    POLICY("p", "1", "'targets': [" T("t", hours, ", 'on_reopen': 'continue'") "]")

TEST(an_ended_clock_that_goes_on_is_given_a_goal_by_the_policies_of_then)
{
    static const migration_row rows[] = {
        {"continued after a migration: the goal that applies now, the closed time credited",
         {{"01T00:00", CONTINUES("PT4H"),
           "+ 02T09:00 opened\n"
           "+ 02T10:00 done\n"
           "= 02T10:00 met t\n"},
          {"02T10:59", CONTINUES("PT6H"),
           "+ 02T11:00 migrated\n"
           "? t state=met start=02T09:00 due=02T13:00 end=02T10:00\n"
           "+ 02T12:00 reopened\n"
           "= 02T12:00 due_changed t because=reopened old=02T13:00 due=02T17:00\n"
           "= 02T12:00 retracted t step=retracted:met because=reopened\n"
           "? t state=running due=02T17:00\n"
           "@ 02T17:00\n"
           "= 02T17:00 breached t\n"}}},
        {"where no goal applies now it stays as it ended",
         {{"01T00:00", CONTINUES("PT4H"),
           "+ 02T09:00 opened\n"
           "+ 02T10:00 done\n"
           "= 02T10:00 met t\n"},
          {"02T10:59",
           POLICY("p", "2",
                  "'targets': [{'target': 't', 'stop': 'done', 'on_reopen': 'continue',"
                  " 'goals': [{'when': {'attr': 'grade', 'eq': 1}, 'elapsed': 'PT6H'}]}]"),
           "+ 02T11:00 migrated\n"
           "+ 02T12:00 reopened\n"
           "? t state=met end=02T10:00\n"
           "+ 02T12:30 attributes grade=1\n"
           "+ 02T13:00 reopened\n"
           "= 02T13:00 due_changed t because=reopened due=02T18:00\n"
           "= 02T13:00 retracted t step=retracted:met because=reopened\n"}}},
        {"one that the migration cancelled too",
         {{"01T00:00", CONTINUES("PT4H"), "+ 02T09:00 opened\n"},
          {"02T10:59",
           POLICY("p", "2",
                  "'targets': [{'target': 't', 'stop': 'done', 'on_reopen': 'continue',"
                  " 'goals': [{'when': {'attr': 'grade', 'eq': 1}, 'elapsed': 'PT6H'}]}]"),
           "+ 02T11:00 migrated\n"
           "= 02T11:00 cancelled t because=migrated\n"
           "+ 02T12:00 reopened grade=1\n"
           "= 02T12:00 due_changed t because=reopened due=02T16:00\n"
           "= 02T12:00 retracted t step=retracted:cancelled because=reopened\n"}}},
    };

    play_all(rows, COUNT_OF(rows));
}

TEST(a_target_left_out_comes_back_with_its_next_cycle)
{
#define V1 POLICY("p", "1", "'targets': [" T("t", "PT1H", ", 'start': 'go'") "]")
#define STORY                                                                                      \
    "+ 02T09:00 opened\n"                                                                          \
    "+ 02T10:00 go\n"                                                                              \
    "+ 02T12:00 other -> no_effect\n"                                                              \
    "= 02T11:00 breached t\n"                                                                      \
    "+ 02T13:00 done\n"                                                                            \
    "= 02T13:00 missed t\n"
#define BACK                                                                                       \
    "+ 02T15:00 migrated\n"                                                                        \
    "+ 02T16:00 go\n"                                                                              \
    "@ 02T18:00\n"                                                                                 \
    "= 02T17:00 breached t/2\n"
    static const migration_row rows[] = {
        {"to a policy of another name and back",
         {{"01T00:00", V1, STORY},
          {"02T13:59", POLICY("q", "1", "'targets': [" T("u", "PT1H", ", 'start': 'go'") "]"),
           "+ 02T14:00 migrated\n"
           "? t gone\n"},
          {"02T14:59", V1, BACK}}},
        {"to a version without the target and back",
         {{"01T00:00", V1, STORY},
          {"02T13:59", POLICY("p", "2", "'targets': [" T("u", "PT1H", ", 'start': 'go'") "]"),
           "+ 02T14:00 migrated\n"},
          {"02T14:59", V1, BACK}}},
    };

    play_all(rows, COUNT_OF(rows));
}

TEST(what_is_told_of_what_is_left_out_is_another_revision_when_it_comes_back)
{
#define NOTE "'at_once': [{'name': 'top', 'becomes': {'attr': 'grade', 'eq': 1}, 'level': 3}], "
#define HALF(version)                                                                              \
    POLICY("p", version,                                                                           \
           "'targets': [" T("t", "PT4H", ", 'steps': [{'step': 'half', 'percent': 50}]") "]")
    static const migration_row rows[] = {
        {"a warning that the version between does not have",
         {{"01T00:00", HALF("1"),
           "+ 02T09:00 opened\n"
           "@ 02T12:00\n"
           "= 02T11:00 warning t step=half\n"},
          {"02T11:59", POLICY("p", "2", "'targets': [" T("t", "PT4H", "") "]"),
           "+ 02T12:00 migrated\n"},
          {"02T12:29", HALF("3"),
           "+ 02T12:30 migrated\n"
           "= 02T11:00 warning t step=half ^1 late\n"}}},
        {"a migration that is withdrawn: the breach is told again, and not under its old name",
         {{"01T00:00", POLICY("p", "1", "'targets': [" T("t", "PT1H", "") "]"),
           "+ 02T09:00 opened\n"
           "@ 02T10:00\n"
           "= 02T10:00 breached t\n"},
          {"02T11:59", POLICY("p", "2", "'targets': [" T("u", "PT9H", "") "]"),
           "+ 02T12:00 migrated id=m\n"
           "? t gone\n"
           "+ 02T13:00 withdrawn withdraws=m -> late\n"
           "= 02T10:00 breached t ^1 late\n"
           "? t state=running\n"
           "? u gone\n"}}},
        {"a rule of its own, taken back before and told again after",
         {{"01T00:00", POLICY("p", "1", NOTE "'targets': [" T("t", "PT9H", "") "]"),
           "+ 02T09:00 opened grade=2\n"
           "+ 02T10:00 attributes id=a grade=1\n"
           "= 02T10:00 escalated step=top\n"
           "+ 02T10:30 attributes at=02T10:00 corrects=a grade=2 -> late\n"
           "= 02T10:00 retracted step=retracted:top late because=late_fact\n"},
          {"02T10:59",
           POLICY("a", "1",
                  "'at_once': [{'name': 'other', 'on': 'noted'}], "
                  "'targets': [" T("t", "PT9H", "") "]")
               AND POLICY("p", "2", NOTE "'targets': [" T("t", "PT9H", "") "]"),
           "+ 02T11:00 migrated\n"
           "+ 02T11:30 attributes at=02T10:00 corrects=a grade=1 -> late\n"
           "= 02T10:00 escalated step=top ^1 late\n"}}},
    };

    play_all(rows, COUNT_OF(rows));
}

TEST(targets_that_are_new_to_a_kept_policy_wait_for_their_start)
{
#define V2(start) POLICY("p", "2", "'targets': [" T("u", "PT1H", start) "," T("t", "PT9H", "") "]")
    static const migration_row rows[] = {
        {"what came before does not start it, what comes does",
         {{"01T00:00", POLICY("p", "1", "'targets': [" T("t", "PT9H", "") "]"),
           "+ 02T09:00 opened\n"
           "+ 02T09:30 go -> no_effect\n"},
          {"02T09:59", V2(", 'start': 'go'"),
           "+ 02T10:00 migrated\n"
           "? u state=waiting\n"
           "? t state=running start=02T09:00 due=02T18:00\n"
           "+ 02T11:00 go\n"
           "? u state=running start=02T11:00 due=02T12:00\n"}}},
        {"a start that is `opened` is seen at the migration",
         {{"01T00:00", POLICY("p", "1", "'targets': [" T("t", "PT9H", "") "]"),
           "+ 02T09:00 opened\n"},
          {"02T09:59", V2(""),
           "+ 02T10:00 migrated\n"
           "? u state=running start=02T10:00 due=02T11:00\n"}}},
        {"counted from where start_from says",
         {{"01T00:00", POLICY("p", "1", "'targets': [" T("t", "PT9H", "") "]"),
           "+ 02T09:00 opened\n"},
          {"02T09:59", V2(", 'start_from': 'opened'"),
           "+ 02T09:59:30 migrated\n"
           "? u state=running start=02T09:00 due=02T10:00\n"}}},
        {"migrated itself may start it",
         {{"01T00:00", POLICY("p", "1", "'targets': [" T("t", "PT9H", "") "]"),
           "+ 02T09:00 opened\n"},
          {"02T09:59", V2(", 'start': 'migrated'"),
           "+ 02T10:00 migrated\n"
           "? u state=running start=02T10:00\n"}}},
        {"pauses that facts have set count for it",
         {{"01T00:00",
           POLICY("p", "1",
                  "'pauses': [{'reason': 'held', 'on': 'held'}], "
                  "'targets': [" T("t", "PT9H", "") "]"),
           "+ 02T09:00 opened\n"
           "+ 02T09:30 held\n"},
          {"02T09:59",
           POLICY("p", "2",
                  "'pauses': [{'reason': 'held', 'on': 'held'}], "
                  "'targets': [" T("u", "PT1H", "") "," T("t", "PT9H", "") "]"),
           "+ 02T10:00 migrated\n"
           "? u state=paused start=02T10:00\n"}}},
        {"one that waited and was cancelled is not new",
         {{"01T00:00",
           POLICY("p", "1", "'targets': [" T("t", "PT9H", ", 'start': 'go', 'cancel': 'no'") "]"),
           "+ 02T09:00 opened\n"
           "+ 02T09:30 no\n"
           "? t gone\n"},
          {"02T09:59", POLICY("p", "2", "'targets': [" T("t", "PT9H", ", 'start': 'go'") "]"),
           "+ 02T10:00 migrated\n"
           "? t gone\n"}}},
        {"a policy that no longer matches brings none",
         {{"01T00:00", POLICY("p", "1", "'targets': [" T("t", "PT9H", "") "]"),
           "+ 02T09:00 opened grade=2\n"},
          {"02T09:59",
           POLICY("p", "2",
                  "'match': {'attr': 'grade', 'eq': 1}, "
                  "'targets': [" T("u", "PT1H", "") "," T("t", "PT9H", "") "]"),
           "+ 02T10:00 migrated\n"
           "= 02T10:00 cancelled t because=policy_left\n"
           "? u gone\n"}}},
        {"one that had seen its start and waited for a goal gets it",
         {{"01T00:00",
           POLICY("p", "1",
                  "'targets': [{'target': 't', 'stop': 'done',"
                  " 'goals': [{'when': {'attr': 'grade', 'eq': 1}, 'elapsed': 'PT1H'}]}]"),
           "+ 02T09:00 opened\n"
           "? t state=waiting\n"},
          {"02T09:59", POLICY("p", "2", "'targets': [" T("t", "PT4H", "") "]"),
           "+ 02T10:00 migrated\n"
           "? t state=running start=02T09:00 due=02T13:00\n"}}},
    };

    play_all(rows, COUNT_OF(rows));
}

TEST(numbers_that_change_with_the_policies)
{
#define TWO(version, first, second) POLICY("p", version, "'targets': [" first "," second "]")
#define A T("a", "PT1H", ", 'late_after': 'P1D'")
#define B T("b", "PT8H", "")
    static const migration_row rows[] = {
        {"what nobody has heard yet is told of the right clock",
         {{"01T00:00", TWO("1", A, B), "+ 02T09:00 opened\n"},
          {"02T10:59", TWO("2", B, A),
           "- 02T11:00 migrated\n"
           "! 02T11:00\n"
           "= 02T10:00 breached a due=02T10:00\n"}}},
        {"what waits to be told of a late fact, too",
         {{"01T00:00", TWO("1", A, B),
           "+ 02T09:00 opened\n"
           "@ 02T10:30\n"
           "= 02T10:00 breached a\n"},
          {"02T10:58", TWO("2", B, A),
           "- 02T10:59 extended at=02T09:30 for=PT30M policy=p target=a approver=head -> late\n"
           "- 02T11:00 migrated\n"
           "! 02T11:00\n"
           "= 02T09:30 due_changed a because=late_fact old=02T10:00 due=02T10:30\n"
           "= 02T09:30 breach_backdated a because=late_fact\n"}}},
        {"a migration that waited for its time, and moves a due",
         {{"01T00:00", TWO("1", A, B), "+ 02T09:00 opened\n"},
          {"02T09:10", TWO("2", T("b", "PT3H", ""), A),
           "- 02T09:20 migrated at=02T09:25\n"
           "@ 02T09:30\n"
           "= 02T09:25 due_changed b because=migrated old=02T17:00 due=02T12:00\n"
           "@ 02T13:00\n"
           "= 02T10:00 breached a\n"
           "= 02T12:00 breached b\n"}}},
        {"a pause whose reason is no more ends; the rest keep theirs",
         {{"01T00:00",
           POLICY("p", "1",
                  "'pauses': [{'reason': 'x', 'on': 'x'}, {'reason': 'y', 'on': 'y'}], "
                  "'targets': [" T("t", "PT4H", "") "]"),
           "+ 02T09:00 opened\n"
           "+ 02T10:00 x\n"},
          {"02T10:59",
           POLICY("p", "2",
                  "'pauses': [{'reason': 'y', 'on': 'y'}], "
                  "'targets': [" T("t", "PT4H", "") "]"),
           "+ 02T11:00 migrated\n"
           "= 02T11:00 due_changed t because=migrated old=02T13:00 due=02T14:00\n"
           "? t state=running due=02T14:00\n"
           "+ 02T12:00 y\n"
           "? t state=paused\n"}}},
        {"what the fact itself carries is read by the new policies, and so is what was seen",
         {{"01T00:00",
           "{'policy': 'p', 'version': '1', 'attributes': {'aaa': 'int', 'grade': 'int'},"
           " 'match': {'attr': 'aaa', 'ne': 7}, 'targets': [" T("t", "PT4H", "") "]}",
           "+ 02T08:30 been -> no_effect\n"
           "+ 02T09:00 opened aaa=1 grade=2\n"},
          {"02T09:59",
           POLICY("p", "2",
                  "'targets': [{'target': 't', 'stop': 'done', 'goals': ["
                  "{'when': {'all': [{'attr': 'grade', 'eq': 1}, {'seen': 'been'}]},"
                  " 'elapsed': 'PT2H'}, {'elapsed': 'PT9H'}]}]"),
           "+ 02T10:00 migrated aaa=5 grade=1\n"
           "= 02T10:00 due_changed t because=migrated old=02T13:00 due=02T11:00\n"}}},
    };

    play_all(rows, COUNT_OF(rows));
}

/* Something is told of a ticket, and more of the same instant is still to come, when
 * the ticket goes over. */
TEST(a_ticket_goes_over_while_a_poll_is_at_work)
{
    static stage scene;
    char told[64] = "";
    stage_fact given;
    sla_event event;

    stage_open(&scene, "half told",
               POLICY("p", "1", "'targets': [" T("a", "PT1H", "") "," T("b", "PT1H", "") "]"),
               NULL);
    stage_play(&scene, "+ 02T09:00 opened\n");
    CHECK_EQ("the first", 1, sla_engine_poll(scene.engine, stage_time("02T10:00"), &event));
    stage_adopt(&scene,
                POLICY("p", "2", "'targets': [" T("b", "PT1H", "") "," T("c", "PT9H", "") "]"),
                NULL, stage_time("02T10:01"));
    stage_read_fact("02T10:02 migrated", &given);
    CHECK_OK(sla_engine_record(scene.engine, &given.fact, given.now, NULL, NULL));
    while (sla_engine_poll(scene.engine, stage_time("02T10:02"), &event)) {
        strncat(told, event.target, sizeof told - strlen(told) - 1);
        strncat(told, " ", sizeof told - strlen(told) - 1);
    }
    CHECK_STR("the second, once", "b ", told);
    stage_close(&scene);
}
