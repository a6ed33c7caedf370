/* crash_work.c - see crash_work.h. */
#include "crash_work.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sla/service.h>

#include "crash_point.h"
#include "support/check.h"

#define PATIENCE (30 * SLA_SECOND)

enum { WAITS_MAX = 4, WAIT_MS = 5 };

typedef struct worker {
    sla_service *service;
    unsigned series;
    sla_time now;
    bool answered[CRASH_FACTS];
    int journal;      /* the pipe; -1: none */
    store_text *told; /* the identities, where there is no pipe */
} worker;

/* ------------------------------------------------------------------------ hooks */

static sla_time hook_now(void *context)
{
    return ((const worker *)context)->now;
}

static sla_time steady(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * SLA_SECOND + now.tv_nsec / 1000;
}

static sla_time hook_steady(void *context)
{
    (void)context;
    return steady();
}

static int on_told(void *context, const sla_event *event, uint64_t number, uint32_t attempt)
{
    worker *const own = context;

    (void)attempt;
    if (own->told != NULL) {
        store_text_identity(own->told, event);
        store_text_add(own->told, "\n");
    }
    crash_at("inside the consumer");
    if (own->journal >= 0)
        crash_journal_say_event(own->journal, event, number);
    crash_at("the consumer knows, its mark is not written");
    return SLA_OK;
}

typedef struct recording {
    worker *own;
    size_t i;
} recording;

static void on_recorded(void *context, int result, const sla_answer *answer, const sla_error *error)
{
    recording *const of = context;

    (void)answer;
    if (result != SLA_OK && result != SLA_DUPLICATE)
        CHECK_FAIL("fact %zu was answered %s: %s", of->i, sla_result_name(result), error->text);
    of->own->answered[of->i] = true;
    if (of->own->journal >= 0)
        crash_journal_say_fact(of->own->journal, of->i);
    free(of);
}

/* ----------------------------------------------------------------------- rounds */

static bool is_idle(const worker *own)
{
    sla_service_stats stats = {.size = sizeof stats};

    sla_service_get_stats(own->service, &stats);
    if (sla_service_get_state(own->service) != SLA_SERVICE_LIVE || stats.queued > 0 ||
        stats.units_in_flight > 0 || stats.unacknowledged > 0 || stats.backlog > 0)
        return false;
    for (size_t i = 0; i < CRASH_FACTS; i++)
        if (!own->answered[i] && crash_plan_fact_at(own->series, i) <= own->now)
            return false;
    return true;
}

static bool is_stopped(const worker *own)
{
    return sla_service_get_state(own->service) == SLA_SERVICE_STOPPED;
}

static void wait_a_little(const worker *own)
{
    sla_wait waits[WAITS_MAX];
    struct pollfd polled[WAITS_MAX];
    const size_t count = sla_service_waits(own->service, waits, WAITS_MAX);

    for (size_t i = 0; i < count; i++) {
        polled[i].fd = waits[i].fd;
        polled[i].events = (short)((waits[i].read ? POLLIN : 0) | (waits[i].write ? POLLOUT : 0));
    }
    poll(polled, count, count > 0 ? WAIT_MS : 1);
}

static void say_why(const worker *own)
{
    sla_service_stats stats = {.size = sizeof stats};
    sla_error error = {.code = SLA_OK};

    sla_service_get_stats(own->service, &stats);
    sla_service_health(own->service, &error);
    fprintf(stderr,
            "nothing goes on: state %d, %s, queued %" PRIu64 ", units %" PRIu64
            ", unacknowledged %" PRIu64 ", backlog %" PRIu64 "\n",
            (int)sla_service_get_state(own->service), error.text, stats.queued,
            stats.units_in_flight, stats.unacknowledged, stats.backlog);
}

/* Rounds until it is so.  The clock stands still; a store that failed is asked again by
 * the steady one. */
static bool run_until(worker *own, bool (*is_so)(const worker *own))
{
    const sla_time began = steady();

    for (;;) {
        if (sla_service_run(own->service) != 0)
            continue;
        if (is_so(own))
            return true;
        if (steady() - began > PATIENCE) {
            say_why(own);
            return false;
        }
        wait_a_little(own);
    }
}

/* ------------------------------------------------------------------------- work */

static void record_due(worker *own, sla_time after)
{
    for (size_t i = 0; i < CRASH_FACTS; i++) {
        const sla_time at = crash_plan_fact_at(own->series, i);
        crash_fact fact;
        recording *of;

        if (own->answered[i] || at > own->now || at <= after)
            continue;
        of = malloc(sizeof *of);
        CHECK_TRUE("memory for a recording", of != NULL);
        *of = (recording){own, i};
        crash_plan_fact(own->series, i, &fact);
        CHECK_OK(sla_service_record(own->service, &fact.fact, on_recorded, of));
    }
}

/* When something happens next; SLA_NEVER: all is told. */
static sla_time next_instant(const worker *own)
{
    sla_service_stats stats = {.size = sizeof stats};
    sla_time next;

    sla_service_get_stats(own->service, &stats);
    next = stats.next_at;
    for (size_t i = 0; i < CRASH_FACTS; i++) {
        const sla_time at = crash_plan_fact_at(own->series, i);

        if (at > own->now && at < next)
            next = at;
    }
    return next;
}

/* Instant for instant, until there is none or its life is over. */
static bool work(worker *own, const crash_life *life, bool *complete_out)
{
    sla_time before = SLA_TIME_MIN;

    for (size_t instant = 0;; instant++) {
        sla_time next;

        if (instant == life->armed && instant > 0)
            crash_arm(life->point, life->count);
        record_due(own, before);
        if (!run_until(own, is_idle))
            return false;
        next = next_instant(own);
        *complete_out = next == SLA_NEVER;
        if (next == SLA_NEVER || instant + 1 == life->instants)
            return true;
        if (own->journal >= 0)
            crash_journal_say_clock(own->journal, next);
        before = own->now;
        own->now = next;
    }
}

/* An orderly end: what the consumer has acknowledged is on the record, too. */
static bool finish(worker *own)
{
    sla_service_stop(own->service);
    return run_until(own, is_stopped);
}

static void start(worker *own, sla_store *store, uint64_t incarnation)
{
    sla_service_options options = SLA_SERVICE_OPTIONS_INIT;
    sla_consumer consumer = SLA_CONSUMER_INIT;
    sla_error error;

    options.store = store;
    options.clock.context = own;
    options.clock.now = hook_now;
    options.clock.steady = hook_steady;
    options.documents = &crash_policy;
    options.document_count = 1;
    options.incarnation[0] = options.incarnation[1] = incarnation;
    options.apart_allowed = INT64_MAX;
    CHECK_OK_OR_SAY(sla_service_new(&options, &own->service, &error), &error);
    consumer.name = "journal";
    consumer.handler = on_told;
    consumer.context = own;
    CHECK_OK(sla_service_subscribe(own->service, &consumer));
}

bool crash_work(const crash_journal *from, sla_store *store, const crash_life *life, int pipe_end)
{
    worker own = {.journal = pipe_end, .series = from->series, .now = from->now};
    bool complete, good;

    memcpy(own.answered, from->answered, sizeof own.answered);
    start(&own, store, life->incarnation);
    good = work(&own, life, &complete) && finish(&own);
    if (good && complete)
        crash_journal_say_complete(pipe_end);
    sla_service_free(own.service);
    return good;
}

void crash_work_oracle(unsigned series, store_text *identities)
{
    static const crash_life whole = {.incarnation = 1};
    worker own = {
        .journal = -1, .series = series, .now = crash_plan_begin(series), .told = identities};
    sla_store *store;
    bool complete;

    CHECK_OK(sla_store_memory_new(NULL, &store));
    start(&own, store, whole.incarnation);
    CHECK_TRUE("the oracle comes to its end", work(&own, &whole, &complete));
    sla_service_free(own.service);
    store_text_sort(identities);
}
