/* Goal: what ended keeps what it was judged with, whatever comes into force after it
 * (docs/policy.md, Migration): it is explained by that.
 * Method: scripts worked out by hand (stage.h), one line for what is explained. */
#include "stage.h"

#include <stdio.h>
#include <string.h>

#include <sla/explain.h>

#define CONTINUES(hours)                                                                           \
    "{'policy': 'p', 'version': '1', 'targets': [{'target': 't', 'stop': 'done',"                  \
    " 'on_reopen': 'continue', 'goals': [{'elapsed': '" hours "'}]}]}"

static void check_explained(stage *scene, const char *why, const char *target, const char *want)
{
    sla_explain_segment segments[32];
    sla_explanation explanation;
    size_t count = 0;
    char got[256];

    CHECK_OK(sla_engine_explain(scene->engine, stage_string(""), stage_string("T-1"), "p", target,
                                1, stage_time("03T00:00"), &explanation, segments,
                                COUNT_OF(segments), &count));
    snprintf(got, sizeof got, "%s %s %s v%s cal=%s/%s need=%dm", explanation.goal,
             explanation.clock.calendar, sla_state_name(explanation.clock.state),
             explanation.clock.policy_version, explanation.calendar, explanation.calendar_version,
             (int)(explanation.need / SLA_MINUTE));
    for (size_t i = 0; i < count && i < COUNT_OF(segments); i++) {
        if (segments[i].kind == SLA_EXPLAIN_PAUSED)
            snprintf(got + strlen(got), sizeof got - strlen(got), " %s", segments[i].label);
    }
    CHECK_STR(why, want, got);
}

TEST(an_ended_clock_is_explained_by_what_it_was_judged_with)
{
    static const char first[] =
        "{'policy': 'p', 'version': '1', 'calendar': 'office',"
        " 'pauses': [{'reason': 'x', 'on': 'x'}, {'reason': 'y', 'on': 'y'}],"
        " 'resumes': [{'on': 'free'}],"
        " 'targets': [{'target': 't', 'stop': 'done', 'goals': [{'business': 'PT4H'}]}]}";
    static const char second[] =
        "{'policy': 'p', 'version': '2', 'calendar': 'always',"
        " 'pauses': [{'reason': 'y', 'on': 'y'}],"
        " 'targets': [{'target': 'u', 'stop': 'done', 'goals': [{'elapsed': 'PT1H'}]},"
        "  {'target': 't', 'stop': 'done', 'goals': [{'elapsed': 'PT9H'}]}]}";
    static const char office[] =
        "{'kind': 'calendar', 'name': 'office', 'version': '2', 'zone': 'UTC',"
        " 'week': {'mon-fri': ['11:00-17:00']}}";
    static const char want[] = "business office met v1 cal=office/1 need=240m x";
    static stage scene;

    stage_open(&scene, "explained", first, NULL);
    stage_play(&scene, "+ 02T09:00 opened\n"
                       "+ 02T10:00 x\n"
                       "+ 02T11:00 free\n"
                       "= 02T11:00 due_changed t because=resumed due=02T14:00\n"
                       "+ 02T12:00 done\n"
                       "= 02T12:00 met t\n");
    check_explained(&scene, "as it ended", "t", want);
    stage_adopt(&scene, NULL, office, stage_time("02T13:00"));
    check_explained(&scene, "after another calendar of that name", "t", want);
    stage_adopt(&scene, second, NULL, stage_time("02T13:30"));
    stage_play(&scene, "+ 02T14:00 migrated\n"
                       "? t state=met due=02T14:00 calendar=office version=1\n");
    check_explained(&scene, "after the migration", "t", want);
    stage_adopt(&scene, second, NULL, stage_time("02T14:30"));
    stage_play(&scene, "+ 02T15:00 migrated\n"
                       "= 02T15:00 breached u due=02T15:00\n");
    check_explained(&scene, "after another one", "t", want);
    stage_play(
        &scene,
        "+ 02T15:30 y at=02T12:30 -> late\n"
        "= 02T12:30 breach_retracted u step=breach_retracted:breach late because=late_fact\n");
    check_explained(&scene, "folded again", "t", want);
    stage_close(&scene);
}

TEST(a_clock_that_the_migration_cancelled_is_explained_by_what_it_had)
{
    static stage scene;

    stage_open(&scene, "cancelled",
               "{'policy': 'p', 'version': '1', 'calendar': 'office', 'targets': [{'target': 't',"
               " 'stop': 'done', 'goals': [{'business': 'PT4H'}]}]}",
               NULL);
    stage_play(&scene, "+ 02T09:00 opened\n");
    stage_adopt(&scene,
                "{'policy': 'p', 'version': '2', 'attributes': {'grade': 'int'}, 'targets': "
                "[{'target': 't', 'stop': 'done', 'goals': [{'when': {'attr': 'grade', 'eq': 1},"
                " 'elapsed': 'PT1H'}]}]}",
                NULL, stage_time("02T10:00"));
    stage_play(&scene, "+ 02T11:00 migrated\n"
                       "= 02T11:00 cancelled t because=migrated\n");
    check_explained(&scene, "its old goal", "t",
                    "business office cancelled v1 cal=office/1 need=240m");
    stage_close(&scene);
}

TEST(with_history_in_a_store_migrated_asks_for_it_and_nothing_after)
{
    static const char *const before[] = {"02T09:00 opened", "02T10:00 done"};
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    static stage_fact given[COUNT_OF(before)];
    sla_fact facts[COUNT_OF(before)];
    static stage scene;
    stage_fact migrated;

    options.history_in_store = true;
    stage_open(&scene, "in a store", CONTINUES("PT4H"), &options);
    stage_play(&scene, "+ 02T09:00 opened\n+ 02T10:00 done\n= 02T10:00 met t\n");
    for (size_t i = 0; i < COUNT_OF(before); i++) {
        stage_read_fact(before[i], &given[i]);
        facts[i] = given[i].fact;
    }
    stage_adopt(&scene, CONTINUES("PT6H"), NULL, stage_time("02T10:30"));
    stage_read_fact("02T11:00 migrated", &migrated);
    CHECK_RESULT(SLA_NEED_HISTORY,
                 sla_engine_record(scene.engine, &migrated.fact, migrated.now, NULL, NULL));
    CHECK_OK(sla_engine_supply_history(scene.engine, stage_string(""), stage_string("T-1"), facts,
                                       NULL, COUNT_OF(before)));
    CHECK_OK(sla_engine_record(scene.engine, &migrated.fact, migrated.now, NULL, NULL));
    check_explained(&scene, "as it ended", "t", "elapsed  met v1 cal=/ need=240m");
    stage_play(&scene, "+ 02T12:00 reopened\n"
                       "= 02T12:00 due_changed t because=reopened due=02T17:00\n"
                       "= 02T12:00 retracted t step=retracted:met because=reopened\n");
    check_explained(&scene, "going on", "t", "elapsed  running v1 cal=/ need=360m");
    stage_close(&scene);
}
