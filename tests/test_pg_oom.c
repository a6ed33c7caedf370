/*
 * test_pg_oom.c - Goal: without memory the store answers, loses nothing and leaks
 * nothing.  Method: one allocation of the process after the other fails, libpq's too,
 * while a store connects, opens, writes a unit and reads it; then the content is that
 * of the model.
 */
#include "support/check.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "pg_server.h"
#include "store_compare.h"
#include "store_sample.h"

enum { TRIES = 40, STRIDE = 23 };

/* The store under starvation.  The sink only counts: it has no memory to ask for. */
typedef struct starving {
    const char *conninfo;
    sla_store *store;
    size_t left; /* allocations before the one that fails */
    bool failed;
    uint64_t asked, answered;
    int result;
    size_t items;
} starving;

static void arm(const starving *on)
{
    failmalloc_arm(on->failed ? FAILMALLOC_NEVER : on->left, false);
}

static void disarm(starving *on)
{
    size_t calls;

    on->failed |= failmalloc_disarm(&calls);
    on->left -= calls < on->left ? calls : on->left;
}

static void count_world(void *context, const sla_stored_world *world)
{
    (void)world;
    ((starving *)context)->items++;
}

static void count_ticket(void *context, const sla_stored_ticket *ticket)
{
    (void)ticket;
    ((starving *)context)->items++;
}

static void count_fact(void *context, const sla_stored_fact *fact)
{
    (void)fact;
    ((starving *)context)->items++;
}

static void count_event(void *context, const sla_stored_event *event)
{
    (void)event;
    ((starving *)context)->items++;
}

static void count_mark(void *context, const sla_stored_mark *mark)
{
    (void)mark;
    ((starving *)context)->items++;
}

static void count_done(void *context, const sla_store_done *done)
{
    starving *const on = context;

    on->answered = done->ask;
    on->result = done->result;
}

static void wait_for_it(const starving *on)
{
    sla_wait wait = {-1, false, false};
    struct pollfd polled;
    const size_t count = on->store->ops->waits(on->store, &wait, 1);

    polled.fd = wait.fd;
    polled.events = (short)((wait.read ? POLLIN : 0) | (wait.write ? POLLOUT : 0));
    poll(&polled, count, 5);
}

static void await(starving *on)
{
    for (int rounds = 0; on->answered < on->asked; rounds++) {
        CHECK_TRUE("an answer comes at last", rounds < 10000);
        arm(on);
        on->store->ops->run(on->store, 0);
        disarm(on);
        if (on->answered < on->asked)
            wait_for_it(on);
    }
}

typedef enum question { OPEN, COMMIT, TICKET, HISTORY, OUTBOX, AUDIT, QUESTIONS } question;

static int call(starving *on, question asked, const sla_unit *unit)
{
    const sla_store_sink sink = {on,          count_world, count_ticket, count_fact,
                                 count_event, count_mark,  count_done};
    static const sla_string tenant = {"tenant", 6}, ticket = {"T-1", 3};
    const sla_store_ops *const ops = on->store->ops;

    if (asked == OPEN)
        return ops->open(on->store, &sink, on->asked);
    if (asked == COMMIT)
        return ops->commit(on->store, unit, on->asked);
    if (asked == TICKET)
        return ops->ticket(on->store, tenant, ticket, on->asked);
    if (asked == HISTORY)
        return ops->history(on->store, tenant, ticket, on->asked);
    return asked == OUTBOX ? ops->outbox(on->store, 0, 100, on->asked)
                           : ops->audit(on->store, SLA_TIME_MAX, on->asked);
}

/* Asks until it is answered with something else than that it could not be. */
static void insist(starving *on, question asked, const sla_unit *unit)
{
    for (int tries = 0; tries < TRIES; tries++) {
        int result;

        on->asked++;
        arm(on);
        result = call(on, asked, unit);
        disarm(on);
        if (result == SLA_OK)
            await(on);
        else
            on->asked--;
        CHECK_TRUE("only memory may be missing", result == SLA_OK || result == SLA_ERR_NOMEM);
        if (result == SLA_OK && on->result != SLA_ERR_STORE)
            break;
    }
    CHECK_OK(on->result);
}

static void make_store(starving *on)
{
    sla_pg_options options = SLA_PG_OPTIONS_INIT;
    int result;

    options.conninfo = on->conninfo;
    options.lease = 0;
    arm(on);
    result = sla_store_pg_new(&options, &on->store, NULL);
    disarm(on);
    if (result != SLA_OK) {
        CHECK_TRUE("no memory is no store", on->failed && on->store == NULL);
        CHECK_OK(sla_store_pg_new(&options, &on->store, NULL));
    }
}

static void fill(store_sample *sample, const store_model *model, uint64_t number)
{
    const uint32_t facts = store_model_facts(model, "tenant", "T-1");

    store_sample_init(sample, check_seed() + number, 7, number);
    store_sample_world(sample, model->worlds + 1);
    store_sample_fact(sample, "tenant", "T-1", facts + 1);
    store_sample_ticket(sample, "tenant", "T-1", facts + 1);
    store_sample_ticket(sample, "tenant", "T-2", 1)->gone = true;
    store_sample_event(sample, "tenant", "T-1", model->events + 1);
    store_sample_mark(sample, "console", model->events + 1, model->events);
}

/* A unit with its n-th allocation failing; says whether there was one. */
static bool write_starved(const char *conninfo, store_model *model, uint64_t number, size_t n)
{
    starving on = {.conninfo = conninfo, .left = n};
    store_sample sample;

    fill(&sample, model, number);
    make_store(&on);
    for (question asked = OPEN; asked < QUESTIONS; asked++)
        insist(&on, asked, &sample.unit);
    on.store->ops->close(on.store);
    CHECK_OK(store_model_commit(model, &sample.unit));
    store_sample_fini(&sample);
    return on.failed;
}

static void compare(const char *conninfo, const store_model *model)
{
    sla_pg_options options = SLA_PG_OPTIONS_INIT;
    store_drive drive;
    sla_store *store;

    options.conninfo = conninfo;
    options.lease = 0;
    CHECK_OK(sla_store_pg_new(&options, &store, NULL));
    store_drive_init(&drive, store);
    store_compare(&drive, model, "the content is that of the model");
    store_drive_fini(&drive);
}

/* A content that grows makes each comparison longer. */
static void begin_anew(const char *conninfo, store_model *model, uint64_t *number)
{
    store_model_fini(model);
    store_model_init(model);
    *number = 1;
    pg_server_say(conninfo, "TRUNCATE sla.ticket, sla.fact, sla.event, sla.consumer, sla.mark, "
                            "sla.world, sla.document, sla.writer");
}

TEST(without_memory_nothing_is_lost)
{
    const size_t stride = check_count(STRIDE, 1);
    const char *const folder = pg_server_folder();
    char conninfo[256];
    store_model model;
    uint64_t number = 1;
    size_t n = 0;

    if (!failmalloc_works())
        CHECK_SKIP("malloc cannot be put in front of here");
    snprintf(conninfo, sizeof conninfo, "%s",
             pg_server_conninfo(folder, pg_server_database(folder), "sla_test"));
    pg_server_make_schema(conninfo);
    store_model_init(&model);
    while (write_starved(conninfo, &model, number++, n)) {
        n += stride;
        if (number % 10 == 0)
            compare(conninfo, &model);
        if (number % 40 == 0)
            begin_anew(conninfo, &model, &number);
    }
    compare(conninfo, &model);
    printf("%zu allocations, each %zu-th failed\n", n, stride);
    CHECK_TRUE("many allocations", n > 300);
    store_model_fini(&model);
}
