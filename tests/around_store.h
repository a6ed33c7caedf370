/*
 * around_store.h - a store around a store: calls go to the inner one, what it says comes
 * back.  Who makes one puts what it does otherwise into `ops` and `ear`, and calls
 * `inner` and `sink` itself from there.
 */
#ifndef SLA_TESTS_AROUND_STORE_H
#define SLA_TESTS_AROUND_STORE_H

#include <sla/store.h>

/* The beginning of such a store. */
typedef struct around_store {
    sla_store base;
    sla_store_ops ops;   /* of base: changed before the first call */
    sla_store_sink ear;  /* what the inner store talks to: changed before the first open */
    sla_store *inner;    /* closed with this one */
    sla_store_sink sink; /* whoever opened it last */
} around_store;

/* `own` is the beginning of a block from malloc, or of static memory where ops.close is
 * replaced; it wants views as the inner store does. */
void around_store_init(around_store *own, sla_store *inner);

/* What the calls that are not replaced do, for those that replace them. */
int around_store_open(sla_store *store, const sla_store_sink *sink, uint64_t ask);
void around_store_close(sla_store *store);

#endif
