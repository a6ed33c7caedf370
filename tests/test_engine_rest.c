/* test_engine_rest.c - Goal: nobody can tell whether a ticket is awake or at rest.
 * Method: random histories (history.h) go through an engine that keeps all tickets
 * awake and through one that keeps one to three; whatever can be asked of them is
 * the same after each step, packed bytes included.  After most steps another ticket is
 * touched. */
#include "support/check.h"
#include "support/fakealloc.h"

#include <stdio.h>
#include <string.h>

#include <sla/explain.h>
#include <sla/pack.h>

#include "history.h"
#include "stage.h"
#include "twin_compare.h"

enum {
    PER_WORLD = 40,
    TICKETS = 3,
    EVENTS_MAX = 4096,
    CLOCKS_MAX = 128,
    SETTINGS_MAX = 1024,
    SEGMENTS_MAX = 256,
    STATE_MAX = 65536
};

static const sla_string tenant = {"", 0};
static const sla_string names[TICKETS] = {{"T1", 2}, {"T2", 2}, {"T3", 2}};

/* What a store would hold of a ticket. */
typedef struct stored {
    sla_fact facts[HISTORY_OPS_MAX];
    uint32_t policies[HISTORY_OPS_MAX];
    size_t count;
} stored;

typedef struct pair {
    sla_engine *awake, *resting;
    size_t most;
    bool in_store;
    bool starves; /* the resting one, now and then, while something is recorded or adopted */
    fakealloc fake;
    stored tickets[TICKETS];
    uint32_t adoptions; /* of policies */
    size_t rested;
    prng random;
} pair;

static sla_engine *engine_new(const pair *both, const sla_allocator *allocator, size_t awake)
{
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    sla_engine *engine;

    options.allocator = allocator;
    options.history_in_store = both->in_store;
    options.keep = SLA_DAY;
    options.awake = awake;
    CHECK_OK(sla_engine_new(&options, &engine));
    return engine;
}

/* ------------------------------------------------------------------ looking */

static void compare_bytes(pair *both, size_t number, twin_difference *found)
{
    static unsigned char wanted[STATE_MAX], got[STATE_MAX];
    sla_packed one, other;
    const int want = sla_engine_pack(both->awake, tenant, names[number], wanted, STATE_MAX, &one);
    const int result =
        sla_engine_pack(both->resting, tenant, names[number], got, STATE_MAX, &other);

    if (result != want)
        twin_say(found, "%s packed: %s, not %s\n", names[number].data, sla_result_name(result),
                 sla_result_name(want));
    else if (result == SLA_OK &&
             (memcmp(&one, &other, sizeof one) != 0 || memcmp(wanted, got, one.length) != 0))
        twin_say(found, "%s is packed otherwise\n", names[number].data);
}

static void compare_explained(pair *both, size_t number, const sla_clock_view *clock, sla_time now,
                              twin_difference *found)
{
    static sla_explain_segment wanted[SEGMENTS_MAX], got[SEGMENTS_MAX];
    sla_explanation one, other;
    size_t one_count = 0, other_count = 0;
    const int want =
        sla_engine_explain(both->awake, tenant, names[number], clock->policy, clock->target,
                           clock->cycle, now, &one, wanted, SEGMENTS_MAX, &one_count);
    const int result =
        sla_engine_explain(both->resting, tenant, names[number], clock->policy, clock->target,
                           clock->cycle, now, &other, got, SEGMENTS_MAX, &other_count);

    if (result != want || one_count != other_count)
        twin_say(found, "%s of %s is explained otherwise\n", clock->target, names[number].data);
    for (size_t i = 0; result == SLA_OK && i < one_count && i < SEGMENTS_MAX; i++) {
        if (wanted[i].start != got[i].start || wanted[i].end != got[i].end ||
            wanted[i].kind != got[i].kind || wanted[i].due_at != got[i].due_at)
            twin_say(found, "%s of %s, segment %zu\n", clock->target, names[number].data, i);
    }
}

static void compare_clocks(pair *both, size_t number, sla_time now, twin_difference *found)
{
    static sla_clock_view wanted[CLOCKS_MAX], got[CLOCKS_MAX];
    size_t wanted_count = 0, got_count = 0;
    const int want =
        sla_engine_clocks(both->awake, tenant, names[number], wanted, CLOCKS_MAX, &wanted_count);
    const int result =
        sla_engine_clocks(both->resting, tenant, names[number], got, CLOCKS_MAX, &got_count);

    if (result != want)
        twin_say(found, "clocks of %s: %s, not %s\n", names[number].data, sla_result_name(result),
                 sla_result_name(want));
    if (result != SLA_OK || found->text[0] != '\0')
        return;
    twin_compare_views(names[number].data, got, got_count, wanted, wanted_count, true, found);
    for (size_t i = 0; i < wanted_count; i++)
        compare_explained(both, number, &wanted[i], now, found);
}

static void compare_attributes(pair *both, size_t number, twin_difference *found)
{
    static sla_attribute wanted[SETTINGS_MAX], got[SETTINGS_MAX];
    size_t wanted_count = 0, got_count = 0;
    const int want = sla_engine_attributes(both->awake, tenant, names[number], wanted, SETTINGS_MAX,
                                           &wanted_count);
    const int result =
        sla_engine_attributes(both->resting, tenant, names[number], got, SETTINGS_MAX, &got_count);

    if (result != want || wanted_count != got_count)
        twin_say(found, "attributes of %s: %s, not %s\n", names[number].data,
                 sla_result_name(result), sla_result_name(want));
}

static void compare_numbers(pair *both, twin_difference *found)
{
    sla_engine_stats wanted, got;
    char text[256];

    sla_engine_get_stats(both->awake, &wanted);
    sla_engine_get_stats(both->resting, &got);
    both->rested += got.resting > 0;
    if (wanted.resting != 0)
        twin_say(found, "a ticket rests where none shall\n");
    got.resting = wanted.resting;
    got.bytes = wanted.bytes;
    if (memcmp(&wanted, &got, sizeof got) != 0)
        twin_say(found, "the numbers differ\n");
    if (sla_engine_hash(both->awake) != sla_engine_hash(both->resting))
        twin_say(found, "the states differ\n");
    if (sla_engine_wakeup(both->awake) != sla_engine_wakeup(both->resting))
        twin_say(found, "they want to be asked at different instants\n");
    if (!sla_engine_verify(both->resting, text, sizeof text))
        twin_say(found, "verify: %s\n", text);
}

static void compare(pair *both, sla_time now, twin_difference *found)
{
    compare_numbers(both, found);
    for (size_t i = 0; i < TICKETS && found->text[0] == '\0'; i++) {
        compare_clocks(both, i, now, found);
        compare_attributes(both, i, found);
        compare_bytes(both, i, found);
    }
}

/* ------------------------------------------------------------------- acting */

/* Some allocation of the next call fails, alone or with all after it. */
static void starve(pair *both)
{
    if (both->starves)
        fakealloc_fail_at(&both->fake, prng_below(&both->random, 12),
                          prng_percent(&both->random, 50));
}

/* True: it failed for memory, as if it had not been asked. */
static bool starved(pair *both, int result, uint64_t hash, twin_difference *found)
{
    if (both->starves)
        (void)fakealloc_disarm(&both->fake);
    if (result == SLA_ERR_NOMEM && hash != sla_engine_hash(both->resting))
        twin_say(found, "it failed for memory, and the state is another one\n");
    return result == SLA_ERR_NOMEM && both->starves;
}

static void supply(pair *both, const sla_fact *fact)
{
    const stored *ticket = &both->tickets[fact->ticket.data[1] - '1'];
    sla_engine *const engines[] = {both->awake, both->resting};

    for (size_t i = 0; i < COUNT_OF(engines); i++)
        CHECK_OK(sla_engine_supply_history(engines[i], tenant, fact->ticket, ticket->facts,
                                           ticket->policies, ticket->count));
}

static int record_into(pair *both, const history_op *op, twin_difference *found)
{
    sla_answer wanted = {0}, got = {0};
    sla_error why, other;
    const int want = sla_engine_record(both->awake, &op->fact, op->now, &wanted, &why);
    const uint64_t hash = sla_engine_hash(both->resting);
    int result;

    starve(both);
    result = sla_engine_record(both->resting, &op->fact, op->now, &got, &other);
    if (starved(both, result, hash, found))
        result = sla_engine_record(both->resting, &op->fact, op->now, &got, &other);
    if (result != want || strcmp(why.text, other.text) != 0)
        twin_say(found, "recorded: %s (%s), not %s (%s)\n", sla_result_name(result), other.text,
                 sla_result_name(want), why.text);
    else if (memcmp(&wanted, &got, sizeof got) != 0)
        twin_say(found, "other answers: %u late %d, not %u late %d\n", got.seq, got.late,
                 wanted.seq, wanted.late);
    return result;
}

static void record(pair *both, const history_op *op, twin_difference *found)
{
    stored *const ticket = &both->tickets[op->fact.ticket.data[1] - '1'];
    int result = record_into(both, op, found);

    if (result == SLA_NEED_HISTORY) {
        supply(both, &op->fact);
        result = record_into(both, op, found);
    }
    if (result != SLA_OK)
        return;
    ticket->policies[ticket->count] = both->adoptions - 1;
    ticket->facts[ticket->count++] = op->fact;
}

/* All at once, or one by one with some left for later. */
static void poll(pair *both, const history_op *op, twin_difference *found)
{
    static sla_event wanted[EVENTS_MAX], got[EVENTS_MAX];
    const size_t most = prng_percent(&both->random, 60) ? EVENTS_MAX : prng_below(&both->random, 4);
    const size_t count = sla_engine_poll_many(both->awake, op->now, wanted, most);

    twin_compare_events(got, sla_engine_poll_many(both->resting, op->now, got, most), wanted, count,
                        found);
}

static void adopt(pair *both, const history_op *op, const history_world *world,
                  const history_calendars *calendars, twin_difference *found)
{
    sla_policies *set = op->set >= 0 ? world->sets[op->set] : NULL;
    sla_calendar *them[HISTORY_CALENDARS];
    const size_t count = history_op_calendars(op, calendars, them);
    const uint64_t hash = sla_engine_hash(both->resting);
    int result;

    CHECK_OK(sla_engine_adopt(both->awake, set, them, count, op->now, NULL));
    starve(both);
    result = sla_engine_adopt(both->resting, set, them, count, op->now, NULL);
    if (starved(both, result, hash, found))
        result = sla_engine_adopt(both->resting, set, them, count, op->now, NULL);
    CHECK_OK(result);
    both->adoptions += set != NULL;
}

/* Now and then a ticket goes. */
static void let_go(pair *both, sla_time now)
{
    const size_t number = prng_below(&both->random, TICKETS);

    if (prng_percent(&both->random, 3)) {
        CHECK_EQ("forgotten", sla_engine_forget(both->awake, tenant, names[number]),
                 sla_engine_forget(both->resting, tenant, names[number]));
        both->tickets[number].count = 0;
    }
    if (!both->in_store && prng_percent(&both->random, 10))
        CHECK_EQ("expired", sla_engine_expire(both->awake, now),
                 sla_engine_expire(both->resting, now));
}

/* Something comes for a ticket of no interest, so that another one may rest. */
static void make_noise(pair *both, sla_time now)
{
    const sla_fact fact = {.ticket = {"noise", 5}, .name = {"noise", 5}, .occurred_at = now};

    CHECK_EQ("noise", sla_engine_record(both->awake, &fact, now, NULL, NULL),
             sla_engine_record(both->resting, &fact, now, NULL, NULL));
}

static void run(pair *both, const history_world *world, const history_calendars *calendars,
                const history *given, twin_difference *found)
{
    fakealloc_init(&both->fake);
    both->awake = engine_new(both, NULL, SIZE_MAX);
    both->resting = engine_new(both, &both->fake.allocator, both->most);
    for (size_t i = 0; i < given->count && found->text[0] == '\0'; i++) {
        const history_op *op = &given->ops[i];

        found->op = i;
        if (op->what == HISTORY_ADOPT)
            adopt(both, op, world, calendars, found);
        else if (op->what == HISTORY_RECORD)
            record(both, op, found);
        else
            poll(both, op, found);
        let_go(both, op->now);
        for (uint64_t times = prng_below(&both->random, 3); times > 0; times--)
            make_noise(both, op->now);
        compare(both, op->now, found);
    }
    sla_engine_free(both->awake);
    sla_engine_free(both->resting);
    CHECK_NO_LEAK(&both->fake);
}

static void print_difference(const history *given, size_t number, const pair *both,
                             const twin_difference *found)
{
    printf("history %zu, %zu awake, facts %s:\n", number, both->most,
           both->in_store ? "in the store" : "kept");
    for (size_t i = 0; i <= found->op; i++)
        history_print_op(stdout, &given->ops[i]);
    printf("%s", found->text);
}

TEST(nobody_can_tell_that_a_ticket_rests)
{
    static history given;
    static pair both;
    const size_t count = check_count(3000, 100000);
    prng random = check_prng();
    history_calendars calendars;
    history_world world;
    size_t rested = 0;

    history_calendars_init(&calendars);
    for (size_t i = 0; i < count; i++) {
        twin_difference found = {0, ""};

        if (i % PER_WORLD == 0) {
            if (i > 0)
                history_world_fini(&world);
            history_world_init(&world, &random);
        }
        history_make(&given, &world, &calendars, &random);
        memset(&both, 0, sizeof both);
        both.random = random;
        both.most = i % 4 > 0 ? 1 : 2 + i / 4 % 2;
        both.in_store = i % 2 == 1;
        both.starves = i % 16 > 9;
        run(&both, &world, &calendars, &given, &found);
        rested += both.rested;
        if (found.text[0] != '\0') {
            print_difference(&given, i, &both, &found);
            CHECK_FAIL("history %zu differs", i);
        }
    }
    history_world_fini(&world);
    history_calendars_fini(&calendars);
    printf("%zu histories, after %zu steps a ticket was at rest\n", count, rested);
    CHECK_TRUE("some rested", rested > count);
}

/* ------------------------------------------------------------ without memory */

enum { CROWD = 9 };

static sla_string crowd_name(size_t number)
{
    static const char *const them[CROWD] = {"T-1", "T-2", "T-3", "T-4", "T-5",
                                            "T-6", "T-7", "T-8", "T-9"};

    return stage_string(them[number]);
}

static size_t count_told(sla_engine *engine, sla_time now)
{
    sla_event event;
    size_t count = 0;

    while (sla_engine_poll(engine, now, &event))
        count++;
    return count;
}

/* Asking takes no memory, be they awake or not. */
static void ask_all(sla_engine *engine, sla_time now)
{
    sla_explain_segment segments[SEGMENTS_MAX];
    sla_explanation explanation;
    sla_clock_view clock;
    size_t count;

    for (size_t i = 0; i < CROWD; i++) {
        CHECK_OK(sla_engine_clocks(engine, tenant, crowd_name(i), &clock, 1, &count));
        CHECK_EQ("a clock each", 1, count);
        CHECK_OK(sla_engine_explain(engine, tenant, crowd_name(i), "p", "t", 1, now, &explanation,
                                    segments, SEGMENTS_MAX, &count));
    }
}

TEST(what_rests_waits_for_memory_and_holds_back_no_other)
{
    const sla_time now = stage_time("03T00:00");
    sla_policies *policies = stage_policies(
        "{'policy': 'p', 'version': '1', 'targets': [{'target': 't', 'stop': 'done',"
        " 'goals': [{'elapsed': 'PT4H'}], 'steps': [{'step': 'l1', 'after': 'PT0S', 'level': 1,"
        " 'repeat': {'every': 'PT1H', 'max': 3, 'until': 'end'}}]}]}");
    static pair both = {.in_store = true};
    sla_engine *engine;
    size_t told, all = 0;

    fakealloc_init(&both.fake);
    for (size_t awake = 0; awake < 2; awake++) {
        engine = engine_new(&both, &both.fake.allocator, awake == 0 ? SIZE_MAX : awake);
        CHECK_OK(sla_engine_adopt(engine, policies, NULL, 0, stage_time("01T00:00"), NULL));
        for (size_t i = 0; i < CROWD; i++) {
            const sla_fact fact = {.ticket = crowd_name(i),
                                   .name = stage_string("opened"),
                                   .occurred_at = now - (sla_time)(2 * CROWD - i) * SLA_HOUR};

            CHECK_OK(sla_engine_record(engine, &fact, fact.occurred_at, NULL, NULL));
        }
        fakealloc_fail_at(&both.fake, 0, true);
        told = count_told(engine, now);
        ask_all(engine, now);
        (void)fakealloc_disarm(&both.fake);
        if (awake == 0)
            all = told;
        else
            CHECK_TRUE("one is awake and has been told of", told > 0 && told < all);
        if (awake > 0)
            CHECK_EQ("nothing is lost", all, told + count_told(engine, now + 1));
        sla_engine_free(engine);
    }
    CHECK_NO_LEAK(&both.fake);
    sla_policies_unref(policies);
}
