/* test_pack.c - Goal: a ticket that was packed, forgotten and taken in again tells
 * what it would have told, in the same engine or another one, whatever came in
 * between; and no bytes, however they came about, break an engine.
 * Method: random histories (history.h) through an engine that keeps everything and
 * one whose tickets come and go; the packed tickets are cut off and bent. */
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include <sla/pack.h>

#include "history.h"
#include "twin_compare.h"

enum { PER_WORLD = 40, TICKETS = 3, STATE_MAX = 65536 };

static const sla_string tenant = {"", 0};
static const sla_string names[TICKETS] = {{"T1", 2}, {"T2", 2}, {"T3", 2}};

/* What a store would hold of a ticket. */
typedef struct stored {
    sla_fact facts[HISTORY_OPS_MAX];
    uint32_t policies[HISTORY_OPS_MAX];
    size_t count;
    unsigned char state[STATE_MAX];
    size_t length; /* 0: it is in the engine, or nowhere */
} stored;

typedef struct pair {
    sla_engine *keeping, *packing;
    stored tickets[TICKETS];
    const history_op *adoptions[HISTORY_OPS_MAX];
    size_t adoption_count;
    uint32_t adoptions_of_policies;
    const history_world *world;
    const history_calendars *calendars;
    prng random;
} pair;

static size_t trips, moves, asked, away, half_told, bytes_packed, bytes_most;

static size_t number_of(const sla_fact *fact)
{
    return (size_t)(fact->ticket.data[1] - '1');
}

/* ------------------------------------------------------------- out and in */

static bool leave(pair *both, size_t number)
{
    stored *ticket = &both->tickets[number];
    sla_packed packed, again;
    const int result =
        sla_engine_pack(both->packing, tenant, names[number], ticket->state, STATE_MAX, &packed);

    if (result == SLA_ERR_NOT_FOUND)
        return false;
    CHECK_OK(result);
    CHECK_RESULT(SLA_ERR_SPACE,
                 sla_engine_pack(both->packing, tenant, names[number], NULL, 0, &again));
    CHECK_MEM("measured as written", &packed, &again, sizeof packed);
    CHECK_OK(sla_engine_forget(both->packing, tenant, names[number]));
    ticket->length = packed.length;
    trips++;
    bytes_packed += packed.length;
    bytes_most = packed.length > bytes_most ? packed.length : bytes_most;
    return true;
}

static void come_back(pair *both, size_t number, twin_difference *found)
{
    stored *ticket = &both->tickets[number];
    int result;

    if (ticket->length == 0)
        return;
    result = sla_engine_unpack(both->packing, tenant, names[number], ticket->state, ticket->length,
                               NULL);
    if (result != SLA_OK)
        twin_say(found, "taking %s in: %s\n", names[number].data, sla_result_name(result));
    ticket->length = 0;
}

static void all_come_back(pair *both, twin_difference *found)
{
    for (size_t i = 0; i < TICKETS; i++)
        come_back(both, i, found);
}

static sla_engine *engine_of_store(void)
{
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    sla_engine *engine;

    options.history_in_store = true;
    CHECK_OK(sla_engine_new(&options, &engine));
    return engine;
}

static void adopt_into(const pair *both, sla_engine *engine, const history_op *op)
{
    sla_calendar *them[HISTORY_CALENDARS];
    const size_t count = history_op_calendars(op, both->calendars, them);

    CHECK_OK(sla_engine_adopt(engine, op->set >= 0 ? both->world->sets[op->set] : NULL, them, count,
                              op->now, NULL));
}

/* Everything goes over to a new engine that has adopted the same. */
static void move(pair *both, twin_difference *found)
{
    for (size_t i = 0; i < TICKETS; i++) {
        if (both->tickets[i].length == 0)
            (void)leave(both, i);
    }
    sla_engine_free(both->packing);
    both->packing = engine_of_store();
    for (size_t i = 0; i < both->adoption_count; i++)
        adopt_into(both, both->packing, both->adoptions[i]);
    all_come_back(both, found);
    moves++;
}

/* Out and in again; what came in is packed as what went out. */
static void turn_round(pair *both, size_t number, twin_difference *found)
{
    static unsigned char before[STATE_MAX];
    const stored *ticket = &both->tickets[number];
    size_t length;

    if (!leave(both, number))
        return;
    length = ticket->length;
    memcpy(before, ticket->state, length);
    come_back(both, number, found);
    if (found->text[0] != '\0')
        return;
    (void)leave(both, number);
    CHECK_EQ("packed again: its length", length, ticket->length);
    CHECK_MEM("packed again", before, ticket->state, length);
    come_back(both, number, found);
}

/* Something happens to the tickets, or nothing. */
static void disturb(pair *both, twin_difference *found)
{
    const size_t number = prng_below(&both->random, TICKETS);

    if (prng_percent(&both->random, 40))
        turn_round(both, number, found);
    else if (prng_percent(&both->random, 15))
        move(both, found);
    else if (prng_percent(&both->random, 30) && both->tickets[number].length == 0)
        (void)leave(both, number);
}

/* ------------------------------------------------------------- operations */

/* Records, handing in the history when it is asked for. */
static int record_asking(pair *both, const history_op *op, sla_answer *answer)
{
    const stored *ticket = &both->tickets[number_of(&op->fact)];
    int result = sla_engine_record(both->packing, &op->fact, op->now, answer, NULL);

    if (result != SLA_NEED_HISTORY)
        return result;
    asked++;
    CHECK_OK(sla_engine_supply_history(both->packing, tenant, op->fact.ticket, ticket->facts,
                                       ticket->policies, ticket->count));
    return sla_engine_record(both->packing, &op->fact, op->now, answer, NULL);
}

static void record(pair *both, const history_op *op, twin_difference *found)
{
    stored *ticket = &both->tickets[number_of(&op->fact)];
    sla_answer kept = {0}, packed = {0};
    const int wanted = sla_engine_record(both->keeping, &op->fact, op->now, &kept, NULL);
    int result;

    /* Whether an id is taken, the store knows. */
    if (wanted == SLA_DUPLICATE || wanted == SLA_ERR_CONFLICT)
        return;
    come_back(both, number_of(&op->fact), found);
    result = record_asking(both, op, &packed);
    if (result != wanted)
        twin_say(found, "kept: %s, packed: %s\n", sla_result_name(wanted), sla_result_name(result));
    else if (memcmp(&kept, &packed, sizeof kept) != 0)
        twin_say(found, "kept: seq %u late %d, packed: seq %u late %d\n", (unsigned)kept.seq,
                 kept.late, (unsigned)packed.seq, packed.late);
    if (result != SLA_OK)
        return;
    ticket->policies[ticket->count] = both->adoptions_of_policies - 1;
    ticket->facts[ticket->count++] = op->fact;
}

/* One event at a time, and between two of them a ticket may leave and come back. */
static void poll(pair *both, const history_op *op, twin_difference *found)
{
    int wanted = 1;

    all_come_back(both, found);
    while (wanted != 0 && found->text[0] == '\0') {
        sla_event kept, packed;
        int got;

        wanted = sla_engine_poll(both->keeping, op->now, &kept);
        got = sla_engine_poll(both->packing, op->now, &packed);
        /* The fact's id is at hand only where its facts are. */
        kept.fact_id = packed.fact_id = (sla_string){NULL, 0};
        twin_compare_events(&packed, (size_t)got, &kept, (size_t)wanted, found);
        if (wanted != 0 && prng_percent(&both->random, 10)) {
            const size_t number = prng_below(&both->random, TICKETS);

            half_told += leave(both, number);
            come_back(both, number, found);
        }
    }
}

/* Some tickets are away, and hear of it when they come back. */
static void adopt(pair *both, const history_op *op)
{
    for (size_t i = 0; i < TICKETS && both->adoption_count > 0; i++) {
        if (prng_percent(&both->random, 40) && both->tickets[i].length == 0)
            away += leave(both, i);
    }
    adopt_into(both, both->keeping, op);
    adopt_into(both, both->packing, op);
    both->adoptions[both->adoption_count++] = op;
    both->adoptions_of_policies += op->set >= 0;
}

static void compare(const pair *both, twin_difference *found)
{
    char text[256];

    if (!sla_engine_verify(both->packing, text, sizeof text))
        twin_say(found, "verify: %s\n", text);
    for (size_t i = 0; i < TICKETS; i++) {
        if (both->tickets[i].length > 0)
            return;
    }
    if (sla_engine_wakeup(both->keeping) != sla_engine_wakeup(both->packing))
        twin_say(found, "wakes up at %s, packed at %s\n",
                 twin_when(sla_engine_wakeup(both->keeping)),
                 twin_when(sla_engine_wakeup(both->packing)));
    if (sla_engine_hash(both->keeping) != sla_engine_hash(both->packing))
        twin_say(found, "the hashes differ\n");
}

static void run(pair *both, const history *given, twin_difference *found)
{
    memset(both->tickets, 0, sizeof both->tickets);
    both->adoption_count = both->adoptions_of_policies = 0;
    CHECK_OK(sla_engine_new(NULL, &both->keeping));
    both->packing = engine_of_store();
    for (size_t i = 0; i < given->count && found->text[0] == '\0'; i++) {
        const history_op *op = &given->ops[i];

        found->op = i;
        if (op->what == HISTORY_ADOPT)
            adopt(both, op);
        else if (op->what == HISTORY_RECORD)
            record(both, op, found);
        else
            poll(both, op, found);
        if (found->text[0] == '\0' && both->adoption_count > 0)
            disturb(both, found);
        if (found->text[0] == '\0')
            compare(both, found);
    }
    sla_engine_free(both->keeping);
    sla_engine_free(both->packing);
}

static void print_difference(const history *given, size_t number, const twin_difference *found)
{
    printf("history %zu (engine: packing, twin: keeping):\n", number);
    for (size_t i = 0; i <= found->op; i++)
        history_print_op(stdout, &given->ops[i]);
    printf("%s", found->text);
}

TEST(tickets_that_come_and_go_tell_the_same)
{
    static history given;
    static pair both;
    const size_t count = check_count(4000, 100000);
    prng random = check_prng();
    history_calendars calendars;
    history_world world;

    history_calendars_init(&calendars);
    both.random = prng_seeded(prng_next(&random));
    both.world = &world;
    both.calendars = &calendars;
    for (size_t i = 0; i < count; i++) {
        twin_difference found = {0, ""};

        if (i % PER_WORLD == 0) {
            if (i > 0)
                history_world_fini(&world);
            history_world_init(&world, &random);
        }
        history_make(&given, &world, &calendars, &random);
        run(&both, &given, &found);
        if (found.text[0] != '\0') {
            print_difference(&given, i, &found);
            CHECK_FAIL("history %zu differs", i);
        }
    }
    history_world_fini(&world);
    history_calendars_fini(&calendars);
    printf("%zu histories: %zu times out and in (%zu bytes, at most %zu), %zu between two events, "
           "%zu moves, %zu away when the world changed, history asked for %zu times\n",
           count, trips, trips > 0 ? bytes_packed / trips : 0, bytes_most, half_told, moves, away,
           asked);
    CHECK_TRUE("everything happened",
               trips > 0 && moves > 0 && away > 0 && asked > 0 && half_told > 0);
}
