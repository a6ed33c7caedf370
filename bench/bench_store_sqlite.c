/*
 * bench_store_sqlite.c - how many tickets a service opens a second on a store in a file:
 * complaints under the bundled policy that bring their grade, from the first fact recorded
 * to the last one on the record, beside bare prepared inserts of one row a ticket, a
 * thousand in a transaction, into a file with the same settings.
 */
#include <poll.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sla/sla.h>
#include <sla/sqlite.h>

#include "bench_engine_work.h"
#include "subjects.h"

enum { TICKETS = 20000, TICKETS_QUICK = 1000, BATCH = 1000, ROUNDS_MAX = 101, STATE = 170 };

typedef struct files {
    char folder[64], store[80], bare[80];
} files;

static bool make_files(files *at)
{
    snprintf(at->folder, sizeof at->folder, "/tmp/sla-bench-XXXXXX");
    if (mkdtemp(at->folder) == NULL)
        return false;
    snprintf(at->store, sizeof at->store, "%s/store.db", at->folder);
    snprintf(at->bare, sizeof at->bare, "%s/bare.db", at->folder);
    return true;
}

static void remove_files(const files *at)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-lock"};
    const char *const paths[] = {at->store, at->bare};

    for (size_t i = 0; i < 8; i++) {
        char path[96];

        snprintf(path, sizeof path, "%s%s", paths[i / 4], ends[i % 4]);
        unlink(path);
    }
    rmdir(at->folder);
}

/* ---------------------------------------------------------------- the baseline */

static bool insert_all(sqlite3 *into, sqlite3_stmt *insert, size_t count)
{
    static const unsigned char state[STATE];
    int code = SQLITE_OK;

    for (size_t i = 0; i < count && code == SQLITE_OK; i++) {
        char name[24];

        if (i % BATCH == 0)
            code = sqlite3_exec(into, i > 0 ? "COMMIT; BEGIN" : "BEGIN", NULL, NULL, NULL);
        snprintf(name, sizeof name, "T%07zu", i);
        sqlite3_bind_text(insert, 1, name, -1, SQLITE_STATIC);
        sqlite3_bind_int64(insert, 2, BENCH_START);
        sqlite3_bind_blob(insert, 3, state, STATE, SQLITE_STATIC);
        if (code == SQLITE_OK)
            code = sqlite3_step(insert) == SQLITE_DONE ? sqlite3_reset(insert) : SQLITE_ERROR;
    }
    return code == SQLITE_OK && sqlite3_exec(into, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
}

/* Seconds, or a negative number. */
static double insert_bare(const char *path, size_t count)
{
    sqlite3 *into = NULL;
    sqlite3_stmt *insert = NULL;
    double taken = -1;

    if (sqlite3_open(path, &into) == SQLITE_OK &&
        sqlite3_exec(into,
                     "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                     "CREATE TABLE ticket (ticket TEXT PRIMARY KEY, opened_at INTEGER, state BLOB)",
                     NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(into, "INSERT INTO ticket VALUES (?1, ?2, ?3)", -1, &insert, NULL) ==
            SQLITE_OK) {
        const double start = bench_seconds();

        if (insert_all(into, insert, count))
            taken = bench_seconds() - start;
    }
    sqlite3_finalize(insert);
    sqlite3_close(into);
    return taken;
}

/* -------------------------------------------------------------------- a service */

typedef struct opening {
    sla_service *service;
    size_t count, sent, answered, failed;
} opening;

static sla_time now_of(void *context)
{
    (void)context;
    return BENCH_START;
}

static void on_recorded(void *context, int result, const sla_answer *answer, const sla_error *error)
{
    opening *const of = context;

    (void)answer, (void)error;
    of->answered++;
    of->failed += result != SLA_OK;
}

/* As many as the queue takes. */
static void send(opening *of)
{
    static const sla_string kind = {"complaint", 9};

    for (; of->sent < of->count; of->sent++) {
        char name[24];
        const sla_attribute attributes[] = {
            {.name = {"grade", 5}, .type = SLA_VALUE_INT, .number = (int64_t)(of->sent % 3) + 1},
            {.name = {"kind", 4}, .type = SLA_VALUE_STRING, .string = kind}};
        const sla_fact fact = {
            .ticket = {name, (size_t)snprintf(name, sizeof name, "T%07zu", of->sent)},
            .id = {name, 8},
            .name = {"opened", 6},
            .occurred_at = BENCH_START,
            .attributes = attributes,
            .attribute_count = 2};

        if (sla_service_record(of->service, &fact, on_recorded, of) != SLA_OK)
            return;
    }
}

static void wait_for_store(opening *of)
{
    sla_wait wait;

    if (sla_service_waits(of->service, &wait, 1) == 1)
        poll(&(struct pollfd){.fd = wait.fd, .events = POLLIN}, 1, 100);
}

static bool begin(opening *of, const char *path)
{
    const char *const policy = sla_bundled_policy(bench_complaint.name, NULL);
    const char *const hours = sla_bundled_calendar(bench_complaint.calendar_name, NULL);
    const sla_document documents[] = {{{"calendar", 8}, {hours, strlen(hours)}},
                                      {{"policy", 6}, {policy, strlen(policy)}}};
    sla_sqlite_options file = SLA_SQLITE_OPTIONS_INIT;
    sla_service_options options = SLA_SERVICE_OPTIONS_INIT;

    file.path = path;
    if (sla_store_sqlite_new(&file, &options.store, NULL) != SLA_OK)
        return false;
    options.clock.now = now_of;
    options.documents = documents;
    options.document_count = 2;
    options.incarnation[0] = (uint64_t)(bench_seconds() * 1e9);
    if (sla_service_new(&options, &of->service, NULL) != SLA_OK)
        return false;
    while (sla_service_get_state(of->service) == SLA_SERVICE_LOADING)
        if (!sla_service_run(of->service))
            wait_for_store(of);
    return sla_service_get_state(of->service) == SLA_SERVICE_LIVE;
}

/* Seconds, or a negative number. */
static double open_all(const char *path, size_t count, double *clocks_out)
{
    opening of = {.count = count};
    sla_service_stats stats = {.size = sizeof stats};
    double start;

    if (!begin(&of, path))
        return -1;
    start = bench_seconds();
    while (of.answered < count) {
        send(&of);
        if (!sla_service_run(of.service) && of.answered < count)
            wait_for_store(&of);
    }
    start = bench_seconds() - start;
    sla_service_get_stats(of.service, &stats);
    *clocks_out = (double)stats.live_clocks / (double)count;
    sla_service_free(of.service);
    return of.failed == 0 ? start : -1;
}

/* -------------------------------------------------------------------- the figures */

static void report(bench_run *run, size_t count, double bare, double service, double clocks,
                   double bytes)
{
    bench_figure figure = {.case_name = "openings in a file",
                           .n = count,
                           .contender = "bare inserts",
                           .figure = "speed",
                           .value = (double)count / bare,
                           .unit = "rows/s"};

    bench_report(run, &figure);
    figure.baseline = figure.contender;
    figure.baseline_value = figure.value;
    figure.contender = "sqlite";
    figure.value = (double)count / service;
    figure.unit = "tickets/s";
    figure.aim = (bench_aim){BENCH_AT_LEAST, 0.15, true};
    bench_report(run, &figure);
    figure = (bench_figure){.case_name = figure.case_name,
                            .n = count,
                            .contender = "sqlite",
                            .figure = "clocks",
                            .value = clocks,
                            .unit = "live a ticket"};
    bench_report(run, &figure);
    figure.figure = "disk";
    figure.value = bytes;
    figure.unit = "bytes a ticket";
    bench_report(run, &figure);
}

static double size_of(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 ? (double)status.st_size : 0;
}

static int store(bench_run *run)
{
    const size_t count = run->quick ? TICKETS_QUICK : TICKETS;
    double bare[ROUNDS_MAX], service[ROUNDS_MAX], clocks = 0, bytes = 0;

    for (size_t i = 0; i < run->rounds; i++) {
        files at;

        if (!make_files(&at))
            return 1;
        bare[i] = insert_bare(at.bare, count);
        service[i] = open_all(at.store, count, &clocks);
        bytes = size_of(at.store) / (double)count;
        remove_files(&at);
        if (bare[i] < 0 || service[i] < 0) {
            fputs("sla-bench: not all tickets were opened\n", stderr);
            return 1;
        }
    }
    report(run, count, bench_median(bare, run->rounds), bench_median(service, run->rounds), clocks,
           bytes);
    return 0;
}

const bench_subject bench_store_sqlite = {
    "store-sqlite", "Opening tickets on a store in a file, beside bare inserts", store, 25, NULL};
