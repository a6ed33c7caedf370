/* Goal: a ticket that rests after a start tells what it would have told in the engine,
 * in the same order.  Method: the same random life twice, also over a store that goes
 * wrong, with restarts and adoptions; the twin takes every ticket in at once, in the
 * moment in which it was loaded. */
#include "service_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faulty_store.h"
#include "service/parts.h"

static sla_service_stats stats_of(const host *h)
{
    sla_service_stats stats = {.size = sizeof stats};

    sla_service_get_stats(h->service, &stats);
    return stats;
}

/* --------------------------------------------------------------- the twin's store */

static host *twin; /* whose tickets do not rest */
static sla_store_ops twin_ops;
static void (*inner_run)(sla_store *store, sla_time now);

static void take_in_all(sla_service *service)
{
    for (size_t slot = 0; service->restings.left > 0; slot++) {
        const sla__resting *const resting = service->restings.slots[slot].ticket;
        const char *const names = (const char *)(resting + 1);
        const sla_string tenant = {names, resting->tenant_length};
        const sla_string ticket = {names + resting->tenant_length, resting->ticket_length};

        CHECK_OK(sla_service_bring(service, tenant, ticket));
    }
}

static void run_and_take_in(sla_store *store, sla_time now)
{
    inner_run(store, now);
    if (twin->service != NULL && twin->service->state == SLA_SERVICE_LIVE)
        take_in_all(twin->service);
}

static sla_store *wrap_twin(sla_store *store)
{
    twin_ops = *store->ops;
    inner_run = twin_ops.run;
    twin_ops.run = run_and_take_in;
    store->ops = &twin_ops;
    return store;
}

/* -------------------------------------------------------------------- a random life */

#define POLICY(version, hours, levels)                                                             \
    "{'policy': 'p', 'version': '" version "', 'calendar': 'office', 'targets': ["                 \
    " {'target': 't', 'stop': 'resolved', 'goals': [{'business': '" hours "'}],"                   \
    "  'pauses': [{'reason': 'held', 'on': 'held'}], 'resumes': [{'on': 'free'}],"                 \
    "  'steps': [{'step': 'warn', 'before': 'PT1H'}" levels "]},"                                  \
    " {'target': 'update', 'stop': 'called', 'cancel': 'resolved', 'recur': {'limit': 3},"         \
    "  'goals': [{'elapsed': 'PT2H'}]}]}"
#define LEVELS ", {'step': 'l1', 'after': 'PT30M', 'level': 1}"
#define OFFICE(version, hours)                                                                     \
    "{'kind': 'calendar', 'name': 'office', 'version': '" version "', 'zone': 'UTC',"              \
    " 'week': {'mon-sun': ['" hours "']}}"

static const char *const worlds[] = {
    OFFICE("2", "08:00-20:00"),
    POLICY("2", "PT3H", ""),
    OFFICE("3", "00:00-24:00") "\n---\n" POLICY("3", "PT5H", LEVELS),
    OFFICE("4", "09:00-17:00"),
};

enum { TICKETS = 120 };

static bool is_refused(void *context, const sla_unit *unit)
{
    (void)context;
    return unit->ticket_count == 1 && unit->decided_at % 97 == 0;
}

typedef struct life {
    host h;
    prng random;
    bool is_twin, faulty;
    size_t opened, worlds;
    uint64_t rested;
} life;

static sla_store *wrap(host *h, sla_store *store)
{
    life *const all = h->wrap_context;
    const faulty_options faults = {.seed = prng_next(&all->random),
                                   .late = 200,
                                   .fail = 20,
                                   .lose = 20,
                                   .late_most = SLA_SECOND,
                                   .refuse = is_refused};

    if (all->faulty)
        store = faulty_store_new(store, &faults);
    return all->is_twin ? wrap_twin(store) : store;
}

static void open_all(life *all)
{
    twin = all->is_twin ? &all->h : NULL;
    host_open(&all->h);
    for (size_t i = 0; i < 1000 && all->h.service->state == SLA_SERVICE_LOADING; i++)
        host_go_to(&all->h, all->h.now + SLA_SECOND);
    all->rested += stats_of(&all->h).resting;
    CHECK_EQ("what is counted", stats_of(&all->h).resting, all->h.service->restings.left);
}

/* Ended, or killed; then nobody looks for a while, and much is overdue. */
static void restart(life *all)
{
    const sla_duration away = prng_between(&all->random, 0, 5) * SLA_HOUR;

    if (prng_percent(&all->random, 50)) {
        host_drop(&all->h);
    } else {
        host_stop(&all->h);
        all->h.now -= all->h.now % SLA_MINUTE;
        all->h.now += SLA_MINUTE;
    }
    all->h.now += away;
    all->h.steady += away;
    open_all(all);
}

static void adopt(life *all)
{
    static char json[8192];
    sla_document documents[8];
    const size_t count =
        host_documents(worlds[all->worlds++ % COUNT_OF(worlds)], documents, json, sizeof json);

    (void)sla_service_adopt(all->h.service, documents, count, NULL, NULL, NULL);
}

static void fact(life *all)
{
    static const char *const names[] = {"opened", "resolved", "held", "free", "called", "noted"};
    const char *const name = names[prng_below(&all->random, COUNT_OF(names))];
    const sla_duration late =
        prng_percent(&all->random, 10) ? prng_between(&all->random, 0, 2) * SLA_HOUR : 0;
    char ticket[24];

    if (name == names[0])
        snprintf(ticket, sizeof ticket, "T-%zu", all->opened++);
    else if (all->opened > 0)
        snprintf(
            ticket, sizeof ticket, "T-%zu",
            all->opened - 1 -
                (size_t)prng_below(&all->random, all->opened < TICKETS ? all->opened : TICKETS));
    else
        return;
    (void)host_record_at(&all->h, ticket, name, NULL, all->h.now - late);
}

static void step(life *all)
{
    const uint64_t dice = prng_below(&all->random, 1000);

    if (dice < 900)
        fact(all);
    else if (dice < 980) /* whole minutes: much falls due at once */
        host_go_to(&all->h, all->h.now - all->h.now % SLA_MINUTE +
                                prng_between(&all->random, 1, 60) * SLA_MINUTE);
    else if (dice < 990)
        adopt(all);
    else
        restart(all);
}

static void live(life *all, uint64_t seed, size_t steps)
{
    all->random = prng_seeded(seed);
    host_init(&all->h);
    all->h.documents = OFFICE("1", "09:00-17:00") "\n---\n" POLICY("1", "PT4H", LEVELS);
    all->h.wrap = wrap;
    all->h.wrap_context = all;
    open_all(all);
    for (size_t i = 0; i < steps; i++)
        step(all);
    host_go_to(&all->h, all->h.now + 3 * SLA_DAY);
    host_drop(&all->h);
}

static void check_twins(uint64_t seed, bool faulty, size_t steps, size_t sums[2])
{
    life rests = {.faulty = faulty}, is_in = {.faulty = faulty, .is_twin = true};

    live(&rests, seed, steps);
    live(&is_in, seed, steps);
    for (size_t i = 0; i < rests.h.told_count && i < is_in.h.told_count; i++) {
        const host_told *const one = &rests.h.told[i], *const other = &is_in.h.told[i];

        if (strcmp(one->identity, other->identity) != 0 || one->number != other->number ||
            one->when != other->when || one->at != other->at)
            CHECK_FAIL("seed %llu: event %zu of %zu: %s number %llu, in the engine %s number %llu",
                       (unsigned long long)seed, i, rests.h.told_count, one->identity,
                       (unsigned long long)one->number, other->identity,
                       (unsigned long long)other->number);
    }
    CHECK_EQ("as many", is_in.h.told_count, rests.h.told_count);
    CHECK_EQ("as many answers", is_in.h.answers.count, rests.h.answers.count);
    CHECK_EQ("nothing early", 0, rests.h.early);
    CHECK_EQ("the twin's do not rest", 0, is_in.rested);
    sums[0] += rests.h.told_count;
    sums[1] += rests.rested;
    host_fini(&rests.h);
    host_fini(&is_in.h);
}

static void many_twins(bool faulty)
{
    prng random = check_prng();
    const size_t count = check_count(8, 400);
    size_t sums[2] = {0};

    for (size_t i = 0; i < count; i++)
        check_twins(prng_next(&random), faulty, 600, sums);
    printf("%zu lives, %zu events, %zu tickets at rest\n", count, sums[0], sums[1]);
    CHECK_TRUE("something rested", sums[1] > 0);
}

TEST(a_ticket_at_rest_tells_what_it_would_have_told)
{
    many_twins(false);
}

TEST(also_over_a_store_that_goes_wrong)
{
    many_twins(true);
}
