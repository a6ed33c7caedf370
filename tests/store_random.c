/*
 * store_random.c - Goal: no unit is special.  Method: units with random parts and
 * right keys, now and then with one wrong key or sent again; after each the whole
 * content is compared with the model.  From time to time another service takes over.
 */
#include "store_conformance.h"

#include <string.h>

#include "store_compare.h"
#include "store_sample.h"

static const char *const tenants[] = {"", "tenant", "租户"};
static const char *const names[] = {"T-1", "T-2", "T-10", "票", "'; --", "a b"};
static const char *const consumers[] = {"console", "pager", "crm"};

typedef struct world {
    const store_maker *maker;
    prng random;
    store_drive drive;
    store_model model;
    uint64_t service;
    uint64_t hash;
} world;

typedef struct key {
    const char *tenant, *ticket;
} key;

#define ANY_OF(random, list) (list)[prng_below(random, COUNT_OF(list))]

static key any_ticket(world *in)
{
    const key chosen = {ANY_OF(&in->random, tenants), ANY_OF(&in->random, names)};

    return chosen;
}

/* ------------------------------------------------------------------ good units */

static uint32_t facts_in(const store_sample *sample, key ticket)
{
    uint32_t count = 0;

    for (size_t i = 0; i < sample->unit.fact_count; i++) {
        const sla_fact *const fact = sample->facts[i].fact;

        count += fact->tenant.length == strlen(ticket.tenant) &&
                 memcmp(fact->tenant.data, ticket.tenant, fact->tenant.length) == 0 &&
                 fact->ticket.length == strlen(ticket.ticket) &&
                 memcmp(fact->ticket.data, ticket.ticket, fact->ticket.length) == 0;
    }
    return count;
}

static void add_facts(world *in, store_sample *sample)
{
    for (uint64_t more = prng_below(&in->random, 6); more > 0; more--) {
        const key ticket = any_ticket(in);

        store_sample_fact(sample, ticket.tenant, ticket.ticket,
                          store_model_facts(&in->model, ticket.tenant, ticket.ticket) +
                              facts_in(sample, ticket) + 1);
    }
}

/* Each ticket once at most; some are forgotten, of which the unit says nothing else. */
static void add_tickets(world *in, store_sample *sample)
{
    for (size_t i = 0; i < COUNT_OF(tenants); i++)
        for (size_t j = 0; j < COUNT_OF(names); j++) {
            const key ticket = {tenants[i], names[j]};
            const uint32_t added = facts_in(sample, ticket);
            sla_stored_ticket *row;

            if (prng_percent(&in->random, 80))
                continue;
            row = store_sample_ticket(sample, ticket.tenant, ticket.ticket,
                                      store_model_facts(&in->model, ticket.tenant, ticket.ticket) +
                                          added);
            row->gone = added == 0 && prng_percent(&in->random, 15);
        }
}

static bool is_forgotten(const store_sample *sample, key ticket)
{
    for (size_t i = 0; i < sample->unit.ticket_count; i++) {
        const sla_stored_ticket *const row = &sample->tickets[i];

        if (row->gone && row->tenant.length == strlen(ticket.tenant) &&
            memcmp(row->tenant.data, ticket.tenant, row->tenant.length) == 0 &&
            row->ticket.length == strlen(ticket.ticket) &&
            memcmp(row->ticket.data, ticket.ticket, row->ticket.length) == 0)
            return true;
    }
    return false;
}

static void add_events(world *in, store_sample *sample)
{
    for (uint64_t more = prng_below(&in->random, 6); more > 0; more--) {
        const key ticket = any_ticket(in);

        if (!is_forgotten(sample, ticket))
            store_sample_event(sample, ticket.tenant, ticket.ticket,
                               in->model.events + sample->unit.event_count + 1);
    }
}

static void add_marks(world *in, store_sample *sample)
{
    for (uint64_t more = prng_below(&in->random, 4); more > 0; more--) {
        const uint64_t number = prng_below(&in->random, in->model.events + 2);
        const uint64_t through = prng_below(&in->random, in->model.events + 1);

        store_sample_mark(sample, ANY_OF(&in->random, consumers), number,
                          prng_percent(&in->random, 70) ? through / 2 : 0);
    }
}

static void fill(world *in, store_sample *sample)
{
    const uint64_t number = store_model_last_unit(&in->model, in->service) + 1;

    store_sample_init(sample, prng_next(&in->random), in->service, number);
    if (prng_percent(&in->random, 10))
        store_sample_world(sample, in->model.worlds + 1);
    if (prng_percent(&in->random, 20))
        sample->unit.decided_at = SLA_NEVER;
    add_facts(in, sample);
    add_tickets(in, sample);
    add_events(in, sample);
    add_marks(in, sample);
}

/* --------------------------------------------------------------------- bad ones */

/* One key becomes another; often a wrong one, the model says. */
static void spoil(world *in, store_sample *sample)
{
    const uint64_t part = prng_below(&in->random, 5);
    const uint32_t other = (uint32_t)prng_below(&in->random, 5);

    if (part == 0 && sample->unit.fact_count > 0)
        sample->facts[prng_below(&in->random, sample->unit.fact_count)].seq = other;
    else if (part == 1 && sample->unit.event_count > 0)
        sample->events[prng_below(&in->random, sample->unit.event_count)].number = other;
    else if (part == 2 && sample->unit.event_count > 1)
        sample->events[sample->unit.event_count - 1].event = sample->events[0].event;
    else if (part == 3 && sample->unit.ticket_count > 1)
        sample->tickets[sample->unit.ticket_count - 1].ticket = sample->tickets[0].ticket;
    else if (sample->unit.world != NULL)
        sample->world.number = other;
    else
        sample->unit.number = prng_below(&in->random, sample->unit.number + 3);
}

/* ------------------------------------------------------------------------ steps */

static void write_one(world *in)
{
    store_sample sample;
    int wanted;

    fill(in, &sample);
    if (prng_percent(&in->random, 30))
        spoil(in, &sample);
    wanted = store_model_commit(&in->model, &sample.unit);
    CHECK_EQ("the store answers as the model", wanted,
             store_drive_commit(&in->drive, &sample.unit));
    if (prng_percent(&in->random, 30) && wanted == SLA_OK)
        CHECK_OK(store_drive_commit(&in->drive, &sample.unit));
    store_sample_scribble(&sample);
    store_sample_fini(&sample);
}

/* Another service takes over; the one before is told so, and goes. */
static void take_over(world *in)
{
    store_drive before = in->drive;
    store_sample sample;

    /* The sink of the one before belongs to in->drive: it moves to a place of its own. */
    before.sink.context = &before;
    CHECK_OK(store_drive_open(&before));
    if (in->maker->exclusive)
        CHECK_OK(store_drive_release(&before));
    store_drive_init(&in->drive, in->maker->again(in->maker->context));
    CHECK_OK(store_drive_open(&in->drive));
    fill(in, &sample);
    CHECK_RESULT(SLA_ERR_FENCED, store_drive_commit(&before, &sample.unit));
    store_sample_fini(&sample);
    store_drive_fini(&before);
    if (prng_percent(&in->random, 50))
        in->service++;
}

uint64_t store_random_run(const store_maker *maker, uint64_t seed, size_t steps)
{
    world in = {.maker = maker, .random = prng_seeded(seed), .service = 1};

    store_drive_init(&in.drive, maker->fresh(maker->context));
    store_model_init(&in.model);
    CHECK_OK(store_drive_open(&in.drive));
    for (size_t step = 0; step < steps; step++) {
        if (prng_percent(&in.random, 5))
            take_over(&in);
        else
            write_one(&in);
        in.hash = in.hash * UINT64_C(0x100000001b3) ^
                  store_compare(&in.drive, &in.model, "the content is that of the model");
    }
    store_drive_fini(&in.drive);
    store_model_fini(&in.model);
    maker->forget(maker->context);
    return in.hash;
}

void store_conformance_random_units_agree_with_the_model(const store_maker *maker)
{
    const size_t runs = check_count(4, 100);
    prng random = check_prng();

    for (size_t i = 0; i < runs; i++)
        store_random_run(maker, prng_next(&random), 60);
}
