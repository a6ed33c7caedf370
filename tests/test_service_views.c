/* Goal: the rows that a service writes say of attributes what the facts say, whatever
 * came late, was corrected, withdrawn, imported, or waited for its time, and wherever
 * memory ran short (view_store.h holds them against the facts).  Method: facts at
 * random; services dropped and opened again; an allocator that fails by a seed. */
#include "service_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faulty_store.h"
#include "view_store.h"

enum { TICKETS = 40, IDS_MAX = 400, ATTRIBUTES_MAX = 3 };

static const char plain[] =
    "{'policy': 'p', 'version': '1', 'attributes': {'visit': 'instant', 'grade': 'int'},"
    " 'targets': [{'target': 't', 'stop': 'resolved', 'goals': [{'elapsed': 'PT4H'}],"
    "  'steps': [{'step': 'warn', 'before': 'PT1H'}]}]}";

typedef struct life {
    host h;
    prng random;
    view_content *rows;
    unsigned starve; /* of 1,000 allocations */
    size_t starved;
    uint32_t ids[TICKETS]; /* given so far */
    bool opened[TICKETS];
    size_t refused, strange;
    faulty_options faults;
} life;

/* ------------------------------------------------------------------- memory */

static bool fails(life *all)
{
    const bool yes = prng_below(&all->random, 1000) < all->starve;

    all->starved += yes;
    return yes;
}

static void *give(size_t size, void *user)
{
    return fails(user) ? NULL : malloc(size);
}

static void *give_more(void *block, size_t size, void *user)
{
    return fails(user) ? NULL : realloc(block, size);
}

static void take_back(void *block, void *user)
{
    (void)user;
    free(block);
}

static sla_store *wrap(host *h, sla_store *inner)
{
    life *const all = h->wrap_context;

    all->faults.seed = prng_next(&all->random);
    return faulty_store_new(view_store_new(inner, all->rows), &all->faults);
}

/* -------------------------------------------------------------------- facts */

static size_t draw_attributes(life *all, sla_attribute *attributes)
{
    static const char *const names[] = {"grade", "visit", "kind", "vip"};
    const size_t first = prng_below(&all->random, COUNT_OF(names));
    const size_t count = prng_below(&all->random, ATTRIBUTES_MAX + 1);

    for (size_t i = 0; i < count; i++) {
        const size_t which = (first + i) % COUNT_OF(names);
        const sla_value_type types[] = {SLA_VALUE_INT, SLA_VALUE_INSTANT, SLA_VALUE_STRING,
                                        SLA_VALUE_BOOL};

        attributes[i] = (sla_attribute){.name = host_string(names[which])};
        if (prng_percent(&all->random, 20))
            continue;
        attributes[i].type = types[which];
        attributes[i].number = (int64_t)prng_below(&all->random, which == 3 ? 2 : 1000000);
        if (which == 2)
            attributes[i].string = host_string(names[attributes[i].number % 4]);
        if (which == 2)
            attributes[i].number = 0;
    }
    return count;
}

static sla_time draw_instant(life *all)
{
    const unsigned dice = (unsigned)prng_below(&all->random, 100);

    if (dice < 60)
        return all->h.now;
    if (dice < 80)
        return all->h.now - prng_between(&all->random, 1, 40 * SLA_MINUTE);
    return all->h.now + prng_between(&all->random, 1, 4 * SLA_MINUTE);
}

static void recorded(void *context, int result, const sla_answer *answer, const sla_error *error)
{
    life *const all = context;

    (void)answer;
    (void)error;
    all->refused += result < 0;
    all->strange += result < 0 && result != SLA_ERR_NOMEM && result != SLA_ERR_NOT_FOUND &&
                    result != SLA_ERR_STATE;
}

/* A fact of a ticket that is open, or the one that opens it. */
static void record(life *all)
{
    const size_t ticket = prng_below(&all->random, TICKETS);
    const uint32_t ids = all->ids[ticket];
    sla_attribute attributes[ATTRIBUTES_MAX];
    char name[16] = "", id[16] = "", other[16] = "";
    sla_fact fact = {.ticket = host_string(name),
                     .id = host_string(id),
                     .name = host_string(all->opened[ticket] ? "called" : "opened"),
                     .occurred_at = all->opened[ticket] ? draw_instant(all) : all->h.now,
                     .attributes = attributes,
                     .attribute_count = draw_attributes(all, attributes)};
    const unsigned dice = (unsigned)prng_below(&all->random, 100);

    fact.ticket.length = (size_t)snprintf(name, sizeof name, "T-%zu", ticket);
    fact.id.length = (size_t)snprintf(id, sizeof id, "f%u", (unsigned)ids);
    snprintf(other, sizeof other, "f%u", 1 + (unsigned)prng_below(&all->random, ids));
    if (ids > 2 && dice < 15)
        fact.corrects = host_string(other);
    if (ids > 2 && dice >= 15 && dice < 25) {
        fact.withdraws = host_string(other);
        fact.name = host_string("withdrawn");
    }
    if (sla_service_record(all->h.service, &fact, recorded, all) != SLA_OK)
        return;
    all->opened[ticket] = true;
    all->ids[ticket]++;
}

static void open_again(life *all)
{
    const unsigned starve = all->starve;

    all->starve = 0;
    host_drop(&all->h);
    host_open(&all->h);
    all->starve = starve;
}

static void live(life *all, size_t facts)
{
    for (size_t i = 0; i < facts; i++) {
        record(all);
        if (prng_percent(&all->random, 40))
            host_settle(&all->h);
        if (prng_percent(&all->random, 20))
            host_go_to(&all->h, all->h.now + prng_between(&all->random, 1, 20 * SLA_MINUTE));
        if (prng_below(&all->random, 500) == 0)
            open_again(all);
    }
    all->starve = 0;
    host_go_to(&all->h, all->h.now + SLA_DAY);
}

static void begin(life *all, unsigned starve)
{
    static const sla_allocator allocator = {give, give_more, take_back, NULL};
    static sla_allocator own;

    memset(all, 0, sizeof *all);
    own = allocator;
    own.user = all;
    all->random = check_prng();
    all->rows = view_content_new(TICKETS + 1);
    host_init(&all->h);
    all->h.documents = plain;
    all->h.wrap = wrap;
    all->h.wrap_context = all;
    all->h.keep_quiet = true;
    all->h.options.allocator = &own;
    host_open(&all->h);
    all->starve = starve;
}

static void end(life *all)
{
    const view_counts rows = view_content_counts(all->rows);

    printf("%zu rows, %zu of them whole, %zu attributes, %zu clocks; %zu facts refused, %zu "
           "allocations failed\n",
           rows.rows, rows.whole, rows.attributes, rows.clocks, all->refused, all->starved);
    CHECK_EQ("rows that say something else than the facts", 0, rows.wrong);
    CHECK_EQ("answers that nobody expects", 0, all->strange);
    CHECK_TRUE("both forms", rows.whole > 0 && rows.whole < rows.rows);
    host_stop(&all->h);
    host_fini(&all->h);
    view_content_free(all->rows);
}

TEST(rows_say_what_the_facts_say)
{
    static life all;

    begin(&all, 0);
    live(&all, check_count(20000, 200000));
    CHECK_EQ("facts refused for memory", 0, all.starved);
    end(&all);
}

TEST(and_when_memory_runs_short)
{
    static life all;

    begin(&all, 3);
    all.faults = (faulty_options){.late = 100, .lose = 10, .fail = 10};
    live(&all, check_count(20000, 200000));
    CHECK_TRUE("it ran short", all.starved > 0);
    end(&all);
}

TEST(an_imported_ticket_is_told_whole)
{
    static life all;
    const sla_attribute first = {.name = host_string("grade"), .type = SLA_VALUE_INT, .number = 1};
    const sla_attribute late = {.name = host_string("grade"), .type = SLA_VALUE_INT, .number = 9};
    const sla_fact facts[] = {
        {.ticket = host_string("T-40"),
         .name = host_string("opened"),
         .occurred_at = HOST_START - SLA_HOUR},
        {.ticket = host_string("T-40"),
         .name = host_string("called"),
         .occurred_at = HOST_START - SLA_MINUTE,
         .attributes = &first,
         .attribute_count = 1},
        {.ticket = host_string("T-40"),
         .name = host_string("called"),
         .occurred_at = HOST_START - 2 * SLA_MINUTE,
         .attributes = &late,
         .attribute_count = 1},
    };
    const sla_time when[] = {HOST_START - SLA_HOUR, HOST_START - SLA_MINUTE, HOST_START};
    sla_import done = {0};
    sla_error error = {0};
    view_counts rows;

    begin(&all, 0);
    CHECK_OK_OR_SAY(sla_service_import(all.h.service, facts, when, COUNT_OF(facts), HOST_START,
                                       false, NULL, NULL, &done, &error),
                    &error);
    host_settle(&all.h);
    rows = view_content_counts(all.rows);
    CHECK_EQ("its row", 1, rows.rows);
    CHECK_EQ("whole", 1, rows.whole);
    CHECK_EQ("attributes", 1, rows.attributes);
    CHECK_EQ("that say what the facts say", 0, rows.wrong);
    host_stop(&all.h);
    host_fini(&all.h);
    view_content_free(all.rows);
}
