/* test_engine_store.c - Goal: an engine that keeps no facts, and asks for a
 * ticket's history when it needs it, tells what one that keeps them tells.
 * Method: random histories (history.h) through both; what the second asks for is
 * handed in from what was recorded, and asked again. */
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include <sla/time.h>

#include "history.h"
#include "twin_compare.h"

enum { COLUMNS_MAX = 16, SETTINGS_MAX = 1024, PER_WORLD = 40, EVENTS_MAX = 4096, CLOCKS_MAX = 128 };

static sla_event kept_events[EVENTS_MAX], stored_events[EVENTS_MAX];

/* What a store would hold of a ticket in columns: the attributes that its facts set. */
typedef struct columns {
    sla_attribute items[COLUMNS_MAX];
    char names[COLUMNS_MAX][SLA_NAME_MAX], texts[COLUMNS_MAX][SLA_STRING_MAX];
    size_t count;
} columns;

typedef struct stored {
    columns columns;
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

static sla_string kept(char *place, sla_string text)
{
    if (text.length > 0)
        memmove(place, text.data, text.length);
    return (sla_string){place, text.length};
}

/* Instants are strings, as the engine hands them out again. */
static void set_column(columns *row, const sla_attribute *given)
{
    char instant[SLA_TIME_TEXT_MAX];
    sla_attribute *item;
    size_t i = 0;

    while (i < row->count &&
           (row->items[i].name.length != given->name.length ||
            memcmp(row->items[i].name.data, given->name.data, given->name.length) != 0))
        i++;
    row->count += i == row->count;
    CHECK_TRUE("room", row->count <= COLUMNS_MAX);
    item = &row->items[i];
    *item = *given;
    if (given->type == SLA_VALUE_INSTANT)
        *item = (sla_attribute){
            .type = SLA_VALUE_STRING,
            .string = {instant, sla_time_format(given->number, instant, sizeof instant)}};
    item->name = kept(row->names[i], given->name);
    item->string = kept(row->texts[i], item->string);
}

static bool holds(const columns *row, const sla_attribute *wanted)
{
    for (size_t i = 0; i < row->count; i++) {
        const sla_attribute *const item = &row->items[i];

        if (item->name.length == wanted->name.length &&
            memcmp(item->name.data, wanted->name.data, wanted->name.length) == 0)
            return item->type == wanted->type && item->number == wanted->number &&
                   item->string.length == wanted->string.length &&
                   (item->string.length == 0 ||
                    memcmp(item->string.data, wanted->string.data, item->string.length) == 0);
    }
    return wanted->type == SLA_VALUE_NONE;
}

static bool same_columns(const columns *one, const columns *other)
{
    for (size_t i = 0; i < one->count; i++) {
        if (!holds(other, &one->items[i]))
            return false;
    }
    for (size_t i = 0; i < other->count; i++) {
        if (!holds(one, &other->items[i]))
            return false;
    }
    return true;
}

/* All that the facts at hand set; SLA_NEED_HISTORY where they are not. */
static int read_columns(sla_engine *engine, sla_string ticket, columns *row)
{
    static sla_attribute settings[SETTINGS_MAX];
    const sla_string tenant = {"", 0};
    size_t count = 0;
    const int result =
        sla_engine_attributes(engine, tenant, ticket, settings, SETTINGS_MAX, &count);

    if (result != SLA_OK)
        return result;
    CHECK_TRUE("room", count <= SETTINGS_MAX);
    row->count = 0;
    for (size_t i = 0; i < count; i++)
        set_column(row, &settings[i]);
    return SLA_OK;
}

/* A row that follows the facts as a service lets it: whole where the facts are at
 * hand, else by what the fact itself sets. */
static void check_columns(pair *both, const sla_fact *fact, twin_difference *found)
{
    stored *const ticket = stored_of(both, fact);
    static columns wanted, whole;
    const int result = read_columns(both->asking, fact->ticket, &whole);

    CHECK_OK(read_columns(both->keeping, fact->ticket, &wanted));
    CHECK_TRUE("or they are in the store", result == SLA_OK || result == SLA_NEED_HISTORY);
    if (result == SLA_OK)
        ticket->columns.count = 0;
    for (size_t i = 0; result == SLA_OK && i < whole.count; i++)
        set_column(&ticket->columns, &whole.items[i]);
    for (size_t i = 0; result != SLA_OK && i < fact->attribute_count; i++)
        set_column(&ticket->columns, &fact->attributes[i]);
    if (!same_columns(&wanted, &ticket->columns))
        twin_say(found, "attributes of %.*s differ, %s\n", (int)fact->ticket.length,
                 fact->ticket.data, sla_result_name(result));
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
    check_columns(both, &op->fact, found);
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
                  const history *given, size_t awake, twin_difference *found)
{
    static pair both;
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    char text[256];

    memset(&both, 0, sizeof both);
    options.history_in_store = true;
    options.awake = awake;
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
        asked += run(&world, &calendars, &given, i % 4, &found);
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
