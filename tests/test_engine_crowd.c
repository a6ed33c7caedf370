/* test_engine_crowd.c - Goal: of a crowd in which newcomers and residents (rest.c) change
 * places nobody can tell who rests.
 * Method: it goes through an engine that keeps all tickets awake and through one that keeps
 * some; facts mostly come to a few of them.  Answers, events, states and the engine's own
 * check are compared on the way. */
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "stage.h"
#include "twin_compare.h"

enum { CROWD = 500, FEW = 40, AWAKE = 200, EVENTS_MAX = 4096, LOOKS = 50 };

static const sla_string tenant = {"", 0};
static char names[CROWD][8];

typedef struct pair {
    sla_engine *awake, *resting;
    prng random;
} pair;

static sla_engine *engine_new(sla_policies *policies, size_t awake)
{
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    sla_engine *engine;

    options.awake = awake;
    CHECK_OK(sla_engine_new(&options, &engine));
    CHECK_OK(sla_engine_adopt(engine, policies, NULL, 0, stage_time("01T00:00"), NULL));
    return engine;
}

static void pair_init(pair *both, prng random)
{
    sla_policies *policies = stage_policies(
        "{'policy': 'p', 'version': '1', 'targets': [{'target': 't', 'stop': 'done',"
        " 'reset': 'called', 'goals': [{'elapsed': 'PT4H'}], 'steps': ["
        " {'step': 'w', 'before': 'PT1H'}, {'step': 'l1', 'after': 'PT0S', 'level': 1,"
        " 'repeat': {'every': 'PT3H', 'max': 3, 'until': 'end'}}]}]}");

    both->random = random;
    both->awake = engine_new(policies, SIZE_MAX);
    both->resting = engine_new(policies, AWAKE);
    sla_policies_unref(policies);
    for (size_t i = 0; i < CROWD; i++)
        snprintf(names[i], sizeof names[i], "T-%zu", i);
}

static void pair_fini(pair *both)
{
    sla_engine_free(both->awake);
    sla_engine_free(both->resting);
}

static void record(pair *both, size_t number, const char *name, sla_time now)
{
    const sla_fact fact = {
        .ticket = stage_string(names[number]), .name = stage_string(name), .occurred_at = now};
    sla_answer wanted, got;

    CHECK_EQ("recorded", sla_engine_record(both->awake, &fact, now, &wanted, NULL),
             sla_engine_record(both->resting, &fact, now, &got, NULL));
    CHECK_TRUE("the same answer", memcmp(&wanted, &got, sizeof got) == 0);
}

static void poll(pair *both, sla_time now)
{
    static sla_event wanted[EVENTS_MAX], got[EVENTS_MAX];
    const size_t most = prng_below(&both->random, EVENTS_MAX);
    const size_t count = sla_engine_poll_many(both->awake, now, wanted, most);
    twin_difference found = {0, ""};

    twin_compare_events(got, sla_engine_poll_many(both->resting, now, got, most), wanted, count,
                        &found);
    if (found.text[0] != '\0')
        CHECK_FAIL("%s", found.text);
}

static void look(const pair *both)
{
    char text[256];

    CHECK_TRUE("the same states", sla_engine_hash(both->awake) == sla_engine_hash(both->resting));
    CHECK_EQ("the same wakeup", sla_engine_wakeup(both->awake) == sla_engine_wakeup(both->resting),
             true);
    if (!sla_engine_verify(both->resting, text, sizeof text))
        CHECK_FAIL("%s", text);
}

/* Mostly one of the few, else anyone. */
static size_t somebody(pair *both)
{
    return prng_below(&both->random, prng_percent(&both->random, 70) ? FEW : CROWD);
}

/* Facts of one day and a half, in which tickets also go. */
static void play(pair *both, size_t steps)
{
    static const char *const facts[] = {"called", "called", "noted", "done", "reopened"};
    const sla_time start = stage_time("02T00:00");

    for (size_t i = 0; i < CROWD; i++)
        record(both, i, "opened", start);
    for (size_t i = 0; i < steps; i++) {
        const sla_time now = start + (sla_time)i * SLA_MINUTE / 4;
        const size_t number = somebody(both);

        record(both, number, facts[prng_below(&both->random, 5)], now);
        if (prng_percent(&both->random, 40))
            poll(both, now);
        if (prng_percent(&both->random, 2))
            CHECK_EQ("forgotten",
                     sla_engine_forget(both->awake, tenant, stage_string(names[number])),
                     sla_engine_forget(both->resting, tenant, stage_string(names[number])));
        if (i % (steps / LOOKS) == 0)
            look(both);
    }
}

TEST(a_crowd_is_told_the_same_whoever_rests)
{
    const size_t steps = check_count(8000, 100000);
    sla_engine_stats stats;
    pair both;

    pair_init(&both, check_prng());
    play(&both, steps);
    look(&both);
    sla_engine_get_stats(both.resting, &stats);
    CHECK_TRUE("most rest", stats.resting > CROWD / 2);
    CHECK_TRUE("no more are awake than wanted, but for the last ones",
               stats.tickets - stats.resting <= AWAKE + CROWD / 10);
    pair_fini(&both);
}
