/*
 * bent_store.h - a store around a store that answers calls of a kind as it is told:
 * with a result and words, and without having done anything.
 */
#ifndef SLA_TESTS_BENT_STORE_H
#define SLA_TESTS_BENT_STORE_H

#include <sla/store.h>

typedef enum bent_kind {
    BENT_OPEN,
    BENT_TICKET,
    BENT_HISTORY,
    BENT_OUTBOX,
    BENT_AUDIT,
    BENT_COMMIT,
    BENT_RELEASE,
    BENT_KINDS
} bent_kind;

/* The inner store is the wrapper's: it is closed with it. */
sla_store *bent_store_new(sla_store *inner);

/* From the next call on; SLA_OK: as the inner store says.  `text` must stay. */
void bent_store_say(sla_store *store, bent_kind kind, int result, const char *text);
/* All kinds. */
void bent_store_say_to_all(sla_store *store, int result, const char *text);

/* The clock that open and audit tell; SLA_NEVER: none. */
void bent_store_set_clock(sla_store *store, sla_time clock);
/* What audit counts beside what the inner store does. */
void bent_store_overdue(sla_store *store, uint64_t count);

uint64_t bent_store_calls(const sla_store *store, bent_kind kind);

#endif
