/* sqlite_maker.c - see sqlite_maker.h. */
#include "sqlite_maker.h"

#include <string.h>

#include "sqlite_file.h"

static sqlite_file file;

static sla_store *again(void *context)
{
    return sqlite_file_open(context);
}

static sla_store *fresh(void *context)
{
    sqlite_file_init(context);
    return again(context);
}

/* The parts of a sample need not fit together: a row says what it likes of its facts, and facts
 * and events have no row, marks no event. */
static void not_of_a_sample(void *context, const char *text)
{
    static const char *const expected[] = {"says that it has", " is not there, and ",
                                           "the last number that was given is"};

    (void)context;
    for (size_t i = 0; i < COUNT_OF(expected); i++)
        if (strstr(text, expected[i]) != NULL)
            return;
    CHECK_FAIL("%s", text);
}

static void forget(void *context)
{
    sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;
    int result;

    options.path = file.path;
    result = sla_store_sqlite_check(&options, not_of_a_sample, NULL, NULL);
    CHECK_TRUE("it was read", result == SLA_OK || result == SLA_ERR_STORE);
    sqlite_file_remove(context);
}

const store_maker sqlite_maker = {"sqlite", &file, fresh, again, forget, true};
