/* store_damage.c - see store_damage.h. */
#include "store_damage.h"

#include <stdio.h>

#include "store_sample.h"
#include "support/check.h"

const store_damage store_damages[] = {
    {"DELETE FROM fact WHERE ticket = 'T-2'",
     "ticket T-2 of tenant 'tenant' says that it has 1 facts, 0 are there"},
    {"UPDATE fact SET seq = 3 WHERE ticket = 'T-1'",
     "facts of ticket T-1 of tenant 'tenant': 1 are there, the last has number 3"},
    {"UPDATE ticket SET facts = 7 WHERE ticket = 'T-3'", "says that it has 7 facts, 1 are there"},
    {"DELETE FROM ticket WHERE ticket = 'T-2'",
     "ticket T-2 of tenant 'tenant' is not there, and 1 facts of it are"},
    {"UPDATE event SET ticket = 'T-9' WHERE number = 2",
     "ticket T-9 of tenant 'tenant' is not there, and 1 events of it are"},
    {"UPDATE event SET number = 100 WHERE number = 3",
     "event 100 is above the last number that was given, 3"},
    {"UPDATE writer SET events = 1", "event 2 is above the last number that was given, 1"},
    {"UPDATE consumer SET through = 4",
     "consumer console has acknowledged all up to event 4, the last number that was given is 3"},
    {"INSERT INTO mark (consumer, number) VALUES ('console', 17)",
     "consumer console has acknowledged event 17, the last number that was given is 3"},
    {"INSERT INTO mark (consumer, number) VALUES ('console', 1)",
     "consumer console has acknowledged event 1 twice"},
    {"DELETE FROM consumer", "consumer console of event 3 is not known"},
    {"UPDATE world SET number = 2", "of 2 adoptions 1 are there"},
    {"DELETE FROM world", "document 1 belongs to adoption 1, which is not there"},
    {"DELETE FROM document WHERE position = 1", "of 2 documents of adoption 1 1 are there"},
    {"DELETE FROM shard WHERE id = 9", "of the 64 parts 63 are there"},
};

const size_t store_damage_count = COUNT_OF(store_damages);

const store_damage store_table_damages[] = {
    {"ALTER TABLE fact DROP COLUMN content", "the column content of the table fact is missing"},
    {"ALTER TABLE event RENAME COLUMN because TO why",
     "the column because of the table event is missing"},
};

const size_t store_table_damage_count = COUNT_OF(store_table_damages);

void store_damage_write(store_drive *drive)
{
    static const sla_document documents[] = {{{"a", 1}, {"{}", 2}}, {{"b", 1}, {"{}", 2}}};

    for (uint64_t number = 1; number <= 3; number++) {
        store_sample sample;
        char ticket[16];

        store_sample_init(&sample, check_seed() + number, 7, number);
        snprintf(ticket, sizeof ticket, "T-%d", (int)number);
        if (number == 1) {
            sla_stored_world *const world = store_sample_world(&sample, 1);

            world->documents = documents;
            world->count = COUNT_OF(documents);
        }
        store_sample_fact(&sample, "tenant", ticket, 1);
        store_sample_ticket(&sample, "tenant", ticket, 1)->live = 1;
        store_sample_event(&sample, "tenant", ticket, number);
        if (number == 3)
            store_sample_mark(&sample, "console", 3, 1);
        CHECK_OK_OR_SAY(store_drive_commit(drive, &sample.unit), &drive->error);
        store_sample_fini(&sample);
    }
}
