/*
 * test_pg_cut.c - Goal: a connection may break anywhere.  Method: a door before the
 * server (proxy.h) is shut after every byte from 1 to 256 and every 61st up to 4,096,
 * on the way there and on the way back, while connecting and while a unit is written
 * and read again; after each the content is that of the model.  SLA_PG_PART and
 * SLA_PG_PARTS share the bytes among several programs.
 */
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "pg_server.h"
#include "proxy.h"
#include "store_compare.h"
#include "store_sample.h"

enum { CLOSE_TO = 256, STRIDE = 61, MOST = 4096 };

typedef struct cutting {
    proxy *door;
    char conninfo[256];
    store_model model;
    uint64_t unit;
    size_t cuts;
} cutting;

static size_t number_of(const char *name, size_t usual)
{
    const char *const text = getenv(name);

    return text != NULL ? strtoul(text, NULL, 10) : usual;
}

static void open_one(const cutting *in, store_drive *drive)
{
    sla_pg_options options = SLA_PG_OPTIONS_INIT;
    sla_store *store;
    sla_error error;

    options.conninfo = in->conninfo;
    options.lease = 0;
    CHECK_OK_OR_SAY(sla_store_pg_new(&options, &store, &error), &error);
    store_drive_init(drive, store);
}

/* Facts of a ticket, its row, events and marks. */
static void fill(cutting *in, store_sample *sample)
{
    const uint32_t facts = store_model_facts(&in->model, "tenant", "T-1");

    store_sample_init(sample, check_seed() + in->unit, 7, in->unit + 1);
    for (uint32_t i = 1; i <= 4; i++)
        store_sample_fact(sample, "tenant", "T-1", facts + i);
    store_sample_ticket(sample, "tenant", "T-1", facts + 4);
    for (uint64_t i = 1; i <= 3; i++)
        store_sample_event(sample, "tenant", "T-1", in->model.events + i);
    store_sample_mark(sample, "console", in->model.events + 2, in->model.events);
}

/* One unit, with the connection cut somewhere on the way. */
static void cut_once(cutting *in, bool from_server, bool connecting, size_t bytes)
{
    store_sample sample;
    store_drive drive;

    if (connecting)
        proxy_cut(in->door, from_server, bytes);
    open_one(in, &drive);
    CHECK_OK(store_drive_open(&drive));
    if (!connecting)
        proxy_cut_now(in->door, from_server, bytes);
    fill(in, &sample);
    CHECK_OK(store_drive_commit(&drive, &sample.unit));
    CHECK_OK(store_model_commit(&in->model, &sample.unit));
    in->unit++;
    store_sample_fini(&sample);
    if (!connecting || in->unit % 5 == 0)
        store_compare(&drive, &in->model, "what was written is there, once");
    in->cuts += proxy_has_cut(in->door);
    store_drive_fini(&drive);
}

/* A content that grows makes each comparison longer than the cuts want it. */
static void begin_anew(cutting *in)
{
    store_model_fini(&in->model);
    store_model_init(&in->model);
    in->unit = 0;
    pg_server_say(in->conninfo, "TRUNCATE sla.ticket, sla.fact, sla.event, sla.consumer, "
                                "sla.mark, sla.writer");
}

static void cut_everywhere(bool from_server, bool connecting)
{
    const size_t part = number_of("SLA_PG_PART", 0), parts = number_of("SLA_PG_PARTS", 1);
    const char *const folder = pg_server_folder();
    char database[64], direct[256];
    cutting in = {.door = proxy_new(folder)};
    size_t asked = 0;

    snprintf(database, sizeof database, "%s", pg_server_database(folder));
    snprintf(direct, sizeof direct, "%s", pg_server_conninfo(folder, database, "sla_test"));
    snprintf(in.conninfo, sizeof in.conninfo, "%s",
             pg_server_conninfo(proxy_folder(in.door), database, "sla_test"));
    pg_server_make_schema(direct);
    store_model_init(&in.model);
    for (size_t bytes = 1, i = 0; bytes <= MOST; bytes += bytes < CLOSE_TO ? 1 : STRIDE, i++) {
        if (i % parts != part)
            continue;
        if (asked++ % 20 == 19)
            begin_anew(&in);
        cut_once(&in, from_server, connecting, bytes);
    }
    printf("%zu of %zu connections were cut\n", in.cuts, asked);
    CHECK_TRUE("nearly all of them", in.cuts * 10 >= asked * 9);
    store_model_fini(&in.model);
    proxy_free(in.door);
}

TEST(cut_while_connecting_on_the_way_there)
{
    cut_everywhere(false, true);
}

TEST(cut_while_connecting_on_the_way_back)
{
    cut_everywhere(true, true);
}

TEST(cut_while_a_unit_is_written)
{
    cut_everywhere(false, false);
}

TEST(cut_while_it_is_answered_and_read)
{
    cut_everywhere(true, false);
}
