/* store_compare.c - see store_compare.h. */
#include "store_compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "support/check.h"

enum { PAGE = 7 };

/* Both say the same in the same words; `hash` goes on with it. */
static void same(const char *why, store_text *wanted, const char *got, uint64_t *hash)
{
    CHECK_STR(why, wanted->text, got);
    *hash = *hash * UINT64_C(0x100000001b3) ^ store_text_hash(wanted);
    store_text_fini(wanted);
    store_text_init(wanted);
}

/* Worlds in order, then marks, then tickets. */
static void check_order(const char *why, const char *told)
{
    static const char kinds[] = "wmt"; /* how the lines begin */
    uint32_t world = 0, number;
    char kind = 'w';

    for (const char *line = told; *line != '\0'; line = strchr(line, '\n') + 1) {
        CHECK_TRUE(why, strchr(kinds, line[0]) >= strchr(kinds, kind));
        kind = line[0];
        if (kind == 'w') {
            CHECK_EQ("a number", 1, sscanf(line, "world number=%" SCNu32, &number));
            CHECK_EQ("worlds come in order", ++world, number);
        }
    }
}

static void compare_load(store_drive *drive, const store_model *model, store_text *wanted,
                         const char *why, uint64_t *hash)
{
    CHECK_OK(store_drive_open(drive));
    CHECK_EQ(why, model->events, drive->done.events);
    CHECK_EQ(why, model->decided_at, drive->done.decided_at);
    check_order(why, drive->told.text);
    store_text_sort(&drive->told);
    store_model_load(model, wanted);
    same(why, wanted, drive->told.text, hash);
}

static void compare_ticket(store_drive *drive, const store_model *model, const store_thing *named,
                           store_text *wanted, const char *why, uint64_t *hash)
{
    const sla_string tenant = {named->tenant, strlen(named->tenant)};
    const sla_string ticket = {named->ticket, strlen(named->ticket)};

    CHECK_EQ(why, store_model_ticket(model, named->tenant, named->ticket, wanted),
             store_drive_ticket(drive, tenant, ticket));
    same(why, wanted, drive->told.text, hash);
    CHECK_OK(store_drive_history(drive, tenant, ticket));
    store_model_history(model, named->tenant, named->ticket, wanted);
    same(why, wanted, drive->told.text, hash);
}

/* The number of the last event that the sink was told; 0 where there was none. */
static uint64_t last_told(const store_drive *drive)
{
    const char *line = drive->told.text, *next;
    uint64_t number = 0;

    for (; (next = strstr(line, "event number=")) != NULL; line = next + 1)
        if (next == drive->told.text || next[-1] == '\n')
            CHECK_EQ("a number", 1, sscanf(next, "event number=%" SCNu64, &number));
    return number;
}

static void compare_outbox(store_drive *drive, const store_model *model, store_text *wanted,
                           const char *why, uint64_t *hash)
{
    uint64_t after = 0;

    do {
        CHECK_OK(store_drive_outbox(drive, after, PAGE));
        CHECK_EQ(why, store_model_outbox(model, after, PAGE, wanted), drive->done.count);
        same(why, wanted, drive->told.text, hash);
        after = last_told(drive);
    } while (drive->items == PAGE);
}

static void compare_audit(store_drive *drive, const store_model *model, const char *why)
{
    static const sla_time instants[] = {SLA_TIME_MIN, 0, INT64_C(2000000000000000), SLA_TIME_MAX,
                                        SLA_NEVER};

    for (size_t i = 0; i < COUNT_OF(instants); i++) {
        CHECK_OK(store_drive_audit(drive, instants[i]));
        CHECK_EQ(why, store_model_audit(model, instants[i]), drive->done.count);
    }
}

static bool is_first_of_its_ticket(const store_model *model, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (strcmp(model->things[j].tenant, model->things[i].tenant) == 0 &&
            strcmp(model->things[j].ticket, model->things[i].ticket) == 0)
            return false;
    return true;
}

uint64_t store_compare(store_drive *drive, const store_model *model, const char *why)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    store_text wanted;

    store_text_init(&wanted);
    compare_load(drive, model, &wanted, why, &hash);
    for (size_t i = 0; i < model->count; i++)
        if (is_first_of_its_ticket(model, i))
            compare_ticket(drive, model, &model->things[i], &wanted, why, &hash);
    compare_outbox(drive, model, &wanted, why, &hash);
    compare_audit(drive, model, why);
    store_text_fini(&wanted);
    return hash;
}
