/*
 * unit.c - see unit.h.
 *
 * First the tickets that the unit names are gathered, for the shards to be fenced
 * and for what can be seen without the server: two rows of one ticket, facts whose
 * numbers leave a gap, parts of what the same unit forgets.  Such a unit is examined
 * at once; what is wrong with it is said in the server, behind the fence.
 */
#include "pg/unit.h"

#include <string.h>

#include "pg/lease.h"
#include "pg/line.h"
#include "pg/names.h"
#include "store/document.h"

typedef struct encoding {
    sla__pg *own;
    sla__pg_ask *ask;
    const sla_unit *unit;
    sla__pg_names names;
    bool row_twice;
} encoding;

/* ------------------------------------------------------------------ gathering */

static void gather_rows(encoding *in)
{
    for (size_t i = 0; i < in->unit->ticket_count; i++) {
        const sla_stored_ticket *const row = &in->unit->tickets[i];
        sla__pg_name *const name = sla__pg_names_find(&in->names, row->tenant, row->ticket);

        in->row_twice |= name->has_row;
        name->has_row = true;
        name->is_gone |= row->gone;
        in->ask->forgets |= row->gone;
    }
    in->ask->complete |= in->row_twice;
}

static void gather_facts(encoding *in)
{
    for (size_t i = 0; i < in->unit->fact_count; i++) {
        const sla_stored_fact *const fact = &in->unit->facts[i];
        sla__pg_name *const name =
            sla__pg_names_find(&in->names, fact->fact->tenant, fact->fact->ticket);

        if (name->seen == 0)
            name->first_seq = fact->seq;
        in->ask->complete |= name->is_gone || fact->seq != name->first_seq + name->seen;
        name->seen++;
    }
}

static void gather_events(encoding *in)
{
    const sla_stored_event *const events = in->unit->events;

    for (size_t i = 0; i < in->unit->event_count; i++) {
        const sla__pg_name *const name =
            sla__pg_names_find(&in->names, events[i].event->tenant, events[i].event->ticket);

        in->ask->complete |= name->is_gone || events[i].number != events[0].number + i;
        in->ask->deliverable += !events[i].imported;
        in->ask->last_event = events[i].number;
    }
}

/* ------------------------------------------------------------------ statements */

static sla__pg_parameters *step(encoding *in, sla__pg_statement statement)
{
    sla__pg_step_add(in->ask, statement);
    return &in->ask->parameters;
}

static void add_incarnation(encoding *in)
{
    unsigned char bytes[16];

    for (int i = 0; i < 16; i++)
        bytes[i] = (unsigned char)(in->unit->service[i / 8] >> (56 - i % 8 * 8));
    sla__pg_add_bytes(&in->ask->parameters, bytes, sizeof bytes);
}

/* A unit that names no ticket is fenced by the first shard.  The events of one that is
 * examined are counted when it has been. */
static void add_begin(encoding *in)
{
    sla__pg_parameters *const to = step(in, SLA__PG_BEGIN_EXAMINED);

    sla__pg_lease_add(in->own, in->ask, in->names.shards | 1);
    add_incarnation(in);
    sla__pg_add_int8(to, (int64_t)in->unit->number);
    sla__pg_add_time(to, in->unit->decided_at);
    sla__pg_step_instead(in->ask, SLA__PG_BEGIN, SLA__PG_UNLESS_COMPLETE);
    if (in->unit->event_count > 0) {
        sla__pg_add_int8(to, (int64_t)in->unit->events[0].number);
        sla__pg_add_int8(to, (int64_t)in->ask->last_event);
    } else {
        sla__pg_add_null(to);
        sla__pg_add_null(to);
    }
}

/* For each fact: its ticket, its number, how many of the ticket come before it. */
static void add_fact_keys(encoding *in, sla__pg_parameters *to)
{
    const sla_stored_fact *const facts = in->unit->facts;
    const size_t count = in->unit->fact_count;

    sla__pg_begin_array(to, SLA__PG_TEXT);
    for (size_t i = 0; i < count; i++)
        sla__pg_put_string(to, facts[i].fact->tenant);
    sla__pg_end(to);
    sla__pg_begin_array(to, SLA__PG_TEXT);
    for (size_t i = 0; i < count; i++)
        sla__pg_put_string(to, facts[i].fact->ticket);
    sla__pg_end(to);
    sla__pg_begin_array(to, SLA__PG_INT4);
    for (size_t i = 0; i < count; i++)
        sla__pg_put_int4(to, (int32_t)facts[i].seq);
    sla__pg_end(to);
    for (size_t i = 0; i < in->names.count; i++)
        in->names.list[i].seen = 0;
    sla__pg_begin_array(to, SLA__PG_INT4);
    for (size_t i = 0; i < count; i++)
        sla__pg_put_int4(to, (int32_t)sla__pg_names_find(&in->names, facts[i].fact->tenant,
                                                         facts[i].fact->ticket)
                                 ->seen++);
    sla__pg_end(to);
    sla__pg_begin_array(to, SLA__PG_BOOL);
    for (size_t i = 0; i < count; i++)
        sla__pg_put_bool(
            to,
            sla__pg_names_find(&in->names, facts[i].fact->tenant, facts[i].fact->ticket)->is_gone);
    sla__pg_end(to);
}

static void add_event_keys(encoding *in, sla__pg_parameters *to)
{
    const sla_stored_event *const events = in->unit->events;

    sla__pg_begin_array(to, SLA__PG_INT8);
    for (size_t i = 0; i < in->unit->event_count; i++)
        sla__pg_put_int8(to, (int64_t)events[i].number);
    sla__pg_end(to);
    sla__pg_begin_array(to, SLA__PG_BOOL);
    for (size_t i = 0; i < in->unit->event_count; i++)
        sla__pg_put_bool(
            to, sla__pg_names_find(&in->names, events[i].event->tenant, events[i].event->ticket)
                    ->is_gone);
    sla__pg_end(to);
}

static void add_examination(encoding *in)
{
    sla__pg_parameters *const to = step(in, SLA__PG_EXAMINE);

    sla__pg_step_when(in->ask, SLA__PG_IF_COMPLETE);
    if (in->unit->world != NULL)
        sla__pg_add_int4(to, (int32_t)in->unit->world->number);
    else
        sla__pg_add_null(to);
    sla__pg_add_bool(to, in->row_twice);
    add_fact_keys(in, to);
    add_event_keys(in, to);
}

static void put_name(sla__pg_parameters *to, const char *name)
{
    const sla_string string = {name, strlen(name)};

    if (string.length > 0)
        sla__pg_put_string(to, string);
    else
        sla__pg_put_null(to);
}

/* Position, source, kind, name, version, text of each document. */
static void add_documents(const sla_stored_world *world, sla__pg_parameters *to)
{
    enum { POSITION, SOURCE, KIND, NAME, VERSION, TEXT, COLUMNS };

    for (int column = POSITION; column < COLUMNS; column++) {
        sla__pg_begin_array(to, column == POSITION ? SLA__PG_INT4 : SLA__PG_TEXT);
        for (size_t i = 0; i < world->count; i++) {
            sla__document_names names;

            sla__document_look(world->documents[i].text, &names);
            if (column == POSITION)
                sla__pg_put_int4(to, (int32_t)i + 1);
            else if (column == SOURCE)
                sla__pg_put_string(to, world->documents[i].source);
            else if (column == TEXT)
                sla__pg_put_string(to, world->documents[i].text);
            else
                put_name(to, column == KIND   ? names.kind
                             : column == NAME ? names.name
                                              : names.version);
        }
        sla__pg_end(to);
    }
}

static void add_world(encoding *in)
{
    const sla_stored_world *const world = in->unit->world;
    sla__pg_parameters *to;

    if (world == NULL)
        return;
    in->ask->complete = true; /* worlds are rare: no constraint sees a gap between two */
    to = step(in, SLA__PG_WORLD);
    sla__pg_add_int4(to, (int32_t)world->number);
    sla__pg_add_time(to, world->adopted_at);
    add_documents(world, to);
}

/* Tickets that have facts already; of new ones the key itself says when they have. */
static void add_followers(encoding *in)
{
    const sla__pg_name *const list = in->names.list;
    size_t followers = 0;
    sla__pg_parameters *to;

    for (size_t i = 0; i < in->names.count; i++)
        followers += list[i].seen > 0 && list[i].first_seq != 1;
    if (followers == 0)
        return;
    to = step(in, SLA__PG_FOLLOW);
    for (int column = 0; column < 3; column++) {
        sla__pg_begin_array(to, column < 2 ? SLA__PG_TEXT : SLA__PG_INT4);
        for (size_t i = 0; i < in->names.count; i++)
            if (list[i].seen > 0 && list[i].first_seq != 1) {
                if (column < 2)
                    sla__pg_put_string(to, column == 0 ? list[i].tenant : list[i].ticket);
                else
                    sla__pg_put_int4(to, (int32_t)list[i].first_seq);
            }
        sla__pg_end(to);
    }
}

static void add_facts(encoding *in)
{
    sla__pg_arrays *const arrays = &in->own->arrays;

    if (in->unit->fact_count == 0)
        return;
    add_followers(in);
    sla__pg_arrays_begin(arrays, &sla__fact_table);
    for (size_t i = 0; i < in->unit->fact_count; i++) {
        sla__fact_row row;

        if (sla__fact_row_of(&in->unit->facts[i], &in->own->text, &row) != SLA_OK)
            in->ask->parameters.failed = true;
        sla__pg_arrays_row(arrays, &row);
    }
    sla__pg_arrays_add(arrays, step(in, SLA__PG_FACTS));
}

/* A row that is there by all we know, and whose attributes stay as they are. */
static bool is_known(encoding *in, const sla_stored_ticket *row)
{
    const sla__pg_name *const name = sla__pg_names_find(&in->names, row->tenant, row->ticket);

    return !(name->seen > 0 && name->first_seq == 1) &&
           (row->view == NULL || (!row->view->whole && row->view->attribute_count == 0));
}

static sla__pg_statement statement_of(encoding *in, const sla_stored_ticket *row)
{
    if (row->view != NULL && row->view->whole)
        return SLA__PG_TICKETS;
    return is_known(in, row) ? SLA__PG_TICKETS_KNOWN : SLA__PG_TICKETS_CHANGED;
}

static void add_rows(encoding *in, sla__pg_statement statement)
{
    sla__pg_arrays *const arrays = &in->own->arrays;
    bool any = false;

    for (size_t i = 0; i < in->unit->ticket_count; i++) {
        const sla_stored_ticket *const given = &in->unit->tickets[i];
        sla__ticket_row row;

        if (given->gone || statement_of(in, given) != statement)
            continue;
        if (!any)
            sla__pg_arrays_begin(arrays, &sla__ticket_table);
        any = true;
        if (sla__ticket_row_of(given, &in->own->text, &row) != SLA_OK)
            in->ask->parameters.failed = true;
        sla__pg_arrays_row(arrays, &row);
    }
    if (!any)
        return;
    sla__pg_arrays_add(arrays, step(in, statement));
    if (statement == SLA__PG_TICKETS_KNOWN) /* where one is not: SLA05, and then */
        sla__pg_step_instead(in->ask, SLA__PG_TICKETS_CHANGED, SLA__PG_IF_COMPLETE);
}

static void add_gone(encoding *in)
{
    sla__pg_parameters *to;

    if (!in->ask->forgets)
        return;
    to = step(in, SLA__PG_FORGET);
    for (int column = 0; column < 2; column++) {
        sla__pg_begin_array(to, SLA__PG_TEXT);
        for (size_t i = 0; i < in->unit->ticket_count; i++)
            if (in->unit->tickets[i].gone)
                sla__pg_put_string(to, column == 0 ? in->unit->tickets[i].tenant
                                                   : in->unit->tickets[i].ticket);
        sla__pg_end(to);
    }
}

static void add_events(encoding *in)
{
    sla__pg_arrays *const arrays = &in->own->arrays;
    sla__pg_parameters *to;

    if (in->unit->event_count == 0)
        return;
    to = step(in, SLA__PG_EVENTS_NEXT);
    sla__pg_step_when(in->ask, SLA__PG_IF_COMPLETE);
    add_incarnation(in);
    sla__pg_add_int8(to, (int64_t)in->unit->events[0].number);
    sla__pg_add_int8(to, (int64_t)in->ask->last_event);
    sla__pg_arrays_begin(arrays, &sla__event_table);
    for (size_t i = 0; i < in->unit->event_count; i++) {
        sla__event_row row;

        sla__event_row_of(&in->unit->events[i], &row);
        sla__pg_arrays_row(arrays, &row);
    }
    sla__pg_arrays_add(arrays, step(in, SLA__PG_EVENTS));
}

static void add_marks(encoding *in)
{
    const sla_stored_mark *const marks = in->unit->marks;
    const size_t count = in->unit->mark_count;
    sla__pg_parameters *to;

    if (count == 0)
        return;
    to = step(in, SLA__PG_MARKS);
    sla__pg_begin_array(to, SLA__PG_TEXT);
    for (size_t i = 0; i < count; i++)
        sla__pg_put_string(to, marks[i].consumer);
    sla__pg_end(to);
    sla__pg_begin_array(to, SLA__PG_INT8);
    for (size_t i = 0; i < count; i++)
        sla__pg_put_int8(to, (int64_t)marks[i].number);
    sla__pg_end(to);
    sla__pg_begin_array(to, SLA__PG_INT8);
    for (size_t i = 0; i < count; i++)
        sla__pg_put_int8(to, (int64_t)marks[i].through);
    sla__pg_end(to);
}

bool sla__pg_unit_encode(sla__pg *own, sla__pg_ask *ask, const sla_unit *unit)
{
    encoding in = {.own = own, .ask = ask, .unit = unit};
    const bool room = sla__pg_names_init(&in.names, &own->allocator,
                                         unit->fact_count + unit->ticket_count + unit->event_count);

    if (room) {
        gather_rows(&in);
        gather_facts(&in);
        gather_events(&in);
        add_begin(&in);
        add_examination(&in);
        add_world(&in);
        add_facts(&in);
        add_rows(&in, SLA__PG_TICKETS);
        add_rows(&in, SLA__PG_TICKETS_CHANGED);
        add_rows(&in, SLA__PG_TICKETS_KNOWN);
        add_gone(&in);
        add_events(&in);
        add_marks(&in);
        sla__pg_step_end(ask);
    }
    sla__pg_names_fini(&in.names);
    return room && !ask->parameters.failed;
}
