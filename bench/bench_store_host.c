/* bench_store_host.c - see bench_store.h: a service with a clock that is a variable. */
#include "bench_store.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <sla/bundled.h>
#include <sla/pg.h>

enum { WAITS = 4, WAIT_MS = 20, PATIENCE = 120 /* seconds */, FACTS_A_ROUND = 500 };

/* -------------------------------------------------------------------- documents */

static sla_string string(const char *text)
{
    const sla_string made = {text, strlen(text)};

    return made;
}

size_t bench_complaint_documents(sla_document documents[2])
{
    documents[0] =
        (sla_document){string("cn_office"), string(sla_bundled_calendar("cn_office", NULL))};
    documents[1] =
        (sla_document){string("complaint"), string(sla_bundled_policy("complaint", NULL))};
    return 2;
}

sla_document bench_herd_document(void)
{
    static const char policy[] =
        "{\"policy\": \"herd\", \"version\": \"1\", \"targets\": [{\"target\": \"answer\","
        " \"stop\": \"over\", \"goals\": [{\"elapsed\": \"PT1H\"}],"
        " \"steps\": [{\"step\": \"warn\", \"percent\": 50, \"to\": \"desk\"}]}]}";

    return (sla_document){string("herd"), string(policy)};
}

/* With the attributes `from` .. `until` of grade and kind. */
static const sla_fact *fact_of(size_t i, sla_time at, const char *name, size_t from, size_t until)
{
    static char ticket[32], id[32];
    static sla_attribute attributes[2];
    static sla_fact fact;

    snprintf(ticket, sizeof ticket, "T2026%011zu", i);
    snprintf(id, sizeof id, "%.1s2026%011zu", name, i);
    attributes[0] = (sla_attribute){
        .name = string("grade"), .type = SLA_VALUE_INT, .number = 1 + (int64_t)(i % 3)};
    attributes[1] = (sla_attribute){
        .name = string("kind"), .type = SLA_VALUE_STRING, .string = string("complaint")};
    fact = (sla_fact){.ticket = string(ticket),
                      .id = string(id),
                      .name = string(name),
                      .occurred_at = at,
                      .attributes = attributes + from,
                      .attribute_count = until - from};
    return &fact;
}

const sla_fact *bench_opening(size_t i, sla_time at)
{
    return fact_of(i, at, "opened", 0, 2);
}

const sla_fact *bench_opening_ungraded(size_t i, sla_time at)
{
    return fact_of(i, at, "opened", 1, 2);
}

const sla_fact *bench_dispatch_graded(size_t i, sla_time at)
{
    return fact_of(i, at, "dispatched", 0, 1);
}

/* ----------------------------------------------------------------------- stores */

sla_store *bench_pg_store(const bench_server *server)
{
    sla_pg_options options = SLA_PG_OPTIONS_INIT;
    sla_store *store = NULL;
    sla_error error = {.code = SLA_OK};

    options.conninfo = server->conninfo;
    options.lease = 0;
    if (sla_store_pg_new(&options, &store, &error) != SLA_OK)
        fprintf(stderr, "sla-bench: no store: %s\n", error.text);
    return store;
}

/* ------------------------------------------------------------------------ hooks */

static sla_time hook_now(void *context)
{
    return ((const bench_host *)context)->now;
}

static sla_time hook_steady(void *context)
{
    (void)context;
    return (sla_time)(bench_seconds() * 1e6);
}

static int on_event(void *context, const sla_event *event, uint64_t number, uint32_t attempt)
{
    bench_host *const host = context;

    (void)event, (void)number, (void)attempt;
    host->told++;
    return SLA_OK;
}

static void on_recorded(void *context, int result, const sla_answer *answer, const sla_error *error)
{
    bench_host *const host = context;

    (void)answer;
    if (result != SLA_OK && host->failed++ == 0)
        fprintf(stderr, "sla-bench: a fact was answered %s %s\n", sla_result_name(result),
                error->text);
    host->recorded++;
    if (host->on_recorded != NULL)
        host->on_recorded(host);
}

/* ------------------------------------------------------------------------- host */

bool bench_host_open(bench_host *host, sla_store *store, const sla_document *documents,
                     size_t count, sla_time now)
{
    sla_service_options options = SLA_SERVICE_OPTIONS_INIT;
    sla_consumer consumer = SLA_CONSUMER_INIT;
    sla_error error = {.code = SLA_OK};
    int result;

    memset(host, 0, sizeof *host);
    host->now = now;
    options.store = store;
    (void)!getrandom(options.incarnation, sizeof options.incarnation, 0);
    options.clock.context = host;
    options.clock.now = hook_now;
    options.clock.steady = hook_steady;
    options.documents = documents;
    options.document_count = count;
    options.apart_allowed = INT64_MAX; /* the store's clock is today's */
    consumer.name = "bench";
    consumer.handler = on_event;
    consumer.context = host;
    consumer.max_in_flight = 10000;
    if (store == NULL)
        return false;
    result = sla_service_new(&options, &host->service, &error);
    if (result == SLA_OK)
        result = sla_service_subscribe(host->service, &consumer);
    if (result != SLA_OK)
        fprintf(stderr, "sla-bench: no service: %s %s\n", sla_result_name(result), error.text);
    return result == SLA_OK && bench_host_until_live(host);
}

void bench_host_close(bench_host *host)
{
    sla_service_free(host->service);
    host->service = NULL;
}

static void turn(bench_host *host)
{
    sla_wait waits[WAITS];
    struct pollfd polled[WAITS];
    size_t count;

    if (sla_service_run(host->service) != 0)
        return;
    count = sla_service_waits(host->service, waits, WAITS);
    for (size_t i = 0; i < count && i < WAITS; i++) {
        polled[i].fd = waits[i].fd;
        polled[i].events = (short)((waits[i].read ? POLLIN : 0) | (waits[i].write ? POLLOUT : 0));
    }
    if (count > 0)
        poll(polled, count, WAIT_MS);
}

/* Until a count has come up, or nothing has gone on for a long while. */
static bool until(bench_host *host, const size_t *counted, size_t wanted)
{
    const double began = bench_seconds();

    while (*counted < wanted) {
        sla_error error = {.code = SLA_OK};

        turn(host);
        if (bench_seconds() - began < PATIENCE)
            continue;
        sla_service_health(host->service, &error);
        fprintf(stderr, "sla-bench: the service does not go on: %s\n", error.text);
        return false;
    }
    return host->failed == 0;
}

bool bench_host_until_live(bench_host *host)
{
    const double began = bench_seconds();

    while (sla_service_get_state(host->service) != SLA_SERVICE_LIVE) {
        turn(host);
        if (bench_seconds() - began > PATIENCE)
            return false;
    }
    return true;
}

bool bench_host_until_recorded(bench_host *host, size_t facts)
{
    return until(host, &host->recorded, facts);
}

bool bench_host_until_told(bench_host *host, size_t events)
{
    return until(host, &host->told, events);
}

/* As a busy host: facts come while the loop turns. */
bool bench_host_record(bench_host *host, const sla_fact *fact)
{
    int result;

    if (++host->given % FACTS_A_ROUND == 0)
        sla_service_run(host->service);
    while ((result = sla_service_record(host->service, fact, on_recorded, host)) == SLA_ERR_BUSY)
        turn(host);
    if (result != SLA_OK)
        fprintf(stderr, "sla-bench: a fact was refused: %s\n", sla_result_name(result));
    return result == SLA_OK;
}
