/* Goal: tickets rest after a start until they are needed, whatever needs them.  Method:
 * services that are stopped and opened again: what wakes a ticket, in which order they
 * tell, what bring says, and a start with each allocation failing once. */
#include "service_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service/parts.h"

static sla_service_stats stats_of(const host *h)
{
    sla_service_stats stats = {.size = sizeof stats};

    sla_service_get_stats(h->service, &stats);
    return stats;
}

static int bring(host *h, const char *ticket)
{
    return sla_service_bring(h->service, host_string("north"), host_string(ticket));
}

/* ------------------------------------------------------------------- what wakes it */

static void open_tickets(host *h, size_t count)
{
    char ticket[24];

    for (size_t i = 0; i < count; i++) {
        snprintf(ticket, sizeof ticket, "T-%zu", i);
        CHECK_OK(host_record(h, ticket, "opened", NULL));
        if (i % 1000 == 999)
            host_settle(h);
    }
    host_settle(h);
}

TEST(tickets_rest_after_a_start_until_they_are_needed)
{
    host h;

    host_init(&h);
    host_open(&h);
    open_tickets(&h, 3);
    host_go_to(&h, HOST_START + SLA_MINUTE);
    host_fact(&h, "T-2", "held", NULL);
    host_stop(&h);
    host_open(&h);
    CHECK_EQ("all rest", 3, stats_of(&h).resting);
    CHECK_EQ("and are there", 3, stats_of(&h).tickets);
    CHECK_EQ("and live", 3, stats_of(&h).live_tickets);
    CHECK_EQ("the earliest", HOST_START + 3 * SLA_HOUR, stats_of(&h).next_at);
    host_fact(&h, "T-0", "resolved", NULL);
    CHECK_EQ("a fact wakes", 2, stats_of(&h).resting);
    CHECK_EQ("and counts", 2, stats_of(&h).live_tickets);
    CHECK_EQ("its own seq", 2, h.answers.answer.seq);
    host_go_to(&h, HOST_START + 3 * SLA_HOUR);
    CHECK_EQ("what is due wakes", 1, stats_of(&h).resting);
    CHECK_EQ("and is told", 1, host_told_of(&h, "T-1"));
    CHECK_EQ("on time", HOST_START + 3 * SLA_HOUR, h.told[1].when);
    CHECK_OK(bring(&h, "T-2"));
    host_settle(&h);
    CHECK_EQ("who asks wakes", 0, stats_of(&h).resting);
    CHECK_EQ("all in the engine", 2, stats_of(&h).live_tickets);
    host_fact(&h, "T-3", "opened", NULL);
    host_stop(&h);
    host_fini(&h);
}

/* More than are taken in at once: they are told by instant, then by opening. */
TEST(all_that_is_overdue_is_in_before_the_first_is_told)
{
    enum { MANY = 5000 };
    char ticket[24];
    host h;

    host_init(&h);
    host_open(&h);
    open_tickets(&h, MANY);
    host_stop(&h);
    h.now += 3 * SLA_HOUR + SLA_MINUTE;
    host_open(&h);
    CHECK_EQ("all are told", MANY, h.told_count);
    for (size_t i = 0; i < MANY; i++) {
        snprintf(ticket, sizeof ticket, "T-%zu", i);
        CHECK_STR("in the order of their opening", ticket, h.told[i].ticket);
    }
    CHECK_EQ("none rests", 0, stats_of(&h).resting);
    host_stop(&h);
    host_fini(&h);
}

TEST(a_new_ticket_comes_behind_those_at_rest)
{
    host h;

    host_init(&h);
    host_open(&h);
    open_tickets(&h, 5);
    host_stop(&h);
    host_open(&h);
    CHECK_OK(host_record_at(&h, "N-1", "opened", NULL, HOST_START));
    host_go_to(&h, HOST_START + 3 * SLA_HOUR);
    CHECK_EQ("one instant", 6, h.told_count);
    CHECK_STR("the last one opened", "N-1", h.told[5].ticket);
    host_stop(&h);
    host_fini(&h);
}

static void adopt(host *h, const char *text)
{
    static char json[8192];
    sla_document documents[8];
    const size_t count = host_documents(text, documents, json, sizeof json);

    CHECK_OK(sla_service_adopt(h->service, documents, count, NULL, NULL, NULL));
    host_settle(h);
}

/* A clock that runs keeps its policy; a calendar may move it. */
TEST(a_calendar_wakes_what_rests_and_a_policy_does_not)
{
    host h;

    host_init(&h);
    host_open(&h);
    open_tickets(&h, 3);
    host_stop(&h);
    host_open(&h);
    adopt(&h, "{'policy': 'p', 'version': '2', 'targets': [{'target': 't', 'stop': 'resolved',"
              " 'goals': [{'elapsed': 'PT1H'}]}]}");
    CHECK_EQ("all rest", 3, stats_of(&h).resting);
    adopt(&h, "{'kind': 'calendar', 'name': 'c', 'version': '1', 'zone': 'UTC',"
              " 'week': {'mon-fri': ['09:00-17:00']}}");
    CHECK_EQ("none rests", 0, stats_of(&h).resting);
    host_go_to(&h, HOST_START + SLA_DAY);
    CHECK_EQ("the ladder it was opened under", 7, host_told_of(&h, "T-1"));
    h.documents = "{'policy': 'p', 'version': '2', 'targets': [{'target': 't', 'stop': 'resolved',"
                  " 'goals': [{'elapsed': 'PT1H'}]}]}";
    host_fact(&h, "T-9", "opened", NULL);
    host_stop(&h);
    host_open(&h);
    CHECK_EQ("what was packed since rests", 4, stats_of(&h).resting);
    host_stop(&h);
    host_fini(&h);
}

TEST(a_ticket_at_rest_is_not_taken_over_again)
{
    const sla_fact opened = {.tenant = host_string("north"),
                             .ticket = host_string("T-0"),
                             .name = host_string("opened"),
                             .occurred_at = HOST_START};
    const sla_time at = HOST_START;
    sla_import import = {0};
    host h;

    host_init(&h);
    host_open(&h);
    open_tickets(&h, 1);
    host_stop(&h);
    host_open(&h);
    CHECK_RESULT(SLA_ERR_EXISTS, sla_service_import(h.service, &opened, &at, 1, HOST_START, false,
                                                    NULL, NULL, &import, NULL));
    host_stop(&h);
    host_fini(&h);
}

static void forgotten(void *context, int result, const sla_error *error)
{
    (void)error;
    *(int *)context = result;
}

TEST(a_ticket_at_rest_is_looked_at_before_it_is_forgotten)
{
    int result = SLA_PENDING;
    host h;

    host_init(&h);
    host_open(&h);
    open_tickets(&h, 2);
    host_stop(&h);
    host_open(&h);
    CHECK_OK(sla_service_forget(h.service, host_string("north"), host_string("T-0"), forgotten,
                                &result));
    host_settle(&h);
    CHECK_EQ("its clock runs", SLA_ERR_STATE, result);
    CHECK_EQ("it is in the engine", 1, stats_of(&h).resting);
    host_go_to(&h, HOST_START + 3 * SLA_HOUR);
    CHECK_EQ("and tells", 1, host_told_of(&h, "T-0"));
    host_stop(&h);
    host_fini(&h);
}

/* ------------------------------------------------------------------------- bring */

TEST(who_looks_brings_what_is_on_the_record)
{
    sla_clock_view clocks[2];
    size_t count;
    host h;

    host_init(&h);
    host_open(&h);
    CHECK_RESULT(SLA_PENDING, bring(&h, "T-9"));
    host_settle(&h);
    CHECK_RESULT(SLA_ERR_NOT_FOUND, bring(&h, "T-9"));
    host_settle(&h);
    CHECK_EQ("nothing is kept of it", 0, h.service->line_count - h.service->free_count);
    CHECK_RESULT(SLA_PENDING, bring(&h, "T-9"));
    host_go_to(&h, HOST_START + 2 * SLA_MINUTE);
    CHECK_EQ("nor when nobody asks again", 0, stats_of(&h).tickets);
    CHECK_RESULT(SLA_ERR_NOT_FOUND, bring(&h, ""));
    host_fact(&h, "T-1", "opened", NULL);
    CHECK_OK(bring(&h, "T-1"));
    host_fact(&h, "T-1", "resolved", NULL);
    host_go_to(&h, h.now + 2 * SLA_HOUR);
    CHECK_EQ("it left", 0, stats_of(&h).tickets);
    CHECK_RESULT(SLA_PENDING, bring(&h, "T-1"));
    CHECK_RESULT(SLA_PENDING, bring(&h, "T-1"));
    host_settle(&h);
    CHECK_OK(bring(&h, "T-1"));
    CHECK_OK(sla_engine_clocks(sla_service_engine(h.service), host_string("north"),
                               host_string("T-1"), clocks, COUNT_OF(clocks), &count));
    CHECK_EQ("its clock", 1, count);
    host_go_to(&h, h.now + 2 * SLA_HOUR);
    CHECK_EQ("it leaves again", 0, stats_of(&h).tickets);
    sla_service_stop(h.service);
    host_settle(&h);
    CHECK_RESULT(SLA_ERR_STATE, bring(&h, "T-1"));
    host_drop(&h);
    host_fini(&h);
}

TEST(while_it_loads_bring_asks_to_wait)
{
    host h;

    host_init(&h);
    CHECK_OK(host_new(&h, NULL));
    CHECK_RESULT(SLA_PENDING, bring(&h, "T-1"));
    host_settle(&h);
    host_stop(&h);
    host_fini(&h);
}

/* What is written of a ticket called X ends too early. */
static size_t spoiled_length;
static int (*inner_commit)(sla_store *store, const sla_unit *unit, uint64_t ask);

static int commit_spoiled(sla_store *store, const sla_unit *unit, uint64_t ask)
{
    sla_stored_ticket rows[8];
    sla_unit spoiled = *unit;

    CHECK_TRUE("few tickets", unit->ticket_count <= COUNT_OF(rows));
    for (size_t i = 0; i < unit->ticket_count; i++) {
        rows[i] = unit->tickets[i];
        if (rows[i].ticket.data[0] == 'X')
            rows[i].state_length = spoiled_length;
    }
    spoiled.tickets = rows;
    return inner_commit(store, &spoiled, ask);
}

static sla_store *wrap_spoiled(host *h, sla_store *store)
{
    static sla_store_ops ops;

    (void)h;
    ops = *store->ops;
    inner_commit = ops.commit;
    ops.commit = commit_spoiled;
    store->ops = &ops;
    return store;
}

static void live_spoiled(size_t length, size_t at_once)
{
    host h;

    spoiled_length = length;
    host_init(&h);
    h.wrap = wrap_spoiled;
    host_open(&h);
    host_fact(&h, "X-1", "opened", NULL);
    host_fact(&h, "T-1", "opened", NULL);
    host_stop(&h);
    host_open(&h);
    CHECK_EQ("before anybody looks", at_once, host_logged(&h, "ticket_unreadable"));
    CHECK_RESULT(SLA_PENDING, bring(&h, "X-1"));
    CHECK_EQ("set aside", 1, host_logged(&h, "ticket_unreadable"));
    host_settle(&h);
    CHECK_RESULT(SLA_ERR_REFUSED, bring(&h, "X-1"));
    CHECK_OK(bring(&h, "T-1"));
    host_go_to(&h, HOST_START + 4 * SLA_HOUR);
    CHECK_EQ("the other is told", 2, h.told_count);
    CHECK_OK(host_record(&h, "X-1", "called", NULL));
    host_settle(&h);
    CHECK_TRUE("no fact goes upon it", h.answers.refused > 0);
    host_stop(&h);
    host_fini(&h);
}

TEST(what_cannot_be_read_is_set_aside)
{
    live_spoiled(1, 1);
    live_spoiled(20, 0);
}

/* --------------------------------------------------------------- memory runs short */

static const char soon[] = "{'policy': 'q', 'version': '1', 'targets': [{'target': 'u',"
                           " 'stop': 'resolved', 'goals': [{'elapsed': 'PT1H'}]}]}";

static void begin(host *h)
{
    int result = SLA_ERR_NOMEM;

    for (size_t i = 0; i < 100 && result == SLA_ERR_NOMEM; i++)
        result = host_new(h, NULL);
    CHECK_OK(result);
    result = SLA_ERR_NOMEM;
    for (size_t i = 0; i < 100 && result == SLA_ERR_NOMEM; i++)
        result = sla_service_subscribe(h->service, &h->consumer);
    CHECK_OK(result);
    for (size_t i = 0; i < 100 && sla_service_get_state(h->service) == SLA_SERVICE_LOADING; i++)
        host_go_to(h, h->now + SLA_SECOND / 5);
}

static void bring_until(host *h, const char *ticket, int wanted)
{
    int result = SLA_PENDING;

    for (size_t i = 0; i < 100 && (result == SLA_PENDING || result == SLA_ERR_NOMEM); i++) {
        result = bring(h, ticket);
        host_go_to(h, h->now + SLA_SECOND / 5);
    }
    CHECK_RESULT(wanted, result);
}

static void record_until(host *h, const char *ticket, const char *name)
{
    h->answers.last = SLA_ERR_NOMEM;
    for (size_t i = 0; i < 100 && h->answers.last == SLA_ERR_NOMEM; i++) {
        const size_t before = h->answers.count;
        const int result = host_record_at(h, ticket, name, NULL, HOST_START + 3 * SLA_HOUR);

        for (size_t k = 0; k < 50 && result == SLA_OK && h->answers.count == before; k++)
            host_go_to(h, h->now + SLA_SECOND / 5);
    }
    CHECK_RESULT(SLA_OK, h->answers.last);
}

static void adopt_until(host *h)
{
    static char json[8192];
    sla_document documents[8];
    const size_t count = host_documents(soon, documents, json, sizeof json);
    int result = SLA_ERR_NOMEM;

    for (size_t i = 0; i < 100 && result != SLA_OK; i++) {
        result = sla_service_adopt(h->service, documents, count, NULL, NULL, NULL);
        host_go_to(h, h->now + SLA_SECOND / 5);
    }
    CHECK_OK(result);
}

static bool wake_all(host *h, size_t n)
{
    failmalloc_arm(n, false);
    h->now += 3 * SLA_HOUR; /* T-0 and T-1 are overdue */
    begin(h);
    bring_until(h, "T-2", SLA_OK);
    bring_until(h, "T-8", SLA_ERR_NOT_FOUND);
    record_until(h, "T-3", "resolved");
    adopt_until(h);
    host_go_to(h, HOST_START + SLA_DAY);
    CHECK_EQ("none rests", 0, stats_of(h).resting);
    return failmalloc_disarm(NULL);
}

TEST(each_allocation_of_waking_fails_once)
{
    const size_t step = CHECK_UNDER_ASAN ? 7 : 1;
    size_t told = 0;
    bool refused = true;

    if (!failmalloc_works())
        CHECK_SKIP("malloc cannot be put in front of here");
    for (size_t n = 0; refused; n += step) {
        host h;

        host_init(&h);
        h.told_capacity = 256;
        h.told = calloc(h.told_capacity, sizeof *h.told);
        CHECK_TRUE("memory", h.told != NULL);
        host_open(&h);
        open_tickets(&h, 2);
        h.now += SLA_MINUTE;
        CHECK_OK(host_record(&h, "T-2", "opened", NULL));
        CHECK_OK(host_record(&h, "T-3", "opened", NULL));
        CHECK_OK(host_record(&h, "T-4", "opened", NULL));
        host_settle(&h);
        host_stop(&h);
        refused = wake_all(&h, n);
        host_check_told(&h);
        told = n == 0 ? h.told_count : told;
        CHECK_EQ("as much is told", told, h.told_count);
        if (!refused)
            printf("%zu allocations, %zu events\n", n, told);
        host_stop(&h);
        host_fini(&h);
    }
}
