/* test_pg_faulty.c - Goal: a store in PostgreSQL that answers late, fails, or does what
 * it was asked and then says that it failed, keeps its word.  Method: the suite that
 * every store has to pass, through the wrapper. */
#include "faulty_store.h"
#include "pg_maker.h"

static pg_maker inner;
static uint64_t made;

/* SLA_ERR_NOMEM from a call is not among what the suite repeats. */
static sla_store *wrap(sla_store *store)
{
    const faulty_options options = {
        .seed = check_seed() + ++made, .late = 100, .fail = 50, .lose = 50, .late_most = 500};

    return faulty_store_new(store, &options);
}

static sla_store *fresh(void *context)
{
    return wrap(pg_maker_fresh(context));
}

static sla_store *again(void *context)
{
    return wrap(pg_maker_again(context));
}

static const store_maker maker = {"faulty", &inner, fresh, again, pg_maker_forget, false};

STORE_CONFORMANCE(maker)
