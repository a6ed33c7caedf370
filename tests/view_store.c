/* view_store.c - see view_store.h. */
#include "view_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "around_store.h"
#include "support/check.h"
#include "view_columns.h"

enum { WAITING_MAX = 64 };

typedef struct view_ticket {
    sla__kept_fact **facts; /* by seq */
    size_t count;
    columns row;
} view_ticket;

struct view_content {
    view_ticket *tickets;
    size_t count;
    uint64_t service[2], number; /* of the last unit */
    view_counts counts;
};

/* A row of a unit on its way: what its view said. */
typedef struct said {
    size_t ticket;
    bool whole, gone;
    sla_time opened_at;
    columns columns;
    size_t clocks, live;
    sla_time due_at, row_due_at;
    uint32_t row_live;
} said;

/* A unit on its way. */
typedef struct waiting {
    uint64_t ask;
    sla__kept_unit *unit;
    said *rows;
} waiting;

typedef struct view_store {
    around_store around;
    view_content *content;
    sla_allocator allocator;
    waiting waiting[WAITING_MAX];
} view_store;

static view_store *own_of(sla_store *store)
{
    return (view_store *)(void *)store;
}

/* ------------------------------------------------------------------ units */

static size_t number_of(const view_content *content, sla_string ticket)
{
    char text[SLA_ID_MAX + 1];
    size_t number;

    snprintf(text, sizeof text, "%.*s", (int)ticket.length, ticket.data);
    number = strtoul(text + 2, NULL, 10);
    CHECK_TRUE("a ticket of the test", number < content->count);
    return number;
}

static said said_of(const view_content *content, const sla_stored_ticket *row)
{
    const sla_ticket_view *const view = row->view;
    said result = {.ticket = number_of(content, row->ticket), .gone = row->gone};

    CHECK_TRUE("a row has a view", row->gone || view != NULL);
    if (row->gone)
        return result;
    result.whole = view->whole;
    result.opened_at = view->opened_at;
    result.clocks = view->clock_count;
    result.due_at = SLA_NEVER;
    result.row_due_at = row->due_at;
    result.row_live = row->live;
    for (size_t i = 0; i < view->attribute_count; i++) {
        columns_set_attribute(&result.columns, &view->attributes[i]);
        CHECK_TRUE("in the order of their names, each once",
                   i == 0 ||
                       strcmp(result.columns.items[i - 1].name, result.columns.items[i].name) < 0);
    }
    for (size_t i = 0; i < view->clock_count; i++) {
        const sla_clock_view *const clock = &view->clocks[i];
        const bool runs = clock->state == SLA_RUNNING || clock->state == SLA_PAUSED;

        CHECK_STR("strings that are still there", "p", clock->policy);
        result.live += runs;
        if (runs && clock->due_at < result.due_at)
            result.due_at = clock->due_at;
    }
    return result;
}

static void add_fact(view_content *content, sla__kept_fact *fact)
{
    view_ticket *const ticket = &content->tickets[number_of(content, fact->fact.ticket)];

    ticket->facts = realloc(ticket->facts, (ticket->count + 1) * sizeof(sla__kept_fact *));
    CHECK_TRUE("memory", ticket->facts != NULL);
    ticket->facts[ticket->count++] = fact;
    CHECK_EQ("facts follow", ticket->count, fact->stored.seq);
}

static void print_columns(const char *who, const columns *all)
{
    printf("  %s:", who);
    for (size_t i = 0; i < all->count; i++)
        printf(" %s=%s", all->items[i].name, all->items[i].value);
    printf("\n");
}

static void take_row(view_content *content, const said *row)
{
    view_ticket *const ticket = &content->tickets[row->ticket];
    columns wanted;

    if (row->whole)
        ticket->row.count = 0;
    for (size_t i = 0; i < row->columns.count; i++)
        columns_set(&ticket->row, row->columns.items[i].name, row->columns.items[i].value);
    content->counts.rows++;
    content->counts.whole += row->whole;
    content->counts.clocks += row->clocks;
    content->counts.attributes += row->columns.count;
    wanted = columns_of_facts(ticket->facts, ticket->count);
    if (columns_same(&wanted, &ticket->row) && row->live == row->row_live &&
        row->due_at == row->row_due_at && (row->opened_at == SLA_NEVER) == (row->clocks == 0))
        return;
    if (content->counts.wrong++ > 0)
        return;
    printf("T-%zu after %zu facts, %s:\n", row->ticket, ticket->count,
           row->whole ? "whole" : "what changes");
    print_columns("facts", &wanted);
    print_columns("row  ", &ticket->row);
}

static void forget(view_content *content, size_t number)
{
    view_ticket *const ticket = &content->tickets[number];
    const sla_allocator allocator = sla__allocator_or_default(NULL);

    for (size_t i = 0; i < ticket->count; i++)
        sla__free(&allocator, ticket->facts[i]);
    free(ticket->facts);
    memset(ticket, 0, sizeof *ticket);
}

/* It is on the record now, unless it was before. */
static void take_unit(view_content *content, waiting *at)
{
    sla__kept_unit *const unit = at->unit;

    if (unit->service[0] == content->service[0] && unit->service[1] == content->service[1] &&
        unit->number <= content->number)
        return;
    memcpy(content->service, unit->service, sizeof content->service);
    content->number = unit->number;
    for (size_t i = 0; i < unit->fact_count; i++) {
        add_fact(content, unit->facts[i]);
        unit->facts[i] = NULL;
    }
    for (size_t i = 0; i < unit->row_count; i++) {
        if (at->rows[i].gone)
            forget(content, at->rows[i].ticket);
        else
            take_row(content, &at->rows[i]);
    }
}

static void drop(view_store *own, waiting *at)
{
    sla__kept_unit_free(&own->allocator, at->unit);
    free(at->rows);
    memset(at, 0, sizeof *at);
}

/* ------------------------------------------------------------------- the calls */

static void hear_ticket(void *context, const sla_stored_ticket *ticket)
{
    const sla_store_sink *const sink = &((view_store *)context)->around.sink;

    CHECK_TRUE("views are for units", ticket->view == NULL);
    sink->ticket(sink->context, ticket);
}

static void hear_done(void *context, const sla_store_done *done)
{
    view_store *const own = context;

    for (size_t i = 0; i < WAITING_MAX; i++) {
        if (own->waiting[i].unit == NULL || own->waiting[i].ask != done->ask)
            continue;
        if (done->result == SLA_OK)
            take_unit(own->content, &own->waiting[i]);
        drop(own, &own->waiting[i]);
    }
    own->around.sink.done(own->around.sink.context, done);
}

static int call_commit(sla_store *store, const sla_unit *unit, uint64_t ask)
{
    view_store *const own = own_of(store);
    sla_store *const inner = own->around.inner;
    const int result = inner->ops->commit(inner, unit, ask);
    waiting *at = own->waiting;

    while (at->unit != NULL && at < own->waiting + WAITING_MAX - 1)
        at++;
    CHECK_TRUE("room for a unit", at->unit == NULL);
    if (result != SLA_OK)
        return result;
    *at = (waiting){ask, sla__keep_unit(&own->allocator, unit),
                    calloc(unit->ticket_count + 1, sizeof(said))};
    CHECK_TRUE("memory", at->unit != NULL && at->rows != NULL);
    for (size_t i = 0; i < unit->ticket_count; i++)
        at->rows[i] = said_of(own->content, &unit->tickets[i]);
    return SLA_OK;
}

static void call_close(sla_store *store)
{
    view_store *const own = own_of(store);

    for (size_t i = 0; i < WAITING_MAX; i++)
        drop(own, &own->waiting[i]);
    around_store_close(store);
}

/* ------------------------------------------------------------------------- new */

sla_store *view_store_new(sla_store *inner, view_content *content)
{
    view_store *const own = calloc(1, sizeof *own);

    CHECK_TRUE("memory for a store", own != NULL);
    around_store_init(&own->around, inner);
    own->around.ops.name = "views";
    own->around.ops.views = true;
    own->around.ops.commit = call_commit;
    own->around.ops.close = call_close;
    own->around.ear.ticket = hear_ticket;
    own->around.ear.done = hear_done;
    own->content = content;
    own->allocator = sla__allocator_or_default(NULL);
    return &own->around.base;
}

view_content *view_content_new(size_t tickets)
{
    view_content *const content = calloc(1, sizeof *content);

    CHECK_TRUE("memory", content != NULL);
    content->tickets = calloc(tickets, sizeof *content->tickets);
    CHECK_TRUE("memory", content->tickets != NULL);
    content->count = tickets;
    return content;
}

void view_content_free(view_content *content)
{
    for (size_t i = 0; i < content->count; i++)
        forget(content, i);
    free(content->tickets);
    free(content);
}

view_counts view_content_counts(const view_content *content)
{
    return content->counts;
}
