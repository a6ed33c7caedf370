/*
 * ask.h - a call on its way to the store's thread, and what comes back of it.
 *
 * A call is one block: what was asked, copied, and room for its answer's end, so
 * that whatever is asked can be answered, with memory or without.  What the sink is
 * to be told before that end comes back in pages.  Both are parcels: they return
 * in the order in which they are to be handed out.
 */
#ifndef SLA_SQLITE_ASK_H
#define SLA_SQLITE_ASK_H

#include <sla/store.h>

typedef struct sla__parcel {
    struct sla__parcel *next;
    enum { SLA__PARCEL_PAGE, SLA__PARCEL_SINK, SLA__PARCEL_ASK } kind;
} sla__parcel;

typedef struct sla__parcels {
    sla__parcel *first, *last;
} sla__parcels;

void sla__parcels_put(sla__parcels *parcels, sla__parcel *parcel);
/* All of `from` behind what is there; `from` is empty afterwards. */
void sla__parcels_join(sla__parcels *parcels, sla__parcels *from);
sla__parcel *sla__parcels_take(sla__parcels *parcels); /* NULL: there is none */
void sla__parcel_free(const sla_allocator *allocator, sla__parcel *parcel);

/* ---------------------------------------------------------------------- asks */

typedef enum sla__ask_kind {
    SLA__ASK_OPEN,
    SLA__ASK_TICKET,
    SLA__ASK_HISTORY,
    SLA__ASK_OUTBOX,
    SLA__ASK_AUDIT,
    SLA__ASK_COMMIT,
    SLA__ASK_RELEASE
} sla__ask_kind;

/* From here on another sink is told; part of the ask that follows. */
typedef struct sla__opening {
    sla__parcel parcel;
    sla_store_sink sink;
} sla__opening;

/* Strings and units lie behind it in the same block. */
typedef struct sla__ask {
    sla__parcel parcel;
    sla__ask_kind kind;
    sla__opening opening;      /* open */
    sla_string tenant, ticket; /* ticket, history */
    uint64_t after;            /* outbox */
    size_t limit;
    sla_time before; /* audit */
    sla_unit unit;   /* commit */
    size_t size;     /* of the block */
    sla_store_done done;
    sla_error error;
} sla__ask;

/* A copy of what is in `given`, or NULL when out of memory. */
sla__ask *sla__ask_new(const sla_allocator *allocator, const sla__ask *given);

/* --------------------------------------------------------------------- pages */

typedef struct sla__page {
    sla__parcel parcel;
    size_t used, capacity; /* of the bytes that follow */
} sla__page;

typedef enum sla__item_kind {
    SLA__ITEM_WORLD,
    SLA__ITEM_TICKET,
    SLA__ITEM_FACT,
    SLA__ITEM_EVENT,
    SLA__ITEM_MARK
} sla__item_kind;

/* Something for the sink; what it points to lies behind it. */
typedef struct sla__item {
    sla__item_kind kind;
    size_t size; /* up to the next one */
    union {
        sla_stored_world world;
        sla_stored_ticket ticket;
        sla_stored_fact fact;
        sla_stored_event event;
        sla_stored_mark mark;
    } of;
} sla__item;

/* Copies an item into the last page of `parcels`, or into a new one; `item.size` is
 * not looked at.  Returns how many bytes were added to all pages, 0 when out of
 * memory. */
size_t sla__pages_put(sla__parcels *parcels, const sla_allocator *allocator, const sla__item *item);

/* The first item, the next one; NULL after the last. */
const sla__item *sla__page_next(const sla__page *page, const sla__item *item);

#endif
