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

/* ------------------------------------------------------- two engines, and none */

enum { FACTS = 300, TICKETS = 12, TOLD_BYTES = 1 << 18 };

/* A seeded course of facts, one minute apart. */
static void random_fact(prng *random, size_t minute, char *line, size_t size)
{
    static const char *const names[] = {"opened", "held", "free", "resolved", "reopened", "noise"};

    snprintf(line, size, "%02zuT%02zu:%02zu %s ticket=T-%d", 2 + minute / 1440, minute / 60 % 24,
             minute % 60, names[prng_below(random, COUNT_OF(names))],
             (int)prng_below(random, TICKETS));
}

static void tell(sla_engine *engine, sla_time now, char *told)
{
    char lines[2][STAGE_LINE];
    sla_event event;

    while (sla_engine_poll(engine, now, &event)) {
        const size_t used = strlen(told);

        stage_print_event(&event, lines);
        CHECK_TRUE("room", used + 2 * STAGE_LINE < TOLD_BYTES);
        snprintf(told + used, TOLD_BYTES - used, "%s |%s\n", lines[0], lines[1]);
    }
}

static void step(sla_engine *engine, const char *line, char *told)
{
    stage_fact given;

    stage_read_fact(line, &given);
    (void)sla_engine_record(engine, &given.fact, given.now, NULL, NULL);
    tell(engine, given.now, told);
}

/* Each of `count` engines goes its own course, in turns; what the last one told. */
static uint64_t play_courses(uint64_t seed, size_t first, size_t count, char *told)
{
    static stage scenes[2];
    static char ignored[TOLD_BYTES];
    prng random[2];
    uint64_t hash;
    char line[96];

    told[0] = '\0';
    for (size_t i = first; i < count; i++) {
        stage_open(&scenes[i], "course", P(T(LADDER)), NULL);
        random[i] = prng_seeded(seed + i);
    }
    for (size_t k = 0; k < FACTS; k++) {
        for (size_t i = first; i < count; i++) {
            ignored[0] = '\0';
            random_fact(&random[i], k * 7, line, sizeof line);
            step(scenes[i].engine, line, i == 1 ? told : ignored);
        }
    }
    hash = sla_engine_hash(scenes[1].engine);
    for (size_t i = first; i < count; i++)
        stage_close(&scenes[i]);
    return hash;
}

TEST(two_engines_share_nothing)
{
    char *alone = malloc(TOLD_BYTES), *between = malloc(TOLD_BYTES);
    const uint64_t seed = check_seed();

    CHECK_TRUE("memory", alone != NULL && between != NULL);
    CHECK_TRUE("equal states, equal hashes",
               play_courses(seed, 1, 2, alone) == play_courses(seed, 0, 2, between));
    CHECK_STR("told alone, and between another one's calls", alone, between);
    CHECK_TRUE("much was told", strlen(alone) > 10000);
    free(alone);
    free(between);
}

TEST(an_engine_leaves_nothing_behind)
{
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    static stage scene;
    fakealloc fake;
    prng random = check_prng();
    char *told = calloc(1, TOLD_BYTES), line[96];

    CHECK_TRUE("memory", told != NULL);
    fakealloc_init(&fake);
    options.allocator = &fake.allocator;
    options.keep = SLA_HOUR;
    stage_open(&scene, "leaves", P(T(LADDER)), &options);
    for (size_t k = 0; k < FACTS; k++) {
        random_fact(&random, k * 7, line, sizeof line);
        told[0] = '\0';
        step(scene.engine, line, told);
        if (k % 50 == 49)
            (void)sla_engine_expire(scene.engine,
                                    stage_time("02T09:00") + (sla_time)k * 7 * SLA_MINUTE);
    }
    CHECK_TRUE("it asked for memory here", fake.calls > 100);
    stage_close(&scene);
    CHECK_NO_LEAK(&fake);
    free(told);
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

/* ------------------------------------------------------- history in the store */

enum { MANY = 150, LINE = 96 };

/* The ticket's `k`-th fact; some occurred long before they are recorded. */
static void late_fact(prng *random, size_t k, char *line)
{
    static const char *const names[] = {"held", "free", "resolved", "reopened"};
    const size_t minute = 540 + k * 11;
    const size_t back = prng_percent(random, 30) ? (size_t)prng_below(random, k * 11 + 1) : 0;
    const size_t was = minute - back;

    snprintf(line, LINE, "%02zuT%02zu:%02zu %s at=%02zuT%02zu:%02zu", 2 + minute / 1440,
             minute / 60 % 24, minute % 60, k == 0 ? "opened" : names[prng_below(random, 4)],
             2 + was / 1440, was / 60 % 24, was % 60);
}

/* Records on an engine that keeps no history; says whether it had to be supplied. */
static bool record_and_supply(sla_engine *engine, const sla_fact *facts, size_t count, sla_time now)
{
    sla_answer answer;
    int result = sla_engine_record(engine, &facts[count], now, &answer, NULL);
    const bool needed = result == SLA_NEED_HISTORY;

    if (needed) {
        CHECK_OK(sla_engine_supply_history(engine, none, stage_string("T-1"), facts, NULL, count));
        result = sla_engine_record(engine, &facts[count], now, &answer, NULL);
    }
    CHECK_OK(result);
    CHECK_EQ("its number", count + 1, answer.seq);
    return needed;
}

TEST(history_in_the_store_tells_the_same)
{
    const sla_engine_options options = {sizeof options, NULL, true, 0};
    static stage here, there;
    static char line[LINE], told[2][TOLD_BYTES];
    static stage_fact given[MANY];
    static sla_fact facts[MANY];
    prng random = check_prng();
    size_t supplied = 0;

    stage_open(&here, "here", P(T(LADDER)), NULL);
    stage_open(&there, "there", P(T(LADDER)), &options);
    told[0][0] = told[1][0] = '\0';
    for (size_t k = 0; k < MANY; k++) {
        late_fact(&random, k, line);
        stage_read_fact(line, &given[k]);
        facts[k] = given[k].fact;
        supplied += record_and_supply(there.engine, facts, k, given[k].now);
        tell(there.engine, given[k].now, told[1]);
        step(here.engine, line, told[0]);
        CHECK_STR(line, told[0], told[1]);
    }
    CHECK_TRUE("history was asked for", supplied > 10);
    CHECK_TRUE("much was told", strlen(told[0]) > 5000);
    CHECK_TRUE("equal states, equal hashes",
               sla_engine_hash(here.engine) == sla_engine_hash(there.engine));
    stage_close(&here);
    stage_close(&there);
}

/* What was handed out together stays readable together. */
TEST(poll_many_keeps_its_strings_without_a_history)
{
    const sla_engine_options options = {sizeof options, NULL, true, 0};
    static stage scene;
    sla_event events[8];
    size_t count = 0, met = 0, got;

    stage_open(&scene, "strings", P(T(LADDER)), &options);
    stage_play(&scene, "- 02T09:00 opened id=o1\n"
                       "- 02T09:00 opened id=o2 ticket=T-2\n"
                       "- 02T10:00 resolved id=r1 reason=fixed\n"
                       "- 02T10:00 resolved id=r2 reason=fixed ticket=T-2\n");
    while ((got = sla_engine_poll_many(scene.engine, stage_time("02T10:00"), events, 8)) > 0) {
        for (size_t i = 0; i < got; i++) {
            const char *id = memcmp(events[i].ticket.data, "T-1", 3) == 0 ? "r1" : "r2";

            met += events[i].kind == SLA_EVENT_MET;
            CHECK_STR("its reason", "fixed", events[i].reason);
            CHECK_EQ("its fact", 2, events[i].fact_id.length);
            CHECK_MEM("its fact", id, events[i].fact_id.data, 2);
        }
        count += got;
    }
    CHECK_EQ("two tickets", 2, met);
    CHECK_EQ("and nothing else", 2, count);
    stage_close(&scene);
}

/* Whichever allocation fails, the history is still missing; supplied again it is there. */
TEST(supplying_history_without_memory)
{
    static stage scene;
    stage_fact given[2];
    sla_fact facts[2];
    fakealloc fake;
    bool failed = true;

    for (size_t n = 0; failed; n++) {
        const sla_engine_options options = {sizeof options, &fake.allocator, true, 0};
        uint64_t hash;
        int result;

        fakealloc_init(&fake);
        stage_open(&scene, "supply", P(T(LADDER)), &options);
        stage_play(&scene, "+ 02T09:00 opened\n+ 02T11:00 resolved\n= 02T11:00 met t\n"
                           "+ 02T11:30 resolved at=02T10:00 -> SLA_NEED_HISTORY\n");
        stage_read_fact("02T09:00 opened", &given[0]);
        stage_read_fact("02T11:00 resolved", &given[1]);
        facts[0] = given[0].fact;
        facts[1] = given[1].fact;
        hash = sla_engine_hash(scene.engine);
        fakealloc_fail_at(&fake, n, true);
        result = sla_engine_supply_history(scene.engine, none, stage_string("T-1"), facts, NULL, 2);
        failed = fakealloc_disarm(&fake);
        CHECK_EQ("it says so", failed ? SLA_ERR_NOMEM : SLA_OK, result);
        CHECK_TRUE("nothing has changed", sla_engine_hash(scene.engine) == hash);
        if (failed) {
            stage_play(&scene, "+ 02T11:30 resolved at=02T10:00 -> SLA_NEED_HISTORY\n");
            CHECK_OK(
                sla_engine_supply_history(scene.engine, none, stage_string("T-1"), facts, NULL, 2));
        }
        stage_play(&scene, "+ 02T11:30 resolved at=02T10:00 -> late\n"
                           "= 02T10:00 retracted t step=retracted:met late because=late_fact\n"
                           "= 02T10:00 met t late\n");
        stage_close(&scene);
        CHECK_NO_LEAK(&fake);
    }
}
