/* bench_engine_crowd.c - see bench_engine_crowd.h. */
#include "bench_engine_crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla/sla.h>

#include "bench.h"
#include "bench_engine_work.h"

#define TEXT(text)                                                                                 \
    {                                                                                              \
        text, sizeof text - 1                                                                      \
    }
#define WORD(name, word)                                                                           \
    {                                                                                              \
        TEXT(name), SLA_VALUE_STRING, TEXT(word), 0                                                \
    }

enum { ATTRIBUTES = 5, GRADES = 3 };

struct bench_crowd_fact {
    sla_fact fact;
    char ticket[16], id[32];
};

static const sla_attribute attributes[ATTRIBUTES] = {
    WORD("kind", "complaint"), WORD("severity", "normal"), WORD("channel", "phone"),
    WORD("intake", "tariff"), WORD("liability", "billing_wrong")};

static const sla_attribute grades[GRADES] = {{TEXT("grade"), SLA_VALUE_INT, {NULL, 0}, 1},
                                             {TEXT("grade"), SLA_VALUE_INT, {NULL, 0}, 2},
                                             {TEXT("grade"), SLA_VALUE_INT, {NULL, 0}, 3}};

/* The bundled policy, `{` and all, behind a pause. */
static const char pause[] = "{\"pauses\": [{\"reason\": \"customer\", \"on\": \"waiting\"}],"
                            " \"resumes\": [{\"on\": \"answered\"}],";

static char *policy_with_pause(void)
{
    const char *const bundled = sla_bundled_policy(bench_complaint.name, NULL);
    const size_t size = sizeof pause + strlen(bundled);
    char *const policy = malloc(size);

    if (policy != NULL)
        snprintf(policy, size, "%s%s", pause, strchr(bundled, '{') + 1);
    return policy;
}

/* One in ten is grade 1, three in ten grade 2. */
static const sla_attribute *grade_of(size_t ticket)
{
    const size_t tenth = ticket * 7 % 10;

    return &grades[tenth == 0 ? 0 : tenth <= 3 ? 1 : 2];
}

/* ------------------------------------------------------------------------ facts */

static void add_fact(bench_crowd *crowd, size_t ticket, const char *name, const sla_attribute *with,
                     size_t count)
{
    bench_crowd_fact *const made = &crowd->block[crowd->block_count++];

    memset(&made->fact, 0, sizeof made->fact);
    made->fact.ticket.data = made->ticket;
    made->fact.ticket.length =
        (size_t)snprintf(made->ticket, sizeof made->ticket, "T%08zu", ticket);
    made->fact.id.data = made->id;
    made->fact.id.length =
        (size_t)snprintf(made->id, sizeof made->id, "T%08zu-%.10s", ticket, name);
    made->fact.name = (sla_string){name, strlen(name)};
    made->fact.attributes = with;
    made->fact.attribute_count = count;
}

static void add_opening(bench_crowd *crowd, size_t ticket)
{
    add_fact(crowd, ticket, "opened", attributes, ATTRIBUTES);
    add_fact(crowd, ticket, "dispatched", grade_of(ticket), 1);
}

/* Goes through all of them, neighbours far apart: a prime, and no divisor of any count. */
static size_t far_apart(size_t i, size_t count)
{
    return (size_t)((uint64_t)i * 6180341 % count);
}

/* Those with even numbers wait for the customer, the others end. */
static size_t even(const bench_crowd *crowd, size_t i)
{
    return 2 * far_apart(i, crowd->tickets / 2);
}

size_t bench_crowd_blocks(const bench_crowd *crowd, size_t count)
{
    return crowd->tickets / 2 / count;
}

bool bench_crowd_prepare(bench_crowd *crowd, bench_happening what, size_t count)
{
    crowd->block_count = 0;
    if (2 * count > crowd->block_most)
        return false;
    for (size_t i = 0; i < count && what != CROWD_FIRED; i++) {
        const size_t next = crowd->next[what]++;

        if (what == CROWD_OPENED)
            add_opening(crowd, next);
        else if (what == CROWD_PAUSED)
            add_fact(crowd, even(crowd, next), "waiting", NULL, 0);
        else if (what == CROWD_ANSWERED)
            add_fact(crowd, even(crowd, next), "answered", NULL, 0);
        else
            add_fact(crowd, even(crowd, next) + 1, "customer_withdrew", NULL, 0);
    }
    return true;
}

/* ------------------------------------------------------------------------ playing */

static bool record(bench_crowd *crowd, sla_fact *fact)
{
    sla_event event;
    sla_error error = {0};
    int result;

    fact->occurred_at = crowd->now;
    result = sla_engine_record(crowd->engine, fact, crowd->now, NULL, &error);
    if (result != SLA_OK) {
        fprintf(stderr, "sla-bench: %s of %s: %s %s\n", fact->name.data, fact->ticket.data,
                sla_result_name(result), error.text);
        return false;
    }
    while (sla_engine_poll(crowd->engine, crowd->now, &event))
        crowd->events++;
    return true;
}

static size_t fire(bench_crowd *crowd, size_t count)
{
    const uint64_t before = crowd->events;
    sla_event event;

    while (crowd->events - before < count) {
        const sla_time next = sla_engine_wakeup(crowd->engine);

        if (next == SLA_NEVER) {
            fputs("sla-bench: nothing falls due any more\n", stderr);
            return 0;
        }
        crowd->now = next > crowd->now ? next : crowd->now;
        while (sla_engine_poll(crowd->engine, crowd->now, &event))
            crowd->events++;
    }
    return (size_t)(crowd->events - before);
}

static size_t play_block(bench_crowd *crowd, sla_duration apart, bool forget)
{
    for (size_t i = 0; i < crowd->block_count; i++) {
        sla_fact *const fact = &crowd->block[i].fact;

        crowd->now += apart; /* a fact at the instant of a step that is told would be a late one */
        if (!record(crowd, fact))
            return 0;
        if (forget)
            sla_engine_forget(crowd->engine, fact->tenant, fact->ticket);
    }
    return crowd->block_count;
}

size_t bench_crowd_play(bench_crowd *crowd, bench_happening what, size_t count)
{
    return what == CROWD_FIRED ? fire(crowd, count) : play_block(crowd, 1, what == CROWD_ENDED);
}

/* ------------------------------------------------------------------------ filling */

static sla_engine *make_engine(size_t awake)
{
    char *const policy = policy_with_pause();
    bench_world world = bench_complaint;
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    sla_engine *engine = NULL;

    options.history_in_store = true;
    options.awake = awake;
    world.policy = policy;
    if (policy != NULL)
        engine = bench_engine_new(&world, &options);
    free(policy);
    return engine;
}

bool bench_crowd_fill(bench_crowd *crowd, size_t block_most)
{
    const sla_duration apart = SLA_HOUR / (sla_duration)(2 * crowd->tickets);
    bench_progress progress = {.what = "tickets opened", .all = crowd->tickets};

    crowd->block_most = block_most;
    crowd->block = calloc(block_most, sizeof *crowd->block);
    crowd->engine = make_engine(crowd->awake);
    crowd->now = BENCH_START;
    if (crowd->block == NULL || crowd->engine == NULL)
        return false;
    while (crowd->next[CROWD_OPENED] < crowd->tickets) {
        const size_t left = crowd->tickets - crowd->next[CROWD_OPENED];

        bench_crowd_prepare(crowd, CROWD_OPENED, left < block_most / 2 ? left : block_most / 2);
        if (play_block(crowd, apart, false) == 0)
            return false;
        bench_progress_to(&progress, crowd->next[CROWD_OPENED]);
    }
    return true;
}

void bench_crowd_free(bench_crowd *crowd)
{
    sla_engine_free(crowd->engine);
    free(crowd->block);
}
