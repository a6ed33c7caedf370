/* Goal: the engine as a thing to hold: polling, waking, forgetting, counting.
 * Method: small scripts (stage.h) and direct calls; what is random is seeded. */
#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla/explain.h>
#include <sla/policy.h>

#include "stage_words.h"

#define P(members) "{'policy': 'p', 'version': '1', " members "}"
#define T(members) "'targets': [{'target': 't', 'stop': 'resolved', " members "}]"
#define FOUR "'goals': [{'elapsed': 'PT4H'}]"
#define LADDER                                                                                     \
    FOUR ", 'resumes': [{'on': 'free'}], 'pauses': [{'reason': 'held', 'on': 'held'}],"            \
         " 'steps': [{'step': 'warn', 'before': 'PT1H'},"                                          \
         " {'step': 'level_1', 'after': 'PT1H', 'level': 1,"                                       \
         "  'repeat': {'every': 'PT1H', 'max': 3, 'until': 'end'}}]"

static const sla_string none = {NULL, 0};

static int record(sla_engine *engine, const char *line)
{
    stage_fact given;

    stage_read_fact(line, &given);
    return sla_engine_record(engine, &given.fact, given.now, NULL, NULL);
}

TEST(words_of_kinds_and_states)
{
    CHECK_STR("kind", "warning", sla_event_kind_name(SLA_EVENT_WARNING));
    CHECK_STR("the last kind", "resumed", sla_event_kind_name(SLA_EVENT_RESUMED));
    CHECK_TRUE("no kind", sla_event_kind_name(0) == NULL && sla_event_kind_name(17) == NULL);
    CHECK_STR("state", "waiting", sla_state_name(SLA_WAITING));
    CHECK_STR("the last state", "cancelled", sla_state_name(SLA_CANCELLED));
    CHECK_TRUE("no state", sla_state_name(-1) == NULL && sla_state_name(6) == NULL);
}

TEST(an_engine_without_policies)
{
    sla_engine *engine;
    sla_event event;
    sla_policies *unfinished;

    CHECK_OK(sla_engine_new(NULL, &engine));
    CHECK_EQ("no facts before policies", SLA_ERR_STATE, record(engine, "02T09:00 opened"));
    CHECK_EQ("nothing to tell", 0, sla_engine_poll(engine, SLA_TIME_MAX, &event));
    CHECK_EQ("nothing to wait for", SLA_NEVER, sla_engine_wakeup(engine));
    CHECK_OK(sla_policies_new(NULL, &unfinished));
    CHECK_RESULT(SLA_ERR_STATE, sla_engine_adopt(engine, unfinished, NULL, 0, 0, NULL));
    sla_policies_unref(unfinished);
    CHECK_EQ("whole", 1, sla_engine_verify(engine, NULL, 0));
    sla_engine_free(engine);
    sla_engine_free(NULL);
}

TEST(a_calendar_that_was_never_adopted)
{
    sla_policies *policies =
        stage_policies(P(T("'calendar': 'elsewhere', 'goals': [{'business': 'PT4H'}]")));
    sla_error error = {0};
    sla_engine *engine;

    CHECK_OK(sla_engine_new(NULL, &engine));
    CHECK_RESULT(SLA_ERR_NOT_FOUND, sla_engine_adopt(engine, policies, NULL, 0, 0, &error));
    CHECK_TRUE("the complaint names it", strstr(error.text, "elsewhere") != NULL);
    CHECK_EQ("nothing was adopted", SLA_ERR_STATE, record(engine, "02T09:00 opened"));
    sla_engine_free(engine);
    sla_policies_unref(policies);
}

TEST(wakeup_is_the_next_instant_of_any_ticket)
{
    static stage scene;

    stage_open(&scene, "wakeup", P(T(LADDER)), NULL);
    CHECK_EQ("none", SLA_NEVER, sla_engine_wakeup(scene.engine));
    stage_play(&scene, "+ 02T09:00 opened\n");
    CHECK_EQ("the warning", stage_time("02T12:00"), sla_engine_wakeup(scene.engine));
    stage_play(&scene, "+ 02T09:30 opened ticket=T-2\n");
    CHECK_EQ("the earlier one", stage_time("02T12:00"), sla_engine_wakeup(scene.engine));
    stage_play(&scene, "+ 02T10:00 held\n");
    CHECK_EQ("a paused clock wants nothing", stage_time("02T12:30"),
             sla_engine_wakeup(scene.engine));
    stage_play(&scene, "- 02T10:30 resolved ticket=T-2\n");
    CHECK_TRUE("something is to be told at once",
               sla_engine_wakeup(scene.engine) <= stage_time("02T10:30"));
    stage_play(&scene, "! 02T10:30\n= 02T10:30 met t ticket=T-2\n");
    CHECK_EQ("told", SLA_NEVER, sla_engine_wakeup(scene.engine));
    stage_close(&scene);
}

TEST(poll_many_is_poll_many_times)
{
    static stage one, many;
    static const char facts[] = "- 02T09:00 opened\n- 02T09:10 opened ticket=T-2\n"
                                "- 02T09:20 opened ticket=T-3\n";
    sla_event events[4], single;
    char lines[2][STAGE_LINE], wanted[2][STAGE_LINE];
    size_t count, total = 0;

    stage_open(&one, "one", P(T("'catch_up': 'all', " LADDER)), NULL);
    stage_open(&many, "many", P(T("'catch_up': 'all', " LADDER)), NULL);
    stage_play(&one, facts);
    stage_play(&many, facts);
    CHECK_EQ("no room, nothing taken", 0,
             sla_engine_poll_many(many.engine, stage_time("02T20:00"), events, 0));
    while ((count = sla_engine_poll_many(many.engine, stage_time("02T20:00"), events, 4)) > 0) {
        for (size_t i = 0; i < count; i++) {
            CHECK_EQ("there is one", 1,
                     sla_engine_poll(one.engine, stage_time("02T20:00"), &single));
            stage_print_event(&single, wanted);
            stage_print_event(&events[i], lines);
            CHECK_STR("the same", wanted[0], lines[0]);
            CHECK_STR("in all", wanted[1], lines[1]);
        }
        total += count;
    }
    CHECK_EQ("that was all", 0, sla_engine_poll(one.engine, stage_time("02T20:00"), &single));
    CHECK_EQ("a warning, a breach, a level and its newest repeat, thrice", 12, total);
    stage_close(&one);
    stage_close(&many);
}

TEST(now_may_jump_backwards)
{
    static stage scene;

    stage_open(&scene, "back", P(T(LADDER)), NULL);
    stage_play(&scene,
               "+ 02T09:00 opened\n"
               "@ 02T13:00\n"
               "= 02T12:00 warning t step=warn\n"
               "= 02T13:00 breached t\n"
               "! 02T08:00\n"
               "! 02T12:30\n"
               "- 02T10:00 held -> late\n"
               "! 02T10:00\n"
               "= 02T10:00 breach_retracted t step=breach_retracted:breach because=late_fact\n"
               "? t state=paused due=02T13:00\n"
               "+ 02T11:00 free\n"
               "= 02T11:00 due_changed t because=resumed due=02T14:00\n"
               "@ 02T14:00\n"
               "= 02T13:00 warning t step=warn ^1\n"
               "= 02T14:00 breached t ^1\n");
    stage_close(&scene);
}

/* The clock of a machine may be wherever it likes: nothing overflows. */
TEST(now_may_be_nonsense)
{
    static const sla_time nows[] = {INT64_MIN, SLA_TIME_MIN - 1, SLA_TIME_MAX + 1, SLA_NEVER};
    static stage scene;
    static stage_fact given;
    sla_error error;
    sla_event event;

    stage_open(&scene, "nonsense", P(T(LADDER)), NULL);
    stage_read_fact("02T09:00 opened", &given);
    for (size_t i = 0; i < COUNT_OF(nows); i++) {
        CHECK_EQ("record", SLA_ERR_RANGE,
                 sla_engine_record(scene.engine, &given.fact, nows[i], NULL, &error));
        CHECK_STR("the member", "", error.pointer);
        CHECK_EQ("adopt", SLA_ERR_RANGE,
                 sla_engine_adopt(scene.engine, NULL, NULL, 0, nows[i], NULL));
    }
    CHECK_OK(sla_engine_record(scene.engine, &given.fact, given.now, NULL, NULL));
    CHECK_EQ("long before", 0, sla_engine_poll(scene.engine, INT64_MIN, &event));
    CHECK_EQ("long after", 1, sla_engine_poll(scene.engine, SLA_NEVER, &event));
    CHECK_EQ("told then", SLA_TIME_MAX, event.told);
    stage_close(&scene);
}

TEST(an_extension_ends_within_the_years)
{
    static const sla_time ends[] = {INT64_MIN, SLA_TIME_MIN - 1, SLA_TIME_MAX + 1, SLA_NEVER};
    static stage scene;
    static stage_fact given;
    sla_error error;

    stage_open(&scene, "until", P(T(LADDER)), NULL);
    stage_play(&scene, "+ 02T09:00 opened\n");
    stage_read_fact("02T09:05 extended until=02T16:00 approver=head", &given);
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        given.fact.until = ends[i];
        CHECK_EQ("until", SLA_ERR_RANGE,
                 sla_engine_record(scene.engine, &given.fact, given.now, NULL, &error));
        CHECK_STR("the member", "/until", error.pointer);
    }
    stage_close(&scene);
}

TEST(what_was_told_is_not_told_again_after_a_jump_back)
{
    static stage scene;

    stage_open(&scene, "back", P(T(LADDER)), NULL);
    stage_play(&scene, "+ 02T09:00 opened\n"
                       "! 02T14:00\n"
                       "= 02T12:00 warning t step=warn late\n"
                       "= 02T13:00 breached t late\n"
                       "= 02T14:00 escalated t step=level_1\n"
                       "! 02T09:00\n"
                       "! 02T14:00\n"
                       "! 02T15:00\n"
                       "= 02T15:00 reminded t step=level_1 *1\n");
    stage_close(&scene);
}

TEST(clocks_with_small_capacity)
{
    static stage scene;
    sla_clock_view views[3];
    size_t count = 0;

    memset(views, 0, sizeof views);
    stage_open(&scene, "views",
               P("'targets': [{'target': 'a', " FOUR "}, {'target': 'b', " FOUR
                 "}, {'target': 'c', 'start': 'later', " FOUR "}]"),
               NULL);
    stage_play(&scene, "+ 02T09:00 opened\n");
    CHECK_EQ("no such ticket", SLA_ERR_NOT_FOUND,
             sla_engine_clocks(scene.engine, none, stage_string("T-9"), views, 3, &count));
    CHECK_OK(sla_engine_clocks(scene.engine, none, stage_string("T-1"), NULL, 0, &count));
    CHECK_EQ("how many there are", 3, count);
    CHECK_OK(sla_engine_clocks(scene.engine, none, stage_string("T-1"), views, 2, &count));
    CHECK_EQ("still", 3, count);
    CHECK_STR("the first", "a", views[0].target);
    CHECK_STR("the second", "b", views[1].target);
    CHECK_TRUE("beyond them nothing is written", views[2].target == NULL);
    stage_close(&scene);
}

TEST(forgetting_and_what_comes_after)
{
    static stage scene;

    stage_open(&scene, "forget", P(T(LADDER)), NULL);
    stage_play(&scene, "+ 02T09:00 opened\n+ 02T09:01 opened ticket=T-2\n");
    CHECK_EQ("unknown", SLA_ERR_NOT_FOUND,
             sla_engine_forget(scene.engine, stage_string("north"), stage_string("T-1")));
    CHECK_OK(sla_engine_forget(scene.engine, none, stage_string("T-1")));
    stage_play(&scene, "@ 02T12:30\n"
                       "= 02T12:01 warning t step=warn ticket=T-2\n"
                       "+ 02T12:40 opened\n"
                       "? t state=running start=02T12:40\n");
    stage_close(&scene);
}

TEST(counting)
{
    static stage scene;
    sla_engine_stats stats;

    stage_open(&scene, "stats", P(T(LADDER)), NULL);
    stage_play(&scene, "+ 02T09:00 opened id=o\n"
                       "+ 02T09:00 opened id=o -> SLA_DUPLICATE\n"
                       "+ 02T09:10 sneezed -> no_effect\n"
                       "+ 02T09:20 opened ticket=T-2\n"
                       "+ 02T09:30 resolved ticket=T-2\n"
                       "= 02T09:30 met t ticket=T-2\n"
                       "+ 02T09:40 held at=02T09:05 -> late\n");
    sla_engine_get_stats(scene.engine, &stats);
    CHECK_EQ("tickets", 2, stats.tickets);
    CHECK_EQ("with live clocks", 1, stats.live_tickets);
    CHECK_EQ("live clocks", 1, stats.live_clocks);
    CHECK_EQ("facts", 5, stats.facts);
    CHECK_EQ("duplicates", 1, stats.duplicates);
    CHECK_EQ("late", 1, stats.late_facts);
    CHECK_EQ("refused", 0, stats.refused_facts);
    CHECK_EQ("unread", 1, stats.unread_facts);
    CHECK_EQ("told", 1, stats.events);
    CHECK_EQ("adoptions", 1, stats.worlds);
    CHECK_TRUE("bytes", stats.bytes > 0);
    stage_close(&scene);
}

static int make_and_free(void)
{
    sla_engine *engine = NULL;
    const int result = sla_engine_new(NULL, &engine);

    sla_engine_free(engine);
    return result;
}

TEST(making_an_engine_without_memory)
{
    CHECK_EVERY_OOM(make_and_free);
}
