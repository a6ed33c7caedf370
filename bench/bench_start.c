/*
 * bench_start.c - how long a service takes to load live tickets: from the first row
 * that its store hands over until it is live, beside a block for each row that holds
 * a copy of it, which is the least that anybody who keeps the rows has to do.
 *
 * The rows are those of one live complaint under the bundled policy, under a name and
 * with a next instant of their own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla/sla.h>

#include "bench_engine_work.h"
#include "subjects.h"

enum { TICKETS = 1000000, TICKETS_QUICK = 10000, STATE_MAX = 4096, ROUNDS_MAX = 101, NAME = 12 };

typedef struct rows {
    unsigned char state[STATE_MAX];
    sla_packed packed;
    size_t count;
} rows;

/* The name of row `i` is written into `name`. */
static sla_stored_ticket row(const rows *all, size_t i, char name[NAME])
{
    const uint32_t mixed = (uint32_t)i * UINT32_C(2654435761);
    size_t rest = i;

    for (size_t digit = NAME; digit-- > 4; rest /= 10)
        name[digit] = (char)('0' + rest % 10);
    memcpy(name, "TKT-", 4);
    return (sla_stored_ticket){.ticket = {name, NAME},
                               .number = i + 1,
                               .facts = all->packed.facts,
                               .live = all->packed.live,
                               .next_at = all->packed.next_at + mixed % 86400 * SLA_SECOND,
                               .due_at = all->packed.due_at,
                               .state = all->state,
                               .state_length = all->packed.length};
}

static bool make_rows(rows *all, uint64_t seed)
{
    const bench_work work = {
        .world = &bench_complaint, .seed = seed, .tickets = 1, .live = true, .arrival = SLA_SECOND};
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    size_t count = 0;
    uint64_t events = 0;
    bench_record *records = bench_facts(&work, &count);
    sla_engine *engine;
    bool made;

    options.history_in_store = true;
    engine = bench_engine_new(work.world, &options);
    made = engine != NULL && records != NULL && bench_play(engine, records, count, &events) &&
           sla_engine_pack(engine, records[0].fact.tenant, records[0].fact.ticket, all->state,
                           STATE_MAX, &all->packed) == SLA_OK;
    sla_engine_free(engine);
    free(records);
    return made;
}

/* ------------------------------------------------------------------ the baseline */

static void *copied(const sla_stored_ticket *ticket)
{
    char *const copy = malloc(sizeof *ticket + ticket->ticket.length + ticket->state_length);

    if (copy == NULL)
        return NULL;
    memcpy(copy, ticket, sizeof *ticket);
    memcpy(copy + sizeof *ticket, ticket->ticket.data, ticket->ticket.length);
    memcpy(copy + sizeof *ticket + ticket->ticket.length, ticket->state, ticket->state_length);
    return copy;
}

/* Seconds, or a negative number. */
static double copy_all(const rows *all)
{
    void **const copies = malloc(all->count * sizeof *copies);
    bool failed = copies == NULL;
    const double start = bench_seconds();
    double taken;

    for (size_t i = 0; i < all->count && !failed; i++) {
        char name[NAME];
        const sla_stored_ticket ticket = row(all, i, name);

        copies[i] = copied(&ticket);
        failed = copies[i] == NULL;
    }
    taken = bench_seconds() - start;
    for (size_t i = 0; i < all->count && !failed; i++)
        free(copies[i]);
    free(copies);
    return failed ? -1 : taken;
}

/* ------------------------------------------------------- a store that hands them over */

typedef struct row_store {
    sla_store store;
    const rows *all;
    sla_store_sink sink;
    uint64_t ask; /* 0: nothing was asked */
    double start;
} row_store;

static int asked_open(sla_store *store, const sla_store_sink *sink, uint64_t ask)
{
    row_store *const own = (row_store *)(void *)store;

    own->sink = *sink;
    own->ask = ask;
    return SLA_OK;
}

/* Nothing but opening is asked for before the service is live. */
static int asked_audit(sla_store *store, sla_time before, uint64_t ask)
{
    (void)store, (void)before, (void)ask;
    return SLA_ERR_STATE;
}

static sla_time until(const sla_store *store)
{
    return ((const row_store *)(const void *)store)->ask != 0 ? SLA_TIME_MIN : SLA_NEVER;
}

static void hand_over_world(row_store *own)
{
    const char *const policy = sla_bundled_policy(bench_complaint.name, NULL);
    const char *const hours = bench_complaint.calendar != NULL
                                  ? bench_complaint.calendar
                                  : sla_bundled_calendar(bench_complaint.calendar_name, NULL);
    const sla_document documents[] = {{{"calendar", 8}, {hours, strlen(hours)}},
                                      {{"policy", 6}, {policy, strlen(policy)}}};
    const sla_stored_world world = {1, BENCH_START, documents, 2};

    own->sink.world(own->sink.context, &world);
}

static void run_store(sla_store *store, sla_time now)
{
    row_store *const own = (row_store *)(void *)store;
    const sla_error none = {0};
    const sla_store_done done = {.ask = own->ask,
                                 .result = SLA_OK,
                                 .error = &none,
                                 .decided_at = BENCH_START,
                                 .clock = SLA_NEVER};

    (void)now;
    if (own->ask == 0)
        return;
    own->ask = 0;
    hand_over_world(own);
    own->start = bench_seconds();
    for (size_t i = 0; i < own->all->count; i++) {
        char name[NAME];
        const sla_stored_ticket ticket = row(own->all, i, name);

        own->sink.ticket(own->sink.context, &ticket);
    }
    own->sink.done(own->sink.context, &done);
}

static void close_store(sla_store *store)
{
    (void)store;
}

static sla_time now_of(void *context)
{
    (void)context;
    return BENCH_START;
}

/* Seconds, or a negative number. */
static double load_all(const rows *all, uint64_t *resting)
{
    static const sla_store_ops ops = {.size = sizeof ops,
                                      .name = "rows",
                                      .open = asked_open,
                                      .audit = asked_audit,
                                      .until = until,
                                      .run = run_store,
                                      .close = close_store};
    row_store store = {.store = {&ops}, .all = all};
    sla_service_options options = SLA_SERVICE_OPTIONS_INIT;
    sla_service_stats stats = {.size = sizeof stats};
    sla_service *service = NULL;
    double taken = -1;

    options.store = &store.store;
    options.clock.now = now_of;
    options.incarnation[0] = 1;
    if (sla_service_new(&options, &service, NULL) != SLA_OK)
        return -1;
    for (int i = 0; i < 10 && sla_service_get_state(service) == SLA_SERVICE_LOADING; i++)
        (void)sla_service_run(service);
    if (sla_service_get_state(service) == SLA_SERVICE_LIVE)
        taken = bench_seconds() - store.start;
    sla_service_get_stats(service, &stats);
    *resting = stats.resting;
    sla_service_free(service);
    return taken;
}

/* -------------------------------------------------------------------- the figures */

static void report(bench_run *run, const rows *all, double copies, double loading)
{
    bench_figure figure = {.case_name = "rows of live complaints",
                           .n = all->count,
                           .contender = "row",
                           .figure = "packed state",
                           .value = (double)all->packed.length,
                           .unit = "bytes"};

    bench_report(run, &figure);
    figure.contender = "a copy of each row";
    figure.figure = "speed";
    figure.value = (double)all->count / copies;
    figure.unit = "tickets/s";
    bench_report(run, &figure);
    figure.baseline = figure.contender;
    figure.baseline_value = figure.value;
    figure.contender = "service";
    figure.value = (double)all->count / loading;
    figure.aim = (bench_aim){BENCH_AT_LEAST, 1.6e6, false};
    bench_report(run, &figure);
}

static void report_instructions(bench_run *run)
{
    static const char *const functions[] = {"sla__loading_ticket_came", "sla__loading_done"};
    bench_figure figure = {.case_name = "rows of live complaints",
                           .n = TICKETS_QUICK,
                           .contender = "service",
                           .figure = "instructions",
                           .unit = "a ticket"};
    double total = 0;

    if (bench_instructions(run, "load", functions, 2, &total))
        figure.value = total / TICKETS_QUICK;
    else
        figure.skipped = "valgrind is not there";
    bench_report(run, &figure);
}

static int start(bench_run *run)
{
    static rows all;
    double copies[ROUNDS_MAX], loading[ROUNDS_MAX];
    uint64_t resting = 0;

    all.count = run->quick || run->part != NULL ? TICKETS_QUICK : TICKETS;
    if (!make_rows(&all, run->seed))
        return 1;
    if (run->part != NULL)
        return load_all(&all, &resting) < 0;
    for (size_t i = 0; i < run->rounds; i++) {
        copies[i] = copy_all(&all);
        loading[i] = load_all(&all, &resting);
        if (copies[i] < 0 || loading[i] < 0 || resting != all.count) {
            fputs("sla-bench: the service did not load its tickets\n", stderr);
            return 1;
        }
    }
    report(run, &all, bench_median(copies, run->rounds), bench_median(loading, run->rounds));
    report_instructions(run);
    return 0;
}

const bench_subject bench_start = {
    "start", "Loading a million live tickets, from the first row to live", start, 5, NULL};
