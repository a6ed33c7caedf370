/* test_pack_bytes.c - Goal: what is no packed ticket is refused and changes nothing;
 * what passes for one holds up an engine; memory that fails is an ordinary error,
 * and is not asked for afterwards.
 * Method: tickets of random histories (history.h) are cut off everywhere and bent in
 * some places; memory fails at each allocation. */
#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla/explain.h>
#include <sla/pack.h>

#include "history.h"
#include "twin_compare.h"

enum { TICKETS = 3, STATE_MAX = 65536, EVENTS = 64, SEGMENTS = 64, CLOCKS = 64 };

static const sla_string tenant = {"", 0};
static const sla_string names[TICKETS] = {{"T1", 2}, {"T2", 2}, {"T3", 2}};

typedef struct state {
    unsigned char bytes[STATE_MAX];
    size_t length;
} state;

static sla_engine *engine_of_store(void)
{
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    sla_engine *engine;

    options.history_in_store = true;
    CHECK_OK(sla_engine_new(&options, &engine));
    return engine;
}

static void adopt(sla_engine *engine, const history_op *op, const history_world *world,
                  const history_calendars *calendars)
{
    sla_calendar *them[HISTORY_CALENDARS];
    const size_t count = history_op_calendars(op, calendars, them);

    CHECK_OK(sla_engine_adopt(engine, op->set >= 0 ? world->sets[op->set] : NULL, them, count,
                              op->now, NULL));
}

/* Most of a history; late facts are left out, and now and then a poll stops half way. */
static void play(sla_engine *engine, const history *given, const history_world *world,
                 const history_calendars *calendars, prng *random)
{
    for (size_t i = 0; i < given->count; i++) {
        const history_op *op = &given->ops[i];
        size_t limit = prng_percent(random, 80) ? SIZE_MAX : prng_below(random, 3);
        sla_event event;

        if (op->what == HISTORY_ADOPT)
            adopt(engine, op, world, calendars);
        else if (op->what == HISTORY_RECORD)
            (void)sla_engine_record(engine, &op->fact, op->now, NULL, NULL);
        else
            while (limit-- > 0 && sla_engine_poll(engine, op->now, &event))
                continue;
    }
}

/* The ticket leaves; false where there is none. */
static bool leave(sla_engine *engine, sla_string ticket, state *out)
{
    sla_packed packed;

    if (sla_engine_pack(engine, tenant, ticket, out->bytes, STATE_MAX, &packed) != SLA_OK)
        return false;
    out->length = packed.length;
    CHECK_OK(sla_engine_forget(engine, tenant, ticket));
    return true;
}

static void check_verifies(const char *why, sla_engine *engine)
{
    char text[256] = "";

    if (!sla_engine_verify(engine, text, sizeof text))
        CHECK_FAIL("%s: %s", why, text);
}

/* What a test does with each ticket of a history that has left its engine. */
typedef void with_ticket(sla_engine *engine, sla_string ticket, const state *packed,
                         const history *given, prng *random);

static void with_tickets(size_t histories, with_ticket *work)
{
    static history given;
    static state packed;
    prng random = check_prng();
    history_calendars calendars;
    history_world world;

    history_calendars_init(&calendars);
    for (size_t i = 0; i < histories; i++) {
        sla_engine *engine = engine_of_store();

        if (i % 20 == 0) {
            if (i > 0)
                history_world_fini(&world);
            history_world_init(&world, &random);
        }
        history_make(&given, &world, &calendars, &random);
        play(engine, &given, &world, &calendars, &random);
        for (size_t k = 0; k < TICKETS; k++) {
            if (leave(engine, names[k], &packed))
                work(engine, names[k], &packed, &given, &random);
        }
        sla_engine_free(engine);
    }
    history_world_fini(&world);
    history_calendars_fini(&calendars);
}

/* --------------------------------------------------------------- cut off */

static void cut_off(sla_engine *engine, sla_string ticket, const state *packed,
                    const history *given, prng *random)
{
    const uint64_t hash = sla_engine_hash(engine);
    sla_error error;

    (void)given;
    (void)random;
    for (size_t length = 0; length < packed->length; length++) {
        /* A block of its own, so that a sanitizer sees a look beyond its end. */
        unsigned char *bytes = malloc(length + 1);

        CHECK_TRUE("memory", bytes != NULL);
        memcpy(bytes + 1, packed->bytes, length);
        CHECK_RESULT(SLA_ERR_SYNTAX,
                     sla_engine_unpack(engine, tenant, ticket, bytes + 1, length, &error));
        CHECK_STR("said", "the bytes are no packed ticket", error.text);
        free(bytes);
    }
    CHECK_TRUE("nothing has changed", sla_engine_hash(engine) == hash);
    check_verifies("after refusals", engine);
    CHECK_OK(sla_engine_unpack(engine, tenant, ticket, packed->bytes, packed->length, NULL));
    CHECK_RESULT(SLA_ERR_EXISTS,
                 sla_engine_unpack(engine, tenant, ticket, packed->bytes, packed->length, &error));
}

TEST(what_is_cut_off_is_refused)
{
    with_tickets(check_count(100, 2000), cut_off);
}

static void lengthened(sla_engine *engine, sla_string ticket, const state *packed,
                       const history *given, prng *random)
{
    static state longer;

    (void)given;
    longer = *packed;
    longer.bytes[longer.length++] = (unsigned char)prng_next(random);
    CHECK_RESULT(SLA_ERR_SYNTAX,
                 sla_engine_unpack(engine, tenant, ticket, longer.bytes, longer.length, NULL));
}

TEST(what_goes_on_behind_its_end_is_refused)
{
    with_tickets(check_count(100, 2000), lengthened);
}

/* ------------------------------------------------------------------- bent */

static size_t bent_taken, bent_refused;

static void explain_all(sla_engine *engine, sla_string ticket, sla_time now)
{
    sla_explain_segment segments[SEGMENTS];
    sla_clock_view views[CLOCKS];
    sla_explanation explanation;
    size_t count = 0, pieces;

    CHECK_OK(sla_engine_clocks(engine, tenant, ticket, views, CLOCKS, &count));
    for (size_t i = 0; i < count && i < CLOCKS; i++)
        (void)sla_engine_explain(engine, tenant, ticket, views[i].policy, views[i].target,
                                 views[i].cycle, now, &explanation, segments, SEGMENTS, &pieces);
}

/* All that one does with a ticket.  What it tells is as bent as it is. */
static void live_with(sla_engine *engine, sla_string ticket, const history *given, prng *random)
{
    static sla_event events[EVENTS];
    static state again;
    const sla_time now = given->ops[given->count - 1].now;

    explain_all(engine, ticket, now);
    for (size_t i = 0; i < 4; i++) {
        const history_op *op = &given->ops[prng_below(random, given->count)];
        sla_fact fact = op->fact;

        if (op->what != HISTORY_RECORD)
            continue;
        fact.ticket = ticket;
        fact.occurred_at = now + (sla_time)i * SLA_MINUTE;
        (void)sla_engine_record(engine, &fact, fact.occurred_at, NULL, NULL);
    }
    (void)sla_engine_poll_many(engine, now + 30 * SLA_DAY, events, EVENTS);
    (void)leave(engine, ticket, &again);
}

static void bend(sla_engine *engine, sla_string ticket, const state *packed, const history *given,
                 prng *random)
{
    static state bent;

    for (size_t i = 0; i < 60; i++) {
        const size_t places = 1 + prng_below(random, 3);
        int result;

        bent = *packed;
        /* The form and the world are asked elsewhere: what is behind them is the matter. */
        for (size_t k = 0; k < places; k++)
            bent.bytes[7 + prng_below(random, bent.length - 7)] =
                (unsigned char)(prng_percent(random, 50) ? prng_below(random, 20)
                                                         : prng_next(random));
        result = sla_engine_unpack(engine, tenant, ticket, bent.bytes, bent.length, NULL);
        if (result != SLA_OK) {
            CHECK_TRUE("a result of the contract", result == SLA_ERR_SYNTAX ||
                                                       result == SLA_ERR_STATE ||
                                                       result == SLA_ERR_NEWER);
            bent_refused++;
            continue;
        }
        bent_taken++;
        check_verifies("a bent ticket", engine);
        live_with(engine, ticket, given, random);
    }
}

TEST(what_is_bent_is_refused_or_verifies)
{
    with_tickets(check_count(150, 5000), bend);
    printf("%zu bent tickets refused, %zu taken\n", bent_refused, bent_taken);
    CHECK_TRUE("both happen", bent_taken > 0 && bent_refused > bent_taken);
}

/* --------------------------------------------------------------- versions */

#define DESK                                                                                       \
    "{'policy': 'p', 'version': '1', 'calendar': 'office', 'future_tolerance': 'PT1H',"            \
    " 'attributes': {'grade': 'int', 'kind': 'string'},"                                           \
    " 'at_once': [{'name': 'note', 'on': 'noted', 'level': 2}],"                                   \
    " 'pauses': [{'reason': 'held', 'on': 'held', 'cap': 'PT8H',"                                  \
    "   'follow_up': {'after': 'PT10M', 'to': 'agent'}}],"                                         \
    " 'resumes': [{'on': 'free'}],"                                                                \
    " 'targets': [{'target': 't', 'stop': 'resolved', 'goals': ["                                  \
    "   {'when': {'attr': 'grade', 'eq': 1}, 'business': 'PT2H'}, {'business': 'PT4H'}],"          \
    "  'acknowledge': {'timeout': 'PT30M'}, 'steps': [{'step': 'warn', 'percent': 75},"            \
    "   {'step': 'l1', 'after': 'PT0S', 'level': 1,"                                               \
    "    'repeat': {'every': 'PT20M', 'max': 5, 'until': 'end'}},"                                 \
    "   {'step': 'l2', 'after': 'PT1H', 'level': 2}]},"                                            \
    "  {'target': 'update', 'stop': 'updated', 'cancel': 'resolved',"                              \
    "   'recur': {'limit': 9}, 'goals': [{'elapsed': 'PT3H'}]}]}"
#define OTHER                                                                                      \
    "{'policy': 'p', 'version': '1', 'targets': [{'target': 'other', 'stop': 'resolved',"          \
    "  'goals': [{'elapsed': 'PT1H'}]}]}"

/* Told, waiting to be told, and a fact ahead of its time. */
static const char *const busy[] = {
    "02T09:00 opened id=o grade=2 kind=fault",
    "02T09:10 held",
    "02T09:30 free",
    "02T10:00 noted reason=seen",
    "02T14:00 attributes grade=1",
    "02T14:05 resolved id=r at=02T14:40",
};

typedef struct desk {
    fakealloc fake;
    sla_engine *engine;
    sla_policies *policies;
    sla_calendar *office;
} desk;

static void desk_open(desk *made, const char *documents)
{
    const char *office = "{'kind': 'calendar', 'name': 'office', 'version': '1', 'zone': 'UTC',"
                         " 'week': {'mon-fri': ['09:00-17:00']}}";

    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;

    fakealloc_init(&made->fake);
    options.allocator = &made->fake.allocator;
    CHECK_OK(sla_engine_new(&options, &made->engine));
    made->policies = stage_policies(documents);
    made->office = stage_calendar(office);
    CHECK_OK(sla_engine_adopt(made->engine, made->policies, &made->office, 1,
                              stage_time("01T00:00"), NULL));
}

static void desk_close(desk *made)
{
    sla_engine_free(made->engine);
    sla_policies_unref(made->policies);
    sla_calendar_unref(made->office);
    CHECK_NO_LEAK(&made->fake);
}

static sla_string t1(void)
{
    return stage_string("T-1");
}

/* The busy ticket; it stays where it is. */
static void desk_pack(desk *made, state *out)
{
    sla_packed packed;
    sla_event event;

    for (size_t i = 0; i < COUNT_OF(busy); i++) {
        stage_fact fact;

        stage_read_fact(busy[i], &fact);
        CHECK_OK(sla_engine_record(made->engine, &fact.fact, fact.now, NULL, NULL));
        if (i == 1)
            CHECK_EQ("nothing yet", 0, sla_engine_poll(made->engine, fact.now, &event));
    }
    CHECK_OK(sla_engine_pack(made->engine, tenant, t1(), out->bytes, STATE_MAX, &packed));
    out->length = packed.length;
    CHECK_EQ("number", 1, packed.number);
    CHECK_EQ("facts", COUNT_OF(busy), packed.facts);
    CHECK_EQ("live", 2, packed.live);
    CHECK_EQ("due", stage_time("02T11:20"), packed.due_at);
    CHECK_EQ("next", sla_engine_wakeup(made->engine), packed.next_at);
}

TEST(only_a_release_that_can_reads_it)
{
    static state packed;
    sla_error error;
    desk from, to, other;

    desk_open(&from, DESK);
    desk_open(&to, DESK);
    desk_open(&other, OTHER);
    desk_pack(&from, &packed);
    CHECK_RESULT(SLA_ERR_EXISTS,
                 sla_engine_unpack(from.engine, tenant, t1(), packed.bytes, packed.length, &error));
    CHECK_STR("said", "the ticket is here already", error.text);
    CHECK_RESULT(SLA_ERR_STATE, sla_engine_unpack(other.engine, tenant, t1(), packed.bytes,
                                                  packed.length, &error));
    packed.bytes[0]++;
    CHECK_RESULT(SLA_ERR_NEWER,
                 sla_engine_unpack(to.engine, tenant, t1(), packed.bytes, packed.length, &error));
    CHECK_STR("said", "the ticket was packed by a newer release", error.text);
    packed.bytes[0] = 0;
    CHECK_RESULT(SLA_ERR_SYNTAX,
                 sla_engine_unpack(to.engine, tenant, t1(), packed.bytes, packed.length, NULL));
    packed.bytes[0] = 1;
    CHECK_RESULT(SLA_ERR_FACT, sla_engine_unpack(to.engine, tenant, stage_string(""), packed.bytes,
                                                 packed.length, NULL));
    CHECK_RESULT(SLA_ERR_NOT_FOUND,
                 sla_engine_pack(to.engine, tenant, t1(), NULL, 0, &(sla_packed){0}));
    CHECK_OK(sla_engine_unpack(to.engine, tenant, t1(), packed.bytes, packed.length, NULL));
    CHECK_TRUE("the same", sla_engine_hash(from.engine) == sla_engine_hash(to.engine));
    desk_close(&from);
    desk_close(&to);
    desk_close(&other);
}

/* An engine that has adopted nothing, less, or at another instant. */
TEST(what_was_adopted_has_to_be_the_same)
{
    static state packed;
    sla_engine *empty = engine_of_store();
    desk from, to;

    desk_open(&from, DESK);
    desk_open(&to, DESK);
    CHECK_OK(sla_engine_adopt(from.engine, NULL, &from.office, 1, stage_time("01T01:00"), NULL));
    desk_pack(&from, &packed);
    CHECK_RESULT(SLA_ERR_STATE,
                 sla_engine_unpack(empty, tenant, t1(), packed.bytes, packed.length, NULL));
    CHECK_RESULT(SLA_ERR_STATE,
                 sla_engine_unpack(to.engine, tenant, t1(), packed.bytes, packed.length, NULL));
    CHECK_OK(sla_engine_adopt(to.engine, NULL, &to.office, 1, stage_time("01T02:00"), NULL));
    CHECK_RESULT(SLA_ERR_STATE,
                 sla_engine_unpack(to.engine, tenant, t1(), packed.bytes, packed.length, NULL));
    sla_engine_free(empty);
    desk_close(&from);
    desk_close(&to);
}

/* ------------------------------------------------------------------ memory */

static void unpack_at(desk *made, const state *packed, size_t n, bool onwards, bool *done)
{
    const uint64_t hash = sla_engine_hash(made->engine);
    int result;

    fakealloc_fail_at(&made->fake, n, onwards);
    result = sla_engine_unpack(made->engine, tenant, t1(), packed->bytes, packed->length, NULL);
    *done = !fakealloc_disarm(&made->fake);
    CHECK_RESULT(*done ? SLA_OK : SLA_ERR_NOMEM, result);
    check_verifies("after it", made->engine);
    if (!*done) {
        CHECK_TRUE("nothing has changed", sla_engine_hash(made->engine) == hash);
        CHECK_RESULT(SLA_ERR_NOT_FOUND, sla_engine_forget(made->engine, tenant, t1()));
    }
}

/* With a later fact of the world on top: it is applied while the ticket comes in. */
static void starve(bool onwards)
{
    static state packed;
    bool done = false;
    desk from;

    desk_open(&from, DESK);
    desk_pack(&from, &packed);
    for (size_t n = 0; !done; n++) {
        sla_calendar *madrid = stage_calendar("{'kind': 'calendar', 'name': 'office',"
                                              " 'version': '2', 'zone': 'Europe/Madrid',"
                                              " 'week': {'mon-fri': ['08:00-12:00']}}");
        desk to;

        desk_open(&to, DESK);
        CHECK_OK(sla_engine_adopt(to.engine, NULL, &madrid, 1, stage_time("02T14:10"), NULL));
        unpack_at(&to, &packed, n, onwards, &done);
        sla_calendar_unref(madrid);
        desk_close(&to);
        CHECK_TRUE("it does not go on for ever", n < 1000);
    }
    desk_close(&from);
}

TEST(every_allocation_fails_once)
{
    starve(false);
    starve(true);
}

/* Taken in, a ticket is told to its end without memory. */
TEST(a_poll_asks_for_no_memory)
{
    static state packed;
    const sla_time end = stage_time("05T00:00");
    twin_difference found = {0, ""};
    size_t count = 0;
    int wanted = 1;
    desk from, to;

    desk_open(&from, DESK);
    desk_open(&to, DESK);
    desk_pack(&from, &packed);
    CHECK_OK(sla_engine_unpack(to.engine, tenant, t1(), packed.bytes, packed.length, NULL));
    while (wanted != 0) {
        sla_event event, starved;
        int got;

        wanted = sla_engine_poll(from.engine, end, &event);
        fakealloc_fail_at(&to.fake, 0, true);
        got = sla_engine_poll(to.engine, end, &starved);
        (void)fakealloc_disarm(&to.fake);
        twin_compare_events(&starved, (size_t)got, &event, (size_t)wanted, &found);
        CHECK_STR("the same", "", found.text);
        count += (size_t)wanted;
    }
    CHECK_TRUE("something was told", count > 5);
    desk_close(&from);
    desk_close(&to);
}
