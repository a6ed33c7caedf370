/* recording.c - see recording.h. */
#include "recording.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <sla/pack.h>

#include "cli.h"

/* Tickets that one telling is about: as many as the events that are told at once. */
enum { TICKETS_MAX = 64 };

int recording_begin(recording *r, const store_uri *uri)
{
    sla_store *store;
    int status;

    memset(r, 0, sizeof *r);
    r->uri = uri;
    status = store_uri_open(uri, false, &store);
    if (status != EXIT_FINE)
        return status;
    if (getrandom(r->service, sizeof r->service, 0) != (ssize_t)sizeof r->service)
        give_up("no random bits");
    r->open = true;
    r->result = store_use_open(&r->use, store);
    if (r->result != SLA_OK) /* recording_end says why */
        return r->result == SLA_ERR_BUSY ? EXIT_HELD : EXIT_MACHINE;
    if (r->use.worlds == 0)
        return EXIT_FINE;
    say("%s: has a record already, of a service or of a replay that may have been broken off; a "
        "replay wants a store of its own: name another, or remove %s",
        store_uri_name(uri), uri->kind == STORE_SQLITE ? "the file" : "the schema");
    return EXIT_USAGE;
}

/* ------------------------------------------------------------ tickets */

static void check(int result)
{
    if (result == SLA_ERR_NOMEM)
        give_up("out of memory");
    if (result != SLA_OK)
        give_up("the engine: %s", sla_result_text(result));
}

static int by_name(sla_string one, sla_string other)
{
    const size_t length = one.length < other.length ? one.length : other.length;
    const int way = memcmp(one.data, other.data, length);

    return way != 0 ? way : (one.length > other.length) - (one.length < other.length);
}

/* In the order of names; of a name the last one given, and none that has no value. */
static size_t sort_attributes(recording *r, size_t given)
{
    size_t count = 0, kept = 0;

    r->attributes =
        need_room(r->attributes, &r->attribute_capacity, given + 1, sizeof *r->attributes);
    for (size_t i = 0; i < given; i++) {
        size_t at = count;

        while (at > 0 && by_name(r->attributes[at - 1].name, r->given[i].name) > 0)
            at--;
        if (at > 0 && by_name(r->attributes[at - 1].name, r->given[i].name) == 0) {
            r->attributes[at - 1] = r->given[i];
            continue;
        }
        memmove(r->attributes + at + 1, r->attributes + at, (count++ - at) * sizeof *r->attributes);
        r->attributes[at] = r->given[i];
    }
    for (size_t i = 0; i < count; i++)
        if (r->attributes[i].type != SLA_VALUE_NONE)
            r->attributes[kept++] = r->attributes[i];
    return kept;
}

static void read_attributes(recording *r, sla_engine *engine, const sla_stored_ticket *row,
                            sla_ticket_view *view)
{
    size_t count = 0;

    check(sla_engine_attributes(engine, row->tenant, row->ticket, NULL, 0, &count));
    r->given = need_room(r->given, &r->given_capacity, count + 1, sizeof *r->given);
    check(sla_engine_attributes(engine, row->tenant, row->ticket, r->given, count, &count));
    view->whole = true;
    view->attribute_count = sort_attributes(r, count);
    view->attributes = r->attributes;
}

/* Behind the clocks of the tickets before it; their places may move. */
static void read_clocks(recording *r, const sla_engine *engine, const sla_stored_ticket *row,
                        size_t before, sla_ticket_view *view)
{
    size_t count = 0;

    check(sla_engine_clocks(engine, row->tenant, row->ticket, NULL, 0, &count));
    r->clocks = need_room(r->clocks, &r->clock_capacity, before + count + 1, sizeof *r->clocks);
    check(sla_engine_clocks(engine, row->tenant, row->ticket, r->clocks + before, count, &count));
    view->clock_count = count;
}

/* Its state, behind `before` bytes of others; where it lies is set when all are there. */
static void pack(recording *r, const sla_engine *engine, sla_stored_ticket *row,
                 sla_ticket_view *view, size_t before)
{
    sla_packed packed;
    char *bytes;

    (void)sla_engine_pack(engine, row->tenant, row->ticket, NULL, 0, &packed);
    r->state = need_room(r->state, &r->state_capacity, before + packed.length + 1, 1);
    bytes = r->state;
    check(
        sla_engine_pack(engine, row->tenant, row->ticket, bytes + before, packed.length, &packed));
    row->number = packed.number;
    row->facts = packed.facts;
    row->live = packed.live;
    row->next_at = packed.next_at;
    row->due_at = packed.due_at;
    row->state_length = packed.length;
    view->opened_at = packed.opened_at;
}

/* Rows that know their tickets become whole. */
static void fill(recording *r, sla_engine *engine, sla_stored_ticket *rows, sla_ticket_view *views,
                 size_t count)
{
    const bool wanted = r->use.store->ops->views;
    size_t bytes = 0, clocks = 0;

    for (size_t i = 0; i < count; i++) {
        pack(r, engine, &rows[i], &views[i], bytes);
        bytes += rows[i].state_length;
        if (wanted)
            read_clocks(r, engine, &rows[i], clocks, &views[i]);
        clocks += views[i].clock_count;
    }
    bytes = clocks = 0;
    for (size_t i = 0; i < count; i++) {
        rows[i].state = (const char *)r->state + bytes;
        rows[i].view = wanted ? &views[i] : NULL;
        views[i].clocks = r->clocks + clocks;
        bytes += rows[i].state_length;
        clocks += views[i].clock_count;
    }
}

/* ------------------------------------------------------------ units */

static void commit(recording *r, sla_unit *unit, sla_time now)
{
    unit->service[0] = r->service[0];
    unit->service[1] = r->service[1];
    unit->number = ++r->units;
    unit->decided_at = now;
    r->result = store_use_commit(&r->use, unit);
}

void recording_world(recording *r, const world *w, sla_time now)
{
    sla_document *documents = world_documents(w);
    const sla_stored_world stored = {1, now, documents, w->text_count};
    sla_unit unit = {.world = &stored};

    commit(r, &unit, now);
    free(documents);
}

void recording_fact(recording *r, sla_engine *engine, const sla_fact *fact, uint32_t seq,
                    sla_time now)
{
    const sla_stored_fact stored = {fact, seq, now, 0};
    sla_stored_ticket row = {.tenant = fact->tenant, .ticket = fact->ticket};
    sla_ticket_view view = {0};
    sla_unit unit = {.facts = &stored, .fact_count = 1, .tickets = &row, .ticket_count = 1};

    if (r->result != SLA_OK)
        return;
    if (r->use.store->ops->views)
        read_attributes(r, engine, &row, &view);
    fill(r, engine, &row, &view, 1);
    commit(r, &unit, now);
}

static bool is_same(sla_string one, sla_string other)
{
    return one.length == other.length &&
           (one.length == 0 || memcmp(one.data, other.data, one.length) == 0);
}

/* The tickets of the events, each once. */
static size_t gather(const sla_event *events, size_t count, sla_stored_ticket *rows)
{
    size_t found = 0, at;

    for (size_t i = 0; i < count; i++) {
        for (at = 0; at < found; at++)
            if (is_same(rows[at].ticket, events[i].ticket) &&
                is_same(rows[at].tenant, events[i].tenant))
                break;
        if (at == found)
            rows[found++] =
                (sla_stored_ticket){.tenant = events[i].tenant, .ticket = events[i].ticket};
    }
    return found;
}

void recording_events(recording *r, sla_engine *engine, const sla_event *events, size_t count,
                      sla_time now)
{
    sla_stored_event stored[TICKETS_MAX];
    sla_stored_ticket rows[TICKETS_MAX];
    sla_ticket_view views[TICKETS_MAX] = {0};
    sla_unit unit = {.events = stored, .tickets = rows};

    for (; count > 0 && r->result == SLA_OK; events += unit.event_count) {
        unit.event_count = count < TICKETS_MAX ? count : TICKETS_MAX;
        count -= unit.event_count;
        for (size_t i = 0; i < unit.event_count; i++)
            stored[i] = (sla_stored_event){&events[i], ++r->events, false};
        unit.ticket_count = gather(events, unit.event_count, rows);
        memset(views, 0, sizeof views);
        fill(r, engine, rows, views, unit.ticket_count);
        commit(r, &unit, now);
    }
}

int recording_end(recording *r)
{
    int status = EXIT_FINE;

    if (r->open) {
        const int closed = store_use_close(&r->use);

        if (r->result == SLA_OK)
            r->result = closed;
        if (r->result != SLA_OK)
            status = store_uri_complain(r->uri, r->result, &r->use.error);
    }
    free(r->state);
    free(r->given);
    free(r->attributes);
    free(r->clocks);
    return status;
}
