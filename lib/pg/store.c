/*
 * store.c - the store: calls become statements at once and take their place in the
 * line; run goes on with the connection, receives, answers and sends.
 */
#include <sla/pg.h>

#include <assert.h>
#include <string.h>
#include <sys/random.h>

#include "pg/answer.h"
#include "pg/connection.h"
#include "pg/lease.h"
#include "pg/line.h"
#include "pg/errors.h"
#include "pg/options.h"
#include "pg/pg.h"
#include "pg/pipeline.h"
#include "pg/unit.h"

enum { CONNECT_LIMIT = 5, ANSWER_LIMIT = 10, BACK_OFF = 100000 };

static sla__pg *store_of(sla_store *store)
{
    return (sla__pg *)(void *)store;
}

/* ------------------------------------------------------------------ the calls */

/* A call with its statements takes its place. */
static int put(sla__pg *own, sla__pg_ask *ask)
{
    sla__pg_step_end(ask);
    if (ask->parameters.failed) {
        sla__pg_ask_free(own, ask);
        return SLA_ERR_NOMEM;
    }
    sla__pg_line_put(own, ask);
    return SLA_OK;
}

static int begin(sla_store *store, sla__pg_kind kind, uint64_t number, sla__pg_ask **ask_out)
{
    sla__pg *const own = store_of(store);

    if (!own->is_open)
        return SLA_ERR_STATE;
    *ask_out = sla__pg_ask_new(own, kind, number);
    return *ask_out != NULL ? SLA_OK : SLA_ERR_NOMEM;
}

static int call_open(sla_store *store, const sla_store_sink *sink, uint64_t number)
{
    sla__pg *const own = store_of(store);
    sla__pg_ask *const ask = sla__pg_ask_new(own, SLA__PG_OPEN, number);

    if (ask == NULL)
        return SLA_ERR_NOMEM;
    ask->sink = *sink;
    sla__pg_lease_take(own, ask);
    own->is_open |= !ask->parameters.failed;
    return put(own, ask);
}

static int call_about(sla_store *store, sla__pg_kind kind, sla__pg_statement statement,
                      sla_string tenant, sla_string ticket, uint64_t number)
{
    sla__pg_ask *ask;
    const int result = begin(store, kind, number, &ask);

    if (result != SLA_OK)
        return result;
    sla__pg_step_add(ask, statement);
    sla__pg_add_string(&ask->parameters, tenant);
    sla__pg_add_string(&ask->parameters, ticket);
    return put(store_of(store), ask);
}

static int call_ticket(sla_store *store, sla_string tenant, sla_string ticket, uint64_t number)
{
    return call_about(store, SLA__PG_TICKET, SLA__PG_ASK_TICKET, tenant, ticket, number);
}

static int call_history(sla_store *store, sla_string tenant, sla_string ticket, uint64_t number)
{
    return call_about(store, SLA__PG_HISTORY, SLA__PG_ASK_HISTORY, tenant, ticket, number);
}

static int call_outbox(sla_store *store, uint64_t after, size_t limit, uint64_t number)
{
    sla__pg *const own = store_of(store);
    sla__pg_ask *ask;
    const int result = begin(store, SLA__PG_OUTBOX, number, &ask);

    if (result != SLA_OK)
        return result;
    ask->after = after;
    sla__pg_step_add(ask, SLA__PG_ASK_LEFT);
    sla__pg_step_when(ask, SLA__PG_IF_COMPLETE);
    sla__pg_add_int8(&ask->parameters, (int64_t)after);
    sla__pg_step_add(ask, SLA__PG_ASK_OUTBOX);
    sla__pg_add_int8(&ask->parameters, (int64_t)after);
    sla__pg_add_int8(&ask->parameters, limit < INT64_MAX ? (int64_t)limit : INT64_MAX);
    return put(own, ask);
}

static int call_audit(sla_store *store, sla_time before, uint64_t number)
{
    sla__pg_ask *ask;
    const int result = begin(store, SLA__PG_AUDIT, number, &ask);

    if (result != SLA_OK)
        return result;
    sla__pg_step_add(ask, SLA__PG_ASK_AUDIT);
    sla__pg_add_time(&ask->parameters, before);
    return put(store_of(store), ask);
}

static int call_commit(sla_store *store, const sla_unit *unit, uint64_t number)
{
    sla__pg *const own = store_of(store);
    sla__pg_ask *ask;
    const int result = begin(store, SLA__PG_COMMIT, number, &ask);

    if (result != SLA_OK)
        return result;
    if (!sla__pg_unit_encode(own, ask, unit))
        ask->parameters.failed = true;
    return put(own, ask);
}

static int call_release(sla_store *store, uint64_t number)
{
    sla__pg *const own = store_of(store);
    sla__pg_ask *ask;
    const int result = begin(store, SLA__PG_RELEASE, number, &ask);

    if (result != SLA_OK)
        return result;
    sla__pg_lease_release(own, ask);
    return put(own, ask);
}

/* ------------------------------------------------------------ waiting, going on */

static size_t call_waits(const sla_store *store, sla_wait *waits, size_t capacity)
{
    const sla__pg *const own = (const sla__pg *)(const void *)store;
    const bool connecting = own->state == SLA__PG_CONNECTING;

    if (own->state == SLA__PG_DOWN || own->broken)
        return 0;
    if (capacity > 0) {
        waits[0].fd = PQsocket(own->connection);
        waits[0].read = !connecting || own->polling == PGRES_POLLING_READING;
        waits[0].write = connecting ? own->polling == PGRES_POLLING_WRITING : own->wants_flush;
    }
    return 1;
}

static sla_time earlier(sla_time one, sla_time other)
{
    return one < other ? one : other;
}

/* By the machine's boot time; SLA_TIME_MIN: at once. */
static sla_time steady_until(const sla__pg *own)
{
    sla_time until = SLA_NEVER;

    if (own->broken || sla__pg_may_send(own))
        return SLA_TIME_MIN;
    if (own->state == SLA__PG_CONNECTING)
        return own->connect_until;
    if (own->state == SLA__PG_DOWN)
        return sla__pg_line_wants(own) ? own->retry_at : SLA_NEVER;
    if (own->sent_count > 0)
        until = own->heard_at + own->answer_limit;
    if (own->held && !own->renewing && !own->at_once)
        until = earlier(until, own->renew_at);
    return until;
}

static sla_time call_until(const sla_store *store)
{
    const sla__pg *const own = (const sla__pg *)(const void *)store;
    const sla_time until = steady_until(own);

    return until == SLA_NEVER || until == SLA_TIME_MIN ? until : own->host + (until - own->steady);
}

static void call_run(sla_store *store, sla_time now)
{
    sla__pg *const own = store_of(store);

    assert(!own->is_running);
    own->is_running = true;
    own->host = now;
    own->steady = sla__pg_steady();
    own->boundary = own->last;
    sla__pg_connect(own);
    if (own->state == SLA__PG_READY)
        sla__pg_receive(own);
    sla__pg_lease_keep(own);
    if (own->state == SLA__PG_READY)
        sla__pg_send(own);
    own->is_running = false;
}

/* What was taken is given back as far as that goes without waiting: the server reads
 * what was sent before it sees that nobody is there. */
static void say_goodbye(sla__pg *own)
{
    sla__pg_ask *const ask = sla__pg_ask_new(own, SLA__PG_RELEASE, 0);

    if (ask != NULL) {
        sla__pg_lease_release(own, ask);
        sla__pg_farewell(own, ask);
    }
    sla__pg_ask_free(own, ask);
}

static void free_all(sla__pg *own)
{
    const sla_allocator allocator = own->allocator;

    sla__pg_arrays_fini(&own->arrays);
    sla__text_fini(&own->text);
    sla__content_room_fini(&own->room);
    for (int i = 0; i < SLA__PG_STATEMENTS; i++)
        sla__free(&allocator, own->sql[i]);
    sla__free(&allocator, own->conninfo);
    sla__free(&allocator, own);
}

static void call_close(sla_store *store)
{
    sla__pg *const own = store_of(store);

    assert(!own->is_running);
    if (own->held && own->state == SLA__PG_READY && !own->broken && !own->rewinds)
        say_goodbye(own);
    sla__pg_disconnect(own);
    while (own->first != NULL) {
        sla__pg_ask *const ask = own->first;

        own->first = ask->next;
        sla__pg_ask_free(own, ask);
    }
    free_all(own);
}

/* ----------------------------------------------------------------------- new */

static const sla_store_ops pg_ops = {
    .size = sizeof(sla_store_ops),
    .name = "postgresql",
    .views = true,
    .open = call_open,
    .ticket = call_ticket,
    .history = call_history,
    .outbox = call_outbox,
    .audit = call_audit,
    .commit = call_commit,
    .release = call_release,
    .waits = call_waits,
    .until = call_until,
    .run = call_run,
    .close = call_close,
};

static bool fill_in(sla__pg *own, const sla_pg_options *options)
{
    const char *const schema = options->schema != NULL ? options->schema : "sla";
    const size_t length = strlen(options->conninfo) + 1;

    own->conninfo = sla__new(&own->allocator, length, 1);
    if (own->conninfo == NULL)
        return false;
    memcpy(own->conninfo, options->conninfo, length);
    for (int i = 0; i < SLA__PG_STATEMENTS; i++) {
        own->sql[i] =
            sla__pg_fill_in(&own->allocator, sla__pg_texts[i].sql, sla__pg_texts[i].table, schema);
        if (own->sql[i] == NULL)
            return false;
    }
    return true;
}

/* Random bits name this store as an owner; they need not be secret.  None are made up: two that
 * were started alike would have the same, and each would take the other's leases for its own. */
static bool draw_owner(sla__pg *own)
{
    own->random = 1;
    if (getrandom(own->owner, sizeof own->owner, 0) != (ssize_t)sizeof own->owner)
        return false;
    own->random = own->owner[0] | 1;
    return true;
}

int sla_store_pg_new(const sla_pg_options *options, sla_store **store_out, sla_error *error)
{
    sla_pg_options given;
    sla_allocator allocator;
    sla__pg *own;
    int result = sla__pg_options_read(options, &given, error);

    if (store_out == NULL)
        return sla__pg_error(error, SLA_ERR_ARGUMENT, "store_out is NULL");
    *store_out = NULL;
    if (result != SLA_OK)
        return result;
    allocator = sla__allocator_or_default(given.allocator);
    own = sla__new(&allocator, 1, sizeof *own);
    if (own == NULL)
        return SLA_ERR_NOMEM;
    own->store.ops = &pg_ops;
    own->allocator = allocator;
    own->lease = given.lease;
    own->at_once = given.lease == 0;
    own->connect_limit = given.connect_limit > 0 ? given.connect_limit : CONNECT_LIMIT * SLA_SECOND;
    own->answer_limit = given.answer_limit > 0 ? given.answer_limit : ANSWER_LIMIT * SLA_SECOND;
    own->pooled = given.pooled;
    own->back_off = BACK_OFF;
    own->steady = sla__pg_steady();
    sla__pg_arrays_init(&own->arrays, &own->allocator);
    sla__text_init(&own->text, &own->allocator);
    sla__content_room_init(&own->room, &own->allocator);
    for (int i = 0; i < SLA__PG_SHARDS; i++)
        own->epochs[i] = -1;
    if (!draw_owner(own))
        result = sla__pg_error(error, SLA_ERR_STORE, "the kernel gives no random bits");
    else if (!fill_in(own, &given))
        result = SLA_ERR_NOMEM;
    if (result != SLA_OK) {
        free_all(own);
        return result;
    }
    *store_out = &own->store;
    return SLA_OK;
}
