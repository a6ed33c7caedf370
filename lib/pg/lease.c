/*
 * lease.c - see lease.h.
 *
 * Time is the server's, in the server.  The epochs are what fences: a lease that has
 * run out and that nobody took is still ours.
 */
#include "pg/lease.h"

#include <sla/time.h>

#include "pg/errors.h"
#include "pg/line.h"

enum { RENEWALS = 3 /* in the time of a lease */ };

static void add_owner_and_lease(sla__pg *own, sla__pg_parameters *parameters)
{
    sla__pg_add_bytes(parameters, own->owner, sizeof own->owner);
    sla__pg_add_int8(parameters, own->lease);
}

void sla__pg_lease_add(sla__pg *own, sla__pg_ask *ask, uint64_t shards)
{
    sla__pg_parameters *const parameters = &ask->parameters;

    sla__pg_begin_array(parameters, SLA__PG_INT2);
    for (int16_t i = 0; i < SLA__PG_SHARDS; i++)
        if ((shards >> i & 1) != 0)
            sla__pg_put_int2(parameters, i);
    sla__pg_end(parameters);
    ask->shards = shards;
    ask->epochs_at = parameters->count;
    sla__pg_begin_array(parameters, SLA__PG_INT8);
    for (int i = 0; i < SLA__PG_SHARDS; i++)
        if ((shards >> i & 1) != 0)
            sla__pg_put_int8(parameters, own->epochs[i]);
    sla__pg_end(parameters);
}

void sla__pg_lease_refresh(const sla__pg *own, sla__pg_ask *ask)
{
    size_t element = 0;

    for (int i = 0; i < SLA__PG_SHARDS; i++)
        if ((ask->shards >> i & 1) != 0)
            sla__pg_set_int8(&ask->parameters, ask->epochs_at, element++, own->epochs[i]);
}

void sla__pg_lease_take(sla__pg *own, sla__pg_ask *ask)
{
    sla__pg_step_add(ask, SLA__PG_TAKE);
    add_owner_and_lease(own, &ask->parameters);
    sla__pg_add_bool(&ask->parameters, own->at_once);
    sla__pg_step_end(ask);
}

void sla__pg_lease_renew(sla__pg *own, sla__pg_ask *ask)
{
    sla__pg_step_add(ask, SLA__PG_ASK_RENEW);
    add_owner_and_lease(own, &ask->parameters);
    sla__pg_lease_add(own, ask, UINT64_MAX);
    sla__pg_step_end(ask);
}

void sla__pg_lease_release(sla__pg *own, sla__pg_ask *ask)
{
    sla__pg_step_add(ask, SLA__PG_ASK_RELEASE);
    sla__pg_add_bytes(&ask->parameters, own->owner, sizeof own->owner);
    sla__pg_lease_add(own, ask, UINT64_MAX);
    sla__pg_step_end(ask);
}

/* ------------------------------------------------------------------- what came */

static void renew_later(sla__pg *own)
{
    own->renew_at = own->steady + own->lease / RENEWALS;
}

/* What is left of a service that was killed looks like one that lives, until then. */
static void held_by_another(sla__pg_ask *ask, const PGresult *rows)
{
    char until[SLA_TIME_TEXT_MAX] = "";

    if (PQntuples(rows) == 1 && PQgetisnull(rows, 0, 1) == 0)
        sla_time_format(sla__pg_get(PQgetvalue(rows, 0, 1), PQgetlength(rows, 0, 1)), until,
                        sizeof until);
    ask->result = sla__pg_error(&ask->error, SLA_ERR_BUSY,
                                "another service holds the lease of this database%s%s%s",
                                until[0] != '\0' ? ", until " : "", until,
                                until[0] != '\0' ? " unless it lives and renews it" : "");
}

void sla__pg_lease_taken(sla__pg *own, sla__pg_ask *ask, const PGresult *rows)
{
    if (PQntuples(rows) != SLA__PG_SHARDS) {
        held_by_another(ask, rows);
        return;
    }
    for (int i = 0; i < PQntuples(rows); i++) {
        const int64_t id = sla__pg_get(PQgetvalue(rows, i, 0), PQgetlength(rows, i, 0));

        if (id >= 0 && id < SLA__PG_SHARDS)
            own->epochs[id] = sla__pg_get(PQgetvalue(rows, i, 1), PQgetlength(rows, i, 1));
    }
    own->held = true;
    own->given_back = false;
    renew_later(own);
}

static void taken_over(sla__pg_ask *ask)
{
    ask->result = sla__pg_error(&ask->error, SLA_ERR_FENCED,
                                "the lease of this database was taken by another");
}

void sla__pg_lease_renewed(sla__pg *own, sla__pg_ask *ask, const PGresult *rows)
{
    const int64_t count = sla__pg_get(PQgetvalue(rows, 0, 0), PQgetlength(rows, 0, 0));

    renew_later(own);
    if (count == SLA__PG_SHARDS)
        return;
    if (ask->kind == SLA__PG_OPEN)
        ask->result = sla__pg_error(&ask->error, SLA_ERR_BUSY,
                                    "another service has taken over while this one was loading");
    else if (own->held)
        taken_over(ask);
    own->held = false;
}

/* What was released before, when the answer was lost, was ours as well. */
void sla__pg_lease_released(sla__pg *own, sla__pg_ask *ask, const PGresult *rows)
{
    const int64_t count = sla__pg_get(PQgetvalue(rows, 0, 0), PQgetlength(rows, 0, 0));

    if (own->held && count != SLA__PG_SHARDS)
        taken_over(ask);
    own->held = false;
}

void sla__pg_lease_keep(sla__pg *own)
{
    sla__pg_ask *ask;

    if (!own->held || own->renewing || own->at_once || own->state != SLA__PG_READY ||
        own->steady < own->renew_at)
        return;
    renew_later(own); /* without memory: then */
    ask = sla__pg_ask_new(own, SLA__PG_RENEW, 0);
    if (ask == NULL)
        return;
    sla__pg_lease_renew(own, ask);
    if (ask->parameters.failed) {
        sla__pg_ask_free(own, ask);
        return;
    }
    own->renewing = true;
    sla__pg_line_put_next(own, ask);
}
