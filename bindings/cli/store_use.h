/*
 * store_use.h - a store used by a command itself, without a service: asked what it
 * holds, given units, and waited for.
 */
#ifndef SLA_CLI_STORE_USE_H
#define SLA_CLI_STORE_USE_H

#include <stdint.h>

#include <sla/store.h>

typedef struct store_use {
    sla_store *store;
    sla_store_sink sink;
    uint64_t asked, answered;
    int result; /* of what was answered last */
    int failed; /* the first result that was no success */
    sla_error error;
    uint64_t worlds, tickets; /* that were handed over */
} store_use;

/* Opens it, which is ours from now on; what sla_store_ops.open is answered. */
int store_use_open(store_use *u, sla_store *store);

/* SLA_OK when this ticket is on its record, SLA_ERR_NOT_FOUND. */
int store_use_find(store_use *u, sla_string tenant, sla_string ticket);

/* Hand over a unit; waits while many are on their way.  SLA_OK, or what went wrong with
 * this one or one before it. */
int store_use_commit(store_use *u, const sla_unit *unit);

/* Wait for all answers, give it back and close it; what went wrong first, or SLA_OK. */
int store_use_close(store_use *u);

#endif
