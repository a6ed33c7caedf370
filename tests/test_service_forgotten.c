/* Goal: a fact that was answered as recorded is on the record until somebody who asked
 * after it had come has the ticket forgotten, in whatever order and round the two are
 * taken up.  Method: a few tickets that are opened, resolved, noted, taken over and
 * forgotten at random, between rounds and in the midst of them, over a store that goes
 * wrong and services that are killed; then every fact that has to be there is recorded
 * once more and has to be a duplicate.  And more requests than a round looks at. */
#include "service_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faulty_store.h"

enum { TICKETS = 6, ORDERS_OF_THESE = 60, REFUSED_ONE_OF = 150 };

static const char one_minute[] =
    "{'policy': 'p', 'version': '1', 'targets': [{'target': 't', 'stop': 'resolved',"
    " 'goals': [{'elapsed': 'PT1M'}]}]}";

typedef enum standing {
    ASKED,
    RECORDED,
    WITHOUT, /* refused, forgotten, or nobody knows what became of it */
} standing;

typedef struct orders orders;

/* A fact or a request to forget; its place is the order in which they were made. */
typedef struct order {
    orders *of;
    bool forgets;
    size_t ticket;
    const char *name;
    sla_time at;
    standing standing;
} order;

struct orders {
    host h;
    prng random;
    faulty_options faults;
    order *made;
    size_t count, capacity;
    size_t forgotten, kept_by_fact, imported, strange;
    bool calm;
};

/* --------------------------------------------------------------------- answers */

static void recorded(void *context, int result, const sla_answer *answer, const sla_error *error)
{
    order *const given = context;

    (void)answer;
    (void)error;
    given->standing = result == SLA_OK ? RECORDED : WITHOUT;
}

/* What came before is gone, as far as `with` goes. */
static void took(const order *given, standing with)
{
    orders *const all = given->of;

    for (order *one = all->made; one < given; one++) {
        if (one->ticket != given->ticket || one->forgets)
            continue;
        all->strange += one->standing == ASKED;
        if (one->standing == with)
            one->standing = WITHOUT;
    }
}

static void forgotten(void *context, int result, const sla_error *error)
{
    order *const given = context;
    orders *const all = given->of;

    given->standing = WITHOUT;
    if (result == SLA_OK)
        took(given, RECORDED);
    all->forgotten += result == SLA_OK;
    all->kept_by_fact += result == SLA_ERR_STATE && strstr(error->text, "a fact came") != NULL;
}

/* ---------------------------------------------------------------------- orders */

static order *make(orders *all, const char *name)
{
    order *const made = &all->made[all->count];

    *made = (order){.of = all,
                    .ticket =
                        all->count / ORDERS_OF_THESE * TICKETS + prng_below(&all->random, TICKETS),
                    .name = name,
                    .at = all->h.now,
                    .forgets = name == NULL};
    all->count++;
    return made;
}

static int give(order *given, int (*how)(order *given, const sla_fact *fact))
{
    char ticket[24], id[24];
    sla_fact fact = {.tenant = host_string("north"), .occurred_at = given->at};

    snprintf(ticket, sizeof ticket, "T-%zu", given->ticket);
    snprintf(id, sizeof id, "%zu", (size_t)(given - given->of->made));
    fact.ticket = host_string(ticket);
    fact.id = host_string(id);
    fact.name = host_string(given->name);
    return how(given, &fact);
}

static int record(order *given, const sla_fact *fact)
{
    return sla_service_record(given->of->h.service, fact, recorded, given);
}

static int take_over(order *given, const sla_fact *fact)
{
    sla_import counts = {0};
    const int result = sla_service_import(given->of->h.service, fact, &fact->occurred_at, 1,
                                          fact->occurred_at, false, recorded, given, &counts, NULL);

    given->of->imported += result == SLA_OK;
    return result;
}

static int forget(order *given, const sla_fact *fact)
{
    return sla_service_forget(given->of->h.service, fact->tenant, fact->ticket, forgotten, given);
}

static void order_one(orders *all)
{
    const uint64_t dice = prng_below(&all->random, 100);
    const char *const name = dice < 20   ? "opened"
                             : dice < 45 ? "resolved"
                             : dice < 70 ? "called"
                             : dice < 75 ? "opened"
                                         : NULL;
    order *made;

    if (all->count == all->capacity)
        return;
    made = make(all, name);
    if (give(made, name == NULL ? forget : dice < 70 ? record : take_over) != SLA_OK)
        made->standing = WITHOUT;
}

static int on_event(void *context, const sla_event *event, uint64_t number, uint32_t attempt)
{
    orders *const all = ((host *)context)->wrap_context;

    (void)event;
    (void)number;
    (void)attempt;
    if (all->calm)
        return SLA_OK;
    if (prng_percent(&all->random, 20))
        order_one(all);
    return prng_percent(&all->random, 90) ? SLA_OK : SLA_ERR_BUSY;
}

/* ------------------------------------------------------------------- the store */

/* By what is in it: sent again it is refused again. */
static bool refuse(void *context, const sla_unit *unit)
{
    (void)context;
    for (size_t i = 0; i < unit->ticket_count; i++) {
        const sla_string ticket = unit->tickets[i].ticket;
        prng random = prng_seeded((uint64_t)unit->decided_at * 31 +
                                  (unsigned char)ticket.data[ticket.length - 1]);

        if (prng_below(&random, REFUSED_ONE_OF) == 0)
            return true;
    }
    return false;
}

static sla_store *wrap(host *h, sla_store *inner)
{
    orders *const all = h->wrap_context;

    all->faults.seed = prng_next(&all->random);
    return faulty_store_new(inner, &all->faults);
}

/* Killed: nobody knows what became of what was asked. */
static void kill(orders *all)
{
    host_drop(&all->h);
    for (order *one = all->made; one < all->made + all->count; one++) {
        if (one->standing != ASKED)
            continue;
        one->standing = WITHOUT;
        for (order *before = all->made; one->forgets && before < one; before++) {
            if (before->ticket == one->ticket)
                before->standing = WITHOUT;
        }
    }
    host_open(&all->h);
}

/* ------------------------------------------------------------------------ steps */

static void step(orders *all)
{
    const uint64_t dice = prng_below(&all->random, 1000);

    order_one(all);
    if (dice < 400)
        return;
    if (dice < 700)
        (void)sla_service_run(all->h.service);
    else if (dice < 850)
        host_settle(&all->h);
    else if (dice < 998)
        host_go_to(&all->h, all->h.now + prng_between(&all->random, 1, 2 * SLA_SECOND));
    else
        kill(all);
}

/* No more faults, and time for what was asked. */
static void calm_down(orders *all)
{
    all->calm = true;
    all->faults = (faulty_options){.refuse = NULL};
    host_go_to(&all->h, all->h.now + SLA_HOUR);
    for (size_t i = 0; i < all->count; i++)
        all->strange += all->made[i].standing == ASKED;
    CHECK_EQ("all is answered, and what a request took was answered before", 0, all->strange);
    kill(all);
}

/* Said again it changes nothing, if it is there. */
static int record_again(order *given, const sla_fact *fact)
{
    return sla_service_record(given->of->h.service, fact, host_recorded, &given->of->h.answers);
}

static void check(orders *all)
{
    size_t there = 0;

    for (order *one = all->made; one < all->made + all->count; one++) {
        if (one->forgets || one->standing != RECORDED)
            continue;
        there++;
        CHECK_OK(give(one, record_again));
        host_settle(&all->h);
    }
    printf("%zu orders, %zu tickets forgotten, %zu kept by a fact, %zu taken over, %zu facts "
           "there\n",
           all->count, all->forgotten, all->kept_by_fact, all->imported, there);
    CHECK_EQ("lost", 0, there - all->h.answers.duplicates);
    CHECK_TRUE("all of it happens", all->forgotten > all->capacity / 1000 &&
                                        all->kept_by_fact > all->capacity / 1000 &&
                                        all->imported > 0 && there > 0);
}

TEST(what_was_answered_stays_until_it_is_forgotten)
{
    static orders all;

    all.capacity = check_count(20000, 500000);
    all.made = calloc(all.capacity, sizeof *all.made);
    CHECK_TRUE("memory", all.made != NULL);
    all.random = check_prng();
    all.faults = (faulty_options){.late = 200,
                                  .fail = 10,
                                  .lose = 10,
                                  .starve = 10,
                                  .late_most = SLA_SECOND,
                                  .refuse = refuse,
                                  .context = &all};
    host_init(&all.h);
    all.h.documents = one_minute;
    all.h.options.keep = SLA_SECOND;
    all.h.wrap = wrap;
    all.h.wrap_context = &all;
    all.h.on_event = on_event;
    all.h.keep_quiet = true;
    host_open(&all.h);
    while (all.count < all.capacity)
        step(&all);
    calm_down(&all);
    check(&all);
    host_stop(&all.h);
    host_fini(&all.h);
    free(all.made);
}

/* ------------------------------------------------------------------------- many */

static void counted(void *context, int result, const sla_error *error)
{
    host_answers *const answers = context;

    (void)error;
    answers->count++;
    answers->refused += result != SLA_OK;
}

static void for_each(host *h, size_t count, const char *name, host_answers *gone)
{
    char ticket[24];

    for (size_t i = 0; i < count; i++) {
        snprintf(ticket, sizeof ticket, "T-%zu", i);
        if (name != NULL)
            CHECK_OK(host_record(h, ticket, name, name));
        else
            CHECK_OK(sla_service_forget(h->service, host_string("north"), host_string(ticket),
                                        counted, gone));
    }
}

static sla_store *late_store(host *h, sla_store *inner)
{
    sla_store **const made = h->wrap_context;

    *made = faulty_store_new(inner, &(faulty_options){.refuse = NULL});
    return *made;
}

/* More than a round looks at: all are answered without anybody waking the service, and
 * while the store has not answered, it does not want to be called again and again. */
TEST(many_are_answered)
{
    static const struct {
        const char *why;
        bool ended, away;
        unsigned late;
    } rows[] = {
        {"they live", false, false, 0},
        {"they live, and are at rest", false, true, 0},
        {"they ended", true, false, 0},
        {"they ended, and are not in memory", true, true, 0},
        {"they ended, are not in memory, and the store is late", true, true, 1000},
    };
    enum { MANY = 1000 };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sla_store *store = NULL;
        host_answers gone = {0};
        host h;

        host_init(&h);
        h.wrap = late_store;
        h.wrap_context = &store;
        host_open(&h);
        for_each(&h, MANY, "opened", NULL);
        host_settle(&h);
        if (rows[i].ended)
            for_each(&h, MANY, "resolved", NULL);
        host_settle(&h);
        if (rows[i].away) {
            host_stop(&h);
            host_open(&h);
        }
        faulty_store_set(store, &(faulty_options){.late = rows[i].late});
        for_each(&h, MANY, NULL, &gone);
        host_settle(&h);
        if (rows[i].late > 0)
            host_go_to(&h, h.now + 30 * SLA_SECOND);
        CHECK_EQ(rows[i].why, MANY, gone.count);
        CHECK_EQ(rows[i].why, rows[i].ended ? 0 : MANY, gone.refused);
        host_stop(&h);
        host_fini(&h);
    }
}
