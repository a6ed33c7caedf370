/* inspect.c - see inspect.h. */
#include "store/inspect.h"

#include <stdio.h>
#include <string.h>

#include <sla/pack.h>
#include <sla/time.h>

#include "base/alloc.h"

enum { WORDS_MAX = 1024 };

static const char restore[] = "a service sets it aside and tells nothing of it: restore its row "
                              "from a backup";
static const char rewrite[] = "a service loads and audits it by its columns and tells by its "
                              "state: record a fact of it, then its row is written anew";

int sla__inspection_init(sla__inspection *inspection, const sla_allocator *allocator,
                         void (*complaint)(void *context, const sla_ticket_complaint *complaint),
                         void *context)
{
    memset(inspection, 0, sizeof *inspection);
    inspection->allocator = sla__allocator_or_default(allocator);
    inspection->complaint = complaint;
    inspection->context = context;
    sla__text_init(&inspection->text, &inspection->allocator);
    return sla_worlds_new(&inspection->allocator, &inspection->worlds);
}

void sla__inspection_fini(sla__inspection *inspection)
{
    sla_worlds_free(inspection->worlds);
    sla__free(&inspection->allocator, inspection->state);
    sla__free(&inspection->allocator, inspection->clocks);
    sla__text_fini(&inspection->text);
}

int sla__inspection_world(sla__inspection *inspection, const sla_stored_world *world,
                          sla_error *error)
{
    sla_error why = {0};
    const int result = sla_worlds_adopt(inspection->worlds, world, &why);

    if (result == SLA_OK || result == SLA_ERR_NOMEM)
        return result;
    error->code = SLA_ERR_REFUSED;
    snprintf(
        error->text, sizeof error->text,
        "adoption %u of the record does not come into force: %.*s: restore the tables world and "
        "document from a backup; no ticket was looked at",
        (unsigned)world->number, (int)sizeof error->text - 160,
        why.text[0] != '\0' ? why.text : sla_result_text(result));
    return SLA_ERR_REFUSED;
}

/* ---------------------------------------------------------------------- complaints */

static void complain(sla__inspection *inspection, sla_string tenant, sla_string ticket,
                     const char *what, const char *advice)
{
    const sla_ticket_complaint complaint = {tenant, ticket, what, advice};

    if (inspection->bad++ == 0) {
        inspection->first.code = SLA_ERR_REFUSED;
        snprintf(inspection->first.text, sizeof inspection->first.text,
                 "ticket %.*s of tenant '%.*s': %s", (int)ticket.length, ticket.data,
                 (int)tenant.length, tenant.data, what);
    }
    if (inspection->complaint != NULL)
        inspection->complaint(inspection->context, &complaint);
}

int sla__inspection_end(const sla__inspection *inspection, sla_error *error)
{
    if (inspection->bad == 0)
        return SLA_OK;
    *error = inspection->first;
    return SLA_ERR_REFUSED;
}

static void complain_of_state(sla__inspection *inspection, const sla__ticket_row *row, int result,
                              const sla_error *why)
{
    char words[WORDS_MAX];

    snprintf(words, sizeof words, "its state cannot be taken in: %s",
             why->text[0] != '\0' ? why->text : sla_result_text(result));
    complain(inspection, row->tenant, row->ticket, words,
             result == SLA_ERR_NEWER ? "use the release that wrote it" : restore);
}

/* ------------------------------------------------------------------------ columns */

static void put_value(char *words, size_t size, const sla__column *column, const sla__value *value)
{
    if (value->null)
        snprintf(words, size, "NULL");
    else if (column->type != SLA__COLUMN_INSTANT ||
             sla_time_format(value->number, words, size) == 0)
        snprintf(words, size, "%lld", (long long)value->number);
}

static bool is_text(const sla__column *column)
{
    return column->type == SLA__COLUMN_TEXT || column->type == SLA__COLUMN_JSON;
}

static bool same(const sla__column *column, const sla__value *one, const sla__value *other)
{
    if (one->null || other->null)
        return one->null == other->null;
    if (!is_text(column))
        return one->number == other->number;
    return one->text.length == other->text.length &&
           memcmp(one->text.data, other->text.data, one->text.length) == 0;
}

/* Appends "NAME is 1, its state says 2". */
static void put_difference(char *words, const sla__column *column, const sla__value *row,
                           const sla__value *state)
{
    const size_t used = strlen(words);
    char one[SLA_TIME_TEXT_MAX], other[SLA_TIME_TEXT_MAX];

    put_value(one, sizeof one, column, row);
    put_value(other, sizeof other, column, state);
    if (is_text(column))
        snprintf(words + used, WORDS_MAX - used, "%s%s are not those of its state",
                 used > 0 ? "; " : "", column->name);
    else
        snprintf(words + used, WORDS_MAX - used, "%s%s is %s, its state says %s",
                 used > 0 ? "; " : "", column->name, one, other);
}

static void compare(sla__inspection *inspection, const sla__ticket_row *row,
                    const sla__ticket_row *expected)
{
    char words[WORDS_MAX] = "";

    for (size_t i = 0; i < sla__ticket_table.count; i++) {
        const sla__column *const column = &sla__ticket_table.columns[i];
        const sla__value one = sla__column_get(column, row);
        const sla__value other = sla__column_get(column, expected);

        if (column->type != SLA__COLUMN_JSON_VALUE && column->type != SLA__COLUMN_BYTES &&
            !same(column, &one, &other))
            put_difference(words, column, &one, &other);
    }
    if (words[0] != '\0')
        complain(inspection, row->tenant, row->ticket, words, rewrite);
}

/* ------------------------------------------------------------------------- a ticket */

/* As it would be packed by `engine`, into inspection->state. */
static int pack(sla__inspection *inspection, const sla_engine *engine, const sla__ticket_row *row,
                sla_packed *packed)
{
    int result = sla_engine_pack(engine, row->tenant, row->ticket, inspection->state,
                                 inspection->state_capacity, packed);

    if (result != SLA_ERR_SPACE)
        return result;
    if (!sla__grow(&inspection->allocator, (void **)&inspection->state, &inspection->state_capacity,
                   packed->length, 1))
        return SLA_ERR_NOMEM;
    return sla_engine_pack(engine, row->tenant, row->ticket, inspection->state,
                           inspection->state_capacity, packed);
}

/* The row that a unit would have written, out of a ticket that was taken in. */
static int make_row(sla__inspection *inspection, const sla_engine *engine,
                    const sla__ticket_row *row, const sla_packed *packed, sla__ticket_row *made)
{
    sla_ticket_view view = {.opened_at = packed->opened_at};
    const sla_stored_ticket ticket = {.tenant = row->tenant,
                                      .ticket = row->ticket,
                                      .number = packed->number,
                                      .facts = packed->facts,
                                      .live = packed->live,
                                      .next_at = packed->next_at,
                                      .due_at = packed->due_at,
                                      .state = inspection->state,
                                      .state_length = packed->length,
                                      .view = &view};
    int result = sla_engine_clocks(engine, row->tenant, row->ticket, NULL, 0, &view.clock_count);

    if (result != SLA_OK)
        return result;
    if (!sla__grow(&inspection->allocator, (void **)&inspection->clocks,
                   &inspection->clock_capacity, view.clock_count, sizeof *inspection->clocks))
        return SLA_ERR_NOMEM;
    view.clocks = inspection->clocks;
    result = sla_engine_clocks(engine, row->tenant, row->ticket, inspection->clocks,
                               view.clock_count, &view.clock_count);
    return result == SLA_OK ? sla__ticket_row_of(&ticket, &inspection->text, made) : result;
}

/* Its columns, by an engine that has adopted what it had when it was packed: the bytes are the
 * same again. */
static int look_closely(sla__inspection *inspection, sla_engine *engine, const sla__ticket_row *row)
{
    sla__ticket_row made;
    sla_packed packed;
    int result = pack(inspection, engine, row, &packed);

    if (result == SLA_OK)
        result = make_row(inspection, engine, row, &packed, &made);
    if (result == SLA_OK)
        compare(inspection, row, &made);
    return result;
}

static bool is_as_written(const sla__inspection *inspection, const sla__ticket_row *row,
                          const sla_packed *packed)
{
    return packed->length == row->state.length &&
           memcmp(inspection->state, row->state.data, packed->length) == 0;
}

static int take_in(sla_engine *engine, const sla__ticket_row *row, sla_error *why)
{
    return sla_engine_unpack(engine, row->tenant, row->ticket, row->state.data, row->state.length,
                             why);
}

/* Fewest worlds below `most` under which it is taken in: those it was packed under. */
static int find_worlds(sla__inspection *inspection, const sla__ticket_row *row, uint32_t most,
                       uint32_t *worlds_out)
{
    uint32_t low = 1;

    while (low < most) {
        const uint32_t middle = low + (most - low) / 2;
        sla_engine *engine;
        sla_error why;
        int result = sla_worlds_engine(inspection->worlds, middle, &engine);

        if (result == SLA_OK)
            result = take_in(engine, row, &why);
        if (result == SLA_OK)
            (void)sla_engine_forget(engine, row->tenant, row->ticket);
        if (result != SLA_OK && result != SLA_ERR_STATE)
            return result;
        if (result == SLA_OK)
            most = middle;
        else
            low = middle + 1;
    }
    *worlds_out = low;
    return SLA_OK;
}

/* It was packed under fewer worlds than there are. */
static int look_back(sla__inspection *inspection, const sla__ticket_row *row)
{
    sla_engine *engine;
    sla_error why = {0};
    uint32_t worlds;
    int result = find_worlds(inspection, row, sla_worlds_count(inspection->worlds), &worlds);

    if (result == SLA_OK)
        result = sla_worlds_engine(inspection->worlds, worlds, &engine);
    if (result == SLA_OK)
        result = take_in(engine, row, &why);
    if (result == SLA_ERR_NOMEM)
        return result;
    if (result != SLA_OK) {
        complain_of_state(inspection, row, result, &why);
        return SLA_OK;
    }
    result = look_closely(inspection, engine, row);
    (void)sla_engine_forget(engine, row->tenant, row->ticket);
    return result;
}

static int look_at(sla__inspection *inspection, const sla__ticket_row *row)
{
    sla_engine *engine;
    sla_packed packed;
    sla_error why = {0};
    bool as_written = false;
    int result =
        sla_worlds_engine(inspection->worlds, sla_worlds_count(inspection->worlds), &engine);

    if (result == SLA_OK)
        result = take_in(engine, row, &why);
    if (result == SLA_ERR_NOMEM)
        return result;
    if (result != SLA_OK) {
        complain_of_state(inspection, row, result, &why);
        return SLA_OK;
    }
    result = pack(inspection, engine, row, &packed);
    if (result == SLA_OK)
        as_written = is_as_written(inspection, row, &packed);
    if (result == SLA_OK && as_written)
        result = look_closely(inspection, engine, row);
    (void)sla_engine_forget(engine, row->tenant, row->ticket);
    return result == SLA_OK && !as_written ? look_back(inspection, row) : result;
}

int sla__inspection_ticket(sla__inspection *inspection, sla_string tenant, sla_string ticket,
                           const sla__ticket_row *row)
{
    if (row != NULL)
        return look_at(inspection, row);
    complain(inspection, tenant, ticket, "a column has what no release has written", restore);
    return SLA_OK;
}
