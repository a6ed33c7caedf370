/* Goal: facts that come late, or again, when their ticket has gone over to other
 * policies: each is what it would have been, read by the policies of its place.
 * Method: random courses of facts, adoptions and migrations.  In the first, every
 * fact comes again, at any time; in the second, some facts come late to one engine
 * and in time to another. */
#include "stage.h"

#include <stdio.h>
#include <string.h>

enum { FACTS_MAX = 48, STEPS = 40 };

static const char *const grades[] = {"int", "string", "bool"};
static const char *const codes[] = {"cust", "part", "site"};
static const char *const values[] = {"1", "x", "true", "null"};

/* Fewer or more symbols than the one before, under other names. */
static const char *make_policies(prng *random, unsigned version)
{
    static char text[4096];
    size_t used =
        (size_t)snprintf(text, sizeof text,
                         "{'policy': 'desk', 'version': '%u', 'attributes': {'grade': '%s'},"
                         " 'reason_codes': {'waiting': ['%s']}, 'at_once': [",
                         version, grades[prng_below(random, COUNT_OF(grades))],
                         codes[prng_below(random, COUNT_OF(codes))]);
    const uint64_t notes = prng_below(random, 12);

    for (uint64_t i = 0; i <= notes; i++)
        used +=
            (size_t)snprintf(text + used, sizeof text - used, "%s{'name': 'n%u_%u', 'on': 'x%u'}",
                             i > 0 ? ", " : "", version, (unsigned)i, (unsigned)i);
    used += (size_t)snprintf(text + used, sizeof text - used, "]");
    if (prng_percent(random, 70))
        used += (size_t)snprintf(
            text + used, sizeof text - used,
            ", 'refuse': [{'rule': 'r%u', 'on': '%s', 'when': {'seen': 'accepted'}}]", version,
            prng_percent(random, 70) ? "returned" : "back");
    snprintf(text + used, sizeof text - used,
             ", 'pauses': [{'reason': 'c', 'on': 'waiting'}], 'resumes': [{'on': 'back'}],"
             " 'targets': [{'target': 't%u', 'stop': 'done', 'goals': [{'elapsed': 'PT8H'}]},"
             " {'target': 't', 'stop': 'done', 'goals': [{'elapsed': 'PT%uH'}]}]}",
             (unsigned)prng_below(random, 2), 4 + (unsigned)prng_below(random, 5));
    return text;
}

/* A fact in words; its instant of recording is put in by the caller. */
static void make_words(prng *random, unsigned number, char words[static 128])
{
    const uint64_t kind = prng_below(random, 10);

    if (number == 0)
        snprintf(words, 128, "opened id=f0");
    else if (kind < 2)
        snprintf(words, 128, "migrated id=f%u", number);
    else if (kind < 4)
        snprintf(words, 128, "attributes id=f%u grade=%s", number,
                 values[prng_below(random, COUNT_OF(values))]);
    else if (kind < 6)
        snprintf(words, 128, "waiting id=f%u reason=%s", number,
                 codes[prng_below(random, COUNT_OF(codes))]);
    else
        snprintf(words, 128, "%s id=f%u",
                 (const char *const[]){"back", "accepted", "returned", "returned"}[kind - 6],
                 number);
}

static void make_fact(prng *random, unsigned number, sla_time at, stage_fact *out)
{
    char line[160], words[128];

    make_words(random, number, words);
    snprintf(line, sizeof line, "02T09:00 %s", words);
    stage_read_fact(line, out);
    out->now = out->fact.occurred_at = at;
}

static void poll_all(sla_engine *engine, sla_time now)
{
    char text[256];
    sla_event event;

    while (sla_engine_poll(engine, now, &event)) {
    }
    if (!sla_engine_verify(engine, text, sizeof text))
        CHECK_FAIL("verify: %s", text);
}

static void adopt_on(sla_engine *engine, sla_policies *policies, sla_time now)
{
    sla_error error = {0};

    CHECK_OK_OR_SAY(sla_engine_adopt(engine, policies, NULL, 0, now, &error), &error);
}

/* What was recorded of the one ticket. */
typedef struct course {
    sla_engine *engine;
    bool in_store;
    stage_fact kept[FACTS_MAX];
    uint32_t policies[FACTS_MAX];
    size_t count;
    uint32_t adoptions;
} course;

static void supply(const course *so_far)
{
    sla_fact facts[FACTS_MAX];

    for (size_t i = 0; i < so_far->count; i++)
        facts[i] = so_far->kept[i].fact;
    CHECK_OK(sla_engine_supply_history(so_far->engine, stage_string(""), stage_string("T-1"), facts,
                                       so_far->policies, so_far->count));
}

static void record_new(course *so_far, prng *random, sla_time now)
{
    stage_fact *made = &so_far->kept[so_far->count];
    const stage_fact *other = &so_far->kept[prng_below(random, so_far->count + 1)];
    int result;

    make_fact(random, (unsigned)so_far->count, now, made);
    if (so_far->count > 0 && prng_percent(random, 30))
        made->fact.occurred_at = prng_between(random, so_far->kept[0].fact.occurred_at + 1, now);
    else if (so_far->count > 0 && prng_percent(random, 20))
        made->fact.occurred_at += SLA_MINUTE;
    if (other != made && other != so_far->kept && prng_percent(random, 15))
        made->fact.corrects = other->fact.id;
    result = sla_engine_record(so_far->engine, &made->fact, now, NULL, NULL);
    if (result == SLA_NEED_HISTORY) {
        supply(so_far);
        result = sla_engine_record(so_far->engine, &made->fact, now, NULL, NULL);
    }
    CHECK_TRUE("taken, or of the wrong type", result == SLA_OK || result == SLA_ERR_FACT);
    so_far->policies[so_far->count] = so_far->adoptions - 1;
    so_far->count += result == SLA_OK;
    poll_all(so_far->engine, now);
}

/* With its history in a store, the host that finds the id there hands it in. */
static void come_again(const course *so_far, size_t number, sla_time now)
{
    const uint64_t hash = sla_engine_hash(so_far->engine);
    sla_answer answer;

    if (so_far->in_store)
        supply(so_far);
    CHECK_RESULT(SLA_DUPLICATE,
                 sla_engine_record(so_far->engine, &so_far->kept[number].fact, now, &answer, NULL));
    CHECK_EQ("its number", number + 1, answer.seq);
    CHECK_EQ("nothing has changed", hash, sla_engine_hash(so_far->engine));
}

static void run_again(prng *random, bool in_store)
{
    static course so_far;
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    sla_time now = stage_time("02T09:00");

    memset(&so_far, 0, sizeof so_far);
    so_far.in_store = options.history_in_store = in_store;
    CHECK_OK(sla_engine_new(&options, &so_far.engine));
    for (int i = 0; i < STEPS; i++) {
        now += SLA_MINUTE * prng_between(random, 1, 20);
        poll_all(so_far.engine, now);
        if (i == 0 || prng_percent(random, 20)) {
            sla_policies *policies = stage_policies(make_policies(random, ++so_far.adoptions));

            adopt_on(so_far.engine, policies, now);
            sla_policies_unref(policies);
        }
        record_new(&so_far, random, now);
        for (uint64_t k = prng_below(random, 3); k > 0; k--)
            come_again(&so_far, prng_below(random, so_far.count), now);
    }
    for (size_t i = 0; i < so_far.count; i++)
        come_again(&so_far, i, now);
    sla_engine_free(so_far.engine);
}

TEST(every_fact_of_a_random_course_may_come_again)
{
    const size_t count = check_count(200, 20000);
    prng random = check_prng();

    for (size_t i = 0; i < count; i++)
        run_again(&random, i % 2 == 1);
}

/* Two engines that hear the same: one in time, one keeps some facts back. */
typedef struct late_course {
    sla_engine *prompt, *late;
    stage_fact held[FACTS_MAX];
    sla_answer answers[FACTS_MAX]; /* of the prompt one, for what is held back */
    int results[FACTS_MAX];
    size_t held_count, compared;
} late_course;

static void deliver_held(late_course *both, sla_time now)
{
    for (size_t i = 0; i < both->held_count; i++) {
        const stage_fact *fact = &both->held[i];
        sla_answer answer = {0};

        CHECK_EQ("as in time", both->results[i],
                 sla_engine_record(both->late, &fact->fact, now, &answer, NULL));
        CHECK_EQ("refused, as in time", both->answers[i].refused, answer.refused);
        CHECK_EQ("read, as in time", both->answers[i].no_effect, answer.no_effect);
        CHECK_STR("by the same rule", both->answers[i].rule, answer.rule);
        both->compared += answer.late;
        poll_all(both->late, now);
    }
    both->held_count = 0;
}

static void record_both(late_course *both, prng *random, unsigned number, sla_time now)
{
    stage_fact *made = &both->held[both->held_count];
    sla_answer answer = {0};
    bool migrates;
    int result;

    make_fact(random, number, now, made);
    migrates = made->fact.name.data[0] == 'm';
    result = sla_engine_record(both->prompt, &made->fact, now, &answer, NULL);
    poll_all(both->prompt, now);
    if (number > 0 && !migrates && prng_percent(random, 40)) {
        both->answers[both->held_count] = answer;
        both->results[both->held_count++] = result;
        return;
    }
    CHECK_EQ("in time", result, sla_engine_record(both->late, &made->fact, now, NULL, NULL));
    poll_all(both->late, now);
}

static void compare_clocks(const late_course *both)
{
    sla_clock_view prompt[16], late[16];
    size_t count, other;

    CHECK_OK(sla_engine_clocks(both->prompt, stage_string(""), stage_string("T-1"), prompt,
                               COUNT_OF(prompt), &count));
    CHECK_OK(sla_engine_clocks(both->late, stage_string(""), stage_string("T-1"), late,
                               COUNT_OF(late), &other));
    CHECK_EQ("as many clocks", count, other);
    for (size_t i = 0; i < count && i < COUNT_OF(prompt); i++) {
        CHECK_STR("of the same target", prompt[i].target, late[i].target);
        CHECK_EQ("state", prompt[i].state, late[i].state);
        CHECK_EQ("start", prompt[i].started_at, late[i].started_at);
        CHECK_EQ("due", prompt[i].due_at, late[i].due_at);
        CHECK_EQ("end", prompt[i].ended_at, late[i].ended_at);
    }
}

static size_t run_late(prng *random)
{
    static late_course both;
    sla_time now = stage_time("02T09:00");
    unsigned version = 0;

    memset(&both, 0, sizeof both);
    CHECK_OK(sla_engine_new(NULL, &both.prompt));
    CHECK_OK(sla_engine_new(NULL, &both.late));
    for (unsigned i = 0; i < STEPS; i++) {
        now += SLA_MINUTE * prng_between(random, 1, 20);
        if (i == 0 || prng_percent(random, 20)) {
            sla_policies *policies = stage_policies(make_policies(random, ++version));

            poll_all(both.prompt, now);
            poll_all(both.late, now);
            adopt_on(both.prompt, policies, now);
            adopt_on(both.late, policies, now);
            sla_policies_unref(policies);
        }
        record_both(&both, random, i, now);
        if (prng_percent(random, 15))
            deliver_held(&both, now);
    }
    deliver_held(&both, now);
    compare_clocks(&both);
    sla_engine_free(both.prompt);
    sla_engine_free(both.late);
    return both.compared;
}

TEST(a_late_fact_of_a_random_course_is_what_it_would_have_been)
{
    const size_t count = check_count(200, 20000);
    prng random = check_prng();
    size_t compared = 0;

    for (size_t i = 0; i < count; i++)
        compared += run_late(&random);
    printf("%zu courses, %zu late facts\n", count, compared);
    CHECK_TRUE("facts come late", compared > count);
}
