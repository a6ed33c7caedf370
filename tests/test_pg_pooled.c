/* test_pg_pooled.c - Goal: without prepared statements and settings of the session the
 * store keeps its word as well.  Method: the suite once more. */
#include "pg_maker.h"

static pg_maker pooled = {.pooled = true};
static const store_maker maker = {"pooled",       &pooled,         pg_maker_fresh,
                                  pg_maker_again, pg_maker_forget, false};

STORE_CONFORMANCE(maker)
