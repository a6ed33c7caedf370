/* test_sqlite_oom.c - Goal: without memory a call is not taken, or is asked again, and
 * nothing else has changed.  Method: each allocation of the store's fails once, and then
 * all from it on; afterwards the content is that of the model. */
#include "support/check.h"

#include <sqlite3.h>

#include "sqlite_file.h"
#include "store_compare.h"
#include "store_sample.h"

static const sla_string tenant = {"tenant", 6}, ticket = {"T-1", 3};

static void fill(store_sample *sample, uint64_t number)
{
    store_sample_init(sample, check_seed() + number, 7, number);
    store_sample_world(sample, (uint32_t)number);
    store_sample_fact(sample, "tenant", "T-1", (uint32_t)number);
    store_sample_ticket(sample, "tenant", "T-1", (uint32_t)number)->live = 1;
    store_sample_event(sample, "tenant", "T-1", number)->imported = false;
    store_sample_mark(sample, "console", number, 0);
}

static sla_store *new_store(const sqlite_file *file, const fakealloc *fake, int *result_out)
{
    sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;
    sla_store *store = NULL;

    options.path = file->path;
    options.allocator = &fake->allocator;
    *result_out = sla_store_sqlite_new(&options, &store, NULL);
    return store;
}

static void expect_starved(const char *why, int result)
{
    CHECK_TRUE(why, result == SLA_OK || result == SLA_ERR_NOMEM || result == SLA_ERR_STORE);
}

/* Everything that is asked of a store, with what memory there is; whether the unit is known
 * to be written. */
static bool ask_all(store_drive *drive, const sla_unit *unit)
{
    const int written = store_drive_commit(drive, unit);

    expect_starved("a unit", written);
    expect_starved("everything", store_drive_open(drive));
    expect_starved("a ticket", store_drive_ticket(drive, tenant, ticket));
    expect_starved("its facts", store_drive_history(drive, tenant, ticket));
    expect_starved("events", store_drive_outbox(drive, 0, 10));
    expect_starved("an audit", store_drive_audit(drive, 0));
    return written == SLA_OK;
}

/* Says whether there was an n-th allocation. */
static bool starve(size_t n, bool onwards)
{
    fakealloc fake;
    sqlite_file file;
    store_drive drive;
    store_model model;
    store_sample first, second;
    sla_store *store;
    bool failed, written;
    int result;

    sqlite_file_init(&file);
    fakealloc_init(&fake);
    store_model_init(&model);
    fill(&first, 1);
    fill(&second, 2);
    store = new_store(&file, &fake, &result);
    CHECK_OK(result);
    store_drive_init(&drive, store);
    CHECK_OK(store_drive_open(&drive));
    CHECK_OK(store_drive_commit(&drive, &first.unit));
    CHECK_OK(store_model_commit(&model, &first.unit));
    CHECK_OK(store_model_commit(&model, &second.unit));
    fakealloc_fail_at(&fake, n, onwards);
    written = ask_all(&drive, &second.unit);
    failed = fakealloc_disarm(&fake);
    if (!written)
        CHECK_OK(store_drive_commit(&drive, &second.unit));
    store_compare(&drive, &model, "written once, and all is there");
    store_drive_fini(&drive);
    CHECK_NO_LEAK(&fake);
    store_sample_fini(&first);
    store_sample_fini(&second);
    store_model_fini(&model);
    sqlite_file_fini(&file);
    return failed;
}

TEST(every_allocation_fails_once)
{
    size_t n = 0;

    while (starve(n, false))
        n++;
    CHECK_TRUE("there were some", n > 10);
}

TEST(every_allocation_fails_from_one_on)
{
    size_t n = 0;

    while (starve(n, true))
        n++;
}

TEST(a_store_is_made_or_not)
{
    bool failed = true;

    for (size_t n = 0; failed; n++) {
        fakealloc fake;
        sqlite_file file;
        sla_store *store;
        int result;

        sqlite_file_init(&file);
        fakealloc_init(&fake);
        fakealloc_fail_at(&fake, n, true);
        store = new_store(&file, &fake, &result);
        failed = fakealloc_disarm(&fake);
        CHECK_EQ("made, or not", failed ? SLA_ERR_NOMEM : SLA_OK, result);
        CHECK_TRUE("and nothing in between", (store != NULL) == (result == SLA_OK));
        if (store != NULL)
            store->ops->close(store);
        CHECK_NO_LEAK(&fake);
        sqlite_file_remove(&file);
    }
}
