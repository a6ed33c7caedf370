/* _glue.c - the engine asked for many facts and events at once (_glue.h). */
#include "_glue.h"

#include <string.h>

int sla_py_poll(sla_engine *engine, sla_time now, size_t capacity, sla_py_events *events)
{
    sla_event event;

    while (events->count < capacity) {
        int result = sla_py_events_reserve(events);

        if (result != SLA_OK)
            return events->count > 0 ? SLA_OK : result; /* first those that are there */
        if (!sla_engine_poll(engine, now, &event))
            break;
        sla_py_events_add(events, &event);
    }
    return SLA_OK;
}

int sla_py_supply_history(sla_engine *engine, sla_string tenant, sla_string ticket,
                          const char *pieces, size_t length, sla_py_fact *room,
                          const uint32_t *policies, sla_error *error)
{
    sla_py_facts *facts;
    int result = sla_py_facts_new(pieces, length, room, &facts, error);

    if (result != SLA_OK)
        return result;
    result =
        sla_engine_supply_history(engine, tenant, ticket, facts->facts, policies, facts->count);
    sla_py_facts_free(facts);
    return result;
}

int sla_py_pass_time(sla_engine *engine, sla_time end, size_t capacity, sla_py_batch *batch,
                     sla_py_events *events)
{
    sla_time next;

    while ((next = sla_engine_wakeup(engine)) < end && events->count < capacity) {
        int result;

        if (next > batch->clock)
            batch->clock = next;
        result = sla_py_poll(engine, batch->clock, capacity, events);
        if (result != SLA_OK)
            return result;
        if (events->count < capacity && sla_engine_wakeup(engine) <= next)
            break; /* wants no more than the next recording gives */
    }
    return SLA_OK;
}

/* The line at `line`, without its end; `*next_out` is where the next one begins. */
static size_t line_length(const char *line, size_t length, size_t *next_out)
{
    const char *end = memchr(line, '\n', length);
    size_t own = end != NULL ? (size_t)(end - line) : length;

    *next_out = end != NULL ? own + 1 : own;
    while (own > 0 && strchr(" \t\r", line[own - 1]) != NULL)
        own--;
    return own;
}

static int next_line(const char *line, size_t length, sla_py_fact *room, sla_error *error)
{
    size_t own = line_length(line, length, &room->length);

    if (own == 0)
        return SLA_PENDING; /* nothing on it */
    return sla_fact_parse(line, own, &room->buffer, &room->fact, &room->recorded_at, error);
}

/* The ticket of a first fact; there is room. */
static void note_ticket(sla_py_events *tickets, const sla_fact *fact)
{
    const sla_string names[] = {fact->tenant, fact->ticket};

    for (int i = 0; i < 2; i++) {
        if (names[i].length > 0)
            memcpy(tickets->data + tickets->used, names[i].data, names[i].length);
        tickets->used += names[i].length;
        tickets->data[tickets->used++] = 0;
    }
    tickets->count++;
}

/* One fact at its instant, and what it makes due. */
static int record_one(sla_engine *engine, sla_py_fact *room, sla_py_batch *batch,
                      sla_py_events *events, sla_error *error)
{
    sla_answer answer;
    int result, polled;

    if (batch->tickets != NULL && sla_py_events_reserve(batch->tickets) != SLA_OK)
        return SLA_ERR_NOMEM;
    if (room->recorded_at > batch->clock)
        batch->clock = room->recorded_at;
    result = sla_engine_record(engine, &room->fact, batch->clock, &answer, error);
    if (result == SLA_ERR_NOMEM || result == SLA_NEED_HISTORY)
        return result;
    batch->recorded += result == SLA_OK;
    if (batch->tickets != NULL && result == SLA_OK && answer.seq == 1)
        note_ticket(batch->tickets, &room->fact);
    polled = sla_py_poll(engine, batch->clock, SIZE_MAX, events);
    return polled != SLA_OK ? polled : result;
}

static int read_next(const char *at, size_t left, bool lines, const sla_py_batch *batch,
                     sla_py_fact *room, sla_error *error)
{
    const int result =
        lines ? next_line(at, left, room, error) : sla_py_fact_read(at, left, room, error);

    if (result == SLA_OK && batch->by_occurred)
        room->recorded_at = room->fact.occurred_at;
    return result;
}

int sla_py_record_many(sla_engine *engine, sla_py_fact *room, const char *data, size_t length,
                       bool lines, size_t capacity, sla_py_batch *batch, sla_py_events *events,
                       sla_error *error)
{
    while (batch->taken < length && events->count < capacity) {
        const char *at = data + batch->taken;
        int result = read_next(at, length - batch->taken, lines, batch, room, error);

        if (result == SLA_OK) {
            result = sla_py_pass_time(engine, room->recorded_at, capacity, batch, events);
            if (result != SLA_OK || events->count >= capacity)
                return result; /* the same fact again, next time */
            result = record_one(engine, room, batch, events, error);
            if (result < 0 && lines)
                sla_fact_place(at, room->length, error);
        } else if (room->length == 0) {
            return result; /* where the next one begins cannot be known */
        }
        if (result == SLA_ERR_NOMEM || result == SLA_NEED_HISTORY)
            return result;
        batch->facts += result != SLA_PENDING;
        batch->taken += room->length;
        batch->lines++;
        if (result < 0)
            return result;
    }
    return SLA_OK;
}

size_t sla_py_lines_occurred(const char *data, size_t length, sla_py_fact *room,
                             int64_t *occurred_at, size_t *lengths, size_t capacity)
{
    size_t count = 0;

    for (size_t at = 0; at < length && count < capacity; at += room->length, count++) {
        occurred_at[count] = next_line(data + at, length - at, room, NULL) == SLA_OK
                                 ? room->fact.occurred_at
                                 : SLA_NEVER;
        lengths[count] = room->length;
    }
    return count;
}
