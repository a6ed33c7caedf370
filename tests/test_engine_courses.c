/* Goal: engines of one process share nothing, one that is gone leaves nothing, and one
 * whose history lies in a store tells what one tells that keeps it.
 * Method: seeded courses of facts, side by side and alone, with and without a history. */
#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* ------------------------------------------------------- side by side, and alone */

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
    const sla_engine_options options = {.size = sizeof options, .history_in_store = true};
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
    const sla_engine_options options = {.size = sizeof options, .history_in_store = true};
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
        const sla_engine_options options = {
            .size = sizeof options, .allocator = &fake.allocator, .history_in_store = true};
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
