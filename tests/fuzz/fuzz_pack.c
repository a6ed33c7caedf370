/* fuzz_pack.c - any bytes as the state of a ticket, behind the form and the mark of
 * the engine: refused, and nothing changed; or the engine verifies, lives on with the
 * ticket, and packs it again. */
#include <stdlib.h>
#include <string.h>

#include <sla/explain.h>
#include <sla/pack.h>

enum { STATE_MAX = 16384, EVENTS = 64, SEGMENTS = 32, CLOCKS = 32, HEAD_NUMBERS = 3 };

static const char policy[] =
    "{\"policy\": \"p\", \"version\": \"1\", \"calendar\": \"office\", \"reopen\": \"reopened\","
    " \"future_tolerance\": \"PT1H\","
    " \"attributes\": {\"grade\": \"int\", \"kind\": \"string\", \"wanted\": \"instant\"},"
    " \"at_once\": [{\"name\": \"note\", \"on\": \"noted\", \"level\": 2, \"derives\": \"seen\"}],"
    " \"pauses\": [{\"reason\": \"held\", \"on\": \"held\", \"cap\": \"PT8H\","
    "   \"follow_up\": {\"after\": \"PT10M\", \"to\": \"agent\"}},"
    "  {\"reason\": \"kind\", \"while\": {\"attr\": \"kind\", \"eq\": \"waiting\"}}],"
    " \"resumes\": [{\"on\": \"free\"}],"
    " \"targets\": [{\"target\": \"t\", \"stop\": \"resolved\","
    "   \"goals\": [{\"when\": {\"attr\": \"grade\", \"eq\": 1}, \"business\": \"PT2H\"},"
    "    {\"business\": \"PT4H\"}],"
    "   \"acknowledge\": {\"timeout\": \"PT30M\"}, \"steps\": [{\"step\": \"warn\", \"percent\": "
    "75},"
    "    {\"step\": \"l1\", \"after\": \"PT0S\", \"level\": 1,"
    "     \"repeat\": {\"every\": \"PT20M\", \"max\": 5, \"until\": \"end\"}},"
    "    {\"step\": \"l2\", \"after\": \"PT1H\", \"level\": 2}]},"
    "  {\"target\": \"update\", \"stop\": \"updated\", \"cancel\": \"resolved\","
    "   \"recur\": {\"limit\": 9, \"also_after_miss\": true}, \"goals\": [{\"elapsed\": "
    "\"PT3H\"}]},"
    "  {\"target\": \"answer\", \"start\": \"seen\", \"stop\": \"answered\","
    "   \"goals\": [{\"elapsed\": \"PT1H\"}]}]}";
static const char office[] =
    "{\"kind\": \"calendar\", \"name\": \"office\", \"version\": \"1\", \"zone\": \"UTC\","
    " \"week\": {\"mon-fri\": [\"09:00-17:00\"]}}";

#define START INT64_C(1772442000000000) /* 2026-03-02 09:00, a Monday */

static const sla_string tenant = {"", 0};
static const sla_string ticket = {"T", 1};

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static sla_engine *engine_new(void)
{
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    sla_engine *engine = NULL;
    sla_policies *policies = NULL;
    sla_calendar *calendar = NULL;

    options.history_in_store = true;
    demand(sla_engine_new(&options, &engine) == SLA_OK);
    demand(sla_calendar_parse(office, strlen(office), "office", NULL, &calendar, NULL) == SLA_OK);
    demand(sla_policies_new(NULL, &policies) == SLA_OK);
    demand(sla_policies_add(policies, policy, strlen(policy), "policy", NULL) == SLA_OK);
    demand(sla_policies_finish(policies, NULL) == SLA_OK);
    demand(sla_engine_adopt(engine, policies, &calendar, 1, START, NULL) == SLA_OK);
    sla_policies_unref(policies);
    sla_calendar_unref(calendar);
    return engine;
}

static void record(sla_engine *engine, const char *name, sla_time at)
{
    sla_fact fact = {.tenant = tenant, .ticket = ticket, .occurred_at = at};

    fact.name = (sla_string){name, strlen(name)};
    (void)sla_engine_record(engine, &fact, at, NULL, NULL);
}

/* The beginning of every state that this engine writes: its form, how many facts of
 * the world it knows, and their mark. */
static size_t head_of(sla_engine *engine, unsigned char *state)
{
    sla_packed packed;
    size_t length = 0;

    record(engine, "opened", START);
    demand(sla_engine_pack(engine, tenant, ticket, state, STATE_MAX, &packed) == SLA_OK);
    demand(sla_engine_forget(engine, tenant, ticket) == SLA_OK);
    for (size_t i = 0; i < HEAD_NUMBERS; i++) {
        while (state[length++] >= 0x80)
            continue;
    }
    return length;
}

static void explain(sla_engine *engine, sla_time now)
{
    sla_explain_segment segments[SEGMENTS];
    sla_clock_view views[CLOCKS];
    sla_explanation explanation;
    size_t count = 0, pieces;

    demand(sla_engine_clocks(engine, tenant, ticket, views, CLOCKS, &count) == SLA_OK);
    for (size_t i = 0; i < count && i < CLOCKS; i++)
        (void)sla_engine_explain(engine, tenant, ticket, views[i].policy, views[i].target,
                                 views[i].cycle, now, &explanation, segments, SEGMENTS, &pieces);
}

static void live_with(sla_engine *engine)
{
    static const char *const facts[] = {"held", "noted", "free", "resolved", "reopened"};
    static unsigned char again[4 * STATE_MAX];
    static sla_event events[EVENTS];
    sla_packed packed;

    explain(engine, START + SLA_DAY);
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        (void)sla_engine_poll_many(engine, START + (sla_time)i * SLA_DAY, events, EVENTS);
        record(engine, facts[i], START + (sla_time)i * SLA_DAY);
    }
    (void)sla_engine_poll_many(engine, START + 30 * SLA_DAY, events, EVENTS);
    demand(sla_engine_pack(engine, tenant, ticket, again, sizeof again, &packed) == SLA_OK ||
           packed.length > sizeof again);
    demand(sla_engine_forget(engine, tenant, ticket) == SLA_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned char state[2 * STATE_MAX];
    static sla_engine *engine;
    static size_t head;
    uint64_t hash;
    int result;

    if (engine == NULL) {
        engine = engine_new();
        head = head_of(engine, state);
    }
    if (size > STATE_MAX)
        return 0;
    memcpy(state + head, data, size);
    hash = sla_engine_hash(engine);
    result = sla_engine_unpack(engine, tenant, ticket, state, head + size, NULL);
    if (result == SLA_OK) {
        demand(sla_engine_verify(engine, NULL, 0));
        live_with(engine);
        return 0;
    }
    demand(result == SLA_ERR_SYNTAX);
    demand(sla_engine_hash(engine) == hash);
    return 0;
}
