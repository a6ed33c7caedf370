/* test_sqlite.c - Goal: the store on SQLite keeps its word.  Method: the suite that every
 * store has to pass, on files of their own. */
#include "support/check.h"

#include <unistd.h>

#include <sla/sqlite.h>

#include "sqlite_maker.h"

STORE_CONFORMANCE(sqlite_maker)

/* Every call reads them in the same way. */
static void cannot_be(const char *why, const sla_sqlite_options *options)
{
    sla_store *store;
    sla_error error;

    CHECK_EQ(why, SLA_ERR_ARGUMENT, sla_store_sqlite_new(options, &store, &error));
    CHECK_STR("in words", why, error.text);
    CHECK_TRUE("no store", store == NULL);
    CHECK_EQ(why, SLA_ERR_ARGUMENT, sla_store_sqlite_init(options, &error));
    CHECK_EQ(why, SLA_ERR_ARGUMENT, sla_store_sqlite_migrate(options, &error));
    CHECK_EQ(why, SLA_ERR_ARGUMENT, sla_store_sqlite_check(options, NULL, NULL, &error));
    CHECK_STR("in words", why, error.text);
}

TEST(options_that_are_none_are_an_argument)
{
    struct {
        sla_sqlite_options options;
        uint64_t more;
    } given = {SLA_SQLITE_OPTIONS_INIT, 1};
    sla_error error;

    cannot_be("options is NULL", NULL);
    cannot_be("path is NULL", &given.options);
    given.options.path = "never.db";
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_store_sqlite_new(&given.options, NULL, &error));
    CHECK_STR("which", "store_out is NULL", error.text);
    given.options.size = sizeof given;
    cannot_be("a member is set that this release does not have (size is larger than its)",
              &given.options);
    given.options.size = 0;
    cannot_be("size is not that of the struct; begin with its _INIT macro", &given.options);
    CHECK_TRUE("nothing was made", access("never.db", F_OK) != 0);
}
