/* test_engine_twin.c - Goal: the engine tells what the law says, in every order
 * in which facts can come.  Method: random histories under random policies and
 * calendars go through the engine and through its dumb twin (model.h), which
 * refolds every ticket at every step; after each step everything is compared.
 *
 *     test_engine_twin --seed 7                    the histories of that seed
 *     test_engine_twin --seed 7 --history 123      one of them
 *     test_engine_twin --seed 7 --history 123 --shrink    its shortest form
 *
 * SLA_HISTORIES says how many; SLA_LONG=1 asks many. */
#include "support/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"
#include "model.h"
#include "twin_compare.h"

enum {
    PER_WORLD = 40, /* histories under the same policies */
    EVENTS_MAX = 4096,
    CLOCKS_MAX = 128
};

static long wanted_history = -1;
static bool wants_shrinking;

typedef struct pair {
    const history_world *world;
    const history_calendars *calendars;
    sla_engine *engine;
    model *twin;
    sla_event *events;
    size_t event_count;
    uint64_t hash; /* of all events */
    char (*identities)[256];
    size_t identity_count;
    size_t told, wakeups, wakeups_equal;
    bool opened[3]; /* whether a ticket is open: see same_answer */
    bool undone;    /* told and taken back in one poll: the twin cannot follow */
} pair;

static const char *const ticket_names[] = {"T1", "T2", "T3"};

static void compare_clocks(pair *both, twin_difference *found)
{
    static sla_clock_view got[CLOCKS_MAX], wanted[CLOCKS_MAX];

    for (size_t i = 0; i < COUNT_OF(ticket_names) && found->text[0] == '\0'; i++) {
        const sla_string tenant = {"", 0};
        const sla_string ticket = {ticket_names[i], 2};
        size_t got_count = 0;
        size_t count = 0;
        const int result =
            sla_engine_clocks(both->engine, tenant, ticket, got, CLOCKS_MAX, &got_count);
        const int want = model_clocks(both->twin, tenant, ticket, wanted, CLOCKS_MAX, &count);

        if (result != want)
            twin_say(found, "clocks of %s: the engine answers %s, the twin %s\n", ticket_names[i],
                     sla_result_name(result), sla_result_name(want));
        else if (result == SLA_OK)
            twin_compare_views(ticket_names[i], got, got_count, wanted, count, true, found);
    }
}

/* --- one step of both --- */

static void adopt(pair *both, const history_op *op, twin_difference *found)
{
    sla_policies *set = op->set >= 0 ? both->world->sets[op->set] : NULL;
    sla_calendar *calendars[HISTORY_CALENDARS];
    const size_t count = history_op_calendars(op, both->calendars, calendars);
    sla_error error;
    const int result = sla_engine_adopt(both->engine, set, calendars, count, op->now, &error);

    model_adopt(both->twin, set, calendars, count, op->now);
    both->undone = model_undone(both->twin);
    if (result != SLA_OK)
        twin_say(found, "the engine does not adopt: %s\n", sla_result_name(result));
}

/* `late` only of a ticket that is open: before, nothing has been folded that counts. */
static bool same_answer(const sla_answer *got, const sla_answer *wanted, bool opened)
{
    return got->seq == wanted->seq && (got->late == wanted->late || !opened) &&
           got->no_effect == wanted->no_effect && got->refused == wanted->refused &&
           strcmp(got->rule, wanted->rule) == 0;
}

static void say_answer(twin_difference *found, const char *who, const sla_answer *answer)
{
    twin_say(found, "  %s: seq %u%s%s%s %s\n", who, (unsigned)answer->seq,
             answer->late ? " late" : "", answer->no_effect ? " no_effect" : "",
             answer->refused ? " refused" : "", answer->rule);
}

static void record(pair *both, const history_op *op, twin_difference *found)
{
    bool *opened = &both->opened[op->fact.ticket.data[1] - '1'];
    sla_answer got, wanted;
    sla_error error;
    int result;
    int want;

    memset(&got, 0, sizeof got);
    memset(&wanted, 0, sizeof wanted);
    memset(&error, 0, sizeof error);
    result = sla_engine_record(both->engine, &op->fact, op->now, &got, &error);
    want = model_record(both->twin, &op->fact, op->now, &wanted);
    both->undone = model_undone(both->twin);
    if (result != want) {
        twin_say(found, "the engine answers %s (%s), the twin %s\n", sla_result_name(result),
                 error.text, sla_result_name(want));
    } else if (result >= 0 && !both->undone && !same_answer(&got, &wanted, *opened)) {
        twin_say(found, "other answers:\n");
        say_answer(found, "engine", &got);
        say_answer(found, "twin  ", &wanted);
    }
    *opened = *opened || (want == SLA_OK && op->fact.occurred_at <= op->now &&
                          op->fact.name.length == strlen("opened") &&
                          memcmp(op->fact.name.data, "opened", strlen("opened")) == 0);
}

/* Invariants that need no twin: nothing early, no identity twice. */
static void check_event(pair *both, const sla_event *event, sla_time now, twin_difference *found)
{
    char identity[256];

    snprintf(identity, sizeof identity, "%.*s|%s|%s|%u|%s|%u|%u", (int)event->ticket.length,
             event->ticket.data, event->policy, event->target, (unsigned)event->cycle, event->step,
             (unsigned)event->repeat, (unsigned)event->revision);
    for (const char *at = identity; *at != '\0'; at++)
        both->hash = (both->hash ^ (unsigned char)*at) * UINT64_C(1099511628211);
    both->hash = (both->hash ^ (uint64_t)event->at) * UINT64_C(1099511628211);
    both->hash = (both->hash ^ (uint64_t)event->due_at) * UINT64_C(1099511628211);
    if (event->at > now || event->told != now)
        twin_say(found, "told at %s what is due at %s\n", twin_when(now), twin_when(event->at));
    for (size_t i = 0; i < both->identity_count; i++)
        if (strcmp(both->identities[i], identity) == 0)
            twin_say(found, "told twice: %s\n", identity);
    both->identities =
        realloc(both->identities, (both->identity_count + 1) * sizeof *both->identities);
    strcpy(both->identities[both->identity_count++], identity);
}

static void poll(pair *both, const history_op *op, twin_difference *found)
{
    const sla_event *wanted;
    const size_t count = model_poll(both->twin, op->now, &wanted);

    both->undone = model_undone(both->twin);
    both->event_count = sla_engine_poll_many(both->engine, op->now, both->events, EVENTS_MAX);
    if (both->undone)
        return;
    twin_compare_events(both->events, both->event_count, wanted, count, found);
    for (size_t i = 0; i < both->event_count && found->text[0] == '\0'; i++)
        check_event(both, &both->events[i], op->now, found);
    both->told += both->event_count;
}

/* Never later than the truth; what lies behind `now` is all the same. */
static void compare_wakeups(pair *both, sla_time now, twin_difference *found)
{
    const sla_time got = sla_engine_wakeup(both->engine);
    const sla_time truth = model_wakeup(both->twin);

    both->wakeups++;
    both->wakeups_equal += got == truth;
    if (got > truth && got > now) {
        compare_clocks(both, found);
        twin_say(found, "the engine wakes at %s, the twin at %s\n", twin_when(got),
                 twin_when(truth));
    }
}

static void step(pair *both, const history_op *op, twin_difference *found)
{
    char text[512] = "";

    if (op->what == HISTORY_ADOPT)
        adopt(both, op, found);
    else if (op->what == HISTORY_RECORD)
        record(both, op, found);
    else
        poll(both, op, found);
    /* What fell due before a fact or an adoption the engine may leave to the next
     * poll: its clocks stand at the fact until then. */
    if (found->text[0] == '\0' && op->what == HISTORY_POLL && !both->undone)
        compare_clocks(both, found);
    if (found->text[0] == '\0' && !both->undone)
        compare_wakeups(both, op->now, found);
    if (!sla_engine_verify(both->engine, text, sizeof text))
        twin_say(found, "verify: %s\n", text);
}

/* --- histories --- */

typedef struct totals {
    size_t histories, events, wakeups, wakeups_equal;
    size_t undone; /* left where something passed and was armed again in one poll */
    uint64_t hash;
} totals;

static bool run(const history_world *world, const history_calendars *calendars,
                const history *given, size_t awake, twin_difference *found, totals *sum)
{
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    static sla_event events[EVENTS_MAX];
    pair both = {.world = world,
                 .calendars = calendars,
                 .twin = model_new(),
                 .events = events,
                 .hash = UINT64_C(14695981039346656037)};

    found->text[0] = '\0';
    options.awake = awake;
    CHECK_OK(sla_engine_new(&options, &both.engine));
    for (size_t i = 0; i < given->count && found->text[0] == '\0' && !both.undone; i++) {
        found->op = i;
        if (!given->ops[i].left_out)
            step(&both, &given->ops[i], found);
    }
    sla_engine_free(both.engine);
    model_free(both.twin);
    free(both.identities);
    sum->histories++;
    sum->undone += both.undone;
    sum->events += both.told;
    sum->wakeups += both.wakeups;
    sum->wakeups_equal += both.wakeups_equal;
    sum->hash = (sum->hash ^ both.hash) * UINT64_C(1099511628211);
    return found->text[0] == '\0';
}

static prng world_random(uint64_t number)
{
    return prng_seeded(check_seed() * UINT64_C(0x9e3779b97f4a7c15) + number);
}

static prng history_random(uint64_t number)
{
    return prng_seeded(~check_seed() * UINT64_C(0xbf58476d1ce4e5b9) + number);
}

/* Leaves out whatever can be left out while there is still a difference. */
static void shrink(const history_world *world, const history_calendars *calendars, history *given,
                   size_t awake, twin_difference *found)
{
    bool shorter = true;
    totals ignored = {0};

    while (given->count > found->op + 1)
        given->count--;
    while (shorter) {
        shorter = false;
        for (size_t i = given->count - 1; i-- > 1;) {
            twin_difference again;

            if (given->ops[i].left_out)
                continue;
            given->ops[i].left_out = true;
            if (run(world, calendars, given, awake, &again, &ignored))
                given->ops[i].left_out = false;
            else
                shorter = true;
            if (given->ops[i].left_out)
                *found = again;
        }
    }
}

static void print_difference(const history_world *world, const history *given, size_t number,
                             const twin_difference *found)
{
    printf("history %zu of seed %" PRIu64 " differs:\n", number, check_seed());
    for (size_t i = 0; i <= found->op; i++) {
        if (given->ops[i].left_out)
            continue;
        if (given->ops[i].set >= 0 && given->ops[i].what == HISTORY_ADOPT)
            printf("%s", world->texts[given->ops[i].set]);
        history_print_op(stdout, &given->ops[i]);
    }
    printf("%s", found->text);
    printf("again: --seed %" PRIu64 " --history %zu --shrink\n", check_seed(), number);
}

static bool run_one(const history_world *world, const history_calendars *calendars, size_t number,
                    totals *sum)
{
    static history given;
    const size_t awake = number % 4; /* 0: so many that none ever rests */
    prng random = history_random(number);
    twin_difference found;

    history_make(&given, world, calendars, &random);
    if (run(world, calendars, &given, awake, &found, sum))
        return true;
    if (wants_shrinking)
        shrink(world, calendars, &given, awake, &found);
    print_difference(world, &given, number, &found);
    return false;
}

/* Histories [first, last), until `count` of them have been followed to their end;
 * the number of those that differ. */
static size_t run_many(size_t first, size_t last, size_t count, totals *sum)
{
    history_calendars calendars;
    history_world world;
    size_t of = SIZE_MAX;
    size_t bad = 0;

    history_calendars_init(&calendars);
    for (size_t i = first; i < last && sum->histories - sum->undone < count && bad < 5; i++) {
        if (i / PER_WORLD != of) {
            prng random = world_random(i / PER_WORLD);

            if (of != SIZE_MAX)
                history_world_fini(&world);
            of = i / PER_WORLD;
            history_world_init(&world, &random);
        }
        bad += !run_one(&world, &calendars, i, sum);
    }
    if (of != SIZE_MAX)
        history_world_fini(&world);
    history_calendars_fini(&calendars);
    return bad;
}

static size_t how_many(void)
{
    const char *wanted = getenv("SLA_HISTORIES");

    return wanted != NULL ? strtoul(wanted, NULL, 10) : check_count(100000, 1000000);
}

TEST(engine_and_twin_tell_the_same)
{
    const bool one = wanted_history >= 0;
    const size_t first = one ? (size_t)wanted_history : 0;
    totals sum = {0};
    const size_t bad = run_many(first, one ? first + 1 : SIZE_MAX, how_many(), &sum);

    printf("%zu histories and %zu left on the way, %zu events; wakeup equal to the truth %zu of "
           "%zu times\n",
           sum.histories - sum.undone, sum.undone, sum.events, sum.wakeups_equal, sum.wakeups);
    CHECK_EQ("histories that differ", 0, bad);
}

TEST(same_input_same_bytes)
{
    totals first = {0}, again = {0};

    run_many(0, 400, 400, &first);
    run_many(0, 400, 400, &again);
    CHECK_TRUE("hash over all events", first.hash == again.hash);
}

/* --- incremental = refold --- */

static void feed(sla_engine *engine, const history_world *world, const history_calendars *calendars,
                 const history *given)
{
    static sla_event events[EVENTS_MAX];

    for (size_t i = 0; i < given->count; i++) {
        const history_op *op = &given->ops[i];
        sla_calendar *them[HISTORY_CALENDARS];

        if (op->what == HISTORY_ADOPT)
            CHECK_OK(sla_engine_adopt(engine, op->set >= 0 ? world->sets[op->set] : NULL, them,
                                      history_op_calendars(op, calendars, them), op->now, NULL));
        else if (op->what == HISTORY_RECORD)
            sla_engine_record(engine, &op->fact, op->now, NULL, NULL);
        else
            sla_engine_poll_many(engine, op->now, events, EVENTS_MAX);
    }
}

/* A fact at the very beginning, and its withdrawal: the ticket is folded again, twice. */
static void force_refold(sla_engine *engine, const char *ticket, sla_time from, sla_time now)
{
    sla_fact fact;

    memset(&fact, 0, sizeof fact);
    fact.ticket = (sla_string){ticket, strlen(ticket)};
    fact.id = (sla_string){"nothing", 7};
    fact.name = (sla_string){"touched", 7};
    fact.occurred_at = from;
    fact.authorised_by = (sla_string){"test", 4};
    CHECK_OK(sla_engine_record(engine, &fact, now, NULL, NULL));
    fact.id = (sla_string){"undone", 6};
    fact.name = (sla_string){"withdrawn", 9};
    fact.withdraws = (sla_string){"nothing", 7};
    CHECK_OK(sla_engine_record(engine, &fact, now, NULL, NULL));
}

static void check_refold(const history_world *world, const history_calendars *calendars,
                         const history *given)
{
    static sla_clock_view before[CLOCKS_MAX], after[CLOCKS_MAX];
    const history_op *last = &given->ops[given->count - 1];
    sla_engine *engine;

    CHECK_OK(sla_engine_new(NULL, &engine));
    feed(engine, world, calendars, given);
    for (size_t i = 0; i < COUNT_OF(ticket_names); i++) {
        const sla_string tenant = {"", 0};
        const sla_string ticket = {ticket_names[i], 2};
        twin_difference found = {0, ""};
        size_t count = 0;
        size_t count_after = 0;

        if (sla_engine_clocks(engine, tenant, ticket, before, CLOCKS_MAX, &count) != SLA_OK)
            continue;
        force_refold(engine, ticket_names[i], last->now - 30 * SLA_DAY, last->now);
        sla_engine_clocks(engine, tenant, ticket, after, CLOCKS_MAX, &count_after);
        twin_compare_views(ticket_names[i], after, count_after, before, count, false, &found);
        for (size_t j = 0; found.text[0] != '\0' && j < given->count; j++)
            history_print_op(stdout, &given->ops[j]);
        if (found.text[0] != '\0')
            CHECK_FAIL("refolded (called engine) is not incremental (called twin): %s", found.text);
    }
    sla_engine_free(engine);
}

TEST(refold_is_incremental)
{
    static history given;
    const size_t count = check_count(4000, 40000);
    history_calendars calendars;
    history_world world;

    history_calendars_init(&calendars);
    for (size_t i = 0; i < count; i++) {
        prng random = history_random(i);

        if (i % PER_WORLD == 0) {
            prng of_world = world_random(i / PER_WORLD);

            if (i > 0)
                history_world_fini(&world);
            history_world_init(&world, &of_world);
        }
        history_make(&given, &world, &calendars, &random);
        check_refold(&world, &calendars, &given);
    }
    history_world_fini(&world);
    history_calendars_fini(&calendars);
}

/* Takes out what is ours, leaves the rest to the checks. */
int main(int count, char **arguments)
{
    int kept = 0;

    for (int i = 0; i < count; i++) {
        if (strcmp(arguments[i], "--history") == 0 && i + 1 < count)
            wanted_history = strtol(arguments[++i], NULL, 10);
        else if (strcmp(arguments[i], "--shrink") == 0)
            wants_shrinking = true;
        else
            arguments[kept++] = arguments[i];
    }
    return check_run(kept, arguments);
}
