/* Goal: facts that come late, or again, when their ticket has gone over to other
 * policies: each is what it would have been, read by the policies of its place.
 * Method: scripts worked out by hand (stage.h). */
#include "stage.h"

/* Every version has other symbols, types and reason codes. */
#define DESK(version, grade, code, members)                                                        \
    "{'policy': 'desk', 'version': '" version "', 'attributes': {'grade': '" grade "'},"           \
    " 'reason_codes': {'waiting': ['" code "']}, " members                                         \
    " 'pauses': [{'reason': 'c', 'on': 'waiting'}], 'resumes': [{'on': 'back'}],"                  \
    " 'targets': [{'target': 't', 'stop': 'done', 'goals': [{'elapsed': 'PT8H'}]}]}"
#define REFUSING                                                                                   \
    "'at_once': [{'name': 'a1', 'on': 'f1'}, {'name': 'a2', 'on': 'f2'}],"                         \
    " 'refuse': [{'rule': 'no_return', 'on': 'returned', 'when': {'seen': 'accepted'}}],"
#define NOTING                                                                                     \
    "'at_once': [{'name': 'wrong_a', 'on': 'x1'}, {'name': 'wrong_b', 'on': 'x2'},"                \
    " {'name': 'wrong_c', 'on': 'x3'}, {'name': 'wrong_d', 'on': 'x4'},"                           \
    " {'name': 'wrong_e', 'on': 'x5'}, {'name': 'wrong_f', 'on': 'x6'}],"

typedef struct course_row {
    const char *why, *first, *before, *second, *after;
} course_row;

static void play_all(const course_row *rows, size_t count)
{
    static stage scene;

    for (size_t i = 0; i < count; i++) {
        stage_open(&scene, rows[i].why, rows[i].first, NULL);
        stage_play(&scene, rows[i].before);
        stage_adopt(&scene, rows[i].second, NULL, stage_time("02T11:00"));
        stage_play(&scene, rows[i].after);
        stage_close(&scene);
    }
}

TEST(a_late_fact_before_a_migration_is_refused_by_the_rule_of_then)
{
    static const course_row rows[] = {
        {"fewer symbols after", DESK("1", "int", "cust", REFUSING),
         "+ 02T09:00 opened\n+ 02T10:00 accepted\n", DESK("2", "int", "cust", ""),
         "+ 02T12:00 migrated\n"
         "+ 02T13:00 returned at=02T10:30 -> late refused:no_return\n"
         "+ 02T13:10 returned -> no_effect\n"},
        {"another symbol of that number after", DESK("1", "int", "cust", REFUSING),
         "+ 02T09:00 opened\n+ 02T10:00 accepted\n", DESK("2", "int", "cust", NOTING),
         "+ 02T12:00 migrated\n"
         "+ 02T13:00 returned at=02T10:30 -> late refused:no_return\n"},
        {"a rule that came with the migration, and went when it was withdrawn",
         DESK("1", "int", "cust", NOTING), "+ 02T09:00 opened\n+ 02T10:00 accepted -> no_effect\n",
         DESK("2", "int", "cust", REFUSING),
         "+ 02T12:00 migrated id=m\n"
         "+ 02T13:00 returned at=02T12:30 -> refused:no_return\n"
         "+ 02T13:10 returned at=02T11:30 -> late no_effect\n"
         "+ 02T14:00 withdrawn withdraws=m -> late\n"
         "+ 02T14:10 returned at=02T12:40 -> no_effect\n"},
    };

    play_all(rows, COUNT_OF(rows));
}

TEST(a_late_fact_is_checked_by_the_policies_of_its_place)
{
    static const course_row rows[] = {
        {"types of attributes", DESK("1", "int", "cust", ""), "+ 02T09:00 opened grade=1\n",
         DESK("2", "string", "cust", ""),
         "+ 02T12:00 migrated\n"
         "+ 02T13:00 attributes at=02T10:00 grade=2 -> late\n"
         "+ 02T13:01 attributes at=02T10:01 grade=x -> SLA_ERR_FACT\n"
         "+ 02T13:02 attributes at=02T12:01 grade=x\n"
         "+ 02T13:03 attributes at=02T12:02 grade=2 -> SLA_ERR_FACT\n"},
        {"codes of reasons, in force between adoption and migration too",
         DESK("1", "int", "cust", ""), "+ 02T09:00 opened\n", DESK("2", "int", "part", ""),
         "+ 02T12:00 migrated\n"
         "+ 02T13:00 waiting reason=part at=02T11:30 -> SLA_ERR_FACT\n"
         "+ 02T13:01 waiting reason=cust at=02T11:31 -> late\n"
         "+ 02T13:02 back at=02T11:41 -> late\n"
         "= 02T11:41 due_changed desk.t late because=late_fact old=02T17:00 due=02T17:10\n"
         "+ 02T13:03 waiting reason=cust at=02T12:30 -> SLA_ERR_FACT\n"
         "+ 02T13:04 waiting reason=part at=02T12:31\n"},
        {"corrections, where they will lie", DESK("1", "int", "cust", ""),
         "+ 02T09:00 opened id=o grade=1\n"
         "+ 02T10:00 attributes id=a grade=2\n",
         DESK("2", "string", "cust", ""),
         "+ 02T12:00 migrated\n"
         "+ 02T13:00 opened at=02T09:00 corrects=o grade=x -> SLA_ERR_FACT\n"
         "+ 02T13:01 opened at=02T09:00 corrects=o grade=3 -> late\n"
         "+ 02T13:02 attributes at=02T12:30 corrects=a grade=3 -> SLA_ERR_FACT\n"
         "+ 02T13:03 attributes at=02T12:30 corrects=a grade=x -> late\n"},
        {"how late it may be", DESK("1", "int", "cust", "'late_fact_limit': 'PT3H',"),
         "+ 02T09:00 opened\n", DESK("2", "int", "cust", "'late_fact_limit': 'PT30M',"),
         "+ 02T12:00 migrated\n"
         "+ 02T13:00 back at=02T09:59 -> SLA_ERR_TOO_LATE\n"
         "+ 02T13:00 back at=02T10:00 -> late\n"
         "+ 02T13:00 back at=02T12:29 -> SLA_ERR_TOO_LATE\n"
         "+ 02T13:00 back at=02T12:30\n"},
        {"what `migrated` carries, by the policies that it brings", DESK("1", "int", "cust", ""),
         "+ 02T09:00 opened grade=1\n", DESK("2", "string", "cust", ""),
         "+ 02T12:00 migrated grade=2 -> SLA_ERR_FACT\n"
         "+ 02T12:00 migrated grade=x\n"},
        {"a migration that waits for its time", DESK("1", "int", "cust", ""),
         "+ 02T09:00 opened grade=1\n", DESK("2", "string", "cust", NOTING),
         "- 02T12:00 migrated at=02T12:04\n"
         "- 02T12:01 attributes at=02T12:05 grade=2 -> SLA_ERR_FACT\n"
         "- 02T12:01 attributes at=02T12:05 grade=x\n"
         "- 02T12:01 attributes at=02T12:03 grade=2\n"
         "- 02T13:00 attributes grade=x\n"},
        {"what comes behind it, and nobody has polled since", DESK("1", "int", "cust", ""),
         "+ 02T09:00 opened grade=1\n", DESK("2", "string", "part", NOTING),
         "- 02T12:00 migrated at=02T12:04\n"
         "- 02T12:10 waiting reason=part\n"
         "? desk.t state=paused\n"
         "- 02T12:20 done\n"
         "? desk.t state=met\n"
         "! 02T12:20\n"
         "= 02T12:20 met desk.t\n"},
        {"a wrong value takes no other with it when facts are read anew",
         "{'policy': 'desk', 'version': '1', 'attributes': {'grade': 'int', 'rank': 'int'},"
         " 'targets': [{'target': 't', 'stop': 'done', 'goals': [{'elapsed': 'PT8H'}]}]}",
         "+ 02T09:00 opened grade=1 rank=2\n",
         "{'policy': 'desk', 'version': '2', 'attributes': {'grade': 'string', 'rank': 'int'},"
         " 'targets': [{'target': 't', 'stop': 'done', 'goals': ["
         "{'when': {'attr': 'rank', 'eq': 2}, 'elapsed': 'PT4H'}, {'elapsed': 'PT8H'}]}]}",
         "+ 02T12:00 migrated\n"
         "= 02T12:00 due_changed desk.t because=migrated old=02T17:00 due=02T13:00\n"},
    };

    play_all(rows, COUNT_OF(rows));
}

TEST(a_fact_that_comes_again_is_a_duplicate_whatever_came_into_force)
{
    static const course_row rows[] = {
        {"types and codes that are no more", DESK("1", "int", "cust", ""),
         "+ 02T09:00 opened id=1 grade=1\n"
         "+ 02T10:00 waiting id=2 reason=cust\n"
         "+ 02T10:30 back id=3\n"
         "= 02T10:30 due_changed desk.t because=resumed old=02T17:00 due=02T17:30\n",
         DESK("2", "string", "part", ""),
         "+ 02T12:00 migrated id=4\n"
         "+ 02T12:20 opened at=02T09:00 id=1 grade=1 -> SLA_DUPLICATE\n"
         "+ 02T12:20 waiting at=02T10:00 id=2 reason=cust -> SLA_DUPLICATE\n"
         "+ 02T12:20 back at=02T10:30 id=3 -> SLA_DUPLICATE\n"
         "+ 02T12:20 opened at=02T09:00 id=1 grade=x -> SLA_ERR_CONFLICT\n"},
        {"migrated, before the adoption and after it", DESK("1", "int", "cust", ""),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 migrated id=m\n"
         "+ 02T10:30 migrated at=02T10:00 id=m -> SLA_DUPLICATE\n",
         DESK("2", "int", "cust", ""),
         "+ 02T12:00 migrated at=02T10:00 id=m -> SLA_DUPLICATE\n"
         "+ 02T12:10 migrated id=n\n"
         "+ 02T12:20 migrated at=02T10:00 id=m -> SLA_DUPLICATE\n"
         "+ 02T12:20 migrated at=02T12:10 id=n -> SLA_DUPLICATE\n"
         "+ 02T12:20 migrated at=02T12:11 id=n -> SLA_ERR_CONFLICT\n"},
    };

    play_all(rows, COUNT_OF(rows));
}

/* A target without steps, one with a level, both of them. */
#define TARGETS(version, targets)                                                                  \
    "{'policy': 'desk', 'version': '" version "', 'targets': [" targets "]}"
#define PLAIN(name) "{'target': '" name "', 'stop': 'done', 'goals': [{'elapsed': 'PT1H'}]}"
#define WITH_LEVEL                                                                                 \
    "{'target': 't', 'stop': 'done', 'goals': [{'elapsed': 'PT1H'}],"                              \
    " 'steps': [{'step': 'head', 'after': 'PT5M', 'level': 1, 'to': 'head'}]}"

TEST(what_a_migration_left_out_is_not_taken_back)
{
    static const course_row rows[] = {
        {"kept: the breach is taken back", TARGETS("1", PLAIN("t")),
         "+ 02T09:00 opened\n@ 02T10:00\n= 02T10:00 breached desk.t\n", TARGETS("2", PLAIN("t")),
         "+ 02T12:00 migrated\n"
         "+ 02T12:50 done at=02T09:30 -> late\n"
         "= 02T09:30 breach_retracted desk.t step=breach_retracted:breach late because=late_fact\n"
         "= 02T09:30 met desk.t late\n"},
        {"the target left out", TARGETS("1", PLAIN("t")),
         "+ 02T09:00 opened\n@ 02T10:00\n= 02T10:00 breached desk.t\n", TARGETS("2", PLAIN("u")),
         "+ 02T12:00 migrated\n"
         "+ 02T12:50 done at=02T09:30 -> late\n"},
        {"its level left out", TARGETS("1", WITH_LEVEL),
         "+ 02T09:00 opened\n"
         "@ 02T10:10\n"
         "= 02T10:00 breached desk.t\n"
         "= 02T10:05 escalated desk.t step=head\n",
         TARGETS("2", PLAIN("t")),
         "+ 02T12:00 migrated\n"
         "+ 02T12:50 done at=02T09:30 -> late\n"
         "= 02T09:30 breach_retracted desk.t step=breach_retracted:breach late because=late_fact\n"
         "= 02T09:30 met desk.t late\n"},
    };

    play_all(rows, COUNT_OF(rows));
}

/* Adopted while the migration waits, and nobody has polled since. */
TEST(an_adoption_follows_a_migration_that_waited)
{
    static stage scene;

    stage_open(&scene, "other symbols, more attributes", DESK("1", "int", "cust", ""), NULL);
    stage_play(&scene, "+ 02T09:00 opened\n");
    stage_adopt(&scene,
                "{'policy': 'desk', 'version': '2',"
                " 'attributes': {'a': 'int', 'b': 'int', 'c': 'int', 'd': 'int', 'e': 'int'},"
                " 'targets': [{'target': 's', 'stop': 'done', 'goals': [{'elapsed': 'PT9H'}]},"
                " {'target': 't', 'stop': 'done', 'calendar': 'office',"
                " 'goals': [{'business': 'PT4H'}]}]}",
                NULL, stage_time("02T11:00"));
    stage_play(&scene, "- 02T12:00 migrated at=02T12:04 a=1 e=5\n");
    stage_adopt(&scene, NULL,
                "{'kind': 'calendar', 'name': 'office', 'version': '2', 'zone': 'UTC',"
                " 'week': {'mon-fri': ['09:00-12:30', '13:00-17:00']}}",
                stage_time("02T12:10"));
    stage_play(
        &scene,
        "! 02T12:10\n"
        "= 02T12:04 due_changed desk.t late because=migrated old=02T17:00 due=02T13:00\n"
        "= 02T12:10 due_changed desk.t step=due_changed:world because=calendar_changed old=02T13:00"
        " due=02T13:30\n"
        "? desk.s state=running start=02T12:04\n");
    stage_close(&scene);
}

/* The host may not know that the fact is not new: the engine asks. */
TEST(with_history_in_a_store_a_fact_that_comes_again_late_is_asked_for)
{
    static stage scene;
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    const uint32_t policies[] = {0, 0, 1, 1};
    stage_fact given[4];
    sla_fact facts[4];

    options.history_in_store = true;
    stage_open(&scene, "in a store", DESK("1", "int", "cust", ""), &options);
    stage_play(&scene, "+ 02T09:00 opened id=1 grade=1\n"
                       "+ 02T10:00 attributes id=2 grade=2\n");
    stage_adopt(&scene, DESK("2", "string", "part", NOTING), NULL, stage_time("02T11:00"));
    stage_play(&scene, "+ 02T11:30 done id=3\n"
                       "= 02T11:30 met desk.t\n");
    stage_read_fact("02T09:00 opened id=1 grade=1", &given[0]);
    stage_read_fact("02T10:00 attributes id=2 grade=2", &given[1]);
    stage_read_fact("02T11:30 done id=3", &given[2]);
    stage_read_fact("02T12:00 migrated id=4", &given[3]);
    for (size_t i = 0; i < COUNT_OF(facts); i++)
        facts[i] = given[i].fact;
    CHECK_RESULT(SLA_NEED_HISTORY,
                 sla_engine_record(scene.engine, &facts[3], given[3].now, NULL, NULL));
    CHECK_OK(sla_engine_supply_history(scene.engine, stage_string(""), stage_string("T-1"), facts,
                                       policies, 3));
    CHECK_OK(sla_engine_record(scene.engine, &facts[3], given[3].now, NULL, NULL));
    CHECK_RESULT(SLA_NEED_HISTORY,
                 sla_engine_record(scene.engine, &facts[0], given[3].now, NULL, NULL));
    CHECK_OK(sla_engine_supply_history(scene.engine, stage_string(""), stage_string("T-1"), facts,
                                       policies, COUNT_OF(facts)));
    for (size_t i = 0; i < COUNT_OF(facts); i++)
        CHECK_RESULT(SLA_DUPLICATE,
                     sla_engine_record(scene.engine, &facts[i], given[3].now, NULL, NULL));
    stage_close(&scene);
}

TEST(a_history_names_only_policies_that_were_adopted)
{
    static stage scene;
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    const uint32_t policies[] = {1};
    stage_fact given;

    options.history_in_store = true;
    stage_open(&scene, "only once", DESK("1", "int", "cust", ""), &options);
    stage_play(&scene, "+ 02T09:00 opened\n");
    stage_read_fact("02T09:00 opened", &given);
    CHECK_RESULT(SLA_ERR_ARGUMENT,
                 sla_engine_supply_history(scene.engine, stage_string(""), stage_string("T-1"),
                                           &given.fact, policies, 1));
    stage_close(&scene);
}

TEST(names_that_nobody_reads_are_those_of_the_place)
{
    static stage scene;
    const char *name = "";
    uint64_t count = 0;

    stage_open(&scene, "an attribute that is no more", DESK("1", "int", "cust", ""), NULL);
    stage_play(&scene, "+ 02T09:00 opened\n");
    stage_adopt(&scene, TARGETS("2", PLAIN("t")), NULL, stage_time("02T09:10"));
    stage_play(&scene, "+ 02T09:20 migrated\n"
                       "= 02T09:20 due_changed desk.t because=migrated\n"
                       "+ 02T09:30 attributes at=02T09:15 grade=1 -> late\n");
    CHECK_EQ("read before", 0, sla_engine_unread(scene.engine, 0, &name, &count));
    stage_play(&scene, "+ 02T09:40 attributes grade=1\n");
    CHECK_EQ("and not after", 1, sla_engine_unread(scene.engine, 0, &name, &count));
    CHECK_STR("by its name", "grade", name);
    CHECK_EQ("once", 1, count);
    stage_close(&scene);
}
