/* plan_weight.c - see plan_weight.h. */
#include "plan_weight.h"

#include <stdlib.h>
#include <string.h>

#include <sla/pack.h>

#include "cli.h"
#include "store/rows.h"

enum { CLOCKS_MAX = 64, NUMBERS_MORE = 1024 };

void plan_scales_init(plan_scales *scales)
{
    memset(scales, 0, sizeof *scales);
    sla__text_init(&scales->text, NULL);
}

void plan_scales_fini(plan_scales *scales)
{
    sla__text_fini(&scales->text);
    free(scales->rows);
    free(scales->touched);
    free(scales->waiting);
    free(scales->state);
}

static size_t width(const sla__column *column, const sla__value *value)
{
    if (value->null)
        return 0;
    switch (column->type) {
    case SLA__COLUMN_FLAG:
        return 1;
    case SLA__COLUMN_SMALL:
        return 2;
    case SLA__COLUMN_NUMBER:
        return 4;
    case SLA__COLUMN_LARGE:
    case SLA__COLUMN_INSTANT:
        return 8;
    default:
        return value->text.length;
    }
}

static size_t row_bytes(const sla__table *table, const void *row)
{
    size_t bytes = 0;

    for (size_t i = 0; i < table->count; i++) {
        const sla__value value = sla__column_get(&table->columns[i], row);

        bytes += width(&table->columns[i], &value);
    }
    return bytes;
}

/* Room for the ticket of this number; those before it that never came stay 0. */
static void make_room(plan_scales *scales, uint64_t number)
{
    if (number < scales->count)
        return;
    scales->rows = need_room(scales->rows, &scales->rows_capacity, number + NUMBERS_MORE,
                             sizeof *scales->rows);
    scales->touched = need_room(scales->touched, &scales->touched_capacity, number + NUMBERS_MORE,
                                sizeof *scales->touched);
    for (; scales->count < number + NUMBERS_MORE; scales->count++) {
        scales->rows[scales->count] = 0;
        scales->touched[scales->count] = false;
    }
}

void plan_scales_fact(plan_scales *scales, const plan_taken *taken)
{
    char ticket[PLAN_TICKET_TEXT];
    const sla_fact fact = plan_fact_of(taken, ticket);
    const sla_stored_fact stored = {&fact, 1, taken->at, 0};
    sla__fact_row row;

    if (sla__fact_row_of(&stored, &scales->text, &row) != SLA_OK)
        give_up("out of memory");
    scales->weight.facts++;
    scales->weight.fact_bytes += row_bytes(&sla__fact_table, &row);
    make_room(scales, taken->number);
    if (scales->touched[taken->number])
        return;
    scales->touched[taken->number] = true;
    scales->waiting = need_room(scales->waiting, &scales->waiting_capacity,
                                scales->waiting_count + 1, sizeof *scales->waiting);
    scales->waiting[scales->waiting_count++] = *taken;
}

void plan_scales_event(plan_scales *scales, const sla_event *event)
{
    const sla_stored_event stored = {event, 1, false};
    sla__event_row row;

    sla__event_row_of(&stored, &row);
    scales->weight.events++;
    scales->weight.event_bytes += row_bytes(&sla__event_table, &row);
}

static void pack(plan_scales *scales, const sla_engine *engine, sla_string ticket,
                 sla_packed *packed)
{
    const sla_string tenant = {NULL, 0};
    int result;

    while ((result = sla_engine_pack(engine, tenant, ticket, scales->state, scales->state_capacity,
                                     packed)) == SLA_ERR_SPACE)
        scales->state = need_room(scales->state, &scales->state_capacity, packed->length, 1);
    if (result != SLA_OK)
        packed->length = 0;
}

/* The row of a ticket as it stands; 0 where the engine has forgotten it. */
static size_t weigh(plan_scales *scales, const sla_engine *engine, const plan_taken *taken)
{
    char name[PLAN_TICKET_TEXT];
    const sla_string ticket = plan_fact_of(taken, name).ticket;
    sla_clock_view clocks[CLOCKS_MAX];
    sla_ticket_view view = {.whole = true,
                            .attributes = taken->kind->attributes,
                            .attribute_count = taken->kind->attribute_count,
                            .clocks = clocks};
    sla_stored_ticket stored = {.ticket = ticket, .view = &view};
    sla_packed packed = {0};
    sla__ticket_row row;

    pack(scales, engine, ticket, &packed);
    if (packed.length == 0 || sla_engine_clocks(engine, stored.tenant, ticket, clocks, CLOCKS_MAX,
                                                &view.clock_count) != SLA_OK)
        return 0;
    if (view.clock_count > CLOCKS_MAX)
        view.clock_count = CLOCKS_MAX;
    view.opened_at = packed.opened_at;
    stored.next_at = packed.next_at;
    stored.due_at = packed.due_at;
    stored.state = scales->state;
    stored.state_length = packed.length;
    if (sla__ticket_row_of(&stored, &scales->text, &row) != SLA_OK)
        give_up("out of memory");
    return row_bytes(&sla__ticket_table, &row);
}

void plan_scales_look(plan_scales *scales, const sla_engine *engine)
{
    for (size_t i = 0; i < scales->waiting_count; i++) {
        const plan_taken *taken = &scales->waiting[i];
        const size_t bytes = weigh(scales, engine, taken);
        uint32_t *row = &scales->rows[taken->number];

        scales->touched[taken->number] = false;
        if (bytes == 0)
            continue;
        scales->weight.tickets += *row == 0;
        scales->weight.ticket_bytes += bytes - *row;
        *row = (uint32_t)bytes;
    }
    scales->waiting_count = 0;
}
