/* pg_maker.h - stores in PostgreSQL for the suites that question every store. */
#ifndef SLA_TESTS_PG_MAKER_H
#define SLA_TESTS_PG_MAKER_H

#include "store_conformance.h"

/* As a pooler would want it, or as usual. */
typedef struct pg_maker {
    bool pooled;
    char conninfo[256]; /* made by the first that is fresh */
} pg_maker;

sla_store *pg_maker_fresh(void *context);
sla_store *pg_maker_again(void *context);
void pg_maker_forget(void *context);

#endif
