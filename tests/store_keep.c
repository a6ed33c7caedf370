/* store_keep.c - see store_keep.h. */
#include "store_keep.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sla/pg.h>
#include <sla/sqlite.h>

#include "store/rows.h"

static bool postgresql;
static sla_store *store; /* NULL: print */
static uint64_t units;
static int result;
static bool answered;
static sla__text text;

void store_keep_need(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "store_rows: %s\n", what);
    exit(1);
}

/* ----------------------------------------------------------------- printing */

static void print_quoted(sla_string string)
{
    putchar('\'');
    for (size_t i = 0; i < string.length; i++) {
        if (string.data[i] == '\'')
            putchar('\'');
        putchar(string.data[i]);
    }
    putchar('\'');
}

static void print_bytes(sla_string bytes)
{
    fputs(postgresql ? "'\\x" : "x'", stdout);
    for (size_t i = 0; i < bytes.length; i++)
        printf("%02x", (unsigned char)bytes.data[i]);
    putchar('\'');
}

static void print_value(sla__column_type type, const sla__value *value)
{
    if (value->null)
        fputs("NULL", stdout);
    else if (type == SLA__COLUMN_FLAG && postgresql)
        fputs(value->number != 0 ? "true" : "false", stdout);
    else if (type == SLA__COLUMN_INSTANT && postgresql)
        printf("timestamptz 'epoch' + %" PRId64 " * interval '1 microsecond'", value->number);
    else if (type == SLA__COLUMN_BYTES)
        print_bytes(value->text);
    else if (type == SLA__COLUMN_TEXT || type >= SLA__COLUMN_JSON)
        print_quoted(value->text);
    else
        printf("%" PRId64, value->number);
}

static void print_row(const sla__table *table, const void *row)
{
    printf("INSERT INTO %s%s (", postgresql ? "sla." : "", table->name);
    for (size_t i = 0; i < table->count; i++)
        printf("%s%s", i > 0 ? ", " : "", table->columns[i].name);
    fputs(") VALUES (", stdout);
    for (size_t i = 0; i < table->count; i++) {
        const sla__value value = sla__column_get(&table->columns[i], row);

        fputs(i > 0 ? ", " : "", stdout);
        print_value(table->columns[i].type, &value);
    }
    puts(");");
}

static void print_columns(const sla__table *table)
{
    static const char *const types[] = {"text",         "small number", "number",
                                        "large number", "yes or no",    "instant",
                                        "JSON",         "JSON value",   "bytes"};

    for (size_t i = 0; i < table->count; i++)
        printf("%s|%s|%s|%s\n", table->name, table->columns[i].name, types[table->columns[i].type],
               table->columns[i].required ? "required" : "");
}

void store_keep_columns(void)
{
    print_columns(&sla__ticket_table);
    print_columns(&sla__fact_table);
    print_columns(&sla__event_table);
}

/* ------------------------------------------------------------- through a store */

static sla_time clock_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (sla_time)now.tv_sec * SLA_SECOND + now.tv_nsec / 1000;
}

static void on_done(void *context, const sla_store_done *done)
{
    (void)context;
    answered = true;
    result = done->result;
    if (result != SLA_OK)
        fprintf(stderr, "store_rows: %s: %s\n", sla_result_name(result), done->error->text);
}

static void no_world(void *context, const sla_stored_world *world)
{
    (void)context, (void)world;
}

static void no_ticket(void *context, const sla_stored_ticket *ticket)
{
    (void)context, (void)ticket;
}

static void no_fact(void *context, const sla_stored_fact *fact)
{
    (void)context, (void)fact;
}

static void no_event(void *context, const sla_stored_event *event)
{
    (void)context, (void)event;
}

static void no_mark(void *context, const sla_stored_mark *mark)
{
    (void)context, (void)mark;
}

static const sla_store_sink sink = {NULL, no_world, no_ticket, no_fact, no_event, no_mark, on_done};

/* Until the call is answered; a second at most between two looks. */
static void wait_for_it(int made)
{
    store_keep_need(made == SLA_OK, "a call to the store");
    for (answered = false; !answered; store->ops->run(store, clock_now())) {
        sla_wait waits[8];
        struct pollfd polled[8];
        const size_t count = store->ops->waits(store, waits, 8);

        for (size_t i = 0; i < count; i++)
            polled[i] = (struct pollfd){
                waits[i].fd, (short)((waits[i].read ? POLLIN : 0) | (waits[i].write ? POLLOUT : 0)),
                0};
        poll(polled, count, store->ops->until(store) <= clock_now() ? 0 : count > 0 ? 1000 : 1);
    }
    store_keep_need(result == SLA_OK, "the store refuses");
}

static void commit(sla_unit *unit)
{
    unit->service[0] = unit->service[1] = 1;
    unit->number = ++units;
    unit->decided_at = SLA_NEVER;
    wait_for_it(store->ops->commit(store, unit, units + 1));
}

void store_keep_open(const char *where)
{
    const char *const colon = strchr(where, ':');
    sla_error error = {0};
    int made;

    sla__text_init(&text, NULL);
    postgresql = strncmp(where, "postgresql", 10) == 0;
    if (colon == NULL)
        return;
    if (postgresql) {
        sla_pg_options options = SLA_PG_OPTIONS_INIT;

        options.conninfo = colon + 1;
        made = sla_store_pg_init(&options, &error);
        if (made == SLA_OK)
            made = sla_store_pg_new(&options, &store, &error);
    } else {
        sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;

        options.path = colon + 1;
        made = sla_store_sqlite_new(&options, &store, &error);
    }
    store_keep_need(made == SLA_OK, error.text);
    wait_for_it(store->ops->open(store, &sink, 1));
}

void store_keep_close(void)
{
    if (store != NULL)
        store->ops->close(store);
    sla__text_fini(&text);
}

/* ------------------------------------------------------------------------ parts */

void store_keep_event(const sla_stored_event *event)
{
    sla__event_row row;

    if (store != NULL) {
        commit(&(sla_unit){.events = event, .event_count = 1});
        return;
    }
    sla__event_row_of(event, &row);
    print_row(&sla__event_table, &row);
}

void store_keep_fact(const sla_stored_fact *fact)
{
    sla__fact_row row;

    if (store != NULL) {
        commit(&(sla_unit){.facts = fact, .fact_count = 1});
        return;
    }
    store_keep_need(sla__fact_row_of(fact, &text, &row) == SLA_OK, "no memory");
    print_row(&sla__fact_table, &row);
}

void store_keep_ticket(const sla_stored_ticket *ticket)
{
    sla__ticket_row row;

    if (store != NULL) {
        commit(&(sla_unit){.tickets = ticket, .ticket_count = 1});
        return;
    }
    store_keep_need(sla__ticket_row_of(ticket, &text, &row) == SLA_OK, "no memory");
    print_row(&sla__ticket_table, &row);
}
