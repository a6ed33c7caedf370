/* test_pg.c - Goal: the store in PostgreSQL keeps its word.  Method: the suite that
 * every store has to pass, on a server of the tests' own. */
#include "pg_maker.h"

static pg_maker plain;
static const store_maker maker = {"postgresql",   &plain,          pg_maker_fresh,
                                  pg_maker_again, pg_maker_forget, false};

STORE_CONFORMANCE(maker)
