/*
 * history.h - the facts of one ticket, packed in order of recording.
 *
 * A fact is one run of bytes: a small head, then tagged fields.  Equal facts
 * are equal bytes, but for the policies they came under, which lie last; that is
 * how a duplicate is told from a conflict.
 */
#ifndef SLA_ENGINE_HISTORY_H
#define SLA_ENGINE_HISTORY_H

#include <stdbool.h>

#include <sla/engine.h>

#include "base/alloc.h"

typedef struct sla__history {
    unsigned char *bytes;
    size_t used, capacity;
    uint32_t count;
    uint32_t amended; /* how many of them correct or withdraw another */
} sla__history;

/* A fact as it counts: corrections and withdrawals are worked in. */
typedef struct sla__entry {
    sla_time at;
    uint32_t seq;    /* of the fact as first recorded */
    uint32_t first;  /* offset of that one */
    uint32_t offset; /* offset of its content */
    bool gone;       /* withdrawn */
} sla__entry;

/* Entries of one history in order of (at, seq); scratch of the engine. */
typedef struct sla__order {
    sla__entry *entries;
    size_t count, capacity;
} sla__order;

/* A fact read back; strings point into the history. */
typedef struct sla__read {
    sla_fact fact;
    sla_attribute attributes[SLA_ATTRIBUTES_MAX];
    uint32_t seq;
    uint32_t rules;
} sla__read;

void sla__history_fini(sla__history *history, const sla_allocator *allocator);

/* Adds a fact at the end.  False: out of memory, nothing changed. */
bool sla__history_append(sla__history *history, const sla_allocator *allocator,
                         const sla_fact *fact, uint32_t seq, uint32_t rules);

/* Takes the fact at `offset`, the last one, away again. */
void sla__history_truncate(sla__history *history, size_t offset);

/* The fact at `offset`; returns the offset of the next one. */
size_t sla__history_read(const sla__history *history, size_t offset, sla__read *out);

/* Whether the facts at two offsets say the same. */
bool sla__history_same(const sla__history *history, size_t one, size_t other);

/* The first fact with this id before `end`, or SIZE_MAX. */
size_t sla__history_find(const sla__history *history, sla_string id, size_t end);

/* Whether it begins with the ticket's first fact; else earlier ones are in a store. */
bool sla__history_is_whole(const sla__history *history);

/* The id of the fact at `offset`; {NULL, 0} when it has none. */
sla_string sla__history_id(const sla__history *history, size_t offset);

/* Where the content lies that counts at the place of the fact at `offset`. */
size_t sla__history_content(const sla__history *history, size_t offset);

/* How often the fact of this number has been corrected. */
uint32_t sla__history_corrections(const sla__history *history, uint32_t seq);

/* The reason of the fact at `offset`, NUL-terminated; "" when it gave none. */
const char *sla__history_reason(const sla__history *history, size_t offset);

/* Who approved it; {NULL, 0} when it named nobody. */
sla_string sla__history_approver(const sla__history *history, size_t offset);

/* The fact numbered `seq`, or SIZE_MAX. */
size_t sla__history_find_seq(const sla__history *history, uint32_t seq);

/* Puts the facts that count in order.  There is room for all (sla__order_reserve). */
bool sla__order_reserve(sla__order *order, const sla_allocator *allocator, size_t count);
void sla__history_order(const sla__history *history, sla__order *order);

/* Only the facts before the offset `end`. */
void sla__history_order_until(const sla__history *history, size_t end, sla__order *order);

/* The seq of the place that an id means: its own, or that of what it corrects or
 * withdraws; 0 for an unknown id. */
uint32_t sla__history_place(const sla__history *history, sla_string id);

#endif
