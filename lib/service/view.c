/*
 * view.c - what people search of a ticket, for stores that keep it in columns
 * (sla_ticket_view): its clocks as they stand when the unit closes, and the
 * attributes that its facts set.
 *
 * A fact that comes in order sets what it sets: its unit says so and no more.
 * Where the engine has all facts of the ticket at hand, because one of them was
 * late, corrects or withdraws another or waits for its time, all that they set is
 * read from them.  It is read at once: they are at hand until the next fact is
 * recorded, and while there is no memory to keep it, no fact is.
 */
#include <string.h>

#include "service/parts.h"

/* What facts set, in the order of names, each name once.  There is room. */
typedef struct settings {
    sla_attribute *items;
    size_t count;
} settings;

static int compare(sla_string one, sla_string other)
{
    const size_t length = one.length < other.length ? one.length : other.length;
    const int order = memcmp(one.data, other.data, length);

    return order != 0 ? order : (one.length > other.length) - (one.length < other.length);
}

/* Set again, it is the later one that counts. */
static void set(settings *all, const sla_attribute *attribute)
{
    size_t low = 0, high = all->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = compare(all->items[middle].name, attribute->name);

        if (order == 0) {
            all->items[middle] = *attribute;
            return;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    memmove(&all->items[low + 1], &all->items[low], (all->count - low) * sizeof *all->items);
    all->items[low] = *attribute;
    all->count++;
}

static size_t bytes_of(const settings *all)
{
    size_t bytes = 0;

    for (size_t i = 0; i < all->count; i++)
        bytes += all->items[i].name.length + all->items[i].string.length;
    return bytes;
}

static sla_string put_string(char **at, sla_string string)
{
    const sla_string copy = {*at, string.length};

    if (string.length > 0)
        memcpy(*at, string.data, string.length);
    *at += string.length;
    return copy;
}

/* Copies them to `items`, their strings to `at`. */
static void put(const settings *all, sla_attribute *items, char *at)
{
    for (size_t i = 0; i < all->count; i++) {
        items[i] = all->items[i];
        items[i].name = put_string(&at, items[i].name);
        items[i].string = put_string(&at, items[i].string);
    }
}

/* ---------------------------------------------------------- all that is set */

static bool keep_whole(const sla_allocator *allocator, sla__line *line, const settings *all)
{
    sla_attribute *const items = sla__new(allocator, 1, all->count * sizeof *items + bytes_of(all));

    if (items == NULL)
        return false;
    put(all, items, (char *)(items + all->count));
    sla__free(allocator, line->set);
    line->set = items;
    line->set_count = all->count;
    line->set_whole = true;
    line->setting_first = line->setting_last = NULL;
    return true;
}

int sla__view_read_whole(sla_service *service, sla_engine *engine, sla__line *line)
{
    const sla_allocator *allocator = &service->allocator;
    sla_attribute *given;
    settings all = {NULL, 0};
    size_t count = 0;
    int result = sla_engine_attributes(engine, line->tenant, line->ticket, NULL, 0, &count);

    if (result != SLA_OK)
        return result;
    given = sla__new(allocator, count, sizeof *given);
    all.items = sla__new(allocator, count + 1, sizeof *all.items);
    result = given != NULL && all.items != NULL ? SLA_OK : SLA_ERR_NOMEM;
    if (result == SLA_OK)
        result = sla_engine_attributes(engine, line->tenant, line->ticket, given, count, &count);
    for (size_t i = 0; i < count && result == SLA_OK; i++)
        set(&all, &given[i]);
    if (result == SLA_OK && !keep_whole(allocator, line, &all))
        result = SLA_ERR_NOMEM;
    sla__free(allocator, given);
    sla__free(allocator, all.items);
    return result;
}

/* --------------------------------------------------------- as facts are recorded */

void sla__view_forget(sla_service *service, sla__line *line)
{
    sla__free(&service->allocator, line->set);
    line->set = NULL;
    line->set_count = 0;
    line->set_whole = false;
    line->setting_first = line->setting_last = NULL;
    if (service->unseen == line)
        service->unseen = NULL;
}

static void append(sla__line *line, sla__arrival *arrival)
{
    if (arrival->kept->fact.attribute_count == 0)
        return;
    arrival->next_setting = NULL;
    if (line->setting_last != NULL)
        line->setting_last->next_setting = arrival;
    else
        line->setting_first = arrival;
    line->setting_last = arrival;
}

void sla__view_fact(sla_service *service, sla__line *line, sla__arrival *arrival)
{
    if (!service->store->ops->views)
        return;
    if (arrival->answer.seq == 1) {
        line->set_whole = true;
        append(line, arrival);
        return;
    }
    switch (sla__view_read_whole(service, service->engine, line)) {
    case SLA_OK:
        break;
    case SLA_ERR_NOMEM:
        service->unseen = line;
        sla__starve(service);
        break;
    default:
        append(line, arrival);
        break;
    }
}

bool sla__view_catch_up(sla_service *service)
{
    if (service->unseen == NULL)
        return true;
    if (sla__view_read_whole(service, service->engine, service->unseen) != SLA_OK)
        return sla__starve(service);
    service->unseen = NULL;
    return true;
}

/* ------------------------------------------------------------ as a unit closes */

static size_t settings_of(const sla__line *line)
{
    size_t count = line->set_count;

    for (const sla__arrival *fact = line->setting_first; fact != NULL; fact = fact->next_setting)
        count += fact->kept->fact.attribute_count;
    return count;
}

/* All that the unit says of the ticket's attributes; nothing where all are said, and
 * one has no value. */
static void gather(const sla__line *line, settings *all)
{
    size_t kept = 0;

    for (size_t i = 0; i < line->set_count; i++)
        set(all, &line->set[i]);
    for (const sla__arrival *fact = line->setting_first; fact != NULL; fact = fact->next_setting) {
        for (size_t i = 0; i < fact->kept->fact.attribute_count; i++)
            set(all, &fact->kept->fact.attributes[i]);
    }
    for (size_t i = 0; i < all->count; i++) {
        if (!line->set_whole || all->items[i].type != SLA_VALUE_NONE)
            all->items[kept++] = all->items[i];
    }
    all->count = kept;
}

/* One block: the view, its clocks, its attributes, their strings. */
static sla_ticket_view *make_view(sla_service *service, const sla__row *row, const settings *all)
{
    const sla__line *const line = row->line;
    sla_ticket_view *view;
    sla_clock_view *clocks;
    sla_attribute *attributes;
    size_t count = 0;

    (void)sla_engine_clocks(service->engine, line->tenant, line->ticket, NULL, 0, &count);
    view = sla__new(&service->allocator, 1,
                    sizeof *view + count * sizeof *clocks + all->count * sizeof *attributes +
                        bytes_of(all));
    if (view == NULL)
        return NULL;
    clocks = (sla_clock_view *)(void *)(view + 1);
    attributes = (sla_attribute *)(void *)(clocks + count);
    (void)sla_engine_clocks(service->engine, line->tenant, line->ticket, clocks, count, &count);
    put(all, attributes, (char *)(attributes + all->count));
    *view = (sla_ticket_view){.opened_at = row->packed.opened_at,
                              .whole = line->set_whole,
                              .attributes = attributes,
                              .attribute_count = all->count,
                              .clocks = clocks,
                              .clock_count = count};
    return view;
}

bool sla__view_make(sla_service *service, sla__row *row)
{
    settings all = {NULL, 0};

    if (!service->store->ops->views)
        return true;
    all.items = sla__new(&service->allocator, settings_of(row->line) + 1, sizeof *all.items);
    if (all.items == NULL)
        return false;
    gather(row->line, &all);
    row->view = make_view(service, row, &all);
    sla__free(&service->allocator, all.items);
    return row->view != NULL;
}

void sla__views_free(sla_service *service, sla__writing *unit)
{
    for (size_t i = 0; i < unit->row_count; i++)
        sla__free(&service->allocator, unit->rows[i].view);
}
