/* store_writers.c - see store_writers.h. */
#include "store_writers.h"

#include "store_sample.h"
#include "support/check.h"

/* Decisions by days; SLA_NEVER for none. */
static const struct row {
    const char *why;
    uint64_t service, number;
    sla_time day;
    sla_duration more; /* than the days */
    bool tells;
    int result;
    int64_t writers;
} rows[] = {
    {"the first start, which tells two events", 1, 1, 0, 0, true, SLA_OK, 1},
    {"", 1, 2, 0, 0, true, SLA_OK, 1},
    {"one that decides nothing has no age", 2, 1, -1, 0, false, SLA_OK, 2},
    {"a start a day later", 3, 1, 1, 0, false, SLA_OK, 3},
    {"a start 30 days after the first", 4, 1, 30, 0, false, SLA_OK, 4},
    {"only a start takes any away", 4, 2, 30, 1, false, SLA_OK, 4},
    {"the first is older by a microsecond", 5, 1, 30, 1, false, SLA_OK, 4},
    {"what it wrote is not known any more", 1, 3, 30, 1, false, SLA_ERR_STORE, 4},
    {"others are", 3, 1, 1, 0, false, SLA_OK, 4},
    {"the number of its event is", 5, 2, 30, 2, true, SLA_OK, 4},
    {"a clock that went back: whoever starts stays, however old", 6, 1, -400, 0, false, SLA_OK, 5},
    {"and goes on", 6, 2, -400, 1, true, SLA_OK, 5},
    {"until the next start", 7, 1, 30, 3, false, SLA_OK, 5},
    {"a year later all go but the new one and the one without age", 8, 1, 400, 0, true, SLA_OK, 2},
    {"the same unit again is written once", 8, 1, 400, 0, false, SLA_OK, 2},
};

static int commit(store_drive *drive, const struct row *row, uint64_t event)
{
    store_sample sample;
    int result;

    store_sample_init(&sample, check_seed() + event, row->service, row->number);
    sample.unit.decided_at = row->day == -1 ? SLA_NEVER : row->day * SLA_DAY + row->more;
    store_sample_ticket(&sample, "tenant", "T-1", 0);
    if (row->tells)
        store_sample_event(&sample, "tenant", "T-1", event);
    result = store_drive_commit(drive, &sample.unit);
    store_sample_fini(&sample);
    return result;
}

void store_writers_come_and_go(store_drive *drive, int64_t (*count)(void *context), void *context)
{
    uint64_t events = 0;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        events += rows[i].tells;
        CHECK_EQ(rows[i].why, rows[i].result, commit(drive, &rows[i], events));
        CHECK_EQ(rows[i].why, rows[i].writers, count(context));
    }
    CHECK_OK(store_drive_open(drive));
    CHECK_EQ("the highest number of an event", events, drive->done.events);
    CHECK_EQ("the latest decision", 400 * SLA_DAY, drive->done.decided_at);
}
