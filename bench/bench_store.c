/*
 * bench_store.c - a service on PostgreSQL beside what the same server does bare:
 * openings, one by one, a herd, a spread, loading, bytes on disk.
 */
#include "bench_store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench_engine_work.h"
#include "bench_latency.h"

enum { BATCH = 1000, SUBMITTERS = 64, ROUNDS_MAX = 101, CONTENDERS = 3 };

/* A race of this subject: each contender does the whole work and says how fast. */
typedef struct store_contender {
    const char *name;
    double (*round)(bench_server *server, size_t n);
    bench_aim aim;
    int baseline; /* which contender; -1: it is one */
    double hoped; /* an aim beyond the one that has to be met; 0: none */
} store_contender;

static bool race(bench_run *run, bench_server *server, const char *name, const char *unit, size_t n,
                 const store_contender *contenders, size_t count, double *medians_out)
{
    static double values[CONTENDERS][ROUNDS_MAX];
    double medians[CONTENDERS];

    for (size_t round = 0; round < run->rounds; round++)
        for (size_t k = 0; k < count; k++) {
            values[k][round] = contenders[k].round(server, n);
            if (values[k][round] <= 0) {
                fprintf(stderr, "sla-bench: %s, %s: failed\n", name, contenders[k].name);
                return false;
            }
        }
    for (size_t k = 0; k < count; k++) {
        const int baseline = contenders[k].baseline;
        bench_figure figure = {.case_name = name,
                               .n = n,
                               .contender = contenders[k].name,
                               .figure = "speed",
                               .unit = unit,
                               .aim = contenders[k].aim};

        figure.value = medians[k] = bench_median(values[k], run->rounds);
        if (baseline >= 0) {
            figure.baseline = contenders[baseline].name;
            figure.baseline_value = medians[baseline];
        }
        bench_report(run, &figure);
        if (contenders[k].hoped > 0) {
            figure.figure = "speed hoped for";
            figure.aim.bound = contenders[k].hoped;
            bench_report(run, &figure);
        }
    }
    if (medians_out != NULL)
        memcpy(medians_out, medians, count * sizeof *medians);
    return true;
}

/* --------------------------------------------------------------------- openings */

static bool open_graded(bench_host *host, size_t i)
{
    return bench_host_record(host, bench_opening(i, host->now));
}

static bool open_and_dispatch(bench_host *host, size_t i)
{
    return bench_host_record(host, bench_opening_ungraded(i, host->now)) &&
           bench_host_record(host, bench_dispatch_graded(i, host->now));
}

/* From the first fact given to the service until all are on the record. */
static double open_each(sla_store *store, size_t n, bool (*open)(bench_host *host, size_t i))
{
    sla_document documents[2];
    const size_t count = bench_complaint_documents(documents);
    bench_host host;
    bool good = bench_host_open(&host, store, documents, count, BENCH_START + SLA_DAY);
    const double began = bench_seconds();
    double ended;

    for (size_t i = 0; good && i < n; i++)
        good = open(&host, i);
    good = good && bench_host_until_recorded(&host, host.given);
    ended = bench_seconds();
    bench_host_close(&host);
    return good ? (double)n / (ended - began) : 0;
}

static double open_tickets(sla_store *store, size_t n)
{
    return open_each(store, n, open_graded);
}

static double bare_insert(bench_server *server, size_t n)
{
    return bench_server_empty(server) ? bench_bare_insert(server, n, BATCH) : 0;
}

static double pg_open(bench_server *server, size_t n)
{
    return bench_server_empty(server) ? open_tickets(bench_pg_store(server), n) : 0;
}

static double pg_open_five(bench_server *server, size_t n)
{
    return bench_server_empty(server) ? open_each(bench_pg_store(server), n, open_and_dispatch) : 0;
}

/* Five clocks want two facts of each ticket; most complaints come in with their grade. */
static bool run_openings(bench_run *run, bench_server *server)
{
    static const store_contender contenders[] = {
        {"unnest of 1000 rows", bare_insert, {BENCH_NO_AIM, 0, false}, -1, 0},
        {"service, five clocks", pg_open_five, {BENCH_AT_LEAST, 0.15, true}, 0, 0.4},
        {"service, one fact", pg_open, {BENCH_NO_AIM, 0, false}, 0, 0},
    };

    return race(run, server, "openings", "tickets/s", run->quick ? 2000 : 50000, contenders, 3,
                NULL);
}

/* -------------------------------------------------------------------- one by one */

typedef struct queue {
    size_t next, all;
} queue;

/* Each answer lets its submitter bring the next one. */
static void bring_next(bench_host *host)
{
    queue *const left = host->context;

    if (left->next < left->all)
        bench_host_record(host, bench_opening(left->next++, host->now));
}

static double submit(bench_server *server, size_t n)
{
    sla_document documents[2];
    const size_t count = bench_complaint_documents(documents);
    queue left = {0, n};
    bench_host host;
    bool good =
        bench_server_empty(server) &&
        bench_host_open(&host, bench_pg_store(server), documents, count, BENCH_START + SLA_DAY);
    double began, ended;

    if (!good)
        return 0;
    host.on_recorded = bring_next;
    host.context = &left;
    began = bench_seconds();
    for (size_t i = 0; i < SUBMITTERS; i++)
        bring_next(&host);
    good = bench_host_until_recorded(&host, n);
    ended = bench_seconds();
    bench_host_close(&host);
    return good ? (double)n / (ended - began) : 0;
}

static double autocommit(bench_server *server, size_t n)
{
    return bench_server_empty(server) ? bench_bare_insert(server, n, 1) : 0;
}

static bool run_one_by_one(bench_run *run, bench_server *server)
{
    static const store_contender contenders[] = {
        {"a row, a commit", autocommit, {BENCH_NO_AIM, 0, false}, -1, 0},
        {"64 submitters", submit, {BENCH_AT_LEAST, 2, true}, 0, 0},
    };

    return race(run, server, "one by one", "tickets/s", run->quick ? 1000 : 5000, contenders, 2,
                NULL);
}

/* ------------------------------------------------------------------------- herd */

static double fire_herd(bench_server *server, size_t n)
{
    const sla_document document = bench_herd_document();
    bench_host host;
    bool good = bench_server_empty(server) &&
                bench_host_open(&host, bench_pg_store(server), &document, 1, BENCH_START);
    double began, ended;

    if (!good)
        return 0;
    for (size_t i = 0; good && i < n; i++) {
        sla_fact opened = *bench_opening(i, host.now);

        opened.attribute_count = 0;
        good = bench_host_record(&host, &opened);
    }
    good = good && bench_host_until_recorded(&host, n) && host.told == 0;
    began = bench_seconds();
    host.now += SLA_HOUR / 2;
    good = good && bench_host_until_told(&host, n);
    ended = bench_seconds();
    bench_host_close(&host);
    return good ? (double)n / (ended - began) : 0;
}

static double bare_update(bench_server *server, size_t n)
{
    return bench_server_empty(server) && bench_bare_insert(server, n, BATCH) > 0
               ? bench_bare_update(server, n, BATCH)
               : 0;
}

static bool run_herd(bench_run *run, bench_server *server)
{
    static const store_contender contenders[] = {
        {"UPDATE FROM unnest", bare_update, {BENCH_NO_AIM, 0, false}, -1, 0},
        {"service", fire_herd, {BENCH_AT_LEAST, 0.25, true}, 0, 0},
    };

    return race(run, server, "herd", "rows/s", run->quick ? 1000 : 10000, contenders, 2, NULL);
}

/* ----------------------------------------------------------------------- spread */

static int by_number(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

    return (a > b) - (a < b);
}

static double percentile(int64_t *late_ns, size_t count, double share)
{
    qsort(late_ns, count, sizeof *late_ns, by_number);
    return (double)late_ns[(size_t)((double)(count - 1) * share)] / 1000;
}

static bool poll_spread(bench_server *server, size_t per_second, size_t seconds, int64_t *late_ns)
{
    return bench_server_empty(server) && bench_bare_poller(server, per_second, seconds, late_ns);
}

static bool fire_spread(bench_server *server, size_t per_second, size_t seconds, int64_t *late_ns)
{
    bench_firing firing = {.count = per_second, .seconds = seconds, .late_ns = late_ns};
    sla_duration *const phases = calloc(per_second, sizeof *phases);
    bool good = phases != NULL && bench_server_empty(server);

    for (size_t i = 0; phases != NULL && i < per_second; i++)
        phases[i] = (sla_duration)i * SLA_SECOND / (sla_duration)per_second;
    firing.phases = phases;
    firing.store = good ? bench_pg_store(server) : NULL;
    good = good && firing.store != NULL && bench_fire_service(&firing);
    if (good && (firing.fired != per_second * seconds || firing.early > 0)) {
        fprintf(stderr, "sla-bench: %zu of %zu were told, %zu of them early\n", firing.fired,
                per_second * seconds, firing.early);
        good = false;
    }
    free(phases);
    return good;
}

static bool run_spread(bench_run *run, bench_server *server)
{
    static const struct {
        const char *name;
        bool (*fire)(bench_server *server, size_t per_second, size_t seconds, int64_t *late_ns);
    } contenders[] = {{"SKIP LOCKED each 100 ms", poll_spread}, {"service", fire_spread}};
    static const struct {
        const char *name;
        double share;
    } figures[] = {{"p50", 0.5}, {"p99", 0.99}};
    static double values[2][2][ROUNDS_MAX];
    const size_t per_second = run->quick ? 200 : 2000, all = per_second * run->seconds;
    int64_t *const late_ns = calloc(all, sizeof *late_ns);
    bool good = late_ns != NULL;

    for (size_t round = 0; good && round < run->rounds; round++)
        for (size_t k = 0; good && k < 2; k++) {
            good = contenders[k].fire(server, per_second, run->seconds, late_ns);
            for (size_t i = 0; good && i < 2; i++)
                values[k][i][round] = percentile(late_ns, all, figures[i].share);
        }
    free(late_ns);
    for (size_t i = 0; good && i < 2; i++) {
        const double bare = bench_median(values[0][i], run->rounds);

        for (size_t k = 0; k < 2; k++) {
            bench_figure figure = {.case_name = "spread, 2000 a second",
                                   .n = all,
                                   .contender = contenders[k].name,
                                   .figure = figures[i].name,
                                   .value = k == 0 ? bare : bench_median(values[1][i], run->rounds),
                                   .unit = "us"};

            if (k == 1) {
                figure.baseline = contenders[0].name;
                figure.baseline_value = bare;
                if (i == 1)
                    figure.aim = (bench_aim){BENCH_AT_MOST, 1.0 / 20, true};
            }
            bench_report(run, &figure);
        }
    }
    return good;
}

/* ---------------------------------------------------------------------- loading */

/* `n` live tickets on the record: some are opened, the others are copies under other
 * names.  A row in the bare table for each. */
static bool make_live(bench_server *server, size_t n)
{
    const size_t opened = n < 10000 ? n : 10000;
    char sql[640];

    if (!bench_server_empty(server) || open_tickets(bench_pg_store(server), opened) <= 0)
        return false;
    snprintf(sql, sizeof sql,
             "INSERT INTO sla.ticket (tenant, ticket, shard, number, facts, live, next_at, due_at, "
             "opened_at, rank, level, breached, attributes, clocks, state) "
             "SELECT tenant, ticket || '-' || i, shard, number + i * %zu, facts, live, next_at, "
             "due_at, opened_at, rank, level, breached, attributes, clocks, state "
             "FROM sla.ticket, generate_series(1, %zu) AS i",
             opened, n / opened - 1);
    return (n == opened || bench_say(server, sql)) && bench_bare_insert(server, n, BATCH) > 0 &&
           bench_say(server, "VACUUM ANALYZE sla.ticket") &&
           bench_say(server, "VACUUM ANALYZE bare") &&
           bench_ask(server, "SELECT count(*) FROM sla.ticket WHERE open") == (int64_t)n;
}

static double bare_read(bench_server *server, size_t n)
{
    return bench_bare_read(server, n);
}

static double load(bench_server *server, size_t n)
{
    sla_document documents[2];
    const size_t count = bench_complaint_documents(documents);
    sla_service_stats stats = {.size = sizeof stats};
    sla_store *const store = bench_pg_store(server);
    const double began = bench_seconds();
    bench_host host;
    bool good = bench_host_open(&host, store, documents, count, BENCH_START + SLA_DAY);
    const double ended = bench_seconds();

    if (good)
        sla_service_get_stats(host.service, &stats);
    bench_host_close(&host);
    return good && stats.live_tickets == n ? (double)n / (ended - began) : 0;
}

/* Linear: a ticket among ten times as many takes no longer, give or take a noisy machine. */
static void report_growth(bench_run *run, const size_t sizes[2], double few, double many)
{
    char names[2][32];
    bench_figure figure = {.case_name = "loading, a ticket",
                           .n = sizes[0],
                           .contender = names[0],
                           .figure = "time",
                           .value = few,
                           .unit = "ns/ticket"};

    for (size_t i = 0; i < 2; i++)
        snprintf(names[i], sizeof names[i], "%zu tickets", sizes[i]);
    bench_report(run, &figure);
    figure.contender = names[1];
    figure.baseline = names[0];
    figure.baseline_value = few;
    figure.n = sizes[1];
    figure.value = many;
    figure.aim = (bench_aim){BENCH_AT_MOST, 1.25, true};
    bench_report(run, &figure);
}

static bool run_loading(bench_run *run, bench_server *server)
{
    static const store_contender contenders[] = {
        {"read of five columns", bare_read, {BENCH_NO_AIM, 0, false}, -1, 0},
        {"service", load, {BENCH_AT_LEAST, 0.3, true}, 0, 0.6},
    };
    static const size_t sizes[] = {100000, 1000000}, quick[] = {1000, 10000};
    double speeds[2][2];

    for (size_t i = 0; i < 2; i++) {
        const size_t n = run->quick ? quick[i] : sizes[i];

        if (!make_live(server, n) ||
            !race(run, server, "loading", "tickets/s", n, contenders, 2, speeds[i]))
            return false;
    }
    report_growth(run, run->quick ? quick : sizes, 1e9 / speeds[0][1], 1e9 / speeds[1][1]);
    return true;
}

/* ------------------------------------------------------------------------- disk */

static bool run_disk(bench_run *run, bench_server *server)
{
    static const struct {
        const char *name, *sql;
    } figures[] = {
        {"its row", "SELECT pg_total_relation_size('sla.ticket')"},
        {"its fact", "SELECT pg_total_relation_size('sla.fact')"},
        {"bare row", "SELECT pg_total_relation_size('bare')"},
    };
    const size_t n = run->quick ? 2000 : 50000;

    if (bare_insert(server, n) <= 0 || open_tickets(bench_pg_store(server), n) <= 0)
        return false;
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        const bench_figure figure = {.case_name = "on disk",
                                     .n = n,
                                     .contender = figures[i].name,
                                     .figure = "bytes",
                                     .value = (double)bench_ask(server, figures[i].sql) / (double)n,
                                     .unit = "B/ticket"};

        bench_report(run, &figure);
    }
    return true;
}

static int run_store(bench_run *run)
{
    static bool (*const parts[])(bench_run * run, bench_server * server) = {
        run_openings, run_one_by_one, run_herd, run_spread, run_loading, run_disk};
    bench_server server;
    const char *why;
    bool good = true;

    if (!bench_server_start(&server, &why)) {
        const bench_figure figure = {.case_name = "openings",
                                     .n = 1,
                                     .contender = "service",
                                     .figure = "speed",
                                     .unit = "tickets/s",
                                     .skipped = why};

        bench_report(run, &figure);
        return 0;
    }
    for (size_t i = 0; good && i < sizeof parts / sizeof *parts; i++)
        good = parts[i](run, &server);
    bench_server_stop(&server);
    return good ? 0 : 1;
}

const bench_subject bench_store = {"store", "a service on PostgreSQL beside the bare server",
                                   run_store, 5, NULL};
