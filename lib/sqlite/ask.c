/* ask.c - see ask.h. */
#include "sqlite/ask.h"

#include <string.h>

#include "base/alloc.h"
#include "sqlite/copy.h"

enum { ALIGNMENT = 16, PAGE_BYTES = 1 << 16 };

static size_t round_up(size_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* ------------------------------------------------------------------- parcels */

void sla__parcels_put(sla__parcels *parcels, sla__parcel *parcel)
{
    parcel->next = NULL;
    if (parcels->last != NULL)
        parcels->last->next = parcel;
    else
        parcels->first = parcel;
    parcels->last = parcel;
}

void sla__parcels_join(sla__parcels *parcels, sla__parcels *from)
{
    if (from->first == NULL)
        return;
    if (parcels->last != NULL)
        parcels->last->next = from->first;
    else
        parcels->first = from->first;
    parcels->last = from->last;
    from->first = from->last = NULL;
}

sla__parcel *sla__parcels_take(sla__parcels *parcels)
{
    sla__parcel *const parcel = parcels->first;

    if (parcel == NULL)
        return NULL;
    parcels->first = parcel->next;
    if (parcels->first == NULL)
        parcels->last = NULL;
    return parcel;
}

void sla__parcel_free(const sla_allocator *allocator, sla__parcel *parcel)
{
    if (parcel->kind != SLA__PARCEL_SINK)
        sla__free(allocator, parcel);
}

/* ---------------------------------------------------------------------- asks */

static void copy_ask(sla__copier *to, sla__ask *ask)
{
    sla__copy_string(to, &ask->tenant);
    sla__copy_string(to, &ask->ticket);
    if (ask->kind == SLA__ASK_COMMIT)
        sla__copy_unit(to, &ask->unit);
}

sla__ask *sla__ask_new(const sla_allocator *allocator, const sla__ask *given)
{
    sla__copier measure = {NULL, round_up(sizeof(sla__ask))}, write = measure;
    sla__ask measured = *given;
    sla__ask *ask;

    copy_ask(&measure, &measured);
    ask = allocator->alloc(measure.size, allocator->user);
    if (ask == NULL)
        return NULL;
    *ask = *given;
    write.block = (unsigned char *)ask;
    copy_ask(&write, ask);
    ask->parcel = (sla__parcel){NULL, SLA__PARCEL_ASK};
    ask->opening.parcel = (sla__parcel){NULL, SLA__PARCEL_SINK};
    ask->size = measure.size;
    return ask;
}

/* --------------------------------------------------------------------- pages */

static unsigned char *bytes_of(const sla__page *page)
{
    return (unsigned char *)page + round_up(sizeof *page);
}

static void copy_item(sla__copier *to, sla__item *item)
{
    switch (item->kind) {
    case SLA__ITEM_WORLD:
        sla__copy_world(to, &item->of.world);
        break;
    case SLA__ITEM_TICKET:
        sla__copy_ticket(to, &item->of.ticket);
        break;
    case SLA__ITEM_FACT:
        sla__copy_fact(to, &item->of.fact);
        break;
    case SLA__ITEM_EVENT:
        sla__copy_event(to, &item->of.event);
        break;
    case SLA__ITEM_MARK:
        sla__copy_mark(to, &item->of.mark);
        break;
    }
}

static sla__page *page_with_room(sla__parcels *parcels, const sla_allocator *allocator, size_t size)
{
    sla__page *page = (sla__page *)(void *)parcels->last;
    const size_t capacity = size > PAGE_BYTES ? size : PAGE_BYTES;

    if (page != NULL && page->parcel.kind == SLA__PARCEL_PAGE &&
        page->capacity - page->used >= size)
        return page;
    page = allocator->alloc(round_up(sizeof *page) + capacity, allocator->user);
    if (page == NULL)
        return NULL;
    page->parcel = (sla__parcel){NULL, SLA__PARCEL_PAGE};
    page->used = 0;
    page->capacity = capacity;
    sla__parcels_put(parcels, &page->parcel);
    return page;
}

size_t sla__pages_put(sla__parcels *parcels, const sla_allocator *allocator, const sla__item *given)
{
    sla__copier measure = {NULL, round_up(sizeof *given)}, write = measure;
    sla__item measured = *given, *item;
    sla__page *page;

    copy_item(&measure, &measured);
    measure.size = round_up(measure.size);
    page = page_with_room(parcels, allocator, measure.size);
    if (page == NULL)
        return 0;
    item = (sla__item *)(void *)(bytes_of(page) + page->used);
    *item = *given;
    item->size = measure.size;
    write.block = (unsigned char *)item;
    copy_item(&write, item);
    page->used += measure.size;
    return measure.size;
}

const sla__item *sla__page_next(const sla__page *page, const sla__item *item)
{
    const unsigned char *const begin = bytes_of(page);
    const unsigned char *const at = item == NULL ? begin : (const unsigned char *)item + item->size;

    return at < begin + page->used ? (const sla__item *)(const void *)at : NULL;
}
