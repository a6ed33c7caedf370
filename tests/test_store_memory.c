/* test_store_memory.c - Goal: the memory store keeps its word.  Method: the suite
 * that every store has to pass; then every allocation of it fails once, and the
 * content is as it was. */
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "store_drive.h"
#include "store_makers.h"
#include "store_sample.h"

STORE_CONFORMANCE(memory_maker)

static const sla_string tenant = {"tenant", 6}, ticket = {"T-1", 3};

static void fill(store_sample *sample)
{
    store_sample_init(sample, check_seed(), 7, 1);
    store_sample_world(sample, 1);
    store_sample_fact(sample, "tenant", "T-1", 1);
    store_sample_fact(sample, "tenant", "T-1", 2);
    store_sample_ticket(sample, "tenant", "T-1", 2)->live = 1;
    store_sample_event(sample, "tenant", "T-1", 1)->imported = false;
    store_sample_mark(sample, "console", 1, 0);
}

/* Everything that can be asked about one ticket. */
static void dump(store_drive *drive, store_text *text)
{
    store_text_init(text);
    CHECK_OK(store_drive_open(drive));
    store_text_add(text, "%s%llu\n", drive->told.text, (unsigned long long)drive->done.events);
    CHECK_OK(store_drive_history(drive, tenant, ticket));
    store_text_add(text, "%s", drive->told.text);
    CHECK_OK(store_drive_outbox(drive, 0, 1000));
    store_text_add(text, "%s", drive->told.text);
}

static void fill_second(store_sample *sample)
{
    store_sample_init(sample, check_seed() + 1, 7, 2);
    store_sample_world(sample, 2);
    store_sample_fact(sample, "tenant", "T-1", 3);
    store_sample_fact(sample, "tenant", "T-2", 1);
    store_sample_ticket(sample, "tenant", "T-1", 3);
    store_sample_ticket(sample, "tenant", "T-2", 1);
    store_sample_event(sample, "tenant", "T-1", 2);
    store_sample_event(sample, "tenant", "T-3", 3);
    store_sample_mark(sample, "console", 3, 1);
    store_sample_mark(sample, "second", 2, 0);
}

/* One write with its n-th allocation failing; says whether there was one. */
static bool write_starved(size_t n, bool onwards)
{
    fakealloc fake;
    store_drive drive;
    store_sample first, second;
    store_text before, after, wanted;
    sla_store *store;
    bool failed;
    int result;

    fakealloc_init(&fake);
    CHECK_OK(sla_store_memory_new(&fake.allocator, &store));
    store_drive_init(&drive, store);
    CHECK_OK(store_drive_open(&drive));
    fill(&first);
    fill_second(&second);
    CHECK_OK(store_drive_commit(&drive, &first.unit));
    dump(&drive, &before);
    fakealloc_fail_at(&fake, n, onwards);
    result = store_drive_commit(&drive, &second.unit);
    failed = fakealloc_disarm(&fake);
    dump(&drive, &after);
    if (result != SLA_OK) {
        CHECK_TRUE("memory is what was missing",
                   result == SLA_ERR_NOMEM || result == SLA_ERR_STORE);
        CHECK_STR("out of memory, nothing has changed", before.text, after.text);
        CHECK_OK(store_drive_commit(&drive, &second.unit));
        store_text_fini(&after);
        dump(&drive, &after);
    }
    CHECK_TRUE("the unit is on the record", strcmp(before.text, after.text) != 0);
    CHECK_OK(store_drive_commit(&drive, &second.unit));
    dump(&drive, &wanted);
    CHECK_STR("its key is known: it is not written twice", wanted.text, after.text);
    store_text_fini(&before);
    store_text_fini(&after);
    store_text_fini(&wanted);
    store_sample_fini(&first);
    store_sample_fini(&second);
    store_drive_fini(&drive);
    CHECK_NO_LEAK(&fake);
    return failed;
}

TEST(out_of_memory_nothing_is_half_written)
{
    size_t points = 0;

    for (int onwards = 0; onwards < 2; onwards++)
        for (size_t n = 0; write_starved(n, onwards != 0); n++)
            points++;
    CHECK_TRUE("many allocations have failed", points > 30);
}

TEST(a_store_that_cannot_be_made_leaves_nothing)
{
    for (size_t n = 0; n < 2; n++) {
        fakealloc fake;
        sla_store *store = NULL;

        fakealloc_init(&fake);
        fakealloc_fail_at(&fake, n, false);
        CHECK_RESULT(SLA_ERR_NOMEM, sla_store_memory_new(&fake.allocator, &store));
        CHECK_TRUE("no store", store == NULL);
        CHECK_NO_LEAK(&fake);
    }
}

/* A ticket comes with its events, and goes with them in the next unit. */
static void come_and_go(store_drive *drive, uint32_t i)
{
    store_sample sample;
    char name[16], last[16];

    snprintf(name, sizeof name, "T-%u", i);
    snprintf(last, sizeof last, "T-%u", i - 1);
    store_sample_init(&sample, i, 7, i);
    if (i > 1)
        store_sample_ticket(&sample, "tenant", last, 1)->gone = true;
    store_sample_fact(&sample, "tenant", name, 1);
    store_sample_ticket(&sample, "tenant", name, 1);
    store_sample_event(&sample, "tenant", name, 2 * (uint64_t)i - 1);
    store_sample_event(&sample, "tenant", name, 2 * (uint64_t)i)->imported = false;
    CHECK_OK(store_drive_commit(drive, &sample.unit));
    store_sample_fini(&sample);
}

TEST(tickets_that_go_leave_no_memory_behind)
{
    const uint32_t count = (uint32_t)check_count(20000, 1000000);
    fakealloc fake;
    store_drive drive;
    sla_store *store;
    size_t early = 0;

    fakealloc_init(&fake);
    CHECK_OK(sla_store_memory_new(&fake.allocator, &store));
    store_drive_init(&drive, store);
    CHECK_OK(store_drive_open(&drive));
    for (uint32_t i = 1; i <= count; i++) {
        come_and_go(&drive, i);
        if (i == count / 4)
            early = fake.peak_bytes;
    }
    CHECK_TRUE("memory is flat", fake.peak_bytes <= early + early / 2);
    CHECK_OK(store_drive_open(&drive));
    CHECK_EQ("numbers went on", 2 * (uint64_t)count, drive.done.events);
    CHECK_OK(store_drive_outbox(&drive, 2 * (uint64_t)count - 1, 10));
    CHECK_EQ("the last is there under its number", 1, drive.items);
    store_drive_fini(&drive);
    CHECK_NO_LEAK(&fake);
}
