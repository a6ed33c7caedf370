/*
 * connection.c - see connection.h.
 *
 * Each try is a connection object of its own: what libpq found out about one that
 * failed (addresses, the host that refused) is not taken over to the next.
 */
#include "pg/connection.h"

#include <poll.h>
#include <string.h>
#include <time.h>

#include "pg/errors.h"
#include "pg/line.h"
#include "pg/setup.h"

enum { BACK_OFF_LEAST = 100000, BACK_OFF_MOST = 5000000, OLDEST_SERVER = 140000 };

sla_time sla__pg_steady(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return now.tv_sec * SLA_SECOND + now.tv_nsec / 1000;
}

/* ------------------------------------------------------------------ beginning */

/* What the server says unasked would go to the host's stderr. */
static void be_quiet(void *context, const PGresult *result)
{
    (void)context, (void)result;
}

void sla__pg_hush(PGconn *connection)
{
    PQsetNoticeReceiver(connection, be_quiet, NULL);
}

/* A server that turns somebody away before there is a session: libpq keeps no result of that,
 * only its text.  VERBOSE puts the SQLSTATE into it. */
static PGconn *be_exact(PGconn *connection)
{
    if (connection != NULL)
        PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);
    return connection;
}

PGconn *sla__pg_connect_start(const char *conninfo)
{
    /* What stands before the connection string is overruled by it, what stands behind
     * it is ours.  A host that is gone is noticed before the next one has to be tried. */
    static const char *const keywords[] = {
        "fallback_application_name", "keepalives_idle", "keepalives_interval", "keepalives_count",
        "tcp_user_timeout",          "dbname",          "client_encoding",     NULL};
    const char *const values[] = {"sla", "5", "2", "3", "4500", conninfo, "UTF8", NULL};

    return be_exact(PQconnectStartParams(keywords, values, 1));
}

static uint64_t draw(sla__pg *own)
{
    own->random ^= own->random << 13;
    own->random ^= own->random >> 7;
    own->random ^= own->random << 17;
    return own->random;
}

/* Between half of the back-off and all of it, so that many do not come at once. */
static void rest(sla__pg *own)
{
    const sla_duration half = own->back_off / 2;

    own->retry_at = own->steady + half + (sla_duration)(draw(own) % (uint64_t)(half + 1));
    own->back_off = own->back_off * 2 < BACK_OFF_MOST ? own->back_off * 2 : BACK_OFF_MOST;
}

void sla__pg_disconnect(sla__pg *own)
{
    PQfinish(own->connection);
    own->connection = NULL;
    own->state = SLA__PG_DOWN;
    own->wants_flush = own->broken = own->rewinds = own->armed = false;
    own->left_known = false;
}

void sla__pg_drop(sla__pg *own, bool all, int result, const sla_error *error)
{
    sla__pg_disconnect(own);
    rest(own);
    sla__pg_line_fail(own, all, result, error);
}

/* libpq tries one host after the other, each has its time. */
static int count_hosts(PGconn *connection)
{
    PQconninfoOption *const options = PQconninfo(connection);
    int most = 1;

    for (const PQconninfoOption *each = options; each != NULL && each->keyword != NULL; each++) {
        int count = 1;

        if (each->val == NULL || strncmp(each->keyword, "host", 4) != 0)
            continue;
        for (const char *next = each->val; (next = strchr(next, ',')) != NULL; next++)
            count++;
        most = count > most ? count : most;
    }
    PQconninfoFree(options);
    return most;
}

/* Who was let in once is let in again some day; one of several servers may be the wrong one. */
static bool is_in_vain(const sla__pg *own)
{
    return !own->was_let_in && sla__pg_login_is_refused(own->connection) &&
           count_hosts(own->connection) == 1;
}

static void cannot_connect(sla__pg *own, bool late)
{
    sla_error error;

    memset(&error, 0, sizeof error);
    sla__pg_connection_error(own->connection, late, &error);
    if (is_in_vain(own))
        error.code = SLA_ERR_REFUSED;
    sla__pg_drop(own, true, error.code, &error);
}

static void begin(sla__pg *own)
{
    own->connection = sla__pg_connect_start(own->conninfo);
    if (own->connection == NULL || PQstatus(own->connection) == CONNECTION_BAD) {
        cannot_connect(own, false);
        return;
    }
    sla__pg_hush(own->connection);
    own->state = SLA__PG_CONNECTING;
    own->polling = PGRES_POLLING_WRITING;
    own->heard_at = own->steady;
    own->connect_until = own->steady + own->connect_limit * count_hosts(own->connection);
}

/* ------------------------------------------------------------------ following */

bool sla__pg_is_ready(const sla__pg *own, short events)
{
    struct pollfd polled = {PQsocket(own->connection), events, 0};

    return polled.fd >= 0 && poll(&polled, 1, 0) > 0;
}

static void usable(sla__pg *own)
{
    sla_error error;

    if (PQserverVersion(own->connection) < OLDEST_SERVER) {
        memset(&error, 0, sizeof error);
        sla__pg_error(&error, SLA_ERR_REFUSED, "the server is older than PostgreSQL 14");
        sla__pg_drop(own, true, SLA_ERR_REFUSED, &error);
        return;
    }
    if (PQsetnonblocking(own->connection, 1) != 0 || PQenterPipelineMode(own->connection) != 1) {
        cannot_connect(own, false);
        return;
    }
    own->state = SLA__PG_READY;
    own->was_let_in = true;
    own->heard_at = own->steady;
    sla__pg_setup_begin(own);
}

static void follow(sla__pg *own)
{
    const short events = own->polling == PGRES_POLLING_WRITING ? POLLOUT : POLLIN;

    if (!sla__pg_is_ready(own, events)) {
        if (own->steady >= own->connect_until)
            cannot_connect(own, true);
        return;
    }
    own->polling = PQconnectPoll(own->connection);
    if (own->polling == PGRES_POLLING_OK)
        usable(own);
    else if (own->polling == PGRES_POLLING_FAILED)
        cannot_connect(own, false);
}

void sla__pg_connect(sla__pg *own)
{
    if (own->state == SLA__PG_DOWN && sla__pg_line_wants(own) && own->retry_at <= own->steady)
        begin(own);
    else if (own->state == SLA__PG_CONNECTING)
        follow(own);
}

void sla__pg_connected(sla__pg *own)
{
    own->back_off = BACK_OFF_LEAST;
}
