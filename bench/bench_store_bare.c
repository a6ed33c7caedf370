/*
 * bench_store_bare.c - see bench_store.h: the same server without libsla.
 *
 * The table is the one of a plain design: a number, an outside name that is unique, a
 * policy, a grade, an instant, a state, a small JSON value (bench_store_server.c).
 */
#include "bench_store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "pg/parameters.h"
#include "prng.h"

enum { POLL_MS = 100, CLAIM = 1000, PARAMETERS = 8 };

#define EPOCH INT64_C(1772411400000000)

static const char attrs[] =
    "{\"prov\": \"gd\", \"svc\": \"fiber\", \"lvl\": 3, \"src\": \"hotline\"}";

/* ------------------------------------------------------------------- PostgreSQL */

static bool is_good(PGresult *result)
{
    const bool good =
        PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;

    if (!good)
        fprintf(stderr, "sla-bench: %s", PQresultErrorMessage(result));
    PQclear(result);
    return good;
}

static bool prepare(bench_server *server, const char *sql)
{
    return is_good(PQexec(server->bare, "DEALLOCATE ALL")) &&
           is_good(PQprepare(server->bare, "bare", sql, 0, NULL));
}

static PGresult *execute(bench_server *server, const sla__pg_parameters *parameters)
{
    const char *values[PARAMETERS];
    int lengths[PARAMETERS], formats[PARAMETERS];

    for (size_t i = 0; i < parameters->count; i++) {
        values[i] = (const char *)parameters->bytes + parameters->list[i].at;
        lengths[i] = parameters->list[i].length;
        formats[i] = 1;
    }
    return PQexecPrepared(server->bare, "bare", (int)parameters->count, values, lengths, formats,
                          1);
}

/* Columns of `count` rows from number `first` on. */
static void fill_rows(sla__pg_parameters *to, size_t first, size_t count)
{
    static const sla__pg_type types[] = {SLA__PG_TEXT,        SLA__PG_INT4, SLA__PG_INT2,
                                         SLA__PG_TIMESTAMPTZ, SLA__PG_INT2, SLA__PG_TEXT};

    for (size_t column = 0; column < sizeof types / sizeof *types; column++) {
        sla__pg_begin_array(to, types[column]);
        for (size_t i = first; i < first + count; i++) {
            char name[32];
            const int length = snprintf(name, sizeof name, "T2026%011zu", i);

            if (column == 0)
                sla__pg_put_bytes(to, name, (size_t)length);
            else if (column == 1)
                sla__pg_put_int4(to, (int32_t)(i % 40));
            else if (column == 2)
                sla__pg_put_int2(to, (int16_t)(1 + i % 4));
            else if (column == 3)
                sla__pg_put_time(to, EPOCH + (sla_time)i * 1000);
            else if (column == 4)
                sla__pg_put_int2(to, 0);
            else
                sla__pg_put_bytes(to, attrs, sizeof attrs - 1);
        }
        sla__pg_end(to);
    }
}

double bench_bare_insert(bench_server *server, size_t rows, size_t batch)
{
    const sla_allocator allocator = sla__allocator_or_default(NULL);
    sla__pg_parameters parameters;
    double began;

    if (!prepare(server, "INSERT INTO bare (ext_id, policy, grade, opened_at, state, attrs) "
                         "SELECT a, b, c, d, e, f::jsonb FROM unnest($1::text[], $2::int[], "
                         "$3::smallint[], $4::timestamptz[], $5::smallint[], $6::text[]) "
                         "AS u (a, b, c, d, e, f)"))
        return 0;
    sla__pg_parameters_init(&parameters, &allocator);
    began = bench_seconds();
    for (size_t done = 0; done < rows; done += batch) {
        sla__pg_parameters_clear(&parameters);
        fill_rows(&parameters, done, rows - done < batch ? rows - done : batch);
        if (!is_good(execute(server, &parameters)))
            return 0;
    }
    sla__pg_parameters_fini(&parameters);
    return (double)rows / (bench_seconds() - began);
}

double bench_bare_update(bench_server *server, size_t rows, size_t batch)
{
    const sla_allocator allocator = sla__allocator_or_default(NULL);
    sla__pg_parameters parameters;
    prng random = prng_seeded(rows);
    double began;

    if (!prepare(server, "UPDATE bare b SET state = u.state "
                         "FROM unnest($1::bigint[], $2::smallint[]) AS u (id, state) "
                         "WHERE b.id = u.id"))
        return 0;
    sla__pg_parameters_init(&parameters, &allocator);
    began = bench_seconds();
    for (size_t done = 0; done < rows; done += batch) {
        sla__pg_parameters_clear(&parameters);
        sla__pg_begin_array(&parameters, SLA__PG_INT8);
        for (size_t i = 0; i < batch; i++)
            sla__pg_put_int8(&parameters, 1 + (int64_t)prng_below(&random, rows));
        sla__pg_end(&parameters);
        sla__pg_begin_array(&parameters, SLA__PG_INT2);
        for (size_t i = 0; i < batch; i++)
            sla__pg_put_int2(&parameters, 1);
        sla__pg_end(&parameters);
        if (!is_good(execute(server, &parameters)))
            return 0;
    }
    sla__pg_parameters_fini(&parameters);
    return (double)rows / (bench_seconds() - began);
}

/* Five columns, row by row, binary: the fastest way there is to read a table. */
double bench_bare_read(bench_server *server, size_t rows)
{
    const double began = bench_seconds();
    int64_t sum = 0;
    size_t count = 0;
    PGresult *row;

    if (PQsendQueryParams(server->bare, "SELECT id, policy, grade, opened_at, state FROM bare", 0,
                          NULL, NULL, NULL, NULL, 1) != 1 ||
        PQsetSingleRowMode(server->bare) != 1)
        return 0;
    while ((row = PQgetResult(server->bare)) != NULL) {
        for (int column = 0; PQntuples(row) == 1 && column < 5; column++)
            sum += sla__pg_get(PQgetvalue(row, 0, column), PQgetlength(row, 0, column));
        count += (size_t)PQntuples(row);
        PQclear(row);
    }
    return count == rows && sum != 0 ? (double)rows / (bench_seconds() - began) : 0;
}

/* ------------------------------------------------------------------- the poller */

static sla_time now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * SLA_SECOND + now.tv_nsec / 1000;
}

static bool fill_due(bench_server *server, size_t rows, size_t per_second, sla_time begin)
{
    char sql[256];

    snprintf(sql, sizeof sql,
             "TRUNCATE due; INSERT INTO due SELECT i, timestamptz 'epoch' + (%" PRId64
             " + i * 1000000 / %zu) * interval '1 microsecond', 0 "
             "FROM generate_series(0::bigint, %zu) AS i",
             begin, per_second, rows - 1);
    return bench_say(server, sql) && bench_say(server, "ANALYZE due");
}

/* Claims until nothing is due; how many it got, -1 on failure. */
static int claim(bench_server *server, int64_t *late_ns, size_t room)
{
    PGresult *const rows = PQexecPrepared(server->bare, "bare", 0, NULL, NULL, NULL, 1);
    const int count = PQntuples(rows);

    if (PQresultStatus(rows) != PGRES_TUPLES_OK || (size_t)count > room) {
        fprintf(stderr, "sla-bench: %s", PQresultErrorMessage(rows));
        PQclear(rows);
        return -1;
    }
    for (int i = 0; i < count; i++)
        late_ns[i] = (now_us() - sla__pg_get_time(PQgetvalue(rows, i, 0))) * 1000;
    PQclear(rows);
    return count;
}

bool bench_bare_poller(bench_server *server, size_t per_second, size_t seconds, int64_t *late_ns)
{
    const size_t all = per_second * seconds;
    const sla_time begin = now_us() + SLA_SECOND / 2;
    size_t done = 0;

    if (!fill_due(server, all, per_second, begin) ||
        !prepare(server, "UPDATE due SET state = 1 WHERE id IN (SELECT id FROM due "
                         "WHERE state = 0 AND due_at <= clock_timestamp() ORDER BY due_at "
                         "FOR UPDATE SKIP LOCKED LIMIT 1000) RETURNING due_at"))
        return false;
    while (done < all) {
        int count = CLAIM;

        while (count == CLAIM && done < all) {
            count = claim(server, late_ns + done, all - done);
            if (count < 0)
                return false;
            done += (size_t)count;
        }
        usleep(POLL_MS * 1000);
    }
    return true;
}
