/*
 * memory_handle.h - a handle of the memory store, and a call that waits in it.
 */
#ifndef SLA_SERVICE_MEMORY_HANDLE_H
#define SLA_SERVICE_MEMORY_HANDLE_H

#include <sla/store.h>

#include "service/memory_content.h"

typedef enum sla__ask_kind {
    ASK_OPEN,
    ASK_TICKET,
    ASK_HISTORY,
    ASK_OUTBOX,
    ASK_AUDIT,
    ASK_COMMIT,
    ASK_RELEASE
} sla__ask_kind;

typedef struct sla__ask {
    struct sla__ask *next;
    sla__ask_kind kind;
    uint64_t number;
    sla_store_sink sink;       /* open */
    sla_string tenant, ticket; /* ticket, history: behind the struct */
    uint64_t after;            /* outbox */
    size_t limit;
    sla_time before;      /* audit */
    sla__kept_unit *unit; /* commit */
} sla__ask;

typedef struct sla__handle {
    sla_store store;
    sla__content *content;
    sla_store_sink sink;
    bool is_open;
    bool is_running;
    uint64_t epoch; /* of its last opening; 0: given back */
    sla__ask *first, *last;
} sla__handle;

/* Does what was asked, and tells the sink of the handle. */
void sla__memory_answer(sla__handle *own, const sla__ask *asked);

#endif
