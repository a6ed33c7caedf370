/* store_makers.h - stores in memory, and stores that go wrong around any other, for the
 * suites that question every store. */
#ifndef SLA_TESTS_STORE_MAKERS_H
#define SLA_TESTS_STORE_MAKERS_H

#include "faulty_store.h"
#include "store_conformance.h"

/* Each content on an allocator of its own, to which everything comes back. */
extern const store_maker memory_maker;

/* The context of a maker of such stores; each store has another seed. */
typedef struct faulty_maker {
    const store_maker *inner;
    faulty_options rates;
} faulty_maker;

sla_store *faulty_maker_fresh(void *context);
sla_store *faulty_maker_again(void *context);
void faulty_maker_forget(void *context);

#endif
