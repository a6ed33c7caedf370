/* test_pg_faulty.c - Goal: a store in PostgreSQL that answers late, fails, or does what
 * it was asked and then says that it failed, keeps its word.  Method: the suite that
 * every store has to pass, through the wrapper. */
#include "pg_maker.h"
#include "store_makers.h"

/* SLA_ERR_NOMEM from a call is not among what the suite repeats. */
static pg_maker plain;
static const store_maker inner = {"postgresql",   &plain,          pg_maker_fresh,
                                  pg_maker_again, pg_maker_forget, false};
static faulty_maker failing = {&inner, {.late = 100, .fail = 50, .lose = 50, .late_most = 500}};
static const store_maker maker = {
    "faulty", &failing, faulty_maker_fresh, faulty_maker_again, faulty_maker_forget, false};

STORE_CONFORMANCE(maker)
