/* test_engine_store.c - Goal: an engine that keeps no facts, and asks for a
 * ticket's history when it needs it, tells what one that keeps them tells.
 * Method: random histories (history.h) through both; what the second asks for is
 * handed in from what was recorded, and asked again. */
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "history.h"
#include "twin_compare.h"

enum { PER_WORLD = 40, EVENTS_MAX = 4096, CLOCKS_MAX = 128 };

static sla_event kept_events[EVENTS_MAX], stored_events[EVENTS_MAX];

/* What a store would hold of a ticket. */
typedef struct stored {
    sla_fact facts[HISTORY_OPS_MAX];
    uint32_t policies[HISTORY_OPS_MAX];
    size_t count;
} stored;

typedef struct pair {
    sla_engine *keeping, *asking;
    stored tickets[3];
    uint32_t adoptions; /* of policies */
    size_t asked;
} pair;

static stored *stored_of(pair *both, const sla_fact *fact)
{
    return &both->tickets[fact->ticket.data[1] - '1'];
}

/* Records, handing in the history when it is asked for. */
static int record_asking(pair *both, const history_op *op, sla_answer *answer)
{
    const sla_string tenant = {"", 0};
    stored *ticket = stored_of(both, &op->fact);
    int result = sla_engine_record(both->asking, &op->fact, op->now, answer, NULL);

    if (result != SLA_NEED_HISTORY)
        return result;
    both->asked++;
    CHECK_OK(sla_engine_supply_history(both->asking, tenant, op->fact.ticket, ticket->facts,
                                       ticket->policies, ticket->count));
    return sla_engine_record(both->asking, &op->fact, op->now, answer, NULL);
}

static void record(pair *both, const history_op *op, twin_difference *found)
{
    stored *ticket = stored_of(both, &op->fact);
    sla_answer kept = {0}, asked = {0};
    const int wanted = sla_engine_record(both->keeping, &op->fact, op->now, &kept, NULL);
    int result;

    /* Whether an id is taken, the store knows. */
    if (wanted == SLA_DUPLICATE || wanted == SLA_ERR_CONFLICT)
        return;
    result = record_asking(both, op, &asked);
    if (result != wanted)
        twin_say(found, "keeping facts: %s, asking for them: %s\n", sla_result_name(wanted),
                 sla_result_name(result));
    else if (memcmp(&kept, &asked, sizeof kept) != 0)
        twin_say(found, "keeping facts: seq %u late %d, asking for them: seq %u late %d\n",
                 (unsigned)kept.seq, kept.late, (unsigned)asked.seq, asked.late);
    if (result != SLA_OK)
        return;
    ticket->policies[ticket->count] = both->adoptions - 1;
    ticket->facts[ticket->count++] = op->fact;
}

/* The fact's id is at hand only where its facts are. */
static void forget_fact_ids(sla_event *events, size_t count)
{
    for (size_t i = 0; i < count; i++)
        events[i].fact_id = (sla_string){NULL, 0};
}

static void poll(pair *both, const history_op *op, twin_difference *found)
{
    const size_t wanted = sla_engine_poll_many(both->keeping, op->now, kept_events, EVENTS_MAX);
    const size_t got = sla_engine_poll_many(both->asking, op->now, stored_events, EVENTS_MAX);

    forget_fact_ids(kept_events, wanted);
    forget_fact_ids(stored_events, got);
    twin_compare_events(stored_events, got, kept_events, wanted, found);
}

static void adopt(pair *both, const history_op *op, const history_world *world,
                  const history_calendars *calendars)
{
    sla_policies *set = op->set >= 0 ? world->sets[op->set] : NULL;
    sla_calendar *them[HISTORY_CALENDARS];
    const size_t count = history_op_calendars(op, calendars, them);

    CHECK_OK(sla_engine_adopt(both->keeping, set, them, count, op->now, NULL));
    CHECK_OK(sla_engine_adopt(both->asking, set, them, count, op->now, NULL));
    both->adoptions += set != NULL;
}

static size_t run(const history_world *world, const history_calendars *calendars,
                  const history *given, twin_difference *found)
{
    static pair both;
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    char text[256];

    memset(&both, 0, sizeof both);
    options.history_in_store = true;
    CHECK_OK(sla_engine_new(NULL, &both.keeping));
    CHECK_OK(sla_engine_new(&options, &both.asking));
    for (size_t i = 0; i < given->count && found->text[0] == '\0'; i++) {
        const history_op *op = &given->ops[i];

        found->op = i;
        if (op->what == HISTORY_ADOPT)
            adopt(&both, op, world, calendars);
        else if (op->what == HISTORY_RECORD)
            record(&both, op, found);
        else
            poll(&both, op, found);
        if (!sla_engine_verify(both.asking, text, sizeof text))
            twin_say(found, "verify: %s\n", text);
    }
    sla_engine_free(both.keeping);
    sla_engine_free(both.asking);
    return both.asked;
}

static void print_difference(const history *given, size_t number, const twin_difference *found)
{
    printf("history %zu (engine: asking for facts, twin: keeping them):\n", number);
    for (size_t i = 0; i <= found->op; i++)
        history_print_op(stdout, &given->ops[i]);
    printf("%s", found->text);
}

TEST(history_in_the_store_tells_the_same)
{
    static history given;
    const size_t count = check_count(4000, 100000);
    prng random = check_prng();
    history_calendars calendars;
    history_world world;
    size_t asked = 0;

    history_calendars_init(&calendars);
    for (size_t i = 0; i < count; i++) {
        twin_difference found = {0, ""};

        if (i % PER_WORLD == 0) {
            if (i > 0)
                history_world_fini(&world);
            history_world_init(&world, &random);
        }
        history_make(&given, &world, &calendars, &random);
        asked += run(&world, &calendars, &given, &found);
        if (found.text[0] != '\0') {
            print_difference(&given, i, &found);
            CHECK_FAIL("history %zu differs", i);
        }
    }
    history_world_fini(&world);
    history_calendars_fini(&calendars);
    printf("%zu histories, history asked for %zu times\n", count, asked);
    CHECK_TRUE("history is asked for", asked > 0);
}
