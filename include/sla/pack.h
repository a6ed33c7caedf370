/*
 * sla/pack.h - a ticket as bytes, for stores.
 *
 * What the engine knows of a ticket but its facts: clocks, notes, attribute
 * values, what was told and what waits to be told.  Packed and unpacked, a ticket
 * tells the same events at the same instants as if it had stayed.  Its facts stay
 * in the store: a late one answers SLA_NEED_HISTORY.  Only where one waits for its
 * time, or what was recorded has not been told yet, do facts go along, for a poll
 * cannot ask.
 *
 * The form has a version.  A release reads its own and the one before; what a
 * newer one wrote is SLA_ERR_NEWER.
 */
#ifndef SLA_PACK_H
#define SLA_PACK_H

#include <sla/base.h>
#include <sla/engine.h>
#include <sla/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a store wants to know of a ticket beside its state. */
typedef struct sla_packed {
    uint64_t number;    /* of its opening, for the order of events */
    uint32_t facts;     /* on its record */
    uint32_t live;      /* clocks that run or stand still */
    sla_time next_at;   /* when the engine next wants to look at it, or SLA_NEVER */
    sla_time due_at;    /* the nearest due of its live clocks, or SLA_NEVER */
    size_t length;      /* bytes of its state */
    sla_time opened_at; /* SLA_NEVER before `opened` */
} sla_packed;

/*
 * Pack a ticket into `buffer`.  SLA_OK; SLA_ERR_NOT_FOUND; SLA_ERR_SPACE when
 * `capacity` is too small: packed_out->length says how much is needed, and what
 * the buffer holds means nothing.  Never fails for memory.
 */
SLA_API int sla_engine_pack(const sla_engine *engine, sla_string tenant, sla_string ticket,
                            void *buffer, size_t capacity, sla_packed *packed_out);

/*
 * Take a ticket in.  The engine has to have adopted what it had adopted when the
 * ticket was packed, in the same order at the same instants; more may have come
 * since, and is applied now (events come with the next poll).
 *
 * SLA_OK; SLA_ERR_EXISTS; SLA_ERR_NEWER; SLA_ERR_SYNTAX when the bytes are not
 * what sla_engine_pack wrote; SLA_ERR_STATE when the engine has adopted less;
 * SLA_ERR_FACT and SLA_ERR_TOO_LONG for a name that no fact could give a ticket;
 * SLA_ERR_NOMEM.  On error nothing has changed, whatever the bytes.
 */
SLA_API int sla_engine_unpack(sla_engine *engine, sla_string tenant, sla_string ticket,
                              const void *state, size_t length, sla_error *error);

#ifdef __cplusplus
}
#endif

#endif
