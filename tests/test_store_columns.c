/*
 * Goal: what a database keeps of a fact, an event and a ticket is all of it, and what
 * it hands back is what it was given.  Method: units drawn with every member filled in
 * are turned into columns and back and compared as text; what people read (JSON, shards)
 * is compared with what was written down by hand.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/rows.h"
#include "store/shard.h"
#include "store_sample.h"
#include "store_text.h"
#include "support/check.h"

static sla_string string_of(const char *text)
{
    return (sla_string){text, strlen(text)};
}

/* ------------------------------------------------------------------- shards */

static const struct shard_row {
    const char *tenant, *ticket;
    uint16_t shard;
} shard_rows[] = {
    {"", "T-1", 33},
    {"", "T-2", 44},
    {"gd", "T-1", 49},
    {"g", "dT-1", 38},
    {"gd", "T202600000000001", 40},
    {"", "工单-1", 41},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", 40},
};

TEST(shards_are_those_of_the_document)
{
    for (size_t i = 0; i < COUNT_OF(shard_rows); i++)
        CHECK_EQ(shard_rows[i].ticket, shard_rows[i].shard,
                 sla__shard_of(string_of(shard_rows[i].tenant), string_of(shard_rows[i].ticket)));
}

/* A fair part is 1,000; a shard that got a tenth more or less would show in a server's load. */
TEST(shards_are_of_one_size)
{
    static uint32_t counts[SLA__SHARDS];

    for (uint32_t i = 0; i < 1000 * SLA__SHARDS; i++) {
        char ticket[32];

        snprintf(ticket, sizeof ticket, "T2026%011u", i);
        counts[sla__shard_of(string_of("gd"), string_of(ticket))]++;
    }
    for (size_t i = 0; i < SLA__SHARDS; i++)
        CHECK_TRUE("within a fifth of a fair part", counts[i] > 800 && counts[i] < 1200);
}

/* ------------------------------------------------------------------ columns */

/* As a database does it: a value goes in, later one comes out of a buffer of its own, with a
 * NUL behind it. */
typedef struct shelf {
    sla__value values[64];
    char *texts[64];
} shelf;

static void shelf_put(shelf *to, const sla__table *table, const void *row)
{
    memset(to, 0, sizeof *to);
    CHECK_TRUE("room for all columns", table->count <= COUNT_OF(to->values));
    for (size_t i = 0; i < table->count; i++) {
        sla__value *const value = &to->values[i];

        *value = sla__column_get(&table->columns[i], row);
        CHECK_TRUE(table->columns[i].name, sla__column_fits(&table->columns[i], value));
        to->texts[i] = calloc(1, value->text.length + 1);
        CHECK_TRUE("memory for a text", to->texts[i] != NULL);
        if (value->text.length > 0)
            memcpy(to->texts[i], value->text.data, value->text.length);
        value->text.data = to->texts[i];
    }
}

static void shelf_take(const shelf *from, const sla__table *table, void *row)
{
    for (size_t i = 0; i < table->count; i++)
        CHECK_TRUE(table->columns[i].name,
                   sla__column_set(&table->columns[i], row, &from->values[i]));
}

static void shelf_fini(shelf *old, const sla__table *table)
{
    for (size_t i = 0; i < table->count; i++)
        free(old->texts[i]);
}

static void check_same(const char *why, store_text *want, store_text *got)
{
    CHECK_STR(why, want->text, got->text);
    store_text_fini(want);
    store_text_fini(got);
}

static void events_come_back(uint64_t seed)
{
    store_sample sample;

    store_sample_init(&sample, seed, 1, 1);
    for (uint64_t i = 1; i <= STORE_SAMPLE_PARTS; i++) {
        const sla_stored_event *const given = store_sample_event(&sample, "gd", "T-1", i);
        sla__event_row row, back;
        sla_stored_event stored;
        store_text want, got;
        shelf kept;

        sla__event_row_of(given, &row);
        shelf_put(&kept, &sla__event_table, &row);
        memset(&back, 0xdd, sizeof back);
        shelf_take(&kept, &sla__event_table, &back);
        stored = sla__event_row_stored(&back);
        store_text_init(&want);
        store_text_init(&got);
        store_text_event(&want, given);
        store_text_event(&got, &stored);
        check_same("an event", &want, &got);
        shelf_fini(&kept, &sla__event_table);
    }
    store_sample_fini(&sample);
}

static void facts_come_back(uint64_t seed)
{
    sla__content_room room;
    store_sample sample;
    sla__text text;

    sla__text_init(&text, NULL);
    sla__content_room_init(&room, NULL);
    store_sample_init(&sample, seed, 1, 1);
    for (uint32_t i = 1; i <= STORE_SAMPLE_PARTS; i++) {
        const sla_stored_fact *const given = store_sample_fact(&sample, "", "T-1", i);
        sla__fact_row row, back;
        sla_stored_fact stored;
        store_text want, got;
        shelf kept;

        CHECK_OK(sla__fact_row_of(given, &text, &row));
        shelf_put(&kept, &sla__fact_table, &row);
        memset(&back, 0xdd, sizeof back);
        shelf_take(&kept, &sla__fact_table, &back);
        CHECK_OK(sla__fact_row_stored(&back, &room, &stored));
        store_text_init(&want);
        store_text_init(&got);
        store_text_fact(&want, given);
        store_text_fact(&got, &stored);
        check_same("a fact", &want, &got);
        shelf_fini(&kept, &sla__fact_table);
    }
    store_sample_fini(&sample);
    sla__content_room_fini(&room);
    sla__text_fini(&text);
}

/* What a service reads again. */
static sla_stored_ticket stored_of(const sla__ticket_row *row)
{
    return (sla_stored_ticket){.tenant = row->tenant,
                               .ticket = row->ticket,
                               .number = row->number,
                               .live = row->live,
                               .next_at = row->next_at,
                               .state = row->state.data,
                               .state_length = row->state.length};
}

static void tickets_come_back(uint64_t seed)
{
    store_sample sample;
    sla__text text;

    sla__text_init(&text, NULL);
    store_sample_init(&sample, seed, 1, 1);
    for (uint32_t i = 1; i <= STORE_SAMPLE_PARTS; i++) {
        const sla_stored_ticket *const given = store_sample_ticket(&sample, "gd", "T-1", i);
        sla__ticket_row row, back;
        sla_stored_ticket stored;
        store_text want, got;
        shelf kept;

        CHECK_OK(sla__ticket_row_of(given, &text, &row));
        shelf_put(&kept, &sla__ticket_table, &row);
        memset(&back, 0xdd, sizeof back);
        shelf_take(&kept, &sla__ticket_table, &back);
        stored = stored_of(&back);
        store_text_init(&want);
        store_text_init(&got);
        store_text_ticket(&want, given);
        store_text_ticket(&got, &stored);
        check_same("a ticket", &want, &got);
        CHECK_EQ("for whoever asks", given->facts, back.facts);
        CHECK_EQ("for whoever asks", given->due_at, back.due_at);
        shelf_fini(&kept, &sla__ticket_table);
    }
    store_sample_fini(&sample);
    sla__text_fini(&text);
}

TEST(what_is_kept_comes_back)
{
    const size_t rounds = check_count(50, 5000);
    prng random = check_prng();

    for (size_t i = 0; i < rounds; i++) {
        const uint64_t seed = prng_next(&random);

        events_come_back(seed);
        facts_come_back(seed);
        tickets_come_back(seed);
    }
}

static const sla__column *column_of(const sla__table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->columns[i].name, name) == 0)
            return &table->columns[i];
    CHECK_FAIL("no column %s", name);
    return NULL;
}

#define TEXT_VALUE(text)                                                                           \
    {                                                                                              \
        false, 0,                                                                                  \
        {                                                                                          \
            text, sizeof text - 1                                                                  \
        }                                                                                          \
    }
#define NUMBER_VALUE(number)                                                                       \
    {                                                                                              \
        false, number,                                                                             \
        {                                                                                          \
            NULL, 0                                                                                \
        }                                                                                          \
    }

static const struct bad_row {
    const char *why, *column;
    sla__value value;
} bad_rows[] = {
    {"no such kind", "kind", TEXT_VALUE("whispered")},
    {"the beginning of a kind", "kind", TEXT_VALUE("warn")},
    {"no such state", "state", TEXT_VALUE("Running")},
    {"no such agreement", "agreement", TEXT_VALUE("")},
    {"a word with a NUL inside", "policy", TEXT_VALUE("a\0b")},
    {"NULL where it is required", "at", {true, 0, {NULL, 0}}},
    {"below zero", "cycle", NUMBER_VALUE(-1)},
    {"beyond 32 bits", "cycle", NUMBER_VALUE(INT64_C(4294967296))},
    {"beyond 8 bits", "level", NUMBER_VALUE(256)},
    {"beyond 32 bits with a sign", "rank", NUMBER_VALUE(INT64_C(2147483648))},
    {"neither yes nor no", "late", NUMBER_VALUE(2)},
    {"a number below zero", "number", NUMBER_VALUE(-1)},
    {"a step longer than any", "step",
     TEXT_VALUE("0123456789012345678901234567890123456789012345678901234567890123"
                "0123456789012345678901234567890123456789012345678901234567890123")},
};

TEST(what_nobody_wrote_is_not_read)
{
    for (size_t i = 0; i < COUNT_OF(bad_rows); i++) {
        sla__event_row row;

        memset(&row, 0, sizeof row);
        CHECK_TRUE(bad_rows[i].why,
                   !sla__column_set(column_of(&sla__event_table, bad_rows[i].column), &row,
                                    &bad_rows[i].value));
    }
}

TEST(numbers_that_a_column_cannot_hold_are_seen)
{
    sla__event_row row = {.event = {.cycle = UINT32_MAX}, .number = UINT64_MAX};
    sla__value value = sla__column_get(column_of(&sla__event_table, "cycle"), &row);

    CHECK_TRUE("32 bits", !sla__column_fits(column_of(&sla__event_table, "cycle"), &value));
    value = sla__column_get(column_of(&sla__event_table, "number"), &row);
    CHECK_TRUE("64 bits", !sla__column_fits(column_of(&sla__event_table, "number"), &value));
}
