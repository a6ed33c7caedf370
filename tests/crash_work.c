/* crash_work.c - see crash_work.h. */
#include "crash_work.h"

#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sla/json.h>

#include "support/check.h"

static const char policy[] =
    "{\"policy\": \"crash\", \"version\": \"1\", \"targets\": [{\"target\": \"answer\","
    " \"stop\": \"over\", \"goals\": [{\"elapsed\": \"PT10S\"}],"
    " \"steps\": [{\"step\": \"warn\", \"percent\": 50, \"to\": \"agent\"},"
    " {\"step\": \"level_1\", \"after\": \"PT1S\", \"level\": 1, \"to\": \"desk\","
    " \"repeat\": {\"every\": \"PT2S\", \"max\": 3, \"until\": \"end\"}},"
    " {\"step\": \"level_2\", \"after\": \"PT9S\", \"level\": 2, \"to\": \"head\"}]}]}";
static const sla_document document = {{"crash", 5}, {policy, sizeof policy - 1}};

/* ------------------------------------------------------------------------- plan */

#define BEGIN INT64_C(1800000000000000)

static sla_time begin_of(unsigned series)
{
    return BEGIN + series * SLA_HOUR;
}

/* Between two instants at which something falls due. */
static sla_time fact_at(unsigned series, size_t i)
{
    const sla_time opened = begin_of(series) + (sla_time)(i / 2) * 7 * SLA_SECOND;

    return i % 2 == 0 ? opened : opened + (4 + (sla_time)i) * SLA_SECOND + SLA_SECOND / 2;
}

typedef struct fact_text {
    char tenant[16], ticket[16], id[16];
    sla_fact fact;
} fact_text;

static sla_string string_of(const char *text)
{
    const sla_string string = {text, strlen(text)};

    return string;
}

static void make_fact(unsigned series, size_t i, fact_text *text)
{
    snprintf(text->tenant, sizeof text->tenant, "s%u", series);
    snprintf(text->ticket, sizeof text->ticket, "T-%zu", i / 2);
    snprintf(text->id, sizeof text->id, "f-%zu", i);
    text->fact = (sla_fact){
        .tenant = string_of(text->tenant),
        .ticket = string_of(text->ticket),
        .id = string_of(text->id),
        .name = string_of(i % 2 == 0 ? "opened" : "over"),
        .occurred_at = fact_at(series, i),
    };
}

/* ---------------------------------------------------------------------- journal */

void crash_series_init(crash_series *series, unsigned number)
{
    memset(series, 0, sizeof *series);
    series->number = number;
    series->now = begin_of(number);
    store_text_init(&series->events);
}

void crash_series_fini(crash_series *series)
{
    store_text_fini(&series->events);
}

static void hear_event(crash_series *series, const char *line)
{
    const size_t number = (size_t)(strchr(line, ' ') - line) + 1;
    const char *known = strstr(series->events.text, line);
    char wanted[32];

    series->deliveries++;
    if (known != NULL && (known == series->events.text || known[-1] == '\n'))
        return;
    snprintf(wanted, sizeof wanted, "\n%.*s", (int)number, line);
    CHECK_TRUE("a number stands for one event",
               strstr(series->events.text, wanted) == NULL &&
                   strncmp(series->events.text, wanted + 1, number) != 0);
    store_text_add(&series->events, "%s\n", line);
}

void crash_series_hear(crash_series *series, const char *line)
{
    if (line[0] == 'C')
        series->now = strtoll(line + 2, NULL, 10);
    else if (line[0] == 'F')
        series->answered[strtoul(line + 2, NULL, 10)] = true;
    else if (line[0] == 'E')
        hear_event(series, line + 2);
    else if (line[0] == '.')
        series->complete = true;
}

/* ----------------------------------------------------------------------- worker */

typedef struct worker {
    sla_store base; /* a store around the store */
    sla_store_ops ops;
    sla_store *inner;
    sla_store_sink sink;
    uint64_t commits[64]; /* asks that are commits, by number */

    int journal;
    crash_point point;
    unsigned left; /* until it dies */
    unsigned series;
    sla_time now;
    bool answered[CRASH_FACTS];
    sla_service *service;
    store_text *told; /* of the oracle, else NULL */
} worker;

static void pass(worker *own, crash_point at)
{
    if (own->point == at && --own->left == 0)
        kill(getpid(), SIGKILL);
}

static void note(worker *own, const char *line)
{
    if (own->journal >= 0 && write(own->journal, line, strlen(line)) != (ssize_t)strlen(line))
        _exit(3); /* who keeps the journal is gone */
}

/* ------------------------------------------------------- the store around the store */

static worker *worker_of(sla_store *store)
{
    return (worker *)(void *)store;
}

static void on_ticket(void *context, const sla_stored_ticket *ticket)
{
    worker *const own = context;

    pass(own, CRASH_IN_LOAD);
    own->sink.ticket(own->sink.context, ticket);
}

static void on_done(void *context, const sla_store_done *done)
{
    worker *const own = context;
    const bool commit = own->commits[done->ask % COUNT_OF(own->commits)] == done->ask;

    if (commit && done->result == SLA_OK)
        pass(own, CRASH_AT_DONE);
    own->sink.done(own->sink.context, done);
    if (commit && done->result == SLA_OK)
        pass(own, CRASH_AFTER_DONE);
}

static void on_world(void *context, const sla_stored_world *world)
{
    worker *const own = context;

    own->sink.world(own->sink.context, world);
}

static void on_fact(void *context, const sla_stored_fact *fact)
{
    worker *const own = context;

    own->sink.fact(own->sink.context, fact);
}

static void on_event(void *context, const sla_stored_event *event)
{
    worker *const own = context;

    own->sink.event(own->sink.context, event);
}

static void on_mark(void *context, const sla_stored_mark *mark)
{
    worker *const own = context;

    own->sink.mark(own->sink.context, mark);
}

static int around_open(sla_store *store, const sla_store_sink *sink, uint64_t ask)
{
    worker *const own = worker_of(store);
    const sla_store_sink mine = {own, on_world, on_ticket, on_fact, on_event, on_mark, on_done};

    own->sink = *sink;
    return own->inner->ops->open(own->inner, &mine, ask);
}

static int around_ticket(sla_store *store, sla_string tenant, sla_string ticket, uint64_t ask)
{
    worker *const own = worker_of(store);

    return own->inner->ops->ticket(own->inner, tenant, ticket, ask);
}

static int around_history(sla_store *store, sla_string tenant, sla_string ticket, uint64_t ask)
{
    worker *const own = worker_of(store);

    return own->inner->ops->history(own->inner, tenant, ticket, ask);
}

static int around_outbox(sla_store *store, uint64_t after, size_t limit, uint64_t ask)
{
    worker *const own = worker_of(store);

    return own->inner->ops->outbox(own->inner, after, limit, ask);
}

static int around_audit(sla_store *store, sla_time before, uint64_t ask)
{
    worker *const own = worker_of(store);

    return own->inner->ops->audit(own->inner, before, ask);
}

static int around_commit(sla_store *store, const sla_unit *unit, uint64_t ask)
{
    worker *const own = worker_of(store);

    pass(own, CRASH_BEFORE_SEND);
    own->commits[ask % COUNT_OF(own->commits)] = ask;
    return own->inner->ops->commit(own->inner, unit, ask);
}

static int around_release(sla_store *store, uint64_t ask)
{
    worker *const own = worker_of(store);

    return own->inner->ops->release(own->inner, ask);
}

static size_t around_waits(const sla_store *store, sla_wait *waits, size_t capacity)
{
    const worker *const own = (const worker *)(const void *)store;

    return own->inner->ops->waits(own->inner, waits, capacity);
}

static sla_time around_until(const sla_store *store)
{
    const worker *const own = (const worker *)(const void *)store;

    return own->inner->ops->until(own->inner);
}

static void around_run(sla_store *store, sla_time now)
{
    worker *const own = worker_of(store);

    own->inner->ops->run(own->inner, now);
}

static void around_close(sla_store *store)
{
    worker *const own = worker_of(store);

    own->inner->ops->close(own->inner);
}

static void wrap(worker *own, sla_store *inner)
{
    own->inner = inner;
    own->ops = *inner->ops;
    own->ops.open = around_open;
    own->ops.ticket = around_ticket;
    own->ops.history = around_history;
    own->ops.outbox = around_outbox;
    own->ops.audit = around_audit;
    own->ops.commit = around_commit;
    own->ops.release = around_release;
    own->ops.waits = around_waits;
    own->ops.until = around_until;
    own->ops.run = around_run;
    own->ops.close = around_close;
    own->base.ops = &own->ops;
}

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
    char identity[512], line[600];

    (void)attempt;
    sla_event_format_identity(event, identity, sizeof identity);
    if (own->told != NULL)
        store_text_add(own->told, "%s\n", identity);
    pass(own, CRASH_IN_CONSUMER);
    snprintf(line, sizeof line, "E %" PRIu64 " %s\n", number, identity);
    note(own, line);
    pass(own, CRASH_BEHIND_CONSUMER);
    return SLA_OK;
}

typedef struct recording {
    worker *own;
    size_t i;
} recording;

static void on_recorded(void *context, int result, const sla_answer *answer, const sla_error *error)
{
    recording *const of = context;
    char line[32];

    (void)answer;
    if (result != SLA_OK && result != SLA_DUPLICATE)
        CHECK_FAIL("fact %zu was answered %s: %s", of->i, sla_result_name(result), error->text);
    of->own->answered[of->i] = true;
    snprintf(line, sizeof line, "F %zu\n", of->i);
    note(of->own, line);
    free(of);
}

/* ------------------------------------------------------------------------- work */

static bool is_idle(const worker *own)
{
    sla_service_stats stats = {.size = sizeof stats};

    sla_service_get_stats(own->service, &stats);
    if (sla_service_get_state(own->service) != SLA_SERVICE_LIVE || stats.queued > 0 ||
        stats.units_in_flight > 0 || stats.unacknowledged > 0 || stats.backlog > 0)
        return false;
    for (size_t i = 0; i < CRASH_FACTS; i++)
        if (!own->answered[i] && fact_at(own->series, i) <= own->now)
            return false;
    return true;
}

static void record_due(worker *own, sla_time after)
{
    for (size_t i = 0; i < CRASH_FACTS; i++) {
        fact_text text;
        recording *of;

        if (own->answered[i] || fact_at(own->series, i) > own->now ||
            fact_at(own->series, i) <= after)
            continue;
        of = malloc(sizeof *of);
        CHECK_TRUE("memory for a recording", of != NULL);
        *of = (recording){own, i};
        make_fact(own->series, i, &text);
        CHECK_OK(sla_service_record(own->service, &text.fact, on_recorded, of));
    }
}

/* When something happens next; SLA_NEVER: all is told. */
static sla_time next_instant(const worker *own)
{
    sla_service_stats stats = {.size = sizeof stats};
    sla_time next;

    sla_service_get_stats(own->service, &stats);
    next = stats.next_at;
    for (size_t i = 0; i < CRASH_FACTS; i++)
        if (fact_at(own->series, i) > own->now && fact_at(own->series, i) < next)
            next = fact_at(own->series, i);
    return next;
}

static void wait_a_little(const worker *own)
{
    sla_wait waits[4];
    struct pollfd polled[4];
    const size_t count = sla_service_waits(own->service, waits, COUNT_OF(waits));

    for (size_t i = 0; i < count; i++) {
        polled[i].fd = waits[i].fd;
        polled[i].events = (short)((waits[i].read ? POLLIN : 0) | (waits[i].write ? POLLOUT : 0));
    }
    poll(polled, count, count > 0 ? 5 : 1);
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

/* Rounds until nothing is owed.  The clock stands still; a store that failed is asked
 * again by the steady one. */
static bool settle(worker *own, sla_duration patience)
{
    const sla_time began = steady();

    for (;;) {
        if (sla_service_run(own->service) != 0)
            continue;
        if (is_idle(own))
            return true;
        if (steady() - began > patience) {
            say_why(own);
            return false;
        }
        wait_a_little(own);
    }
}

static bool work(worker *own, sla_duration patience)
{
    sla_time before = SLA_TIME_MIN;

    for (;;) {
        char line[48];
        sla_time next;

        record_due(own, before);
        if (!settle(own, patience))
            return false;
        next = next_instant(own);
        if (next == SLA_NEVER)
            return true;
        snprintf(line, sizeof line, "C %" PRId64 "\n", next);
        note(own, line);
        before = own->now;
        own->now = next;
    }
}

/* An orderly end: what the consumer has acknowledged is on the record, too. */
static bool finish(worker *own, sla_duration patience)
{
    const sla_time began = steady();

    sla_service_stop(own->service);
    while (sla_service_run(own->service) != 0 ||
           sla_service_get_state(own->service) != SLA_SERVICE_STOPPED) {
        if (steady() - began > patience)
            return false;
        wait_a_little(own);
    }
    return true;
}

static void start(worker *own, sla_store *store)
{
    sla_service_options options = SLA_SERVICE_OPTIONS_INIT;
    sla_consumer consumer = SLA_CONSUMER_INIT;
    sla_error error;

    wrap(own, store);
    options.store = &own->base;
    options.clock.context = own;
    options.clock.now = hook_now;
    options.clock.steady = hook_steady;
    options.documents = &document;
    options.document_count = 1;
    options.apart_allowed = INT64_MAX;
    CHECK_OK_OR_SAY(sla_service_new(&options, &own->service, &error), &error);
    consumer.name = "journal";
    consumer.handler = on_told;
    consumer.context = own;
    CHECK_OK(sla_service_subscribe(own->service, &consumer));
}

bool crash_work(const crash_series *series, sla_store *store, int journal, crash_point point,
                unsigned count, sla_duration patience)
{
    worker own = {.journal = journal,
                  .point = point,
                  .left = count,
                  .series = series->number,
                  .now = series->now};
    bool complete;

    memcpy(own.answered, series->answered, sizeof own.answered);
    start(&own, store);
    complete = work(&own, patience) && finish(&own, patience);
    if (complete)
        note(&own, ".\n");
    sla_service_free(own.service);
    return complete;
}

void crash_oracle(unsigned number, store_text *identities)
{
    worker own = {.journal = -1, .series = number, .now = begin_of(number), .told = identities};
    sla_store *store;

    CHECK_OK(sla_store_memory_new(NULL, &store));
    start(&own, store);
    CHECK_TRUE("the oracle comes to its end", work(&own, SLA_MINUTE));
    sla_service_free(own.service);
    store_text_sort(identities);
}
