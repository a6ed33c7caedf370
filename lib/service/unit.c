/*
 * unit.c - units: they gather facts and events, are closed with the packed states
 * of their tickets, and are sent in order.
 *
 * Group commit without a timer: what has gathered is closed when nothing is on its
 * way, or when it is large and fewer than units_max are; else it goes with the next.
 * A unit is sent again
 * as it was, so everything in it stays until it is settled.
 */
#include <string.h>

#include "engine/pack.h"
#include "service/log.h"
#include "service/parts.h"

enum { USUAL_STATE = 1024, SMALL_UNIT = 128 };

/* How long delivery marks wait for a unit that takes them along, and how long small
 * units then leave those that come behind them. */
#define MARKS_RIDE (SLA_SECOND / 10)
#define MARKS_REST (SLA_SECOND / 50)

/* ------------------------------------------------------------------ gathering */

bool sla__gathering(sla_service *service)
{
    if (service->gathering == NULL)
        service->gathering = sla__new(&service->allocator, 1, sizeof *service->gathering);
    return service->gathering != NULL || sla__starve(service);
}

void sla__gather_line(sla_service *service, sla__line *line)
{
    if (line->gathered)
        return;
    sla__line_wake(service, line);
    line->gathered = true;
    line->units++;
    line->next_gathered = NULL;
    if (service->gathered_last != NULL)
        service->gathered_last->next_gathered = line;
    else
        service->gathered_first = line;
    service->gathered_last = line;
    service->gathered_count++;
}

/* What is decided is decided by a clock that does not go back. */
static void decided(sla_service *service)
{
    if (service->decided_at == SLA_NEVER || service->decided_at < service->now)
        service->decided_at = service->now;
    service->gathering->decided_at = service->decided_at;
}

void sla__gather_fact(sla_service *service, sla__line *line, sla__arrival *arrival)
{
    sla__arrivals_put(&service->gathering->facts, arrival);
    sla__gather_line(service, line);
    decided(service);
}

void sla__outgoings_put(sla__outgoings *list, sla__outgoing *event)
{
    event->next = NULL;
    if (list->last != NULL)
        list->last->next = event;
    else
        list->first = event;
    list->last = event;
    list->count++;
}

void sla__outgoing_release(sla_service *service, sla__outgoing *event)
{
    if (--event->references > 0)
        return;
    sla__free(&service->allocator, event);
}

void sla__outgoings_release(sla_service *service, sla__outgoings *list)
{
    while (list->first != NULL) {
        sla__outgoing *const next = list->first->next;

        sla__outgoing_release(service, list->first);
        list->first = next;
    }
    memset(list, 0, sizeof *list);
}

sla__outgoing *sla__outgoing_make(sla_service *service, const sla_stored_event *event)
{
    sla__outgoing *const made = sla__keep_event_behind(&service->allocator, sizeof *made, event);

    if (made == NULL)
        return NULL;
    made->kept = (sla__kept_event *)(void *)(made + 1);
    made->references = 1;
    return made;
}

bool sla__outgoing_new(sla_service *service, const sla_stored_event *event, sla__outgoings *list)
{
    sla__outgoing *const made = sla__outgoing_make(service, event);

    if (made == NULL)
        return sla__starve(service);
    sla__outgoings_put(list, made);
    return true;
}

void sla__gather_event(sla_service *service, sla__line *line, sla__outgoing *event)
{
    event->line = line;
    sla__line_wake(service, line);
    sla__outgoings_put(&service->gathering->events, event);
    sla__gather_line(service, line);
    decided(service);
}

static bool keep_event(sla_service *service, const sla_event *event)
{
    const sla_stored_event stored = {event, 0, false};
    sla__outgoings one = {0};

    if (!sla__outgoing_new(service, &stored, &one))
        return false;
    sla__gather_event(service, sla__line_told(service, event), one.first);
    return true;
}

bool sla__unstick(sla_service *service)
{
    if (service->has_stuck)
        service->has_stuck = !keep_event(service, &service->stuck);
    return !service->has_stuck;
}

/* The engine has told the event for good; without memory it is lent out a little
 * longer. */
size_t sla__poll_round(sla_service *service, sla_time now, size_t limit)
{
    size_t count = 0;

    if (!sla__gathering(service))
        return 0;
    while (count < limit && !service->has_stuck &&
           sla_engine_poll(service->engine, now, &service->stuck)) {
        service->has_stuck = true;
        count++;
        sla__unstick(service);
    }
    return count;
}

bool sla__unit_is_empty(const sla__writing *unit)
{
    return unit->facts.count == 0 && unit->events.count == 0 && unit->row_count == 0 &&
           unit->mark_count == 0 && unit->world == NULL;
}

void sla__unit_free(sla_service *service, sla__writing *unit)
{
    sla__arrival *arrival;

    while ((arrival = sla__arrivals_take(&unit->facts)) != NULL)
        sla__arrival_free(service, arrival);
    sla__outgoings_release(service, &unit->events);
    sla__views_free(service, unit);
    sla__free(&service->allocator, unit->rows);
    sla__free(&service->allocator, unit->states);
    sla__free(&service->allocator, unit->marks);
    sla__free(&service->allocator, unit->world);
    sla__free(&service->allocator, unit);
}

/* -------------------------------------------------------------------- closing */

/* Packs one ticket behind those before it, where there is room for `room` bytes. */
static int pack_at(sla_service *service, sla__row *row, size_t used, size_t room)
{
    sla__line *const line = row->line;

    if (!sla__grow(&service->allocator, (void **)&service->pack, &service->pack_capacity,
                   used + room, 1))
        return SLA_ERR_NOMEM;
    return sla__pack_near(service->engine, &line->engine_slot, line->tenant, line->ticket,
                          service->pack + used, service->pack_capacity - used, &row->packed);
}

/* Most tickets need less than USUAL_STATE, and are packed at once. */
static bool pack(sla_service *service, sla__row *row, size_t used)
{
    int result = pack_at(service, row, used, USUAL_STATE);

    row->offset = used;
    if (result == SLA_ERR_SPACE)
        result = pack_at(service, row, used, row->packed.length);
    return result == SLA_OK;
}

static bool pack_rows(sla_service *service, sla__writing *unit)
{
    size_t count = 0, used = 0;

    for (sla__line *line = service->gathered_first; line != NULL; line = line->next_gathered) {
        sla__row *const row = &unit->rows[count];

        row->line = line;
        row->gone = line->going;
        if (row->gone)
            row->packed = (sla_packed){.next_at = SLA_NEVER, .due_at = SLA_NEVER};
        else if (!pack(service, row, used) || !sla__view_make(service, row))
            return false;
        used += row->packed.length;
        unit->row_count = ++count;
    }
    unit->states = sla__new(&service->allocator, used, 1);
    if (unit->states == NULL)
        return false;
    if (used > 0)
        memcpy(unit->states, service->pack, used);
    return true;
}

static void counted(sla_service *service, const sla__row *row)
{
    sla__line *const line = row->line;

    sla__view_forget(service, line);
    service->live_clocks += row->packed.live;
    service->live_clocks -= line->live;
    service->live_tickets += row->packed.live > 0;
    service->live_tickets -= line->live > 0;
    line->live = row->packed.live;
    line->next_at = row->packed.next_at;
    line->gathered = false;
}

static void number_events(sla_service *service, sla__writing *unit)
{
    for (sla__outgoing *event = unit->events.first; event != NULL; event = event->next)
        event->kept->stored.number = ++service->event_number;
}

static void append(sla_service *service, sla__writing *unit)
{
    unit->number = ++service->unit_number;
    unit->next = NULL;
    if (service->units_last != NULL)
        service->units_last->next = unit;
    else
        service->units_first = unit;
    service->units_last = unit;
    service->unit_count++;
}

static size_t gathered_size(const sla_service *service)
{
    return service->gathering->facts.count + service->gathered_count;
}

/* Marks in every small unit would be a sixth of what it costs the store. */
static bool take_marks(sla_service *service, sla__writing *unit)
{
    const size_t size = gathered_size(service);

    if (size > 0 && size < SMALL_UNIT && service->pace < service->marks_rest &&
        service->state != SLA_SERVICE_STOPPING)
        return true;
    service->marks_rest = sla__later(service->pace, MARKS_REST);
    return sla__marks_take(service, unit);
}

/* False: out of memory, and it still gathers. */
static bool close_unit(sla_service *service)
{
    sla__writing *const unit = service->gathering;

    if (unit->rows == NULL)
        unit->rows = sla__new(&service->allocator, service->gathered_count, sizeof *unit->rows);
    if (unit->rows == NULL || !pack_rows(service, unit) || !take_marks(service, unit)) {
        sla__views_free(service, unit);
        sla__free(&service->allocator, unit->rows);
        sla__free(&service->allocator, unit->states);
        unit->rows = NULL;
        unit->states = NULL;
        unit->row_count = 0;
        return sla__starve(service);
    }
    for (size_t i = 0; i < unit->row_count; i++)
        counted(service, &unit->rows[i]);
    service->gathered_first = service->gathered_last = NULL;
    service->gathered_count = 0;
    service->gathering = NULL;
    if (unit->decided_at == 0)
        unit->decided_at = service->decided_at != SLA_NEVER ? service->decided_at : service->now;
    number_events(service, unit);
    append(service, unit);
    return true;
}

bool sla__unit_append_world(sla_service *service, sla__kept_world *world)
{
    sla__writing *const unit = sla__new(&service->allocator, 1, sizeof *unit);

    if (unit == NULL)
        return sla__starve(service);
    unit->world = world;
    unit->decided_at = service->decided_at;
    append(service, unit);
    return true;
}

/* Marks ride with a unit that is written anyway.  Alone they wait for one, since what
 * is told meanwhile would have to wait behind theirs; not long, for what is
 * acknowledged and not on the record comes again after a crash. */
static bool marks_want_a_unit(sla_service *service)
{
    if (!sla__marks_wait(service) || service->unit_count > 0)
        return false;
    if (service->marks_at == SLA_NEVER)
        service->marks_at = sla__later(service->pace, MARKS_RIDE);
    return service->pace >= service->marks_at || service->state == SLA_SERVICE_STOPPING;
}

/* A small unit would only stand in line behind the others: it waits until nothing is on
 * its way, and what gathers meanwhile shares its transaction.  A large one is taken along:
 * the store writes one while the next is made. */
static bool is_worth_it(const sla_service *service)
{
    const size_t size = gathered_size(service);

    return size > 0 && (service->unit_count == 0 || size >= SMALL_UNIT);
}

static bool wants_closing(sla_service *service)
{
    if (service->unit_count >= service->options.units_max || service->has_stuck ||
        service->unseen != NULL || service->starved)
        return false;
    if (service->gathering != NULL && is_worth_it(service))
        return true;
    return marks_want_a_unit(service) && sla__gathering(service);
}

/* -------------------------------------------------------------------- sending */

typedef struct parts {
    sla_stored_fact *facts;
    sla_stored_ticket *tickets;
    sla_stored_event *events;
} parts;

static sla_stored_ticket stored_row(const sla__writing *unit, const sla__row *row)
{
    const sla_packed *packed = &row->packed;

    return (sla_stored_ticket){.tenant = row->line->tenant,
                               .ticket = row->line->ticket,
                               .gone = row->gone,
                               .number = packed->number,
                               .facts = packed->facts,
                               .live = packed->live,
                               .next_at = packed->next_at,
                               .due_at = packed->due_at,
                               .state = unit->states + row->offset,
                               .state_length = packed->length,
                               .view = row->view};
}

static void fill(const sla__writing *unit, const parts *out)
{
    size_t i = 0;

    for (const sla__arrival *fact = unit->facts.first; fact != NULL; fact = fact->next)
        out->facts[i++] = fact->kept->stored;
    for (i = 0; i < unit->row_count; i++)
        out->tickets[i] = stored_row(unit, &unit->rows[i]);
    i = 0;
    for (const sla__outgoing *event = unit->events.first; event != NULL; event = event->next)
        out->events[i++] = event->kept->stored;
}

static int commit(sla_service *service, sla__writing *unit, const parts *all)
{
    const sla_unit given = {
        .service = {service->incarnation[0], service->incarnation[1]},
        .number = unit->number,
        .decided_at = unit->decided_at,
        .facts = all->facts,
        .fact_count = unit->facts.count,
        .tickets = all->tickets,
        .ticket_count = unit->row_count,
        .events = all->events,
        .event_count = unit->events.count,
        .marks = unit->marks,
        .mark_count = unit->mark_count,
        .world = unit->world != NULL ? &unit->world->stored : NULL,
    };

    return service->store->ops->commit(service->store, &given, sla__ask_next(service));
}

static bool send(sla_service *service, sla__writing *unit)
{
    const sla_allocator *allocator = &service->allocator;
    const size_t tickets = unit->row_count * sizeof(sla_stored_ticket);
    const size_t facts = unit->facts.count * sizeof(sla_stored_fact);
    const size_t events = unit->events.count * sizeof(sla_stored_event);
    unsigned char *const block = sla__new(allocator, tickets + facts + events, 1);
    int result = SLA_ERR_NOMEM;

    if (block != NULL) {
        const parts all = {(void *)(block + tickets), (void *)block,
                           (void *)(block + tickets + facts)};

        fill(unit, &all);
        result = commit(service, unit, &all);
    }
    sla__free(allocator, block);
    if (!sla__ask_made(service, &unit->ask, SLA__ASK_COMMIT, unit, result))
        return false;
    unit->state = SLA__WRITING_SENT;
    return true;
}

/* Those behind a unit that is sent again have to be answered first, and nothing
 * overtakes one that was refused. */
static bool may_send(const sla_service *service)
{
    bool again = false;

    for (const sla__writing *unit = service->units_first; unit != NULL; unit = unit->next) {
        if (again && unit->state == SLA__WRITING_SENT)
            return false;
        again = again || unit->state == SLA__WRITING_READY;
    }
    return sla__may_ask(service);
}

void sla__send_round(sla_service *service)
{
    if (service->releasing)
        return;
    if (wants_closing(service))
        close_unit(service);
    if (!may_send(service))
        return;
    for (sla__writing *unit = service->units_first; unit != NULL; unit = unit->next) {
        if (unit->state == SLA__WRITING_FAILED ||
            (unit->state == SLA__WRITING_READY && !send(service, unit)))
            return;
    }
}
